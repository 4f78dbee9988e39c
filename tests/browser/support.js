// @ts-check
// What scenarios share: assertions, stubs of `fetch`, and the package loaded from the test server.

export { pick, randomOf } from "../support/random.js";
export * from "../support/samples.js";
import { responses } from "../support/samples.js";

/** @typedef {import("../support/samples.js").Fields} Fields */

// ---------------------------------------------------------------------------------------------------- assertions

/** @param {unknown} value @returns {string} */
export function show(value) {
  try {
    if (typeof value === "string") return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
    if (value instanceof Error) return `${value.name}: ${value.message} ${JSON.stringify({ ...value })}`.slice(0, 600);
    if (typeof value === "object" && value !== null) return JSON.stringify(value).slice(0, 600);
    return String(value);
  } catch {
    return "(a value that cannot be shown)";
  }
}

/** @param {unknown} condition @param {string} message @returns {asserts condition} */
export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** @param {any} a @param {any} b @returns {boolean} */
function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/**
 * Asserts that plain data is deeply equal. The order of keys does not matter.
 * @param {unknown} got
 * @param {unknown} expected
 * @param {string} what
 */
export function equal(got, expected, what) {
  assert(same(got, expected), `${what}: expected ${show(expected)}, got ${show(got)}`);
}

/** @param {unknown} got @param {unknown[]} allowed @param {string} what */
export function oneOf(got, allowed, what) {
  assert(allowed.includes(got), `${what}: expected one of ${show(allowed)}, got ${show(got)}`);
}

/** Runs every check and fails with all that went wrong. @param {[string, () => unknown][]} checks */
export async function all(checks) {
  const failed = [];
  for (const [what, check] of checks) {
    try {
      await check();
    } catch (error) {
      failed.push(`${what}: ${error instanceof Error ? error.message : show(error)}`);
    }
  }
  const summary = failed
    .slice(0, 8)
    .map((failure) => failure.slice(0, 500))
    .join("\n  ");
  assert(failed.length === 0, `${failed.length} of ${checks.length} failed, such as\n  ${summary}`);
}

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until a condition holds. @param {() => unknown} condition @param {string} what */
export async function until(condition, what) {
  for (let waited = 0; !(await condition()); waited += 10) {
    assert(waited < 5000, `never happened: ${what}`);
    await sleep(10);
  }
}

// Scenarios may replace the global ones.
const { setTimeout: later, clearTimeout: cancel } = globalThis;

/**
 * The outcome of a promise that must not stay pending.
 * @template T
 * @param {PromiseLike<T> | T} promise
 * @param {number} [ms]
 * @param {string} [what]
 */
export async function settled(promise, ms = 5000, what = "the call") {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = later(() => reject(new Error(`${what} was still pending after ${ms} ms`)), ms);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    cancel(timer);
  }
}

// ------------------------------------------------------------------------------------------------- stubs of fetch

/** The API key of calls that name no other. It must appear in nothing but the URL. */
export const API_KEY = "s3cr3t/kéy";

/** @param {Fields} fields @param {string} name */
export function without(fields, name) {
  const { [name]: _, ...rest } = fields;
  return rest;
}

/**
 * Makes a real `Response`, a new one for each request.
 * @param {unknown} body text, or what becomes JSON @param {number} [status] @param {Record<string, string>} [headers]
 */
export function respondWith(body, status = 200, headers = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return () => new Response(text, { status, headers: { "content-type": "application/json", ...headers } });
}

/** Does not respond, and fails as `fetch` does once its request is aborted. @param {Request} request */
export const untilAborted = (request) =>
  new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));

/** Does not settle, even when its request is aborted. */
export const neverSettles = () => new Promise(() => {});

/** A response whose body never ends. @param {Request} request */
export function stalledBody(request) {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"success":'));
      request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
    },
  });
  return new Response(stream);
}

/** Fails as `fetch` does when no connection can be made. @returns {never} */
export const offline = () => {
  throw new TypeError("Failed to fetch");
};

/**
 * A stub that throws, where an async function would return a rejected promise.
 * @param {unknown} value
 */
