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

/**
 * A way to use the package, as the documentation names it.
 * @typedef {{ tool: string, what: string, settings: import("./support.js").Setting[] }} Row
 */

/** What the documentation says, in Markdown. @param {Found[]} projects */
export async function describeProjects(projects) {
  const rows = await Promise.all(projects.flatMap((project) => project.kinds.map((kind) => rowOf(project, kind))));
  const withoutSolution = projects.flatMap(({ failures = [] }) => failures.filter(({ impossible }) => impossible));
  return [
    `Nothing needs to be set in ${listByTool(rows.filter(({ settings }) => !settings.length))}.`,
    ...["", "| tool | what to write |", "|---|---|"],
    ...rows.filter(({ settings }) => settings.length).map((row) => `| ${titleOf(row)} | ${cell(row.settings)} |`),
    ...["", "| does not work | what does |", "|---|---|"],
    ...withoutSolution.map(({ name, impossible }) => `| ${name} | ${impossible} |`),
  ].join("\n");
}

/** @param {Found} project @param {import("./support.js").Kind} kind @returns {Promise<Row>} */
async function rowOf({ folder, tool }, { name, dependency = tool, settings = [] }) {
  const [title, ...what] = name.split(", ");
  const version = dependency && (await lockedVersion(folder, dependency));
  return { tool: version ? `${title} ${version}` : title, what: what.join(", "), settings };
}

/** The version of a tool, as the lock file of its project has it. @param {string} folder @param {string} dependency */
async function lockedVersion(folder, dependency) {
  const lock = await readFile(new URL(`${folder}/package-lock.json`, import.meta.url), "utf8");
  return JSON.parse(lock).packages[`node_modules/${dependency}`].version;
}

/** @param {Row} row */
const titleOf = ({ tool, what }) => (what ? `${tool}, ${what}` : tool);

/** The tools, each with its uses in brackets. @param {Row[]} rows */
function listByTool(rows) {
  /** @type {Map<string, string[]>} */
  const tools = new Map();
  for (const { tool, what } of rows) tools.set(tool, [...(tools.get(tool) ?? []), ...(what ? [what] : [])]);
  const names = [...tools].map(([tool, uses]) => (uses.length ? `${tool} (${uses.join(", ")})` : tool));
  return new Intl.ListFormat("en").format(names);
}

/** @param {import("./support.js").Setting[]} settings */
const cell = (settings) =>
  settings
    .map((setting) => {
      if (typeof setting === "string") return setting;
      return `\`${setting.file}\`: ${setting.lines.map((line) => `\`${line}\``).join("<br>")}`;
    })
    .join("<br>");
