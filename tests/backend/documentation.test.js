// @ts-check
// www/docs/backend.md, taken by its word: its code is put into a project, served by each runtime, and ordered through.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import prettier from "prettier";
import { exec, freePort } from "../projects/support.js";
import { blocks, documentedProject, text } from "./documentation.js";
import { apiKey, pageRequest, startApi, startProgram, wanted } from "./support.js";

/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;
/** @type {Record<string, string>} */
let variables = {};
let folder = "";

before(async () => {
  api = await startApi();
  variables = { API_URL: api.url, API_KEY: apiKey, SESSION_SECRET: "a random text of at least 32 characters" };
  Object.assign(process.env, variables);
  folder = await documentedProject();
  // What the reader has: bookings in a table, credits, a log.
  const own = `import { memoryBookings } from "proxy-orders/backend";
    export const bookings = memoryBookings();
    export const creditOf = async () => 1.5;
    const ordered = new Set();
    export const hasOrderedToday = async (user) => ordered.size === ordered.add(user).size;
    export const logged = [];
    export const log = (...args) => logged.push(args);`;
  await writeFile(join(folder, "own.js"), own);
});
beforeEach(() => {
  api.sandbox.reset();
  api.fault = "";
});
after(() => api.close());

/** @param {string} name a file of the project */
const load = (name) => import(pathToFileURL(join(folder, name)).href);

/** The header of somebody who is signed in. @param {string} user @param {number} [seconds] */
async function signedIn(user, seconds) {
  const { cookieFor } = await load("session.js");
  return { cookie: String((await cookieFor(user, seconds)).split(";")[0]), "x-user": null };
}

/**
 * Sends a request as a page would, over HTTP or to a handler.
 * @param {string | ((request: Request) => Promise<Response>)} server
 * @param {Parameters<typeof pageRequest>[0]} changes
 */
async function ask(server, changes) {
  const { method, headers, url } = pageRequest(changes);
  const { pathname } = new URL(url);
  headers.delete("host");
  const init = { method, headers, body: method === "POST" ? JSON.stringify(changes?.body ?? wanted) : null };
  const response = await (typeof server === "string" ? fetch(server + pathname, init) : server(new Request(url, init)));
  return { status: response.status, json: await response.json().catch(() => undefined) };
}

/** Orders through a server, as everything on the page of documentation says. @param {Parameters<typeof ask>[0]} server */
async function answersAsDocumented(server) {
  const anna = await signedIn("anna");
  assert.equal((await ask(server, { headers: { "x-user": "anna" } })).status, 401);
  assert.equal((await ask(server, { headers: { ...anna, "sec-fetch-site": "cross-site" } })).status, 403);
  const old = { ...anna, "sec-fetch-site": null, origin: "https://another.example" };
  assert.equal((await ask(server, { headers: old })).status, 403);
  assert.equal((await ask(server, { headers: anna, body: { ...wanted, quantity: 0 } })).status, 400);
  assert.deepEqual(api.sandbox.requests, []);
  const own = typeof server === "string" ? { ...old, origin: server } : anna;
  const quote = await ask(server, { headers: own, endpoint: "calculate/order" });
  assert.deepEqual([quote.status, quote.json.price], [200, 1.31]);

  const receipts = await Promise.all(Array.from({ length: 3 }, () => ask(server, { headers: anna })));
  const again = await ask(server, { headers: anna });
  assert.deepEqual(api.sandbox.orders.length, 1);
  for (const { status, json } of [...receipts, again]) {
    assert.deepEqual([status, json.orderNumber], [200, api.sandbox.orders[0]?.orderNumber]);
  }
  assert.equal((await ask(server, { headers: anna, body: { ...wanted, quantity: 2 } })).status, 409);
  assert.equal((await ask(server, { headers: await signedIn("ben") })).json.success, true);
  assert.equal(api.sandbox.orders.length, 2);
}

