// @ts-check
// Which browsers the built files need: what they use, looked up in MDN's tables of compatibility.

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import data from "@mdn/browser-compat-data" with { type: "json" };
import { parse } from "acorn";
import { full } from "acorn-walk";

/** @typedef {import("acorn").Node & Record<string, any>} Node */
/** @typedef {import("@mdn/browser-compat-data").Identifier} Identifier */
/** @typedef {{ feature: string, support: Record<string, number> }} Use */

export const BROWSERS = {
  chrome: "Chrome",
  edge: "Edge",
  firefox: "Firefox",
  safari: "Safari",
  safari_ios: "Safari on iOS",
};

const { api, javascript, webassembly } = /** @type {Record<string, any>} */ (data);
const { builtins, classes, operators, regular_expressions: patterns, statements } = javascript;

/**
 * What a piece of syntax is in MDN's tables.
 * @type {Record<string, (node: Node) => [string, Identifier] | undefined>}
 */
const SYNTAX = {
  ArrowFunctionExpression: ({ async }) => (async ? ["async functions", operators.async_function] : undefined),
  AssignmentExpression: ({ operator }) =>
    /^(\?\?|\|\||&&)=$/.test(operator) ? [operator, operators.nullish_coalescing_assignment] : undefined,
  BigIntLiteral: () => ["BigInt", builtins.BigInt],
  CatchClause: ({ param }) =>
    param ? undefined : ["catch without a binding", statements.try_catch.optional_catch_binding],
  ChainExpression: () => ["?.", operators.optional_chaining],
  ExportAllDeclaration: ({ exported }) => (exported ? ["export * as", statements.export.namespace] : undefined),
  ForOfStatement: ({ await: waits }) => (waits ? ["for await", statements.for_await_of] : undefined),
  ImportExpression: () => ["import()", operators.import],
  LogicalExpression: ({ operator }) => (operator === "??" ? ["??", operators.nullish_coalescing] : undefined),
  MetaProperty: ({ meta }) => (meta.name === "import" ? ["import.meta", operators.import_meta] : undefined),
  MethodDefinition: ({ key }) =>
    key.type === "PrivateIdentifier" ? ["private methods", classes.private_class_methods] : undefined,
  ObjectExpression: ({ properties }) =>
    properties.some((/** @type {Node} */ { type }) => type === "SpreadElement")
      ? ["spread of objects", operators.spread.spread_in_object_literals]
      : undefined,
  PropertyDefinition: ({ key }) =>
    key.type === "PrivateIdentifier"
      ? ["private class fields", classes.private_class_fields]
      : ["public class fields", classes.public_class_fields],
  StaticBlock: () => ["static blocks", classes.static.initialization_blocks],
};

