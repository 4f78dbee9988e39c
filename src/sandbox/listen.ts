// A server on this machine, for this machine.

import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { SandboxServer } from "./types.js";

/** Serves `handler` on 127.0.0.1; port 0 takes any free port. */
export async function listen(handler: RequestListener, port: number): Promise<SandboxServer> {
  // A connection that is kept open must outlast a test: only the client or a fault may close it.
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    if (isLoopback(req)) return handler(req, res);
    req.resume();
    res
      .writeHead(403, { "content-type": "text/plain", connection: "close" })
      .end("The sandbox can be reached as localhost only.\n");
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
 * Whether a request names this machine as its host. A website whose own name resolves to 127.0.0.1 could otherwise read
 * the sandbox as a page of its own origin.
 */
export const isLoopback = ({ headers }: IncomingMessage): boolean =>
  /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? "");
