// `npm run size`: the bytes that a page carries, and the largest items of the binary. `--write` commits the figures.
// @ts-check
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FOR_SIZE } from "../../.build/shrink.js";
import { readBudget, writeBudget } from "./budget.js";
import { bundleSource, packageFolder, root, measureBytes } from "./bundle.js";

/** What the build hands to the last run of wasm-opt, which removes the names of functions. */
const namedBinary = join(root, "target/bindgen/named.wasm");

/** What a page imports. @type {Record<string, string>} */
const imports = { everything: "*", "{ calculate, order }": "{ calculate, order }" };

/** The bytes that a page carries for what it imports, bundled and minified by esbuild. */
export async function measureImports() {
  /** @type {Record<string, { raw: number, gzip: number, brotli: number }>} */
  const sizes = {};
  for (const [name, what] of Object.entries(imports)) {
    const source = `export ${what} from ${JSON.stringify(join(packageFolder, "index.js"))};`;
    sizes[name] = await measureBytes(await bundleSource(source, join(root, "target/size")));
  }
  return sizes;
}

/**
 * Prints the brotli bytes of each import that has a budget, with the change against the committed figure.
 *
 * @throws {Error} when a budget is exceeded
 */
export async function checkBudget() {
  const { budget, committed } = await readBudget();
  const sizes = await measureImports();
  const exceeded = [];
  for (const [name, limit] of Object.entries(budget)) {
    const { brotli } = sizes[name];
    console.log(`${name}: ${brotli} bytes with brotli; committed: ${committed[name] ?? "none"}; budget: ${limit}`);
    if (brotli > limit) exceeded.push(`${name} exceeds its budget of ${limit} bytes by ${brotli - limit}.`);
  }
  if (exceeded.length) throw new Error(exceeded.join(" "));
}

/**
 * The functions and the data of the binary, in raw bytes, the largest first.
 *
 * @returns {{ name: string, bytes: number }[]}
 */
function measureItems() {
  const wasmOpt = (/** @type {string[]} */ ...args) =>
    execFileSync(join(root, "node_modules/.bin/wasm-opt"), ["-g", ...args], { encoding: "utf8" });
  const optimized = join(root, "target/size/named.wasm");
  wasmOpt(...FOR_SIZE, namedBinary, "-o", optimized);
  const metrics = wasmOpt("--func-metrics", optimized, "-o", optimized);
  const functions = [...metrics.matchAll(/^func: (.*)\n \[binary-bytes\] *: (\d+)/gm)].map(([, name, bytes]) => ({
    // Without the hashes that the compiler adds.
    name: name.replace(/::h[0-9a-f]{16}|\[[0-9a-f]{16}\]/g, ""),
    bytes: Number(bytes),
  }));
  const [, data] = /^ \[memory-data\] *: (\d+)/m.exec(metrics) ?? [];
  if (!functions.length || !data) throw new Error("wasm-opt --func-metrics printed no sizes that could be read.");
  return [...functions, { name: "(data)", bytes: Number(data) }].sort((a, b) => b.bytes - a.bytes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { budget, committed } = await readBudget();
  const sizes = await measureImports();
  console.log(
    "Bytes that a page carries for what it imports; the change is that of brotli against the committed figure",
  );
  console.table(
    Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, { ...size, change: size.brotli - committed[name] }]),
    ),
  );
  if (process.argv.includes("--write")) {
    const figures = Object.fromEntries(Object.entries(sizes).map(([name, { brotli }]) => [name, brotli]));
    await writeBudget({ budget, committed: figures });
    console.log("Written: tests/bench/budget.json");
  }
  const items = measureItems();
  console.log(`\nRaw bytes of the largest of ${items.length} items in the binary`);
  for (const { name, bytes } of items.slice(0, 25)) console.log(`${String(bytes).padStart(6)}  ${name}`);
}
