// @ts-check
// The rules of a checkout, one test for each, against the sandbox. Time is fake.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSandbox } from "proxy-orders/sandbox";
import { openTab, pass, passUntil, setLocks, TestLocks, TestStorage } from "./support/checkout.js";

/** @import { CheckoutOptions, OrderRequest, PurchaseOptions, PurchaseResult } from "proxy-orders" */
/** @import { Sandbox, SandboxFault, SandboxFaultOptions } from "proxy-orders/sandbox" */

const DAY_MS = 86_400_000;
const START = 1_800_000_000_000;

/** @type {OrderRequest} */
const wanted = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};
const limit = { maxPrice: 2 };

const tab = await openTab();
const otherTab = await openTab();

/** @type {Sandbox} */
let sandbox;
/** @type {TestStorage} */
let storage;
/** Makes a new customer for each test, because module instances remember the checkouts of earlier ones. */
let customers = 0;
let customer = "";

/** @param {Partial<CheckoutOptions>} [options] @param {typeof tab} [where] */
function open(options = {}, where = tab) {
  const api = { baseUrl: "https://sandbox.example", apiKey: "demo-key", fetch: sandbox.fetch };
  return where.createCheckout({ ...api, customer, storage, ...options });
}

const nameOf = (baseUrl = "https://sandbox.example") => `proxy-orders ${JSON.stringify([baseUrl, customer])}`;
const stored = () => JSON.parse(storage.getItem(nameOf()) ?? "null");
/** @param {object} record */
const store = (record) => storage.setItem(nameOf(), JSON.stringify(record));
const orders = () => sandbox.requests.filter(({ path }) => /(?<!calculate)\/order$/.test(path));
const lookups = () => sandbox.requests.filter(({ path }) => path.endsWith("/order/lookup"));

/** Loses the response to an order, and makes the two lookups after it fail. @param {SandboxFault} [fault] */
function lose(fault = "cut-after") {
  sandbox.fail(fault, { on: "order" });
  sandbox.fail("500", { on: "lookup", times: 2 });
}

/** Leaves a purchase unresolved. */
async function leaveUnresolved(checkout = open()) {
  lose();
  const result = await passUntil(checkout.buy(wanted, limit));
  assert.equal(result.outcome, "unknown");
  return checkout;
}

/** The error of a result. @param {PurchaseResult | undefined} result */
const errorOf = (result) => (result && "error" in result ? result.error : assert.fail(JSON.stringify(result)));

/** @param {PurchaseResult | undefined} result @param {string} outcome @param {string} code */
function assertError(result, outcome, code) {
  const error = errorOf(result);
  assert.equal(error.code, code, `${error.message} ${/** @type {Error} */ (error.cause)?.stack}`);
  assert.equal(result?.outcome, outcome);
  assert.equal(error.outcome, outcome);
  assert.ok(tab.isProxyOrdersError(error));
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  sandbox = createSandbox({ balance: 100 });
  storage = new TestStorage();
  customers += 1;
  customer = `customer-${customers}`;
  setLocks(new TestLocks());
});
afterEach(() => mock.timers.reset());

describe("createCheckout", () => {
  test("throws a TypeError for a bad customer", () => {
    for (const bad of [undefined, null, "", 5, "x".repeat(201), "\ud800", {}]) {
      assert.throws(() => open({ customer: /** @type {any} */ (bad) }), TypeError);
    }
    for (const good of ["x", "x".repeat(200), "Ännä 😀"]) assert.equal(open({ customer: good }).state.status, "ready");
  });

  test("throws a TypeError for a bad storage", () => {
    const hostile = new Proxy({}, { get: () => assert.fail("read") });
    for (const bad of [null, 5, {}, { getItem() {}, setItem() {} }, hostile]) {
      assert.throws(() => open({ storage: /** @type {any} */ (bad) }), TypeError);
    }
  });

  test("leaves other options to the purchase", async () => {
    for (const baseUrl of [undefined, 5n, { toJSON: () => assert.fail("read") }, "ftp://x.example"]) {
      const result = await passUntil(open({ baseUrl: /** @type {any} */ (baseUrl) }).buy(wanted, limit));
      assertError(result, "not_placed", "invalid_options");
    }
    assertError(await passUntil(open({ timeoutMs: -1 }).buy(wanted, limit)), "not_placed", "invalid_options");
    assert.equal(sandbox.requests.length, 0);
  });

  test("does nothing else, and is ready on a server that renders, where there is no storage", () => {
    storage.getItem = storage.setItem = storage.removeItem = () => assert.fail("used");
    open();
    const checkout = open({ customer: "rendered", storage: undefined });
    assert.deepEqual(checkout.state, { status: "ready" });
    assert.equal(checkout.state, checkout.state);
    checkout.subscribe(() => {})();
  });

  test("stores one record for each customer, with or without a trailing slash in baseUrl", async () => {
    await leaveUnresolved(open({ baseUrl: "https://sandbox.example/" }));
    assert.deepEqual(Object.keys(stored()), ["key", "since", "request"]);
    assert.equal(open().state.status, "unresolved");
    assert.equal(open({ baseUrl: "https://sandbox.example/shop" }).state.status, "ready");
    assert.equal(open({ customer: "ben" }).state.status, "ready");
  });
});

