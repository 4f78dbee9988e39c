// The sandbox over HTTP: the two functions of the API, and the control routes below `/__sandbox/`.

import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account, Endpoint } from "./account.js";
import { parseFault, type Fault, type Send } from "./faults.js";
import type { SandboxRequest } from "./index.js";
import type { RequestLog } from "./log.js";
import { isListedOrigin, isOwnOrigin, setCorsHeaders, type ControlOrigins } from "./origins.js";
import samples from "./samples.json" with { type: "json" };

export interface HandlerOptions {
  account: Account;
  log: RequestLog;
  /** How often each limited fault has been applied, by the value of its header. */
  faultCounts: Map<string, number>;
  apiKey: string;
  keepAlive: boolean;
  ignoreKeys: boolean;
  controlOrigins: ControlOrigins;
  reset: () => void;
}

/** A call of the API, as its URL names it. */
interface ApiCall {
  endpoint: Endpoint;
  /** Whether the API key in the URL is the sandbox's. */
  isKeyValid: boolean;
  /** Path and query as the log stores them, a wrong API key replaced. */
  loggedPath: string;
  /** Whether this is the repeat that the fault `redirect` asked for. */
  isRedirected: boolean;
}

const API_PATH = /^(.*\/)?client\/api\/v1\/([^/]*)\/((?:calculate\/)?order)$/s;
const CONTROL_PATH = /(?:^|\/)__sandbox\/(reset|requests|orders)$/;
const MAX_BODY_BYTES = 1024 * 1024;
const TEXT = { "content-type": "text/plain; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };
const SAMPLES = new Map<string, object>(Object.entries(samples));

export function createHandler(options: HandlerOptions) {
  const { account, log, faultCounts, apiKey, keepAlive, ignoreKeys, controlOrigins, reset } = options;
  const connectionNumbers = new WeakMap<object, number>();
  let lastConnectionNumber = 0;

  function connectionNumber({ socket }: IncomingMessage): number {
    const known = connectionNumbers.get(socket);
    if (known !== undefined) return known;
    lastConnectionNumber += 1;
    connectionNumbers.set(socket, lastConnectionNumber);
    return lastConnectionNumber;
  }

  /** Recognises a call of the API. A server that mounts the handler below a path takes that path off `url`. */
  function parseApiCall(url: string, originalUrl: string): ApiCall | undefined {
    const [, before = "", key = "", after = ""] = API_PATH.exec(withoutQuery(url)) ?? [];
    if (after === "") return undefined;
    const isKeyValid = decode(key) === apiKey;
    const mountedBelow = originalUrl.endsWith(url) ? originalUrl.slice(0, originalUrl.length - url.length) : "";
    const query = url.slice(withoutQuery(url).length);
    // A wrong key may be a real one that was typed by mistake: it must not be readable in the log.
    const loggedKey = isKeyValid ? key : "[key]";
    return {
      endpoint: after === "order" ? "order" : "calculate",
      isKeyValid,
      loggedPath: `${mountedBelow}${before}client/api/v1/${loggedKey}/${after}${query}`,
      isRedirected: query === "?redirected",
    };
  }

  function addToLog(req: IncomingMessage, path: string): SandboxRequest {
    const entry: SandboxRequest = {
      method: req.method ?? "",
      path,
      headers: { ...req.headers },
      body: null,
      booked: false,
      connection: connectionNumber(req),
    };
    log.add(entry);
    return entry;
  }

  async function answerApiCall(req: IncomingMessage, res: ServerResponse, call: ApiCall): Promise<void> {
    const { endpoint } = call;
    const entry = addToLog(req, call.loggedPath);
    setCorsHeaders(req, res);
    const body = await readBody(req);
    log.setBody(entry, body?.toString() ?? null);

    const send: Send = (status, content, headers = TEXT) => {
      res.writeHead(status, { "content-length": Buffer.byteLength(content), ...headers }).end(content);
    };
    if (req.method === "OPTIONS") return void res.writeHead(204).end();
    if (req.method !== "POST") return send(405, "Only POST is allowed.\n", { ...TEXT, allow: "POST, OPTIONS" });

    const sampleHeader = header(req, "x-sandbox-sample");
    const sample = findSample(sampleHeader, endpoint);
    if (sampleHeader && !sample) {
      return send(400, `Unknown sample. The samples are: ${[...SAMPLES.keys()].join(", ")}\n`);
    }
    const faultHeader = header(req, "x-sandbox-fault");
    const fault = faultHeader ? parseFault(faultHeader) : undefined;
    if (fault && "problem" in fault) return send(400, fault.problem);

    const processRequest = () => {
      if (sample) return JSON.stringify(sample);
      if (!call.isKeyValid) return JSON.stringify(account.refusal(endpoint, 2));
      const content = body && isUtf8(body) ? parseJson(body.toString()) : undefined;
      if (endpoint === "calculate") return JSON.stringify(account.calculate(content));
      const { reply, booked } = account.order(content, ignoreKeys ? undefined : header(req, "idempotency-key"));
      entry.booked = booked;
      return JSON.stringify(reply);
    };

    if (fault && countFault(fault, faultHeader, call)) {
      const { parameters } = fault;
      if (parameters.has("processed")) processRequest();
      const refusal = () => JSON.stringify(account.refusal(endpoint, endpoint === "calculate" ? 4 : 14));
      return fault.apply({ res, parameters, processRequest, refusal, send });
    }
    send(200, processRequest(), JSON_TYPE);
  }

  /** Whether a fault applies to a call; if it does and its number is limited, it is counted. */
  function countFault({ name, parameters }: Fault, faultHeader: string, call: ApiCall): boolean {
    if ((parameters.get("on") ?? call.endpoint) !== call.endpoint) return false;
    if (name === "redirect" && call.isRedirected) return false;
    const limit = parameters.get("times");
    if (limit === undefined) return true;
    const count = faultCounts.get(faultHeader) ?? 0;
    if (count >= Number(limit)) return false;
    faultCounts.set(faultHeader, count + 1);
    return true;
  }

  function answerControl(req: IncomingMessage, res: ServerResponse, route: string): void {
    req.resume();
    if (isListedOrigin(req.headers, controlOrigins)) setCorsHeaders(req, res);
    else if (!isOwnOrigin(req.headers)) {
      const problem = "Pages of other origins may use /__sandbox only with the option controlOrigins.\n";
      return void res.writeHead(403, TEXT).end(problem);
    }
    if (req.method === "OPTIONS") return void res.writeHead(204).end();
    const method = route === "reset" ? "POST" : "GET";
    if (req.method !== method) {
      return void res.writeHead(405, { ...TEXT, allow: `${method}, OPTIONS` }).end(`Only ${method} is allowed.\n`);
    }
    if (route === "reset") reset();
    const content =
      route === "requests"
        ? log.entries
        : route === "orders"
          ? account.orders
          : { balance: account.balance, currency: "USD" };
    res.writeHead(200, JSON_TYPE).end(JSON.stringify(content));
  }

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    call: ApiCall | undefined,
    route: string | undefined,
  ) {
    res.setHeader("cache-control", "no-store");
    res.setHeader("vary", "Origin, Sec-Fetch-Site, Access-Control-Request-Headers");
    if (!keepAlive && req.httpVersionMajor === 1 && !asksToKeepAlive(req)) res.setHeader("connection", "close");
    if (call) return answerApiCall(req, res, call);
    if (route) return answerControl(req, res, route);
    req.resume();
    setCorsHeaders(req, res);
    res.writeHead(404, TEXT).end("Not found\n");
  }

  return (req: IncomingMessage & { originalUrl?: string }, res: ServerResponse, next?: () => void): void => {
    const { url = "", originalUrl = url } = req;
    const call = parseApiCall(url, originalUrl);
    const route = CONTROL_PATH.exec(withoutQuery(url))?.[1];
    if (!call && !route && next) return next();
    answer(req, res, call, route).catch((error: unknown) => answerFailure(res, error));
  };
}

