// @ts-check
// The WebAssembly returns wrong results, or the engine throws at any point: a call still ends, sends at most one order,
// and reports `not_placed` only if none was sent.
import {
  assert,
  binaryOf,
  checkError,
  equal,
  guarded,
  guardedApi,
  oneOf,
  pick,
  randomOf,
  rejected,
  responses,
  respondWith,
  settled,
  show,
  stubbed,
  minimal,
} from "./support.js";
import { F64, I32, I64, injector, isStart, loadedPackage, typesOf, withChangedCore, wrapped } from "./core.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

// ------------------------------------------------------------------------------------ it returns random values

const SITE = "https://api.example/v1";

/** A random JavaScript value that an export might return. @param {() => number} random */
function anyValue(random) {
  const path = `${SITE}/client/api/v1/key`;
  const post = { method: "POST", body: "{}" };
  const present = Math.floor(random() * 1024);
  return pick(random, [
    ...Array(9).fill(() => undefined),
    () => null,
    () => true,
    ...Array(3).fill(() => 2047),
    () => present,
    () => 31,
    () => Math.floor(random() * 2 ** 32),
    () => pick(random, ["not_placed", "unknown", "http", "duplicate_order", "order", "calculate", ""]),
    () => [{ path: [], code: "malformed", message: "No." }],
    () => Uint32Array.of(0, present),
    () => ["retry", pick(random, [0, 0, -1, NaN, 5])],
    () => ["order", present],
    () => ["order", present],
    () => ["refuse", present, pick(random, ["price", "promoCode", "quote", undefined])],
    () => ["refuse"],
    () => ["fail", pick(random, ["http", "network", "invalid_response", "no such code", 5, undefined])],
    () => ({}),
    () => [new TypeError("Not made.")],
    ...Array(3).fill(() => new Request(`${path}/order`, post)),
    ...Array(3).fill(() => new Request(`${path}/calculate/order`, post)),
    () => new Request(`${path}/calculate/order?`, post),
    () => new Request(`${path}/calculate/order#/calculate/order`, post),
    () => new Request(`${path}/calculate/order`),
    () => new Request(`${SITE}.evil/client/api/v1/key/calculate/order`, post),
    () => new Request(`https://elsewhere.example/calculate/order`, post),
    () => new Request(SITE, post),
  ])();
}

/** A random value of a WebAssembly type. @param {() => number} random @param {number} type */
function valueOf(random, type) {
  if (type === I32) return pick(random, [0, 0, 0, 1, 2, Math.floor(random() * 2 ** 32) | 0]);
  if (type === I64) return BigInt(pick(random, [0, 1, Math.floor(random() * 2 ** 52)]));
  if (type === F64) return pick(random, [0, 1, -1, NaN, Infinity, random() * 1000]);
  return anyValue(random);
}

/**
 * Exports that return random values.
 * @param {any} exports @param {Uint8Array} bytes @param {() => number} random
 * @param {number} share of the calls that are answered at random @param {(results: number[]) => boolean} isChosen
 */
function answersAtRandom(exports, bytes, random, share, isChosen) {
  const types = typesOf(bytes);
  const changed = { ...exports };
  for (const [name, { parameters, results }] of Object.entries(types)) {
    if (isStart(name) || !isChosen(results)) continue;
    // The allocator is left alone while other functions are real: a wrong address may make them loop forever.
    const mayAllocate = results.every((type) => type === I32) && parameters.every((type) => type === I32);
    if (share < 1 && results.length < 2 && mayAllocate) continue;
    changed[name] = (/** @type {any[]} */ ...args) => {
      if (random() >= share) return exports[name](...args);
      const values = results.map((type) => valueOf(random, type));
      return values.length === 1 ? values[0] : values;
    };
  }
  return changed;
}

/**
 * Makes a call and checks what it hands to `fetch`. Returns the numbers of requests and orders.
 * @param {any} pkg @param {"calculate" | "order"} endpoint @param {() => number} random @param {string} what
 */
