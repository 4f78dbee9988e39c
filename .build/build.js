// Builds the npm package into dist/.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { need, root, run, step } from "./tools.js";

const TARGET = "wasm32-unknown-unknown";

/** Everything that the package is made of. */
const SOURCES = [
  "Cargo.lock",
  "Cargo.toml",
  "package-lock.json",
  ".cargo",
  ".build/bindgen/Cargo.lock",
  ".build/bindgen/src",
  ".build/build.js",
  ".build/shrink.js",
  "src",
];

const dist = `${root}/dist`;
/** What wasm-bindgen and wasm-opt write on the way. */
const glue = `${root}/target/bindgen`;
/** The package until it is complete. */
export const out = `${root}/target/pkg`;
/** The digests of the sources and of dist/ at the last build. */
const mark = `${root}/target/built`;

/** Builds dist/, unless neither the sources nor dist/ itself have changed since it was built. */
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
 * A digest of files with their names, and of the compiler's version.
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
 * The files of a folder, or the one file that stands there.
 * @param {string} place
 */
async function filesIn(place) {
  const found = await stat(join(root, place)).catch(() => undefined);
  if (!found?.isDirectory()) return found ? [place] : [];
  const entries = await readdir(join(root, place), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(root.length + 1)).sort();
}

/** Compiles the crate, and makes the JavaScript glue of its binary. */
export async function compile() {
  step("compiling the crate, and the tool that makes its JavaScript");
  // Both at once: while one has work for a single core only, the other takes the rest.
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
 * Makes the package of the binary and its glue, in target/pkg.
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
  const { encodeBinary } = await import("./shrink.js");
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
  };
  const { text, mask } = encodeBinary(await readFile(`${out}/proxy_orders_bg.wasm`));
  await build({
    ...entry,
    entryPoints: ["src/shell/index.ts"],
    define: { ...entry.define, BINARY_TEXT: JSON.stringify(text), BINARY_MASK: String(mask) },
    // Browsers may load it as it is, and a debugger shows its sources.
    minify: true,
    sourcemap: true,
  });
  await markPure(`${out}/index.js`);
  await build({ ...entry, entryPoints: ["src/shell/workerd.ts"], external: ["*.wasm?module"] });
  // The package itself, so that each runtime takes the condition of the main entry that is made for it.
  const external = ["proxy-orders"];
  // Faults and the way to send them are for the server of the demo page, and not published.
  const node = { "sandbox-node": "src/sandbox/node.ts", cli: "src/sandbox/cli.ts", faults: "src/sandbox/demo.ts" };
  await build({ ...common, entryPoints: node, platform: "node", external });
  const portable = {
    sandbox: "src/sandbox/index.ts",
    backend: "src/backend/index.ts",
    "backend-testing": "src/backend/testing/index.ts",
  };
  await build({ ...common, entryPoints: portable, platform: "neutral", external });
}

/** Lets bundlers drop the frozen codes when a page does not import them. The minifier removes the mark. @param {string} file */
async function markPure(file) {
  const script = await readFile(file, "utf8");
  const marked = script.replace("=Object.freeze({ErrorApiKey", "=/* @__PURE__ */Object.freeze({ErrorApiKey");
  if (marked === script) throw new Error("markPure in .build/build.js does not find the frozen codes.");
  await writeFile(file, marked);
}

/** The types of the entry `proxy-orders/proxy_orders_bg.wasm`. */
const BINARY_DECLARATION = `/** The binary as the bundler passes it on, for \`init\`: bytes or a module. */
declare const binary: object;
export default binary;
`;

/** Bundles what tsc declares of the shell and tsify of the core: one file for each entry. */
async function declarations() {
  await declare({
    index: "src/shell/index.ts",
    sandbox: "src/sandbox/index.ts",
    backend: "src/backend/index.ts",
    "backend-testing": "src/backend/testing/index.ts",
  });
  // Apart, because what two entries of one bundle share becomes a file of its own.
  await declare({ faults: "src/sandbox/demo.ts" });
  await writeFile(`${out}/binary.d.ts`, BINARY_DECLARATION);
}

/** @param {Record<string, string>} entries the file of each entry, by its name */
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
