// @ts-check
// An order that was sent and then rejected leaves a doubt: an identical one is not sent until the doubt is settled.
import {
  all,
  assert,
  countOrders,
  neverSettles,
  equal,
  untilAborted,
  offline,
  rejected,
  refusals,
  replies,
  reply,
  settled,
  stubApi,
  stalledBody,
  stub,
  stubbed,
  wanted,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const KEY = "order-1";
const inDoubt = { outcome: "unknown" };
const sandboxed = { ...inDoubt, key: "demo-key" };

/** Options of an order that is in doubt now. @param {any} pkg @param {Fields} [more] @param {Fields} [request] */
async function leaveADoubt(pkg, more = { idempotencyKey: KEY }, request = wanted.order.IPv4) {
  const { baseUrl } = stubbed(() => {});
  await rejected(pkg.order(request, stubbed(stub(offline).fetch, { ...more, baseUrl })), "network", inDoubt);
  return { baseUrl, ...more };
}

/** @param {any} pkg @param {Fields} options @param {Fields} [request] */
async function isUnresolved(pkg, options, request = wanted.order.IPv4) {
  const api = stubApi();
  const error = await rejected(pkg.order(request, stubbed(api.fetch, options)), "unresolved_order", inDoubt);
  equal(api.requests.length, 0, "requests of an unresolved order");
  return error;
}

/** A `fetch` that waits to be told how it ends. */
function held() {
  let fail = () => {};
  let succeed = () => {};
  const answer = new Promise((resolve, reject) => {
    fail = () => reject(new TypeError("Failed to fetch"));
    succeed = () => resolve(reply(replies.order)());
  });
  return { fetch: () => answer, fail, succeed };
}

/** Faults of the sandbox that lose the reply, options that end the call, and how it ends. @type {[string, Fields, any][]} */
const lostReplies = [
  ["cut-before", {}, "network"],
  ["cut-after", {}, "network"],
  ["stall-headers", { timeoutMs: 300 }, "timeout"],
  ["stall-body", { timeoutMs: 300 }, "timeout"],
  ["truncated", {}, "invalid_response"],
  ["html", {}, "invalid_response"],
  ["html-502", {}, "http"],
  ["500", {}, "http"],
  ["503", {}, "http"],
  ["redirect", {}, "network"],
];

/** @param {Test} test */
export async function anIdenticalOrderIsNotSentAndARepeatIsBookedOnce({ pkg, sandbox }) {
  await all(
    lostReplies.map(([fault, more, code]) => [
      fault,
      async () => {
        const api = sandbox({ idempotencyKey: KEY });
        const { options } = api;
        const lost = await rejected(pkg.order(wanted.order.IPv4, api.withFault(fault, more)), code, sandboxed);
        equal(lost.idempotencyKey, KEY, "key of the lost order");
        const posts = (await api.posts()).length;

        for (const again of [
          { ...options, idempotencyKey: undefined },
          { ...options, idempotencyKey: "order-2" },
          { ...options, idempotencyKey: "order-2", maxPrice: 100 },
        ]) {
          const error = await rejected(pkg.order(wanted.order.IPv4, again), "unresolved_order", sandboxed);
          equal(error.idempotencyKey, KEY, "key of the order in doubt");
        }
        equal((await api.posts()).length, posts, "posts");

        const receipt = await pkg.order(wanted.order.IPv4, options);
        equal(receipt.success, true, "the repeat");
        const booked = await api.orders();
        equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");

        await pkg.order(wanted.order.IPv4, { ...options, idempotencyKey: "order-3" });
        equal((await api.orders()).length, 2, "orders after the doubt has ended");
      },
    ]),
  );
}

/** @param {Test} test */
export async function everyRejectionAfterFetchLeavesADoubt({ pkg }) {
  /** @type {[string, any, (abort: () => void) => any][]} */
  const ends = [
    ["fetch throws", "network", () => offline],
    ["fetch gives nothing", "network", () => () => undefined],
    ["aborted", "aborted", (abort) => (/** @type {Request} */ request) => (abort(), untilAborted(request))],
    ["aborted, and fetch does not listen", "aborted", (abort) => () => (abort(), neverSettles())],
    ["timeout", "timeout", () => untilAborted],
    ["timeout of the body", "timeout", () => stalledBody],
    ["status 500", "http", () => reply("", 500)],
    ["status 404", "http", () => reply("", 404)],
    ["no JSON", "invalid_response", () => reply("<p>")],
  ];
  await all(
    ends.map(([what, code, answer]) => [
      what,
      async () => {
        const controller = new AbortController();
        const api = stub(answer(() => controller.abort()));
        const options = stubbed(api.fetch, { signal: controller.signal, timeoutMs: code === "timeout" ? 50 : 5000 });
        await rejected(pkg.order(wanted.order.ISP, options), code, inDoubt);
        await isUnresolved(pkg, { baseUrl: options.baseUrl }, wanted.order.ISP);
      },
    ]),
  );
}

/** @param {Test} test */
export async function anUnsentOrderLeavesNoDoubt({ pkg }) {
  const { baseUrl } = stubbed(() => {});
  const good = () => stubbed(stubApi().fetch, { baseUrl });
  const refused = pkg.order(wanted.order.IPv4, { ...good(), maxPrice: 0 });
  await rejected(refused, "refused", { outcome: "not_placed" });
  const lost = stubbed(stub(offline).fetch, { baseUrl, maxPrice: 5 });
  await rejected(pkg.order(wanted.order.IPv4, lost), "network", { outcome: "not_placed" });
  const aborted = pkg.order(wanted.order.IPv4, { ...good(), signal: AbortSignal.abort() });
  await rejected(aborted, "aborted", { outcome: "not_placed" });
  equal(await pkg.order(wanted.order.IPv4, good()), replies.order, "receipt");
}

/** @param {Test} test */
export async function anAnswerLeavesNoDoubt({ pkg }) {
  const { baseUrl } = stubbed(() => {});
  for (const status of [200, 402, 500]) {
    const refusal = stubbed(stub(reply(refusals.order, status)).fetch, { baseUrl });
    equal(await pkg.order(wanted.order.IPv4, refusal), refusals.order, `refusal with status ${status}`);
  }
  equal(await pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch, { baseUrl })), replies.order, "receipt");
}