async function callOnce(pkg, endpoint, random, what) {
  /** @type {{ method: string, url: string }[]} */
  const handed = [];
  const fetch = async (/** @type {Request} */ request) => {
    handed.push(request);
    return pick(random, [
      respondWith(responses.order),
      respondWith(responses.calculate),
      respondWith(responses.calculate),
      respondWith("<p>", 503, { "retry-after": "0" }),
      () => {
        throw new TypeError("Failed to fetch");
      },
    ])();
  };
  const options = {
    baseUrl: SITE,
    apiKey: pick(random, ["key", "another"]),
    fetch,
    timeoutMs: 40,
    allowDuplicate: random() < 0.5,
  };
  if (random() < 0.5) Object.assign(options, { maxPrice: 5 });
  /** @type {any} */
  let error;
  await settled(
    pkg[endpoint](minimal[endpoint].IPv4, options).catch((/** @type {any} */ reason) => (error = reason)),
    5000,
    what,
  );
  const orders = handed.filter(({ url }) => !url.endsWith("/calculate/order")).length;
  for (const { method, url } of handed) {
    assert(method === "POST" && url.startsWith(`${SITE}/`), `${what} sent ${method} ${url}`);
  }
  assert(orders <= (endpoint === "order" ? 1 : 0), `${what} handed ${orders} orders to fetch`);
  if (error !== undefined) {
    const isOurs = pkg.isProxyOrdersError(error) && error instanceof Error;
    assert(isOurs, `${what}: not our error: ${show(error)}`);
    if (orders > 0) equal(error.outcome, "unknown", `${what}: outcome of ${show(error)}`);
    else if (endpoint === "calculate") equal(error.outcome, undefined, `${what}: outcome of ${show(error)}`);
  }
  return { requests: handed.length, orders };
}

/**
 * Makes many calls of a package whose WebAssembly is changed.
 * @param {Test} test @param {number} seeds @param {number} calls of each seed
 * @param {(exports: any, bytes: Uint8Array, random: () => number) => any} change @param {string} name
 */
async function callMany(test, seeds, calls, change, name) {
  const total = { calls: 0, requests: 0, orders: 0 };
  const first = Date.now() % 1_000_000;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const random = randomOf(seed);
    const exports = (/** @type {any} */ exports, /** @type {Uint8Array} */ bytes) => change(exports, bytes, random);
    await withChangedCore({ exports }, async () => {
      const pkg = await loadedPackage(test);
      for (let place = 0; place < calls; place += 1) {
        const endpoint = random() < 0.7 ? "order" : "calculate";
        const what = `${name}, seed ${seed}, call ${place}, ${endpoint}`;
        const { requests, orders } = await callOnce(pkg, endpoint, random, what);
        total.calls += 1;
        total.requests += requests;
        total.orders += orders;
      }
    });
  }
  await test.log(`${name}: ${total.calls} calls, ${total.requests} requests, ${total.orders} orders`);
  return total;
}

/** @param {Test} test */
export async function aCoreThatAnswersAtRandomOrdersOnceAtMost(test) {
  for (const { what, share, seeds, calls, least } of [
    { what: "each function", share: 1, seeds: 1, calls: 2_000, least: 1 },
    { what: "each function", share: 0.1, seeds: 20, calls: 100, least: 20 },
    { what: "functions that answer with an object", share: 0.3, seeds: 1, calls: 1_000, least: 50 },
  ]) {
    const name = `a core that answers at random: ${what}, ${share * 100} % of the time`;
    /** @param {any} exports @param {Uint8Array} bytes @param {() => number} random */
    const change = (exports, bytes, random) => {
      const isChosen = (/** @type {number[]} */ results) =>
        what === "each function" || results.some((type) => type < F64);
      return answersAtRandom(exports, bytes, random, share, isChosen);
    };
    const { orders } = await callMany(test, seeds, calls, change, name);
    assert(orders >= least, `${name}: only ${orders} orders were sent`);
  }
}

