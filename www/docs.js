// @ts-check
// The documentation as pages: the Markdown files of the package, rendered for the demo server and the static site.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import { gfmHeadingId } from "marked-gfm-heading-id";

const marked = new Marked(gfmHeadingId());
/** The lines before the text of a skill, which describe it to coding agents. */
const FRONT_MATTER = /^---\n[^]*?\n---\n/;
const style = fileURLToPath(new URL("docs.css", import.meta.url));

/**
 * @typedef {object} Site how a page refers to the others
 * @property {string} style the address of the style sheet
 * @property {string} icon the address of the icon
 * @property {Record<string, string>} nav the addresses of other pages, by their names
 * @property {(href: string) => string} [linkTo] the address for a link or picture of the Markdown; by default the same
 * @property {string} [policy] a Content-Security-Policy, where a server does not send one
 */

/** The pages of the demo server. @type {Site} */
const site = {
  style: "/docs.css",
  icon: "/favicon.svg",
  nav: { Demo: "/", README: "/README.md", Documentation: "/docs/" },
};

/** @type {Record<string, string>} */
const types = { css: "text/css", png: "image/png", svg: "image/svg+xml" };

/**
 * The file of the package that a path of the site shows.
 * @param {string} path
 */
function fileOf(path) {
  if (path === "/docs/" || path === "/docs/index.html") return "www/docs/README.md";
  if (/^\/(README\.md|CHANGELOG\.md|LICENSE-\w+)$/.test(path)) return path.slice(1);
  return /^\/docs\/[\w-]+\.\w+$/.test(path) ? `www${path}` : undefined;
}

/**
 * Serves the documentation: `www/docs` of the package at `/docs/`, and what lies beside its README.
 *
 * @param {string} packageDir the folder of the package, built or unpacked
 * @returns {(response: import("node:http").ServerResponse, path: string) => Promise<boolean>} whether there is such a
 *   page
 */
export function docsOf(packageDir) {
  return async (response, path) => {
    // In the package, the README is two folders above the documentation, and its links begin with `www/docs`.
    const moved = path === "/docs" ? "/docs/" : /^\/www(\/docs\/.*)/.exec(path)?.[1];
    if (moved) {
      response.writeHead(308, { location: moved }).end();
      return true;
    }
    const file = path === "/docs.css" ? style : fileOf(path);
    if (!file) return false;
    const content = await readFile(file === style ? style : join(packageDir, file)).catch(() => undefined);
    if (!content) return false;
    const extension = /\.(\w+)$/.exec(file)?.[1] ?? "";
    if (extension === "md")
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(render(String(content), site));
    else response.writeHead(200, { "content-type": types[extension] ?? "text/plain; charset=utf-8" }).end(content);
    return true;
  };
}

/**
 * Renders a page.
 * @param {string} markdown
 * @param {Site} site
 */
export function render(markdown, { style, icon, nav, linkTo = (href) => href, policy }) {
  const [, title = "Documentation"] = /^# (.*)$/m.exec(markdown) ?? [];
  /** @param {import("marked").Token} token */
  const walkTokens = (token) => {
    if (token.type === "link" || token.type === "image") token.href = linkTo(token.href);
  };
  const links = Object.entries(nav).map(([name, href]) => `<a href="${href}">${name}</a>`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    ${policy ? `<meta http-equiv="content-security-policy" content="${policy}" />` : ""}
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title.replaceAll("<", "&lt;")} · proxy-orders</title>
    <link rel="icon" href="${icon}" type="image/svg+xml" />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <nav aria-label="Site">${links.join(" ")}</nav>
    <main>
${marked.parse(markdown.replace(FRONT_MATTER, ""), { walkTokens })}
    </main>
  </body>
</html>
`;
}
