// @ts-check
// The code of www/docs/backend.md, put into a project where it runs.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../projects/support.js";

/** The page. */
export const text = await readFile(new URL("../../www/docs/backend.md", import.meta.url), "utf8");

/** The blocks of code that have a name, which is their first line. @type {Map<string, string>} */
export const blocks = new Map(
  [...text.matchAll(/^```\w+\n((?:\/\/|--) ([^\s:]+)[^\n]*\n.*?)^```$/gms)].map(([, code = "", name = ""]) => [
    name,
    code,
  ]),
);

/** Installs the project with all blocks in it, and gives its folder. */
export async function documentedProject() {
  const folder = await install("backend", fileURLToPath(new URL("project", import.meta.url)));
  for (const [name, code] of blocks) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
  return folder;
}
