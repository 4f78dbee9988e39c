// @ts-check
// The options of a call: valid values, boundary values, and those that are rejected before anything is sent.
import {
  API_KEY,
  all,
  assert,
  summaryOf,
  equal,
  isOrder,
  endpoints,
  otherRealm,
  rejected,
  responses,
  respondWith,
  settled,
  stubApi,
  show,
  sleep,
  stub,
  newBaseUrl,
  stubbed,
  throwsAtOnce,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

/**
 * The issues of options. Asserts that nothing is sent.
 * @param {Test} test @param {any} options @param {("calculate" | "order")[]} [functions] @param {string} [apiKey]
 */
async function issuesOf({ pkg }, options, functions = [...endpoints], apiKey) {
  let issues;
  const isObject = typeof options === "object" && options;
  const orderOutcome = isObject && Object.hasOwn(options, "repeat") ? "unknown" : "not_placed";
  for (const endpoint of functions) {
    const api = stubApi();
    const given =
      isObject && !Object.hasOwn(options, "fetch")
        ? Object.defineProperties(
            {},
            { ...Object.getOwnPropertyDescriptors(options), fetch: { value: api.fetch, enumerable: true } },
          )
        : options;
    const error = await rejected(pkg[endpoint](minimal[endpoint].IPv4, given), "invalid_options", {
      outcome: endpoint === "order" ? orderOutcome : undefined,
      apiKey,
    });
    equal(api.requests.length, 0, "requests sent");
    if (issues) equal(summaryOf(error.issues), issues, "both functions report the same");
    issues = summaryOf(error.issues);
  }
  return /** @type {string[]} */ (issues);
}

/** The paths of issues. @param {string[]} issues */
const only = (issues) => issues.map((issue) => issue.slice(0, issue.lastIndexOf(":")));

const ofOrder = ["maxPrice", "requirePromoCode", "allowDuplicate", "idempotencyKey", "repeat"];

/**
 * An option rejects each of these values with this code, and nothing else is an issue.
 * @param {Test} test @param {string} name @param {string} code @param {unknown[]} values @param {Fields} [more]
 */
async function rejectsEach(test, name, code, values, more) {
  const functions = /** @type {("calculate" | "order")[]} */ (ofOrder.includes(name) ? ["order"] : [...endpoints]);
  await all(
    values.map((value) => [
      `${name}: ${show(value)}`,
      async () => {
        const options = { baseUrl: "https://api.example", apiKey: API_KEY, ...more, [name]: value };
        equal(await issuesOf(test, options, functions), [`${name}:${code}`], "issues");
      },
    ]),
  );
}

const LONG_TEXT = "x".repeat(10_001);
/** What a missing value becomes as text: it would give every purchase the same idempotency key. */
const MISSING_VALUES = ["undefined", "null", "NaN", "[object Object]"];
const IDEMPOTENCY_KEY_RULE =
  "1 to 255 printable ASCII characters, with no space at either end, and not the text of a missing value.";
const BROKEN_TEXT = "half \ud800";
const NOT_TEXT = [null, true, false, 1, NaN, 1n, Symbol("x"), {}, [], ["x"], () => {}, new String("x")];
const NOT_A_NUMBER = [null, true, false, "1", "", LONG_TEXT, BROKEN_TEXT, 1n, Symbol("x"), {}, [], () => {}];
const NOT_A_FLAG = [null, 0, 1, "true", "", LONG_TEXT, BROKEN_TEXT, 1n, Symbol("x"), {}, [], () => {}];

/**
 * The URLs that are requested with these options.
 * @param {Test} test @param {Fields} more @param {"calculate" | "order"} [endpoint]
 */
async function urlOf({ pkg }, more, endpoint = "calculate") {
  const api = stubApi();
  await pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, more));
  return api.requests[0].url;
}

