// @ts-check
// What is published: the tarball, its entry points and its declarations.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, mock, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import binaryen from "binaryen";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packedPackage } from "../.build/pack.js";
import { markBuild } from "../.build/shrink.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const files = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "THIRD-PARTY-NOTICES.txt",
  "dist/backend-testing.d.ts",
  "dist/backend-testing.js",
  "dist/backend.d.ts",
  "dist/backend.js",
  "dist/binary.d.ts",
  "dist/cli.js",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/index.js.map",
  "dist/proxy_orders_bg.wasm",
  "dist/sandbox-node.js",
  "dist/sandbox.d.ts",
  "dist/sandbox.js",
  "dist/workerd.js",
  "package.json",
  "www/docs/README.md",
  "www/docs/SKILL.md",
  "www/docs/backend.md",
  "www/docs/bundlers.md",
  "www/docs/demo.png",
  "www/docs/llms.txt",
  "www/docs/ordering.md",
  "www/docs/recipes.md",
  "www/docs/reference.md",
  "www/docs/scripts.md",
  "www/docs/speed.md",
  "www/docs/speed.svg",
  "www/docs/stores.md",
  "www/docs/testing.md",
  "www/docs/youproxy.md",
];
const entryPoints = ["index", "workerd", "backend", "sandbox", "sandbox-node"].map((name) => `dist/${name}.js`);
const names = [
  "ApiErrorCode",
  "calculate",
  "calculateSchema",
  "createCheckout",
  "default",
  "forgetOrders",
  "init",
  "isProxyOrdersError",
  "order",
  "orderSchema",
  "validateCalculate",
  "validateOrder",
];

/** The folder with everything that these tests make. @type {string} */
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
 * Runs an entry point in a realm of its own, which has nothing but JavaScript's own globals and those of `realm`.
 * @param {string} file
 * @param {object} realm
 * @returns {Promise<Record<string, unknown>>} what it exports
 */
async function runIn(realm, file) {
  const { outputFiles } = await build({
    entryPoints: [join(installed, file)],
    bundle: true,
    format: "iife",
    globalName: "exported",
    // Unused code is kept, because nothing is used here.
    treeShaking: false,
    platform: "node",
    logLevel: "silent",
    plugins: [moduleOf()],
    write: false,
  });
  const context = createContext(realm);
  runInContext(outputFiles[0]?.text ?? "", context);
  return runInContext("exported", context);
}

/** Turns an import of the binary into a module, as the bundlers of edge runtimes do. */
const moduleOf = () => ({
  name: "module",
  /** @param {import("esbuild").PluginBuild} build */
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "module" }));
    onLoad({ filter: /.*/, namespace: "module" }, () => ({ contents: "export default globalThis.compiled" }));
  },
});

/**
 * Bundles a module.
 * @param {string} contents
 * @param {"browser" | "node"} [platform]
 */
async function bundle(contents, platform = "browser") {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: scratch },
    bundle: true,
    format: "esm",
    platform,
    logLevel: "silent",
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** A new instance of the main entry, which has loaded nothing yet. @returns {Promise<any>} */
const unloaded = () => import(`${pathToFileURL(join(installed, "dist/index.js"))}?${(instances += 1)}`);
let instances = 0;

const readBinary = () => readFile(join(installed, "dist/proxy_orders_bg.wasm"));

