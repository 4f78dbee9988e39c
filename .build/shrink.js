// Makes the package small: with wasm-opt, and with the tricks that go beyond it. Each trick has its reason, its gain
// and its guard, and can be removed without the others. The compiler's flags are in .cargo/config.toml.
//
// Gains are bytes of "everything" in `npm run size` (brotli), found by building without the trick.
// `node tests/bench/tricks.js` does that for `endPanics` and `shortenNames`.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";

import binaryen from "binaryen";
import { transformSync } from "esbuild";

import { capture } from "./tools.js";

/**
 * The name of the module that a binary imports from, and its imports and exports: for each, wasm-bindgen's name and the
 * binary's.
 * @typedef {{ module: string, imports: string[][], exports: string[][] }} Names
 */

/**
 * Optimizes the binary that wasm-bindgen wrote, and writes `core.js`, the module that calls it.
 * @param {string} glue the folder with the files of wasm-bindgen
 * @param {string} file the binary to write
 * @param {{ without?: string | undefined }} [options] the name of a trick to leave out
 */
export async function shrink(glue, file, { without } = {}) {
  binaryen.setDebugInfo(true); // Keeps the names of functions, which endPanics needs.
  const module = binaryen.readBinary(await readFile(`${glue}/proxy_orders_bg.wasm`));
  if (without !== "endPanics") endPanics(module);
  const named = `${glue}/named.wasm`;
  await writeFile(named, module.emitBinary());
  module.dispose();

  const names = await (without === "shortenNames" ? keepNames : shortenNames)(named, file);
  await blankPaths(file);
  const start = await markBuild(file, names);
  const script = await readFile(`${glue}/proxy_orders_bg.js`, "utf8");
  await writeFile(`${glue}/core.js`, core(script, names, start));
  await writeFile(
    `${glue}/core.d.ts`,
    `export * from "./proxy_orders.js";
export declare const imports: WebAssembly.Imports;
/** Whether a module was compiled from the binary of this build. */
export declare function isOwnModule(module: WebAssembly.Module): boolean;
export declare function start(exports: WebAssembly.Exports): void;
`,
  );
}

/**
 * Makes every panic trap at once, without its message.
 *
 * Reason: a panic ends in a trap anyway, and its message is never shown. But the code that formats it is an eighth of
 * the binary, and the compiler cannot leave it out: the standard library is precompiled, including its panic handler.
 * Gain: 1 911 bytes.
 * Guard: the build fails if it finds no panics (a new compiler may name them differently), or if any other code calls
 * a function that formats text, because that call would trap as well.
 *
 * @param {InstanceType<typeof binaryen.Module>} module with the names of its functions
 */
export function endPanics(module) {
  const functions = [];
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    const { name, base } = binaryen.getFunctionInfo(reference);
    const isImport = base !== "";
    if (!isImport) functions.push({ name: withoutDigests(name), reference });
  }
  const names = functions.map(({ name }) => name);
  const panics = new Set(names.filter((name) => PANICS.test(name) && !name.includes("proxy_orders::")));
  const formatters = new Set(names.filter((name) => FORMATS.test(name) && !panics.has(name)));
  if (!panics.size || !formatters.size) throw new Error("endPanics in .build/shrink.js finds no panics.");
  for (const [caller, callee] of calls(module)) {
    if (panics.has(caller) || formatters.has(caller) || !formatters.has(callee)) continue;
    throw new Error(
      `${caller} formats text with ${callee}, which endPanics in .build/shrink.js removes. Remove one of them.`,
    );
  }
  for (const { name, reference } of functions) {
    if (!panics.has(name) && !formatters.has(name)) continue;
    /** @type {any} */ (binaryen).Function.setBody(reference, module.unreachable());
  }
}

/** The functions that a panic calls, from its cause to its end. None of them is in this crate. */
const PANICS =
  /::panic(king|_|::)|rust_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|handle_error|handle_alloc_error|capacity_overflow/;

/** The functions that format the message of a panic. */
const FORMATS = /core::fmt/;

/** Removes the compiler's digests from the name of a function. @param {string} name */
const withoutDigests = (name) => name.replace(/\[[0-9a-f]{16}\]/g, "");