describe("buy", () => {
  test("calculates, orders once, and gives the receipt with the validated request", async () => {
    const checkout = open();
    const request = /** @type {any} */ ({ ...wanted, protocol: "HTTP" });
    const result = await passUntil(checkout.buy(request, limit));
    assert.equal(result.outcome, "placed");
    assert.ok("receipt" in result);
    assert.equal(result.receipt.orderNumber, sandbox.orders[0]?.orderNumber);
    assert.deepEqual(result.request, wanted);
    assert.equal(sandbox.requests.length, 2);
    assert.equal(orders().length, 1);
    assert.equal(stored(), null);
    assert.deepEqual(checkout.state, { status: "ready" });
  });

  test("is buying when it returns, with the request as given until it is stored", async () => {
    const checkout = open();
    const request = { ...wanted };
    const bought = checkout.buy(request, limit);
    const { state } = checkout;
    assert.equal(state.status, "buying");
    assert.ok("request" in state && state.request === request);
    assert.equal(checkout.state, state);
    await passUntil(bought);
  });

  test("sends its headers with each request that needs them", async () => {
    customer = "Ännä 😀";
    sandbox.fail("cut-after", { on: "order" });
    await passUntil(open().buy(wanted, { maxPrice: 1e3 }));
    const [calculation, order, lookup] = sandbox.requests.map(({ headers }) => headers);
    for (const headers of [calculation, order, lookup]) {
      assert.equal(headers?.["order-customer"], encodeURIComponent(customer));
    }
    assert.equal(calculation?.["idempotency-key"], undefined);
    assert.match(String(order?.["idempotency-key"]), /^[0-9a-v]{26}$/);
    assert.equal(lookup?.["idempotency-key"], order?.["idempotency-key"]);
    const limits = [calculation, order, lookup].map((headers) => headers?.["order-max-price"]);
    assert.deepEqual(limits, [undefined, "1000", undefined]);
    assert.equal(orders()[0]?.body, lookups()[0]?.body);
  });

  test("stores the purchase in the step that hands its order to fetch", async () => {
    /** @type {unknown[]} */
    const seen = [];
    const fetch = (/** @type {Request} */ request) => {
      seen.push(stored());
      return sandbox.fetch(request);
    };
    await passUntil(open({ fetch }).buy(wanted, { ...limit, idempotencyKey: "cart-4711.1" }));
    assert.deepEqual(seen[0], null);
    assert.deepEqual(seen[1], { key: "cart-4711.1", since: START, request: wanted });
  });

  test("stores nothing for an invalid request, an order that a guard stops, or an earlier abort", async () => {
    const setItem = mock.method(storage, "setItem");
    const checkout = open();
    const invalid = /** @type {any} */ ({ ...wanted, quantity: 0 });
    const result = await passUntil(checkout.buy(invalid, limit));
    assertError(result, "not_placed", "invalid_request");
    assert.equal(result.request, invalid);
    assertError(await passUntil(checkout.buy(wanted, { maxPrice: 1 })), "not_placed", "refused");
    const promo = { ...limit, requirePromoCode: true };
    assertError(await passUntil(checkout.buy(wanted, promo)), "not_placed", "refused");
    const aborted = { ...limit, signal: AbortSignal.abort() };
    assertError(await passUntil(checkout.buy(wanted, aborted)), "not_placed", "aborted");
    assert.equal(setItem.mock.callCount(), 0);
    assert.equal(orders().length, 0);
  });

  test("requires maxPrice, and knows only its own options", async () => {
    const checkout = open();
    const bad = [undefined, {}, { maxPrice: undefined }, { ...limit, requirePromoCode: undefined }];
    const others = [
      { ...limit, repeat: true },
      { ...limit, allowDuplicate: true },
      { ...limit, maxPrize: 2 },
    ];
    const hostile = new Proxy({}, { ownKeys: () => assert.fail("read") });
    for (const options of [...bad, ...others, hostile, null, 5, { ...limit, idempotencyKey: "undefined" }]) {
      const result = await passUntil(checkout.buy(wanted, /** @type {any} */ (options)));
      assertError(result, "not_placed", "invalid_options");
    }
    const [issue] = /** @type {any} */ (errorOf(await passUntil(checkout.buy(wanted, /** @type {any} */ ({}))))).issues;
    assert.deepEqual([issue.path, issue.code], [["maxPrice"], "required"]);
    assert.equal(sandbox.requests.length, 0);
  });

  test("rejects headers that each purchase sets itself", async () => {
    for (const name of ["Idempotency-Key", "order-max-price", "Order-Customer"]) {
      const result = await passUntil(open({ headers: { [name]: "1" } }).buy(wanted, limit));
      assertError(result, "not_placed", "invalid_options");
    }
  });

  test("reads the request when it is called", async () => {
    const request = { ...wanted };
    const bought = open().buy(request, limit);
    request.quantity = 50;
    assert.equal((await passUntil(bought)).outcome, "placed");
    assert.equal(sandbox.orders[0]?.quantity, 1);
  });

  test("returns a failure of the server, and forgets the purchase", async () => {
    // The idempotency key is already taken by a purchase with other content.
    const options = { ...limit, idempotencyKey: "cart-1" };
    assert.equal((await passUntil(open().buy(wanted, options))).outcome, "placed");
    const result = await passUntil(open().buy({ ...wanted, rentPeriodDays: 7 }, options));
    assert.equal(result.outcome, "not_placed");
    assert.ok("failure" in result);
    assert.equal(result.failure.error.code, 409);
    assert.equal(open().state.status, "ready");
    assert.equal(sandbox.orders.length, 1);
  });

  test("looks an unknown purchase up, 1 s later and 3 s after that lookup ended", async () => {
    lose();
    const checkout = open();
    const start = Date.now();
    /** @type {[string, number][]} */
    const log = [];
    checkout.subscribe(() => log.push([checkout.state.status, Date.now() - start]));
    const result = await passUntil(checkout.buy(wanted, limit));
    assertError(result, "unknown", "network");
    assert.equal(orders().length, 1);
    assert.equal(lookups().length, 2);
    const resolving = log.find(([status]) => status === "resolving")?.[1] ?? NaN;
    const [status, end] = log.at(-1) ?? assert.fail();
    assert.equal(status, "unresolved");
    assert.ok(end - resolving >= 4_000 && end - resolving < 5_000, `${end - resolving} ms`);
  });

  test("finds out with its second lookup", async () => {
    sandbox.fail("cut-after", { on: "order" });
    sandbox.fail("cut-before", { on: "lookup" });
    const result = await passUntil(open().buy(wanted, limit));
    assert.equal(result.outcome, "placed");
    assert.equal(sandbox.orders.length, 1);
    assert.equal(stored(), null);
  });

  test("learns that an order did not arrive", async () => {
    sandbox.fail("cut-before", { on: "order" });
    const result = await passUntil(open().buy(wanted, limit));
    assert.ok("failure" in result);
    assert.equal(result.failure.error.code, 404);
    assert.equal(sandbox.orders.length, 0);
  });

  test("a failure without a 2xx status leaves the purchase to its lookups", async () => {
    sandbox.fail("refusal-400", { on: "order", processed: true });
    const result = await passUntil(open().buy(wanted, limit));
    assert.equal(result.outcome, "placed");
  });

  test("an abort ends the order, and at once the lookups", async () => {
    const controller = new AbortController();
    sandbox.fail("stall-headers", { on: "order" });
    const checkout = open();
    const bought = checkout.buy(wanted, { ...limit, signal: controller.signal });
    await pass(10);
    assert.equal(stored()?.request.country, "USA");
    const start = Date.now();
    controller.abort();
    const result = await passUntil(bought);
    assertError(result, "unknown", "aborted");
    assert.ok(Date.now() - start < 500, `${Date.now() - start} ms`);
    assert.equal(lookups().length, 0);
    assert.equal(checkout.state.status, "unresolved");
  });

  test("an abort during a pause keeps the error of the order", async () => {
    const controller = new AbortController();
    lose();
    const bought = open().buy(wanted, { ...limit, signal: controller.signal });
    for (let ms = 0; ms < 500; ms += 100) await pass(100);
    controller.abort();
    assertError(await passUntil(bought), "unknown", "network");
    assert.equal(lookups().length, 0);
  });

  test("counts timeoutMs for calculation and order together, and anew for each lookup", async () => {
    sandbox.fail("slow", { on: "calculate", ms: 600 });
    sandbox.fail("slow", { on: "order", ms: 600 });
    sandbox.fail("slow", { on: "lookup", ms: 900 });
    const result = await passUntil(open({ timeoutMs: 1_000 }).buy(wanted, limit));
    assert.equal(result.outcome, "placed");
    assert.equal(lookups().length, 1);
  });

  test("is refused while a purchase is stored, and while one is being made", async () => {
    const checkout = open();
    const first = checkout.buy(wanted, limit);
    assertError(await passUntil(open().buy(wanted, limit)), "not_placed", "duplicate_order");
    assert.equal((await passUntil(first)).outcome, "placed");
    await leaveUnresolved(checkout);
    const result = await passUntil(checkout.buy(wanted, limit));
    assertError(result, "not_placed", "unresolved_order");
    assert.equal(errorOf(result).idempotencyKey, stored().key);
    assert.equal(orders().length, 2);
  });

  test("is also refused if a getter of its options buys", async () => {
    setLocks(undefined);
    const checkout = open();
    /** @type {Promise<PurchaseResult> | undefined} */
    let inner;
    const options = {
      get maxPrice() {
        inner ??= checkout.buy(wanted, limit);
        return 2;
      },
    };
    assertError(await passUntil(checkout.buy(wanted, options)), "not_placed", "duplicate_order");
    assert.equal((await passUntil(inner ?? assert.fail())).outcome, "placed");
    assert.equal(orders().length, 1);
  });

  test("buys once with a derived key, even if the record is lost", async () => {
    const options = { ...limit, idempotencyKey: "cart-4711.1" };
    lose();
    await passUntil(open().buy(wanted, options));
    storage.entries.clear();
    const result = await passUntil(open().buy(wanted, options));
    assert.equal(result.outcome, "placed");
    assert.equal(sandbox.orders.length, 1);
  });
});

