// @ts-check
// The shop's own prices, and the orders that a person decides.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { memoryBookings } from "proxy-orders/backend";
import {
  bookingsWith,
  deferred,
  FAILURE,
  pageRequest,
  QUOTE,
  read,
  RECEIPT,
  settleMicrotasks,
  startBackend,
  stubApi,
  wanted,
} from "./support.js";

/** @import { BackendOptions, Sale } from "proxy-orders/backend" */

const NAME = '["anna","key-1"]';
const RESOLVED = { placed: true, orderNumber: "N-1", balance: 1, currency: "USD" };
const fail = () => Promise.reject(new Error("It failed."));
const hang = () => new Promise(() => {});

/** A shop's accounts: `refund` is final. */
function createAccounts(credit = 10) {
  /** @type {Map<string, { taken: number, isFinal: boolean }>} */
  const sales = new Map();
  /** @type {string[]} */
  const calls = [];
  return {
    calls,
    credit,
    /** @param {Sale} sale */
    charge({ name, price }) {
      calls.push(`charge ${price}`);
      if (sales.has(name)) return "This order was charged or refunded before.";
      if (this.credit < price) return "Please top up.";
      this.credit -= price;
      sales.set(name, { taken: price, isFinal: false });
      return /** @type {const} */ (true);
    },
    /** @param {Omit<Sale, "price">} sale */
    refund({ name }) {
      calls.push("refund");
      const { taken = 0, isFinal = false } = sales.get(name) ?? {};
      if (!isFinal) this.credit += taken;
      sales.set(name, { taken, isFinal: true });
    },
  };
}

/**
 * A shop that sells at 3, with what `onError` receives.
 * @param {{ url: string }} api
 * @param {Partial<import("proxy-orders/backend").Sales>} [hooks]
 * @param {Partial<BackendOptions>} [options]
 */
function startShop(api, hooks, options) {
  const accounts = createAccounts();
  const bookings = options?.bookings ?? memoryBookings();
  /** @type {any[]} */
  const told = [];
  /** @type {Promise<unknown>[]} */
  const waits = [];
  const { backend } = startBackend(api, {
    balance: () => accounts.credit,
    onError: (...args) => void told.push(args),
    ...options,
    bookings,
    sales: {
      price: () => 3,
      charge: (sale) => accounts.charge(sale),
      refund: (sale) => accounts.refund(sale),
      ...hooks,
    },
  });
  const order = async (/** @type {Parameters<typeof pageRequest>[0]} */ changes) =>
    read(await backend(pageRequest(changes), { waitUntil: (work) => void waits.push(work) }));
  return { accounts, backend, bookings, told, waits, order };
}

