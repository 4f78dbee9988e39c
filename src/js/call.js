// One call: reads what was handed in, then does what the WebAssembly says until there is an answer.

import { ProxyOrdersError } from "./error.js";
import { giveUp, init, loadedCore } from "./load.js";
import { OPTION_NAMES, REPLY_NAMES, REQUEST_NAMES } from "./names.js";
import { pack, read, REFUSED, USABLE } from "./read.js";
import { isClean, withoutKey } from "./secret.js";

const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const LONGEST_BODY = 2_000;
/** Long enough for every word of a reply that decides anything. */
const LONGEST_WORD = 16;

/**
 * Checks a request that was handed in.
 * @param {boolean} order
 * @param {unknown} request
 */
export function validate(order, request) {
  return loadedCore().validate(order, ...pack(read(request, REQUEST_NAMES, true)));
}

/**
 * Calculates or places an order.
 * @param {boolean} order
 * @param {unknown} request
 * @param {unknown} options
 */
export async function call(order, request, options) {
  const asked = read(request, REQUEST_NAMES, true);
  const given = readOptions(options);
  const limit = new Limit(given.signal, given.timeoutMs);
  /** @type {Known} */
  const known = { outcome: order ? "not_placed" : undefined };
  let wasm;
  try {
    await limit.race(init());
    const { values, href, origin, headers } = given;
    wasm = new (loadedCore().Call)(order, ...pack(asked), ...pack(values), href, origin, headers);
    limit.check();
    if (!wasm.enter()) throw { code: "duplicate_order" };
    return await exchange(order, wasm, given, limit, known);
  } catch (reason) {
    throw rejection(reason, known, given.apiKey);
  } finally {
    limit.end();
    wasm?.free();
  }
}

/** @typedef {{ outcome?: string, idempotencyKey?: string, quote?: any }} Known what every rejection says, once known */

/**
 * Sends requests until a reply is the answer. Throws the details of the rejection.
 * @param {boolean} order
 * @param {any} wasm
 * @param {ReturnType<typeof readOptions>} given
 * @param {Limit} limit
 * @param {Known} known
 */
async function exchange(order, wasm, given, limit, known) {
  for (;;) {
    const { ordering } = wasm;
    let end, cause;
    try {
      const request = limit.newRequest((signal) => wasm.request(signal));
      known.outcome = wasm.outcome;
      if (ordering) known.idempotencyKey = wasm.idempotencyKey;
      end = await limit.race(send(given.fetch ?? globalThis.fetch, request));
    } catch (reason) {
      cause = limit.over ? undefined : reason;
    }
    const reply = parse(end?.text);
    let step;
    if (end) step = wasm.replied(end.status, end.retryAfter, ...pack(outline(reply), LONGEST_WORD), limit.left);
    else if (limit.over) step = wasm.stopped(limit.over.code === "aborted");
    else step = wasm.failed(limit.left);

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
  const quote = known.quote && JSON.parse(JSON.stringify(known.quote), (_, value) => {
    return typeof value === "string" ? withoutKey(value, key) : value;
  });
  if (reason?.code === "timeout") giveUp();
  return new ProxyOrdersError({ ...reason, code: reason.code, cause: reason.cause, ...known, quote });
}

/**
 * The options, and what the engine makes of them.
 * @param {unknown} options
 */
function readOptions(options) {
  const values = read(options, OPTION_NAMES, false);
  /** @param {string} name @param {(value: any) => unknown} [check] */
  const take = (name, check) => {
    const place = OPTION_NAMES.indexOf(name);
    const value = values[place];
    if (check && value !== undefined) values[place] = check(value);
    return /** @type {any} */ (value);
  };
  const origin = pageOrigin();
  let headers = new Headers();
  const signal = take("signal", (value) => (isSignal(value) ? USABLE : value));
  const fetch = take("fetch", (value) => (typeof value === "function" ? USABLE : value));
  take("headers", (value) => {
    if (typeof value === "symbol") return value;
    try {
      headers = new Headers(value);
      return USABLE;
    } catch {
      return REFUSED;
    }
  });
  return {
    values,
    origin,
    headers,
    href: parseUrl(take("baseUrl"), origin),
    apiKey: take("apiKey"),
    signal: isSignal(signal) ? signal : undefined,
    fetch: typeof fetch === "function" ? fetch : undefined,
    timeoutMs: take("timeoutMs"),
  };
}

function pageOrigin() {
  const origin = globalThis.location?.origin;
  return typeof origin === "string" && origin !== "null" ? origin : "";
}

/** @param {unknown} url @param {string} origin */
function parseUrl(url, origin) {
  try {
    return typeof url === "string" ? new URL(url, origin || undefined).href : "";
  } catch {
    return "";
  }
}

/** @param {unknown} value */
function isSignal(value) {
  try {
    return Object.prototype.toString.call(value) === "[object AbortSignal]";
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
  return { status, retryAfter: typeof retryAfter === "string" ? retryAfter : undefined, text };
}

/** @param {string | undefined} text */
function parse(text) {
  try {
    return JSON.parse(/** @type {string} */ (text));
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
    const ms = valid ? timeoutMs : DEFAULT_TIMEOUT_MS;
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
