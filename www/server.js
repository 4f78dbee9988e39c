// @ts-check
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox } from "proxy-orders/sandbox";

const here = fileURLToPath(new URL(".", import.meta.url));
const packagePrefix = "/node_modules/proxy-orders/";
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https:";

/** The files of the page; the code of this server is not served. */
const pageFiles = ["index.html", "style.css", "app.js", "words.js", "log.js", "favicon.svg"];

/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * The file that a request path names, or nothing.
 * @param {string} path
 * @param {string} packageDir
 */
function fileFor(path, packageDir) {
  if (path === "/") return join(here, "index.html");
  if (pageFiles.includes(path.slice(1))) return join(here, path);
  if (!path.startsWith(packagePrefix)) return undefined;
  const root = join(packageDir, sep);
  const file = join(root, path.slice(packagePrefix.length));
  return file.startsWith(root) && extname(file) in types ? file : undefined;
}

/**
 * Serves the demo page, the package it imports and the sandbox API, on this machine alone.
 *
 * @param {{ port?: number, packageDir: string }} options `port` 0 (the default) takes any free one; `packageDir` is
 *   the unpacked npm package.
 */
export async function startDemo({ port = 0, packageDir }) {
  const sandbox = createSandbox();

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async function serve(request, response) {
    response.setHeader("content-security-policy", policy);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    // As the sandbox does: on a connection that was used before, browsers send a POST again when it is cut.
    response.setHeader("connection", "close");
    /** @param {number} status @param {string} text */
    const plain = (status, text) => {
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
    };

    const path = /** @type {string} */ (request.url).split("?", 1)[0];
    if (path.startsWith("/api/")) return sandbox.handler(request, response, () => plain(404, "Not found\n"));
    if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Method not allowed\n");

    let name;
    try {
      name = decodeURIComponent(path);
    } catch {
      return plain(400, "Bad request\n");
    }
    const file = name.includes("\0") ? undefined : fileFor(name, packageDir);
    const found = file ? await stat(file).catch(() => undefined) : undefined;
    if (!file || !found?.isFile()) return plain(404, "Not found\n");
    response.writeHead(200, { "content-type": types[extname(file)], "content-length": found.size });
    if (request.method === "HEAD") return void response.end();
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const { port: taken } = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${taken}/`,
    sandbox,
    /** Stops the server; calls still open are cut. */
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(undefined));
        server.closeAllConnections();
      }),
  };
}
