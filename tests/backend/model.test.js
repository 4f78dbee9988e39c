// @ts-check
// A random walk through a shop that sells: several processes over one table, an API that loses responses, customers
// who repeat and look up, an operator who decides, and crashes at any await. The clock is fake.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import { createBackend } from "proxy-orders/backend";
import { pageRequest, QUOTE, RECEIPT, FAILURE, read, wanted } from "./support.js";
import { choicesOf } from "../support/random.js";

/** @import { Backend, Bookings, Sales } from "proxy-orders/backend" */

const STEPS = process.env.SOAK ? 300_000 : 20_000;
const STEPS_OF_A_WORLD = 250;
const FIRST_SEED = Number(process.env.SEED ?? 1);
const USERS = ["anna", "ben", "carl"];
const never = () => new Promise(() => {});

const counts = { purchases: 0, requests: 0, ordered: 0, charged: 0, refunded: 0, crashes: 0, decided: 0, fulfilled: 0 };

/** What one customer wants, and what the pages of that customer were told. */
class Purchase {
  /** @type {Set<string>} the bodies of documented responses with status 200 */
  told = new Set();

  /** @param {number} number its rental period, by which the API's books can be read @param {string} user @param {number | undefined} limit */
  constructor(number, user, limit) {
    this.number = number;
    this.user = user;
    this.limit = limit;
    this.key = `key-${number}`;
    this.name = JSON.stringify([user, this.key]);
    this.body = { ...wanted, rentPeriodDays: number };
  }
}

/** A shop, its API, its customers and its operator. */
class World {
  /** @type {Map<string, { content: string, claimedAt: number, response?: { status: number, body: string } }>} */
  table = new Map();
  /** @type {Map<number, string>} the order number of each booked rental period */
  booked = new Map();
  /** @type {Map<string, { user: string, taken: number, given: number, isFinal: boolean, attempts: number }>} */
  sales = new Map();
  credit = new Map(USERS.map((user) => [user, 10]));
  /** @type {Purchase[]} */
  purchases = [];
  /** @type {Process[]} */
  processes = [];
  apiPrice = 1;
  shopPrice = 2;
  hasFaults = true;
  /** What onError received that must not happen while the operator looks before deciding. @type {string | undefined} */
  conflict;

  /** @param {number} seed */
  constructor(seed) {
    this.seed = seed;
    this.random = choicesOf(seed);
    this.processes = [new Process(this), new Process(this)];
  }

  /**
   * One access of a process to something outside: it takes its time, may fail before or after its effect or hang, and its
   * process may crash before or after. The effect itself is atomic.
   * @template T @param {Process} process @param {() => T} effect @returns {Promise<T>}
   */
  async access(process, effect) {
    const { chance, between } = this.random;
    const hasFault = this.hasFaults && chance(0.06);
    await this.delay(hasFault && chance(0.3) ? between(3_000, 9_000) : between(0, 200));
    if (process.isDead) return /** @type {Promise<T>} */ (never());
    if (hasFault && chance(0.1)) return /** @type {Promise<T>} */ (process.crash());
    if (hasFault && chance(0.3)) throw new Error("It failed before it had an effect.");
    const result = effect();
    if (hasFault && chance(0.1)) return /** @type {Promise<T>} */ (process.crash());
    if (hasFault && chance(0.3)) throw new Error("It failed after it had an effect.");
    if (hasFault && chance(0.3)) return /** @type {Promise<T>} */ (never());
    await this.delay(between(0, 200));
    return process.isDead ? /** @type {Promise<T>} */ (never()) : result;
  }

  /** @param {number} ms */
  delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** @param {Process} process @returns {Bookings} */
  bookingsOf(process) {
    const { table } = this;
    return {
      claim: (name, content) =>
        this.access(process, () => {
          const row = table.get(name);
          if (!row) table.set(name, { content, claimedAt: Date.now() });
          if (!row) return { state: "new" };
          if (row.response) return { state: "settled", content: row.content, response: row.response };
          return { state: "open", content: row.content, ageMs: Date.now() - row.claimedAt };
        }),
      settle: (name, response) =>
        this.access(process, () => {
          const row = table.get(name);
          if (!row || row.response) return false;
          row.response = response;
          return true;
        }),
      open: () =>
        this.access(process, () =>
          [...table].flatMap(([name, { content, claimedAt, response }]) =>
            response ? [] : [{ name, content, ageMs: Date.now() - claimedAt }],
          ),
        ),
    };
  }

  /** @param {Process} process @returns {Sales} */
  salesOf(process) {
    const saleOf = (/** @type {string} */ name, /** @type {string} */ user) => {
      const sale = this.sales.get(name) ?? { user, taken: 0, given: 0, isFinal: false, attempts: 0 };
      this.sales.set(name, sale);
      return sale;
    };
    return {
      price: () => this.access(process, () => this.shopPrice),
      charge: ({ name, user, price }) =>
        this.access(process, () => {
          const sale = saleOf(name, user);
          const credit = this.credit.get(user) ?? 0;
          if (sale.isFinal || sale.taken > 0) return "It was charged or refunded before.";
          if (credit < price) return "Please top up.";
          sale.taken = price;
          this.credit.set(user, credit - price);
          counts.charged += 1;
          return true;
        }),
      refund: ({ name, user }) =>
        this.access(process, () => {
          const sale = saleOf(name, user);
          if (!sale.isFinal && sale.taken > 0) {
            this.credit.set(user, (this.credit.get(user) ?? 0) + sale.taken);
            sale.given = sale.taken;
            counts.refunded += 1;
          }
          sale.isFinal = true;
        }),
    };
  }

