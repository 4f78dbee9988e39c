// @ts-check
// What the documentation says about the projects, made from their files.

import { readdir, readFile } from "node:fs/promises";

/** @typedef {import("./support.js").Project & { folder: string }} Found */

/** Every project: the folders beside this file, each with its description. @returns {Promise<Found[]>} */
export async function findProjects() {
  const entries = await readdir(new URL(".", import.meta.url), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    folders.sort().map(async (folder) => ({ folder, ...(await import(`./${folder}/project.mjs`)).default })),
  );
}

/** The tools that the projects use, each with its version, and its uses in brackets. @param {Found[]} projects */
export async function listTools(projects) {
  /** @type {Map<string, string[]>} */
  const tools = new Map();
  for (const { folder, tool, kinds } of projects) {
    for (const { name, dependency = tool } of kinds) {
      const [title, ...uses] = name.split(", ");
      const titled = dependency ? `${title} ${await lockedVersion(folder, dependency)}` : title;
      tools.set(titled, [...(tools.get(titled) ?? []), ...uses]);
    }
  }
  const names = [...tools].map(([tool, uses]) => (uses.length ? `${tool} (${uses.join(", ")})` : tool));
  return `${new Intl.ListFormat("en").format(names)}.`;
}

/** The version of a tool, as the lock file of its project has it. @param {string} folder @param {string} dependency */
async function lockedVersion(folder, dependency) {
  const lock = await readFile(new URL(`${folder}/package-lock.json`, import.meta.url), "utf8");
  return JSON.parse(lock).packages[`node_modules/${dependency}`].version;
}

/** What still needs a line, and what to do where no line helps, in Markdown. @param {Found[]} projects */
export function listSettings(projects) {
  const kinds = projects.flatMap(({ kinds }) => kinds.filter(({ settings }) => settings));
  const failures = projects.flatMap(({ failures = [] }) => failures.filter(({ impossible }) => impossible));
  return [
    ...["| where | what to do |", "|---|---|"],
    ...kinds.map(({ name, settings = [] }) => `| ${name} | ${settings.map(cell).join("<br>")} |`),
    ...failures.map(({ name, impossible }) => `| ${name} | ${impossible} |`),
  ].join("\n");
}

/** @param {import("./support.js").Setting} setting */
const cell = ({ file, lines }) => `\`${file}\`: ${lines.map((line) => `\`${line}\``).join("<br>")}`;