/**
 * Lists the direct calls in a module, each as caller and callee.
 * @param {InstanceType<typeof binaryen.Module>} module
 */
function* calls(module) {
  let caller = "";
  const pattern = /\((func|call|return_call) \$(?:"([^"]*)"|([^\s()]+))/g;
  for (const [, kind, quoted, plain] of module.emitText().matchAll(pattern)) {
    const name = withoutDigests(quoted ?? plain);
    if (kind === "func") caller = name;
    else yield [caller, name];
  }
}

/**
 * The passes of wasm-opt. A function of more than 250 bytes is not inlined into its only caller.
 *
 * Reason: an engine compiles a whole function when it is first called, so the first call would also wait for code that
 * it does not run.
 * Gain: 62 bytes, and 3 % of the time until the first request.
 * Guard: none; without it, the first call is slower.
 */
export const FOR_SIZE = ["--one-caller-inline-max-function-size=250", "-Oz"];

/**
 * Optimizes the size of a binary.
 * @param {string} from
 * @param {string} to
 * @param {string[]} [more] passes of wasm-opt
 */
const optimize = (from, to, more = []) =>
  capture("wasm-opt", [from, ...FOR_SIZE, "--strip-producers", "--strip-target-features", ...more, "-o", to]);

/**
 * Optimizes a binary, and gives its imports and exports names of one or two letters.
 *
 * Reason: wasm-bindgen's names, such as `__wbg_set_bcb0ec2400cfa22e`, are both in the binary and in the JavaScript.
 * Gain: 777 bytes.
 * Guard: `markBuild`, because the binary of another build may have the same short names for other functions.
 *
 * @param {string} from
 * @param {string} to
 * @returns {Promise<Names>}
 */
async function shortenNames(from, to) {
  const printed = await optimize(from, to, ["--minify-imports-and-exports-and-modules"]);
  /** @type {{ imports: string[][], exports: string[][] }} */
  const { imports, exports } = JSON.parse(printed);
  return { module: "a", imports: imports.map(([, long, name]) => [long, name]), exports };
}

/**
 * Optimizes a binary without renaming anything: `shortenNames` without its trick.
 * @param {string} from
 * @param {string} to
 * @returns {Promise<Names>}
 */
async function keepNames(from, to) {
  await optimize(from, to);
  const binary = await WebAssembly.compile(await readFile(to));
  const imports = WebAssembly.Module.imports(binary).map(({ name }) => [name, name]);
  const exports = WebAssembly.Module.exports(binary).map(({ name }) => [name, name]);
  return { module: "./proxy_orders_bg.js", imports, exports };
}

/**
 * Overwrites the paths of source files, which belong to panics, with zeros.
 *
 * Reason: they describe the machine that built the package.
 * Guard: a test of the package finds no path in it.
 *
 * @param {string} file
 */
async function blankPaths(file) {
  const text = (await readFile(file)).toString("latin1");
  const blank = text.replace(/[\w./-]+\/[\w./-]+\.rs/g, (path) => "\0".repeat(path.length));
  await writeFile(file, blank, "latin1");
}

/**
 * Gives the export that starts the binary a name with a digest of the build.
 *
 * Reason: the JavaScript of one build must reject the binary of another one, which `init` may be given.
 * Guard: a test of the package passes such a binary to `init`.
 *
 * @param {string} file
 * @param {Names} names
 * @returns {Promise<string>} the export's name
 */
export async function markBuild(file, { exports }) {
  const bytes = await readFile(file);
  const mark = `start_${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}`;
  const [, start = ""] = exports.find(([long]) => long === "__wbindgen_start") ?? [];
  binaryen.setDebugInfo(false);
  const module = binaryen.readBinary(bytes);
  const { value } = binaryen.getExportInfo(module.getExport(start));
  module.removeExport(start);
  module.addFunctionExport(value, mark);
  await writeFile(file, module.emitBinary());
  module.dispose();
  return mark;
}

/**
 * Encodes a binary as a string with one character for each byte, combined (XOR) with the value that gives the smallest
 * text, and padded to whole words: the entry combines four bytes at a time, and so starts sooner.
 *
 * Reason: base64 hides the repetitions that a server's compression finds. Most bytes of WebAssembly are not printable
 * ASCII, and each of those becomes an escape of up to four characters.
 * Gain: 3 400 bytes compared with base64, 440 of them thanks to that value.
 * Guard: the projects in tests/projects check that the decoded bytes are the binary, whichever bundler minified the
 * string.
 *
 * @param {Uint8Array} binary
 */
