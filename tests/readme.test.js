// @ts-check
// The code of the documentation: it is type-checked, and it runs, in a folder outside of the repository that has the
// packed package. What orders is pressed twice after a lost response, and buys once. (tests/backend has the backend's page.)

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
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

const blocks = [...pages.keys()].filter((page) => page !== "www/docs/backend.md").flatMap(blocksOf);
const inLanguage = (/** @type {string[]} */ ...languages) =>
  blocks.filter(({ language }) => languages.includes(language));
/** The page of the README is no program of Node. */
const inNode = inLanguage("js").filter(({ name }) => name !== "main.js");
const [firstPage = "", withFault = ""] = inLanguage("js")
  .filter(({ page, text }) => page === "README.md" && text.includes("const api"))
  .map(({ text }) => text);

/** Where the code of the documentation runs. @type {string} */
let folder;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  folder = await install("readme", join(root, "tests/readme"));
  for (const { name, text } of inLanguage("js", "ts", "tsx", "vue", "svelte", "html")) {
    await writeFile(join(folder, name), text);
  }
  browser = await launchChromium();
});
after(() => browser?.close());

/**
 * Opens a page; whatever goes wrong in it is a failure.
 * @param {string} url
 * @param {(tab: import("playwright-core").Page) => Promise<void>} use
 */
