// Makes the binary small: wasm-opt, and the tricks that go beyond it. Each trick says why it is there, what it gains and
// what guards it, and each can be removed by itself.
//
//   node .build/shrink.js    measures what each trick gains

import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

import binaryen from "binaryen";
import { transformSync } from "esbuild";

import { capture } from "./tools.js";

/**
 * The module that a binary imports from, and its imports and exports, each by wasm-bindgen's name and by its own.
 * @typedef {{ module: string, imports: string[][], exports: string[][] }} Names
 */

/**
 * Optimizes the binary that wasm-bindgen wrote, and writes `core.js`, the module that speaks to it.
 * @param {string} glue the folder that wasm-bindgen wrote into
 * @param {string} file the binary to write
 * @param {{ without?: string }} [options] the name of a trick to leave out
 */
export async function shrink(glue, file, { without } = {}) {
  binaryen.setDebugInfo(true); // The names of functions stay.
  const module = binaryen.readBinary(await readFile(`${glue}/proxy_orders_bg.wasm`));
  if (without !== "endPanics") endPanics(module);
  const named = `${glue}/named.wasm`;
  await writeFile(named, module.emitBinary());
  module.dispose();

  const names = await (without === "shortenNames" ? keepNames : shortenNames)(named, file);
  await blankPaths(file);
  if (without !== "blankPanicTexts") await blankPanicTexts(file);
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
 * Ends every panic at once, without its text.
 *
 * Why: a panic ends in a trap either way and nobody sees its text, but what formats the text is an eighth of the binary.
 * The compiler cannot leave it out: the standard library comes compiled, with its panic handler.
 * Gains: 2 000 bytes (brotli).
 * Guard: the build fails when it finds no such function, as when a compiler names them otherwise, and when any code but
 * a panic's calls what formats text, because such a call would trap as well.
 *
 * @param {InstanceType<typeof binaryen.Module>} module with the names of its functions
 */
export function endPanics(module) {
  const functions = [];
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    const { name, base } = binaryen.getFunctionInfo(reference);
    const isImport = base !== "";
    if (!isImport) functions.push({ name: readable(name), reference });
  }
  const names = functions.map(({ name }) => name);
  const panics = new Set(names.filter((name) => PANICS.test(name) && !name.includes("proxy_orders::")));
  const formatters = new Set(names.filter((name) => FORMATS.test(name) && !panics.has(name)));
  if (!panics.size || !formatters.size) throw new Error("endPanics in .build/shrink.js finds nothing to end.");
  for (const [caller, callee] of calls(module)) {
    if (panics.has(caller) || formatters.has(caller) || !formatters.has(callee)) continue;
    throw new Error(
      `${caller} formats text by ${callee}, which endPanics in .build/shrink.js ends: remove one of them.`,
    );
  }
  for (const { name, reference } of functions) {
    if (!panics.has(name) && !formatters.has(name)) continue;
    /** @type {any} */ (binaryen).Function.setBody(reference, module.unreachable());
  }
}

/** The functions that a panic runs through, from where it is noticed to where it ends; none of them is of this crate. */
const PANICS =
  /::panic(king|_|::)|rust_panic|slice_error_fail|slice_index_fail|unwrap_failed|expect_failed|handle_error|handle_alloc_error|capacity_overflow/;

/** What formats the text of a panic. */
const FORMATS = /core::fmt/;

/** The name of a function without the compiler's digests. @param {string} name */
const readable = (name) => name.replace(/\[[0-9a-f]{16}\]/g, "");

/**
 * Every direct call of a module: who calls whom.
 * @param {InstanceType<typeof binaryen.Module>} module
 */
function* calls(module) {
  let caller = "";
  const pattern = /\((func|call|return_call) \$(?:"([^"]*)"|([^\s()]+))/g;
  for (const [, kind, quoted, plain] of module.emitText().matchAll(pattern)) {
    const name = readable(quoted ?? plain);
    if (kind === "func") caller = name;
    else yield [caller, name];
  }
}

/**
 * The passes of wasm-opt. Functions of more than 250 bytes stay apart even if they have one caller: an engine compiles a
 * function whole when it is first called, so what an order does not run would keep its first call waiting.
 */
export const FOR_SIZE = ["--one-caller-inline-max-function-size=250", "-Oz"];

/**
 * Optimizes a binary for its size.
 * @param {string} from
 * @param {string} to
 * @param {string[]} [more] passes of wasm-opt
 */
const optimize = (from, to, more = []) =>
  capture("wasm-opt", [from, ...FOR_SIZE, "--strip-producers", "--strip-target-features", ...more, "-o", to]);

/**
 * Optimizes a binary, and gives its imports and exports names of a letter or two.
 *
 * Why: the names that wasm-bindgen makes, such as `__wbg_set_bcb0ec2400cfa22e`, stand both in the binary and in
 * JavaScript.
 * Gains: 660 bytes (brotli).
 * Guard: `markBuild`, because the binary of another build may use the same short names for other functions.
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
 * Optimizes a binary that keeps its names: what `shortenNames` does without its trick.
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
 * Blanks the paths of source files, which panics would have named: they tell about the machine that built the package.
 * Guard: a test of the package finds no path in it.
 * @param {string} file
 */