/** @param {Test} test */
export async function anotherKeyDoesNotPassAndNoKeyIsNoRepeat({ pkg }) {
  const withKey = await leaveADoubt(pkg);
  for (const idempotencyKey of [undefined, "order-2", "ORDER-1"]) {
    const error = await isUnresolved(pkg, { ...withKey, idempotencyKey });
    equal(error.idempotencyKey, KEY, "key of the order in doubt");
  }
  const withoutKey = await leaveADoubt(pkg, {});
  for (const more of [{}, { idempotencyKey: KEY }]) {
    const error = await isUnresolved(pkg, { ...withoutKey, ...more });
    equal("idempotencyKey" in error, false, "there is a key of the order in doubt");
  }
}

/** @param {Test} test */
export async function otherOrdersAreNotStopped({ pkg }) {
  const options = await leaveADoubt(pkg);
  for (const [request, more] of /** @type {[Fields, Fields][]} */ ([
    [wanted.order.ISP, {}],
    [{ ...wanted.order.IPv4, quantity: 2 }, {}],
    [wanted.order.IPv4, { apiKey: "another key" }],
    [wanted.order.IPv4, { baseUrl: `${options.baseUrl}/v1` }],
  ])) {
    equal(await pkg.order(request, stubbed(stubApi().fetch, { ...options, ...more })), replies.order, "receipt");
  }
  equal(await pkg.calculate(wanted.order.IPv4, stubbed(stubApi().fetch, options)), replies.calculate, "quote");
  // Its fields that are not sent do not make it another order.
  await isUnresolved(pkg, { ...options, idempotencyKey: "order-2" }, { ...wanted.order.IPv4, promoCode: " " });
}

/** @param {Test} test */
export async function aRepeatIsNotStoppedByWarnings({ pkg }) {
  const spent = { ...replies.calculate, warnings: [{ code: 16, message: "Insufficient funds on balance" }] };
  const options = await leaveADoubt(pkg);
  const api = stubApi(spent);
  const receipt = await pkg.order(wanted.order.IPv4, stubbed(api.fetch, { ...options, maxPrice: 2 }));
  equal([receipt, countOrders(api)], [replies.order, 1], "receipt");
}

