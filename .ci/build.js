// Builds the npm package into pkg/.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename as move, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { capture, need, root, run } from "./tools.js";

const TARGET = "wasm32-unknown-unknown";
const FEATURES = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];

const glue = `${root}/target/bindgen`;
const out = `${root}/target/pkg`;

/** Builds pkg/, unless nothing has changed since it was built. */
export async function build() {
  await need("rust", "wasm-bindgen", "packages");
  const digest = await sources();
  const mark = `${root}/target/built`;
  const same = (await readFile(mark, "utf8").catch(() => "")) === digest;
  if (same && existsSync(`${root}/pkg/index.js`)) return;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await binary();
  await scripts();
  await declarations();
  await rm(`${root}/pkg`, { recursive: true, force: true });
  await move(out, `${root}/pkg`);
  await writeFile(mark, digest);
}

/** A digest of everything that the package is made of. */
async function sources() {
  const { stdout } = spawnSync("rustc", ["--version"]);
  const hash = createHash("sha256").update(stdout);
  for (const place of ["Cargo.lock", "Cargo.toml", "package-lock.json", ".cargo", ".ci/build.js", "src"]) {
    const folder = (await stat(`${root}/${place}`)).isDirectory();
    const inside = folder ? await readdir(`${root}/${place}`, { recursive: true }) : [""];
    for (const name of inside.sort()) {
      const file = `${root}/${place}/${name}`.replace(/\/$/, "");
      if ((await stat(file)).isFile()) hash.update(`${place}/${name}`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

/** Compiles the crate, makes the glue, and optimises the binary. */
async function binary() {
  await run("cargo", ["build", "--quiet", "--release", "--locked", "--target", TARGET]);
  const compiled = `${root}/target/${TARGET}/release/proxy_orders.wasm`;
  await run("wasm-bindgen", ["--target", "bundler", "--out-dir", glue, compiled]);
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  const final = `${out}/proxy_orders_bg.wasm`;
  await run("wasm-opt", ["-Oz", "-g", ...features, `${glue}/proxy_orders_bg.wasm`, "-o", `${glue}/named.wasm`]);
  await snip(`${glue}/named.wasm`, `${glue}/snipped.wasm`);
  const smaller = ["-Oz", "--converge", "--strip-producers", "--strip-target-features", ...features];
  await run("wasm-opt", [...smaller, `${glue}/snipped.wasm`, "-o", final]);
  const renamed = await capture("wasm-opt", [
    "--minify-imports-and-exports-and-modules",
    ...features,
    final,
    "-o",
    final,
  ]);
  await blankPaths(final);
  await rename(renamed);
}

/**
 * Makes of the glue a module that speaks to the binary by its short names.
 * @param {string} renamed what wasm-opt tells about the names
 */
async function rename(renamed) {
  /** @type {{ imports: string[][], exports: string[][] }} */
  const { imports, exports } = JSON.parse(renamed);
  const short = new Map(exports.map(([long, name]) => [long, name]));
  const source = await readFile(`${glue}/proxy_orders_bg.js`, "utf8");
  const script = source.replace(/\bwasm\.(\w+)/g, (all, long) => (short.has(long) ? `wasm.${short.get(long)}` : all));
  const functions = imports.map(([, long, name]) => `${name}: ${long}`).join(", ");
  await writeFile(
    `${glue}/core.js`,
    `${script}
export const imports = { a: { ${functions} } };
export function start(exports) {
    __wbg_set_wasm(exports);
    exports.${short.get("__wbindgen_start")}();
}
`,
  );
  await writeFile(
    `${glue}/core.d.ts`,
    `export * from "./proxy_orders.js";
export declare const imports: WebAssembly.Imports;
export declare function start(exports: WebAssembly.Exports): void;
`,
  );
}

/**
 * Drops exports that the glue does not use, and ends every panic at once, without its text. A panic ends in a trap either way, and no text of it would reach anybody;
 * but what formats it is a third of the binary.
 * @param {string} from
 * @param {string} to
 */
async function snip(from, to) {
  const { default: binaryen } = await import("binaryen");
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(await readFile(from));
  const { BulkMemory, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
  module.setFeatures(BulkMemory | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt);
  let snipped = 0;
  for (let place = 0; place < module.getNumFunctions(); place++) {
    const reference = module.getFunctionByIndex(place);
    const { name, base } = binaryen.getFunctionInfo(reference);
    if (base || !PANICS.test(name.replace(/\[[0-9a-f]+\]/g, ""))) continue;
    /** @type {any} */ (binaryen).Function.setBody(reference, module.unreachable());
    snipped++;
  }
  const script = await readFile(`${glue}/proxy_orders_bg.js`, "utf8");
  for (let place = module.getNumExports() - 1; place >= 0; place--) {
    const { name } = binaryen.getExportInfo(module.getExportByIndex(place));
    if (!script.includes(`wasm.${name}`) && name !== "__wbindgen_start") module.removeExport(name);
  }
  if (snipped < 10) throw new Error(`Only ${snipped} functions of panics were found: has the compiler renamed them?`);
  await writeFile(to, module.emitBinary());
}

const PANICS =
  /core::fmt|::panic(king|_|::)|rust_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|handle_error|handle_alloc_error|capacity_overflow/;

/**
 * Blanks the paths of source files, which panics would have named.
 * @param {string} file
 */
async function blankPaths(file) {
  const text = (await readFile(file)).toString("latin1");
  await writeFile(
    file,
    text.replace(/[\w./-]+\/[\w./-]+\.rs/g, (path) => "\0".repeat(path.length)),
    "latin1",
  );
}

async function scripts() {
  const { build } = createRequire(import.meta.url)("esbuild");
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    outdir: out,
  };
  const entry = {
    ...common,
    // Every call frees what it has made; to have the engine watch over that costs it more than the rest.
    define: { FinalizationRegistry: "undefined" },
    loader: { ".wasm": "binary" },
  };
  await build({ ...entry, entryPoints: ["src/shell/index.ts", "src/shell/inline.ts"], minify: true });
  await build({ ...entry, entryPoints: ["src/shell/node.ts"], platform: "node" });
  await build({ ...common, entryPoints: { sandbox: "src/sandbox/index.ts" }, platform: "node" });
}

/** Bundles what tsc declares of the shell and tsify of the core: one file for each entry. */
async function declarations() {
  const { rollup } = await import("rollup");
  const { dts } = await import("rollup-plugin-dts");
  const bundle = await rollup({
    input: {
      index: `${root}/src/shell/index.ts`,
      binary: `${root}/src/shell/binary.ts`,
      sandbox: `${root}/src/sandbox/index.ts`,
    },
    external: ["./index.js"],
    plugins: [dts({ tsconfig: `${root}/src/tsconfig.json` })],
  });
  await bundle.write({ dir: out, entryFileNames: "[name].d.ts" });
  await bundle.close();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
