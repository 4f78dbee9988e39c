// @ts-check
// An order that was handed to `fetch` and then rejected is unresolved. Until it is resolved, no identical one is sent.
import {
  all,
  assert,
  countOrders,
  equal,
  failures,
  held,
  minimal,
  neverSettles,
  newBaseUrl,
  offline,
  rejected,
  respondWith,
  responses,
  settled,
  stalledBody,
  stub,
  stubApi,
  stubbed,
  until,
  untilAborted,
  withClock,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const IDEMPOTENCY_KEY = "order-1";
const DAY_MS = 24 * 60 * 60 * 1000;
const unknown = { outcome: "unknown" };
const notPlaced = { outcome: "not_placed" };
const sandboxed = { ...unknown, apiKey: "demo-key" };

/** Options of an order that is now unresolved. @param {any} pkg @param {Fields} [more] @param {Fields} [request] */
async function leaveUnresolved(pkg, more = { idempotencyKey: IDEMPOTENCY_KEY }, request = minimal.order.IPv4) {
  const options = { baseUrl: newBaseUrl(), ...more };
  await rejected(pkg.order(request, stubbed(stub(offline).fetch, options)), "network", unknown);
  return options;
}

/** @param {any} pkg @param {Fields} options @param {Fields} [request] */
async function isUnresolved(pkg, options, request = minimal.order.IPv4) {
  const api = stubApi();
  const error = await rejected(pkg.order(request, stubbed(api.fetch, options)), "unresolved_order", unknown);
  equal(api.requests.length, 0, "requests of an unresolved order");
  return error;
}

/** @param {any} pkg @param {Fields} options @param {string} what */
async function isPlaced(pkg, options, what) {
  const api = stubApi();
  equal(await settled(pkg.order(minimal.order.IPv4, stubbed(api.fetch, options))), responses.order, what);
  equal(countOrders(api), 1, `orders sent: ${what}`);
}

/**
 * Faults of the sandbox that lose the answer, options that end the call, and how it ends.
 * @type {[string, Fields, any][]}
 */
const lostAnswers = [
  ["cut-before", {}, "network"],
  ["cut-after", {}, "network"],
  ["stall-headers", { timeoutMs: 300 }, "timeout"],
  ["stall-body", { timeoutMs: 300 }, "timeout"],
  ["truncated", {}, "invalid_response"],
  ["html", {}, "invalid_response"],
  ["html-502", {}, "http"],
  ["refusal-400", {}, "http"],
  ["500", {}, "http"],
  ["503", {}, "http"],
  ["redirect", {}, "network"],
];

/** @param {Test} test */
export async function anIdenticalOrderIsNotSentAndARepeatIsBookedOnce({ pkg, sandbox }) {
  await all(
    lostAnswers.map(([fault, more, code]) => [
      fault,
      async () => {
        const api = sandbox({ idempotencyKey: IDEMPOTENCY_KEY });
        const { options } = api;
        const lost = await rejected(pkg.order(minimal.order.IPv4, api.withFault(fault, more)), code, sandboxed);
        equal(lost.idempotencyKey, IDEMPOTENCY_KEY, "idempotency key of the lost order");
        const posts = (await api.posts()).length;

        for (const again of [
          options,
          { ...options, idempotencyKey: undefined },
          { ...options, idempotencyKey: "order-2" },
          { ...options, idempotencyKey: "order-2", repeat: true },
          { ...options, idempotencyKey: "order-2", maxPrice: 100 },
        ]) {
          const error = await rejected(pkg.order(minimal.order.IPv4, again), "unresolved_order", sandboxed);
          equal(error.idempotencyKey, IDEMPOTENCY_KEY, "idempotency key of the unresolved order");
        }
        equal((await api.posts()).length, posts, "posts");

        const receipt = await pkg.order(minimal.order.IPv4, { ...options, repeat: true });
        equal(receipt.success, true, "the repeat");
        const booked = await api.orders();
        equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");

        await pkg.order(minimal.order.IPv4, { ...options, idempotencyKey: "order-3" });
        equal((await api.orders()).length, 2, "orders after it was resolved");
      },
    ]),
  );
}

/** @param {Test} test */
export async function everyErrorAfterFetchLeavesTheOrderUnresolved({ pkg }) {
  /** @type {[string, any, (abort: () => void) => any][]} */
  const ends = [
    ["fetch throws", "network", () => offline],
    ["fetch returns nothing", "network", () => () => undefined],
    ["aborted", "aborted", (abort) => (/** @type {Request} */ request) => (abort(), untilAborted(request))],
    ["aborted, and fetch does not listen", "aborted", (abort) => () => (abort(), neverSettles())],
    ["timeout", "timeout", () => untilAborted],
    ["timeout of the body", "timeout", () => stalledBody],
    ["status 500", "http", () => respondWith("", 500)],
    ["status 404", "http", () => respondWith("", 404)],
    ["no JSON", "invalid_response", () => respondWith("<p>")],
  ];
  await all(
    ends.map(([what, code, answer]) => [
      what,
      async () => {
        const controller = new AbortController();
        const api = stub(answer(() => controller.abort()));
        const options = stubbed(api.fetch, { signal: controller.signal, timeoutMs: code === "timeout" ? 50 : 5000 });
        await rejected(pkg.order(minimal.order.ISP, options), code, unknown);
        await isUnresolved(pkg, { baseUrl: options.baseUrl }, minimal.order.ISP);
      },
    ]),
  );
}

/** @param {Test} test */
export async function onlyADocumented2xxResponseAnswersAnOrder({ pkg }) {
  for (const status of [400, 401, 402, 403, 404, 409, 429, 500, 503]) {
    for (const body of [failures.order, responses.order]) {
      const options = { baseUrl: newBaseUrl(), idempotencyKey: IDEMPOTENCY_KEY };
      const api = stub(respondWith(body, status));
      const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(api.fetch, options)), "http", unknown);
      equal([error.status, error.body], [status, JSON.stringify(body)], `error of status ${status}`);
      equal(error.idempotencyKey, IDEMPOTENCY_KEY, "idempotency key");
      await isUnresolved(pkg, { ...options, idempotencyKey: "order-2" });
      const repeat = stubbed(stub(respondWith(body, status)).fetch, { ...options, repeat: true });
      await rejected(pkg.order(minimal.order.IPv4, repeat), "http", unknown);
      await isPlaced(pkg, { ...options, repeat: true }, `the repeat after status ${status}`);
    }
  }
  for (const status of [200, 201, 299]) {
    for (const body of [failures.order, responses.order]) {
      const { fetch } = stub(respondWith(body, status));
      equal(await pkg.order(minimal.order.IPv4, stubbed(fetch)), body, `an answer with status ${status}`);
    }
  }
}

