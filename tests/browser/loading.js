// @ts-check
// Loading the WebAssembly: at the first call, by `init`, from other sources, and when it fails.
import {
  all,
  assert,
  equal,
  oneOf,
  rejected,
  replies,
  reply,
  settled,
  show,
  stub,
  stubbed,
  until,
  wanted,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */

const quote = wanted.calculate.IPv4;
const order = wanted.order.IPv4;
const calculates = () => stubbed(stub(reply(replies.calculate)).fetch, { timeoutMs: 5000 });
const orders = () => stubbed(stub(reply(replies.order)).fetch, { timeoutMs: 5000 });

/** The message of an error is about an address, says something more, and leads to one place in the documentation. @param {Error} error @param {...string} parts */
function checkMessage({ message }, ...parts) {
  for (const part of parts) assert(message.includes(part), `the message has ${show(part)}: ${show(message)}`);
  equal(message.match(/https:\/\/\S+#[\w-]+ \(/g)?.length, 1, `links in ${show(message)}`);
  assert(!/\binit\b/.test(message), `the message does not name init: ${show(message)}`);
}

/** @param {Test} test */
export async function theFirstCallLoads({ fresh }) {
  const { pkg, loads } = await fresh();
  equal(await loads(), 0, "loads by the import alone");
  const ends = await Promise.all([
    pkg.calculate(quote, calculates()),
    pkg.calculate(quote, calculates()),
    pkg.order(order, orders()),
    pkg.init(),
    pkg.calculateSchema["~standard"].validate(quote),
  ]);
  equal(ends[0], replies.calculate, "quote");
  equal(ends[2], replies.order, "receipt");
  await pkg.init();
  await pkg.default();
  await pkg.calculate(quote, calculates());
  equal(await loads(), 1, "loads");
}

/** @param {Test} test */
export async function validatorsThrowUntilItIsLoaded({ fresh }) {
  const { pkg, loads } = await fresh();
  for (const name of ["validateCalculate", "validateOrder"]) {
    /** @type {any} */
    let error;
    try {
      pkg[name](quote);
    } catch (reason) {
      error = reason;
    }
    assert(error instanceof Error, `${name} throws`);
    equal([error.name, /** @type {any} */ (error).code], ["ProxyOrdersError", "not_loaded"], name);
    equal(error.message, "The WebAssembly is not loaded: await init() first.", "message");
    assert(pkg.isProxyOrdersError(error), "is ours");
  }
  equal(await loads(), 0, "loads by the validators");
  await pkg.init();
  equal(pkg.validateCalculate(quote).value, quote, "after init");
}

/** @param {Test} test */
export async function schemasLoadByThemselves({ fresh }) {
  for (const [name, value] of /** @type {const} */ ([
    ["calculateSchema", quote],
    ["orderSchema", order],
  ])) {
    const { pkg } = await fresh();
    const { validate } = pkg[name]["~standard"];
    const answer = validate(value);
    assert(answer instanceof Promise, `${name} answers with a promise before it is loaded`);
    equal((await answer).value, value, name);
    assert(!(validate(value) instanceof Promise), `${name} answers at once when it is loaded`);
    assert((await validate({})).issues.length > 0, "issues");
  }
  const { pkg } = await fresh("missing");
  await rejected(pkg.calculateSchema["~standard"].validate(quote), "not_loaded");
}

/** @param {Test} test */
export async function argumentsAreReadWhenACallBegins({ fresh }) {
  for (const name of ["calculateSchema", "orderSchema"]) {
    const { pkg } = await fresh();
    const value = { ...order };
    const validated = pkg[name]["~standard"].validate(value);
    value.quantity = 0;
    equal((await validated).issues, undefined, name);
  }
  const { pkg } = await fresh();
  const api = stub(reply(replies.order));
  const value = { ...order };
  const options = { ...stubbed(api.fetch), headers: { "x-shop": "one" } };
  const ordered = pkg.order(value, options);
  value.quantity = 0;
  options.headers["x-shop"] = "two";
  options.maxPrice = "none";
  equal(await ordered, replies.order, "receipt");
  equal([api.requests[0].json, api.requests[0].headers.get("x-shop")], [order, "one"], "body and header");
}

/** @param {Test} test */
export async function initTakesAnySource({ fresh, url }) {
  const address = `${url}/dist/proxy_orders_bg.wasm`;
  const bytes = await (await fetch(address)).arrayBuffer();
  /** @type {[string, () => any][]} */
  const sources = [
    ["a URL as text", () => address],
    ["a URL", () => new URL(address)],
    ["a Response", () => fetch(address).then((response) => response)],
    ["a Response in hand", async () => await fetch(address)],
    ["a Response made by hand", () => new Response(bytes, { headers: { "content-type": "application/wasm" } })],
    ["an ArrayBuffer", () => bytes.slice(0)],
    ["a Uint8Array", () => new Uint8Array(bytes)],
    [
      "a part of a larger buffer",
      () => {
        const large = new Uint8Array(bytes.byteLength + 20);
        large.set(new Uint8Array(bytes), 10);
        return large.subarray(10, 10 + bytes.byteLength);
      },
    ],
    ["a WebAssembly.Module", () => WebAssembly.compile(bytes)],
  ];
  await all(
    sources.map(([what, source]) => [
      what,
      async () => {
        const { pkg, loads } = await fresh("missing");
        await settled(pkg.init(await source()));
        equal(pkg.validateOrder(order).value, order, "the validator");
        equal(await pkg.calculate(quote, calculates()), replies.calculate, "a call");
        equal(await loads(), 0, "loads from the usual place");
      },
    ]),
  );
  const { pkg, loads } = await fresh();
  await Promise.all([pkg.init(undefined), pkg.init(), pkg.init(address)]);
  equal(await loads(), 1, "concurrent calls load once");
}

/** @param {Test} test */
export async function aBadSourceIsNotLoaded({ fresh, url }) {
  const nothing = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  /** @type {[string, () => any, "remembered" | "used once"][]} */
  const sources = [
    ["a missing URL", () => `${url}/nowhere.wasm`, "remembered"],
    ["no URL", () => "http://[", "remembered"],
    ["nobody there", () => new URL("http://127.0.0.1:9/x.wasm"), "remembered"],
    ["an HTML page", () => `${url}/frame.html`, "remembered"],
    ["no bytes", () => new ArrayBuffer(0), "remembered"],
    ["bytes of no module", () => new Uint8Array([1, 2, 3, 4]), "remembered"],
    ["a view of no module", () => new DataView(nothing.buffer), "remembered"],
    ["a module that exports nothing", () => nothing, "remembered"],
    ["that module compiled", () => new WebAssembly.Module(nothing), "remembered"],
    ["a Response with status 404", async () => await fetch(`${url}/nowhere.wasm`), "used once"],
    [
      "a Response that is used",
      async () => {
        const used = await fetch(`${url}/dist/index.js`);
        await used.text();
        return used;
      },
      "used once",
    ],
    ["a number", () => 5, "used once"],
    ["an object", () => ({}), "used once"],
    ["an event, as of a button", () => new Event("click"), "used once"],
    ["a list", () => [1], "used once"],
    ["a symbol", () => Symbol("x"), "used once"],
    ["a function", () => () => 5, "used once"],
    ["true", () => true, "used once"],
    [
      "a tag that throws",
      () => ({
        get [Symbol.toStringTag]() {
          throw new Error("mine");
        },
      }),
      "used once",
    ],
    ["a promise of nowhere", () => ({ promise: Promise.resolve(`${url}/nowhere.wasm`) }), "used once"],
    ["a promise that is rejected", () => ({ promise: Promise.reject(new Error("mine")) }), "used once"],
    ["a promise that is rejected with nothing", () => ({ promise: Promise.reject() }), "used once"],
  ];
  await all(
    sources.map(([what, source, use]) => [
      what,
      async () => {
        const { pkg } = await fresh();
        const given = await source();
        await rejected(pkg.init(given?.promise ?? given), "not_loaded");
        if (use === "remembered") {
          await rejected(pkg.calculate(quote, calculates()), "not_loaded");
          await settled(pkg.init(`${url}/dist/proxy_orders_bg.wasm`));
        }
        equal(await pkg.calculate(quote, calculates()), replies.calculate, "the next call");
      },
    ]),
  );
}

/** @param {Test} test */
export async function theSourceGivenToInitIsRemembered({ fresh, url }) {
  const bytes = await (await fetch(`${url}/dist/proxy_orders_bg.wasm`)).arrayBuffer();
  {
    const { pkg, loads } = await fresh();
    const mirror = await fresh("missing-once");
    await rejected(pkg.init(mirror.wasm), "not_loaded");
    equal(await pkg.calculate(quote, calculates()), replies.calculate, "the call after a failure");
    equal([await loads(), await mirror.loads()], [0, 2], "loads from the usual place and from the address");
  }
  {
    const { pkg, loads } = await fresh();
    const mirror = await fresh("held-once");
    const loading = pkg.init(mirror.wasm);
    await rejected(pkg.calculate(quote, { ...calculates(), timeoutMs: 50 }), "timeout");
    await mirror.release();
    await settled(loading);
    equal([await loads(), await mirror.loads()], [0, 1], "loads after a deadline");
  }
  {
    const { pkg, loads } = await fresh("missing");
    const first = pkg.init();
    const joined = pkg.init(bytes);
    await rejected(first, "not_loaded");
    await rejected(joined, "not_loaded");
    equal(await pkg.calculate(quote, calculates()), replies.calculate, "with bytes that were given meanwhile");
    equal(await loads(), 1, "loads from the usual place");
  }
}

/** @param {Test} test */
export async function aModuleThatCannotBeLoadedIsReported({ fresh }) {
  const ours = "with status 200 and content type application/wasm.";
  const faults = {
    missing: "with status 404 and content type text/html.",
    html: "with status 200 and content type text/html.",
    broken: ours,
    truncated: ours,
    empty: ours,
    foreign: ours,
    cut: "offline, or blocked by the page's CSP or by CORS",
  };
  await all(
    Object.entries(faults).map(([fault, came]) => [
      fault,
      async () => {
        const { pkg, wasm } = await fresh(fault);
        const api = stub(reply(replies.order));
        const early = await rejected(pkg.calculate(quote, stubbed(api.fetch, { maxRetries: 2 })), "not_loaded");
        assert(early.cause instanceof Error, "carries a cause");
        checkMessage(early, wasm, came, `(${early.cause.message})`);
        await rejected(pkg.order(order, stubbed(api.fetch)), "not_loaded", { outcome: "not_placed" });
        await rejected(pkg.order(order, stubbed(api.fetch, { maxPrice: 5 })), "not_loaded", { outcome: "not_placed" });
        await rejected(pkg.init(), "not_loaded");
        equal(api.requests.length, 0, "requests sent");
      },
    ]),
  );
}

/** @param {Test} test */
export async function theNextCallTriesAgain({ fresh }) {
  const faults = ["missing", "html", "broken", "truncated", "empty", "foreign"];
  await all(
    faults.map((fault) => [
      fault,
      async () => {
        const { pkg, loads } = await fresh(`${fault}-once`);
        const ends = await Promise.allSettled([pkg.calculate(quote, calculates()), pkg.order(order, orders())]);
        equal(
          ends.map((/** @type {any} */ { reason }) => [reason?.code, reason?.outcome]),
          [
            ["not_loaded", undefined],
            ["not_loaded", "not_placed"],
          ],
          "concurrent first calls",
        );
        equal(await pkg.order(order, orders()), replies.order, "the next call");
        equal(pkg.validateOrder(order).value, order, "the validator");
        oneOf(await loads(), [2, 3], "loads");
      },
    ]),
  );
}

/** @param {Test} test */
export async function aDeadlineEndsOneCallAndNotTheDownload({ fresh }) {
  const { pkg, loads, release } = await fresh("held-once");
  const api = stub(reply(replies.order));
  const joined = pkg.order(order, orders());
  for (let time = 0; time < 8; time += 1) {
    await rejected(pkg.order(order, stubbed(api.fetch, { timeoutMs: 20 })), "timeout", { outcome: "not_placed" });
  }
  equal(api.requests.length, 0, "requests sent");
  await release();
  equal(await joined, replies.order, "a call that has waited all the time");
  equal(await pkg.order(order, orders()), replies.order, "the next call");
  equal(await loads(), 1, "loads");
}

/** @param {Test} test */
export async function aLoadThatHangsTimesOut({ fresh }) {
  const timer = globalThis.setTimeout;
  for (const fault of ["never", "stalled"]) {
    const { pkg, wasm, loads } = await fresh(`${fault}-once`);
    /** @type {(() => void) | undefined} */
    let giveUp;
    /** @type {any} */ (globalThis).setTimeout = (/** @type {() => void} */ work, /** @type {number} */ ms) => {
      if (ms === 30_000) giveUp = work;
      return timer(work, ms);
    };
    /** @type {Promise<void>} */
    let loading;
    try {
      loading = pkg.init();
    } finally {
      globalThis.setTimeout = timer;
    }
    const joined = rejected(pkg.order(order, orders()), "not_loaded", { outcome: "not_placed" });
    await until(async () => (await loads()) === 1, "the download begins");
    assert(giveUp, "it is given up after 30 seconds");
    giveUp();
    const error = await rejected(loading, "not_loaded");
    checkMessage(error, wasm, "It was not loaded within 30 seconds.");
    await joined;
    equal(await pkg.order(order, orders()), replies.order, `the call after ${fault}`);
    equal(await loads(), 2, "loads");
  }
}

/** @param {Test} test */
export async function anAbortEndsTheWaitForLoading({ fresh }) {
  const { pkg } = await fresh("never");
  const controller = new AbortController();
  const calls = [
    rejected(
      pkg.calculate(
        quote,
        stubbed(() => assert(false, "called"), { signal: controller.signal }),
      ),
      "aborted",
      { ms: 2000 },
    ),
    rejected(
      pkg.order(
        order,
        stubbed(() => assert(false, "called"), { signal: controller.signal }),
      ),
      "aborted",
      { outcome: "not_placed", ms: 2000 },
    ),
  ];
  setTimeout(() => controller.abort("enough"), 50);
  for (const error of await Promise.all(calls)) equal(error.cause, "enough", "cause");
  await rejected(
    pkg.order(
      order,
      stubbed(() => assert(false, "called"), { signal: AbortSignal.abort("early") }),
    ),
    "aborted",
    {
      outcome: "not_placed",
      ms: 2000,
    },
  );
}

/** @param {Test} test */
export async function anAbortEndsOneCallersWaitAlone({ fresh }) {
  const { pkg } = await fresh();
  const controller = new AbortController();
  const first = rejected(pkg.calculate(quote, { ...calculates(), signal: controller.signal }), "aborted");
  const second = pkg.calculate(quote, calculates());
  controller.abort();
  await first;
  equal(await settled(second), replies.calculate, "the other caller");
}

/** @param {Test} test */
export async function aCspThatForbidsWebassemblyIsReported({ inFrame }) {
  const blocked = await inFrame("underCsp", "default-src 'none'; script-src 'self'; connect-src 'self'");
  for (const what of ["calculate", "order", "init"]) {
    const { code, name, isError, outcome, message } = blocked[what];
    equal([code, name, isError], ["not_loaded", "ProxyOrdersError", true], `${what}: ${show(message)}`);
    equal(outcome, what === "order" ? "not_placed" : undefined, `outcome of ${what}`);
    checkMessage(blocked[what], "/dist/proxy_orders_bg.wasm came with status 200");
    assert(/CSP|Content Security Policy|unsafe-eval/i.test(message), `the message tells of the CSP: ${show(message)}`);
  }
  const { init } = await inFrame("underCsp", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
  equal(init.code, "not_loaded", "without connect-src");
  checkMessage(init, "Nothing came from", "/dist/proxy_orders_bg.wasm: offline, or blocked by the page's CSP");
  const allowed = await inFrame(
    "underCsp",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  );
  equal([allowed.calculate.value, allowed.order.value], [true, true], "with 'wasm-unsafe-eval'");
}

/** @param {Test} test */
export async function anyContentTypeLoads({ fresh, url }) {
  const bytes = await (await fetch(`${url}/dist/proxy_orders_bg.wasm`)).arrayBuffer();
  const types = ["application/wasm; charset=utf-8", "Application/WASM", "application/octet-stream", "text/plain", ""];
  for (const type of types) {
    const served = await fresh(`good-${encodeURIComponent(type)}`);
    equal(await served.pkg.calculate(quote, calculates()), replies.calculate, `served as ${type}`);
    const { pkg } = await fresh("missing");
    await settled(pkg.init(new Response(bytes, { headers: { "content-type": type } })));
    equal(pkg.validateOrder(order).value, order, `a Response as ${type}`);
  }
}

/** @param {Test} test */
export async function aPromisedAddressIsFetched({ fresh, url }) {
  const address = `${url}/dist/proxy_orders_bg.wasm`;
  for (const source of [Promise.resolve(address), Promise.resolve(new URL(address)), fetch(address)]) {
    const { pkg } = await fresh("missing");
    await settled(pkg.init(source));
    equal(pkg.validateOrder(wanted.order.IPv4).value, wanted.order.IPv4, "loaded");
  }
}

/** @param {Test} test */
export async function aFailureStatusIsNotLoaded({ fresh, url }) {
  const bytes = await (await fetch(`${url}/dist/proxy_orders_bg.wasm`)).arrayBuffer();
  for (const status of [404, 500]) {
    const { pkg } = await fresh("missing");
    const error = await rejected(
      pkg.init(new Response(bytes, { status, headers: { "content-type": "application/wasm" } })),
      "not_loaded",
    );
    assert(String(error.cause?.message).includes(String(status)), `the cause names the status: ${error.cause}`);
  }
}
