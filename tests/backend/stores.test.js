// @ts-check
// The stores that the documentation shows, against the real things, and the one in memory.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { memoryBookings } from "proxy-orders/backend";
import prettier from "prettier";
import { exec, freePort } from "../projects/support.js";
import { blocks, documentedProject } from "./documentation.js";
import { startPostgres } from "./postgres.js";
import { startProgram } from "./support.js";
import { testBookings } from "./suite.js";

let folder = "";
before(async () => (folder = await documentedProject()));

/** @param {string} name a file of the project */
const load = (name) => import(pathToFileURL(join(folder, name)).href);

for (const store of ["sqlite", "postgres", "d1"]) {
  test(`the example for ${store} has at most 30 lines as Prettier formats them`, async () => {
    const code = blocks.get(`${store}-bookings.js`) ?? "";
    for (const printWidth of [80, 120]) {
      const formatted = await prettier.format(code, { parser: "babel", printWidth });
      const lines = formatted.trimEnd().split("\n").length;
      assert.ok(lines > 10 && lines <= 30, `${lines} lines`);
    }
  });
}

testBookings("memory", async () => {
  const bookings = memoryBookings();
  return { connect: async () => bookings, close: () => {} };
});

// Each connection is a process of its own in 5 of Node 24, which has SQLite; its statements block the thread.
testBookings("SQLite", async () => {
  const file = join(folder, `bookings-${Date.now()}.sqlite`);
  const server = join(folder, "sqlite-connections.js");
  await writeFile(
    server,
    `import { sqliteBookings } from "./sqlite-bookings.js";
    const connections = [];
    process.on("message", async ({ id, place, method, args }) => {
      connections[place] ??= sqliteBookings(process.argv[2]);
      try {
        process.send({ id, value: await connections[place][method](...args) });
      } catch (error) {
        process.send({ id, error: String(error) });
      }
    });`,
  );
  const execPath = join(folder, "node_modules/node/bin/node");
  const processes = Array.from({ length: 5 }, () => fork(server, [file], { execPath, execArgv: [] }));
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  for (const child of processes) {
    child.on("message", (/** @type {any} */ { id, value, error }) => {
      const { resolve, reject } = waiting.get(id) ?? assert.fail();
      if (error) reject(new Error(error));
      else resolve(value);
    });
  }
  let asked = 0;
  let connected = 0;
  return {
    async connect() {
      const place = (connected += 1);
      /** @param {string} method */
      const remote =
        (method) =>
        /** @param {any[]} args @returns {Promise<any>} */
        (...args) =>
          new Promise((resolve, reject) => {
            const id = (asked += 1);
            waiting.set(id, { resolve, reject });
            processes[place % processes.length]?.send({ id, place, method, args });
          });
      return { claim: remote("claim"), settle: remote("settle") };
    },
    async close() {
      const ended = processes.map((child) => once(child, "exit"));
      for (const child of processes) child.kill();
      await Promise.all(ended);
    },
  };
});

test("SQLite: processes may open a new file at the same moment", { timeout: 60_000 }, async () => {
  const opener = join(folder, "sqlite-opener.js");
  await writeFile(
    opener,
    `import { sqliteBookings } from "./sqlite-bookings.js";
    process.on("message", (file) => {
      let error = "";
      try {
        sqliteBookings(file);
      } catch (reason) {
        error = String(reason);
      }
      process.send(error);
    });
    process.send("ready");`,
  );
  const execPath = join(folder, "node_modules/node/bin/node");
  const processes = Array.from({ length: 4 }, () => fork(opener, { execPath, execArgv: [] }));
  const answers = () => Promise.all(processes.map(async (child) => (await once(child, "message"))[0]));
  try {
    await answers();
    for (let round = 0; round < 100; round += 1) {
      const opened = answers();
      for (const child of processes) child.send(join(folder, `opened-${process.pid}-${round}.sqlite`));
      assert.deepEqual(await opened, ["", "", "", ""], `round ${round}`);
    }
  } finally {
    for (const child of processes) child.disconnect();
  }
});

testBookings("PostgreSQL", async () => {
  const { connection, close } = await startPostgres();
  const { default: pg } = await import(createRequire(join(folder, "package.json")).resolve("pg"));
  const { postgresBookings } = await load("postgres-bookings.js");
  const setup = new pg.Client(connection);
  await setup.connect();
  await setup.query(blocks.get("bookings-postgres.sql"));
  /** @type {any[]} */
  const pools = [];
  return {
    async connect() {
      const pool = new pg.Pool({ ...connection, max: 1 });
      pools.push(pool);
      return postgresBookings(pool);
    },
    async close() {
      const { rows } = await setup.query(blocks.get("open.sql"));
      assert.ok(rows.length > 0 && rows.every(({ claimed_at }) => claimed_at instanceof Date));
      await setup.query("UPDATE bookings SET claimed_at = claimed_at - interval '25 hours'");
      await setup.query(blocks.get("clean-postgres.sql"));
      const left = await setup.query("SELECT name FROM bookings");
      assert.equal(left.rows.length, rows.length);
      await Promise.all([setup, ...pools].map((client) => client.end()));
      await close();
    },
  };
});

testBookings("Cloudflare D1", async () => {
  await writeFile(
    join(folder, "d1-connections.js"),
    `import { d1Bookings } from "./d1-bookings.js";
    export default {
      async fetch(request, env) {
        const { method, args } = await request.json();
        return Response.json({ value: await d1Bookings(env.DB)[method](...args) });
      },
    };`,
  );
  const { name, ...config } = JSON.parse((blocks.get("wrangler.json") ?? "").replace(/^\/\/.*/, ""));
  const own = { ...config, name: "connections", main: "d1-connections.js" };
  await writeFile(join(folder, "connections.json"), JSON.stringify(own));
  const state = ["--config", "connections.json", "--persist-to", `d1-${Date.now()}`];
  const variables = { WRANGLER_SEND_METRICS: "false", CI: "1" };
  await exec(folder, "wrangler", ["d1", "execute", "shop", "--local", "--file", "bookings.sql", ...state], variables);
  const port = await freePort();
  const args = ["dev", "--ip", "127.0.0.1", "--port", String(port), ...state];
  const { close } = await startProgram(folder, "wrangler", args, port, variables);
  /** @param {string} method */
  const remote =
    (method) =>
    /** @param {any[]} args @returns {Promise<any>} */
    async (...args) => {
      const body = JSON.stringify({ method, args });
      const response = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()).value;
    };
  return { connect: async () => ({ claim: remote("claim"), settle: remote("settle") }), close };
});
