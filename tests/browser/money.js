// @ts-check
// An order is not placed twice, nor above the price or without the promo code that the caller asked for.
import {
  all,
  assert,
  countOrders,
  equal,
  held,
  isOrder,
  untilAborted,
  newBaseUrl,
  offline,
  rejected,
  failures,
  responses,
  respondWith,
  settled,
  stubApi,
  show,
  stub,
  stubbed,
  until,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const notPlaced = { outcome: "not_placed" };
const unknown = { outcome: "unknown" };

const warned = { ...responses.calculate, warnings: [{ code: 16, message: "Insufficient funds on balance" }] };
const valid = { ...responses.calculate, promoCodeStatus: "VALID", price: 1.18, discount: 10 };

/** @param {Test} test */
export async function aGuardCalculatesFirst({ pkg }) {
  for (const more of [{ maxPrice: 1.31 }, { requirePromoCode: true }, { maxPrice: 5, requirePromoCode: true }]) {
    const quote = "requirePromoCode" in more ? { ...valid, price: 1.31 } : responses.calculate;
    const api = stubApi(quote);
    const request = { ...minimal.order.MOBILE, promoCode: "PROMO10", authType: "IP", authIp: "203.0.113.7" };
    equal(
      await pkg.order(request, stubbed(api.fetch, { ...more, idempotencyKey: "once", headers: { "x-one": "1" } })),
      responses.order,
      "receipt",
    );
    equal(
      api.requests.map(({ url }) => isOrder(url)),
      [false, true],
      "requests",
    );
    equal(api.requests[0].json, { ...minimal.calculate.MOBILE, promoCode: "PROMO10" }, "body of the calculation");
    equal(api.requests[1].json, request, "body of the order");
    equal(
      api.requests.map(({ headers }) => headers.get("x-one")),
      ["1", "1"],
      "the caller's headers",
    );
    equal(
      api.requests.map(({ headers }) => headers.get("idempotency-key")),
      [null, "once"],
      "the idempotency key is the order's",
    );
  }
  const unguarded = stubApi();
  await pkg.order(minimal.order.IPv4, stubbed(unguarded.fetch, { requirePromoCode: false }));
  equal(
    unguarded.requests.map(({ url }) => isOrder(url)),
    [true],
    "no guard, no calculation",
  );
}

/** @param {Test} test */
export async function aGuardRefuses({ pkg }) {
  const expired = { ...responses.calculate, promoCodeStatus: "EXPIRED" };
  const noisy = 0.1 + 0.2;
  const notValid = "its promo code is not valid.";
  /** what, options, quote, why it is not sent @type {[string, Fields, Fields, string | undefined][]} */
  const table = [
    [
      "more expensive by a cent",
      { maxPrice: 1.3 },
      responses.calculate,
      "its price of 1.31 is above maxPrice, which is 1.3.",
    ],
    ["the very price", { maxPrice: 1.31 }, responses.calculate, undefined],
    ["cheaper", { maxPrice: 100 }, responses.calculate, undefined],
    ["nothing allowed", { maxPrice: 0 }, responses.calculate, "its price of 1.31 is above maxPrice, which is 0."],
    ["a price of nothing", { maxPrice: 0 }, { ...responses.calculate, price: 0 }, undefined],
    ["a negative price", { maxPrice: -0 }, { ...responses.calculate, price: -1 }, undefined],
    ["a noisy price", { maxPrice: 0.3 }, { ...responses.calculate, price: noisy }, undefined],
    ["a noisy limit", { maxPrice: 2.65 * 6 }, { ...responses.calculate, price: 15.9 }, undefined],
    ["a noisy sum", { maxPrice: 65.5 }, { ...responses.calculate, price: 65.5000005 }, undefined],
    [
      "more than noise",
      { maxPrice: 0.3 },
      { ...responses.calculate, price: 0.300002 },
      "its price of 0.300002 is above maxPrice, which is 0.3.",
    ],
    ["cheap with warnings", { maxPrice: 100 }, warned, "Insufficient funds on balance"],
    ["a valid promo code", { requirePromoCode: true }, valid, undefined],
    [
      "valid, warnings",
      { requirePromoCode: true },
      { ...valid, warnings: warned.warnings },
      warned.warnings[0].message,
    ],
    ["no promo code", { requirePromoCode: true }, responses.calculate, notValid],
    ["an invalid promo code", { requirePromoCode: true }, { ...expired, promoCodeStatus: "NO_VALID" }, notValid],
    ["an unknown status", { requirePromoCode: true }, expired, notValid],
    ["another letter case", { requirePromoCode: true }, { ...expired, promoCodeStatus: "valid" }, notValid],
    ["both good", { maxPrice: 1.18, requirePromoCode: true }, valid, undefined],
    [
      "valid but expensive",
      { maxPrice: 1, requirePromoCode: true },
      valid,
      "its price of 1.18 is above maxPrice, which is 1.",
    ],
    ["cheap but not valid", { maxPrice: 5, requirePromoCode: true }, responses.calculate, notValid],
    ["a failure", { maxPrice: 5 }, failures.calculate, "Incorrect proxy type"],
    ["a failure", { requirePromoCode: true }, failures.calculate, "Incorrect proxy type"],
    ["empty warnings", { maxPrice: 5 }, { ...responses.calculate, warnings: [] }, undefined],
  ];
  await all(
    table.map(([what, more, quote, reason]) => [
      what,
      async () => {
        const api = stubApi(quote);
        const call = pkg.order({ ...minimal.order.IPv4, promoCode: "X" }, stubbed(api.fetch, more));
        if (!reason) {
          equal(await call, responses.order, "receipt");
          return equal(countOrders(api), 1, "orders");
        }
        const error = await rejected(call, "refused", notPlaced);
        equal(error.quote, quote, "quote");
        equal(error.message, `The order was not sent: ${reason}`, "message");
        equal(
          api.requests.map(({ url }) => isOrder(url)),
          [false],
          "requests",
        );
      },
    ]),
  );
}

/** @param {Test} test */
export async function aGuardThatFailsPlacesNothing({ pkg }) {
  /** @type {[any, any][]} */
  const ends = [
    [offline, "network"],
    [respondWith("no", 500), "http"],
    [respondWith("no", 404), "http"],
    [respondWith("no"), "invalid_response"],
    [untilAborted, "timeout"],
  ];
  for (const [answer, code] of ends) {
    const api = stub(answer);
    const options = stubbed(api.fetch, { maxPrice: 5, timeoutMs: code === "timeout" ? 50 : 5000 });
    const error = await rejected(pkg.order(minimal.order.IPv4, options), code, notPlaced);
    equal(error.quote, undefined, "quote");
    equal(countOrders(api), 0, "orders");
  }
  const controller = new AbortController();
  const api = stub(untilAborted);
  const call = pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5, signal: controller.signal }));
  await until(() => api.requests.length === 1, "the calculation");
  controller.abort();
  await rejected(call, "aborted", notPlaced);
  const late = new AbortController();
  const between = stub(() => {
    late.abort();
    return respondWith(responses.calculate)();
  });
  await rejected(
    pkg.order(minimal.order.IPv4, stubbed(between.fetch, { maxPrice: 5, signal: late.signal })),
    "aborted",
    notPlaced,
  );
  equal(countOrders(between), 0, "orders after an abort between guard and order");
}

