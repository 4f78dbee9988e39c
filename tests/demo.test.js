// The demo page in Chromium, from the packed package, against the sandbox.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { createCheckout } from "proxy-orders";
import { createBackend, memoryBookings } from "proxy-orders/backend";
import { createSandbox } from "proxy-orders/sandbox";
import { packedPackage } from "../.build/pack.js";
import { listen } from "../.build/serve.js";
import { createOperator } from "../www/operator.js";
import { startDemo } from "../www/server.js";
import { launchChromium } from "./support/browser.js";
import {
  breakNext,
  choose,
  confirmOrder,
  dialog,
  findOut,
  inScene,
  neverEnding,
  neverPlaced,
  offers,
  orderButton,
  orderUnresolved,
  placedAtOnce,
  priceOf,
  shows,
  toUnresolved,
} from "./support/shop.js";

/** @typedef {import("playwright-core").Page} Page */

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

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
  "connect-src 'self' https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const phone = { viewport: { width: 390, height: 844 } };
const desktop = { viewport: { width: 1280, height: 860 } };

/** Chromium's own messages about failed requests. */
const failedRequests = /^Failed to load resource: /;

/**
 * A test in a page of its own. It fails if there is an error or a warning in the console, except about failed requests,
 * or a violation of the Content Security Policy.
 * @param {string} name
 * @param {(page: Page) => Promise<void>} run
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
function pageTest(name, run, options = desktop) {
  test(name, { timeout: 60_000 }, async () => {
    demo.sandbox.reset();
    const context = await browser.newContext(options);
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
        complaints.filter((text) => !failedRequests.test(text)),
        [],
      );
    } finally {
      await context.close();
    }
  });
}

/** @param {Page} page */
const visibleFields = (page) =>
  page.locator("#order input:visible").evaluateAll((inputs) => [...new Set(inputs.map(({ name, id }) => name || id))]);

/** The POST requests that the sandbox received. */
const posts = () => demo.sandbox.requests.filter(({ method }) => method === "POST");

/** Orders and lookups that the page sends from now on. @param {Page} page */
function ordersSent(page) {
  const sent = /** @type {import("playwright-core").Request[]} */ ([]);
  page.on("request", (request) => {
    if (/\/client\/api\/v1\/[^/]+\/order(\/lookup)?$/.test(request.url())) sent.push(request);
  });
  return sent;
}

/** Spends the balance elsewhere. @param {number} quantity */
async function spend(quantity) {
  const wanted = {
    proxyType: "IPv4",
    quantity,
    rentPeriodDays: 30,
    goal: "scraping",
    country: "USA",
    authType: "LOGIN",
  };
  const response = await fetch(new URL("/api/client/api/v1/self/order", demo.url), {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": `elsewhere ${Math.random()}` },
    body: JSON.stringify(wanted),
  });
  assert.equal((await response.json()).success, true);
}

// Prices

pageTest("the prices of all four types are shown, and follow the form", async (page) => {
  await offers(page, "1.31");
  for (const [type, price] of Object.entries({ IPv4: "1.31", IPv6: "2.05", MOBILE: "2.05", ISP: "2.65" })) {
    await shows(priceOf(page, type), `${price} USD`);
  }
  await shows(page.locator("#balance"), "7.18 USD");
  const before = posts().length;
  assert.equal(before, 4);
  await page.getByLabel("Quantity").fill("");
  await page.getByLabel("Quantity").pressSequentially("2");
  assert.equal(await orderButton(page).getAttribute("aria-disabled"), "true", "an outdated price cannot be ordered");
  await offers(page, "2.62");
  await shows(priceOf(page, "ISP"), "5.30 USD");
  assert.equal(posts().length, before + 4, "one calculation for each type, after the pause in typing");
  await choose(page, "ISP");
  await offers(page, "5.30");
  await choose(page, "IPv6");
  await choose(page, "SOCKS");
  await offers(page, "4.10");
  assert.equal(posts().length, before + 4, "a known price is not requested again");
});

pageTest("pending quotes of an earlier input are ignored", async (page) => {
  await offers(page, "1.31");
  await page.route("**/calculate/order", (route) => {
    if (route.request().postDataJSON().quantity !== 3) return route.continue();
  });
  const asked = page.waitForRequest(/calculate/);
  await page.getByLabel("Quantity").fill("3");
  await asked;
  /** @type {(string | undefined)[]} */
  const dropped = [];
  page.on("requestfailed", (request) => dropped.push(request.failure()?.errorText));
  await page.getByLabel("Quantity").fill("4");
  await offers(page, "5.24");
  assert.deepEqual(dropped, Array(4).fill("net::ERR_ABORTED"));
});

pageTest("the offered periods are those of the type, and any other can be typed", async (page) => {
  const periods = () => page.locator("#periods label:visible").allTextContents();
  assert.deepEqual(await periods(), ["30 days", "60 days", "90 days", "180 days", "360 days", "Other"]);
  await shows(page.locator("[data-note=IPv6]"), "for 90 days");
  await choose(page, "IPv6");
  assert.deepEqual(await periods(), ["90 days", "180 days", "360 days", "Other"]);
  assert.equal(await page.getByRole("radio", { name: "90 days", exact: true }).isChecked(), true);
  await choose(page, "Mobile");
  assert.deepEqual(await periods(), ["30 days", "360 days", "Other"]);
  assert.equal(
    await page.getByRole("radio", { name: "30 days", exact: true }).isChecked(),
    true,
    "the chosen period comes back",
  );
  await choose(page, "Other");
  await page.getByLabel("Number of days").fill("31");
  await offers(page, "4.10");
});

