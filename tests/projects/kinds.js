// @ts-check
// The kinds of project that are proven, with what each one needs: the table in www/docs/bundlers.md is made of it.

import { readFileSync } from "node:fs";

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} folder
 * @property {string} [dependency] the tool in the project's lock file, whose version is told
 * @property {string} [version] where it is in no lock file
 * @property {string} setting what a user has to set, if anything
 */

/** @type {Kind[]} */
export const kinds = [
  { name: "Vite, development server", folder: "vite", dependency: "vite", setting: "none" },
  { name: "Vite, build", folder: "vite", dependency: "vite", setting: "none" },
  { name: "Vite, module worker", folder: "vite-worker", dependency: "vite", setting: "none" },
  {
    name: "Vite 7, development server",
    folder: "vite-7",
    dependency: "vite",
    setting: '`optimizeDeps: { exclude: ["proxy-orders"] }`',
  },
  { name: "Vite 7, build", folder: "vite-7", dependency: "vite", setting: "none" },
  { name: "webpack", folder: "webpack", dependency: "webpack", setting: "none" },
  {
    name: "Rollup",
    folder: "rollup",
    dependency: "rollup",
    setting: "plugins `@rollup/plugin-node-resolve` and `@web/rollup-plugin-import-meta-assets`",
  },
  { name: "esbuild", folder: "esbuild", dependency: "esbuild", setting: "import from `proxy-orders/inline`" },
  {
    name: "esbuild, binary in its own file",
    folder: "esbuild",
    dependency: "esbuild",
    setting: "`--loader:.wasm=file`, and hand the URL to `init`",
  },
  {
    name: "Parcel",
    folder: "parcel",
    dependency: "parcel",
    setting: '`"@parcel/resolver-default": { "packageExports": true }` in `package.json`',
  },
  { name: "Next.js, client component", folder: "next", dependency: "next", setting: "none" },
  { name: "Next.js, server component and action", folder: "next", dependency: "next", setting: "none" },
  {
    name: "SvelteKit, page and server",
    folder: "sveltekit",
    dependency: "@sveltejs/kit",
    setting: "none; on the server hand its `fetch` over as the option",
  },
  { name: "Page without a build", folder: "plain", setting: "an import map" },
  { name: "Module worker without a build", folder: "module-worker", setting: "none" },
  { name: "Service worker without a build", folder: "service-worker", setting: 'registered with `{ type: "module" }`' },
  { name: "Node 20", folder: "node", version: "20", setting: "none" },
  { name: "Node 22", folder: "node", dependency: "node22", setting: "none" },
  { name: "Node 24", folder: "node", dependency: "node24", setting: "none" },
  { name: "Node 26", folder: "node", dependency: "node26", setting: "none" },
  { name: "Bun", folder: "bun", dependency: "bun", setting: "none" },
  { name: "Deno", folder: "deno", dependency: "deno", setting: "none" },
  { name: "Vitest, environment node", folder: "vitest", dependency: "vitest", setting: "none" },
  { name: "Vitest, environment jsdom", folder: "vitest", dependency: "vitest", setting: "none" },
  {
    name: "TanStack Form",
    folder: "standard-schema",
    dependency: "@tanstack/form-core",
    setting: "`await init()` first, or the schema as an asynchronous validator",
  },
  {
    name: "React Hook Form",
    folder: "standard-schema",
    dependency: "react-hook-form",
    setting: "`standardSchemaResolver`",
  },
];

/** @param {Kind} kind */
function version({ folder, dependency, version = "" }) {
  if (!dependency) return version;
  const lock = readFileSync(new URL(`${folder}/package-lock.json`, import.meta.url), "utf8");
  return JSON.parse(lock).packages[`node_modules/${dependency}`].version;
}

/** The table of www/docs/bundlers.md, in Markdown. */
export function table() {
  const rows = kinds.map((kind) => `| ${kind.name} | ${version(kind)} | ${kind.setting} |`);
  return ["| tool | version tested | setting that it needs |", "|---|---|---|", ...rows].join("\n");
}
