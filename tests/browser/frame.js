// @ts-check
// Tasks for a page of the test server's own origin. The URL names a task after `#`: its result is posted to the parent.
import { orderWhereReplaced } from "./replaced.js";
import { equal, minimal } from "./support.js";

/** @type {Record<string, () => Promise<unknown>>} */
const tasks = {
  /** Calls a backend on the page's own origin. */
  async ownOrigin() {
    const { calculate, order } = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
    const options = { baseUrl: `/sandbox/own-${Date.now()}-${Math.random()}`, apiKey: "demo-key" };
    const quote = await calculate(minimal.calculate.IPv4, options);
    const receipt = await order(minimal.order.IPv4, options);
    /** @type {any[]} */
    const requests = await (await fetch(`${options.baseUrl}/__sandbox/requests`)).json();
    const orders = await (await fetch(`${options.baseUrl}/__sandbox/orders`)).json();
    return {
      quote,
      receipt,
      idempotencyKeys: requests
        .filter(({ path }) => !path.includes("/calculate/"))
        .map(({ headers }) => headers["idempotency-key"]),
      booked: orders.length,
    };
  },

  /** Orders and loses the answer, places the same order, and repeats it with the idempotency key of the error. */
  async lostAnswer() {
    const { order } = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
    const baseUrl = `/sandbox/lost-${Date.now()}-${Math.random()}`;
    const apiKey = "demo-key";
    /** @param {any} options */
    const failure = (options) =>
      order(minimal.order.IPv4, options).then(
        () => ({ code: "none" }),
        (/** @type {any} */ { code, idempotencyKey }) => ({ code, idempotencyKey }),
      );
    const first = await failure({ baseUrl, apiKey, headers: { "x-sandbox-fault": "html-502; processed" } });
    const second = await failure({ baseUrl, apiKey });
    const receipt = await order(minimal.order.IPv4, {
      baseUrl,
      apiKey,
      idempotencyKey: second.idempotencyKey,
      repeat: true,
    });
    /** @type {any[]} */
    const requests = await (await fetch(`${baseUrl}/__sandbox/requests`)).json();
    const booked = await (await fetch(`${baseUrl}/__sandbox/orders`)).json();
    return {
      first,
      second,
      receipt,
      booked,
      idempotencyKeys: requests.map(({ headers }) => headers["idempotency-key"]),
    };
  },

  /** Clicks twice in a page with an opaque origin, each time with a fresh idempotency key. */
  async opaqueOrigin() {
    const { order } = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
    const baseUrl = `${location.origin}/sandbox/opaque-${Date.now()}-${Math.random()}`;
    let clicks = 0;
    /** @param {Record<string, string>} [headers] */
    const click = (headers) =>
      order(minimal.order.IPv4, {
        baseUrl,
        apiKey: "demo-key",
        headers,
        idempotencyKey: `click-${(clicks += 1)}`,
      }).then(
        () => "placed",
        (/** @type {any} */ { code, outcome, idempotencyKey }) => [code, outcome, idempotencyKey].join(" ").trim(),
      );
    const doubleClick = await Promise.all([click(), click()]);
    const lost = await click({ "x-sandbox-fault": "html-502; processed" });
    const again = await click();
    const booked = await (await fetch(`${baseUrl}/__sandbox/orders`)).json();
    return { origin: globalThis.origin, doubleClick, lost, again, booked: booked.length };
  },

  /** Orders in a realm that is frozen before the package is loaded. */
  frozenBefore: () => orderWhereFrozen(freezeRealm, () => {}),

  /** Orders in a realm that is frozen once the package is loaded. */
  frozenAfter: () => orderWhereFrozen(() => {}, freezeRealm),

  /** Orders while globals are replaced. */
  async replacedGlobals() {
    const pkg = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
    await pkg.init();
    /** @type {unknown[]} */
    const unhandled = [];
    addEventListener("unhandledrejection", ({ reason }) => unhandled.push(reason));
    const result = await orderWhereReplaced(pkg);
    equal(unhandled, [], "errors that nobody handled");
    return result;
  },

  /** Calls from a module worker. */
  async inWorker() {
    const worker = new Worker("/tests/browser/in-worker.js", { type: "module" });
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
      });
    } finally {
      worker.terminate();
    }
  },

  /** Calls where the page's CSP may forbid WebAssembly. */
  async underCsp() {
    const { calculate, order, init } = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
    const options = { baseUrl: `/sandbox/csp-${Date.now()}-${Math.random()}`, apiKey: "demo-key", timeoutMs: 5000 };
    /** @param {() => Promise<any>} call */
    const end = async (call) => {
      try {
        return { value: (await call())?.success ?? null };
      } catch (error) {
        const { name, code, outcome, message } = /** @type {any} */ (error);
        return { name, code, outcome, message, isError: error instanceof Error };
      }
    };
    return {
      calculate: await end(() => calculate(minimal.calculate.IPv4, options)),
      order: await end(() => order(minimal.order.IPv4, options)),
      init: await end(() => init()),
    };
  },
};

/** Freezes the engine's own objects and classes, as a hardened page does. */
function freezeRealm() {
  const { Object: root, Reflect: reflect, JSON: json, Math: math, performance: clock, crypto: random } = globalThis;
  for (const value of [root, reflect, json, math, clock, random, WebAssembly]) Object.freeze(value);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!/^[A-Z]\w+$/.test(name) || /^(HTML|SVG|CSS|Window)/.test(name)) continue;
    const value = /** @type {any} */ (globalThis)[name];
    if (typeof value !== "function") continue;
    Object.freeze(value);
    if (value.prototype) Object.freeze(value.prototype);
  }
}

/**
 * Calls of every kind, in a realm that is frozen before or after the package is loaded.
 * @param {() => void} before
 * @param {() => void} after
 */
async function orderWhereFrozen(before, after) {
  before();
  const { calculate, init, order } = await import(/* @vite-ignore */ `${location.origin}/dist/index.js`);
  await init();
  after();
  const baseUrl = `/sandbox/frozen-${Date.now()}-${Math.random()}`;
  const options = { baseUrl, apiKey: "demo-key" };
  /** @type {string | undefined} */
  let latestKey;
  /** @param {any} request @param {any} more */
  const failure = (request, more) =>
    order(request, { ...options, ...more }).then(
      () => "fulfilled",
      (/** @type {any} */ { name, code, outcome, idempotencyKey }) => {
        latestKey = idempotencyKey ?? latestKey;
        return { name, code, outcome };
      },
    );
  const quote = await calculate(minimal.calculate.IPv4, options);
  const invalid = await failure({}, {});
  const lost = await failure(minimal.order.IPv4, { headers: { "x-sandbox-fault": "html-502; processed" } });
  const again = await failure(minimal.order.IPv4, {});
  const receipt = await order(minimal.order.IPv4, { ...options, idempotencyKey: latestKey, repeat: true });
  const orders = await (await fetch(`${baseUrl}/__sandbox/orders`)).json();
  return { quote, invalid, lost, again, receipt, booked: orders.length };
}

const task = location.hash.slice(1);
if (task) {
  tasks[task]().then(
    (result) => parent.postMessage({ result }, "*"),
    (error) => parent.postMessage({ failure: `${task}: ${error?.stack ?? error}` }, "*"),
  );
}
