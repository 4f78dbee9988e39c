// Writes THIRD-PARTY-NOTICES.txt: the licenses of the crates that are compiled into the binary. `npm pack` includes it.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { capture, root } from "./tools.js";

const TARGET = "wasm32-unknown-unknown";

/** @typedef {{ name: string, license: string, folder: string, authors: string[] }} Part */

/**
 * The crates of the binary. Macros and build scripts run at build time, so they are not in it.
 * @returns {Promise<Part[]>}
 */
async function crates() {
  const edges = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--no-dedupe", "--format", "{p}"];
  const tree = await capture("cargo", ["tree", "--locked", "--target", TARGET, ...edges]);
  const names = new Set(tree.trim().split("\n"));
  const metadata = JSON.parse(
    await capture("cargo", ["metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET]),
  );
  return metadata.packages
    .filter((/** @type {any} */ { name, version, source }) => source && names.has(`${name} v${version}`))
    .map((/** @type {any} */ { name, version, license, manifest_path, authors }) => {
      return { name: `${name} ${version}`, license, folder: dirname(manifest_path), authors };
    });
}

/** The standard library, which is in every binary. @returns {Promise<Part>} */
async function standardLibrary() {
  const [version = ""] = /\d+\.\d+\.\d+/.exec(await capture("rustc", ["--version"])) ?? [];
  const folder = join((await capture("rustc", ["--print", "sysroot"])).trim(), "share/doc/rust/licenses");
  return {
    name: `the Rust standard library ${version}`,
    license: "MIT OR Apache-2.0",
    folder,
    authors: ["The Rust Project Developers"],
  };
}

/**
 * The text of a part's license; that of MIT if there is a choice.
 * @param {Part} part
 * @param {string} mit the text for a part without a license file
 */
async function licenseOf({ name, license, folder, authors }, mit) {
  const files = await readdir(folder);
  const texts = files.filter((file) => /^(license|copying|mit\b)/i.test(file));
  const chosen = /\bMIT\b/.test(license) && texts.find((file) => /mit/i.test(file));
  const unicode = texts.filter((file) => /unicode/i.test(file) && license.includes("Unicode"));
  const used = chosen ? [chosen, ...unicode] : texts;
  if (used.length === 0 && !/\bMIT\b/.test(license)) throw new Error(`${name} (${license}) has no license file.`);
  const contents = await Promise.all(used.map((file) => readFile(join(folder, file), "utf8")));
  // Some crates declare MIT in their manifest but have no license file.
  const text = used.length > 0 ? contents.join("\n") : mit;
  const holders = authors.join(", ") || `the authors of ${name}`;
  return text.replaceAll("\r\n", "\n").replace("<year> <copyright holders>", holders).trim();
}

/** Writes the notices, each license text once. */
export async function notices() {
  /** @type {Map<string, string[]>} */
  const parts = new Map();
  const standard = await standardLibrary();
  const mit = await readFile(join(standard.folder, "MIT.txt"), "utf8");
  for (const part of [...(await crates()), standard]) {
    const text = await licenseOf(part, mit);
    parts.set(text, [...(parts.get(text) ?? []), `${part.name} (${part.license})`]);
  }
  const line = "-".repeat(80);
  const sections = [...parts].map(([text, names]) => `${line}\n\n${names.join("\n")}\n\n${text}\n`);
  const head = "The WebAssembly binary of proxy-orders contains code of these projects, under these licenses.\n";
  await writeFile(`${root}/THIRD-PARTY-NOTICES.txt`, [head, ...sections].join("\n"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await notices();
