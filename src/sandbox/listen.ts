// A server that only this machine can reach.

import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { SandboxServer } from "./types.js";

/** Serves `handler` on 127.0.0.1; port 0 takes any free port. */
export async function listen(handler: RequestListener, port: number): Promise<SandboxServer> {
  // Longer than a test: only the client or a fault may close a connection that is kept open.
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    if (isLoopback(req)) return handler(req, res);
    req.resume();
    res
      .writeHead(403, { "content-type": "text/plain", connection: "close" })
      .end("The sandbox can only be reached as localhost.\n");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  async function close() {
    const closing = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closing;
  }
  return { url: `http://127.0.0.1:${actualPort}`, close: () => (closed ??= close()) };
}

/**
 * Whether the `Host` of a request is this machine. Otherwise a website whose name resolves to 127.0.0.1 could read the
 * sandbox like a page of the sandbox's own origin.
 */
export const isLoopback = ({ headers }: IncomingMessage): boolean =>
  /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? "");
