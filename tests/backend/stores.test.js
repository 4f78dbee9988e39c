// @ts-check
// The exported stores and the documented accounts, over the real databases: the suites with 50 connections, creation of the
// table, deletion, crashes, and bookings of version 0.2.0.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { d1Bookings, memoryBookings, postgresBookings, sqliteBookings } from "proxy-orders/backend";
import { testBookings, testSales } from "proxy-orders/backend/testing";
import { exec } from "../projects/support.js";
import { blocks, documentedProject } from "./documentation.js";
import { startPostgres } from "./postgres.js";
import { startProcess } from "./processes.js";
import { apiKey, startApi, wanted } from "./support.js";
import { startWorker } from "./worker.js";

/** @import { BookingStore } from "proxy-orders/backend" */

const TIMEOUT = { timeout: 180_000 };
const DAY_MS = 24 * 60 * 60 * 1000;
const response = { status: 200, body: '{"success":true}' };
const nameOf = (/** @type {unknown} */ id) => JSON.stringify(["anna", String(id)]);

let folder = "";
/** @type {NodeJS.Require} */
let load;
before(async () => {
  folder = await documentedProject("stores", "stores");
  load = createRequire(join(folder, "package.json"));
});

let files = 0;
/** A file that does not exist yet. */
const newFile = () => join(folder, `${process.pid}-${(files += 1)}.sqlite`);
const block = (/** @type {string} */ name) => blocks.get(name) ?? assert.fail(`${name} is not documented`);

/** Half of the bookings are settled. @param {BookingStore} bookings @param {number} count */
async function book(bookings, count) {
  for (let id = 0; id < count; id += 1) {
    await bookings.claim(nameOf(id), `content ${id}`);
    if (id % 2 === 0) await bookings.settle(nameOf(id), response);
  }
}

/** Checks that they are all there. @param {BookingStore} bookings @param {number} count */
async function checkBooked(bookings, count) {
  for (let id = 0; id < count; id += 1) {
    const { ageMs, ...claim } = /** @type {any} */ (await bookings.claim(nameOf(id), "other content"));
    const content = `content ${id}`;
    assert.deepEqual(claim, id % 2 === 0 ? { state: "settled", content, response } : { state: "open", content });
  }
}

/**
 * Tests that only bookings settled 30 days ago are deleted.
 * @param {BookingStore} bookings
 * @param {(column: "claimed_at" | "settled_at", days: number, name: string) => unknown} age makes a booking older
 */
async function testDeletion(bookings, age) {
  await book(bookings, 6);
  await age("claimed_at", 90, nameOf(0));
  await age("claimed_at", 90, nameOf(1));
  for (const [id, days] of [
    [2, 29.99],
    [4, 30.01],
  ]) {
    await age("claimed_at", 90, nameOf(id));
    await age("settled_at", days ?? 0, nameOf(id));
  }
  assert.equal(await bookings.deleteSettled(), 1);
  assert.equal(await bookings.deleteSettled(), 0);
  assert.deepEqual(await bookings.claim(nameOf(4), "again"), { state: "new" });
  for (const id of [0, 2]) assert.equal((await bookings.claim(nameOf(id), "")).state, "settled");
  const [oldest] = await bookings.open();
  assert.equal(oldest?.name, nameOf(1));
  assert.ok(Math.abs((oldest?.ageMs ?? 0) - 90 * DAY_MS) < 60_000, String(oldest?.ageMs));
}

describe("memory", () => {
  test("passes the suite", async () => {
    const bookings = memoryBookings();
    await testBookings(() => bookings);
  });

  test("settled bookings are deleted 30 days after their settlement, open ones never", async () => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const bookings = memoryBookings();
    await book(bookings, 20_000);
    mock.timers.tick(30 * DAY_MS - 1);
    assert.equal((await bookings.claim(nameOf(0), "")).state, "settled");
    mock.timers.tick(1);
    assert.equal((await bookings.claim(nameOf(0), "")).state, "new");
    assert.equal(await bookings.deleteSettled(), 0);
    await bookings.settle(nameOf(1), response);
    mock.timers.tick(30 * DAY_MS);
    assert.equal(await bookings.deleteSettled(), 1);
    assert.equal((await bookings.open()).length, 10_000);
    assert.deepEqual(await bookings.claim(nameOf(3), ""), { state: "open", content: "content 3", ageMs: 60 * DAY_MS });
    mock.timers.reset();
  });
});

