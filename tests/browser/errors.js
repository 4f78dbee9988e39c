// @ts-check
// Why a call failed: the code, what it carries, and whether an order may have been placed.
import {
  API_KEY,
  all,
  assert,
  checkError,
  neverSettles,
  equal,
  assertNoApiKey,
  endpoints,
  untilAborted,
  newBaseUrl,
  offline,
  otherRealm,
  pick,
  randomOf,
  failures,
  rejected,
  responses,
  respondWith,
  settled,
  stubApi,
  show,
  sleep,
  stalledBody,
  stub,
  stubbed,
  throwsAtOnce,
  until,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const reasons = () => [
  undefined,
  "text",
  "",
  5,
  NaN,
  null,
  false,
  1n,
  Symbol("reason"),
  {},
  [],
  new Error("mine"),
  new DOMException("x", "AbortError"),
  () => 1,
  Object.freeze({ a: 1 }),
  new Proxy({}, {}),
];

/** @param {any} error @param {unknown} reason @param {AbortSignal} signal */
function checkReason(error, reason, signal) {
  assert(Object.is(error.cause, signal.reason), `cause is the reason ${show(reason)}: ${show(error.cause)}`);
  assert("cause" in error, "cause is there, whatever it is");
}

/** @param {"calculate" | "order"} endpoint @param {string} outcome */
const outcomeOf = (endpoint, outcome) => (endpoint === "order" ? outcome : undefined);

/** @param {Test} test */
export async function aSignalAlreadyAbortedSendsNothing({ pkg }) {
  for (const endpoint of endpoints) {
    for (const reason of reasons()) {
      const controller = new AbortController();
      controller.abort(reason);
      const api = stubApi();
      const error = await rejected(
        pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, { signal: controller.signal })),
        "aborted",
        { outcome: outcomeOf(endpoint, "not_placed") },
      );
      checkReason(error, reason, controller.signal);
      equal(api.requests.length, 0, "requests sent");
    }
  }
}

/** @param {Test} test */
export async function anAbortEndsTheCallAtAnyMoment({ pkg }) {
  const half = (/** @type {Request} */ request) => stalledBody(request);
  const slowText = async () => ({ status: 200, headers: { get: () => null }, text: () => new Promise(() => {}) });
  /** @type {[string, (request: Request) => any][]} */
  const moments = [
    ["waiting", untilAborted],
    ["waiting for a fetch that ignores the abort", neverSettles],
    ["reading", half],
    ["reading a body that ignores the abort", slowText],
  ];
  await all(
    moments.flatMap(([what, answer]) =>
      endpoints.flatMap((endpoint) =>
        reasons().map(
          (reason) =>
            /** @type {[string, () => unknown]} */ ([
              `${endpoint}, ${what}, ${show(reason)}`,
              async () => {
                const controller = new AbortController();
                const api = stub(answer);
                const call = pkg[endpoint](
                  minimal[endpoint].IPv4,
                  stubbed(api.fetch, { signal: controller.signal, maxRetries: 5, timeoutMs: 5000 }),
                );
                await until(() => api.requests.length === 1, "the request");
                await sleep(1);
                controller.abort(reason);
                const error = await rejected(call, "aborted", { outcome: outcomeOf(endpoint, "unknown"), ms: 1000 });
                checkReason(error, reason, controller.signal);
                assert(api.requests[0].request.signal.aborted, "the request itself is aborted");
                equal(api.requests.length, 1, "requests sent");
              },
            ]),
        ),
      ),
    ),
  );
}

/** @param {Test} test */
export async function anAbortDuringTheCallOfFetchEndsTheCall({ pkg }) {
  for (const endpoint of endpoints) {
    const controller = new AbortController();
    const api = stub(() => {
      controller.abort("in fetch");
      return respondWith(responses[endpoint])();
    });
    const call = pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, { signal: controller.signal }));
    const error = await rejected(call, "aborted", { outcome: outcomeOf(endpoint, "unknown") });
    equal(error.cause, "in fetch", "cause");
  }
}

/** @param {Test} test */
export async function anAbortWhileOptionsAreReadSendsNothing({ pkg }) {
  for (const endpoint of endpoints) {
    const controller = new AbortController();
    const api = stubApi();
    const request = {
      ...minimal[endpoint].IPv4,
      get goal() {
        controller.abort("early");
        return "scraping";
      },
    };
    const call = pkg[endpoint](request, stubbed(api.fetch, { signal: controller.signal }));
    const error = await rejected(call, "aborted", { outcome: outcomeOf(endpoint, "not_placed") });
    equal(error.cause, "early", "cause");
    equal(api.requests.length, 0, "requests sent");
  }
}

/** @param {Test} test */
export async function aTimeoutSignalOfTheCallerIsAnAbort({ pkg }) {
  const signal = AbortSignal.timeout(30);
  const error = await rejected(
    pkg.calculate(minimal.calculate.IPv4, stubbed(untilAborted, { signal, timeoutMs: 5000 })),
    "aborted",
  );
  equal(error.cause.name, "TimeoutError", "the reason of AbortSignal.timeout");
  const before = AbortSignal.timeout(5000);
  await rejected(
    pkg.calculate(minimal.calculate.IPv4, stubbed(untilAborted, { signal: before, timeoutMs: 30 })),
    "timeout",
  );
}

