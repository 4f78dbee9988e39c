// @ts-check
// The sandbox in the page: no server, and the same faults.
import { endsOfFaults, expectedEnds } from "../support/faults.js";
import { assert, equal, importPackage, minimal } from "./support.js";

/** @typedef {import("./support.js").Test} Test */

/** @param {Test} test */
export async function aFaultOfEachKindEndsAnOrderAsOverHttp({ pkg, url }) {
  const { createSandbox } = await importPackage(`${url}/dist/sandbox.js`);
  equal(await endsOfFaults({ order: pkg.order, createSandbox }), expectedEnds, "how the orders ended");
}

/** @param {Test} test */
export async function aPageOrdersWithoutAServer({ pkg, url }) {
  const { createSandbox } = await importPackage(`${url}/dist/sandbox.js`);
  const sandbox = createSandbox({ apiKey: "self" });
  const api = { baseUrl: "/api", fetch: sandbox.fetch };
  const { price } = await pkg.calculate(minimal.calculate.IPv4, api);
  const receipt = await pkg.order(minimal.order.IPv4, { ...api, maxPrice: price });
  const [booked, ...others] = sandbox.orders;
  equal(others, [], "other orders");
  equal(receipt.orderNumber, booked.orderNumber, "the order number");
  // A page's own origin is a backend, so the order has an idempotency key.
  assert(booked.idempotencyKey, "the order has an idempotency key");
}