describe("resolve", () => {
  test("returns undefined if nothing is stored", async () => {
    assert.equal(await passUntil(open().resolve()), undefined);
    assert.equal(sandbox.requests.length, 0);
  });

  test("looks the purchase up once, and never buys", async () => {
    const checkout = await leaveUnresolved();
    sandbox.fail("cut-after", { on: "lookup" });
    assertError(await passUntil(checkout.resolve()), "unknown", "network");
    const resolved = checkout.resolve();
    assert.equal(checkout.state.status, "resolving");
    const result = await passUntil(resolved);
    assert.equal(result?.outcome, "placed");
    assert.deepEqual(result?.request, wanted);
    assert.equal(checkout.state.status, "ready");
    assert.equal(orders().length, 1);
    assert.equal(lookups().length, 4);
  });

  test("has no guard: the price may have risen", async () => {
    const checkout = await leaveUnresolved();
    const order = mock.method(sandbox, "fetch");
    assert.equal((await passUntil(checkout.resolve()))?.outcome, "placed");
    assert.equal(sandbox.requests.filter(({ path }) => path.endsWith("/calculate/order")).length, 1);
    order.mock.restore();
  });

  test("says that this page works on the purchase", async () => {
    sandbox.fail("cut-after", { on: "order" });
    const checkout = open();
    const bought = checkout.buy(wanted, limit);
    assert.equal(await passUntil(checkout.resolve()), undefined);
    for (let ms = 0; ms < 500; ms += 100) await pass(100);
    const result = await passUntil(checkout.resolve());
    assertError(result, "unknown", "duplicate_order");
    assert.match(errorOf(result).message, /working on a purchase/);
    await passUntil(bought);
  });

  test("sends nothing for a purchase of more than 7 days ago, or more than 7 days in the future", async () => {
    for (const days of [7.01, -7.01]) {
      store({ key: "old", since: Date.now() - days * DAY_MS, request: wanted });
      const result = await passUntil(open().resolve());
      assertError(result, "unknown", "unresolved_order");
      assert.equal(errorOf(result).idempotencyKey, "old");
    }
    assert.equal(sandbox.requests.length, 0);
    for (const days of [6.99, -6.99]) {
      store({ key: `new${days}`, since: Date.now() - days * DAY_MS, request: wanted });
      assert.equal((await passUntil(open().resolve()))?.outcome, "not_placed");
    }
  });

  test("ignores options that cannot be read", async () => {
    const checkout = await leaveUnresolved();
    const hostile = {
      get signal() {
        throw new Error("hostile");
      },
    };
    assert.equal((await passUntil(checkout.resolve(/** @type {any} */ (hostile))))?.outcome, "placed");
  });

  test("can be aborted", async () => {
    const checkout = await leaveUnresolved();
    assertError(await passUntil(checkout.resolve({ signal: AbortSignal.abort() })), "unknown", "aborted");
    assert.equal(checkout.state.status, "unresolved");
  });
});

