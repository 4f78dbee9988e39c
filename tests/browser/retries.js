// @ts-check
// How often a calculation is retried, and how long the pauses are.
import {
  all,
  assert,
  equal,
  isOrder,
  offline,
  oneOf,
  rejected,
  failures,
  responses,
  respondWith,
  settled,
  stubApi,
  sleep,
  stub,
  stubbed,
  until,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */

const again = { "retry-after": "0" };

/** The pauses between requests, in milliseconds. @param {{ at: number }[]} requests */
const pauses = (requests) => requests.slice(1).map(({ at }, index) => at - requests[index].at);

/** @param {Test} test */
export async function aCalculationIsRetried({ pkg }) {
  /** @type {[string, any, any][]} */
  const passing = [
    ["network", offline, "network"],
    ["a value that is not a Response", () => 5, "network"],
    [
      "a body that fails",
      () => new Response(new ReadableStream({ pull: (stream) => stream.error(new Error("cut")) })),
      "network",
    ],
    ...[408, 429, 500, 501, 502, 503, 504, 520, 599].map(
      (status) => /** @type {[string, any, any]} */ ([`status ${status}`, respondWith("no", status, again), "http"]),
    ),
  ];
  await all(
    passing.flatMap(([what, answer, code]) =>
      [0, 1, 3].map(
        (maxRetries) =>
          /** @type {[string, () => unknown]} */ ([
            `${what}, ${maxRetries} retries`,
            async () => {
              const api = stub(answer);
              await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries })), code, {
                ms: 20_000,
              });
              equal(api.requests.length, maxRetries + 1, "requests");
              for (const { json, request } of api.requests) {
                equal(json, minimal.calculate.IPv4, "each attempt has the whole body");
                equal(request.method, "POST", "method");
              }
              const signals = new Set(api.requests.map(({ request }) => request.signal));
              equal(signals.size, api.requests.length, "each attempt has a signal of its own");
            },
          ]),
      ),
    ),
  );
}

/** @param {Test} test */
export async function theDefaultIsTwoRetries({ pkg }) {
  const api = stub(respondWith("no", 503, again));
  await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: undefined })), "http", {
    ms: 20_000,
  });
  equal(api.requests.length, 3, "requests");
}

/** @param {Test} test */
export async function upToTenRetriesAreMade({ pkg }) {
  const api = stub(respondWith("no", 503, again));
  await rejected(
    pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 10, timeoutMs: 60_000 })),
    "http",
    { ms: 60_000 },
  );
  equal(api.requests.length, 11, "requests");
}

/** @param {Test} test */
export async function otherFailuresAreNotRetried({ pkg }) {
  const ends = [
    ...[300, 304, 400, 401, 403, 404, 405, 409, 410, 413, 421, 422, 425, 426, 451, 499].map(
      (status) => /** @type {const} */ ([() => new Response(status === 304 ? null : "no", { status }), "http"]),
    ),
    /** @type {const} */ ([respondWith("no"), "invalid_response"]),
    /** @type {const} */ ([respondWith("", 200), "invalid_response"]),
  ];
  for (const [answer, code] of ends) {
    const api = stub(answer);
    await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 5 })), code);
    equal(api.requests.length, 1, `requests after ${code}`);
  }
  for (const status of [200, 400, 429, 500, 503]) {
    const api = stub(respondWith(failures.calculate, status));
    equal(
      await pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 5 })),
      failures.calculate,
      "failure",
    );
    equal(api.requests.length, 1, `requests after a failure with status ${status}`);
  }
}

/** @param {Test} test */
export async function aRetryThatSucceedsIsTheAnswer({ pkg }) {
  const good = respondWith(responses.calculate);
  for (const answers of [
    [offline, good],
    [respondWith("no", 500, again), good],
    [respondWith("no", 429, again), offline, good],
    [offline, respondWith(failures.calculate)],
  ]) {
    const api = stub(...answers);
    const value = await pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 2 }));
    oneOf(value.success, [true, false], "success");
    equal(api.requests.length, answers.length, "requests");
  }
}

/** @param {Test} test */
export async function theLastFailureIsTheOneReported({ pkg }) {
  const api = stub(offline, respondWith("no", 500, again), respondWith("busy", 503, again));
  const error = await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 2 })), "http");
  equal([error.status, error.body, error.retryAfterMs], [503, "busy", 0], "status, body, pause");
}

