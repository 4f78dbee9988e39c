// The demo page as its visitors meet it: in Chromium, from the packed package, against the sandbox.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { packedPackage } from "../.build/pack.js";
import { startDemo } from "../www/server.js";
import { launchChromium } from "./support/browser.js";

/** @type {Awaited<ReturnType<typeof startDemo>>} */
let demo;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { folder } = await packedPackage();
  demo = await startDemo({ packageDir: folder });
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await demo?.close();
});

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https:";

/**
 * A test in a page of its own, which fails on anything in the console that `allowed` does not match, and on any breach
 * of the content security policy.
 * @param {string} name
 * @param {(page: import("playwright-core").Page) => Promise<void>} run
 * @param {{ allowed?: RegExp, viewport?: { width: number, height: number } }} [options]
 */
function pageTest(name, run, { allowed, viewport } = {}) {
  test(name, { timeout: 60_000 }, async () => {
    demo.sandbox.reset();
    const context = await browser.newContext({ viewport });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      /** @type {string[]} */
      const complaints = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
          console.error(`Blocked by ${violatedDirective}: ${blockedURI}`);
        });
      });
      await page.goto(demo.url);
      await run(page);
      assert.deepEqual(
        complaints.filter((text) => !allowed?.test(text)),
        [],
      );
    } finally {
      await context.close();
    }
  });
}

/** Chromium itself reports failed requests. */
const failedRequests = /^Failed to load resource: /;

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
const orderButton = (page) => page.locator("#place");
/** @param {Page} page */
const dialog = (page) => page.getByRole("dialog", { name: "Place this order?" });

/**
 * Waits until the place shows the text.
 * @param {import("playwright-core").Locator} place
 * @param {string | RegExp} text
 */
async function shows(place, text) {
  await place.filter({ hasText: text, visible: true }).waitFor();
}

/**
 * Waits until a price stands that can be ordered.
 * @param {Page} page
 * @param {string} price
 */
async function offers(page, price) {
  await page.getByRole("button", { name: `Order for ${price} USD`, exact: true, disabled: false }).waitFor();
  assert.equal(await page.locator("#price").textContent(), price);
}

/** @param {Page} page */
async function confirmOrder(page) {
  await orderButton(page).click();
  await dialog(page).getByRole("button", { name: "Order now" }).click();
}

/**
 * @param {Page} page
 * @param {string} label
 */
async function choose(page, label) {
  await page.getByRole("radio", { name: label }).check({ force: true });
}

/**
 * @param {Page} page
 * @param {string} fault
 * @param {string} target
 */
async function switchFault(page, fault, target) {
  await page.locator("#settings-fold").evaluate((fold) => fold.setAttribute("open", ""));
  await page.getByLabel("It strikes").selectOption(target);
  await page.getByLabel("Fault").selectOption(fault);
}

/** @param {Page} page */
const visibleFields = (page) =>
  page
    .locator("#order input:visible")
    .evaluateAll((inputs) => [...new Set(inputs.map((input) => /** @type {HTMLInputElement} */ (input).name))]);

const posts = () => demo.sandbox.requests.filter(({ method }) => method === "POST");

pageTest("the price follows what is typed", async (page) => {
  await offers(page, "1.31");
  await shows(page.locator("#balance"), "7.18 USD");
  const before = posts().length;
  await page.getByLabel("Quantity").fill("");
  await page.getByLabel("Quantity").pressSequentially("2");
  assert.equal(await orderButton(page).isDisabled(), true, "no order at a price that stands no longer");
  await offers(page, "2.62");
  assert.equal(posts().length, before + 1, "one request after the pause in typing");
  await page.getByLabel("Country").fill("DEU");
  await offers(page, "2.88");
});

pageTest("only the fields that apply are shown", async (page) => {
  const common = ["proxyType", "quantity", "rentPeriodDays", "country", "goal"];
  const rest = ["authType", "promoCode"];
  assert.deepEqual(await visibleFields(page), [...common, ...rest]);
  await choose(page, "IPv6");
  assert.deepEqual(await visibleFields(page), [...common, "protocol", ...rest]);
  await choose(page, "Mobile");
  assert.deepEqual(await visibleFields(page), [...common, "mobileOperator", "rotationTime", ...rest]);
  await choose(page, "IP address");
  assert.deepEqual((await visibleFields(page)).slice(-3), ["authType", "authIp", "promoCode"]);
  await choose(page, "ISP");
  await choose(page, "Login");
  assert.deepEqual(await visibleFields(page), [...common, ...rest]);
  await offers(page, "2.65");
});

