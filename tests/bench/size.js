// `npm run size`: what each entry point weighs, and the largest items of the binary. `--write` commits the figures.
// @ts-check
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, root, wasm, weigh } from "./bundle.js";

const file = fileURLToPath(new URL("./budget.json", import.meta.url));

/** @type {{ name: string, entry: string, platform: "browser" | "node", withWasm: boolean }[]} */
const entries = [
  { name: "proxy-orders", entry: "index.js", platform: "browser", withWasm: true },
  { name: "proxy-orders, in Node", entry: "node.js", platform: "node", withWasm: true },
  { name: "proxy-orders/inline", entry: "inline.js", platform: "browser", withWasm: false },
];

/** The weight of an entry point as its users load it: minified by esbuild, with the binary. */
async function sizes() {
  /** @type {Record<string, { raw: number, gzip: number, brotli: number }>} */
  const found = {};
  for (const { name, entry, ...how } of entries) {
    const folder = join(root, "target/size", entry.replace(".js", ""));
    found[name] = await weigh(await bundle(join(root, "dist", entry), folder, how));
  }
  return found;
}

/**
 * Prints the brotli bytes of each entry point that has a budget, with the change against the committed figure.
 *
 * @throws {Error} when a budget is exceeded
 */
export async function checkBudget() {
  const { budget, committed } = JSON.parse(await readFile(file, "utf8"));
  const found = await sizes();
  const over = [];
  for (const [name, most] of Object.entries(budget)) {
    const { brotli } = found[name];
    console.log(`${name}: ${write(brotli)} bytes (brotli), ${change(brotli, committed[name])}, budget ${write(most)}`);
    if (brotli > most) over.push(`${name} is ${write(brotli - most)} bytes over its budget of ${write(most)}.`);
  }
  if (over.length) throw new Error(over.join(" "));
}

/** @param {number} value */
const write = (value) => value.toLocaleString("en");

/** @param {number} found @param {number | undefined} committed */
function change(found, committed) {
  if (committed === undefined) return "no figure committed";
  const more = found - committed;
  return more ? `${more > 0 ? "+" : "−"}${write(Math.abs(more))} against the committed figure` : "as committed";
}

/** @param {string[][]} rows */
function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join("  "),
    )
    .join("\n");
}

const sectionNames = "custom type import function table memory global export start element code data count tag".split(
  " ",
);

/**
 * The sections and functions of a WebAssembly module, the largest first. Functions have names only where the module
 * has a section of them.
 *
 * @param {Buffer} bytes
 */
function itemsOf(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  /** @type {{ name: string, size: number }[]} */
  const sections = [];
  /** @type {number[]} */
  const bodies = [];
  /** @type {Map<number, string>} */
  const names = new Map();
  // wasm-bindgen imports nothing but functions, and they are counted first.
  let imported = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    const end = at + size;
    let name = sectionNames[id];
    if (name === "custom") {
      name = `custom, ${text()}`;
      while (name === "custom, name" && at < end) {
        const kind = bytes[at++];
        const last = number() + at;
        for (let count = kind === 1 ? number() : 0; count > 0; count -= 1) names.set(number(), text());
        at = last;
      }
    } else if (name === "import") {
      imported = number();
    } else if (name === "code") {
      for (let count = number(); count > 0; count -= 1) {
        const length = number();
        bodies.push(length);
        at += length;
      }
    }
    sections.push({ name, size });
    at = end;
  }
  const functions = bodies.map((size, index) => ({ name: names.get(index + imported) ?? `function ${index}`, size }));
  return {
    sections: sections.toSorted((a, b) => b.size - a.size),
    functions: functions.toSorted((a, b) => b.size - a.size),
  };
}

/** Where the bytes of the binary go. */
async function largest() {
  const { sections } = itemsOf(await readFile(wasm));
  console.log("\nSections of dist/proxy_orders_bg.wasm, raw bytes");
  console.log(columns(sections.map(({ name, size }) => [name, write(size)])));

  // The same binary with names: optimized once more from what the build left behind.
  const before = join(root, "target/bindgen/named.wasm");
  const named = join(root, "target/size/named.wasm");
  const { status } = spawnSync(join(root, "node_modules/.bin/wasm-opt"), [
    "-Oz",
    "--converge",
    "-g",
    before,
    "-o",
    named,
  ]);
  if (status !== 0) throw new Error("The binary could not be named: npm run build makes what is needed.");
  const { functions } = itemsOf(await readFile(named));
  console.log(`\nThe largest of ${functions.length} functions, raw bytes`);
  console.log(
    columns(
      functions
        .slice(0, 25)
        .map(({ name, size }) => [name.replace(/::h[0-9a-f]{16}|\[[0-9a-f]{16}\]/g, ""), write(size)]),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await sizes();
  const { budget, committed } = JSON.parse(await readFile(file, "utf8"));
  console.log(
    columns([
      ["entry point", "raw", "gzip", "brotli", "against the committed figure"],
      ...Object.entries(found).map(([name, { raw, gzip, brotli }]) => [
        name,
        write(raw),
        write(gzip),
        write(brotli),
        change(brotli, committed[name]).replace(" against the committed figure", ""),
      ]),
    ]),
  );
  if (process.argv.includes("--write")) {
    const figures = Object.fromEntries(Object.entries(found).map(([name, { brotli }]) => [name, brotli]));
    await writeFile(file, `${JSON.stringify({ budget, committed: figures }, null, 2)}\n`);
    console.log("Written: tests/bench/budget.json");
  }
  await largest();
}
