// @ts-check
// The documentation as pages: the Markdown files of the package, rendered when they are asked for.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import { gfmHeadingId } from "marked-gfm-heading-id";

const marked = new Marked(gfmHeadingId());
const style = fileURLToPath(new URL("docs.css", import.meta.url));

/** @type {Record<string, string>} */
const types = { css: "text/css", png: "image/png", svg: "image/svg+xml" };

/**
 * The file of the package that a path of the site shows.
 * @param {string} path
 */
function fileOf(path) {
  if (path === "/docs/") return "www/docs/README.md";
  if (/^\/(README\.md|CHANGELOG\.md|LICENSE-\w+)$/.test(path)) return path.slice(1);
  return /^\/docs\/[\w-]+\.\w+$/.test(path) ? `www${path}` : undefined;
}

/**
 * Serves the documentation: `www/docs` of the package at `/docs/`, and what lies beside its README.
 *
 * @param {string} packageDir the unpacked npm package
 * @returns {(response: import("node:http").ServerResponse, path: string) => Promise<boolean>} tells whether there is such
 *   a page
 */
export function docsOf(packageDir) {
  return async (response, path) => {
    // The README lies two folders higher, and its links say so.
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
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(render(content));
    else response.writeHead(200, { "content-type": types[extension] ?? "text/plain; charset=utf-8" }).end(content);
    return true;
  };
}

/** @param {Buffer} markdown */
function render(markdown) {
  const text = String(markdown);
  const [, title = "Documentation"] = /^# (.*)$/m.exec(text) ?? [];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title.replaceAll("<", "&lt;")} · proxy-orders</title>
    <link rel="stylesheet" href="/docs.css" />
  </head>
  <body>
    <nav aria-label="Site"><a href="/">Demo</a> <a href="/README.md">Read me</a> <a href="/docs/">Documentation</a></nav>
    <main>
${marked.parse(text)}
    </main>
  </body>
</html>
`;
}