export const throwsAtOnce = (value) => () => {
  throw value;
};

const requiredFields = ["proxyType", "quantity", "rentPeriodDays", "goal", "country"];

/**
 * A `fetch` that responds to the n-th request with the n-th response, and to further ones with the last. A body that
 * lacks a required field gets status 400, so that no call succeeds without sending every required field.
 * @param {...((request: Request, index: number) => any)} responses
 */
export function stub(...responses) {
  /**
   * @type {{ request: Request, url: string, path: string, headers: Headers, at: number, body: string,
   *   json: any }[]}
   */
  const requests = [];
  /** @param {Request} request */
  async function fetch(request) {
    const index = requests.length;
    const record = {
      request,
      url: request.url,
      path: new URL(request.url).pathname,
      headers: request.headers,
      at: performance.now(),
      body: "",
      json: undefined,
    };
    requests.push(record);
    record.body = await request.clone().text();
    record.json = JSON.parse(record.body);
    const needed = isOrder(request.url) ? [...requiredFields, "authType"] : requiredFields;
    if (!needed.every((name) => name in record.json)) return new Response("An incomplete body", { status: 400 });
    return responses[Math.min(index, responses.length - 1)](request, index);
  }
  return { fetch, requests };
}

/** A stub of both endpoints. @param {Fields} [quote] @param {(request: Request, index: number) => any} [ordered] */
export function stubApi(quote = responses.calculate, ordered = respondWith(responses.order)) {
  return stub((request, index) => (isOrder(request.url) ? ordered(request, index) : respondWith(quote)()));
}

/** @param {string} url */
export const isOrder = (url) => !url.includes("/calculate/");

/** A `fetch` that is told how it ends: with a receipt, or as without a connection. */
export function held() {
  let calls = 0;
  let fail = () => {};
  let succeed = () => {};
  const end = new Promise((resolve, reject) => {
    fail = () => reject(new TypeError("Failed to fetch"));
    succeed = () => resolve(respondWith(responses.order)());
  });
  const fetch = () => {
    calls += 1;
    return end;
  };
  return { fetch, isCalled: () => calls > 0, fail, succeed };
}

/** How many of the requests that a stub received are orders. @param {{ requests: { url: string }[] }} api */
export const countOrders = (api) => api.requests.filter(({ url }) => isOrder(url)).length;

let origins = 0;

/** A base URL that no other call has. */
export const newBaseUrl = () => `https://api${(origins += 1)}.example`;

/**
 * Options of calls that a stub answers. Without a `baseUrl`, they get a new one: a pending or unresolved order of other
 * options never stops their orders.
 * @param {Function} fetch @param {Fields} [more] @returns {any}
 */
export const stubbed = (fetch, more = {}) => ({
  baseUrl: newBaseUrl(),
  apiKey: API_KEY,
  fetch,
  maxRetries: 0,
  ...more,
});

/** Options of a guarded order whose calculation is retried once. */
export const guarded = { maxPrice: 5, maxRetries: 1, idempotencyKey: "once", timeoutMs: 2000, headers: { "x-a": "b" } };

const unavailable = respondWith("", 503, { "retry-after": "0" });
const quoted = respondWith(responses.calculate);
const receipt = respondWith(responses.order);

/** A stub that counts orders; the first calculation fails. @param {(isOrder: boolean) => void} [onRequest] */
export function guardedApi(onRequest = () => {}) {
  let requests = 0;
  const counted = {
    orders: 0,
    fetch: async (/** @type {Request} */ { url }) => {
      requests += 1;
      const isOrder = !url.endsWith("/calculate/order");
      counted.orders += isOrder ? 1 : 0;
      onRequest(isOrder);
      if (isOrder) return receipt();
      return requests === 1 ? unavailable() : quoted();
    },
  };
  return counted;
}

// --------------------------------------------------------------------------------------------------------- clocks

/**
 * Runs something while a clock shows another time. The clock is that of the whole page.
 * @template T @param {{ now: () => number }} clock `Date` or `performance` @param {(now: number) => number} time
 * @param {() => Promise<T>} run @returns {Promise<T>}
 */