describe("SQLite", () => {
  const node = (/** @type {string} */ release) => join(folder, `node_modules/${release}/bin/node`);
  const runtimes = () => ({
    "Node 22": { program: node("node22"), driver: "node:sqlite" },
    "Node 24": { program: node("node24"), driver: "node:sqlite" },
    "better-sqlite3": { program: process.execPath, driver: "better-sqlite3" },
    Bun: { program: join(folder, "node_modules/.bin/bun"), driver: "bun:sqlite" },
  });
  /** A connection in this process. @param {string} file */
  const open = (file) => new (load("better-sqlite3"))(file);

  /** Runs with processes of each runtime. @param {Parameters<typeof startProcess>[1][]} started @param {(processes: ReturnType<typeof startProcess>[]) => Promise<unknown>} run */
  async function withProcesses(started, run) {
    const processes = started.map((runtime) => startProcess(folder, runtime));
    try {
      await run(processes);
    } finally {
      await Promise.all(processes.map(({ kill }) => kill()));
    }
  }

  for (const name of /** @type {const} */ (["Node 22", "Node 24", "better-sqlite3", "Bun"])) {
    test(`${name}: passes the suite with 50 connections of four processes`, TIMEOUT, async () => {
      const file = newFile();
      let count = 0;
      await withProcesses(Array(4).fill(runtimes()[name]), (processes) =>
        testBookings(() => /** @type {any} */ (processes[(count += 1) % 4]).bookings(file)),
      );
    });

    test(`${name}: what was claimed and settled survives a kill in the middle of a write`, TIMEOUT, async () => {
      const file = newFile();
      let count = 0;
      for (let round = 0; round < 5; round += 1) {
        await withProcesses([runtimes()[name]], async ([child]) => {
          const bookings = child?.bookings(file) ?? assert.fail();
          const start = count;
          await checkBooked(bookings, count);
          // Killed when ten calls have returned, and the next one has begun.
          while (count < start + 10) {
            await bookings.claim(nameOf(count), `content ${count}`);
            if (count % 2 === 0) await bookings.settle(nameOf(count), response);
            count += 1;
          }
          const interrupted = bookings.claim(JSON.stringify(["interrupted", `${round}`]), "");
          await Promise.all([child?.kill(), assert.rejects(interrupted, /has ended/)]);
        });
      }
      const database = open(file);
      await checkBooked(sqliteBookings(database), 50);
      database.close();
    });
  }

  test("processes of all runtimes share a file", TIMEOUT, async () => {
    const file = newFile();
    let count = 0;
    await withProcesses(Object.values(runtimes()), (processes) =>
      testBookings(() => /** @type {any} */ (processes[(count += 1) % 4]).bookings(file)),
    );
  });

  test("processes may create the table at the same moment", TIMEOUT, async () => {
    await withProcesses(Object.values(runtimes()), async (processes) => {
      for (let round = 0; round < 50; round += 1) {
        const file = newFile();
        const claims = processes.map((child, id) => child.bookings(file).claim(nameOf(id), ""));
        for (const claim of await Promise.all(claims)) assert.deepEqual(claim, { state: "new" }, `round ${round}`);
      }
    });
  });

  test("deletes what was settled 30 days ago", async () => {
    const database = open(newFile());
    await testDeletion(sqliteBookings(database), (column, days, name) =>
      database
        .prepare(`UPDATE proxy_orders_bookings SET ${column} = ${column} - ? * 86400 WHERE name = ?`)
        .run(days, name),
    );
    const rows = `WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < 2500)
      INSERT INTO proxy_orders_bookings SELECT 'old ' || id, '', '', 0, 0 FROM ids`;
    database.exec(rows);
    assert.equal(await sqliteBookings(database).deleteSettled(), 2500);
  });

  test("refuses inside a transaction", async () => {
    const database = open(newFile());
    const bookings = sqliteBookings(database);
    await bookings.claim(nameOf("before"), "content");
    database.exec("BEGIN");
    const message = /needs a connection of its own/;
    await assert.rejects(bookings.claim(nameOf("inside"), "content"), message);
    await assert.rejects(bookings.settle(nameOf("before"), response), message);
    await assert.rejects(bookings.open(), message);
    await assert.rejects(bookings.deleteSettled(), message);
    database.exec("ROLLBACK");
    assert.deepEqual(await bookings.claim(nameOf("inside"), "content"), { state: "new" });
  });

  test("waits for a lock without blocking the process, for 20 seconds", async () => {
    const file = newFile();
    const [database, other] = [open(file), open(file)];
    const bookings = sqliteBookings(database);
    await bookings.claim(nameOf("before"), "content");
    other.exec("BEGIN EXCLUSIVE");
    let isWaiting = true;
    const claims = ["first", "second"].map((id) => bookings.claim(nameOf(id), "").finally(() => (isWaiting = false)));
    // Timers would not run in a process that is blocked.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(isWaiting);
    other.exec("COMMIT");
    for (const claim of await Promise.all(claims)) assert.deepEqual(claim, { state: "new" });

    let late = 0;
    const now = performance.now.bind(performance);
    const clock = mock.method(performance, "now", () => now() + late);
    other.exec("BEGIN EXCLUSIVE");
    isWaiting = true;
    const claim = bookings.claim(nameOf("late"), "").finally(() => (isWaiting = false));
    const ended = assert.rejects(claim, /database is locked/);
    late = 15_000;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(isWaiting);
    late = 20_001;
    await ended;
    clock.mock.restore();
  });

  test("sets the connection's durability, and rejects what is not a connection", async () => {
    const database = open(newFile());
    await sqliteBookings(database).claim(nameOf(1), "content");
    assert.equal(database.pragma("synchronous", { simple: true }), 3);
    for (const wrong of [undefined, null, "shop.sqlite", {}, { prepare() {}, exec() {} }]) {
      assert.throws(() => sqliteBookings(/** @type {any} */ (wrong)), /sqliteBookings needs a DatabaseSync/);
    }
  });

  test("the documented table is the store's, and bookings of 0.2.0 can be copied to it", async () => {
    const database = open(newFile());
    database.exec(`CREATE TABLE bookings (name TEXT PRIMARY KEY, content TEXT NOT NULL,
      reply TEXT, claimed_at REAL NOT NULL DEFAULT (unixepoch('subsec')))`);
    const insert = database.prepare("INSERT INTO bookings (name, content, reply) VALUES (?, ?, ?)");
    for (let id = 0; id < 4; id += 1) {
      insert.run(nameOf(id), `content ${id}`, id % 2 === 0 ? JSON.stringify(response) : null);
    }
    database.exec(block("bookings.sql"));
    database.exec(block("copy.sql"));
    database.exec(block("index.sql"));
    await checkBooked(sqliteBookings(database), 4);
    const times = "SELECT min(settled_at) AS first, max(settled_at) AS last FROM proxy_orders_bookings";
    const { first, last } = /** @type {any} */ (database.prepare(times).get());
    for (const settled of [first, last]) assert.ok(Math.abs(settled * 1000 - Date.now()) < 60_000, String(settled));
    const created = open(newFile());
    await sqliteBookings(created).open();
    const describeTable = "SELECT sql FROM sqlite_schema WHERE name = 'proxy_orders_bookings'";
    assert.deepEqual(database.prepare(describeTable).get(), created.prepare(describeTable).get());
  });

  test("the documented accounts pass the suite with 50 connections of four processes", TIMEOUT, async () => {
    const file = newFile();
    let count = 0;
    await withProcesses(Array(4).fill(runtimes()["Node 24"]), (processes) =>
      testSales(() => /** @type {any} */ (processes[(count += 1) % 4]).accounts(file)),
    );
  });
});

