// @ts-check
// Many requests at once, and very many one after another.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pageRequest, startApi, startBackend, stubApi, wanted } from "./support.js";

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
before(async () => (api = await startApi({ balance: 1e6 })));
beforeEach(() => api.sandbox.reset());
after(() => api.close());

/** How many responses have each status. @param {Response[]} responses */
function statuses(responses) {
  /** @type {Record<number, number>} */
  const counts = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test("1 000 calculations at once", { timeout: 60_000 }, async () => {
  const { backend, errors } = startBackend(api);
  const requests = Array.from({ length: 1_000 }, () => backend(pageRequest({ endpoint: "calculate/order" })));
  const counts = statuses(await Promise.all(requests));
  console.log(`1 000 calculations at once: ${JSON.stringify(counts)}, ${api.sandbox.requests.length} sent to the API`);
  assert.deepEqual(counts, { 200: 1_000 });
  assert.equal(api.sandbox.requests.length, 1_000);
  assert.deepEqual(errors, []);
});

test("1 000 orders at once, with 100 keys", { timeout: 60_000 }, async () => {
  const { backend, errors } = startBackend(api);
  const requests = Array.from({ length: 1_000 }, (_, place) =>
    backend(pageRequest({ headers: { "idempotency-key": `key-${place % 100}` } })),
  );
  const counts = statuses(await Promise.all(requests));
  console.log(`1 000 orders at once, with 100 keys: ${JSON.stringify(counts)}, ${api.sandbox.orders.length} booked`);
  assert.deepEqual(counts, { 200: 1_000 });
  assert.equal(api.sandbox.orders.length, 100);
  assert.equal(api.orders().length, 100);
  assert.deepEqual(errors, []);
});

test("memory is flat over 100 000 requests", { timeout: 600_000 }, async (context) => {
  // A table that grows is not the backend's memory.
  const bookings = { claim: async () => /** @type {const} */ ({ state: "new" }), settle: async () => true };
  const { backend, errors } = startBackend(stubApi(context), { bookings });
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  /** @type {number[]} megabytes after each 20 000 requests */
  const heap = [];
  for (let count = 1; count <= 100_000; count += 1) {
    // A calculation, an order, an invalid request, and one of nobody.
    const changes = [
      { endpoint: "calculate/order" },
      { headers: { "idempotency-key": `key-${count}` } },
      { body: { ...wanted, quantity: 0 } },
      { headers: { "x-user": null } },
    ][count % 4];
    const response = await backend(pageRequest(changes));
    await response.text();
    assert.equal(response.status, [200, 200, 400, 401][count % 4]);
    // The engine finalizes objects between tasks.
    if (count % 100 === 0) await tick();
    if (count % 20_000 > 0) continue;
    collect();
    await tick();
    collect();
    heap.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
  console.log(`100 000 requests: heap of ${heap.map((megabytes) => megabytes.toFixed(1)).join(", ")} MB on the way`);
  assert.deepEqual(errors, []);
  assert.ok(Math.abs(Number(heap[4]) - Number(heap[1])) < 3, heap.join());
});
