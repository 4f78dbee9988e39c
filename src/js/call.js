// One call: reads what was handed in, then does what the WebAssembly says until there is an answer.

import { describe, describeUnknown, Exchange, judgeOptions, judgeRequest } from "../../target/bindgen/core.js";

import { isCode, ProxyOrdersError } from "./error.js";
import { giveUp, init, isLoaded, needLoaded } from "./load.js";
import { OPTION_NAMES, REPLY_NAMES, REQUEST_NAMES } from "./names.js";
import { pack, read, REFUSED, USABLE } from "./read.js";
import { isClean, withoutKey } from "./secret.js";

/** @import { Read } from "./read.js" */

const DEFAULT_TIMEOUT_MS = 30_000;
const ABORTED_WAIT_MS = 1_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const LONGEST_BODY = 2_000;
const LONGEST_NAME = 100;
/** @type {RequestInit} */
const INIT = { method: "POST", cache: "no-store", redirect: "error", referrer: "", referrerPolicy: "no-referrer" };
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
    if (!isLoaded()) await limit.race(init());
    const plan = check(order, asked, given);
    limit.check();
    const twin = plan.url + plan.bodies.order;
    if (order && underWay.includes(twin) && !given.allowDuplicate) throw { code: "duplicate_order" };
    if (order) underWay.push((identity = twin));
    const guards = order ? given : {};
    exchange = new Exchange(order, given.maxRetries ?? 2, guards.maxPrice, guards.requirePromoCode);
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
 * @param {ReturnType<typeof readOptions>} given
 */
function check(order, asked, given) {
  const invalid = checkOptions(order, given);
  if (invalid.length) throw { code: "invalid_options", issues: invalid };
  const [fields, issues] = checkRequest(order, asked);
  if (issues.length) throw { code: "invalid_request", issues };
  const calculation = order ? checkRequest(false, asked)[0] : fields;
  return {
    url: `${given.href.replace(/\/+$/, "")}/client/api/v1/${encodeURIComponent(given.apiKey)}/`,
    bodies: { calculate: JSON.stringify(pick(asked, calculation)), order: JSON.stringify(pick(asked, fields)) },
    idempotencyKey: order ? takeIdempotencyKey(given) : undefined,
  };
}

/** @param {boolean} order @param {Read} asked @returns {[number, any[]]} */
function checkRequest(order, asked) {
  const { numbers, texts } = pack(asked.values);
  const verdict = judgeRequest(order, numbers, texts);
  return [verdict, issuesOf(false, verdict, asked, REQUEST_NAMES)];
}

/** @param {boolean} order @param {ReturnType<typeof readOptions>} given */
function checkOptions(order, given) {
  const { numbers, texts } = pack([...given.read.values, given.href, given.ownOrigin]);
  const verdict = judgeOptions(order, numbers, texts);
  return issuesOf(true, verdict, given.read, OPTION_NAMES);
}

/** What the core says about each fault, once asked. @type {Map<number, string>} */
const described = new Map();

/**
 * The issues that a verdict means: below zero it has three bits for the fault of each value.
 * @param {boolean} options
 * @param {number} verdict
 * @param {Read} read
 * @param {string[]} names
 */
function issuesOf(options, verdict, { values, unknown }, names) {
  const issues = [];
  if (!values.length) verdict = -1;
  for (let place = 0, rest = -verdict; rest > 0; place++, rest = Math.floor(rest / 8)) {
    const fault = rest % 8;
    if (fault === 0) continue;
    const subject = values.length ? place : names.length;
    const number = (subject * 8 + fault) * 2 + Number(options);
    let words = described.get(number);
    if (!words) described.set(number, (words = describe(options, subject, fault)));
    const end = words.indexOf(" ");
    issues.push({
      path: values.length ? [names[place]] : [],
      code: words.slice(0, end),
      message: words.slice(end + 1),
    });
  }
  for (const name of unknown) {
    const message = describeUnknown(options, name.slice(0, LONGEST_NAME));
    issues.push({ path: [name], code: "unknown_field", message });
  }
  return issues;
}

/**
 * A fresh object of the values whose bits are set.
 * @param {Read} asked
 * @param {number} fields
 */
function pick({ values }, fields) {
  /** @type {Record<string, unknown>} */
  const picked = {};
  for (let place = 0; place < REQUEST_NAMES.length; place++) {
    if ((fields >> place) & 1) picked[REQUEST_NAMES[place]] = values[place];
  }
  return picked;
}