describe("the same handler answers", () => {
  /** @type {[runtime: string, program: string, args: string[]][]} */
  const runtimes = [
    ["Node", "node", ["server.js"]],
    ["Deno", "deno", ["run", "--allow-env", "--allow-net", "--allow-read", "deno.js"]],
    ["Bun", "bun", ["bun.js"]],
  ];
  for (const [runtime, program, args] of runtimes) {
    test(`in ${runtime}`, { timeout: 60_000 }, async () => {
      if (runtime === "Deno") assert.ok(text.includes(`deno ${args.join(" ")}`));
      const port = await freePort();
      const { close } = await startProgram(folder, program, args, port, variables);
      try {
        await answersAsDocumented(`http://127.0.0.1:${port}`);
      } finally {
        await close();
      }
    });
  }

  test("in Next.js", { timeout: 180_000 }, async () => {
    const page = 'export default () => "shop";';
    const layout = 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;';
    await writeFile(join(folder, "app/page.jsx"), page);
    await writeFile(join(folder, "app/layout.jsx"), layout);
    await exec(folder, "next", ["build"], variables);
    const port = await freePort();
    const { close } = await startProgram(
      folder,
      "next",
      ["start", "-H", "127.0.0.1", "-p", String(port)],
      port,
      variables,
    );
    try {
      await answersAsDocumented(`http://127.0.0.1:${port}`);
    } finally {
      await close();
    }
  });

  test("in workerd, with its bookings in D1", { timeout: 120_000 }, async () => {
    const secrets = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
    await writeFile(join(folder, ".dev.vars"), secrets.join(""));
    const own = { WRANGLER_SEND_METRICS: "false", CI: "1" };
    const state = ["--persist-to", `worker-${Date.now()}`];
    for (const line of ["d1 execute shop --local --file bookings.sql", "dev"])
      assert.ok(text.includes(`npx wrangler ${line}\n`));
    await exec(folder, "wrangler", ["d1", "execute", "shop", "--local", "--file", "bookings.sql", ...state], own);
    const port = await freePort();
    const { close } = await startProgram(
      folder,
      "wrangler",
      ["dev", "--ip", "127.0.0.1", "--port", String(port), ...state],
      port,
      own,
    );
    try {
      await answersAsDocumented(`http://127.0.0.1:${port}`);
    } finally {
      await close();
    }
  });

  test("in Hono", async () => {
    const { app } = await load("hono.js");
    await answersAsDocumented((request) => app.request(request));
  });
});

