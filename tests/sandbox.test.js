import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, beforeEach, describe, test } from "node:test";
import { createSandbox } from "proxy-orders/sandbox";
import samples from "../src/sandbox/samples.json" with { type: "json" };

const sandbox = createSandbox();
const server = await sandbox.listen();
after(() => server.close());
beforeEach(() => sandbox.reset());

const TYPES = ["IPv4", "IPv6", "MOBILE", "ISP"];

/** A request that both endpoints accept. */
const validRequest = (proxyType, changes = {}) => ({
  proxyType,
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  ...(proxyType === "MOBILE" && { rotationTime: 5, mobileOperator: "verizon" }),
  ...(proxyType === "IPv6" && { protocol: "HTTP" }),
  authType: "LOGIN",
  ...changes,
});

const apiUrl = (endpoint, { url = server.url, key = "demo-key", prefix = "" } = {}) =>
  `${url}${prefix}/client/api/v1/${key}/${endpoint === "calculate" ? "calculate/order" : "order"}`;

const post = (endpoint, body, headers = {}, place = {}) =>
  fetch(apiUrl(endpoint, place), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    redirect: "manual",
  });

/** Posts, and returns the JSON of the response after checking its documented form: status 200 and JSON. */
const postForJson = async (...call) => {
  const response = await post(...call);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  return response.json();
};
const calculate = (body, ...rest) => postForJson("calculate", body, ...rest);
const order = (body, ...rest) => postForJson("order", body, ...rest);

/** Starts another sandbox for one test. */
async function startSandbox(t, options) {
  const other = createSandbox(options);
  const { url, close } = await other.listen();
  t.after(close);
  return { sandbox: other, url, close };
}

/** Starts a server for one test, and returns its origin. */
async function startServer(t, listener) {
  const host = createServer(listener);
  host.listen(0, "127.0.0.1");
  await once(host, "listening");
  t.after(() => {
    host.close();
    host.closeAllConnections();
  });
  return `http://127.0.0.1:${host.address().port}`;
}

/** Waits until a condition holds that a request on another connection is to bring about. */
async function until(condition) {
  for (let turns = 0; !condition(); turns += 1) {
    assert.ok(turns < 1_000_000, "the condition was never met");
    await new Promise(setImmediate);
  }
}

/** The header of a page of another origin. */
const otherOrigin = { origin: "https://shop.example" };

/** The headers of the preflight that precedes an order from a page of another origin. */
const preflight = {
  ...otherOrigin,
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type,idempotency-key,x-sandbox-keep-alive",
};

function assertPreflightGranted({ status, headers }) {
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), "https://shop.example");
  assert.equal(headers.get("access-control-allow-credentials"), "true");
  assert.match(headers.get("access-control-allow-methods"), /\bPOST\b/);
  assert.equal(headers.get("access-control-allow-headers"), "content-type,idempotency-key,x-sandbox-keep-alive");
  assert.ok(Number(headers.get("access-control-max-age")) > 0);
}

function assertNoCorsHeaders({ headers }) {
  const names = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
  assert.deepEqual(names, []);
}

/** Does to a request what connect and Express do for `use("/api", …)`. */
function mountBelowApi(req) {
  if (!req.url.startsWith("/api")) return;
  req.originalUrl = req.url;
  req.url = req.url.slice("/api".length) || "/";
}

const MESSAGES = {
  2: "Error api key",
  4: "Incorrect proxy type",
  8: "Incorrect mobile operator",
  13: "Incorrect protocol",
  14: "Incorrect goal",
  16: "Insufficient funds on balance",
  24: "Incorrect ip addresses",
};

const failedCalculate = (code, balance = 7.18) => ({
  success: false,
  proxyType: null,
  balance,
  price: null,
  currency: balance === null ? null : "USD",
  discount: null,
  promoCodeStatus: null,
  error: { code, message: MESSAGES[code] },
  warnings: null,
});
const failedOrder = (code, balance = 7.18) => ({
  success: false,
  proxyType: null,
  orderNumber: null,
  balance,
  currency: balance === null ? null : "USD",
  error: { code, message: MESSAGES[code] },
  promoCodeStatus: null,
});

describe("x-sandbox-sample", () => {
  const names = Object.keys(samples);

  test("there are 20 samples of calculate and 16 of order", () => {
    assert.equal(names.filter((name) => name.startsWith("calculate/")).length, 20);
    assert.equal(names.filter((name) => name.startsWith("order/")).length, 16);
    for (const type of TYPES) assert.equal(names.filter((name) => name.split("/")[1] === type).length, 9);
  });

  for (const name of names) {
    test(`returns ${name}`, async () => {
      const endpoint = name.split("/")[0];
      assert.deepEqual(
        await postForJson(endpoint, validRequest(name.split("/")[1]), { "x-sandbox-sample": name }),
        samples[name],
      );
      assert.equal(sandbox.balance, 7.18);
    });
  }

  test("of several names, each endpoint uses its own", async () => {
    const headers = { "x-sandbox-sample": "calculate/ISP/warnings, order/ISP/error" };
    assert.deepEqual(await calculate(validRequest("ISP"), headers), samples["calculate/ISP/warnings"]);
    assert.deepEqual(await order(validRequest("ISP"), headers), samples["order/ISP/error"]);
  });

  test("an unknown name gets 400 and the list of samples", async () => {
    for (const name of ["calculate/IPv5/success", "constructor", "order/IPv4/warnings"]) {
      const response = await post("calculate", validRequest("IPv4"), { "x-sandbox-sample": name });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /^Unknown sample. The samples are: calculate\/IPv4\/success, /);
    }
  });
});

