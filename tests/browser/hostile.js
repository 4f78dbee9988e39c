// @ts-check
// Any JavaScript value may be passed in: the call ends soon with a value or an error of ours, and the next call works.
import {
  all,
  assert,
  checkError,
  equal,
  endpoints,
  otherRealm,
  responses,
  respondWith,
  settled,
  show,
  stub,
  stubbed,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */
/** @typedef {import("./support.js").Fields} Fields */

const no = () => {
  throw new Error("no");
};
const megabytes = {
  ascii: "x".repeat(10_000_000),
  wide: "名".repeat(5_000_000),
  pairs: "😀".repeat(5_000_000),
  broken: "\ud800".repeat(5_000_000),
  blank: " ".repeat(10_000_000),
};

/** @param {number} depth */
function nested(depth) {
  let value = {};
  for (let level = 0; level < depth; level += 1) value = { value };
  return value;
}

const traps = /** @type {const} */ ([
  "get",
  "set",
  "has",
  "deleteProperty",
  "ownKeys",
  "getOwnPropertyDescriptor",
  "defineProperty",
  "getPrototypeOf",
  "setPrototypeOf",
  "isExtensible",
  "preventExtensions",
  "apply",
  "construct",
]);

/** @param {any} target */
function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/**
 * Makes the hostile values. Some are changed copies of `whole`, a valid request or valid options.
 * @param {Test["pkg"]} pkg
 * @param {any} realm
 * @param {Fields} whole
 * @param {{ controller: AbortController }} current
 * @returns {[string, any][]}
 */
function values(pkg, realm, whole, current) {
  /** @type {[string, any][]} */
  const list = [];
  /** @param {string} name @param {any[]} entries */
  const add = (name, ...entries) => entries.forEach((value, index) => list.push([`${name} ${index}`, value]));
  const changed = Object.keys(whole)[1];
  /** @param {PropertyDescriptor} field */
  const changedCopy = (field) =>
    Object.defineProperty({ ...whole }, changed, { enumerable: true, configurable: true, ...field });

  add("nothing", undefined, null);
  add("boolean", true, false);
  add(
    "number",
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 53),
    1e21,
    1e308,
    Number.MIN_VALUE,
    Number.EPSILON,
  );
  add("bigint", 0n, 1n, -1n, 2n ** 64n, 10n ** 1000n);
  add("symbol", Symbol("x"), Symbol(), Symbol.iterator, Symbol.for("x"), Symbol.toPrimitive);
  add(
    "text",
    "",
    " ",
    "\0",
    "x",
    "0",
    "1",
    "-1",
    "1e3",
    "NaN",
    "null",
    "undefined",
    "true",
    "[object Object]",
    "__proto__",
    "constructor",
    "then",
    "length",
    '{"proxyType":"IPv4"}',
    "<script>alert(1)</script>",
    "%00",
    "%",
    "../..",
    "..",
    ".",
    "/",
    "//x",
    "javascript:1",
    "https://x y",
    "\u2028",
    "\ufeff",
    "\u202e",
    "\r\n",
    "e\u0301",
    "IPv4\0",
    "${1}",
    "😀",
    "\ud800",
    "\udc00",
    "a\ud800b",
    "\udc00\ud800",
  );
  add("long text", "x".repeat(10_000), "x".repeat(10_001), "x".repeat(1_000_000), ...Object.values(megabytes));
  add(
    "array",
    [],
    [1],
    [[]],
    [undefined],
    Array(1_000_000),
    Array(2 ** 32 - 1),
    Object.freeze([1]),
    ["get", "x"],
    [["x", "y"]],
    [[Symbol("x"), 1]],
  );
  add(
    "object",
    {},
    Object.create(null),
    Object.freeze({}),
    Object.seal({ a: 1 }),
    { a: 1 },
    { length: -1 },
    { then: 5 },
    { 0: "a", 1: "b" },
    { name: "ProxyOrdersError" },
    { __proto__: null, x: 1 },
    { get: 1, status: 200 },
    { status: 200, headers: new Map(), text: 5 },
  );
  add(
    "function",
    () => 1,
    function () {},
    async () => {},
    function* () {},
    class {},
    no,
    async () => no(),
    () => undefined,
    () => Symbol("x"),
    () => new Promise(() => {}),
    Function.prototype,
    eval,
    no.bind(null),
    (/** @type {any} */ request) => request,
    Symbol,
    Proxy,
  );
  add(
    "boxed",
    new Number(1),
    new String("x"),
    new Boolean(false),
    Object(1n),
    Object(Symbol("x")),
    new String("\ud800"),
  );
  add(
    "built-in",
    new Date(),
    new Date(NaN),
    /x/g,
    new Map([[1, 2]]),
    new Set([1]),
    new WeakMap(),
    new WeakSet(),
    new WeakRef({}),
    Math,
    JSON,
    Reflect,
    Intl,
    globalThis,
    new Error("x"),
    new AggregateError([1], "x"),
    new DOMException("x"),
    WebAssembly,
    pkg,
    (function () {
      return arguments;
    })(),
    new FinalizationRegistry(() => {}),
    [][Symbol.iterator](),
    pairs(),
    Atomics,
  );
  add(
    "bytes",
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Uint8Array(8),
    new Int8Array(8),
    new Uint8ClampedArray(8),
    new Uint16Array(8),
    new Int16Array(8),
    new Uint32Array(8),
    new Int32Array(8),
    new Float32Array(8),
    new Float64Array(8),
    new BigUint64Array(8),
    new BigInt64Array(8),
    new Uint8Array(1_000_000),
    new WebAssembly.Memory({ initial: 1 }),
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  );
  const failed = Promise.reject(new Error("x"));
  failed.catch(() => {});
  add(
    "promise",
    Promise.resolve(1),
    failed,
    new Promise(() => {}),
    { then() {} },
    { then: no },
    {
      get then() {
        return no();
      },
    },
    {
      then(/** @type {any} */ ok) {
        ok({ then: no });
      },
    },
    {
      then(/** @type {any} */ ok) {
        ok(1);
        ok(2);
        no();
      },
    },
    {
      then(/** @type {any} */ _, /** @type {any} */ fail) {
        fail(undefined);
      },
    },
  );
  add(
    "page",
    document,
    document.body,
    document.all,
    location,
    navigator,
    new URL("https://x.example"),
    new URLSearchParams("a=b"),
    new Headers({ a: "b" }),
    new Request("https://x.example"),
    new Response("x"),
    Response.error(),
    new AbortController(),
    new AbortController().signal,
    AbortSignal.abort(no),
    new Blob(["x"]),
    new FormData(),
    new ReadableStream(),
    new Event("x"),
    new EventTarget(),
    new MessageChannel().port1,
    localStorageOrNot(),
    crypto,
  );
  add(
    "other realm",
    new realm.Object(),
    new realm.Array(1),
    new realm.Date(),
    new realm.Function("return 1"),
    new realm.Map(),
    new realm.Error("x"),
    realm.Object.assign(new realm.Object(), whole),
    realm.Symbol("x"),
    realm,
  );
  const cyclic = /** @type {Fields} */ ({ ...whole });
  cyclic.self = cyclic;
  cyclic[changed] = cyclic;
  const round = /** @type {any[]} */ ([]);
  round.push(round);
  add(
    "cyclic or deep",
    cyclic,
    round,
    nested(10),
    nested(100_000),
    [...Array(1000)].reduce((inner) => [inner], []),
    Object.fromEntries([...Array(2_000)].map((_, index) => [`key${index}`, index])),
    { ["x".repeat(1_000_000)]: 1 },
    { [megabytes.ascii]: 1 },
    { ["\ud800"]: 1 },
    { ...whole, ["\udc00x"]: 1 },
  );
  add(
    "whole",
    whole,
    { ...whole },
    Object.freeze({ ...whole }),
    Object.assign(Object.create(null), whole),
    Object.create(whole),
    [whole],
    new Map(Object.entries(whole)),
    Object.entries(whole),
    JSON.stringify(whole),
    new Proxy(whole, {}),
    new (class {
      constructor() {
        Object.assign(this, whole);
      }
    })(),
  );
  add(
    "field",
    changedCopy({ value: whole[changed], enumerable: false }),
    changedCopy({ get: no }),
    changedCopy({
      get: () => {
        throw undefined;
      },
    }),
    changedCopy({
      get: () => {
        throw Symbol("x");
      },
    }),
    changedCopy({
      get: () => {
        throw revoked({});
      },
    }),
    changedCopy({ get: undefined, set() {} }),
    changedCopy({ get: () => Math.random() }),
    changedCopy({ get: () => ({ valueOf: no, toString: no }) }),
    changedCopy({ value: megabytes.ascii }),
  );
  let turn = 0;
  add(
    "changing",
    changedCopy({ get: () => (turn += 1) }),
    changedCopy({ get: () => ((turn += 1) % 2 ? whole[changed] : Symbol("x")) }),
  );
  add(
    "meddling",
    changedCopy({
      get: () => {
        current.controller.abort("from a getter");
        return whole[changed];
      },
    }),
    changedCopy({
      get: () => {
        pkg
          .order(
            minimal.order.ISP,
            stubbed(async () => no()),
          )
          .catch(() => {});
        return whole[changed];
      },
    }),
    changedCopy({
      get: () => {
        pkg.init().catch(() => {});
        return whole[changed];
      },
    }),
    changedCopy({
      get: () => {
        pkg.validateOrder(minimal.order.ISP);
        return whole[changed];
      },
    }),
    changedCopy({
      get() {
        delete (/** @type {Fields} */ (this)[Object.keys(whole)[2]]);
        return whole[changed];
      },
    }),
  );
  add(
    "conversion",
    { toString: no },
    { valueOf: no },
    { [Symbol.toPrimitive]: no },
    { toJSON: no },
    {
      get [Symbol.toStringTag]() {
        return no();
      },
    },
    { [Symbol.iterator]: no },
    { [Symbol.iterator]: pairs, [Symbol.toPrimitive]: () => 1 },
    { [Symbol.iterator]: () => ({ next: no }) },
    { toString: () => "IPv4", valueOf: () => 1 },
    {
      get constructor() {
        return no();
      },
    },
    {
      get [Symbol.hasInstance]() {
        return no();
      },
    },
  );
  for (const trap of traps) {
    list.push([`proxy that throws in ${trap}`, new Proxy({ ...whole }, { [trap]: no })]);
    list.push([`proxied function that throws in ${trap}`, new Proxy(function () {}, { [trap]: no })]);
    list.push([`proxy that answers nonsense to ${trap}`, new Proxy({ ...whole }, { [trap]: () => Symbol("x") })]);
    list.push([`proxied array that answers nothing to ${trap}`, new Proxy([], { [trap]: () => undefined })]);
  }
  add(
    "proxy",
    revoked({}),
    revoked([]),
    revoked(() => 1),
    new Proxy({}, { get: () => no }),
    new Proxy({}, { get: (_, key) => key }),
    new Proxy({}, { get: (_target, _key, self) => self }),
    new Proxy(() => {}, { get: (_target, _key, self) => self, apply: (_target, self) => self }),
    new Proxy({}, { ownKeys: () => ["a", "a"] }),
    new Proxy({}, { ownKeys: () => [...Array(1000).keys()].map(String) }),
    new Proxy(
      {},
      { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) },
    ),
    new Proxy({}, { getPrototypeOf: () => Array.prototype }),
    new Proxy(new Date(), {}),
    new Proxy(new AbortController().signal, {}),
    new Proxy(Promise.resolve(1), {}),
    new Proxy(new Error("x"), {}),
    Object.create(revoked({})),
    Object.create(new Proxy({}, { get: no, has: no })),
  );
  return list;
}

