// @ts-check
// The backend's rules, with the handler alone: which request gets which status, which hooks are called in which order, and
// where the API key must not appear.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, mock, test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import { inspect } from "node:util";
import { createBackend, memoryBookings } from "proxy-orders/backend";
import { apiKey, deferred, origin, pageRequest, read, startApi, startBackend, wanted } from "./support.js";

/** @import { BackendOptions, Claim } from "proxy-orders/backend" */

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
before(async () => (api = await startApi()));
after(() => api.close());
beforeEach(() => {
  api.sandbox.reset();
  api.fault = "";
});

/** @typedef {NonNullable<Parameters<typeof pageRequest>[0]>} Changes */

/**
 * Sends one request to a backend of its own.
 * @param {Changes} [changes]
 * @param {Partial<BackendOptions>} [options]
 */
async function send(changes, options) {
  const { backend, errors } = startBackend(api, options);
  return { ...(await read(await backend(pageRequest(changes)))), errors };
}

/** @param {number} status @param {string | RegExp} message @param {any} json */
function assertFailure(json, status, message) {
  assert.equal(json.success, false);
  assert.equal(json.error.code, status);
  assert.match(json.error.message, new RegExp(message));
  assert.deepEqual([json.balance, json.currency, json.proxyType, json.promoCodeStatus], [null, null, null, null]);
}

/** A request of exactly this many bytes. @param {number} bytes */
function sized(bytes) {
  const [start, end] = JSON.stringify({ ...wanted, goal: "|" }).split("|");
  return `${start}${"x".repeat(bytes - String(start).length - String(end).length)}${end}`;
}

/** @param {string} text in pieces, without a length */
const streamed = (text) => new Blob([text]).stream();

const long = "x".repeat(200);
const calculate = "calculate/order";
const lookup = "order/lookup";
const old = { "sec-fetch-site": null };

