// @ts-check
// Prints the features of WebAssembly without which a binary is not valid, on the last line: binaryen prints before why.

import { readFile } from "node:fs/promises";
import binaryen from "binaryen";

/** @type {Record<string, number>} */
const features = /** @type {any} */ (binaryen.Features);
const module = binaryen.readBinary(await readFile(process.argv[2] ?? ""));

const isValid = (without = 0) => {
  module.setFeatures(features.All & ~without);
  return module.validate() === 1;
};

if (!isValid()) throw new Error("binaryen cannot read the binary.");
// Two are parts of others, which binaryen does not take away alone.
const kept = ["MVP", "All", "BulkMemoryOpt", "CallIndirectOverlong"];
const names = Object.keys(features).filter((name) => !kept.includes(name));
console.log(`\n${JSON.stringify(names.filter((name) => !isValid(features[name])))}`);
