// A model test of the built package. Customers order at random through several processes, over a network that loses,
// delays and re-sends requests, from a bank that sees nothing but HTTP requests. Whatever happens, no call may order
// more than once, and no result may be false.
//
// `SOAK=1 node --test tests/model.test.js` takes a million steps. `SEED=…` repeats one run.
// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock } from "./support/clock.js";
import { pick, randomOf } from "./support/random.js";

const STEPS_PER_RUN = 200;
const RUNS = process.env.SOAK ? 5_000 : 100;

/** Seeds that found a planted bug: `allowDuplicate` forgot orders that became unresolved after its call began. */
const KEPT_SEEDS = [2052019230, 1990728431];

/** Each process is a module instance of its own. */
const PROCESSES = 2;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const MAX_REPEAT_AGE = 7 * DAY;
const TIMEOUT_MS = 30_000;
const PRICES = [1, 3];

/** The three kinds of places where orders come from. */
const PLACES = {
  "a page and its own backend": { origin: "https://shop.example", baseUrl: "/api", apiKey: undefined },
  "a page and another server": { origin: "https://shop.example", baseUrl: "https://api.example", apiKey: "api-key-1" },
  "a server": { origin: undefined, baseUrl: "https://api.example", apiKey: "api-key-1" },
};

/** A failure that something in front of the bank sends, and its statuses. */
const FAILURE = { success: false, error: { code: 2, message: "Try again later" } };
const STATUSES = [302, 400, 401, 403, 404, 408, 421, 429, 500, 502, 503];

/** What must happen at least once, or the model tests nothing. */
const EXPECTED = [
  ...["bookings", "receipts", "failures", "repeats answered", "repeats of old orders", "sleeps", "deaths"],
  ...["re-sends", "re-sends that reach the bank twice", "duplicate_order not_placed", "unresolved_order unknown"],
  ...["http unknown", "invalid_response unknown", "network unknown", "timeout unknown", "timeout not_placed"],
  ...["aborted unknown", "refused not_placed"],
];

/** @typedef {typeof import("../dist/index.js")} Package */
/** @typedef {{ status: number, body: unknown }} Response */
/**
 * @typedef {{ endpoint: string, key: string | null, call: Call, respond: (response: Response) => void,
 *   fail: (error: unknown) => void }} Sent
 */
/**
 * @typedef {{
 *   process: Process, identity: string, product: number, abort: AbortController,
 *   options: { maxPrice?: number, requirePromoCode?: boolean, allowDuplicate?: boolean, repeat?: boolean,
 *     idempotencyKey?: string },
 *   startedAt: { monotonic: number, wall: number },
 *   identical: Call[], expected: string | undefined,
 *   quote: any, answer: any, orders: number, key: string | null, sentAt: number, isBooked: boolean,
 *   end: "answered" | "rejected" | "died" | undefined, result: any, isUnresolved: boolean, endedAt: number,
 * }} Call
 */
/** @typedef {{ module: Package, calls: Call[] }} Process */

/** Random choices that a seed reproduces. */
function choicesOf(/** @type {number} */ seed) {
  const random = randomOf(seed);
  const below = (/** @type {number} */ end) => Math.floor(random() * end);
  return {
    below,
    oneIn: (/** @type {number} */ count) => below(count) === 0,
    /** @template T @param {readonly T[]} list @returns {T} */
    of: (list) => pick(random, list),
    /** Removes a random item. @template T @param {T[]} list @returns {T} */
    take: (list) => list.splice(below(list.length), 1)[0],
  };
}

/** The account and its orders. It knows nothing about calls. */
class Bank {
  /** The first response to each idempotency key. @type {Map<string, any>} */
  responses = new Map();
  /** @type {Set<string>} */
  orderNumbers = new Set();

  /** @param {boolean} booksKeysOnce @param {number} funds */
  constructor(booksKeysOnce, funds) {
    this.booksKeysOnce = booksKeysOnce;
    this.funds = funds;
  }

  /** @param {number} price @param {string} promoCodeStatus */
  quote(price, promoCodeStatus) {
    const warnings = this.funds < price ? [{ code: 16, message: "Insufficient funds" }] : null;
    const common = { success: true, proxyType: "IPv4", balance: this.funds, currency: "USD", error: null };
    return { ...common, price, discount: 0, promoCodeStatus, warnings };
  }