describe("a sale", { timeout: 60_000 }, () => {
  test("is charged at the shop's price, and its receipt shows the customer's balance", async (context) => {
    const { accounts, order, told } = startShop(stubApi(context));
    const { status, json } = await order({ headers: { "order-max-price": "3" } });
    assert.deepEqual([status, json.orderNumber, json.balance], [200, "NUMBER-1", 7]);
    assert.deepEqual([accounts.credit, accounts.calls, told], [7, ["charge 3"], []]);
    // A repeat costs nothing.
    assert.equal((await order({})).json.balance, 7);
    assert.equal((await order({ endpoint: "order/lookup" })).json.balance, 7);
    assert.deepEqual(accounts.calls, ["charge 3"]);
  });

  test("calls its hooks in their order, each with what it needs", async (context) => {
    const api = stubApi(context, { quote: { ...QUOTE, price: 1.5 } });
    /** @type {unknown[]} */
    const calls = [];
    const noted =
      (/** @type {string} */ name, /** @type {any} */ value) =>
      (/** @type {any[]} */ ...args) => (calls.push([name, api.calculated, api.ordered, ...args]), value);
    const hooks = { price: noted("price", 3), charge: noted("charge", true), refund: noted("refund", undefined) };
    const options = { permit: noted("permit", true), balance: noted("balance", 7), maxPrice: 2 };
    const { order } = startShop(api, hooks, options);
    assert.equal((await order({})).json.success, true);
    const asked = { user: "anna", endpoint: "order", request: wanted };
    const sale = { name: NAME, user: "anna", request: wanted };
    assert.deepEqual(calls, [
      ["permit", 0, 0, asked],
      ["price", 1, 0, { ...QUOTE, price: 1.5 }, asked],
      ["charge", 1, 0, { ...sale, price: 3 }],
      ["balance", 1, 0, "anna"],
    ]);
    calls.length = 0;
    api.receipt = FAILURE;
    await order({ headers: { "idempotency-key": "key-2" } });
    assert.deepEqual(calls.at(-1), ["refund", 2, 2, { ...sale, name: '["anna","key-2"]' }]);
  });

  test("shows its price and the customer's balance in a calculation", async (context) => {
    const api = stubApi(context, { quote: { ...QUOTE, warnings: [{ code: 14, message: "Incorrect goal" }] } });
    const { order, accounts } = startShop(api);
    const { json } = await order({ endpoint: "calculate/order" });
    assert.deepEqual([json.price, json.balance, json.warnings[0].code], [3, 10, 14]);
    api.quote = { ...FAILURE, price: null, discount: null, warnings: null };
    const failed = await order({ endpoint: "calculate/order" });
    assert.deepEqual([failed.json.error.code, failed.json.balance], [14, null]);
    assert.deepEqual(accounts.calls, []);
  });

  /** @type {[what: string, code: number, expected: { charged?: true, ordered?: 1, told?: 1 }, changes: { quote?: object, receipt?: unknown, options?: Partial<BackendOptions>, hooks?: any, limit?: string }][]} */
  const failures = [
    ["permit says no", 403, {}, { options: { permit: () => "No." } }],
    ["the calculation is a failure", 14, {}, { quote: { ...FAILURE, price: null, discount: null, warnings: null } }],
    ["the quote has warnings", 24, {}, { quote: { ...QUOTE, warnings: [{ code: 24, message: "w" }] } }],
    [
      "the shop's account is too low",
      503,
      { told: 1 },
      { quote: { ...QUOTE, warnings: [{ code: 16, message: "w" }] } },
    ],
    ["the API's price is above maxPrice", 403, {}, { options: { maxPrice: 1 } }],
    ["the shop's price is above the page's limit", 412, {}, { limit: "2.99" }],
    ["the price fails", 503, { told: 1 }, { hooks: { price: fail } }],
    ...[0, -1, NaN, Infinity, "3", undefined].map(
      (price) => /** @type {any} */ ([`the price is ${price}`, 503, { told: 1 }, { hooks: { price: () => price } }]),
    ),
    ["the credit is too low", 16, {}, { hooks: { charge: () => "Please top up." } }],
    ["the charge fails", 503, { charged: true, told: 1 }, { hooks: { charge: fail } }],
    ...[undefined, false, 1].map(
      (result) =>
        /** @type {any} */ ([
          `the charge returns ${result}`,
          503,
          { charged: true, told: 1 },
          { hooks: { charge: () => result } },
        ]),
    ),
    ["the balance fails", 503, { charged: true, told: 1 }, { options: { balance: fail } }],
    ["the API declines the order", 14, { charged: true, ordered: 1 }, { receipt: FAILURE }],
    [
      "the API's account is too low",
      503,
      { charged: true, ordered: 1, told: 1 },
      { receipt: { ...FAILURE, error: { code: 16, message: "Insufficient funds" } } },
    ],
  ];
  for (const [what, code, { charged, ordered = 0, told: toldCount = 0 }, changes] of failures) {
    test(`ends in a failure, and the customer pays nothing: ${what}`, async (context) => {
      const { quote, receipt, options, hooks, limit = "3" } = changes;
      const api = stubApi(context, { ...(quote && { quote }), ...(receipt ? { receipt } : {}) });
      const { accounts, bookings, order, told } = startShop(api, hooks, options);
      const { status, json, text } = await order({ headers: { "order-max-price": limit } });
      assert.deepEqual([status, json.success, json.error.code, json.balance], [200, false, code, null]);
      assert.equal(accounts.credit, 10);
      assert.equal(accounts.calls.includes("refund"), charged === true);
      assert.deepEqual([api.ordered, told.length], [ordered, toldCount]);
      const claim = await bookings.claim(NAME, "");
      assert.equal(claim.state === "settled" && claim.response.body, text);
    });
  }

  test("hides the codes of the shop's account from customers, and tells onError", async (context) => {
    const api = stubApi(context);
    const { order, told } = startShop(api);
    const sentence = "This cannot be ordered at the moment.";
    for (const code of [2, 16]) {
      const error = { code, message: `Message ${code}` };
      api.quote = { ...FAILURE, price: null, discount: null, warnings: null, error };
      const failed = await order({ endpoint: "calculate/order" });
      assert.deepEqual(failed.json.error, { code: 503, message: sentence });
      api.quote = { ...QUOTE, warnings: [error, { code: 14, message: "Incorrect goal" }] };
      const warned = await order({ endpoint: "calculate/order" });
      assert.deepEqual(warned.json.warnings[0], { code: 503, message: sentence });
      assert.equal(warned.json.warnings[1].code, 14);
      assert.equal(told.length, 2);
      for (const [error] of told.splice(0)) assert.match(error.message, new RegExp(`code ${code}: Message ${code}`));
    }
  });

  test("without an answer stays charged and open", async (context) => {
    const { accounts, bookings, order, told } = startShop(stubApi(context, { receipt: fail }));
    const { status, json } = await order({});
    assert.deepEqual([status, "success" in json, accounts.credit], [502, false, 7]);
    assert.equal((await bookings.claim(NAME, "")).state, "open");
    assert.equal(told.length, 1);
  });
});

