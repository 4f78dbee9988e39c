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

/** The reference request of each type, with the fields that an order needs. */
const reference = (proxyType, changes = {}) => ({
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

const address = (which, { url = server.url, key = "demo-key", prefix = "" } = {}) =>
  `${url}${prefix}/client/api/v1/${key}/${which === "calculate" ? "calculate/order" : "order"}`;

const post = (which, body, headers = {}, place = {}) =>
  fetch(address(which, place), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    redirect: "manual",
  });

const answer = async (...call) => {
  const response = await post(...call);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  return response.json();
};
const calculate = (body, ...rest) => answer("calculate", body, ...rest);
const order = (body, ...rest) => answer("order", body, ...rest);

const MESSAGES = {
  2: "Error api key",
  4: "Incorrect proxy type",
  8: "Incorrect mobile operator",
  13: "Incorrect protocol",
  14: "Incorrect goal",
  16: "Insufficient funds on balance",
  24: "Incorrect ip addresses",
};

const refusedCalculate = (code, balance = 7.18) => ({
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
const refusedOrder = (code, balance = 7.18) => ({
  success: false,
  proxyType: null,
  orderNumber: null,
  balance,
  currency: balance === null ? null : "USD",
  error: { code, message: MESSAGES[code] },
  promoCodeStatus: null,
});

describe("samples", () => {
  const names = Object.keys(samples);

  test("there are 20 of calculate and 16 of order", () => {
    assert.equal(names.filter((name) => name.startsWith("calculate/")).length, 20);
    assert.equal(names.filter((name) => name.startsWith("order/")).length, 16);
    for (const type of TYPES) assert.equal(names.filter((name) => name.split("/")[1] === type).length, 9);
  });

  for (const name of names) {
    test(`${name} is served by name`, async () => {
      const which = name.split("/")[0];
      assert.deepEqual(await answer(which, reference(name.split("/")[1]), { "x-sandbox-sample": name }), samples[name]);
      assert.equal(sandbox.balance, 7.18);
    });
  }

  test("of two names each function answers its own", async () => {
    const headers = { "x-sandbox-sample": "calculate/ISP/warnings, order/ISP/error" };
    assert.deepEqual(await calculate(reference("ISP"), headers), samples["calculate/ISP/warnings"]);
    assert.deepEqual(await order(reference("ISP"), headers), samples["order/ISP/error"]);
  });

  test("an unknown name is refused in text", async () => {
    for (const name of ["calculate/IPv5/success", "constructor", "order/IPv4/warnings"]) {
      const response = await post("calculate", reference("IPv4"), { "x-sandbox-sample": name });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /^Unknown sample. There are: calculate\/IPv4\/success, /);
    }
  });
});

describe("calculate", () => {
  for (const type of TYPES) {
    test(`${type} as in the samples, by ordinary requests`, async () => {
      assert.deepEqual(await calculate(reference(type)), samples[`calculate/${type}/success`]);
      for (const promoCode of ["", "  ", null]) {
        assert.deepEqual(await calculate(reference(type, { promoCode })), samples[`calculate/${type}/success`]);
      }
      assert.deepEqual(
        await calculate(reference(type, { promoCode: "PROMO10" })),
        samples[`calculate/${type}/valid-promo-code`],
      );
      for (const promoCode of ["NONSENSE", "promo10", 10, { toString: 1, valueOf: 1 }]) {
        assert.deepEqual(
          await calculate(reference(type, { promoCode })),
          samples[`calculate/${type}/invalid-promo-code`],
        );
      }
    });

    test(`${type} with warnings`, async () => {
      const goal = { code: 14, message: MESSAGES[14] };
      const funds = { code: 16, message: MESSAGES[16] };
      const warned = async (changes) => {
        const reply = await calculate(reference(type, changes));
        assert.equal(reply.success, true);
        assert.equal(reply.error, null);
        assert.equal(reply.proxyType, type);
        return reply.warnings;
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

  test("a refusal is the documented one", async () => {
    const error = samples["calculate/IPv4/error"];
    for (const proxyType of ["IPv5", "ipv4", "", null, 4, ["IPv4"], "constructor", "__proto__"]) {
      assert.deepEqual(await calculate(reference("IPv4", { proxyType })), error);
    }
    assert.deepEqual(await calculate(reference("MOBILE", { mobileOperator: "unknown" })), refusedCalculate(8));
    assert.deepEqual(await calculate(reference("MOBILE", { rotationTime: undefined })), refusedCalculate(8));
    assert.deepEqual(await calculate(reference("ISP", { country: "ATA" })), refusedCalculate(24));
    assert.equal((await calculate(reference("IPv4", { country: "ATA" }))).success, true);
  });

  test("neither protocol nor authorization is asked for", async () => {
    for (const type of TYPES) {
      const reply = await calculate(reference(type, { protocol: undefined, authType: undefined }));
      assert.deepEqual(reply, samples[`calculate/${type}/success`]);
    }
  });

  test("other invalid fields have codes of their own", async () => {
    const code = async (changes) => (await calculate(reference("IPv4", changes))).error.code;
    for (const country of ["usa", "US", "", null, 840]) assert.equal(await code({ country }), 6);
    for (const value of [0, -1, 1.5, "1", null, 1e300]) {
      assert.equal(await code({ rentPeriodDays: value }), 11);
      assert.equal(await code({ quantity: value }), 19);
    }
  });

  test("prices grow with quantity and period, and differ by country", async () => {
    const price = async (type, changes) => (await calculate(reference(type, changes))).price;
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

  test("the dearest order has a finite price", async () => {
    const most = { quantity: 4294967295, rentPeriodDays: 4294967295, country: "JPN" };
    for (const type of TYPES) {
      const { price, warnings } = await calculate(reference(type, most));
      assert.ok(Number.isFinite(price) && price > 1e15, String(price));
      assert.deepEqual(warnings, [{ code: 16, message: MESSAGES[16] }]);
    }
    const large = await calculate(reference("IPv4", { quantity: 4294967295, promoCode: "PROMO10" }));
    assert.equal(large.price, 5063766440.81);
  });
});

describe("order", () => {
  for (const type of TYPES) {
    test(`${type} is charged`, async () => {
      const { price } = await calculate(reference(type));
      const balance = Math.round((7.18 - price) * 100) / 100;
      const sample = samples[`order/${type}/success`];
      const reply = await order(reference(type));
      assert.match(reply.orderNumber, /^NUMBER-\d+$/);
      assert.deepEqual(reply, { ...sample, balance, orderNumber: reply.orderNumber });
      assert.deepEqual(Object.keys(reply), Object.keys(sample));
      assert.equal((await calculate(reference(type))).balance, balance);
      assert.equal(sandbox.balance, balance);
      assert.deepEqual(sandbox.orders, [
        {
          orderNumber: reply.orderNumber,
          price,
          idempotencyKey: null,
          proxyType: type,
          quantity: 1,
          rentPeriodDays: 30,
          country: "USA",
        },
      ]);
    });

    test(`${type} tells the status of the promo code`, async () => {
      const valid = await order(reference(type, { promoCode: "PROMO10" }));
      assert.equal(valid.promoCodeStatus, "VALID");
      const price = samples[`calculate/${type}/valid-promo-code`].price;
      assert.equal(valid.balance, Math.round((7.18 - price) * 100) / 100);
      const invalid = await order(reference(type, { promoCode: "OTHER" }));
      assert.equal(invalid.promoCodeStatus, "NO_VALID");
      assert.equal(invalid.success, true);
    });
  }

  test("refusals are the documented ones, and charge nothing", async () => {
    const cases = [
      [4, reference("IPv5")],
      [8, reference("MOBILE", { mobileOperator: "unknown" })],
      [8, reference("MOBILE", { mobileOperator: undefined })],
      [13, reference("IPv6", { protocol: "SOCKS", country: "CHN" })],
      [13, reference("IPv6", { protocol: "FTP" })],
      [13, reference("IPv6", { protocol: undefined })],
      [14, reference("IPv4", { goal: "forbidden" })],
      [14, reference("ISP", { goal: "forbidden", quantity: 100 })],
      [16, reference("IPv4", { quantity: 6 })],
      [24, reference("ISP", { country: "ATA" })],
    ];
    for (const [code, body] of cases) assert.deepEqual(await order(body), refusedOrder(code), JSON.stringify(body));
    assert.deepEqual(await order(reference("IPv4", { goal: "forbidden" })), samples["order/IPv4/error"]);
    assert.deepEqual(sandbox.orders, []);
  });

  test("both protocols are sold, and only IPv6 has one", async () => {
    for (const protocol of ["HTTP", "SOCKS"]) {
      assert.equal((await order(reference("IPv6", { protocol }))).success, true);
      sandbox.reset();
    }
    assert.equal((await order(reference("IPv4", { protocol: "FTP", country: "CHN" }))).success, true);
  });

  test("authorization", async () => {
    const attempt = (authType, authIp) => order(reference("IPv4", { authType, authIp }));
    for (const ip of ["203.0.113.9", "2001:db8::1"]) {
      assert.equal((await attempt("IP", ip)).success, true);
      sandbox.reset();
    }
    for (const ip of [undefined, null, "", "203.0.113", 5]) assert.equal((await attempt("IP", ip)).error.code, 23);
    for (const type of [undefined, null, "", "login", 1]) assert.equal((await attempt(type)).error.code, 10);
  });

  test("the balance falls until it does not suffice, and numbers are unique, after a reset too", async () => {
    const numbers = new Set();
    for (const balance of [5.87, 4.56, 3.25, 1.94, 0.63]) {
      const reply = await order(reference("IPv4"));
      assert.equal(reply.balance, balance);
      numbers.add(reply.orderNumber);
    }
    assert.deepEqual(await order(reference("IPv4")), refusedOrder(16, 0.63));
    assert.deepEqual(await order(reference("IPv4", { proxyType: "?" })), refusedOrder(4, 0.63));
    assert.deepEqual((await calculate(reference("IPv4"))).warnings, [{ code: 16, message: MESSAGES[16] }]);

    const reset = await fetch(`${server.url}/__sandbox/reset`, { method: "POST" });
    assert.deepEqual(await reset.json(), { balance: 7.18, currency: "USD" });
    const again = await order(reference("IPv4"));
    assert.equal(again.balance, 5.87);
    assert.equal(numbers.add(again.orderNumber).size, 6);
  });

  test("orders at the same time never overdraw the account", async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => order(reference("IPv4"))));
    const placed = replies.filter((reply) => reply.success);
    assert.equal(placed.length, 5);
    assert.equal(new Set(placed.map((reply) => reply.orderNumber)).size, 5);
    assert.equal(sandbox.balance, 0.63);
  });

  test("the whole balance can be spent", async () => {
    const exact = createSandbox({ balance: 1.31 });
    const own = await exact.listen();
    try {
      assert.equal((await calculate(reference("IPv4"), {}, own)).warnings, null);
      assert.equal((await order(reference("IPv4"), {}, own)).balance, 0);
    } finally {
      await own.close();
    }
  });
});

describe("API key", () => {
  test("a wrong one is code 2, and tells no balance", async () => {
    for (const key of ["wrong", "", "demo-key%2F", "demo-key%", "DEMO-KEY", "self"]) {
      assert.deepEqual(await calculate(reference("IPv4"), {}, { key }), refusedCalculate(2, null));
      assert.deepEqual(await order(reference("IPv4"), {}, { key }), refusedOrder(2, null));
    }
    assert.equal(sandbox.balance, 7.18);
  });

  test("it comes before everything else that is wrong", async () => {
    assert.equal((await order("{", {}, { key: "wrong" })).error.code, 2);
  });

  test("another can be chosen, and is decoded", async () => {
    const other = createSandbox({ apiKey: "a/b %ü" });
    const own = await other.listen();
    try {
      assert.equal((await calculate(reference("IPv4"), {}, { ...own, key: "demo-key" })).error.code, 2);
      assert.equal(
        (await calculate(reference("IPv4"), {}, { ...own, key: encodeURIComponent("a/b %ü") })).success,
        true,
      );
    } finally {
      await own.close();
    }
  });

  test("options of a wrong kind are refused", () => {
    for (const apiKey of ["", 5, null]) assert.throws(() => createSandbox({ apiKey }), TypeError);
    for (const balance of ["7", NaN, Infinity, -1, null]) assert.throws(() => createSandbox({ balance }), TypeError);
  });
});

describe("malformed bodies", () => {
  const bodies = {
    empty: "",
    text: "hello",
    cut: '{"proxyType":"IPv4"',
    null: "null",
    number: "1e400",
    list: "[]",
    "list of orders": JSON.stringify([reference("IPv4")]),
    form: "proxyType=IPv4&quantity=1",
    "no UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    "a deep list": "[".repeat(500_000),
    "a prototype": '{"__proto__":{"proxyType":"IPv4"}}',
    "longer than 1 MiB": JSON.stringify(reference("IPv4", { goal: "x".repeat(1024 * 1024) })),
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(`${name} is a documented refusal`, async () => {
      await order(reference("IPv4"));
      assert.deepEqual(await calculate(body), refusedCalculate(4, 5.87));
      assert.deepEqual(await order(body), refusedOrder(4, 5.87));
      assert.equal(sandbox.orders.length, 1);
      assert.equal((await calculate(reference("IPv4"))).success, true);
    });
  }

  test("hostile values in every field are answered", async () => {
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
      for (const field of Object.keys(reference(type))) {
        for (const value of values) {
          assert.equal(typeof (await calculate(reference(type, { [field]: value }))).success, "boolean");
          const reply = await order(reference(type, { [field]: value }));
          assert.ok(reply.success ? reply.orderNumber : reply.error.code, `${type} ${field} ${JSON.stringify(value)}`);
          sandbox.reset();
        }
      }
    }
  });

  test("a body that never comes whole books nothing, and harms nothing", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "POST /client/api/v1/demo-key/order HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n" +
        JSON.stringify(reference("IPv4")),
    );
    await until(() => sandbox.requests.length === 1);
    socket.destroy();
    assert.equal((await calculate(reference("IPv4"))).balance, 7.18);
    assert.equal(sandbox.requests[0].body, null);
    assert.equal(sandbox.requests[0].booked, false);
  });

  test("what is no HTTP does not stop it", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end("nonsense\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    assert.equal((await calculate(reference("IPv4"))).success, true);
  });
});

/** Waits, turn by turn, for what another connection brings about. */
async function until(condition) {
  for (let turns = 0; !condition(); turns += 1) {
    assert.ok(turns < 1_000_000, "it never came about");
    await new Promise(setImmediate);
  }
}

describe("Idempotency-Key", () => {
  const keyed = (key, changes = {}, headers = {}) =>
    order(reference("IPv4", changes), { "idempotency-key": key, ...headers });

  test("one booking for each key, and the repeat gets the first reply", async () => {
    const first = await keyed("a");
    assert.deepEqual(await keyed("a"), first);
    assert.deepEqual(await keyed("a", { quantity: 2 }), first);
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

  test("repeats at the same time too", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => keyed("same")));
    assert.equal(new Set(replies.map((reply) => reply.orderNumber)).size, 1);
    assert.equal(sandbox.orders.length, 1);
  });

  test("also when the connection was cut after the booking", async () => {
    await assert.rejects(keyed("cut", {}, { "x-sandbox-fault": "cut-after" }), TypeError);
    assert.equal(sandbox.orders.length, 1);
    const reply = await keyed("cut");
    assert.equal(reply.orderNumber, sandbox.orders[0].orderNumber);
    assert.equal(reply.balance, 5.87);
    assert.equal(sandbox.orders.length, 1);
  });

  test("a refusal is not remembered", async () => {
    assert.equal((await keyed("again", { goal: "forbidden" })).error.code, 14);
    assert.equal((await keyed("again")).success, true);
  });

  test("an empty key is none, and calculate has none", async () => {
    await keyed("");
    await keyed("");
    assert.equal(sandbox.orders.length, 2);
    await keyed("k");
    assert.equal((await calculate(reference("IPv4"), { "idempotency-key": "k" })).price, 1.31);
  });

  test("a reset forgets it, and a wrong key never learns of it", async () => {
    await keyed("r");
    assert.equal((await order(reference("IPv4"), { "idempotency-key": "r" }, { key: "wrong" })).error.code, 2);
    sandbox.reset();
    await keyed("r");
    assert.equal(sandbox.orders.length, 1);
  });
});

describe("faults", () => {
  const strike = (fault, which = "order", headers = {}) =>
    post(which, reference("IPv4"), { "x-sandbox-fault": fault, ...headers });
  const booked = () => sandbox.orders.length;

  test("429, 500 and 503", async () => {
    for (const status of [429, 500, 503]) {
      const response = await strike(String(status));
      assert.equal(response.status, status);
      assert.equal(response.headers.get("retry-after"), status === 429 ? "1" : null);
      assert.equal(response.headers.get("access-control-expose-headers"), "Retry-After");
      assert.match(await response.text(), /^[A-Z]/);
    }
    assert.equal(booked(), 0);
  });

  test("Retry-After as told, also as a date", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    assert.equal((await strike("429; retry-after=0")).headers.get("retry-after"), "0");
    assert.equal((await strike(`503;retry-after=${date}`)).headers.get("retry-after"), date);
    assert.equal((await strike("reply; status=408; retry-after=2")).headers.get("retry-after"), "2");
  });

  test("HTML pages", async () => {
    for (const [fault, status] of [
      ["html", 200],
      ["html-502", 502],
    ]) {
      const response = await strike(fault);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
      assert.match(await response.text(), /^<!doctype html>/);
    }
    assert.equal(booked(), 0);
  });

  test("a redirect, which leads to where the request is answered", async () => {
    for (const prefix of ["", "/api"]) {
      sandbox.reset();
      const response = await post("order", reference("IPv4"), { "x-sandbox-fault": "redirect" }, { prefix });
      assert.equal(response.status, 307);
      assert.equal(booked(), 0);
      const target = new URL(response.headers.get("location"), response.url);
      const headers = { "x-sandbox-fault": "redirect" };
      const followed = await fetch(target, { method: "POST", headers, body: JSON.stringify(reference("IPv4")) });
      assert.equal((await followed.json()).success, true);
      assert.equal(booked(), 1);
    }
  });

  test("a documented failure with status 400", async () => {
    const calculated = await strike("refusal-400", "calculate");
    assert.equal(calculated.status, 400);
    assert.deepEqual(await calculated.json(), refusedCalculate(4));
    const ordered = await strike("refusal-400");
    assert.equal(ordered.status, 400);
    assert.deepEqual(await ordered.json(), refusedOrder(14));
    assert.equal(booked(), 0);
  });

  test("any reply", async () => {
    const response = await strike("reply; status=421; type=text/plain; body=a%3Bb%ff=");
    assert.equal(response.status, 421);
    assert.equal(response.headers.get("content-type"), "text/plain");
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from([0x61, 0x3b, 0x62, 0xff, 0x3d]));
    assert.equal(await (await strike('reply; body={"price":1e400}')).text(), '{"price":1e400}');
    const none = await strike("reply; status=204");
    assert.equal(none.status, 204);
    assert.equal(booked(), 0);
  });

  test("cut before: nothing is booked", async () => {
    await assert.rejects(strike("cut-before"), TypeError);
    assert.equal(booked(), 0);
    assert.equal(sandbox.requests.length, 1);
  });

  test("cut after: booked, and not a byte of the reply", async () => {
    const { port } = new URL(server.url);
    const body = JSON.stringify(reference("IPv4"));
    const socket = connect(Number(port), "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => (received += chunk));
    socket.write(
      "POST /client/api/v1/demo-key/order HTTP/1.1\r\nHost: x\r\nX-Sandbox-Fault: cut-after\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, "close");
    assert.equal(received, "");
    assert.equal(booked(), 1);
    assert.equal(sandbox.requests[0].booked, true);
  });

  test("an empty body, truncated JSON, a wrong shape: whole replies, booked", async () => {
    const empty = await strike("empty");
    assert.equal(empty.status, 200);
    assert.equal(await empty.text(), "");
    const truncated = await strike("truncated");
    const text = await truncated.text();
    assert.match(text, /^{"success":true,/);
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(truncated.headers.get("content-length"), String(text.length));
    const wrong = await (await strike("wrong-shape")).json();
    assert.equal(wrong.success, true);
    assert.ok(!("orderNumber" in wrong) && !("price" in wrong));
    assert.equal(booked(), 3);
  });

  test("a sample can be truncated at each byte", async () => {
    const name = "order/IPv4/success";
    const whole = JSON.stringify(samples[name]);
    for (const at of [0, 1, 17, whole.length - 1, whole.length]) {
      const response = await strike(`truncated; bytes=${at}`, "order", { "x-sandbox-sample": name });
      assert.equal(await response.text(), whole.slice(0, at));
    }
    assert.equal(booked(), 0);
  });

  test("deep and large JSON", async () => {
    const deep = await (await strike("deep")).text();
    assert.equal(deep.length, 200_000);
    const large = await (await strike("large")).text();
    assert.ok(large.length > 10_000_000);
    assert.equal(JSON.parse(large).success, true);
    assert.equal(booked(), 2);
  });

  test("a body cut in the middle", async () => {
    const response = await strike("cut-body");
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), TypeError);
    assert.equal(booked(), 1);
  });

  test("stalled headers: booked, never answered", async () => {
    const request = httpRequest(address("order"), { method: "POST", headers: { "x-sandbox-fault": "stall-headers" } });
    request.on("response", () => assert.fail("answered"));
    request.on("error", () => {});
    request.end(JSON.stringify(reference("IPv4")));
    await until(() => booked() === 1);
    assert.equal((await calculate(reference("IPv4"))).success, true);
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
  });

  test("a stalled body: half of it, and the connection stays", async () => {
    const request = httpRequest(address("order"), {
      method: "POST",
      headers: { "x-sandbox-fault": "stall-body; bytes=10" },
    });
    request.on("error", () => {});
    request.end(JSON.stringify(reference("IPv4")));
    const [response] = await once(request, "response");
    response.on("end", () => assert.fail("ended"));
    response.on("error", () => {});
    const [chunk] = await once(response, "data");
    assert.equal(chunk.toString(), '{"success"');
    assert.equal((await calculate(reference("IPv4"))).balance, 5.87);
    assert.equal(request.socket.destroyed, false);
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
  });

  test("a slow reply", async () => {
    const pending = strike("slow; ms=60");
    await until(() => booked() === 1);
    assert.equal((await calculate(reference("IPv4"))).balance, 5.87);
    assert.equal((await (await pending).json()).success, true);
  });

  test("times: limited to the first requests with the same header value", async () => {
    const statuses = async (fault) => {
      const list = [];
      for (let i = 0; i < 4; i += 1) list.push((await strike(fault, "calculate")).status);
      return list;
    };
    assert.deepEqual(await statuses("503; times=2; id=a"), [503, 503, 200, 200]);
    assert.deepEqual(await statuses("503; times=2; id=b"), [503, 503, 200, 200]);
    assert.deepEqual(await statuses("503; times=2; id=a"), [200, 200, 200, 200]);
    assert.deepEqual(await statuses("503; times=0"), [200, 200, 200, 200]);
    sandbox.reset();
    assert.deepEqual(await statuses("503; times=2; id=a"), [503, 503, 200, 200]);
  });

  test("on: limited to one function, also in counting", async () => {
    assert.equal((await strike("500; on=order; times=1", "calculate")).status, 200);
    assert.equal((await strike("500; on=order; times=1", "order")).status, 500);
    assert.equal((await strike("500; on=order; times=1", "order")).status, 200);
    assert.equal((await strike("500; on=calculate", "order")).status, 200);
    assert.equal((await strike("500; on=calculate", "calculate")).status, 500);
  });

  test("processed: booked, though the reply hides it", async () => {
    assert.equal((await strike("503; processed")).status, 503);
    assert.equal(booked(), 1);
    assert.equal(sandbox.requests[0].booked, true);
  });

  test("an unknown fault or parameter is refused in text", async () => {
    for (const fault of [
      "nonsense",
      "constructor",
      "503; time=2",
      "503; times=x",
      "503; on=pay",
      "503; toString",
      "reply; status=99",
    ]) {
      const response = await strike(fault);
      assert.equal(response.status, 400);
      assert.match(await response.text(), /^Unknown /);
    }
    assert.equal(booked(), 0);
  });

  test("a fault strikes calculate as well", async () => {
    await assert.rejects(strike("cut-after", "calculate"), TypeError);
    assert.match(await (await strike("truncated", "calculate")).text(), /^{"success":true,"proxyType":"IPv4",/);
    assert.equal(booked(), 0);
  });
});

describe("HTTP", () => {
  test("it works under any prefix", async () => {
    for (const prefix of ["", "/api", "/a/deep/prefix"]) {
      assert.equal((await calculate(reference("IPv4"), {}, { prefix })).success, true);
      const requests = await (await fetch(`${server.url}${prefix}/__sandbox/requests`)).json();
      assert.equal(requests.at(-1).path, `${prefix}/client/api/v1/demo-key/calculate/order`);
    }
    assert.equal((await fetch(`${server.url}/api/__sandbox/reset`, { method: "POST" })).status, 200);
    assert.equal(sandbox.requests.length, 0);
  });

  test("the list of requests has what was received", async () => {
    const body = JSON.stringify(reference("IPv4"));
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

  test("connections are closed unless a request asks, or the option is set", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (url, headers = {}) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(address("calculate", { url }), { method: "POST", agent, headers }, (response) => {
          response.resume().on("end", () => resolve(response.headers.connection));
        });
        request.on("error", reject).end(JSON.stringify(reference("IPv4")));
      });
    const kept = createSandbox({ keepAlive: true });
    const own = await kept.listen();
    try {
      assert.equal(await send(server.url), "close");
      assert.equal(await send(server.url, { "x-sandbox-keep-alive": "1" }), "keep-alive");
      assert.equal(await send(server.url), "close");
      assert.equal(await send(server.url), "close");
      const [a, b, c, d] = sandbox.requests.map((request) => request.connection);
      assert.ok(a !== b && b === c && c !== d);
      for (let i = 0; i < 2; i += 1) assert.equal(await send(own.url), "keep-alive");
      assert.equal(kept.requests[0].connection, kept.requests[1].connection);
    } finally {
      agent.destroy();
      await own.close();
    }
  });

  test("preflights are granted", async () => {
    const paths = [
      "/client/api/v1/demo-key/order",
      "/api/client/api/v1/x/calculate/order",
      "/__sandbox/reset",
      "/__sandbox/requests",
    ];
    for (const path of paths) {
      const response = await fetch(server.url + path, {
        method: "OPTIONS",
        headers: {
          origin: "https://shop.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,idempotency-key,x-sandbox-keep-alive",
        },
      });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get("access-control-allow-origin"), "https://shop.example");
      assert.equal(response.headers.get("access-control-allow-credentials"), "true");
      assert.match(response.headers.get("access-control-allow-methods"), /\bPOST\b/);
      assert.equal(
        response.headers.get("access-control-allow-headers"),
        "content-type,idempotency-key,x-sandbox-keep-alive",
      );
      assert.ok(Number(response.headers.get("access-control-max-age")) > 0);
      assert.equal(response.headers.get("connection"), "keep-alive");
    }
    assert.deepEqual(
      sandbox.requests.map((request) => request.method),
      ["OPTIONS", "OPTIONS"],
    );
  });

  test("every reply allows every origin", async () => {
    const headers = { origin: "https://shop.example" };
    const replies = [
      await post("calculate", reference("IPv4"), headers),
      await post("order", "{", headers),
      await post("order", reference("IPv4"), { ...headers, "x-sandbox-fault": "503" }),
      await post("order", reference("IPv4"), { ...headers, "x-sandbox-fault": "nonsense" }),
      await post("order", reference("IPv4"), { ...headers, "x-sandbox-fault": "stall-body; on=calculate" }),
      await fetch(`${server.url}/__sandbox/reset`, { method: "POST", headers }),
      await fetch(`${server.url}/__sandbox/requests`, { headers }),
      await fetch(`${server.url}/elsewhere`, { headers }),
      await fetch(address("order"), { headers }),
    ];
    for (const reply of replies) {
      assert.equal(reply.headers.get("access-control-allow-origin"), "https://shop.example");
      assert.equal(reply.headers.get("access-control-expose-headers"), "Retry-After");
      assert.equal(reply.headers.get("cache-control"), "no-store");
      await reply.arrayBuffer();
    }
    const anyone = await post("calculate", reference("IPv4"));
    assert.equal(anyone.headers.get("access-control-allow-origin"), "*");
  });

  test("other methods and paths are refused", async () => {
    assert.equal((await fetch(address("order"))).status, 405);
    assert.equal((await fetch(address("order"), { method: "PUT", body: "{}" })).status, 405);
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

  test("mounted in another server, it hands on what is not its own", async () => {
    const host = createServer((req, res) => {
      // as connect and Express do for `use("/api", …)`
      if (req.url.startsWith("/api")) {
        req.originalUrl = req.url;
        req.url = req.url.slice(4) || "/";
      }
      sandbox.handler(req, res, () => res.end("the host's"));
    });
    host.listen(0, "127.0.0.1");
    await once(host, "listening");
    try {
      const url = `http://127.0.0.1:${host.address().port}`;
      assert.equal((await order(reference("IPv4"), {}, { url, prefix: "/api" })).success, true);
      assert.equal(sandbox.requests[0].path, "/api/client/api/v1/demo-key/order");
      assert.equal((await (await fetch(`${url}/api/__sandbox/orders`)).json()).length, 1);
      const other = await fetch(`${url}/index.html`, { headers: { origin: "https://shop.example" } });
      assert.equal(await other.text(), "the host's");
      assert.equal(other.headers.get("access-control-allow-origin"), null);
      assert.equal(other.headers.get("cache-control"), null);
    } finally {
      host.closeAllConnections();
      host.close();
    }
  });

  test("two sandboxes share nothing", async () => {
    const other = createSandbox();
    const own = await other.listen();
    try {
      await order(reference("IPv4"), { "idempotency-key": "k" }, own);
      assert.equal(sandbox.balance, 7.18);
      assert.equal(other.balance, 5.87);
    } finally {
      await own.close();
    }
  });

  test("it listens on this machine only, and closing ends stalled connections", async () => {
    const other = createSandbox();
    const own = await other.listen();
    assert.equal(new URL(own.url).hostname, "127.0.0.1");
    await assert.rejects(other.listen(Number(new URL(own.url).port)), { code: "EADDRINUSE" });
    const stalled = ["stall-headers", "stall-body", "slow; ms=600000"].map((fault) =>
      post("order", reference("IPv4"), { "x-sandbox-fault": fault }, own).then((response) => response.text()),
    );
    const ends = Promise.allSettled(stalled);
    await until(() => other.orders.length === 3);
    await Promise.all([own.close(), own.close()]);
    await own.close();
    assert.deepEqual(
      (await ends).map((end) => end.status),
      ["rejected", "rejected", "rejected"],
    );
    await assert.rejects(calculate(reference("IPv4"), {}, own), TypeError);
  });
});