/** @param {Test} test */
export async function anOrderThatWasNotSentIsNotUnresolved({ pkg }) {
  const baseUrl = newBaseUrl();
  const good = () => stubbed(stubApi().fetch, { baseUrl });
  await rejected(pkg.order(minimal.order.IPv4, { ...good(), maxPrice: 0 }), "refused", notPlaced);
  const lost = stubbed(stub(offline).fetch, { baseUrl, maxPrice: 5 });
  await rejected(pkg.order(minimal.order.IPv4, lost), "network", notPlaced);
  const aborted = pkg.order(minimal.order.IPv4, { ...good(), signal: AbortSignal.abort() });
  await rejected(aborted, "aborted", notPlaced);
  equal(await pkg.order(minimal.order.IPv4, good()), responses.order, "receipt");
}

/** @param {Test} test */
export async function anAnsweredOrderIsNotUnresolved({ pkg }) {
  const baseUrl = newBaseUrl();
  const failed = stubbed(stub(respondWith(failures.order)).fetch, { baseUrl });
  equal(await pkg.order(minimal.order.IPv4, failed), failures.order, "failure");
  await isPlaced(pkg, { baseUrl }, "receipt");
  await isPlaced(pkg, { baseUrl }, "the next receipt");
}

/** @param {Test} test */
export async function theIdempotencyKeyAloneIsNotARepeat({ pkg }) {
  const withKey = await leaveUnresolved(pkg);
  for (const more of [
    {},
    { repeat: false },
    { idempotencyKey: undefined },
    { idempotencyKey: "order-2" },
    { idempotencyKey: "ORDER-1", repeat: true },
    { idempotencyKey: "order-2", repeat: true },
  ]) {
    const error = await isUnresolved(pkg, { ...withKey, ...more });
    equal(error.idempotencyKey, IDEMPOTENCY_KEY, "idempotency key of the unresolved order");
  }
  const withoutKey = await leaveUnresolved(pkg, {});
  for (const more of [{}, { idempotencyKey: IDEMPOTENCY_KEY }, { idempotencyKey: IDEMPOTENCY_KEY, repeat: true }]) {
    const error = await isUnresolved(pkg, { ...withoutKey, ...more });
    equal("idempotencyKey" in error, false, "the error of an order without an idempotency key carries one");
  }
}