describe("calculate", () => {
  for (const type of TYPES) {
    test(`${type}: the response without a sample header is the documented one`, async () => {
      assert.deepEqual(await calculate(validRequest(type)), samples[`calculate/${type}/success`]);
      for (const promoCode of ["", "  ", null]) {
        assert.deepEqual(await calculate(validRequest(type, { promoCode })), samples[`calculate/${type}/success`]);
      }
      assert.deepEqual(
        await calculate(validRequest(type, { promoCode: "PROMO10" })),
        samples[`calculate/${type}/valid-promo-code`],
      );
      for (const promoCode of ["NONSENSE", "promo10", 10, { toString: 1, valueOf: 1 }]) {
        assert.deepEqual(
          await calculate(validRequest(type, { promoCode })),
          samples[`calculate/${type}/invalid-promo-code`],
        );
      }
    });

    test(`${type}: a goal that is not accepted and a price above the balance are warnings`, async () => {
      const goal = { code: 14, message: MESSAGES[14] };
      const funds = { code: 16, message: MESSAGES[16] };
      const warned = async (changes) => {
        const response = await calculate(validRequest(type, changes));
        assert.equal(response.success, true);
        assert.equal(response.error, null);
        assert.equal(response.proxyType, type);
        return response.warnings;
      };
      assert.deepEqual(await warned({ goal: "forbidden" }), [goal]);
      assert.deepEqual(await warned({ goal: "An INVALID one" }), [goal]);
      assert.deepEqual(await warned({ goal: "  " }), [goal]);
      assert.deepEqual(await warned({ goal: undefined }), [goal]);
      assert.deepEqual(await warned({ goal: "invalidation" }), null);
      assert.deepEqual(await warned({ quantity: 6 }), [funds]);
      assert.deepEqual(await warned({ quantity: 6, goal: "forbidden" }), [goal, funds]);
    });
  }

  test("an unknown proxy type, mobile operator or ISP country is a failure", async () => {
    const error = samples["calculate/IPv4/error"];
    for (const proxyType of ["IPv5", "ipv4", "", null, 4, ["IPv4"], "constructor", "__proto__"]) {
      assert.deepEqual(await calculate(validRequest("IPv4", { proxyType })), error);
    }
    assert.deepEqual(await calculate(validRequest("MOBILE", { mobileOperator: "unknown" })), failedCalculate(8));
    assert.deepEqual(await calculate(validRequest("MOBILE", { rotationTime: undefined })), failedCalculate(8));
    assert.deepEqual(await calculate(validRequest("ISP", { country: "ATA" })), failedCalculate(24));
    assert.equal((await calculate(validRequest("IPv4", { country: "ATA" }))).success, true);
  });

  test("protocol and authorization are not required", async () => {
    for (const type of TYPES) {
      const response = await calculate(validRequest(type, { protocol: undefined, authType: undefined }));
      assert.deepEqual(response, samples[`calculate/${type}/success`]);
    }
  });

  test("country, period and quantity have their own codes", async () => {
    const code = async (changes) => (await calculate(validRequest("IPv4", changes))).error.code;
    for (const country of ["usa", "US", "", null, 840]) assert.equal(await code({ country }), 6);
    for (const value of [0, -1, 1.5, "1", null, 1e300]) {
      assert.equal(await code({ rentPeriodDays: value }), 11);
      assert.equal(await code({ quantity: value }), 19);
    }
  });

  test("the price depends on quantity, started periods and country", async () => {
    const price = async (type, changes) => (await calculate(validRequest(type, changes))).price;
    for (const type of TYPES) {
      const one = await price(type, {});
      assert.equal(await price(type, { quantity: 10 }), Math.round(one * 1000) / 100);
      const periods = [];
      for (const rentPeriodDays of [1, 30, 31, 60, 90, 91, 180, 360]) {
        periods.push(await price(type, { rentPeriodDays }));
      }
      assert.deepEqual(
        periods,
        [...periods].sort((a, b) => a - b),
      );
      assert.ok(periods.at(-1) > periods[0]);
      assert.ok((await price(type, { country: "POL" })) < one);
      assert.ok((await price(type, { country: "DEU" })) > one);
      assert.ok((await price(type, { country: "ZZZ" })) > one);
    }
    assert.equal(await price("IPv6", { rentPeriodDays: 90 }), 2.05);
    assert.equal(await price("IPv6", { rentPeriodDays: 91 }), 4.1);
  });

  test("the price of the largest order is exact to the cent and finite", async () => {
    const most = { quantity: 4294967295, rentPeriodDays: 4294967295, country: "JPN" };
    for (const type of TYPES) {
      const { price, warnings } = await calculate(validRequest(type, most));
      assert.ok(Number.isFinite(price) && price > 1e15, String(price));
      assert.deepEqual(warnings, [{ code: 16, message: MESSAGES[16] }]);
    }
    const large = await calculate(validRequest("IPv4", { quantity: 4294967295, promoCode: "PROMO10" }));
    assert.equal(large.price, 5063766440.81);
  });
});

