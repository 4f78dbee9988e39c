// @ts-check
// Ways to place one order in a project. Each gives the order's number as the user sees it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packedPackage } from "../../.build/pack.js";
import { launchChromium, launchExtension } from "../support/browser.js";
import { exec, execBoth, freePort, serve, start } from "./support.js";

/** @typedef {import("./support.js").Bench} Bench */

/** @type {Promise<import("playwright-core").Browser> | undefined} */
let launched;

/** The one browser of all projects. */
export const browser = () => (launched ??= launchChromium());

export async function closeBrowser() {
  await (await launched)?.close();
}

/** The script that reports which binaries are compiled. */
export const observer = fileURLToPath(new URL("observe.js", import.meta.url));

/**
 * Throws unless the package's binary was compiled, byte for byte, whatever a bundler made of the text that carries it.
 * @param {string} reported by the observer
 */
async function assertBinary(reported) {
  const { folder } = await packedPackage();
  const binary = await readFile(join(folder, "dist/proxy_orders_bg.wasm"));
  const digest = createHash("sha256").update(binary).digest("hex");
  assert.ok(reported.includes(`Compiled ${digest}`), `Not the published binary: ${reported}`);
}

/**
 * Where the button of a page is pressed.
 * @typedef {object} Where
 * @property {import("playwright-core").BrowserContext} [context]
 * @property {boolean} [isInPage] whether the page itself runs the package, not a worker or a server; default `true`
 */

/**
 * Opens a page, presses its button, and gives what it shows then.
 * @param {string} url
 * @param {Where} [where]
 */
export async function press(url, { context, isInPage = true } = {}) {
  const page = await (context ?? (await browser())).newPage();
  await page.addInitScript({ path: observer });
  /** @type {string[]} */
  const complaints = [];
  let reported = "";
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.text().startsWith("Compiled ")) reported += message.text();
    else if (["error", "warning"].includes(message.type()) && !message.location().url.endsWith("/favicon.ico")) {
      complaints.push(message.text());
    }
  });
  try {
    await page.goto(url);
    await page.click("button");
    await page.locator("output:not(:empty)").waitFor();
    const shown = await page.locator("output").innerText();
    assert.deepEqual(complaints, []);
    if (isInPage) await assertBinary(reported);
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
 * @param {Where} [where]
 */
export async function pressInVain(url, { context } = {}) {
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
 * @param {{ root?: string, path?: string } & Where} [where] the folder to serve, and the page in it
 */
export async function pressServed({ folder, sandbox }, { root = ".", path = "/", ...where } = {}) {
  const { url, close } = await serve(join(folder, root), sandbox);
  try {
    const shown = await press(url + path, where);
    // A page's own origin is a backend, so the order has an idempotency key.
    assert.ok(sandbox.orders[0].idempotencyKey);
    return shown;
  } finally {
    await close();
  }
}

/** What has been built already: once for all kinds of a project. @type {Map<string, Promise<unknown>>} */
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
 * @param {{ path?: string } & Where} [where]
 */
export const pressBuilt = (root, where) => async (/** @type {Bench} */ bench) => {
  await build(bench);
  return pressServed(bench, { root, ...where });
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
 * @param {(url: string, where: Where) => Promise<T>} work
 */
export async function withExtension({ folder, api }, work) {
  const context = await launchExtension(folder);
  // Chromium derives the extension's id from its folder.
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  const id = digest.replace(/./g, (digit) => "abcdefghijklmnop"[parseInt(digit, 16)]);
  try {
    return await work(`chrome-extension://${id}/index.html?api=${encodeURIComponent(api)}`, { context });
  } finally {
    await context.close();
  }
}

/**
 * Runs a program of the project.
 * @param {Bench} bench
 * @param {string[]} command
 * @param {Record<string, string>} [variables]
 */
const runProgram = ({ folder, api }, [program = "", ...args], variables) =>
  execBoth(folder, program, args, { API_URL: api, ...variables });

/**
 * Runs a program of the project, and gives what it prints. Node and Bun run the observer first; Deno needs an argument
 * for that.
 * @param {...string} command
 */
export const print =
  (...command) =>
  async (/** @type {Bench} */ bench) => {
    const observed = { NODE_OPTIONS: `--import=${pathToFileURL(observer)}`, BUN_OPTIONS: `--preload=${observer}` };
    const { stdout, stderr } = await runProgram(bench, command, observed);
    await assertBinary(stderr);
    return stdout.trim();
  };

/**
 * Builds a project, runs what was built, and gives what it prints.
 * @param {...string} command
 */
export const printBuilt =
  (...command) =>
  async (/** @type {Bench} */ bench) => {
    await build(bench);
    return print(...command)(bench);
  };

/**
 * Runs the project's own tests, and gives the order's number among what they print.
 * @param {...string} command
 */
export const printInTests =
  (...command) =>
  async (/** @type {Bench} */ bench) =>
    (await runProgram(bench, command)).stdout.match(/NUMBER-\d+/)?.[0] ?? "";

/**
 * Runs a program that fails, and gives the message of its error.
 * @param {...string} command
 */
export const printError =
  (...command) =>
  async (/** @type {Bench} */ bench) => {
    const { stderr } = await runProgram(bench, command).then(
      () => assert.fail("It ended without an error."),
      (error) => error,
    );
    return stderr.match(/(?<=ProxyOrdersError\]?: ).*/)?.[0] ?? stderr;
  };