describe("PostgreSQL", () => {
  /** @type {Awaited<ReturnType<typeof startPostgres>>} */
  let server;
  /** The pools of the running test. @type {any[]} */
  const pools = [];
  /** @type {any} */
  let setup;
  /** A pool of one connection. @param {object} [options] */
  function newPool(options) {
    const { Pool } = load("pg");
    const pool = new Pool({ ...server.connection, max: 1, ...options });
    // A connection that the crash ends.
    pool.on("error", () => {});
    pools.push(pool);
    return pool;
  }
  before(async () => {
    server = await startPostgres();
  }, TIMEOUT);
  beforeEach(() => {
    setup = newPool();
  });
  afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())));
  after(() => server.close());

  test("passes the suite with 50 connections", TIMEOUT, () => testBookings(() => postgresBookings(newPool())));

  test("connections may create the table at the same moment", TIMEOUT, async () => {
    const connected = Array.from({ length: 20 }, () => newPool());
    for (let round = 0; round < 20; round += 1) {
      await setup.query("DROP TABLE proxy_orders_bookings");
      const claims = connected.map((pool, id) => postgresBookings(pool).claim(nameOf(id), ""));
      for (const claim of await Promise.all(claims)) assert.deepEqual(claim, { state: "new" }, `round ${round}`);
    }
  });

  test("deletes what was settled 30 days ago", async () => {
    await setup.query("TRUNCATE proxy_orders_bookings");
    await testDeletion(postgresBookings(setup), (column, days, name) =>
      setup.query(`UPDATE proxy_orders_bookings SET ${column} = ${column} - $1 * interval '1 day' WHERE name = $2`, [
        days,
        name,
      ]),
    );
    await setup.query(
      "INSERT INTO proxy_orders_bookings SELECT 'old ' || id, '', '', 'epoch', 'epoch' FROM generate_series(1, 2500) AS id",
    );
    assert.equal(await postgresBookings(setup).deleteSettled(), 2500);
  });

  test("a role that may not create tables", TIMEOUT, async () => {
    await setup.query("DROP TABLE IF EXISTS proxy_orders_bookings");
    await setup.query("CREATE ROLE clerk LOGIN");
    await setup.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    const clerk = () => postgresBookings(newPool({ user: "clerk" }));
    const message =
      /proxy_orders_bookings is missing and cannot be created: error: permission denied for schema public/;
    await assert.rejects(clerk().claim(nameOf(1), ""), message);
    await setup.query(block("bookings-postgres.sql"));
    await setup.query(block("grant.sql").replace("TO shop", "TO clerk"));
    await testBookings(clerk);
  });

  test("the documented table is the store's, and bookings of 0.2.0 can be copied to it", async () => {
    const columns = `SELECT column_name, data_type, is_nullable, collation_name, pg_get_constraintdef(pg_constraint.oid)
      FROM information_schema.columns, pg_constraint
      WHERE table_name = 'proxy_orders_bookings' AND conrelid = 'proxy_orders_bookings'::regclass ORDER BY 1, 5`;
    await setup.query("DROP TABLE IF EXISTS proxy_orders_bookings");
    await setup.query(block("bookings-postgres.sql"));
    const documented = await setup.query(columns);
    await setup.query("DROP TABLE proxy_orders_bookings");
    await postgresBookings(setup).open();
    assert.deepEqual((await setup.query(columns)).rows, documented.rows);
    assert.equal(documented.rows.length, 5 * 2);
    await setup.query(`CREATE TABLE bookings (name text COLLATE "C" PRIMARY KEY, content text NOT NULL, reply text,
      claimed_at timestamptz NOT NULL DEFAULT now())`);
    for (let id = 0; id < 4; id += 1) {
      const reply = id % 2 === 0 ? JSON.stringify(response) : null;
      await setup.query("INSERT INTO bookings (name, content, reply) VALUES ($1, $2, $3)", [
        nameOf(id),
        `content ${id}`,
        reply,
      ]);
    }
    await setup.query(block("copy-postgres.sql"));
    await setup.query(block("index.sql"));
    await checkBooked(postgresBookings(setup), 4);
  });

  test("what was claimed and settled survives a kill of the server", TIMEOUT, async () => {
    await setup.query("TRUNCATE proxy_orders_bookings");
    await book(postgresBookings(setup), 50);
    const interrupted = postgresBookings(newPool()).claim(nameOf("interrupted"), "");
    await Promise.allSettled([interrupted, server.crash()]);
    await checkBooked(postgresBookings(newPool()), 50);
  });

  test("the documented accounts pass the suite with 50 connections", TIMEOUT, async () => {
    const { postgresAccounts } = await import(pathToFileURL(join(folder, "postgres-accounts.js")).href);
    await newPool().query(block("accounts-postgres.sql"));
    await testSales(() => postgresAccounts(newPool()));
  });
});

