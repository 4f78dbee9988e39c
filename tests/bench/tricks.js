// Measures the tricks of .build/shrink.js: builds the package without each of them, and compares the bytes of a page that
// imports everything.
// @ts-check
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { assemble, compile, out } from "../../.build/build.js";
import { bundleSource, measureBytes, root } from "./bundle.js";

/** @param {string} [without] the name of a trick */
async function measure(without) {
  await assemble({ without });
  const source = `export * from ${JSON.stringify(join(out, "index.js"))};`;
  return (await measureBytes(await bundleSource(source, join(root, "target/size")))).brotli;
}

await compile();
const bytes = await measure();
console.log(`${bytes} bytes (brotli) with all tricks`);
for (const trick of ["endPanics", "shortenNames"]) console.log(`${trick} gains ${(await measure(trick)) - bytes}`);
await rm(out, { recursive: true });
