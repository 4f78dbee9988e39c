// @ts-check
// The code of the documentation is type-checked and run, in a folder outside the repository where the packed package is
// installed. Each page that buys is pressed twice while responses are lost, reloaded and opened in a second tab, and
// buys once. (tests/backend tests the pages about the backend and its stores, tests/script.test.js the script.)

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "proxy-orders/sandbox";
import ts from "typescript";
import { filesOf, listen } from "../.build/serve.js";
import { freePort, install, start } from "./projects/support.js";
import { launchChromium } from "./support/browser.js";
import { blocksOf, pages } from "./support/documentation.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const packageName = "proxy-orders";

const OTHERS = ["www/docs/backend.md", "www/docs/stores.md", "www/docs/contributing.md"];
const blocks = [...pages.keys()].filter((page) => !OTHERS.includes(page)).flatMap(blocksOf);
const inLanguage = (/** @type {string[]} */ ...languages) =>
  blocks.filter(({ language }) => languages.includes(language));
/**
 * The file of a block. Two pages have a configuration of Vite: that of the README keeps its name.
 * @param {import("./support/documentation.js").Block} block
 */
const fileOf = ({ name, page }) => (name === "vite.config.mjs" && page !== "README.md" ? "testing.config.mjs" : name);
const isOfPage = (/** @type {string} */ text) => text.includes('"/api"');
/** What other tests run: the page of the README, configurations, and the script. */
const APART = ["main.js", "vite.config.mjs", "buy-list.mjs"];
const scripts = inLanguage("js").filter(({ name }) => !APART.includes(name));
const inNode = scripts.filter(({ text }) => !isOfPage(text));
/** The blocks that a browser imports. */
const modules = [
  ...scripts.filter(({ text }) => isOfPage(text)),
  ...inLanguage("ts").filter(({ name }) => !["backend.ts", "price-worker.ts", "+page.server.ts"].includes(name)),
];

/** Where the code of the documentation runs. @type {string} */
let folder;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  folder = await install("readme", join(root, "tests/readme"));
  for (const block of inLanguage("js", "ts", "tsx", "vue", "svelte", "html")) {
    await writeFile(join(folder, fileOf(block)), block.text);
  }
  browser = await launchChromium();
});
after(() => browser?.close());

/**
 * Opens a page in a new browser profile. Anything that goes wrong in the page is a failure.
 * @param {string} url
 * @param {(tab: Tab) => Promise<void>} use
 */