describe("Cloudflare D1", () => {
  test("passes the suite inside a worker, and survives a kill", TIMEOUT, async () => {
    const state = join(folder, `d1-${process.pid}`);
    const first = await startWorker(folder, state);
    assert.equal(await first.run("bookings"), "passed");
    await book(d1Bookings(first.database), 6);
    await first.close();
    const second = await startWorker(folder, state);
    await checkBooked(d1Bookings(second.database), 6);
    await second.close();
  });

  test("deletes what was settled 30 days ago, and takes bookings of 0.2.0", TIMEOUT, async () => {
    const { database, close } = await startWorker(folder);
    const run = (/** @type {string} */ sql, /** @type {any[]} */ ...values) =>
      database
        .prepare(sql)
        .bind(...values)
        .run();
    await testDeletion(d1Bookings(database), (column, days, name) =>
      run(`UPDATE proxy_orders_bookings SET ${column} = ${column} - ? * 86400 WHERE name = ?`, days, name),
    );
    await run("DROP TABLE proxy_orders_bookings");
    await run(
      "CREATE TABLE bookings (name TEXT PRIMARY KEY, content TEXT NOT NULL, reply TEXT, claimed_at REAL NOT NULL)",
    );
    await run("INSERT INTO bookings VALUES (?, ?, ?, 0)", nameOf(0), "content 0", JSON.stringify(response));
    await run("INSERT INTO bookings VALUES (?, ?, NULL, 0)", nameOf(1), "content 1");
    await run(block("bookings.sql"));
    await run(block("copy.sql"));
    await checkBooked(d1Bookings(database), 2);
    await close();
  });

  test("claims may create the table at the same moment", TIMEOUT, async () => {
    const { database, close } = await startWorker(folder);
    for (let round = 0; round < 3; round += 1) {
      const claims = Array.from({ length: 10 }, (_, id) => d1Bookings(database).claim(nameOf(id), ""));
      for (const claim of await Promise.all(claims)) assert.deepEqual(claim, { state: "new" }, `round ${round}`);
      await database.prepare("DROP TABLE proxy_orders_bookings").run();
    }
    await close();
  });

  test("the documented accounts pass the suite inside a worker", TIMEOUT, async () => {
    const { database, run, close } = await startWorker(folder);
    for (const statement of block("accounts.sql").split(";").slice(0, -1)) await database.prepare(statement).run();
    assert.equal(await run("accounts"), "passed");
    await close();
  });
});

