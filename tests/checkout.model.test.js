// @ts-check
// A random walk through a shop that is open in several tabs: customers buy, look up, abort and dismiss, tabs crash, the
// server loses what it sends, prices and customers change, storages throw and clocks are wrong. Time is fake.
//
// Several tabs share a module instance. Each has a `baseUrl` of its own, so it begins without the state of the others.
// Its storage and its Web Locks replace that `baseUrl` with a common one, so all tabs belong to one shop.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { openTab, setLocks } from "./support/checkout.js";
import { choicesOf } from "./support/random.js";

/** @import { Checkout, OrderRequest, PurchaseResult } from "proxy-orders" */

const STEPS = process.env.SOAK ? 1_000_000 : 20_000;
const STEPS_OF_A_WORLD = 250;
const FIRST_SEED = Number(process.env.SEED ?? 1);
const CUSTOMERS = ["anna", "ben"];
const WEEK_MS = 7 * 86_400_000;
const LONGEST_DELAY_MS = 60_000;

/** What every run must have seen at least once. */
const counts = {
  buys: 0,
  handedOver: 0,
  booked: 0,
  placed: 0,
  "not placed": 0,
  unknown: 0,
  lookups: 0,
  resolved: 0,
  aborts: 0,
  crashes: 0,
  dismissed: 0,
  stopped: 0,
};

const modules = [await openTab(), await openTab(), await openTab()];
const never = () => new Promise(() => {});

/** @param {number} ms */
const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The name of a record or lock without the number of its tab. @param {string} name */
const sharedName = (name) => name.replace(/tab-\d+/, "shop");

/** @param {unknown} body @param {number} [status] @param {string} [key] */
function respond(body, status = 200, key) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const get = (/** @type {string} */ name) => (name === "idempotency-key" ? (key ?? null) : null);
  return { status, headers: { get }, text: async () => text };
}

/** @param {number} code */
const failureOf = (code) => ({ success: false, error: { code, message: `Failure ${code}.` } });

/** The shop's server. */
class Server {
  /** The responses by idempotency key. @type {Map<string, { content: string, response: object }>} */
  settled = new Map();
  /** The order numbers by rental period, which distinguishes purchases. @type {Map<number, string[]>} */
  books = new Map();
  price = 1;
  user = "anna";

  /** @param {World} world @param {boolean} knowsKeys */
  constructor(world, knowsKeys) {
    this.world = world;
    this.knowsKeys = knowsKeys;
  }

  /** @param {string} content */
  book(content) {
    const { rentPeriodDays } = JSON.parse(content);
    const numbers = this.books.get(rentPeriodDays) ?? [];
    const orderNumber = `N-${rentPeriodDays}-${numbers.length}`;
    this.books.set(rentPeriodDays, [...numbers, orderNumber]);
    counts.booked += 1;
    return { success: true, proxyType: "IPv4", orderNumber, balance: 5, currency: "USD" };
  }

  /**
   * What the server does with an order or a lookup.
   * @param {Headers} headers
   * @param {string} content
   * @param {boolean} isLookup
   */
  process(headers, content, isLookup) {
    const { chance, pick } = this.world.random;
    if (!this.knowsKeys) {
      if (isLookup) return pick([respond("Not found", 404), respond("<!doctype html>"), respond(failureOf(5))]);
      return respond(chance(0.1) ? failureOf(16) : this.book(content));
    }
    const key = headers.get("idempotency-key") ?? assert.fail("no idempotency key");
    const limit = Number(headers.get("order-max-price") ?? Infinity);
    if (!this.settled.has(key)) {
      const decide = () => {
        if (isLookup) return failureOf(404);
        if (this.price > limit + 1e-6) return failureOf(412);
        return chance(0.1) ? failureOf(16) : this.book(content);
      };
      this.settled.set(key, { content, response: decide() });
    }
    const settled = this.settled.get(key);
    return respond(settled?.content === content ? settled.response : failureOf(409), 200, key);
  }