/** @param {Test} test */
export async function baseUrlIsAUrlOrAPath(test) {
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
    ["Https://api.example", "https://api.example"],
    ["https://api.example//", "https://api.example"],
    ["https://api.example/a%20b", "https://api.example/a%20b"],
    ["https://api.example/user@place", "https://api.example/user@place"],
    ["https://api.example/a/../b", "https://api.example/b"],
    ["https://[::1]", "https://[::1]"],
    ["https://[2001:db8::7]:8443/x", "https://[2001:db8::7]:8443/x"],
    ["https://203.0.113.7", "https://203.0.113.7"],
    ["https://localhost.", "https://localhost."],
    ["https://пример.example", "https://xn--e1afmkfd.example"],
    ["https://xn--e1afmkfd.example", "https://xn--e1afmkfd.example"],
    ["/api", `${origin}/api`],
    ["/api/", `${origin}/api`],
    ["/a/b", `${origin}/a/b`],
    ["/", origin],
    ["/a/b/c", `${origin}/a/b/c`],
    ["/api//", `${origin}/api`],
    ["/a%2Fb", `${origin}/a%2Fb`],
    ["/a/..", origin],
    ["/@", `${origin}/@`],
    ["/:80", `${origin}/:80`],
    ["/https://x", `${origin}/https://x`],
    ["/é", `${origin}/%C3%A9`],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x"],
    ["http://[::1]:3000", "http://[::1]:3000"],
    [origin, origin],
    [`${origin}/`, origin],
    [`${origin}/api`, `${origin}/api`],
    [origin.toUpperCase(), origin],
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
    "",
    " ",
    ".",
    "..",
    "api",
    "./api",
    "../api",
    "?",
    "#",
    "?a",
    "#a",
    "api.example",
    "api.example/api",
    "localhost:4173",
    "127.0.0.1",
    // An address of another host without a scheme.
    "//api.example",
    "//api.example/api",
    "///api.example",
    "//localhost",
    "/\\api.example",
    "\\\\api.example",
    "\\api",
    "/api\\x",
    "https:\\\\api.example",
    "https://api.example\\@evil.example",
    "http:\\\\localhost",
    // Half an address.
    "https:",
    "https:/",
    "https://",
    "https://?",
    "https:api.example",
    "https:/api.example",
    "http:",
    "http://",
    "http:localhost",
    "http:/localhost",
    "https://:80",
    "https://api.example:port",
    "https://api.example:65536",
    "https://api.example:99999",
    "https://[::1",
    "https://exa mple",
    "https://a..b%00",
    "https://%zz",
    "http://127a.0.0.1",
    // Credentials.
    "https://user@api.example",
    "https://user:pw@api.example",
    "https://:pw@api.example",
    "http://user@localhost",
    "http://localhost@evil.example",
    "http://u:p@api.example",
    "https://a%40b@api.example",
    // A query or a fragment, even an empty one.
    "https://api.example?",
    "https://api.example?a=1",
    "https://api.example/?",
    "https://api.example/?a=1",
    "https://api.example/a?b",
    "/api?",
    "/api?a=1",
    "https://api.example#",
    "https://api.example/#",
    "https://api.example/#a",
    "/api#",
    "/api#a",
    "/?#",
    "http://evil.example#@localhost",
    "http://localhost?",
    "http://evil.example?.localhost",
    // What the URL parser silently drops.
    " https://api.example",
    "https://api.example ",
    "https://api.example/a b",
    "https://a\tpi.example",
    "https://api.example\n",
    "ht\ntps://api.example",
    "\0https://api.example",
    "/api\x7f",
    "/\t/api.example",
    "/\n/api.example",
    " /api",
    "/api ",
    "/a b",
    "\ufeffhttps://api.example",
    "\xa0/api",
    "https://api.example/\x1f",
    // Other schemes.
    "ftp://api.example",
    "ws://localhost",
    "ws://api.example",
    "wss://api.example",
    "file:///etc",
    "file://localhost/api",
    "javascript:alert(1)",
    "javascript://api.example/%0aalert(1)",
    "data:text/plain,x",
    "blob:https://api.example/1",
    "about:blank",
    "mailto:a@b.example",
    "httpss://api.example",
    "xhttps://api.example",
    "https//api.example",
    "http+unix://localhost",
    BROKEN_TEXT,
  ];
  for (const allowInsecure of [false, true]) await rejectsEach(test, "baseUrl", "malformed", bad, { allowInsecure });
  await rejectsEach(test, "baseUrl", "required", [undefined]);
  await rejectsEach(test, "baseUrl", "wrong_type", NOT_TEXT);
  await rejectsEach(test, "baseUrl", "out_of_range", [`/${LONG_TEXT}`, `https://api.example/${LONG_TEXT}`]);
  const keyInside = `https://api.example/?key=${API_KEY}`;
  await issuesOf(test, { baseUrl: keyInside, apiKey: API_KEY });
}

/** @param {Test} test */
export async function aLongBaseUrlIsParsedQuickly({ pkg }) {
  const slashes = "/".repeat(160_000);
  /** @type {[string, string, "good" | "malformed" | "out_of_range"][]} */
  const cases = [
    ["10 000 units", `https://api.example${slashes}`.slice(0, 10_000), "good"],
    ["10 001 units", `https://api.example${slashes}`.slice(0, 10_001), "out_of_range"],
    ["slashes at the end", `https://api.example${slashes}`, "out_of_range"],
    ["slashes alone", slashes, "out_of_range"],
    ["slashes and a query", `https://api.example${slashes.slice(0, 9900)}?`, "malformed"],
    ["credentials", `https://${"a:".repeat(4900)}@api.example`, "malformed"],
    ["a long host", `http://${"localhost.".repeat(900)}example`, "malformed"],
  ];
  for (const [what, baseUrl, end] of cases) {
    const api = stubApi();
    const start = performance.now();
    const call = pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { baseUrl }));
    if (end === "good") {
      equal(await call, responses.calculate, what);
      equal(api.requests[0].path, `/client/api/v1/${encodeURIComponent(API_KEY)}/calculate/order`, what);
    } else equal(summaryOf((await rejected(call, "invalid_options")).issues), [`baseUrl:${end}`], what);
    const took = performance.now() - start;
    assert(took < 300, `${what} took ${took} ms`);
  }
}

/** @param {Test} test */
export async function aBlankFrameHasItsParentsOrigin({ url }) {
  for (const address of ["about:blank", "about:srcdoc"]) {
    const frame = document.createElement("iframe");
    if (address === "about:srcdoc") frame.srcdoc = "<!doctype html><title>Shop</title>";
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    try {
      await loaded;
      const realm = /** @type {any} */ (frame.contentWindow);
      equal([realm.location.href, realm.location.origin], [address, "null"], "address and origin of the location");
      const pkg = await realm.eval(`import("${url}/dist/index.js")`);
      /** @type {Request[]} */
      const requests = [];
      const fetch = async (/** @type {Request} */ request) => {
        requests.push(request);
        return respondWith(responses.order)();
      };
      equal(await pkg.order(minimal.order.IPv4, { baseUrl: "/api", fetch }), responses.order, address);
      equal(requests[0].url, `${location.origin}/api/client/api/v1/self/order`, `where ${address} orders`);
      assert((requests[0].headers.get("idempotency-key") ?? "").length > 20, `${address} sends an idempotency key`);
    } finally {
      frame.remove();
    }
  }
}