/** @param {Test} test */
export async function aCoreWithPermutedExportsOrdersOnceAtMost(test) {
  /** @param {any} exports @param {Uint8Array} bytes @param {() => number} random */
  const permute = (exports, bytes, random) => {
    const types = typesOf(bytes);
    const names = Object.keys(types).filter((name) => !isStart(name));
    const permuted = { ...exports };
    for (const name of names) {
      // Functions of the same type change places.
      const other = pick(
        random,
        names.filter((other) => show(types[other]) === show(types[name])),
      );
      [permuted[name], permuted[other]] = [permuted[other], permuted[name]];
    }
    return permuted;
  };
  await callMany(test, 100, 40, permute, "a core with permuted exports");
}

// ------------------------------------------------------------------------------------------ it fails at one point

const fails = () => {
  throw new RangeError("injected");
};

/**
 * Orders while a failure is injected, and once more afterward: the outcome is true, and the next call works or reports
 * the same.
 * @param {any} pkg @param {import("./core.js").Injector} injected @param {string} what
 */
async function failAndOrderAgain(pkg, injected, what) {
  const first = guardedApi();
  const options = stubbed(first.fetch, guarded);
  /** @type {any} */
  let error;
  const value = await settled(
    pkg.order(minimal.order.IPv4, options).catch((/** @type {any} */ reason) => (error = reason)),
    5000,
    what,
  );
  assert(injected.hasThrown(), `${what}: never reached`);
  if (error === undefined) equal(value, responses.order, `${what}: receipt`);
  else {
    checkError(error);
    if (first.orders > 0) equal(error.outcome, "unknown", `${what}: outcome of ${show(error)}`);
  }
  const second = guardedApi();
  const again = { ...options, fetch: second.fetch, idempotencyKey: "twice" };
  const next = await settled(
    pkg.order(minimal.order.IPv4, again).catch((/** @type {any} */ reason) => reason),
    5000,
    what,
  );
  const outcome = error?.outcome ?? "fulfilled";
  if (outcome === "unknown") {
    equal(next.code, "unresolved_order", `${what}: the same order again, ${show(next)}`);
    equal(second.orders, 0, `${what}: orders of the unresolved one`);
    const allowed = { ...again, allowDuplicate: true };
    equal(await settled(pkg.order(minimal.order.IPv4, allowed)), responses.order, `${what}: allowed`);
  } else equal(next, responses.order, `${what}: the same order again`);
  return { outcome, orders: first.orders };
}

/**
 * Repeats an unresolved order while a failure is injected: whatever fails, the outcome stays unknown.
 * @param {any} pkg @param {import("./core.js").Injector} injected
 * @param {{ place: string, use: number, after: boolean }} point @param {string} what
 */
async function failARepeat(pkg, injected, point, what) {
  const options = stubbed(guardedApi(fails).fetch, { idempotencyKey: what, timeoutMs: 2000 });
  injected.aim();
  await rejected(pkg.order(minimal.order.IPv4, options), "network", { outcome: "unknown" });
  injected.aim(point);
  const repeat = guardedApi();
  const call = pkg.order(minimal.order.IPv4, { ...options, fetch: repeat.fetch, maxPrice: 5, repeat: true });
  const outcome = await settled(
    call.then(
      () => "fulfilled",
      (/** @type {any} */ error) => error.outcome,
    ),
    5000,
    what,
  );
  oneOf(outcome, ["fulfilled", "unknown"], `outcome of a repeat with ${what}`);
  assert(repeat.orders <= 1, `a repeat with ${what} sent ${repeat.orders} orders`);
}

/**
 * Throws before and after every use of every place that an order passes. Returns the places.
 * @param {import("./core.js").Injector} injected @param {() => Promise<any>} load @param {string} where
 * @param {Test["log"]} log
 */