/** @type {(readonly [what: string, changes: Changes, status: number, message?: string])[]} */
const table = [
  ["an order", {}, 200],
  ["a price", { endpoint: calculate, headers: { "idempotency-key": null } }, 200],
  ["a price, with the form of an order", { endpoint: calculate }, 200],
  ["any prefix", { path: "/shop/de/client/api/v1/self/order" }, 200],
  ["no prefix", { path: "/client/api/v1/self/order" }, 200],
  ["a query", { path: "/api/client/api/v1/self/order?lang=de" }, 200],
  ["any API key in the path", { path: "/api/client/api/v1/%2e%2Fwhatever/order" }, 200],

  ["the root", { path: "/" }, 404, "No such endpoint"],
  ["another path", { path: "/api/client/api/v1/self/balance" }, 404, "No such endpoint"],
  ["another version", { path: "/api/client/api/v2/self/order" }, 404, "No such endpoint"],
  ["a path without an API key", { path: "/api/client/api/v1/order" }, 404, "No such endpoint"],
  ["a path with an empty API key", { path: "/api/client/api/v1//order" }, 404, "No such endpoint"],
  ["a path with two API keys", { path: "/api/client/api/v1/a/b/order" }, 404, "No such endpoint"],
  ["a longer path", { path: "/api/client/api/v1/self/order/1" }, 404, "No such endpoint"],
  ["a path in capitals", { path: "/api/client/api/v1/self/ORDER" }, 404, "No such endpoint"],
  ["an unknown path of a stranger", { path: "/x", headers: { "x-user": null } }, 404, "No such endpoint"],
  ["GET", { method: "GET" }, 404, "No such endpoint"],
  ["PUT", { method: "PUT" }, 404, "No such endpoint"],
  ["DELETE", { method: "DELETE" }, 404, "No such endpoint"],
  ["OPTIONS from this origin", { method: "OPTIONS" }, 404, "No such endpoint"],
  ["GET of a lookup", { endpoint: lookup, method: "GET" }, 404, "No such endpoint"],
  ["a lookup of a calculation", { endpoint: "calculate/order/lookup" }, 404, "No such endpoint"],

  ["a page of another site", { headers: { "sec-fetch-site": "cross-site" } }, 403, "origin is not allowed"],
  ["a page of a sister site", { headers: { "sec-fetch-site": "same-site" } }, 403, "origin is not allowed"],
  ["an address bar", { headers: { "sec-fetch-site": "none" } }, 403, "origin is not allowed"],
  [
    "another site with a forged Origin",
    { headers: { "sec-fetch-site": "cross-site", origin } },
    403,
    "origin is not allowed",
  ],
  ["an old browser, this origin", { headers: { "sec-fetch-site": null, origin } }, 200],
  ["an old browser, Host in capitals", { headers: { "sec-fetch-site": null, origin, host: "SHOP.example" } }, 200],
  ["an old browser, http", { headers: { "sec-fetch-site": null, origin: "http://shop.example" } }, 200],
  [
    "an old browser, another origin",
    { headers: { "sec-fetch-site": null, origin: "https://a.example" } },
    403,
    "origin is not allowed",
  ],
  [
    "an old browser, another port",
    { headers: { "sec-fetch-site": null, origin: `${origin}:444` } },
    403,
    "origin is not allowed",
  ],
  [
    "an old browser, an opaque origin",
    { headers: { "sec-fetch-site": null, origin: "null" } },
    403,
    "origin is not allowed",
  ],
  [
    "an old browser, an extension",
    { headers: { "sec-fetch-site": null, origin: "app://shop.example" } },
    403,
    "origin is not allowed",
  ],
  ["HTTP/2, which has no Host", { headers: { "sec-fetch-site": null, origin, host: null } }, 200],
  [
    "HTTP/2, another origin",
    { headers: { ...old, origin: "https://a.example", host: null } },
    403,
    "origin is not allowed",
  ],
  ["a Host with the default port", { headers: { ...old, origin, host: "shop.example:443" } }, 200],
  [
    "a Host with http's default port",
    { headers: { ...old, origin: "http://shop.example", host: "shop.example:80" } },
    200,
  ],
  ["a Host with another port", { headers: { ...old, origin, host: "shop.example:80" } }, 403, "origin is not allowed"],
  ["no browser", { headers: { "sec-fetch-site": null } }, 200],
  [
    "another site, not signed in",
    { headers: { "sec-fetch-site": "cross-site", "x-user": null } },
    403,
    "origin is not allowed",
  ],

  ["nobody", { headers: { "x-user": null } }, 401, "sign in"],
  ["nobody, for a price", { endpoint: calculate, headers: { "x-user": null } }, 401, "sign in"],
  ["nobody, with too long a body", { headers: { "x-user": null }, body: sized(10_001) }, 401, "sign in"],
  ["a user of 200 characters", { headers: { "x-user": long } }, 200],
  ["a page of this customer", { headers: { "order-customer": "anna" } }, 200],
  ["a page of this customer, encoded", { headers: { "x-user": "a b/c", "order-customer": "a%20b%2Fc" } }, 200],
  ["a page of another customer", { headers: { "order-customer": "ben" } }, 409, "reload"],
  ["a page of nobody", { headers: { "order-customer": "" } }, 409, "reload"],
  ["a calculation of another customer", { endpoint: calculate, headers: { "order-customer": "ben" } }, 409, "reload"],
  ["a lookup of another customer", { endpoint: lookup, headers: { "order-customer": "ben" } }, 409, "reload"],
  [
    "another customer, with too long a body",
    { headers: { "order-customer": "ben" }, body: sized(10_001) },
    409,
    "reload",
  ],

  ["10 000 bytes", { body: sized(10_000) }, 200],
  ["10 001 bytes", { body: sized(10_001) }, 413, "too long"],
  ["10 001 bytes of a price", { endpoint: calculate, body: sized(10_001) }, 413, "too long"],
  ["10 001 bytes in pieces", { body: streamed(sized(10_001)) }, 413, "too long"],
  ["10 000 bytes in pieces", { body: streamed(sized(10_000)) }, 200],
  ["3 334 characters of 3 bytes", { body: "€".repeat(3_334) }, 413, "too long"],
  ["a length that is declared", { headers: { "content-length": "10001" } }, 413, "too long"],
  ["too long and of no type", { body: sized(10_001), headers: { "content-type": null } }, 413, "too long"],

  ["no type", { body: new TextEncoder().encode("{}"), headers: { "content-type": null } }, 415, "application/json"],
  ["text", { headers: { "content-type": "text/plain" } }, 415, "application/json"],
  ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 415, "application/json"],
  ["a type that begins alike", { headers: { "content-type": "application/json5" } }, 415, "application/json"],
  ["a type with a charset", { headers: { "content-type": "Application/JSON ; charset=utf-8" } }, 200],

  ["an empty body", { body: "" }, 400, "not JSON"],
  ["half a body", { body: JSON.stringify(wanted).slice(0, 50) }, 400, "not JSON"],
  ["bytes that are no UTF-8", { body: Buffer.from(sized(200).replace("x", "\xff"), "latin1") }, 400, "not JSON"],
  ["null", { body: "null" }, 400, "must be an object"],
  ["a list", { body: [wanted] }, 400, "must be an object"],
  ["a text", { body: '"order"' }, 400, "must be an object"],
  ["5 000 nested lists", { body: "[".repeat(5_000) + "]".repeat(5_000) }, 400, "must be an object"],
  ["no fields", { body: {} }, 400, "Proxy type .*Quantity "],
  ["a wrong field", { body: { ...wanted, quantity: 0 } }, 400, "^Quantity must be"],
  ["an unknown field", { body: { ...wanted, promocode: "X" } }, 400, "promoCode"],
  ["a wrong price request", { endpoint: calculate, body: { ...wanted, country: "usa" } }, 400, "^Country must be"],

  ["no idempotency key", { headers: { "idempotency-key": null } }, 400, "Idempotency-Key"],
  ["an empty idempotency key", { headers: { "idempotency-key": "" } }, 400, "Idempotency-Key"],
  [
    "a lookup without an idempotency key",
    { endpoint: lookup, headers: { "idempotency-key": null } },
    400,
    "Idempotency-Key",
  ],
  [
    "a malformed limit and no idempotency key",
    { headers: { "order-max-price": "x", "idempotency-key": "" } },
    400,
    "^An order",
  ],
  ...["", "-1", "1,5", "abc", "Infinity", "NaN", "1e400", "0x10", "01", ".5", "5.", "2, 3"].map(
    (price) =>
      /** @type {const} */ ([`a limit of "${price}"`, { headers: { "order-max-price": price } }, 400, "Max-Price"]),
  ),
  ["a malformed limit of a lookup", { endpoint: lookup, headers: { "order-max-price": "x" } }, 400, "Max-Price"],
  ["a malformed limit of a calculation", { endpoint: calculate, headers: { "order-max-price": "x" } }, 200],
  ...["2.50", "2", "1e+21", "1310000e-6"].map(
    (price) => /** @type {const} */ ([`a limit of "${price}"`, { headers: { "order-max-price": price } }, 200]),
  ),
  ["an idempotency key of 255 characters", { headers: { "idempotency-key": "k".repeat(255) } }, 200],
  ["an idempotency key of 256 characters", { headers: { "idempotency-key": "k".repeat(256) } }, 400, "Idempotency-Key"],
  ["an idempotency key that is not ASCII", { headers: { "idempotency-key": "é" } }, 400, "Idempotency-Key"],
  ["an idempotency key with a tab", { headers: { "idempotency-key": "a\tb" } }, 400, "Idempotency-Key"],
  [
    "an idempotency key of every printable character",
    { headers: { "idempotency-key": "!\"#$%&'()*+,-./ 09:;<=>?@AZ[\\]^_`az{|}~" } },
    200,
  ],
];

