// @ts-check
// The page's side, in Chromium through the backend: whatever is lost between the two, no page is told "not placed" about an
// order that was booked, and each order is booked once.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { memoryBookings } from "proxy-orders/backend";
import { packedPackage } from "../../.build/pack.js";
import { filesOf, listen } from "../../.build/serve.js";
import { serveHttp } from "../../dist/faults.js";
import { createFaults } from "../../www/inject.js";
import { launchChromium } from "../support/browser.js";
import { startApi, startBackend, wanted } from "./support.js";

/** @import { BackendOptions, Bookings } from "proxy-orders/backend" */
/** @import { Page } from "playwright-core" */

/** @typedef {"placed" | "not placed" | "unknown"} Told */

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("playwright-core").BrowserContext} */
let context;
/** @type {Awaited<ReturnType<typeof listen>>} */
let server;
/** @type {import("proxy-orders/backend").Backend} */
let backend;
/** What goes wrong between the page and the backend. */
let fault = "";
/** Whether connections are used again; then Chromium repeats a request that is cut. */
let keepAlive = false;
let isSignedIn = true;
let isStoreDown = false;
/** The orders that arrived at the backend. */
let arrived = 0;
const counts = { cases: 0, attempts: 0, arrived: 0, booked: 0 };
/** What the pages of a test were told. @type {Told[]} */
let told = [];

/** @param {Partial<BackendOptions>} [options] */
function shopWith(options) {
  const user = () => (isSignedIn ? "anna" : null);
  ({ backend } = startBackend(api, { user, bookings: memoryBookings(), ...options }));
}

before(async () => {
  api = await startApi({ balance: 3 });
  const { folder } = await packedPackage();
  const servePackage = filesOf(folder);
  const withFaults = createFaults();
  server = await listen(async (request, response) => {
    const path = request.url ?? "";
    if (!path.startsWith("/api/")) {
      if (path.startsWith("/dist/")) return servePackage(request, response, path);
      return response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    }
    if (!keepAlive) response.setHeader("connection", "close");
    if (!path.endsWith("/calculate/order")) arrived += 1;
    if (fault) request.headers["x-sandbox-fault"] = fault;
    return serveHttp(request, response, (call) => withFaults(call, backend));
  });
  browser = await launchChromium();
});

beforeEach(async () => {
  api.sandbox.reset();
  [api.fault, fault, keepAlive, isSignedIn, isStoreDown, arrived, told] = ["", "", false, true, false, 0, []];
  shopWith();
  context = await browser.newContext();
});

afterEach(async () => {
  await context.close();
  const booked = api.sandbox.orders.length;
  assert.ok(booked <= 1, "booked once");
  if (booked > 0) assert.ok(!told.includes("not placed"), "no page was told a falsehood");
  if (told.includes("placed")) assert.equal(booked, 1);
  counts.cases += 1;
  counts.attempts += told.length;
  counts.arrived += arrived;
  counts.booked += booked;
});

after(async () => {
  console.log(
    `${counts.cases} cases: ${counts.attempts} attempts of pages, ${counts.arrived} orders arrived at the backend, ` +
      `${counts.booked} booked, none twice, and no page was told "not placed" of one`,
  );
  await browser.close();
  await server.close();
  await api.close();
});

async function openTab() {
  const tab = await context.newPage();
  await tab.goto(server.url);
  return tab;
}

/**
 * Orders on a page, and returns what the page is told.
 * @param {Page} tab
 * @param {object} [how]
 * @param {object} [how.request]
 * @param {Partial<import("proxy-orders").OrderOptions>} [how.options]
 */
async function attempt(tab, { request = wanted, options } = {}) {
  const repeat = told.length > 0 && { repeat: true };
  const { receipt, error } = await tab.evaluate(
    async ({ request, options }) => {
      const { order } = await import(/** @type {string} */ ("/dist/index.js"));
      try {
        return { receipt: await order(request, { baseUrl: "/api", idempotencyKey: "key-1", ...options }) };
      } catch (error) {
        return { error: { outcome: /** @type {any} */ (error).outcome } };
      }
    },
    { request, options: { ...repeat, ...options } },
  );
  /** @type {Told} */
  let now = "placed";
  if (error) now = error.outcome === "unknown" ? "unknown" : "not placed";
  else if (receipt.success) assert.equal(receipt.orderNumber, api.sandbox.orders[0]?.orderNumber);
  else now = "not placed";
  told.push(now);
  return now;
}

for (const lost of [
  "cut-after",
  "cut-body",
  "stall-body",
  "empty",
  "truncated",
  "html-502; processed",
  "503; processed",
]) {
  test(`a lost response: ${lost}`, async () => {
    const tab = await openTab();
    fault = lost;
    assert.equal(await attempt(tab, { options: { timeoutMs: 2_000 } }), "unknown");
    fault = "";
    assert.equal(await attempt(tab), "placed");
    assert.equal(api.orders().length, 1);
  });
}

test("an order that never arrives", async () => {
  const tab = await openTab();
  fault = "cut-before";
  assert.equal(await attempt(tab), "unknown");
  assert.equal(api.sandbox.orders.length, 0);
  fault = "";
  assert.equal(await attempt(tab), "placed");
});