async function withPage(url, use) {
  const context = await browser.newContext();
  /** @type {string[]} */
  const problems = [];
  context.on("weberror", (error) => problems.push(String(error.error())));
  context.on("console", (message) => {
    // Chromium's own messages about the responses that this test cuts.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  // Skips the pauses before a checkout looks a purchase up.
  await context.addInitScript(() => {
    const wait = setTimeout;
    const shorten = (/** @type {any} */ work, /** @type {number} */ ms) =>
      wait(work, [1000, 3000].includes(ms) ? 0 : ms);
    Object.assign(globalThis, { setTimeout: shorten });
  });
  try {
    const tab = await context.newPage();
    await tab.goto(url);
    await use(tab);
    assert.deepEqual(problems, []);
  } catch (error) {
    throw new Error(`${error}\nThe page at ${url} said: ${problems.join("\n") || "nothing"}`, { cause: error });
  } finally {
    await context.close();
  }
}

/** Opens the same page in a second tab. @param {Tab} tab */
async function secondTab(tab) {
  const second = await tab.context().newPage();
  await second.goto(tab.url());
  return second;
}

/** @typedef {import("playwright-core").Page} Tab */

/** The examples that editors show, from the published declarations. */
async function examples() {
  /** @type {string[]} */
  const found = [];
  for (const name of ["index.d.ts", "backend.d.ts", "sandbox.d.ts"]) {
    const file = ts.createSourceFile(name, await readFile(join(root, "dist", name), "utf8"), 9, true);
    for (const statement of file.statements) {
      for (const tag of ts.getJSDocTags(statement).filter(({ tagName }) => tagName.text === "example")) {
        found.push(ts.getTextOfJSDocComment(tag.comment) ?? "");
      }
    }
  }
  return found;
}

test("TypeScript accepts every block, and every example that editors show", async () => {
  const files = inLanguage("ts", "tsx").map(({ name }) => join(folder, name));
  assert.ok(files.length > 10);
  for (const [index, text] of (await examples()).entries()) {
    const file = join(folder, `example-${index}.ts`);
    await writeFile(file, text);
    files.push(file);
  }
  // Modules that the examples import, but that are not installed in the folder.
  const others = join(folder, "others.d.ts");
  const names = ["cloudflare:workers", "node:sqlite", "pg", "vitest"];
  await writeFile(others, names.map((name) => `declare module "${name}";`).join("\n"));
  files.push(others);
  const program = ts.createProgram(files, {
    // As strict as the templates of Vite and others.
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    jsx: ts.JsxEmit.ReactJSX,
    allowImportingTsExtensions: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  });
  const host = { getCurrentDirectory: () => folder, getCanonicalFileName: String, getNewLine: () => "\n" };
  assert.equal(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host), "");
});

describe("each program for Node runs", () => {
  for (const { name, prints } of inNode) {
    test(name, async () => {
      const { NODE_TEST_CONTEXT, ...env } = process.env;
      const { stdout } = await run(process.execPath, [join(folder, name)], { cwd: folder, env });
      if (prints) assert.equal(stdout, prints);
      if (name.includes(".test.")) assert.match(stdout, /^# fail 0$/m);
    });
  }
});

test("node-fetch as fetch works like undici", async () => {
  const { text = "" } = blocks.find(({ name }) => name === "own-fetch.mjs") ?? {};
  const replaced = text.replace(/import .* from "undici"/, 'import undiciFetch from "node-fetch"');
  assert.notEqual(replaced, text);
  await writeFile(join(folder, "node-fetch.mjs"), replaced);
  assert.equal((await run(process.execPath, ["node-fetch.mjs"], { cwd: folder })).stdout, "2.65 USD\n");
});

test("undici and node-fetch as fetch send nothing, and the outcome of an order is unknown", async () => {
  const code = `
    import * as undici from "undici";
    import nodeFetch from "node-fetch";
    import { order } from "proxy-orders";
    import { createSandbox } from "proxy-orders/sandbox";
    const sandbox = createSandbox();
    const { url, close } = await sandbox.listen();
    const request = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA", authType: "LOGIN" };
    for (const fetch of [undici.fetch, nodeFetch]) {
      const api = { baseUrl: url, apiKey: "demo-key", allowDuplicate: true, fetch };
      await order(request, api).catch((error) => console.log(error.code, error.outcome, sandbox.requests.length));
    }
    await close();`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder });
  assert.equal(stdout, "network unknown 0\n".repeat(2));
});

/**
 * Starts Vite.
 * @param {string[]} args
 * @param {(url: string) => Promise<void>} use
 */
async function withVite(args, use) {
  const port = String(await freePort());
  const stop = await start(folder, ["exec", "--", "vite", "--host", "127.0.0.1", "--port", port, ...args], /Local:/);
  await use(`http://127.0.0.1:${port}`).finally(stop);
}

test("the page in five minutes", { timeout: 120_000 }, async () => {
  const [install = "", faults = ""] = inLanguage("sh")
    .filter(({ page, text }) => page === "README.md" && /sandbox/.test(text))
    .map(({ text }) => text);
  assert.match(install, /^npx proxy-orders sandbox$/m);
  const port = String(await freePort());
  const here = (/** @type {string} */ text) => text.replaceAll("127.0.0.1:4000", `127.0.0.1:${port}`);
  const config = blocks.find(({ name, page }) => name === "vite.config.mjs" && page === "README.md")?.text ?? "";
  assert.notEqual(here(config), config);
  await writeFile(join(folder, "vite.config.mjs"), here(config));
  // As `npm install` links it.
  await symlink("../proxy-orders/dist/cli.js", join(folder, "node_modules/.bin/proxy-orders")).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  const stop = await start(folder, ["exec", "--", "proxy-orders", "sandbox", "--port", port], /http:/);
  const orders = async () => (await fetch(`http://127.0.0.1:${port}/__sandbox/orders`)).json();
  const use = (/** @type {Tab} */ tab) => buyAsTheReadmeSays(tab, () => run("sh", ["-c", here(faults)]), orders);
  await withVite([], (url) => withPage(url, use)).finally(stop);
});

/**
 * Double-clicks a button so slowly that the second click comes after the response, when the button means something
 * else.
 * @param {Tab} tab
 * @param {string} name
 * @param {string | RegExp} text what the page shows after the first click
 */