describe(`each request gets its status: ${table.length} requests`, () => {
  for (const [what, changes, status, message] of table) {
    test(`${status} for ${what}`, async () => {
      const { backend, errors } = startBackend(api);
      const response = await backend(pageRequest(changes));
      const json = JSON.parse(await response.text());
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/json");
      assert.equal(response.headers.get("cache-control"), "no-store");
      const { headers } = pageRequest({ headers: changes.headers ?? {} });
      const key = headers.get("idempotency-key") ?? "";
      const isOrder = changes.endpoint !== calculate && status !== 404;
      const isMalformed = !/^[ -~]{1,255}$/.test(key);
      assert.equal(response.headers.get("idempotency-key"), isOrder && !isMalformed ? key : null);
      if (status === 200) assert.equal(json.success, true);
      else {
        assertFailure(json, status, message ?? "");
        assert.deepEqual(api.sandbox.requests, []);
      }
      assert.deepEqual(errors, []);
    });
  }
});

describe("pages of further origins", () => {
  const shop = "https://other.example";
  const cross = { origin: shop, "sec-fetch-site": "cross-site" };
  const schemes = ["capacitor://localhost", "tauri://localhost", "app://shop", `chrome-extension://${"a".repeat(32)}`];
  const options = { origins: [shop, "http://localhost:5173", ...schemes] };

  /** @param {Headers} headers */
  const corsOf = (headers) => [...headers].filter(([name]) => name.startsWith("access-control"));

  test("can read their responses, with and without cookies", async () => {
    for (const [changes, status] of /** @type {[Changes, number][]} */ ([
      [{ headers: cross }, 200],
      [{ headers: { ...cross, cookie: "session=1" } }, 200],
      [{ headers: { origin: "http://localhost:5173", "sec-fetch-site": null } }, 200],
      ...schemes.map((origin) => [{ headers: { ...cross, origin } }, 200]),
      [{ headers: { ...cross, "x-user": null } }, 401],
      [{ headers: cross, path: "/nothing" }, 404],
    ])) {
      const { status: found, headers } = await send(changes, options);
      assert.equal(found, status);
      assert.deepEqual(corsOf(headers), [
        ["access-control-allow-credentials", "true"],
        ["access-control-allow-origin", String(changes.headers?.origin)],
        ["access-control-expose-headers", "Retry-After, Idempotency-Key"],
      ]);
      assert.match(String(headers.get("vary")), /\bOrigin\b/);
    }
  });

  test("get a response to their preflight request", async () => {
    const asked = "authorization,content-type,idempotency-key";
    const preflight = { ...cross, "access-control-request-method": "POST", "access-control-request-headers": asked };
    const { status, text, headers } = await send({ method: "OPTIONS", headers: preflight }, options);
    assert.deepEqual([status, text], [204, ""]);
    assert.deepEqual(corsOf(headers), [
      ["access-control-allow-credentials", "true"],
      ["access-control-allow-headers", asked],
      ["access-control-allow-methods", "POST"],
      ["access-control-allow-origin", shop],
      ["access-control-expose-headers", "Retry-After, Idempotency-Key"],
      ["access-control-max-age", "7200"],
    ]);
    assert.equal((await send({ method: "OPTIONS", path: "/nothing", headers: preflight }, options)).status, 404);
  });

  test("others get a 403 without CORS headers", async () => {
    for (const stranger of [
      "https://other.example.org",
      "http://other.example",
      "https://other.example:8443",
      "capacitor://localhost.example",
      "null",
    ]) {
      const headers = { ...cross, origin: stranger };
      const rejected = await send({ headers }, options);
      assert.equal(rejected.status, 403);
      assert.deepEqual(corsOf(rejected.headers), []);
      assert.equal((await send({ method: "OPTIONS", headers }, options)).status, 404);
    }
    assert.equal(api.sandbox.requests.length, 0);
  });
});