pageTest("a country is searched by its name or its code, and any code can be typed", async (page) => {
  await offers(page, "1.31");
  const country = page.getByRole("combobox", { name: "Country" });
  const options = page.getByRole("option");
  await country.click();
  assert.equal(await options.count(), 249);
  await country.fill("reun");
  assert.deepEqual(await options.allTextContents(), ["RéunionREU"]);
  await country.fill("pol");
  assert.equal(await options.first().textContent(), "PolandPOL");
  await country.press("Enter");
  assert.equal(await country.inputValue(), "Poland");
  await offers(page, "1.18");
  await country.fill("united");
  await country.press("ArrowDown");
  await country.press("ArrowDown");
  await country.press("Enter");
  assert.equal(await country.inputValue(), "United States");
  await offers(page, "1.31");
  await country.fill("German");
  await country.press("Tab");
  assert.equal(await country.inputValue(), "Germany", "the country found is taken when the field is left");
  await offers(page, "1.44");
  await country.fill("xkx");
  await country.press("Tab");
  await offers(page, "1.57");
  await confirmOrder(page);
  await inScene(page, "placed");
  assert.equal(demo.sandbox.orders[0].country, "XKX");
});

pageTest("the page says whether a promo code is accepted", async (page) => {
  await offers(page, "1.31");
  await page.getByLabel("Promo code").fill("PROMO10");
  await offers(page, "1.18");
  await shows(page.locator("#promo"), "Accepted. 10 % off.");
  await page.getByLabel("Promo code").fill("PROMO11");
  await offers(page, "1.31");
  await shows(page.locator("#promo"), "Not valid: this is the full price.");
});

pageTest("warnings are shown, and disable the order", async (page) => {
  await offers(page, "1.31");
  await page.getByLabel("Quantity").fill("10");
  await page.getByLabel("Goal").fill("forbidden");
  await shows(page.locator("#status"), "The shop does not accept this goal. Your balance is too low for this order.");
  assert.equal(await page.locator("#price").textContent(), "13.10");
  await orderButton(page).click({ force: true });
  assert.equal(await dialog(page).isVisible(), false);
  await page.getByLabel("Goal").fill("scraping");
  await page.getByLabel("Quantity").fill("2");
  await offers(page, "2.62");
  assert.equal(await page.locator("#status").textContent(), "Nothing is charged yet.");
});