export function encodeBinary(binary) {
  const padded = new Uint8Array(Math.ceil(binary.length / 4) * 4);
  padded.set(binary);
  const texts = Array.from({ length: 256 }, (_, mask) => latin1(padded.map((byte) => byte ^ mask)));
  /** @param {number[]} masks @param {(script: string) => Uint8Array} compress */
  const smallestFirst = (masks, compress) => {
    const sizes = masks.map((mask) => ({ mask, bytes: compress(literal(texts[mask])).length }));
    return sizes.sort((a, b) => a.bytes - b.bytes).map(({ mask }) => mask);
  };
  // Brotli would take a minute for all of them, so gzip selects candidates.
  const candidates = smallestFirst([...texts.keys()], (script) => gzipSync(script, { level: 9 })).slice(0, 8);
  const [mask = 0] = smallestFirst(candidates, (script) => brotliCompressSync(script));
  return { text: texts[mask], mask: mask * 0x01010101 };
}

const latin1 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("latin1");

/** The string literal that a minifier writes. @param {string} text */
const literal = (text) => transformSync(`f(${JSON.stringify(text)})`, { minify: true }).code;

/**
 * Turns the script of wasm-bindgen into the module that calls the binary. The module uses the binary's names, and
 * creates nothing when it is imported: at that time, a runtime may have no `TextDecoder` or forbid creating one.
 * @param {string} script
 * @param {Names} names
 * @param {string} start the export that starts the binary
 */
function core(script, { module, imports, exports }, start) {
  const names = new Map(exports.map(([long, name]) => [long, name]));
  /** @type {string[]} */
  const prepared = [];
  const inert = script
    .replace(/^(?:let|const) (cachedText(?:De|En)coder)( = new .*;)$/gm, (_, name, value) => {
      prepared.push(name + value);
      return `let ${name};`;
    })
    .replace(/^cachedTextDecoder\.decode\(\);$/m, (statement) => {
      prepared.push(statement);
      return "";
    });
  if (prepared.length !== 3)
    throw new Error("core in .build/shrink.js does not find what wasm-bindgen creates at import.");
  // These may be views of the memory of an earlier instance.
  const views = [...inert.matchAll(/^let (cached\w+Memory0) = null;$/gm)].map(([, name]) => name);
  const renamed = inert.replace(/\bwasm\.(\w+)/g, (_, long) => `wasm.${names.get(long) ?? long}`);
  const functions = imports.map(([long, name]) => `${name}: ${long}`).join(", ");
  return `${renamed}
export const imports = { ${JSON.stringify(module)}: { ${functions} } };
export function isOwnModule(module) {
    return WebAssembly.Module.exports(module).some(({ name }) => name === "${start}");
}
export function start(exports) {
    ${prepared.join("\n    ")}
    ${views.join(" = ")} = null;
    __wbg_set_wasm(exports);
    exports.${start}();
}
`;
}

/**
 * What esbuild replaces in the entries that contain the core.
 *
 * Reason: wasm-bindgen creates a `FinalizationRegistry` when it is imported, but importing an entry must do nothing. A
 * call frees the objects of the core that it uses by itself.
 * Gain: 44 bytes, and 2.5 % of a call.
 * Guard: a test of the package imports each entry without that global.
 */
export const DEFINITIONS = { FinalizationRegistry: "undefined" };

/**
 * Marks the frozen error codes as free of side effects.
 *
 * Reason: a bundler must drop the codes if a page does not import them, and the minifier removes any mark in the
 * source.
 * Guard: the build fails if it does not find the codes.
 *
 * @param {string} file the main entry
 */
export async function markPure(file) {
  const script = await readFile(file, "utf8");
  const marked = script.replace("=Object.freeze({ErrorApiKey", "=/* @__PURE__ */Object.freeze({ErrorApiKey");
  if (marked === script) throw new Error("markPure in .build/shrink.js does not find the frozen codes.");
  await writeFile(file, marked);
}