describe("the user", () => {
  test("may be given by a promise", async () => {
    assert.equal((await send({}, { user: async () => "anna" })).status, 200);
    assert.equal((await send({}, { user: async () => null })).status, 401);
    assert.equal((await send({}, { user: () => /** @type {any} */ (undefined) })).status, 401);
  });

  test("must be text of 1 to 200 characters", async () => {
    for (const user of [5, "", `${long}x`, {}, true, "a\ud800"]) {
      const { status, json, errors } = await send({}, { user: () => /** @type {any} */ (user) });
      assert.equal(status, 500);
      assertFailure(json, 500, "^Something went wrong.$");
      assert.match(String(errors[0]), /user must return a well-formed string/);
    }
  });
});

describe("an order", { timeout: 60_000 }, () => {
  test("is booked under its user and idempotency key, with its fields in the documented order", async () => {
    /** @type {unknown[]} */
    const claims = [];
    const { claim, ...rest } = memoryBookings();
    const bookings = {
      ...rest,
      /** @param {string} name @param {string} content */
      claim(name, content) {
        claims.push([name, content]);
        return claim(name, content);
      },
    };
    const body = {
      authIp: "203.0.113.7",
      promoCode: " ",
      country: "USA",
      authType: "IP",
      goal: "scraping",
      rotationTime: 5,
      protocol: "HTTP",
      rentPeriodDays: 90,
      quantity: 1,
      proxyType: "IPv6",
    };
    await send({ body, headers: { "x-user": 'an"na', "idempotency-key": "k,1" } }, { bookings });
    const content =
      '{"proxyType":"IPv6","quantity":1,"rentPeriodDays":90,"goal":"scraping","country":"USA","protocol":"HTTP","authType":"IP","authIp":"203.0.113.7"}';
    assert.deepEqual(claims, [['["an\\"na","k,1"]', content]]);
    assert.equal(api.orders()[0]?.body, content);
  });

  test("is sent with the real API key, and gets the API's response", async () => {
    const { json } = await send();
    const [order] = api.orders();
    assert.equal(order?.path, `/client/api/v1/${encodeURIComponent(apiKey)}/order`);
    assert.equal(json.orderNumber, api.sandbox.orders[0]?.orderNumber);
    assert.equal(json.balance, api.sandbox.balance);
    for (const name of ["cookie", "x-user", "idempotency-key"]) assert.ok(!(name in (order?.headers ?? {})), name);
  });

  test("is bought once for an idempotency key, and a repeat gets the response of the booking", async () => {
    let asked = 0;
    const { backend } = startBackend(api, { permit: () => (asked++, true), maxPrice: 2 });
    const first = await read(await backend(pageRequest()));
    const again = await read(await backend(pageRequest()));
    assert.deepEqual([again.status, again.text], [200, first.text]);
    assert.equal(asked, 1);
    assert.deepEqual([api.orders().length, api.sandbox.requests.length], [1, 2]);
  });

  test("belongs to its user", async () => {
    const { backend } = startBackend(api);
    for (const user of ["anna", "ben"]) await backend(pageRequest({ headers: { "x-user": user } }));
    assert.equal(api.sandbox.orders.length, 2);
  });

  test("with other content for a known idempotency key is a conflict", async () => {
    const { backend, errors } = startBackend(api);
    await backend(pageRequest());
    const { status, json } = await read(await backend(pageRequest({ body: { ...wanted, quantity: 2 } })));
    assert.equal(status, 200);
    assertFailure(json, 409, "belongs to another order");
    // The order of the fields does not matter, and neither do fields that the API does not read.
    const same = { ...Object.fromEntries(Object.entries(wanted).reverse()), protocol: "HTTP" };
    assert.equal((await backend(pageRequest({ body: same }))).status, 200);
    assert.equal(api.sandbox.orders.length, 1);
    assert.deepEqual(errors, []);
  });

  test("that failed uses its idempotency key up", async () => {
    const { backend } = startBackend(api);
    const body = { ...wanted, goal: "forbidden" };
    const failed = await read(await backend(pageRequest({ body })));
    assert.deepEqual([failed.status, failed.json.success, failed.json.error.code], [200, false, 14]);
    assert.equal((await read(await backend(pageRequest({ body })))).text, failed.text);
    assert.deepEqual([api.orders().length, api.sandbox.orders.length], [1, 0]);
  });

  test("is finished when its page is gone", async () => {
    const controller = new AbortController();
    const credit = deferred();
    const settled = deferred();
    /** @type {Promise<unknown>[]} */
    const waits = [];
    const { settle, ...rest } = memoryBookings();
    const { backend } = startBackend(api, {
      balance: () => credit.promise,
      bookings: { ...rest, settle: (name, response) => settle(name, response).then(settled.resolve) },
    });
    const response = backend(pageRequest({ signal: controller.signal }), {
      waitUntil: (work) => void waits.push(work),
    });
    await tick();
    controller.abort();
    credit.resolve(5);
    await settled.promise;
    assert.equal(waits.length, 1);
    await waits[0];
    assert.equal((await response).status, 200);
    assert.equal(api.sandbox.orders.length, 1);
  });
});

