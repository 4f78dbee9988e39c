// @ts-check
// The code of www/docs/backend.md and www/docs/stores.md, put into a project where it runs.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../projects/support.js";

const page = (/** @type {string} */ name) => readFile(new URL(`../../www/docs/${name}`, import.meta.url), "utf8");

/** The page about the backend. */
export const text = await page("backend.md");

/** The blocks of code that have a name, which is their first line. @type {Map<string, string>} */
export const blocks = new Map(
  [...(text + (await page("stores.md"))).matchAll(/^```\w+\n((?:\/\/|--|<!--) ([^\s:]+)[^\n]*\n.*?)^```$/gms)].map(
    ([, code = "", name = ""]) => [name, code],
  ),
);

/** Installs a project with all blocks in it, and returns its folder. */
export async function documentedProject(name = "backend", place = "project") {
  const folder = await install(name, fileURLToPath(new URL(place, import.meta.url)));
  for (const [name, code] of blocks) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
  return folder;
}
