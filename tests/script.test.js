// @ts-check
// The script of www/docs/scripts.md. It is killed again and again, and no order of its list is booked twice.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createSandbox } from "proxy-orders/sandbox";
import { packedPackage } from "../.build/pack.js";
import { blocksOf } from "./support/documentation.js";
import { randomOf } from "./support/random.js";

const KILLS = process.env.SOAK === "1" ? 100 : 10;
const SEED = Number(process.env.SEED ?? 1);

/** Three orders that differ in their quantity. */
const list = Object.fromEntries(
  [1, 2, 3].map((quantity) => {
    const fixed = { proxyType: "ISP", rentPeriodDays: 30, goal: "ads", country: "USA", authType: "LOGIN" };
    return [`order-${quantity}`, { request: { ...fixed, quantity }, maxPrice: 10 }];
  }),
);
/** The requests of a run without a kill: for each order a calculation, its guard's calculation, and the order. */
const REQUESTS = 9;

/** A folder with the script and the package. @type {string} */
let folder;
/** What a script must sign in with: YouProxy's own API knows the API key alone. @type {string | undefined} */
let token;
/** What the server does before and after it has handled a request. @type {{ before(): boolean, after(): boolean }} */
let intervene;
let sandbox = createSandbox();
const server = createServer(async (req, res) => {
  if (intervene.before()) return;
  if (req.headers.authorization !== (token && `Bearer ${token}`)) return res.writeHead(401).end();
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const init = { method: "POST", headers: /** @type {HeadersInit} */ (req.headers), body: Buffer.concat(chunks) };
  const response = await sandbox.fetch(new Request(`http://sandbox.example${req.url}`, init));
  if (!intervene.after()) res.writeHead(response.status, [...response.headers].flat()).end(await response.text());
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "proxy-orders-script-"));
  const { folder: packed } = await packedPackage();
  await cp(packed, join(folder, "node_modules/proxy-orders"), { recursive: true });
  const script = blocksOf("www/docs/scripts.md").find(({ name }) => name === "buy-list.mjs");
  await writeFile(join(folder, "buy-list.mjs"), script?.text ?? "");
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Runs the script.
 * @param {string} place its working directory
 * @param {boolean} booksKeys
 * @param {{ args?: string[], killAt?: number, isHandled?: boolean }} [options] the request at which it is killed, and
 *   whether that request is handled before
 */
async function runScript(place, booksKeys, { args = [], killAt = 0, isHandled = false } = {}) {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  const variables = { BASE_URL: url, API_KEY: "demo-key", BOOKS_KEYS: booksKeys ? "yes" : "no", TOKEN: token ?? "" };
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(process.execPath, [join(folder, "buy-list.mjs"), ...args], {
    cwd: place,
    env: { ...env, ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let requests = 0;
  const kill = (/** @type {boolean} */ isDue) => isDue && child.kill("SIGKILL");
  intervene = {
    before: () => kill(++requests === killAt && !isHandled),
    after: () => kill(requests === killAt),
  };
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, printed };
}

/** The quantities that were booked. */
const booked = () => sandbox.orders.map(({ quantity }) => quantity).sort();

/** A place for a journal, and a server without orders. @param {string} name @param {boolean} booksKeys */
async function begin(name, booksKeys) {
  sandbox = createSandbox({ apiKey: "demo-key", balance: 1000, ignoreKeys: !booksKeys });
  token = booksKeys ? "demo-token" : undefined;
  const place = join(folder, name);
  await mkdir(place);
  await writeFile(join(place, "list.json"), JSON.stringify(list));
  return place;
}

describe(`killed ${KILLS} times, with seed ${SEED}`, () => {
  const random = randomOf(SEED);
  const kills = Array.from({ length: KILLS }, () => ({
    killAt: 1 + Math.floor(REQUESTS * random()),
    isHandled: random() < 0.5,
  }));
  const counts = { decided: 0, repeated: 0 };
  after(() => console.log(`${2 * KILLS} kills; a person decided ${counts.decided}, repeats ${counts.repeated}`));

  for (const [index, kill] of kills.entries()) {
    // An order is in the journal before its guard calculates.
    const isNoted = kill.killAt % 3 !== 1;
    const isPlaced = kill.killAt % 3 === 0 && kill.isHandled;
    const at = `request ${kill.killAt} ${kill.isHandled ? "is" : "is not"} handled`;

    test(`${index}: ${at}, at YouProxy's own API`, async () => {
      const place = await begin(`api-${index}`, false);
      assert.equal((await runScript(place, false, kill)).code, null);
      const before = booked();
      let run = await runScript(place, false);
      if (isNoted) {
        const [, name = "", then, now] =
          /^Unresolved: (.*), sent at .*\. Balance before: (.*), now: (.*)$/m.exec(run.printed) ?? [];
        assert.equal(run.code, 1);
        assert.deepEqual(booked(), before, "nothing was sent");
        const isBooked = Number(then) > Number(now);
        assert.equal(isBooked, isPlaced);
        run = await runScript(place, false, { args: [isBooked ? "placed" : "not_placed", name] });
        counts.decided += 1;
      }
      assert.equal(run.code, 0, run.printed);
      const without = isNoted && !isPlaced ? Math.ceil(kill.killAt / 3) : undefined;
      assert.deepEqual(
        booked(),
        [1, 2, 3].filter((quantity) => quantity !== without),
      );
    });

    test(`${index}: ${at}, at a backend that books each idempotency key once`, async () => {
      const place = await begin(`backend-${index}`, true);
      assert.equal((await runScript(place, true, kill)).code, null);
      assert.equal((await runScript(place, true)).code, 0);
      assert.deepEqual(booked(), [1, 2, 3]);
      if (isNoted) counts.repeated += 1;
    });
  }
});

test("an order is not repeated after 7 days", async () => {
  const place = await begin("late", true);
  assert.equal((await runScript(place, true, { killAt: 3 })).code, null);
  const file = join(place, "journal/order-1.sent.json");
  const sent = JSON.parse(await readFile(file, "utf8"));
  const days = (/** @type {number} */ count) => new Date(Date.now() - count * 24 * 60 * 60 * 1000);
  await writeFile(file, JSON.stringify({ ...sent, time: days(7.01) }));
  const { code, printed } = await runScript(place, true);
  assert.equal(code, 1);
  assert.match(printed, /^Unresolved: order-1, /);
  assert.deepEqual(booked(), []);
  await writeFile(file, JSON.stringify({ ...sent, time: days(6.99) }));
  assert.equal((await runScript(place, true)).code, 0);
  assert.deepEqual(booked(), [1, 2, 3]);
});

test("an order that cannot be placed does not stop the others", async () => {
  const place = await begin("problems", false);
  const { "order-1": first, "order-2": second, "order-3": third } = list;
  const problems = {
    first: { ...first, maxPrice: 1 },
    second: { ...second, request: { ...second?.request, goal: "forbidden" } },
  };
  await writeFile(join(place, "list.json"), JSON.stringify({ ...problems, third }));
  const { code, printed } = await runScript(place, false);
  assert.equal(code, 0);
  assert.match(printed, /^Not ordered: first\. It costs 2\.65\.\nNot ordered: second\. Incorrect goal\nthird: NUMBER-/);
  assert.deepEqual(booked(), [3]);
});