/** @param {Test} test */
export async function pausesGrowAndJitter({ pkg }) {
  const runs = await Promise.all(
    [...Array(12)].map(async () => {
      const api = stub(offline);
      await pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 3 })).catch(() => {});
      return pauses(api.requests);
    }),
  );
  /** @param {number} index */
  const mean = (index) => runs.reduce((sum, run) => sum + run[index], 0) / runs.length;
  const means = [0, 1, 2].map(mean);
  const summary = means.map((ms) => `${Math.round(ms)} ms`).join(", ");
  assert(means[0] < means[1] && means[1] < means[2], `pauses grow: ${summary}`);
  assert(means[0] >= 20 && means[2] <= 10_000, `pauses are of use to a person who waits: ${summary}`);
  const firsts = runs.map(([first]) => first);
  assert(Math.max(...firsts) - Math.min(...firsts) > means[0] / 20, `pauses differ: ${firsts.map(Math.round)}`);
}

/** @param {Test} test */
export async function retryAfterIsHonored({ pkg }) {
  const seconds = stub(respondWith("no", 429, { "retry-after": "1" }), respondWith(responses.calculate));
  await pkg.calculate(minimal.calculate.IPv4, stubbed(seconds.fetch, { maxRetries: 1 }));
  const [pause] = pauses(seconds.requests);
  assert(pause >= 990 && pause < 4000, `Retry-After: 1 gave a pause of ${pause} ms`);

  const date = stub(
    () => respondWith("no", 503, { "retry-after": new Date(Date.now() + 2500).toUTCString() })(),
    respondWith(responses.calculate),
  );
  await pkg.calculate(minimal.calculate.IPv4, stubbed(date.fetch, { maxRetries: 1 }));
  const [until] = pauses(date.requests);
  assert(until >= 1400 && until < 5000, `a date 1.5 to 2.5 s ahead gave a pause of ${until} ms`);
}

/** @param {Test} test */
export async function noPauseGoesPastTheDeadline({ pkg }) {
  for (const value of ["60", "99999999999", new Date(Date.now() + 3_600_000).toUTCString()]) {
    const start = performance.now();
    const api = stub(respondWith("no", 429, { "retry-after": value }));
    const call = pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 5, timeoutMs: 600 }));
    const error = await rejected(call, "http");
    assert(performance.now() - start < 1600, "ends by the deadline");
    equal(api.requests.length, 1, "requests");
    equal(error.status, 429, "status");
  }
}

/** @param {Test} test */
export async function anAbortEndsThePause({ pkg }) {
  const controller = new AbortController();
  const api = stub(respondWith("no", 429, { "retry-after": "20" }));
  const call = pkg.calculate(
    minimal.calculate.IPv4,
    stubbed(api.fetch, { maxRetries: 5, signal: controller.signal, timeoutMs: 60_000 }),
  );
  await until(() => api.requests.length === 1, "the first attempt");
  await sleep(30);
  controller.abort("enough");
  const error = await rejected(call, "aborted", { ms: 1000 });
  equal(error.cause, "enough", "cause");
  await sleep(50);
  equal(api.requests.length, 1, "requests");
}

/** @param {Test} test */
export async function nothingIsSentAfterAnAbort({ pkg }) {
  const controller = new AbortController();
  const api = stub(() => {
    controller.abort();
    throw new TypeError("Failed to fetch");
  });
  await rejected(
    pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 5, signal: controller.signal })),
    "aborted",
  );
  await sleep(1500);
  equal(api.requests.length, 1, "requests");
}

/** @param {Test} test */
export async function nothingIsSentAfterTheTimeout({ pkg }) {
  const api = stub(offline);
  await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(api.fetch, { maxRetries: 10, timeoutMs: 250 })), [
    "timeout",
    "network",
  ]);
  const { length } = api.requests;
  await sleep(1500);
  equal(api.requests.length, length, "requests");
}