describe("what a page must not do to its customer", () => {
  test("buy at another price after a reload during the guard's calculation", async () => {
    sandbox.fail("stall-headers", { on: "calculate" });
    const abandoned = open();
    void abandoned.buy({ ...wanted, quantity: 50 }, limit);
    await pass(10);
    const reloaded = open({}, otherTab);
    setLocks(new TestLocks());
    assert.equal(reloaded.state.status, "ready");
    const result = await passUntil(reloaded.buy({ ...wanted, quantity: 50 }, limit));
    assertError(result, "not_placed", "refused");
    assert.equal(sandbox.orders.length, 0);
  });

  test("order the five of a failed attempt when one is wanted now", async () => {
    const five = { ...wanted, quantity: 5 };
    const unauthorized = { status: 401, body: "" };
    sandbox.fail("reply", { on: "calculate", ...unauthorized });
    const checkout = open();
    assertError(await passUntil(checkout.buy(five, { maxPrice: 10 })), "not_placed", "http");
    assert.equal((await passUntil(checkout.buy(wanted, limit))).outcome, "placed");
    assert.deepEqual(
      sandbox.orders.map(({ quantity }) => quantity),
      [1],
    );
    sandbox.fail("reply", { on: "order", ...unauthorized });
    sandbox.fail("reply", { on: "lookup", times: 2, ...unauthorized });
    assertError(await passUntil(checkout.buy(five, { maxPrice: 10 })), "unknown", "http");
    // One purchase at a time, and the page can show which.
    assertError(await passUntil(checkout.buy(wanted, limit)), "not_placed", "unresolved_order");
    const { state } = checkout;
    assert.ok("request" in state);
    assert.deepEqual(state.request, five);
    assert.equal((await passUntil(checkout.resolve()))?.outcome, "not_placed");
    assert.equal(sandbox.orders.length, 1);
  });

  test("buy for the previous customer after another one has signed in on the same tab", async () => {
    await leaveUnresolved();
    const first = customer;
    customer = `${first}, the next one`;
    const next = open();
    assert.equal(next.state.status, "ready");
    assert.equal((await passUntil(next.buy({ ...wanted, rentPeriodDays: 7 }, limit))).outcome, "placed");
    customer = first;
    assert.equal(open().state.status, "unresolved");
    const customers = sandbox.requests.map(({ headers }) => headers["order-customer"]);
    assert.deepEqual(
      [...new Set(customers)],
      [encodeURIComponent(first), encodeURIComponent(`${first}, the next one`)],
    );
  });
});