  /** @param {string | null} key @param {number} product */
  order(key, product) {
    const id = this.booksKeysOnce && key !== null ? `${key} ${product}` : undefined;
    const earlier = id && this.responses.get(id);
    if (earlier) return { isNew: false, response: earlier };
    const price = PRICES[product];
    const isNew = this.funds >= price;
    const response = isNew
      ? this.#receipt(price)
      : { success: false, error: { code: 16, message: "Insufficient funds" } };
    if (id) this.responses.set(id, response);
    return { isNew, response };
  }

  #receipt(/** @type {number} */ price) {
    this.funds -= price;
    const orderNumber = `NUMBER-${this.orderNumbers.size + 1}`;
    this.orderNumbers.add(orderNumber);
    return { success: true, proxyType: "IPv4", orderNumber, balance: this.funds, currency: "USD" };
  }
}

/** One run: customers, processes, a network and a bank. */
class World {
  /** Requests without a response. @type {Sent[]} */
  waiting = [];
  /** Requests that may still arrive, although nobody waits for a response. @type {Sent[]} */
  delayed = [];
  /** Every idempotency key that was sent, with its product. @type {{ key: string, product: number }[]} */
  keys = [];
  newKeys = 0;
  ended = 0;
  hasDied = false;

  /**
   * @param {number} seed
   * @param {Package[]} modules
   * @param {ReturnType<typeof fakeClock>} clock
   * @param {Record<string, number>} counts how often each thing has happened
   * @param {(error: unknown) => void} fail called with what is wrong
   */
  constructor(seed, modules, clock, counts, fail) {
    this.fail = fail;
    this.random = choicesOf(seed);
    this.clock = clock;
    this.counts = counts;
    this.place = this.random.of(Object.values(PLACES));
    Object.assign(globalThis, { origin: this.place.origin });
    this.bank = new Bank(!this.random.oneIn(3), this.random.of([10, 1_000]));
    /** @type {Process[]} */
    this.processes = modules.map((module) => ({ module, calls: [] }));
    for (const { module } of this.processes) module.forgetOrders();
  }