async function pressTwice(tab, name, text) {
  const button = tab.getByRole("button", { name });
  const { x, y } = (await button.boundingBox()) ?? assert.fail(name);
  await tab.mouse.click(x + 5, y + 5);
  await tab.getByText(text).waitFor();
  await tab.locator("button:enabled", { hasText: /^Order$/ }).waitFor();
  await tab.mouse.down({ clickCount: 2 });
  await tab.mouse.up({ clickCount: 2 });
  await tab.getByText(text).waitFor();
}

/**
 * Follows the steps of the README in its page.
 * @param {Tab} tab
 * @param {() => Promise<unknown>} loseResponse
 * @param {() => Promise<any[]>} orders those that were booked
 */
async function buyAsTheReadmeSays(tab, loseResponse, orders) {
  await tab.getByText("1.31 USD").waitFor();
  await tab.getByLabel("Quantity").fill("6");
  await tab.getByText("Insufficient funds on balance").waitFor();
  await tab.getByLabel("Quantity").fill("1");
  await tab.getByLabel("Country").fill("usa");
  await tab.getByText("Country must be").waitFor();
  await tab.getByLabel("Country").fill("USA");
  await tab.getByText("1.31 USD").waitFor();
  await pressTwice(tab, "Order", /^Ordered: NUMBER-/);

  await loseResponse();
  await tab.getByRole("button", { name: "Order" }).click();
  await tab.getByText("outcome unknown").waitFor();
  const [, { idempotencyKey, orderNumber }, ...more] = await orders();
  assert.deepEqual(more, []);
  await tab.reload();
  await tab.getByText(idempotencyKey).waitFor();
  const second = await secondTab(tab);
  await second.getByText(idempotencyKey).waitFor();
  await loseResponse();
  await tab.getByRole("button", { name: "Find out" }).click();
  await tab.getByText(/outcome unknown.*No answer: /).waitFor();
  await second.getByRole("button", { name: "Find out" }).click();
  await second.getByText(/outcome unknown.*No answer: /).waitFor();
  await pressTwice(tab, "Find out", `Ordered: ${orderNumber}`);
  await second.getByText("That order was settled in another tab.").waitFor();
  await second.getByRole("button", { name: "Order" }).waitFor();
  assert.equal((await orders()).length, 2);
}

test("a sandbox in Vite's development server", { timeout: 120_000 }, async () => {
  await withVite(["--config", "testing.config.mjs"], async (url) => {
    const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "shopping", country: "USA" };
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted) };
    const response = await fetch(`${url}/api/client/api/v1/self/calculate/order`, request);
    assert.equal((await response.json()).price, 2.65);
  });
});