/** @param {Test} test */
export async function aKeyInDoubtSaysNothingOfAnotherOrder({ pkg }) {
  await leaveADoubt(pkg, { idempotencyKey: "shared" });
  const refused = stubbed(stubApi().fetch, { idempotencyKey: "shared", maxPrice: 0 });
  await rejected(pkg.order(wanted.order.ISP, refused), "refused", { outcome: "not_placed" });
}

/** @param {Test} test */
export async function aRepeatIsAnsweredThoughTheFirstOrderHasSpentTheBalance({ pkg, sandbox }) {
  const api = sandbox({ idempotencyKey: KEY, maxPrice: 100 });
  const dear = { ...wanted.order.IPv4, quantity: 4 };
  const lost = api.withFault("cut-after; on=order");
  await rejected(pkg.order(dear, lost), "network", sandboxed);
  const quote = await pkg.calculate(dear, api.options);
  equal([quote.success, quote.warnings?.[0].code], [true, 16], "the balance is too low for another");
  const receipt = await pkg.order(dear, api.options);
  const booked = await api.orders();
  equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");
  const next = pkg.order(dear, { ...api.options, idempotencyKey: "order-2" });
  await rejected(next, "refused", { outcome: "not_placed", key: "demo-key" });
}

/** @param {Test} test */
export async function aRepeatThatFailsIsStillInDoubt({ pkg }) {
  const dear = { ...replies.calculate, price: 9 };
  /** what, code, options, what fetch answers @type {[string, any, Fields, any][]} */
  const failures = [
    ["no reply", "network", {}, stub(offline)],
    ["no documented reply", "http", {}, stub(reply("", 404))],
    ["a refusal whose status is not 2xx", "http", {}, stub(reply(refusals.order, 402))],
    ["too dear", "refused", { maxPrice: 2 }, stubApi(dear)],
    ["no valid promo code", "refused", { requirePromoCode: true }, stubApi()],
    ["not calculated", "http", { maxPrice: 2 }, stub(reply("", 404))],
    ["aborted before", "aborted", { signal: AbortSignal.abort() }, stubApi()],
    ["invalid options", "invalid_options", { timeoutMs: -1 }, stubApi()],
    ["no fetch", "invalid_options", { fetch: 5 }, stubApi()],
  ];
  await all(
    failures.map(([what, code, more, api]) => [
      what,
      async () => {
        const options = await leaveADoubt(pkg);
        const repeat = pkg.order(wanted.order.IPv4, stubbed(api.fetch, { ...options, ...more }));
        await rejected(repeat, code, inDoubt);
        await isUnresolved(pkg, { ...options, idempotencyKey: undefined });
        equal(await pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch, options)), replies.order, "the next repeat");
      },
    ]),
  );
  const options = await leaveADoubt(pkg);
  const invalid = pkg.order({ ...wanted.order.IPv4, quantity: 0 }, stubbed(stubApi().fetch, options));
  await rejected(invalid, "invalid_request", inDoubt);
}

/** @param {Test} test */
export async function aDocumentedRefusalOfARepeatEndsTheDoubt({ pkg }) {
  const options = await leaveADoubt(pkg);
  const refusal = await pkg.order(wanted.order.IPv4, stubbed(stub(reply(refusals.order)).fetch, options));
  equal(refusal, refusals.order, "answer of the repeat");
  const next = stubbed(stubApi().fetch, { ...options, idempotencyKey: "order-2" });
  equal(await pkg.order(wanted.order.IPv4, next), replies.order, "the next order");
}

/** @param {Test} test */
export async function aRepeatIsRefusedWhileOneIsPending({ pkg }) {
  const options = await leaveADoubt(pkg);
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  const slow = async () => (await released, reply(replies.order)());
  const first = pkg.order(wanted.order.IPv4, stubbed(slow, options));
  const second = pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch, options));
  await rejected(second, "duplicate_order", inDoubt);
  release();
  equal(await settled(first), replies.order, "the first repeat");
}