/** @param {Test} test */
export async function aRepeatNeedsAnIdempotencyKey({ pkg }) {
  for (const baseUrl of [newBaseUrl(), "/repeat-without-key"]) {
    for (const more of [{}, { headers: { "idempotency-key": "" } }, { maxPrice: 5 }]) {
      const api = stubApi();
      const options = stubbed(api.fetch, { baseUrl, repeat: true, ...more });
      const { issues } = await rejected(pkg.order(minimal.order.IPv4, options), "invalid_options", unknown);
      equal([issues.length, issues[0].path, issues[0].code], [1, ["idempotencyKey"], "required"], "the issue");
      equal(api.requests.length, 0, "requests sent");
    }
    const asHeader = { baseUrl, repeat: true, headers: { "Idempotency-Key": IDEMPOTENCY_KEY } };
    await isPlaced(pkg, asHeader, "a repeat whose idempotency key is a header");
  }
}

/** @param {Test} test */
export async function otherOrdersAreNotStopped({ pkg }) {
  const options = await leaveUnresolved(pkg);
  for (const [request, more] of /** @type {[Fields, Fields][]} */ ([
    [minimal.order.ISP, {}],
    [{ ...minimal.order.IPv4, quantity: 2 }, {}],
    [minimal.order.IPv4, { apiKey: "another API key" }],
    [minimal.order.IPv4, { baseUrl: `${options.baseUrl}/v1` }],
  ])) {
    equal(await pkg.order(request, stubbed(stubApi().fetch, { ...options, ...more })), responses.order, "receipt");
  }
  equal(await pkg.calculate(minimal.order.IPv4, stubbed(stubApi().fetch, options)), responses.calculate, "quote");
  // A field that is not sent does not make it another order.
  await isUnresolved(pkg, { ...options, idempotencyKey: "order-2" }, { ...minimal.order.IPv4, promoCode: " " });
}

/** @param {Test} test */
export async function aRepeatIsNotStoppedByWarnings({ pkg }) {
  const spent = { ...responses.calculate, warnings: [{ code: 16, message: "Insufficient funds on balance" }] };
  const known = await leaveUnresolved(pkg);
  // As after a reload: this instance knows nothing about the order.
  const forgotten = { baseUrl: newBaseUrl(), idempotencyKey: IDEMPOTENCY_KEY };
  for (const options of [known, forgotten]) {
    const api = stubApi(spent);
    const receipt = await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { ...options, maxPrice: 2, repeat: true }));
    equal([receipt, countOrders(api)], [responses.order, 1], "receipt");
  }
}

/** @param {Test} test */
export async function theIdempotencyKeyOfAnotherOrderDoesNotMakeARepeat({ pkg }) {
  await leaveUnresolved(pkg, { idempotencyKey: "shared" });
  const refused = stubbed(stubApi().fetch, { idempotencyKey: "shared", maxPrice: 0 });
  await rejected(pkg.order(minimal.order.ISP, refused), "refused", notPlaced);
}

/** @param {Test} test */
export async function aRepeatIsAnsweredEvenIfTheFirstOrderSpentTheBalance({ pkg, sandbox }) {
  const api = sandbox({ idempotencyKey: IDEMPOTENCY_KEY, maxPrice: 100 });
  const expensive = { ...minimal.order.IPv4, quantity: 4 };
  await rejected(pkg.order(expensive, api.withFault("cut-after; on=order")), "network", sandboxed);
  const quote = await pkg.calculate(expensive, api.options);
  equal([quote.success, quote.warnings?.[0].code], [true, 16], "the balance is too low for another");
  const receipt = await pkg.order(expensive, { ...api.options, repeat: true });
  const booked = await api.orders();
  equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");
  const next = pkg.order(expensive, { ...api.options, idempotencyKey: "order-2" });
  await rejected(next, "refused", { ...notPlaced, apiKey: "demo-key" });
}