/** @param {Test} test */
export async function theAbortWinsOverTheTimeout({ pkg }) {
  const controller = new AbortController();
  const api = stub((request) => {
    request.signal.addEventListener("abort", () => controller.abort("also"));
    return untilAborted(request);
  });
  const call = pkg.order(minimal.order.IPv4, stubbed(api.fetch, { signal: controller.signal, timeoutMs: 30 }));
  const error = await settled(call.then(undefined, (/** @type {any} */ reason) => reason));
  equal(error.code, "timeout", "the deadline came first");
  equal(error.outcome, "unknown", "outcome");

  const early = new AbortController();
  early.abort("first");
  await rejected(
    pkg.order(minimal.order.IPv4, stubbed(untilAborted, { signal: early.signal, timeoutMs: Number.MIN_VALUE })),
    "aborted",
    { outcome: "not_placed" },
  );
}

/** @param {Test} test */
export async function anAbortAfterTheEndChangesNothing({ pkg }) {
  const controller = new AbortController();
  const value = await pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, { signal: controller.signal }));
  controller.abort("late");
  equal(value, responses.order, "receipt");
}

/** @param {Test} test */
export async function theDeadlineCoversWaitingAndReading({ pkg, script, sandbox }) {
  /** @type {[string, (request: Request) => any][]} */
  const ways = [
    ["a fetch that hangs", untilAborted],
    ["a fetch that ignores the abort", neverSettles],
    ["stalled body", stalledBody],
  ];
  await all(
    ways.flatMap(([what, answer]) =>
      endpoints.map(
        (endpoint) =>
          /** @type {[string, () => unknown]} */ ([
            `${endpoint} ${what}`,
            async () => {
              const start = performance.now();
              const api = stub(answer);
              await rejected(
                pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, { timeoutMs: 100, maxRetries: 10 })),
                "timeout",
                {
                  outcome: outcomeOf(endpoint, "unknown"),
                },
              );
              const took = performance.now() - start;
              assert(took > 90 && took < 1100, `took ${took} ms`);
              equal(api.requests.length, 1, "requests");
              assert(api.requests[0].request.signal.aborted, "the request is aborted");
            },
          ]),
      ),
    ),
  );
  for (const stall of /** @type {const} */ (["headers", "body"])) {
    const api = await script({ body: '{"success":', stall });
    await rejected(pkg.order(minimal.order.IPv4, { ...api.options, timeoutMs: 400 }), "timeout", {
      outcome: "unknown",
    });
    const shopApi = sandbox({ timeoutMs: 400 });
    await rejected(pkg.order(minimal.order.IPv4, shopApi.withFault(`stall-${stall}`)), "timeout", {
      outcome: "unknown",
      apiKey: "demo-key",
    });
    equal((await shopApi.orders()).length, 1, `orders booked after stalled ${stall}`);
  }
}

/** @param {Test} test */
export async function theDeadlineCoversRetries({ pkg }) {
  const start = performance.now();
  const call = pkg.calculate(minimal.calculate.IPv4, stubbed(stub(offline).fetch, { timeoutMs: 400, maxRetries: 10 }));
  await rejected(call, "network");
  assert(performance.now() - start < 1400, "ends in time");
  let index = 0;
  const slow = async () => {
    await sleep(150);
    index += 1;
    throw new TypeError("Failed to fetch");
  };
  const begun = performance.now();
  await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(slow, { timeoutMs: 400, maxRetries: 10 })), [
    "timeout",
    "network",
  ]);
  assert(performance.now() - begun < 1400, `ends in time after ${index} attempts`);
}

/** @param {Test} test */
export async function aFetchThatFailsIsANetworkError({ pkg, script, url }) {
  const mine = new TypeError("Failed to fetch");
  for (const endpoint of endpoints) {
    for (const fetch of [() => Promise.reject(mine), throwsAtOnce(mine)]) {
      const error = await rejected(pkg[endpoint](minimal[endpoint].IPv4, stubbed(fetch)), "network", {
        outcome: outcomeOf(endpoint, "unknown"),
      });
      assert(error.cause === mine, "the original is the cause");
    }
    for (const value of ["text", undefined, null, 5, {}, { message: "no", name: "Error" }, Symbol("x")]) {
      const error = await rejected(
        pkg[endpoint](
          minimal[endpoint].IPv4,
          stubbed(() => Promise.reject(value)),
        ),
        "network",
        {
          outcome: outcomeOf(endpoint, "unknown"),
        },
      );
      equal(error.cause, undefined, `cause after ${show(value)}`);
    }
    for (const response of [
      { cut: /** @type {const} */ ("headers") },
      { body: '{"success":true', cut: /** @type {const} */ ("body") },
    ]) {
      const api = await script(response);
      const codes = /** @type {any} */ (response.cut === "body" ? ["network", "invalid_response"] : "network");
      await rejected(pkg[endpoint](minimal[endpoint].IPv4, api.options), codes, {
        outcome: outcomeOf(endpoint, "unknown"),
      });
    }
    const nobody = { baseUrl: "http://127.0.0.1:9", apiKey: API_KEY, maxRetries: 0, timeoutMs: 5000 };
    const failed = await rejected(pkg[endpoint](minimal[endpoint].IPv4, nobody), "network", {
      outcome: outcomeOf(endpoint, "unknown"),
    });
    assert(failed.cause instanceof TypeError, `the engine's own error is the cause: ${show(failed.cause)}`);
    const notFound = { ...nobody, baseUrl: `${url}/nowhere` };
    await rejected(pkg[endpoint](minimal[endpoint].IPv4, notFound), "http", {
      outcome: outcomeOf(endpoint, "unknown"),
    });
  }
}

