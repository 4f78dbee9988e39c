// Builds the npm package into dist/.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { need, root, run, step } from "./tools.js";

const TARGET = "wasm32-unknown-unknown";

/** The files and folders that the package is built from. */
const SOURCES = [
  "Cargo.lock",
  "Cargo.toml",
  "package-lock.json",
  ".cargo",
  ".build/bindgen/Cargo.lock",
  ".build/bindgen/Cargo.toml",
  ".build/bindgen/src",
  ".build/build.js",
  ".build/shrink.js",
  "src",
];

const dist = `${root}/dist`;
/** The intermediate files of wasm-bindgen and wasm-opt. */
const glue = `${root}/target/bindgen`;
/** The package while it is being built. */
export const out = `${root}/target/pkg`;
/** Contains the digests of the sources and of dist/ at the last build. */
const mark = `${root}/target/built`;

/** Builds dist/, unless neither the sources nor dist/ have changed since the last build. */
export async function build() {
  await need("packages", "rust");
  const sources = await digest(SOURCES);
  const built = await readFile(mark, "utf8").catch(() => "");
  if (built === sources + (await digest(["dist"]))) return;
  await compile();
  await assemble();
  await rm(dist, { recursive: true, force: true });
  await rename(out, dist);
  await writeFile(mark, sources + (await digest(["dist"])));
}

/**
 * Computes a digest of files with their names, and of the compiler's version.
 * @param {string[]} places files and folders
 */
async function digest(places) {
  const { stdout } = spawnSync("rustc", ["--version"]);
  const hash = createHash("sha256").update(stdout);
  for (const place of places) {
    for (const file of await filesIn(place)) {
      const content = await readFile(join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

/**
 * Lists the files of a folder, or the file itself.
 * @param {string} place
 */
async function filesIn(place) {
  const found = await stat(join(root, place)).catch(() => undefined);
  if (!found?.isDirectory()) return found ? [place] : [];
  const entries = await readdir(join(root, place), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(root.length + 1)).sort();
}

/** Compiles the crate, and generates the JavaScript for its binary. */
export async function compile() {
  step("compiling the crate, and the tool that generates its JavaScript");
  // At the same time: while one of them compiles on a single core, the other uses the rest.
  const env = { CARGO_TERM_PROGRESS_WHEN: "never" };
  const target = `${root}/target`;
  const tool = `${root}/target/bindgen-tool`;
  await Promise.all([
    run("cargo", ["build", "--release", "--locked", "--target", TARGET, "--target-dir", target], { env }),
    run("cargo", ["build", "--locked", "--manifest-path", ".build/bindgen/Cargo.toml", "--target-dir", tool], { env }),
  ]);
  await run(`${tool}/debug/bindgen`, [`${root}/target/${TARGET}/release/proxy_orders.wasm`, glue]);
}

/**
 * Assembles the package in target/pkg.
 * @param {{ without?: string }} [options] the name of a trick of shrink.js to leave out
 */
export async function assemble(options) {
  const { shrink } = await import("./shrink.js");
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await shrink(glue, `${out}/proxy_orders_bg.wasm`, options);
  await scripts();
  await declarations();
}

async function scripts() {
  const { DEFINITIONS, encodeBinary, markPure } = await import("./shrink.js");
  const { build } = createRequire(import.meta.url)("esbuild");
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    outdir: out,
  };
  const entry = { ...common, define: DEFINITIONS };
  const binary = await readFile(`${out}/proxy_orders_bg.wasm`);
  const { text, mask } = encodeBinary(binary);
  const ownBinary = { BINARY_TEXT: JSON.stringify(text), BINARY_MASK: `${mask}`, BINARY_LENGTH: `${binary.length}` };
  await build({
    ...entry,
    entryPoints: ["src/shell/index.ts"],
    define: { ...DEFINITIONS, ...ownBinary },
    // Browsers may load it without a bundler, and debuggers show its sources.
    minify: true,
    sourcemap: true,
  });
  await markPure(`${out}/index.js`);
  await build({ ...entry, entryPoints: ["src/shell/workerd.ts"], external: ["*.wasm?module"] });
  // The package itself is external, so that each runtime uses its own condition of the main entry.
  const external = ["proxy-orders"];
  // "faults" is for the server of the demo page. It is not published.
  const node = { "sandbox-node": "src/sandbox/node.ts", cli: "src/sandbox/cli.ts", faults: "src/sandbox/demo.ts" };
  await build({ ...common, entryPoints: node, platform: "node", external });
  const portable = {
    sandbox: "src/sandbox/index.ts",
    backend: "src/backend/index.ts",
    "backend-testing": "src/backend/testing/index.ts",
  };
  await build({ ...common, entryPoints: portable, platform: "neutral", external });
}

/** The types of the entry `proxy-orders/proxy_orders_bg.wasm`. */
const BINARY_DECLARATION = `/** The binary for \`init\`, as the bundler or runtime provides it: bytes or a module. */
declare const binary: object;
export default binary;
`;

/** Bundles the declarations of tsc (shell) and tsify (core) into one file for each entry. */
async function declarations() {
  await declare({
    index: "src/shell/index.ts",
    sandbox: "src/sandbox/index.ts",
    backend: "src/backend/index.ts",
    "backend-testing": "src/backend/testing/index.ts",
  });
  // Separately: rollup would move what two entries share into another file.
  await declare({ faults: "src/sandbox/demo.ts" });
  await writeFile(`${out}/binary.d.ts`, BINARY_DECLARATION);
}

/** @param {Record<string, string>} entries the source file of each entry, by the entry's name */
async function declare(entries) {
  const { rollup } = await import("rollup");
  const { dts } = await import("rollup-plugin-dts");
  const bundle = await rollup({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, `${root}/${file}`])),
    external: ["proxy-orders", "proxy-orders/backend", /^node:/],
    plugins: [dts({ tsconfig: `${root}/src/tsconfig.json` })],
  });
  await bundle.write({ dir: out, entryFileNames: "[name].d.ts" });
  await bundle.close();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