describe("a lookup", () => {
  /** Servers that do not know lookups. @type {Record<string, () => Response>} */
  const servers = {
    404: () => new Response("Not found", { status: 404 }),
    "a page with status 200": () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
    "a receipt without the header": () =>
      Response.json({ success: true, proxyType: "IPv4", orderNumber: "N-1", balance: 1, currency: "USD" }),
    "a receipt with another key": () =>
      Response.json(
        { success: true, proxyType: "IPv4", orderNumber: "N-1", balance: 1, currency: "USD" },
        { headers: { "idempotency-key": "another" } },
      ),
    "a failure without the header": () => Response.json({ success: false, error: { code: 5, message: "No." } }),
  };
  for (const [what, respond] of Object.entries(servers)) {
    test(`leaves the purchase unresolved after ${what}`, async () => {
      await leaveUnresolved();
      const checkout = open({ fetch: async () => respond() });
      const result = await passUntil(checkout.resolve());
      assertError(result, "unknown", what === "404" ? "http" : "invalid_response");
      assert.equal(checkout.state.status, "unresolved");
    });
  }

  test("of a server that ignores idempotency keys resolves nothing, and buys nothing", async () => {
    sandbox = createSandbox({ balance: 100, ignoreKeys: true });
    sandbox.fail("cut-after", { on: "order" });
    const checkout = open();
    assertError(await passUntil(checkout.buy(wanted, limit)), "unknown", "network");
    assertError(await passUntil(checkout.resolve()), "unknown", "http");
    assert.equal(sandbox.orders.length, 1);
    checkout.dismiss();
    assert.equal(checkout.state.status, "ready");
  });
});

