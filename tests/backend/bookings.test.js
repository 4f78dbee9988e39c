// @ts-check
// What a booking holds in the end, whatever fails on the way: the shop, the store, the API, or time.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, mock, test } from "node:test";
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
  startApi,
  startBackend,
  stubApi,
  wanted,
} from "./support.js";

/** @import { BackendOptions, Bookings, Claim } from "proxy-orders/backend" */

const NAME = '["anna","key-1"]';
const content = JSON.stringify(wanted);
const boom = new Error("secret detail");
const fail = () => {
  throw boom;
};
const reject = () => Promise.reject(boom);
const hang = () => new Promise(() => {});

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
before(async () => (api = await startApi()));
after(() => api.close());
beforeEach(() => {
  api.sandbox.reset();
  api.fault = "";
});

/** What a booking holds. @param {Bookings} bookings */
async function stored(bookings, name = NAME) {
  const claim = await bookings.claim(name, content);
  return claim.state === "settled" ? JSON.parse(claim.response.body) : claim.state;
}

/** A backend with its bookings, and what onError receives with each error. @param {{ url: string }} api @param {Partial<BackendOptions>} [options] */
function start(api, options) {
  const bookings = options?.bookings ?? memoryBookings();
  /** @type {any[]} */
  const told = [];
  /** @type {Promise<unknown>[]} */
  const waits = [];
  const { backend } = startBackend(api, { onError: (...args) => void told.push(args), ...options, bookings });
  const order = (/** @type {Parameters<typeof pageRequest>[0]} */ changes) =>
    backend(pageRequest(changes), { waitUntil: (work) => void waits.push(work) });
  return { backend, bookings, told, waits, order };
}

describe("an order that is known not to have been sent is settled as not ordered", { timeout: 60_000 }, () => {
  /** @type {[what: string, options: Partial<BackendOptions>, quote?: unknown][]} */
  const causes = [
    ["permit throws", { permit: fail }],
    ["permit rejects", { permit: reject }],
    ["balance throws", { balance: fail }],
    ["balance rejects", { balance: reject }],
    ...[NaN, Infinity, "5", null].map(
      (balance) =>
        /** @type {[string, Partial<BackendOptions>]} */ ([
          `balance returns ${balance}`,
          { balance: () => /** @type {any} */ (balance) },
        ]),
    ),
    ["the calculation fails", { maxPrice: 2 }, () => new Response("", { status: 500 })],
    [
      "the calculation is too busy",
      { maxPrice: 2 },
      () => new Response("", { status: 429, headers: { "retry-after": "60" } }),
    ],
    ["the calculation is cut", { maxPrice: 2 }, reject],
  ];
  for (const [what, options, quote] of causes) {
    test(what, async (context) => {
      const api = stubApi(context, quote ? { quote } : {});
      const { bookings, told, order } = start(api, options);
      const { status, json } = await read(await order({}));
      assert.equal(status, 200);
      assert.deepEqual(json.error, { code: 503, message: "Nothing was ordered. Please try again later." });
      assert.deepEqual(await stored(bookings), json);
      assert.equal(told.length, 1);
      if (!quote && !what.includes("returns")) assert.deepEqual(told, [[boom]]);
      assert.equal(api.ordered, 0);
      // A repeat gets the same, and the shop is not consulted again.
      assert.deepEqual((await read(await order({}))).json, json);
      assert.equal(told.length, 1);
    });
  }
});