/** @param {Test} test */
export async function guardAndOrderShareOneDeadline({ pkg }) {
  const api = stub(async (request) => {
    if (isOrder(request.url)) return untilAborted(request);
    await new Promise((resolve) => setTimeout(resolve, 400));
    return respondWith(responses.calculate)();
  });
  const start = performance.now();
  const error = await rejected(
    pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5, timeoutMs: 600 })),
    "timeout",
    { outcome: "unknown" },
  );
  const took = performance.now() - start;
  assert(took > 580 && took < 950, `took ${took} ms of 600`);
  equal(error.quote, responses.calculate, "quote");
}

/** @param {Test} test */
export async function guardsWorkOverHttp({ pkg, sandbox }) {
  const api = sandbox();
  const good = await pkg.order(
    { ...minimal.order.IPv4, promoCode: "PROMO10" },
    { ...api.options, maxPrice: 1.18, requirePromoCode: true },
  );
  assert(good.success && good.promoCodeStatus === "VALID", show(good));
  for (const [request, more] of /** @type {[Fields, Fields][]} */ ([
    [minimal.order.IPv4, { maxPrice: 1.3 }],
    [{ ...minimal.order.IPv4, promoCode: "WRONG" }, { requirePromoCode: true }],
    [{ ...minimal.order.IPv4, quantity: 100 }, { maxPrice: 1000 }],
    [{ ...minimal.order.IPv4, goal: "forbidden" }, { maxPrice: 5 }],
  ])) {
    const error = await rejected(pkg.order(request, { ...api.options, ...more }), "refused", {
      outcome: "not_placed",
      apiKey: "demo-key",
    });
    equal(error.quote.success, true, "quote");
  }
  const wrongKey = await rejected(
    pkg.order(minimal.order.IPv4, { ...api.options, apiKey: "wr0ng", maxPrice: 5 }),
    "refused",
    { outcome: "not_placed", apiKey: "wr0ng" },
  );
  equal(wrongKey.quote.error.code, 2, "code of the failure");
  equal((await api.orders()).length, 1, "orders booked");
}

