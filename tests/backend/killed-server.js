// @ts-check
// A server of kill.test.js, for Node 24: a backend that sells, over a SQLite file or a PostgreSQL database. It tells its
// parent when an order has reached a moment at which it may be killed, and waits until it may go on.

import { createServer } from "node:http";
import { createRequestListener } from "@remix-run/node-fetch-server";
import { createBackend } from "proxy-orders/backend";

const { BOOKINGS, API_URL = "", API_KEY = "", PORT = "0", AGING = "1", PRICE = "" } = process.env;

/** Loads a module of the documentation, which is put beside this file. @param {string} name @returns {Promise<any>} */
const load = (name) => import(`./${name}.js`);

/** Connects to the file `BOOKINGS`, or without one to the PostgreSQL database `DATABASE_URL`. */
async function connect() {
  if (BOOKINGS) {
    const { bookings } = await load("sqlite-bookings");
    return { table: bookings, accounts: (await load("sqlite-accounts")).sqliteAccounts(BOOKINGS) };
  }
  const { bookings, pool } = await load("postgres-bookings");
  return { table: bookings, accounts: (await load("postgres-accounts")).postgresAccounts(pool) };
}

const { table, accounts } = await connect();
let last = 0;

/** @type {Map<number, (answer: { fault: string }) => void>} */
const held = new Map();

/** @param {string} moment @param {string} order its name or its body @returns {Promise<{ fault: string }>} */
function reached(moment, order) {
  const id = (last += 1);
  process.send?.({ id, moment, order });
  return new Promise((resolve) => held.set(id, resolve));
}

const send = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const request = /** @type {Request} */ (args[0]);
  if (request.url.endsWith("/calculate/order")) return send(request);
  const content = await request.clone().text();
  const { fault } = await reached("before send", content);
  if (fault) request.headers.set("x-sandbox-fault", fault);
  const response = await send(request).catch((error) => error);
  await reached("after send", content);
  if (response instanceof Error) throw response;
  return response;
};

const backend = createBackend({
  baseUrl: API_URL,
  apiKey: API_KEY,
  user: (request) => request.headers.get("x-user"),
  balance: accounts.credit,
  sales: {
    price: () => Number(PRICE),
    async charge(sale) {
      const result = await accounts.charge(sale);
      await reached("after charge", sale.name);
      return result;
    },
    refund: accounts.refund,
  },
  bookings: {
    async claim(name, content) {
      const claim = await table.claim(name, content);
      if (claim.state === "new") await reached("after claim", content);
      if (claim.state !== "open") return claim;
      await reached("while a repeat waits", content);
      // The clock of this store runs fast, so that nobody waits 25 seconds for an order that a kill left open.
      return { ...claim, ageMs: claim.ageMs * Number(AGING) };
    },
    async settle(name, response) {
      await reached("before settle", name);
      return table.settle(name, response);
    },
    // Only the operator calls this, when all is over.
    open: async () => (await table.open()).map((/** @type {object} */ booking) => ({ ...booking, ageMs: 600_000 })),
  },
  onError: () => {},
});

/** What the operator does: looks each open order up in the API's books. @param {Record<string, string>} booked */
async function decide(booked) {
  const open = await backend.openOrders();
  for (const { name, request } of open) {
    const orderNumber = booked[request.rentPeriodDays];
    const decision = orderNumber ? { placed: /** @type {const} */ (true), orderNumber } : undefined;
    if (!(await backend.resolve(name, decision ?? { placed: false }))) throw new Error(`${name} was not resolved.`);
  }
  return open.length;
}

process.on("message", async (/** @type {any} */ message) => {
  if (message.deposit) {
    await accounts.deposit("anna", message.deposit);
    process.send?.("deposited");
  }
  if (message.booked) process.send?.({ decided: await decide(message.booked), credit: await accounts.credit("anna") });
  held.get(message.id)?.(message);
});

const server = createServer(createRequestListener((request) => backend(request)));
server.listen(Number(PORT), "127.0.0.1", () => process.send?.("listening"));
