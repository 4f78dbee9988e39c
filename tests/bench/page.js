// Runs in the browser: one function per measurement. A page measures one peer, once, and is thrown away.
// @ts-check
import { invalid, orders, replies, requests, valid } from "./cases.js";

const options = { baseUrl: "/api", apiKey: "self" };
const receipt =
  '{"success":true,"proxyType":"IPv4","orderNumber":"NUMBER-112233","balance":4.57,"currency":"USD","error":null,"promoCodeStatus":null}';
const quote =
  '{"success":true,"proxyType":"IPv4","balance":7.18,"price":1.31,"currency":"USD","discount":0,"promoCodeStatus":null,"error":null,"warnings":null}';
const refusal =
  '{"success":false,"proxyType":null,"orderNumber":null,"balance":7.18,"currency":"USD","error":{"code":14,"message":"Incorrect goal"},"promoCodeStatus":null}';

const realFetch = globalThis.fetch;
const headers = { "content-type": "application/json" };
const answer = (/** @type {string} */ body, status = 200) => new Response(body, { status, headers });

/**
 * Does the job that the server has for this page, once the page is at rest, and reports.
 *
 * @param {{ what: string, given: unknown[], rest: number }} job
 */
export async function run({ what, given, rest }) {
  /** @type {Record<string, any>} */
  const functions = { verify, cold, speed, memory, growth };
  let report;
  try {
    await new Promise((resolve) => setTimeout(resolve, rest));
    report = { found: await functions[what](...given) };
  } catch (error) {
    report = { fault: String(/** @type {any} */ (error)?.stack ?? error) };
  }
  await realFetch(location.href, { method: "POST", body: JSON.stringify(report) });
}

/** @param {(request: any, init?: RequestInit) => any} stub */
function stubFetch(stub) {
  globalThis.fetch = async (request, init) => stub(request, init);
}

/** @param {string} url */
async function load(url) {
  const peer = await import(url);
  await peer.init?.();
  return peer;
}