/**
 * An order whose response is held until it is released.
 * @param {Test["pkg"]} pkg @param {any} request @param {Fields} options @param {() => any} [end]
 */
async function pendingOrder(pkg, request, options, end = respondWith(responses.order)) {
  const gate = held();
  const call = pkg.order(
    request,
    stubbed(async () => (await gate.fetch(), end()), options),
  );
  /** @type {unknown} */
  let failure;
  call.catch((/** @type {unknown} */ reason) => (failure = reason));
  await until(() => gate.isCalled() || failure, "a pending order");
  assert(gate.isCalled(), `the pending order failed: ${show(failure)}`);
  return { call, release: gate.succeed };
}

/** @param {Test["pkg"]} pkg @param {any} request @param {Fields} options */
async function isDuplicate(pkg, request, options) {
  const api = stubApi();
  await rejected(pkg.order(request, stubbed(api.fetch, options)), "duplicate_order", notPlaced);
  equal(api.requests.length, 0, "requests of a duplicate");
}

/** @param {Test["pkg"]} pkg @param {any} request @param {Fields} options @param {string} what */
const isPlaced = async (pkg, request, options, what) =>
  equal(await settled(pkg.order(request, stubbed(stubApi().fetch, options))), responses.order, what);

/** @param {Test} test */
export async function anIdenticalPendingOrderIsADuplicate({ pkg }) {
  const request = { ...minimal.order.MOBILE, promoCode: "X" };
  const baseUrl = newBaseUrl();
  const first = await pendingOrder(pkg, request, { baseUrl });
  const reversed = Object.fromEntries(Object.entries(request).reverse());
  const identical = [
    request,
    { ...request },
    reversed,
    { ...request, protocol: "HTTP", authIp: "x" },
    { ...request, rotationTime: 5.0 },
    Object.assign(Object.create(null), request),
  ];
  for (const duplicate of identical) {
    for (const more of [{}, { maxPrice: 100 }, { idempotencyKey: "another" }, { baseUrl: `${baseUrl}/` }]) {
      await isDuplicate(pkg, duplicate, { baseUrl, ...more });
    }
  }
  /** @type {[any, Fields][]} */
  const others = [
    [{ ...request, quantity: 2 }, {}],
    [{ ...request, promoCode: undefined }, {}],
    [{ ...request, promoCode: "X " }, {}],
    [{ ...request, goal: "scraping " }, {}],
    [{ ...request, authType: "IP", authIp: "203.0.113.7" }, {}],
    [request, { apiKey: "another" }],
    [request, { baseUrl: `${baseUrl}/prefix` }],
    [request, { baseUrl: "https://other.example" }],
    [request, { allowDuplicate: true }],
  ];
  for (const [other, more] of others) await isPlaced(pkg, other, { baseUrl, ...more }, `not identical: ${show(more)}`);
  const quote = await pkg.calculate(request, stubbed(stubApi().fetch, { baseUrl }));
  equal(quote, responses.calculate, "a calculation is not an order");
  first.release();
  equal(await first.call, responses.order, "the first");
  await isPlaced(pkg, request, { baseUrl }, "the next");
}

