// The sandbox API: the documented API with state, for development, tests and the demo. What it offers is described in
// index.d.ts.

import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http";
import { createAccount } from "./account.js";
import { parseFault } from "./faults.js";
import samples from "./samples.json" with { type: "json" };

/** @typedef {import("node:http").IncomingMessage} Req */
/** @typedef {import("node:http").ServerResponse} Res */
/** @typedef {import("./index.d.ts").SandboxRequest} SandboxRequest */

const API = /(?:^|\/)client\/api\/v1\/([^/]*)\/(calculate\/)?order$/;
const CONTROL = /(?:^|\/)__sandbox\/(reset|requests|orders)$/;

const BODY_LIMIT = 1024 * 1024;
const LOG_LIMIT = 10_000;

/** @type {Map<string, object>} */
const SAMPLES = new Map(Object.entries(samples));

/** @param {string} segment */
function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Gives the body, or nothing when it is longer than the limit; then what follows is read and forgotten, so that the
 * answer can still arrive.
 * @param {Req} req
 */
async function readBody(req) {
  /** @type {Buffer[]} */
  let chunks = [];
  let length = 0;
  for await (const chunk of req) {
    length += chunk.length;
    if (length > BODY_LIMIT) chunks = [];
    else chunks.push(chunk);
  }
  return length > BODY_LIMIT ? undefined : Buffer.concat(chunks);
}

/**
 * @param {Req} req
 * @param {Res} res
 * @param {boolean} keepAlive
 */
function setCommonHeaders(req, res, keepAlive) {
  res.setHeader("cache-control", "no-store");
  res.setHeader("vary", "Origin, Access-Control-Request-Headers");
  res.setHeader("access-control-allow-origin", req.headers.origin ?? "*");
  if (req.headers.origin !== undefined) res.setHeader("access-control-allow-credentials", "true");
  res.setHeader("access-control-expose-headers", "Retry-After");
  const wanted = String(req.headers["access-control-request-headers"] ?? "");
  if (req.method === "OPTIONS") {
    res.setHeader("access-control-allow-methods", "GET, POST, OPTIONS");
    if (wanted !== "") res.setHeader("access-control-allow-headers", wanted);
    res.setHeader("access-control-max-age", "7200");
  }
  // A preflight goes before the request that it asks for, on the same connection, so it follows that one's wish.
  const asked = req.headers["x-sandbox-keep-alive"] === "1" || /\bx-sandbox-keep-alive\b/i.test(wanted);
  if (!keepAlive && !asked && req.httpVersionMajor === 1) res.setHeader("connection", "close");
}