  /** The API behind `fetch`. @param {Process} process @param {Request} request */
  async respond(process, request) {
    const { chance, between } = this.random;
    const isOrder = !request.url.endsWith("/calculate/order");
    const { rentPeriodDays } = await request.json();
    if (!isOrder) {
      return this.access(process, () => {
        const warnings = chance(0.05) ? [{ code: 14, message: "Incorrect goal" }] : null;
        return Response.json({ ...QUOTE, price: this.apiPrice, warnings });
      });
    }
    const { ordered } = counts;
    counts.ordered = ordered + 1;
    const aborted = new Promise((_, reject) =>
      request.signal.addEventListener("abort", () => reject(new Error("cut"))),
    );
    const work = async () => {
      // The order travels and is booked even if its process has died.
      await this.delay(this.hasFaults && chance(0.1) ? between(10_000, 170_000) : between(0, 500));
      if (this.hasFaults && chance(0.05)) throw new Error("The order was lost.");
      const declined = { ...FAILURE, error: { code: chance(0.5) ? 16 : 14, message: "Declined." } };
      if (chance(0.1)) return Response.json(declined);
      assert.ok(!this.booked.has(rentPeriodDays), `order ${rentPeriodDays} was booked twice`);
      const orderNumber = `N-${rentPeriodDays}`;
      this.booked.set(rentPeriodDays, orderNumber);
      if (this.hasFaults && chance(0.1)) throw new Error("The response was lost.");
      // A documented failure whose status is not 2xx does not answer an order.
      if (this.hasFaults && chance(0.05)) return Response.json(declined, { status: 500 });
      await this.delay(this.hasFaults && chance(0.1) ? between(5_000, 130_000) : between(0, 500));
      return Response.json({ ...RECEIPT, orderNumber });
    };
    const response = await Promise.race([work(), aborted]);
    return process.isDead ? never() : response;
  }

  /** What happens next. */
  act() {
    const { chance, pick, between } = this.random;
    const { purchases } = this;
    const action = pick(["buy", "buy", "again", "again", "again", "operate", "change", "crash"]);
    if (action === "buy") {
      const limit = chance(0.3) ? undefined : pick([1.5, 2, 3]);
      const purchase = new Purchase(purchases.length + 1, pick(USERS), limit);
      counts.purchases += 1;
      purchases.push(purchase);
      for (const process of chance(0.3) ? this.processes : [pick(this.processes)]) process.request(purchase, "order");
    } else if (action === "again" && purchases.length > 0) {
      const purchase = chance(0.7) ? pick(purchases.slice(-5)) : pick(purchases);
      pick(this.processes).request(purchase, pick(["order", "order/lookup"]));
    } else if (action === "operate") {
      pick(this.processes).operate();
    } else if (action === "change") {
      this.apiPrice = pick([0.5, 1, 1.5, 2, 2.5]);
      this.shopPrice = pick([1, 1.5, 2, 2.5, 3]);
      const user = pick(USERS);
      if (chance(0.5)) this.credit.set(user, (this.credit.get(user) ?? 0) + between(0, 20));
    } else if (action === "crash" && chance(0.1)) pick(this.processes).crash();
    this.check();
  }

  /** What is true at any time. */
  check() {
    for (const [user, credit] of this.credit) assert.ok(credit >= 0, `${user} has ${credit}`);
    for (const purchase of this.purchases) {
      const { taken = 0 } = this.sales.get(purchase.name) ?? {};
      assert.ok(taken <= (purchase.limit ?? Infinity) + 1e-6, `${purchase.name} paid ${taken}`);
      assert.ok(purchase.told.size <= 1, `${purchase.name} was told ${[...purchase.told].join(" and ")}`);
      for (const body of purchase.told) {
        const { success, orderNumber } = JSON.parse(body);
        const booked = this.booked.get(purchase.number);
        assert.equal(success ? orderNumber : undefined, booked, `${purchase.name} was told ${body}`);
      }
    }
  }

  /** What is true in the end: every order has its answer, and who has an order has paid for it. */
  checkEnd() {
    this.check();
    for (const { name, number, told } of this.purchases) {
      assert.equal(told.size, 1, `${name} has no answer`);
      const { taken = 0, given = 0 } = this.sales.get(name) ?? {};
      const isBooked = this.booked.has(number);
      assert.equal(taken - given > 0, isBooked, `${name}: ${isBooked ? "booked" : "failed"}, paid ${taken - given}`);
      if (isBooked) counts.fulfilled += 1;
    }
  }
}