describe("order", () => {
  for (const type of TYPES) {
    test(`${type}: an order is charged and booked`, async () => {
      const { price } = await calculate(validRequest(type));
      const balance = Math.round((7.18 - price) * 100) / 100;
      const sample = samples[`order/${type}/success`];
      const response = await order(validRequest(type));
      assert.match(response.orderNumber, /^NUMBER-\d+$/);
      assert.deepEqual(response, { ...sample, balance, orderNumber: response.orderNumber });
      assert.deepEqual(Object.keys(response), Object.keys(sample));
      assert.equal((await calculate(validRequest(type))).balance, balance);
      assert.equal(sandbox.balance, balance);
      assert.deepEqual(sandbox.orders, [
        {
          orderNumber: response.orderNumber,
          price,
          idempotencyKey: null,
          proxyType: type,
          quantity: 1,
          rentPeriodDays: 30,
          country: "USA",
        },
      ]);
    });

    test(`${type}: the response has the status of the promo code`, async () => {
      const valid = await order(validRequest(type, { promoCode: "PROMO10" }));
      assert.equal(valid.promoCodeStatus, "VALID");
      const price = samples[`calculate/${type}/valid-promo-code`].price;
      assert.equal(valid.balance, Math.round((7.18 - price) * 100) / 100);
      const invalid = await order(validRequest(type, { promoCode: "OTHER" }));
      assert.equal(invalid.promoCodeStatus, "NO_VALID");
      assert.equal(invalid.success, true);
    });
  }

  test("a failure is the documented one and charges nothing", async () => {
    const cases = [
      [4, validRequest("IPv5")],
      [8, validRequest("MOBILE", { mobileOperator: "unknown" })],
      [8, validRequest("MOBILE", { mobileOperator: undefined })],
      [13, validRequest("IPv6", { protocol: "SOCKS", country: "CHN" })],
      [13, validRequest("IPv6", { protocol: "FTP" })],
      [13, validRequest("IPv6", { protocol: undefined })],
      [14, validRequest("IPv4", { goal: "forbidden" })],
      [14, validRequest("ISP", { goal: "forbidden", quantity: 100 })],
      [16, validRequest("IPv4", { quantity: 6 })],
      [24, validRequest("ISP", { country: "ATA" })],
    ];
    for (const [code, body] of cases) assert.deepEqual(await order(body), failedOrder(code), JSON.stringify(body));
    assert.deepEqual(await order(validRequest("IPv4", { goal: "forbidden" })), samples["order/IPv4/error"]);
    assert.deepEqual(sandbox.orders, []);
  });

  test("IPv6 accepts both protocols; other types ignore the protocol", async () => {
    for (const protocol of ["HTTP", "SOCKS"]) {
      assert.equal((await order(validRequest("IPv6", { protocol }))).success, true);
      sandbox.reset();
    }
    assert.equal((await order(validRequest("IPv4", { protocol: "FTP", country: "CHN" }))).success, true);
  });

  test("authType must be LOGIN or IP, and IP needs an address", async () => {
    const attempt = (authType, authIp) => order(validRequest("IPv4", { authType, authIp }));
    for (const ip of ["203.0.113.9", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::ffff:203.0.113.9"]) {
      assert.equal((await attempt("IP", ip)).success, true);
      sandbox.reset();
    }
    const malformed = [
      "203.0.113",
      "203.0.113.9.",
      "203.0.113.256",
      "203.0.113.09",
      "1",
      ":::",
      "2001:db8",
      "cafe",
      "x::",
    ];
    for (const ip of [undefined, null, "", 5, ...malformed]) assert.equal((await attempt("IP", ip)).error.code, 23);
    for (const type of [undefined, null, "", "login", 1]) assert.equal((await attempt(type)).error.code, 10);
  });

  test("orders are booked until the balance is too low; order numbers are unique, even after a reset", async () => {
    const numbers = new Set();
    for (const balance of [5.87, 4.56, 3.25, 1.94, 0.63]) {
      const response = await order(validRequest("IPv4"));
      assert.equal(response.balance, balance);
      numbers.add(response.orderNumber);
    }
    assert.deepEqual(await order(validRequest("IPv4")), failedOrder(16, 0.63));
    assert.deepEqual(await order(validRequest("IPv4", { proxyType: "?" })), failedOrder(4, 0.63));
    assert.deepEqual((await calculate(validRequest("IPv4"))).warnings, [{ code: 16, message: MESSAGES[16] }]);

    const reset = await fetch(`${server.url}/__sandbox/reset`, { method: "POST" });
    assert.deepEqual(await reset.json(), { balance: 7.18, currency: "USD" });
    const again = await order(validRequest("IPv4"));
    assert.equal(again.balance, 5.87);
    assert.equal(numbers.add(again.orderNumber).size, 6);
  });

  test("concurrent orders never overdraw the account", async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => order(validRequest("IPv4"))));
    const placed = responses.filter((response) => response.success);
    assert.equal(placed.length, 5);
    assert.equal(new Set(placed.map((response) => response.orderNumber)).size, 5);
    assert.equal(sandbox.balance, 0.63);
  });

  test("the whole balance can be spent", async (t) => {
    const { url } = await startSandbox(t, { balance: 1.31 });
    assert.equal((await calculate(validRequest("IPv4"), {}, { url })).warnings, null);
    assert.equal((await order(validRequest("IPv4"), {}, { url })).balance, 0);
  });
});

describe("API key", () => {
  test("a wrong API key is a failure with code 2 and without the balance", async () => {
    for (const key of ["wrong", "", "demo-key%2F", "demo-key%", "DEMO-KEY", "self"]) {
      assert.deepEqual(await calculate(validRequest("IPv4"), {}, { key }), failedCalculate(2, null));
      assert.deepEqual(await order(validRequest("IPv4"), {}, { key }), failedOrder(2, null));
    }
    assert.equal(sandbox.balance, 7.18);
  });

  test("the API key is checked before the body", async () => {
    assert.equal((await order("{", {}, { key: "wrong" })).error.code, 2);
  });

  test("the option apiKey sets another API key, which is percent-decoded", async (t) => {
    const { url } = await startSandbox(t, { apiKey: "a/b %ü" });
    assert.equal((await calculate(validRequest("IPv4"), {}, { url, key: "demo-key" })).error.code, 2);
    const key = encodeURIComponent("a/b %ü");
    assert.equal((await calculate(validRequest("IPv4"), {}, { url, key })).success, true);
  });
});

describe("malformed bodies", () => {
  const bodies = {
    empty: "",
    text: "hello",
    "incomplete JSON": '{"proxyType":"IPv4"',
    null: "null",
    number: "1e400",
    list: "[]",
    "list of orders": JSON.stringify([validRequest("IPv4")]),
    form: "proxyType=IPv4&quantity=1",
    "not UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    "a deep list": "[".repeat(500_000),
    "a prototype": '{"__proto__":{"proxyType":"IPv4"}}',
    "longer than 1 MiB": JSON.stringify(validRequest("IPv4", { goal: "x".repeat(1024 * 1024) })),
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(`${name}: a failure with code 4`, async () => {
      await order(validRequest("IPv4"));
      assert.deepEqual(await calculate(body), failedCalculate(4, 5.87));
      assert.deepEqual(await order(body), failedOrder(4, 5.87));
      assert.equal(sandbox.orders.length, 1);
      assert.equal((await calculate(validRequest("IPv4"))).success, true);
    });
  }

  test("any JSON value in any field gets a documented response", async () => {
    const values = [
      null,
      true,
      -0,
      1e308,
      "",
      "\u0000",
      "\ud800",
      [],
      {},
      { toString: null, valueOf: null },
      "x".repeat(9999),
    ];
    for (const type of TYPES) {
      for (const field of Object.keys(validRequest(type))) {
        for (const value of values) {
          assert.equal(typeof (await calculate(validRequest(type, { [field]: value }))).success, "boolean");
          const response = await order(validRequest(type, { [field]: value }));
          assert.ok(
            response.success ? response.orderNumber : response.error.code,
            `${type} ${field} ${JSON.stringify(value)}`,
          );
          sandbox.reset();
        }
      }
    }
  });

  test("a body that ends early books nothing, and the sandbox goes on", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "POST /client/api/v1/demo-key/order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n" +
        JSON.stringify(validRequest("IPv4")),
    );
    await until(() => sandbox.requests.length === 1);
    socket.destroy();
    assert.equal((await calculate(validRequest("IPv4"))).balance, 7.18);
    assert.equal(sandbox.requests[0].body, null);
    assert.equal(sandbox.requests[0].booked, false);
  });

  test("bytes that are not HTTP do not stop the server", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end("nonsense\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    assert.equal((await calculate(validRequest("IPv4"))).success, true);
  });
});