/** @type {typeof import("./index.d.ts").createSandbox} */
export function createSandbox(options = {}) {
  const { apiKey = "demo-key", balance = 7.18, keepAlive = false } = options;
  if (typeof apiKey !== "string" || apiKey === "") throw new TypeError("apiKey must be text that is not empty");
  if (!Number.isFinite(balance) || balance < 0) throw new TypeError("balance must be a number, 0 or more");

  const account = createAccount(balance);
  /** @type {SandboxRequest[]} */
  let requests = [];
  /** How often each fault has struck. @type {Map<string, number>} */
  let strikes = new Map();
  /** @type {WeakMap<object, number>} */
  const connections = new WeakMap();
  let lastConnection = 0;

  function reset() {
    account.reset();
    requests = [];
    strikes = new Map();
  }

  /** @param {Req} req */
  function connectionOf(req) {
    const known = connections.get(req.socket);
    if (known !== undefined) return known;
    lastConnection += 1;
    connections.set(req.socket, lastConnection);
    return lastConnection;
  }

  /**
   * @param {Req} req
   * @param {string} url
   */
  function record(req, url) {
    /** @type {SandboxRequest} */
    const entry = {
      method: req.method ?? "",
      path: url,
      headers: { ...req.headers },
      body: null,
      booked: false,
      connection: connectionOf(req),
    };
    requests.push(entry);
    if (requests.length > LOG_LIMIT) requests.shift();
    return entry;
  }

  /**
   * Answers a call of the API.
   * @param {Req} req
   * @param {Res} res
   * @param {string} url as it was received
   * @param {string} key the path segment of the API key
   * @param {"calculate" | "order"} which
   */
  async function answer(req, res, url, key, which) {
    const entry = record(req, url);
    const body = await readBody(req);
    entry.body = body?.toString() ?? null;

    /**
     * @param {number} status
     * @param {string | Buffer} content
     * @param {Record<string, string | number>} [headers]
     */
    const send = (status, content, headers = { "content-type": "text/plain; charset=utf-8" }) => {
      res.writeHead(status, { "content-length": Buffer.byteLength(content), ...headers });
      res.end(content);
    };

    if (req.method === "OPTIONS") return void res.writeHead(204).end();
    if (req.method !== "POST") return send(405, "Only POST\n", { allow: "POST, OPTIONS" });

    const wanted = String(req.headers["x-sandbox-sample"] ?? "");
    const names = wanted.split(",").map((name) => name.trim());
    const sample = SAMPLES.get(names.find((name) => name.startsWith(`${which}/`)) ?? names[0] ?? "");
    if (wanted !== "" && !sample) return send(400, `Unknown sample. There are: ${[...SAMPLES.keys()].join(", ")}\n`);

    const header = String(req.headers["x-sandbox-fault"] ?? "");
    const fault = header === "" ? undefined : parseFault(header);
    if (fault && "problem" in fault) return send(400, fault.problem);

    const process = () => {
      if (sample) return sample;
      if (decode(key) !== apiKey) return account.refuse(which, 2);
      const content = body && isUtf8(body) ? parse(body.toString()) : undefined;
      if (which === "calculate") return account.calculate(content);
      const { reply, booked } = account.order(content, req.headers["idempotency-key"]?.toString());
      entry.booked = booked;
      return reply;
    };
    const reply = () => JSON.stringify(process());

    if (fault && strikesNow(fault, header, which, url)) {
      const { parameters } = fault;
      if (parameters.has("processed")) process();
      const refusal = () => account.refuse(which, which === "calculate" ? 4 : 14);
      return fault.run({ res, parameters, reply, refusal, send });
    }
    send(200, reply(), { "content-type": "application/json" });
  }

  /**
   * Tells whether a fault strikes this call, and counts it.
   * @param {{ name: string, parameters: Map<string, string> }} fault
   * @param {string} header
   * @param {string} which
   * @param {string} url
   */
  function strikesNow({ name, parameters }, header, which, url) {
    if ((parameters.get("on") ?? which) !== which) return false;
    if (name === "redirect" && url.endsWith("?redirected")) return false;
    const before = strikes.get(header) ?? 0;
    if (before >= Number(parameters.get("times") ?? Infinity)) return false;
    if (parameters.has("times")) strikes.set(header, before + 1);
    return true;
  }

  /**
   * @param {Req} req
   * @param {Res} res
   * @param {string} which
   */
  function control(req, res, which) {
    req.resume();
    if (req.method === "OPTIONS") return void res.writeHead(204).end();
    const method = which === "reset" ? "POST" : "GET";
    if (req.method !== method) return void res.writeHead(405, { allow: `${method}, OPTIONS` }).end();
    if (which === "reset") reset();
    const state = { balance: account.balance, currency: "USD" };
    const content = which === "requests" ? requests : which === "orders" ? account.orders : state;
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content));
  }

  /**
   * @param {Req} req
   * @param {Res} res
   * @param {(error?: unknown) => void} [next]
   */
  function handler(req, res, next) {
    // A server in which this is mounted under a path takes that path off `url`.
    const { url = "", originalUrl = url } = /** @type {Req & { originalUrl?: string }} */ (req);
    const path = url.replace(/\?.*$/s, "");
    const api = API.exec(path);
    const controlled = CONTROL.exec(path);
    if (!api && !controlled && next) return next();

    setCommonHeaders(req, res, keepAlive);
    if (controlled) return control(req, res, controlled[1] ?? "");
    if (!api) {
      req.resume();
      return void res.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
    }
    answer(req, res, originalUrl, api[1] ?? "", api[2] ? "calculate" : "order").catch(() => {
      // Either the client has gone, or this sandbox has a fault of its own: then the client shall know.
      if (res.headersSent || res.socket?.destroyed !== false) res.destroy();
      else res.writeHead(500, { "content-type": "text/plain" }).end("The sandbox failed\n");
    });
  }

  /** @param {number} [port] */
  function listen(port = 0) {
    // Longer than any test: a connection that is kept alive ends when its client, or a fault, ends it.
    const server = createServer({ keepAliveTimeout: 60_000 }, handler);
    /** @type {Promise<void> | undefined} */
    let closed;
    const end = async () => {
      const event = once(server, "close");
      server.close();
      server.closeAllConnections();
      await event;
    };
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = /** @type {import("node:net").AddressInfo} */ (server.address());
        resolve({
          url: `http://127.0.0.1:${address.port}`,
          close: () => (closed ??= end()),
        });
      });
    });
  }

  return {
    handler: /** @type {import("./index.d.ts").Sandbox["handler"]} */ (handler),
    listen,
    reset,
    get requests() {
      return requests;
    },
    get orders() {
      return account.orders;
    },
    get balance() {
      return account.balance;
    },
  };
}