/** @param {Test} test */
export async function redirectsAreRefused({ pkg, script, sandbox, url }) {
  for (const endpoint of endpoints) {
    for (const status of [301, 302, 303, 307, 308]) {
      const target = await script({ body: JSON.stringify(responses[endpoint]) });
      const api = await script({ status, headers: { location: target.options.baseUrl } });
      await rejected(pkg[endpoint](minimal[endpoint].IPv4, api.options), "network", {
        outcome: outcomeOf(endpoint, "unknown"),
      });
      equal((await target.received()).length, 0, `requests that followed ${status}`);
    }
  }
  const api = sandbox();
  await rejected(pkg.order(minimal.order.IPv4, api.withFault("redirect")), "network", {
    outcome: "unknown",
    apiKey: "demo-key",
  });
  equal((await api.orders()).length, 0, `orders behind the redirect of ${url}`);
}

/** @param {Test} test */
export async function theCauseOfANetworkErrorNeverShowsTheApiKey({ pkg }) {
  const encoded = encodeURIComponent(API_KEY);
  const quoted = `Request cannot be constructed from https://api.example/client/api/v1/${encoded}/order`;
  const inStack = new Error("no");
  inStack.stack = `Error: no\n at https://api.example/${encoded}`;
  const far = new Error("near", { cause: new TypeError("far", { cause: new Error(`at ${API_KEY}`) }) });
  const evil = Object.defineProperty(new Error("no"), "message", {
    get() {
      throw new Error(API_KEY);
    },
  });
  const deep = [...Array(50)].reduce((cause) => new Error("layer", { cause }), new Error(API_KEY));
  /** @type {[string, any][]} */
  const errors = [
    ["in the message", new TypeError(quoted)],
    ["in the message, as it was given", new TypeError(`no ${API_KEY}`)],
    ["in the stack", inStack],
    ["in its cause", new Error("no", { cause: new Error(quoted) })],
    ["in its cause's cause", new Error("no", { cause: far })],
    ["in a cause that is text", new Error("no", { cause: `key ${API_KEY}` })],
    ["fifty causes down", deep],
    ["in what a getter throws", evil],
    ["in a request", Object.assign(new TypeError("no"), { request: new Request(`https://api.example/${encoded}`) })],
    ["in a name", Object.assign(new TypeError("no"), { [API_KEY]: 1 })],
  ];
  /** The messages of an error and its causes. @param {any} error @returns {string[]} */
  const messagesOf = (error) => (error ? [error.message, ...messagesOf(error.cause)] : []);
  /** @type {Record<string, string[]>} */
  const copied = {
    "in the message": [quoted.replace(encoded, "[key]")],
    "in the message, as it was given": ["no [key]"],
    "in the stack": ["no"],
    "in its cause": ["no", quoted.replace(encoded, "[key]")],
    "in its cause's cause": ["no", "near", "far", "at [key]"],
    "in a cause that is text": ["no"],
    "fifty causes down": Array(10).fill("layer"),
    "in what a getter throws": [],
    "in a request": ["no"],
    "in a name": ["no"],
  };
  await all(
    errors.flatMap(([what, thrown]) =>
      endpoints.map(
        (endpoint) =>
          /** @type {[string, () => unknown]} */ ([
            `${endpoint}: ${what}`,
            async () => {
              const error = await rejected(
                pkg[endpoint](
                  minimal[endpoint].IPv4,
                  stubbed(() => Promise.reject(thrown)),
                ),
                "network",
                {
                  outcome: outcomeOf(endpoint, "unknown"),
                },
              );
              assert(error.cause !== thrown, "the cause is the original");
              equal(messagesOf(error.cause), copied[what], "messages of the copy and its causes");
              if (error.cause) equal(error.cause.name, thrown.name, "name of the copy");
            },
          ]),
      ),
    ),
  );
  const cyclic = new Error("round");
  cyclic.cause = new Error("and round", { cause: cyclic });
  const error = await rejected(
    pkg.order(
      minimal.order.IPv4,
      stubbed(() => Promise.reject(cyclic)),
    ),
    "network",
    { outcome: "unknown" },
  );
  assert(error.cause === cyclic, "a cycle of causes without the API key stays");
  const realm = otherRealm();
  try {
    const foreign = new realm.window.TypeError("elsewhere");
    const failed = await rejected(
      pkg.order(
        minimal.order.IPv4,
        stubbed(() => Promise.reject(foreign)),
      ),
      "network",
      { outcome: "unknown" },
    );
    assert(failed.cause === foreign, "an error of another realm stays");
  } finally {
    realm.remove();
  }
}

/** @param {Test} test */
export async function aHugeCauseIsSearchedInTime({ pkg }) {
  const buffer = new ArrayBuffer(32 * 2 ** 20);
  const views = [new Uint8Array(buffer), new Float64Array(buffer), new DataView(buffer)];
  /** @type {[string, unknown][]} */
  const carried = [
    ...views.map((view) => /** @type {[string, unknown]} */ ([view.constructor.name, view])),
    ["a list of views", views],
    ["an ArrayBuffer", buffer],
    ["views, deeper", { response: { parts: views } }],
  ];
  for (const [what, value] of carried) {
    const thrown = Object.assign(new TypeError("Failed to fetch"), { value });
    const start = performance.now();
    const call = pkg.order(minimal.order.IPv4, stubbed(stub(throwsAtOnce(thrown)).fetch));
    const error = await rejected(call, "network", { outcome: "unknown" });
    const took = performance.now() - start;
    assert(took < 500, `${what} took ${took} ms`);
    const { message, name, value: kept } = error.cause;
    equal([message, name, kept], ["Failed to fetch", "TypeError", undefined], `cause without ${what}`);
  }
}

