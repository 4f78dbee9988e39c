// @ts-check
// From the packed tarball, in the least project of each kind that a user would write: an order is placed.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { packedPackage } from "../../.build/pack.js";
import { launchChromium } from "../support/browser.js";
import { kinds, table } from "./kinds.js";
import { exec, freePort, install, serve, start } from "./support.js";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {typeof import("../../dist/sandbox.js").createSandbox} */
let createSandbox;
const tested = new Set();

/**
 * @typedef {object} Bench
 * @property {string} folder the project, installed
 * @property {import("../../dist/sandbox.js").Sandbox} sandbox
 * @property {string} api where the sandbox listens
 */

/**
 * Tests a kind: `place` places one order and gives the number that the user sees.
 * @param {string} name
 * @param {(bench: Bench) => Promise<string>} place
 */
function kind(name, place) {
  const { folder } = kinds.find((kind) => kind.name === name) ?? assert.fail(name);
  tested.add(name);
  test(name, { timeout: 300_000 }, async () => {
    const sandbox = createSandbox();
    const { url, close } = await sandbox.listen();
    try {
      const orderNumber = await inFolder(folder, async () =>
        place({ folder: await install(folder), sandbox, api: url }),
      );
      const orders = await (await fetch(`${url}/__sandbox/orders`)).json();
      assert.deepEqual(
        orders.map((/** @type {any} */ order) => order.orderNumber),
        [orderNumber],
      );
    } finally {
      await close();
    }
  });
}

/** @type {Map<string, Promise<unknown>>} */
const busy = new Map();

/**
 * Waits until the folder of a project is free: two kinds may share one.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 */
function inFolder(folder, work) {
  const mine = (busy.get(folder) ?? Promise.resolve()).then(work);
  busy.set(
    folder,
    mine.catch(() => {}),
  );
  return mine;
}

/**
 * Opens a page, presses its button, and gives the order's number that it shows then.
 * @param {string} url
 */
async function press(url) {
  const page = await browser.newPage();
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
 * Presses the button of a page that a plain web server serves.
 * @param {Bench} bench
 * @param {string} root
 * @param {string} [path]
 */
async function pressServed({ folder, sandbox }, root, path = "/") {
  const { url, close } = await serve(join(folder, root), sandbox);
  try {
    const shown = await press(url + path);
    // Of a backend on its own origin, the page has asked that this order be booked once.
    assert.ok(sandbox.orders[0].idempotencyKey);
    return shown;
  } finally {
    await close();
  }
}

/** @param {Bench} bench @param {string} program @param {string[]} args */
async function print({ folder, api }, program, args) {
  return (await exec(folder, program, args, { API_URL: api })).trim();
}

describe("projects", { concurrency: 2 }, () => {
  before(async () => {
    browser = await launchChromium();
    const { folder } = await packedPackage();
    ({ createSandbox } = await import(join(folder, "dist/sandbox.js")));
  });
  after(() => browser.close());

  for (const [name, path] of [
    ["Next.js, client component", "/"],
    ["Next.js, server component and action", "/server"],
  ]) {
    kind(name, async ({ folder, api }) => {
      await exec(folder, "npm", ["run", "build"], { API_URL: api });
      const port = await freePort();
      const args = ["run", "start", "--", "--hostname", "127.0.0.1", "--port", String(port)];
      const stop = await start(folder, args, /Ready in/, { API_URL: api });
      try {
        return await press(`http://127.0.0.1:${port}${path}`);
      } finally {
        await stop();
      }
    });
  }

  kind("SvelteKit, page and server", async ({ folder, api }) => {
    await exec(folder, "npm", ["run", "build"]);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const variables = { API_URL: api, HOST: "127.0.0.1", PORT: String(port), ORIGIN: url };
    const stop = await start(folder, ["run", "start"], /Listening on/, variables);
    try {
      return await press(url);
    } finally {
      await stop();
    }
  });

  for (const name of ["Vite, development server", "Vite 7, development server"]) {
    kind(name, async ({ folder, api }) => {
      const port = await freePort();
      const args = ["run", "dev", "--", "--host", "127.0.0.1", "--port", String(port)];
      const stop = await start(folder, args, /Local:/, { API_URL: api });
      try {
        return await press(`http://127.0.0.1:${port}/`);
      } finally {
        await stop();
      }
    });
  }

  for (const [name, root] of [
    ["Vite, build", "dist"],
    ["Vite, module worker", "dist"],
    ["Vite 7, build", "dist"],
    ["webpack", "."],
    ["Rollup", "."],
    ["esbuild", "."],
    ["Parcel", "dist"],
  ]) {
    kind(name, async (bench) => {
      await exec(bench.folder, "npm", ["run", "build"]);
      return pressServed(bench, root);
    });
  }

  kind("esbuild, binary in its own file", async (bench) => {
    await exec(bench.folder, "npm", ["run", "build"]);
    return pressServed(bench, ".", "/binary.html");
  });

  for (const name of ["Page without a build", "Module worker without a build", "Service worker without a build"]) {
    kind(name, (bench) => pressServed(bench, "."));
  }

  kind("Node 20", (bench) => print(bench, process.execPath, ["main.js"]));
  for (const release of [22, 24, 26]) {
    kind(`Node ${release}`, (bench) => print(bench, `node_modules/node${release}/bin/node`, ["main.js"]));
  }

  kind("Bun", (bench) => print(bench, "npm", ["run", "--silent", "start"]));
  kind("Deno", (bench) => print(bench, "npm", ["run", "--silent", "start"]));

  for (const environment of ["node", "jsdom"]) {
    kind(`Vitest, environment ${environment}`, async ({ folder, api }) => {
      const printed = await exec(folder, "npm", ["test", "--", environment], { API_URL: api });
      return printed.match(/NUMBER-\d+/)?.[0] ?? "";
    });
  }

  kind("TanStack Form", (bench) => print(bench, process.execPath, ["tanstack.js"]));
  kind("React Hook Form", (bench) => print(bench, process.execPath, ["react-hook-form.js"]));

  test("the table of the documentation has just the kinds that are tried", async () => {
    assert.deepEqual([...tested].sort(), kinds.map(({ name }) => name).sort());
    const file = new URL("../../www/docs/bundlers.md", import.meta.url);
    const page = await readFile(file, "utf8");
    const section = /(?<=<!-- bundlers:begin -->\n)[^]*(?=\n<!-- bundlers:end -->)/;
    // UPDATE=1 writes the table, after a change of a project.
    if (process.env.UPDATE === "1") await writeFile(file, page.replace(section, table));
    else assert.equal(page.match(section)?.[0], table());
  });
});
