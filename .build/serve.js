// Serves files and handlers over HTTP on loopback, for the demo page, the tests and the benchmark.

import { createServer } from "node:http";

import sirv from "sirv";

/** @typedef {import("node:http").IncomingMessage} Request */
/** @typedef {import("node:http").ServerResponse} Response */

/**
 * Serves the files of a folder, read anew for each request.
 * @param {string} folder
 * @returns {(request: Request, response: Response, path: string) => void} with the path inside the folder
 */
export function filesOf(folder) {
  const serve = sirv(folder, { dev: true });
  return (request, response, path) => {
    request.url = path;
    serve(request, response, () => notFound(response));
  };
}

/** @param {Response} response */
export function notFound(response) {
  response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
}

/**
 * Starts a server on the first free port. 0, the default, means any port.
 * @param {(request: Request, response: Response) => unknown} handler
 * @param {number[]} [ports]
 */
export async function listen(handler, ports = [0]) {
  const server = createServer(async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      console.error(error);
      response.destroy();
    }
  });
  const [port = 0, ...others] = ports;
  try {
    await new Promise((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", () => resolve(undefined));
    });
  } catch (error) {
    const isTaken = /** @type {NodeJS.ErrnoException} */ (error).code === "EADDRINUSE";
    if (isTaken && others.length) return listen(handler, others);
    throw error;
  }
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    /** Stops the server and cuts its connections. */
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