describe("Idempotency-Key", () => {
  const keyed = (key, changes = {}, headers = {}) =>
    order(validRequest("IPv4", changes), { "idempotency-key": key, ...headers });

  test("an idempotency key books once, and a repeat gets the first response", async () => {
    const first = await keyed("a");
    assert.deepEqual(await keyed("a"), first);
    assert.deepEqual(await keyed("a", { promoCode: " " }), first);
    const second = await keyed("b");
    assert.notEqual(second.orderNumber, first.orderNumber);
    assert.deepEqual(await keyed("a"), first);
    assert.equal(sandbox.balance, 4.56);
    assert.deepEqual(
      sandbox.orders.map((booked) => booked.idempotencyKey),
      ["a", "b"],
    );
    assert.deepEqual(
      sandbox.requests.map((request) => request.booked),
      [true, false, false, true, false],
    );
  });

  test("an idempotency key books once for concurrent requests", async () => {
    const responses = await Promise.all(Array.from({ length: 10 }, () => keyed("same")));
    assert.equal(new Set(responses.map((response) => response.orderNumber)).size, 1);
    assert.equal(sandbox.orders.length, 1);
  });

  test("a repeat after a lost response gets that response", async () => {
    await assert.rejects(keyed("cut", {}, { "x-sandbox-fault": "cut-after" }), TypeError);
    assert.equal(sandbox.orders.length, 1);
    const response = await keyed("cut");
    assert.equal(response.orderNumber, sandbox.orders[0].orderNumber);
    assert.equal(response.balance, 5.87);
    assert.equal(sandbox.orders.length, 1);
  });

  test("a failed order does not use its idempotency key up", async () => {
    assert.equal((await keyed("again", { goal: "forbidden" })).error.code, 14);
    assert.equal((await keyed("again")).success, true);
  });

  test("an empty idempotency key is none, and calculate ignores idempotency keys", async () => {
    await keyed("");
    await keyed("");
    assert.equal(sandbox.orders.length, 2);
    await keyed("k");
    assert.equal((await calculate(validRequest("IPv4"), { "idempotency-key": "k" })).price, 1.31);
  });

  test("with the option ignoreKeys, a repeat is booked again", async (t) => {
    const other = await startSandbox(t, { ignoreKeys: true });
    const headers = { "idempotency-key": "a" };
    const first = await order(validRequest("IPv4"), headers, other);
    const second = await order(validRequest("IPv4"), headers, other);
    assert.notEqual(second.orderNumber, first.orderNumber);
    assert.equal(other.sandbox.balance, 4.56);
    assert.deepEqual(
      other.sandbox.orders.map(({ idempotencyKey }) => idempotencyKey),
      [null, null],
    );
    assert.deepEqual(
      other.sandbox.requests.map(({ booked }) => booked),
      [true, true],
    );
  });

  test("a reset forgets idempotency keys; a wrong API key gets no stored response", async () => {
    await keyed("r");
    assert.equal((await order(validRequest("IPv4"), { "idempotency-key": "r" }, { key: "wrong" })).error.code, 2);
    sandbox.reset();
    await keyed("r");
    assert.equal(sandbox.orders.length, 1);
  });
});