/**
 * The key by which a backend books an order once. It is no part of the calculation before the order.
 * @param {ReturnType<typeof readOptions>} given
 */
function takeIdempotencyKey({ idempotencyKey, headers, ownOrigin }) {
  const given = idempotencyKey ?? headers?.get("idempotency-key") ?? undefined;
  headers?.delete("idempotency-key");
  if (given !== undefined || !ownOrigin) return given;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @typedef {{ outcome?: string | undefined, idempotencyKey?: string | undefined, quote?: any }} Known what every rejection says, once known */

/**
 * Sends requests until a reply is the answer. Throws the details of the rejection.
 * @param {boolean} order
 * @param {any} exchange
 * @param {ReturnType<typeof check>} plan
 * @param {ReturnType<typeof readOptions>} given
 * @param {Limit} limit
 * @param {Known} known
 */
async function run(order, exchange, plan, given, limit, known) {
  for (;;) {
    const { ordering } = exchange;
    let end, cause;
    try {
      const url = plan.url + (ordering ? "order" : "calculate/order");
      const body = ordering ? plan.bodies.order : plan.bodies.calculate;
      const key = ordering ? plan.idempotencyKey : undefined;
      const request = limit.newRequest((signal) =>
        exchange.request(url, { ...INIT, credentials: given.credentials, headers: given.headers, body, signal }, key),
      );
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

    const documented = step.documented ? copy(ordering, reply, step) : undefined;
    if (order && !ordering) known.quote = documented;
    if (step.code) throw { code: step.code, ...limit.over, ...evidence(step, end, cause, given.apiKey) };
    if (step.afterMs === undefined) return documented;
    if (step.afterMs > 0) await limit.pause(step.afterMs);
    limit.check();
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
 * The options, and what the engine makes of them.
 * @param {unknown} options
 */
function readOptions(options) {
  const given = read(options, OPTION_NAMES, false);
  /** @type {Record<string, any>} */
  const all = {};
  given.values.forEach((value, place) => (all[OPTION_NAMES[place]] = value));
  let headers;
  /** @param {string} name @param {unknown} kind */
  const mark = (name, kind) => (given.values[OPTION_NAMES.indexOf(name)] = kind);
  try {
    if (all.headers !== undefined && typeof all.headers !== "symbol") {
      headers = new Headers(all.headers);
      mark("headers", USABLE);
    }
  } catch {
    mark("headers", REFUSED);
  }
  const signal = all.signal !== undefined && isSignal(all.signal) ? all.signal : undefined;
  if (signal) mark("signal", USABLE);
  const fetch = typeof all.fetch === "function" ? all.fetch : undefined;
  if (fetch) mark("fetch", USABLE);
  const { href, ownOrigin } = parseUrl(all.baseUrl);
  return {
    .../** @type {any} */ (all),
    read: given,
    href,
    ownOrigin,
    headers,
    credentials: all.credentials ?? "same-origin",
    signal,
    fetch,
  };
}

/** The last base URL, and what the engine made of it: nearly always the next one as well. */
let lastUrl = { raw: /** @type {unknown} */ (undefined), location: globalThis.location, href: "", ownOrigin: false };

/** @param {unknown} raw */
function parseUrl(raw) {
  const { location } = globalThis;
  if (raw === lastUrl.raw && location === lastUrl.location) return lastUrl;
  const origin = typeof location?.origin === "string" && location.origin !== "null" ? location.origin : "";
  let href = "";
  try {
    if (typeof raw === "string") href = new URL(raw, origin || undefined).href;
  } catch {
    // It stays empty, which is an issue.
  }
  return (lastUrl = { raw, location, href, ownOrigin: origin !== "" && `${href}/`.startsWith(`${origin}/`) });
}

/** @param {unknown} value */
function isSignal(value) {
  try {
    const { aborted } = /** @type {AbortSignal} */ (value);
    return typeof aborted === "boolean" && Object.prototype.toString.call(value) === "[object AbortSignal]";
  } catch {
    return false;
  }
}

/**
 * Hands a request over and reads the reply to its end. The reply may be any object that looks like a `Response`.
 * @param {(request: Request) => any} fetch
 * @param {Request} request
 */
async function send(fetch, request) {
  const response = await fetch(request);
  const { status } = response;
  if (!Number.isInteger(status) || status < 1) throw undefined;
  const retryAfter = response.headers.get("retry-after");
  const text = await response.text();
  if (typeof text !== "string") throw undefined;
  return { status, retryAfter: typeof retryAfter === "string" ? retryAfter.slice(0, LONGEST_NAME) : undefined, text };
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
 * The values by which a reply is recognised.
 * @param {any} reply
 */
function outline(reply) {
  if (typeof reply !== "object" || reply === null) return [];
  const { error, warnings } = reply;
  const values = REPLY_NAMES.map((name) => {
    const value = reply[name];
    const wanted = name === "warnings" ? Array.isArray(value) : name === "error" && typeof value === "object";
    return wanted && value !== null ? USABLE : value;
  });
  values.push(error?.code, error?.message);
  const seen = new Set();
  for (const warning of Array.isArray(warnings) ? warnings : []) {
    const code = warning?.code;
    const message = warning?.message;
    const kind = `${typeof code} ${Number.isFinite(code)} ${typeof message}`;
    if (!seen.has(kind)) values.push(code, message);
    seen.add(kind);
  }
  return values;
}

const CALCULATE_ONLY = ["price", "discount", "warnings"];

/**
 * The documented fields of a reply.
 * @param {boolean} order
 * @param {any} reply
 * @param {any} step
 */
function copy(order, reply, { hasBalance, hasCurrency }) {
  const { success } = reply;
  /** @type {Record<string, unknown>} */
  const fields = {};
  for (const name of REPLY_NAMES) {
    if (order ? CALCULATE_ONLY.includes(name) : name === "orderNumber") continue;
    fields[name] = success ? (reply[name] ?? null) : null;
  }
  if (success) {
    if (reply.warnings) fields.warnings = reply.warnings.length ? reply.warnings.map(fault) : null;
  } else {
    fields.success = false;
    fields.balance = hasBalance ? reply.balance : null;
    fields.currency = hasCurrency ? reply.currency : null;
    fields.error = fault(reply.error);
  }
  return fields;
}

/** @param {{ code: number, message: string }} fault */
function fault({ code, message }) {
  return { code, message };
}

/** The caller's signal and the deadline of one call. */
class Limit {
  /** Why the call is over, once it is. @type {{ code: string, cause?: unknown } | undefined} */
  over;
  #signal;
  #deadline;
  #timer;
  /** @type {AbortController | undefined} */
  #attempt;
  /** @type {(reason: unknown) => void} */
  #stop = () => {};
  #stopped;

  /** @param {AbortSignal | undefined} signal @param {unknown} timeoutMs */
  constructor(signal, timeoutMs) {
    const valid = typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS;
    const allowed = valid ? timeoutMs : DEFAULT_TIMEOUT_MS;
    // Options and request are checked even so, but an aborted call does not wait for the WebAssembly for long.
    const ms = signal?.aborted ? Math.min(allowed, ABORTED_WAIT_MS) : allowed;
    this.#stopped = new Promise((_, reject) => (this.#stop = reject));
    this.#stopped.catch(() => {});
    this.#signal = signal;
    this.#deadline = performance.now() + ms;
    this.#timer = setTimeout(this.#fire, ms);
    try {
      signal?.addEventListener("abort", this.#fire);
    } catch {
      this.#signal = undefined;
    }
  }

  /** Milliseconds until the deadline. */
  get left() {
    return this.#deadline - performance.now();
  }

  /** Throws if the call is over. */
  check() {
    if (this.#signal?.aborted || this.left <= 0) this.#fire();
    if (this.over) throw this.over;
  }

  /**
   * The result of `work`, unless the call is over before.
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  race(work) {
    return Promise.race([work, this.#stopped]);
  }

  /** @param {number} ms */
  async pause(ms) {
    let timer;
    try {
      await this.race(new Promise((resolve) => (timer = setTimeout(resolve, ms))));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Makes the request of a new attempt, which ends with the call. Where the page's AbortSignal is foreign to its
   * Request, as under jsdom, the request does without.
   * @param {(signal?: AbortSignal) => Request} make
   */
  newRequest(make) {
    this.#attempt = new AbortController();
    try {
      return make(this.#attempt.signal);
    } catch {
      return make();
    }
  }

  /** Leaves no timer and no listener behind. */
  end() {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#fire);
  }

  #fire = () => {
    const signal = this.#signal;
    this.over ??= signal?.aborted ? { code: "aborted", cause: signal.reason } : { code: "timeout" };
    this.#stop(this.over);
    this.#attempt?.abort();
  };
}