/** @param {Test} test */
export async function aChangedOriginIsNoticed({ url }) {
  const frame = otherRealm();
  try {
    const realm = frame.window;
    const pkg = await realm.eval(`import("${url}/dist/index.js")`);
    for (const origin of ["https://one.example", "https://two.example", location.origin]) {
      // As test environments do, which keep one realm and change its address.
      realm.origin = origin;
      const api = stubApi();
      await pkg.order(minimal.order.IPv4, { baseUrl: "/api", fetch: api.fetch });
      equal(api.requests[0].url, `${origin}/api/client/api/v1/self/order`, "where it orders");
    }
    for (const origin of ["https://one.example", "https://two.example", location.origin]) {
      realm.origin = origin;
      const there = stubApi();
      await pkg.order(minimal.order.ISP, { baseUrl: "https://two.example/api", apiKey: "k", fetch: there.fetch });
      const isSent = there.requests[0].headers.has("idempotency-key");
      equal(isSent, origin === "https://two.example", `an idempotency key on the own origin alone, on ${origin}`);
    }
  } finally {
    frame.remove();
  }
}

/** @param {Test} test */
export async function httpIsForLoopbackAndTheOwnOrigin(test) {
  const far = [
    "http://api.example",
    "http://api.example:443",
    "http://api.example/api",
    "HTTP://API.EXAMPLE",
    "http://localhost.api.example",
    "http://localhost.example:80",
    "http://127.0.0.1.api.example",
    "http://evil.example/localhost",
    "http://evil.example:127/127.0.0.1",
    "http://notlocalhost",
    "http://not-localhost:80",
    "http://127.evil.example",
    "http://12.7.0.0.1.example",
    "http://128.0.0.1",
    "http://126.255.255.255",
    "http://1.127.0.0",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://192.168.0.1",
    "http://[::2]",
    "http://[::]",
    "http://[::1:1]",
    "http://[1::1]:80",
    "http://[2001:db8::1]",
    "http://[2001:db8::127.0.0.1]",
  ];
  for (const allowInsecure of [undefined, false])
    await rejectsEach(test, "baseUrl", "malformed", far, { allowInsecure });
  const tail = "/client/api/v1/k/calculate/order";
  await all(
    far.map((baseUrl) => [
      baseUrl,
      async () => {
        const { href } = new URL(baseUrl);
        const url = await urlOf(test, { baseUrl, apiKey: "k", allowInsecure: true });
        equal(url, href.replace(/\/$/, "") + tail, "allowInsecure: true");
      },
    ]),
  );
  /** @type {[string, string][]} */
  const near = [
    ["http://localhost", "http://localhost"],
    ["http://localhost:4173", "http://localhost:4173"],
    ["http://localhost/api", "http://localhost/api"],
    ["http://LOCALHOST:80/", "http://localhost"],
    ["http://LOCALHOST:1", "http://localhost:1"],
    ["http://api.localhost", "http://api.localhost"],
    ["http://a.b.localhost:8080/api", "http://a.b.localhost:8080/api"],
    ["http://127.0.0.1", "http://127.0.0.1"],
    ["http://127.0.0.1:65535/api/", "http://127.0.0.1:65535/api"],
    ["http://127.1", "http://127.0.0.1"],
    ["http://127.255.255.254", "http://127.255.255.254"],
    ["http://2130706433", "http://127.0.0.1"],
    ["http://0x7f.0.0.1", "http://127.0.0.1"],
    ["http://[::1]", "http://[::1]"],
    ["http://[::1]:8080/api", "http://[::1]:8080/api"],
    ["HTTP://[0:0:0:0:0:0:0:1]/", "http://[::1]"],
  ];
  await all(
    near.map(([baseUrl, start]) => [
      baseUrl,
      async () => equal(await urlOf(test, { baseUrl, apiKey: "k" }), start + tail, "URL"),
    ]),
  );
  await rejectsEach(test, "allowInsecure", "wrong_type", NOT_A_FLAG);
}

/** @param {Test} test */
export async function apiKeyIsOnePathSegment(test) {
  const good = [
    "k",
    "demo-key",
    "self",
    "...",
    "....",
    ". ",
    " .",
    ".a",
    "a.",
    "a/b",
    "../..",
    "/",
    "..%2f",
    "%2e%2e",
    "%2E",
    "%2E%2E",
    "../x",
    "%",
    "a?b",
    "a#b",
    "a b",
    "\\",
    "{apiKey}",
    "\ufeff",
    "\n",
    "a\\b",
    "a\tb",
    "a\nb",
    "\u0000",
    "ключ",
    "😀",
    "a+b&c=d",
    "!'()*~",
    "@:;,$",
    "x".repeat(256),
    " ",
    "__proto__",
  ];
  await all(
    good.map((apiKey) => [
      show(apiKey),
      async () => {
        for (const endpoint of endpoints) {
          const url = await urlOf(test, { apiKey, baseUrl: "https://api.example/p" }, endpoint);
          const tail = endpoint === "order" ? "order" : "calculate/order";
          equal(url, `https://api.example/p/client/api/v1/${encodeURIComponent(apiKey)}/${tail}`, endpoint);
        }
      },
    ]),
  );
  await rejectsEach(test, "apiKey", "malformed", ["", ".", "..", BROKEN_TEXT, "s3cr3t/kéy\udc00"]);
  await rejectsEach(test, "apiKey", "out_of_range", ["x".repeat(257)]);
  await rejectsEach(test, "apiKey", "required", [undefined]);
  await rejectsEach(test, "apiKey", "wrong_type", NOT_TEXT);
  await rejectsEach(test, "apiKey", "out_of_range", [LONG_TEXT]);
}

