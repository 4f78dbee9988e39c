// @ts-check
// An order is not placed twice, nor above the price or without the promo code that the caller asked for.
import {
  all,
  assert,
  countOrders,
  equal,
  isOrder,
  untilAborted,
  offline,
  rejected,
  refusals,
  replies,
  reply,
  settled,
  stubApi,
  show,
  stub,
  stubbed,
  until,
  wanted,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const warned = { ...replies.calculate, warnings: [{ code: 16, message: "Insufficient funds on balance" }] };
const promised = { ...replies.calculate, promoCodeStatus: "VALID", price: 1.18, discount: 10 };

/** @param {Test} test */
export async function aGuardCalculatesFirst({ pkg }) {
  for (const more of [{ maxPrice: 1.31 }, { requirePromoCode: true }, { maxPrice: 5, requirePromoCode: true }]) {
    const quote = "requirePromoCode" in more ? { ...promised, price: 1.31 } : replies.calculate;
    const api = stubApi(quote);
    const request = { ...wanted.order.MOBILE, promoCode: "PROMO10", authType: "IP", authIp: "203.0.113.7" };
    equal(
      await pkg.order(request, stubbed(api.fetch, { ...more, idempotencyKey: "once", headers: { "x-one": "1" } })),
      replies.order,
      "receipt",
    );
    equal(
      api.requests.map(({ url }) => isOrder(url)),
      [false, true],
      "requests",
    );
    equal(api.requests[0].json, { ...wanted.calculate.MOBILE, promoCode: "PROMO10" }, "body of the calculation");
    equal(api.requests[1].json, request, "body of the order");
    equal(
      api.requests.map(({ headers }) => headers.get("x-one")),
      ["1", "1"],
      "the caller's headers",
    );
    equal(
      api.requests.map(({ headers }) => headers.get("idempotency-key")),
      [null, "once"],
      "the key is the order's",
    );
  }
  const unguarded = stubApi();
  await pkg.order(wanted.order.IPv4, stubbed(unguarded.fetch, { requirePromoCode: false }));
  equal(
    unguarded.requests.map(({ url }) => isOrder(url)),
    [true],
    "no guard, no calculation",
  );
}

/** @param {Test} test */
export async function aGuardRefuses({ pkg }) {
  /** what, options, quote, whether it is ordered @type {[string, Fields, Fields, boolean][]} */
  const table = [
    ["dearer by a cent", { maxPrice: 1.3 }, replies.calculate, false],
    ["the very price", { maxPrice: 1.31 }, replies.calculate, true],
    ["cheaper", { maxPrice: 100 }, replies.calculate, true],
    ["nothing allowed", { maxPrice: 0 }, replies.calculate, false],
    ["a price of nothing", { maxPrice: 0 }, { ...replies.calculate, price: 0 }, true],
    ["a negative price", { maxPrice: -0 }, { ...replies.calculate, price: -1 }, true],
    ["0.1 + 0.2", { maxPrice: 0.3 }, { ...replies.calculate, price: 0.1 + 0.2 }, false],
    ["cheap with warnings", { maxPrice: 100 }, warned, false],
    ["a valid promo code", { requirePromoCode: true }, promised, true],
    ["a valid promo code with warnings", { requirePromoCode: true }, { ...promised, warnings: warned.warnings }, false],
    ["no promo code", { requirePromoCode: true }, replies.calculate, false],
    ["an invalid promo code", { requirePromoCode: true }, { ...replies.calculate, promoCodeStatus: "NO_VALID" }, false],
    ["an unknown status", { requirePromoCode: true }, { ...replies.calculate, promoCodeStatus: "EXPIRED" }, false],
    ["another letter case", { requirePromoCode: true }, { ...replies.calculate, promoCodeStatus: "valid" }, false],
    ["both good", { maxPrice: 1.18, requirePromoCode: true }, promised, true],
    ["valid but dear", { maxPrice: 1, requirePromoCode: true }, promised, false],
    ["cheap but not valid", { maxPrice: 5, requirePromoCode: true }, replies.calculate, false],
    ["an API refusal", { maxPrice: 5 }, refusals.calculate, false],
    ["an API refusal", { requirePromoCode: true }, refusals.calculate, false],
    ["empty warnings", { maxPrice: 5 }, { ...replies.calculate, warnings: [] }, true],
  ];
  await all(
    table.map(([what, more, quote, ordered]) => [
      what,
      async () => {
        const api = stubApi(quote);
        const call = pkg.order({ ...wanted.order.IPv4, promoCode: "X" }, stubbed(api.fetch, more));
        if (ordered) {
          equal(await call, replies.order, "receipt");
          return equal(countOrders(api), 1, "orders");
        }
        const error = await rejected(call, "refused", { outcome: "not_placed" });
        equal(error.quote, quote, "quote");
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
    [reply("no", 500), "http"],
    [reply("no", 404), "http"],
    [reply("no"), "invalid_response"],
    [untilAborted, "timeout"],
  ];
  for (const [answer, code] of ends) {
    const api = stub(answer);
    const options = stubbed(api.fetch, { maxPrice: 5, timeoutMs: code === "timeout" ? 50 : 5000 });
    const error = await rejected(pkg.order(wanted.order.IPv4, options), code, { outcome: "not_placed" });
    equal(error.quote, undefined, "quote");
    equal(countOrders(api), 0, "orders");
  }
  const controller = new AbortController();
  const api = stub(untilAborted);
  const call = pkg.order(wanted.order.IPv4, stubbed(api.fetch, { maxPrice: 5, signal: controller.signal }));
  await until(() => api.requests.length === 1, "the calculation");
  controller.abort();
  await rejected(call, "aborted", { outcome: "not_placed" });
  const late = new AbortController();
  const between = stub(() => {
    late.abort();
    return reply(replies.calculate)();
  });
  await rejected(
    pkg.order(wanted.order.IPv4, stubbed(between.fetch, { maxPrice: 5, signal: late.signal })),
    "aborted",
    { outcome: "not_placed" },
  );
  equal(countOrders(between), 0, "orders after an abort between guard and order");
}

/** @param {Test} test */
export async function guardAndOrderShareOneDeadline({ pkg }) {
  const api = stub(async (request) => {
    if (isOrder(request.url)) return untilAborted(request);
    await new Promise((resolve) => setTimeout(resolve, 400));
    return reply(replies.calculate)();
  });
  const start = performance.now();
  const error = await rejected(
    pkg.order(wanted.order.IPv4, stubbed(api.fetch, { maxPrice: 5, timeoutMs: 600 })),
    "timeout",
    { outcome: "unknown" },
  );
  const took = performance.now() - start;
  assert(took > 580 && took < 950, `took ${took} ms of 600`);
  equal(error.quote, replies.calculate, "quote");
}

/** @param {Test} test */
export async function guardsWorkOverHttp({ pkg, sandbox }) {
  const api = sandbox();
  const good = await pkg.order(
    { ...wanted.order.IPv4, promoCode: "PROMO10" },
    { ...api.options, maxPrice: 1.18, requirePromoCode: true },
  );
  assert(good.success && good.promoCodeStatus === "VALID", show(good));
  for (const [request, more] of /** @type {[Fields, Fields][]} */ ([
    [wanted.order.IPv4, { maxPrice: 1.3 }],
    [{ ...wanted.order.IPv4, promoCode: "WRONG" }, { requirePromoCode: true }],
    [{ ...wanted.order.IPv4, quantity: 100 }, { maxPrice: 1000 }],
    [{ ...wanted.order.IPv4, goal: "forbidden" }, { maxPrice: 5 }],
  ])) {
    const error = await rejected(pkg.order(request, { ...api.options, ...more }), "refused", {
      outcome: "not_placed",
      key: "demo-key",
    });
    equal(error.quote.success, true, "quote");
  }
  const wrongKey = await rejected(
    pkg.order(wanted.order.IPv4, { ...api.options, apiKey: "wr0ng", maxPrice: 5 }),
    "refused",
    { outcome: "not_placed", key: "wr0ng" },
  );
  equal(wrongKey.quote.error.code, 2, "code of the refusal");
  equal((await api.orders()).length, 1, "orders on the books");
}

/** An order whose reply is held until it is released. @param {Test["pkg"]} pkg @param {any} request @param {Fields} [more] @param {(reply: any) => any} [end] */
async function pendingOrder(pkg, request, more = {}, end = () => reply(replies.order)()) {
  /** @type {() => void} */
  let release = () => {};
  const gate = new Promise((resolve) => (release = () => resolve(undefined)));
  const api = stub(async () => {
    await gate;
    return end(undefined);
  });
  const call = pkg.order(request, stubbed(api.fetch, more));
  /** @type {unknown} */
  let failure;
  call.catch((/** @type {unknown} */ reason) => (failure = reason));
  await until(() => api.requests.length > 0 || failure, "a pending order");
  assert(api.requests.length > 0, `the pending order failed: ${show(failure)}`);
  return { call, release };
}

/** @param {Test} test */
export async function anIdenticalPendingOrderIsRefused({ pkg }) {
  const request = { ...wanted.order.MOBILE, promoCode: "X" };
  const { baseUrl } = stubbed(untilAborted);
  const first = await pendingOrder(pkg, request);
  const reversed = Object.fromEntries(Object.entries(request).reverse());
  const same = [
    request,
    { ...request },
    reversed,
    { ...request, protocol: "HTTP", authIp: "x" },
    { ...request, rotationTime: 5.0 },
    Object.assign(Object.create(null), request),
  ];
  for (const duplicate of same) {
    const api = stubApi();
    await rejected(pkg.order(duplicate, stubbed(api.fetch)), "duplicate_order", { outcome: "not_placed" });
    await rejected(pkg.order(duplicate, stubbed(api.fetch, { maxPrice: 100 })), "duplicate_order", {
      outcome: "not_placed",
    });
    await rejected(pkg.order(duplicate, stubbed(api.fetch, { baseUrl: `${baseUrl}/` })), "duplicate_order", {
      outcome: "not_placed",
    });
    equal(api.requests.length, 0, "requests sent");
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
  for (const [other, more] of others) {
    equal(
      await settled(pkg.order(other, stubbed(stubApi().fetch, more))),
      replies.order,
      `not identical: ${show(more)}`,
    );
  }
  equal(await pkg.calculate(request, stubbed(stubApi().fetch)), replies.calculate, "a calculation is no order");
  first.release();
  equal(await first.call, replies.order, "the first");
  equal(await pkg.order(request, stubbed(stubApi().fetch)), replies.order, "the next is free");
}

/** @param {Test} test */
export async function aBlankPromoCodeIsTheSameOrder({ pkg }) {
  const first = await pendingOrder(pkg, wanted.order.IPv4);
  for (const promoCode of ["", " ", null, undefined]) {
    await rejected(pkg.order({ ...wanted.order.IPv4, promoCode }, stubbed(stubApi().fetch)), "duplicate_order", {
      outcome: "not_placed",
    });
  }
  first.release();
  await first.call;
}

/** @param {Test} test */
export async function anOrderIsPendingUntilItsCallEnds({ pkg }) {
  /** @type {[string, any, any][]} */
  const ends = [
    ["refusal", reply(refusals.order), undefined],
    ["network", offline, "network"],
    ["http", reply("no", 500), "http"],
    ["invalid_response", reply("no"), "invalid_response"],
  ];
  for (const [what, end, code] of ends) {
    const first = await pendingOrder(pkg, wanted.order.ISP, {}, end);
    await rejected(pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), "duplicate_order", { outcome: "not_placed" });
    first.release();
    if (code) await rejected(first.call, code, { outcome: "unknown" });
    else await first.call;
    equal(await pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), replies.order, `after ${what}`);
  }
  await rejected(pkg.order(wanted.order.ISP, stubbed(untilAborted, { timeoutMs: 20 })), "timeout", {
    outcome: "unknown",
  });
  equal(await pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), replies.order, "after a timeout");
  const controller = new AbortController();
  const aborted = await pendingOrder(pkg, wanted.order.ISP, { signal: controller.signal });
  controller.abort();
  await rejected(aborted.call, "aborted", { outcome: "unknown" });
  equal(await pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), replies.order, "after an abort");
  await rejected(pkg.order(wanted.order.ISP, stubbed(stubApi().fetch, { maxPrice: 0 })), "refused", {
    outcome: "not_placed",
  });
  equal(await pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), replies.order, "after a refusal of the guard");
  await rejected(pkg.order(wanted.order.ISP, stubbed(stubApi().fetch, { signal: AbortSignal.abort() })), "aborted", {
    outcome: "not_placed",
  });
  equal(await pkg.order(wanted.order.ISP, stubbed(stubApi().fetch)), replies.order, "after an abort before the start");
}

