// @ts-check
/**
 * Serves the built package, these tests, the sandbox and responses of every kind, on one loopback origin that is not
 * the origin of the page under test.
 *
 *   /dist/…                   the package
 *   /awaits/index.js          the package's index.js; each `await` calls `awaited`, and its export `awaits` counts them
 *   /sandbox/{id}/…           a sandbox API with a state of its own; one named no-keys-… ignores idempotency keys
 *   /script/{id}/…            scripted responses: PUT their list to /script/{id}, and GET the requests from there
 *   /tests/browser/…          the scenarios, and /tests/support/… what they share with Node's tests
 *   /soak                     whether the variable SOAK is set: then scenarios make many more calls
 *   /frame.html?csp=…         an empty page that runs one task of frame.js
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseAst } from "rollup/parseAst";
import { filesOf, listen, notFound } from "../../.build/serve.js";
import { createSandbox } from "proxy-orders/sandbox";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/**
 * One response of a script. `stall` never ends the headers or the body, `cut` ends the connection instead, `keepAlive`
 * leaves it open for the next request.
 * @typedef {"headers" | "body"} Part
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: string, base64?: string,
 *   repeat?: [string, number], stall?: Part, cut?: Part, keepAlive?: boolean }} ScriptedResponse
 * @typedef {{ method?: string, url?: string, headers: IncomingMessage["headers"], body: string,
 *   reused: boolean }} Received
 */

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const servePackage = filesOf(folder("../../dist"));
const serveTests = filesOf(folder(".."));
const serveSandbox = filesOf(folder("../../src/sandbox"));

/** The package's index.js where each `await EXPRESSION` is `await awaited(number, () => EXPRESSION)`. */
async function numberAwaits() {
  const source = await readFile(folder("../../dist/index.js"), "utf8");
  /** What is inserted, and where. @type {[number, string][]} */
  const inserted = [];
  let count = 0;
  /** Whether a part of the program awaits something. @param {any} node @returns {boolean} */
  const visit = (node) => {
    if (typeof node !== "object" || node === null) return false;
    const awaits = Object.values(node).map(visit).includes(true);
    if (node.type !== "AwaitExpression") return awaits;
    const { start, end } = node.argument;
    inserted.push([start, `globalThis.awaited(${count},${awaits ? "async" : ""}()=>(`], [end, "))"]);
    count += 1;
    return true;
  };
  visit(parseAst(source));
  let text = source;
  inserted.sort(([a], [b]) => b - a);
  for (const [at, part] of inserted) text = text.slice(0, at) + part + text.slice(at);
  return `${text}\nexport const awaits = ${count};\n`;
}

/** @param {IncomingMessage} req */
async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** @param {ServerResponse} res @param {number} status @param {unknown} value */
function sendJson(res, status, value) {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** @param {ServerResponse} res @param {ScriptedResponse} response */
function sendResponse(res, response) {
  if (response.cut === "headers") return res.socket?.destroy();
  if (response.stall === "headers") return;
  const bytes = response.repeat
    ? Buffer.from(response.repeat[0].repeat(response.repeat[1]))
    : Buffer.from(response.base64 ?? response.body ?? "", response.base64 === undefined ? "utf8" : "base64");
  res.writeHead(response.status ?? 200, {
    "content-type": "application/json",
    "access-control-expose-headers": "*",
    ...(response.cut === "body" ? { "content-length": bytes.length + 100 } : {}),
    ...(response.keepAlive ? {} : { connection: "close" }),
    ...response.headers,
  });
  if (response.cut === "body") res.write(bytes, () => setTimeout(() => res.socket?.destroy(), 50));
  else if (response.stall === "body") res.write(bytes);
  else res.end(bytes);
}

/** @param {number[]} [ports] the first that is free is taken */
export function startBrowserTestServer(ports) {
  /** @type {Map<string, ReturnType<typeof createSandbox>>} */
  const sandboxes = new Map();
  /** @type {Map<string, { responses: ScriptedResponse[], received: Received[] }>} */
  const scripts = new Map();
  /** @type {WeakSet<import("node:net").Socket>} */
  const used = new WeakSet();

  /** @param {IncomingMessage} req @param {ServerResponse} res */
  async function answer(req, res) {
    const url = new URL(req.url ?? "/", "http://localhost");
    const [, first, id, ...rest] = url.pathname.split("/");

    if (first === "sandbox") {
      let sandbox = sandboxes.get(id);
      if (!sandbox)
        sandboxes.set(id, (sandbox = createSandbox({ controlOrigins: true, ignoreKeys: id.startsWith("no-keys-") })));
      return sandbox.handler(req, res, () => notFound(res));
    }

    res.setHeader("access-control-allow-origin", "*");
    res.setHeader("access-control-allow-methods", "GET, POST, PUT");
    res.setHeader("access-control-allow-headers", req.headers["access-control-request-headers"] ?? "*");
    res.setHeader("cross-origin-resource-policy", "cross-origin");
    res.setHeader("cross-origin-embedder-policy", "require-corp");
    res.setHeader("cache-control", "no-store");
    if (req.method === "OPTIONS") return res.writeHead(204).end();

    if (first === "script" && rest.length === 0 && req.method === "PUT") {
      scripts.set(id, { responses: JSON.parse(await readBody(req)), received: [] });
      return sendJson(res, 200, null);
    }
    const script = first === "script" && scripts.get(id);
    if (script) {
      if (rest.length === 0) return sendJson(res, 200, script.received);
      const reused = used.has(req.socket);
      if (req.method === "POST") used.add(req.socket);
      const body = await readBody(req);
      const response = script.responses[Math.min(script.received.length, script.responses.length - 1)];
      script.received.push({ method: req.method, url: req.url, headers: req.headers, body, reused });
      return sendResponse(res, response);
    }
    if (first === "awaits") {
      return res.writeHead(200, { "content-type": "text/javascript" }).end(await numberAwaits());
    }
    if (first === "soak") return sendJson(res, 200, Boolean(process.env.SOAK));
    if (first === "log" && req.method === "POST") {
      console.log(await readBody(req));
      return sendJson(res, 200, null);
    }
    if (first === "frame.html") {
      const csp = url.searchParams.get("csp");
      if (csp) res.setHeader("content-security-policy", csp);
      res.writeHead(200, { "content-type": "text/html" });
      return res.end(
        `<!doctype html><title>Frame</title><script type="module" src="/tests/browser/frame.js"></script>`,
      );
    }
    if (first === "samples.json") return serveSandbox(req, res, "/samples.json");
    if (first === "dist") return servePackage(req, res, `/${[id, ...rest].join("/")}`);
    if (first === "tests" && ["browser", "support"].includes(id))
      return serveTests(req, res, `/${[id, ...rest].join("/")}`);
    notFound(res);
  }

  return listen(answer, ports);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startBrowserTestServer([Number(process.argv[2] ?? 0)]);
  console.log(url);
}
