// @ts-check
// The sandbox without a server: its `fetch`, and each fault with `fetch` and over HTTP, side by side.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { calculate, order } from "proxy-orders";
import { createSandbox } from "proxy-orders/sandbox";
import { createSandbox as createPortableSandbox } from "../dist/sandbox.js";
import { endsOfFaults, expectedEnds } from "./support/faults.js";

/** @typedef {import("proxy-orders/sandbox").Sandbox} Sandbox */

const wanted = /** @type {const} */ ({
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
});
const paths = { calculate: "calculate/order", order: "order", lookup: "order/lookup" };

/**
 * A request to the sandbox.
 * @param {keyof typeof paths} endpoint
 * @param {{ headers?: Record<string, string>, body?: object | string, origin?: string, signal?: AbortSignal,
 *   redirect?: RequestRedirect, apiKey?: string }} [options]
 */
function requestTo(
  endpoint,
  { headers, body = wanted, origin = "https://sandbox.example", apiKey = "demo-key", ...init } = {},
) {
  return new Request(`${origin}/client/api/v1/${apiKey}/${paths[endpoint]}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    redirect: "manual",
    ...init,
  });
}

/**
 * Sends a request, and returns its response with the JSON of the body.
 * @param {Sandbox} sandbox
 * @param {Parameters<typeof requestTo>} call
 */
async function send(sandbox, ...call) {
  const response = await sandbox.fetch(requestTo(...call));
  const json = await response.json();
  return { status: response.status, headers: response.headers, json, code: json.error?.code ?? null };
}

/** Waits until a condition holds that another connection brings about. @param {() => unknown} condition */
async function until(condition) {
  for (let turns = 0; !condition(); turns += 1) {
    assert.ok(turns < 1_000_000, "the condition was never met");
    await new Promise(setImmediate);
  }
}

describe("fetch", () => {
  test("serves calls as their option fetch, without a server", async () => {
    const sandbox = createSandbox({ balance: 10 });
    const api = { baseUrl: "https://sandbox.example", apiKey: "demo-key", fetch: sandbox.fetch };
    const quote = await calculate(wanted, api);
    assert.equal(quote.price, 1.31);
    const receipt = await order(wanted, { ...api, maxPrice: 2 });
    assert.deepEqual([receipt.orderNumber, receipt.balance], [sandbox.orders[0]?.orderNumber, 8.69]);
  });

  test("each request has a connection number of its own, and its path in the log", async () => {
    const sandbox = createSandbox();
    await send(sandbox, "calculate", { origin: "https://shop.example/deep/prefix" });
    await send(sandbox, "order", { apiKey: "real-key" });
    assert.deepEqual(
      sandbox.requests.map(({ path, connection, booked }) => ({ path, connection, booked })),
      [
        { path: "/deep/prefix/client/api/v1/demo-key/calculate/order", connection: 1, booked: false },
        { path: "/client/api/v1/[key]/order", connection: 2, booked: false },
      ],
    );
  });

  test("an abort before the request, or while a fault stalls it, rejects with the reason", async () => {
    const sandbox = createSandbox();
    const reason = new Error("enough");
    await assert.rejects(sandbox.fetch(requestTo("order", { signal: AbortSignal.abort(reason) })), reason);
    assert.equal(sandbox.requests.length, 0);
    for (const fault of /** @type {const} */ (["stall-headers", "slow"])) {
      const aborter = new AbortController();
      sandbox.fail(fault, { ms: 600_000 });
      const pending = sandbox.fetch(requestTo("order", { signal: aborter.signal }));
      await until(() => sandbox.orders.length === sandbox.requests.length);
      aborter.abort(reason);
      await assert.rejects(pending, reason);
    }
  });

  test("a redirect rejects where the request does not allow one", async () => {
    const sandbox = createSandbox();
    sandbox.fail("redirect", { times: 2 });
    await assert.rejects(sandbox.fetch(requestTo("order", { redirect: "error" })), TypeError);
    const response = await sandbox.fetch(requestTo("order"));
    assert.deepEqual([response.status, response.headers.get("location")], [307, "?redirected"]);
    assert.equal(sandbox.orders.length, 0);
  });

  test("other paths are 404, and control routes work", async () => {
    const sandbox = createSandbox();
    await send(sandbox, "order");
    const orders = await sandbox.fetch(new Request("https://sandbox.example/api/__sandbox/orders"));
    assert.deepEqual(await orders.json(), sandbox.orders);
    assert.equal((await sandbox.fetch(new Request("https://sandbox.example/"))).status, 404);
  });

  test("one fault of each kind ends an order as over HTTP", async () => {
    assert.deepEqual(await endsOfFaults({ order, createSandbox }), expectedEnds);
  });
});

describe("the entry for browsers and workers", () => {
  test("has fetch, and says that handler and listen need Node", async () => {
    const sandbox = createPortableSandbox();
    assert.equal((await send(sandbox, "order")).json.success, true);
    assert.throws(() => sandbox.handler({}, {}), /only in Node/);
    assert.throws(() => sandbox.listen(), /only in Node/);
  });
});

describe("faults, side by side", () => {
  const overFetch = createSandbox();
  const overHttp = createSandbox();
  const listening = overHttp.listen();
  after(async () => (await listening).close());

  /**
   * Watches a response from its first byte to its end.
   * @param {(request: Request) => Promise<Response>} fetch
   * @param {string} fault
   * @param {string} [origin]
   */
  function watch(fetch, fault, origin) {
    const aborter = new AbortController();
    /** @type {{ status?: number, headers?: (string | null)[], received: string, end?: string }} */
    const seen = { received: "" };
    const read = async () => {
      const headers = { "x-sandbox-fault": fault };
      const response = await fetch(requestTo("order", { headers, origin, signal: aborter.signal }));
      const names = ["content-type", "content-length", "retry-after", "location", "cache-control"];
      seen.status = response.status;
      seen.headers = names.map((name) => response.headers.get(name));
      for await (const chunk of response.body ?? []) seen.received += Buffer.from(chunk).toString("latin1");
      seen.end = "complete";
    };
    const ended = read().catch((error) => {
      seen.end = error.name;
    });
    return { seen, ended, aborter };
  }

  /** @param {string} fault */
  async function watchBoth(fault) {
    overFetch.reset();
    overHttp.reset();
    const { url } = await listening;
    return [watch(overFetch.fetch, fault), watch(fetch, fault, url)];
  }

  const booked = () => [overFetch.orders.length, overHttp.orders.length];

  /** Each fault, the end of its response, and whether its order is booked. @type {[string, string, number][]} */
  const ending = [
    ...["429", "429; retry-after=0", "500", "503", "html", "html-502", "redirect", "refusal-400"].map(
      (fault) => /** @type {[string, string, number]} */ ([fault, "complete", 0]),
    ),
    ["503; processed", "complete", 1],
    ["500; on=calculate", "complete", 1],
    ["reply", "complete", 0],
    ["reply; status=204", "complete", 0],
    ["reply; status=421; retry-after=2; type=text/plain; body=a%3Bb%ff=", "complete", 0],
    ["cut-before", "TypeError", 0],
    ["cut-after", "TypeError", 1],
    ["empty", "complete", 1],
    ["truncated", "complete", 1],
    ["truncated; bytes=5", "complete", 1],
    ["wrong-shape", "complete", 1],
    ["deep", "complete", 1],
    ["large", "complete", 1],
    ["slow; ms=20", "complete", 1],
    ["cut-body", "TypeError", 1],
    ["cut-body; bytes=0", "TypeError", 1],
    ["cut-body; bytes=10", "TypeError", 1],
    ["nonsense", "complete", 0],
  ];
  for (const [fault, end, orders] of ending) {
    test(fault, async () => {
      const [inProcess, http] = await watchBoth(fault);
      await Promise.all([inProcess?.ended, http?.ended]);
      assert.equal(inProcess?.seen.end, end);
      assert.deepEqual(unnumbered(inProcess?.seen), unnumbered(http?.seen));
      assert.deepEqual(booked(), [orders, orders]);
    });
  }

  /** Order numbers go on after a reset, in each sandbox by itself. @param {{ received: string } | undefined} seen */
  const unnumbered = (seen) => ({ ...seen, received: seen?.received.replace(/NUMBER-\d+/, "NUMBER") });

  for (const [fault, received] of Object.entries({
    "stall-headers": "",
    "stall-body; bytes=0": "",
    "stall-body; bytes=10": '{"success"',
  })) {
    test(fault, async () => {
      const both = await watchBoth(fault);
      const hasHeaders = fault !== "stall-headers";
      await until(() => String(booked()) === "1,1");
      await until(() => both.every(({ seen }) => seen.received === received && (seen.status === 200) === hasHeaders));
      // Meanwhile, another request is served.
      await (await overHttp.fetch(requestTo("calculate"))).json();
      assert.deepEqual(both[0]?.seen, both[1]?.seen);
      assert.equal(both[0]?.seen.end, undefined);
      for (const { aborter } of both) aborter.abort();
      await Promise.all(both.map(({ ended }) => ended));
      assert.deepEqual([both[0]?.seen.end, both[1]?.seen.end], ["AbortError", "AbortError"]);
    });
  }
});

describe("fail", () => {
  test("strikes the next request once, with the parameters of the header", async () => {
    const sandbox = createSandbox();
    sandbox.fail("503", { processed: true, "retry-after": 2 });
    const response = await sandbox.fetch(requestTo("order"));
    assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "2"]);
    assert.equal(sandbox.orders.length, 1);
    assert.equal((await send(sandbox, "order")).json.success, true);
  });

  test("strikes as many requests as times says, to the endpoint on, one fault after the other", async () => {
    const sandbox = createSandbox();
    const status = async (/** @type {keyof typeof paths} */ endpoint) =>
      (await sandbox.fetch(requestTo(endpoint, { headers: { "idempotency-key": "a" } }))).status;
    sandbox.fail("500", { on: "order", times: 2 });
    sandbox.fail("429", { on: "lookup" });
    sandbox.fail("503");
    assert.deepEqual([await status("calculate"), await status("calculate")], [503, 200]);
    assert.deepEqual([await status("lookup"), await status("lookup")], [429, 200]);
    assert.deepEqual([await status("order"), await status("order"), await status("order")], [500, 500, 200]);
  });

  test("a fault from a header comes first, unless it is for another endpoint or used up", async () => {
    const sandbox = createSandbox();
    const status = async (/** @type {string} */ fault) =>
      (await sandbox.fetch(requestTo("order", { headers: { "x-sandbox-fault": fault } }))).status;
    sandbox.fail("500", { times: 2 });
    assert.equal(await status("429; times=1"), 429);
    assert.equal(await status("429; times=1"), 500);
    assert.equal(await status("429; on=calculate"), 500);
    assert.equal(await status("429; times=1"), 200);
  });

  test("a body may be any well-formed text, and %XX is a byte", async () => {
    const sandbox = createSandbox();
    sandbox.fail("reply", { status: 202, body: "€;\n%ff" });
    const response = await sandbox.fetch(requestTo("order"));
    assert.equal(response.status, 202);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.from([0xe2, 0x82, 0xac, 0x3b, 0x0a, 0xff]));
  });

  test("an unknown fault or parameter, or an impossible value, is a TypeError", () => {
    const sandbox = createSandbox();
    const wrong = [
      ["nonsense", {}, /^Unknown fault. The faults are: 429, /],
      ["toString", {}, /^Unknown fault/],
      [undefined, {}, /^Unknown fault/],
      ["500", { time: 2 }, /^Unknown parameter: time=2. The parameters are: on, times, /],
      ["500", { on: "pay" }, /^Parameter with a value that is not allowed: on=pay$/],
      ["500", { on: null }, /not allowed: on=null$/],
      ["500", { times: 1.5 }, /not allowed: times=1.5$/],
      ["500", { times: NaN }, /not allowed/],
      ["500", { times: -1 }, /not allowed/],
      ["500", { processed: { toString: null } }, /not allowed/],
      ["500", { "retry-after": "1\n" }, /not allowed/],
      ["reply", { status: 600 }, /not allowed/],
      ["reply", { type: "a\r\nb: c" }, /not allowed/],
      ["reply", { body: "\ud800" }, /not allowed/],
    ];
    for (const [name, options, message] of wrong) {
      assert.throws(() => sandbox.fail(/** @type {any} */ (name), /** @type {any} */ (options)), {
        name: "TypeError",
        message: /** @type {RegExp} */ (message),
      });
    }
    sandbox.fail("500", { on: undefined, times: undefined, processed: false });
  });

  test("POST /__sandbox/faults does the same, and a reset forgets faults", async () => {
    const sandbox = createSandbox();
    const post = async (/** @type {string} */ body) => {
      const request = new Request("https://sandbox.example/api/__sandbox/faults", { method: "POST", body });
      return sandbox.fetch(request);
    };
    const fault = { fault: "cut-body", on: "order", times: 3, bytes: 7 };
    const response = await post(JSON.stringify(fault));
    assert.deepEqual([response.status, await response.json()], [200, fault]);
    assert.equal((await send(sandbox, "calculate")).json.success, true);
    await assert.rejects(send(sandbox, "order"), TypeError);
    sandbox.reset();
    assert.equal((await send(sandbox, "order")).json.success, true);

    for (const body of [
      "",
      "null",
      "[]",
      '{"fault":["500"]}',
      '{"fault":"500","on":"pay"}',
      '{"fault":"500","time":2}',
    ]) {
      const refused = await post(body);
      assert.equal(refused.status, 400, body);
      assert.match(await refused.text(), /^(Unknown|Parameter)/);
    }
    const other = new Request("https://sandbox.example/__sandbox/faults");
    assert.equal((await sandbox.fetch(other)).status, 405);
  });
});

describe("lookups and prices", () => {
  const keyed = (key = "a") => ({ "idempotency-key": key });

  test("a lookup gets the response to the order, and never books", async () => {
    const sandbox = createSandbox();
    const receipt = await send(sandbox, "order", { headers: keyed() });
    const looked = await send(sandbox, "lookup", { headers: keyed() });
    assert.deepEqual(looked.json, receipt.json);
    assert.equal(looked.headers.get("idempotency-key"), "a");
    assert.deepEqual(
      sandbox.requests.map(({ booked }) => booked),
      [true, false],
    );
  });

  test("a lookup of an order that did not arrive is a failure, and so is that order from then on", async () => {
    const sandbox = createSandbox();
    const looked = await send(sandbox, "lookup", { headers: keyed() });
    assert.equal(looked.status, 200);
    assert.deepEqual(looked.json.error, { code: 404, message: "This order did not arrive. Nothing was bought." });
    assert.equal(looked.json.balance, 7.18);
    for (const endpoint of /** @type {const} */ (["order", "lookup"])) {
      assert.deepEqual((await send(sandbox, endpoint, { headers: keyed() })).json, looked.json);
    }
    assert.equal(sandbox.orders.length, 0);
    assert.equal((await send(sandbox, "order", { headers: keyed("b") })).json.success, true);
  });

  test("other content for a known idempotency key is a failure with code 409", async () => {
    const sandbox = createSandbox();
    const receipt = await send(sandbox, "order", { headers: keyed() });
    for (const endpoint of /** @type {const} */ (["order", "lookup"])) {
      for (const change of [{ quantity: 2 }, { promoCode: "PROMO10" }, { goal: "other" }, { authType: "IP" }]) {
        const other = await send(sandbox, endpoint, { headers: keyed(), body: { ...wanted, ...change } });
        assert.deepEqual([other.status, other.code], [200, 409]);
      }
      const malformed = await send(sandbox, endpoint, { headers: keyed(), body: "{" });
      assert.equal(malformed.code, 409);
      for (const same of [{ promoCode: null }, { promoCode: " " }, { quantity: 1, extra: 1 }]) {
        const body = { ...Object.fromEntries(Object.entries(wanted).reverse()), ...same };
        assert.deepEqual((await send(sandbox, endpoint, { headers: keyed(), body })).json, receipt.json);
      }
    }
    assert.equal(sandbox.orders.length, 1);
  });

  test("Order-Max-Price limits the price of a new booking", async () => {
    const sandbox = createSandbox({ balance: 100 });
    const isp = { ...wanted, proxyType: "ISP", quantity: 6 };
    const withLimit = (/** @type {string} */ price, key = "a") =>
      send(sandbox, "order", { headers: { ...keyed(key), "order-max-price": price }, body: isp });
    const above = await withLimit("15.89");
    assert.equal(above.status, 200);
    assert.deepEqual(above.json.error, { code: 412, message: "The price has changed." });
    // A failure does not use the idempotency key up, and 2.65 * 6 is a little less than 15.9.
    const receipt = await withLimit(String(2.65 * 6));
    assert.equal(receipt.json.success, true);
    assert.deepEqual((await withLimit("0")).json, receipt.json);
    for (const price of ["15.90", "1e+21"]) {
      assert.equal((await withLimit(price, price)).json.success, true, price);
    }
    assert.equal((await withLimit("1e-7", "tiny")).code, 412);
  });

  test("a malformed header, or a lookup without an idempotency key, has status 400", async () => {
    const sandbox = createSandbox();
    const bad = [
      ...["é", "x".repeat(256), "a\tb"].map((key) => keyed(key)),
      ...["", "free", "-1", "NaN", "Infinity", "1e+999", "1e3", "1,5", ".5", "0x1"].map((price) => ({
        ...keyed(),
        "order-max-price": price,
      })),
    ];
    for (const headers of bad) {
      const { status, code, headers: sent } = await send(sandbox, "order", { headers });
      assert.deepEqual([status, code], [400, 400], JSON.stringify(headers));
      assert.equal(sent.get("idempotency-key"), headers["idempotency-key"] === "a" ? "a" : null);
    }
    for (const headers of [{}, keyed(""), keyed("é")]) {
      assert.equal((await send(sandbox, "lookup", { headers })).status, 400);
    }
    assert.equal(sandbox.orders.length, 0);
  });

  test("responses to orders and lookups carry the idempotency key, faults too", async () => {
    const sandbox = createSandbox();
    const carried = async (/** @type {Parameters<typeof requestTo>} */ ...call) =>
      (await sandbox.fetch(requestTo(...call))).headers.get("idempotency-key");
    const headers = keyed("k ~");
    for (const endpoint of /** @type {const} */ (["order", "lookup"])) {
      assert.equal(await carried(endpoint, { headers }), "k ~");
      assert.equal(await carried(endpoint, { headers: { ...headers, "x-sandbox-fault": "503; processed" } }), "k ~");
      assert.equal(await carried(endpoint, { headers, apiKey: "wrong" }), null);
    }
    assert.equal(await carried("calculate", { headers }), null);
    assert.equal(await carried("order"), null);
  });

  test("Order-Customer is ignored", async () => {
    const sandbox = createSandbox();
    const headers = { ...keyed(), "order-customer": "%zz" };
    assert.equal((await send(sandbox, "calculate", { headers })).json.success, true);
    assert.equal((await send(sandbox, "order", { headers })).json.success, true);
  });

  test("with ignoreKeys, idempotency keys, Order-Max-Price and lookups have no effect", async () => {
    const sandbox = createSandbox({ ignoreKeys: true });
    for (const headers of [
      { ...keyed(), "order-max-price": "0.01" },
      { ...keyed("é"), "order-max-price": "free" },
    ]) {
      const receipt = await send(sandbox, "order", { headers });
      assert.deepEqual([receipt.json.success, receipt.headers.get("idempotency-key")], [true, null]);
    }
    const looked = await sandbox.fetch(requestTo("lookup", { headers: keyed() }));
    assert.deepEqual([looked.status, looked.headers.get("idempotency-key")], [404, null]);
    assert.equal(sandbox.orders.length, 2);
  });
});