describe("the shop's own rules", () => {
  test("are called after the claim, the balance first", async () => {
    /** @type {unknown[]} */
    const calls = [];
    const { claim, settle } = memoryBookings();
    /** @template T @param {string} name @param {T} value */
    const noted = (name, value) => (calls.push(name), value);
    const options = {
      user: () => noted("user", "anna"),
      balance: () => noted("balance", 1.5),
      permit: () => noted("permit", /** @type {const} */ (true)),
      maxPrice: 2,
      bookings: {
        claim: (/** @type {[string, string]} */ ...args) => noted("claim", claim(...args)),
        settle: (/** @type {any} */ ...args) =>
          noted(`settle after ${api.sandbox.requests.length}`, settle(args[0], args[1])),
      },
    };
    await send({}, options);
    assert.deepEqual(calls, ["user", "claim", "balance", "permit", "settle after 2"]);
    calls.length = 0;
    await send({ endpoint: calculate }, options);
    assert.deepEqual(calls, ["user", "balance", "permit"]);
  });

  test("give the balance that a user sees", async () => {
    const balance = mock.fn(async () => 1.5);
    for (const changes of [{}, { endpoint: calculate }]) {
      const { json } = await send(changes, { balance });
      assert.deepEqual([json.success, json.balance, json.currency], [true, 1.5, "USD"]);
    }
    const { json } = await send({ body: { ...wanted, goal: "forbidden" } }, { balance });
    assert.deepEqual([json.success, json.balance], [false, 1.5]);
    assert.deepEqual(balance.mock.calls[0]?.arguments, ["anna"]);
    api.fault = 'reply; body={"success":false,"balance":null,"error":{"code":2,"message":"Error api key"}}';
    assert.equal((await send({}, { balance })).json.balance, null);
  });

  test("stop a request with a sentence of permit", async () => {
    /** @type {unknown[]} */
    const asked = [];
    /** @type {BackendOptions["permit"]} */
    const permit = async (customerRequest) => {
      asked.push(customerRequest);
      return customerRequest.request.quantity <= 5 || "We sell at most five at a time.";
    };
    const body = { ...wanted, quantity: 6 };
    for (const endpoint of ["order", calculate]) {
      const { status, json, errors } = await send({ endpoint, body }, { permit });
      assert.equal(status, 200);
      assertFailure(json, 403, "^We sell at most five at a time.$");
      assert.deepEqual(errors, []);
    }
    assert.equal(api.sandbox.requests.length, 0);
    const { authType, ...priced } = body;
    assert.deepEqual(asked, [
      { user: "anna", endpoint: "order", request: body },
      { user: "anna", endpoint: "calculate", request: priced },
    ]);
    assert.equal((await send({}, { permit })).json.success, true);
  });

  test("permit by nothing but true", async () => {
    for (const permission of [false, undefined, "", 1, {}]) {
      const { status, json } = await send({}, { permit: () => /** @type {any} */ (permission) });
      assert.equal(status, 200);
      assertFailure(json, 403, "^This is not offered.$");
    }
    assert.equal(api.sandbox.requests.length, 0);
  });
});

