// @ts-check
// The static site, from a file server that knows nothing about the API, below a path prefix.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { docs } from "../.build/docs.js";
import { filesOf, listen, notFound } from "../.build/serve.js";
import { site, writeSite } from "../.build/site.js";
import { find, root } from "../.build/tools.js";
import { findMiniBrowser } from "./browser/run.js";
import { launchChromium } from "./support/browser.js";
import {
  breakNext,
  confirmOrder,
  findOut,
  inScene,
  neverEnding,
  neverPlaced,
  offers,
  placedAtOnce,
  shows,
  toUnresolved,
} from "./support/shop.js";

const prefix = "/projects/shop/";

/** Requests for anything that the file server does not have. @type {string[]} */
const missing = [];
/** Called with the report of the page that uses the site in another browser. @type {(report: any) => void} */
let onReport = () => {};
/** @type {Awaited<ReturnType<typeof listen>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
let url = "";

before(async () => {
  if (!existsSync(`${root}/target/docs/index.html`)) await docs();
  await writeSite();
  const serve = filesOf(site);
  server = await listen(async (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (request.method === "GET" && path.startsWith(prefix))
      return serve(request, response, path.slice(prefix.length - 1));
    if (path === "/drive.html") return response.writeHead(200, { "content-type": "text/html" }).end(driver);
    if (path === "/report") {
      onReport(JSON.parse(await text(request)));
      return response.writeHead(204).end();
    }
    missing.push(`${request.method} ${path}`);
    notFound(response);
  });
  url = `${server.url}${prefix}`;
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * A test in a page of its own. It fails if there is an error or a warning in the console, a violation of the policy, or
 * a request that leaves the site.
 * @param {string} name
 * @param {(page: import("playwright-core").Page) => Promise<void>} run
 */
function siteTest(name, run) {
  test(name, { timeout: 120_000 }, async () => {
    missing.length = 0;
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    try {
      /** @type {string[]} */
      const complaints = [];
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      context.on("page", (tab) => tab.on("pageerror", (error) => complaints.push(String(error))));
      context.on("requestfailed", (request) => complaints.push(request.url()));
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(url);
      await run(page);
      assert.deepEqual([complaints, missing], [[], []]);
    } finally {
      await context.close();
    }
  });
}

siteTest("the first screen has the code, the documentation and what the page runs on", async (page) => {
  await offers(page, "1.31");
  await shows(page.locator(".in-page").first(), "This page has the sandbox inside");
  assert.equal(await page.locator(".over-http:visible").count(), 0);
  for (const place of [page.locator("#sample"), page.getByRole("link", { name: "Documentation" })]) {
    const box = await place.boundingBox();
    assert.ok(box && box.y > 0 && box.y + box.height < 700);
  }
  const policy = await page.locator("meta[http-equiv=content-security-policy]").getAttribute("content");
  for (const directive of ["default-src 'none'", "base-uri 'none'", "form-action 'self'"]) {
    assert.ok(policy?.split("; ").includes(directive), directive);
  }
  assert.doesNotMatch(String(policy), /frame-ancestors|unsafe-inline|'unsafe-eval'/);
});

siteTest("orders are placed in the page, with each fault that it offers", async (page) => {
  await offers(page, "1.31");
  const names = await page.locator("[data-fault] b").allTextContents();
  assert.equal(names.length, 21);
  for (const name of names) {
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await offers(page, "1.31");
    await breakNext(page, name);
    await confirmOrder(page);
    if (neverEnding.includes(name)) {
      await page
        .locator("#traffic")
        .getByText(/POST …\/order(?!\/)/)
        .waitFor();
      await page.getByRole("button", { name: "Stop waiting" }).click();
      await page.locator("#leave").waitFor();
      await findOut(page);
    }
    await inScene(page, neverPlaced.includes(name) ? "declined" : "placed");
    const finding = page.locator("#traffic > li").first();
    await shows(finding, neverPlaced.includes(name) ? /knows:\s*not placed/ : /knows:\s*placed/);
    await shows(page.locator("#books"), neverPlaced.includes(name) ? "no order" : "1 order, 1.31 USD");
    const wasUnresolved = await page.getByText(/^Now we know: your order was/).isVisible();
    assert.equal(wasUnresolved, !placedAtOnce.includes(name) && name !== "Raise the price", name);
  }
});

siteTest("a purchase survives a reload, and a second tab has the same sandbox", async (page) => {
  await offers(page, "1.31");
  await toUnresolved(page);
  await page.reload();
  await inScene(page, "unresolved");
  await shows(page.locator("#balance"), "5.87 USD");
  const other = await page.context().newPage();
  await other.goto(url);
  await inScene(other, "unresolved");
  await findOut(other);
  await inScene(other, "placed");
  await shows(other.locator("#placed-number"), "NUMBER-112233");
  await inScene(page, "elsewhere");
  await offers(page, "1.31");
  await confirmOrder(page);
  await shows(page.locator("#placed-number"), "NUMBER-112234");
  await other.getByRole("button", { name: "Order something else" }).click();
  await offers(other, "1.31");
  await confirmOrder(other);
  await shows(other.locator("#placed-number"), "NUMBER-112235");
  await other.getByText("Where orders go").click();
  await other.getByRole("button", { name: "Reset the sandbox" }).click();
  await offers(other, "1.31");
  await shows(other.locator("#balance"), "7.18 USD");
  await page.reload();
  await shows(page.locator("#balance"), "7.18 USD");
});