async function blankPaths(file) {
  const text = (await readFile(file)).toString("latin1");
  const blank = text.replace(/[\w./-]+\/[\w./-]+\.rs/g, (path) => "\0".repeat(path.length));
  await writeFile(file, blank, "latin1");
}

/**
 * Blanks the texts that panics of the standard library and of wasm-bindgen would have shown.
 *
 * Why: what formats them has been ended by `endPanics`, but data is never dropped.
 * Gains: 170 bytes (brotli).
 * Guard: the build fails when it finds none of them; a text that it does not know costs bytes and nothing else.
 *
 * @param {string} file
 */
async function blankPanicTexts(file) {
  const text = (await readFile(file)).toString("latin1");
  const blank = text.replace(PANIC_TEXTS, (found) => "\0".repeat(found.length));
  if (blank === text) throw new Error("blankPanicTexts in .build/shrink.js finds no text to blank.");
  await writeFile(file, blank, "latin1");
}

const PANIC_TEXTS = new RegExp(
  [
    "slice index starts at | but ends at ",
    'range (start|end) index |" out of range for slice of length ',
    "attempt to join into collection with len > usize::MAX|mid > len",
    "internal error: entered unreachable code: The JS binding [\\w ']*",
    "called `(Option|Result)::unwrap_throw\\(\\)` on an? `(None|Err)` value",
    "Attempted to initialize thread-local while it is being dropped",
    "closure invoked recursively or after being dropped",
    "(Hash table )?capacity overflow",
    "to_digit: invalid radix [\\w -]*",
    "RefCell already (mutably )?borrowed",
    // The digits from 00 to 99, for formatting numbers.
    "0001020304050607080910[0-9]{178}",
  ].join("|"),
  "g",
);

/**
 * Names the export that starts the binary by a digest of the build, so that the JavaScript of one build refuses the
 * binary of another, which a cache or a copy by hand may hand to it.
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
 * Writes a binary as a string with one character for each byte.
 *
 * Why: base64 hides the repetitions that a server's compression finds. Most bytes of WebAssembly are not printable ASCII,
 * and each of those becomes an escape of up to four characters. So every byte is combined (XOR) with the value that gives
 * the smallest text.
 * Gains: 4 600 bytes (brotli) over base64, 700 of them by the value.
 * Guard: the projects in tests/projects check that the decoded bytes are the binary, whichever bundler minified the string.
 *
 * @param {Uint8Array} binary
 */
export function encodeBinary(binary) {
  const texts = Array.from({ length: 256 }, (_, mask) => latin1(binary.map((byte) => byte ^ mask)));
  /** @param {number[]} masks @param {(script: string) => Uint8Array} compress */
  const smallestFirst = (masks, compress) => {
    const sizes = masks.map((mask) => ({ mask, bytes: compress(literal(texts[mask])).length }));
    return sizes.sort((a, b) => a.bytes - b.bytes).map(({ mask }) => mask);
  };
  // Brotli takes a minute for all of them, so gzip chooses the candidates.
  const candidates = smallestFirst([...texts.keys()], (script) => gzipSync(script, { level: 9 })).slice(0, 8);
  const [mask = 0] = smallestFirst(candidates, (script) => brotliCompressSync(script));
  return { text: texts[mask], mask };
}

const latin1 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("latin1");

/** A string as a minifier writes it. @param {string} text */
const literal = (text) => transformSync(`f(${JSON.stringify(text)})`, { minify: true }).code;

/**
 * The module that speaks to the binary: what wasm-bindgen wrote, with the binary's names, and without anything made
 * when it is imported: a runtime may have no `TextDecoder` then, or forbid to make one.
 * @param {string} script
 * @param {Names} names
 * @param {string} start the export that starts the binary
 */
function core(script, { module, imports, exports }, start) {
  const names = new Map(exports.map(([long, name]) => [long, name]));
  /** @type {string[]} */
  const prepared = [];
  const inert = script
    .replace(/^(?:let|const) (cachedText(?:De|En)coder)( = new .*;)$/gm, (_, name, made) => {
      prepared.push(name + made);
      return `let ${name};`;
    })
    .replace(/^cachedTextDecoder\.decode\(\);$/m, (statement) => {
      prepared.push(statement);
      return "";
    });
  if (prepared.length !== 3)
    throw new Error("core in .build/shrink.js does not find what wasm-bindgen makes at import.");
  // Views of the memory of an earlier instance.
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

/** Prints what each trick gains: the bytes of the browser's entry point and the binary, built without it and with it. */
async function measure() {
  const { assemble, compile, out } = await import("./build.js");
  const { measureBytes } = await import("../tests/bench/bundle.js");
  const bytes = async (/** @type {string | undefined} */ without) => {
    await assemble({ without });
    return (await measureBytes(`${out}/index.js`)).brotli;
  };
  await compile();
  /** @type {Record<string, number>} */
  const heavier = {};
  for (const trick of ["endPanics", "shortenNames", "blankPanicTexts"]) heavier[trick] = await bytes(trick);
  const all = await bytes(undefined);
  await rm(out, { recursive: true });
  console.log(`\n${all} bytes (brotli) with all tricks`);
  for (const [trick, without] of Object.entries(heavier)) console.log(`${trick} gains ${without - all}`);
}

// Not awaited: build.js, which measure() imports, waits for this module to be complete.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void measure();