/** @param {Test} test */
export async function anOrderIsPostedOnce({ pkg }) {
  /** @type {[string, any][]} */
  const ends = [
    ["network", offline],
    ["nonsense", () => 5],
    ...[408, 421, 425, 429, 500, 502, 503, 504].map(
      (status) => /** @type {[string, any]} */ ([`status ${status}`, respondWith("no", status, again)]),
    ),
    ["no response", respondWith("")],
    ["a body that fails", () => new Response(new ReadableStream({ pull: (stream) => stream.error("cut") }))],
  ];
  await all(
    ends.flatMap(([what, answer]) =>
      [{}, { maxPrice: 5 }].map(
        (more) =>
          /** @type {[string, () => unknown]} */ ([
            what,
            async () => {
              const api = stubApi(responses.calculate, answer);
              await rejected(
                pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxRetries: 10, ...more })),
                ["network", "http", "invalid_response"],
                {
                  outcome: "unknown",
                },
              );
              await sleep(20);
              equal(api.requests.filter(({ url }) => isOrder(url)).length, 1, "POSTs of the order");
            },
          ]),
      ),
    ),
  );
}

/** @param {Test} test */
export async function theGuardIsRetried({ pkg }) {
  for (const more of [{ maxPrice: 2 }, { requirePromoCode: true }]) {
    let calculations = 0;
    const quote = { ...responses.calculate, promoCodeStatus: "VALID" };
    const api = stub((request) => {
      if (isOrder(request.url)) return respondWith(responses.order)();
      calculations += 1;
      return calculations === 1
        ? offline()
        : calculations === 2
          ? respondWith("no", 503, again)()
          : respondWith(quote)();
    });
    equal(
      await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxRetries: 2, ...more })),
      responses.order,
      "receipt",
    );
    equal(
      api.requests.map(({ url }) => isOrder(url)),
      [false, false, false, true],
      "requests",
    );

    const broken = stub(respondWith("no", 503, again));
    await rejected(pkg.order(minimal.order.IPv4, stubbed(broken.fetch, { maxRetries: 1, ...more })), "http", {
      outcome: "not_placed",
    });
    equal(
      broken.requests.map(({ url }) => isOrder(url)),
      [false, false],
      "requests of a guard that fails",
    );
  }
}

/** @param {Test} test */
export async function retriesWorkOverHttp({ pkg, sandbox }) {
  for (const [fault, attempts] of /** @type {[string, number][]} */ ([
    ["503; times=2; retry-after=0", 3],
    ["500; times=1; retry-after=0", 2],
    ["html-502; times=1", 2],
    ["cut-before; times=2", 3],
    ["reply; status=408; times=1; retry-after=0", 2],
  ])) {
    const api = sandbox({ maxRetries: 3, timeoutMs: 20_000 });
    equal(await pkg.calculate(minimal.calculate.IPv4, api.withFault(fault)), responses.calculate, fault);
    equal((await api.posts()).length, attempts, `POSTs with ${fault}`);
  }
  const api = sandbox({ maxRetries: 1, timeoutMs: 20_000 });
  const start = performance.now();
  await pkg.calculate(minimal.calculate.IPv4, api.withFault("429; times=1"));
  const took = performance.now() - start;
  assert(took >= 990, `the exposed Retry-After: 1 is honored across origins: ${took} ms`);
  const once = sandbox({ maxRetries: 5 });
  await settled(pkg.order(minimal.order.IPv4, once.withFault("503")).catch(() => {}));
  equal((await once.posts()).length, 1, "POSTs of an order");
}

/** @param {Test} test */
export async function pausesAreJitteredAfterEveryFailure({ pkg }) {
  const { random } = Math;
  const { setTimeout } = globalThis;
  /** The first pause, as it is passed to the timer. @param {any} answer @param {number} luck */
  const firstPause = async (answer, luck) => {
    /** @type {number[]} */
    const pauses = [];
    const timeoutMs = 20_000;
    Math.random = () => luck;
    globalThis.setTimeout = /** @type {any} */ (
      (/** @type {any} */ callback, /** @type {number} */ ms) => {
        if (ms < timeoutMs / 2) pauses.push(ms);
        return setTimeout(callback, ms);
      }
    );
    try {
      const { fetch } = stub(answer);
      await pkg.calculate(minimal.calculate.IPv4, stubbed(fetch, { maxRetries: 1, timeoutMs })).catch(() => {});
    } finally {
      Math.random = random;
      globalThis.setTimeout = setTimeout;
    }
    return pauses;
  };
  for (const answer of [
    () => {
      throw new TypeError("Failed to fetch");
    },
    respondWith("no", 503),
    respondWith("no", 408),
  ]) {
    equal([await firstPause(answer, 0), await firstPause(answer, 1)], [[125], [250]], "pauses");
  }
}