/** @param {Test} test */
export async function httpErrorsCarryStatusBodyAndRetryAfter({ pkg }) {
  for (const endpoint of endpoints) {
    for (const status of [
      300, 304, 400, 401, 403, 404, 405, 408, 413, 421, 422, 429, 451, 499, 500, 501, 502, 503, 504, 599,
    ]) {
      const answer = () => (status === 304 ? new Response(null, { status }) : new Response("<h1>No</h1>", { status }));
      const error = await rejected(pkg[endpoint](minimal[endpoint].IPv4, stubbed(stub(answer).fetch)), "http", {
        outcome: outcomeOf(endpoint, "unknown"),
      });
      equal([error.status, error.body], [status, status === 304 ? "" : "<h1>No</h1>"], "status and body");
      equal(error.retryAfterMs, undefined, "retryAfterMs when the server said nothing");
      assert(error.message.includes(String(status)), `the message names the status: ${error.message}`);
    }
  }
  const long = await rejected(
    pkg.order(minimal.order.IPv4, stubbed(stub(respondWith("x".repeat(5000), 500)).fetch)),
    "http",
    {
      outcome: "unknown",
    },
  );
  equal(long.body, "x".repeat(2000), "body of 5000");
  const exact = await rejected(
    pkg.order(minimal.order.IPv4, stubbed(stub(respondWith("x".repeat(2000), 500)).fetch)),
    "http",
    { outcome: "unknown" },
  );
  equal(exact.body.length, 2000, "body of 2000");
}

/** @param {Test} test */
export async function bodiesNeverShowTheApiKey({ pkg }) {
  const encoded = encodeURIComponent(API_KEY);
  const texts = [
    `Cannot POST /client/api/v1/${encoded}/order`,
    `key ${API_KEY} is unknown`,
    API_KEY,
    encoded,
    `${API_KEY}${API_KEY}${encoded}`,
    `${"x".repeat(1995)}${API_KEY}`,
    `${"x".repeat(1998)}${encoded}`,
    `${"x".repeat(1990)}${API_KEY}${API_KEY}`,
    `${API_KEY.slice(0, 3)}${API_KEY}${API_KEY.slice(3)}`,
    `${encoded.slice(0, 5)}${encoded}${encoded.slice(5)}`,
    `${API_KEY} `.repeat(500),
    API_KEY.slice(0, 5).repeat(50_000) + API_KEY.slice(5).repeat(50_000),
  ];
  for (const endpoint of endpoints) {
    for (const text of texts) {
      for (const status of [200, 404]) {
        const code = status === 200 ? "invalid_response" : "http";
        const error = await rejected(
          pkg[endpoint](minimal[endpoint].IPv4, stubbed(stub(respondWith(text, status)).fetch)),
          code,
          {
            outcome: outcomeOf(endpoint, "unknown"),
          },
        );
        assert(
          !error.body.includes(API_KEY) && !error.body.includes(encoded),
          `body shows the API key: ${show(error.body)}`,
        );
        if (text.startsWith("x".repeat(1990))) {
          assert(
            !error.body.includes(API_KEY.slice(0, 2)),
            `body shows how the API key begins: ${show(error.body.slice(1980))}`,
          );
        }
      }
    }
  }
}

/** @param {Test} test */
export async function retryAfterIsGivenInMilliseconds({ pkg }) {
  /** @type {[string, (ms: any) => boolean][]} */
  const table = [
    ["0", (ms) => ms === 0],
    ["1", (ms) => ms === 1000],
    ["120", (ms) => ms === 120_000],
    [new Date(Date.now() + 60_000).toUTCString(), (ms) => ms > 50_000 && ms <= 60_000],
    ["299.997", (ms) => Math.abs(ms - 299_997) < 1e-6],
    ["0.5", (ms) => ms === 500],
    ["1.5.2", (ms) => ms === undefined],
    [new Date(Date.now() - 60_000).toUTCString(), (ms) => ms === undefined],
    ["Thu, 01 Jan 1970 00:00:00 GMT", (ms) => ms === undefined],
    ["soon", (ms) => ms === undefined],
    ["", (ms) => ms === undefined],
    ["-5", (ms) => ms === undefined || ms === 0],
    ["1e3", (ms) => ms === undefined],
    ["0x10", (ms) => ms === undefined],
    ["Infinity", (ms) => ms === undefined],
    ["99999999999999999999", (ms) => ms === undefined || (Number.isFinite(ms) && ms > 1e9)],
  ];
  for (const [value, good] of table) {
    for (const status of [429, 503]) {
      const api = stub(respondWith("slow down", status, { "retry-after": value }));
      const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(api.fetch)), "http", { outcome: "unknown" });
      assert(good(error.retryAfterMs), `Retry-After: ${value} gives ${error.retryAfterMs}`);
    }
  }
}