/** Answers 500 if that is still possible. An order that was booked before the failure stays booked. */
function answerFailure(res: ServerResponse, error: unknown): void {
  if (res.writableEnded) return;
  try {
    if (res.headersSent || !res.socket || res.socket.destroyed) return void res.destroy();
    // Not a documented failure of the API: a client would take that for a refusal, and the order may be booked.
    const content = JSON.stringify({ message: `The sandbox failed: ${String(error)}` });
    res.writeHead(500, JSON_TYPE).end(content);
  } catch {
    res.destroy();
  }
}

const withoutQuery = (url: string) => url.replace(/\?.*$/s, "");

const header = (req: IncomingMessage, name: string) => String(req.headers[name] ?? "");

/** A preflight precedes the request that it announces on the same connection, so both are treated alike. */
const asksToKeepAlive = (req: IncomingMessage) =>
  header(req, "x-sandbox-keep-alive") === "1" ||
  /\bx-sandbox-keep-alive\b/i.test(header(req, "access-control-request-headers"));

/** Finds the sample that a header names: of several names, the one for the called function. */
function findSample(sampleHeader: string, endpoint: Endpoint): object | undefined {
  const names = sampleHeader.split(",").map((name) => name.trim());
  return SAMPLES.get(names.find((name) => name.startsWith(`${endpoint}/`)) ?? names[0] ?? "");
}

/**
 * Returns the body, or `undefined` when it is too long; it is read to its end even then, because a client that is still
 * sending may not read the reply.
 */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) chunks = [];
    else chunks.push(chunk);
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
