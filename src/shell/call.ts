// One call: validates what was handed in, then does what the core decides until there is an answer.

import {
  Exchange,
  validate as validateValues,
  type CalculateResponse,
  type Endpoint,
  type Issue,
  type ReplyFields,
  type Unanswered,
} from "../../target/bindgen/core.js";
import { Deadline } from "./deadline.js";
import { CallError, type Known } from "./error.js";
import { init, isLoaded, requireLoaded } from "./load.js";
import { notAnObject, readOptions, unknownFields, type BaseUrl, type Settings } from "./options.js";
import { isKeyInDoubt, Order } from "./orders.js";
import { fetchReply, json, type Attempt } from "./reply.js";
import { makeRequest, mayPlaceOrder } from "./request.js";
import { isCleanError, replyWithoutKey, replaceKey, withoutKey } from "./secret.js";
import { encodeReply, pick, pickReply, readRequest, REQUEST_FIELDS, type Draft } from "./wire.js";

/** The fields to send, or every issue. */
type Checked = { value: object; issues?: undefined } | { issues: Issue[] };

/** Validates a request that was handed in. */
export function validate(endpoint: Endpoint, value: unknown): Checked {
  requireLoaded();
  return check(endpoint, readRequest(value));
}

/** Validates a request that was read before. */
export function check(endpoint: Endpoint, draft: Draft | undefined, apiKey?: string): Checked {
  if (!draft) return { issues: [notAnObject("request")] };
  const { encoded, unknownNames, values } = draft;
  const { numbers, texts } = encoded;
  const checked = validateValues(endpoint, numbers, texts);
  if (unknownNames.length > 0) {
    const names = unknownNames.map((name) => replaceKey(name, apiKey));
    const unknown = unknownFields("request", names, REQUEST_FIELDS);
    return { issues: typeof checked === "number" ? unknown : [...checked, ...unknown] };
  }
  return typeof checked === "number" ? { value: pick(values, checked) } : { issues: checked };
}

/** The body to send. */
function bodyOf(endpoint: Endpoint, draft: Draft | undefined, { apiKey }: Settings): string {
  const checked = check(endpoint, draft, apiKey);
  if (checked.issues) throw new CallError({ code: "invalid_request", issues: checked.issues });
  return JSON.stringify(checked.value);
}

/** The state of one call. */
interface Call {
  settings: Settings;
  deadline: Deadline;
  exchange: Exchange;
  /** The order, if this is one. */
  order: Order | undefined;
  known: Known;
}

/** Calculates or places an order. */
export async function call(endpoint: Endpoint, request: unknown, options: unknown): Promise<object> {
  const known: Known = { outcome: endpoint === "order" ? "not_placed" : undefined };
  let settings: Settings = {};
  let deadline: Deadline | undefined;
  let exchange: Exchange | undefined;
  let order: Order | undefined;
  try {
    // The engine compiles in the background while the arguments are read.
    const loading = isLoaded() ? undefined : init();
    const draft = readRequest(request);
    const given = readOptions(endpoint, options);
    ({ settings } = given);
    const ownKey = takeOwnKey(settings);
    // However a repeat fails, the outcome of the order in doubt stays unknown.
    if (known.outcome && isKeyInDoubt(ownKey)) known.outcome = "unknown";
    deadline = new Deadline(settings.signal, settings.timeoutMs as number);
    if (loading) {
      await deadline.race(loading);
      if (!isLoaded()) deadline.check(true);
    }
    const issues = given.issues();
    if (issues.length > 0) throw new CallError({ code: "invalid_options", issues });
    const bodies: Bodies = { [endpoint]: bodyOf(endpoint, draft, settings) };
    exchange = begin(endpoint, settings);
    if (bodies.order) order = orderOf(bodies.order, exchange, settings, ownKey);
    deadline.check(loading !== undefined);
    order?.begin(exchange, known);
    const call: Call = { settings, deadline, exchange, order, known };
    for (;;) {
      const target = exchange.endpoint;
      const sent = await send(call, target, (bodies[target] ??= bodyOf(target, draft, settings)));
      const attempt = endOf(sent, deadline);
      const next = decide(exchange, attempt, deadline);
      if (typeof next === "number") {
        const answer = pickReply(json(attempt), next);
        order?.answer();
        return answer;
      }
      if ("order" in next) known.quote = readQuote(attempt, next.order, settings);
      else if ("retry" in next) await deadline.pause(next.retry);
      else throw failure(next, attempt, call);
      deadline.check(true);
    }
  } catch (reason) {
    throw rejection(reason, known, settings.apiKey);
  } finally {
    order?.end();
    deadline?.clear();
    try {
      exchange?.free();
    } catch {
      // What was thrown through the WebAssembly left the exchange in use.
    }
  }
}

