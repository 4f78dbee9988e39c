// The sandbox in Node, where it can also be a server.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createCore, type Core } from "./core.js";
import { serveHttp } from "./http.js";
import { listen } from "./listen.js";
import { isSandboxPath } from "./service.js";
import type { Sandbox, SandboxOptions } from "./types.js";

/** Creates a sandbox with `handler` and `listen`. For its documentation, see the function in index.ts. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const core = createCore(options);
  const handler = createHandler(core, options.keepAlive ?? false);
  return Object.assign(core.sandbox, { handler, listen: (port = 0) => listen(handler, port) });
}

type Incoming = IncomingMessage & { originalUrl?: string };

function createHandler({ service, nextConnection }: Core, keepAlive: boolean) {
  const connections = new WeakMap<object, number>();

  function connectionOf({ socket }: Incoming): number {
    const number = connections.get(socket) ?? nextConnection();
    connections.set(socket, number);
    return number;
  }

  return (req: Incoming, res: ServerResponse, next?: () => void): void => {
    const path = pathOf(req);
    if (next && !isSandboxPath(path)) return next();
    void serveHttp(req, res, (request) => {
      if (!keepAlive && req.httpVersionMajor === 1 && !asksToKeepAlive(req)) res.setHeader("connection", "close");
      return service(request, path, connectionOf(req));
    });
  };
}

/** The path as received. A server that mounts the handler at a path removes that path from `url`. */
function pathOf({ url = "", originalUrl = url }: Incoming): string {
  return originalUrl.endsWith(url) ? originalUrl : url;
}

/** A preflight request precedes the request that it announces on the same connection, so both are treated alike. */
const asksToKeepAlive = ({ headers }: Incoming) =>
  headers["x-sandbox-keep-alive"] === "1" ||
  /\bx-sandbox-keep-alive\b/i.test(String(headers["access-control-request-headers"]));