/** How a repeat ends without an answer: what, code, options, fetch. @type {[string, any, Fields, () => any][]} */
const unanswered = [
  ["no response", "network", {}, () => stub(offline)],
  ["not a documented response", "http", {}, () => stub(respondWith("", 404))],
  ["a failure whose status is not 2xx", "http", {}, () => stub(respondWith(failures.order, 402))],
  ["too expensive", "refused", { maxPrice: 2 }, () => stubApi({ ...responses.calculate, price: 9 })],
  ["no valid promo code", "refused", { requirePromoCode: true }, () => stubApi()],
  ["not calculated", "http", { maxPrice: 2 }, () => stub(respondWith("", 404))],
  ["aborted before", "aborted", { signal: AbortSignal.abort() }, () => stubApi()],
  ["invalid options", "invalid_options", { timeoutMs: -1 }, () => stubApi()],
  ["a bad flag", "invalid_options", { repeat: "yes" }, () => stubApi()],
  ["no fetch", "invalid_options", { fetch: 5 }, () => stubApi()],
];

/** @param {Test} test */
export async function aRepeatWithoutAnAnswerIsStillUnresolved({ pkg }) {
  await all(
    unanswered.map(([what, code, more, api]) => [
      what,
      async () => {
        const options = { ...(await leaveUnresolved(pkg)), repeat: true };
        const repeat = pkg.order(minimal.order.IPv4, stubbed(api().fetch, { ...options, ...more }));
        await rejected(repeat, code, unknown);
        await isUnresolved(pkg, { ...options, repeat: false });
        await isPlaced(pkg, options, "the next repeat");
        await isPlaced(pkg, { ...options, repeat: false }, "the next order");
      },
    ]),
  );
}

/** After a reload, the package knows nothing about the order. @param {Test} test */
export async function aRepeatOfAnUnknownOrderIsUnknownUntilItIsAnswered({ pkg }) {
  await all(
    unanswered.map(([what, code, more, api]) => [
      what,
      async () => {
        const options = { baseUrl: newBaseUrl(), idempotencyKey: "before-the-reload", repeat: true };
        const { fetch, requests } = api();
        await rejected(pkg.order(minimal.order.IPv4, stubbed(fetch, { ...options, ...more })), code, unknown);
        if (countOrders({ requests }) > 0) {
          const error = await isUnresolved(pkg, { baseUrl: options.baseUrl });
          equal(error.idempotencyKey, "before-the-reload", "idempotency key of the unresolved order");
        }
        await isPlaced(pkg, options, "the next repeat");
        await isPlaced(pkg, { baseUrl: options.baseUrl }, "the next order");
      },
    ]),
  );
  const invalid = stubbed(stubApi().fetch, { idempotencyKey: "before-the-reload", repeat: true });
  await rejected(pkg.order({ ...minimal.order.IPv4, quantity: 0 }, invalid), "invalid_request", unknown);
}

/** @param {Test} test */
export async function aRepeatWithin7DaysIsSent({ pkg }) {
  for (const [age, isSent] of /** @type {[number, boolean][]} */ ([
    [6.99 * DAY_MS, true],
    [7.01 * DAY_MS, false],
    [365 * DAY_MS, false],
  ])) {
    const options = { ...(await leaveUnresolved(pkg)), repeat: true };
    await withClock(
      Date,
      (now) => now + age,
      async () => {
        if (isSent) return isPlaced(pkg, options, `a repeat after ${age} ms`);
        const error = await isUnresolved(pkg, { ...options, maxPrice: 5 });
        equal(error.idempotencyKey, IDEMPOTENCY_KEY, "idempotency key of the old order");
      },
    );
  }
  // It counts from the first attempt, not from the latest.
  const options = { ...(await leaveUnresolved(pkg)), repeat: true };
  await withClock(
    Date,
    (now) => now + 4 * DAY_MS,
    () => rejected(pkg.order(minimal.order.IPv4, stubbed(stub(offline).fetch, options)), "network", unknown),
  );
  await withClock(
    Date,
    (now) => now + 8 * DAY_MS,
    () => isUnresolved(pkg, options),
  );
}