describe("in a browser", () => {
  const sandbox = createSandbox({ apiKey: "self", balance: 100 });
  /** The fault of each request, if any. */
  let fault = "";
  /** Orders are booked, but neither their responses nor those of lookups arrive. */
  const lost = "cut-body; on=order";
  const [, policy = ""] =
    /^<!-- csp -->\n```http\nContent-Security-Policy: (.*)$/m.exec(pages.get("www/docs/bundlers.md") ?? "") ?? [];
  /** @type {Awaited<ReturnType<typeof listen>>} */
  let server;

  /** Modules that mount each of the forms, by the name of its page. @type {Record<string, string>} */
  const mounts = {
    react: `import { createElement } from "react"; import { createRoot } from "react-dom/client";
      import { OrderForm } from "./order-form.tsx";
      createRoot(document.body).render(createElement(OrderForm));`,
    query: `import { createElement } from "react"; import { createRoot } from "react-dom/client";
      import { QueryForm } from "./query-form.tsx";
      createRoot(document.body).render(createElement(QueryForm));`,
    hook: `import { createElement } from "react"; import { createRoot } from "react-dom/client";
      import { HookForm } from "./hook-form.tsx";
      createRoot(document.body).render(createElement(HookForm));`,
    vue: `import { createApp } from "vue"; import OrderForm from "./OrderForm.vue";
      createApp(OrderForm).mount(document.body);`,
    svelte: `import { mount } from "svelte"; import OrderForm from "./OrderForm.svelte";
      mount(OrderForm, { target: document.body });`,
  };

  before(async () => {
    // An unnamed block is a program that a button would run: pressed again, it runs again.
    const again = modules.filter(({ isNamed }) => !isNamed);
    for (const { name, text } of again) await writeFile(join(folder, `again-${name}`), text);
    const names = [...modules.map(({ name }) => name), ...again.map(({ name }) => `again-${name}`), "proxy-orders"];
    const imports = names.map((name) => {
      const path = name === packageName ? name : `./${name}`;
      return `${JSON.stringify(name)}: () => import(${JSON.stringify(path)})`;
    });
    const entries = { ...mounts, modules: `globalThis.modules = {\n${imports.join(",\n")}\n};` };
    for (const [name, code] of Object.entries(entries)) {
      await writeFile(join(folder, `${name}.entry.js`), code);
      const html = `<!doctype html><html lang="en"><body></body><script type="module" src="./${name}.entry.js"></script></html>`;
      await writeFile(join(folder, `${name}.html`), html);
    }
    /** @param {string} file */
    const load = (file) => import(pathToFileURL(join(folder, "node_modules", file)).href);
    const { build } = await load("vite/dist/node/index.js");
    const { default: react } = await load("@vitejs/plugin-react/dist/index.js");
    const { default: vue } = await load("@vitejs/plugin-vue/dist/index.mjs");
    const { svelte } = await load("@sveltejs/vite-plugin-svelte/src/index.js");
    await build({
      root: folder,
      configFile: false,
      logLevel: "error",
      plugins: [react(), vue(), svelte({ configFile: false })],
      worker: { format: "es" },
      build: {
        outDir: "out",
        target: "es2022",
        rollupOptions: { input: Object.keys(entries).map((name) => join(folder, `${name}.html`)) },
      },
    });

    const serveBuilt = filesOf(join(folder, "out"));
    const serveFolder = filesOf(folder);
    server = await listen((request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://localhost");
      if (pathname.startsWith("/api/")) {
        const isLookup = pathname.endsWith("/order/lookup");
        if (fault) request.headers["x-sandbox-fault"] = isLookup && fault === lost ? "cut-before" : fault;
        return sandbox.handler(request, response);
      }
      if (pathname === "/favicon.ico") return response.writeHead(204).end();
      if (pathname === "/plain.html" || pathname.startsWith("/node_modules/")) {
        return serveFolder(request, response, pathname);
      }
      // The page with the modules calls the API, too.
      if (pathname !== "/modules.html") response.setHeader("content-security-policy", policy);
      return serveBuilt(request, response, pathname);
    });
  });
  beforeEach(() => {
    sandbox.reset();
    fault = "";
  });
  after(() => server?.close());

  const find = (/** @type {Tab} */ tab, /** @type {string} */ name) => tab.getByRole("button", { name });
  const isLookup = (/** @type {import("playwright-core").Request} */ request) =>
    request.url().endsWith("/order/lookup");
  /** What a page shows when another tab has settled the purchase. */
  const settled = "That order is settled. Look at your orders.";

  /**
   * Buys as an impatient customer does while responses are lost, and finds out in a second tab, which is returned.
   * @param {Tab} tab
   * @param {() => Promise<void>} choose what the customer does until there is a price
   */
  async function buyImpatiently(tab, choose) {
    await choose();
    fault = lost;
    await find(tab, "Order").dblclick();
    await tab.getByText("outcome unknown").waitFor();
    await Promise.all([tab.waitForEvent("requestfailed", isLookup), find(tab, "Find out").click()]);
    await tab.getByText(/outcome unknown.*(Please try again in a minute\.|No answer: )/).waitFor();
    const [{ idempotencyKey = "", orderNumber = "" } = {}] = sandbox.orders;
    await tab.reload();
    await tab.getByText(idempotencyKey).waitFor();
    const second = await secondTab(tab);
    await second.getByText(idempotencyKey).waitFor();
    fault = "";
    await find(second, "Find out").click();
    await second.getByText(orderNumber).waitFor();
    await find(tab, "Order").waitFor();
    await tab.getByText(settled).waitFor();
    assert.equal(sandbox.orders.length, 1);
    return second;
  }

  /**
   * Dismisses an unresolved purchase: first without confirming it, which changes nothing, and then for good.
   * @param {Tab} tab
   * @param {() => Promise<void>} choose
   */
  async function dismiss(tab, choose) {
    // A page in the background may not be drawn, and Playwright clicks what is drawn.
    await tab.bringToFront();
    await choose();
    fault = lost;
    await find(tab, "Order").click();
    const button = find(tab, "I have checked: it was not ordered");
    tab.once("dialog", (dialog) => dialog.dismiss());
    await button.click();
    await tab.getByText("outcome unknown").waitFor();
    tab.once("dialog", (dialog) => dialog.accept());
    await button.click();
    await find(tab, "Order").waitFor();
  }

  /**
   * What the customer does in each form, until it shows a price.
   * @type {Record<string, (tab: Tab) => Promise<void>>}
   */
  const forms = {
    react: (tab) => tab.getByText("1.31 USD").waitFor(),
    vue: (tab) => tab.getByText("1.31 USD").waitFor(),
    svelte: (tab) => tab.getByText("1.31 USD").waitFor(),
    query: (tab) => tab.getByText("2.65 USD").waitFor(),
    plain: (tab) => tab.getByText("2.65 USD").waitFor(),
    async hook(tab) {
      await tab.getByLabel("Quantity").fill("2");
      await tab.getByLabel("Country").fill("USA");
      await find(tab, "Show the price").click();
      await tab.getByText("2.62 USD").waitFor();
    },
  };
  for (const [name, choose] of Object.entries(forms)) {
    test(`the recipe "${name}" buys once, and locks nobody out`, async () => {
      await withPage(`${server.url}/${name}.html`, async (tab) => {
        await choose(tab);
        await pressTwice(tab, "Order", /^Ordered: /);
        assert.equal(sandbox.orders.length, 1);
        sandbox.reset();
        await tab.reload();
        const second = await buyImpatiently(tab, () => choose(tab));
        await dismiss(tab, () => choose(tab));
        // Not the receipt that this tab had before.
        await second.getByText(settled).waitFor();
      });
    });
  }

  test("each recipe buys in at most 25 lines", () => {
    const names = ["order-button.tsx", "OrderButton.vue", "OrderButton.svelte"];
    const texts = blocks.filter(({ name }) => names.includes(name)).map(({ text }) => text);
    const plain = blocks.find(({ name }) => name === "plain.html")?.text ?? "";
    texts.push(/(?<=<script type="module">\n)[^]*(?=\n *<\/script>)/.exec(plain)?.[0] ?? "");
    for (const text of texts) {
      const lines = text.split("\n").filter((line) => line.trim() !== "");
      assert.ok(lines.length > 10 && lines.length <= 25, `${lines.length} lines:\n${text}`);
    }
    assert.equal(texts.length, 4);
  });

  for (const name of ["react", "vue", "svelte"]) {
    test(`the form in ${name} shows prices and problems, under the policy of the page`, async () => {
      assert.match(policy, /wasm-unsafe-eval/);
      await withPage(`${server.url}/${name}.html`, async (tab) => {
        await tab.getByText("1.31 USD").waitFor();
        await tab.getByLabel("Quantity").fill("2");
        await tab.getByText("2.62 USD").waitFor();
        await tab.getByLabel("Country").fill("usa");
        await tab.getByText("Country must be").waitFor();
        await tab.getByLabel("Country").fill("USA");
        await tab.getByText("2.62 USD").waitFor();
      });
    });
  }

  test("the form with React Hook Form shows what is missing", async () => {
    await withPage(`${server.url}/hook.html`, async (tab) => {
      await find(tab, "Show the price").click();
      await tab.getByText("Country must be").waitFor();
      await tab.getByLabel("Country").fill("USA");
      await tab.getByText("Country must be").waitFor({ state: "detached" });
    });
  });

  const wanted = {
    proxyType: "IPv4",
    quantity: 1,
    rentPeriodDays: 30,
    goal: "scraping",
    country: "USA",
    authType: "LOGIN",
  };

  /**
   * Calls a function that a block exports.
   * @param {import("playwright-core").Page} tab
   * @param {string} module
   * @param {string} name
   * @param {unknown[]} args
   * @returns {Promise<any>} its result, or the error's fields
   */
  const callIn = (tab, module, name, ...args) =>
    tab.evaluate(
      async ({ module, name, args }) => {
        const exported = await /** @type {any} */ (globalThis).modules[module]();
        try {
          return await exported[name](...args);
        } catch (error) {
          return { ...error, message: String(error) };
        }
      },
      { module, name, args },
    );

  /** @param {(tab: import("playwright-core").Page) => Promise<void>} use */
  const inModules = (use) =>
    withPage(`${server.url}/modules.html`, async (tab) => {
      await tab.waitForFunction("globalThis.modules");
      await use(tab);
    });

  for (const { name } of modules.filter(({ isNamed }) => !isNamed)) {
    test(`${name} runs, and run again after a lost response it buys once`, async () => {
      await inModules(async (tab) => {
        fault = lost;
        for (const module of [name, `again-${name}`]) {
          const outcome = await tab.evaluate(
            (module) =>
              /** @type {any} */ (globalThis).modules[module]().catch((/** @type {any} */ error) => error.outcome),
            module,
          );
          // A checkout does not reject.
          if (typeof outcome !== "object") assert.equal(outcome, "unknown");
        }
        assert.equal(sandbox.orders.length, 1);
        assert.match(String(sandbox.orders[0]?.idempotencyKey), /^[0-9a-v]{26}$/);
      });
    });
  }

  test("sentence.ts says what to tell the customer", async () => {
    await inModules(async (tab) => {
      const sentence = (/** @type {object} */ more, maxPrice = 2) =>
        tab.evaluate(
          async ({ request, maxPrice }) => {
            const { modules } = /** @type {any} */ (globalThis);
            const { createCheckout } = await modules["proxy-orders"]();
            const { sentenceOf } = await modules["sentence.ts"]();
            const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
            const pending = checkout.buy(request, { maxPrice });
            const before = sentenceOf(checkout.state);
            const result = await pending;
            return [before, sentenceOf(checkout.state, result), sentenceOf({ status: "ready" }, result)];
          },
          { request: { ...wanted, ...more }, maxPrice },
        );
      assert.deepEqual(await sentence({}, 1), ["One moment…", ...Array(2).fill("The price is now 1.31 USD.")]);
      assert.equal((await sentence({ goal: "forbidden" }))[1], "Incorrect goal");
      assert.match((await sentence({ country: "usa" }))[1] ?? "", /^Country must be/);
      assert.match((await sentence({}))[1] ?? "", /^Ordered: NUMBER-/);
      fault = "reply; status=404; on=calculate";
      assert.equal((await sentence({}))[1], "Nothing was bought. Please try again later.");
      fault = lost;
      const [, stored = "", dismissed] = await sentence({});
      assert.match(stored, /^Sent at .*, outcome unknown. Reference: [0-9a-v]{26}\. Please try again in a minute\.$/);
      assert.equal(dismissed, settled);
      assert.equal((await sentence({}))[2], "Your previous order is not finished yet.");
    });
  });

  test("repeat.ts repeats an order whose response is lost, and buys once", async () => {
    await inModules(async (tab) => {
      sandbox.fail("cut-body", { on: "order" });
      const { orderNumber } = await callIn(tab, "repeat.ts", "orderAndRepeat", wanted, 2);
      assert.deepEqual(
        sandbox.orders.map((order) => order.orderNumber),
        [orderNumber],
      );
      assert.equal((await callIn(tab, "repeat.ts", "orderAndRepeat", wanted, 1)).outcome, "not_placed");
    });
  });

  test("directly.ts compares balances, and orders again only what was not charged", async () => {
    const ignorant = createSandbox({ apiKey: "demo-key", balance: 100, ignoreKeys: true });
    const { url, close } = await ignorant.listen();
    try {
      await inModules(async (tab) => {
        await tab.route(`${url}/**`, (route) => {
          const isOrder = !route.request().url().endsWith("/calculate/order");
          return route.continue({
            headers: { ...route.request().headers(), ...(isOrder && fault && { "x-sandbox-fault": fault }) },
          });
        });
        const api = { baseUrl: url, apiKey: "demo-key" };
        const order = (/** @type {object} */ more) =>
          callIn(tab, packageName, "order", { ...wanted, ...more }, { ...api, maxPrice: 2 });
        const orderAgain = (/** @type {any} */ failed, /** @type {object} */ more) =>
          callIn(tab, "directly.ts", "orderAgain", failed, { ...wanted, ...more }, 2, api);
        const wasPlaced = (/** @type {any} */ failed) => callIn(tab, "directly.ts", "wasPlaced", failed, wanted, api);

        fault = "cut-body";
        const booked = await order({});
        assert.equal(booked.outcome, "unknown");
        assert.equal((await order({})).code, "unresolved_order");
        assert.equal(await wasPlaced(booked), true);
        assert.equal((await orderAgain(booked, {})).outcome, "unknown");
        assert.equal(ignorant.orders.length, 1);

        fault = "cut-before";
        const gone = await order({ goal: "shopping" });
        assert.equal(await wasPlaced(gone), false);
        fault = "cut-body";
        for (const _ of ["first", "again"]) {
          assert.equal((await orderAgain(gone, { goal: "shopping" })).outcome, "unknown");
          assert.equal(ignorant.orders.length, 2);
        }
        fault = "";
        await order({ goal: "ads" });
        assert.equal(await wasPlaced(gone), undefined);
      });
    } finally {
      await close();
    }
  });

  test("form-value.ts and german.ts", async () => {
    await inModules(async (tab) => {
      const read = await tab.evaluate(async () => {
        const { modules } = /** @type {any} */ (globalThis);
        await (await modules["proxy-orders"]()).init();
        const { readForm } = await modules["form-value.ts"]();
        const form = document.createElement("form");
        form.innerHTML = `<input name="proxyType" value="ISP"><input name="quantity" value="2"><input name="goal" value="ads">
          <input name="rentPeriodDays" value="30"><input name="country" value="USA"><input name="authType" value="LOGIN">
          <input name="rotationTime" value="">
          <input type="hidden" name="csrf" value="1"><input type="hidden" name="$ACTION_ID_1" value="">`;
        const good = readForm(form);
        form.querySelectorAll("input")[1].value = "0";
        form.querySelectorAll("input")[2].value = "";
        return { wanted: good.request, messages: [...readForm(form).messages.keys()] };
      });
      const { quantity, ...rest } = read.wanted;
      assert.equal(quantity, 2);
      assert.equal(rest.proxyType, "ISP");
      assert.deepEqual(read.messages, ["quantity", "goal"]);
      const inGerman = (/** @type {string} */ field, /** @type {string} */ code) =>
        callIn(tab, "german.ts", "inGerman", { path: [field], code, message: "" });
      assert.equal(await inGerman("quantity", "out_of_range"), "Bitte mindestens 1 bestellen.");
      assert.equal(await inGerman("goal", "required"), "Bitte ausfüllen.");
      const reason = (/** @type {object} */ result) => callIn(tab, "german.ts", "reasonInGerman", result);
      const issues = [{ path: ["goal"], code: "required", message: "" }];
      for (const [result, sentence] of /** @type {const} */ ([
        [{ outcome: "unknown", error: { code: "timeout" } }, "Es ist noch nicht bekannt, ob bestellt wurde."],
        [{ outcome: "not_placed", failure: { error: { code: 16 } } }, "Das Guthaben reicht nicht aus."],
        [{ outcome: "not_placed", failure: { error: { code: 404 } } }, "Es wurde nichts bestellt."],
        [{ outcome: "not_placed", error: { code: "invalid_request", issues } }, "Bitte ausfüllen."],
        [{ outcome: "not_placed", error: { code: "refused" } }, "Das Angebot hat sich geändert."],
      ])) {
        assert.equal(await reason(result), sentence);
      }
    });
  });

  test("the worker", async () => {
    await inModules(async (tab) => {
      const isp = { ...wanted, proxyType: "ISP" };
      assert.equal((await callIn(tab, "price-page.ts", "price", isp)).price, 2.65);
      assert.match((await callIn(tab, "price-page.ts", "price", { ...isp, goal: "" })).message, /Goal/);
    });
  });
});