async function withPage(url, use) {
  const tab = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  tab.on("pageerror", (error) => problems.push(String(error)));
  tab.on("console", (message) => {
    // Chromium itself reports the responses that this test has cut.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  // The pauses between the repeats of `buy`.
  await tab.addInitScript(() => {
    const wait = setTimeout;
    const shorten = (/** @type {any} */ work, /** @type {number} */ ms) =>
      wait(work, [1000, 3000].includes(ms) ? 0 : ms);
    Object.assign(globalThis, { setTimeout: shorten });
  });
  try {
    await tab.goto(url);
    await use(tab);
    assert.deepEqual(problems, []);
  } catch (error) {
    throw new Error(`${error}\nThe page at ${url} said: ${problems.join("\n") || "nothing"}`, { cause: error });
  } finally {
    await tab.close();
  }
}

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
  const program = ts.createProgram(files, {
    // As strict as the templates of Vite and others are.
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

test("the page in five minutes", { timeout: 120_000 }, async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const stop = await start(folder, ["exec", "--", "vite", "--host", "127.0.0.1", "--port", String(port)], /Local:/);
  try {
    await withPage(url, async (tab) => {
      const status = tab.locator("p");
      await tab.getByText("1.31 USD").waitFor();
      await tab.getByLabel("Quantity").fill("6");
      await tab.getByText("Insufficient funds on balance").waitFor();
      await tab.getByLabel("Quantity").fill("1");
      await tab.getByLabel("Country").fill("usa");
      await tab.getByText("Country must be").waitFor();
      await tab.getByLabel("Country").fill("USA");
      await tab.getByText("1.31 USD").waitFor();
      await tab.getByRole("button").click();
      await tab.getByText(/^Ordered: NUMBER-/).waitFor();
      const first = await status.innerText();

      const replaced = firstPage.replace(/^const api = .*\n/m, withFault);
      assert.notEqual(replaced, firstPage);
      await writeFile(join(folder, "main.js"), replaced);
      // Vite reloads the page by itself.
      await tab.getByText(first).waitFor({ state: "detached" });
      await tab.getByText("1.31 USD").waitFor();
      await tab.getByRole("button").click();
      await tab.getByText("We do not know yet").waitFor();
      await tab.getByRole("button").click();
      await tab.getByText(/^Ordered: NUMBER-/).waitFor();
      const orders = await (await fetch(`${url}/api/__sandbox/orders`)).json();
      assert.deepEqual(
        orders.map((/** @type {any} */ { orderNumber }) => `Ordered: ${orderNumber}`),
        [first, await status.innerText()],
      );
    });
  } finally {
    await stop();
  }
});

describe("in a browser", () => {
  const sandbox = createSandbox({ apiKey: "self", balance: 100 });
  /** What the API does wrong. */
  let fault = "";
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
    const modules = inLanguage("ts").filter(
      ({ name }) => !["backend.ts", "price-worker.ts", "+page.server.ts"].includes(name),
    );
    // An unnamed block is a program: what a button would run. Pressed again, it runs again.
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
        if (fault) request.headers["x-sandbox-fault"] = fault;
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

  const lost = "cut-body; on=order";

  /**
   * Presses twice while responses are lost, and once when they arrive.
   * @param {import("playwright-core").Page} tab
   * @param {RegExp} unknown what the page says when it does not know
   */
  async function pressImpatiently(tab, unknown) {
    const button = tab.getByRole("button");
    const received = () => sandbox.requests.filter(({ path }) => !path.endsWith("/calculate/order")).length;
    fault = lost;
    for (const _ of ["first", "again"]) {
      const before = received();
      // Text and button alone may still be those of the press before.
      await Promise.all([
        tab.waitForEvent("requestfailed", (request) => !request.url().endsWith("/calculate/order")),
        button.click(),
      ]);
      await tab.getByText(unknown).waitFor();
      await tab.locator("button:enabled").waitFor();
      assert.ok(received() > before);
    }
    assert.equal(sandbox.orders.length, 1);
    fault = "";
    await button.click();
    await tab.getByText(String(sandbox.orders[0]?.orderNumber)).waitFor();
    assert.equal(sandbox.orders.length, 1);
  }

  for (const name of ["react", "vue", "svelte"]) {
    test(`the form in ${name}, under the policy of the page`, async () => {
      assert.match(policy, /wasm-unsafe-eval/);
      await withPage(`${server.url}/${name}.html`, async (tab) => {
        await tab.getByText("1.31 USD").waitFor();
        await tab.getByLabel("Quantity").fill("2");
        await tab.getByText("2.62 USD").waitFor();
        await tab.getByLabel("Country").fill("usa");
        await tab.getByText("Country must be").waitFor();
        await tab.getByLabel("Country").fill("USA");
        await tab.getByText("2.62 USD").waitFor();
        await pressImpatiently(tab, /We do not know yet/);
      });
    });
  }

  test("the form with TanStack Query", async () => {
    await withPage(`${server.url}/query.html`, async (tab) => {
      await tab.getByText("2.65 USD").waitFor();
      await tab.getByLabel("Quantity").fill("2");
      await tab.getByText("5.3 USD").waitFor();
      await pressImpatiently(tab, /We do not know yet/);
    });
  });

  test("the form with React Hook Form", async () => {
    await withPage(`${server.url}/hook.html`, async (tab) => {
      await tab.getByRole("button").click();
      await tab.getByText("Country must be").waitFor();
      await tab.getByLabel("Quantity").fill("2");
      await tab.getByLabel("Country").fill("USA");
      await tab.getByText("Country must be").waitFor({ state: "detached" });
      await pressImpatiently(tab, /We do not know yet/);
    });
  });

  test("the page without a build", async () => {
    await withPage(`${server.url}/plain.html`, async (tab) => {
      await tab.getByText("2.05 USD").waitFor();
      await pressImpatiently(tab, /\(unknown\)/);
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

  for (const { name } of inLanguage("ts").filter(({ isNamed }) => !isNamed)) {
    test(`${name} runs, and run again after a lost response it buys once`, async () => {
      await inModules(async (tab) => {
        fault = lost;
        for (const module of [name, `again-${name}`]) {
          const outcome = await tab.evaluate(
            (module) =>
              /** @type {any} */ (globalThis).modules[module]().catch((/** @type {any} */ error) => error.outcome),
            module,
          );
          assert.equal(outcome, "unknown");
        }
        assert.equal(sandbox.orders.length, 1);
        assert.match(String(sandbox.orders[0]?.idempotencyKey), /^[0-9a-v]{26}$/);
      });
    });
  }

  test("buy.ts says what to tell the customer", async () => {
    await inModules(async (tab) => {
      const buy = (/** @type {object} */ more, maxPrice = 2) =>
        callIn(tab, "buy.ts", "buy", { ...wanted, ...more }, maxPrice);
      assert.match((await buy({})).orderNumber, /^NUMBER-/);
      assert.deepEqual(await buy({}, 1), { state: "not_placed", say: "The price is now 1.31 USD." });
      assert.deepEqual(await buy({ goal: "forbidden" }), { state: "not_placed", say: "Incorrect goal" });
      assert.match((await buy({ country: "usa" })).say, /^Country must be/);
      fault = "reply; status=404; on=calculate";
      assert.deepEqual(await buy({}), { state: "not_placed", say: "Nothing was bought. Please try again later." });

      fault = "cut-after; on=order; times=1";
      assert.equal((await buy({})).state, "placed");
      assert.equal(sandbox.orders.length, 2);
      fault = lost;
      assert.equal((await buy({})).state, "unknown");
      assert.equal((await buy({})).state, "unknown");
      fault = "";
      assert.equal((await buy({})).orderNumber, sandbox.orders[2]?.orderNumber);
      assert.equal(sandbox.orders.length, 3);
    });
  });

  test("purchase.ts buys once, though the page is reloaded in between", async () => {
    await inModules(async (tab) => {
      const purchase = (/** @type {object} */ more = {}, maxPrice = 2) =>
        callIn(tab, "purchase.ts", "purchase", { ...wanted, ...more }, maxPrice);
      const isOpen = async () => (await callIn(tab, "purchase.ts", "openPurchase")) !== null;
      assert.equal((await purchase({}, 1)).outcome, "not_placed");
      assert.equal(await isOpen(), false);

      fault = lost;
      assert.equal((await purchase()).outcome, "unknown");
      await tab.reload();
      await tab.waitForFunction("globalThis.modules");
      assert.equal(await isOpen(), true);
      // The customer was signed out meanwhile.
      const body = encodeURIComponent('{"success":false,"error":{"code":401,"message":"Sign in first."}}');
      fault = `reply; status=401; on=order; body=${body.replaceAll(";", "%3B")}`;
      assert.equal((await purchase()).error.code, 401);
      assert.equal(await isOpen(), true);
      fault = "refusal-400; on=order";
      assert.equal((await purchase()).error.code, 14);
      assert.equal(await isOpen(), true);
      fault = "cut-before";
      assert.equal((await purchase()).outcome, "unknown");
      assert.equal(await isOpen(), true);
      fault = "";
      assert.equal((await purchase({ quantity: 2 })).orderNumber, sandbox.orders[0]?.orderNumber);
      assert.equal(await isOpen(), false);
      assert.equal(sandbox.orders.length, 1);
    });
  });

  test("directly.ts compares balances, and orders again only what was not charged", async () => {
    const sandbox = createSandbox({ apiKey: "demo-key", balance: 100, ignoreKeys: true });
    const { url, close } = await sandbox.listen();
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
        assert.equal(sandbox.orders.length, 1);

        fault = "cut-before";
        const gone = await order({ goal: "shopping" });
        assert.equal(await wasPlaced(gone), false);
        fault = "cut-body";
        for (const _ of ["first", "again"]) {
          assert.equal((await orderAgain(gone, { goal: "shopping" })).outcome, "unknown");
          assert.equal(sandbox.orders.length, 2);
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
          <input name="rotationTime" value="">`;
        const good = readForm(form);
        form.querySelectorAll("input")[1].value = "0";
        form.querySelectorAll("input")[2].value = "";
        return { wanted: good.wanted, messages: [...readForm(form).messages.keys()] };
      });
      const { quantity, ...rest } = read.wanted;
      assert.equal(quantity, 2);
      assert.equal(rest.proxyType, "ISP");
      assert.deepEqual(read.messages, ["quantity", "goal"]);
      const inGerman = (/** @type {string} */ field, /** @type {string} */ code) =>
        callIn(tab, "german.ts", "inGerman", { path: [field], code, message: "" });
      assert.equal(await inGerman("quantity", "out_of_range"), "Bitte mindestens 1 bestellen.");
      assert.equal(await inGerman("goal", "required"), "Bitte ausfüllen.");
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
    // Its fetch leads to the sandbox, in place of the API.
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

test("the same name is the same code", () => {
  const texts = new Map(blocks.filter(({ language }) => language !== "sh").map(({ name, text }) => [name, text]));
  for (const { name, text, language } of blocks) {
    if (!["sh", "text", "http"].includes(language)) assert.equal(text, texts.get(name), name);
  }
});

test("the README has what a stranger needs on one page", async () => {
  const readme = pages.get("README.md") ?? "";
  assert.ok(Buffer.byteLength(readme) <= 24_000, `${Buffer.byteLength(readme)} bytes`);
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { packages } = JSON.parse(await readFile(join(root, "tests/readme/package-lock.json"), "utf8"));
  const commands = [...pages.values()].flatMap((text) => [...text.matchAll(/`npm (run )?([a-z]+)`/g)]);
  for (const [command, , script = ""] of commands) {
    assert.ok(script in scripts || ["install", "pack", "publish"].includes(script), command);
  }
  for (const { text } of inLanguage("sh")) {
    for (const [, program = "", ...rest] of text.matchAll(/^(\S+) (.*)$/gm)) {
      const [words = ""] = rest;
      if (program === "npm") {
        for (const name of words.replace("install ", "").split(" ")) {
          assert.ok(name === packageName || `node_modules/${name}` in packages, name);
        }
      } else if (program === "node")
        assert.ok(
          blocks.some(({ name }) => name === words),
          words,
        );
      else assert.equal(`${program} ${words}`.trim(), "npx vite");
    }
  }
});

test("the documentation has every option, error code and issue code", async () => {
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
    return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  };
  const options = [...fieldsOf("CallOptions"), ...fieldsOf("OrderOptions")];
  assert.ok(options.length > 10);
  assert.deepEqual(listed("www/docs/reference.md", "## Options").sort(), options.sort());
  assert.deepEqual(listed("README.md", "## When a call fails").sort(), textsOf("ErrorCode").sort());
  assert.deepEqual(listed("www/docs/reference.md", "### Issues").sort(), textsOf("IssueCode").sort());
});