pageTest("an issue stands under its field in the package's words", async (page) => {
  await offers(page, "1.31");
  const country = page.getByLabel("Country");
  await country.fill("usa");
  await page.locator("#country-issue:not(:empty)").waitFor();
  const own = await page.evaluate(async () => {
    const url = "/node_modules/proxy-orders/dist/index.js";
    const { validateOrder } = await import(url);
    const { issues } = validateOrder({
      proxyType: "IPv4",
      quantity: 1,
      rentPeriodDays: 30,
      goal: "scraping",
      country: "usa",
      authType: "LOGIN",
    });
    return issues;
  });
  assert.equal(own.length, 1);
  assert.equal(await page.locator("#country-issue").textContent(), own[0].message);
  assert.equal(await country.getAttribute("aria-invalid"), "true");
  assert.match(String(await country.getAttribute("aria-describedby")), /\bcountry-issue\b/);
  assert.equal(await orderButton(page).isDisabled(), true);
  await country.fill("USA");
  await offers(page, "1.31");
  assert.equal(await page.locator("#country-issue").textContent(), "");
  assert.equal(await country.getAttribute("aria-invalid"), null);
});

pageTest("what is typed but is no whole number is an issue, not an absent field", async (page) => {
  await offers(page, "1.31");
  for (const text of ["1.5", "-", "0"]) {
    await page.getByLabel("Quantity").fill("");
    await page.getByLabel("Quantity").pressSequentially(text);
    await page.locator("#quantity-issue:not(:empty)").waitFor();
    await page.getByLabel("Quantity").fill("1");
    await offers(page, "1.31");
  }
});

pageTest("empty fields complain when the order is wanted, and the first gets the focus", async (page) => {
  await offers(page, "1.31");
  await choose(page, "Mobile");
  await choose(page, "IP address");
  await shows(page.locator("#status"), "The price appears when the details are complete.");
  assert.deepEqual(await page.locator(".issue:visible").count(), 0);
  await page.getByLabel("Promo code").press("Enter");
  for (const name of ["mobileOperator", "rotationTime", "authIp"]) {
    await page.locator(`#${name}-issue:not(:empty)`).waitFor();
  }
  assert.equal(await page.evaluate(() => document.activeElement?.id), "mobileOperator");

  // The order alone needs the address: there is a price, but no order without it.
  await page.getByLabel("Mobile operator").fill("verizon");
  await page.getByLabel("Rotation time").fill("300");
  await offers(page, "2.05");
  await orderButton(page).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "authIp");
  assert.equal(await dialog(page).isVisible(), false);
  await page.getByLabel("Your IP address").fill("203.0.113.7");
  await offers(page, "2.05");
  await confirmOrder(page);
  await shows(page.locator("#result-title"), "Order placed");
  assert.deepEqual(JSON.parse(String(posts().findLast(({ booked }) => booked)?.body)), {
    proxyType: "MOBILE",
    quantity: 1,
    rentPeriodDays: 30,
    goal: "scraping",
    country: "USA",
    rotationTime: 300,
    mobileOperator: "verizon",
    authType: "IP",
    authIp: "203.0.113.7",
  });
});

pageTest("warnings are shown, and there is nothing to order while they stand", async (page) => {
  await offers(page, "1.31");
  await page.getByLabel("Quantity").fill("10");
  await page.getByLabel("Goal").fill("forbidden");
  await shows(page.locator("#warnings"), "Incorrect goal");
  await shows(page.locator("#warnings"), "Your balance is too low for this order.");
  assert.equal(await page.locator("#price").textContent(), "13.10");
  assert.equal(await orderButton(page).isDisabled(), true);
  await page.getByLabel("Goal").fill("scraping");
  await page.getByLabel("Quantity").fill("2");
  await offers(page, "2.62");
  assert.equal(await page.locator("#warnings").isVisible(), false);
});

pageTest("a promo code is accepted or is not", async (page) => {
  await offers(page, "1.31");
  await page.getByLabel("Promo code").fill("PROMO10");
  await offers(page, "1.18");
  await shows(page.locator("#promo"), "Promo code accepted");
  await shows(page.locator("#discount"), "10 % off");
  await page.getByLabel("Promo code").fill("PROMO11");
  await offers(page, "1.31");
  await shows(page.locator("#promo"), "Promo code not valid");
  assert.equal(await page.locator("#discount").isVisible(), false);
});

