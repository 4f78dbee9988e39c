// One call: validates what was handed in, then does what the core decides until there is an answer.

import {
  Exchange,
  maxText,
  retryAfterMs,
  validate as validateValues,
  type CalculateResponse,
  type Endpoint,
  type HandedOn,
  type Issue,
  type Next,
  type Outcome,
} from "../../target/bindgen/core.js";
import { Deadline } from "./deadline.js";
import { CallError } from "./error.js";
import { giveUpLoading, init, isLoaded, needLoaded } from "./load.js";
import {
  notAnObject,
  readOptions,
  unknownFields,
  type BaseUrl,
  type FetchedResponse,
  type Settings,
} from "./options.js";
import { isCleanError, quoteWithoutKey, replaceKey, withoutKey } from "./secret.js";
import { encode, encodeReply, handOn, pick, read, REQUEST_FIELDS, type Read } from "./wire.js";

const MAX_RETRY_AFTER = 100;
const MAX_STATUS = 999;

/** The URL, key and body of every pending order. */
const pendingOrders: string[] = [];

/** The fields to send, or every issue. */
type Checked = { value: object; issues?: undefined } | { issues: Issue[] };

/** Validates a request that was handed in. */
export function validate(endpoint: Endpoint, value: unknown): Checked {
  needLoaded();
  return check(endpoint, read(value, REQUEST_FIELDS));
}

function check(endpoint: Endpoint, request: Read | undefined): Checked {
  if (!request) return { issues: [notAnObject("request")] };
  const { values, unknownNames } = request;
  const { numbers, texts } = encode(values, maxText());
  const checked = validateValues(endpoint, numbers, texts);
  if (typeof checked === "number" && unknownNames.length === 0) return { value: pick(values, checked) };
  const issues = typeof checked === "number" ? [] : checked;
  return { issues: [...issues, ...unknownFields("request", unknownNames, REQUEST_FIELDS)] };
}

/** The body to send. */
function bodyOf(endpoint: Endpoint, request: Read | undefined): string {
  const checked = check(endpoint, request);
  if (checked.issues) throw new CallError({ code: "invalid_request", issues: checked.issues });
  return JSON.stringify(checked.value);
}

/** Calculates or places an order. */
export async function call(endpoint: Endpoint, request: unknown, options: unknown): Promise<object> {
  // The download begins first; what was handed in is read meanwhile.
  const loading = isLoaded() ? undefined : init();
  const draft = read(request, REQUEST_FIELDS);
  const { settings, issues } = readOptions(endpoint, options);
  if (draft) draft.unknownNames = draft.unknownNames.map((name) => replaceKey(name, settings.apiKey));
  const deadline = new Deadline(settings.signal, settings.timeoutMs as number);
  const known: Known = { outcome: endpoint === "order" ? "not_placed" : undefined };
  let pendingOrder: string | undefined;
  let exchange: Exchange | undefined;
  try {
    if (loading) await deadline.race(loading);
    const invalid = issues();
    if (invalid.length > 0) throw new CallError({ code: "invalid_options", issues: invalid });
    const bodies: Bodies = { [endpoint]: bodyOf(endpoint, draft) };
    deadline.check(loading !== undefined);
    if (endpoint === "order") {
      takeIdempotencyKey(settings);
      const order = `${settings.baseUrl?.href}\n${settings.apiKey}\n${bodies.order}`;
      if (pendingOrders.includes(order) && !settings.allowDuplicate) throw new CallError({ code: "duplicate_order" });
      pendingOrders.push((pendingOrder = order));
    }
    exchange = begin(endpoint, settings);
    for (;;) {
      const asked = exchange.endpoint;
      const body = (bodies[asked] ??= bodyOf(asked, draft));
      const attempt = await send(exchange, asked, body, settings, deadline, known);
      const next = decide(exchange, attempt, deadline);
      if ("answer" in next) return handOn(json(attempt), next.answer);
      if ("order" in next) known.quote = readQuote(attempt, next.order, settings);
      else if ("retry" in next) await deadline.pause(next.retry);
      else {
        known.outcome = exchange.outcome;
        throw failure(next, attempt, deadline, settings);
      }
      deadline.check(true);
    }
  } catch (reason) {
    throw rejection(reason, known, settings.apiKey);
  } finally {
    if (pendingOrder !== undefined) pendingOrders.splice(pendingOrders.indexOf(pendingOrder), 1);
    deadline.clear();
    try {
      exchange?.free();
    } catch {
      // What was thrown through the WebAssembly left the exchange in use.
    }
  }
}

/** What a rejection says, once it is known. */
interface Known {
  outcome: Outcome | undefined;
  idempotencyKey?: string | undefined;
  quote?: CalculateResponse;
}

/** The body of each endpoint, once it is needed. */
type Bodies = { [endpoint in Endpoint]?: string };

function begin(endpoint: Endpoint, { maxRetries, maxPrice, requirePromoCode }: Settings): Exchange {
  const retries = maxRetries as number;
  return endpoint === "order"
    ? Exchange.order(retries, maxPrice, requirePromoCode === true)
    : Exchange.calculate(retries);
}

/** How an attempt ended. */
type Attempt =
  | { end: "replied"; status: number; retryAfterMs: number | undefined; text: string; json: unknown }
  | { end: "aborted" | "timedOut" }
  | { end: "network"; cause: unknown };

