// @ts-check
// Killed in between: two processes share one SQLite file; orders come with repeated keys while the API fails at random
// and processes are killed. In the end no key was booked twice, no booking is lost, and what each page was answered is true.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isProxyOrdersError, order } from "proxy-orders";
import { exec, freePort } from "../projects/support.js";
import { documentedProject } from "./documentation.js";
import { apiKey, startApi, wanted } from "./support.js";

const ORDERS = 200;
const PAGES = 6;
const MOMENTS = ["after claim", "after forward", "before settle", "while a repeat waits"];
const KILLS_OF_EACH = 12;
/** How much faster the bookings age than time goes by. */
const AGING = 20;

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
const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];

/**
 * @typedef {object} Wish one order of one page
 * @property {number} number which is its rental period too, so that the sandbox's books can be read
 * @property {string} key
 * @property {string} fault
 * @property {string[]} answers of its attempts: an order number, "refused" or "unknown"
 */
/** @type {Wish[]} */
const wishes = Array.from({ length: ORDERS }, (_, place) => {
  const fault = random() < 2 / 3 ? "" : pick(FAULTS);
  return { number: place + 1, key: `key-${place + 1}`, fault, answers: [] };
});
const wishOf = (/** @type {string} */ text) => {
  const [, days, key] = /"rentPeriodDays":(\d+)|"key-(\d+)"/.exec(text) ?? assert.fail(text);
  return wishes[Number(days ?? key) - 1] ?? assert.fail(text);
};

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
let folder = "";
let file = "";
/** @type {Server[]} */
let servers = [];
/** @type {Record<string, number>} */
const kills = Object.fromEntries(MOMENTS.map((moment) => [moment, 0]));

/** Whether a server is killed at a moment: in turn at each of them, so that none is left out. @param {string} moment */
function isKillDue(moment) {
  const count = kills[moment] ?? Infinity;
  if (count >= KILLS_OF_EACH || count > Math.min(...Object.values(kills)) || random() < 0.5) return false;
  kills[moment] = count + 1;
  return true;
}

/** One of the two servers, started again whenever it was killed. */
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
    Object.assign(env, { FILE: file, API_URL: api.url, API_KEY: apiKey, PORT: this.port, AGING });
    const execPath = join(folder, "node_modules/node/bin/node");
    const child = fork(join(folder, "killed-server.js"), { execPath, execArgv: [], env });
    this.child = child;
    child.on("message", (/** @type {any} */ message) => {
      if (message !== "listening") this.#reached(child, message);
    });
    const ended = once(child, "exit").then(([code]) => assert.fail(`a server ended with ${code} before it listened`));
    await Promise.race([once(child, "message"), ended]);
  }

  /** @param {import("node:child_process").ChildProcess} child @param {{ id: number, moment: string, order: string }} message */
  #reached(child, { id, moment, order }) {
    // What a server that is being killed still says is too late.
    if (child.killed) return;
    if (!isKillDue(moment)) {
      if (child.connected) child.send({ id, fault: wishOf(order).fault }, () => {});
      return;
    }
    child.kill("SIGKILL");
    this.ready = once(child, "exit").then(() => this.start());
  }

  async stop() {
    await this.ready;
    // One that has ended by itself exits no more.
    if (!this.child?.kill("SIGKILL")) return;
    await once(this.child, "exit");
  }
}

/** One attempt of a page: whether its server lived to answer it. @param {Wish} wish @param {Server | undefined} server */
async function attempt({ number, key, answers }, server) {
  await server?.ready;
  const request = /** @type {import("proxy-orders").OrderRequest} */ ({ ...wanted, rentPeriodDays: number });
  try {
    const receipt = await order(request, {
      baseUrl: server?.url ?? "",
      headers: { "x-user": "anna" },
      apiKey: "self",
      idempotencyKey: key,
    });
    answers.push(receipt.success ? receipt.orderNumber : "refused");
    return true;
  } catch (error) {
    assert.ok(isProxyOrdersError(error), String(error));
    answers.push(error.outcome === "not_placed" ? "refused" : "unknown");
    return error.code !== "network";
  }
}

/**
 * A page: it orders, half of them at both servers at once, and repeats while it does not know, until it was told so twice.
 * @param {Wish} wish
 */
async function page(wish) {
  const [first, second] = random() < 0.5 ? servers : [...servers].reverse();
  if (random() < 0.5) {
    await Promise.all([attempt(wish, first), attempt(wish, second)]);
  } else await attempt(wish, first);
  let told = 0;
  while (told < 2 && wish.answers.at(-1) === "unknown") {
    if (await attempt(wish, pick(servers))) told += 1;
  }
}

