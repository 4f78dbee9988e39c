// One call: reads what was handed in, then does what the core says until there is an answer.

import { Exchange, template } from "../../target/bindgen/core.js";

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
const INIT = { method: "POST", cache: "no-store", redirect: "error" };
/** Long enough for every word of a reply that decides anything. */
const LONGEST_WORD = 5;

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
  // While the binary is under way there is time for the rest.
  const loading = isLoaded() ? undefined : init();
  const asked = read(request, REQUEST_NAMES, true);
  const given = readOptions(options);
  const limit = new Limit(given.signal, given.timeoutMs);
  /** @type {Known} */
  const known = { outcome: order ? "not_placed" : undefined };
  let exchange, identity;
  try {
    if (loading) await limit.race(loading);
    const plan = check(order, asked, given);
    limit.check(Boolean(loading));
    if (order) {
      const twin = given.url + plan.body;
      if (underWay.includes(twin) && !given.allowDuplicate) throw { code: "duplicate_order" };
      underWay.push((identity = twin));
    }
    /** @type {Partial<Given>} */
    const guards = order ? given : {};
    exchange = new Exchange(order, given.maxRetries ?? DEFAULT_RETRIES, guards.maxPrice, guards.requirePromoCode);
    for (;;) {
      const { ordering } = exchange;
      let end, cause;
      try {
        const request = nextRequest(ordering, exchange, plan, given, limit, known);
        end = await limit.race(send(given.fetch ?? globalThis.fetch, request));
      } catch (reason) {
        cause = limit.over ? undefined : reason;
      }
      const answer = conclude(ordering, exchange, end, limit);
      if (answer) return answer;
      const step = exchange.step(limit.left);
      if (order && step.reply) known.quote = copy(false, end?.reply, step.reply);
      if (step.code) throw { code: step.code, ...limit.over, ...evidence(step, end, cause, given.apiKey) };
      if (step.afterMs > 0) await limit.pause(step.afterMs);
      limit.check(true);
    }
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
  return randomKey();
}

const LETTERS = "0123456789abcdefghijklmnopqrstuv";
const KEY_LENGTH = 26;
/** Random bytes are had by the thousand for hardly more than by the dozen. */
let random = new Uint8Array();

function randomKey() {
  if (!random.length) random = globalThis.crypto?.getRandomValues(new Uint8Array(40 * KEY_LENGTH)) ?? random;
  const bytes = random.subarray(0, KEY_LENGTH);
  random = random.subarray(KEY_LENGTH);
  let key = "";
  for (const byte of bytes) key += LETTERS[byte & 31];
  return key || undefined;
}

/** @typedef {{ outcome?: string | undefined, idempotencyKey?: string | undefined, quote?: any }} Known what every rejection says, once known */

/**
 * The next request. From now on it counts as sent.
 * @param {boolean} ordering
 * @param {any} exchange
 * @param {ReturnType<typeof check>} plan
 * @param {Given} given
 * @param {Limit} limit
 * @param {Known} known
 */
function nextRequest(ordering, exchange, plan, given, limit, known) {
  const request = limit.newRequest(templateOf(ordering, given), ordering ? plan.body : plan.calculation());
  const key = ordering ? plan.idempotencyKey : undefined;
  if (key !== undefined) request.headers.set("idempotency-key", key);
  if (exchange.sent()) known.outcome = "unknown";
  known.idempotencyKey = key;
  return request;
}

/**
 * Tells the exchange how an attempt has ended, and answers with the documented reply if that is the end of the call.
 * @param {boolean} ordering
 * @param {any} exchange
 * @param {Awaited<ReturnType<typeof send>> | undefined} end
 * @param {Limit} limit
 */
function conclude(ordering, exchange, end, limit) {
  if (end) {
    const { numbers, texts } = pack(outline(end.reply), LONGEST_WORD);
    const has = exchange.replied(end.status, end.retryAfter, numbers, texts);
    if (has) return copy(ordering, end.reply, has);
  } else if (limit.over) exchange.stopped(limit.over.code === "aborted");
  else exchange.failed();
  return undefined;
}

/** What the last request of each function was made from: nearly always the next one's as well. @type {any[]} */
const templates = [];

/**
 * What a request is made from, lacking only what differs from one to the next.
 * @param {boolean} ordering
 * @param {Given} given
 * @returns {Request}
 */
function templateOf(ordering, { url, headers, credentials = "same-origin" }) {
  const { Request } = globalThis;
  const last = templates[Number(ordering)];
  if (last?.url === url && last.credentials === credentials && last.Request === Request && !headers)
    return last.request;
  const request = template(url + (ordering ? "order" : "calculate/order"), { ...INIT, credentials, headers });
  if (!headers) templates[Number(ordering)] = { url, credentials, Request, request };
  return request;
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
  const retryAfter = status < 300 ? undefined : response.headers.get("retry-after");
  const text = await response.text();
  if (typeof text !== "string") throw undefined;
  return {
    status,
    retryAfter: typeof retryAfter === "string" ? retryAfter.slice(0, LONGEST_HEADER) : undefined,
    text,
    reply: parse(text),
  };
}
