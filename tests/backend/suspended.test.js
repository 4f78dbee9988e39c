// @ts-check
// A process that stands still for longer than an order may wait: suspended as a whole, or with a blocked event loop.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { apiKey, startApi, wanted } from "./support.js";

/** Longer than the 20 seconds in which an order may be sent, and shorter than the 30 that its page waits. */
const STANDSTILL_MS = 22_000;
const ALL = ["user", "before the claim", "after the claim", "permit", "price", "charge", "balance"];
const MOMENTS = process.env.SOAK ? ALL : ["charge"];

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
before(async () => (api = await startApi()));
after(() => api.close());

/** Starts a server that stands still at a moment. @param {Record<string, string>} variables */
async function startServer(variables) {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  Object.assign(env, { API_URL: api.url, API_KEY: apiKey, ...variables });
  const child = fork(fileURLToPath(new URL("suspended-server.js", import.meta.url)), { execArgv: [], env });
  const [{ port }] = await once(child, "message");
  const url = `http://127.0.0.1:${port}`;
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "key-1" },
    body: JSON.stringify(wanted),
  };
  return {
    child,
    order: async (endpoint = "order") => (await fetch(`${url}/client/api/v1/self/${endpoint}`, init)).json(),
    paid: async () => (await fetch(`${url}/paid`)).json(),
  };
}

/** Nothing is ordered, nothing is paid, and nobody has to decide. @param {Awaited<ReturnType<typeof startServer>>} server @param {any} json */
async function assertNotOrdered({ order, paid, child }, json) {
  // Which of two timers fires first after a standstill is up to the engine: a step may count as one that took too long.
  assert.match(String(json.error.code), /^50[34]$/);
  const { error } = await order("order/lookup");
  assert.match(error.message, /^(Nothing was ordered|This order did not arrive)/);
  assert.equal(await paid(), 0);
  assert.equal(api.orders().length, 0);
  child.kill();
}

describe("nothing is sent", { concurrency: true, timeout: 60_000 }, () => {
  for (const moment of MOMENTS) {
    test(`by a process that was suspended at this moment: ${moment}`, async () => {
      const server = await startServer({ MOMENT: moment });
      const response = server.order();
      await once(server.child, "message");
      server.child.kill("SIGSTOP");
      await delay(STANDSTILL_MS);
      server.child.kill("SIGCONT");
      await assertNotOrdered(server, await response);
    });
  }

  test("by a process whose event loop was blocked", async () => {
    const server = await startServer({ MOMENT: "permit", BLOCK_MS: String(STANDSTILL_MS) });
    await assertNotOrdered(server, await server.order());
  });
});
