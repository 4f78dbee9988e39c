// @ts-check
// Killed in between: two processes of a shop share one SQLite file; orders come with repeats and lookups while the API
// fails at random and processes are killed. In the end, the API's books, the shop's accounts and what each page was told
// agree. `SOAK=1` also lets three processes share one PostgreSQL database.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../projects/support.js";
import { blocks, documentedProject } from "./documentation.js";
import { startPostgres } from "./postgres.js";
import { apiKey, startApi, wanted } from "./support.js";

const ORDERS = process.env.SOAK ? 300 : 60;
const KILLS_OF_EACH = process.env.SOAK ? 10 : 2;
const PAGES = 6;
const MOMENTS = ["after claim", "after charge", "before send", "after send", "before settle", "while a repeat waits"];
/** How much faster the bookings age than time passes. */
const AGING = 20;
const DEPOSIT = 10_000;
const PRICE = 2;
const TIMEOUT = { timeout: 600_000 };

/** What the API does to an order, at random; two in three get through. */
const FAULTS = [
  "cut-before",
  "cut-after",
  "cut-body",
  "empty",
  "500",
  "html-502; processed",
  "refusal-400",
  "slow; ms=300",
];

/** Random numbers that are the same in each run. */
let seed = 20_261;
function random() {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
/** @template T @param {readonly T[]} list @returns {T} */
const pick = (list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
/** @template T @param {readonly T[]} list */
const shuffled = (list) => [...list].sort(() => random() - 0.5);

/**
 * @typedef {object} Purchase one order of one page
 * @property {number} number its rental period too, so that the sandbox's books can be read
 * @property {string} key
 * @property {string} fault
 * @property {string[]} told what its attempts were told: an order number, "failed" or "unknown"
 */
/**
 * @typedef {object} Database
 * @property {Record<string, string>} variables how servers connect to it
 * @property {() => Promise<void>} close
 */

let folder = "";

// Of the running test:
/** @type {Purchase[]} */
let purchases;
/** @type {Record<string, number>} */
let kills;
/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
/** @type {Database} */
let database;
/** @type {Server[]} */
let servers;

const purchaseOf = (/** @type {string} */ text) => {
  const [, days, key] = /"rentPeriodDays":(\d+)|"key-(\d+)"/.exec(text) ?? assert.fail(text);
  return purchases[Number(days ?? key) - 1] ?? assert.fail(text);
};

/** Whether a server is killed at a moment: at each of them in turn, so that none is left out. @param {string} moment */
function isKillDue(moment) {
  const count = kills[moment] ?? Infinity;
  if (count >= KILLS_OF_EACH || count > Math.min(...Object.values(kills)) || random() < 0.5) return false;
  kills[moment] = count + 1;
  return true;
}

/** A process of the shop, started again whenever it was killed. */
class Server {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  child;
  url = "";
  port = 0;
  /** Settled when it listens. */
  ready = Promise.resolve();

  async start() {
    this.port ||= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const variables = { API_URL: api.url, API_KEY: apiKey, PORT: this.port, AGING, PRICE };
    Object.assign(env, variables, database.variables);
    const execPath = join(folder, "node_modules/node/bin/node");
    const child = fork(join(folder, "killed-server.js"), { execPath, execArgv: [], env });
    this.child = child;
    child.on("message", (/** @type {any} */ message) => {
      if (message.moment) this.#reached(child, message);
    });
    const ended = once(child, "exit").then(([code]) => assert.fail(`a server ended with ${code} before it listened`));
    await Promise.race([once(child, "message"), ended]);
  }

  /** @param {import("node:child_process").ChildProcess} child @param {{ id: number, moment: string, order: string }} message */
  #reached(child, { id, moment, order }) {
    // What a server still says while it is being killed comes too late.
    if (child.killed) return;
    if (!isKillDue(moment)) {
      if (child.connected) child.send({ id, fault: purchaseOf(order).fault }, () => {});
      return;
    }
    child.kill("SIGKILL");
    this.ready = once(child, "exit").then(() => this.start());
  }

  async stop() {
    await this.ready;
    // One that ended by itself does not exit again.
    if (!this.child?.kill("SIGKILL")) return;
    await once(this.child, "exit");
  }
}

/** One attempt of a page: whether its server lived to respond. @param {Purchase} purchase @param {Server} server */
async function attempt({ number, key, told }, server, endpoint = "order") {
  await server.ready;
  const headers = { "x-user": "anna", "idempotency-key": key, "order-max-price": String(PRICE) };
  const init = {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ ...wanted, rentPeriodDays: number }),
  };
  try {
    const response = await fetch(`${server.url}/client/api/v1/self/${endpoint}`, init);
    const json = await response.json();
    assert.equal(response.headers.get("idempotency-key"), key);
    if (response.status !== 200) told.push("unknown");
    else told.push(json.success ? json.orderNumber : "failed");
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    told.push("unknown");
    return false;
  }
}

/**
 * A page: it orders, half of them at two servers at once, then repeats or looks up until it knows, or was told twice
 * that nobody does.
 * @param {Purchase} purchase
 */
async function page(purchase) {
  const [first, second] = /** @type {[Server, Server]} */ (shuffled(servers));
  if (random() < 0.5) {
    await Promise.all([attempt(purchase, first), attempt(purchase, second)]);
  } else await attempt(purchase, first);
  let told = 0;
  while (told < 2 && purchase.told.at(-1) === "unknown") {
    if (await attempt(purchase, pick(servers), pick(["order", "order/lookup"]))) told += 1;
  }
}