/** @param {Test} test */
export async function signalIsAnAbortSignal(test) {
  await rejectsEach(test, "signal", "wrong_type", [
    ...[null, 5, "x", "", LONG_TEXT, true, {}, { aborted: false }, () => {}, Symbol("x")],
    ...[new AbortController(), new EventTarget()],
  ]);
  await urlOf(test, { signal: new AbortController().signal });
  await urlOf(test, { signal: undefined });
  const realm = otherRealm();
  try {
    const controller = new realm.window.AbortController();
    await urlOf(test, { signal: controller.signal });
    const api = stub(() => new Promise(() => {}));
    const call = test.pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { signal: controller.signal }));
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
    const answered = stubbed(stub(respondWith(responses.order)).fetch, { signal: lookalike });
    equal(await test.pkg.order(minimal.order.IPv4, answered), responses.order, `the ${time} order with a lookalike`);
  }
}

/** @param {Test} test */
export async function timeoutMsIsANumberOfMilliseconds(test) {
  const outOfRange = [0, -0, -1, NaN, Infinity, -Infinity, 2_147_483_647.5, 2_147_483_648, 2 ** 53];
  await rejectsEach(test, "timeoutMs", "out_of_range", outOfRange);
  await rejectsEach(test, "timeoutMs", "wrong_type", NOT_A_NUMBER);
  const slow = stub(async () => {
    await sleep(50);
    return respondWith(responses.calculate)();
  });
  for (const timeoutMs of [undefined, 1000, 1000.5, 30_000, 2_147_483_646.5, 2_147_483_647]) {
    equal(
      await test.pkg.calculate(minimal.calculate.IPv4, stubbed(slow.fetch, { timeoutMs })),
      responses.calculate,
      show(timeoutMs),
    );
  }
  for (const timeoutMs of [0.5, 1, Number.MIN_VALUE]) {
    await rejected(
      test.pkg.calculate(
        minimal.calculate.IPv4,
        stubbed(() => new Promise(() => {}), { timeoutMs }),
      ),
      "timeout",
    );
  }
}

/** @param {Test} test */
export async function maxRetriesIsWholeFrom0To10(test) {
  await rejectsEach(test, "maxRetries", "out_of_range", [-1, 11, 2 ** 32, 1e300]);
  await rejectsEach(test, "maxRetries", "wrong_type", [...NOT_A_NUMBER, 0.5, 1.5, 9.9, NaN, Infinity]);
  for (const maxRetries of [0, -0, 1, 2, 9, 10, undefined]) await urlOf(test, { maxRetries });
}

/** @param {Test} test */
export async function headersTakeWhatTheHeadersConstructorTakes(test) {
  await rejectsEach(test, "headers", "wrong_type", [
    null,
    5,
    "x",
    "",
    LONG_TEXT,
    BROKEN_TEXT,
    true,
    Symbol("x"),
    () => {},
  ]);
  await rejectsEach(test, "headers", "malformed", [
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
  ]);
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
    const api = stub(respondWith(responses.calculate));
    await test.pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { headers }));
    equal(api.requests[0].headers.get("x-one"), "1", show(headers));
  }
  for (const headers of [undefined, {}, [], new Headers()]) await urlOf(test, { headers });
  for (const endpoint of endpoints) {
    const api = stubApi();
    const headers = { "Content-Type": "text/plain", ACCEPT: "text/html", "x-one": "1" };
    await test.pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, { headers }));
    assert(api.requests[0].headers.get("content-type")?.startsWith("application/json"), "content-type is ours");
    assert(api.requests[0].headers.get("accept")?.startsWith("application/json"), "accept is ours");
    equal(api.requests[0].headers.get("x-one"), "1", "the caller's header");
    equal(headers["Content-Type"], "text/plain", "the caller's object is not changed");
  }
}

/** @param {Test} test */
export async function headersArriveOnTheWire({ pkg, script }) {
  const api = await script({ body: JSON.stringify(responses.order) });
  await pkg.order(minimal.order.IPv4, { ...api.options, headers: { "x-one": "1" }, idempotencyKey: "once-1" });
  const [{ method, headers, url, body }] = await api.received();
  equal(method, "POST", "method");
  assert(url?.endsWith(`/client/api/v1/${encodeURIComponent(API_KEY)}/order`), `path ${url}`);
  equal(JSON.parse(body), minimal.order.IPv4, "body");
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
    const api = stub(respondWith(responses.calculate));
    await test.pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { credentials }));
    equal(api.requests[0].request.credentials, credentials ?? "same-origin", "credentials");
  }
  const notAllowed = ["", "Omit", "Include", "INCLUDE", "same origin", "sameOrigin", "none"];
  await rejectsEach(test, "credentials", "not_allowed", notAllowed);
  await rejectsEach(test, "credentials", "wrong_type", NOT_TEXT);
  await rejectsEach(test, "credentials", "out_of_range", [LONG_TEXT]);
  await rejectsEach(test, "credentials", "malformed", [BROKEN_TEXT]);
}

