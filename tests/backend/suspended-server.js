// @ts-check
// A server of suspended.test.js: a backend that sells. At the moment that it is started with, it tells its parent, which
// may suspend it, or it blocks its own event loop.

import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createRequestListener } from "@remix-run/node-fetch-server";
import { createBackend, memoryBookings } from "proxy-orders/backend";

const { API_URL = "", API_KEY = "", MOMENT = "", BLOCK_MS } = process.env;
const bookings = memoryBookings();
let paid = 0;
let isFirst = true;

/** @param {string} moment */
async function reached(moment) {
  if (moment !== MOMENT || !isFirst) return;
  isFirst = false;
  if (BLOCK_MS) return void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(BLOCK_MS));
  process.send?.("reached");
  // The parent suspends the process meanwhile.
  await delay(1_000);
}

const backend = createBackend({
  baseUrl: API_URL,
  apiKey: API_KEY,
  user: async () => (await reached("user"), "anna"),
  permit: async () => (await reached("permit"), /** @type {const} */ (true)),
  balance: async () => (await reached("balance"), 5),
  bookings: {
    ...bookings,
    async claim(name, content) {
      await reached("before the claim");
      const claim = await bookings.claim(name, content);
      await reached("after the claim");
      return claim;
    },
  },
  sales: {
    price: async () => (await reached("price"), 2),
    async charge({ price }) {
      paid += price;
      await reached("charge");
      return /** @type {const} */ (true);
    },
    refund: () => void (paid = 0),
  },
  onError: () => {},
});

const listener = createRequestListener((request) =>
  request.url.endsWith("/paid") ? Response.json(paid) : backend(request),
);
const server = createServer(listener);
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
