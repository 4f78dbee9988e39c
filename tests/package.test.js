// @ts-check
// What is published: the tarball, its entry points and its declarations.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packedPackage } from "../.build/pack.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const files = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "dist/backend.d.ts",
  "dist/backend.js",
  "dist/binary.d.ts",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/inline.js",
  "dist/node.js",
  "dist/proxy_orders_bg.wasm",
  "dist/sandbox.d.ts",
  "dist/sandbox.js",
  "package.json",
];
const names = [
  "ApiErrorCode",
  "calculate",
  "calculateSchema",
  "default",
  "init",
  "isProxyOrdersError",
  "order",
  "orderSchema",
  "validateCalculate",
  "validateOrder",
];

/** Where everything of these tests lies. @type {string} */
let scratch;
/** @type {string} */
let tarball;
/** The package as `npm install` puts it into a project. @type {string} */
let installed;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), "proxy-orders-package-"));
  ({ tarball } = await packedPackage());
  await writeFile(join(scratch, "package.json"), '{ "private": true, "type": "module" }');
  await run("npm", ["install", "--no-audit", "--no-fund", tarball], { cwd: scratch });
  installed = join(scratch, "node_modules/proxy-orders");
});

after(() => rm(scratch, { recursive: true, force: true }));

/** @param {string} path */
const read = (path) => readFile(join(root, path), "utf8");

/** @param {string} path @returns {Promise<any>} */
const readJson = async (path) => JSON.parse(await read(path));

/** @param {string} file @returns {Promise<Record<string, unknown>>} */
const load = (file) => import(pathToFileURL(join(installed, file)).href);

/**
 * Bundles a line for the browser.
 * @param {string} contents
 */
async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: scratch },
    bundle: true,
    format: "esm",
    logLevel: "silent",
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

test("the tarball has what a user needs, and nothing else", async () => {
  const found = await readdir(installed, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.deepEqual(paths.map((path) => path.slice(installed.length + 1)).sort(), files);
  const { packages } = JSON.parse(await readFile(join(scratch, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(packages), ["", "node_modules/proxy-orders"], "no dependencies");
});

test("no file tells where it was made", async () => {
  const places = [root, homedir() + "/", "/home/", "/Users/", ".cargo/registry", "/rustc/", "registry.npmjs.org"];
  for (const file of files) {
    const content = await readFile(join(installed, file), "latin1");
    assert.deepEqual(
      places.filter((place) => content.includes(place)),
      [],
      file,
    );
  }
});

test("the licence texts are whole", async () => {
  assert.match(await readFile(join(installed, "LICENSE-MIT"), "utf8"), /MIT License[^]*WITHOUT WARRANTY OF ANY KIND/);
  assert.match(
    await readFile(join(installed, "LICENSE-APACHE"), "utf8"),
    /Apache License\s+Version 2\.0, January 2004/,
  );
});

test("there is one version", async () => {
  const { version } = await readJson("package.json");
  const lock = await readJson("package-lock.json");
  assert.equal(lock.version, version);
  assert.equal(lock.packages[""].version, version);
  assert.match(
    await read("Cargo.toml"),
    new RegExp(`^\\[package\\]\\nname = "proxy-orders"\\nversion = "${version}"$`, "m"),
  );
  assert.match(await read("Cargo.lock"), new RegExp(`^name = "proxy-orders"\\nversion = "${version}"$`, "m"));
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("attw finds the types of each entry point", async () => {
  const attw = join(root, "node_modules/.bin/attw");
  const { stdout } = await run(attw, [tarball, "--profile", "esm-only", "--no-color"]);
  const verdicts = stdout.match(/^(node16 \(from ESM\)|bundler): .*$/gm) ?? [];
  assert.equal(verdicts.length, 12);
  assert.deepEqual(
    verdicts.filter((verdict) => !verdict.includes("🟢")),
    [],
  );
});

test("npm would publish it as it is", async () => {
  const { stderr } = await run("npm", ["publish", "--dry-run", "--ignore-scripts", "--access", "public"], {
    cwd: root,
  });
  assert.match(stderr, /total files:\s+15/);
  assert.doesNotMatch(stderr, /npm error|auto-corrected|npm pkg fix/);
});

test("the types come first in each condition, and every file is there", async () => {
  const { exports } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const entries = [".", "./inline", "./sandbox", "./backend", "./proxy_orders_bg.wasm", "./package.json"];
  assert.deepEqual(Object.keys(exports), entries);
  for (const [entry, conditions] of Object.entries(exports)) {
    if (typeof conditions === "string") continue;
    assert.equal(Object.keys(conditions)[0], "types", entry);
    for (const target of Object.values(conditions)) assert.ok(files.includes(target.slice(2)), target);
  }
});

test("each entry point exports the same names", async () => {
  for (const file of ["dist/index.js", "dist/node.js", "dist/inline.js"]) {
    assert.deepEqual(Object.keys(await load(file)).sort(), names, file);
  }
  assert.deepEqual(Object.keys(await load("dist/sandbox.js")), ["createSandbox"]);
  assert.deepEqual(Object.keys(await load("dist/backend.js")), ["createBackend", "memoryBookings"]);
});

test("the installed package is found by its names", async () => {
  const code = `
    import * as main from "proxy-orders";
    import * as inline from "proxy-orders/inline";
    import { createSandbox } from "proxy-orders/sandbox";
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    console.log(import.meta.resolve("proxy-orders"), require.resolve("proxy-orders/proxy_orders_bg.wasm"));
    await inline.init();
    await main.default();
    const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
    console.log(JSON.stringify([main, inline].map(({ validateCalculate }) => validateCalculate(wanted))));
    console.log(typeof createSandbox, require("proxy-orders/package.json").name);
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: scratch });
  const [where = "", checked = "", last] = stdout.trim().split("\n");
  assert.match(where, /\/dist\/node\.js .*\/dist\/proxy_orders_bg\.wasm$/);
  const value = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
  assert.deepEqual(JSON.parse(checked), [{ value }, { value }]);
  assert.equal(last, "function proxy-orders");
});

test("an import of which nothing is used leaves nothing in a bundle", async () => {
  assert.equal(await bundle('import "proxy-orders"; import { order } from "proxy-orders/inline";'), "");
});

test("the sandbox comes into no bundle for the browser", async () => {
  await assert.rejects(
    bundle('import { createSandbox } from "proxy-orders/sandbox"; createSandbox();'),
    /proxy-orders\/sandbox/,
  );
  for (const entry of ["proxy-orders", "proxy-orders/inline"]) {
    assert.doesNotMatch(await bundle(`import { order } from "${entry}"; order();`), /sandbox|node:/);
  }
});

test("the declarations are the ones expected", async () => {
  const expected = new URL("types/index.d.ts", import.meta.url);
  const generated = await readFile(join(installed, "dist/index.d.ts"), "utf8");
  // For a change that is meant: UPDATE=1 writes the file, and its difference is there to be read.
  if (process.env.UPDATE === "1") await writeFile(expected, generated);
  assert.equal(generated, await readFile(expected, "utf8"));
});

test("the binary of another build is refused", async () => {
  const { init } = await load("dist/inline.js");
  const binary = await readFile(join(installed, "dist/proxy_orders_bg.wasm"), "latin1");
  const other = binary.replace(/start_[0-9a-f]{8}/, "start_00000000");
  assert.notEqual(other, binary);
  const loaded = /** @type {Function} */ (init)(Buffer.from(other, "latin1"));
  const error = await loaded.catch((/** @type {unknown} */ error) => error);
  assert.equal(error.code, "not_loaded");
  assert.match(error.cause.message, /another build/);
});