test("the server's load function", async () => {
  const { text = "" } = blocks.find(({ name }) => name === "+page.server.ts") ?? {};
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext, target: 9 } });
  const file = join(folder, "+page.server.mjs");
  await writeFile(file, outputText);
  const { load } = await import(pathToFileURL(file).href);
  const { url, close } = await createSandbox({ apiKey: "from-the-environment" }).listen();
  try {
    // A fetch that leads to the sandbox instead of the API.
    const reroute = async (/** @type {Request} */ { url: given, method, headers, body }) =>
      fetch(given.replace("https://youproxy.io", url), /** @type {any} */ ({ method, headers, body, duplex: "half" }));
    process.env.API_KEY = "from-the-environment";
    assert.deepEqual(await load({ fetch: reroute }), { price: 1.31 });
    process.env.API_KEY = "wrong";
    assert.deepEqual(await load({ fetch: reroute }), { price: null });
    assert.deepEqual(await load({ fetch: () => Promise.reject(new TypeError("offline")) }), { price: null });
  } finally {
    delete process.env.API_KEY;
    await close();
  }
});

test("blocks with the same name have the same code", () => {
  const texts = new Map(blocks.map((block) => [fileOf(block), block.text]));
  for (const block of blocks) {
    if (!["sh", "text", "http", "json"].includes(block.language)) assert.equal(block.text, texts.get(fileOf(block)));
  }
});

