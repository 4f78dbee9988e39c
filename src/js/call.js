// One call: reads what was handed in, then does what the core says until there is an answer.

import { Exchange } from "../../target/bindgen/core.js";

import { checkOptions, checkRequest, pick } from "./check.js";
import { isCode, ProxyOrdersError } from "./error.js";
import { Limit } from "./limit.js";
import { giveUp, init, isLoaded, needLoaded } from "./load.js";
import { REQUEST_NAMES } from "./names.js";
import { readOptions } from "./options.js";
import { pack, read } from "./read.js";
import { copy, outline, parse } from "./reply.js";
import { isClean, withoutKey } from "./secret.js";

/** @import { Given } from "./options.js" */
/** @import { Read } from "./read.js" */

const DEFAULT_RETRIES = 2;
const LONGEST_BODY = 2_000;
const LONGEST_HEADER = 100;
const HIGHEST_STATUS = 999;
/** @type {RequestInit} */
const INIT = { method: "POST", cache: "no-store", redirect: "error", referrer: "", referrerPolicy: "no-referrer" };
const HEADERS = { accept: "application/json", "content-type": "application/json" };
/** Long enough for every word of a reply that decides anything. */
const LONGEST_WORD = 16;

/**
 * Checks a request that was handed in.
 * @param {boolean} order
 * @param {unknown} request
 * @returns {any}
 */
export function validate(order, request) {
  needLoaded();
  const asked = read(request, REQUEST_NAMES, true);
  const [fields, issues] = checkRequest(order, asked);
  return issues.length ? { issues } : { value: pick(asked, fields) };
}

/**
 * Calculates or places an order.
 * @param {boolean} order
 * @param {unknown} request
 * @param {unknown} options
 * @returns {Promise<any>}
 */
export async function call(order, request, options) {
  const asked = read(request, REQUEST_NAMES, true);
  const given = readOptions(options);
  const limit = new Limit(given.signal, given.timeoutMs);
  /** @type {Known} */
  const known = { outcome: order ? "not_placed" : undefined };
  let exchange, identity;
  try {
    const waited = !isLoaded();
    if (waited) await limit.race(init());
    const plan = check(order, asked, given);
    limit.check(waited);
    if (order) {
      const twin = plan.url + plan.body;
      if (underWay.includes(twin) && !given.allowDuplicate) throw { code: "duplicate_order" };
      underWay.push((identity = twin));
    }
    /** @type {Partial<Given>} */
    const guards = order ? given : {};
    exchange = new Exchange(order, given.maxRetries ?? DEFAULT_RETRIES, guards.maxPrice, guards.requirePromoCode);
    return await run(order, exchange, plan, given, limit, known);
  } catch (reason) {
    throw rejection(reason, known, given.apiKey);
  } finally {
    limit.end();
    exchange?.free();
    if (identity) underWay.splice(underWay.indexOf(identity), 1);
  }
}

/** Where every order under way goes, and what it says. @type {string[]} */
const underWay = [];

/**
 * What will be sent, if options and request are in order.
 * @param {boolean} order
 * @param {Read} asked
 * @param {Given} given
 */
function check(order, asked, given) {
  const invalid = checkOptions(order, given);
  if (invalid.length) throw { code: "invalid_options", issues: invalid };
  const [fields, issues] = checkRequest(order, asked);
  if (issues.length) throw { code: "invalid_request", issues };
  return {
    url: `${given.href}/client/api/v1/${encodeURIComponent(given.apiKey)}/`,
    body: JSON.stringify(pick(asked, fields)),
    /** What is calculated, be it before the order. */
    calculation: () => JSON.stringify(pick(asked, order ? checkRequest(false, asked)[0] : fields)),
    idempotencyKey: order ? takeIdempotencyKey(given) : undefined,
  };
}

/**
 * The key by which a backend books an order once. It is no part of the calculation before the order.
 * @param {Given} given
 */
