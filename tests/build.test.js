// @ts-check
// The build: dist/ is rebuilt if it was changed, and packing builds first.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import binaryen from "binaryen";
import { endPanics } from "../.build/shrink.js";
import { bindgenMismatch } from "../.build/tools.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

const build = () => run(process.execPath, [".build/build.js"], { cwd: root });

/** Reads every file of dist/. */
async function readDist() {
  const names = await readdir(dist);
  return Object.fromEntries(
    await Promise.all(names.sort().map(async (name) => [name, await readFile(join(dist, name), "base64")])),
  );
}

/** @type {Record<string, string>} */
let built;

beforeEach(async () => {
  await build();
  built = await readDist();
});

test("a build without changes does nothing", async () => {
  const { ino } = await stat(dist);
  await build();
  assert.equal((await stat(dist)).ino, ino);
});

test("a build restores dist/ after a file was changed, removed or added", async () => {
  await appendFile(join(dist, "index.js"), "// changed by hand");
  await build();
  assert.deepEqual(await readDist(), built);

  await rm(join(dist, "proxy_orders_bg.wasm"));
  await appendFile(join(dist, "package.json"), "{}");
  await build();
  assert.deepEqual(await readDist(), built);
});

test("npm pack builds first, and prints nothing else on its standard output", async () => {
  await rm(dist, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json"], { cwd: root });
  const [{ files }] = JSON.parse(stdout);
  const packed = files.map((/** @type {{ path: string }} */ { path }) => path);
  const published = JSON.parse(await readFile(join(root, "package.json"), "utf8")).files;
  const isBuilt = (/** @type {string} */ path) => path.startsWith("dist/");
  assert.deepEqual(packed.filter(isBuilt).sort(), published.filter(isBuilt).sort());
  assert.deepEqual(await readDist(), built);
});

test("wasm-pack build does not change dist/", async () => {
  try {
    await run("wasm-pack", ["build", "--mode", "no-install"], { cwd: root });
    assert.deepEqual(await readDist(), built);
  } finally {
    await rm(join(root, "pkg"), { recursive: true, force: true });
  }
});

test("a mismatch of wasm-bindgen versions names the command that updates the tool", () => {
  const lock = (/** @type {string} */ name, /** @type {string} */ version) =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\n`;
  const project = lock("wasm-bindgen", "0.2.131");
  assert.equal(bindgenMismatch(project, lock("wasm-bindgen-cli-support", "0.2.131")), undefined);
  assert.match(
    bindgenMismatch(project, lock("wasm-bindgen-cli-support", "0.2.130")) ?? "",
    /0\.2\.131.*0\.2\.130.*`cargo /,
  );
});

/** Makes a module with a function of the crate. @param {string} body of that function */
const crate = (body) =>
  binaryen.parseText(`(module
    (func $core::fmt::write (drop (i32.const 1)))
    (func $core::panicking::panic_fmt (call $core::fmt::write))
    (func $proxy_orders::order ${body})
    (export "order" (func $proxy_orders::order)))`);

test("panics trap without a message, and other code stays", () => {
  const module = crate("(call $core::panicking::panic_fmt) (drop (i32.const 2))");
  endPanics(module);
  const text = module.emitText();
  assert.match(text, /\$core::fmt::write\s+\(unreachable\)/);
  assert.match(text, /\$core::panicking::panic_fmt\s+\(unreachable\)/);
  assert.match(text, /\$proxy_orders::order\s+\(call \$core::panicking::panic_fmt\)/);
});

test("the build fails when code of the crate formats text, or when no panic is found", () => {
  assert.throws(
    () => endPanics(crate("(call $core::fmt::write)")),
    /proxy_orders::order formats text with core::fmt::write/,
  );
  assert.throws(() => endPanics(binaryen.parseText("(module (func $f))")), /finds no panics/);
});