/** @param {Test} test */
export async function fetchIsCalledWithARequest(test) {
  for (const endpoint of endpoints) {
    /** @type {any[][]} */
    const calls = [];
    const fetch = async (/** @type {any[]} */ ...args) => {
      calls.push(args);
      return respondWith(responses[endpoint])();
    };
    await test.pkg[endpoint](minimal[endpoint].IPv4, stubbed(fetch));
    equal(calls.length, 1, "calls");
    assert(calls[0][0] instanceof Request, "called with a Request");
    assert(calls[0][1] === undefined, "and nothing else");
  }
  await rejectsEach(test, "fetch", "wrong_type", [null, 5, "fetch", "", LONG_TEXT, true, {}, [], Symbol("x"), 1n]);
}

/** @param {Test} test */
export async function theGlobalFetchIsLookedUpAtEachCall({ pkg }) {
  const { fetch } = globalThis;
  try {
    for (const endpoint of endpoints) {
      for (const more of [{}, { fetch: undefined }]) {
        const api = stub(respondWith(responses[endpoint]));
        globalThis.fetch = /** @type {any} */ (api.fetch);
        const value = await pkg[endpoint](minimal[endpoint].IPv4, {
          baseUrl: "https://api.example",
          apiKey: API_KEY,
          ...more,
        });
        equal(value, responses[endpoint], "value");
        equal(api.requests.length, 1, `calls of the patched fetch by ${endpoint}`);
      }
    }
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @param {Test} test */
export async function fetchMayReturnAnyResponseLikeObject({ pkg }) {
  const text = JSON.stringify(responses.order);
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
          equal(await settled(pkg.order(minimal.order.IPv4, stubbed(fetch))), responses.order, what);
        },
      ]),
    );
    const { headers } = new Response("", { headers: { "retry-after": "3" } });
    const limited = async () => ({ status: 429, headers, text: async () => "slow down" });
    const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(limited)), "http", { outcome: "unknown" });
    equal([error.status, error.body, error.retryAfterMs], [429, "slow down", 3000], "status, body, pause");
  } finally {
    realm.remove();
  }
}

/** @param {Test} test */
export async function aResultThatIsNotAResponseIsANetworkError({ pkg }) {
  const ok = { status: 200, headers: { get: () => null }, text: async () => JSON.stringify(responses.order) };
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
        const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(fetch)), "network", { outcome: "unknown" });
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
export async function aFetchThatNeverSettlesTimesOut({ pkg }) {
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
        rejected(pkg.order(minimal.order.IPv4, stubbed(fetch, { timeoutMs: 40 })), "timeout", {
          outcome: "unknown",
          ms: 1000,
        }),
    ]),
  );
}

/**
 * Options that equal those of the call before may be reused; any difference counts.
 * @param {Test} test
 */