/** @param {Test} test */
export async function aRefusedDuplicateDoesNotFreeTheFirst({ pkg }) {
  const first = await pendingOrder(pkg, wanted.order.IPv4);
  for (let duplicate = 0; duplicate < 3; duplicate += 1) {
    await rejected(pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch)), "duplicate_order", {
      outcome: "not_placed",
    });
  }
  first.release();
  await first.call;
}

/** @param {Test} test */
export async function anAllowedDuplicateIsPendingToo({ pkg }) {
  const first = await pendingOrder(pkg, wanted.order.IPv4);
  const second = await pendingOrder(pkg, wanted.order.IPv4, { allowDuplicate: true });
  first.release();
  await first.call;
  await rejected(pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch)), "duplicate_order", { outcome: "not_placed" });
  second.release();
  await second.call;
  equal(await pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch)), replies.order, "after both");
}

/** @param {Test} test */
export async function anOrderIsPendingDuringItsGuard({ pkg }) {
  const controller = new AbortController();
  const api = stub(untilAborted);
  const first = pkg.order(wanted.order.IPv4, stubbed(api.fetch, { maxPrice: 5, signal: controller.signal }));
  await until(() => api.requests.length === 1, "the calculation");
  await rejected(pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch)), "duplicate_order", { outcome: "not_placed" });
  controller.abort();
  await rejected(first, "aborted", { outcome: "not_placed" });
}

