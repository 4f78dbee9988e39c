// @ts-check
// The pages of the documentation, and the blocks of code in them.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @typedef {object} Block
 * @property {string} page the file that contains it
 * @property {string} language
 * @property {string} name a file name: from its first line, otherwise from its heading
 * @property {boolean} isNamed whether the first line contains the name
 * @property {string} text
 * @property {string} prints its expected output: the block of text that follows
 */

/** The pages, by their paths in the package. @type {Map<string, string>} */
export const pages = new Map();
for (const path of ["README.md", ...(await readdir(join(root, "www/docs"))).map((name) => `www/docs/${name}`)]) {
  if (/\.(md|txt)$/.test(path)) pages.set(path, await readFile(join(root, path), "utf8"));
}

/**
 * Returns the blocks of code of a page.
 * @param {string} page
 * @returns {Block[]}
 */
export function blocksOf(page) {
  const markdown = pages.get(page) ?? "";
  const pattern = /^```(\w+)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms;
  return [...markdown.matchAll(pattern)].map((match) => {
    const [, language = "", text = "", prints = ""] = match;
    const given = /^(?:\/\/|<!--) ([\w.+-]+\.(?:m?js|tsx?|vue|svelte|html))\b/.exec(text)?.[1];
    const heading =
      markdown
        .slice(0, match.index)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? "";
    const words = `${page.match(/(\w+)\.(?:md|txt)$/)?.[1]} ${heading}`.toLowerCase().match(/\w+/g) ?? [];
    const name = given ?? `${words.join("-")}.${language === "js" ? "mjs" : language}`;
    return { page, language, name, isNamed: given !== undefined, text, prints };
  });
}