describe("before the claim, a failure has a status and nothing is booked", { timeout: 60_000 }, () => {
  /** @type {[what: string, options: Partial<BackendOptions>, changes?: Parameters<typeof pageRequest>[0]][]} */
  const causes = [
    ["user throws", { user: fail }],
    ["user rejects", { user: reject }],
    ["claim throws", { bookings: bookingsWith({ claim: fail }) }],
    ["claim rejects", { bookings: bookingsWith({ claim: reject }) }],
    ["the balance of a calculation throws", { balance: fail }, { endpoint: "calculate/order" }],
    ["the permit of a calculation throws", { permit: fail }, { endpoint: "calculate/order" }],
    ["the body fails", {}, { body: new ReadableStream({ pull: fail }) }],
  ];
  for (const [what, options, changes] of causes) {
    test(`500 without details: ${what}`, async () => {
      const { told, order } = start(api, options);
      const { status, text, json } = await read(await order(changes));
      assert.deepEqual([status, json.error], [500, { code: 500, message: "Something went wrong." }]);
      assert.doesNotMatch(text, /detail/);
      assert.deepEqual(told, [[boom]]);
      assert.equal(api.sandbox.requests.length, 0);
    });
  }

  for (const spoil of /** @type {((request: Request) => unknown)[]} */ ([
    (request) => request.text(),
    (request) => request.body?.getReader(),
  ])) {
    test(`500 at once for a body that was read before: ${spoil}`, async () => {
      const { backend, told } = start(api);
      const request = pageRequest();
      await spoil(request);
      assert.equal((await backend(request)).status, 500);
      assert.match(String(told[0][0]), /body was read before/);
    });
  }

  test("500 at once for a body that is empty because it was read before", async () => {
    const { order, told } = start(api);
    const { status } = await order({ body: "", headers: { "content-length": "106" } });
    assert.equal(status, 500);
    assert.match(String(told[0][0]), /body was read before, for example by express\.json/);
  });

  test("500 at once for a request that an adapter takes for aborted, because its body was read before", async () => {
    const { backend, told } = start(api);
    const controller = new AbortController();
    const body = new ReadableStream({
      pull(stream) {
        controller.abort(boom);
        stream.error(boom);
      },
    });
    assert.equal((await backend(pageRequest({ body, signal: controller.signal }))).status, 500);
    assert.match(String(told[0][0]), /aborted before its body arrived.* such as express\.json/);
    assert.equal(told[0][0].cause, boom);
  });

  test("a user that reads the body is found out", async () => {
    const { order, told } = start(api, { user: async (request) => (await request.json(), "anna") });
    assert.equal((await order({})).status, 500);
    assert.match(String(told[0][0]), /body was read before/);
  });

  test("without the API key, every request gets a 500", async () => {
    const { backend, order, told } = start(api, { apiKey: undefined });
    for (const changes of [{}, { endpoint: "calculate/order" }, { endpoint: "order/lookup" }]) {
      assert.equal((await order(changes)).status, 500);
      assert.match(String(told.pop()[0]), /apiKey of createBackend is missing/);
    }
    await assert.rejects(backend.openOrders(), /apiKey of createBackend is missing/);
  });
});

describe("an order that was sent without an answer stays open", () => {
  const faults =
    "cut-before cut-after empty truncated wrong-shape cut-body 500 html html-502 redirect refusal-400".split(" ");
  for (const fault of faults) {
    test(fault, async () => {
      api.fault = `${fault}; on=order`;
      const { bookings, told, order } = start(api);
      const { status, json } = await read(await order({}));
      assert.equal(status, 502);
      assert.ok(!("success" in json));
      assert.equal(told.length, 1);
      assert.deepEqual(told[0][1], { name: NAME });
      assert.equal(api.orders().length, 1);
      assert.equal(await stored(bookings), "open");
    });
  }
});