test("a waitUntil that throws does not keep the page from its response", async () => {
  /** @type {unknown[]} */
  const errors = [];
  const { backend } = startBackend(api, { onError: (/** @type {unknown} */ error) => errors.push(error) });
  const waitUntil = () => {
    throw new TypeError("Illegal invocation");
  };
  const response = await backend(pageRequest(), { waitUntil });
  assert.equal((await response.json()).success, true);
  assert.match(String(errors[0]), /Illegal invocation/);
});

test("permit cannot change what is ordered", async () => {
  const permit = (/** @type {any} */ { request }) => ((request.quantity = 1), /** @type {const} */ (true));
  const { json } = await send({ body: { ...wanted, quantity: 2 } }, { permit });
  assert.equal(json.error.code, 503);
  assert.equal(api.sandbox.requests.length, 0);
});

test("a sentence of permit is stored: permit is called once for an idempotency key", async () => {
  let permission = /** @type {true | string} */ ("Not today.");
  const { backend } = startBackend(api, { permit: () => permission });
  const first = await read(await backend(pageRequest()));
  permission = true;
  assert.equal((await read(await backend(pageRequest()))).text, first.text);
  assert.equal(api.sandbox.requests.length, 0);
  assert.equal(
    (await read(await backend(pageRequest({ headers: { "idempotency-key": "key-2" } })))).json.success,
    true,
  );
});

describe("maxPrice", () => {
  test("orders at that price", async () => {
    assert.equal((await send({}, { maxPrice: 1.31 })).json.success, true);
    assert.equal(api.sandbox.orders.length, 1);
  });

  test("stops a higher price, warnings and a failed calculation, without ordering", async () => {
    const balance = () => 1.5;
    const dear = await send({}, { maxPrice: 1.3, balance });
    assert.equal(dear.status, 200);
    assert.deepEqual(dear.json.error, { code: 403, message: "This costs too much." });
    assert.deepEqual([dear.json.success, dear.json.balance, dear.json.currency], [false, 1.5, "USD"]);
    const goal = await send({ body: { ...wanted, goal: "forbidden" } }, { maxPrice: 2 });
    assert.deepEqual([goal.status, goal.json.error], [200, { code: 14, message: "Incorrect goal" }]);
    const country = await send({ body: { ...wanted, proxyType: "ISP", country: "ATA" } }, { maxPrice: 20 });
    assert.deepEqual([country.status, country.json.error], [200, { code: 24, message: "Incorrect ip addresses" }]);
    assert.deepEqual([dear.errors, goal.errors, country.errors], [[], [], []]);
    assert.equal(api.orders().length, 0);
  });

  test("of 0 sells nothing, but calculates", async () => {
    assert.equal((await send({}, { maxPrice: 0 })).json.success, false);
    assert.equal((await send({ endpoint: calculate }, { maxPrice: 0 })).json.price, 1.31);
  });
});

