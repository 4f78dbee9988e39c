// @ts-check
// The code of www/docs/backend.md, as it is: put into a project, served by each runtime, and ordered through.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import prettier from "prettier";
import { listen } from "../../.build/serve.js";
import { need } from "../../.build/tools.js";
import { serveHttp } from "../../dist/faults.js";
import { exec, freePort } from "../projects/support.js";
import { launchChromium } from "../support/browser.js";
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
  // What the reader has: bookings in a table whose open orders are old, credits, a log.
  const own = `import { memoryBookings } from "proxy-orders/backend";
    const table = memoryBookings();
    export const bookings = {
      ...table,
      open: async () => (await table.open()).map((booking) => ({ ...booking, ageMs: 600_000 })),
    };
    export const creditOf = async () => 1.5;
    const ordered = new Set();
    export const hasOrderedToday = async (user) => ordered.size === ordered.add(user).size;
    export const userWith = async (name, password) => (password === "correct" ? name : null);
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

/**
 * Orders through a server, and checks what the documentation says about it.
 * @param {Parameters<typeof ask>[0]} server
 */
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
  const other = await ask(server, { headers: anna, body: { ...wanted, quantity: 2 } });
  assert.deepEqual([other.status, other.json.error.code], [200, 409]);
  const found = await ask(server, { headers: anna, endpoint: "order/lookup" });
  assert.equal(found.json.orderNumber, again.json.orderNumber);
  const late = { ...anna, "idempotency-key": "key-2" };
  assert.equal((await ask(server, { headers: late, endpoint: "order/lookup" })).json.error.code, 404);
  assert.equal((await ask(server, { headers: late })).json.error.code, 404);
  assert.equal((await ask(server, { headers: await signedIn("ben") })).json.success, true);
  assert.equal(api.sandbox.orders.length, 2);
}

describe("the same handler answers", () => {
  /** @type {[runtime: string, program: string, args: string[]][]} */
  const runtimes = [
    ["Node", "node", ["server.js"]],
    ["Express", "node", ["express.js"]],
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
    assert.ok(text.includes("npx wrangler dev\n"));
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
    // The backend decides on a preflight: here it lists no further origins.
    const preflight = { method: "OPTIONS", headers: { origin: "https://other.example" } };
    const response = await app.request("/api/client/api/v1/self/order", preflight);
    assert.deepEqual([response.status, (await response.json()).error.code], [404, 404]);
  });
});

test("in Express behind express.json(), an order gets a 500 at once, and onError names the cause", async () => {
  const code = blocks.get("express.js") ?? assert.fail("no block");
  const [parser, mount] = ["app.use(express.json());\n", 'app.use("/api"'];
  assert.ok(code.indexOf(mount) < code.indexOf(parser));
  await writeFile(join(folder, "parser-first.js"), code.replace(parser, "").replace(mount, parser + mount));
  const port = await freePort();
  const { close, output } = await startProgram(folder, "node", ["parser-first.js"], port, variables);
  const headers = await signedIn("anna");
  const { status } = await ask(`http://127.0.0.1:${port}`, { headers }).finally(close);
  assert.equal(status, 500);
  assert.match(output(), /something in front of the backend has read the body, such as express\.json\(\)/);
  assert.deepEqual(api.sandbox.requests, []);
});