/** @param {Test} test */
export async function aBlankPromoCodeIsTheSameOrder({ pkg }) {
  const options = { baseUrl: newBaseUrl() };
  const first = await pendingOrder(pkg, minimal.order.IPv4, options);
  for (const promoCode of ["", " ", null, undefined]) {
    await isDuplicate(pkg, { ...minimal.order.IPv4, promoCode }, options);
  }
  first.release();
  await first.call;
}

/** @param {Test} test */
export async function anOrderIsPendingUntilItsCallEnds({ pkg }) {
  const request = minimal.order.ISP;
  /** @type {[string, () => any, any][]} */
  const ends = [
    ["a failure", respondWith(failures.order), undefined],
    ["a network error", offline, "network"],
    ["an HTTP error", respondWith("no", 500), "http"],
    ["an invalid response", respondWith("no"), "invalid_response"],
  ];
  /** @param {Fields} options @param {string} what */
  const isNoLongerPending = async (options, what) => {
    const next = pkg.order(request, stubbed(stubApi().fetch, options));
    const error = await rejected(next, "unresolved_order", unknown);
    equal(error.idempotencyKey, undefined, `idempotency key after ${what}`);
    await isPlaced(pkg, request, { ...options, allowDuplicate: true }, `after ${what}`);
  };
  for (const [what, end, code] of ends) {
    const options = { baseUrl: newBaseUrl() };
    const first = await pendingOrder(pkg, request, options, end);
    await isDuplicate(pkg, request, options);
    first.release();
    if (!code) await first.call;
    else {
      await rejected(first.call, code, unknown);
      await isNoLongerPending(options, what);
    }
    await isPlaced(pkg, request, options, `the next after ${what}`);
  }

  const late = { baseUrl: newBaseUrl() };
  await rejected(pkg.order(request, stubbed(untilAborted, { ...late, timeoutMs: 20 })), "timeout", unknown);
  await isNoLongerPending(late, "a timeout");

  const controller = new AbortController();
  const stopped = { baseUrl: newBaseUrl() };
  const aborted = await pendingOrder(pkg, request, { ...stopped, signal: controller.signal });
  controller.abort();
  await rejected(aborted.call, "aborted", unknown);
  await isNoLongerPending(stopped, "an abort");

  const unsent = { baseUrl: newBaseUrl() };
  const refused = pkg.order(request, stubbed(stubApi().fetch, { ...unsent, maxPrice: 0 }));
  await rejected(refused, "refused", notPlaced);
  await isPlaced(pkg, request, unsent, "after its guard stopped one");
  const abortedBefore = pkg.order(request, stubbed(stubApi().fetch, { ...unsent, signal: AbortSignal.abort() }));
  await rejected(abortedBefore, "aborted", notPlaced);
  await isPlaced(pkg, request, unsent, "after an abort before the start");
}

/** @param {Test} test */
export async function aRejectedDuplicateDoesNotFreeTheFirst({ pkg }) {
  const options = { baseUrl: newBaseUrl() };
  const first = await pendingOrder(pkg, minimal.order.IPv4, options);
  for (let duplicate = 0; duplicate < 3; duplicate += 1) await isDuplicate(pkg, minimal.order.IPv4, options);
  first.release();
  await first.call;
}

/** @param {Test} test */
export async function anAllowedDuplicateIsPendingToo({ pkg }) {
  const options = { baseUrl: newBaseUrl() };
  const first = await pendingOrder(pkg, minimal.order.IPv4, options);
  const second = await pendingOrder(pkg, minimal.order.IPv4, { ...options, allowDuplicate: true });
  first.release();
  await first.call;
  await isDuplicate(pkg, minimal.order.IPv4, options);
  second.release();
  await second.call;
  await isPlaced(pkg, minimal.order.IPv4, options, "after both");
}

/** @param {Test} test */
export async function anOrderIsPendingDuringItsGuard({ pkg }) {
  const controller = new AbortController();
  const options = { baseUrl: newBaseUrl() };
  const api = stub(untilAborted);
  const guard = { ...options, maxPrice: 5, signal: controller.signal };
  const first = pkg.order(minimal.order.IPv4, stubbed(api.fetch, guard));
  await until(() => api.requests.length === 1, "the calculation");
  await isDuplicate(pkg, minimal.order.IPv4, options);
  controller.abort();
  await rejected(first, "aborted", notPlaced);
}