describe("x-sandbox-fault", () => {
  const postWithFault = (fault, endpoint = "order", headers = {}) =>
    post(endpoint, validRequest("IPv4"), { "x-sandbox-fault": fault, ...headers });
  const bookedCount = () => sandbox.orders.length;

  test("429, 500, 503: that status, nothing is booked", async () => {
    for (const status of [429, 500, 503]) {
      const response = await postWithFault(String(status));
      assert.equal(response.status, status);
      assert.equal(response.headers.get("retry-after"), status === 429 ? "1" : null);
      assert.equal(response.headers.get("access-control-expose-headers"), "Retry-After, Idempotency-Key");
      assert.match(await response.text(), /^[A-Z]/);
    }
    assert.equal(bookedCount(), 0);
  });

  test("retry-after sets the header Retry-After, to seconds or a date", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    assert.equal((await postWithFault("429; retry-after=0")).headers.get("retry-after"), "0");
    assert.equal((await postWithFault(`503;retry-after=${date}`)).headers.get("retry-after"), date);
    assert.equal((await postWithFault("reply; status=408; retry-after=2")).headers.get("retry-after"), "2");
  });

  test("html, html-502: an HTML page, nothing is booked", async () => {
    for (const [fault, status] of [
      ["html", 200],
      ["html-502", 502],
    ]) {
      const response = await postWithFault(fault);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
      assert.match(await response.text(), /^<!doctype html>/);
    }
    assert.equal(bookedCount(), 0);
  });

  test("redirect: status 307 to a URL where the request is served", async () => {
    for (const prefix of ["", "/api"]) {
      sandbox.reset();
      const response = await post("order", validRequest("IPv4"), { "x-sandbox-fault": "redirect" }, { prefix });
      assert.equal(response.status, 307);
      assert.equal(bookedCount(), 0);
      const target = new URL(response.headers.get("location"), response.url);
      const headers = { "x-sandbox-fault": "redirect" };
      const followed = await fetch(target, { method: "POST", headers, body: JSON.stringify(validRequest("IPv4")) });
      assert.equal((await followed.json()).success, true);
      assert.equal(bookedCount(), 1);
    }
  });

  test("refusal-400: a documented failure with status 400, nothing is booked", async () => {
    const calculated = await postWithFault("refusal-400", "calculate");
    assert.equal(calculated.status, 400);
    assert.deepEqual(await calculated.json(), failedCalculate(4));
    const ordered = await postWithFault("refusal-400");
    assert.equal(ordered.status, 400);
    assert.deepEqual(await ordered.json(), failedOrder(14));
    assert.equal(bookedCount(), 0);
  });

  test("reply: status, type and body are parameters", async () => {
    const response = await postWithFault("reply; status=421; type=text/plain; body=a%3Bb%ff=");
    assert.equal(response.status, 421);
    assert.equal(response.headers.get("content-type"), "text/plain");
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from([0x61, 0x3b, 0x62, 0xff, 0x3d]));
    assert.equal(await (await postWithFault('reply; body={"price":1e400}')).text(), '{"price":1e400}');
    const none = await postWithFault("reply; status=204");
    assert.equal(none.status, 204);
    assert.equal(bookedCount(), 0);
  });

  test("cut-before: the connection is cut, nothing is booked", async () => {
    await assert.rejects(postWithFault("cut-before"), TypeError);
    assert.equal(bookedCount(), 0);
    assert.equal(sandbox.requests.length, 1);
  });

  test("cut-after: booked, and no byte of a response is sent", async () => {
    const { port } = new URL(server.url);
    const body = JSON.stringify(validRequest("IPv4"));
    const socket = connect(Number(port), "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => (received += chunk));
    socket.write(
      "POST /client/api/v1/demo-key/order HTTP/1.1\r\nHost: localhost\r\nX-Sandbox-Fault: cut-after\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, "close");
    assert.equal(received, "");
    assert.equal(bookedCount(), 1);
    assert.equal(sandbox.requests[0].booked, true);
  });

  test("empty, truncated, wrong-shape: booked, and a complete HTTP response with a wrong body", async () => {
    const empty = await postWithFault("empty");
    assert.equal(empty.status, 200);
    assert.equal(await empty.text(), "");
    const truncated = await postWithFault("truncated");
    const text = await truncated.text();
    assert.match(text, /^{"success":true,/);
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(truncated.headers.get("content-length"), String(text.length));
    const wrong = await (await postWithFault("wrong-shape")).json();
    assert.equal(wrong.success, true);
    assert.ok(!("orderNumber" in wrong) && !("price" in wrong));
    assert.equal(bookedCount(), 3);
  });

  test("truncated: bytes is the length, of a sample too", async () => {
    const name = "order/IPv4/success";
    const whole = JSON.stringify(samples[name]);
    for (const at of [0, 1, 17, whole.length - 1, whole.length]) {
      const response = await postWithFault(`truncated; bytes=${at}`, "order", { "x-sandbox-sample": name });
      assert.equal(await response.text(), whole.slice(0, at));
    }
    assert.equal(bookedCount(), 0);
  });

  test("deep, large: booked, and unusual JSON is sent", async () => {
    const deep = await (await postWithFault("deep")).text();
    assert.equal(deep.length, 200_000);
    const large = await (await postWithFault("large")).text();
    assert.ok(large.length > 10_000_000);
    assert.equal(JSON.parse(large).success, true);
    assert.equal(bookedCount(), 2);
  });

  test("cut-body: booked, and the connection is cut within the body", async () => {
    const response = await postWithFault("cut-body");
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), TypeError);
    assert.equal(bookedCount(), 1);
  });

  test("stall-headers: booked, and no response is sent", async () => {
    const request = httpRequest(apiUrl("order"), { method: "POST", headers: { "x-sandbox-fault": "stall-headers" } });
    request.on("response", () => assert.fail("a response came"));
    request.on("error", () => {});
    request.end(JSON.stringify(validRequest("IPv4")));
    await until(() => bookedCount() === 1);
    assert.equal((await calculate(validRequest("IPv4"))).success, true);
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
  });

  test("stall-body: booked, and the body stops while the connection stays open", async () => {
    const request = httpRequest(apiUrl("order"), {
      method: "POST",
      headers: { "x-sandbox-fault": "stall-body; bytes=10" },
    });
    request.on("error", () => {});
    request.end(JSON.stringify(validRequest("IPv4")));
    const [response] = await once(request, "response");
    response.on("end", () => assert.fail("ended"));
    response.on("error", () => {});
    const [chunk] = await once(response, "data");
    assert.equal(chunk.toString(), '{"success"');
    assert.equal((await calculate(validRequest("IPv4"))).balance, 5.87);
    assert.equal(request.socket.destroyed, false);
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
  });

  test("slow: booked at once, and the response comes later", async () => {
    const pending = postWithFault("slow; ms=60");
    await until(() => bookedCount() === 1);
    assert.equal((await calculate(validRequest("IPv4"))).balance, 5.87);
    assert.equal((await (await pending).json()).success, true);
  });

  test("times: applies to the first requests with the same header value", async () => {
    const statuses = async (fault) => {
      const list = [];
      for (let i = 0; i < 4; i += 1) list.push((await postWithFault(fault, "calculate")).status);
      return list;
    };
    assert.deepEqual(await statuses("503; times=2; id=a"), [503, 503, 200, 200]);
    assert.deepEqual(await statuses("503; times=2; id=b"), [503, 503, 200, 200]);
    assert.deepEqual(await statuses("503; times=2; id=a"), [200, 200, 200, 200]);
    assert.deepEqual(await statuses("503; times=0"), [200, 200, 200, 200]);
    sandbox.reset();
    assert.deepEqual(await statuses("503; times=2; id=a"), [503, 503, 200, 200]);
  });

  test("on: applies to one endpoint, and only its calls are counted", async () => {
    assert.equal((await postWithFault("500; on=order; times=1", "calculate")).status, 200);
    assert.equal((await postWithFault("500; on=order; times=1", "order")).status, 500);
    assert.equal((await postWithFault("500; on=order; times=1", "order")).status, 200);
    assert.equal((await postWithFault("500; on=calculate", "order")).status, 200);
    assert.equal((await postWithFault("500; on=calculate", "calculate")).status, 500);
  });

  test("processed: the order is booked although the response does not show it", async () => {
    assert.equal((await postWithFault("503; processed")).status, 503);
    assert.equal(bookedCount(), 1);
    assert.equal(sandbox.requests[0].booked, true);
  });

  test("an unknown fault or parameter gets 400 and the list of known ones", async () => {
    const problems = {
      nonsense: "Unknown fault. The faults are: 429, 500, 503, html, ",
      constructor: "Unknown fault. The faults are: 429, 500, 503, html, ",
      "503; time=2": "Unknown parameter: time=2. The parameters are: on, times, ",
      "503; toString": "Unknown parameter: toString. The parameters are: on, times, ",
      "503; times=x": "Parameter with a value that is not allowed: times=x\n",
      "503; on=pay": "Parameter with a value that is not allowed: on=pay\n",
      "reply; status=99": "Parameter with a value that is not allowed: status=99\n",
    };
    for (const [fault, problem] of Object.entries(problems)) {
      const response = await postWithFault(fault);
      assert.equal(response.status, 400);
      const text = await response.text();
      assert.equal(text.slice(0, problem.length), problem);
    }
    assert.equal(bookedCount(), 0);
  });

  test("faults apply to calculate as well", async () => {
    await assert.rejects(postWithFault("cut-after", "calculate"), TypeError);
    assert.match(await (await postWithFault("truncated", "calculate")).text(), /^{"success":true,"proxyType":"IPv4",/);
    assert.equal(bookedCount(), 0);
  });
});