test("behind nginx, an old browser's Origin is compared with the Host that it sent", { timeout: 120_000 }, async () => {
  await need("nginx");
  const [server, proxy] = [await freePort(), await freePort()];
  const [, location = ""] = /^```nginx\n(.*?)^```$/ms.exec(text) ?? assert.fail("no block");
  const place = join(folder, "nginx");
  await mkdir(place);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`);
  const configuration = `daemon off; pid nginx.pid; error_log stderr; events {}
    http { access_log off; ${temporary.join(" ")}
      server { listen 127.0.0.1:${proxy}; ${location.replace("3000", String(server))} } }`;
  await writeFile(join(place, "nginx.conf"), configuration);
  const shop = await startProgram(folder, "node", ["server.js"], server, variables);
  const nginx = await startProgram(folder, "nginx", ["-p", place, "-c", "nginx.conf"], proxy);
  try {
    await answersAsDocumented(`http://127.0.0.1:${proxy}`);
  } finally {
    await nginx.close();
    await shop.close();
  }
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
  test("identifies the user whom it was made for", async () => {
    const { userOf } = await load("session.js");
    for (const user of ["anna", "an.na", "ännä; x=1", "a b"]) {
      assert.equal(await userOf(pageRequest({ headers: await signedIn(user) })), user);
      const { cookie } = await signedIn(user);
      assert.equal(await userOf(pageRequest({ headers: { cookie: `other=1; ${cookie}; more=2` } })), user);
    }
  });

  test("that is forged, expired or signed with another secret is nobody's", async () => {
    const { userOf } = await load("session.js");
    const { cookie } = await signedIn("anna");
    const last = cookie.at(-1) === "a" ? "b" : "a";
    for (const forged of [
      `${cookie}x`,
      cookie.slice(0, -1) + last,
      cookie.replace("=", "=0"),
      // Any subdomain can set a cookie of this name.
      cookie.replace("__Host-", ""),
      "__Host-session=",
      "",
      "__Host-session=1.2.3",
    ]) {
      assert.equal(await userOf(pageRequest({ headers: { cookie: forged } })), null, forged);
    }
    assert.equal(await userOf(pageRequest({ headers: await signedIn("anna", -1) })), null);
    process.env.SESSION_SECRET = "another random text of 32 characters";
    assert.equal(await userOf(pageRequest({ headers: { cookie } })), null);
    process.env.SESSION_SECRET = variables.SESSION_SECRET;
  });
});