export async function optionsOfOneCallDoNotLeakIntoTheNext({ pkg }) {
  const { fetch } = globalThis;
  const base = { baseUrl: "https://api.example", apiKey: "first" };
  /** @param {"calculate" | "order"} endpoint @param {Fields} options */
  const sent = async (endpoint, options) => {
    const api = stubApi();
    globalThis.fetch = /** @type {any} */ (api.fetch);
    await pkg[endpoint](minimal[endpoint].IPv4, /** @type {any} */ (options));
    return api.requests.map(({ url, request, headers }) =>
      [new URL(url).host, url.split("/")[6], url.split("/").at(-1), request.credentials, headers.get("x-one")].join(
        " ",
      ),
    );
  };
  const refused = async (/** @type {"calculate" | "order"} */ endpoint, /** @type {any} */ options) => {
    const error = await rejected(pkg[endpoint](minimal[endpoint].IPv4, options), "invalid_options", {
      outcome: endpoint === "order" ? "not_placed" : undefined,
    });
    return summaryOf(error.issues);
  };
  try {
    for (let time = 0; time < 2; time += 1) {
      equal(await sent("order", base), ["api.example first order same-origin "], "an order");
      equal(await sent("calculate", base), ["api.example first order same-origin "], "a calculation");
      equal(
        await sent("order", { ...base, apiKey: "second" }),
        ["api.example second order same-origin "],
        "another API key",
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
export async function anUnknownOptionSuggestsTheMostSimilarName(test) {
  const typos = {
    maxprice: "maxPrice",
    max_price: "maxPrice",
    MaxPrice: "maxPrice",
    price: "maxPrice",
    maxPrize: "maxPrice",
    maxPric: "maxPrice",
    requirePromocode: "requirePromoCode",
    requirePromo: "requirePromoCode",
    promoCode: "requirePromoCode",
    allowDuplicates: "allowDuplicate",
    duplicate: "allowDuplicate",
    idempotencykey: "idempotencyKey",
    idempotency_key: "idempotencyKey",
    "idempotency-key": "idempotencyKey",
    Idempotency: "idempotencyKey",
    baseURL: "baseUrl",
    baseurl: "baseUrl",
    base: "baseUrl",
    apikey: "apiKey",
    apiKEY: "apiKey",
    api_key: "apiKey",
    APIKEY: "apiKey",
    apiKeys: "apiKey",
    timeoutMS: "timeoutMs",
    timeoutms: "timeoutMs",
    timeout: "timeoutMs",
    timeOut: "timeoutMs",
    maxretries: "maxRetries",
    maxRetrie: "maxRetries",
    maxRetry: "maxRetries",
    retries: "maxRetries",
    header: "headers",
    credential: "credentials",
    Fetch: "fetch",
    fetcher: "fetch",
    signals: "signal",
    singal: "signal",
    allowinsecure: "allowInsecure",
    insecure: "allowInsecure",
    BASEURL: "baseUrl",
    SIGNAL: "signal",
    TIMEOUTMS: "timeoutMs",
    MAXRETRIES: "maxRetries",
    HEADERS: "headers",
    CREDENTIALS: "credentials",
    FETCH: "fetch",
    ALLOWINSECURE: "allowInsecure",
    MAXPRICE: "maxPrice",
    REQUIREPROMOCODE: "requirePromoCode",
    ALLOWDUPLICATE: "allowDuplicate",
    IDEMPOTENCYKEY: "idempotencyKey",
    REPEAT: "repeat",
    repeated: "repeat",
  };
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const [typo, option] of Object.entries(typos)) {
    checks.push([
      typo,
      async () => {
        const { pkg } = test;
        for (const endpoint of endpoints) {
          const api = stubApi();
          const options = stubbed(api.fetch, { [typo]: 1 });
          const error = await rejected(pkg[endpoint](minimal[endpoint].IPv4, options), "invalid_options", {
            outcome: endpoint === "order" ? "not_placed" : undefined,
          });
          equal(summaryOf(error.issues), [`${typo}:unknown_field`], endpoint);
          equal(error.issues[0].message, `Unknown option "${typo}". Did you mean ${option}?`, "message");
          equal(api.requests.length, 0, "requests sent");
        }
      },
    ]);
  }
  const unlike = ["zzzzzzzz", "", "constructor", "x", "foo", "city", "поле", "😀", "0", "length", "toJSON", LONG_TEXT];
  for (const name of unlike) {
    checks.push([
      show(name),
      async () => {
        const options = stubbed(stubApi().fetch, { [name]: 1 });
        const error = await rejected(test.pkg.calculate(minimal.calculate.IPv4, options), "invalid_options");
        equal(summaryOf(error.issues), [`${name.slice(0, 2000)}:unknown_field`], "issues");
        equal(error.issues[0].message, `Unknown option "${name.slice(0, 100)}".`, "message");
        await issuesOf(test, { baseUrl: "https://api.example", apiKey: "k", [name]: 1 });
      },
    ]);
  }
  await all(checks);
}

/** @param {Test} test */
export async function undefinedIsAbsentAndNullIsNot(test) {
  const options = ["signal", "timeoutMs", "maxRetries", "headers", "credentials", "allowInsecure"];
  await all(
    [...options, ...ofOrder].map((name) => [
      name,
      async () => {
        await rejectsEach(test, name, "wrong_type", [null]);
        if (guards.includes(name)) return;
        const api = stubApi();
        await test.pkg.order(minimal.order.IPv4, stubbed(api.fetch, { [name]: undefined }));
        equal(api.requests.length, 1, "requests with undefined: no guard either");
      },
    ]),
  );
}

const guards = ["maxPrice", "requirePromoCode"];

/** @param {Test} test */
export async function anUndefinedGuardIsAnIssue({ pkg }) {
  for (const name of guards) {
    const inherited = Object.create({ [name]: undefined });
    for (const options of [{ [name]: undefined }, Object.assign(inherited, stubbed(stubApi().fetch))]) {
      const api = stubApi();
      const order = pkg.order(minimal.order.IPv4, Object.assign(options, stubbed(api.fetch)));
      const { issues } = await rejected(order, "invalid_options", { outcome: "not_placed" });
      equal([issues.length, ...issues[0].path, issues[0].code], [1, name, "wrong_type"], "issue");
      assert(/Leave it out to order without a guard\.$/.test(issues[0].message), issues[0].message);
      equal(api.requests.length, 0, "requests");
    }
    const calculated = await pkg.calculate(minimal.calculate.IPv4, stubbed(stubApi().fetch, { [name]: undefined }));
    equal(calculated, responses.calculate, "options of order given to calculate");
  }
}

/** @param {Test} test */
export async function apiKeyDefaultsToAPlaceholderOnTheOwnOrigin(test) {
  const url = await urlOf(test, { apiKey: undefined, baseUrl: "/api" }, "order");
  equal(url, `${location.origin}/api/client/api/v1/self/order`, "URL");
  const own = await urlOf(test, { apiKey: "mine", baseUrl: "/api" }, "calculate");
  equal(own, `${location.origin}/api/client/api/v1/mine/calculate/order`, "URL");
  const { fetch } = stubApi();
  for (const baseUrl of ["https://api.example", `${location.origin}/api`]) {
    const order = test.pkg.order(minimal.order.IPv4, { baseUrl, fetch });
    const { issues } = await rejected(order, "invalid_options", { outcome: "not_placed" });
    equal(summaryOf(issues), ["apiKey:required"], baseUrl);
  }
}

/** @param {Test} test */
export async function anEmptyIdempotencyKeyHeaderIsIgnored({ pkg }) {
  const api = stubApi();
  const headers = { "Idempotency-Key": "" };
  await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { headers, baseUrl: "/empty-key" }));
  await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { headers }));
  const [own, other] = api.requests.map(({ headers }) => headers.get("idempotency-key"));
  assert(own && own.length > 20, `a random idempotency key on the page's own origin: ${own}`);
  equal(other, null, "idempotency key at another origin");
}