/** What a regular expression uses. @type {[RegExp, string, Identifier][]} */
const PATTERNS = [
  [/\(\?<[=!]/, "lookbehind", patterns.lookbehind_assertion],
  [/\(\?<\w/, "named groups", patterns.named_capturing_group],
  [/\\p\{/, "\\p{…}", patterns.unicode_character_class_escape],
];

/** The features of WebAssembly as binaryen calls them, with MDN's names. @type {Record<string, string>} */
const WASM = {
  BulkMemory: "bulk-memory-operations",
  ExceptionHandling: "exception-handling",
  ExtendedConst: "extended-constant-expressions",
  GC: "garbage-collection",
  MultiMemory: "multiMemory",
  Multivalue: "multi-value",
  NontrappingFPToInt: "non-trapping-float-to-int-conversions",
  ReferenceTypes: "reference-types",
  SIMD128: "fixed-width-SIMD",
  SignExt: "sign-extension-operations",
  TailCall: "tail-calls",
};

/** What has methods without being named in a script: other classes count where they are named. */
const EVERYWHERE = ["Array", "Error", "Function", "Number", "Object", "Promise", "RegExp", "String", "TypedArray"];

/**
 * What the main entry and its binary use.
 * @param {string} dist
 */
export async function findUses(dist) {
  /** @type {Map<string, Identifier>} */
  const found = new Map();
  const script = await readFile(join(dist, "index.js"), "utf8");
  for (const [feature, identifier] of [...usesOfScript(script), ...usesOfBinary(join(dist, "proxy_orders_bg.wasm"))]) {
    if (identifier?.__compat) found.set(feature, identifier);
  }
  return [...found].map(([feature, identifier]) => ({ feature, support: supportOf(identifier) }));
}

/** @param {string} script @returns {[string, Identifier | undefined][]} */
function usesOfScript(script) {
  const tree = parse(script, { ecmaVersion: "latest", sourceType: "module" });
  const text = (/** @type {Node} */ { start, end }) => script.slice(start, end);
  /** Names that the script declares. @type {Set<string>} */
  const own = new Set();
  /** Names that it tests before it uses them. @type {Set<string>} */
  const tested = new Set();
  /** Names that it uses. @type {Set<string>} */
  const names = new Set();
  full(tree, (/** @type {Node} */ node) => {
    for (const declared of [node.id, node.local, ...(node.params ?? [])]) if (declared?.name) own.add(declared.name);
    // `globalThis.reportError?.(error)` is a test, too.
    const left = node.type === "LogicalExpression" ? node.left : node.optional ? node.callee : undefined;
    const test = node.test ?? left;
    if (test?.type === "MemberExpression") tested.add(text(test));
    // Not searched for in the whole text, which also holds the binary.
    if (node.type === "Identifier") names.add(node.name);
    if (node.type === "MemberExpression") names.add(node.property.name);
  });
  /** @type {[string, Identifier | undefined][]} */
  const found = [];
  full(tree, (/** @type {Node} */ node) => {
    const syntax = SYNTAX[node.type]?.(node);
    if (syntax) found.push(syntax);
    if (node.type === "Identifier" && !own.has(node.name)) found.push([node.name, globalOf(node.name)]);
    for (const [pattern, feature, identifier] of node.regex ? PATTERNS : []) {
      if (pattern.test(node.regex.pattern)) found.push([feature, identifier]);
    }
    if (node.type === "MemberExpression" && !node.computed && !tested.has(text(node))) found.push(...membersOf(node));
  });
  return found;

  /** @param {Node} node @returns {[string, Identifier | undefined][]} */
  function membersOf({ object, property: { name } }) {
    if (object.name === "globalThis") return [[name, globalOf(name)]];
    const owner = object.type === "Identifier" && !own.has(object.name) ? globalOf(object.name) : undefined;
    if (owner) return [[`${object.name}.${name}`, owner[`${name}_static`] ?? owner[name]]];
    // Of whichever class: all that have such a method must have it by then.
    return Object.entries(builtins)
      .filter(([type, members]) => Object.hasOwn(members, name) && (EVERYWHERE.includes(type) || names.has(type)))
      .map(([type, members]) => [`${type}.prototype.${name}`, members[name]]);
  }
}

/** What a page has under a name. @param {string} name @returns {Identifier | undefined} */
const globalOf = (name) => [builtins, api].find((table) => Object.hasOwn(table, name))?.[name];

/** @param {string} file @returns {[string, Identifier][]} */
function usesOfBinary(file) {
  const program = fileURLToPath(new URL("wasm-features.js", import.meta.url));
  const printed = execFileSync(process.execPath, [program, file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const used = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
  return used.map((/** @type {string} */ name) => {
    const title = WASM[name];
    if (!title) throw new Error(`requirements.js does not know WebAssembly's feature ${name}.`);
    return [`WebAssembly: ${title}`, webassembly[title]];
  });
}

/** The first version of each browser that has a feature whole. @param {Identifier} identifier */
function supportOf({ __compat }) {
  const support = /** @type {Record<string, any>} */ (__compat?.support ?? {});
  return Object.fromEntries(Object.keys(BROWSERS).map((browser) => [browser, firstVersion([support[browser]].flat())]));
}

/** @param {Record<string, any>[]} statements what MDN says about one browser */
function firstVersion(statements) {
  const isWhole = (/** @type {Record<string, any>} */ { version_removed, flags, partial_implementation, prefix }) =>
    !version_removed && !flags && !partial_implementation && !prefix;
  const versions = statements.filter(isWhole).map(({ version_added }) => String(version_added).replace("≤", ""));
  return Math.min(...versions.map(parseFloat));
}

/** What the documentation says, in Markdown. @param {Use[]} uses */
export function describeBrowsers(uses) {
  const rows = Object.entries(BROWSERS).map(([browser, title]) => {
    const version = Math.max(...uses.map(({ support }) => support[browser]));
    const latest = uses.filter(({ support }) => support[browser] === version).map(({ feature }) => `\`${feature}\``);
    return `| ${title} | ${version} | ${[...new Set(latest)].join(", ")} |`;
  });
  return ["| browser | from version | which brought |", "|---|---|---|", ...rows].join("\n");
}