describe("time", { timeout: 60_000 }, () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 }));
  afterEach(() => mock.timers.reset());

  /** @param {number} ms */
  async function pass(ms) {
    await settleMicrotasks();
    for (let left = ms; left > 0; left -= 500) {
      mock.timers.tick(Math.min(500, left));
      await settleMicrotasks();
    }
  }

  for (const hook of ["price", "charge"]) {
    test(`${hook} has 5 seconds, and nothing is ordered`, async (context) => {
      const api = stubApi(context);
      const { order, accounts } = startShop(api, { [hook]: hang });
      const page = order({});
      await pass(5_000);
      assert.deepEqual([(await page).json.error.code, api.ordered, accounts.credit], [503, 0, 10]);
      assert.deepEqual(accounts.calls, hook === "charge" ? ["refund"] : []);
    });
  }

  test("a charge whose deadline passes is refunded, and nothing is sent", async (context) => {
    const api = stubApi(context);
    const { order, accounts } = startShop(api, {}, { balance: () => (mock.timers.setTime(Date.now() + 20_001), 7) });
    assert.deepEqual([(await order({})).json.error.code, api.ordered, accounts.credit], [503, 0, 10]);
  });

  test("a refund is attempted again", async (context) => {
    const refund = mock.fn(fail);
    const { order, accounts, bookings } = startShop(stubApi(context, { receipt: FAILURE }), { refund });
    const page = order({});
    await pass(1_000);
    assert.equal((await bookings.claim(NAME, "")).state, "open");
    refund.mock.mockImplementation(/** @type {any} */ (accounts.refund.bind(accounts)));
    await pass(500);
    assert.deepEqual([(await page).json.error.code, accounts.credit], [14, 10]);
  });

  test("a refund that fails for 10 seconds leaves the booking open", async (context) => {
    const { order, bookings, told } = startShop(stubApi(context, { receipt: FAILURE }), { refund: fail });
    const page = order({});
    await pass(10_000);
    assert.equal((await page).status, 502);
    assert.equal((await bookings.claim(NAME, "")).state, "open");
    assert.match(told[0][1].response.body, /Incorrect goal/);
  });

  test("a late failure is refunded after another look at the booking", async (context) => {
    const answer = deferred();
    const { accounts, bookings, order, waits } = startShop(stubApi(context, { receipt: () => answer.promise }));
    const page = order({});
    await pass(26_000);
    assert.equal((await page).status, 502);
    answer.resolve(FAILURE);
    await Promise.all(waits);
    assert.deepEqual([accounts.credit, (await bookings.claim(NAME, "")).state], [10, "settled"]);
  });

  test("a late failure refunds nothing once a person has found the order", async (context) => {
    const answer = deferred();
    const api = stubApi(context, { receipt: () => answer.promise });
    const { accounts, backend, order, told, waits } = startShop(api);
    order({});
    await pass(26_000);
    assert.equal(await backend.resolve(NAME, /** @type {any} */ (RESOLVED)), true);
    answer.resolve(FAILURE);
    await Promise.all(waits);
    assert.deepEqual([accounts.credit, accounts.calls], [7, ["charge 3"]]);
    assert.match(told.at(-1)[1].stored.body, /N-1/);
    assert.match(told.at(-1)[1].response.body, /Incorrect goal/);
  });

  test("while a late look at the booking fails, nothing is refunded", async (context) => {
    const answer = deferred();
    const memory = memoryBookings();
    let isDown = false;
    const claim = (/** @type {[any, any]} */ ...args) => (isDown ? fail() : memory.claim(...args));
    const bookings = bookingsWith({ ...memory, claim });
    const api = stubApi(context, { receipt: () => answer.promise });
    const { accounts, order } = startShop(api, {}, { bookings });
    order({});
    await pass(26_000);
    isDown = true;
    answer.resolve(FAILURE);
    await pass(10_000);
    assert.deepEqual([accounts.credit, (await memory.claim(NAME, "")).state], [7, "open"]);
  });

  test("onError is told when a receipt is stored during a late refund", async (context) => {
    const answer = deferred();
    const api = stubApi(context, { receipt: () => answer.promise });
    const { backend, accounts, order, told, waits } = startShop(api, {
      refund: async (sale) => {
        await backend.resolve(NAME, /** @type {any} */ (RESOLVED));
        accounts.refund(sale);
      },
    });
    order({});
    await pass(26_000);
    answer.resolve(FAILURE);
    await Promise.all(waits);
    assert.match(told.at(-1)[0].message, /order and the money/);
    assert.equal(accounts.credit, 10);
  });

  describe("an open order", () => {
    /** A shop with one order without an answer. @param {import("node:test").TestContext} context @param {number} ageMs @param {Partial<BackendOptions>} [options] */
    async function startWithOpen(context, ageMs, options) {
      const api = stubApi(context, { receipt: fail });
      const shop = startShop(api, {}, options);
      await shop.order({});
      shop.told.length = 0;
      await pass(ageMs);
      return { api, ...shop };
    }
    const MINUTES = 60_000;

    test("is listed when it is older than 25 seconds, the oldest first", async (context) => {
      const { backend, order } = await startWithOpen(context, 5_000);
      await order({ headers: { "idempotency-key": "key-2", "x-user": "ben" }, body: { ...wanted, quantity: 2 } });
      await pass(20_000);
      assert.deepEqual(await backend.openOrders(), []);
      await pass(500);
      const first = { name: NAME, user: "anna", idempotencyKey: "key-1", request: wanted, ageMs: 25_500 };
      assert.deepEqual(await backend.openOrders(), [first]);
      await pass(10_000);
      const found = await backend.openOrders();
      assert.deepEqual(
        found.map(({ user, idempotencyKey, request }) => [user, idempotencyKey, request.quantity]),
        [
          ["anna", "key-1", 1],
          ["ben", "key-2", 2],
        ],
      );
      await backend.resolve(NAME, /** @type {any} */ (RESOLVED));
      assert.equal((await backend.openOrders()).length, 1);
    });

    test("that was placed gets a receipt", async (context) => {
      const { accounts, backend, order } = await startWithOpen(context, 25_500);
      assert.equal(await backend.resolve(NAME, { placed: true, orderNumber: "N-1" }), true);
      const { json } = await order({});
      assert.deepEqual(json, { ...RECEIPT, orderNumber: "N-1", balance: 7 });
      assert.deepEqual(accounts.calls, ["charge 3"]);
      // It is no longer listed.
      assert.equal(await backend.resolve(NAME, { placed: true, orderNumber: "N-1" }), false);
    });

    test("that was placed shows the account's balance by default", async (context) => {
      const api = stubApi(context, { receipt: fail });
      const { backend } = startBackend(api);
      await backend(pageRequest());
      await pass(25_500);
      api.quote = {
        ...QUOTE,
        balance: null,
        currency: null,
        success: false,
        error: { code: 2, message: "Error api key" },
      };
      await assert.rejects(backend.resolve(NAME, { placed: true, orderNumber: "N-1" }), /balance and currency/);
      assert.equal((await backend.openOrders()).length, 1);
      api.quote = { ...QUOTE, balance: 55 };
      assert.equal(await backend.resolve(NAME, { placed: true, orderNumber: "N-1" }), true);
      assert.equal((await read(await backend(pageRequest()))).json.balance, 55);
    });

    test("that was not placed is refunded", async (context) => {
      const { accounts, backend, order } = await startWithOpen(context, 10 * MINUTES);
      assert.equal(await backend.resolve(NAME, { placed: false }), true);
      assert.equal(accounts.credit, 10);
      const { json } = await order({});
      assert.deepEqual(json.error, { code: 410, message: "This was not ordered." });
      assert.equal(await backend.resolve(NAME, { placed: false }), false);
    });

    test("younger than 10 minutes cannot be declared not placed", async (context) => {
      const { accounts, backend } = await startWithOpen(context, 9.5 * MINUTES);
      const at = new Date(Date.now() + MINUTES / 2).toISOString();
      await assert.rejects(backend.resolve(NAME, { placed: false, message: "No." }), new RegExp(at));
      assert.equal(accounts.credit, 7);
    });

    test("that is not listed is not resolved", async (context) => {
      const { backend, bookings } = await startWithOpen(context, 20_000);
      for (const name of [NAME, '["anna","key-2"]', "", /** @type {any} */ (5)]) {
        assert.equal(await backend.resolve(name, /** @type {any} */ (RESOLVED)), false);
        assert.equal(await backend.resolve(name, { placed: false }), false);
      }
      assert.equal((await bookings.claim(NAME, "")).state, "open");
    });

    test("is resolved once by the same decision at the same moment", async (context) => {
      const { accounts, backend, told } = await startWithOpen(context, 10 * MINUTES);
      const decisions = [1, 2, 3].map(() => backend.resolve(NAME, { placed: false }));
      assert.deepEqual(await Promise.all(decisions), [true, true, true]);
      assert.deepEqual([accounts.credit, told], [10, []]);
    });

    test("of two different decisions, the first counts and onError gets both", async (context) => {
      const { backend, told } = await startWithOpen(context, 30_000);
      const [first, second] = await Promise.all(
        ["N-1", "N-2"].map((orderNumber) => backend.resolve(NAME, /** @type {any} */ ({ ...RESOLVED, orderNumber }))),
      );
      assert.deepEqual([first, second], [true, false]);
      assert.match(told[0][1].stored.body, /N-1/);
      assert.match(told[0][1].response.body, /N-2/);
    });

    test("a receipt with the same order number counts as the same decision", async (context) => {
      const memory = memoryBookings();
      const open = async () => [{ name: NAME, content: JSON.stringify(wanted), ageMs: 30_000 }];
      await memory.claim(NAME, JSON.stringify(wanted));
      await memory.settle(NAME, { status: 200, body: JSON.stringify({ ...RECEIPT, orderNumber: "N-1" }) });
      const { backend, told } = startShop(stubApi(context), {}, { bookings: bookingsWith({ ...memory, open }) });
      assert.equal(await backend.resolve(NAME, /** @type {any} */ (RESOLVED)), true);
      assert.deepEqual(told, []);
    });

    test("that holds a receipt meanwhile is not refunded", async (context) => {
      const memory = memoryBookings();
      const open = async () => [{ name: NAME, content: JSON.stringify(wanted), ageMs: 10 * MINUTES }];
      await memory.claim(NAME, JSON.stringify(wanted));
      await memory.settle(NAME, { status: 200, body: JSON.stringify(RECEIPT) });
      const bookings = bookingsWith({ ...memory, open });
      const { accounts, backend, told } = startShop(stubApi(context), {}, { bookings });
      assert.equal(await backend.resolve(NAME, { placed: false }), false);
      assert.deepEqual([accounts.calls, told.length], [[], 1]);
    });

    test("stays open when its refund or its settlement fails", async (context) => {
      const { backend, bookings } = await startWithOpen(context, 10 * MINUTES, {
        bookings: bookingsWith({ ...memoryBookings(), settle: fail }),
      });
      const resolved = assert.rejects(backend.resolve(NAME, { placed: false }), /It failed/);
      await pass(10_000);
      await resolved;
      assert.equal((await bookings.claim(NAME, "")).state, "open");
    });

    test("a decision that would not be a documented response is rejected", async (context) => {
      const { backend, bookings } = await startWithOpen(context, 10 * MINUTES);
      /** @type {[decision: unknown, message: RegExp][]} */
      const wrong = [
        [{}, /^placed must be true or false/],
        [{ placed: "yes" }, /^placed must be/],
        [{ placed: true }, /^orderNumber must be a non-empty string/],
        [{ placed: true, orderNumber: 5 }, /^orderNumber must be/],
        [{ ...RESOLVED, balance: NaN }, /^balance must be a finite number/],
        [{ ...RESOLVED, currency: 5 }, /^currency must be a non-empty string/],
        [{ placed: false, message: 5 }, /^message must be a non-empty string/],
        [undefined, /undefined/],
      ];
      for (const [decision, message] of wrong) {
        await assert.rejects(backend.resolve(NAME, /** @type {any} */ (decision)), { name: "TypeError", message });
      }
      assert.equal((await bookings.claim(NAME, "")).state, "open");
    });

    test("bookings that cannot list are said so", async (context) => {
      const { open, ...rest } = memoryBookings();
      const { backend } = startShop(stubApi(context), {}, { bookings: rest });
      await assert.rejects(backend.openOrders(), /no method open/);
      await assert.rejects(backend.resolve(NAME, { placed: false }), /no method open/);
    });
  });
});