/** The body of each endpoint, once it is needed. */
type Bodies = { [endpoint in Endpoint]?: string };

function begin(endpoint: Endpoint, settings: Settings): Exchange {
  const { baseUrl, apiKey, maxRetries, maxPrice, requirePromoCode, allowDuplicate } = settings;
  const { href } = baseUrl as BaseUrl;
  const key = encodeURIComponent(apiKey as string);
  const retries = maxRetries as number;
  return endpoint === "order"
    ? Exchange.order(href, key, retries, maxPrice, requirePromoCode === true, allowDuplicate === true)
    : Exchange.calculate(href, key, retries);
}

/** The caller's idempotency key. Its header is removed, because the calculation before an order must not have it. */
function takeOwnKey({ headers, idempotencyKey }: Settings): string | undefined {
  const inHeaders = headers?.get("idempotency-key") || undefined;
  headers?.delete("idempotency-key");
  return idempotencyKey ?? inHeaders;
}

function orderOf(body: string, exchange: Exchange, settings: Settings, ownKey: string | undefined): Order {
  const { baseUrl, allowDuplicate } = settings;
  // A server orders for many people: identical orders of two of them differ by their keys.
  const digest = exchange.digest(body, (baseUrl?.isOnServer && ownKey) || "");
  return new Order(digest, ownKey ?? (baseUrl?.isOwnOrigin ? randomKey() : undefined), allowDuplicate === true);
}

const LETTERS = "0123456789abcdefghijklmnopqrstuv";
const KEY_LENGTH = 26;

function randomKey(): string | undefined {
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(KEY_LENGTH));
  return bytes && Array.from(bytes, (byte) => LETTERS[byte & 31]).join("");
}

/** Makes the next request and hands it to `fetch`. Gives how that ends, or nothing if the call must end before. */
function send(call: Call, endpoint: Endpoint, body: string): Attempt | Promise<Attempt | undefined> {
  const { settings, deadline, exchange, order, known } = call;
  const fetch = settings.fetch ?? globalThis.fetch;
  const key = endpoint === "order" ? order?.idempotencyKey : undefined;
  let request;
  try {
    if (typeof fetch !== "function") throw new TypeError("There is no fetch.");
    request = makeRequest(exchange, body, key, settings, deadline.attemptSignal());
  } catch (cause) {
    return { end: "network", cause };
  }
  const isOrder = mayPlaceOrder(request, settings.baseUrl as BaseUrl) || endpoint === "order";
  exchange.sent();
  if (isOrder) {
    if (!order) throw new Error("The WebAssembly made an order of a calculation.");
    order.send();
    known.outcome = "unknown";
    known.idempotencyKey = key;
  }
  return deadline.race(fetchReply(fetch, request));
}

/** The end of an attempt. An engine may report an abort as a failure of the network. */
function endOf(attempt: Attempt | undefined, { over }: Deadline): Attempt {
  if (over && attempt?.end !== "replied") return { end: over.code === "aborted" ? "aborted" : "timedOut" };
  return attempt ?? { end: "network", cause: undefined };
}

/** Asks the core what happens next. */
function decide(exchange: Exchange, attempt: Attempt, deadline: Deadline): ReplyFields | Unanswered {
  // Only a retry asks how much time is left.
  const left = attempt.end === "replied" && attempt.status < 300 ? 0 : deadline.left;
  if (attempt.end !== "replied") return exchange.afterNoReply(attempt.end, left, Math.random());
  const { numbers, texts } = encodeReply(attempt.json);
  return exchange.afterReply(attempt.status, attempt.retryAfterMs, numbers, texts, left, Math.random());
}

/** The error of a call that the core ends. */
function failure(
  next: Extract<Unanswered, { refuse: unknown } | { fail: unknown }>,
  attempt: Attempt,
  { deadline, exchange, known, settings }: Call,
): CallError {
  // The core can say that an order may have been placed, never that one which was sent was not.
  if (exchange.outcome !== "not_placed") known.outcome &&= "unknown";
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
  // Any other error is a failure of the WebAssembly or the engine.
  const error =
    reason instanceof CallError
      ? reason
      : new CallError({ code: "not_loaded", cause: isCleanError(reason, key) ? reason : undefined });
  error.add(known);
  return error;
}

/** The quote of a guarded order, as errors carry it. */
function readQuote(attempt: Attempt, fields: ReplyFields, { apiKey }: Settings): CalculateResponse {
  return replyWithoutKey(pickReply(json(attempt), fields), apiKey) as CalculateResponse;
}