  count(/** @type {string} */ what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** The calls that have not ended. */
  get open() {
    return this.processes.flatMap(({ calls }) => calls.filter(({ end }) => end === undefined));
  }

  step() {
    const { random } = this;
    const action = random.below(40);
    if (action < 10) this.order();
    else if (action < 26 && this.waiting.length > 0) this.respond(random.take(this.waiting));
    else if (action < 30 && this.delayed.length > 0) this.deliver(random.take(this.delayed));
    else if (action < 33) this.clock.pass(random.of([1, 100, 300, 1_000, 10_000, 31_000]));
    else if (action === 33 && this.open.length > 0) random.of(this.open).abort.abort();
    else if (action === 34) this.sleep();
    else if (action === 35) this.clock.jump(random.of([MAX_REPEAT_AGE + HOUR, -HOUR]));
    else if (action === 36 && random.oneIn(6)) this.die(random.of(this.processes));
  }

  /** The device sleeps. Only one of the clocks goes on. */
  sleep() {
    this.count("sleeps");
    if (this.random.oneIn(2)) this.clock.jump(HOUR);
    else this.clock.passSilently(HOUR);
  }

  /** A process dies with its calls, whose requests may still arrive. A new one takes its place. */
  die(/** @type {Process} */ process) {
    this.count("deaths");
    this.hasDied = true;
    for (const call of process.calls) call.end ??= "died";
    const isOfDead = (/** @type {Sent} */ { call }) => call.end === "died";
    this.delayed.push(...this.waiting.filter(isOfDead));
    this.waiting = this.waiting.filter((sent) => !isOfDead(sent));
    process.calls = [];
    process.module.forgetOrders();
  }

  /** Lets somebody order. */
  order() {
    const { random } = this;
    // Many customers are impatient: they order again what is still pending.
    const pending = random.oneIn(2) && this.open.length > 0 ? random.of(this.open) : undefined;
    const process = pending?.process ?? random.of(this.processes);
    const product = pending?.product ?? random.below(PRICES.length);
    /** @type {Call["options"]} */
    const options = {};
    if (random.oneIn(2)) options.maxPrice = random.of(PRICES);
    if (random.oneIn(8)) options.requirePromoCode = true;
    if (random.oneIn(4)) options.allowDuplicate = true;
    if (random.oneIn(6)) options.idempotencyKey = `own-${(this.newKeys += 1)}`;
    // A repeat is only for a bank that books each idempotency key once.
    if (this.bank.booksKeysOnce && this.keys.length > 0 && random.oneIn(2)) {
      options.repeat = true;
      const known = this.keys.filter((sent) => sent.product === product);
      options.idempotencyKey = random.of(known.length && !random.oneIn(6) ? known : this.keys).key;
    }
    this.begin(process, product, options);
  }

  /** @param {Process} process @param {number} product @param {Call["options"]} options */
  begin(process, product, options) {
    const customerKey = this.place.origin === undefined ? (options.idempotencyKey ?? "") : "";
    const identity = `${product} ${customerKey}`;
    const { monotonic, wall } = this.clock;
    const same = process.calls.filter((call) => call.identity === identity);
    /** @type {Call} */
    const call = {
      ...{ process, identity, product, options, abort: new AbortController(), startedAt: { monotonic, wall } },
      ...{ identical: same.filter((call) => call.isUnresolved), expected: undefined },
      ...{ quote: undefined, answer: undefined, orders: 0, key: null, sentAt: NaN, isBooked: false },
      ...{ end: undefined, result: undefined, isUnresolved: false, endedAt: 0 },
    };
    call.expected = this.expectedCode(call, same);
    process.calls.push(call);
    const request = { proxyType: "IPv4", quantity: product + 1, rentPeriodDays: 30, goal: "ads", country: "USA" };
    const { baseUrl, apiKey } = this.place;
    const settings = { baseUrl, apiKey, timeoutMs: TIMEOUT_MS, signal: call.abort.signal, ...options };
    const fetch = (/** @type {Request} */ request) => {
      try {
        return this.fetch(call, request);
      } catch (error) {
        // The call takes a failed assertion for a network error.
        this.fail(error);
        throw error;
      }
    };
    const order = process.module.order(
      /** @type {any} */ ({ ...request, promoCode: "SPRING", authType: "LOGIN" }),
      /** @type {any} */ ({ ...settings, fetch }),
    );
    order
      .then(
        (answer) => this.answered(call, answer),
        (error) => this.rejected(call, error),
      )
      .catch(this.fail);
  }

  /**
   * The code of the error that must stop an order before anything is sent, if any.
   * @param {Call} call @param {Call[]} same the calls of the same order in the same process
   */
  expectedCode({ options, identical }, same) {
    const { allowDuplicate, repeat, idempotencyKey } = options;
    if (!allowDuplicate && same.some(({ end }) => end === undefined)) return "duplicate_order";
    const repeated = repeat ? identical.filter(({ key }) => key === idempotencyKey) : [];
    const firstSentAt = Math.min(...repeated.map(({ sentAt }) => sentAt));
    const isOld = repeated.length > 0 && Math.abs(this.clock.wall - firstSentAt) > MAX_REPEAT_AGE;
    if (isOld) this.count("repeats of old orders");
    const isStopped = !allowDuplicate && identical.length > 0 && repeated.length === 0;
    return isOld || isStopped ? "unresolved_order" : undefined;
  }

  /** The `fetch` of a call. @param {Call} call @param {Request} request @returns {Promise<any>} */
  fetch(call, request) {
    const endpoint = request.url.endsWith("/calculate/order") ? "calculate" : "order";
    const key = request.headers.get("idempotency-key");
    if (call.end === "died") return new Promise(() => {});
    assert.equal(call.end, undefined, "a call that has ended sent something");
    assert.equal(call.expected, undefined, `a call that must reject with ${call.expected} sent something`);
    if (endpoint === "order") this.handedOver(call, request, key);
    else assert.equal(key, null, "a calculation has an idempotency key");
    return new Promise((resolve, reject) => {
      const respond = (/** @type {Response} */ { status, body }) => {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        resolve({ status, headers: new Headers(), text: async () => text });
      };
      this.waiting.push({ endpoint, key, call, respond, fail: reject });
    });
  }

  /** An order is handed to `fetch`. @param {Call} call @param {Request} request @param {string | null} key */
  handedOver(call, request, key) {
    const { options, startedAt, quote } = call;
    call.orders += 1;
    assert.equal(call.orders, 1, "a call handed its order to fetch twice");
    const { monotonic, wall } = this.clock;
    assert.ok(monotonic - startedAt.monotonic < TIMEOUT_MS, "an order was sent after its deadline (monotonic clock)");
    assert.ok(wall - startedAt.wall < TIMEOUT_MS, "an order was sent after its deadline (wall clock)");
    if (options.maxPrice !== undefined || options.requirePromoCode) {
      assert.ok(quote?.success, "a guarded order was sent without a quote");
      assert.ok(options.repeat || quote.warnings === null, "an order was sent in spite of warnings");
      assert.ok(!(quote.price > (options.maxPrice ?? Infinity)), "an order was sent above its maxPrice");
      if (options.requirePromoCode) assert.equal(quote.promoCodeStatus, "VALID", "an order lost its promo code");
    }
    const isOwnOrigin = this.place.baseUrl === "/api";
    const maxPrice = isOwnOrigin && options.maxPrice !== undefined ? String(options.maxPrice) : null;
    assert.equal(request.headers.get("order-max-price"), maxPrice);
    if (options.idempotencyKey !== undefined || !isOwnOrigin) assert.equal(key, options.idempotencyKey ?? null);
    else assert.ok(key && !this.keys.some((sent) => sent.key === key), "two orders have one random idempotency key");
    call.key = key;
    call.sentAt = wall;
    if (key !== null) this.keys.push({ key, product: call.product });
    if (!options.repeat && options.allowDuplicate) for (const earlier of call.identical) earlier.isUnresolved = false;
  }

  /** Lets something happen to a request, and perhaps to its response. */
  respond(/** @type {Sent} */ sent) {
    const { random } = this;
    switch (random.below(9)) {
      case 0:
        // It arrives later, after `fetch` has failed.
        this.delayed.push(sent);
        return sent.fail(new TypeError("Failed to fetch"));
      case 1:
        return sent.fail(new TypeError("Failed to fetch"));
      case 2:
        this.deliver(sent);
        return sent.fail(new TypeError("The connection was reset"));
      case 3:
        // The response never comes, so the call ends at its deadline.
        return void this.deliver(sent);
      case 4:
        return this.respondInstead(sent);
      case 5:
        // The browser sends it again by itself. Something in front of the bank stops the second copy.
        this.count("re-sends");
        this.deliver(sent);
        return this.respondInstead(sent);
      case 6:
        if (!this.bank.booksKeysOnce || sent.key === null) return this.hear(sent, this.deliver(sent));
        this.count("re-sends that reach the bank twice");
        this.deliver(sent);
        return this.hear(sent, this.deliver(sent));
      default:
        return this.hear(sent, this.deliver(sent));
    }
  }

  /** Something in front of the bank responds: a session that has ended, a rate limit, a captive portal. */
  respondInstead(/** @type {Sent} */ sent) {
    const { random } = this;
    const isDocumented = random.oneIn(2);
    const status = isDocumented || !random.oneIn(3) ? random.of(STATUSES) : random.of([200, 202, 204]);
    const body = isDocumented ? FAILURE : random.of(["", "<h1>Sign in</h1>", "{}", '{"success":true}', "null"]);
    if (sent.endpoint === "calculate" && isDocumented) sent.call.quote = body;
    sent.respond({ status, body });
  }

  /** Lets the bank receive a copy of a request, and respond. @param {Sent} sent */
  deliver({ endpoint, key, call }) {
    if (endpoint === "calculate") return this.bank.quote(PRICES[call.product], this.random.of(["VALID", "NO_VALID"]));
    const { isNew, response } = this.bank.order(key, call.product);
    if (isNew) {
      this.count("bookings");
      assert.equal(call.isBooked, false, "a call booked twice");
      call.isBooked = true;
      this.assertTruth(call);
    }
    return response;
  }

  /** Hands the bank's response to the call. @param {Sent} sent @param {any} body */
  hear({ endpoint, call, respond }, body) {
    if (endpoint === "order") call.answer = body;
    else call.quote = body;
    respond({ status: 200, body });
  }

  /** Checks that what a call said is still true. */
  assertTruth(/** @type {Call} */ { isBooked, end, result }) {
    if (!isBooked) return;
    assert.notEqual(result?.outcome, "not_placed", "a call said not_placed, but its order was booked");
    assert.ok(end !== "answered" || result.success, "a call said failure, but its order was booked");
  }

  /** @param {Call} call @param {any} answer */
  answered(call, answer) {
    if (call.end === "died") return;
    this.count(answer.success ? "receipts" : "failures");
    if (call.options.repeat) this.count("repeats answered");
    assert.equal(call.orders, 1, "an answer without an order");
    assert.ok(call.answer, "an answer that is not the bank's");
    assert.equal(answer.success, call.answer.success);
    if (answer.success) assert.equal(answer.orderNumber, call.answer.orderNumber, "a receipt of another order");
    call.end = "answered";
    call.result = answer;
    this.assertTruth(call);
    if (!call.options.repeat) return;
    for (const earlier of call.process.calls) {
      if (earlier.identity === call.identity && earlier.key === call.key) earlier.isUnresolved = false;
    }
  }

  /** @param {Call} call @param {any} error */
  rejected(call, error) {
    if (call.end === "died") return;
    if (error?.name !== "ProxyOrdersError") throw error;
    this.count(`${error.code} ${error.outcome}`);
    assert.notEqual(error.code, "not_loaded", "the shell stopped what the core decided");
    if (call.expected) assert.equal(error.code, call.expected);
    else assert.ok(!["duplicate_order", "unresolved_order"].includes(error.code), `${error.code} without a reason`);
    assert.equal(call.answer, undefined, `the bank answered, but the call rejected with ${error.code}`);
    const isUnknown = call.orders > 0 || call.options.repeat || error.code === "unresolved_order";
    assert.equal(error.outcome, isUnknown ? "unknown" : "not_placed", error.code);
    if (call.orders > 0) assert.equal(error.idempotencyKey ?? null, call.key);
    if (error.code === "unresolved_order") {
      const latest = call.identical.toSorted((one, other) => one.endedAt - other.endedAt).at(-1);
      assert.equal(error.idempotencyKey ?? null, latest?.key, "the error has the idempotency key of another attempt");
    }
    call.end = "rejected";
    call.result = error;
    call.isUnresolved = call.orders > 0;
    call.endedAt = this.ended += 1;
    this.assertTruth(call);
  }

  /** Ends every call, and lets the last requests arrive. */
  async finish() {
    if (this.random.oneIn(2)) {
      for (const { abort } of this.open) abort.abort();
      await drained();
      assert.equal(this.open.length, 0, "a call stays pending after its abort");
      if (!this.hasDied) assert.equal(this.clock.timers.size, 0, "an aborted call leaves a timer behind");
    }
    for (let turn = 0; turn < 20 && this.open.length > 0; turn += 1) {
      this.clock.pass(TIMEOUT_MS);
      await drained();
    }
    assert.equal(this.open.length, 0, "a call stays pending after its deadline");
    for (const sent of this.delayed) this.deliver(sent);
    this.clock.pass(TIMEOUT_MS);
    await drained();
    assert.equal(this.clock.timers.size, 0, "a timer is left behind");
  }
}

/** Waits until every promise that can be settled is settled. */
async function drained() {
  await new Promise((resolve) => setImmediate(resolve));
}

test("no order is bought twice, and no result is false", async () => {
  /** @type {Package[]} */
  const modules = [];
  for (let process = 0; process < PROCESSES; process += 1) {
    const module = await import(`../dist/index.js?process=${process}`);
    await module.init();
    modules.push(module);
  }
  const first = Math.floor(Math.random() * 2 ** 31);
  const fresh = Array.from({ length: RUNS }, (_, run) => first + run);
  const seeds = process.env.SEED ? [Number(process.env.SEED)] : [...KEPT_SEEDS, ...fresh];
  /** @type {Record<string, number>} */
  const counts = {};
  const clock = fakeClock();
  /** @type {{ error: unknown, seed: number } | undefined} */
  let failed;
  process.on("unhandledRejection", fail);
  let seed = 0;
  function fail(/** @type {unknown} */ error) {
    failed ??= { error, seed };
  }
  try {
    for (seed of seeds) {
      const world = new World(seed, modules, clock, counts, fail);
      for (let step = 0; step < STEPS_PER_RUN && !failed; step += 1) {
        world.step();
        await drained();
      }
      if (!failed) await world.finish();
      if (failed) break;
    }
  } catch (error) {
    fail(error);
  } finally {
    clock.restore();
    process.off("unhandledRejection", fail);
  }
  console.log(counts);
  if (failed) console.error(`SEED=${failed.seed} repeats this failure.`);
  if (failed) throw failed.error;
  if (!process.env.SEED) for (const what of EXPECTED) assert.ok(counts[what] > 0, `never happened: ${what}`);
});
