// @ts-check
// The README's code: it is type-checked, and it runs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build, transform } from "esbuild";
import { createSandbox } from "proxy-orders/sandbox";
import ts from "typescript";
import { filesOf, listen } from "../.build/serve.js";
import { packages } from "../.build/tools.js";
import { launchChromium } from "./support/browser.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "target/readme");
const recipes = join(root, "tests/readme");
const readme = await readFile(join(root, "README.md"), "utf8");
const { name, version, scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

const blocks = readBlocks();
const [page = ""] = blocks.filter(({ language }) => language === "html").map(({ text }) => text);
const inTypeScript = blocks.filter(({ language }) => language === "ts" || language === "tsx");
const inJavaScript = blocks.filter(({ language }) => language === "js");

/** Every block of code, named as its first line says. `next` is the text block that follows: what it prints. */
function readBlocks() {
  const pattern = /^```(\w+)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms;
  return [...readme.matchAll(pattern)].map((match) => {
    const [, language = "", text = "", next = ""] = match;
    const given = /^\/\/ (\S+\.(?:m?js|tsx?))\n/.exec(text)?.[1];
    const heading =
      readme
        .slice(0, match.index)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? "";
    const name = given ?? `${slug(heading)}.${language === "js" ? "mjs" : language}`;
    return { language, text, name, isNamed: given !== undefined, next };
  });
}

/** @param {string} heading */
function slug(heading) {
  return heading
    .replace(/^#+ /, "")
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** @param {string} name */
const importBlock = (name) => import(pathToFileURL(join(folder, name.replace(/\.tsx?$/, ".js"))).href);

before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const block of [...inTypeScript, ...inJavaScript]) {
    await writeFile(join(folder, block.name), block.text);
    if (block.language !== "ts") continue;
    const { code } = await transform(block.text, { loader: "ts", format: "esm", target: "es2022" });
    await writeFile(join(folder, block.name.replace(/ts$/, "js")), code);
  }
  await packages(recipes);
});

test("TypeScript accepts every block", () => {
  const react = join(recipes, "node_modules/@types/react");
  const program = ts.createProgram(
    inTypeScript.map(({ name }) => join(folder, name)),
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      jsx: ts.JsxEmit.ReactJSX,
      paths: { react: [react], "react/*": [`${react}/*`] },
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    },
  );
  assert.ok(inTypeScript.length > 5);
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: String, getNewLine: () => "\n" };
  const diagnostics = ts.getPreEmitDiagnostics(program);
  assert.equal(ts.formatDiagnostics(diagnostics, host), "");
});

describe("every JavaScript block runs in Node", () => {
  for (const block of inJavaScript) {
    test(block.name, async () => {
      const { NODE_TEST_CONTEXT, ...env } = process.env;
      const { stdout } = await run(process.execPath, [join(folder, block.name)], { env });
      if (block.next) assert.equal(stdout, block.next);
      if (block.name.includes(".test.")) assert.match(stdout, /^# fail 0$/m);
    });
  }
});

describe("the blocks for pages", () => {
  const sandbox = createSandbox({ apiKey: "self", balance: 100 });
  /** What the API does wrong. */
  let fault = "";
  /** @type {Map<string, string>} what the pages are, by path */
  const pages = new Map([["/plain", page]]);
  const bundled =
    '<!doctype html><html lang="en"><div id="root"></div><script type="module" src="/react.js"></script></html>';
  pages.set("/react", bundled).set("/empty", "<!doctype html>");
  const [, policy = ""] = /^<!-- csp -->\n```http\nContent-Security-Policy: (.*)$/m.exec(readme) ?? [];

  const prefix = `/node_modules/${name}/`;
  const servePackage = filesOf(root);
  const serveBundle = filesOf(join(folder, "out"));

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  function serve(request, response) {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (pathname.startsWith("/api/")) {
      if (fault) request.headers["x-sandbox-fault"] = fault;
      return sandbox.handler(request, response);
    }
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    // The plain page has inline scripts, which this policy would need a nonce for.
    if (pathname !== "/plain") response.setHeader("content-security-policy", policy);
    const html = pages.get(pathname);
    if (html) return response.writeHead(200, { "content-type": "text/html" }).end(html);
    if (pathname.startsWith(prefix)) return servePackage(request, response, pathname.slice(prefix.length - 1));
    return serveBundle(request, response, pathname);
  }

  /** @type {Awaited<ReturnType<typeof listen>>} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;
  let origin = "";

  /**
   * Opens a page; whatever goes wrong in it is a failure.
   * @param {string} path
   */
  async function open(path) {
    const tab = await browser.newPage();
    /** @type {string[]} */
    const problems = [];
    tab.on("pageerror", (error) => problems.push(String(error)));
    tab.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await tab.goto(`${origin}${path}`);
    const close = async () => {
      await tab.close();
      assert.deepEqual(problems, []);
    };
    return { tab, close };
  }

  before(async () => {
    server = await listen(serve);
    origin = server.url;
    // A page's own origin, for the blocks that run in this process.
    Object.assign(globalThis, { location: { origin } });

    const mount =
      'import { createRoot } from "react-dom/client"; import { OrderForm } from "./order-form.tsx";' +
      'createRoot(document.getElementById("root")).render(<OrderForm />);';
    /** @type {import("esbuild").BuildOptions} */
    const common = {
      bundle: true,
      format: "esm",
      jsx: "automatic",
      nodePaths: [join(recipes, "node_modules")],
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "error",
    };
    const stdin = { contents: mount, resolveDir: folder, loader: /** @type {const} */ ("jsx") };
    await build({ ...common, stdin, outfile: join(folder, "out/react.js") });
    const entryPoints = ["price-page.ts", "price-worker.ts"].map((name) => join(folder, name));
    await build({ ...common, entryPoints, outdir: join(folder, "out") });
    const binary = "proxy_orders_bg.wasm";
    await copyFile(join(root, "dist", binary), join(folder, "out", binary));
    browser = await launchChromium();
  });

  beforeEach(() => {
    sandbox.reset();
    fault = "";
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test("those without a name run against the sandbox", async () => {
    for (const { name, isNamed } of inTypeScript) if (!isNamed) await importBlock(name);
    assert.equal(
      sandbox.requests.some(({ booked }) => booked),
      true,
    );
    assert.match(String(sandbox.requests.at(-1)?.headers["idempotency-key"]), /^[0-9a-v]{26}$/);
  });

  test("the plain page", async () => {
    const { tab, close } = await open("/plain");
    await tab.getByText("2.05 USD").waitFor();
    await tab.getByRole("button", { name: "Order" }).click();
    await tab.getByText(/^NUMBER-/).waitFor();
    assert.equal(sandbox.orders.length, 1);
    await close();
  });

  test("the form in React, under the policy that the README gives", async () => {
    assert.match(policy, /wasm-unsafe-eval/);
    const { tab, close } = await open("/react");
    await tab.getByText("1.31 USD").waitFor();
    await tab.getByLabel("Quantity").fill("2");
    await tab.getByText("2.62 USD").waitFor();
    await tab.getByLabel("Country").fill("usa");
    await tab.getByText("Country must be three capital letters").waitFor();
    await tab.getByLabel("Country").fill("USA");
    await tab.getByText("2.62 USD").waitFor();
    await tab.getByRole("button", { name: "Order" }).click();
    await tab.getByText(/^Ordered: NUMBER-/).waitFor();
    assert.equal(sandbox.orders.length, 1);
    await close();
  });

  test("the worker", async () => {
    const { tab, close } = await open("/empty");
    const quote = await tab.evaluate(async () => {
      const { price } = await import(/** @type {string} */ ("/price-page.js"));
      return price({ proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" });
    });
    assert.equal(quote.price, 2.65);
    await close();
  });

  test("the server's load function", async () => {
    const { load } = await importBlock("+page.server.ts");
    /** @param {Request} request */
    const reroute = (request) => fetch(request.url.replace(/^https:..youproxy.io/, `${origin}/api`), withBody(request));
    /** @param {Request} request @returns {RequestInit} */
    const withBody = ({ method, headers, body }) =>
      /** @type {RequestInit} */ ({ method, headers, body, duplex: "half" });
    process.env.API_KEY = "self";
    assert.deepEqual(await load({ fetch: reroute }), { price: 1.31 });
    process.env.API_KEY = "wrong";
    assert.deepEqual(await load({ fetch: reroute }), { price: null });
    assert.deepEqual(await load({ fetch: () => Promise.reject(new TypeError("offline")) }), { price: null });
  });

  const order = {
    proxyType: "IPv4",
    quantity: 1,
    rentPeriodDays: 30,
    goal: "scraping",
    country: "USA",
    authType: "LOGIN",
  };

  test("what a shop does when an order fails", async () => {
    const { buy } = await importBlock("buy.ts");
    assert.match((await buy(order, 2)).orderNumber, /^NUMBER-/);

    fault = "cut-after; on=order; times=1";
    const recovered = await buy(order, 2);
    assert.equal(recovered.state, "placed");
    assert.equal(sandbox.orders.at(-1)?.orderNumber, recovered.orderNumber);
    assert.equal(sandbox.orders.length, 2);

    fault = "reply; status=404; on=calculate";
    const sayNothing = { state: "not_placed", say: "Nothing was bought. Please try again later." };
    assert.deepEqual(await buy(order, 2), sayNothing);
    fault = "";
    assert.deepEqual(await buy(order, 1), { state: "not_placed", say: "The price is now 1.31 USD." });
    assert.deepEqual(await buy({ ...order, goal: "forbidden" }, 2), { state: "not_placed", say: "Incorrect goal" });
    assert.deepEqual(await buy({ ...order, country: "usa" }, 2), {
      state: "not_placed",
      say: "Country must be three capital letters from A to Z, as in USA.",
    });
    const both = await Promise.all([buy(order, 2), buy(order, 2)]);
    assert.deepEqual(both.map(({ state }) => state).sort(), ["not_placed", "placed"]);
    assert.equal(sandbox.orders.length, 3);
  });

  test("an order in doubt is not bought twice by the same button", async () => {
    const { buy } = await importBlock("buy.ts");
    fault = "cut-after; on=order";
    const unknown = await buy(order, 2);
    assert.equal(unknown.state, "unknown");
    assert.match(unknown.say, /Reference: [0-9a-v]{26}$/);
    assert.equal(sandbox.orders.length, 1);
    fault = "";
    assert.equal((await buy(order, 2)).orderNumber, sandbox.orders.at(-1)?.orderNumber);
    assert.equal(sandbox.orders.length, 1);
  });

  test("comparing balances after an unknown outcome", async () => {
    const { wasPlaced } = await importBlock("was-placed.ts");
    const client = await import("proxy-orders");
    /** @param {string} name @param {string} goal */
    const failing = async (name, goal) => {
      const wanted = /** @type {any} */ ({ ...order, goal });
      const api = { baseUrl: "/api", headers: { "x-sandbox-fault": `${name}; on=order` } };
      const failed = await client.order(wanted, { ...api, maxPrice: 2 }).catch((error) => error);
      assert.equal(failed.outcome, "unknown");
      return failed;
    };
    const api = { baseUrl: "/api" };
    assert.equal(await wasPlaced(await failing("cut-after", "placed"), order, api), true);
    const lost = await failing("cut-before", "lost");
    assert.equal(await wasPlaced(lost, order, api), false);
    await client.order(/** @type {any} */ ({ ...order, quantity: 3 }), api);
    assert.equal(await wasPlaced(lost, order, api), undefined);
  });
});

test("names commands, versions, files and places that there are", () => {
  const lines = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n"));
  const inText = [...readme.matchAll(/`(npm (?:run )?[a-z]+)`/g)].map(([, command]) => String(command));
  for (const line of [...lines, ...inText]) {
    const [tool = "", verb = "", noun = ""] = line.split(" ");
    if (tool === "node")
      assert.ok(
        blocks.some((block) => block.name === verb),
        line,
      );
    else if (verb === "install") assert.ok(noun === "" || noun === name, line);
    else if (verb !== "pack") assert.ok((verb === "run" ? noun : verb) in scripts, line);
  }
  for (const [, inToml] of readme.matchAll(/^proxy-orders = \{ version = "(.*?)"/gm)) {
    assert.ok(version.startsWith(`${inToml}.`), `version ${inToml} in the README`);
  }
  const anchors = (readme.match(/^#+ .*$/gm) ?? []).map((heading) => `#${slug(heading)}`);
  for (const [, target = ""] of readme.matchAll(/\]\((.*?)\)/g)) {
    if (target.startsWith("#")) assert.ok(anchors.includes(target), target);
    else if (!target.startsWith("https:")) assert.ok(existsSync(join(root, target)), target);
  }
  for (const mark of ["bundlers", "bench"]) {
    assert.match(readme, new RegExp(`^<!-- ${mark}:begin -->\n(?:.*\n)*?<!-- ${mark}:end -->$`, "m"));
  }
});

test("has every option, error code and issue code", async () => {
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
  /** @param {string} from @param {string} to the words in the first column of the tables between two places */
  const listed = (from, to) => {
    const part = readme.slice(readme.indexOf(from), readme.indexOf(to, readme.indexOf(from) + from.length));
    return [...part.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  };
  const options = [...fieldsOf("CallOptions"), ...fieldsOf("OrderOptions")];
  assert.ok(options.length > 10);
  assert.deepEqual(listed("\n## Options", "\n## ").sort(), options.sort());
  assert.deepEqual(listed("\n## When an order fails", "\n### ").sort(), textsOf("ErrorCode").sort());
  assert.deepEqual(listed("`path` is empty", "\n## ").sort(), textsOf("IssueCode").sort());
});

test("names no block twice", () => {
  const names = [...inTypeScript, ...inJavaScript].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});