/** @param {Test} test */
export async function aDocumentedFailureOfARepeatResolvesTheOrder({ pkg }) {
  const options = await leaveUnresolved(pkg);
  const repeat = stubbed(stub(respondWith(failures.order)).fetch, { ...options, repeat: true });
  equal(await pkg.order(minimal.order.IPv4, repeat), failures.order, "answer to the repeat");
  await isPlaced(pkg, { ...options, idempotencyKey: "order-2" }, "the next order");
}

/** @param {Test} test */
export async function aRepeatIsADuplicateWhileOneIsPending({ pkg }) {
  const options = { ...(await leaveUnresolved(pkg)), repeat: true };
  const slow = held();
  const first = pkg.order(minimal.order.IPv4, stubbed(slow.fetch, options));
  const second = pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, options));
  await rejected(second, "duplicate_order", unknown);
  slow.succeed();
  equal(await settled(first), responses.order, "the first repeat");
}

/** @param {Test} test */
export async function allowDuplicateResolvesTheEarlierOrderAndLeavesItsOwn({ pkg }) {
  const options = await leaveUnresolved(pkg);
  const allowed = { ...options, allowDuplicate: true, idempotencyKey: "order-2" };
  await rejected(pkg.order(minimal.order.IPv4, stubbed(stub(offline).fetch, allowed)), "network", unknown);
  const error = await isUnresolved(pkg, { ...options, repeat: true });
  equal(error.idempotencyKey, "order-2", "idempotency key of the unresolved order");

  await isPlaced(pkg, allowed, "allowed once more");
  await isPlaced(pkg, { ...options, idempotencyKey: "order-3" }, "the next order");
}

/** @param {Test} test */
export async function allowDuplicateResolvesOnlyWhatWasUnresolvedWhenItsCallBegan({ pkg }) {
  const baseUrl = newBaseUrl();
  const [first, calculation] = [held(), held()];
  const p1 = pkg.order(minimal.order.IPv4, stubbed(first.fetch, { baseUrl, idempotencyKey: "p1" }));
  const api = stubApi();
  const p2 = pkg.order(
    minimal.order.IPv4,
    stubbed(
      async (/** @type {Request} */ request) => {
        if (countOrders({ requests: [request] }) === 0) await calculation.fetch();
        return api.fetch(request);
      },
      { baseUrl, idempotencyKey: "p2", allowDuplicate: true, maxPrice: 5 },
    ),
  );
  await until(() => calculation.isCalled(), "the calculation of P2");
  first.fail();
  await rejected(p1, "network", unknown);
  calculation.succeed();
  equal(await settled(p2), responses.order, "P2");
  const error = await isUnresolved(pkg, { baseUrl, idempotencyKey: "p3" });
  equal(error.idempotencyKey, "p1", "idempotency key of the unresolved order");
}

/** @param {Test} test */
export async function ordersUnresolvedAtTheSameTimeAreResolvedOneByOne({ pkg }) {
  const baseUrl = newBaseUrl();
  const order = (/** @type {any} */ fetch, /** @type {Fields} */ more) =>
    pkg.order(minimal.order.IPv4, stubbed(fetch, { baseUrl, ...more }));
  const [first, second] = [held(), held()];
  const one = order(first.fetch, { idempotencyKey: "order-1" });
  const other = order(second.fetch, { idempotencyKey: "order-2", allowDuplicate: true });
  first.fail();
  await rejected(one, "network", unknown);
  second.fail();
  await rejected(other, "network", unknown);

  for (const idempotencyKey of ["order-1", "order-2"]) {
    equal((await isUnresolved(pkg, { baseUrl })).idempotencyKey, "order-2", `latest before ${idempotencyKey}`);
    await isPlaced(pkg, { baseUrl, idempotencyKey, repeat: true }, `a repeat of ${idempotencyKey}`);
  }
  await isPlaced(pkg, { baseUrl }, "the next order");
}