/** @param {Test} test */
export async function allowDuplicateEndsADoubtAndLeavesItsOwn({ pkg }) {
  const options = await leaveADoubt(pkg);
  const allowed = { ...options, allowDuplicate: true, idempotencyKey: "order-2" };
  await rejected(pkg.order(wanted.order.IPv4, stubbed(stub(offline).fetch, allowed)), "network", inDoubt);
  const error = await isUnresolved(pkg, { ...options, idempotencyKey: KEY });
  equal(error.idempotencyKey, "order-2", "key of the order in doubt");

  equal(await pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch, allowed)), replies.order, "allowed once more");
  const next = stubbed(stubApi().fetch, { ...options, idempotencyKey: "order-3" });
  equal(await pkg.order(wanted.order.IPv4, next), replies.order, "the next order");
}

/** @param {Test} test */
export async function ordersInDoubtAtTheSameTimeAreSettledOneByOne({ pkg }) {
  const { baseUrl } = stubbed(() => {});
  const order = (/** @type {any} */ fetch, /** @type {Fields} */ more) =>
    pkg.order(wanted.order.IPv4, stubbed(fetch, { baseUrl, ...more }));
  const [first, second] = [held(), held()];
  const one = order(first.fetch, { idempotencyKey: "order-1" });
  const other = order(second.fetch, { idempotencyKey: "order-2", allowDuplicate: true });
  first.fail();
  await rejected(one, "network", inDoubt);
  second.fail();
  await rejected(other, "network", inDoubt);

  for (const [key, latest] of [
    ["order-1", "order-2"],
    ["order-2", "order-2"],
  ]) {
    equal((await isUnresolved(pkg, { baseUrl })).idempotencyKey, latest, `key in doubt before ${key} is repeated`);
    equal(await order(stubApi().fetch, { idempotencyKey: key }), replies.order, `a repeat of ${key}`);
  }
  equal(await order(stubApi().fetch, {}), replies.order, "the next order");
}

/** @param {Test} test */
export async function anAnswerToARepeatEndsNoDoubtOfAnother({ pkg }) {
  const options = await leaveADoubt(pkg);
  const slow = held();
  const repeat = pkg.order(wanted.order.IPv4, stubbed(slow.fetch, options));
  const allowed = { ...options, idempotencyKey: "order-2", allowDuplicate: true };
  await rejected(pkg.order(wanted.order.IPv4, stubbed(stub(offline).fetch, allowed)), "network", inDoubt);
  slow.succeed();
  equal(await repeat, replies.order, "the repeat");
  const error = await isUnresolved(pkg, { ...options, idempotencyKey: undefined });
  equal(error.idempotencyKey, "order-2", "key of the order in doubt");
}

/** @param {Test} test */
export async function anAllowedDuplicateThatIsNotSentEndsNoDoubt({ pkg }) {
  const options = await leaveADoubt(pkg);
  const refused = { ...options, idempotencyKey: undefined, allowDuplicate: true, maxPrice: 0 };
  const error = await rejected(pkg.order(wanted.order.IPv4, stubbed(stubApi().fetch, refused)), "refused", {
    outcome: "not_placed",
  });
  equal("idempotencyKey" in error, false, "it has the key of the order in doubt");
  await isUnresolved(pkg, { ...options, idempotencyKey: undefined });
}

/** @param {Test} test */
export async function theLatestHundredDoubtsAreRemembered({ pkg }) {
  const { baseUrl } = stubbed(() => {});
  const request = (/** @type {number} */ quantity) => ({ ...wanted.order.IPv4, quantity });
  for (let quantity = 1; quantity <= 101; quantity += 1) {
    const lost = stubbed(stub(offline).fetch, { baseUrl });
    await rejected(pkg.order(request(quantity), lost), "network", inDoubt);
  }
  for (const quantity of [2, 50, 101]) await isUnresolved(pkg, { baseUrl }, request(quantity));
  equal(await pkg.order(request(1), stubbed(stubApi().fetch, { baseUrl })), replies.order, "the oldest is forgotten");
}

/** @param {Test} test */
export async function aPageThatOrdersAgainAfterALostReplyBooksOnce({ inFrame }) {
  const { first, second, keys, booked, receipt } = await inFrame("lostReply");
  equal([first.code, second.code], ["http", "unresolved_order"], "codes");
  assert(first.idempotencyKey.length > 20, "a random key was sent");
  equal(second.idempotencyKey, first.idempotencyKey, "key of the order in doubt");
  equal(keys, [first.idempotencyKey, first.idempotencyKey], "keys that were sent");
  equal([booked.length, booked[0].orderNumber], [1, receipt.orderNumber], "orders");
}