describe("the record", () => {
  test("shows as unresolved with time and reference, as the same object until it changes", async () => {
    const checkout = await leaveUnresolved();
    const { key, since } = stored();
    const { state } = checkout;
    assert.deepEqual(state, { status: "unresolved", request: wanted, since, idempotencyKey: key });
    assert.equal(checkout.state, state);
    assert.equal(open().state, state);
  });

  test("is removed by dismiss, but not while this page works on the purchase", async () => {
    const checkout = await leaveUnresolved();
    const resolved = checkout.resolve();
    checkout.dismiss();
    assert.notEqual(stored(), null);
    sandbox.reset();
    assert.equal((await passUntil(resolved))?.outcome, "not_placed");
    await leaveUnresolved(checkout);
    const listener = mock.fn();
    checkout.subscribe(listener);
    checkout.dismiss();
    assert.equal(stored(), null);
    assert.equal(checkout.state.status, "ready");
    assert.equal(listener.mock.callCount(), 1);
  });

  test("counts as absent if it cannot be read, and does not change the state", () => {
    const checkout = open();
    const { state } = checkout;
    const bad = [
      "",
      "null",
      "5",
      "{}",
      "[]",
      '{"key":1,"since":1,"request":{}}',
      '{"key":"k","since":null,"request":{}}',
    ];
    for (const text of [...bad, '{"key":"k","since":1,"request":null}']) {
      storage.setItem(nameOf(), text);
      assert.equal(checkout.state, state, text);
    }
    storage.getItem = () => /** @type {any} */ ({});
    assert.equal(checkout.state, state);
  });

  test("may have more members, from a later version", () => {
    store({ key: "k", since: 5, request: wanted, more: true });
    assert.deepEqual(open().state, { status: "unresolved", request: wanted, since: 5, idempotencyKey: "k" });
  });

  for (const method of /** @type {const} */ (["getItem", "setItem", "removeItem"])) {
    test(`survives in memory or storage if ${method} throws`, async () => {
      storage.broken.add(method);
      const checkout = await leaveUnresolved();
      assert.equal(checkout.state.status, "unresolved");
      assertError(await passUntil(checkout.buy(wanted, limit)), "not_placed", "unresolved_order");
      storage.broken.clear();
      assert.equal((await passUntil(checkout.resolve()))?.outcome, "placed");
      assert.equal(checkout.state.status, "ready");
      assert.equal(stored(), null);
    });
  }

  test("stays in memory if a storage accepts it without keeping it", async () => {
    storage.setItem = () => {};
    const checkout = await leaveUnresolved();
    assert.equal(open().state, checkout.state);
    assert.equal((await passUntil(checkout.resolve()))?.outcome, "placed");
  });

  test("of another purchase is not removed by an answer", async () => {
    setLocks(undefined);
    sandbox.fail("slow", { on: "order", ms: 500 });
    const bought = open().buy(wanted, limit);
    await pass(10);
    store({ key: "another", since: Date.now(), request: wanted });
    assert.equal((await passUntil(bought)).outcome, "placed");
    assert.equal(stored().key, "another");
  });
});