test("the README has what a stranger needs on one page", async () => {
  const readme = pages.get("README.md") ?? "";
  assert.ok(Buffer.byteLength(readme) <= 14_000, `${Buffer.byteLength(readme)} bytes`);
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { packages } = JSON.parse(await readFile(join(root, "tests/readme/package-lock.json"), "utf8"));
  const commands = [...pages.values()].flatMap((text) => [...text.matchAll(/`npm (run )?([a-z]+)`/g)]);
  for (const [command, , script = ""] of commands) {
    assert.ok(script in scripts || ["init", "install", "pack", "publish"].includes(script), command);
  }
  for (const { text } of inLanguage("sh")) {
    for (const [, program = "", ...rest] of text.matchAll(/^(\S+) (.*)$/gm)) {
      const [words = ""] = rest;
      if (program === "npm") {
        for (const name of words.replace("install ", "").split(" ")) {
          assert.ok(name === packageName || `node_modules/${name}` in packages, name);
        }
      } else if (program === "node") assert.ok(blocks.map(({ name }) => name).includes(words), words);
      else if (program !== "curl") assert.match(`${program} ${words}`, /^npx (vite|proxy-orders sandbox)$/);
    }
  }
});

test("coding agents get the same rules in both pages, and a skill of at most 80 lines", () => {
  const [skill = "", overview = ""] = ["SKILL.md", "llms.txt"].map((name) => pages.get(`www/docs/${name}`));
  assert.ok(skill.split("\n").length <= 81);
  for (const rule of [/new idempotency key for a repeat/, /retry around `order`/, /API key in a page/]) {
    for (const page of [skill, overview]) assert.match(page, rule);
  }
  const [inSkill, inOverview] = ["SKILL.md", "llms.txt"].map((name) => blocksOf(`www/docs/${name}`)[0]?.text);
  assert.equal(inSkill, inOverview);
});