/** @param {Test} test */
export async function aBadIdempotencyKeyHeaderIsAnIssue({ pkg }) {
  for (const value of [...MISSING_VALUES, undefined, null, "é", "a\tb", "k".repeat(256)]) {
    for (const baseUrl of [newBaseUrl(), "/bad-header"]) {
      for (const more of [{}, { idempotencyKey: "good" }]) {
        const api = stubApi();
        const options = stubbed(api.fetch, { baseUrl, headers: { "idempotency-key": value }, ...more });
        const { issues } = await rejected(pkg.order(minimal.order.IPv4, options), "invalid_options", {
          outcome: "not_placed",
        });
        equal(summaryOf(issues), ["headers:malformed"], `issues of ${show(value)}`);
        equal(issues[0].message, `The header Idempotency-Key must be ${IDEMPOTENCY_KEY_RULE}`, "message");
        equal(api.requests.length, 0, "requests sent");
        equal(await pkg.calculate(minimal.order.IPv4, options), responses.calculate, "a calculation ignores it");
        equal(api.requests[0].headers.get("idempotency-key"), null, "header of the calculation");
      }
    }
  }
}

/** @param {Test} test */
export async function theHeaderOrderMaxPriceIsForTheOwnOriginOnly({ pkg }) {
  /** @type {[string, number, string][]} */
  const own = [
    ["/max-price", 2, "2"],
    [`${location.origin}/max-price`, 2.65 * 6, String(2.65 * 6)],
    ["/max-price", 1e21, "1e+21"],
  ];
  for (const [baseUrl, maxPrice, header] of own) {
    const api = stubApi();
    await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { baseUrl, maxPrice }));
    equal(
      api.requests.map(({ headers }) => headers.get("order-max-price")),
      [null, header],
      `Order-Max-Price of calculation and order to ${baseUrl}`,
    );
  }
  const free = stubApi({ ...responses.calculate, price: 0 });
  await pkg.order(minimal.order.IPv4, stubbed(free.fetch, { baseUrl: "/max-price", maxPrice: 1e-7 }));
  equal(free.requests[1].headers.get("order-max-price"), "1e-7", "a tiny maxPrice");
  for (const [baseUrl, more] of /** @type {[string, Fields][]} */ ([
    [newBaseUrl(), { maxPrice: 2 }],
    ["/max-price", {}],
    ["/max-price", { requirePromoCode: false }],
  ])) {
    const api = stubApi();
    await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { baseUrl, ...more }));
    for (const { headers } of api.requests) equal(headers.has("order-max-price"), false, `header to ${baseUrl}`);
  }
  const quote = stubApi();
  await pkg.calculate(minimal.order.IPv4, stubbed(quote.fetch, { baseUrl: "/max-price", maxPrice: 2 }));
  equal(quote.requests[0].headers.has("order-max-price"), false, "header of a calculation");
}