function takeIdempotencyKey({ idempotencyKey, headers, ownOrigin }) {
  const given = idempotencyKey ?? headers?.get("idempotency-key") ?? undefined;
  headers?.delete("idempotency-key");
  if (given !== undefined || !ownOrigin) return given;
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(16));
  return bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @typedef {{ outcome?: string | undefined, idempotencyKey?: string | undefined, quote?: any }} Known what every rejection says, once known */

/**
 * Sends requests until a reply is the answer. Throws the details of the rejection.
 * @param {boolean} order
 * @param {any} exchange
 * @param {ReturnType<typeof check>} plan
 * @param {Given} given
 * @param {Limit} limit
 * @param {Known} known
 */
async function run(order, exchange, plan, given, limit, known) {
  for (;;) {
    const { ordering } = exchange;
    let end, cause;
    try {
      const url = plan.url + (ordering ? "order" : "calculate/order");
      const { headers = HEADERS, credentials = "same-origin" } = given;
      const init = { ...INIT, headers, credentials, body: ordering ? plan.body : plan.calculation() };
      const key = ordering ? plan.idempotencyKey : undefined;
      const request = limit.newRequest((signal) => exchange.request(url, { ...init, signal }, key));
      if (exchange.uncertain) known.outcome = "unknown";
      known.idempotencyKey = key;
      end = await limit.race(send(given.fetch ?? globalThis.fetch, request));
    } catch (reason) {
      cause = limit.over ? undefined : reason;
    }
    const reply = end && parse(end.text);
    let step;
    if (end) {
      const { numbers, texts } = pack(outline(reply), LONGEST_WORD);
      step = exchange.replied(end.status, end.retryAfter, numbers, texts, limit.left);
    } else if (limit.over) step = exchange.stopped(limit.over.code === "aborted");
    else step = exchange.failed(limit.left);

    const documented = step.reply ? copy(ordering, reply, step.reply) : undefined;
    if (order && !ordering) known.quote = documented;
    if (step.code) throw { code: step.code, ...limit.over, ...evidence(step, end, cause, given.apiKey) };
    if (step.afterMs === undefined) return documented;
    if (step.afterMs > 0) await limit.pause(step.afterMs);
    limit.check(true);
  }
}

/**
 * What a rejection tells of the attempt that led to it.
 * @param {any} step
 * @param {{ status: number, text: string } | undefined} end
 * @param {unknown} cause
 * @param {unknown} key
 */
function evidence({ code, retryAfterMs }, end, cause, key) {
  if (cause !== undefined && isClean(cause, key)) return { cause };
  if (!end || code === "refused") return {};
  const body = withoutKey(end.text, key).slice(0, LONGEST_BODY);
  return code === "http" ? { status: end.status, body, retryAfterMs } : { status: end.status, body };
}

/**
 * The error of a rejected call.
 * @param {any} reason
 * @param {Known} known
 * @param {unknown} key
 */
function rejection(reason, known, key) {
  // What is no rejection of ours is the WebAssembly failing, out of memory perhaps.
  const details = isCode(reason?.code)
    ? reason
    : { code: "not_loaded", cause: isClean(reason, key) ? reason : undefined };
  if (details.code === "timeout") giveUp();
  const quote =
    known.quote &&
    JSON.parse(JSON.stringify(known.quote), (_, value) => {
      return typeof value === "string" ? withoutKey(value, key) : value;
    });
  return new ProxyOrdersError({ ...details, code: details.code, cause: details.cause, ...known, quote });
}

/**
 * Hands a request over and reads the reply to its end. The reply may be any object that looks like a `Response`.
 * @param {(request: Request) => any} fetch
 * @param {Request} request
 */
async function send(fetch, request) {
  const response = await fetch(request);
  const { status } = response;
  if (!Number.isInteger(status) || status < 1 || status > HIGHEST_STATUS) throw undefined;
  const retryAfter = response.headers.get("retry-after");
  const text = await response.text();
  if (typeof text !== "string") throw undefined;
  return { status, retryAfter: typeof retryAfter === "string" ? retryAfter.slice(0, LONGEST_HEADER) : undefined, text };
}