pageTest("an order is asked for once more, placed, and shown with its number and the new balance", async (page) => {
  await offers(page, "1.31");
  await orderButton(page).click();
  await shows(dialog(page), "1.31 USD");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  assert.equal(await dialog(page).isVisible(), false);
  assert.equal(demo.sandbox.orders.length, 0);

  await confirmOrder(page);
  const result = page.getByRole("region", { name: "Order placed" });
  await result.waitFor();
  const [placed] = demo.sandbox.orders;
  await shows(result, placed.orderNumber);
  await shows(result, "5.87 USD");
  await shows(page.locator("#balance"), "5.87 USD");
  assert.equal(demo.sandbox.orders.length, 1);
  assert.equal(demo.sandbox.balance, 5.87);
  const paths = posts().map(({ path }) => path.replace(/^.*demo-key/, ""));
  // The second price is the order's own, which holds it to what was confirmed.
  assert.deepEqual(paths.slice(0, 3), ["/calculate/order", "/calculate/order", "/order"]);
});

pageTest("a double click places one order", async (page) => {
  await offers(page, "1.31");
  await orderButton(page).dblclick();
  await dialog(page).getByRole("button", { name: "Order now" }).dblclick();
  await shows(page.locator("#result-title"), "Order placed");
  await offers(page, "1.31");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("an order that the API refuses is said not to be placed", async (page) => {
  await offers(page, "1.31");
  await choose(page, "IPv6");
  await choose(page, "SOCKS");
  await page.getByLabel("Country").fill("CHN");
  await offers(page, "2.46");
  await confirmOrder(page);
  const result = page.getByRole("region", { name: "Order refused" });
  await shows(result, "This protocol is not on offer. (Incorrect protocol, code 13)");
  await shows(result, "Your order was not placed: nothing was charged.");
  assert.equal(demo.sandbox.orders.length, 0);
});

pageTest(
  "a key is not sent to half an address",
  async (page) => {
    await offers(page, "1.31");
    await page.getByText("Settings", { exact: true }).click();
    /** @type {Set<string>} */
    const asked = new Set();
    page.on("request", (request) => asked.add(new URL(request.url()).host));
    await page.route("https://**", (route) => route.abort());
    await page.getByLabel("Address", { exact: true }).fill("https://shop.example");
    // A price is asked for meanwhile.
    await page.evaluate(() => document.getElementById("again")?.click());
    await offers(page, "1.31");
    await page.getByLabel("Address", { exact: true }).pressSequentially(".org");
    await page.getByLabel("Address", { exact: true }).press("Enter");
    await shows(page.locator("#status"), "The connection to the server failed.");
    assert.deepEqual([...asked], [new URL(demo.url).host, "shop.example.org"]);
  },
  { allowed: failedRequests },
);

pageTest("settings that are no settings, and ones that are forgotten", async (page) => {
  await offers(page, "1.31");
  await page.getByText("Settings", { exact: true }).click();
  await page.getByLabel("Address", { exact: true }).fill("ftp://example.org");
  await page.getByLabel("Address", { exact: true }).press("Tab");
  await page.locator("#baseUrl-issue:not(:empty)").waitFor();
  assert.equal(await page.getByLabel("Fault").isDisabled(), true, "faults are the sandbox's");
  await page.getByLabel("Key", { exact: true }).fill("secret-key");
  await page.reload();
  await offers(page, "1.31");
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "/api");
  assert.equal(await page.getByLabel("Key", { exact: true }).inputValue(), "demo-key");
  const storedItems = await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length);
  assert.equal(storedItems, 0);
});

pageTest("an offer that changed before the order is refused with the new one", async (page) => {
  await offers(page, "1.31");
  // The balance is spent elsewhere.
  await fetch(new URL("/api/client/api/v1/self/order", demo.url), {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "elsewhere" },
    body: JSON.stringify({
      proxyType: "IPv4",
      quantity: 5,
      rentPeriodDays: 30,
      goal: "scraping",
      country: "USA",
      authType: "LOGIN",
    }),
  });
  await confirmOrder(page);
  const result = page.getByRole("region", { name: "Order not placed" });
  await shows(result, "The offer has changed since you saw it.");
  await shows(result, "Your balance is too low for this order.");
  await shows(result, "Your order was not placed: nothing was charged.");
  await shows(page.locator("#balance"), "0.63 USD");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("a price that rose before the order is refused with the new one", async (page) => {
  await offers(page, "1.31");
  const raise = async (/** @type {import("playwright-core").Route} */ route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), price: 1.5 } });
  };
  await page.route("**/calculate/order", raise, { times: 1 });
  await confirmOrder(page);
  await shows(page.getByRole("region", { name: "Order not placed" }), "The price is now 1.50 USD; you confirmed 1.31.");
  await offers(page, "1.31");
  assert.equal(demo.sandbox.orders.length, 0);
});