describe("a lookup", () => {
  const lookup = { endpoint: "order/lookup" };

  test("that comes before its order settles it, and consults nobody", async () => {
    const consulted = mock.fn(fail);
    const { bookings, order } = start(api, { permit: consulted, balance: consulted, maxPrice: 1 });
    const { status, json, headers } = await read(await order(lookup));
    assert.equal(status, 200);
    assert.deepEqual(json.error, { code: 404, message: "This order did not arrive. Nothing was bought." });
    assert.ok("orderNumber" in json);
    assert.equal(headers.get("idempotency-key"), "key-1");
    assert.deepEqual(await stored(bookings), json);
    assert.deepEqual((await read(await order({}))).json, json);
    assert.equal(consulted.mock.callCount(), 0);
    assert.deepEqual(api.sandbox.requests, []);
  });

  test("of a known order gets its response", async () => {
    const { order } = start(api);
    const placed = await read(await order({ headers: { "order-max-price": "2" } }));
    assert.equal(placed.json.success, true);
    const found = await read(await order(lookup));
    assert.deepEqual([found.status, found.text], [200, placed.text]);
    const other = await read(await order({ ...lookup, body: { ...wanted, quantity: 2 } }));
    assert.deepEqual([other.status, other.json.error.code], [200, 409]);
    assert.equal(api.sandbox.orders.length, 1);
  });

  test("of an order without an answer gets a 502, and onError is not told again", async () => {
    api.fault = "cut-after; on=order";
    const bookings = memoryBookings();
    const aged = bookingsWith({
      ...bookings,
      claim: async (...args) => {
        const claim = await bookings.claim(...args);
        return claim.state === "open" ? { ...claim, ageMs: 25_000 } : claim;
      },
    });
    const { order, told } = start(api, { bookings: aged });
    for (const changes of [{}, {}, lookup]) {
      const response = await order(changes);
      assert.equal(response.status, 502);
      assert.equal(response.headers.get("idempotency-key"), "key-1");
    }
    assert.equal(told.length, 1);
    assert.equal(api.orders().length, 1);
  });
});

describe("Order-Max-Price", () => {
  /** @type {[limit: string, code: number | undefined, options?: Partial<BackendOptions>][]} */
  const table = [
    ["1.31", undefined],
    ["1.3099999", undefined],
    ["1.3", 412],
    ["0", 412],
    ["2", 403, { maxPrice: 1 }],
    ["1", 403, { maxPrice: 1 }],
  ];
  for (const [limit, code, options] of table) {
    test(`${limit}, for an order of 1.31: ${code ?? "ordered"}`, async () => {
      const { order } = start(api, options);
      const { status, json } = await read(await order({ headers: { "order-max-price": limit } }));
      assert.deepEqual([status, json.error?.code], [200, code]);
      if (code === 412) assert.equal(json.error.message, "The price has changed.");
      assert.equal(api.sandbox.orders.length, code ? 0 : 1);
    });
  }

  test("does not stop a repeat", async () => {
    const { order } = start(api);
    const first = await read(await order({}));
    const again = await read(await order({ headers: { "order-max-price": "0" } }));
    assert.equal(again.text, first.text);
  });
});

describe("a calculation", { timeout: 60_000 }, () => {
  const request = { endpoint: "calculate/order" };
  for (const busy of [429, 503]) {
    test(`that gets a ${busy} is passed on, so that the page waits`, async (context) => {
      const api = stubApi(context);
      const { order, told } = start(api);
      for (const [given, passed] of [
        ["3", "3"],
        ["300", "300"],
        [undefined, null],
      ]) {
        api.quote = () => new Response("busy", { status: busy, headers: given ? { "retry-after": given } : {} });
        const { status, json, headers } = await read(await order(request));
        assert.deepEqual([status, headers.get("retry-after")], [503, passed]);
        assert.ok(!("success" in json));
      }
      assert.deepEqual([api.calculated, told.length], [3, 3]);
    });
  }

  test("without an answer is a 502, which pages retry", async (context) => {
    const api = stubApi(context, { quote: () => new Response("", { status: 500 }) });
    const { order, told } = start(api);
    assert.equal((await order(request)).status, 502);
    api.quote = QUOTE;
    assert.equal((await order(request)).status, 200);
    assert.deepEqual([api.calculated, told.length], [2, 1]);
  });
});