describe("two tabs", () => {
  test("see a purchase of the other from the moment it is stored", async () => {
    const here = open();
    const there = open({}, otherTab);
    sandbox.fail("slow", { on: "order", ms: 500 });
    const bought = here.buy(wanted, limit);
    assertError(await passUntil(there.buy(wanted, limit)), "not_placed", "duplicate_order");
    await pass(10);
    assert.equal(here.state.status, "buying");
    assert.equal(there.state.status, "unresolved");
    assertError(await passUntil(there.buy(wanted, limit)), "not_placed", "unresolved_order");
    assertError(await passUntil(there.resolve()), "unknown", "duplicate_order");
    assert.equal((await passUntil(bought)).outcome, "placed");
    assert.equal(there.state.status, "ready");
    assert.equal(sandbox.orders.length, 1);
  });

  test("one resolves what the other left, and then either can buy", async () => {
    const here = await leaveUnresolved();
    const there = open({}, otherTab);
    assert.equal((await passUntil(there.resolve()))?.outcome, "placed");
    assert.equal(await passUntil(here.resolve()), undefined);
    assert.equal((await passUntil(here.buy(wanted, limit))).outcome, "placed");
    assert.equal(sandbox.orders.length, 2);
  });

  for (const [what, locks] of /** @type {[string, any][]} */ ([
    ["there are no Web Locks", undefined],
    ["Web Locks reject", { request: () => Promise.reject(new Error("denied")) }],
    [
      "Web Locks throw",
      {
        request() {
          throw new Error("denied");
        },
      },
    ],
  ])) {
    test(`only one sends its order if ${what}`, async () => {
      setLocks(locks);
      const both = [open(), open({}, otherTab)].map((checkout) => checkout.buy(wanted, limit));
      const results = await passUntil(Promise.all(both));
      assert.deepEqual(results.map(({ outcome }) => outcome).sort(), ["not_placed", "placed"]);
      assertError(
        results.find(({ outcome }) => outcome === "not_placed"),
        "not_placed",
        "unresolved_order",
      );
      assert.equal(orders().length, 1);
    });
  }

  test("a navigator.locks that throws counts as absent", async () => {
    const navigator = {
      get locks() {
        throw new Error("SecurityError");
      },
    };
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
    assert.equal((await passUntil(open().buy(wanted, limit))).outcome, "placed");
  });

  test("the lookups of a purchase are about that purchase, whatever is stored in the meantime", async () => {
    setLocks(undefined);
    sandbox.fail("cut-after", { on: "order" });
    const bought = open().buy(wanted, { ...limit, idempotencyKey: "own" });
    await pass(10);
    store({ key: "another", since: Date.now(), request: { ...wanted, quantity: 3 } });
    const result = await passUntil(bought);
    assert.equal(result.outcome, "placed");
    assert.equal(result.request.quantity, 1);
    assert.deepEqual(
      lookups().map(({ headers }) => headers["idempotency-key"]),
      ["own"],
    );
    assert.equal(stored().key, "another");
  });
});

describe("checkouts of the same name", () => {
  test("share work, state and listeners", async () => {
    const [first, second] = [open(), open()];
    const listener = mock.fn();
    const end = second.subscribe(listener);
    const bought = first.buy(wanted, limit);
    assert.equal(second.state, first.state);
    assert.equal(second.state.status, "buying");
    await passUntil(bought);
    const calls = listener.mock.callCount();
    assert.ok(calls >= 3, `${calls} calls`);
    end();
    await passUntil(first.buy(wanted, limit));
    assert.equal(listener.mock.callCount(), calls);
  });

  test("lose no result if a listener throws", async () => {
    const checkout = open();
    const later = mock.fn();
    checkout.subscribe(() => {
      throw new Error("listener");
    });
    checkout.subscribe(later);
    assert.equal((await passUntil(checkout.buy(wanted, limit))).outcome, "placed");
    assert.ok(later.mock.callCount() >= 3);
  });

  test("send nothing if a listener aborts the call when the purchase is stored", async () => {
    const controller = new AbortController();
    const checkout = open();
    checkout.subscribe(() => stored() && controller.abort());
    const result = await passUntil(checkout.buy(wanted, { ...limit, signal: controller.signal }));
    assertError(result, "not_placed", "aborted");
    assert.equal(orders().length, 0);
    assert.equal(stored(), null);
  });

  test("do not pile up on a server that renders for many customers", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    const render = () => {
      for (let index = 0; index < 20_000; index += 1) open({ customer: `${"x".repeat(150)}${index}` });
      collect();
      return process.memoryUsage().heapUsed / 1e6;
    };
    const before = render();
    const grown = render() - before;
    assert.ok(before < 60 && grown < 2, `${before} MB, then ${grown} MB more`);
  });

  test("keep a record that is only in memory, however many customers there are", async () => {
    storage.broken.add("setItem");
    await leaveUnresolved();
    for (let index = 0; index < 300; index += 1) open({ customer: `passer-by ${index}` });
    assert.equal(open().state.status, "unresolved");
  });
});