test("a customer signs in with a password, on a page of this origin", async () => {
  const { signIn } = await load("sign-in.js");
  const { userOf } = await load("session.js");
  const site = "https://shop.example";
  /** @param {string} password @param {string} from */
  const attempt = (password, from) =>
    signIn(
      new Request(`${site}/sign-in`, {
        method: "POST",
        headers: { "sec-fetch-site": from },
        body: new URLSearchParams({ name: "gina", password }),
      }),
    );
  for (const [password, from] of [
    ["wrong", "same-origin"],
    ["correct", "cross-site"],
  ]) {
    const refused = await attempt(password, from);
    assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [403, null]);
  }
  const { status, headers } = await attempt("correct", "same-origin");
  assert.deepEqual([status, headers.get("location")], [303, "/"]);
  const [cookie = ""] = (headers.get("set-cookie") ?? "").split(";");
  assert.equal(await userOf(new Request(site, { headers: { cookie } })), "gina");
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

describe("an operator", () => {
  /** The files of a backend that sells, over stand-ins for SQLite, which this Node may not have. */
  before(async () => {
    await mkdir(join(folder, "operator"));
    for (const name of ["selling.js", "session.js", "operator.js"]) {
      await writeFile(join(folder, "operator", name), blocks.get(name) ?? assert.fail(name));
    }
    await writeFile(join(folder, "operator/sqlite-bookings.js"), 'export { bookings } from "../own.js";');
    const accounts = `let credit = 10;
      const taken = new Map();
      export const sqliteAccounts = () => ({
        charge: ({ name, price }) => ((credit -= price), taken.set(name, price), true),
        refund: ({ name }) => ((credit += taken.get(name) ?? 0), taken.set(name, 0), undefined),
        credit: () => credit,
      });`;
    await writeFile(join(folder, "operator/sqlite-accounts.js"), accounts);
  });

  /** @param {Record<string, string | null>} headers @param {unknown} [body] */
  async function operate(headers, body) {
    const { operator } = await load("operator/operator.js");
    const method = body ? "POST" : "GET";
    const response = await operator(pageRequest({ path: "/operator", method, headers, ...(body ? { body } : {}) }));
    return { status: response.status, json: await response.json().catch(() => undefined) };
  }

  test("decides orders without an answer; nobody else does", async () => {
    const { backend } = await load("operator/selling.js");
    const { sqliteAccounts } = await load("operator/sqlite-accounts.js");
    const accounts = sqliteAccounts("");
    const headers = await signedIn("dora");
    const olga = await signedIn("olga");
    for (const fault of ["cut-after", "cut-before"]) {
      api.fault = `${fault}; on=order`;
      const request = { headers: { ...headers, "idempotency-key": fault } };
      assert.equal((await ask(backend, request)).status, 502);
      const name = JSON.stringify(["dora", fault]);
      const order = fault === "cut-after" ? api.sandbox.orders[0] : undefined;
      const decision = order ? { placed: true, orderNumber: order.orderNumber } : { placed: false };
      for (const stranger of [
        headers,
        { ...olga, "sec-fetch-site": "cross-site" },
        { ...olga, "sec-fetch-site": null },
      ]) {
        assert.equal((await operate(stranger)).status, 403);
        assert.equal((await operate(stranger, { name, decision })).status, 403);
      }
      assert.deepEqual(
        (await operate(olga)).json.map((/** @type {any} */ open) => open.name),
        [name],
      );
      assert.equal((await operate(olga, { name, decision: { placed: 1 } })).status, 400);
      assert.deepEqual(await operate(olga, { name, decision }), { status: 200, json: true });
      const { status, json } = await ask(backend, request);
      assert.deepEqual(
        [status, json.success, json.orderNumber],
        [200, order !== undefined, order?.orderNumber ?? null],
      );
    }
    assert.equal(api.orders().length, 2);
    assert.ok(accounts.credit("dora") < 10 - api.sandbox.orders[0].price);
  });

  test("does so on a page, where a double click decides one order", { timeout: 60_000 }, async () => {
    const { backend } = await load("operator/selling.js");
    const { operator } = await load("operator/operator.js");
    let decisions = 0;
    const server = await listen((request, response) => {
      if (request.url === "/operator.html") {
        return response.writeHead(200, { "content-type": "text/html" }).end(blocks.get("operator.html"));
      }
      if (request.url !== "/operator") return response.writeHead(404).end();
      if (request.method === "POST") decisions += 1;
      return serveHttp(request, response, operator);
    });
    const browser = await launchChromium();
    try {
      for (const [fault, name] of /** @type {const} */ ([
        ["cut-after", "Placed"],
        ["cut-before", "Not placed"],
      ])) {
        const isBooked = name === "Placed";
        decisions = 0;
        api.sandbox.reset();
        api.fault = `${fault}; on=order`;
        const [erna, fred] = await Promise.all(
          ["erna", "fred"].map(async (user) => ({ ...(await signedIn(user)), "idempotency-key": fault })),
        );
        for (const headers of [erna, fred]) assert.equal((await ask(backend, { headers })).status, 502);

        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`${server.url}/operator.html`);
        const status = page.getByRole("status");
        await status.getByText("Please sign in as an operator.").waitFor();
        await context.setExtraHTTPHeaders({ cookie: (await signedIn("olga")).cookie });
        await page.reload();
        const row = page.getByRole("row").filter({ hasText: "erna" });
        const button = row.getByRole("button", { name, exact: true });
        await button.waitFor();
        if (isBooked) {
          await button.click();
          await status.getByText("orderNumber must be a non-empty string.").waitFor();
          await row.getByLabel("Order number").fill(api.sandbox.orders[0]?.orderNumber ?? assert.fail());
        }
        const before = decisions;
        const { x, y } = (await button.boundingBox()) ?? assert.fail(name);
        await page.mouse.click(x + 5, y + 5);
        await status.getByText("The order has been settled.").waitFor();
        await row.waitFor({ state: "detached" });
        await page.mouse.down({ clickCount: 2 });
        await page.mouse.up({ clickCount: 2 });
        await page.evaluate(() => fetch("/operator"));
        assert.equal(decisions - before, 1);
        assert.equal((await ask(backend, { headers: erna })).json.success, isBooked);
        const open = await backend.openOrders();
        assert.deepEqual(
          open.map((/** @type {any} */ { user }) => user),
          ["fred"],
        );
        assert.equal(await backend.resolve(open[0].name, { placed: false }), true);
        await context.close();
      }
    } finally {
      await browser.close();
      await server.close();
    }
  });

  test("and the rest of a reseller's backend have at most 60 lines of code, the operator's route 30", () => {
    const linesOf = (/** @type {string} */ name) =>
      (blocks.get(name) ?? assert.fail(name)).split("\n").filter((line) => !/^\s*(\/\/.*|\/\*\*.*)?$/.test(line))
        .length;
    const files = ["selling.js", "sqlite-accounts.js", "sqlite-bookings.js", "operator.js"];
    const lines = files.map(linesOf);
    console.log(`a reseller's backend: ${files.map((file, place) => `${file} ${lines[place]}`).join(", ")}`);
    assert.ok(lines.reduce((sum, count) => sum + count) <= 60, String(lines));
    assert.ok((blocks.get("operator.js") ?? "").split("\n").length <= 31);
  });
});

