// Serves the page with its price, its assets, and one's own backend below /api.
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { render } from "./dist/server/server-entry.js";

const page = await readFile("dist/client/index.html", "utf8");

const server = createServer(async (request, response) => {
  if (request.url === "/") {
    return response.writeHead(200, { "content-type": "text/html" }).end(await render(page));
  }
  if (request.url.startsWith("/api/")) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url, method, headers } = request;
    const answer = await fetch(process.env.API_URL + url.slice(4), { method, headers, body: Buffer.concat(chunks) });
    return response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  }
  if (!request.url.startsWith("/assets/")) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/javascript" });
  createReadStream(join("dist/client", request.url)).pipe(response);
});
server.listen(process.env.PORT, "127.0.0.1", () => console.log("Listening on", process.env.PORT));
