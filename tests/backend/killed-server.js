// @ts-check
// A server of kill.test.js, for Node 24: a backend over a SQLite file, which tells its parent when an order has reached
// a moment at which it may be killed, and waits to be told to go on.

import { createServer } from "node:http";
import { createRequestListener } from "@remix-run/node-fetch-server";
import { createBackend } from "proxy-orders/backend";
// @ts-expect-error: it stands in the documentation, and is put beside this file.
import { sqliteBookings } from "./sqlite-bookings.js";

const { FILE = "", API_URL = "", API_KEY = "", PORT = "0", AGING = "1" } = process.env;
const table = sqliteBookings(FILE);
let last = 0;

/** @type {Map<number, (answer: { fault: string }) => void>} */
const held = new Map();
process.on("message", (/** @type {any} */ answer) => held.get(answer.id)?.(answer));

/** @param {string} moment @param {string} order its name or its body @returns {Promise<{ fault: string }>} */
function reached(moment, order) {
  const id = (last += 1);
  process.send?.({ id, moment, order });
  return new Promise((resolve) => held.set(id, resolve));
}

const bookings = {
  /** @param {string} name @param {string} content */
  async claim(name, content) {
    const claim = await table.claim(name, content);
    if (claim.state === "new") await reached("after claim", content);
    if (claim.state !== "open") return claim;
    await reached("while a repeat waits", content);
    // The clock of this store runs fast, so that nobody waits 25 seconds for a doubt.
    return { ...claim, ageMs: claim.ageMs * Number(AGING) };
  },
  /** @param {string} name @param {{ status: number, body: string }} reply */
  async settle(name, reply) {
    await reached("before settle", name);
    await table.settle(name, reply);
  },
};

const forward = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const request = /** @type {Request} */ (args[0]);
  const content = await request.clone().text();
  const { fault } = await reached("before forward", content);
  if (fault) request.headers.set("x-sandbox-fault", fault);
  const response = await forward(request).catch((error) => error);
  await reached("after forward", content);
  if (response instanceof Error) throw response;
  return response;
};

const backend = createBackend({
  baseUrl: API_URL,
  apiKey: API_KEY,
  user: (request) => request.headers.get("x-user"),
  balance: "account",
  bookings,
  onError: () => {},
});
const server = createServer(createRequestListener((request) => backend(request)));
server.listen(Number(PORT), "127.0.0.1", () => process.send?.("listening"));
