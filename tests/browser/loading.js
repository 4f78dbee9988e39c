// @ts-check
// Loading the WebAssembly: at the first call, early, from elsewhere, and when it cannot be had.
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
  wanted,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */

const quote = wanted.calculate.IPv4;
const order = wanted.order.IPv4;
const calculates = () => stubbed(stub(reply(replies.calculate)).fetch, { timeoutMs: 5000 });
const orders = () => stubbed(stub(reply(replies.order)).fetch, { timeoutMs: 5000 });

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
export async function validatorsWaitForIt({ fresh }) {
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
    assert(/\binit\b/.test(error.message), `the message names init: ${error.message}`);
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
  /** @type {[string, () => any][]} */
  const sources = [
    ["a missing URL", () => `${url}/nowhere.wasm`],
    ["no URL", () => "http://["],
    ["nobody there", () => "http://127.0.0.1:9/x.wasm"],
    ["a Response with status 404", () => fetch(`${url}/nowhere.wasm`)],
    ["an HTML page", () => `${url}/frame.html`],
    [
      "a Response that is used",
      async () => {
        const used = await fetch(`${url}/dist/index.js`);
        await used.text();
        return used;
      },
    ],
    ["no bytes", () => new ArrayBuffer(0)],
    ["bytes of no module", () => new Uint8Array([1, 2, 3, 4])],
    ["a module that exports nothing", () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])],
    ["that module compiled", () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))],
    ["a number", () => 5],
    ["an object", () => ({})],
    ["a symbol", () => Symbol("x")],
    ["a function", () => () => 5],
    ["true", () => true],
    [
      "a rejected promise",
      () => ({
        get then() {
          return undefined;
        },
        promise: 1,
      }),
    ],
  ];
  await all(
    sources.map(([what, source]) => [
      what,
      async () => {
        const { pkg } = await fresh();
        const given = await source();
        const error = await rejected(pkg.init(given), "not_loaded");
        assert(error.cause !== undefined, "carries a cause");
        equal(await pkg.calculate(quote, calculates()), replies.calculate, "the next call loads from the usual place");
      },
    ]),
  );
  const { pkg } = await fresh();
  await rejected(pkg.init(Promise.reject(new Error("mine"))), "not_loaded");
  await settled(pkg.init(), 5000, "init after a failure");
}

/** @param {Test} test */
export async function aModuleThatCannotBeLoadedIsReported({ fresh }) {
  const faults = ["missing", "html", "broken", "truncated", "empty", "foreign", "cut"];
  await all(
    faults.map((fault) => [
      fault,
      async () => {
        const { pkg } = await fresh(fault);
        const api = stub(reply(replies.order));
        const early = await rejected(pkg.calculate(quote, stubbed(api.fetch, { maxRetries: 2 })), "not_loaded");
        assert(early.cause !== undefined, "carries a cause");
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
          ends.map(({ status }) => status),
          ["rejected", "rejected"],
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
export async function aWrongTypeIsLoadedOrReported({ fresh }) {
  const { pkg } = await fresh("mime");
  const end = await settled(pkg.calculate(quote, calculates()).catch((/** @type {any} */ error) => error));
  if (end instanceof Error) equal(/** @type {any} */ (end).code, "not_loaded", "code");
  else equal(end, replies.calculate, "quote");
}

/** @param {Test} test */
export async function loadingStandsUnderTheDeadline({ fresh }) {
  for (const fault of ["never", "stalled"]) {
    const { pkg } = await fresh(`${fault}-once`);
    const api = stub(reply(replies.order));
    const start = performance.now();
    const ends = [
      rejected(pkg.calculate(quote, stubbed(api.fetch, { timeoutMs: 300, maxRetries: 5 })), "timeout"),
      rejected(pkg.order(order, stubbed(api.fetch, { timeoutMs: 300 })), "timeout", { outcome: "not_placed" }),
    ];
    await Promise.all(ends);
    assert(performance.now() - start < 2000, "in time");
    equal(api.requests.length, 0, "requests sent");
    equal(await pkg.order(order, orders()), replies.order, `the call after ${fault}`);
    equal(await pkg.order(order, orders()), replies.order, "and the next");
  }
}

/** @param {Test} test */
export async function anAbortEndsTheLoading({ fresh }) {
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
export async function oneCallersAbortIsNotAnothers({ fresh }) {
  const { pkg } = await fresh();
  const controller = new AbortController();
  const first = rejected(pkg.calculate(quote, { ...calculates(), signal: controller.signal }), "aborted");
  const second = pkg.calculate(quote, calculates());
  controller.abort();
  await first;
  equal(await settled(second), replies.calculate, "the other caller");
}

/** @param {Test} test */
export async function aPagesCspMayForbidIt({ inFrame }) {
  const blocked = await inFrame("underCsp", "default-src 'none'; script-src 'self'; connect-src 'self'");
  for (const what of ["calculate", "order", "init"]) {
    const { code, name, isError, outcome, message } = blocked[what];
    equal([code, name, isError], ["not_loaded", "ProxyOrdersError", true], `${what}: ${show(message)}`);
    equal(outcome, what === "order" ? "not_placed" : undefined, `outcome of ${what}`);
  }
  const allowed = await inFrame(
    "underCsp",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  );
  equal([allowed.calculate.value, allowed.order.value], [true, true], "with 'wasm-unsafe-eval'");
}

/** @param {Test} test */
export async function aResponseOfAnyTypeLoads({ fresh, url }) {
  const bytes = await (await fetch(`${url}/dist/proxy_orders_bg.wasm`)).arrayBuffer();
  for (const type of ["text/plain", "application/octet-stream", ""]) {
    const { pkg } = await fresh("missing");
    await settled(pkg.init(new Response(bytes, { headers: { "content-type": type } })));
    equal(pkg.validateOrder(wanted.order.IPv4).value, wanted.order.IPv4, `loaded as ${type}`);
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
export async function aStatusIsNotLoadedWhateverTheBytes({ fresh, url }) {
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