/** @param {Test} test */
export async function everyOptionIssueIsReportedAtOnce(test) {
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
  equal(
    await issuesOf(test, { baseUrl: "ftp://api.example", apiKey: "..", timeoutMs: 0 }),
    ["apiKey:malformed", "baseUrl:malformed", "timeoutMs:out_of_range"],
    "a malformed base URL hides nothing",
  );
  const flag = "true or false.";
  /** @type {[string, unknown, string][]} */
  const sentences = [
    [
      "baseUrl",
      undefined,
      "baseUrl is required: an https address or a path on the page's own origin, without credentials, query or " +
        "fragment; http is for loopback and the page's own origin, unless allowInsecure is true.",
    ],
    [
      "apiKey",
      "..",
      "apiKey must be text of 1 to 256 characters that can be one segment of a path: neither .. nor . alone.",
    ],
    ["signal", 5, "signal must be an AbortSignal."],
    ["timeoutMs", 0, "timeoutMs must be a number of milliseconds above 0 and at most 2147483647."],
    ["maxRetries", 11, "maxRetries must be a whole number from 0 to 10."],
    ["headers", { "": "" }, "headers must be what the constructor of Headers accepts."],
    ["credentials", "all", "credentials must be omit, same-origin or include."],
    ["fetch", "x", "fetch must be a function."],
    ["allowInsecure", 1, `allowInsecure must be ${flag}`],
    ["maxPrice", -1, "maxPrice must be a finite number, 0 or more."],
    ["requirePromoCode", "yes", `requirePromoCode must be ${flag}`],
    ["allowDuplicate", 1, `allowDuplicate must be ${flag}`],
    ["repeat", null, `repeat must be ${flag}`],
    ["idempotencyKey", " ", `idempotencyKey must be ${IDEMPOTENCY_KEY_RULE}`],
  ];
  for (const [name, value, message] of sentences) {
    const options = { ...stubbed(stubApi().fetch), [name]: value };
    const error = await rejected(test.pkg.order(minimal.order.IPv4, /** @type {any} */ (options)), "invalid_options", {
      outcome: name === "repeat" ? "unknown" : "not_placed",
    });
    equal(
      error.issues.map((/** @type {any} */ issue) => issue.message),
      [message],
      name,
    );
  }
  for (const options of [undefined, null, 5, "https://api.example", true, 1n, Symbol("x")]) {
    for (const endpoint of endpoints) {
      const error = await rejected(test.pkg[endpoint](minimal[endpoint].IPv4, options), "invalid_options", {
        outcome: endpoint === "order" ? "not_placed" : undefined,
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
export async function calculateIgnoresOrderOptions(test) {
  for (const value of [1, "x", null, true, {}, NaN, Symbol("x")]) {
    const more = {
      maxPrice: value,
      requirePromoCode: value,
      allowDuplicate: value,
      idempotencyKey: value,
      repeat: value,
    };
    const api = stubApi();
    equal(await test.pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, more)), responses.calculate, show(value));
    equal(api.requests[0].headers.get("idempotency-key"), null, "idempotency-key of a calculation");
  }
}

/** @param {Test} test */
export async function orderOptionsAreTypeChecked(test) {
  await rejectsEach(test, "maxPrice", "out_of_range", [-1, -0.01, NaN, Infinity, -Infinity]);
  await rejectsEach(test, "maxPrice", "wrong_type", NOT_A_NUMBER);
  await rejectsEach(test, "requirePromoCode", "wrong_type", NOT_A_FLAG);
  await rejectsEach(test, "allowDuplicate", "wrong_type", NOT_A_FLAG);
  await rejectsEach(test, "repeat", "wrong_type", NOT_A_FLAG);
  await rejectsEach(test, "idempotencyKey", "malformed", [
    ...["", " ", " a", "a ", "a\n", "a\nb", "a\r\nx: y", "\ta", "a\tb", "a\0", "a\0b", "\x7f"],
    ...["é", "ключ", "😀", BROKEN_TEXT],
    ...[...MISSING_VALUES, "k".repeat(256), "k".repeat(300)],
  ]);
  await rejectsEach(test, "idempotencyKey", "wrong_type", NOT_TEXT);
  await rejectsEach(test, "idempotencyKey", "out_of_range", [LONG_TEXT]);
  for (const more of [
    { maxPrice: 1.31 },
    { maxPrice: 1e9 },
    { maxPrice: Number.MAX_VALUE },
    { requirePromoCode: false },
    { allowDuplicate: false },
    { allowDuplicate: true },
  ]) {
    equal(await test.pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, more)), responses.order, show(more));
  }
  for (const maxPrice of [0, -0, 0.01]) {
    const options = stubbed(stubApi().fetch, { maxPrice });
    await rejected(test.pkg.order(minimal.order.IPv4, options), "refused", { outcome: "not_placed" });
  }
  const good = ["a", "0", "!", "~", "order 7", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "a, b", '"quoted"'];
  for (const idempotencyKey of [...good, ...MISSING_VALUES.map((text) => `${text}.`), "k".repeat(255)]) {
    const api = stubApi();
    await test.pkg.order(minimal.order.IPv4, stubbed(api.fetch, { idempotencyKey }));
    equal(api.requests[0].headers.get("idempotency-key"), idempotencyKey, "header");
  }
}

/** @param {Test} test */
export async function optionsAreReadOnceAndNeverChanged({ pkg }) {
  const api = stubApi();
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
  equal(await pkg.order(minimal.order.IPv4, watched), responses.order, "receipt");
  for (const name of Object.keys(options)) equal(reads.get(name), 1, `reads of ${name}`);
  equal(
    api.requests.map(({ url }) => isOrder(url)),
    [false, true],
    "calculation, then order",
  );
  equal(await pkg.order(minimal.order.IPv4, Object.freeze({ ...options })), responses.order, "frozen options");
}

/** @param {Test} test */
export async function theGlobalRequestIsLookedUpAtEachCall({ pkg }) {
  const { Request } = globalThis;
  const api = stubApi();
  const options = stubbed(api.fetch);
  await pkg.order(minimal.order.IPv4, options);
  // Like a polyfill, it takes a request of another class for text.
  globalThis.Request = /** @type {any} */ (
    class extends Request {
      /** @param {any} input @param {any} init */
      constructor(input, init) {
        super(input instanceof globalThis.Request ? input : String(input), init);
      }
    }
  );
  try {
    await pkg.order(minimal.order.IPv4, options);
  } finally {
    globalThis.Request = Request;
  }
  await pkg.order(minimal.order.IPv4, options);
  equal(new Set(api.requests.map(({ url }) => url)).size, 1, "URLs");
  equal(api.requests.length, 3, "requests");
}

/** @param {Test} test */
export async function theDefaultTimeoutIsThirtySeconds({ pkg }) {
  const { setTimeout } = globalThis;
  const waits = /** @type {unknown[]} */ ([]);
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {any} */ run, /** @type {any} */ ms) => {
      waits.push(ms);
      return setTimeout(run, ms);
    }
  );
  try {
    for (const more of [{}, { timeoutMs: undefined }])
      await pkg.calculate(minimal.calculate.IPv4, stubbed(stubApi().fetch, more));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  equal(
    waits.filter((ms) => Number(ms) > 1_000),
    [30_000, 30_000],
    "the deadlines",
  );
}