/** @param {Test} test */
export async function checksAreMadeInTheDocumentedOrder({ pkg }) {
  const aborted = AbortSignal.abort("early");
  const bad = { proxyType: "x" };
  const api = stub(untilAborted);
  const controller = new AbortController();
  const baseUrl = newBaseUrl();
  const first = pkg.order(minimal.order.IPv4, stubbed(api.fetch, { baseUrl, signal: controller.signal }));
  await until(() => api.requests.length === 1, "the first order");
  const good = minimal.order.IPv4;
  const options = (/** @type {Fields} */ more) => stubbed(api.fetch, { baseUrl, ...more });
  await rejected(pkg.order(bad, options({ signal: aborted, timeoutMs: 0 })), "invalid_options", {
    outcome: "not_placed",
  });
  await rejected(pkg.order(bad, options({ signal: aborted })), "invalid_request", { outcome: "not_placed" });
  await rejected(pkg.order(good, options({ signal: aborted })), "aborted", { outcome: "not_placed" });
  await rejected(pkg.order(good, options({})), "duplicate_order", { outcome: "not_placed" });
  await rejected(pkg.calculate(bad, options({ signal: aborted, timeoutMs: 0 })), "invalid_options");
  await rejected(pkg.calculate(bad, options({ signal: aborted })), "invalid_request");
  equal(api.requests.length, 1, "requests sent");
  controller.abort();
  await rejected(first, "aborted", { outcome: "unknown" });
  await rejected(pkg.order(good, options({ signal: aborted })), "aborted", { outcome: "not_placed" });
  await rejected(pkg.order(good, options({})), "unresolved_order", { outcome: "unknown" });
}

/** @param {Test} test */
export async function everyFaultHasItsOutcome({ pkg, sandbox }) {
  /** fault, its code, and the orders booked @type {[string, any, number][]} */
  const table = [
    ["cut-before", "network", 0],
    ["cut-after", "network", 1],
    ["cut-body", ["network", "invalid_response"], 1],
    ["truncated", "invalid_response", 1],
    ["empty", "invalid_response", 1],
    ["wrong-shape", "invalid_response", 1],
    ["stall-headers", "timeout", 1],
    ["stall-body", "timeout", 1],
    ["500", "http", 0],
    ["500; processed", "http", 1],
    ["503", "http", 0],
    ["429", "http", 0],
    ["html", "invalid_response", 0],
    ["html-502", "http", 0],
    ["reply; status=408", "http", 0],
    ["refusal-400", "http", 0],
  ];
  await all(
    table.map(([fault, code, booked]) => [
      fault,
      async () => {
        const api = sandbox({ timeoutMs: 500 });
        await rejected(pkg.order(minimal.order.IPv4, api.withFault(fault)), code, {
          outcome: "unknown",
          apiKey: "demo-key",
        });
        equal((await api.orders()).length, booked, "orders booked");
        equal((await api.posts()).length, 1, "POSTs");
      },
    ]),
  );
  for (const [fault, code] of /** @type {[string, any][]} */ ([
    ["cut-before", "network"],
    ["500", "http"],
    ["html", "invalid_response"],
    ["truncated", "invalid_response"],
    ["stall-body", "timeout"],
  ])) {
    const api = sandbox({ timeoutMs: 400, maxRetries: 0 });
    const options = api.withFault(`${fault}; on=calculate`, { maxPrice: 5 });
    await rejected(pkg.order(minimal.order.IPv4, options), code, {
      outcome: "not_placed",
      apiKey: "demo-key",
    });
    equal((await api.orders()).length, 0, `orders after a guard that met ${fault}`);
  }
  const forbidden = { ...minimal.order.IPv4, goal: "forbidden" };
  const value = await pkg.order(forbidden, sandbox().options);
  equal([value.success, "outcome" in value], [false, false], "a failure is a value");
}

/** @param {Test} test */
export async function orderErrorsCarryIdempotencyKeyAndQuote({ pkg }) {
  for (const [answer, code] of /** @type {[any, any][]} */ ([
    [offline, "network"],
    [respondWith("no", 500), "http"],
    [respondWith("no"), "invalid_response"],
    [untilAborted, "timeout"],
  ])) {
    const api = stubApi(responses.calculate, answer);
    const options = stubbed(api.fetch, { idempotencyKey: "once-7", maxPrice: 2, timeoutMs: 200 });
    const error = await rejected(pkg.order(minimal.order.IPv4, options), code, { outcome: "unknown" });
    equal(error.idempotencyKey, "once-7", `idempotencyKey of ${code}`);
    equal(error.quote, responses.calculate, `quote of ${code}`);
    const bare = await rejected(
      pkg.order(minimal.order.IPv4, stubbed(stubApi(undefined, answer).fetch, { timeoutMs: 200 })),
      code,
      { outcome: "unknown" },
    );
    equal([bare.idempotencyKey, bare.quote], [undefined, undefined], "without an idempotency key and a guard");
  }
}