/** @param {unknown} value */
function sorted(value) {
  return JSON.stringify(value, (_key, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * The number of checks made, and every disagreement with what is expected.
 *
 * @param {string} url
 * @param {Record<string, any>} samples
 * @param {boolean} checks whether the peer checks anything
 */
async function verify(url, samples, checks) {
  const peer = await load(url);
  /** @type {string[]} */
  const faults = [];
  let count = 0;
  const same = (/** @type {string} */ name, /** @type {unknown} */ found, /** @type {unknown} */ expected) => {
    count += 1;
    if (sorted(found) !== sorted(expected)) faults.push(`${name}: ${sorted(found)}, not ${sorted(expected)}`);
  };
  const outcome = async (/** @type {Promise<any>} */ call) =>
    call.then(
      (value) => ({ value }),
      (error) => ({ code: error.code }),
    );

  /** @type {any} */
  let sent;
  for (const [name, sample] of Object.entries(samples)) {
    const [verb, proxyType] = name.split("/");
    stubFetch(async (request, init) => {
      const real = new Request(request, init);
      sent = { url: new URL(real.url).pathname, method: real.method, body: await real.json() };
      return answer(JSON.stringify(sample));
    });
    const { authType, authIp, protocol, ...priced } = orders[proxyType];
    const body = verb === "order" ? orders[proxyType] : priced;
    same(name, await peer[verb](body, options), sample);
    const path = verb === "order" ? "order" : "calculate/order";
    same(`${name}, sent`, sent, { url: `/api/client/api/v1/self/${path}`, method: "POST", body });
  }
  if (!checks) return { count, faults };

  for (const { name, status, body, value, code } of replies) {
    stubFetch(() => answer(body, status));
    same(`reply: ${name}`, await outcome(peer.order(valid, options)), value ? { value } : { code });
  }
  stubFetch(() => {
    throw new TypeError("Failed to fetch");
  });
  same("no connection", await outcome(peer.order(valid, options)), { code: "network" });
  stubFetch(() => faults.push("An invalid request was sent."));
  same("invalid request", await outcome(peer.order(invalid, options)), { code: "invalid_request" });
  for (const { name, request, order, calculate, value } of requests) {
    for (const [verdict, expected] of [
      [peer.validateOrder(request), order],
      [peer.validateCalculate(request), calculate],
    ]) {
      const issues = verdict.issues ?? [];
      const fields = new Set(issues.map((/** @type {any} */ { path }) => path.join(".")));
      same(name, [...fields].sort(), [...expected].sort());
      same(
        `${name}, messages`,
        issues.every((/** @type {any} */ { message }) => /\w \w.*[.?]$/.test(message)),
        true,
      );
    }
    if (!order.length) same(`${name}, value`, peer.validateOrder(request).value, value ?? request);
  }
  return { count, faults };
}

/**
 * Milliseconds from `import()` to the first request at `fetch`.
 *
 * @param {string} url
 */
async function cold(url) {
  const arrived = new Promise((resolve) => {
    globalThis.fetch = async (request, init) => {
      if (String(request).endsWith(".wasm")) return realFetch(request, init);
      resolve(performance.now());
      return answer(receipt);
    };
  });
  const started = performance.now();
  const peer = await import(url);
  const placed = peer.order(valid, options);
  const end = await arrived;
  await placed;
  return end - started;
}

/** How often in a second `work` was done. @param {() => void} work @param {number} ms */
function rate(work, ms) {
  const started = performance.now();
  let count = 0;
  let passed;
  do {
    for (let index = 0; index < 100; index += 1) work();
    count += 100;
    passed = performance.now() - started;
  } while (passed < ms);
  return (1000 * count) / passed;
}

/** Microseconds for one awaited `work`. @param {() => Promise<unknown>} work @param {number} ms */
async function cost(work, ms) {
  const started = performance.now();
  let count = 0;
  let passed;
  do {
    for (let index = 0; index < 50; index += 1) await work();
    count += 50;
    passed = performance.now() - started;
  } while (passed < ms);
  return (1000 * passed) / count;
}

/**
 * Validations in a second, and microseconds for one call: with a real `Response`, and with a look-alike.
 *
 * @param {string} url
 * @param {boolean} checks
 * @param {number} ms for each figure
 */
async function speed(url, checks, ms) {
  const peer = await load(url);
  /** @type {Record<string, number>} */
  const found = {};
  if (checks) {
    let good = 0;
    let bad = 0;
    const figures = {
      valid: () => void (peer.validateOrder(valid).value && (good += 1)),
      invalid: () => void (peer.validateOrder(invalid).issues.length === 2 && (bad += 1)),
    };
    for (const [name, work] of Object.entries(figures)) {
      rate(work, ms);
      found[name] = rate(work, ms);
    }
    if (!good || !bad) throw new Error("The validations gave the wrong verdict.");
  }
  const order = async () => {
    const reply = await peer.order(valid, options);
    if (reply.orderNumber !== "NUMBER-112233") throw new Error("The call gave the wrong reply.");
  };
  stubFetch(() => answer(receipt));
  await cost(order, ms);
  found.call = await cost(order, ms);
  if (checks) {
    const none = { get: () => null };
    const light = { status: 200, ok: true, headers: none, text: async () => receipt };
    stubFetch(() => light);
    await cost(order, ms);
    found.light = await cost(order, ms);
  }
  return found;
}

/** Hooks WebAssembly, and answers the bytes of all linear memory from then on. */
function watchMemory() {
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  const note = (/** @type {any} */ made) => {
    for (const part of Object.values((made.instance ?? made).exports)) {
      if (part instanceof WebAssembly.Memory) memories.push(part);
    }
    return made;
  };
  const { instantiate, instantiateStreaming } = WebAssembly;
  /** @type {any} */ (WebAssembly).instantiate = (/** @type {[any]} */ ...given) => instantiate(...given).then(note);
  WebAssembly.instantiateStreaming = (...given) => instantiateStreaming(...given).then(note);
  return () => {
    if (!memories.length) throw new Error("No linear memory was seen.");
    return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  };
}

/** @type {Record<string, (peer: any) => Promise<unknown> | unknown>} */
const kinds = {
  order: (peer) => peer.order(valid, options),
  calculate: (peer) => peer.calculate(valid, options),
  "validate, valid": (peer) => peer.validateOrder(valid),
  "validate, invalid": (peer) => peer.validateOrder(invalid),
  invalid_request: (peer) => peer.order(invalid, options),
  invalid_options: (peer) => peer.order(valid, { ...options, maxprice: 1 }),
  "refusal by the API": (peer) => peer.order(valid, { ...options, fetch: async () => answer(refusal) }),
  refused: (peer) => peer.order(valid, { ...options, maxPrice: 1 }),
  network: (peer) => peer.order(valid, { ...options, fetch: () => Promise.reject(new TypeError("offline")) }),
  http: (peer) => peer.order(valid, { ...options, fetch: async () => answer("<!doctype html>", 500) }),
  invalid_response: (peer) => peer.order(valid, { ...options, fetch: async () => answer("{}") }),
  "aborted before": (peer) => peer.order(valid, { ...options, signal: AbortSignal.abort() }),
  "aborted while under way": (peer) => {
    const controller = new AbortController();
    const fetch = (/** @type {Request} */ { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        controller.abort();
      });
    return peer.order(valid, { ...options, signal: controller.signal, fetch });
  },
  duplicate_order: (peer) => Promise.allSettled([peer.order(valid, options), peer.order(valid, options)]),
};

/**
 * Linear memory after `few` and after `many` calls of every kind.
 *
 * @param {string} url
 * @param {number} few
 * @param {number} many
 */
async function memory(url, few, many) {
  const bytes = watchMemory();
  const peer = await load(url);
  stubFetch((request) => answer(request.url.includes("/calculate/") ? quote : receipt));
  const loaded = bytes();
  const run = async (/** @type {number} */ count) => {
    for (const work of Object.values(kinds)) {
      for (let index = 0; index < count; index += 1) {
        try {
          await work(peer);
        } catch (error) {
          if (!peer.isProxyOrdersError(error)) throw error;
        }
      }
    }
  };
  await run(few);
  const early = bytes();
  await run(many - few);
  return { kinds: Object.keys(kinds), calls: many, loaded, early, late: bytes() };
}

/**
 * Microseconds for each of so many different orders under way at once.
 *
 * @param {string} url
 * @param {number[]} atOnce
 * @param {number} least how many orders to place for each figure
 */
async function growth(url, atOnce, least) {
  const peer = await load(url);
  stubFetch(() => answer(receipt));
  /** @type {number[]} */
  const found = [];
  for (const count of [atOnce[0], ...atOnce]) {
    const wanted = Array.from({ length: count }, (_, index) => ({ ...valid, quantity: index + 1 }));
    const rounds = Math.ceil(least / count);
    const started = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(wanted.map((request) => peer.order(request, options)));
    }
    found.push((1000 * (performance.now() - started)) / (rounds * count));
  }
  return found.slice(1);
}