for (const options of [phone, desktop]) {
  pageTest(
    `nothing moves while prices load, ${options.viewport.width} px wide`,
    async (page) => {
      await page.addInitScript(() => {
        const moved = /** @type {string[]} */ ([]);
        Object.assign(globalThis, { moved });
        new PerformanceObserver((list) => {
          for (const { sources } of /** @type {any[]} */ (list.getEntries())) {
            moved.push(...sources.map((/** @type {any} */ { node }) => node?.outerHTML ?? node?.textContent ?? "gone"));
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.reload();
      await offers(page, "1.31");
      await shows(priceOf(page, "ISP"), "2.65");
      await page.getByRole("button", { name: "One more" }).click();
      await offers(page, "2.62");
      await page.getByLabel("Promo code").fill("PROMO10");
      await offers(page, "2.36");
      // The observer reports with the next frames.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).moved), []);
    },
    options,
  );
}

pageTest("a price that fails to load is reported, and can be requested again", async (page) => {
  await offers(page, "1.31");
  await page.route("**/calculate/order", (route) => route.fulfill({ status: 404, body: "<h1>Not here</h1>" }));
  await page.getByRole("button", { name: "One more" }).click();
  await shows(page.locator("#status"), "The shop had trouble responding.");
  assert.equal(await orderButton(page).getAttribute("aria-disabled"), "true");
  await page.unroute("**/calculate/order");
  await page.getByRole("button", { name: "Try again" }).click();
  await offers(page, "2.62");
});

test("a package that failed to load is loaded on request", async () => {
  const page = await browser.newPage();
  try {
    await page.addInitScript(() => {
      const { compile } = WebAssembly;
      WebAssembly.compile = async () => {
        WebAssembly.compile = compile;
        throw new RangeError("Out of memory");
      };
    });
    await page.goto(demo.url);
    await shows(page.locator("#status"), "Your browser could not start a part of this page.");
    await page.getByRole("button", { name: "Try again" }).click();
    await offers(page, "1.31");
  } finally {
    await page.close();
  }
});

// The form

pageTest("only the fields that apply are shown", async (page) => {
  const common = ["proxyType", "country", "quantity", "period"];
  const rest = ["authType", "goal", "promoCode"];
  assert.deepEqual(await visibleFields(page), [...common, ...rest]);
  await choose(page, "IPv6");
  assert.deepEqual(await visibleFields(page), [...common, "protocol", ...rest]);
  await choose(page, "Mobile");
  assert.deepEqual(await visibleFields(page), [...common, "mobileOperator", "rotationTime", ...rest]);
  await choose(page, "One IP address");
  assert.deepEqual((await visibleFields(page)).slice(-4), ["authType", "authIp", "goal", "promoCode"]);
  await choose(page, "ISP");
  await choose(page, "Password");
  assert.deepEqual(await visibleFields(page), [...common, ...rest]);
});

pageTest("an issue is shown under its field in the package's words", async (page) => {
  await offers(page, "1.31");
  const goal = page.getByLabel("Goal");
  await goal.fill("");
  await page.locator("#goal-issue:not(:empty)").waitFor();
  const own = await page.evaluate(async () => {
    const url = new URL("dist/index.js", document.baseURI).href;
    const { validateCalculate } = await import(url);
    return validateCalculate({ proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, country: "USA" }).issues;
  });
  assert.equal(own.length, 1);
  assert.equal(await page.locator("#goal-issue").textContent(), own[0].message);
  assert.equal(await goal.getAttribute("aria-invalid"), "true");
  assert.match(String(await goal.getAttribute("aria-describedby")), /\bgoal-issue\b/);
  await goal.fill("scraping");
  await offers(page, "1.31");
  assert.equal(await page.locator("#goal-issue").textContent(), "");
  assert.equal(await goal.getAttribute("aria-invalid"), null);
});

pageTest("invalid numbers and countries get a helpful message", async (page) => {
  await offers(page, "1.31");
  for (const text of ["1.5", "-", "0"]) {
    await page.getByLabel("Quantity").fill("");
    await page.getByLabel("Quantity").pressSequentially(text);
    await shows(page.locator("#quantity-issue"), /^Quantity must be a whole number/);
    await page.getByRole("button", { name: "One more" }).click();
    await page.getByLabel("Quantity").fill("1");
    await offers(page, "1.31");
  }
  await page.getByRole("combobox", { name: "Country" }).fill("Germny");
  await shows(page.locator("#country-issue"), "Choose a country from the list, or type its code of three letters.");
  await orderButton(page).click({ force: true });
  assert.equal(await page.evaluate(() => document.activeElement?.id), "country");
});

pageTest("an order with empty fields shows their issues, and focuses the first", async (page) => {
  await offers(page, "1.31");
  await choose(page, "One IP address");
  await offers(page, "1.31");
  assert.equal(await page.locator(".issue:visible").count(), 0);
  await page.getByLabel("Promo code").press("Enter");
  await page.locator("#authIp-issue:not(:empty)").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "authIp");
  assert.equal(await dialog(page).isVisible(), false);
  await page.getByLabel("Your IP address").fill("203.0.113.7");
  await choose(page, "Mobile");
  await offers(page, "2.05");
  await confirmOrder(page);
  await inScene(page, "placed");
  const body = posts().find(({ booked }) => booked)?.body;
  assert.deepEqual(JSON.parse(String(body)), {
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
  await tabTo("place");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  assert.equal(await focused(), "cancel", "the dialog opens with the focus on the button that buys nothing");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  assert.equal(await focused(), "place");
  await page.keyboard.press("Enter");
  await tabTo("confirm-order");
  await page.keyboard.press("Enter");
  await inScene(page, "placed");
  assert.equal(await focused(), "placed-title");
  assert.deepEqual(
    demo.sandbox.orders.map(({ proxyType, quantity }) => ({ proxyType, quantity })),
    [{ proxyType: "IPv6", quantity: 2 }],
  );
});

// Ordering

pageTest(
  "an order is confirmed, placed, and its receipt shown",
  async (page) => {
    await offers(page, "1.31");
    await orderButton(page).click();
    await shows(dialog(page), "1.31 USD");
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    assert.equal(await dialog(page).isVisible(), false);
    assert.equal(demo.sandbox.orders.length, 0);

    await page.getByLabel("Promo code").scrollIntoViewIfNeeded();
    await confirmOrder(page);
    const receipt = page.getByRole("region", { name: "Order placed" });
    await shows(receipt, demo.sandbox.orders[0]?.orderNumber ?? "NUMBER");
    await shows(receipt, /New balance\s*5\.87\sUSD/);
    assert.equal(await page.getByRole("form", { name: "Your order" }).isVisible(), false);
    const box = await receipt.boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= phone.viewport.height, "the whole receipt is in view");
    await shows(page.locator("#balance"), "5.87 USD");
    assert.equal(demo.sandbox.orders.length, 1);
    const paths = posts().map(({ path }) => path.replace(/^.*\/v1\/[^/]+/, ""));
    // The page has shown prices. Then the page and the backend each calculate again, so that the order costs what was
    // confirmed, or is not sent.
    assert.deepEqual(paths.slice(0, 7), [...Array(6).fill("/calculate/order"), "/order"]);

    await page.getByRole("button", { name: "Order something else" }).click();
    await offers(page, "1.31");
  },
  phone,
);

pageTest("double clicks place one order", async (page) => {
  await offers(page, "1.31");
  await orderButton(page).dblclick();
  await dialog(page).getByRole("button", { name: "Order now" }).dblclick();
  await inScene(page, "placed");
  // The second click of a double-click, if the answer has come in between.
  await orderButton(page).dispatchEvent("click", { detail: 2 });
  assert.equal(await page.getByRole("region", { name: "Order placed" }).isVisible(), true);
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("the dialog closes when the order or its price changes", async (page) => {
  await offers(page, "1.31");
  await orderButton(page).click();
  await page.evaluate(() => {
    const quantity = /** @type {HTMLInputElement} */ (document.getElementById("quantity"));
    quantity.value = "5";
    quantity.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await dialog(page).waitFor({ state: "hidden" });
  await offers(page, "6.55");

  // Without an event, as a script might do it: the request stays the one that the dialog shows.
  await orderButton(page).click();
  await shows(dialog(page), "5 IPv4 proxies");
  await page.evaluate(() => {
    /** @type {HTMLInputElement} */ (document.getElementById("quantity")).value = "2";
  });
  await dialog(page).getByRole("button", { name: "Order now" }).click();
  await inScene(page, "placed");
  assert.deepEqual(
    demo.sandbox.orders.map(({ quantity, price }) => [quantity, price]),
    [[5, 6.55]],
  );
});

pageTest("requesting prices again closes the dialog", async (page) => {
  await offers(page, "1.31");
  await orderButton(page).click();
  await page.evaluate(() => document.getElementById("again")?.click());
  await dialog(page).waitFor({ state: "hidden" });
});

pageTest("an order that the shop declines is shown as not placed, without codes", async (page) => {
  await offers(page, "1.31");
  await choose(page, "IPv6");
  await choose(page, "SOCKS");
  await page.getByRole("combobox", { name: "Country" }).fill("China");
  await offers(page, "2.46");
  await confirmOrder(page);
  const notice = page.getByRole("region", { name: "Not ordered, nothing charged" });
  await shows(notice, "This protocol is not available here.");
  assert.doesNotMatch(String(await notice.textContent()), /\d|code/i);
  assert.equal(demo.sandbox.orders.length, 0);
  await choose(page, "HTTP");
  assert.equal(await notice.isVisible(), false, "the notice disappears when the order changes");
});

pageTest("an offer that changed before the order is refused with the new one", async (page) => {
  await offers(page, "1.31");
  await spend(5);
  await confirmOrder(page);
  const notice = page.getByRole("region", { name: "Not ordered, nothing charged" });
  await shows(notice, "The offer changed before your order was sent.");
  await shows(notice, "Your balance is too low for this order.");
  await shows(page.locator("#balance"), "0.63 USD");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("a price that rises during the confirmation is not paid", async (page) => {
  await offers(page, "1.31");
  await breakNext(page, "Raise the price");
  await confirmOrder(page);
  const notice = page.getByRole("region", { name: "Not ordered, nothing charged" });
  await shows(notice, "The price has risen to 1.97 USD; you confirmed 1.31.");
  assert.equal(demo.sandbox.orders.length, 0);
});

// Unresolved

test(
  "with each fault, an impatient customer learns the truth, and books once at most",
  { timeout: 120_000 },
  async () => {
    const page = await browser.newPage(desktop);
    try {
      page.setDefaultTimeout(15_000);
      await page.goto(demo.url);
      await offers(page, "1.31");
      const sent = ordersSent(page);
      const names = (await page.locator("[data-fault] b").allTextContents()).filter(
        (name) => !/in the dark/.test(name),
      );
      assert.equal(names.length, 21);
      for (const name of names) {
        demo.sandbox.reset();
        sent.length = 0;
        await breakNext(page, name);
        const isSent = page.waitForRequest(/v1\/[^/]+\/order$/).catch(() => null);
        await confirmOrder(page);
        if (neverEnding.includes(name)) {
          await isSent;
          await page.getByRole("button", { name: "Stop waiting" }).click();
          await page.locator("#leave").waitFor();
          await findOut(page);
        }
        await page.locator("body:is([data-scene=placed], [data-scene=declined])").waitFor();
        const isDeclined = neverPlaced.includes(name);
        assert.equal(await page.locator("body").getAttribute("data-scene"), isDeclined ? "declined" : "placed", name);
        assert.equal(demo.sandbox.orders.length, isDeclined ? 0 : 1, `${name}: bookings`);
        const paths = sent.map((request) => request.url().replace(/^.*v1\/[^/]+/, ""));
        const isUnresolved = !placedAtOnce.includes(name) && name !== "Raise the price";
        const orders = name === "Raise the price" ? [] : ["/order"];
        assert.deepEqual(paths, [...orders, ...(isUnresolved ? ["/order/lookup"] : [])], name);
        const keys = await Promise.all(sent.map((request) => request.headerValue("idempotency-key")));
        assert.equal(new Set(keys).size, orders.length, name);
        const lead = page.getByText(
          isDeclined ? "Now we know: your order was not placed." : "Now we know: your order was placed, once",
        );
        assert.equal(await lead.isVisible(), isUnresolved, name);
        if (!isDeclined) await page.getByRole("button", { name: "Order something else" }).click();
        await offers(page, "1.31");
      }
    } finally {
      await page.close();
    }
  },
);

pageTest("an unresolved purchase shows what is known, and survives a reload", async (page) => {
  await offers(page, "1.31");
  const sent = ordersSent(page);
  await toUnresolved(page);
  const unresolved = page.getByRole("region", { name: /Did your order go through/ });
  await shows(unresolved, "The connection broke before the response came.");
  await shows(unresolved, /Balance before\s*7\.18\sUSD/);
  await shows(unresolved, /Balance now\s*5\.87\sUSD/);
  await shows(unresolved, "Lower by exactly the price of this order");
  const known = await Promise.all(["reference", "time"].map((id) => page.locator(`#unresolved-${id}`).textContent()));
  assert.equal(known[0], await sent[0]?.headerValue("idempotency-key"));
  assert.match(String(known[1]), /^at \d\d:\d\d:\d\d\.$/);
  await page.reload();
  await shows(unresolved, /Balance now\s*5\.87\sUSD/);
  const after = await Promise.all(["reference", "time"].map((id) => page.locator(`#unresolved-${id}`).textContent()));
  assert.deepEqual(after, known);
  await findOut(page);
  await shows(page.getByRole("region", { name: "Order placed" }), "Now we know: your order was placed, once");
  assert.equal(demo.sandbox.orders.length, 1);
  await page.reload();
  await offers(page, "1.31");
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

pageTest("a page that is closed before the response comes opens with the unresolved purchase", async (page) => {
  await offers(page, "1.31");
  await breakNext(page, "Never respond");
  const isSent = page.waitForRequest(/v1\/[^/]+\/order$/);
  await confirmOrder(page);
  await isSent;
  await page.reload();
  await shows(page.getByRole("region", { name: /Did your order/ }), "or the page was closed too early");
  await findOut(page);
  await inScene(page, "placed");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("a second tab shows the purchase of the first, and either can resolve it", async (page) => {
  await offers(page, "1.31");
  const other = await page.context().newPage();
  await other.goto(demo.url);
  await offers(other, "1.31");
  await breakNext(page, "Never respond");
  await confirmOrder(page);
  await inScene(other, "unresolved");
  await shows(other.locator("#unresolved-reason"), "Another tab may still be working on it");
  await findOut(other);
  await shows(other.locator("#unresolved-reason"), "Another tab is working on an order.");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await page.locator("#leave").waitFor();
  assert.equal(
    await other.locator("#unresolved-reference").textContent(),
    await page.locator("#unresolved-reference").textContent(),
  );
  await findOut(other);
  await inScene(other, "placed");
  await shows(page.getByRole("region", { name: "Your order was settled in another tab" }), "You can order again");
  await shows(page.locator("#balance"), "5.87 USD");
  await offers(page, "1.31");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("after a reload, an order that spent the balance is found", async (page) => {
  await offers(page, "1.31");
  await page.getByLabel("Quantity").fill("4");
  await offers(page, "5.24");
  await toUnresolved(page);
  await page.reload();
  await findOut(page);
  await inScene(page, "placed");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("a failure that is not an answer leaves the purchase unresolved", async (page) => {
  await offers(page, "1.31");
  await toUnresolved(page);
  await page.reload();
  await breakNext(page, "Failure with status 400");
  const response = page.waitForResponse((response) => response.status() === 400);
  await findOut(page);
  await response;
  await shows(page.locator("#unresolved-reason"), "The shop had trouble responding.");
  await findOut(page);
  await inScene(page, "placed");
  assert.equal(demo.sandbox.orders.length, 1);
});

pageTest("an order that never arrived ends as not placed, and never arrives later", async (page) => {
  await offers(page, "1.31");
  await toUnresolved(page, "Lose the order");
  await shows(page.getByRole("region", { name: /Did your order/ }), "It has not changed");
  await spend(5);
  await findOut(page);
  const notice = page.getByRole("region", { name: "Not ordered, nothing charged" });
  await shows(notice, "Now we know: your order was not placed.");
  await shows(notice, "It never arrived at the shop.");
  assert.equal(demo.sandbox.orders.length, 1, "only the order that spent the balance");
});

pageTest("while a purchase is unresolved nothing else can be ordered, unless it is left deliberately", async (page) => {
  await page.getByLabel("Break every order").check();
  await offers(page, "1.31");
  const sent = ordersSent(page);
  await breakNext(page, "Lose the response");
  await confirmOrder(page);
  await page.locator("#leave").waitFor();
  assert.equal(sent.length, 3, "an order and two lookups");
  for (let lookups = 3; lookups <= 5; lookups += 1) {
    const lookup = page.waitForEvent("requestfailed");
    await findOut(page);
    await lookup;
    await shows(page.locator("#unresolved-progress"), "Press the button to find out.");
  }
  assert.equal(sent.filter((request) => request.url().endsWith("/order")).length, 1);
  assert.equal(demo.sandbox.orders.length, 1);
  assert.equal(await page.getByRole("form", { name: "Your order" }).isVisible(), false);

  await page.getByRole("button", { name: "Leave this order unsettled…" }).click();
  const leave = page.getByRole("dialog", { name: "Leave this order unsettled?" });
  await leave.getByRole("button", { name: "Go back" }).click();
  await inScene(page, "unresolved");
  await page.getByRole("button", { name: "Leave this order unsettled…" }).click();
  await leave.getByRole("button", { name: "I have checked: it was not ordered" }).click();
  await offers(page, "1.31");
  await page.getByLabel("Break every order").uncheck();
  await breakNext(page, "Lose the response");
  await confirmOrder(page);
  await inScene(page, "placed");
  assert.equal(demo.sandbox.orders.length, 2, "bought again in spite of the warning");
});

// Another address

pageTest("the header shows where orders go, and an API key is not sent to an unfinished address", async (page) => {
  await offers(page, "1.31");
  await shows(page.getByRole("status").first(), /^\s*Sandbox\s*Nothing is bought for real\s*$/);
  await shows(page.locator(".over-http"), "This page orders over HTTP");
  assert.equal(await page.locator(".in-page:visible").count(), 0);
  const sandboxColor = await page.locator("#where-badge").evaluate((badge) => getComputedStyle(badge).color);
  await page.getByText("Where orders go").click();
  /** @type {Set<string>} */
  const asked = new Set();
  page.on("request", (request) => asked.add(new URL(request.url()).host));
  await page.route("https://**", (route) => route.abort());
  await page.getByLabel("API key").fill("secret-key");
  await page.getByLabel("Address", { exact: true }).fill("https://shop.example");
  // Meanwhile, a price is requested.
  await page.evaluate(() => document.getElementById("again")?.click());
  await offers(page, "1.31");
  await page.getByLabel("Address", { exact: true }).pressSequentially(".org");
  await page.getByLabel("Address", { exact: true }).press("Enter");
  await shows(page.locator("#status"), "The connection broke before the response came.");
  assert.deepEqual([...asked], [new URL(demo.url).host, "shop.example.org"]);
  await shows(page.locator("#where"), /^\s*Live\s*Orders are charged for real\s*$/);
  assert.notEqual(await page.locator("#where-badge").evaluate((badge) => getComputedStyle(badge).color), sandboxColor);
  await page.getByRole("button", { name: "Back to the sandbox" }).click();
  await offers(page, "1.31");
  await shows(page.locator("#where"), "Sandbox");
});

pageTest("invalid settings are reported, and reset settings are forgotten", async (page) => {
  await offers(page, "1.31");
  await page.getByText("Where orders go").click();
  await page.getByLabel("Address", { exact: true }).fill("ftp://example.org");
  await page.getByLabel("Address", { exact: true }).press("Tab");
  await page.locator("#baseUrl-issue:not(:empty)").waitFor();
  await page.getByLabel("API key").fill("secret-key");
  await page.reload();
  await offers(page, "1.31");
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "/api");
  assert.equal(await page.getByLabel("API key").inputValue(), "");
  const storedItems = await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length);
  assert.equal(storedItems, 0);
});

pageTest("an unresolved order of an API that ignores idempotency keys is not sent again", async (page) => {
  await offers(page, "1.31");
  let orders = 0;
  let lookups = 0;
  /** @type {Record<string, string>} */
  let headers = {};
  await page.route("https://shop.example/**", (route) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    if (request.url().endsWith("/calculate/order")) {
      const balance = orders === 0 ? 7.18 : 5.87;
      const quote = { success: true, proxyType: "IPv4", balance, price: 1.31, currency: "USD", discount: 0 };
      return route.fulfill({ headers: cors, json: quote });
    }
    if (request.url().endsWith("/order/lookup")) {
      lookups += 1;
      return route.fulfill({ status: 404, headers: cors, body: "Not found" });
    }
    orders += 1;
    headers = request.headers();
    return route.abort();
  });
  await page.getByText("Where orders go").click();
  await page.getByLabel("Address", { exact: true }).fill("https://shop.example");
  await page.getByLabel("API key").fill("secret-key");
  await page.getByLabel("API key").press("Enter");
  await shows(page.locator("#where"), "Live");
  await offers(page, "1.31");
  await confirmOrder(page);
  await shows(page.locator("#unresolved-promise"), "may not be able to say what happened");
  await shows(page.locator("#unresolved-clue"), "Lower by exactly the price of this order");
  assert.deepEqual([orders, lookups], [1, 2]);
  assert.equal(headers["x-sandbox-fault"], undefined);
  await page.reload();
  await shows(page.locator("#where"), "Live");
  await inScene(page, "unresolved");
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "https://shop.example");
  assert.equal(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]).includes("secret-key")), false);

  await page.getByLabel("API key").fill("secret-key");
  await page.getByLabel("API key").press("Enter");
  await shows(page.locator("#balance"), "5.87 USD");
  let asked = 0;
  const askedAgain = page.waitForResponse((response) => response.url().endsWith("/calculate/order") && ++asked === 4);
  await page.getByRole("button", { name: "Look at the balance again" }).click();
  await askedAgain;
  assert.equal(orders, 1);
});

// The panel

pageTest("the panel offers every fault of the sandbox", async (page) => {
  await page.locator("[data-fault]").first().waitFor();
  const response = await fetch(new URL("/api/client/api/v1/self/order", demo.url), {
    method: "POST",
    headers: { "x-sandbox-fault": "?" },
  });
  const known = (await response.text()).replace(/^.*:/, "").trim().split(", ");
  const offered = await page
    .locator("[data-fault]")
    .evaluateAll((all) => all.map((button) => String(button.getAttribute("data-fault")).split(";")[0]));
  assert.deepEqual([...new Set(offered)].filter((name) => !["raise", "behind"].includes(name)).sort(), known.sort());
});

pageTest(
  "the traffic has each request and response, what the page knows and what was charged, never the API key",
  async (page) => {
    await offers(page, "1.31");
    await toUnresolved(page);
    await findOut(page);
    await inScene(page, "placed");
    const [lookup, order] = [page.locator("#traffic > li").nth(0), page.locator("#traffic > li").nth(1)];
    await shows(order, /POST …\/order\s*no response · \d+ ms/);
    await shows(order, /The page knows:\s*not yet\s*The account was\s*charged 1\.31 USD/);
    await shows(lookup, /POST …\/order\/lookup\s*200 · \d+ ms/);
    await shows(lookup, /The page knows:\s*placed\s*The account was\s*not charged by this/);
    await shows(page.locator(".books"), "In the account: 1 order, 1.31 USD");
    await lookup.getByText("Requests and responses").click();
    await shows(lookup, "POST /api/client/api/v1/{API key}/order/lookup");
    await shows(lookup, `"orderNumber": "${demo.sandbox.orders[0].orderNumber}"`);
    await shows(lookup, '"authType": "LOGIN"');
    await order.getByText("Requests and responses").click();
    await shows(order, '"outcome": "unknown"');
    await shows(order, '"code": "network"');
    assert.equal((await page.locator("#lab").textContent())?.includes("demo-key"), false);
  },
);

pageTest("the sandbox can be reset while a purchase is unresolved", async (page) => {
  await offers(page, "1.31");
  await toUnresolved(page);
  await page.getByText("Where orders go").click();
  await page.getByRole("button", { name: "Reset the sandbox" }).click();
  await offers(page, "1.31");
  await shows(page.locator("#balance"), "7.18 USD");
  await confirmOrder(page);
  await inScene(page, "placed");
});

// Everybody

pageTest(
  "on a phone the order button stays in view, and the panel is a sheet",
  async (page) => {
    await offers(page, "1.31");
    const inView = async () => {
      const box = await orderButton(page).boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= phone.viewport.height);
    };
    await inView();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await inView();
    const panel = page.getByRole("complementary", { name: "Try to break it" });
    assert.equal(await panel.isVisible(), false);
    await page.getByRole("button", { name: "Try to break it" }).click();
    await panel.getByRole("button", { name: "Lose the response" }).click();
    assert.equal(await panel.isVisible(), false, "the shop is visible again");
    await shows(page.locator("#armed-note"), "On: Lose the response");
    await page.getByRole("button", { name: "Try to break it" }).click();
    await page.keyboard.press("Escape");
    assert.equal(await panel.isVisible(), false);
    await orderUnresolved(page);
    await inView();
    await page.getByRole("button", { name: "See what really happened" }).click();
    const finding = panel.getByText("charged 1.31 USD");
    await finding.waitFor();
    const box = await finding.boundingBox();
    assert.ok(box && box.y + box.height <= phone.viewport.height, "the traffic is scrolled into view");
  },
  { ...phone, reducedMotion: "reduce" },
);

for (const width of [320, 390, 640, 1024, 1280]) {
  // 640 pixels is what 1280 become at a zoom of 200 %.
  pageTest(
    `every scene fits ${width} px, with the price of 1 000 000 000 proxies`,
    async (page) => {
      const fits = async (/** @type {string} */ what) =>
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, what);
      await offers(page, "1.31");
      await fits("form");
      await choose(page, "Mobile");
      await choose(page, "One IP address");
      await page.getByLabel("Quantity").fill("1000000000");
      await shows(page.locator("#price"), "2,050,000,000.00");
      await fits("the largest prices");
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll("#price-line, .type-price, #place")]
          .filter((place) => {
            const { left, right } = place.getBoundingClientRect();
            return left < 0 || right > innerWidth || place.scrollWidth > place.clientWidth + 1;
          })
          .map(({ id }) => id),
      );
      assert.deepEqual(outside, []);
      await page.getByLabel("Quantity").fill("1");
      await page.getByLabel("Your IP address").fill("203.0.113.7");
      await offers(page, "2.05");
      if (width < 1000) await page.getByRole("button", { name: "Try to break it" }).click();
      await fits("panel");
      await page.getByRole("button", { name: "Lose the response" }).click();
      await orderUnresolved(page);
      await fits("unresolved");
      await page.getByRole("button", { name: "Find out what happened" }).click();
      await inScene(page, "placed");
      await fits("receipt");
    },
    { viewport: { width, height: 800 } },
  );
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing in any state, ${colorScheme}`, { timeout: 120_000 }, async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const context = await browser.newContext({ ...phone, colorScheme, reducedMotion: "reduce" });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const check = async (/** @type {string} */ state) => {
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run();
          return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`);
        });
        assert.deepEqual(violations, [], state);
      };
      demo.sandbox.reset();
      await page.goto(demo.url);
      await offers(page, "1.31");
      await check("form");
      await page.getByRole("combobox", { name: "Country" }).click();
      await check("countries");
      await page.getByRole("combobox", { name: "Country" }).fill("Germny");
      await page.getByLabel("Quantity").fill("0");
      await shows(page.locator("#quantity-issue"), "Quantity");
      await check("issues");
      await page.reload();
      await page.getByLabel("Quantity").fill("10");
      await shows(page.locator("#status"), "Your balance is too low");
      await check("warnings");
      await page.getByLabel("Quantity").fill("1");
      await offers(page, "1.31");
      await page.getByRole("button", { name: "Try to break it" }).click();
      await page.locator("#lab details").evaluateAll((all) => all.forEach((fold) => fold.setAttribute("open", "")));
      await check("panel");
      await page.getByRole("button", { name: "Lose the response" }).click();
      await orderButton(page).click();
      await check("dialog");
      await page.keyboard.press("Escape");
      await orderUnresolved(page);
      await check("unresolved");
      // The panel is closed.
      await page.locator("[data-fault=stall-headers]").evaluate((button) => button.click());
      await findOut(page);
      await check("asking");
      await page.getByRole("button", { name: "Stop waiting" }).click();
      await page.locator("#leave").waitFor();
      await page.getByRole("button", { name: "Leave this order unsettled…" }).click();
      await check("leaving");
      await page.getByRole("button", { name: "Go back" }).click();
      await page.getByRole("button", { name: "Find out what happened" }).click();
      await inScene(page, "placed");
      await check("receipt");
      await page.getByRole("button", { name: "See what really happened" }).click();
      await page.locator("#lab details").evaluateAll((all) => all.forEach((fold) => fold.setAttribute("open", "")));
      await check("traffic");
      await page.getByRole("button", { name: "Never respond" }).click();
      await page.getByRole("button", { name: "Order something else" }).click();
      await offers(page, "1.31");
      await confirmOrder(page);
      await inScene(page, "waiting");
      await check("waiting");
      await page.getByRole("button", { name: "Stop waiting" }).click();
      await page.getByRole("button", { name: "Find out what happened" }).click();
      await page.getByRole("button", { name: "Order something else" }).click();
      await offers(page, "1.31");
      await page.getByRole("button", { name: "Try to break it" }).click();
      await page.getByRole("button", { name: "Raise the price" }).click();
      await confirmOrder(page);
      await inScene(page, "declined");
      await check("declined");
    } finally {
      await context.close();
    }
  });
}

pageTest(
  "the choice is visible with forced colors",
  async (page) => {
    await offers(page, "1.31");
    await breakNext(page, "Lose the response");
    const background = (/** @type {string} */ selector) =>
      page.locator(selector).evaluate((place) => getComputedStyle(place).backgroundColor);
    for (const [chosen, other] of [
      [".types .option:has([value=IPv4])", ".types .option:has([value=ISP])"],
      ["[name=period][value='30'] + span", "[name=period][value='60'] + span"],
      ["[name=authType][value=LOGIN] + span", "[name=authType][value=IP] + span"],
      ["[data-fault^=cut-after]", "[data-fault^=cut-before]"],
    ]) {
      assert.notEqual(await background(chosen), await background(other), chosen);
    }
  },
  { ...desktop, forcedColors: "active", reducedMotion: "reduce" },
);

pageTest(
  "nothing is animated with prefers-reduced-motion",
  async (page) => {
    await offers(page, "1.31");
    await breakNext(page, "Never respond");
    await confirmOrder(page);
    await inScene(page, "waiting");
    assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0);
  },
  { ...desktop, reducedMotion: "reduce" },
);