/** Long, but finite: no code can handle a function that never returns. */
function* pairs() {
  for (let count = 0; count < 1000; count += 1) yield ["a", "b"];
}

/** Some pages may not read `localStorage`. */
function localStorageOrNot() {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

/**
 * Asserts that a call ends soon, with a documented value or an error of ours.
 * @param {Test["pkg"]} pkg
 * @param {() => any} call
 */
async function assertEnds(pkg, call) {
  const start = performance.now();
  const promise = call();
  assert(promise instanceof Promise, `a call gives a promise, not ${show(promise)}`);
  try {
    const value = await settled(promise);
    assert(typeof value?.success === "boolean", `not a documented value: ${show(value)}`);
  } catch (error) {
    assert(pkg.isProxyOrdersError(error), `not an error of ours: ${show(error)}`);
    checkError(error);
  }
  const took = performance.now() - start;
  assert(took < 5000, `took ${Math.round(took)} ms`);
}

/** @param {Test["pkg"]} pkg */
async function assertNextCallWorks(pkg) {
  const value = await settled(
    pkg.calculate(minimal.calculate.IPv4, stubbed(stub(respondWith(responses.calculate)).fetch)),
    5000,
    "a good call afterwards",
  );
  equal(value, responses.calculate, "a good call afterwards");
}

const requestFields = [
  "proxyType",
  "quantity",
  "rentPeriodDays",
  "goal",
  "country",
  "promoCode",
  "rotationTime",
  "mobileOperator",
  "protocol",
  "authType",
  "authIp",
  "unknown",
];
const optionFields = [
  "baseUrl",
  "apiKey",
  "signal",
  "timeoutMs",
  "maxRetries",
  "headers",
  "credentials",
  "fetch",
  "maxPrice",
  "requirePromoCode",
  "allowDuplicate",
  "idempotencyKey",
  "repeat",
  "allowInsecure",
  "unknown",
];

/**
 * @typedef {"calculate" | "order"} Endpoint
 * @param {Test} test
 * @param {string[]} places
 * @param {(endpoint: Endpoint, place: string, value: any, controller: AbortController) => any} call
 * @param {(endpoint: Endpoint) => Fields} whole
 */
async function tryAllValues({ pkg, linearMemory, log }, places, call, whole) {
  const realm = otherRealm();
  await assertNextCallWorks(pkg);
  const before = linearMemory();
  let total = 0;
  let calls = 0;
  try {
    /** @type {[string, () => unknown][]} */
    const checks = [];
    for (const place of places) {
      for (const endpoint of endpoints) {
        checks.push([
          `${endpoint}, ${place}`,
          async () => {
            const current = { controller: new AbortController() };
            const list = values(pkg, realm.window, whole(endpoint), current);
            total = list.length;
            await all(
              list.map(([name, value]) => [
                name,
                async () => {
                  calls += 1;
                  current.controller = new AbortController();
                  const held = linearMemory();
                  await assertEnds(pkg, () => call(endpoint, place, value, current.controller));
                  await assertNextCallWorks(pkg);
                  assert(linearMemory() - held <= 2 ** 20, `linear memory grew by ${linearMemory() - held} bytes`);
                },
              ]),
            );
          },
        ]);
      }
    }
    await all(checks);
    const grown = linearMemory() - before;
    await log(
      `${total} hostile values, ${calls} calls with them in ${places.join(", ")}: linear memory grew by ${grown} bytes`,
    );
    assert(total >= 200, `${total} values`);
    assert(grown <= 2 ** 20, `linear memory grew by ${grown} bytes`);
  } finally {
    realm.remove();
  }
}

/** A request with every field. @param {"calculate" | "order"} endpoint */
const request = (endpoint) => ({ ...minimal[endpoint].MOBILE });

/** @param {"calculate" | "order"} endpoint @param {Fields} [more] */
const options = (endpoint, more) => ({
  ...stubbed(stub(respondWith(responses[endpoint])).fetch),
  timeoutMs: 300,
  ...more,
});

/** @param {Test} test */
export const asTheRequest = (test) =>
  tryAllValues(
    test,
    ["the request"],
    (endpoint, _, value, { signal }) => test.pkg[endpoint](value, options(endpoint, { signal })),
    request,
  );

/** @param {Test} test */
export const asTheOptions = (test) =>
  tryAllValues(
    test,
    ["the options"],
    (endpoint, _, value) => test.pkg[endpoint](request(endpoint), value),
    (endpoint) => options(endpoint),
  );

/** @param {Test} test */
export const asAFieldOfTheRequest = (test) =>
  tryAllValues(
    test,
    requestFields,
    (endpoint, field, value, { signal }) => {
      const types = { protocol: minimal.order.IPv6, authIp: { ...minimal.order.MOBILE, authType: "IP" } };
      const whole = /** @type {Fields} */ (types)[field] ?? request(endpoint);
      return test.pkg[endpoint]({ ...whole, [field]: value }, options(endpoint, { signal }));
    },
    request,
  );

/** @param {Test} test */
export const asAnOption = (test) =>
  tryAllValues(
    test,
    optionFields,
    (endpoint, option, value) => test.pkg[endpoint](request(endpoint), options(endpoint, { [option]: value })),
    (endpoint) => options(endpoint),
  );

/** @param {Test} test */
export const asWhatFetchAnswers = (test) =>
  tryAllValues(
    test,
    ["answer", "promise", "throw", "status", "headers", "text", "body", "header"],
    (endpoint, place, value) => {
      const response = { status: 503, headers: { get: () => null }, text: async () => "no" };
      const fetches = /** @type {Record<string, () => any>} */ ({
        answer: () => value,
        promise: () => Promise.reject(value),
        throw: () => {
          throw value;
        },
        status: async () => ({ ...response, status: value }),
        headers: async () => ({ ...response, headers: value }),
        text: async () => ({ ...response, text: value }),
        body: async () => ({ ...response, text: () => value }),
        header: async () => ({ ...response, headers: { get: () => value } }),
      });
      return test.pkg[endpoint](request(endpoint), options(endpoint, { fetch: fetches[place] }));
    },
    (endpoint) => ({
      status: 200,
      headers: { get: () => null },
      text: async () => JSON.stringify(responses[endpoint]),
    }),
  );

/** @param {Test} test */
export async function validatorsNeverThrow({ pkg }) {
  const realm = otherRealm();
  try {
    for (const [endpoint, validate, schema] of /** @type {const} */ ([
      ["calculate", "validateCalculate", "calculateSchema"],
      ["order", "validateOrder", "orderSchema"],
    ])) {
      for (const [name, value] of values(pkg, realm.window, request(endpoint), { controller: new AbortController() })) {
        const result = pkg[validate](value);
        assert(
          "value" in result !== ("issues" in result && result.issues !== undefined),
          `${validate} of ${name}: ${show(result)}`,
        );
        const answer = pkg[schema]["~standard"].validate(value);
        assert(!(answer instanceof Promise), `${schema} of ${name}`);
        assert(typeof pkg.isProxyOrdersError(value) === "boolean", `isProxyOrdersError of ${name}`);
      }
    }
    await assertNextCallWorks(pkg);
  } finally {
    realm.remove();
  }
}