export async function withClock(clock, time, run) {
  const now = clock.now.bind(clock);
  const before = Object.getOwnPropertyDescriptor(clock, "now");
  Object.defineProperty(clock, "now", { value: () => time(now()), configurable: true, writable: true });
  try {
    return await run();
  } finally {
    if (before) Object.defineProperty(clock, "now", before);
    else Reflect.deleteProperty(clock, "now");
  }
}

// --------------------------------------------------------------------------------------------------------- memory

/** What the engine itself may add to the heap meanwhile, in bytes. */
export const HEAP_TOLERANCE = 2 ** 20;

/** Bytes on the JavaScript heap after a garbage collection; 0 where the engine does not report them. */
export async function heap() {
  const { gc, performance } = /** @type {any} */ (globalThis);
  await gc?.({ execution: "async" });
  return performance.memory?.usedJSHeapSize ?? 0;
}

// --------------------------------------------------------------------------------------------------------- errors

/** Every text that can be reached from a value: names, fields, causes and items. @param {unknown} value */
export function textsOf(value) {
  /** @type {string[]} */
  const texts = [];
  const seen = new Set();
  const todo = [value];
  while (todo.length > 0 && seen.size < 10_000) {
    const next = todo.pop();
    if (typeof next === "string") texts.push(next);
    if (((typeof next !== "object" || next === null) && typeof next !== "function") || seen.has(next)) continue;
    seen.add(next);
    try {
      if (next instanceof Error || next instanceof DOMException) texts.push(String(next.message), String(next.stack));
      for (const key of Reflect.ownKeys(next)) {
        if (typeof key === "string") texts.push(key);
        const field = Object.getOwnPropertyDescriptor(next, key);
        if (field && "value" in field) todo.push(field.value);
      }
    } catch {
      // A hostile value cannot be read.
    }
  }
  return texts;
}

/** @param {unknown} value @param {string} what @param {string} [apiKey] */
export function assertNoApiKey(value, what, apiKey = API_KEY) {
  const found = textsOf(value).find((text) => text.includes(apiKey) || text.includes(encodeURIComponent(apiKey)));
  assert(found === undefined, `${what} shows the API key: ${show(found)}`);
}

const codes = {
  invalid_request: ["issues"],
  invalid_options: ["issues"],
  not_loaded: [],
  aborted: [],
  timeout: [],
  network: [],
  http: ["status", "body"],
  invalid_response: ["status", "body"],
  refused: ["quote"],
  duplicate_order: [],
  unresolved_order: [],
};

/**
 * The error that a call must reject with, and soon; whatever the case, it is a real `Error` that carries what its code
 * promises and does not show the API key.
 * @param {PromiseLike<unknown>} promise @param {keyof typeof codes | (keyof typeof codes)[]} code
 * @param {{ outcome?: string | string[], apiKey?: string, ms?: number }} [more] @returns {Promise<any>}
 */
export async function rejected(promise, code, { outcome, apiKey, ms } = {}) {
  /** @type {any} */
  let error;
  let failed = false;
  assert(promise instanceof Promise, "a call gives a promise");
  const value = await settled(
    promise.catch((reason) => {
      failed = true;
      error = reason;
    }),
    ms,
  );
  assert(failed, `expected an error with ${code}, got the value ${show(value)}`);
  checkError(error, apiKey);
  oneOf(error.code, [code].flat(), `code of ${show(error)}`);
  if (outcome === undefined) equal(error.outcome, undefined, `outcome of ${show(error)}`);
  else oneOf(error.outcome, [outcome].flat(), `outcome of ${show(error)}`);
  return error;
}

