// Measures the handlers over one database, in turns, and writes the samples to load.json. Run by run.js in a project.

import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fork } from "node:child_process";
import { postgresBookings, sqliteBookings } from "proxy-orders/backend";
import { packaged, withoutBooking, withTwoWrites } from "./handlers.js";

const { database, customers, turns, turnMs } = JSON.parse(process.argv[2]);
const TABLE = "CREATE TABLE orders (name TEXT PRIMARY KEY, content TEXT NOT NULL, response TEXT)";

async function openSqlite({ file }) {
  const { DatabaseSync } = await import("node:sqlite");
  const connection = new DatabaseSync(`${file}-by-hand`);
  // The settings of sqliteBookings.
  connection.exec("PRAGMA synchronous = EXTRA");
  connection.exec(TABLE);
  const insert = connection.prepare("INSERT INTO orders (name, content) VALUES (?, ?)");
  const update = connection.prepare("UPDATE orders SET response = ? WHERE name = ?");
  const byHand = { insert: (...values) => insert.run(...values), update: (...values) => update.run(...values) };
  return { bookings: sqliteBookings(new DatabaseSync(file)), byHand, close: () => {} };
}

async function openPostgres({ connection }) {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool(connection);
  await pool.query(TABLE);
  const byHand = {
    insert: (...values) => pool.query("INSERT INTO orders (name, content) VALUES ($1, $2)", values),
    update: (...values) => pool.query("UPDATE orders SET response = $1 WHERE name = $2", values),
  };
  return { bookings: postgresBookings(pool), byHand, close: () => pool.end() };
}

const api = fork(new URL("api.js", import.meta.url), { execArgv: [] });
const [{ url }] = await once(api, "message");
const { bookings, byHand, close } = await (database.file ? openSqlite(database) : openPostgres(database));
const handlers = {
  "proxy-orders": packaged(url, bookings),
  "two writes": withTwoWrites(url, byHand),
  "no booking": withoutBooking(url),
};

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "load", country: "USA", authType: "LOGIN" };
const body = JSON.stringify(wanted);
/** The order numbers that customers were told. */
const told = new Set();
let orders = 0;

/** One customer after another order, until the end. */
async function buy(handler, end, latencies) {
  while (performance.now() < end) {
    orders += 1;
    const headers = { "content-type": "application/json", "idempotency-key": `key-${orders}`, "x-user": "anna" };
    const request = new Request("http://shop.example/client/api/v1/self/order", { method: "POST", headers, body });
    const start = performance.now();
    const { orderNumber } = await (await handler(request)).json();
    latencies.push(performance.now() - start);
    told.add(orderNumber);
  }
}

/** One turn of one handler: orders per second, and how long each took. */
async function measure(handler, count) {
  const latencies = [];
  const start = performance.now();
  await Promise.all(Array.from({ length: count }, () => buy(handler, start + turnMs, latencies)));
  return { rate: (latencies.length / (performance.now() - start)) * 1000, latencies };
}

for (const handler of Object.values(handlers)) await measure(handler, Math.max(...customers));
const samples = [];
for (let turn = 0; turn < turns; turn += 1) {
  for (const count of customers) {
    for (const [name, handler] of Object.entries(handlers)) {
      samples.push({ name, customers: count, turn, ...(await measure(handler, count)) });
    }
  }
}
api.send("how many?");
const [{ booked }] = await once(api, "message");
const open = await bookings.open();
await writeFile("load.json", JSON.stringify({ samples, orders, booked, told: told.size, open: open.length }));
api.kill();
await close();