/** @param {Test} test */
export async function aDoubleClickOrdersOnce({ pkg, fresh, sandbox }) {
  const api = sandbox();
  const clicks = [1, 2, 3].map(() => pkg.order(wanted.order.IPv4, api.options));
  const ends = await Promise.allSettled(clicks);
  equal(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"], "ends");
  equal((await api.orders()).length, 1, "orders on the books");
  const unloaded = await fresh();
  const early = sandbox();
  const first = await Promise.allSettled([1, 2].map(() => unloaded.order(wanted.order.IPv4, early.options)));
  equal(
    first.map(({ status }) => status).sort(),
    ["fulfilled", "rejected"],
    "ends of first calls, before anything is loaded",
  );
  equal((await early.orders()).length, 1, "orders on the books");
}

/** @param {Test} test */
export async function anOrderPlacedByAGetterEnds({ pkg }) {
  const inner = /** @type {Promise<any>[]} */ ([]);
  const api = stubApi();
  const request = {
    ...wanted.order.IPv4,
    get goal() {
      inner.push(pkg.order({ ...wanted.order.IPv4, goal: "inner" }, stubbed(api.fetch)));
      return "outer";
    },
  };
  equal(await settled(pkg.order(request, stubbed(api.fetch))), replies.order, "outer");
  equal(await settled(inner[0]), replies.order, "inner");
}

/** @param {Test} test */
export async function theIdempotencyKeyIsAHeaderOfTheOrder({ pkg }) {
  for (const idempotencyKey of ["once", "a b c", "x".repeat(255)]) {
    const api = stubApi();
    await pkg.order(wanted.order.IPv4, stubbed(api.fetch, { idempotencyKey }));
    equal(api.requests[0].headers.get("idempotency-key"), idempotencyKey, "header");
  }
  const without = stubApi();
  await pkg.order(wanted.order.IPv4, stubbed(without.fetch));
  equal(without.requests[0].headers.get("idempotency-key"), null, "header elsewhere, by default");
}

/** @param {Test} test */
export async function anOrderToTheOwnOriginGetsARandomKey({ pkg }) {
  const keys = [];
  for (const baseUrl of ["/api", `${location.origin}/api`, "/api"]) {
    const api = stubApi();
    await pkg.order(wanted.order.IPv4, stubbed(api.fetch, { baseUrl, maxPrice: 5 }));
    equal(api.requests[0].headers.get("idempotency-key"), null, "header of the guard");
    keys.push(api.requests[1].headers.get("idempotency-key"));
  }
  equal(new Set(keys).size, 3, `a new one per call: ${keys}`);
  for (const key of keys)
    assert(typeof key === "string" && /^[\x21-\x7e]{20,}$/.test(key), `long enough to be unique: ${key}`);
  const many = stubApi();
  for (let count = 0; count < 100; count += 1) {
    await pkg.order(wanted.order.IPv4, stubbed(many.fetch, { baseUrl: "/api" }));
  }
  equal(new Set(many.requests.map(({ headers }) => headers.get("idempotency-key"))).size, 100, "keys of 100 calls");
  const api = stubApi();
  await pkg.order(wanted.order.IPv4, stubbed(api.fetch, { baseUrl: "/api", idempotencyKey: "mine" }));
  equal(api.requests[0].headers.get("idempotency-key"), "mine", "the caller's own");
  const quote = stubApi();
  await pkg.calculate(wanted.calculate.IPv4, stubbed(quote.fetch, { baseUrl: "/api" }));
  equal(quote.requests[0].headers.get("idempotency-key"), null, "header of a calculation");
  const lost = stubApi(undefined, offline);
  const error = await rejected(pkg.order(wanted.order.IPv4, stubbed(lost.fetch, { baseUrl: "/api" })), "network", {
    outcome: "unknown",
  });
  equal(error.idempotencyKey, lost.requests[0].headers.get("idempotency-key"), "the error tells the key that was made");
  assert(typeof error.idempotencyKey === "string", "the key is text");
}

/** @param {Test} test */
export async function aKeyBooksOnce({ pkg, sandbox }) {
  const api = sandbox();
  const options = { ...api.options, idempotencyKey: "click-1" };
  await rejected(pkg.order(wanted.order.IPv4, { ...options, headers: { "x-sandbox-fault": "cut-after" } }), "network", {
    outcome: "unknown",
    key: "demo-key",
  });
  const receipt = await pkg.order(wanted.order.IPv4, options);
  assert(receipt.success, "the repeat is answered");
  equal(
    (await api.orders()).map(({ orderNumber }) => orderNumber),
    [receipt.orderNumber],
    "orders on the books",
  );
}

/** @param {Test} test */
export async function ordersToTheOwnOriginWorkOverHttp({ inFrame }) {
  const { quote, receipt, idempotencyKeys, booked } = await inFrame("ownOrigin");
  equal(quote, replies.calculate, "quote");
  equal(receipt.success, true, "ordered");
  equal(idempotencyKeys.length, 1, "orders sent");
  assert(
    typeof idempotencyKeys[0] === "string" && idempotencyKeys[0].length >= 20,
    `Idempotency-Key: ${idempotencyKeys}`,
  );
  equal(booked, 1, "orders on the books");
}

/**
 * A connection that was used before is cut after the order was booked; browsers then send the POST again by themselves.
 * @param {Test} test
 */
export async function aPostSentAgainByTheBrowserBooksOnce({ pkg, sandbox, engine, log }) {
  for (const idempotencyKey of ["once-and-only", undefined]) {
    const api = sandbox({ idempotencyKey });
    const headers = { "x-sandbox-keep-alive": "1" };
    for (let warm = 0; warm < 2; warm += 1) await pkg.calculate(wanted.calculate.IPv4, { ...api.options, headers });
    const call = pkg.order(wanted.order.IPv4, {
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
    if (idempotencyKey) equal(booked, 1, "orders on the books with a key");
    else equal(booked, sent.length, "orders on the books without one");
    if (engine === "webkit") equal([reused, sent.length], [false, 1], "a connection for each POST");
  }
}

/** @param {Test} test */
export async function theQuotedRequestIsTheOneOrdered({ pkg }) {
  let reads = 0;
  const changing = {
    ...wanted.order.IPv4,
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
  const { baseUrl } = stubbed(untilAborted);
  let release = () => {};
  const gate = new Promise((resolve) => (release = () => resolve(undefined)));
  const held = stub(async () => {
    await gate;
    return reply(replies.order)();
  });
  const first = pkg.order(wanted.order.MOBILE, stubbed(held.fetch, { baseUrl }));
  await until(() => held.requests.length > 0, "a pending order");
  const api = stubApi();
  try {
    await rejected(
      pkg.order(wanted.order.MOBILE, stubbed(api.fetch, { baseUrl, allowDuplicate: false })),
      "duplicate_order",
      { outcome: "not_placed" },
    );
    equal(api.requests.length, 0, "requests sent");
  } finally {
    release();
    await first;
  }
}

/** @param {Test} test */
export async function theKeyOptionWinsOverTheHeader({ pkg }) {
  for (const [more, expected] of /** @type {[any, string][]} */ ([
    [{ headers: { "idempotency-key": "theirs" }, idempotencyKey: "mine" }, "mine"],
    [{ headers: { "Idempotency-Key": "theirs" } }, "theirs"],
    [{ headers: { "Idempotency-Key": "theirs" }, baseUrl: "/header" }, "theirs"],
  ])) {
    const api = stubApi();
    await pkg.order(wanted.order.IPv4, stubbed(api.fetch, { maxPrice: 5, ...more }));
    equal(
      api.requests.map(({ headers }) => headers.get("idempotency-key")),
      [null, expected],
      "the header",
    );
  }
}
