// @ts-check
// Checkouts in real browsers: tabs, reloads, killed renderers, the back/forward cache, private mode, full storage,
// React and server-side rendering. In the end, the sandbox's orders agree with what the pages were told.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { createSandbox } from "proxy-orders/sandbox";
import { filesOf, listen } from "../.build/serve.js";
import { install } from "./projects/support.js";
import { launchChromium } from "./support/browser.js";
import { WebDriver } from "./support/webdriver.js";

/** @import { Checkout, PurchaseResult } from "proxy-orders" */
/** @import { Browser, BrowserContext, Page } from "playwright-core" */

const KILLS = process.env.SOAK ? 60 : 10;
const SEED = Number(process.env.SEED ?? Date.now() % 100_000);
const root = fileURLToPath(new URL("..", import.meta.url));

const PAGE = `<!doctype html><html lang="en"><title>Shop</title><body><div id="root">`;
/** A page whose script buys and reports. The rental period tells its purchases apart. */
const SCRIPT = `
  import { createCheckout } from "/dist/index.js";
  const checkout = createCheckout({ baseUrl: "/api", customer: "anna" });
  const events = [];
  addEventListener("pageshow", ({ persisted }) => persisted && events.push("back"));
  checkout.subscribe(() => events.push(checkout.state.status));
  const request = (rentPeriodDays) =>
    ({ proxyType: "IPv4", quantity: 1, rentPeriodDays, goal: "ads", country: "USA", authType: "LOGIN" });
  const told = ({ outcome, request, receipt, failure, error } = {}) =>
    ({ outcome, days: request?.rentPeriodDays, orderNumber: receipt?.orderNumber, failure: failure?.error.code, code: error?.code });
  const buy = async (days) => told(await checkout.buy(request(days), { maxPrice: 1e6 }));
  const resolve = async () => told(await checkout.resolve());
  globalThis.shop = { checkout, events, buy, resolve };`;

const sandbox = createSandbox({ apiKey: "self", balance: 1e9 });
/** How many responses to orders and lookups were sent whole. */
let answered = 0;
/** What the server renders for /react. */
let rendered = "";
let reactScript = "";
/** @type {Awaited<ReturnType<typeof listen>>} */
let server;
/** @type {Browser} */
let browser;
/** @type {BrowserContext} */
let context;

before(async () => {
  const files = filesOf(root);
  const html = (/** @type {string} */ body) => ["text/html; charset=utf-8", body];
  const script = (/** @type {string} */ body) => ["text/javascript; charset=utf-8", body];
  /** @type {Record<string, () => string[]>} */
  const pages = {
    "/shop": () => html(`${PAGE}</div><script type="module" src="/shop.js"></script>`),
    "/shop.js": () => script(SCRIPT),
    "/react": () => html(`${PAGE}${rendered}</div><script type="module" src="/react.js"></script>`),
    "/react.js": () => script(reactScript),
    "/elsewhere": () => html(`${PAGE}Elsewhere</div>`),
  };
  server = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (/\/(order\/lookup|(?<!calculate\/)order)$/.test(pathname)) response.on("finish", () => (answered += 1));
    if (pathname.startsWith("/api/")) return sandbox.handler(request, response);
    const [type, body] = pages[pathname]?.() ?? [];
    if (type) return response.writeHead(200, { "content-type": type }).end(body);
    if (pathname.startsWith("/dist/")) return files(request, response, pathname);
    return response.writeHead(204).end();
  });
  // Playwright turns the back/forward cache off.
  browser = await launchChromium({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
});
after(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  sandbox.reset();
  context = await browser.newContext();
});
afterEach(() => context.close());

/** @param {string} [path] */
async function open(path = "/shop") {
  const page = await context.newPage();
  await page.goto(server.url + path);
  if (path === "/shop") await page.waitForFunction("globalThis.shop");
  return page;
}

/** @param {Page} page @param {number} days @returns {Promise<any>} */
const buy = (page, days) => page.evaluate(`shop.buy(${days})`);
/** @param {Page} page @returns {Promise<any>} */
const resolve = (page) => page.evaluate("shop.resolve()");
/** @param {Page} page @returns {Promise<string>} */
const status = (page) => page.evaluate("shop.checkout.state.status");
/** @param {Page} page @param {string} wanted */
const untilStatus = (page, wanted) => page.waitForFunction(`shop.checkout.state.status === "${wanted}"`);