describe("HTTP", () => {
  test("the routes work below any path prefix", async () => {
    for (const prefix of ["", "/api", "/a/deep/prefix"]) {
      assert.equal((await calculate(validRequest("IPv4"), {}, { prefix })).success, true);
      const requests = await (await fetch(`${server.url}${prefix}/__sandbox/requests`)).json();
      assert.equal(requests.at(-1).path, `${prefix}/client/api/v1/demo-key/calculate/order`);
    }
    assert.equal((await fetch(`${server.url}/api/__sandbox/reset`, { method: "POST" })).status, 200);
    assert.equal(sandbox.requests.length, 0);
  });

  test("a response closes its connection, unless the request or the option keepAlive keeps it open", async (t) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (url, headers = {}) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(apiUrl("calculate", { url }), { method: "POST", agent, headers }, (response) => {
          response.resume().on("end", () => resolve(response.headers.connection));
        });
        request.on("error", reject).end(JSON.stringify(validRequest("IPv4")));
      });
    t.after(() => agent.destroy());
    const kept = await startSandbox(t, { keepAlive: true });
    assert.equal(await send(server.url), "close");
    assert.equal(await send(server.url, { "x-sandbox-keep-alive": "1" }), "keep-alive");
    assert.equal(await send(server.url), "close");
    assert.equal(await send(server.url), "close");
    const [a, b, c, d] = sandbox.requests.map((request) => request.connection);
    assert.ok(a !== b && b === c && c !== d);
    for (let i = 0; i < 2; i += 1) assert.equal(await send(kept.url), "keep-alive");
    assert.equal(kept.sandbox.requests[0].connection, kept.sandbox.requests[1].connection);
  });

  test("a preflight of an API call is granted to every origin, and logged", async () => {
    for (const path of ["/client/api/v1/demo-key/order", "/api/client/api/v1/x/calculate/order"]) {
      const response = await fetch(server.url + path, { method: "OPTIONS", headers: preflight });
      assertPreflightGranted(response);
      assert.equal(response.headers.get("connection"), "keep-alive");
    }
    assert.deepEqual(
      sandbox.requests.map((request) => request.method),
      ["OPTIONS", "OPTIONS"],
    );
  });

  test("pages of every origin can read the responses of the API", async () => {
    const responses = [
      await post("calculate", validRequest("IPv4"), otherOrigin),
      await post("order", "{", otherOrigin),
      await post("order", validRequest("IPv4"), { ...otherOrigin, "x-sandbox-fault": "503" }),
      await post("order", validRequest("IPv4"), { ...otherOrigin, "x-sandbox-fault": "nonsense" }),
      await post("order", validRequest("IPv4"), { ...otherOrigin, "x-sandbox-fault": "stall-body; on=calculate" }),
      await fetch(`${server.url}/elsewhere`, { headers: otherOrigin }),
      await fetch(apiUrl("order"), { headers: otherOrigin }),
    ];
    for (const response of responses) {
      assert.equal(response.headers.get("access-control-allow-origin"), "https://shop.example");
      assert.equal(response.headers.get("access-control-allow-credentials"), "true");
      assert.equal(response.headers.get("access-control-expose-headers"), "Retry-After, Idempotency-Key");
      assert.equal(response.headers.get("cache-control"), "no-store");
      await response.arrayBuffer();
    }
    const withoutOrigin = await post("calculate", validRequest("IPv4"));
    assert.equal(withoutOrigin.headers.get("access-control-allow-origin"), "*");
  });

  test("other methods get 405, other paths 404", async () => {
    assert.equal((await fetch(apiUrl("order"))).status, 405);
    assert.equal((await fetch(apiUrl("order"), { method: "PUT", body: "{}" })).status, 405);
    assert.equal((await fetch(`${server.url}/__sandbox/reset`)).status, 405);
    assert.equal((await fetch(`${server.url}/__sandbox/orders`, { method: "POST", body: "x" })).status, 405);
    for (const path of [
      "/",
      "/client/api/v1/order",
      "/client/api/v1/a/b/order",
      "/client/api/v1/demo-key/orders",
      "/xclient/api/v1/k/order",
    ]) {
      assert.equal((await fetch(server.url + path, { method: "POST", body: "{}" })).status, 404, path);
    }
    assert.equal(sandbox.orders.length, 0);
  });

  test("mounted in another server, the handler passes other paths to next", async (t) => {
    const url = await startServer(t, (req, res) => {
      mountBelowApi(req);
      sandbox.handler(req, res, () => res.end("from the other server"));
    });
    assert.equal((await order(validRequest("IPv4"), {}, { url, prefix: "/api" })).success, true);
    assert.equal(sandbox.requests[0].path, "/api/client/api/v1/demo-key/order");
    assert.equal((await (await fetch(`${url}/api/__sandbox/orders`)).json()).length, 1);
    const other = await fetch(`${url}/index.html`, { headers: otherOrigin });
    assert.equal(await other.text(), "from the other server");
    assert.equal(other.headers.get("access-control-allow-origin"), null);
    assert.equal(other.headers.get("cache-control"), null);
  });

  test("two sandboxes share nothing", async (t) => {
    const other = await startSandbox(t);
    await order(validRequest("IPv4"), { "idempotency-key": "k" }, other);
    assert.equal(sandbox.balance, 7.18);
    assert.equal(other.sandbox.balance, 5.87);
  });

  test("listen accepts only requests whose host is loopback", async () => {
    const { port } = new URL(server.url);
    const statusFor = async (host) => {
      const headers = { host, "content-type": "application/json" };
      const request = httpRequest(apiUrl("order"), { method: "POST", headers });
      const [response] = await once(request.end(JSON.stringify(validRequest("IPv4"))), "response");
      await once(response.resume(), "end");
      return response.statusCode;
    };
    for (const host of ["localhost", "LOCALHOST", "shop.localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      assert.equal(await statusFor(`${host}:${port}`), 200, host);
      assert.equal(await statusFor(host), 200, host);
      sandbox.reset();
    }
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "xlocalhost"]) {
      assert.equal(await statusFor(`${host}:${port}`), 403, host);
    }
    assert.deepEqual(sandbox.requests, []);
  });

  test("listen serves 127.0.0.1 only, and close ends stalled connections", async (t) => {
    const other = await startSandbox(t);
    assert.equal(new URL(other.url).hostname, "127.0.0.1");
    await assert.rejects(other.sandbox.listen(Number(new URL(other.url).port)), { code: "EADDRINUSE" });
    const stalled = ["stall-headers", "stall-body", "slow; ms=600000"].map((fault) =>
      post("order", validRequest("IPv4"), { "x-sandbox-fault": fault }, other).then((response) => response.text()),
    );
    const ends = Promise.allSettled(stalled);
    await until(() => other.sandbox.orders.length === 3);
    await Promise.all([other.close(), other.close()]);
    await other.close();
    assert.deepEqual(
      (await ends).map((end) => end.status),
      ["rejected", "rejected", "rejected"],
    );
    await assert.rejects(calculate(validRequest("IPv4"), {}, other), TypeError);
  });
});