siteTest("every page of the documentation is there, with its links, anchors and pictures", async (page) => {
  const found = new Set([`${url}index.html`]);
  /** @type {Map<string, Set<string>>} */
  const wanted = new Map();
  /** @type {Map<string, string[]>} */
  const anchors = new Map();
  for (const place of found) {
    const response = await fetch(place);
    assert.equal(response.status, 200, place);
    // The API reference is typedoc's.
    if (place.startsWith(`${url}api/`)) continue;
    if (place.endsWith(".txt")) {
      // Coding agents read it as text.
      const links = place.endsWith("llms.txt") ? (await response.text()).matchAll(/\]\(([^)]+)\)/g) : [];
      for (const [, link = ""] of links) found.add(new URL(link, place).href);
      continue;
    }
    await page.goto(place);
    const { ids, links, broken, absolute } = await page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
      links: [...document.links].map(({ href }) => href),
      broken: [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src),
      absolute: [...document.querySelectorAll("[href^='/'], [src^='/']")].map(({ outerHTML }) => outerHTML),
    }));
    assert.deepEqual([broken, absolute], [[], []], place);
    anchors.set(place, ids);
    for (const link of links.filter((link) => link.startsWith(server.url))) {
      const [target = "", anchor] = link.split("#");
      found.add(target);
      if (anchor) wanted.set(target, (wanted.get(target) ?? new Set()).add(anchor));
    }
  }
  assert.ok(anchors.size > 10, `${anchors.size} pages`);
  assert.ok(found.has(`${url}docs/llms.txt`));
  for (const [place, ids] of wanted) {
    for (const id of ids) assert.ok(anchors.get(place)?.includes(id), `${place}#${id}`);
  }
});

test("the workflows use actions by digest only, and the job that publishes does nothing else", async () => {
  for (const name of ["ci.yml", "site.yml"]) {
    const workflow = await readFile(`${root}/.github/workflows/${name}`, "utf8");
    const uses = [...workflow.matchAll(/(?:uses|image): (.*)/g)].map(([, used]) => used);
    assert.ok(uses.length > 2);
    for (const used of uses) assert.match(String(used), /@(sha256:[\da-f]{64}|[\da-f]{40}) # \S+$/, name);
  }
});

/** A page with the site in a frame: it orders there, and reports what the site shows. */
const driver = `<!doctype html>
<link rel="icon" href="${prefix}favicon.svg" />
<iframe src="${prefix}index.html" width="1000" height="900"></iframe>
<script type="module">
const frame = document.querySelector("iframe");
const page = () => frame.contentDocument;
async function until(what) {
  for (;;) {
    const found = page()?.querySelector(what);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
}
(await until("[data-fault=cut-after]")).click();
(await until("#place[aria-disabled=false]")).click();
(await until("dialog[open] #confirm-order")).click();
await until("body[data-scene=placed]");
const shown = (id) => page().getElementById(id).textContent;
const report = { number: shown("placed-number"), text: shown("placed-text"), agent: navigator.userAgent };
await fetch("/report", { method: "POST", body: JSON.stringify(report) });
</script>
`;

/** @type {Record<string, (folder: string, url: string) => Promise<string[] | undefined>>} */
const engines = {
  Firefox: async (folder, url) => {
    const program = find("firefox-esr", "firefox");
    return program && [program, "--headless", "--no-remote", "--profile", folder, url];
  },
  WebKit: async (_, url) => {
    const [program, screen] = [await findMiniBrowser(), find("xvfb-run")];
    return program && screen && [screen, "-a", program, "--private", url];
  },
};

for (const [engine, commandOf] of Object.entries(engines)) {
  test(`an order whose response is lost is placed once, in ${engine}`, { timeout: 120_000 }, async (t) => {
    missing.length = 0;
    const folder = await mkdtemp(join(tmpdir(), "site-"));
    const command = await commandOf(folder, `${server.url}/drive.html`);
    if (!command && !process.env.CI) return t.skip(`${engine} is not installed`);
    const [program = "", ...args] = command ?? [];
    const reported = new Promise((resolve) => (onReport = resolve));
    const child = spawn(program, args, { stdio: "ignore", detached: true, env: { ...process.env, HOME: folder } });
    const ended = new Promise((resolve) => child.once("close", resolve));
    try {
      const early = ended.then(() => assert.fail(`${engine} has ended`));
      const { number, text, agent } = await Promise.race([reported, early]);
      assert.match(agent, engine === "Firefox" ? /Gecko\/\d+ Firefox/ : /AppleWebKit.*Version/);
      assert.deepEqual(
        [number, text],
        ["NUMBER-112233", "Now we know: your order was placed, once, and charged once."],
      );
      assert.deepEqual(missing, []);
    } finally {
      // The whole group: the browser has further processes.
      process.kill(-Number(child.pid), "SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}