/** @param {any} error @param {string} [apiKey] */
export function checkError(error, apiKey = API_KEY) {
  assert(error instanceof Error, `not a real Error: ${show(error)}`);
  equal(Object.prototype.toString.call(error), "[object Error]", "class of the error");
  equal(error.name, "ProxyOrdersError", "name");
  assert(typeof error.message === "string" && error.message !== "", "message is text");
  assert(typeof error.stack === "string", "stack is text");
  const fields = /** @type {any} */ (error);
  const { code } = fields;
  assert(Object.hasOwn(codes, code), `unknown code ${show(code)}`);
  /** @type {string[]} */
  const carried = codes[/** @type {keyof typeof codes} */ (code)];
  for (const field of carried) assert(field in error, `${code} carries ${field}`);
  for (const field of ["issues", "status", "body"]) {
    if (!carried.includes(field)) equal(fields[field], undefined, `${field} of ${code}`);
  }
  if (code !== "http") equal(fields.retryAfterMs, undefined, `retryAfterMs of ${code}`);
  const { issues, body, status } = fields;
  if (issues !== undefined) checkIssues(issues);
  if (body !== undefined) assert(typeof body === "string" && body.length <= 2000, `body is short text: ${show(body)}`);
  if (status !== undefined) assert(Number.isInteger(status), `status is whole: ${show(status)}`);
  // The cause of an abort is the caller's own reason, whatever it holds.
  assertNoApiKey(code === "aborted" ? [error.message, error.stack] : error, code, apiKey);
}

const issueCodes = ["required", "wrong_type", "not_allowed", "out_of_range", "malformed", "unknown_field"];

/** @param {any} issues */
export function checkIssues(issues) {
  assert(Array.isArray(issues) && issues.length > 0, `issues are a list with at least one: ${show(issues)}`);
  for (const issue of issues) {
    equal(Object.keys(issue).sort(), ["code", "message", "path"], `fields of the issue ${show(issue)}`);
    assert(Array.isArray(issue.path) && issue.path.length <= 1, `path: ${show(issue)}`);
    oneOf(issue.code, issueCodes, "issue code");
    checkSentence(issue.message);
  }
}