test("the documentation has every option, error code, issue code and fault", async () => {
  const declarations = await readFile(join(root, "dist/index.d.ts"), "utf8");
  /** @param {string} name */
  const fieldsOf = (name) => {
    const [, body = ""] = new RegExp(`interface ${name} .*?\\{(.*?)^\\}`, "ms").exec(declarations) ?? [];
    return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field]) => field);
  };
  /** @param {string} name */
  const textsOf = (name) => {
    const [, body = ""] = new RegExp(`type ${name} = (.*?);`, "s").exec(declarations) ?? [];
    return [...body.matchAll(/"(\w+)"/g)].map(([, text]) => text);
  };
  /** The words in the first column of a section's tables. @param {string} page @param {string} title */
  const listed = (page, title) => {
    const sections = (pages.get(page) ?? "").split(/^(?=##+ )/m);
    const section = sections.find((section) => section.startsWith(`${title}\n`)) ?? assert.fail(title);
    return [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) => cell.replaceAll("`", "").split(", "));
  };
  /** The names that a message of the sandbox lists. @param {unknown} fault @param {object} [parameters] */
  const known = (fault, parameters) => {
    try {
      createSandbox().fail(/** @type {any} */ (fault), parameters);
    } catch (error) {
      return String(error).split(" are: ")[1]?.split(", ") ?? [];
    }
    return assert.fail("it is known");
  };
  const options = [...fieldsOf("CallOptions"), ...fieldsOf("OrderOptions")];
  assert.ok(options.length > 10);
  assert.deepEqual(listed("www/docs/reference.md", "## Options").sort(), options.sort());
  assert.deepEqual(listed("README.md", "## When a call fails").sort(), textsOf("ErrorCode").sort());
  assert.deepEqual(listed("www/docs/reference.md", "### Issues").sort(), textsOf("IssueCode").sort());
  const faults = listed("www/docs/testing.md", "### How it fails on demand");
  assert.deepEqual(faults.sort(), [...known("none"), ...known("500", { none: 1 })].sort());
});
