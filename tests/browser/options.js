// @ts-check
// The options of a call: good values, edges, and what is refused before anything is sent.
import {
  KEY,
  all,
  assert,
  briefly,
  equal,
  isOrder,
  kinds,
  otherRealm,
  rejected,
  replies,
  reply,
  settled,
  shop,
  show,
  sleep,
  stub,
  stubbed,
  throwsAtOnce,
  wanted,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

/**
 * The issues of options; nothing is sent.
 * @param {Test} test @param {any} options @param {("calculate" | "order")[]} [functions] @param {string} [key]
 */
async function issuesOf({ pkg }, options, functions = [...kinds], key) {
  let issues;
  for (const kind of functions) {
    const api = shop();
    const given =
      typeof options === "object" && options && !Object.hasOwn(options, "fetch")
        ? Object.defineProperties(
            {},
            { ...Object.getOwnPropertyDescriptors(options), fetch: { value: api.fetch, enumerable: true } },
          )
        : options;
    const error = await rejected(pkg[kind](wanted[kind].IPv4, given), "invalid_options", {
      outcome: kind === "order" ? "not_placed" : undefined,
      key,
    });
    equal(api.requests.length, 0, "requests sent");
    if (issues) equal(briefly(error.issues), issues, "both functions report the same");
    issues = briefly(error.issues);
  }
  return /** @type {string[]} */ (issues);
}

/** The one path that issues name. @param {string[]} issues */
const only = (issues) => issues.map((issue) => issue.slice(0, issue.lastIndexOf(":")));

/** The URLs asked for with these options. @param {Test} test @param {Fields} more @param {"calculate" | "order"} [kind] */
async function urlOf({ pkg }, more, kind = "calculate") {
  const api = shop();
  await pkg[kind](wanted[kind].IPv4, stubbed(api.fetch, more));
  return api.requests[0].url;
}

/** @param {Test} test */
export async function baseUrlIsAnAddressOrAPath(test) {
  const { origin } = location;
  const tail = "/client/api/v1/k/calculate/order";
  /** @type {[string, string][]} */
  const good = [
    ["https://api.example", "https://api.example"],
    ["https://api.example/", "https://api.example"],
    ["https://api.example:8443", "https://api.example:8443"],
    ["https://api.example/prefix", "https://api.example/prefix"],
    ["https://api.example/prefix/", "https://api.example/prefix"],
    ["https://api.example/a/b/c", "https://api.example/a/b/c"],
    ["HTTPS://API.example", "https://api.example"],
    ["/api", `${origin}/api`],
    ["/api/", `${origin}/api`],
    ["/a/b", `${origin}/a/b`],
    ["/", origin],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x"],
    ["http://[::1]:3000", "http://[::1]:3000"],
    [origin, origin],
  ];
  await all(
    good.map(([baseUrl, start]) => [
      baseUrl,
      async () => {
        equal(await urlOf(test, { baseUrl, apiKey: "k" }), start + tail, "URL");
        equal(
          await urlOf(test, { baseUrl, apiKey: "k" }, "order"),
          `${start}/client/api/v1/k/order`,
          "URL of the order",
        );
      },
    ]),
  );
  const bad = [
    undefined,
    null,
    "",
    " ",
    5,
    true,
    {},
    [],
    Symbol("x"),
    1n,
    "api",
    "api.example",
    "//api.example",
    "//api.example/api",
    "/\\api.example",
    "\\\\api.example",
    "ftp://api.example",
    "file:///etc",
    "javascript:alert(1)",
    "data:text/plain,x",
    "ws://api.example",
    "blob:https://api.example/x",
    "https://",
    "https://?",
    "http:",
    "https://user@api.example",
    "https://user:pw@api.example",
    "https://:pw@api.example",
    "https://api.example/?a=1",
    "https://api.example?a=1",
    "https://api.example/#a",
    "/api?a=1",
    "/api#a",
    "?a",
    "#a",
    "https://[::1",
    "https://api.example:99999",
    "\ud800",
  ];
  await all(
    bad.map((baseUrl) => [
      show(baseUrl),
      async () => {
        equal(only(await issuesOf(test, { baseUrl, apiKey: KEY })), ["baseUrl"], "issues");
      },
    ]),
  );
  const keyInside = `https://api.example/?key=${KEY}`;
  await issuesOf(test, { baseUrl: keyInside, apiKey: KEY });
}

/** @param {Test} test */
export async function plainHttpStaysAtHome(test) {
  const far = [
    "http://api.example",
    "http://api.example/api",
    "http://localhost.api.example",
    "http://127.0.0.1.api.example",
    "http://192.168.0.1",
    "http://10.0.0.1",
    "http://[2001:db8::1]",
    "http://notlocalhost",
    "http://128.0.0.1",
    "HTTP://API.EXAMPLE",
    "http://0.0.0.0",
  ];
  await all(
    far.map((baseUrl) => [
      baseUrl,
      async () => {
        equal(only(await issuesOf(test, { baseUrl, apiKey: "k" })), ["baseUrl"], "issues");
        equal(
          only(await issuesOf(test, { baseUrl, apiKey: "k", allowInsecure: false })),
          ["baseUrl"],
          "allowInsecure: false",
        );
        assert(
          (await urlOf(test, { baseUrl, apiKey: "k", allowInsecure: true })).startsWith("http://"),
          "allowInsecure: true",
        );
      },
    ]),
  );
  for (const baseUrl of ["http://localhost", "http://LOCALHOST:1", "http://127.0.0.1", "http://[::1]"])
    await urlOf(test, { baseUrl });
  for (const allowInsecure of [1, 0, "true", "", null, {}]) {
    equal(
      only(await issuesOf(test, { baseUrl: "https://api.example", apiKey: "k", allowInsecure })),
      ["allowInsecure"],
      show(allowInsecure),
    );
  }
  equal(
    only(await issuesOf(test, { baseUrl: "http://u:p@api.example", apiKey: "k", allowInsecure: true })),
    ["baseUrl"],
    "credentials",
  );
}

/** @param {Test} test */
export async function apiKeyIsOnePathSegment(test) {
  const good = [
    "k",
    "demo-key",
    "...",
    ".a",
    "a.",
    "a/b",
    "../..",
    "/",
    "..%2f",
    "%2e%2e",
    "%2E",
    "%",
    "a?b",
    "a#b",
    "a b",
    "a\\b",
    "a\tb",
    "a\nb",
    "\u0000",
    "ключ",
    "😀",
    "a+b&c=d",
    "!'()*~",
    "@:;,$",
    "x".repeat(500),
    " ",
    "__proto__",
  ];
  await all(
    good.map((apiKey) => [
      show(apiKey),
      async () => {
        for (const kind of kinds) {
          const url = await urlOf(test, { apiKey, baseUrl: "https://api.example/p" }, kind);
          const tail = kind === "order" ? "order" : "calculate/order";
          equal(url, `https://api.example/p/client/api/v1/${encodeURIComponent(apiKey)}/${tail}`, kind);
        }
      },
    ]),
  );
  for (const apiKey of [
    undefined,
    null,
    "",
    ".",
    "..",
    5,
    true,
    {},
    [],
    ["k"],
    Symbol("k"),
    1n,
    "\ud800",
    "s3cr3t/kéy\udc00",
    new String("k"),
  ]) {
    equal(only(await issuesOf(test, { baseUrl: "https://api.example", apiKey })), ["apiKey"], show(apiKey));
  }
}

/** @param {Test} test */
export async function signalIsAnAbortSignal(test) {
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  for (const signal of [
    null,
    5,
    "x",
    true,
    {},
    { aborted: false },
    new AbortController(),
    new EventTarget(),
    Symbol("x"),
  ]) {
    equal(only(await issuesOf(test, { ...base, signal })), ["signal"], show(signal));
  }
  await urlOf(test, { signal: new AbortController().signal });
  await urlOf(test, { signal: undefined });
  const realm = otherRealm();
  try {
    const controller = new realm.window.AbortController();
    await urlOf(test, { signal: controller.signal });
    const api = stub(() => new Promise(() => {}));
    const call = test.pkg.calculate(wanted.calculate.IPv4, stubbed(api.fetch, { signal: controller.signal }));
    controller.abort("elsewhere");
    equal((await rejected(call, "aborted")).cause, "elsewhere", "a signal of another realm aborts");
  } finally {
    realm.remove();
  }
  let reads = 0;
  const lookalike = {
    [Symbol.toStringTag]: "AbortSignal",
    get aborted() {
      if (reads++ > 0) throw new Error("not again");
      return false;
    },
    addEventListener() {},
  };
  for (const time of ["first", "second"]) {
    reads = 0;
    const answered = stubbed(stub(reply(replies.order)).fetch, { signal: lookalike });
    equal(await test.pkg.order(wanted.order.IPv4, answered), replies.order, `the ${time} order with a lookalike`);
  }
}

/** @param {Test} test */
export async function timeoutMsIsANumberOfMilliseconds(test) {
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  for (const timeoutMs of [
    0,
    -0,
    -1,
    NaN,
    Infinity,
    -Infinity,
    2_147_483_648,
    2 ** 53,
    "1000",
    "",
    null,
    true,
    {},
    [],
    1000n,
    Symbol("x"),
  ]) {
    equal(only(await issuesOf(test, { ...base, timeoutMs })), ["timeoutMs"], show(timeoutMs));
  }
  const slow = stub(async () => {
    await sleep(50);
    return reply(replies.calculate)();
  });
  for (const timeoutMs of [undefined, 1000, 1000.5, 2_147_483_647]) {
    equal(
      await test.pkg.calculate(wanted.calculate.IPv4, stubbed(slow.fetch, { timeoutMs })),
      replies.calculate,
      show(timeoutMs),
    );
  }
  for (const timeoutMs of [0.5, 1, Number.MIN_VALUE]) {
    await rejected(
      test.pkg.calculate(
        wanted.calculate.IPv4,
        stubbed(() => new Promise(() => {}), { timeoutMs }),
      ),
      "timeout",
    );
  }
}

/** @param {Test} test */
export async function maxRetriesIsWholeFrom0To10(test) {
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  for (const maxRetries of [-1, 11, 1.5, NaN, Infinity, "2", "", null, true, {}, 2n, 2 ** 32]) {
    equal(only(await issuesOf(test, { ...base, maxRetries })), ["maxRetries"], show(maxRetries));
  }
  for (const maxRetries of [0, -0, 1, 10, undefined]) await urlOf(test, { maxRetries });
}

/** @param {Test} test */
export async function headersAreWhatHeadersTakes(test) {
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  const bad = [
    null,
    5,
    "x",
    true,
    Symbol("x"),
    { "bad name": "x" },
    { "": "x" },
    { "x-ä": "x" },
    { x: "ключ" },
    { x: "a\nb" },
    { x: "a\0b" },
    [["x"]],
    [["x", "y", "z"]],
    ["xy", "z"],
    [5],
    { x: Symbol("y") },
    {
      get x() {
        throw new Error("no");
      },
    },
    { x: "\ud800" },
  ];
  await all(
    bad.map((headers) => [
      show(headers),
      async () => {
        equal(only(await issuesOf(test, { ...base, headers })), ["headers"], "issues");
      },
    ]),
  );
  /** @type {any[]} */
  const good = [
    { "X-One": "1" },
    [["x-one", "1"]],
    new Headers({ "x-one": "1" }),
    new Map([["x-one", "1"]]),
    { "x-one": 1 },
    Object.assign(Object.create(null), { "x-one": "1" }),
  ];
  for (const headers of good) {
    const api = stub(reply(replies.calculate));
    await test.pkg.calculate(wanted.calculate.IPv4, stubbed(api.fetch, { headers }));
    equal(api.requests[0].headers.get("x-one"), "1", show(headers));
  }
  for (const headers of [undefined, {}, [], new Headers()]) await urlOf(test, { headers });
  for (const kind of kinds) {
    const api = shop();
    const headers = { "Content-Type": "text/plain", ACCEPT: "text/html", "x-one": "1" };
    await test.pkg[kind](wanted[kind].IPv4, stubbed(api.fetch, { headers }));
    assert(api.requests[0].headers.get("content-type")?.startsWith("application/json"), "content-type is ours");
    assert(api.requests[0].headers.get("accept")?.startsWith("application/json"), "accept is ours");
    equal(api.requests[0].headers.get("x-one"), "1", "the caller's header");
    equal(headers["Content-Type"], "text/plain", "the caller's object is not changed");
  }
}

/** @param {Test} test */
export async function headersArriveOnTheWire({ pkg, script }) {
  const api = await script({ body: JSON.stringify(replies.order) });
  await pkg.order(wanted.order.IPv4, { ...api.options, headers: { "x-one": "1" }, idempotencyKey: "once-1" });
  const [{ method, headers, url, body }] = await api.received();
  equal(method, "POST", "method");
  assert(url?.endsWith(`/client/api/v1/${encodeURIComponent(KEY)}/order`), `path ${url}`);
  equal(JSON.parse(body), wanted.order.IPv4, "body");
  equal(headers["x-one"], "1", "x-one");
  equal(headers["idempotency-key"], "once-1", "idempotency-key");
  equal(headers.referer, undefined, "referer");
  equal(headers.cookie, undefined, "cookie");
  assert(headers["content-type"]?.startsWith("application/json"), "content-type");
  assert(headers.accept?.startsWith("application/json"), "accept");
}

/** @param {Test} test */
export async function credentialsAreThoseOfFetch(test) {
  for (const credentials of /** @type {const} */ (["omit", "same-origin", "include", undefined])) {
    const api = stub(reply(replies.calculate));
    await test.pkg.calculate(wanted.calculate.IPv4, stubbed(api.fetch, { credentials }));
    equal(api.requests[0].request.credentials, credentials ?? "same-origin", "credentials");
  }
  for (const credentials of ["", "Include", "none", null, 5, true, {}, Symbol("x")]) {
    equal(
      only(await issuesOf(test, { baseUrl: "https://api.example", apiKey: "k", credentials })),
      ["credentials"],
      show(credentials),
    );
  }
}

/** @param {Test} test */
export async function fetchIsCalledWithARequest(test) {
  for (const kind of kinds) {
    /** @type {any[][]} */
    const calls = [];
    const fetch = async (/** @type {any[]} */ ...args) => {
      calls.push(args);
      return reply(replies[kind])();
    };
    await test.pkg[kind](wanted[kind].IPv4, stubbed(fetch));
    equal(calls.length, 1, "calls");
    assert(calls[0][0] instanceof Request, "called with a Request");
    assert(calls[0][1] === undefined, "and nothing else");
  }
  for (const fetch of [null, 5, "fetch", true, {}, [], Symbol("x"), 1n]) {
    equal(only(await issuesOf(test, { baseUrl: "https://api.example", apiKey: "k", fetch })), ["fetch"], show(fetch));
  }
}

/** @param {Test} test */
export async function theGlobalFetchIsLookedUpAtEachCall({ pkg }) {
  const { fetch } = globalThis;
  try {
    for (const kind of kinds) {
      for (const more of [{}, { fetch: undefined }]) {
        const api = stub(reply(replies[kind]));
        globalThis.fetch = /** @type {any} */ (api.fetch);
        const value = await pkg[kind](wanted[kind].IPv4, { baseUrl: "https://api.example", apiKey: KEY, ...more });
        equal(value, replies[kind], "value");
        equal(api.requests.length, 1, `calls of the patched fetch by ${kind}`);
      }
    }
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @param {Test} test */
export async function fetchMayAnswerAnyResponse({ pkg }) {
  const text = JSON.stringify(replies.order);
  const realm = otherRealm();
  try {
    class OwnResponse {
      get status() {
        return 200;
      }
      get headers() {
        return { get: () => null };
      }
      async text() {
        return text;
      }
    }
    /** @type {[string, () => any][]} */
    const answers = [
      ["a promise of a Response", async () => new Response(text)],
      ["a Response at once", () => new Response(text)],
      ["a Response of another realm", async () => new realm.window.Response(text)],
      ["a promise of another realm", () => realm.window.Promise.resolve(new realm.window.Response(text))],
      ["an instance of another class", async () => new OwnResponse()],
      ["a plain object", async () => ({ status: 200, headers: { get: () => null }, text: async () => text })],
      [
        "a plain object with undefined headers",
        async () => ({ status: 200, headers: { get() {} }, text: async () => text }),
      ],
      ["a thenable", () => ({ then: (/** @type {any} */ resolve) => void resolve(new Response(text)) })],
      [
        "a late thenable",
        () => ({ then: (/** @type {any} */ resolve) => void setTimeout(resolve, 20, new Response(text)) }),
      ],
      ["a proxied Response-like", async () => new Proxy(new OwnResponse(), {})],
    ];
    await all(
      answers.map(([what, fetch]) => [
        what,
        async () => {
          equal(await settled(pkg.order(wanted.order.IPv4, stubbed(fetch))), replies.order, what);
        },
      ]),
    );
    const { headers } = new Response("", { headers: { "retry-after": "3" } });
    const limited = async () => ({ status: 429, headers, text: async () => "slow down" });
    const error = await rejected(pkg.order(wanted.order.IPv4, stubbed(limited)), "http", { outcome: "unknown" });
    equal([error.status, error.body, error.retryAfterMs], [429, "slow down", 3000], "status, body, pause");
  } finally {
    realm.remove();
  }
}

/** @param {Test} test */
export async function whatIsNoResponseIsANetworkError({ pkg }) {
  const ok = { status: 200, headers: { get: () => null }, text: async () => JSON.stringify(replies.order) };
  /** @type {[string, any][]} */
  const answers = [
    ...[undefined, null, 5, NaN, "text", "", true, 1n, Symbol("x"), {}, [], () => ok, new Date(), new Map()].map(
      (value) => /** @type {[string, any]} */ ([`answers ${show(value)}`, async () => value]),
    ),
    ...[undefined, null, "200", 200.5, NaN, Infinity, {}, 200n, Symbol("x"), true].map(
      (status) => /** @type {[string, any]} */ ([`status ${show(status)}`, async () => ({ ...ok, status })]),
    ),
    ...[undefined, null, 5, {}, { get: 5 }].map(
      (headers) =>
        /** @type {[string, any]} */ ([`headers ${show(headers)}`, async () => ({ ...ok, status: 503, headers })]),
    ),
    ...[undefined, null, 5, "text", {}].map(
      (text) => /** @type {[string, any]} */ ([`text ${show(text)}`, async () => ({ ...ok, text })]),
    ),
    ...[5, undefined, null, {}, [], Symbol("x"), 1n, new Uint8Array(3)].map(
      (value) =>
        /** @type {[string, any]} */ ([
          `text() gives ${show(value)}`,
          async () => ({ ...ok, text: async () => value }),
        ]),
    ),
    ...[new Error("no"), "no", undefined, null, 5, Symbol("x")].flatMap(
      (value) =>
        /** @type {[string, any][]} */ ([
          [`throws ${show(value)}`, throwsAtOnce(value)],
          [`rejects with ${show(value)}`, () => Promise.reject(value)],
          [`text() throws ${show(value)}`, async () => ({ ...ok, text: throwsAtOnce(value) })],
          [`text() rejects with ${show(value)}`, async () => ({ ...ok, text: () => Promise.reject(value) })],
          [
            `status throws ${show(value)}`,
            async () => Object.defineProperty({ ...ok }, "status", { get: throwsAtOnce(value) }),
          ],
          [`a thenable that throws ${show(value)}`, () => ({ then: throwsAtOnce(value) })],
          [
            `a thenable that rejects with ${show(value)}`,
            () => ({ then: (/** @type {any} */ _, /** @type {any} */ no) => void no(value) }),
          ],
          [
            `then throws on reading ${show(value)}`,
            () => Object.defineProperty({}, "then", { get: throwsAtOnce(value) }),
          ],
        ]),
    ),
    [
      "a body that is used",
      async () => {
        const used = new Response("{}");
        await used.text();
        return used;
      },
    ],
    ["a body that fails", async () => new Response(new ReadableStream({ pull: (stream) => stream.error("no") }))],
    ["Response.error()", async () => Response.error()],
  ];
  await all(
    answers.map(([what, fetch]) => [
      what,
      async () => {
        const error = await rejected(pkg.order(wanted.order.IPv4, stubbed(fetch)), "network", { outcome: "unknown" });
        const { cause } = error;
        assert(
          cause === undefined || cause instanceof Error || cause instanceof DOMException,
          `cause is an Error or none: ${show(cause)}`,
        );
      },
    ]),
  );
}

/** @param {Test} test */
export async function whatNeverSettlesTimesOut({ pkg }) {
  /** @type {[string, any][]} */
  const answers = [
    ["a promise", () => new Promise(() => {})],
    ["a thenable", () => ({ then() {} })],
    ["text()", async () => ({ status: 200, headers: { get: () => null }, text: () => new Promise(() => {}) })],
    ["a thenable text()", async () => ({ status: 200, headers: { get: () => null }, text: () => ({ then() {} }) })],
    ["a body", async () => new Response(new ReadableStream({}))],
  ];
  await all(
    answers.map(([what, fetch]) => [
      what,
      () =>
        rejected(pkg.order(wanted.order.IPv4, stubbed(fetch, { timeoutMs: 40 })), "timeout", {
          outcome: "unknown",
          ms: 1000,
        }),
    ]),
  );
}

/**
 * Options like those of the call before are not judged again; any difference is.
 * @param {Test} test
 */
export async function nothingOfTheOptionsBeforeIsKept({ pkg }) {
  const { fetch } = globalThis;
  const base = { baseUrl: "https://api.example", apiKey: "first" };
  /** @param {"calculate" | "order"} kind @param {Fields} options */
  const sent = async (kind, options) => {
    const api = shop();
    globalThis.fetch = /** @type {any} */ (api.fetch);
    await pkg[kind](wanted[kind].IPv4, /** @type {any} */ (options));
    return api.requests.map(({ url, request, headers }) =>
      [new URL(url).host, url.split("/")[6], url.split("/").at(-1), request.credentials, headers.get("x-one")].join(
        " ",
      ),
    );
  };
  const refused = async (/** @type {"calculate" | "order"} */ kind, /** @type {any} */ options) => {
    const error = await rejected(pkg[kind](wanted[kind].IPv4, options), "invalid_options", {
      outcome: kind === "order" ? "not_placed" : undefined,
    });
    return briefly(error.issues);
  };
  try {
    for (let time = 0; time < 2; time += 1) {
      equal(await sent("order", base), ["api.example first order same-origin "], "an order");
      equal(await sent("calculate", base), ["api.example first order same-origin "], "a calculation");
      equal(
        await sent("order", { ...base, apiKey: "second" }),
        ["api.example second order same-origin "],
        "another key",
      );
      equal(
        await sent("order", { ...base, baseUrl: "https://else.example" }),
        ["else.example first order same-origin "],
        "another address",
      );
      equal(await sent("order", { ...base, credentials: "omit" }), ["api.example first order omit "], "credentials");
      equal(
        await sent("order", { ...base, headers: { "x-one": "1" } }),
        ["api.example first order same-origin 1"],
        "headers",
      );
      equal((await sent("order", { ...base, maxPrice: 5 })).length, 2, "requests with a guard");
      equal(await refused("order", { ...base, maxPrice: -1 }), ["maxPrice:out_of_range"], "issues");
      equal((await sent("calculate", { ...base, maxPrice: -1 })).length, 1, "a calculation has no guard");
      equal(await refused("order", { ...base, maxPrice: -1 }), ["maxPrice:out_of_range"], "issues");
      equal(await refused("order", { ...base, maxprice: 1 }), ["maxprice:unknown_field"], "issues");
      equal(await refused("order", { ...base, timeoutMs: null }), ["timeoutMs:wrong_type"], "issues");
      equal(await refused("order", null), [":wrong_type"], "issues");
    }
    const changing = { ...base };
    await sent("order", changing);
    changing.apiKey = "..";
    equal(await refused("order", changing), ["apiKey:malformed"], "issues");
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @param {Test} test */
export async function anUnknownOptionNamesItsLikeness(test) {
  const typos = {
    maxprice: "maxPrice",
    max_price: "maxPrice",
    maxPric: "maxPrice",
    requirePromocode: "requirePromoCode",
    allowDuplicates: "allowDuplicate",
    idempotencykey: "idempotencyKey",
    idempotency_key: "idempotencyKey",
    baseURL: "baseUrl",
    baseurl: "baseUrl",
    apikey: "apiKey",
    apiKEY: "apiKey",
    timeoutMS: "timeoutMs",
    timeoutms: "timeoutMs",
    timeout: "timeoutMs",
    maxretries: "maxRetries",
    maxRetrie: "maxRetries",
    header: "headers",
    credential: "credentials",
    Fetch: "fetch",
    signals: "signal",
    allowinsecure: "allowInsecure",
  };
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const [typo, option] of Object.entries(typos)) {
    checks.push([
      typo,
      async () => {
        const { pkg } = test;
        for (const kind of kinds) {
          const api = shop();
          const options = stubbed(api.fetch, { [typo]: 1 });
          const error = await rejected(pkg[kind](wanted[kind].IPv4, options), "invalid_options", {
            outcome: kind === "order" ? "not_placed" : undefined,
          });
          equal(briefly(error.issues), [`${typo}:unknown_field`], kind);
          assert(error.issues[0].message.includes(option), `does not name ${option}: ${show(error.issues[0].message)}`);
          equal(api.requests.length, 0, "requests sent");
        }
      },
    ]);
  }
  for (const unlike of ["zzzzzzzz", "", "constructor", "x".repeat(5000)]) {
    checks.push([
      show(unlike),
      async () => {
        equal(
          await issuesOf(test, { baseUrl: "https://api.example", apiKey: "k", [unlike]: 1 }),
          [`${unlike}:unknown_field`],
          "issues",
        );
      },
    ]);
  }
  await all(checks);
}

/** @param {Test} test */
export async function undefinedIsAbsentAndNullIsNot(test) {
  const options = ["signal", "timeoutMs", "maxRetries", "headers", "credentials", "allowInsecure"];
  const ofOrder = ["maxPrice", "requirePromoCode", "allowDuplicate", "idempotencyKey"];
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  await all(
    [...options, ...ofOrder].map((name) => [
      name,
      async () => {
        const functions = /** @type {("calculate" | "order")[]} */ (ofOrder.includes(name) ? ["order"] : [...kinds]);
        equal(only(await issuesOf(test, { ...base, [name]: null }, functions)), [name], "null");
        const api = shop();
        await test.pkg.order(wanted.order.IPv4, stubbed(api.fetch, { [name]: undefined }));
        equal(api.requests.length, 1, "requests with undefined: no guard either");
      },
    ]),
  );
}

/** @param {Test} test */
export async function everyProblemOfTheOptionsIsReported(test) {
  equal(only(await issuesOf(test, {})), ["apiKey", "baseUrl"], "empty options");
  equal(
    only(
      await issuesOf(
        test,
        {
          baseUrl: 5,
          apiKey: "",
          signal: 5,
          timeoutMs: 0,
          maxRetries: 11,
          headers: 5,
          credentials: "x",
          fetch: 5,
          maxPrice: -1,
          requirePromoCode: 1,
          allowDuplicate: 1,
          idempotencyKey: 5,
          allowInsecure: 1,
          maxprice: 1,
        },
        ["order"],
      ),
    ),
    [
      "allowDuplicate",
      "allowInsecure",
      "apiKey",
      "baseUrl",
      "credentials",
      "fetch",
      "headers",
      "idempotencyKey",
      "maxPrice",
      "maxRetries",
      "maxprice",
      "requirePromoCode",
      "signal",
      "timeoutMs",
    ],
    "all wrong",
  );
  for (const options of [undefined, null, 5, "https://api.example", true, 1n, Symbol("x")]) {
    for (const kind of kinds) {
      const error = await rejected(test.pkg[kind](wanted[kind].IPv4, options), "invalid_options", {
        outcome: kind === "order" ? "not_placed" : undefined,
      });
      equal(
        error.issues.map((/** @type {any} */ { path }) => path),
        [[]],
        show(options),
      );
    }
  }
}

/** @param {Test} test */
export async function calculateIgnoresOptionsOfOrder(test) {
  for (const value of [1, "x", null, true, {}, NaN, Symbol("x")]) {
    const more = { maxPrice: value, requirePromoCode: value, allowDuplicate: value, idempotencyKey: value };
    const api = shop();
    equal(await test.pkg.calculate(wanted.calculate.IPv4, stubbed(api.fetch, more)), replies.calculate, show(value));
    equal(api.requests[0].headers.get("idempotency-key"), null, "idempotency-key of a calculation");
  }
}

/** @param {Test} test */
export async function optionsOfOrderAreOfTheirType(test) {
  const base = { baseUrl: "https://api.example", apiKey: "k" };
  /** @type {[string, any[]][]} */
  const bad = [
    ["maxPrice", [-1, -0.01, NaN, Infinity, -Infinity, "2", "", true, {}, [], 2n, Symbol("x")]],
    ["requirePromoCode", [1, 0, "true", "", {}, [], Symbol("x")]],
    ["allowDuplicate", [1, 0, "true", "", {}, [], Symbol("x")]],
    ["idempotencyKey", [5, true, {}, [], 1n, Symbol("x"), "a\nb", "ключ", "a\0b", "\ud800"]],
  ];
  await all(
    bad.flatMap(([name, values]) =>
      values.map(
        (value) =>
          /** @type {[string, () => unknown]} */ ([
            `${name} ${show(value)}`,
            async () => {
              equal(only(await issuesOf(test, { ...base, [name]: value }, ["order"])), [name], "issues");
            },
          ]),
      ),
    ),
  );
  for (const more of [
    { maxPrice: 1.31 },
    { maxPrice: 1e300 },
    { requirePromoCode: false },
    { allowDuplicate: false },
    { allowDuplicate: true },
  ]) {
    equal(await test.pkg.order(wanted.order.IPv4, stubbed(shop().fetch, more)), replies.order, show(more));
  }
}

/** @param {Test} test */
export async function optionsAreReadOnceAndNeverChanged({ pkg }) {
  const api = shop();
  const signal = new AbortController().signal;
  const options = {
    ...stubbed(api.fetch),
    signal,
    timeoutMs: 1000,
    headers: Object.freeze({ "x-one": "1" }),
    credentials: "omit",
    maxPrice: 5,
    requirePromoCode: false,
    allowDuplicate: false,
    idempotencyKey: "once",
    allowInsecure: false,
  };
  /** @type {Map<PropertyKey, number>} */
  const reads = new Map();
  const watched = new Proxy(options, {
    get(target, key, receiver) {
      reads.set(key, (reads.get(key) ?? 0) + 1);
      return Reflect.get(target, key, receiver);
    },
    set: () => {
      throw new Error("changed");
    },
    defineProperty: () => {
      throw new Error("changed");
    },
    deleteProperty: () => {
      throw new Error("changed");
    },
  });
  equal(await pkg.order(wanted.order.IPv4, watched), replies.order, "receipt");
  for (const name of Object.keys(options)) equal(reads.get(name), 1, `reads of ${name}`);
  equal(
    api.requests.map(({ url }) => isOrder(url)),
    [false, true],
    "calculation, then order",
  );
  equal(await pkg.order(wanted.order.IPv4, Object.freeze({ ...options })), replies.order, "frozen options");
}