/** Waits until something is true of the server. @param {() => boolean} condition */
async function until(condition) {
  for (let attempt = 0; !condition(); attempt += 1) {
    assert.ok(attempt < 1_000, `it stays untrue: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The order numbers of a rental period in the sandbox. @param {number} days */
const booked = (days) =>
  sandbox.orders.filter(({ rentPeriodDays }) => rentPeriodDays === days).map(({ orderNumber }) => orderNumber);

/** Asserts that the sandbox's orders agree with what a page was told. @param {any} told */
function assertAgrees(told) {
  const orderNumbers = told.outcome === "placed" ? [told.orderNumber] : [];
  assert.deepEqual(booked(told.days), orderNumbers, JSON.stringify(told));
}

describe("two tabs of one origin", () => {
  test("one buys; the other sees it, waits, and buys later", async () => {
    const [here, there] = [await open(), await open()];
    sandbox.fail("slow", { on: "order", ms: 1_500 });
    const bought = buy(here, 1);
    await untilStatus(there, "unresolved");
    assert.equal((await buy(there, 2)).code, "unresolved_order");
    assert.equal((await resolve(there)).code, "duplicate_order");
    assertAgrees(await bought);
    await untilStatus(there, "ready");
    // The page learned it from events, without reading the state.
    await there.waitForFunction(`shop.events.at(-1) === "ready"`);
    assertAgrees(await buy(there, 2));
    assert.equal(sandbox.orders.length, 2);
  });

  test("at the same moment, only one buys", async () => {
    const pages = [await open(), await open(), await open()];
    const results = await Promise.all(pages.map((page, index) => buy(page, index + 1)));
    const placed = results.filter(({ outcome }) => outcome === "placed");
    assert.equal(placed.length, sandbox.orders.length);
    for (const told of results) assertAgrees(told);
    for (const { outcome, code } of results) {
      if (outcome !== "placed") assert.ok(["duplicate_order", "unresolved_order"].includes(code), code);
    }
  });

  test("one resolves the purchase that the other left when it was closed", async () => {
    const [here, there] = [await open(), await open()];
    sandbox.fail("stall-headers", { on: "order" });
    const bought = buy(here, 1).catch(() => "closed");
    await until(() => sandbox.orders.length === 1);
    await here.close();
    assert.equal(await bought, "closed");
    await untilStatus(there, "unresolved");
    assertAgrees(await untilAnswered(there));
  });
});

/**
 * Looks up until there is an answer: the lock of a closed tab may be held a moment longer.
 * @param {Page} page
 */
async function untilAnswered(page) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const told = await resolve(page);
    if (told.outcome !== "unknown") return told;
    await page.waitForTimeout(50);
  }
  return assert.fail("the outcome stays unknown");
}

test("a reload keeps the purchase", async () => {
  const page = await open();
  sandbox.fail("stall-headers", { on: "order" });
  const bought = buy(page, 1).catch(() => "reloaded");
  await until(() => sandbox.orders.length === 1);
  await page.reload();
  assert.equal(await bought, "reloaded");
  await page.waitForFunction("globalThis.shop");
  assert.equal(await status(page), "unresolved");
  assertAgrees(await untilAnswered(page));
});

test(`${KILLS} renderers killed at random moments`, { timeout: 600_000 }, async (t) => {
  let state = SEED;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const counts = { killed: 0, told: 0, resolved: 0, "never stored": 0, "settled before": 0, placed: 0 };
  const survivor = await open();
  for (let days = 1; days <= KILLS; days += 1) {
    const page = await open();
    const devTools = await context.newCDPSession(page);
    const isLossy = random() < 0.5;
    answered = 0;
    if (isLossy) sandbox.fail("cut-body", { on: "order" });
    else sandbox.fail("slow", { on: "order", ms: Math.floor(random() * 300) });
    /** @type {any} */
    let told;
    const bought = buy(page, days).then(
      (result) => (told = result),
      () => {},
    );
    await new Promise((resolve) => setTimeout(resolve, random() * (isLossy ? 1_500 : 300)));
    const crashed = page.waitForEvent("crash");
    devTools.send("Page.crash").catch(() => {});
    await crashed;
    await Promise.race([bought, page.close()]);
    counts.killed += 1;
    if (told && told.outcome !== "unknown") {
      counts.told += 1;
      assertAgrees(told);
    }
    // The order may still be on its way, and then the lookup arrives first.
    const isStored = (await status(survivor)) === "unresolved";
    if (isStored) {
      const answer = await untilAnswered(survivor);
      assert.equal(answer.days, days);
      assertAgrees(answer);
      counts.resolved += 1;
    } else if (!told && booked(days).length) {
      // Only an answer removes a record.
      assert.ok(answered > 0);
      counts["settled before"] += 1;
    } else if (!told) counts["never stored"] += 1;
    assert.equal(await status(survivor), "ready");
    assert.ok(booked(days).length <= 1);
    counts.placed += booked(days).length;
    // An unused fault must not affect the next purchase.
    sandbox.reset();
  }
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  console.log(`Killed renderers, seed ${SEED}: ${JSON.stringify(counts)}`);
  assert.equal(counts.killed, KILLS);
});

test("a page that returns from the back/forward cache shows what happened in the meantime", async () => {
  const page = await open();
  const other = await open();
  await page.goto(`${server.url}/elsewhere`);
  sandbox.fail("cut-body", { on: "order" });
  sandbox.fail("500", { on: "lookup", times: 2 });
  assert.equal((await buy(other, 1)).outcome, "unknown");
  await page.evaluate("history.back()").catch(() => {});
  await page.waitForFunction(`globalThis.shop?.events.includes("back")`);
  assert.equal(await page.evaluate("shop.events.at(-1)"), "unresolved");
  assertAgrees(await resolve(page));
  await untilStatus(other, "ready");
});

test("private mode keeps a purchase as long as the window is open", async () => {
  // Every context of Chromium is a private window of its own.
  const page = await open();
  sandbox.fail("stall-headers", { on: "order" });
  buy(page, 1).catch(() => {});
  await until(() => sandbox.orders.length === 1);
  await page.close();
  const again = await open();
  assert.equal(await status(again), "unresolved");
  assertAgrees(await untilAnswered(again));
  const another = await browser.newContext();
  const stranger = await another.newPage();
  await stranger.goto(`${server.url}/shop`);
  await stranger.waitForFunction("globalThis.shop");
  assert.equal(await status(stranger), "ready");
  await another.close();
});

test("with full storage, the page keeps the purchase in memory", async () => {
  const page = await open();
  await page.evaluate(() => {
    let text = "x".repeat(1 << 20);
    for (let name = 0; text; name += 1) {
      try {
        localStorage.setItem(`filler ${name}`, text);
      } catch {
        text = text.slice(0, text.length / 2);
      }
    }
  });
  sandbox.fail("cut-body", { on: "order" });
  sandbox.fail("500", { on: "lookup", times: 2 });
  assert.equal((await buy(page, 1)).outcome, "unknown");
  assert.equal(await page.evaluate("Object.keys(localStorage).some((name) => name.startsWith('proxy-orders'))"), false);
  assert.equal(await status(page), "unresolved");
  assert.equal((await buy(page, 2)).code, "unresolved_order");
  assertAgrees(await resolve(page));
  assert.equal(await status(page), "ready");
});

describe("React", () => {
  /** A component with the checkout, for the server and the page. */
  const COMPONENT = `
    import { createElement, StrictMode, useEffect, useMemo, useState, useSyncExternalStore } from "react";
    import { createCheckout } from "proxy-orders";
    const request = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 1, goal: "ads", country: "USA", authType: "LOGIN" };
    const onServer = { status: "ready" };
    function Shop() {
      const checkout = useMemo(() => createCheckout({ baseUrl: "/api", customer: "anna" }), []);
      const state = useSyncExternalStore(checkout.subscribe, () => checkout.state, () => onServer);
      const [end, setEnd] = useState("");
      useEffect(() => void (document.title = "Hydrated"), []);
      const press = async () => {
        const result = await (state.status === "unresolved" ? checkout.resolve() : checkout.buy(request, { maxPrice: 5 }));
        setEnd(result.outcome);
      };
      return createElement("button", { onClick: press }, state.status + " " + end);
    }
    export const App = () => createElement(StrictMode, null, createElement(Shop));`;

  /** @type {string[]} */
  const problems = [];

  before(async () => {
    const folder = await install("readme", join(root, "tests/readme"));
    /** @param {string} contents @param {"browser" | "node"} platform */
    const bundle = async (contents, platform) => {
      const { outputFiles } = await build({
        stdin: { contents: COMPONENT + contents, resolveDir: folder },
        bundle: true,
        write: false,
        format: platform === "node" ? "cjs" : "esm",
        platform,
        define: { "process.env.NODE_ENV": '"development"' },
        logLevel: "error",
      });
      return outputFiles[0]?.text ?? "";
    };
    reactScript = await bundle(
      `import { hydrateRoot } from "react-dom/client";
       hydrateRoot(document.getElementById("root"), createElement(App));`,
      "browser",
    );
    const onServer = await bundle(
      `import { renderToString } from "react-dom/server";
       module.exports = renderToString(createElement(App));`,
      "node",
    );
    const module = { exports: "" };
    const { createRequire } = await import("node:module");
    new Function("module", "exports", "require", onServer)(
      module,
      module.exports,
      createRequire(pathToFileURL(join(folder, "main.js"))),
    );
    rendered = String(module.exports);
  });

  test("renders on a server, hydrates in StrictMode, and survives a reload", async () => {
    assert.equal(rendered, "<button>ready </button>");
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      const isOfNetwork = message.text().startsWith("Failed to load resource");
      if (["error", "warning"].includes(message.type()) && !isOfNetwork) problems.push(message.text());
    });
    await page.goto(`${server.url}/react`);
    const button = page.getByRole("button");
    sandbox.fail("cut-body", { on: "order" });
    sandbox.fail("500", { on: "lookup", times: 2 });
    const hydrated = () => page.waitForFunction(`document.title === "Hydrated"`);
    await hydrated();
    await button.click();
    await page.getByText("resolving").waitFor();
    await page.getByText("unresolved unknown").waitFor();
    await page.reload();
    await hydrated();
    await page.getByText("unresolved").waitFor();
    await button.click();
    await page.getByText("ready placed").waitFor();
    assert.equal(sandbox.orders.length, 1);
    assert.deepEqual(problems, []);
  });
});

for (const engine of /** @type {const} */ (["firefox", "webkit"])) {
  test(`reloads and closed tabs in ${engine}`, { timeout: 180_000 }, async (t) => {
    const driver = await WebDriver.start(engine);
    if (typeof driver === "string") {
      assert.ok(!process.env.CI, driver);
      console.log(`NOT RUN in ${engine}: ${driver}`);
      return t.skip(driver);
    }
    const visit = async () => {
      await driver.open(`${server.url}/shop`);
      await untilLoaded();
    };
    const untilLoaded = () =>
      driver.run(`while (!globalThis.shop) await new Promise((resolve) => setTimeout(resolve, 20));`);
    const status = () => driver.run("return shop.checkout.state.status");
    const answer = () =>
      driver.run(`for (let attempt = 0; attempt < 50; attempt += 1) {
        const told = await shop.resolve();
        if (told.outcome !== "unknown") return told;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("it stays unknown");`);
    /** Begins a purchase whose response never comes. @param {number} days */
    const begin = async (days) => {
      sandbox.fail("stall-headers", { on: "order" });
      await driver.run(`shop.buy(${days})`);
      await until(() => booked(days).length === 1);
    };
    try {
      await visit();
      assertAgrees(await driver.run("return shop.buy(1)"));

      await begin(2);
      await driver.reload();
      await untilLoaded();
      assert.equal(await status(), "unresolved");
      assertAgrees(await answer());

      const first = await driver.openTab();
      await visit();
      await begin(3);
      await driver.closeTab();
      await driver.switchTo(first);
      assert.equal(await status(), "unresolved");
      await driver.run(
        `while (shop.events.at(-1) !== "unresolved") await new Promise((resolve) => setTimeout(resolve, 20));`,
      );
      assertAgrees(await answer());
      assert.equal(await status(), "ready");
      assert.equal(sandbox.orders.length, 3);
      console.log(`${engine}: 3 purchases, 1 reload, 1 closed tab, ${sandbox.orders.length} orders in the books`);
    } finally {
      await driver.close();
    }
  });
}
