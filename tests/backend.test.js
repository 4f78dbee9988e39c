// @ts-check
// The backend that the README shows: orders go through it to the sandbox.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { calculate, order } from "proxy-orders";
import { createSandbox } from "proxy-orders/sandbox";

/** @import { OrderOptions, OrderRequest } from "proxy-orders" */

const key = "K3y/of the shop";
const tokens = { "token-of-anna": "anna", "token-of-ben": "ben" };
const wanted = /** @type {OrderRequest} */ ({
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
});

const sandbox = createSandbox({ apiKey: key, balance: 100 });
/** What the API does wrong. */
let fault = "";
const api = createServer((request, response) => {
  if (fault) request.headers["x-sandbox-fault"] = fault;
  sandbox.handler(request, response);
});
let upstream = "";
let baseUrl = "";
/** Everything that the backend ever said. */
let said = "";
/** @type {import("node:child_process").ChildProcess[]} */
const children = [];

/** @param {string} apiKey */
function spawnBackend(apiKey) {
  const path = fileURLToPath(new URL("backend/server.js", import.meta.url));
  const env = { ...process.env, PORT: "0", API_KEY: apiKey, TOKENS: JSON.stringify(tokens), UPSTREAM: upstream };
  const child = spawn(process.execPath, [path], { env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  return child;
}

/**
 * Starts a backend, and gives the URL for its pages.
 * @param {string} apiKey
 */
async function startBackend(apiKey) {
  const child = spawnBackend(apiKey);
  const ended = once(child, "exit").then(() => assert.fail(`The backend did not start: ${said}`));
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  ended.catch(() => {});
  return `${line}/api`;
}

/** @param {Request} request */
async function listen(request) {
  const response = await fetch(request);
  said += `${JSON.stringify([...response.headers])}${await response.clone().text()}\n`;
  return response;
}

/**
 * What a page gives to the package.
 * @param {string} idempotencyKey
 * @param {string} [token]
 * @returns {OrderOptions}
 */
function asPage(idempotencyKey, token = "token-of-anna") {
  return { baseUrl, apiKey: "self", headers: { authorization: `Bearer ${token}` }, idempotencyKey, fetch: listen };
}

const sentOrders = () => sandbox.requests.filter(({ path }) => !path.includes("/calculate/")).length;

before(async () => {
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  upstream = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (api.address()).port}`;
  baseUrl = await startBackend(key);
});

beforeEach(() => {
  sandbox.reset();
  fault = "";
});

after(() => {
  for (const child of children) child.kill();
  api.closeAllConnections();
  api.close();
});

test("prices and places an order with the real key", async () => {
  const page = asPage("first");
  const quote = await calculate(wanted, page);
  assert.ok(quote.success);
  const receipt = await order(wanted, { ...page, maxPrice: quote.price });
  assert.ok(receipt.success);
  assert.equal(sandbox.orders[0]?.orderNumber, receipt.orderNumber);
  assert.equal(sandbox.requests.at(-1)?.path, `/client/api/v1/${encodeURIComponent(key)}/order`);
});

test("books an Idempotency-Key once", async () => {
  const first = await order(wanted, asPage("once"));
  assert.ok(first.success);
  assert.deepEqual(await order(wanted, asPage("once")), first);
  assert.equal(sentOrders(), 1);
});

test("lets simultaneous repeats wait for the one reply", async () => {
  fault = "slow; ms=100; on=order";
  const repeats = Array.from({ length: 5 }, () => order(wanted, { ...asPage("together"), allowDuplicate: true }));
  const numbers = (await Promise.all(repeats)).map((receipt) => receipt.success && receipt.orderNumber);
  assert.deepEqual(numbers, Array(5).fill(sandbox.orders[0]?.orderNumber));
  assert.equal(sentOrders(), 1);
});

test("keeps the keys of its users apart", async () => {
  const orders = ["token-of-anna", "token-of-ben"].map((token) =>
    order(wanted, { ...asPage("shared", token), allowDuplicate: true }),
  );
  for (const receipt of await Promise.all(orders)) assert.ok(receipt.success);
  assert.equal(sandbox.orders.length, 2);
});

test("refuses another order under the same key", async () => {
  assert.ok((await order(wanted, asPage("other"))).success);
  const refused = await order({ ...wanted, quantity: 2 }, asPage("other"));
  assert.equal(refused.error?.code, 409);
  assert.equal(sandbox.orders.length, 1);
});

test("refuses an order without a key", async () => {
  const { idempotencyKey, ...page } = asPage("");
  assert.equal((await order(wanted, page)).error?.code, 400);
  assert.equal(sandbox.requests.length, 0);
});

test("refuses whoever it does not know", async () => {
  assert.equal((await order(wanted, asPage("stranger", "token-of-eve"))).error?.code, 401);
  assert.equal((await calculate(wanted, asPage("stranger", "token-of-eve"))).error?.code, 401);
  assert.equal((await order(wanted, { ...asPage("stranger"), headers: {} })).error?.code, 401);
  assert.equal(sandbox.requests.length, 0);
});

test("refuses what is not offered", async () => {
  const tooMany = { ...wanted, quantity: 6 };
  const tooLong = { ...wanted, rentPeriodDays: 360 };
  const mobile = { ...wanted, proxyType: "MOBILE", rotationTime: 5, mobileOperator: "verizon" };
  for (const request of /** @type {OrderRequest[]} */ ([tooMany, tooLong, mobile])) {
    assert.equal((await order(request, asPage("forbidden"))).error?.code, 403);
    assert.equal((await calculate(request, asPage("forbidden"))).error?.code, 403);
  }
  assert.equal(sandbox.requests.length, 0);
});

test("refuses what costs too much, or what the API warns of, without ordering it", async () => {
  const dear = await order({ ...wanted, proxyType: "ISP", quantity: 5, rentPeriodDays: 90 }, asPage("dear"));
  assert.deepEqual(dear.error, { code: 403, message: "This costs too much." });
  const goal = await order({ ...wanted, goal: "forbidden" }, asPage("goal"));
  assert.deepEqual(goal.error, { code: 14, message: "Incorrect goal" });
  const country = await order({ ...wanted, proxyType: "ISP", country: "ATA" }, asPage("country"));
  assert.deepEqual(country.error, { code: 24, message: "Incorrect ip addresses" });
  assert.equal(sentOrders(), 0);
});

test("answers what is no request", async () => {
  const headers = { authorization: "Bearer token-of-anna", "idempotency-key": "raw" };
  const url = `${baseUrl}/client/api/v1/self/order`;
  for (const body of ["", "{", "null", "[]", '{"proxyType":"IPv4"}', `"${"x".repeat(100_000)}"`]) {
    const response = await listen(new Request(url, { method: "POST", headers, body }));
    assert.equal(response.status, 422);
    assert.equal((await response.json()).success, false);
  }
  assert.equal((await listen(new Request(url, { headers }))).status, 404);
  assert.equal(
    (await listen(new Request(`${baseUrl}/client/api/v1/a/b/order`, { method: "POST", headers }))).status,
    404,
  );
  assert.equal(sandbox.requests.length, 0);
});

test("never forwards an order again that may have been placed", async () => {
  fault = "cut-after; on=order";
  const lost = { code: "http", status: 502, outcome: "unknown", idempotencyKey: "lost", body: '{"outcome":"unknown"}' };
  await assert.rejects(order(wanted, asPage("lost")), lost);
  fault = "";
  await assert.rejects(order(wanted, asPage("lost")), lost);
  assert.equal(sandbox.orders.length, 1);
  assert.equal(sentOrders(), 1);
});

test("lets a key be used again when nothing was ordered", async () => {
  fault = "503; on=calculate";
  assert.equal((await order(wanted, asPage("again"))).error?.code, 503);
  fault = "refusal-400; on=order";
  assert.equal((await order(wanted, asPage("again"))).error?.code, 14);
  fault = "";
  assert.ok((await order(wanted, asPage("again"))).success);
  assert.equal(sandbox.orders.length, 1);
});

test("lets the page try a price again", async () => {
  fault = "500; times=1; id=price";
  assert.ok((await calculate(wanted, asPage(""))).success);
  assert.equal(sandbox.requests.length, 2);
});

test("passes a wrong key on as a refusal", async () => {
  const refused = await order(wanted, { ...asPage("wrong-key"), baseUrl: await startBackend("wrong") });
  assert.equal(refused.error?.code, 2);
});

test("does not start without a key", async () => {
  assert.deepEqual(await once(spawnBackend(""), "exit"), [1, null]);
});

test("never says its key, nor a token", () => {
  assert.match(said, /NUMBER-/);
  for (const secret of [key, encodeURIComponent(key), ...Object.keys(tokens)]) assert.ok(!said.includes(secret));
});
