// @ts-check
// Loading the WebAssembly: at the first call, by `init` with and without an argument, and when it fails.
import {
  all,
  assert,
  binaryOf,
  equal,
  otherRealm,
  rejected,
  responses,
  respondWith,
  settled,
  show,
  stub,
  stubbed,
  throwsAtOnce,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */

const quote = minimal.calculate.IPv4;
const order = minimal.order.IPv4;
const calculates = (more = {}) => stubbed(stub(respondWith(responses.calculate)).fetch, { timeoutMs: 5000, ...more });
const orders = (more = {}) => stubbed(stub(respondWith(responses.order)).fetch, { timeoutMs: 5000, ...more });

const { compile, instantiate } = WebAssembly;

/**
 * Counts the calls of two functions of `WebAssembly` while `work` runs, and may replace them.
 * @param {(count: { compile: number, instantiate: number }) => Promise<void>} work
 * @param {{ compile?: (source: any) => any, instantiate?: (...args: any[]) => any }} [stubs]
 */
async function watchLoads(work, stubs) {
  const count = { compile: 0, instantiate: 0 };
  const functions = { compile, instantiate, ...stubs };
  Object.assign(WebAssembly, {
    compile: (/** @type {any} */ source) => ((count.compile += 1), functions.compile(source)),
    instantiate: (/** @type {[any, any]} */ ...args) => ((count.instantiate += 1), functions.instantiate(...args)),
  });
  try {
    await work(count);
  } finally {
    Object.assign(WebAssembly, { compile, instantiate });
  }
}

/** A stub of `WebAssembly.compile` that waits until it is released. @param {(source: any) => any} [end] */
function heldBack(end = compile) {
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  return { compile: async (/** @type {any} */ source) => (await released, end(source)), release };
}

const NOT_OURS = "init was given something other than the binary of this build";

/**
 * The message says why, quotes the cause and has one link. It names `init` only if an argument was wrong.
 * @param {any} error
 * @param {string} why
 */
function checkMessage({ message, cause }, why) {
  assert(cause instanceof Error, `carries a cause: ${show(cause)}`);
  assert(message.startsWith(`The WebAssembly is not loaded: ${why}. See https://`), `says why: ${show(message)}`);
  assert(message.endsWith(` (${cause.message})`), `quotes its cause: ${show(message)}`);
  equal(message.match(/https:\/\/\S+#[\w-]+ \(/g)?.length, 1, `links in ${show(message)}`);
  equal(/\binit\b/.test(message), why === NOT_OURS, `names init: ${show(message)}`);
}

/** @param {Test} test */
export async function theFirstCallLoads({ fresh }) {
  await watchLoads(async (count) => {
    const pkg = await fresh();
    equal(count, { compile: 0, instantiate: 0 }, "loads by the import alone");
    const [price, , receipt] = await Promise.all([
      pkg.calculate(quote, calculates()),
      pkg.calculate(quote, calculates()),
      pkg.order(order, orders()),
      pkg.init(),
      pkg.calculateSchema["~standard"].validate(quote),
    ]);
    equal([price, receipt], [responses.calculate, responses.order], "quote and receipt");
    await pkg.init();
    await pkg.default();
    await pkg.calculate(quote, calculates());
    equal(count, { compile: 1, instantiate: 1 }, "loads by all calls");
  });
}

/** @param {Test} test */
export async function validatorsThrowUntilItIsLoaded({ fresh }) {
  const pkg = await fresh();
  await watchLoads(async (count) => {
    for (const name of ["validateCalculate", "validateOrder"]) {
      const error = await rejected(new Promise((resolve) => resolve(pkg[name](quote))), "not_loaded");
      equal(error.message, "The WebAssembly is not loaded: await init() first.", `message of ${name}`);
      assert(pkg.isProxyOrdersError(error), "is ours");
    }
    equal(count, { compile: 0, instantiate: 0 }, "loads by the validators");
  });
  await pkg.init();
  equal(pkg.validateCalculate(quote).value, quote, "after init");
}

/** @param {Test} test */
export async function schemasLoadByThemselves({ fresh }) {
  for (const [name, value] of /** @type {const} */ ([
    ["calculateSchema", quote],
    ["orderSchema", order],
  ])) {
    const { validate } = (await fresh())[name]["~standard"];
    const result = validate(value);
    assert(result instanceof Promise, `${name} returns a promise before it is loaded`);
    equal((await result).value, value, name);
    assert(!(validate(value) instanceof Promise), `${name} returns its result at once when it is loaded`);
    assert((await validate({})).issues.length > 0, "issues");
  }
}

/** @param {Test} test */
export async function argumentsAreReadWhenACallBegins({ fresh }) {
  for (const name of ["calculateSchema", "orderSchema"]) {
    const pkg = await fresh();
    const value = { ...order };
    const validated = pkg[name]["~standard"].validate(value);
    value.quantity = 0;
    equal((await validated).issues, undefined, name);
  }
  const pkg = await fresh();
  const api = stub(respondWith(responses.order));
  const value = { ...order };
  const options = { ...stubbed(api.fetch), headers: { "x-shop": "one" } };
  const ordered = pkg.order(value, options);
  value.quantity = 0;
  options.headers["x-shop"] = "two";
  options.maxPrice = "none";
  equal(await ordered, responses.order, "receipt");
  equal([api.requests[0].json, api.requests[0].headers.get("x-shop")], [order, "one"], "body and header");
}

/** @param {Test} test */
export async function initTakesBytesAndModules({ fresh, url }) {
  const binary = await binaryOf({ url });
  const large = new Uint8Array(binary.byteLength + 20);
  large.set(new Uint8Array(binary), 10);
  const realm = otherRealm();
  const { window } = realm;
  /** @type {[string, unknown][]} */
  const bytes = [
    ["an ArrayBuffer", binary],
    ["a Uint8Array", new Uint8Array(binary)],
    ["a part of a larger buffer", large.subarray(10, 10 + binary.byteLength)],
    ["a Uint8Array of another realm", new window.Uint8Array(binary)],
  ];
  /** @type {[string, unknown][]} */
  const modules = [
    ["a module", await compile(binary)],
    ["a module of another realm", await window.WebAssembly.compile(binary)],
  ];
  try {
    await all(
      [...bytes, ...modules].map(([what, given], index) => [
        what,
        () =>
          watchLoads(async (count) => {
            const pkg = await fresh();
            await settled(pkg.init(given));
            equal(pkg.validateOrder(order).value, order, "the validator");
            equal(await pkg.calculate(quote, calculates()), responses.calculate, "a call");
            equal(count, { compile: index < bytes.length ? 1 : 0, instantiate: 1 }, "loads");
          }),
      ]),
    );
  } finally {
    realm.remove();
  }
}

/** The binary with the mark of another build in the name of its start export. @param {ArrayBuffer} binary */
function otherBuild(binary) {
  const bytes = new Uint8Array(binary.slice(0));
  const at = bytes.findIndex((_, start) => [..."start_"].every((char, i) => bytes[start + i] === char.charCodeAt(0)));
  assert(at > 0, "the binary has a mark");
  bytes[at + "start_".length] ^= 1;
  return bytes;
}

/** @param {Test} test */
export async function anyOtherArgumentIsRejectedAndNotRemembered({ fresh, url }) {
  const binary = await binaryOf({ url });
  const other = otherBuild(binary);
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  /** @type {[string, any][]} */
  const values = [
    ["bytes of another build", other],
    ["a module of another build", await compile(other)],
    ["bytes of a module that exports nothing", empty],
    ["that module", await compile(empty)],
    ["the first half of the binary", binary.slice(0, binary.byteLength / 2)],
    ["bytes that are not a module", new Uint8Array([1, 2, 3, 4])],
    ["no bytes", new ArrayBuffer(0)],
    ["the address of the binary", `${url}/dist/proxy_orders_bg.wasm`],
    ["a URL", new URL(`${url}/dist/proxy_orders_bg.wasm`)],
    ["a Response", new Response(binary)],
    ["a promise of the bytes", Promise.resolve(binary)],
    ["an Instance", await instantiate(await compile(empty))],
    ["null", null],
    ["a number", 5],
    ["true", true],
    ["a symbol", Symbol("x")],
    ["a function", () => binary],
    ["an object", {}],
    ["a list", [1]],
    ["an event, as of a button", new Event("click")],
    ["an object with the tag of a module", { [Symbol.toStringTag]: "WebAssembly.Module" }],
    ["an object whose tag throws", Object.defineProperty({}, Symbol.toStringTag, { get: throwsAtOnce("mine") })],
  ];
  const loaded = await fresh();
  await loaded.init();
  await all(
    values.map(([what, value]) => [
      what,
      async () => {
        const pkg = await fresh();
        const ends = [rejected(pkg.init(value), "not_loaded"), rejected(loaded.init(value), "not_loaded")];
        for (const error of await Promise.all(ends)) checkMessage(error, NOT_OURS);
        equal(await pkg.calculate(quote, calculates()), responses.calculate, "the next call");
        equal(await loaded.calculate(quote, calculates()), responses.calculate, "the next call where it was loaded");
      },
    ]),
  );
}

/** @param {Test} test */
export async function aGivenModuleIsRemembered({ fresh, url }) {
  const binary = await binaryOf({ url });
  const module = await compile(binary);
  const forbidden = throwsAtOnce(new WebAssembly.CompileError("blocked by CSP"));
  const pkg = await fresh();
  const short = throwsAtOnce(new RangeError("Out of memory"));
  await watchLoads(() => rejected(pkg.init(module), "not_loaded"), { instantiate: short });
  await rejected(pkg.init(otherBuild(binary)), "not_loaded");
  await watchLoads(
    async () => equal(await pkg.order(order, orders()), responses.order, "a call where bytes do not compile"),
    { compile: forbidden },
  );

  const { compile: held, release } = heldBack(forbidden);
  await watchLoads(
    async () => {
      const meanwhile = await fresh();
      const first = rejected(meanwhile.calculate(quote, calculates()), "not_loaded");
      const given = meanwhile.init(module);
      release();
      await first;
      await settled(given);
      equal(meanwhile.validateOrder(order).value, order, "with a module that was given while a load failed");
    },
    { compile: held },
  );
}

/** @param {Test} test */
export async function eachCauseHasItsMessageAndTheNextCallLoadsAgain({ fresh, url }) {
  const binary = await binaryOf({ url });
  const isForbidden = "the page's Content Security Policy or the platform forbids compiling it";
  /** @type {[string, string, object][]} */
  const causes = [
    ["memory is short", "Out of memory: Cannot allocate Wasm memory for new instance", { instantiate: RangeError }],
    ["memory is short", "Out of memory", { compile: RangeError }],
    [isForbidden, "Wasm code generation disallowed by embedder", { compile: WebAssembly.CompileError }],
    ["there is no WebAssembly here", "", {}],
  ];
  await all(
    causes.map(([why, message, failing]) => [
      `${why}, ${message}`,
      async () => {
        const pkg = await fresh();
        const stubs = Object.entries(failing).map(([name, Failure]) => [name, throwsAtOnce(new Failure(message))]);
        const property = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly");
        assert(property, "WebAssembly is there");
        await watchLoads(async () => {
          if (stubs.length === 0) Reflect.deleteProperty(globalThis, "WebAssembly");
          try {
            await failsInEveryCall(pkg, binary, why);
          } finally {
            Object.defineProperty(globalThis, "WebAssembly", property);
          }
        }, Object.fromEntries(stubs));
        equal(await pkg.order(order, orders()), responses.order, "the next call");
        equal(pkg.validateOrder(order).value, order, "the validator");
      },
    ]),
  );
}

/**
 * Every concurrent call ends in an error of its own, and sends nothing.
 * @param {any} pkg
 * @param {ArrayBuffer} binary
 * @param {string} why
 */
async function failsInEveryCall(pkg, binary, why) {
  const api = stub(respondWith(responses.order));
  const outcome = { outcome: "not_placed" };
  const errors = await Promise.all([
    rejected(pkg.calculate(quote, stubbed(api.fetch, { maxRetries: 2 })), "not_loaded"),
    rejected(pkg.order(order, stubbed(api.fetch)), "not_loaded", outcome),
    rejected(pkg.order(order, stubbed(api.fetch, { maxPrice: 5 })), "not_loaded", outcome),
    rejected(pkg.init(), "not_loaded"),
    rejected(pkg.init(binary), "not_loaded"),
    rejected(pkg.orderSchema["~standard"].validate(order), "not_loaded"),
  ]);
  for (const error of errors) checkMessage(error, why);
  equal([new Set(errors).size, api.requests.length], [errors.length, 0], "errors, and requests sent");
}

/** @param {Test} test */
export async function aCspThatForbidsWebassemblyIsReported({ inFrame }) {
  const blocked = await inFrame("underCsp", { csp: "default-src 'none'; script-src 'self'; connect-src 'self'" });
  for (const what of ["calculate", "order", "init"]) {
    const { code, name, isError, outcome, message } = blocked[what];
    equal([code, name, isError], ["not_loaded", "ProxyOrdersError", true], `${what}: ${show(message)}`);
    equal(outcome, what === "order" ? "not_placed" : undefined, `outcome of ${what}`);
    assert(message.includes("Content Security Policy or the platform forbids"), show(message));
  }
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
  equal(
    (await inFrame("underCsp", { csp: policy })).init.value,
    null,
    "nothing is requested, so no connect-src is needed",
  );
  const allowed = await inFrame("underCsp", { csp: `${policy}; connect-src 'self'` });
  equal([allowed.calculate.value, allowed.order.value], [true, true], "with 'wasm-unsafe-eval'");
}

/** @param {Test} test */
export async function aDeadlineOrAnAbortEndsOneCallAndNotTheLoad({ fresh }) {
  const pkg = await fresh();
  const { compile: held, release } = heldBack();
  await watchLoads(
    async (count) => {
      const api = stub(respondWith(responses.order));
      const controller = new AbortController();
      const { signal } = controller;
      const joined = pkg.order(order, orders());
      const outcome = { outcome: "not_placed", ms: 2000 };
      const aborted = [
        rejected(pkg.calculate(quote, stubbed(api.fetch, { signal })), "aborted", { ms: 2000 }),
        rejected(pkg.order(order, stubbed(api.fetch, { signal })), "aborted", outcome),
        rejected(pkg.order(order, stubbed(api.fetch, { signal: AbortSignal.abort("enough") })), "aborted", outcome),
      ];
      await rejected(pkg.order(order, stubbed(api.fetch, { timeoutMs: 20 })), "timeout", outcome);
      controller.abort("enough");
      for (const error of await Promise.all(aborted)) equal(error.cause, "enough", "cause");
      equal(api.requests.length, 0, "requests sent");
      release();
      equal(await settled(joined), responses.order, "a call that waited all the time");
      equal(await pkg.order(order, orders()), responses.order, "the next call");
      equal(count, { compile: 1, instantiate: 1 }, "loads");
    },
    { compile: held },
  );
}

/** The runner fails on an error that nobody handles. @param {Test} test */
export async function aCallThatFailsWhileALoadFailsLeavesNothingUnhandled({ fresh }) {
  for (const [owner, name] of /** @type {[any, string][]} */ ([
    [performance, "now"],
    [globalThis, "setTimeout"],
  ])) {
    const pkg = await fresh();
    const { compile: held, release } = heldBack(throwsAtOnce(new Error("mine")));
    await watchLoads(
      async () => {
        const real = owner[name];
        owner[name] = throwsAtOnce(new Error("replaced"));
        const call = pkg.calculate(quote, calculates());
        owner[name] = real;
        await rejected(call, "not_loaded");
        release();
        await rejected(pkg.init(), "not_loaded");
      },
      { compile: held },
    );
    equal(await pkg.calculate(quote, calculates()), responses.calculate, `the call after ${name} threw`);
  }
}