/** @returns {BackendOptions} */
const startOptions = () => ({
  baseUrl: api.url,
  apiKey,
  user: () => "anna",
  balance: "account",
  bookings: memoryBookings(),
});

describe("the API key", () => {
  const encoded = encodeURIComponent(apiKey);
  const spellings = [
    apiKey,
    encoded,
    encodeURIComponent(encoded),
    encoded.replace("%2F", "%2f"),
    apiKey.replace("/", "\\/"),
  ];

  /** @param {object} response */
  const respondWith = (response) => `reply; body=${encodeURIComponent(JSON.stringify(response))}`;
  /** @param {string} text */
  const hasKey = (text) => spellings.some((spelling) => text.includes(spelling));

  for (const spelling of new Set(spellings)) {
    test(`is redacted in responses of the API: ${spelling}`, async () => {
      const text = `at /client/api/v1/${spelling}/order`;
      const failure = { success: false, error: { code: 7, message: text }, balance: null, currency: null };
      const receipt = {
        success: true,
        proxyType: text,
        orderNumber: text,
        balance: 1,
        currency: text,
        promoCodeStatus: text,
      };
      const quote = {
        ...{ success: true, proxyType: text, balance: 1, price: 1, discount: 0, currency: text, promoCodeStatus: text },
        warnings: [{ code: 1, message: text }],
      };
      /** @type {string[]} */
      const stored = [];
      const { settle, ...rest } = memoryBookings();
      const bookings = {
        ...rest,
        /** @type {typeof settle} */
        settle: (name, response) => (stored.push(response.body), settle(name, response)),
      };
      /** @type {[object, Changes, Partial<BackendOptions>?][]} */
      const cases = [
        [failure, {}],
        [receipt, { headers: { "idempotency-key": "key-2" } }],
        [quote, { headers: { "idempotency-key": "key-3" } }, { maxPrice: 2 }],
        [failure, { headers: { "idempotency-key": "key-4" } }, { maxPrice: 2 }],
        [failure, { endpoint: calculate }],
        [quote, { endpoint: calculate }],
      ];
      for (const [response, changes, options] of cases) {
        api.fault = respondWith(response);
        const { status, text: body } = await send(changes, { bookings, ...options });
        assert.equal(status, 200);
        assert.ok(!hasKey(body), body);
        assert.match(body, /at \/client/);
      }
      assert.equal(stored.length, 4);
      assert.ok(!hasKey(stored.join()), stored.join());
    });
  }

  test("is in no error that a hook throws", async () => {
    for (const spelling of spellings) {
      const cause = Object.assign(new TypeError(`cause ${spelling}`), { code: "ECAUSE" });
      const error = Object.assign(new RangeError(`GET /${spelling}/order`, { cause }), {
        code: "EHOOK",
        url: spelling,
      });
      for (const thrown of [error, `GET /${spelling}`, { message: spelling }]) {
        const { errors } = await send({}, { user: () => Promise.reject(thrown) });
        const [told] = /** @type {any[]} */ (errors);
        assert.ok(!hasKey(inspect(told, { showHidden: true, depth: 9 })), spelling);
        if (thrown !== error) continue;
        assert.deepEqual([told.name, told.code, told.message], ["RangeError", "EHOOK", "GET /[key]/order"]);
        assert.deepEqual([told.cause.message, told.cause.code], ["cause [key]", "ECAUSE"]);
      }
    }
  });

  test("is in no sentence of a hook, in no response and in no booking", async () => {
    const bookings = memoryBookings();
    const permit = () => `Not with ${apiKey}.`;
    for (const endpoint of ["order", calculate]) {
      assert.equal((await send({ endpoint }, { permit, bookings })).json.error.message, "Not with [key].");
    }
    assert.ok(!hasKey(JSON.stringify(await bookings.claim('["anna","key-1"]', ""))));
  });

  test("is in no error that is logged", async () => {
    for (const fault of [`reply; status=500; body=${encodeURIComponent(apiKey)}`, "cut-before", "html"]) {
      api.fault = fault;
      for (const endpoint of ["order", calculate]) {
        const { errors } = await send({ endpoint });
        assert.equal(errors.length, 1);
        const { message, stack, ...rest } = /** @type {Error} */ (errors[0]);
        assert.ok(!hasKey(`${message}${stack}${JSON.stringify(rest)}`));
      }
    }
  });
});