test("other tabs and the back/forward cache are listened to only while there are listeners", () => {
  const target = new EventTarget();
  const names = /** @type {const} */ (["addEventListener", "removeEventListener"]);
  for (const name of names) Object.assign(globalThis, { [name]: target[name].bind(target) });
  try {
    const checkout = open();
    const listener = mock.fn();
    const end = checkout.subscribe(listener);
    for (const type of ["storage", "pageshow"]) target.dispatchEvent(new Event(type));
    assert.equal(listener.mock.callCount(), 2);
    end();
    end();
    target.dispatchEvent(new Event("storage"));
    assert.equal(listener.mock.callCount(), 2);
  } finally {
    for (const name of names) Reflect.deleteProperty(globalThis, name);
  }
});

describe("a customer", () => {
  test("does not see the purchase of another one", async () => {
    await leaveUnresolved();
    const other = open({ customer: "somebody else" });
    assert.equal(other.state.status, "ready");
    assert.equal(await passUntil(other.resolve()), undefined);
  });

  test("buys nothing if somebody else has signed in meanwhile", async () => {
    const setItem = mock.method(storage, "setItem");
    const body = { success: false, error: { code: 409, message: "Somebody else has signed in." } };
    const fetch = async () => Response.json(body, { status: 409 });
    assertError(await passUntil(open({ fetch }).buy(wanted, limit)), "not_placed", "refused");
    assert.equal(setItem.mock.callCount(), 0);
  });
});

describe("hostile surroundings", () => {
  /** @param {object} target @param {string} name */
  async function buyWithThrowing(target, name) {
    const original = Object.getOwnPropertyDescriptor(target, name);
    const checkout = open();
    for (const call of [() => checkout.buy(wanted, limit), () => checkout.resolve()]) {
      Object.defineProperty(target, name, {
        configurable: true,
        writable: true,
        value: () => {
          throw new Error(name);
        },
      });
      const promise = call();
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      if (original) Object.defineProperty(target, name, original);
      else Reflect.deleteProperty(target, name);
      const result = await passUntil(promise);
      if (result) assert.equal("receipt" in result, result.outcome === "placed");
    }
    assert.ok(sandbox.orders.length <= 1);
  }
  for (const [target, name] of /** @type {[object, string][]} */ ([
    [Date, "now"],
    [performance, "now"],
    [Math, "random"],
    [crypto, "getRandomValues"],
    [globalThis, "setTimeout"],
    [globalThis, "clearTimeout"],
    [JSON, "stringify"],
    [JSON, "parse"],
  ])) {
    test(`buy and resolve do not reject if ${name} throws`, () => buyWithThrowing(target, name));
  }

  test("buy and resolve do not reject, whatever is passed in", async () => {
    const throwing = new Proxy(() => {}, {
      get: () => {
        throw undefined;
      },
      has: () => {
        throw undefined;
      },
      ownKeys: () => {
        throw undefined;
      },
      getPrototypeOf: () => {
        throw undefined;
      },
    });
    const values = [undefined, null, 5, "text", Symbol("s"), 5n, [], new Date(0), throwing, Object.create(null)];
    for (const value of /** @type {any[]} */ (values)) {
      const checkout = open();
      assertError(await passUntil(checkout.buy(value, limit)), "not_placed", "invalid_request");
      assertError(await passUntil(checkout.buy(wanted, value)), "not_placed", "invalid_options");
      assertError(
        await passUntil(checkout.buy(wanted, { ...limit, signal: value ?? 5 })),
        "not_placed",
        "invalid_options",
      );
      assert.equal(await passUntil(checkout.resolve(value)), undefined);
      await leaveUnresolved(checkout);
      assert.equal((await passUntil(checkout.resolve(value)))?.outcome, "placed");
    }
  });
});

test("checkouts of one customer share their work, however many customers a server has", async () => {
  const first = open();
  for (let other = 0; other < 150; other += 1) open({ customer: `${customer} ${other}` });
  const second = open();
  const bought = first.buy(wanted, limit);
  assert.equal(second.state.status, "buying");
  const other = await passUntil(second.buy(wanted, limit));
  assert.equal("error" in other && other.error.code, "duplicate_order");
  assert.equal((await passUntil(bought)).outcome, "placed");
  assert.equal(sandbox.orders.length, 1);
});
