// Connections to SQLite files in a process of its own, because SQLite's statements block their thread. It reads calls from
// its input and writes their results, each as one line of JSON. Runs in Node and Bun.

import { createInterface } from "node:readline";
import { sqliteBookings } from "proxy-orders/backend";

const driver = process.argv[2];

/** Opens a connection with the driver of this process. */
async function open(file) {
  if (driver === "node:sqlite") return new (await import("node:sqlite")).DatabaseSync(file);
  if (driver === "bun:sqlite") return new (await import("bun:sqlite")).Database(file);
  return new (await import("better-sqlite3")).default(file);
}

const kinds = {
  bookings: async (file) => sqliteBookings(await open(file)),
  accounts: async (file) => (await import("./sqlite-accounts.js")).sqliteAccounts(file),
};

/** The promises of connections by file and number. */
const connections = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const { id, kind, file, connection, method, args } = JSON.parse(line);
  const name = JSON.stringify([file, connection]);
  if (!connections.has(name)) connections.set(name, kinds[kind](file));
  connections
    .get(name)
    .then((connected) => connected[method](...args))
    .then(
      (value) => ({ id, value }),
      (error) => ({ id, error: String(error) }),
    )
    .then((result) => console.log(JSON.stringify(result)));
}