/** Makes the next request, hands it to `fetch`, and waits for the end of the reply. */
async function send(
  exchange: Exchange,
  endpoint: Endpoint,
  body: string,
  settings: Settings,
  deadline: Deadline,
  known: Known,
): Promise<Attempt> {
  try {
    const key = endpoint === "order" ? settings.idempotencyKey : undefined;
    const request = makeRequest(exchange, body, key, settings, deadline);
    exchange.sent();
    if (endpoint === "order") {
      known.outcome = "unknown";
      known.idempotencyKey = key;
    }
    return await deadline.race(fetchReply(settings.fetch ?? globalThis.fetch, request));
  } catch (cause) {
    if (!deadline.over) return { end: "network", cause };
    return { end: deadline.over.code === "aborted" ? "aborted" : "timedOut" };
  }
}

function makeRequest(
  exchange: Exchange,
  body: string,
  key: string | undefined,
  { baseUrl, apiKey, headers, credentials }: Settings,
  deadline: Deadline,
): Request {
  const init: RequestInit = {
    body,
    cache: "no-store",
    credentials: credentials as RequestCredentials,
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: deadline.attemptSignal(),
  };
  const make = () =>
    exchange.request((baseUrl as BaseUrl).href, encodeURIComponent(apiKey as string), headers, key, init);
  try {
    return make();
  } catch {
    // Under jsdom the AbortSignal of the page is foreign to its Request.
    delete init.signal;
    return make();
  }
}

/**
 * Settles the key by which a backend books an order once. It is no header of the calculation before the order.
 */
function takeIdempotencyKey(settings: Settings): void {
  const { headers, baseUrl } = settings;
  const inHeaders = headers?.get("idempotency-key") ?? undefined;
  headers?.delete("idempotency-key");
  const key = settings.idempotencyKey ?? inHeaders ?? (baseUrl?.isOwnOrigin ? randomKey() : undefined);
  if (key !== undefined) settings.idempotencyKey = key;
}

const LETTERS = "0123456789abcdefghijklmnopqrstuv";
const KEY_LENGTH = 26;

function randomKey(): string | undefined {
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(KEY_LENGTH));
  return bytes && Array.from(bytes, (byte) => LETTERS[byte & 31]).join("");
}

/** Calls `fetch` and reads the reply to its end. The reply may be any object that looks like a `Response`. */
async function fetchReply(
  fetch: (request: Request) => PromiseLike<FetchedResponse>,
  request: Request,
): Promise<Attempt> {
  const response = await fetch(request);
  const { status } = response;
  if (!Number.isInteger(status) || status < 1 || status > MAX_STATUS) throw undefined;
  const retryAfter: unknown = status < 300 ? null : response.headers.get("retry-after");
  const text: unknown = await response.text();
  if (typeof text !== "string") throw undefined;
  return { end: "replied", status, retryAfterMs: readRetryAfter(retryAfter), text, json: parseJson(text) };
}

function readRetryAfter(header: unknown): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.slice(0, MAX_RETRY_AFTER);
  return retryAfterMs(text, Date.parse(text), Date.now());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(attempt: Attempt): unknown {
  return attempt.end === "replied" ? attempt.json : undefined;
}

/** Asks the core what happens next. */
function decide(exchange: Exchange, attempt: Attempt, deadline: Deadline): Next {
  const { left } = deadline;
  if (attempt.end !== "replied") return exchange.afterNoReply(attempt.end, left, Math.random());
  const { numbers, texts } = encodeReply(attempt.json);
  return exchange.afterReply(attempt.status, attempt.retryAfterMs, numbers, texts, left, Math.random());
}

/** The error of a call that the core ends. */
function failure(
  next: Extract<Next, { refuse: unknown } | { fail: unknown }>,
  attempt: Attempt,
  deadline: Deadline,
  settings: Settings,
): CallError {
  if ("refuse" in next) {
    return new CallError({ code: "refused", quote: readQuote(attempt, next.refuse, settings) });
  }
  if (attempt.end === "replied") {
    const { status, retryAfterMs } = attempt;
    const body = withoutKey(attempt.text, settings.apiKey);
    return new CallError(
      next.fail === "http" ? { code: "http", status, body, retryAfterMs } : { code: "invalid_response", status, body },
    );
  }
  if (deadline.over) return new CallError(deadline.over);
  const cause = attempt.end === "network" && isCleanError(attempt.cause, settings.apiKey) ? attempt.cause : undefined;
  return new CallError({ code: "network", cause });
}

/** The error of a rejected call. */
function rejection(reason: unknown, known: Known, key: unknown): CallError {
  // Any other error is a failure of the WebAssembly, out of memory perhaps.
  const error =
    reason instanceof CallError
      ? reason
      : new CallError({ code: "not_loaded", cause: isCleanError(reason, key) ? reason : undefined });
  if ((error as { code?: unknown }).code === "timeout") giveUpLoading();
  error.add(known);
  return error;
}

/** The quote of a guarded order, as errors carry it. */
function readQuote(attempt: Attempt, fields: HandedOn, { apiKey }: Settings): CalculateResponse {
  return quoteWithoutKey(handOn(json(attempt), fields), apiKey);
}
