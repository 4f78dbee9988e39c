// Serves HTTP in Node with a web-standard handler.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { ConnectionCut } from "./faults.js";

/** Serves one request. Cuts the connection if the handler throws `ConnectionCut` or the body of its response fails. */
export async function serveHttp(
  req: IncomingMessage,
  res: ServerResponse,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  try {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    await send(res, await handler(toRequest(req, gone.signal)));
  } catch (error) {
    sendError(res, error);
  }
}

function toRequest(req: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET" } = req;
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    // HTTP/2 has pseudo-headers; `:authority` takes the place of `Host`.
    if (name === ":authority") headers.set("host", String(value));
    else if (!name.startsWith(":")) headers.set(name, String(value));
  }
  if (req.readableDidRead) {
    throw new Error("The body was read before. Mount the sandbox before middleware that parses bodies.");
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  if (!hasBody) req.resume();
  const body = hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: "half" } : {};
  const url = `http://${headers.get("host")}${req.url}`;
  return new Request(URL.canParse(url) ? url : "http://localhost", { method, headers, signal, ...body });
}

async function send(res: ServerResponse, response: Response): Promise<void> {
  res.writeHead(response.status, Object.fromEntries(response.headers));
  for await (const chunk of (response.body ?? []) as NodeReadableStream<Uint8Array>) {
    // Each part is sent before the next one is read, which may be a cut.
    await new Promise<void>((resolve, reject) => {
      res.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  res.end();
}

/** Cuts the connection, or sends 500 if the handler has failed and nothing has been sent yet. */
function sendError(res: ServerResponse, error: unknown): void {
  if (res.writableEnded) return;
  try {
    const isCut = error instanceof ConnectionCut || res.headersSent || !res.socket || res.socket.destroyed;
    if (isCut) return void res.destroy();
    // Not in the form of a documented failure, which would be an answer: the order may have been booked.
    const content = JSON.stringify({ message: `The sandbox failed: ${String(error)}` });
    res.writeHead(500, { "content-type": "application/json" }).end(content);
  } catch {
    res.destroy();
  }
}