  /** @param {Tab} tab @param {Request} request */
  async fetch(tab, request) {
    if (tab.isDead) return never();
    const { chance, between, pick } = this.world.random;
    const { url, headers, signal } = request;
    const isLookup = url.endsWith("/order/lookup");
    const isOrder = !isLookup && !url.endsWith("/calculate/order");
    if (isOrder) tab.noteOrder();
    if (isLookup) counts.lookups += 1;
    const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const fault = this.world.hasFaults && chance(isOrder ? 0.5 : 0.3) ? pick(FAULTS) : undefined;
    const work = async () => {
      this.world.reads += 1;
      const content = await request.text();
      this.world.reads -= 1;
      await delay(fault === "late" ? between(5_000, LONGEST_DELAY_MS) : between(0, 800));
      if (fault === "lost") throw new TypeError("The request was lost.");
      if (fault === "unavailable") return respond("Unavailable", 503);
      if (decodeURIComponent(headers.get("order-customer") ?? "") !== this.user) return respond(failureOf(409), 409);
      if (!isOrder && !isLookup) return this.quote();
      const response = this.process(headers, content, isLookup);
      // The browser has sent the request again, and the copy fails.
      if (fault === "copy") return respond(failureOf(2), pick([401, 500]));
      if (fault === "response lost") throw new TypeError("The response was lost.");
      if (fault === "no end") return never();
      if (fault === "page") return respond("<!doctype html>");
      await delay(between(0, 800));
      if (isOrder || this.knowsKeys) answers = true;
      return response;
    };
    let answers = false;
    const response = await Promise.race([work(), aborted]);
    if (tab.isDead) return never();
    if (answers) this.world.answers.add(headers.get("idempotency-key") ?? "");
    return response;
  }

  quote() {
    const { chance } = this.world.random;
    const warnings = this.world.hasFaults && chance(0.05) ? [{ code: 14, message: "Incorrect goal" }] : null;
    const quote = { success: true, proxyType: "IPv4", balance: 9, price: this.price, discount: 0, currency: "USD" };
    return respond({ ...quote, warnings });
  }
}

const FAULTS = /** @type {const} */ (["lost", "unavailable", "copy", "response lost", "no end", "page", "late"]);

/** What `localStorage` is like in a world. */
const STORAGES = /** @type {const} */ (["good", "good", "flaky", "full", "forgetful"]);

/** A tab: a page of one customer, until it crashes. */
class Tab {
  static last = 0;
  isDead = false;
  /** The calls in progress. */
  calls = 0;
  /** Whether a purchase was handed to `fetch` and has no result yet. */
  isOrdering = false;

  /** @param {World} world @param {string} customer */
  constructor(world, customer) {
    this.world = world;
    this.customer = customer;
    this.id = Tab.last += 1;
    tabs.set(this.id, this);
    const { createCheckout } = modules[this.id % modules.length] ?? assert.fail();
    const options = {
      baseUrl: `https://tab-${this.id}.example`,
      apiKey: "demo-key",
      customer,
      storage: this.storage(),
      maxRetries: 1,
      fetch: (/** @type {Request} */ request) => {
        const response = world.server.fetch(this, request);
        // A checkout takes any error for a network error, even a failed assertion of this test.
        response.catch((error) => {
          if (error instanceof assert.AssertionError) world.problem ??= error;
        });
        return /** @type {Promise<any>} */ (response);
      },
    };
    /** Two, as if a component were mounted twice. @type {Checkout[]} */
    this.checkouts = [createCheckout(options), createCheckout(options)];
    this.seen = this.checkout.state;
    this.stopListening = this.checkout.subscribe(() => {
      this.seen = this.checkout.state;
      if (world.random.chance(0.05)) throw new Error("A listener throws.");
    });
  }

  get checkout() {
    return this.world.random.pick(this.checkouts);
  }

  storage() {
    const { world } = this;
    const use = (/** @type {string} */ method) => {
      if (this.isDead) throw new Error("The tab has crashed.");
      const isFlaky = world.isFlaky && world.random.chance(0.1);
      const isFull = world.hasFaults && world.kind === "full" && method === "setItem";
      if (isFlaky || isFull) throw new Error(`${method} fails.`);
    };
    return {
      getItem: (/** @type {string} */ name) => {
        use("getItem");
        return world.stored.get(sharedName(name)) ?? null;
      },
      setItem: (/** @type {string} */ name, /** @type {string} */ value) => {
        use("setItem");
        const other = world.stored.get(sharedName(name));
        if (other && !world.isFlaky) world.problem ??= new Error(`${other} is overwritten`);
        if (!(world.hasFaults && world.kind === "forgetful")) world.stored.set(sharedName(name), value);
      },
      removeItem: (/** @type {string} */ name) => {
        use("removeItem");
        const { key } = JSON.parse(world.stored.get(sharedName(name)) ?? "{}");
        if (!world.answers.has(key) && !world.isDismissing) world.problem ??= new Error(`${key} is removed unanswered`);
        world.stored.delete(sharedName(name));
      },
    };
  }