/** @param {Test} test */
export async function aDoubleClickOrdersOnce({ pkg, fresh, sandbox }) {
  const api = sandbox();
  const clicks = [1, 2, 3].map(() => pkg.order(minimal.order.IPv4, api.options));
  const ends = await Promise.allSettled(clicks);
  equal(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"], "ends");
  equal((await api.orders()).length, 1, "orders booked");
  const unloaded = await fresh();
  const early = sandbox();
  const first = await Promise.allSettled([1, 2].map(() => unloaded.order(minimal.order.IPv4, early.options)));
  equal(
    first.map(({ status }) => status).sort(),
    ["fulfilled", "rejected"],
    "ends of first calls, before anything is loaded",
  );
  equal((await early.orders()).length, 1, "orders booked");
}

/** @param {Test} test */
export async function anOrderPlacedByAGetterEnds({ pkg }) {
  const inner = /** @type {Promise<any>[]} */ ([]);
  const api = stubApi();
  const request = {
    ...minimal.order.IPv4,
    get goal() {
      inner.push(pkg.order({ ...minimal.order.IPv4, goal: "inner" }, stubbed(api.fetch)));
      return "outer";
    },
  };
  equal(await settled(pkg.order(request, stubbed(api.fetch))), responses.order, "outer");
  equal(await settled(inner[0]), responses.order, "inner");
}

/** @param {Test} test */
export async function theIdempotencyKeyIsAHeaderOfTheOrder({ pkg }) {
  for (const idempotencyKey of ["once", "a b c", "x".repeat(255)]) {
    const api = stubApi();
    await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { idempotencyKey }));
    equal(api.requests[0].headers.get("idempotency-key"), idempotencyKey, "header");
  }
  const without = stubApi();
  await pkg.order(minimal.order.IPv4, stubbed(without.fetch));
  equal(without.requests[0].headers.get("idempotency-key"), null, "header elsewhere, by default");
}

/** @param {Test} test */
export async function anOrderToTheOwnOriginGetsARandomIdempotencyKey({ pkg }) {
  const idempotencyKeys = [];
  for (const baseUrl of ["/api", `${location.origin}/api`, "/api"]) {
    const api = stubApi();
    await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { baseUrl, maxPrice: 5 }));
    equal(api.requests[0].headers.get("idempotency-key"), null, "header of the guard");
    idempotencyKeys.push(api.requests[1].headers.get("idempotency-key"));
  }
  equal(new Set(idempotencyKeys).size, 3, `a new one per call: ${idempotencyKeys}`);
  for (const text of idempotencyKeys)
    assert(typeof text === "string" && /^[\x21-\x7e]{20,}$/.test(text), `long enough to be unique: ${text}`);
  const many = stubApi();
  for (let count = 0; count < 100; count += 1) {
    await pkg.order(minimal.order.IPv4, stubbed(many.fetch, { baseUrl: "/api" }));
  }
  equal(
    new Set(many.requests.map(({ headers }) => headers.get("idempotency-key"))).size,
    100,
    "idempotency keys of 100 calls",
  );
  const api = stubApi();
  await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { baseUrl: "/api", idempotencyKey: "mine" }));
  equal(api.requests[0].headers.get("idempotency-key"), "mine", "the caller's own");
  const quote = stubApi();
  await pkg.calculate(minimal.calculate.IPv4, stubbed(quote.fetch, { baseUrl: "/api" }));
  equal(quote.requests[0].headers.get("idempotency-key"), null, "header of a calculation");
  const lost = stubApi(undefined, offline);
  const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(lost.fetch, { baseUrl: "/api" })), "network", {
    outcome: "unknown",
  });
  equal(
    error.idempotencyKey,
    lost.requests[0].headers.get("idempotency-key"),
    "the error carries the idempotency key that was made",
  );
  assert(typeof error.idempotencyKey === "string", "the idempotency key is text");
}

/** @param {Test} test */
export async function anIdempotencyKeyBooksOnce({ pkg, sandbox }) {
  const api = sandbox();
  const options = { ...api.options, idempotencyKey: "click-1" };
  await rejected(
    pkg.order(minimal.order.IPv4, { ...options, headers: { "x-sandbox-fault": "cut-after" } }),
    "network",
    {
      outcome: "unknown",
      apiKey: "demo-key",
    },
  );
  const receipt = await pkg.order(minimal.order.IPv4, { ...options, repeat: true });
  assert(receipt.success, "the repeat is answered");
  equal(
    (await api.orders()).map(({ orderNumber }) => orderNumber),
    [receipt.orderNumber],
    "orders booked",
  );
}

