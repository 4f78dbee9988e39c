// Builds the npm package into pkg/.

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { need, root, run } from "./tools.js";

const TARGET = "wasm32-unknown-unknown";
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

/** Builds pkg/ from nothing. */
export async function build() {
  await need("rust", "wasm-bindgen", "packages");
  await rm(`${root}/pkg`, { recursive: true, force: true });
  await mkdir(`${root}/pkg`);
  await binary();
  await scripts(await names());
  await declarations();
}

/** Compiles the crate, makes the glue in target/bindgen, and optimises the binary. */
async function binary() {
  await run("cargo", ["build", "--release", "--locked", "--target", TARGET]);
  const compiled = `${root}/target/${TARGET}/release/proxy_orders.wasm`;
  await run("wasm-bindgen", ["--target", "bundler", "--out-dir", `${root}/target/bindgen`, compiled]);
  const bound = `${root}/target/bindgen/proxy_orders_bg.wasm`;
  const snipped = `${root}/target/bindgen/snipped.wasm`;
  const options = FEATURES.map((feature) => `--enable-${feature}`);
  await run("wasm-opt", ["-Oz", "-g", ...options, bound, "-o", snipped]);
  await snip(snipped);
  await run("wasm-opt", ["-Oz", "--converge", "--strip-producers", "--strip-target-features", ...options, snipped, "-o", `${root}/pkg/proxy_orders_bg.wasm`]);
}

/**
 * Ends every panic at once, without its text. A panic ends in a trap either way, and no text of it would reach anybody;
 * but the code that formats it is a third of the binary.
 * @param {string} file
 */
async function snip(file) {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(await readFile(file));
  const { BulkMemory, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
  module.setFeatures(BulkMemory | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt);
  let snipped = 0;
  for (let place = 0; place < module.getNumFunctions(); place++) {
    const reference = module.getFunctionByIndex(place);
    const { name, base } = binaryen.getFunctionInfo(reference);
    if (base || !PANICS.test(name.replace(/\[[0-9a-f]+\]/g, ""))) continue;
    binaryen.Function.setBody(reference, module.unreachable());
    snipped++;
  }
  if (snipped < 10) throw new Error(`Only ${snipped} functions of panics were found: has the compiler renamed them?`);
  await writeFile(file, module.emitBinary());
}

const PANICS =
  /core::fmt|::panic(king|_|::)|rust_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|handle_error|handle_alloc_error|capacity_overflow/;

/** Asks the binary for the names by which it is handed values. */
async function names() {
  const glue = await import(pathToFileURL(`${root}/target/bindgen/proxy_orders_bg.js`).href);
  const bytes = await readFile(`${root}/pkg/proxy_orders_bg.wasm`);
  const { instance } = await WebAssembly.instantiate(bytes, { "./proxy_orders_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return JSON.stringify(glue.names());
}

/** @param {string} names */
async function scripts(names) {
  const { build } = createRequire(import.meta.url)("esbuild");
  const common = { absWorkingDir: root, bundle: true, format: "esm", minify: true, target: "es2022", logLevel: "warning" };
  const entry = { ...common, outdir: "pkg", define: { NAMES: names } };
  await build({ ...entry, entryPoints: ["src/js/index.js", "src/js/inline.js"], loader: { ".wasm": "binary" } });
  await build({ ...entry, entryPoints: ["src/js/node.js"], platform: "node" });
  await build({ ...common, entryPoints: ["www/sandbox/index.js"], outfile: "pkg/sandbox.js", platform: "node", minify: false });
}

async function declarations() {
  const generated = await readFile(`${root}/target/bindgen/proxy_orders.d.ts`, "utf8");
  await writeFile(`${root}/pkg/index.d.ts`, generated.replace(/^\/\*.*\*\/\n/gm, "").trimStart());
  await writeFile(`${root}/pkg/inline.d.ts`, 'export * from "./index.js";\nexport { default } from "./index.js";\n');
  await writeFile(
    `${root}/pkg/proxy_orders_bg.wasm.d.ts`,
    'import type { InitSource } from "./index.js";\n\n/** The binary, as the bundler hands it on; made for `init`. */\ndeclare const source: InitSource;\nexport default source;\n',
  );
  await cp(`${root}/www/sandbox/index.d.ts`, `${root}/pkg/sandbox.d.ts`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await build();
