// @ts-check
// Ways to place one order in a project. Each gives the order's number as the user sees it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { launchChromium, launchExtension } from "../support/browser.js";
import { exec, freePort, serve, start } from "./support.js";

/** @typedef {import("./support.js").Bench} Bench */

/** @type {Promise<import("playwright-core").Browser> | undefined} */
let launched;

/** The one browser of all projects. */
export const browser = () => (launched ??= launchChromium());

export async function closeBrowser() {
  await (await launched)?.close();
}

/**
 * Opens a page, presses its button, and gives what it shows then.
 * @param {string} url
 * @param {import("playwright-core").BrowserContext} [context]
 */
export async function press(url, context) {
  const page = await (context ?? (await browser())).newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !message.location().url.endsWith("/favicon.ico")) {
      complaints.push(message.text());
    }
  });
  try {
    await page.goto(url);
    await page.click("button");
    await page.locator("output:not(:empty)").waitFor();
    const shown = await page.locator("output").innerText();
    assert.deepEqual(complaints, []);
    return shown;
  } catch (error) {
    throw new Error(`The page at ${url} said: ${complaints.join("\n") || "nothing"}`, { cause: error });
  } finally {
    await page.close();
  }
}

/**
 * Opens a page, presses its button, and gives the error that it leaves uncaught.
 * @param {string} url
 * @param {import("playwright-core").BrowserContext} [context]
 */
export async function pressInVain(url, context) {
  const page = await (context ?? (await browser())).newPage();
  try {
    const failed = page.waitForEvent("pageerror");
    await page.goto(url);
    await page.click("button");
    return (await failed).message;
  } finally {
    await page.close();
  }
}

/**
 * Presses the button of a page that a plain web server serves.
 * @param {Bench} bench
 * @param {string} [root] the folder to serve
 * @param {string} [path]
 */
export const pressServed = ({ folder, ...bench }, root = ".", path = "/") =>
  serveFolder({ ...bench, folder: join(folder, root) }, async (url) => {
    const shown = await press(url + path);
    // Of a backend on its own origin, the page has asked that this order be booked once.
    assert.ok(bench.sandbox.orders[0].idempotencyKey);
    return shown;
  });

/**
 * Serves a project's folder while `work` is done.
 * @template T
 * @param {Bench} bench
 * @param {(url: string) => Promise<T>} work
 * @param {{ fallback?: string }} [options] the page that is the answer to every path without a file
 */
export async function serveFolder({ folder, sandbox }, work, options) {
  const { url, close } = await serve(folder, sandbox, options);
  try {
    return await work(url);
  } finally {
    await close();
  }
}

/** What was built already, once for all kinds of a project. @type {Map<string, Promise<string>>} */
const builds = new Map();

/**
 * Builds a project.
 * @param {Bench} bench
 * @param {string} [script] of npm
 */
export function build({ folder, api }, script = "build") {
  const name = `${folder} ${script}`;
  const building = builds.get(name) ?? exec(folder, "npm", ["run", script], { API_URL: api });
  builds.set(name, building);
  return building;
}

/**
 * Builds a project, and presses the button of what was built.
 * @param {string} [root] the folder to serve
 * @param {string} [path]
 */
export const pressBuilt = (root, path) => async (/** @type {Bench} */ bench) => {
  await build(bench);
  return pressServed(bench, root, path);
};

/**
 * Starts the project's own server on a free port while `work` is done.
 * @template T
 * @param {Bench} bench
 * @param {{ script: string, args?: string[], ready: RegExp }} server an npm script with its arguments
 * @param {(url: string) => Promise<T>} work
 */
export async function whileServed({ folder, api }, { script, args = [], ready }, work) {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const all = ["run", script, "--", ...args.map((arg) => (arg === "{port}" ? port : arg))];
  const stop = await start(folder, all, ready, { API_URL: api, HOST: "127.0.0.1", PORT: port, ORIGIN: url });
  try {
    return await work(url);
  } finally {
    await stop();
  }
}

/** Vite's development server. */
export const viteServer = { script: "dev", args: ["--host", "127.0.0.1", "--port", "{port}"], ready: /Local:/ };

/**
 * Installs a project as an extension of Chromium, and does something with the address of its page.
 * @template T
 * @param {Bench} bench
 * @param {(url: string, context: import("playwright-core").BrowserContext) => Promise<T>} work
 */
export async function withExtension({ folder, api }, work) {
  const context = await launchExtension(folder);
  // Chromium derives the extension's id from its folder.
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  const id = digest.replace(/./g, (digit) => "abcdefghijklmnop"[parseInt(digit, 16)]);
  try {
    return await work(`chrome-extension://${id}/index.html?api=${encodeURIComponent(api)}`, context);
  } finally {
    await context.close();
  }
}

/**
 * Runs a program of the project, and gives what it prints.
 * @param {string} program
 * @param {...string} args
 */
export const print =
  (program, ...args) =>
  async (/** @type {Bench} */ { folder, api }) =>
    (await exec(folder, program, args, { API_URL: api })).trim();

/**
 * Runs the project's own tests, and gives the order's number among what they print.
 * @param {string} program
 * @param {...string} args
 */
export const printInTests =
  (program, ...args) =>
  async (/** @type {Bench} */ bench) =>
    (await print(program, ...args)(bench)).match(/NUMBER-\d+/)?.[0] ?? "";

/**
 * Runs a program that fails, and gives the message of its error.
 * @param {string} program
 * @param {...string} args
 */
export const printError =
  (program, ...args) =>
  async (/** @type {Bench} */ bench) => {
    const { stderr } = await print(program, ...args)(bench).then(assert.fail, (error) => error);
    return stderr.match(/(?<=ProxyOrdersError: ).*/)?.[0] ?? stderr;
  };