  /** Notes that an order is handed to `fetch`. */
  noteOrder() {
    counts.handedOver += 1;
    this.world.handedOver += 1;
    const others = [...tabs.values()].filter((tab) => tab !== this && tab.isOrdering && tab.customer === this.customer);
    assert.ok(!this.isOrdering, "a tab orders twice at the same time");
    assert.ok(!this.world.hasLocks || others.length === 0, "two tabs order at the same time");
    this.isOrdering = true;
  }

  crash() {
    this.isDead = true;
    this.stopListening();
    tabs.delete(this.id);
    counts.crashes += 1;
    for (const [name, holder] of this.world.locks) if (holder === this.id) this.world.locks.delete(name);
    const all = this.world.tabs;
    all[all.indexOf(this)] = new Tab(
      this.world,
      this.world.random.chance(0.8) ? this.customer : this.world.server.user,
    );
  }

  /** @returns {AbortSignal | undefined} */
  signal() {
    const { chance, between } = this.world.random;
    if (!this.world.hasFaults || !chance(0.15)) return undefined;
    const controller = new AbortController();
    counts.aborts += 1;
    if (chance(0.1)) controller.abort();
    else setTimeout(() => controller.abort(), between(0, 6_000));
    return controller.signal;
  }

  async buy() {
    const { world, checkout } = this;
    const { chance, pick } = world.random;
    const isCart = chance(0.2);
    const number = isCart ? pick([1, 2, 3]) : (world.lastNumber += 1);
    /** @type {OrderRequest} */
    const request = {
      proxyType: "IPv4",
      quantity: 1,
      rentPeriodDays: number,
      goal: "ads",
      country: "USA",
      authType: "LOGIN",
    };
    const { status } = checkout.state;
    counts.buys += 1;
    const key = isCart ? `cart-${this.customer}-${number}` : undefined;
    const handedOver = world.handedOver;
    const bought = checkout.buy(request, { maxPrice: pick([1, 2]), idempotencyKey: key, signal: this.signal() });
    const { state } = checkout;
    const hasBegun = state.status === "buying" && state.request === request;
    if (hasBegun) world.begun += 1;
    if (!world.isFlaky) assert.equal(hasBegun, status === "ready");
    const result = await this.settle(bought);
    if (!result) return;
    assert.deepEqual(result.request, request);
    if (!hasBegun) assert.ok("error" in result && result.outcome === "not_placed", status);
    if (hasBegun && result.outcome === "unknown") this.checkUnresolved(result);
    if (!isCart && result.outcome === "not_placed") world.notPlaced.add(number);
    if ("failure" in result && key) assert.ok(!this.isBooked(key), `${key} was booked`);
    if ("error" in result && result.outcome === "not_placed" && world.tabs.length === 1) {
      assert.equal(world.handedOver, handedOver);
    }
    this.count(result);
  }

  /** A purchase of unknown outcome stays unresolved until somebody learns more. @param {PurchaseResult} result */
  checkUnresolved(result) {
    const { world } = this;
    const { state } = this.checkout;
    const key = ("error" in result && result.error.idempotencyKey) || assert.fail("no idempotency key");
    const isKnown = world.answers.has(key) || world.dismissed.has(key);
    if (!isKnown && !world.isFlaky) assert.equal(state.status === "unresolved" && state.idempotencyKey, key);
  }

  /** Whether the server has booked an idempotency key. @param {string} key */
  isBooked(key) {
    return JSON.stringify(this.world.server.settled.get(key)?.response ?? "").includes('"success":true');
  }

  async resolve() {
    const { world, checkout } = this;
    const { state } = checkout;
    const result = await this.settle(checkout.resolve({ signal: this.signal() }));
    if (!result) return;
    const { rentPeriodDays } = result.request;
    if (state.status === "unresolved") {
      if (result.outcome !== "unknown") counts.resolved += 1;
      else assert.ok("error" in result && result.error.outcome === "unknown");
    }
    // A lookup is about an idempotency key, which the purchases of a cart share.
    if (rentPeriodDays > 3 && "failure" in result) world.notPlaced.add(rentPeriodDays);
    this.count(result);
  }

  /**
   * Waits for a call of this tab. Returns nothing if the tab has crashed.
   * @template T
   * @param {Promise<T>} call
   * @returns {Promise<T | undefined>}
   */
  async settle(call) {
    this.calls += 1;
    const result = await call;
    if (this.isDead) return undefined;
    this.calls -= 1;
    if (this.calls === 0) {
      this.isOrdering = false;
      assert.ok(["ready", "unresolved"].includes(this.seen.status), `a listener last saw ${this.seen.status}`);
    }
    return result;
  }