test("the page's files are served, each with its content type", async () => {
  const { host: ownHost } = new URL(demo.url);
  /** @param {string} path @param {string} [method] @param {string} [host] */
  const get = (path, method = "GET", host = ownHost) =>
    new Promise((resolve, reject) => {
      // Not with fetch, which would normalize the path.
      httpRequest(new URL(demo.url), { path, method, headers: { host } }, (response) => {
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
    "/dist/index.js?x=1": "text/javascript",
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
    "/inject.js",
    "/operator.js",
    "/package.json",
    "/../package.json",
    "/%2e%2e/package.json",
    "/dist/../../package.json",
    "/dist/..%2f..%2fpackage.json",
    "/dist/backend.js",
    "/dist/",
    "/dist/index.js%00.js",
    "/%zz",
    "/api",
  ];
  for (const path of unserved) assert.equal((await get(path)).statusCode, 404, path);
  assert.equal((await get("/", "POST")).statusCode, 405);
  // A website whose name resolves to this machine.
  for (const path of ["/", "/api/__sandbox/orders"]) {
    assert.equal((await get(path, "GET", "evil.example")).statusCode, 403, path);
  }
});

test("a website whose name resolves to this machine is refused", async () => {
  /** @param {string} path @param {string} host */
  const status = (path, host) =>
    new Promise((resolve, reject) => {
      const options = { path, method: path.startsWith("/api/client") ? "POST" : "GET", headers: { host } };
      httpRequest(new URL(demo.url), options, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      })
        .on("error", reject)
        .end();
    });
  const paths = ["/", "/api/__sandbox/orders", "/api/client/api/v1/self/order", new URL(demo.operatorUrl).pathname];
  for (const path of paths) assert.equal(await status(path, "evil.example"), 403, path);
  assert.equal(await status("/api/__sandbox/orders", "localhost:8080"), 200);
});

test("the fifteen lines on the first screen buy, and find out", async () => {
  const page = await readFile(new URL("../www/index.html", import.meta.url), "utf8");
  const text = /<code id="sample"[^>]*>(.*?)<\/code/s.exec(page)?.[1] ?? "";
  const lines = text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&").split("\n");
  assert.equal(lines.length, 15);
  assert.equal(lines[0], 'import { createCheckout } from "proxy-orders";');

  const sandbox = createSandbox({ apiKey: "demo-key" });
  /** @type {Map<string, string>} */
  const items = new Map();
  const storage = {
    getItem: (/** @type {string} */ name) => items.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => items.set(name, value),
    removeItem: (/** @type {string} */ name) => items.delete(name),
  };
  const api = { baseUrl: "https://sandbox.example", apiKey: "demo-key", fetch: sandbox.fetch, storage };
  const wanted = {
    proxyType: "IPv4",
    quantity: 1,
    rentPeriodDays: 30,
    goal: "scraping",
    country: "USA",
    authType: "LOGIN",
  };
  /** @type {string[]} */
  const said = [];
  const button = { onclick: /** @type {(click: { detail: number }) => Promise<void>} */ (async () => {}) };
  const click = (detail = 1) => button.onclick({ detail });
  const run = new Function("createCheckout", "user", "button", "wanted", "maxPrice", "say", lines.slice(1).join("\n"));
  const create = (/** @type {any} */ options) => createCheckout({ ...options, ...api });
  run(create, { id: "ada" }, button, wanted, 2, (/** @type {string} */ sentence) => said.push(sentence));

  sandbox.fail("cut-after", { on: "order" });
  sandbox.fail("500", { on: "lookup", times: 2 });
  await Promise.all([click(), click()]);
  await click(2);
  assert.deepEqual(said, ["Not known. Press again."]);
  await click();
  assert.deepEqual(said, ["Not known. Press again.", "Ordered: NUMBER-112233"]);
  assert.equal(sandbox.orders.length, 1);
});

// The operator

/** Orders that were sent to the API and got no answer, and the operator's page that lists them. */
async function openOrders(references = ["<reference>"]) {
  const sandbox = createSandbox();
  const api = await sandbox.listen();
  const bookings = memoryBookings();
  const backend = createBackend({
    baseUrl: api.url,
    apiKey: "demo-key",
    user: () => "visitor",
    balance: "account",
    // Ten minutes older: only then may a person decide.
    bookings: {
      ...bookings,
      open: async () => (await bookings.open()).map((open) => ({ ...open, ageMs: open.ageMs + 600_000 })),
    },
    onError: () => {},
  });
  const request = (/** @type {string} */ path, reference = references[0]) =>
    new Request(`http://localhost/api/client/api/v1/self/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": reference },
      body: '{"proxyType":"IPv4","quantity":1,"rentPeriodDays":30,"goal":"scraping","country":"USA","authType":"LOGIN"}',
    });
  for (const reference of references) {
    sandbox.fail("cut-after", { on: "order" });
    assert.equal((await backend(request("order", reference))).status, 502);
  }
  const operator = createOperator(backend);
  const { url, close } = await listen(operator.route);
  const lookUp = async () => (await backend(request("order/lookup"))).json();
  return {
    url: `${url}/operator`,
    tokenUrl: `${url}/${operator.path}`,
    lookUp,
    close: () => Promise.all([close(), api.close()]),
  };
}

for (const [button, expected] of /** @type {const} */ ([
  ["Placed", { success: true, orderNumber: "NUMBER-112233", balance: 5.87 }],
  ["Not placed", { success: false, error: { code: 410, message: "This was not ordered." } }],
])) {
  test(`the operator decides on an open order: ${button}`, { timeout: 60_000 }, async () => {
    const { url, tokenUrl, lookUp, close } = await openOrders();
    const page = await browser.newPage();
    try {
      page.setDefaultTimeout(10_000);
      assert.equal((await page.goto(url))?.status(), 403, "a customer");
      await page.goto(tokenUrl);
      assert.equal(page.url(), url, "the token does not stay in the address");
      await shows(page.getByRole("row").nth(1), /visitor\s*1 × IPv4, USA, 30 days\s*<reference>\s*60\d s/);
      if (button === "Placed") await page.getByLabel("Order number").fill("NUMBER-112233");
      await page.getByRole("button", { name: button, exact: true }).click();
      await shows(page.getByRole("status"), "The order has been settled.");
      await shows(page.getByRole("row").nth(1), "There are no open orders.");
      const response = await lookUp();
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(response[name], value, name);
    } finally {
      await page.close();
      await close();
    }
  });
}

test("a double click on the operator's page decides one order", { timeout: 60_000 }, async () => {
  const { tokenUrl, close } = await openOrders(["first", "second", "third"]);
  const page = await browser.newPage();
  try {
    page.setDefaultTimeout(10_000);
    await page.goto(tokenUrl);
    const button = page.getByRole("button", { name: "Not placed", exact: true });
    await button.first().click();
    await shows(page.getByRole("status"), "The order has been settled.");
    const { x, y, width, height } = (await button.first().boundingBox()) ?? assert.fail();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await page.goto(tokenUrl);
    await shows(page.getByRole("row").nth(1), /second/);
    await button.first().click();
    await shows(page.getByRole("status"), "The order has been settled.");
    await shows(page.getByRole("row").nth(1), /third/);
  } finally {
    await page.close();
    await close();
  }
});

test("the operator's form is refused from another website, and without the cookie", async () => {
  const { url, tokenUrl, close } = await openOrders();
  try {
    const granted = await fetch(tokenUrl, { redirect: "manual" });
    const set = granted.headers.get("set-cookie") ?? "";
    assert.match(set, /; Path=\/operator; HttpOnly; SameSite=Strict$/);
    const [cookie = ""] = set.split(";");
    const { origin } = new URL(url);
    const body = new URLSearchParams({ name: '["visitor","<reference>"]', decision: "not placed" });
    /** @param {Record<string, string>} headers */
    const post = async (headers) => (await fetch(url, { method: "POST", headers, body })).status;
    assert.equal(await post({ cookie, origin: "https://evil.example" }), 403);
    assert.equal(await post({ cookie, origin: "null" }), 403);
    assert.equal(await post({ cookie }), 403);
    assert.equal(await post({ origin }), 403);
    assert.equal(await post({ cookie: `${cookie}x`, origin }), 403);
    assert.equal((await fetch(`${url}?token=guessed`)).status, 403);
    const page = await (await fetch(url, { headers: { cookie } })).text();
    assert.match(page, /&#60;reference&#62;/, "still open");
    assert.equal(await post({ cookie, origin }), 200);
  } finally {
    await close();
  }
});