/** A process of the shop. */
class Process {
  static last = 0;
  isDead = false;

  /** @param {World} world */
  constructor(world) {
    this.world = world;
    this.id = Process.last += 1;
    processes.set(this.id, this);
    /** @type {Backend} */
    this.backend = createBackend({
      baseUrl: `https://process-${this.id}.example`,
      apiKey: "a key of the model",
      user: (request) => request.headers.get("x-user"),
      balance: (user) => world.access(this, () => world.credit.get(user) ?? 0),
      permit: () => world.access(this, () => world.random.chance(0.95) || "Not today."),
      bookings: world.bookingsOf(this),
      sales: world.salesOf(this),
      maxPrice: 2,
      onError: (error, booking) => {
        // Two failures may meet: a decision, and an order that was not sent. A receipt must meet nothing else.
        const bodies = `${booking?.response?.body} ${booking?.stored?.body}`;
        if (this.isDead || !booking?.stored || !bodies.includes('"success":true')) return;
        world.conflict = `${error} ${bodies}`;
      },
    });
  }

  /** Ends: nothing that it still does has an effect. Another process starts in its place. */
  crash() {
    if (!this.isDead) {
      this.isDead = true;
      processes.delete(this.id);
      const { processes: all } = this.world;
      all[all.indexOf(this)] = new Process(this.world);
      counts.crashes += 1;
    }
    return never();
  }

  /** A page's request. @param {Purchase} purchase @param {string} endpoint */
  async request({ user, key, limit, body, told }, endpoint) {
    counts.requests += 1;
    const isLimited = limit !== undefined && endpoint === "order";
    const headers = { "x-user": user, "idempotency-key": key, ...(isLimited && { "order-max-price": String(limit) }) };
    const { status, text, json } = await read(await this.backend(pageRequest({ endpoint, headers, body })));
    assert.equal(typeof json.success, status === 502 ? "undefined" : "boolean");
    if (!this.isDead && status === 200) told.add(text);
    return status;
  }

  /** The operator looks each open order up in the API's books, and decides. */
  async operate() {
    const open = await this.backend.openOrders().catch(() => []);
    for (const { name, request } of open) {
      const orderNumber = this.world.booked.get(request.rentPeriodDays);
      const decision = orderNumber ? { placed: /** @type {const} */ (true), orderNumber, currency: "USD" } : undefined;
      // Too early, this is rejected: the API may still book the order.
      const isSettled = await this.backend.resolve(name, decision ?? { placed: false }).catch(() => false);
      if (isSettled) counts.decided += 1;
    }
  }
}

/** The living processes, by the number in their base URL. @type {Map<number, Process>} */
const processes = new Map();

/** @param {number} ms */
async function pass(ms) {
  mock.timers.tick(ms);
  for (let round = 0; round < 3; round += 1) await tick();
}

/** Lets time pass until a promise is settled. @template T @param {Promise<T>} promise */
async function passUntil(promise) {
  let isSettled = false;
  const end = () => (isSettled = true);
  promise.then(end, end);
  for (let second = 0; !isSettled; second += 1) {
    assert.ok(second < 1_000, "it takes too long");
    await pass(1_000);
  }
  return promise;
}

/** @param {number} seed */
async function walk(seed) {
  const world = new World(seed);
  for (let step = 0; step < STEPS_OF_A_WORLD; step += 1) {
    world.act();
    await pass(world.random.between(0, 1_000));
    if (world.random.chance(0.02)) {
      // The whole machine stands still for a while, and the first thing that happens then is that the operator decides.
      await pass(world.random.pick([21_000, 26_000, 700_000]));
      for (const process of world.processes) process.operate();
    }
    assert.equal(world.conflict, undefined);
  }
  world.hasFaults = false;
  // The last answers come, then the operator decides what is left.
  for (let second = 0; second < 11 * 60; second += 2) await pass(2_000);
  const process = world.processes[0] ?? assert.fail();
  await passUntil(process.operate());
  const last = world.purchases.map((purchase) => process.request(purchase, "order/lookup"));
  assert.ok((await passUntil(Promise.all(last))).every((status) => status === 200));
  world.checkEnd();
  processes.clear();
}

test(`${STEPS} random steps of a shop that sells`, { timeout: 1_200_000 }, async (context) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 });
  context.after(() => mock.timers.reset());
  context.mock.method(performance, "now", () => Date.now() - 1e12);
  context.mock.method(globalThis, "fetch", (/** @type {Request} */ request) => {
    const process = processes.get(Number(/process-(\d+)/.exec(request.url)?.[1]));
    return process ? process.world.respond(process, request) : never();
  });
  const worlds = STEPS / STEPS_OF_A_WORLD;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + worlds; seed += 1) {
    await walk(seed).catch((error) => assert.fail(`seed ${seed}: ${error.stack}`));
  }
  const printed = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(`${STEPS} steps, seeds ${FIRST_SEED} to ${FIRST_SEED + worlds - 1}: ${printed.join(", ")}`);
  for (const [what, count] of Object.entries(counts)) assert.ok(count > 50, `${what}: ${count}`);
});