/** @param {Test} test */
export async function noListenerOrTimerLeaks({ pkg }) {
  const timers = new Set();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  /** @type {Record<string, (signal: AbortSignal) => any>} */
  const ways = {
    success: () => pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, { timeoutMs: 60_000 })),
    guarded: () => pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, { timeoutMs: 60_000, maxPrice: 5 })),
    failure: (signal) =>
      pkg.calculate(minimal.calculate.IPv4, stubbed(stub(respondWith("{}")).fetch, { timeoutMs: 60_000, signal })),
    network: (signal) =>
      pkg.calculate(minimal.calculate.IPv4, stubbed(stub(offline).fetch, { timeoutMs: 60_000, signal })),
    retried: (signal) =>
      pkg.calculate(
        minimal.calculate.IPv4,
        stubbed(stub(offline, respondWith(responses.calculate)).fetch, { timeoutMs: 60_000, signal, maxRetries: 1 }),
      ),
    timeout: (signal) => pkg.calculate(minimal.calculate.IPv4, stubbed(neverSettles, { timeoutMs: 30, signal })),
    invalid: (signal) => pkg.order({}, stubbed(neverSettles, { timeoutMs: 60_000, signal })),
  };
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {any} */ run, /** @type {any} */ ms, /** @type {any[]} */ ...args) => {
      const id = set(() => {
        timers.delete(id);
        run(...args);
      }, ms);
      timers.add(id);
      return id;
    }
  );
  globalThis.clearTimeout = (id) => {
    timers.delete(id);
    clear(id);
  };
  try {
    for (const [what, run] of Object.entries(ways)) {
      const { signal } = new AbortController();
      /** @type {{ listener: any, until?: AbortSignal }[]} */
      const listeners = [];
      const { addEventListener: add, removeEventListener: remove } = signal;
      signal.addEventListener = (/** @type {any} */ type, /** @type {any} */ listener, /** @type {any} */ options) => {
        listeners.push({ listener, until: options?.signal });
        add.call(signal, type, listener, options);
      };
      signal.removeEventListener = (
        /** @type {any} */ type,
        /** @type {any} */ listener,
        /** @type {any} */ options,
      ) => {
        const index = listeners.findIndex((entry) => entry.listener === listener);
        if (index >= 0) listeners.splice(index, 1);
        remove.call(signal, type, listener, options);
      };
      const call = run(signal).then(
        () => {},
        () => {},
      );
      await new Promise((resolve) => set(resolve, 0));
      await call;
      await new Promise((resolve) => set(resolve, 0));
      equal(timers.size, 0, `timers left after ${what}`);
      equal(listeners.filter((entry) => !entry.until?.aborted).length, 0, `listeners left after ${what}`);
    }
  } finally {
    globalThis.setTimeout = set;
    globalThis.clearTimeout = clear;
  }
}

/** @param {Test} test */
export async function anEngineThatThrowsEndsOnlyThatCall({ pkg }) {
  const { set } = Headers.prototype;
  const api = stubApi();
  const options = stubbed(api.fetch, { idempotencyKey: "once", headers: { "x-shop": "7" } });
  Headers.prototype.set = throwsAtOnce(new Error("replaced"));
  try {
    await rejected(pkg.order(minimal.order.IPv4, options), "not_loaded", { outcome: "not_placed" });
  } finally {
    Headers.prototype.set = set;
  }
  equal(api.requests.length, 0, "requests sent");
  equal(await pkg.order(minimal.order.IPv4, options), responses.order, "the same order afterwards");
}

/** @param {Test} test */
export async function isProxyOrdersErrorAcceptsOurErrorsOnly({ pkg, fresh }) {
  const { isProxyOrdersError } = pkg;
  const ours = await pkg.calculate({}, {}).catch((/** @type {any} */ error) => error);
  equal(isProxyOrdersError(ours), true, "an error of ours");
  const other = await fresh();
  const theirs = await other.calculate({}, {}).catch((/** @type {any} */ error) => error);
  equal(isProxyOrdersError(theirs), true, "one of another copy of the package");
  equal(other.isProxyOrdersError(ours), true, "ours to another copy");
  const realm = otherRealm();
  try {
    const far = Object.assign(new realm.window.Error("x"), { name: "ProxyOrdersError", code: "network" });
    equal(isProxyOrdersError(far), true, "one of another realm");
  } finally {
    realm.remove();
  }
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const others = [
    undefined,
    null,
    0,
    5,
    NaN,
    "",
    "ProxyOrdersError",
    true,
    1n,
    Symbol("ProxyOrdersError"),
    {},
    [],
    () => 1,
    new Error("ProxyOrdersError"),
    new TypeError("x"),
    { name: "Error" },
    { name: 5 },
    { name: { toString: () => "ProxyOrdersError" } },
    { name: "ProxyOrdersError" },
    { name: "ProxyOrdersError", code: undefined },
    { name: "ProxyOrdersError", code: 5 },
    // As Comlink, postMessage and JSON leave an error.
    Object.assign(new Error("There was no response."), { name: "ProxyOrdersError" }),
    structuredClone(ours),
    { code: "network" },
    revoked.proxy,
    {
      get name() {
        throw new Error("no");
      },
    },
    new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
        has() {
          throw new Error("no");
        },
      },
    ),
    Object.create(null),
    new String("ProxyOrdersError"),
    globalThis,
  ];
  for (const value of others) equal(isProxyOrdersError(value), false, `isProxyOrdersError(${show(value)})`);
}

/** @param {Test} test */
export async function aResponseAndAnAbortAtTheSameMomentGiveOneError({ pkg }) {
  /** What each error has, and nothing else. @type {Record<string, string[]>} */
  const fields = {
    aborted: ["code", "name", "outcome"],
    http: ["body", "code", "name", "outcome", "retryAfterMs", "status"],
  };
  /** The code for each number of turns between the response and the abort. @type {string[]} */
  const codes = [];
  for (let turns = -1; turns < 12; turns += 1) {
    const controller = new AbortController();
    const abort = () => controller.abort("at once");
    const text = async () => {
      if (turns < 0) abort();
      let turn = Promise.resolve();
      for (let left = turns; left > 0; left -= 1) turn = turn.then(() => {});
      if (turns >= 0) void turn.then(abort);
      return "<h1>No</h1>";
    };
    const response = { status: 503, headers: { get: () => "7" }, text };
    const options = stubbed(async () => response, { signal: controller.signal });
    const error = await rejected(pkg.order(minimal.order.IPv4, options), ["aborted", "http"], { outcome: "unknown" });
    const what = `${error.code}, aborted after ${turns} turns`;
    equal(Object.keys(error).sort(), fields[error.code], `fields of ${what}`);
    equal("cause" in error, error.code === "aborted", `a cause of ${what}`);
    if (error.code === "aborted") equal(error.cause, "at once", "cause");
    else equal([error.status, error.retryAfterMs], [503, 7000], "status and pause");
    codes.push(error.code);
  }
  equal([codes[0], codes.at(-1)], ["aborted", "http"], "the first and the last code");
  equal(codes, [...codes].sort(), "once an abort is too late, every later one is too");
}

