// Runs in the browser: one function per measurement. A page measures one peer, once, and is thrown away.
// @ts-check
import { invalid, orders, replies, requests, valid } from "./cases.js";

const options = { baseUrl: "/api", apiKey: "self" };
/** On another origin no client sends anything that the others do not send. */
const elsewhere = { baseUrl: "https://api.example.com", apiKey: "self" };
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
  const functions = { verify, cold, beside, memory, growth };
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
  const placed = peer.order(valid, elsewhere);
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

/** The figures that are measured side by side, and whether they need a peer that checks anything. */
const figures = { call: false, ownOrigin: false, light: true, valid: true, invalid: true };

/**
 * Microseconds for a call with a real `Response`, for one to the page's own origin, for one with a look-alike; and
 * validations in a second. All peers are in one page, warm, and take turns, each too short for the machine to change.
 *
 * @param {{ url: string, checks: boolean }[]} given
 * @param {{ warmUp: number, turns: number, turn: number }} how milliseconds, and how many turns each peer has
 * @returns {Promise<Record<string, (number | undefined)[][]>>} for each figure, for each turn, what each peer needed
 */
async function beside(given, { warmUp, turns, turn }) {
  const peers = await Promise.all(given.map(async ({ url, checks }) => ({ ...(await load(url)), checks })));
  const none = { get: () => null };
  const lookAlike = { status: 200, ok: true, headers: none, text: async () => receipt };
  const placing = (/** @type {any} */ peer, /** @type {object} */ at) => async () => {
    const reply = await peer.order(valid, at);
    if (reply.orderNumber !== "NUMBER-112233") throw new Error("The call gave the wrong reply.");
  };
  let verdicts = 0;
  /** @type {Record<string, (peer: any) => (ms: number) => number | Promise<number>>} */
  const works = {
    call: (peer) => (ms) => cost(placing(peer, elsewhere), ms),
    ownOrigin: (peer) => (ms) => cost(placing(peer, options), ms),
    light: (peer) => (ms) => cost(placing(peer, elsewhere), ms),
    valid: (peer) => (ms) => rate(() => void (verdicts += peer.validateOrder(valid).value ? 0 : 1), ms),
    invalid: (peer) => (ms) => rate(() => void (verdicts += peer.validateOrder(invalid).issues.length - 2), ms),
  };
  /** @type {Record<string, (number | undefined)[][]>} */
  const found = {};
  for (const [figure, checks] of Object.entries(figures)) {
    stubFetch(() => (figure === "light" ? lookAlike : answer(receipt)));
    const measured = peers.map((peer) => (peer.checks || !checks ? works[figure](peer) : undefined));
    // After the first figure most of the code is warm.
    for (const work of measured) await work?.(figure === "call" ? warmUp : warmUp / 4);
    found[figure] = [];
    for (let count = 0; count < turns; count += 1) {
      /** @type {(number | undefined)[]} */
      const row = [];
      for (let step = 0; step < measured.length; step += 1) {
        const place = (step + count) % measured.length;
        row[place] = await measured[place]?.(turn);
      }
      found[figure].push(row);
    }
  }
  if (verdicts) throw new Error("The validations gave the wrong verdict.");
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