describe("request log", () => {
  test("stores each request as it was received", async () => {
    const body = JSON.stringify(validRequest("IPv4"));
    await order(body, { "x-mine": "1" }, { key: "demo%2Dkey" });
    await order(`${body}  `, {}, { key: "wrong" });
    const requests = await (await fetch(`${server.url}/__sandbox/requests`)).json();
    assert.deepEqual(requests, JSON.parse(JSON.stringify(sandbox.requests)));
    assert.equal(requests.length, 2);
    const [first, second] = requests;
    assert.equal(first.method, "POST");
    assert.equal(first.path, "/client/api/v1/demo%2Dkey/order");
    assert.equal(first.headers["x-mine"], "1");
    assert.equal(first.headers["content-type"], "application/json");
    assert.equal(first.body, body);
    assert.equal(first.booked, true);
    assert.equal(second.body, `${body}  `);
    assert.equal(second.booked, false);
    assert.notEqual(first.connection, second.connection);
    const orders = await (await fetch(`${server.url}/__sandbox/orders`)).json();
    assert.deepEqual(orders, sandbox.orders);
    assert.equal(orders.length, 1);
  });

  test("stores an API key that is not the sandbox's as [key]", async (t) => {
    for (const key of ["real-key", "real%2Fkey", "%72eal-key", "%zz", "", "client", "order"]) {
      sandbox.reset();
      await order(validRequest("IPv4"), {}, { key });
      await calculate(validRequest("IPv4"), {}, { key, prefix: "/api" });
      await fetch(`${apiUrl("order", { key })}?a=1`, { method: "OPTIONS" });
      assert.deepEqual(
        sandbox.requests.map(({ path }) => path),
        ["/client/api/v1/[key]/order", "/api/client/api/v1/[key]/calculate/order", "/client/api/v1/[key]/order?a=1"],
      );
    }
    const url = await startServer(t, (req, res) => {
      mountBelowApi(req);
      sandbox.handler(req, res);
    });
    await order(validRequest("IPv4"), {}, { url, key: "real-key", prefix: "/api" });
    assert.equal(sandbox.requests.at(-1).path, "/api/client/api/v1/[key]/order");
  });

  test("keeps the latest 10 000 requests", async () => {
    await sendPreflights(10_003);
    assert.equal(sandbox.requests.length, 10_000);
    assert.equal(sandbox.requests[0].headers["x-number"], "3");
  });

  test("cuts a body to 10 000 characters", async () => {
    const body = JSON.stringify(validRequest("IPv4", { goal: "x".repeat(20_000) }));
    assert.equal((await order(body)).success, true);
    assert.equal(sandbox.requests[0].body, body.slice(0, 10_000));
  });

  /** Sends numbered preflights over one connection, without waiting for each response. */
  async function sendPreflights(count) {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.resume();
    for (let number = 0; number < count; number += 1) {
      socket.write(
        "OPTIONS /client/api/v1/demo-key/order HTTP/1.1\r\nHost: localhost\r\nX-Sandbox-Keep-Alive: 1\r\n" +
          `X-Number: ${number}\r\n\r\n`,
      );
    }
    await until(() => sandbox.requests.at(-1)?.headers["x-number"] === String(count - 1));
    socket.destroy();
  }
});