/** @param {Test} test */
export async function documentedApiErrorCodesHaveNames({ pkg }) {
  const documented = {
    ErrorApiKey: 2,
    IncorrectProxyType: 4,
    IncorrectMobileOperator: 8,
    IncorrectProtocol: 13,
    IncorrectGoal: 14,
    InsufficientFunds: 16,
    IncorrectIpAddresses: 24,
  };
  for (const [name, code] of Object.entries(documented)) equal(pkg.ApiErrorCode[name], code, name);
  equal(
    Object.keys(pkg.ApiErrorCode)
      .filter((name) => Number.isNaN(Number(name)))
      .sort(),
    Object.keys(documented).sort(),
    "names",
  );
}

/** @param {Test} test */
export async function everyExportIsThere({ pkg }) {
  equal(
    Object.keys(pkg).sort(),
    [
      "ApiErrorCode",
      "calculate",
      "calculateSchema",
      "createCheckout",
      "default",
      "forgetOrders",
      "init",
      "isProxyOrdersError",
      "order",
      "orderSchema",
      "validateCalculate",
      "validateOrder",
    ],
    "exports",
  );
  assert(pkg.default === pkg.init, "init is the default export");
}

/** @param {Test} test */
export async function noErrorShowsTheApiKey({ pkg, script, written }) {
  const apiKeys = [API_KEY, "plain-s3cr3t", "a b/c?d#e%", "ключи/日本", "$&$1$$$1\\", ".*+?^${}()|[]", "s3cr3ts3cr3t"];
  for (const apiKey of apiKeys) {
    const encoded = encodeURIComponent(apiKey);
    const echo = `Not found: /client/api/v1/${encoded}/order (${apiKey}) ${apiKey}${apiKey}`;
    /** @type {[string, () => any][]} */
    const cases = [
      ["invalid_request", () => pkg.order({ proxyType: "x" }, stubbed(untilAborted, { apiKey }))],
      [
        "unknown fields",
        () => pkg.order({ ...minimal.order.IPv4, [apiKey]: 1, [encoded]: 1 }, stubbed(untilAborted, { apiKey })),
      ],
      [
        "invalid_options",
        () =>
          pkg.order(
            minimal.order.IPv4,
            stubbed(untilAborted, { apiKey, timeoutMs: -1, headers: { "bad name": apiKey } }),
          ),
      ],
      [
        "bad baseUrl",
        () =>
          pkg.order(minimal.order.IPv4, stubbed(untilAborted, { apiKey, baseUrl: `https://${encoded}@api.example/` })),
      ],
      ["aborted", () => pkg.order(minimal.order.IPv4, stubbed(untilAborted, { apiKey, signal: AbortSignal.abort() }))],
      ["timeout", () => pkg.order(minimal.order.IPv4, stubbed(neverSettles, { apiKey, timeoutMs: 5 }))],
      [
        "network",
        () =>
          pkg.order(
            minimal.order.IPv4,
            stubbed(() => Promise.reject(new TypeError(echo)), { apiKey }),
          ),
      ],
      ["http", () => pkg.order(minimal.order.IPv4, stubbed(stub(respondWith(echo, 404)).fetch, { apiKey }))],
      ["invalid_response", () => pkg.order(minimal.order.IPv4, stubbed(stub(respondWith(echo)).fetch, { apiKey }))],
      ["refused", () => pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, { apiKey, maxPrice: 0 }))],
      [
        "real 404",
        async () => pkg.order(minimal.order.IPv4, { ...(await script({ status: 404, body: echo })).options, apiKey }),
      ],
      [
        "real cut",
        async () => pkg.order(minimal.order.IPv4, { ...(await script({ cut: "headers" })).options, apiKey }),
      ],
      [
        "real redirect",
        async () =>
          pkg.order(minimal.order.IPv4, {
            ...(await script({ status: 307, headers: { location: "/x" } })).options,
            apiKey,
          }),
      ],
      ["nobody there", () => pkg.order(minimal.order.IPv4, { baseUrl: "http://127.0.0.1:9", apiKey, timeoutMs: 3000 })],
    ];
    await all(
      cases.map(([what, run]) => [
        `${what}, API key ${apiKey}`,
        async () => {
          const error = await settled(
            run().then(
              () => assert(false, "resolved"),
              (/** @type {any} */ reason) => reason,
            ),
          );
          checkError(error, apiKey);
          assertNoApiKey(written, "the console", apiKey);
        },
      ]),
    );
  }
}

/** @param {Test} test */
export async function aPlaceholderIsNotReplaced({ pkg }) {
  const message = "NO_VALID: use it yourself, 1234567 times";
  const quote = { ...responses.calculate, promoCodeStatus: "NO_VALID", warnings: [{ code: 1, message }] };
  for (const apiKey of ["_", "self", "1234567"]) {
    const options = stubbed(stubApi(quote).fetch, { apiKey, maxPrice: 5 });
    const refused = await rejected(pkg.order(minimal.order.IPv4, options), "refused", { outcome: "not_placed" });
    equal(refused.quote, quote, `quote with the API key ${apiKey}`);
    assert(refused.message.includes(message), `message with the API key ${apiKey}: ${refused.message}`);
    const call = pkg.calculate(minimal.calculate.IPv4, stubbed(respondWith(message), { apiKey }));
    const failed = await rejected(call, "invalid_response");
    equal(failed.body, message, `body with the API key ${apiKey}`);
  }
  const guard = stubbed(stubApi(quote).fetch, { apiKey: "NO_VALID", maxPrice: 5 });
  const { quote: shown } = await rejected(pkg.order(minimal.order.IPv4, guard), "refused", { outcome: "not_placed" });
  equal(
    [shown.promoCodeStatus, shown.warnings[0].message],
    ["NO_VALID", message.replace("NO_VALID", "[key]")],
    "quote",
  );
}