async function failEverywhere(injected, load, where, log) {
  /** The uses of each place until an order has ended. @param {any} pkg */
  const usesOf = async (pkg) => {
    equal(
      await pkg.order(minimal.order.IPv4, stubbed(guardedApi().fetch, guarded)),
      responses.order,
      "without a failure",
    );
    return new Map(injected.uses);
  };
  const loaded = await load();
  injected.aim();
  const places = await usesOf(loaded);
  injected.aim();
  const later = await usesOf(loaded);
  /** @type {Record<string, number>} */
  const ends = { fulfilled: 0, not_placed: 0, unknown: 0, unsent: 0 };
  for (const [place, count] of places) {
    for (let use = 1; use <= count; use += 1) {
      for (const after of [false, true]) {
        // Some places are used the first time only, or while the package is loaded.
        const isLater = use <= (later.get(place) ?? 0);
        const pkg = isLater ? loaded : await load();
        injected.aim({ place, use, after });
        const what = `a throw ${after ? "after" : "before"} use ${use} of ${place}`;
        const { outcome, orders } = await failAndOrderAgain(pkg, injected, what);
        ends[outcome] += 1;
        if (outcome === "unknown" && orders === 0) ends.unsent += 1;
        if (isLater) await failARepeat(pkg, injected, { place, use, after }, what);
      }
    }
  }
  // The order is marked as sent immediately before `fetch` is called.
  assert(ends.unsent <= 2, `${ends.unsent} throws left an order unresolved that was not sent`);
  await log(`throws ${where}: ${places.size} places, ${JSON.stringify(ends)}`);
  return [...places.keys()];
}

/** @param {Test} test */
export async function aThrowAtAnyCallOverTheBoundaryEndsOnlyThatCall(test) {
  const injected = injector();
  /** @param {string} side @param {Record<string, any>} functions */
  const watch = (side, functions) =>
    wrapped(
      functions,
      (name, run) =>
        (/** @type {any[]} */ ...args) =>
          injected.use(`${side} ${name}`, () => run(...args)),
    );
  await withChangedCore(
    {
      exports: (exports) => watch("export", exports),
      imports: (imports) =>
        Object.fromEntries(Object.entries(imports).map(([name, functions]) => [name, watch("import", functions)])),
    },
    () => failEverywhere(injected, () => loadedPackage(test), "over the boundary", test.log),
  );
}

/** @param {Test} test */
export async function aThrowAtAnyAwaitEndsOnlyThatCall(test) {
  const injected = injector();
  Object.assign(globalThis, {
    awaited: (/** @type {number} */ place, /** @type {() => unknown} */ run) => injected.use(`await ${place}`, run),
  });
  const load = () => test.fresh("awaits/index.js");
  try {
    const places = await failEverywhere(injected, load, "at awaits", test.log);
    const given = await failInInit(injected, load, await binaryOf(test));
    const bought = await failInCheckout(injected, load);
    const { awaits } = await load();
    equal(new Set([...places, ...given, ...bought]).size, awaits, "awaits of the built file that were reached");
  } finally {
    Reflect.deleteProperty(globalThis, "awaited");
  }
}

/**
 * Throws before and after every await of a load with given bytes: the next order works. Returns the places.
 * @param {import("./core.js").Injector} injected @param {() => Promise<any>} load @param {ArrayBuffer} bytes
 */
async function failInInit(injected, load, bytes) {
  /** @param {any} pkg */
  const initTwice = (pkg) => settled(Promise.all([pkg.init(), pkg.init(bytes)]));
  injected.aim();
  await initTwice(await load());
  const places = [...injected.uses.keys()];
  for (const place of places) {
    for (const after of [false, true]) {
      const pkg = await load();
      injected.aim({ place, use: 1, after });
      await initTwice(pkg).catch(() => {});
      assert(injected.hasThrown(), `${place} of init was never reached`);
      const ordered = pkg.order(minimal.order.IPv4, stubbed(guardedApi().fetch, guarded));
      equal(await settled(ordered), responses.order, `the order after a throw in ${place} of init`);
    }
  }
  return places;
}