/** @param {Test} test */
export async function anAnswerToARepeatResolvesNoOtherOrder({ pkg }) {
  const options = await leaveUnresolved(pkg);
  const slow = held();
  const repeat = pkg.order(minimal.order.IPv4, stubbed(slow.fetch, { ...options, repeat: true }));
  const allowed = { ...options, idempotencyKey: "order-2", allowDuplicate: true };
  await rejected(pkg.order(minimal.order.IPv4, stubbed(stub(offline).fetch, allowed)), "network", unknown);
  slow.succeed();
  equal(await repeat, responses.order, "the repeat");
  const error = await isUnresolved(pkg, { ...options, idempotencyKey: undefined });
  equal(error.idempotencyKey, "order-2", "idempotency key of the unresolved order");
}

/** @param {Test} test */
export async function anAllowedDuplicateThatIsNotSentResolvesNothing({ pkg }) {
  const options = await leaveUnresolved(pkg);
  const refused = { ...options, idempotencyKey: undefined, allowDuplicate: true, maxPrice: 0 };
  const error = await rejected(pkg.order(minimal.order.IPv4, stubbed(stubApi().fetch, refused)), "refused", notPlaced);
  equal("idempotencyKey" in error, false, "it carries the idempotency key of the unresolved order");
  await isUnresolved(pkg, { ...options, idempotencyKey: undefined });
}

/** @param {Test} test */
export async function theLatestHundredUnresolvedOrdersAreRemembered({ pkg }) {
  const baseUrl = newBaseUrl();
  const request = (/** @type {number} */ quantity) => ({ ...minimal.order.IPv4, quantity });
  for (let quantity = 1; quantity <= 101; quantity += 1) {
    const lost = stubbed(stub(offline).fetch, { baseUrl });
    await rejected(pkg.order(request(quantity), lost), "network", unknown);
  }
  for (const quantity of [2, 50, 101]) await isUnresolved(pkg, { baseUrl }, request(quantity));
  const oldest = pkg.order(request(1), stubbed(stubApi().fetch, { baseUrl }));
  equal(await oldest, responses.order, "the oldest is forgotten");
}

/** @param {Test} test */
export async function forgetOrdersForgetsPendingAndUnresolvedOrders({ pkg }) {
  const unresolved = await leaveUnresolved(pkg, {});
  pkg.forgetOrders();
  await isPlaced(pkg, unresolved, "an order like the forgotten one");

  const slow = held();
  const pending = { baseUrl: newBaseUrl() };
  const first = pkg.order(minimal.order.IPv4, stubbed(slow.fetch, pending));
  await until(() => slow.isCalled(), "the pending order");
  equal(pkg.forgetOrders(), undefined, "result");
  await isPlaced(pkg, pending, "an order like the pending one");
  slow.fail();
  await rejected(first, "network", unknown);
  await isPlaced(pkg, pending, "an order like the one that ended after it was forgotten");
}

/** @param {Test} test */
export async function aPageThatOrdersAgainAfterALostAnswerBooksOnce({ inFrame }) {
  const { first, second, idempotencyKeys, booked, receipt } = await inFrame("lostAnswer");
  equal([first.code, second.code], ["http", "unresolved_order"], "codes");
  assert(first.idempotencyKey.length > 20, "a random idempotency key was sent");
  equal(second.idempotencyKey, first.idempotencyKey, "idempotency key of the unresolved order");
  equal(idempotencyKeys, [first.idempotencyKey, first.idempotencyKey], "idempotency keys that were sent");
  equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");
}

/** @param {Test} test */
export async function aPageWithAnOpaqueOriginIsAPage({ inFrame }) {
  const { origin, doubleClick, lost, again, booked } = await inFrame("opaqueOrigin", { isOpaque: true });
  equal(origin, "null", "origin of the page");
  equal(doubleClick, ["placed", "duplicate_order not_placed"], "a double click with two idempotency keys");
  equal(
    [lost, again],
    ["http unknown click-3", "unresolved_order unknown click-3"],
    "a lost answer, and the next click",
  );
  equal(booked, 2, "orders");
}
