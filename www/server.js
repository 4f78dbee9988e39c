// @ts-check
// The server of the demo page: its files, the package it imports, and the backend with the sandbox as its API.

import { fileURLToPath } from "node:url";
import { createBackend, memoryBookings } from "proxy-orders/backend";
import { createSandbox } from "proxy-orders/sandbox";
import { filesOf, listen, notFound } from "../.build/serve.js";
import { isLoopback, serveHttp } from "../dist/faults.js";
import { docsOf } from "./docs.js";
import { packageFiles, pageFiles, policy } from "./files.js";
import { createFaults } from "./inject.js";
import { createOperator } from "./operator.js";

/**
 * Serves the demo page, the package that it imports and its backend, to this machine alone.
 *
 * @param {{ ports?: number[], packageDir: string }} options The first free one of `ports` is used. `packageDir` is the
 *   folder of the package, built or unpacked.
 */
export async function startDemo({ ports, packageDir }) {
  const sandbox = createSandbox();
  const api = await sandbox.listen();
  const backend = createBackend({
    baseUrl: api.url,
    apiKey: "demo-key",
    user: () => "visitor",
    balance: "account",
    bookings: memoryBookings(),
  });
  const operator = createOperator(backend);
  const withFaults = createFaults();
  const servePage = filesOf(fileURLToPath(new URL(".", import.meta.url)));
  const servePackage = filesOf(packageDir);
  const serveDocs = docsOf(packageDir);

  const { url, close } = await listen(async (request, response) => {
    response.setHeader("content-security-policy", `${policy}; frame-ancestors 'none'`);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    // As in the sandbox: browsers send a POST again when a reused connection is cut.
    response.setHeader("connection", "close");
    // Otherwise, a website whose name resolves to this machine could order here.
    if (!isLoopback(request)) return response.writeHead(403).end();
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path === "/operator") return operator.route(request, response);
    if (path.startsWith("/api/__sandbox/")) return sandbox.handler(request, response);
    if (path.startsWith("/api/")) {
      return serveHttp(request, response, (call) => withFaults(call, backend));
    }
    if (request.method !== "GET" && request.method !== "HEAD") return response.writeHead(405).end();
    if (path === "/" || pageFiles.includes(path.slice(1))) return servePage(request, response, path);
    if (packageFiles.includes(path.slice(1))) return servePackage(request, response, path);
    return (await serveDocs(response, path)) || notFound(response);
  }, ports);

  const closeAll = async () => {
    await close();
    await api.close();
  };
  return { url: `${url}/`, operatorUrl: `${url}/${operator.path}`, sandbox, close: closeAll };
}