pageTest("an answer that comes for what was typed before is not waited for", async (page) => {
  await offers(page, "1.31");
  let held = 0;
  await page.route("**/calculate/order", (route) => {
    if (route.request().postDataJSON().quantity !== 3) return route.continue();
    held += 1;
  });
  const asked = page.waitForRequest(/calculate/);
  await page.getByLabel("Quantity").fill("3");
  await asked;
  const dropped = page.waitForEvent("requestfailed");
  await page.getByLabel("Quantity").fill("4");
  assert.equal((await dropped).failure()?.errorText, "net::ERR_ABORTED");
  await offers(page, "5.24");
  assert.equal(held, 1);
  assert.equal(
    posts().some(({ body }) => body?.includes('"quantity":3')),
    false,
  );
});

pageTest("every step can be taken with the keyboard", async (page) => {
  await offers(page, "1.31");
  const focused = () =>
    page.evaluate(() => {
      const at = /** @type {HTMLInputElement} */ (document.activeElement);
      return at.name || at.id;
    });
  /** @param {string} name */
  const tabTo = async (name) => {
    for (let steps = 0; steps < 20; steps += 1) {
      if ((await focused()) === name) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  await tabTo("proxyType");
  await page.keyboard.press("ArrowRight");
  await offers(page, "2.05");
  await tabTo("quantity");
  await page.keyboard.press("ArrowUp");
  await offers(page, "4.10");
  await tabTo("protocol");
  await page.keyboard.press("ArrowRight");
  await offers(page, "4.10");
  await tabTo("place");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  assert.equal(await focused(), "cancel", "the dialog opens on the button that buys nothing");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  assert.equal(await focused(), "place");
  await page.keyboard.press("Enter");
  await tabTo("confirm-order");
  await page.keyboard.press("Enter");
  await shows(page.locator("#result-title"), "Order placed");
  assert.equal(await focused(), "result-title");
  assert.deepEqual(
    demo.sandbox.orders.map(({ proxyType, quantity }) => ({ proxyType, quantity })),
    [{ proxyType: "IPv6", quantity: 2 }],
  );
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest(
  "an order whose answer is lost is in doubt, and says how the balance moved",
  async (page) => {
    await offers(page, "1.31");
    await switchFault(page, "cut-after", "order");
    await offers(page, "1.31");
    await shows(page.locator("#fault-note"), "Connection cut after the order was booked");
    await confirmOrder(page);
    const result = page.getByRole("region", { name: "Order in doubt" });
    await shows(result, "We do not know whether your order was placed.");
    await shows(result, /Balance before\s*7\.18 USD/);
    await shows(result, /Balance now\s*5\.87 USD/);
    await orderButton(page).click();
    await shows(dialog(page), "Your last order may already have been placed.");
  },
  { allowed: failedRequests },
);

pageTest(
  "every fault of the sandbox can be watched",
  async (page) => {
    await offers(page, "1.31");
    const titles = /** @type {Record<string, string>} */ ({
      "refusal-400": "Order refused",
      slow: "Order placed",
      large: "Order placed",
    });
    const known = await fetch(new URL("/api/client/api/v1/demo-key/order", demo.url), {
      method: "POST",
      headers: { "x-sandbox-fault": "?" },
    }).then((response) => response.text());
    const names = known.replace(/^.*:/, "").trim().split(", ");
    const values = await page
      .locator("#fault option")
      .evaluateAll((all) =>
        all.map((option) => /** @type {HTMLOptionElement} */ (option).value).filter((value) => value !== ""),
      );
    assert.deepEqual(values.map((value) => value.split(";")[0]).sort(), names.sort());

    let sent = 0;
    page.on("request", (request) => (sent += /v1\/[^/]+\/order$/.test(request.url()) ? 1 : 0));
    for (const value of values) {
      demo.sandbox.reset();
      await switchFault(page, value, "order");
      await offers(page, "1.31");
      sent = 0;
      await confirmOrder(page);
      if (value.startsWith("stall-")) {
        await shows(page.locator("#result-title"), "Placing your order…");
        while (sent === 0) await setTimeout(10);
        await page.getByRole("button", { name: "Stop waiting" }).click();
      }
      const title = page.locator("#result-title").filter({ hasNotText: "Placing" });
      assert.equal(await title.textContent(), titles[value] ?? "Order in doubt", value);
      assert.equal(sent, 1, `${value}: one order request`);
    }
  },
  { allowed: failedRequests },
);

pageTest(
  "a price that cannot be had is said so, and can be asked for again",
  async (page) => {
    await offers(page, "1.31");
    await switchFault(page, "html-502", "calculate");
    await shows(page.locator("#status"), "The server could not answer. (status 502)");
    assert.equal(await orderButton(page).isDisabled(), true);
    await page.getByLabel("Fault").selectOption("");
    await offers(page, "1.31");
  },
  { allowed: failedRequests },
);

test("a package that cannot be loaded is loaded when asked again", async () => {
  const page = await browser.newPage();
  try {
    await page.route("**/*.wasm", (route) => route.abort(), { times: 1 });
    await page.goto(demo.url);
    await shows(page.locator("#status"), "A part of this page could not be loaded.");
    await page.getByRole("button", { name: "Try again" }).click();
    await offers(page, "1.31");
  } finally {
    await page.close();
  }
});

pageTest("the log has each request and reply, and never the key", async (page) => {
  await offers(page, "1.31");
  await confirmOrder(page);
  await shows(page.locator("#result-title"), "Order placed");
  await offers(page, "1.31");
  await page.getByText("Requests and replies").click();
  assert.equal(await page.locator("#log > li").count(), 3);
  const entry = page.locator("#log > li").nth(1);
  await entry.locator("summary").click();
  await shows(entry, "POST /api/client/api/v1/{key hidden}/order");
  await shows(entry, `"orderNumber": "${demo.sandbox.orders[0].orderNumber}"`);
  await shows(entry, '"authType": "LOGIN"');
  assert.equal((await page.locator("#log").textContent())?.includes("demo-key"), false);
});

pageTest(
  "it fits a phone, and the balance stays in view",
  async (page) => {
    await offers(page, "1.31");
    await page.getByText("Settings", { exact: true }).click();
    await page.getByText("Requests and replies").click();
    await choose(page, "Mobile");
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    const box = await page.locator("#balance").boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 100);
  },
  { viewport: { width: 360, height: 740 } },
);

test("what is served, and as what", async () => {
  /** @param {string} path @param {string} [method] */
  const get = (path, method = "GET") =>
    new Promise((resolve, reject) => {
      // Not fetch, which would tidy the path up.
      httpRequest(new URL(demo.url), { path, method }, (response) => {
        response.resume().on("end", () => resolve(response));
      })
        .on("error", reject)
        .end();
    });
  const served = {
    "/": "text/html;charset=utf-8",
    "/app.js": "text/javascript",
    "/style.css": "text/css",
    "/favicon.svg": "image/svg+xml",
    "/node_modules/proxy-orders/package.json": "application/json",
    "/node_modules/proxy-orders/dist/index.js?x=1": "text/javascript",
    "/node_modules/proxy-orders/dist/proxy_orders_bg.wasm": "application/wasm",
  };
  for (const [path, type] of Object.entries(served)) {
    const { statusCode, headers } = await get(path);
    assert.equal(statusCode, 200, path);
    assert.equal(headers["content-type"], type, path);
    assert.equal(headers["content-security-policy"], policy, path);
    assert.equal(headers["cache-control"], "no-store", path);
  }
  const unserved = [
    "/server.js",
    "/../package.json",
    "/%2e%2e/package.json",
    "/node_modules/proxy-orders/../../package.json",
    "/node_modules/proxy-orders/%2e%2e/package.json",
    "/node_modules/proxy-orders/..%2f..%2fpackage.json",
    "/node_modules/proxy-orders/",
    "/node_modules/proxy-orders/dist",
    "/node_modules/proxy-orders/dist/index.js%00.js",
    "/node_modules/proxy-orders/%zz",
    "/%zz",
    "/api",
  ];
  for (const path of unserved) assert.equal((await get(path)).statusCode, 404, path);
  assert.equal((await get("/", "POST")).statusCode, 405);
});