/**
 * Buys with a checkout, whose order is lost and then looked up. Returns the number of orders sent, the outcome, and
 * whether the purchase is stored.
 * @param {any} pkg @param {string} what
 */
async function buyAndLookUp(pkg, what) {
  let orders = 0;
  const fetch = async (/** @type {Request} */ { url, headers }) => {
    const idempotencyKey = headers.get("idempotency-key") ?? "";
    if (url.endsWith("/lookup")) return respondWith(responses.order, 200, { "idempotency-key": idempotencyKey })();
    if (url.endsWith("/calculate/order")) return respondWith(responses.calculate)();
    orders += 1;
    return fails();
  };
  /** @type {Map<string, string>} */
  const records = new Map();
  const storage = {
    getItem: (/** @type {string} */ name) => records.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void records.set(name, value),
    removeItem: (/** @type {string} */ name) => void records.delete(name),
  };
  const checkout = pkg.createCheckout({ ...stubbed(fetch), customer: what, storage });
  const { outcome } = await settled(
    checkout.buy(minimal.order.IPv4, { maxPrice: 5 }).catch(() => ({ outcome: "rejected" })),
    5000,
    what,
  );
  return { orders, outcome, isStored: records.size > 0 };
}

/**
 * Throws after every await of a purchase: it ends, and its order is sent once at most. (The awaited work goes on, so
 * the end of the purchase says nothing about it.) Returns the places.
 * @param {import("./core.js").Injector} injected @param {() => Promise<any>} load
 */
async function failInCheckout(injected, load) {
  const { setTimeout } = globalThis;
  // A checkout waits for seconds before it looks a purchase up.
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms >= 1000 && ms <= 3000 ? 1 : ms)
  );
  try {
    const pkg = await load();
    injected.aim();
    const good = await buyAndLookUp(pkg, "without a failure");
    equal(good, { orders: 1, outcome: "placed", isStored: false }, "a purchase without a failure");
    const places = [...injected.uses];
    for (const [place, uses] of places) {
      for (let use = 1; use <= uses; use += 1) {
        // Thrown afterward: some of these awaits are of promises made earlier, which nobody would handle otherwise.
        injected.aim({ place, use, after: true });
        const what = `a throw after use ${use} of ${place} of a purchase`;
        const { orders } = await buyAndLookUp(pkg, what);
        assert(orders <= 1, `${what}: ${orders} orders were sent`);
      }
    }
    return places.map(([place]) => place);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

// ---------------------------------------------------------------------------------- globals are replaced or frozen

/** @param {Test} test */
export async function aReplacedGlobalEndsOnlyThatCall({ inFrame, log }) {
  // WebKit slows down the timers of a frame.
  const { calls, ends } = await inFrame("replacedGlobals", { ms: 120_000 });
  await log(`replaced globals: ${calls} calls, ${JSON.stringify(ends)}`);
}

/** @param {Test} test */
export async function aFrozenRealmOrdersLikeAnyOther({ inFrame }) {
  for (const when of ["frozenBefore", "frozenAfter"]) {
    const { quote, invalid, lost, again, receipt, booked } = await inFrame(when);
    equal(quote.success, true, `${when}: quote`);
    equal(invalid, { name: "ProxyOrdersError", code: "invalid_request", outcome: "not_placed" }, `${when}: no request`);
    equal(lost, { name: "ProxyOrdersError", code: "http", outcome: "unknown" }, `${when}: the answer is lost`);
    equal(again, { name: "ProxyOrdersError", code: "unresolved_order", outcome: "unknown" }, `${when}: the same again`);
    equal([receipt.success, booked], [true, 1], `${when}: repeat and orders`);
  }
}
