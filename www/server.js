// @ts-check
import { fileURLToPath } from "node:url";
import { filesOf, listen, notFound } from "../.build/serve.js";
import { createSandbox } from "proxy-orders/sandbox";

const packagePrefix = "/node_modules/proxy-orders/";
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https:";

/** The files of the page; the code of this server is not served. */
const pageFiles = ["/", "/index.html", "/style.css", "/app.js", "/words.js", "/log.js", "/favicon.svg"];

/**
 * Serves the demo page, the package it imports and the sandbox API, on this machine alone.
 *
 * @param {{ ports?: number[], packageDir: string }} options the first of `ports` that is free is taken; `packageDir` is
 *   the unpacked npm package.
 */
export async function startDemo({ ports, packageDir }) {
  const sandbox = createSandbox();
  const servePage = filesOf(fileURLToPath(new URL(".", import.meta.url)));
  const servePackage = filesOf(packageDir);

  const { url, close } = await listen((request, response) => {
    response.setHeader("content-security-policy", policy);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    // As the sandbox does: on a connection that was used before, browsers send a POST again when it is cut.
    response.setHeader("connection", "close");
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path.startsWith("/api/")) return sandbox.handler(request, response, () => notFound(response));
    if (request.method !== "GET" && request.method !== "HEAD") return response.writeHead(405).end();
    if (pageFiles.includes(path)) return servePage(request, response, path);
    if (path.startsWith(packagePrefix)) return servePackage(request, response, path.slice(packagePrefix.length - 1));
    return notFound(response);
  }, ports);

  return { url: `${url}/`, sandbox, close };
}