/** @param {Test} test */
export async function ordersToTheOwnOriginWorkOverHttp({ inFrame }) {
  const { quote, receipt, idempotencyKeys, booked } = await inFrame("ownOrigin");
  equal(quote, responses.calculate, "quote");
  equal(receipt.success, true, "ordered");
  equal(idempotencyKeys.length, 1, "orders sent");
  assert(
    typeof idempotencyKeys[0] === "string" && idempotencyKeys[0].length >= 20,
    `Idempotency-Key: ${idempotencyKeys}`,
  );
  equal(booked, 1, "orders booked");
}

/**
 * A connection that was used before is cut after the order was booked; browsers then send the POST again by themselves.
 * @param {Test} test
 */
export async function aPostSentAgainByTheBrowserIsBookedOnce({ pkg, sandbox, engine, log }) {
  for (const idempotencyKey of ["once-and-only", undefined]) {
    const api = sandbox({ idempotencyKey });
    const headers = { "x-sandbox-keep-alive": "1" };
    for (let warm = 0; warm < 2; warm += 1) await pkg.calculate(minimal.calculate.IPv4, { ...api.options, headers });
    const call = pkg.order(minimal.order.IPv4, {
      ...api.options,
      headers: { ...headers, "x-sandbox-fault": "cut-after" },
    });
    const error = await settled(
      call.then(
        () => undefined,
        (/** @type {any} */ reason) => reason,
      ),
    );
    equal([error?.code, error?.outcome], ["network", "unknown"], "the page sees one call that failed");
    const posts = await api.posts();
    const sent = posts.filter(({ path }) => isOrder(path));
    const earlier = new Set(posts.filter(({ path }) => !isOrder(path)).map(({ connection }) => connection));
    const reused = earlier.has(sent[0].connection);
    const booked = (await api.orders()).length;
    await log(
      `connection cut after the booking, ${idempotencyKey ? "with" : "without"} an Idempotency-Key: ` +
        `${sent.length} POSTs on a connection that was ${reused ? "" : "not "}used before, ${booked} booked`,
    );
    if (idempotencyKey) equal(booked, 1, "orders booked with an idempotency key");
    else equal(booked, sent.length, "orders booked without one");
    if (engine === "webkit") equal([reused, sent.length], [false, 1], "a connection for each POST");
  }
}

/** @param {Test} test */
export async function theQuotedRequestIsTheOneOrdered({ pkg }) {
  let reads = 0;
  const changing = {
    ...minimal.order.IPv4,
    get quantity() {
      return (reads += 1);
    },
  };
  const api = stubApi();
  await pkg.order(changing, stubbed(api.fetch, { maxPrice: 5 }));
  equal(
    api.requests.map(({ json }) => json.quantity),
    [1, 1],
    "quoted and ordered",
  );
  equal(reads, 1, "reads");
}

/** @param {Test} test */
export async function allowDuplicateFalseAllowsNone({ pkg }) {
  const options = { baseUrl: newBaseUrl() };
  const first = await pendingOrder(pkg, minimal.order.MOBILE, options);
  await isDuplicate(pkg, minimal.order.MOBILE, { ...options, allowDuplicate: false });
  first.release();
  await first.call;
}

/** @param {Test} test */
export async function theIdempotencyKeyOptionWinsOverTheHeader({ pkg }) {
  for (const [more, expected] of /** @type {[any, string][]} */ ([
    [{ headers: { "idempotency-key": "theirs" }, idempotencyKey: "mine" }, "mine"],
    [{ headers: { "Idempotency-Key": "theirs" } }, "theirs"],
    [{ headers: { "Idempotency-Key": "theirs" }, baseUrl: "/header" }, "theirs"],
  ])) {
    const api = stubApi();
    await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5, ...more }));
    equal(
      api.requests.map(({ headers }) => headers.get("idempotency-key")),
      [null, expected],
      "the header",
    );
  }
}