test("the tarball has what a user needs, and nothing else", async () => {
  const found = await readdir(installed, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.deepEqual(paths.map((path) => path.slice(installed.length + 1)).sort(), files);
  const { packages } = JSON.parse(await readFile(join(scratch, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(packages), ["", "node_modules/proxy-orders"], "no dependencies");
});

test("the notices name each crate of the binary once, and show its license", async () => {
  const notices = await readFile(join(installed, "THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of [
    "gloo-net",
    "js-sys",
    "lol_alloc",
    "serde",
    "serde-wasm-bindgen",
    "tsify",
    "wasm-bindgen",
    "web-sys",
  ]) {
    assert.equal(notices.match(new RegExp(`^${name} \\d.*MIT`, "gm"))?.length, 1, name);
  }
  assert.match(notices, /^the Rust standard library \d/m);
  assert.doesNotMatch(notices, /<year>|proptest|wasm-bindgen-test/);
  for (const section of notices.split(/^-{80}$/m).slice(1))
    assert.match(section, /Permission is hereby granted|Permission to use/);
});

test("no file contains a path of the machine that built it", async () => {
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

test("a debugger shows the sources of the main entry", async () => {
  const script = await readFile(join(installed, "dist/index.js"), "utf8");
  assert.ok(script.endsWith("//# sourceMappingURL=index.js.map\n"));
  const { sources, sourcesContent } = JSON.parse(await readFile(join(installed, "dist/index.js.map"), "utf8"));
  for (const source of ["index.ts", "call.ts", "load.ts"]) {
    const index = sources.indexOf(`../../src/shell/${source}`);
    assert.equal(sourcesContent[index], await read(`src/shell/${source}`), source);
  }
});

test("the main entry is ASCII", async () => {
  const bytes = await readFile(join(installed, "dist/index.js"));
  assert.equal(
    bytes.findIndex((byte) => byte > 126),
    -1,
  );
});

test("the main entry carries the binary that is published", async () => {
  const { compile } = WebAssembly;
  const compiled = mock.method(WebAssembly, "compile", compile);
  await (await unloaded()).init().finally(() => compiled.mock.restore());
  assert.deepEqual(
    compiled.mock.calls.map(({ arguments: [bytes] }) => Buffer.from(/** @type {Uint8Array} */ (bytes))),
    [await readBinary()],
  );
});

test("the license texts are complete", async () => {
  assert.match(await readFile(join(installed, "LICENSE-MIT"), "utf8"), /MIT License[^]*WITHOUT WARRANTY OF ANY KIND/);
  assert.match(
    await readFile(join(installed, "LICENSE-APACHE"), "utf8"),
    /Apache License\s+Version 2\.0, January 2004/,
  );
});

test("all files agree on the version", async () => {
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

test("publint finds no problem", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("attw finds the types of each entry point", async () => {
  const attw = join(root, "node_modules/.bin/attw");
  const { stdout } = await run(attw, [tarball, "--profile", "esm-only", "--no-color"]);
  const lines = stdout.match(/^(node16 \(from ESM\)|bundler): .*$/gm) ?? [];
  assert.equal(lines.length, 14);
  assert.deepEqual(
    lines.filter((line) => !line.includes("🟢")),
    [],
  );
});

test("npm would publish it as it is", async () => {
  const { stderr } = await run("npm", ["publish", "--dry-run", "--ignore-scripts", "--access", "public"], {
    cwd: root,
  });
  assert.match(stderr, new RegExp(`total files:\\s+${files.length}\\s`));
  assert.doesNotMatch(stderr, /npm error|auto-corrected|npm pkg fix/);
});

test("the types come first in each condition, and every file is there", async () => {
  const { exports } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const servers = ["./sandbox", "./backend", "./backend/testing"];
  const entries = [".", "./inline", ...servers, "./proxy_orders_bg.wasm", "./package.json"];
  assert.deepEqual(Object.keys(exports), entries);
  for (const [entry, conditions] of Object.entries(exports)) {
    if (typeof conditions === "string") continue;
    assert.equal(Object.keys(conditions)[0], "types", entry);
    for (const target of Object.values(conditions)) assert.ok(files.includes(target.slice(2)), target);
  }
  assert.deepEqual(exports["./inline"], exports["."], "another name for the main entry");
});

test("each entry point exports the same names", async () => {
  assert.deepEqual(Object.keys(await load("dist/index.js")).sort(), names);
  assert.deepEqual(Object.keys(await runIn({}, "dist/workerd.js")).sort(), names);
  for (const file of ["dist/sandbox.js", "dist/sandbox-node.js"]) {
    assert.deepEqual(Object.keys(await load(file)), ["createSandbox"], file);
  }
  const stores = ["d1Bookings", "memoryBookings", "postgresBookings", "sqliteBookings"];
  assert.deepEqual(Object.keys(await load("dist/backend.js")), ["createBackend", ...stores]);
});

const require = createRequire(import.meta.url);
/**
 * What an import must not use: a runtime lacks it, or forbids it before the first request, or it would decode the
 * binary.
 */
const forbidden = [
  ...["AbortController", "AbortSignal", "TextDecoder", "TextEncoder", "Headers", "Request", "Response", "URL"],
  ...["Date", "clearTimeout", "crypto", "fetch", "location", "performance", "queueMicrotask", "setTimeout"],
  ...["Atomics", "FinalizationRegistry", "Intl", "WeakRef", "WebAssembly"],
  ...["ArrayBuffer", "Uint8Array", "atob"],
];

for (const file of entryPoints) {
  test(`an import of ${file} does nothing`, async () => {
    /** @type {string[]} */
    const used = [];
    const realm = createContext({ require });
    for (const name of forbidden) {
      const get = () => {
        used.push(name);
        throw new Error(`${name} is used`);
      };
      Object.defineProperty(realm, name, { get });
    }
    runInContext(
      `for (const [owner, name] of [[Math, "random"], [String.prototype, "charCodeAt"], [String.prototype, "codePointAt"]])
        owner[name] = () => { throw new Error(name + " is used") };`,
      realm,
    );
    await runIn(realm, file);
    assert.deepEqual(used, []);
  });
}

test("the entry point of edge runtimes takes the binary as a module of any realm", async () => {
  const binary = await readBinary();
  const { setTimeout, clearTimeout, AbortController, TextDecoder, TextEncoder, Request, Headers } = globalThis;
  const realm = { setTimeout, clearTimeout, AbortController, TextDecoder, TextEncoder, Request, Headers };
  const { init, validateOrder } = /** @type {any} */ (
    await runIn({ ...realm, compiled: await WebAssembly.compile(binary) }, "dist/workerd.js")
  );
  await init();
  assert.ok(validateOrder({}).issues.length > 0);
});

test("huge invalid input is rejected quickly in Node", async () => {
  const { calculate, order } = /** @type {typeof import("proxy-orders")} */ (await load("dist/index.js"));
  const wanted = /** @type {const} */ ({
    proxyType: "ISP",
    quantity: 1,
    rentPeriodDays: 30,
    goal: "ads",
    country: "USA",
    authType: "LOGIN",
  });
  const api = { baseUrl: "https://api.example", apiKey: "a-key-of-some-length", maxRetries: 0 };
  await calculate(wanted, { ...api, fetch: async () => new Response("{}") }).catch(() => {});
  const bytes = Object.assign(new TypeError("fetch failed"), { bytes: new Uint8Array(32 * 2 ** 20) });
  const cases = {
    invalid_options: () => order(wanted, { ...api, baseUrl: `https://api.example${"/".repeat(160_000)}` }),
    network: () => order(wanted, { ...api, fetch: () => Promise.reject(bytes) }),
  };
  for (const [code, call] of Object.entries(cases)) {
    const start = performance.now();
    await assert.rejects(call(), { name: "ProxyOrdersError", code });
    const took = performance.now() - start;
    assert.ok(took < 500, `${code} took ${took} ms`);
  }
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
    console.assert(main.order === inline.order);
    const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
    console.log(JSON.stringify([main, inline].map(({ validateCalculate }) => validateCalculate(wanted))));
    console.log(typeof createSandbox, require("proxy-orders/package.json").name);
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: scratch });
  const [where = "", checked = "", last] = stdout.trim().split("\n");
  assert.match(where, /\/dist\/index\.js .*\/dist\/proxy_orders_bg\.wasm$/);
  const value = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
  assert.deepEqual(JSON.parse(checked), [{ value }, { value }]);
  assert.equal(last, "function proxy-orders");
});

test("a page carries only what it imports", async () => {
  assert.equal(await bundle('import "proxy-orders"; import { order } from "proxy-orders/inline";'), "");
  const isCarried = (/** @type {string} */ script) =>
    ["~standard", "InsufficientFunds"].map((text) => script.includes(text));
  assert.deepEqual(isCarried(await bundle('export * from "proxy-orders"')), [true, true]);
  assert.deepEqual(isCarried(await bundle('export { calculate, order } from "proxy-orders"')), [false, false]);
});

test("the sandbox can be bundled for a browser, and nothing else contains it", async () => {
  const sandbox = await bundle('import { createSandbox } from "proxy-orders/sandbox"; createSandbox();');
  assert.match(sandbox, /__sandbox/);
  // esbuild leaves an import of a Node module as it is.
  assert.doesNotMatch(sandbox, /node:|\bBuffer\b/);
  assert.doesNotMatch(await bundle('export * from "proxy-orders"'), /sandbox|node:/);
});

test("a server that is bundled into one file works in an empty folder", async () => {
  const code = `
    import { createBackend, memoryBookings } from "proxy-orders/backend";
    import { createSandbox } from "proxy-orders/sandbox";
    const api = await createSandbox().listen();
    const options = { baseUrl: api.url, apiKey: "demo-key", user: () => "ann", balance: "account" };
    const backend = createBackend({ ...options, bookings: memoryBookings() });
    const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(wanted) };
    const response = await backend(new Request("https://shop.example/client/api/v1/self/calculate/order", request));
    console.log(response.status, (await response.json()).success);
    await api.close();
  `;
  const folder = await mkdtemp(join(tmpdir(), "proxy-orders-server-"));
  try {
    await writeFile(join(folder, "server.mjs"), await bundle(code, "node"));
    const { stdout } = await run(process.execPath, ["server.mjs"], { cwd: folder });
    assert.equal(stdout, "200 true\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the declarations are as expected", async () => {
  const expected = new URL("types/index.d.ts", import.meta.url);
  const generated = await readFile(join(installed, "dist/index.d.ts"), "utf8");
  // After an intended change, UPDATE=1 writes the file. Review the difference.
  if (process.env.UPDATE === "1") await writeFile(expected, generated);
  assert.equal(generated, await readFile(expected, "utf8"));
});

test("the binary of another build is rejected, although its exports have the same names and types", async () => {
  const file = join(scratch, "other.wasm");
  const binary = await readBinary();
  const mark = binary.toString("latin1").match(/start_[0-9a-f]{8}/)?.[0] ?? "";
  const [one, two] = await swapExports(binary, file);
  await markBuild(file, { module: "", imports: [], exports: [["__wbindgen_start", mark]] });
  const other = await WebAssembly.compile(await readFile(file));
  const isMark = (/** @type {string} */ name) => name.startsWith("start_");
  const exports = (/** @type {WebAssembly.Module} */ module) =>
    WebAssembly.Module.exports(module).map(({ name, kind }) => [isMark(name) ? "start" : name, kind]);
  assert.deepEqual(exports(other).sort(), exports(await WebAssembly.compile(binary)).sort());

  const { init, validateOrder } = await unloaded();
  const error = await init(other).catch((/** @type {unknown} */ error) => error);
  assert.equal(error.code, "not_loaded", `${one} and ${two} are swapped`);
  assert.match(error.message, /This is the binary of another build\./);
  await init();
  assert.ok(validateOrder({}).issues.length > 0);
});

/**
 * Writes a binary in which two exported functions of the same type have swapped their names.
 * @param {Uint8Array} binary
 * @param {string} file
 */
async function swapExports(binary, file) {
  const module = binaryen.readBinary(binary);
  const functions = [];
  for (let index = 0; index < module.getNumExports(); index++) {
    const { name, value, kind } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (kind !== binaryen.ExternalFunction || name.startsWith("start_")) continue;
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
    functions.push({ name, value, type: `${params} ${results}` });
  }
  const [one, two] = functions.flatMap((a) =>
    functions.filter((b) => a !== b && a.type === b.type).map((b) => [a, b]),
  )[0];
  module.removeExport(one.name);
  module.removeExport(two.name);
  module.addFunctionExport(one.value, two.name);
  module.addFunctionExport(two.value, one.name);
  await writeFile(file, module.emitBinary());
  module.dispose();
  return [one.name, two.name];
}

test("the message of a failed load leads to a section of README.md", async () => {
  const { init } = /** @type {any} */ (await load("dist/index.js"));
  const { message } = await init(new Uint8Array()).catch((/** @type {unknown} */ error) => error);
  const [, anchor = ""] = message.match(/#([\w-]+) \(/) ?? assert.fail(message);
  const headings = (await read("README.md")).match(/(?<=^#+ ).*$/gm) ?? [];
  assert.ok(headings.some((heading) => heading.toLowerCase().replaceAll(" ", "-") === anchor));
});
