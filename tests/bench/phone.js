// What users feel: the README's page, built by Vite with proxy-orders and with other clients, in Chromium with the
// network and the processor of a phone.
// @ts-check
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import sirv from "sirv";
import { build } from "vite";
import { listen, notFound } from "../../.build/serve.js";
import { launchChromium } from "../support/browser.js";
import { blocksOf } from "../support/documentation.js";
import { root } from "./bundle.js";
import { orderNumber, quote, receipt } from "./page/support.js";
import { ours, usual } from "./peers.js";
import { ratiosTo, spreads } from "./statistics.js";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @typedef {object} Page
 * @property {string} name
 * @property {string} folder
 * @property {string} [client] the module that phone/main.js imports; our page is that of the README
 * @property {boolean} validates whether it validates requests and responses
 */

/** @type {Page[]} */
const pages = [
  { name: ours, folder: "proxy-orders", validates: true },
  { name: usual, folder: "zod-axios", client: here("phone/zod-axios.js"), validates: true },
  { name: "zod/mini + fetch", folder: "zod-mini", client: here("peers/zod-mini.js"), validates: true },
  { name: "openapi-fetch", folder: "openapi-fetch", client: here("peers/openapi-fetch.js"), validates: false },
  { name: "fetch alone", folder: "fetch", client: here("phone/fetch.js"), validates: false },
];
const names = pages.map(({ name }) => name);

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {number} latency milliseconds for a round trip
 * @property {number} rate megabits per second
 */

/** @type {Network[]} */
const networks = [
  { name: "150 ms, 1.6 Mbit/s", latency: 150, rate: 1.6 },
  { name: "40 ms, 9 Mbit/s", latency: 40, rate: 9 },
];

const slowdown = 4;

/** A file of the page in the README. @param {string} file */
function readmeFile(file) {
  const block = blocksOf("README.md").find(({ name }) => name === file);
  if (!block) throw new Error(`The README has no ${file}.`);
  return block.text;
}

/**
 * Builds a page as its users do, and compresses its files as their hosts do.
 *
 * @param {Page} page
 */
async function buildPage({ folder, client }) {
  const project = join(root, "target/bench/phone", folder);
  await rm(project, { recursive: true, force: true });
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "index.html"), readmeFile("index.html"));
  await writeFile(
    join(project, "main.js"),
    client ? await readFile(here("phone/main.js"), "utf8") : readmeFile("main.js"),
  );
  await build({ root: project, configFile: false, logLevel: "error", resolve: { alias: client ? { client } : {} } });
  const built = join(project, "dist");
  let bytes = 0;
  for (const entry of await readdir(built, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const compressed = brotliCompressSync(await readFile(file));
    await writeFile(`${file}.br`, compressed);
    bytes += compressed.length;
  }
  return { folder: built, bytes };
}

/** Serves a page, and responds at once to its requests. @param {string} folder */
function serve(folder) {
  const serveFile = sirv(folder, { brotli: true });
  return listen((request, response) => {
    if (request.method !== "POST") return serveFile(request, response, () => notFound(response));
    response.setHeader("content-type", "application/json");
    response.end(request.url?.endsWith("/calculate/order") ? quote : receipt);
  });
}

const { price, currency } = JSON.parse(quote);

/** What a page shows in the end. */
const expected = { price: `${price} ${currency}`, receipt: `Ordered: ${orderNumber}` };

/**
 * Runs in a page before its own code, and notes the milliseconds from navigation to the price, and from the press to the receipt.
 * @param {typeof expected} expected
 */
function watch(expected) {
  let pressed = 0;
  addEventListener("click", ({ timeStamp }) => (pressed = timeStamp), { capture: true });
  const untilText = (
    /** @type {string} */ selector,
    /** @type {string} */ expected,
    /** @type {() => number} */ start,
  ) =>
    new Promise((resolve, reject) => {
      const shown = () => document.querySelector(selector)?.textContent;
      addEventListener("error", ({ message }) => reject(new Error(message)));
      setTimeout(() => reject(new Error(`A page shows "${shown()}" instead of "${expected}".`)), 30_000);
      new MutationObserver((_changes, observer) => {
        if (shown() !== expected) return;
        resolve(performance.now() - start());
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    });
  const times = {
    price: untilText("output", expected.price, () => 0),
    receipt: untilText("[role=status]", expected.receipt, () => pressed),
  };
  Object.assign(globalThis, { times });
}

/**
 * @typedef {object} Visit
 * @property {number} price milliseconds from the navigation
 * @property {number} receipt milliseconds from the press
 * @property {number} cpu milliseconds that the main thread has worked until the price
 */

/**
 * Buys on a page in a browser without a past.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {Network} network
 * @returns {Promise<Visit>}
 */
async function visit(browser, url, { latency, rate }) {
  const context = await browser.newContext();
  try {
    await context.addInitScript(watch, expected);
    const tab = await context.newPage();
    const session = await context.newCDPSession(tab);
    const throughput = (rate * 1e6) / 8;
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    // Counts what the thread works, not the time that passes, in which other programs work too.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await tab.goto(url, { waitUntil: "commit" });
    const untilPrice = /** @type {number} */ (await tab.evaluate("times.price"));
    const { metrics } = await session.send("Performance.getMetrics");
    const { value = NaN } = metrics.find(({ name }) => name === "TaskDuration") ?? {};
    await tab.getByRole("button", { name: "Order" }).click();
    return {
      price: untilPrice,
      receipt: /** @type {number} */ (await tab.evaluate("times.receipt")),
      cpu: 1000 * value,
    };
  } finally {
    await context.close();
  }
}

/**
 * Visits all pages in turns with one network.
 *
 * @param {(page: number) => Promise<Visit>} visit
 * @param {number} rounds
 */
async function measureNetwork(visit, rounds) {
  /** @type {Visit[][]} */
  const visits = [];
  for (let round = 0; round < rounds; round += 1) {
    /** @type {Visit[]} */
    const row = [];
    for (let step = 0; step < pages.length; step += 1) {
      // Each round starts with another page, so that none always follows the same one.
      const column = (step + round) % pages.length;
      row[column] = await visit(column);
    }
    visits.push(row);
  }
  const figure = (/** @type {keyof Visit} */ name) => {
    const samples = visits.map((row) => row.map((visit) => visit[name]));
    return { times: spreads(samples, names), ratios: ratiosTo(samples, names, usual) };
  };
  return { price: figure("price"), receipt: figure("receipt"), cpu: figure("cpu") };
}

/**
 * Builds and measures all pages.
 *
 * @param {number} rounds
 * @param {(text: string) => void} progress
 */
export async function measurePhone(rounds, progress) {
  progress("building the pages");
  const built = await Promise.all(pages.map(buildPage));
  const servers = await Promise.all(built.map(({ folder }) => serve(folder)));
  const browser = await launchChromium();
  try {
    // The first visit of a browser is slower than all others.
    await visit(browser, servers[0].url, networks[0]);
    const found = [];
    for (const network of networks) {
      progress(`a phone's network, ${network.name}`);
      const visitPage = (/** @type {number} */ page) =>
        visit(browser, servers[page].url, network).catch((cause) => {
          throw new Error(`A visit of the page with ${names[page]} failed.`, { cause });
        });
      found.push({ ...network, ...(await measureNetwork(visitPage, rounds)) });
    }
    const described = pages.map(({ name, validates }, page) => [name, { validates, bytes: built[page].bytes }]);
    return { slowdown, pages: Object.fromEntries(described), networks: found };
  } finally {
    await browser.close();
    for (const { close } of servers) await close();
  }
}