describe("options", () => {
  /** @param {Record<string, unknown>} options */
  const create = (options) => createBackend(/** @type {any} */ ({ ...startOptions(), ...options }));

  /** @type {[options: Record<string, unknown>, message: RegExp][]} */
  const wrong = [
    [{ user: "anna" }, /^user must be a function/],
    [{ balance: undefined }, /^balance must be "account" or a function/],
    [{ balance: "user" }, /^balance must be/],
    [{ bookings: new Map() }, /^bookings must be an object with the methods claim and settle/],
    [{ permit: undefined }, /^permit must be a function/],
    [{ maxPrice: undefined }, /^maxPrice must be a finite number/],
    [{ maxPrice: NaN }, /^maxPrice must be/],
    [{ maxPrice: -1 }, /^maxPrice must be/],
    [{ maxPrice: "20" }, /^maxPrice must be/],
    [{ maxprice: 20 }, /^Unknown option "maxprice"/],
    [{ origins: ["https://shop.example/"] }, /^origins must be a list of origins/],
    [{ origins: "https://shop.example" }, /^origins must be/],
    ...["*", "null", "capacitor://", "capacitor://localhost/", "chrome-extension://*", "https://SHOP.example"].map(
      (origin) => /** @type {[Record<string, unknown>, RegExp]} */ ([{ origins: [origin] }, /^origins must be/]),
    ),
    [{ origins: ["https://shop.example:443"] }, /^origins must be/],
    [{ sales: undefined }, /^sales must be an object with the methods price, charge and refund/],
    [{ sales: { price: () => 1, charge: () => true } }, /^sales must be/],
    [{ sales: { price() {}, charge() {}, refund() {} } }, /^With sales, balance must be a function/],
    [{ onError: null }, /^onError must be a function/],
  ];
  for (const [options, message] of wrong) {
    test(`${JSON.stringify(options)} is a TypeError`, () => {
      assert.throws(() => create(options), { name: "TypeError", message });
    });
  }

  test("a baseUrl that can never be called is a TypeError", () => {
    for (const baseUrl of [
      undefined,
      5,
      "/api",
      "http://",
      "http://api.example",
      "ftp://api.example",
      "https://user:password@api.example",
      "https://api.example?key=1",
      "https://api.example#key",
      " https://api.example",
      `https://api.example/${"x".repeat(10_000)}`,
    ]) {
      assert.throws(() => create({ baseUrl }), { name: "TypeError", message: /^baseUrl must be an https URL/ });
    }
    for (const baseUrl of ["https://api.example", "https://api.example/shop/", "http://localhost:4000"]) {
      create({ baseUrl });
    }
  });

  test("an apiKey that can never be part of a path is a TypeError, and a missing one is not", () => {
    for (const apiKey of ["", ".", "..", "x".repeat(257), "\ud800", 5, null]) {
      assert.throws(() => create({ apiKey }), { name: "TypeError", message: /^apiKey must be a string of 1 to 256/ });
    }
    for (const apiKey of [undefined, "x".repeat(256), "a/b ü"]) create({ apiKey });
  });

  test("each of the first five is required", () => {
    for (const name of ["baseUrl", "apiKey", "user", "balance", "bookings"]) {
      const { [name]: _, ...rest } = /** @type {any} */ (startOptions());
      assert.throws(() => createBackend(rest), { name: "TypeError", message: `${name} is required.` });
    }
  });

  test("are read once", async () => {
    const options = startOptions();
    const backend = createBackend(options);
    options.permit = () => "No.";
    assert.equal((await read(await backend(pageRequest()))).json.success, true);
  });
});