describe("time", { timeout: 60_000 }, () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 }));
  afterEach(() => mock.timers.reset());

  /** @param {number} ms */
  async function pass(ms, step = 500) {
    await settleMicrotasks();
    for (let left = ms; left > 0; left -= step) {
      mock.timers.tick(Math.min(step, left));
      await settleMicrotasks();
    }
  }

  /** The status that a page has got so far. @param {Promise<Response>} response */
  function watch(response) {
    const page = { status: 0, json: /** @type {any} */ (undefined) };
    response.then(async (response) => {
      page.status = response.status;
      page.json = await response.json();
    });
    return page;
  }

  /** Bookings with one open booking of a given age. @param {number} ageMs */
  const openWith = (ageMs) => {
    const claim = mock.fn(async () => /** @type {Claim} */ ({ state: "open", content, ageMs }));
    return { claim, bookings: bookingsWith({ claim }) };
  };

  test("an open booking is claimed again twice a second", async (context) => {
    const api = stubApi(context);
    const { claim, bookings } = openWith(100);
    const { order } = start(api, { bookings });
    const page = watch(order({}));
    await pass(499);
    assert.equal(claim.mock.callCount(), 1);
    await pass(1);
    assert.equal(claim.mock.callCount(), 2);
    const response = { status: 200, body: '{"stored":true}' };
    claim.mock.mockImplementation(async () => ({ state: "settled", content, response }));
    await pass(500);
    assert.deepEqual(page, { status: 200, json: { stored: true } });
    assert.equal(api.ordered, 0);
  });

  for (const ageMs of [0, -1e9, NaN, 0.3, /** @type {any} */ (undefined), /** @type {any} */ ("old")]) {
    test(`an open booking is waited for 25 seconds at most, whatever age the store claims: ${ageMs}`, async (context) => {
      const { bookings } = openWith(ageMs);
      const { order, told } = start(stubApi(context), { bookings });
      const page = watch(order({}));
      await pass(24_500);
      assert.equal(page.status, 0);
      await pass(500);
      assert.equal(page.status, 502);
      assert.deepEqual(told, []);
    });
  }

  test("an old one is a 502 at once, until a person has settled it", async (context) => {
    const { bookings, backend, order } = start(stubApi(context));
    await bookings.claim(NAME, content);
    await pass(25_001);
    assert.equal((await order({})).status, 502);
    assert.equal((await read(await order({ body: { ...wanted, quantity: 2 } }))).json.error.code, 409);
    assert.equal(await backend.resolve(NAME, { placed: true, orderNumber: "N", balance: 1, currency: "USD" }), true);
    assert.equal((await read(await order({}))).json.orderNumber, "N");
  });

  test("a claim that hangs is a 504 after 5 seconds; if it is new later, it settles itself", async (context) => {
    const api = stubApi(context);
    const late = deferred();
    const memory = memoryBookings();
    const bookings = bookingsWith({ ...memory, claim: (...args) => late.promise.then(() => memory.claim(...args)) });
    const { order, told, waits } = start(api, { bookings });
    const page = watch(order({}));
    await pass(4_999);
    assert.equal(page.status, 0);
    await pass(1);
    assert.deepEqual([page.status, page.json.error.code], [504, 504]);
    assert.equal(told.length, 1);
    assert.equal(waits.length, 2);
    late.resolve();
    await waits[1];
    assert.equal((await stored(memory)).error.code, 503);
    assert.equal(api.ordered, 0);
  });

  test("a late claim that is not new settles nothing", async (context) => {
    const late = deferred();
    const settle = mock.fn(async () => true);
    const { order, waits } = start(stubApi(context), { bookings: bookingsWith({ claim: () => late.promise, settle }) });
    const page = watch(order({}));
    await pass(5_000);
    late.resolve({ state: "open", content, ageMs: 5_000 });
    await waits[1];
    assert.deepEqual([page.status, settle.mock.callCount()], [504, 0]);
  });

  test("user has 5 seconds", async (context) => {
    const { order, told } = start(stubApi(context), { user: /** @type {any} */ (hang) });
    const page = watch(order({}));
    await pass(5_000);
    assert.deepEqual([page.status, page.json.error.code], [504, 504]);
    assert.match(String(told[0][0].cause), /^user took more than 5 seconds/);
  });

  for (const hook of /** @type {const} */ (["balance", "permit"])) {
    test(`${hook} has 5 seconds`, async (context) => {
      const api = stubApi(context);
      const { order, bookings } = start(api, { [hook]: hang });
      const calculation = watch(order({ endpoint: "calculate/order" }));
      const page = watch(order({}));
      await pass(5_000);
      assert.deepEqual([calculation.status, calculation.json.error.code], [504, 504]);
      assert.deepEqual([page.status, page.json.error.code], [200, 503]);
      assert.equal((await stored(bookings)).error.code, 503);
      assert.deepEqual([api.calculated, api.ordered], [0, 0]);
    });
  }

  test("a body has 10 seconds", async (context) => {
    const { order, told } = start(stubApi(context));
    const page = watch(order({ body: new ReadableStream() }));
    await pass(10_000);
    assert.deepEqual([page.status, page.json.error.code], [408, 408]);
    assert.match(String(told[0][0].cause), /express\.json/);
  });

  test("a settlement is attempted again, and a short outage is not noticed", async (context) => {
    const memory = memoryBookings();
    const settle = mock.fn(memory.settle);
    settle.mock.mockImplementationOnce(reject, 0);
    settle.mock.mockImplementationOnce(/** @type {any} */ (hang), 1);
    const { order, told } = start(stubApi(context), { bookings: bookingsWith({ ...memory, settle }) });
    const page = watch(order({}));
    await pass(6_500);
    assert.deepEqual([page.status, page.json.orderNumber, told], [200, "NUMBER-1", []]);
    assert.equal(settle.mock.callCount(), 3);
  });

  for (const settle of [fail, reject, hang]) {
    test(`after 10 seconds without a settlement, the page gets a 502: ${settle}`, async (context) => {
      const memory = memoryBookings();
      const bookings = bookingsWith({ ...memory, settle: /** @type {any} */ (settle) });
      const { order, told } = start(stubApi(context), { bookings });
      const page = watch(order({}));
      await pass(9_000);
      assert.equal(page.status, 0);
      await pass(1_000);
      assert.equal(page.status, 502);
      assert.equal(told.length, 1);
      assert.equal(JSON.parse(told[0][1].response.body).orderNumber, "NUMBER-1");
      assert.equal(await stored(memory), "open");
    });
  }

  test("after 25 seconds the page gets a 502; a later answer is settled, and onError is told once", async (context) => {
    const answer = deferred();
    const api = stubApi(context, { receipt: () => answer.promise });
    const { bookings, order, told, waits } = start(api);
    const page = watch(order({}));
    await pass(24_500);
    assert.equal(page.status, 0);
    await pass(500);
    assert.equal(page.status, 502);
    assert.equal(told.length, 1);
    assert.deepEqual(told[0][1], { name: NAME });
    await pass(15_000);
    answer.resolve(RECEIPT);
    await Promise.all(waits);
    assert.equal((await stored(bookings)).orderNumber, "NUMBER-1");
    assert.equal((await read(await order({}))).json.orderNumber, "NUMBER-1");
    assert.deepEqual([told.length, api.ordered], [1, 1]);
  });

  test("after 2 minutes an answer is no longer awaited", async (context) => {
    const api = stubApi(context, { receipt: hang });
    const { bookings, order, told, waits } = start(api);
    watch(order({}));
    let isDone = false;
    Promise.all(waits).then(() => (isDone = true));
    await pass(119_000, 5_000);
    assert.equal(isDone, false);
    await pass(1_000);
    assert.equal(isDone, true);
    assert.deepEqual([await stored(bookings), told.length], ["open", 1]);
  });

  test("a page gets a response within 30 seconds, whatever hangs", async (context) => {
    // Each step takes nearly as long as it may.
    const slowly = (/** @type {number} */ ms, /** @type {any} */ value) => () =>
      new Promise((resolve) => setTimeout(() => resolve(value), ms));
    const memory = memoryBookings();
    const bookings = bookingsWith({ ...memory, settle: /** @type {any} */ (hang) });
    const user = slowly(4_900, "anna");
    const options = { bookings, user, permit: slowly(4_900, true), balance: slowly(4_900, 5) };
    const api = stubApi(context, { receipt: slowly(9_000, RECEIPT) });
    const { order } = start(api, /** @type {any} */ (options));
    const page = watch(order({}));
    await pass(29_500);
    assert.deepEqual([page.status, api.ordered], [0, 1]);
    await pass(500);
    assert.equal(page.status, 502);
  });

  for (const { ms, sent } of [
    { ms: 19_999, sent: 1 },
    { ms: 20_001, sent: 0 },
  ]) {
    test(`an order whose request is ${ms} ms old is ${sent ? "" : "not "}sent`, async (context) => {
      const api = stubApi(context);
      // The wall clock jumps while the shop decides, as after a suspension in which the monotonic one stood still.
      const permit = () => (mock.timers.setTime(Date.now() + ms), /** @type {const} */ (true));
      const { bookings, order } = start(api, { permit });
      const { json } = await read(await order({}));
      assert.equal(api.ordered, sent);
      assert.equal(json.success ? undefined : json.error.code, sent ? undefined : 503);
      assert.deepEqual(await stored(bookings), json);
    });
  }

  test("an order is not sent if the monotonic clock alone shows that it is too late", async (context) => {
    const api = stubApi(context);
    const now = performance.now.bind(performance);
    let ahead = 0;
    context.mock.method(performance, "now", () => now() + ahead);
    const { order } = start(api, { permit: () => ((ahead = 20_001), true) });
    assert.equal((await read(await order({}))).json.error.code, 503);
    assert.equal(api.ordered, 0);
  });

  test("a person who decided during a suspension is heard", async (context) => {
    const api = stubApi(context);
    const memory = memoryBookings();
    const decided = { status: 200, body: JSON.stringify({ ...FAILURE, error: { code: 410, message: "No." } }) };
    const permit = async () => {
      mock.timers.setTime(Date.now() + 26_000);
      await memory.settle(NAME, decided);
      return /** @type {const} */ (true);
    };
    const { order, told } = start(api, { bookings: memory, permit });
    assert.equal((await read(await order({}))).json.error.code, 410);
    assert.equal(api.ordered, 0);
    assert.equal(told.at(-1)[1].stored.body, decided.body);
    assert.match(told.at(-1)[1].response.body, /Nothing was ordered/);
  });

  for (const result of [false, undefined]) {
    test(`a receipt after another settlement is not lost: settle returns ${result}`, async (context) => {
      const memory = memoryBookings();
      const settle = async (/** @type {[any, any]} */ ...args) => (await memory.settle(...args), result);
      const answer = deferred();
      const { order, told, waits } = start(stubApi(context, { receipt: () => answer.promise }), {
        bookings: bookingsWith({ ...memory, settle: /** @type {any} */ (settle) }),
      });
      watch(order({}));
      await pass(26_000);
      await memory.settle(NAME, { status: 200, body: JSON.stringify(FAILURE) });
      answer.resolve(RECEIPT);
      await Promise.all(waits);
      assert.equal(told.length, 2);
      assert.match(told[1][1].response.body, /NUMBER-1/);
      assert.match(told[1][1].stored.body, /Incorrect goal/);
    });
  }

  test("a store that says false although it stored this response is believed after a look", async (context) => {
    const memory = memoryBookings();
    const settle = async (/** @type {[any, any]} */ ...args) => (await memory.settle(...args), false);
    const { order, told } = start(stubApi(context), { bookings: bookingsWith({ ...memory, settle }) });
    assert.equal((await read(await order({}))).json.orderNumber, "NUMBER-1");
    assert.deepEqual(told, []);
  });

  test("a settlement that the store lost is attempted again", async (context) => {
    const memory = memoryBookings();
    const settle = mock.fn(memory.settle);
    settle.mock.mockImplementationOnce(async () => false, 0);
    const { order, told } = start(stubApi(context), { bookings: bookingsWith({ ...memory, settle }) });
    const page = watch(order({}));
    await pass(500);
    assert.deepEqual([page.status, page.json.orderNumber, told], [200, "NUMBER-1", []]);
  });
});