describe("control routes", () => {
  const routes = [
    ["POST", "/__sandbox/reset"],
    ["GET", "/__sandbox/requests"],
    ["GET", "/__sandbox/orders"],
  ];
  const sendTo = (url, headers) => Promise.all(routes.map(([method, path]) => fetch(url + path, { method, headers })));
  const preflightsTo = (url) =>
    Promise.all(routes.map(([, path]) => fetch(url + path, { method: "OPTIONS", headers: preflight })));

  async function assertForbidden(responses) {
    for (const response of responses) {
      assert.equal(response.status, 403);
      assert.match(await response.text(), /controlOrigins/);
      assertNoCorsHeaders(response);
    }
  }

  test("programs, and pages of the sandbox's own origin, may use them", async () => {
    const accepted = [
      {},
      { origin: server.url },
      { "sec-fetch-site": "same-origin", origin: server.url },
      // A development server passes the page's origin on, and names the sandbox as the host.
      { "sec-fetch-site": "same-origin", origin: "http://localhost:5173" },
      // The address bar of a browser.
      { "sec-fetch-site": "none" },
    ];
    for (const headers of accepted) {
      for (const response of await sendTo(server.url, headers)) {
        assert.equal(response.status, 200, JSON.stringify(headers));
        assertNoCorsHeaders(response);
        await response.arrayBuffer();
      }
    }
  });

  test("pages of other origins get 403, and reset nothing", async () => {
    const { port } = new URL(server.url);
    const forbidden = [
      otherOrigin,
      { origin: "null" },
      { origin: `http://127.0.0.1:${Number(port) - 1}` },
      { origin: `http://localhost:${port}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", origin: server.url },
    ];
    await order(validRequest("IPv4"));
    for (const headers of forbidden) await assertForbidden(await sendTo(server.url, headers));
    await assertForbidden(await preflightsTo(server.url));
    assert.equal(sandbox.orders.length, 1);
  });

  test("a list of controlOrigins allows the pages of these origins", async (t) => {
    const { url } = await startSandbox(t, { controlOrigins: ["https://shop.example"] });
    const headers = { "sec-fetch-site": "cross-site", ...otherOrigin };
    for (const response of await sendTo(url, headers)) {
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("access-control-allow-origin"), "https://shop.example");
      await response.arrayBuffer();
    }
    for (const response of await preflightsTo(url)) assertPreflightGranted(response);
    await assertForbidden(await sendTo(url, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }));
    await assertForbidden(await sendTo(url, { "sec-fetch-site": "cross-site" }));
  });

  test("controlOrigins: true allows every page", async (t) => {
    const { url } = await startSandbox(t, { controlOrigins: true });
    for (const headers of [otherOrigin, { origin: "null" }]) {
      for (const response of await sendTo(url, { "sec-fetch-site": "cross-site", ...headers })) {
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("access-control-allow-origin"), headers.origin);
        await response.arrayBuffer();
      }
    }
    for (const response of await preflightsTo(url)) assertPreflightGranted(response);
  });
});

describe("internal errors", () => {
  /** Mounts the sandbox in a server where the first calls of a method of each response throw. */
  const startBroken = (t, method, times = 1) =>
    startServer(t, (req, res) => {
      const original = res[method];
      let calls = 0;
      res[method] = (...args) => {
        calls += 1;
        if (calls <= times) throw new Error("broken on purpose");
        return original.apply(res, args);
      };
      sandbox.handler(req, res);
    });

  const assertError500 = async (response) => {
    assert.equal(response.status, 500);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.deepEqual(await response.json(), { message: "The sandbox failed: Error: broken on purpose" });
  };

  /** Functions that each send another kind of request. */
  const requestsTo = (url) => [
    () => post("calculate", validRequest("IPv4"), {}, { url }),
    () => post("order", validRequest("IPv4"), {}, { url }),
    () => fetch(`${url}/__sandbox/requests`),
    () => fetch(`${url}/__sandbox/reset`, { method: "POST" }),
    () => fetch(`${url}/elsewhere`),
  ];

  test("an error before the response gets 500 and JSON, on every route", async (t) => {
    for (const method of ["setHeader", "writeHead"]) {
      const url = await startBroken(t, method);
      for (const send of requestsTo(url)) await assertError500(await send());
    }
  });

  test("an error after the response has begun cuts the connection, and the sandbox goes on", async (t) => {
    const url = await startBroken(t, "write");
    for (const send of requestsTo(url)) await assert.rejects(send(), TypeError);
    assert.equal((await calculate(validRequest("IPv4"))).success, true);
  });

  test("an order that was booked before the error stays booked, and its idempotency key gets the response", async (t) => {
    const url = await startBroken(t, "writeHead");
    const headers = { "idempotency-key": "a" };
    await assertError500(await post("order", validRequest("IPv4"), headers, { url }));
    assert.equal(sandbox.orders.length, 1);
    assert.equal(sandbox.requests[0].booked, true);
    const repeat = await order(validRequest("IPv4"), headers);
    assert.equal(repeat.orderNumber, sandbox.orders[0].orderNumber);
    assert.equal(sandbox.balance, 5.87);
  });

  test("an error after the delay of the fault slow gets 500 too", async (t) => {
    const url = await startBroken(t, "writeHead");
    const headers = { "x-sandbox-fault": "slow; ms=1" };
    await assertError500(await post("order", validRequest("IPv4"), headers, { url }));
    assert.equal(sandbox.orders.length, 1);
  });

  test("a body that was read before gets 500", async (t) => {
    const url = await startServer(t, async (req, res) => {
      await once(req.resume(), "end");
      sandbox.handler(req, res);
    });
    const response = await post("order", validRequest("IPv4"), {}, { url });
    assert.equal(response.status, 500);
    assert.match((await response.json()).message, /The body was read before/);
    assert.equal(sandbox.orders.length, 0);
  });

  test("when not even a 500 can be sent, the connection is cut and the sandbox goes on", async (t) => {
    const url = await startBroken(t, "writeHead", Infinity);
    await assert.rejects(post("order", validRequest("IPv4"), {}, { url }), TypeError);
    await assert.rejects(fetch(`${url}/__sandbox/orders`), TypeError);
    assert.equal(sandbox.orders.length, 1);
    assert.equal((await calculate(validRequest("IPv4"))).balance, 5.87);
  });
});

describe("options", () => {
  test("an option with a wrong type or an impossible value throws a TypeError", () => {
    const wrong = {
      apiKey: ["", 5, null],
      balance: ["7", NaN, Infinity, -1, null],
      keepAlive: ["yes", 1, null],
      ignoreKeys: ["yes", 1, null],
      controlOrigins: [
        "http://localhost:5173",
        ["http://localhost:5173/"],
        ["localhost:5173"],
        ["*"],
        ["null"],
        [5],
        5,
        null,
      ],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        assert.throws(() => createSandbox({ [name]: value }), { name: "TypeError", message: new RegExp(`^${name} `) });
      }
    }
  });

  test("undefined is the default", async (t) => {
    const undefinedOptions = {
      apiKey: undefined,
      balance: undefined,
      keepAlive: undefined,
      ignoreKeys: undefined,
      controlOrigins: undefined,
    };
    const { url } = await startSandbox(t, undefinedOptions);
    assert.equal((await calculate(validRequest("IPv4"), {}, { url })).balance, 7.18);
    assert.equal((await fetch(`${url}/__sandbox/orders`, { headers: otherOrigin })).status, 403);
  });
});