describe("an order that Chromium sends again by itself", () => {
  /** Orders over a connection that was used before. @param {Page} tab */
  async function attemptAgain(tab) {
    keepAlive = true;
    await tab.evaluate(() => fetch("/api/client/api/v1/self/order", { method: "POST" }));
    const before = arrived;
    fault = `cut-after; times=1; id=again-${counts.cases}`;
    const now = await attempt(tab);
    assert.equal(arrived - before, 2);
    assert.equal(api.orders().length, 1);
    [fault, keepAlive] = ["", false];
    return now;
  }

  test("is booked once", async () => {
    assert.equal(await attemptAgain(await openTab()), "placed");
  });

  // The first copy was booked, and the second meets something that has changed meanwhile.
  /** @type {[what: string, spoil: (isSpoiled: boolean) => unknown][]} */
  const changes = [
    ["a session that has ended", (isSpoiled) => (isSignedIn = !isSpoiled)],
    ["a store that throws", (isSpoiled) => (isStoreDown = isSpoiled)],
  ];
  for (const [what, spoil] of changes) {
    test(`and whose second copy meets ${what}`, async () => {
      const bookings = memoryBookings();
      shopWith({
        bookings: {
          ...bookings,
          claim: (...args) => (isStoreDown ? Promise.reject(new Error("The store is down.")) : bookings.claim(...args)),
          settle: async (...args) => {
            const isStored = await bookings.settle(...args);
            spoil(true);
            return isStored;
          },
        },
      });
      const tab = await openTab();
      assert.equal(await attemptAgain(tab), "unknown");
      assert.equal(api.sandbox.orders.length, 1);
      spoil(false);
      assert.equal(await attempt(tab), "placed");
    });
  }
});

test("a session that ends before the repeat", async () => {
  const tab = await openTab();
  fault = "cut-after";
  assert.equal(await attempt(tab), "unknown");
  fault = "";
  isSignedIn = false;
  assert.equal(await attempt(tab), "unknown");
  isSignedIn = true;
  assert.equal(await attempt(tab), "placed");
});

test("a permit that says one a day", async () => {
  const ordered = new Set();
  shopWith({
    permit: ({ user, endpoint }) =>
      endpoint === "calculate" ||
      ordered.size < ordered.add(user).size ||
      "One order a day. Please come back tomorrow.",
  });
  const tab = await openTab();
  fault = "cut-after";
  assert.equal(await attempt(tab), "unknown");
  fault = "";
  assert.equal(await attempt(tab), "placed");
});

test("a balance that the first order has spent", async () => {
  shopWith({ maxPrice: 2.7 });
  const tab = await openTab();
  const dear = { request: { ...wanted, quantity: 2 }, options: { maxPrice: 2.7 } };
  fault = "cut-after; on=order";
  assert.equal(await attempt(tab, dear), "unknown");
  assert.equal(api.sandbox.balance, 0.38);
  fault = "";
  assert.equal(await attempt(tab, dear), "placed");
});

test("a tab that is closed while the API takes its time", async () => {
  const tab = await openTab();
  api.fault = "slow; ms=500; on=order";
  const closed = attempt(tab).catch(() => {});
  while (arrived === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await tab.close();
  await closed;
  assert.equal(await attempt(await openTab()), "placed");
  assert.equal(api.orders().length, 1);
});

test("a tab that is closed, and a session that has ended", async () => {
  const tab = await openTab();
  fault = "cut-after";
  assert.equal(await attempt(tab), "unknown");
  await tab.close();
  fault = "";
  isSignedIn = false;
  const next = await openTab();
  assert.equal(await attempt(next), "unknown");
  isSignedIn = true;
  assert.equal(await attempt(next), "placed");
});

for (const lost of ["cut-after", "cut-before", "empty", "500"]) {
  test(`an API whose answer is lost, until a person decides: ${lost}`, async () => {
    const bookings = memoryBookings();
    const claim = /** @type {Bookings["claim"]} */ (
      async (...args) => {
        const claim = await bookings.claim(...args);
        // Its clock runs fast, so that nobody waits.
        return claim.state === "open" ? { ...claim, ageMs: 25_000 } : claim;
      }
    );
    const open = async () => (await bookings.open()).map((booking) => ({ ...booking, ageMs: 600_000 }));
    shopWith({ bookings: { ...bookings, claim, open } });
    const tab = await openTab();
    api.fault = `${lost}; on=order`;
    assert.equal(await attempt(tab), "unknown");
    api.fault = "";
    assert.equal(await attempt(tab), "unknown");
    assert.equal(await attempt(await openTab()), "unknown");
    assert.equal(api.orders().length, 1);
    const [order] = api.sandbox.orders;
    const [{ name = "" } = {}] = await backend.openOrders();
    const decision = order && { placed: /** @type {const} */ (true), orderNumber: order.orderNumber };
    assert.equal(await backend.resolve(name, decision ?? { placed: false }), true);
    assert.equal(await attempt(tab), order ? "placed" : "not placed");
  });
}
