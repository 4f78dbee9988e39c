// @ts-check
// A server has no origin of its own, and orders for many customers.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { order } from "proxy-orders";

const wanted = /** @type {const} */ ({
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
});
const receipt = {
  success: true,
  proxyType: "IPv4",
  orderNumber: "NUMBER-112233",
  balance: 4.57,
  currency: "USD",
  promoCodeStatus: null,
  error: null,
};

const offline = async () => {
  throw new TypeError("fetch failed");
};
const online = async () => Response.json(receipt);

let site = 0;

/** Leaves an order unresolved, and returns its options. @param {{ idempotencyKey?: string }} more */
async function leaveUnresolved(more) {
  site += 1;
  const options = { baseUrl: `https://api${site}.example`, apiKey: "demo-api-key", ...more };
  await assert.rejects(order(wanted, { ...options, fetch: offline }), { code: "network", outcome: "unknown" });
  return options;
}

describe("orders of a server", () => {
  it("differ by idempotency key", async () => {
    const options = await leaveUnresolved({ idempotencyKey: "alice-1" });
    assert.deepEqual(await order(wanted, { ...options, idempotencyKey: "bob-1", fetch: online }), receipt);
    const { idempotencyKey, ...withoutKey } = options;
    assert.deepEqual(await order(wanted, { ...withoutKey, fetch: online }), receipt);
  });

  it("are not repeats just because they have the same idempotency key", async () => {
    const options = await leaveUnresolved({ idempotencyKey: "alice-1" });
    const again = order(wanted, { ...options, fetch: online });
    await assert.rejects(again, { code: "unresolved_order", outcome: "unknown", idempotencyKey: "alice-1" });
  });

  it("are repeats with repeat: true", async () => {
    const options = await leaveUnresolved({ idempotencyKey: "alice-1" });
    const again = order(wanted, { ...options, repeat: true, fetch: offline });
    await assert.rejects(again, { code: "network", outcome: "unknown", idempotencyKey: "alice-1" });
    assert.deepEqual(await order(wanted, { ...options, repeat: true, fetch: online }), receipt);
    assert.deepEqual(await order(wanted, { ...options, fetch: online }), receipt);
  });

  it("are unresolved without an idempotency key", async () => {
    const options = await leaveUnresolved({});
    const again = order(wanted, { ...options, fetch: online });
    await assert.rejects(again, (/** @type {any} */ error) => {
      assert.deepEqual([error.code, error.outcome, "idempotencyKey" in error], ["unresolved_order", "unknown", false]);
      return true;
    });
  });
});

it("a path as baseUrl is an issue that says that there is no page", async () => {
  await assert.rejects(order(wanted, { baseUrl: "/api" }), (/** @type {any} */ error) => {
    const messages = error.issues.map((/** @type {any} */ { message }) => message);
    assert.deepEqual(messages, ["baseUrl must be an https address here: without a page, a path has no origin."]);
    return true;
  });
});

it("nothing is placed without a global fetch", async () => {
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, "fetch");
  try {
    const call = order(wanted, { baseUrl: "https://api.example", apiKey: "demo-api-key" });
    await assert.rejects(call, { code: "network", outcome: "not_placed" });
  } finally {
    globalThis.fetch = fetch;
  }
});