test("onError is told about an order without an answer", async () => {
  const { backend } = await load("watched.js");
  const { logged } = await load("own.js");
  api.fault = "cut-after; on=order";
  assert.equal((await ask(backend, { headers: await signedIn("dora") })).status, 502);
  const [error, name] = logged.pop();
  assert.match(error, /ProxyOrdersError/);
  assert.equal(name, JSON.stringify(["dora", "key-1"]));
});

test("the page's code buys once", async () => {
  const { checkoutOf, press, price } = await load("page.js");
  const { backend } = await load("backend.js");
  const { cookie } = await signedIn("emil");
  const own = globalThis.fetch;
  const { location } = globalThis;
  /** @type {Map<string, string>} */
  const records = new Map();
  const localStorage = {
    getItem: (/** @type {string} */ name) => records.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void records.set(name, value),
    removeItem: (/** @type {string} */ name) => void records.delete(name),
  };
  let isLost = true;
  Object.assign(globalThis, {
    localStorage,
    location: { origin: "https://shop.example" },
    /** @param {Request} request */
    async fetch(request) {
      if (!request.url.startsWith("https://shop.example")) return own(request);
      request.headers.set("cookie", cookie);
      const response = await backend(request);
      if (isLost && !request.url.includes("/calculate/")) throw new TypeError("The response was lost.");
      return response;
    },
  });
  try {
    const quote = await price();
    assert.equal(quote.price, 1.31);
    const first = await press(checkoutOf("emil"), quote.price);
    assert.equal(first.outcome, "unknown");
    isLost = false;
    const result = await press(checkoutOf("emil"), quote.price);
    assert.equal(result.receipt.orderNumber, api.sandbox.orders[0]?.orderNumber);
    assert.equal(api.sandbox.orders.length, 1);
  } finally {
    Object.assign(globalThis, { location, localStorage: undefined, fetch: own });
  }
});

describe("the page", () => {
  test("shows code as Prettier formats it", async () => {
    for (const [name, code] of blocks) {
      if (![".js", ".json", ".html"].includes(extname(name))) continue;
      assert.equal(await prettier.format(code, { filepath: name, printWidth: 120 }), code, name);
    }
  });

  test("has the options that the declarations have", async () => {
    const source = await readFile(new URL("../../src/backend/types.ts", import.meta.url), "utf8");
    const [, declared = ""] = /^export interface BackendOptions \{$(.*?)^\}$/ms.exec(source) ?? [];
    const [, table = ""] = /^\| option \| meaning \| default \|$(.*?)\n\n/ms.exec(text) ?? [];
    assert.deepEqual(
      [...table.matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm)].map(([, name, value]) => [name, value === "required"]),
      [...declared.matchAll(/^ {2}(\w+)(\??):/gm)].map(([, name, optional]) => [name, optional === ""]),
    );
  });

  test("has the statuses that the declarations have", async () => {
    const source = await readFile(new URL("../../src/backend/backend.ts", import.meta.url), "utf8");
    const [, table = ""] = text.split("| status | when |");
    const [statuses = ""] = table.split("\n\n");
    const rows = (/** @type {string} */ where) => [...where.matchAll(/\| ([\d, ]+) \| /g)].map(([, status]) => status);
    assert.deepEqual(
      rows(statuses).filter((status) => status !== "204"),
      rows(source),
    );
  });
});