/** Opens the shop. @param {number} processes @param {() => Database | Promise<Database>} openDatabase */
async function open(processes, openDatabase) {
  purchases = Array.from({ length: ORDERS }, (_, place) => {
    const fault = random() < 2 / 3 ? "" : pick(FAULTS);
    return { number: place + 1, key: `key-${place + 1}`, fault, told: [] };
  });
  kills = Object.fromEntries(MOMENTS.map((moment) => [moment, 0]));
  api = await startApi({ balance: 1e6 });
  database = await openDatabase();
  servers = Array.from({ length: processes }, () => new Server());
  await Promise.all(servers.map((server) => server.start()));
  const child = servers[0]?.child ?? assert.fail();
  child.send({ deposit: DEPOSIT });
  await once(child, "message");
}

async function close() {
  await Promise.all(servers.map((server) => server.stop()));
  await database.close();
  await api.close();
}

/** @returns {Database} */
const openFile = () => ({
  variables: { BOOKINGS: join(folder, `kill-${Date.now()}.sqlite`) },
  close: async () => {},
});

/** @returns {Promise<Database>} */
async function openPostgres() {
  const { connection, close } = await startPostgres();
  const { Client } = createRequire(join(folder, "package.json"))("pg");
  const client = new Client(connection);
  await client.connect();
  await client.query(blocks.get("accounts-postgres.sql"));
  await client.end();
  const { host, port, user, database } = connection;
  return { variables: { DATABASE_URL: `postgres://${user}@${host}:${port}/${database}` }, close };
}

before(async () => {
  folder = await documentedProject();
  await copyFile(fileURLToPath(new URL("killed-server.js", import.meta.url)), join(folder, "killed-server.js"));
});

/** Tests that no order is lost or bought twice. @param {number} processes @param {() => Database | Promise<Database>} openDatabase */
function testKills(processes, openDatabase) {
  before(() => open(processes, openDatabase));
  after(close);
  test(`${ORDERS} orders, killed at ${MOMENTS.length} moments, ${KILLS_OF_EACH} times at each`, TIMEOUT, async () => {
    await order();
    const booked = readBooks();
    const sent = api.orders().length;
    const known = purchases.filter(isKnown).length;
    for (const purchase of purchases) isTrue(purchase, booked);
    const { decided, credit } = await decide(booked);
    // From now on every page is told the truth, and nothing more is ordered.
    for (const purchase of purchases) {
      await attempt(purchase, pick(servers), pick(["order", "order/lookup"]));
      assert.ok(isKnown(purchase));
      isTrue(purchase, booked);
    }
    assert.equal(api.orders().length, sent);
    const orders = Object.keys(booked).length;
    assert.equal(credit, DEPOSIT - PRICE * orders, "who has an order has paid for it, and nobody else");
    assert.ok(known > ORDERS / 4 && known < ORDERS);
    const attempts = purchases.reduce((sum, { told }) => sum + told.length, 0);
    console.log(
      `${ORDERS} orders at ${processes} processes, ${attempts} attempts; sent: ${sent}, none twice; booked and paid: ` +
        `${orders}; pages that knew: ${known}, and all ${ORDERS} after a person decided on ${decided}; killed: ` +
        Object.entries(kills)
          .map(([moment, count]) => `${moment} ${count} times`)
          .join(", "),
    );
  });
}

/** Lets several pages at a time order, until there have been all purchases and all kills. */
async function order() {
  const waiting = shuffled(purchases);
  const work = async () => {
    for (let purchase = waiting.pop(); purchase; purchase = waiting.pop()) await page(purchase);
  };
  await Promise.all(Array.from({ length: PAGES }, work));
  for (const [moment, count] of Object.entries(kills)) assert.equal(count, KILLS_OF_EACH, moment);
}

/** Returns the order numbers in the API's books, and asserts that none was sent or booked twice. */
function readBooks() {
  /** @type {Record<number, string>} */
  const booked = {};
  for (const { rentPeriodDays, orderNumber } of api.sandbox.orders) {
    assert.ok(!(rentPeriodDays in booked), `order ${rentPeriodDays} was booked twice`);
    booked[rentPeriodDays] = orderNumber;
  }
  const bodies = api.orders().map(({ body }) => body);
  assert.equal(bodies.length, new Set(bodies).size, "each was sent once");
  return booked;
}

/**
 * Lets the operator decide on what is open, by the API's books.
 * @param {Record<number, string>} booked
 * @returns {Promise<{ decided: number, credit: number }>}
 */
async function decide(booked) {
  const child = servers[0]?.child ?? assert.fail();
  child.send({ booked });
  let result = /** @type {any} */ (undefined);
  while (result?.decided === undefined) [result] = await once(child, "message");
  return result;
}

const isKnown = (/** @type {Purchase} */ { told }) => told.at(-1) !== "unknown";

/** Asserts that a page was told nothing false. @param {Purchase} purchase @param {Record<number, string>} booked */
function isTrue({ number, told }, booked) {
  for (const answer of told) if (answer !== "unknown") assert.equal(answer, booked[number] ?? "failed");
}

describe("two processes on one SQLite file", () => testKills(2, openFile));
if (process.env.SOAK) describe("three processes on one PostgreSQL database", () => testKills(3, openPostgres));