test("a server that is asked to end finishes the orders that have begun", { timeout: 60_000 }, async () => {
  const port = await freePort();
  const { close, child, ended } = await startProgram(folder, "node", ["server.js"], port, variables);
  try {
    api.fault = "slow; ms=500; on=order";
    const receipt = ask(`http://127.0.0.1:${port}`, { headers: await signedIn("anna") });
    while (api.sandbox.orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGTERM");
    assert.equal((await receipt).json.orderNumber, api.sandbox.orders[0]?.orderNumber);
    await ended;
    assert.equal(child.exitCode, 0);
  } finally {
    await close();
  }
});

describe("a session", () => {
  test("is of whom it was made for", async () => {
    const { userOf } = await load("session.js");
    for (const user of ["anna", "an.na", "ännä; x=1", "a b"]) {
      assert.equal(await userOf(pageRequest({ headers: await signedIn(user) })), user);
      const { cookie } = await signedIn(user);
      assert.equal(await userOf(pageRequest({ headers: { cookie: `other=1; ${cookie}; more=2` } })), user);
    }
  });

  test("that is forged, of another secret or over is nobody's", async () => {
    const { userOf } = await load("session.js");
    const { cookie } = await signedIn("anna");
    const last = cookie.at(-1) === "a" ? "b" : "a";
    for (const forged of [
      `${cookie}x`,
      cookie.slice(0, -1) + last,
      cookie.replace("=", "=0"),
      "session=",
      "",
      "session=1.2.3",
    ]) {
      assert.equal(await userOf(pageRequest({ headers: { cookie: forged } })), null, forged);
    }
    assert.equal(await userOf(pageRequest({ headers: await signedIn("anna", -1) })), null);
    process.env.SESSION_SECRET = "another random text of 32 characters";
    assert.equal(await userOf(pageRequest({ headers: { cookie } })), null);
    process.env.SESSION_SECRET = variables.SESSION_SECRET;
  });
});

test("a shop's own rules hold", async () => {
  const { backend } = await load("shop.js");
  const headers = await signedIn("carl");
  assert.equal((await ask(backend, { headers, endpoint: "calculate/order" })).json.balance, 1.5);
  const first = await ask(backend, { headers });
  assert.equal(first.json.success, true);
  assert.deepEqual(await ask(backend, { headers }), first);
  const refused = await ask(backend, { headers: { ...headers, "idempotency-key": "key-2" } });
  assert.deepEqual([refused.status, refused.json.error.message], [200, "One order a day. Please come back tomorrow."]);
  const many = await ask(backend, { headers, endpoint: "calculate/order", body: { ...wanted, quantity: 6 } });
  assert.deepEqual([many.status, many.json.error.message], [200, "We sell at most five at a time."]);
});

test("onError tells of an order in doubt, and a person settles it", async () => {
  const { backend } = await load("watched.js");
  const { logged } = await load("own.js");
  const { wasPlaced, wasNotPlaced } = await load("settle.js");
  const headers = await signedIn("dora");
  for (const fault of ["cut-after", "cut-before"]) {
    api.fault = `${fault}; on=order`;
    const request = { headers: { ...headers, "idempotency-key": fault } };
    assert.equal((await ask(backend, request)).status, 502);
    const [, name] = logged.pop();
    assert.equal(name, JSON.stringify(["dora", fault]));
    const order = fault === "cut-after" ? api.sandbox.orders[0] : undefined;
    if (order) await wasPlaced(name, order.proxyType, order.orderNumber, api.sandbox.balance);
    else await wasNotPlaced(name);
    const { status, json } = await ask(backend, request);
    assert.deepEqual([status, json.success, json.orderNumber], [200, order !== undefined, order?.orderNumber]);
  }
  assert.equal(api.orders().length, 2);
});

test("the page's code orders", async () => {
  const { buy, price } = await load("page.js");
  const { backend } = await load("backend.js");
  const { cookie } = await signedIn("emil");
  const own = globalThis.fetch;
  const { location } = globalThis;
  Object.assign(globalThis, {
    location: { origin: "https://shop.example" },
    /** @param {Request} request */
    fetch(request) {
      if (!request.url.startsWith("https://shop.example")) return own(request);
      request.headers.set("cookie", cookie);
      return backend(request);
    },
  });
  try {
    assert.equal((await price()).price, 1.31);
    const receipt = await buy("key");
    assert.equal(receipt.orderNumber, api.sandbox.orders[0]?.orderNumber);
    assert.deepEqual(await buy("key"), receipt);
    assert.equal(api.sandbox.orders.length, 1);
  } finally {
    Object.assign(globalThis, { location, fetch: own });
  }
});

test("the statements list and clean what they say", async () => {
  const code = `
    import { readFileSync } from "node:fs";
    import { DatabaseSync } from "node:sqlite";
    import { sqliteBookings } from "./sqlite-bookings.js";
    const bookings = sqliteBookings("clean.sqlite");
    for (const name of ["open", "settled", "old open", "old settled"]) {
      await bookings.claim(name, "content");
      if (name.endsWith("settled")) await bookings.settle(name, { status: 200, body: "{}" });
    }
    const database = new DatabaseSync("clean.sqlite");
    database.exec("UPDATE bookings SET claimed_at = claimed_at - 86401 WHERE name LIKE 'old%'");
    database.exec(readFileSync("clean.sql", "utf8"));
    console.log(JSON.stringify(database.prepare("SELECT name FROM bookings ORDER BY name").all().map(({ name }) => name)));
    console.log(JSON.stringify(database.prepare(readFileSync("open.sql", "utf8")).all().map(({ name }) => name)));`;
  await writeFile(join(folder, "clean.js"), code);
  const [left, open] = (await exec(folder, "node", ["clean.js"]))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(left, ["old open", "open", "settled"]);
  assert.deepEqual(open, ["old open", "open"]);
});

describe("the page", () => {
  test("shows code as Prettier formats it", async () => {
    for (const [name, code] of blocks) {
      if (![".js", ".json"].includes(extname(name))) continue;
      assert.equal(await prettier.format(code, { filepath: name, printWidth: 120 }), code, name);
    }
  });

  test("has the statuses that the declarations have", async () => {
    const source = await readFile(new URL("../../src/backend/backend.ts", import.meta.url), "utf8");
    const rows = (/** @type {string} */ where) => [...where.matchAll(/\| ([\d, ]+) \| /g)].map(([, status]) => status);
    assert.deepEqual(
      rows(text).filter((status) => status !== "204"),
      rows(source),
    );
  });
});