describe("the documented modules", () => {
  /** Runs a module in Node 24, and returns what it prints. @param {string} name @param {string} code @param {Record<string, string>} [variables] */
  async function run(name, code, variables) {
    await writeFile(join(folder, name), code);
    return exec(folder, join(folder, "node_modules/node24/bin/node"), [name], variables);
  }

  test("clean.js deletes", TIMEOUT, async () => {
    assert.equal(await run("clean.js", block("clean.js"), { BOOKINGS: newFile() }), "Deleted 0 settled bookings.\n");
  });

  test("selling.js takes the shop's price from the customer's credit", TIMEOUT, async () => {
    const api = await startApi();
    const code = `import { cookieFor } from "./session.js";
      import { backend } from "./selling.js";
      import { sqliteAccounts } from "./sqlite-accounts.js";
      const { deposit, credit } = sqliteAccounts(process.env.ACCOUNTS);
      // Reported twice.
      for (const _ of [1, 2]) deposit("anna", 10, "payment-1");
      const cookie = (await cookieFor("anna")).split(";")[0];
      const headers = { cookie, "content-type": "application/json", "idempotency-key": "key-1" };
      const body = ${JSON.stringify(JSON.stringify(wanted))};
      const url = "https://shop.example/api/client/api/v1/self/order";
      const response = await backend(new Request(url, { method: "POST", headers, body }));
      console.log(JSON.stringify({ ...(await response.json()), credit: credit("anna") }));`;
    const file = newFile();
    const variables = {
      API_URL: api.url,
      API_KEY: apiKey,
      BOOKINGS: file,
      ACCOUNTS: file,
      SESSION_SECRET: "x".repeat(32),
    };
    const sold = JSON.parse(await run("sell.js", code, variables));
    const paid = Math.ceil(1.31 * 130) / 100;
    assert.equal(sold.success, true, JSON.stringify(sold));
    assert.deepEqual([sold.balance, sold.credit], [10 - paid, 10 - paid]);
    assert.equal(api.orders().length, 1);
    await api.close();
  });

  test("the tests of a shop's own store and accounts", TIMEOUT, async () => {
    await writeFile(
      join(folder, "own-bookings.js"),
      `import { bookings } from "./sqlite-bookings.js"; export const connect = async () => bookings;`,
    );
    await writeFile(
      join(folder, "own-accounts.js"),
      `import { sqliteAccounts } from "./sqlite-accounts.js";
      const accounts = sqliteAccounts(process.env.ACCOUNTS);
      export const connect = async () => accounts;`,
    );
    const variables = { BOOKINGS: newFile(), ACCOUNTS: newFile() };
    for (const name of ["own-bookings.test.js", "own-accounts.test.js"]) {
      assert.match(await run(name, block(name), variables), /^# pass 1$|^ℹ pass 1$/m);
    }
  });

  test("postgres-bookings.js connects", TIMEOUT, async () => {
    const server = await startPostgres();
    const { host, port, user, database } = server.connection;
    const code = `import { bookings, pool } from "./postgres-bookings.js";
      console.log((await bookings.claim("name", "content")).state);
      await pool.end();`;
    const variables = { DATABASE_URL: `postgres://${user}@${host}:${port}/${database}` };
    assert.equal(await run("claim.js", code, variables), "new\n");
    await server.close();
  });
});

test("the suites import nothing, so that they run anywhere", async () => {
  const source = await readFile(new URL("../../dist/backend-testing.js", import.meta.url), "utf8");
  assert.doesNotMatch(source, /\bimport\b/);
});