/** Runs code with the table in a process of Node 24, and gives what it prints as JSON. @param {string} code */
async function withTable(code) {
  const start = `import { DatabaseSync } from "node:sqlite";
    import { sqliteBookings } from "./sqlite-bookings.js";
    const file = ${JSON.stringify(file)};`;
  return JSON.parse(await exec(folder, "node", ["--input-type=module", "--eval", start + code]));
}

/** @returns {Promise<{ name: string, reply: string | null }[]>} */
const readTable = () =>
  withTable('console.log(JSON.stringify(new DatabaseSync(file).prepare("SELECT name, reply FROM bookings").all()))');

/** What a person does: looks the open orders up in the account, and settles them. @param {Map<number, string>} booked */
async function settleOpen(booked) {
  const settlements = (await readTable())
    .filter(({ reply }) => reply === null)
    .map(({ name }) => {
      const orderNumber = booked.get(wishOf(name).number);
      const json = orderNumber
        ? { success: true, proxyType: "IPv4", orderNumber, balance: 1, currency: "USD" }
        : { success: false, error: { code: 0, message: "Nothing was ordered." } };
      return [name, { status: 200, body: JSON.stringify(json) }];
    });
  await withTable(`const bookings = sqliteBookings(file);
    for (const [name, reply] of ${JSON.stringify(settlements)}) await bookings.settle(name, reply);
    console.log("[]");`);
}

before(async () => {
  api = await startApi({ balance: 1e6 });
  folder = await documentedProject();
  file = join(folder, `kill-${Date.now()}.sqlite`);
  await copyFile(fileURLToPath(new URL("killed-server.js", import.meta.url)), join(folder, "killed-server.js"));
  servers = [new Server(), new Server()];
  await Promise.all(servers.map((server) => server.start()));
});
after(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await api.close();
});

test(`${ORDERS} orders, two processes, each moment killed at least ten times`, { timeout: 180_000 }, async () => {
  const waiting = [...wishes].sort(() => random() - 0.5);
  const work = async () => {
    for (let wish = waiting.pop(); wish; wish = waiting.pop()) await page(wish);
  };
  await Promise.all(Array.from({ length: PAGES }, work));
  for (const [moment, count] of Object.entries(kills)) assert.ok(count >= 10, `${moment}: ${count}`);

  /** @type {Map<number, string>} */
  const booked = new Map();
  for (const { rentPeriodDays, orderNumber } of api.sandbox.orders) {
    assert.ok(!booked.has(rentPeriodDays), `order ${rentPeriodDays} was booked twice`);
    booked.set(rentPeriodDays, orderNumber);
  }
  assert.equal(api.orders().length, new Set(api.orders().map(({ body }) => body)).size, "forwarded once");

  const rows = new Map((await readTable()).map(({ name, reply }) => [name, reply]));
  const settled = [...rows.values()].filter((reply) => reply !== null).length;
  for (const { number, key, answers } of wishes) {
    const reply = rows.get(JSON.stringify(["anna", key]));
    const orderNumber = booked.get(number);
    if (orderNumber) assert.notEqual(reply, undefined, `the booking of order ${number} is lost`);
    if (reply) assert.equal(JSON.parse(JSON.parse(reply).body).orderNumber ?? undefined, orderNumber);
    if (answers.at(-1) === "unknown") assert.ok(!reply, `what became of order ${number} is known, and not to its page`);
    isTrue(answers, orderNumber);
  }
  const known = wishes.filter(({ answers }) => answers.at(-1) !== "unknown").length;

  await settleOpen(booked);
  const forwarded = api.orders().length;
  for (const wish of wishes.filter(({ answers }) => answers.at(-1) === "unknown")) {
    await attempt(wish, servers[0]);
    assert.notEqual(wish.answers.at(-1), "unknown");
    isTrue(wish.answers, booked.get(wish.number));
  }
  assert.equal(api.orders().length, forwarded);
  assert.ok(known > 50 && known < ORDERS);
  const attempts = wishes.reduce((sum, { answers }) => sum + answers.length, 0);
  console.log(
    `${ORDERS} orders, ${attempts} attempts; booked at the API: ${booked.size}, none twice; bookings: ${rows.size}, ` +
      `${settled} settled; pages that knew: ${known}, and all ${ORDERS} after a person looked; killed: ` +
      Object.entries(kills)
        .map(([moment, count]) => `${moment} ${count} times`)
        .join(", "),
  );
});

/** Asserts that no answer was false. @param {string[]} answers @param {string | undefined} orderNumber */
function isTrue(answers, orderNumber) {
  for (const answer of answers) if (answer !== "unknown") assert.equal(answer, orderNumber ?? "refused");
}