/** A plain sentence that a shop can show to its customer. @param {string} text */
export function checkSentence(text) {
  assert(typeof text === "string", `message is text: ${show(text)}`);
  assert(/[.!?]$/.test(text), `a sentence ends with a stop: ${show(text)}`);
  assert(text.length < 300, `too long for a form: ${show(text)}`);
  const foreign =
    /`|\b(rust|serde|invalid type|u32|usize|f64|i64|JsValue|null|undefined|NaN)\b|[a-z_]::[a-z_]|Error:|\bOption</i;
  assert(!foreign.test(text), `not for a customer: ${show(text)}`);
}

/** Each issue as `field:code`, sorted. @param {any[]} issues */
export const summaryOf = (issues) => issues.map(({ path, code }) => `${path.join(".")}:${code}`).sort();

// -------------------------------------------------------------------------------------------------- the test server

/** @typedef {Awaited<ReturnType<typeof setUp>>} Test */

/** Imports the package. @param {string} url of its index.js @returns {Promise<any>} */
export const importPackage = (url) => import(/* @vite-ignore */ url);

/** The package's `.wasm` file. @param {{ url: string }} server @returns {Promise<ArrayBuffer>} */
export const binaryOf = async ({ url }) => (await fetch(`${url}/dist/proxy_orders_bg.wasm`)).arrayBuffer();

/** The memory of the WebAssembly that is loaded meanwhile. @param {() => Promise<void>} load */
async function memoryLoadedBy(load) {
  const { instantiate } = WebAssembly;
  /** @type {WebAssembly.Memory | undefined} */
  let memory;
  WebAssembly.instantiate = /** @type {any} */ (
    /** @param {[WebAssembly.Module, any]} args */ async (...args) => {
      const instance = await instantiate(...args);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      return instance;
    }
  );
  try {
    await load();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  assert(memory, "the memory of the WebAssembly was seen");
  return memory;
}

/** @type {string[]} */
const written = [];

/** Records what is written to the console. */
function watchConsole() {
  for (const method of /** @type {const} */ (["debug", "log", "info", "warn", "error", "trace"])) {
    const write = console[method];
    console[method] = (...args) => {
      written.push(...args.flatMap((value) => (typeof value === "string" ? value : textsOf(value))));
      write.apply(console, args);
    };
  }
}

/** @type {unknown[]} */
const unhandled = [];
addEventListener("unhandledrejection", (event) => unhandled.push(event.reason));

let lastId = 0;
const unique = () => `${Date.now().toString(36)}${(lastId += 1)}`;

const engine = /firefox/i.test(navigator.userAgent)
  ? "firefox"
  : "chrome" in globalThis || /chrom/i.test(navigator.userAgent)
    ? "chromium"
    : "webkit";

/** @param {string} url of the test server */
export async function setUp(url) {
  watchConsole();
  const pkg = await importPackage(`${url}/dist/index.js`);
  const memory = await memoryLoadedBy(() => pkg.init());

  /** @param {string} path @param {RequestInit} [init] */
  const control = async (path, init) => (await fetch(`${url}${path}`, init)).json();

  return {
    url,
    engine,
    /** The package, loaded. */
    pkg,
    written,
    unhandled,
    /** Whether many more calls are made than in a usual run of the tests: `SOAK=1`. @type {boolean} */
    soak: await control("/soak"),

    /** Prints a line in the terminal that runs the tests. @param {string} text */
    log: (text) => control("/log", { method: "POST", body: `[${engine}] ${text}` }),

    /** Bytes of linear memory. */
    linearMemory: () => memory.buffer.byteLength,

    /** The package as a module of its own, not loaded yet. @param {string} [file] */
    fresh: (file = "dist/index.js") => importPackage(`${url}/${file}?${unique()}`),

    /**
     * A new sandbox API. The kind `no-keys-` ignores idempotency keys, as YouProxy's API does.
     * @param {Fields} [more] options of each call @param {"" | "no-keys-"} [kind]
     */
    sandbox(more = {}, kind = "") {
      const baseUrl = `${url}/sandbox/${kind}${unique()}`;
      /** @param {string} fault @param {Fields} [others] @returns {any} */
      const withFault = (fault, others) => ({ ...options, headers: { "x-sandbox-fault": fault }, ...others });
      const options = { baseUrl, apiKey: "demo-key", timeoutMs: 5000, ...more };
      return {
        /** @type {any} */
        options,
        withFault,
        /** What was posted, without preflights. @returns {Promise<any[]>} */
        posts: async () =>
          (await control(baseUrl.slice(url.length) + "/__sandbox/requests")).filter(
            (/** @type {any} */ { method }) => method === "POST",
          ),
        /** @returns {Promise<any[]>} */
        orders: () => control(baseUrl.slice(url.length) + "/__sandbox/orders"),
      };
    },

    /**
     * A server that sends these responses, one after the other.
     * @param {...import("./server.js").ScriptedResponse} responses
     */
    async script(...responses) {
      const path = `/script/${unique()}`;
      await control(path, { method: "PUT", body: JSON.stringify(responses) });
      return {
        /** @type {any} */
        options: { baseUrl: url + path, apiKey: API_KEY, timeoutMs: 5000, maxRetries: 0 },
        /** @returns {Promise<import("./server.js").Received[]>} */
        received: () => control(path),
      };
    },

    /**
     * Runs a task of frame.js in a page of the test server's own origin, or of an opaque one.
     * @param {string} task @param {{ csp?: string, ms?: number, isOpaque?: boolean }} [options] `ms` is its time limit
     * @returns {Promise<any>}
     */
    async inFrame(task, { csp, ms = 15_000, isOpaque = false } = {}) {
      const frame = document.createElement("iframe");
      const query = csp === undefined ? "" : `?csp=${encodeURIComponent(csp)}`;
      frame.src = `${url}/frame.html${query}#${task}`;
      if (isOpaque) frame.setAttribute("sandbox", "allow-scripts");
      const answer = new Promise((resolve) => {
        addEventListener("message", function listen({ data, source }) {
          if (source !== frame.contentWindow) return;
          removeEventListener("message", listen);
          resolve(data);
        });
      });
      document.body.append(frame);
      try {
        const { result, failure } = await settled(answer, ms, `frame ${task}`);
        assert(failure === undefined, failure);
        return result;
      } finally {
        frame.remove();
      }
    },
  };
}

/** Another realm of this origin: a frame, which the caller removes. */
export function otherRealm() {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  return { window: /** @type {any} */ (frame.contentWindow), remove: () => frame.remove() };
}