  /** @param {PurchaseResult} result */
  count(result) {
    const { outcome, request } = result;
    if (outcome === "placed") counts.placed += 1;
    else if (outcome === "unknown") counts.unknown += 1;
    else if ("failure" in result) counts["not placed"] += 1;
    else counts.stopped += 1;
    if ("error" in result) assert.equal(result.error.outcome, outcome);
    const numbers = this.world.server.books.get(request.rentPeriodDays) ?? [];
    if ("receipt" in result) assert.ok(numbers.includes(result.receipt.orderNumber), "a receipt for nothing");
  }

  /** Checks what is always true of the state. */
  check() {
    const { world, checkout } = this;
    const { state } = checkout;
    if (!world.isFlaky) assert.equal(this.checkout.state, state);
    assert.equal(
      state.status === "buying" || state.status === "resolving",
      this.calls > 0 && state.status !== "ready" && state.status !== "unresolved",
    );
    if (world.isFlaky) return;
    const text = world.stored.get(
      sharedName(`proxy-orders ${JSON.stringify(["https://shop.example", this.customer])}`),
    );
    if (state.status === "ready") assert.equal(text, undefined);
    if (state.status === "unresolved" && world.kind === "good") {
      const { key, since, request } = JSON.parse(text ?? assert.fail("no record"));
      assert.deepEqual(state, { status: "unresolved", idempotencyKey: key, since, request });
    }
    if (this.calls === 0) assert.ok(["ready", "unresolved"].includes(state.status));
  }
}

/** The living tabs. @type {Map<number, Tab>} */
const tabs = new Map();

/** A browser and a shop. */
class World {
  /** @type {Map<string, string>} */
  stored = new Map();
  /** The tab that holds each lock. @type {Map<string, number>} */
  locks = new Map();
  hasFaults = true;
  handedOver = 0;
  /** How many purchases began while the state was ready. */
  begun = 0;
  /** Numbers up to 3 belong to carts. */
  lastNumber = 3;
  /** The purchases that somebody was told were not placed. @type {Set<number>} */
  notPlaced = new Set();
  /** The idempotency keys for which a living tab got an answer. @type {Set<string>} */
  answers = new Set();
  /** The idempotency keys of dismissed purchases. @type {Set<string>} */
  dismissed = new Set();
  isDismissing = false;
  /** How many bodies are being read. That takes no fake time. */
  reads = 0;
  clock = 1_800_000_000_000;
  clockError = 0;

  /** @param {number} seed */
  constructor(seed) {
    this.random = choicesOf(seed);
    const { chance, pick } = this.random;
    this.hasLocks = chance(0.5);
    this.kind = pick(STORAGES);
    this.server = new Server(this, chance(0.75));
    setLocks(this.hasLocks ? { request: this.requestLock } : undefined);
    Date.now = () => this.clock + this.clockError;
    // The pauses between attempts are random too.
    Math.random = this.random.random;
    tabs.clear();
    this.tabs = ["anna", "anna", "ben"].slice(0, pick([1, 2, 3])).map((customer) => new Tab(this, customer));
  }

  /** Whether a method of the storage may throw now. */
  get isFlaky() {
    return this.hasFaults && this.kind === "flaky";
  }

  /** @param {string} name @param {object} _ @param {(lock: object | null) => Promise<unknown>} work */
  requestLock = async (name, _, work) => {
    const [shared, holder] = [sharedName(name), Number(/tab-(\d+)/.exec(name)?.[1])];
    if (tabs.get(holder)?.isDead !== false) return never();
    if (this.locks.has(shared)) return work(null);
    this.locks.set(shared, holder);
    try {
      return await work({ name });
    } finally {
      if (this.locks.get(shared) === holder) this.locks.delete(shared);
    }
  };

  /** @param {number} ms */
  async pass(ms) {
    const step = Math.ceil(Math.max(ms / 12, Math.min(ms, 500)));
    for (let rest = ms; rest > 0; rest -= step) {
      this.clock += step;
      mock.timers.tick(step);
      do await turn();
      while (this.reads > 0);
    }
    if (this.problem) throw this.problem;
  }

  /** Lets a tab act. A failed assertion ends the walk. @param {Promise<unknown>} work */
  watch(work) {
    work.catch((error) => (this.problem ??= error));
  }
  /** @type {unknown} */
  problem;