/** @param {Test} test */
export async function textsInErrorsAreTruncated({ pkg }) {
  const long = "x".repeat(5_000_000);
  const unknown = Object.fromEntries([...Array(100)].map((_, at) => [`${at}${long.slice(0, 5_000)}`, 1]));
  const invalid = await rejected(pkg.order({ ...unknown }, stubbed(untilAborted)), "invalid_request", {
    outcome: "not_placed",
  });
  equal([invalid.message.length, invalid.issues.length], [2000, 106], "length of the message, and number of issues");
  const quote = { ...failures.calculate, error: { code: 4, message: long } };
  const guard = stubbed(stubApi(quote).fetch, { maxPrice: 5 });
  const refused = await rejected(pkg.order(minimal.order.IPv4, guard), "refused", { outcome: "not_placed" });
  equal([refused.message.length, refused.quote.error.message.length], [2000, 2000], "length of message and quote");
  const start = performance.now();
  const { body } = await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(respondWith(long, 404))), "http");
  equal(body.length, 2000, "length of the body");
  assert(performance.now() - start < 1000, `a body of 5 MB takes ${performance.now() - start} ms`);
  equal(
    await pkg.calculate(minimal.calculate.IPv4, stubbed(respondWith(quote))),
    quote,
    "the response of a successful call is unchanged",
  );
}

/** @param {Test} test */
export async function aQuoteNeverShowsTheApiKey({ pkg }) {
  const echo = `of ${API_KEY} or ${encodeURIComponent(API_KEY)}`;
  for (const quote of [
    { ...responses.calculate, warnings: [{ code: 16, message: echo }] },
    { ...responses.calculate, promoCodeStatus: echo },
    { ...responses.calculate, success: false, error: { code: 4, message: echo }, price: null },
  ]) {
    const error = await rejected(
      pkg.order(minimal.order.IPv4, stubbed(stubApi(quote).fetch, { requirePromoCode: true })),
      "refused",
      { outcome: "not_placed" },
    );
    assertNoApiKey(error, "the failure");
    assertNoApiKey(error.quote, "its quote");
  }
  const lost = await rejected(
    pkg.order(
      minimal.order.IPv4,
      stubbed(stubApi({ ...responses.calculate, proxyType: echo }, respondWith("no", 500)).fetch, { maxPrice: 5 }),
    ),
    "http",
    { outcome: "unknown" },
  );
  assertNoApiKey(lost.quote, "the quote of an order that failed");
}

/** @param {Test} test */
export async function aFailureAfterSendingIsUnknown({ pkg }) {
  // The engine fails after the order was handed to fetch.
  const { random } = Math;
  const api = stubApi(undefined, () => {
    Math.random = () => {
      throw new RangeError("no");
    };
    return respondWith(responses.order)();
  });
  try {
    const error = await settled(
      pkg.order(minimal.order.IPv4, stubbed(api.fetch)).then(
        () => "fulfilled",
        (/** @type {any} */ reason) => reason,
      ),
    );
    equal(error.outcome, "unknown", `outcome of ${error}`);
  } finally {
    Math.random = random;
  }
}

/** @param {Test} test */
export async function apiErrorCodeIsFrozen({ pkg }) {
  assert(Object.isFrozen(pkg.ApiErrorCode), "the codes are frozen");
}

/** @param {Test} test */
export async function aQuoteBuiltToBeSlowIsRedactedInTime({ pkg, log }) {
  // Each character of such an API key has several spellings that begin alike.
  const random = randomOf(4711);
  const apiKey = [...Array(64)].map(() => pick(random, [..."\\%&u"])).join("");
  const spelled = [...apiKey.slice(0, -1)]
    .map((char) => pick(random, [char, `\\${char}`, encodeURIComponent(char), `&#${char.charCodeAt(0)};`]))
    .join("");
  const message = spelled.repeat(Math.ceil(12_000 / spelled.length)).slice(0, 12_000);
  const warnings = [...Array(1_000)].map(() => ({ code: 16, message }));
  const quote = JSON.stringify({ ...responses.calculate, warnings });
  assert(quote.length >= 12_000_000, `the quote has ${quote.length} characters`);
  const timeoutMs = 1_000;
  const start = performance.now();
  const guard = stubbed(stub(respondWith(quote)).fetch, { apiKey, maxPrice: 5, timeoutMs });
  const error = await rejected(pkg.order(minimal.order.IPv4, guard), ["refused", "timeout"], {
    outcome: "not_placed",
    apiKey,
    ms: 20_000,
  });
  const took = performance.now() - start;
  await log(`a slow quote of 12 MB: ${error.code} after ${took.toFixed(0)} ms of ${timeoutMs}`);
  assert(took < timeoutMs + 1_500, `it took ${took} ms`);
  if (error.code === "timeout") return;
  const kept = error.quote.warnings.map((/** @type {any} */ warning) => warning.message);
  equal(kept.length, 100, "warnings that are kept");
  assert(kept.join("").length <= 50_000, `${kept.join("").length} characters are kept`);
}