  act() {
    const { chance, pick, between } = this.random;
    const tab = pick(this.tabs);
    const actions = [
      "buy",
      "buy",
      "buy",
      "buy",
      "resolve",
      "resolve",
      "wait",
      "crash",
      "price",
      "user",
      "clock",
      "dismiss",
    ];
    const action = pick(actions);
    if (action === "buy") this.watch(tab.buy());
    else if (action === "resolve") this.watch(tab.resolve());
    else if (action === "crash" && chance(0.5)) tab.crash();
    else if (action === "price") this.server.price = pick([1, 1, 1, 2, 3]);
    else if (action === "user" && chance(0.3)) this.server.user = pick(CUSTOMERS);
    else if (action === "clock" && chance(0.1))
      this.clockError = pick([0, 3_600_000, -3_600_000, 10 * WEEK_MS, -10 * WEEK_MS]);
    else if (action === "dismiss" && tab.checkout.state.status === "unresolved" && chance(0.2)) {
      this.dismiss(tab);
      counts.dismissed += 1;
    }
    for (const each of this.tabs) each.check();
    return action === "wait" ? between(5_000, 20_000) : between(0, 1_500);
  }

  /** @param {Tab} tab */
  dismiss(tab) {
    const { state } = tab.checkout;
    if (state.status === "unresolved") this.dismissed.add(state.idempotencyKey);
    this.isDismissing = true;
    tab.checkout.dismiss();
    this.isDismissing = false;
  }

  /** Checks what is always true. */
  check() {
    const numbers = [...this.server.books.values()].flat().length;
    assert.ok(numbers <= this.handedOver, `${numbers} booked, ${this.handedOver} handed over`);
    if (this.server.knowsKeys) assert.ok(numbers <= this.begun, `${numbers} booked, ${this.begun} begun`);
    for (const number of this.notPlaced) assert.ok(!this.server.books.has(number), `${number} was booked`);
    for (const tab of this.tabs) tab.check();
  }

  /** Faults end: every call settles, and every stored purchase is resolved if the server serves lookups. */
  async end() {
    this.hasFaults = false;
    this.clockError = 0;
    await this.pass(2 * LONGEST_DELAY_MS);
    for (const { calls } of this.tabs) assert.equal(calls, 0, "a call stays pending");
    this.check();
    for (const customer of CUSTOMERS) {
      this.server.user = customer;
      for (const tab of [...this.tabs, new Tab(this, customer)].filter((each) => each.customer === customer)) {
        // If the storage was flaky, a tab may have two: one in memory, and one that another tab has stored.
        for (const _ of ["in memory", "stored"]) await this.resolveFor(tab);
        assert.equal(tab.checkout.state.status, "ready");
      }
    }
    this.check();
  }

  /** Looks up the purchase that a tab shows, and dismisses it if that is the only way. @param {Tab} tab */
  async resolveFor(tab) {
    const { state } = tab.checkout;
    this.watch(tab.resolve());
    await this.pass(10_000);
    if (state.status !== "unresolved") return;
    const { state: later } = tab.checkout;
    const isResolved = later.status !== "unresolved" || later.idempotencyKey !== state.idempotencyKey;
    const isOld = Math.abs(this.clock - state.since) > WEEK_MS;
    if (this.server.knowsKeys && !isOld) assert.ok(isResolved, "a purchase stays unresolved");
    if (isOld) assert.ok(!isResolved);
    if (!isResolved) this.dismiss(tab);
  }
}

/** @param {number} seed */
async function walk(seed) {
  const world = new World(seed);
  for (let step = 0; step < STEPS_OF_A_WORLD; step += 1) {
    await world.pass(world.act());
    world.check();
  }
  await world.end();
  for (const { stopListening } of world.tabs) stopListening();
}

test(`${STEPS} random steps of customers, tabs and a server`, async (context) => {
  const [dateNow, mathRandom] = [Date.now, Math.random];
  const seeds = STEPS / STEPS_OF_A_WORLD;
  try {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
      mock.timers.enable({ apis: ["setTimeout"] });
      await walk(seed).catch((error) => {
        throw new Error(`Seed ${seed}, which SEED=${seed} repeats: ${error.stack}`, { cause: error });
      });
      mock.timers.reset();
    }
  } finally {
    mock.timers.reset();
    Date.now = dateNow;
    Math.random = mathRandom;
  }
  const last = FIRST_SEED + seeds - 1;
  context.diagnostic(`seeds ${FIRST_SEED} to ${last}: ${JSON.stringify(counts)}`);
  console.log(`Checkout model, seeds ${FIRST_SEED} to ${last}: ${JSON.stringify(counts)}`);
  for (const [what, count] of Object.entries(counts)) assert.ok(count > 0, `nothing was ${what}`);
});
