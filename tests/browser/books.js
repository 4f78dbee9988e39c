// @ts-check
// Random orders over HTTP: what each call reports agrees with the orders of the account.
import {
  assert,
  checkError,
  equal,
  isOrder,
  oneOf,
  proxyTypes,
  randomOf,
  pick,
  settled,
  show,
  sleep,
  minimal,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const CALLS_OF_AN_ACCOUNT = 20;
const ACCOUNTS_AT_ONCE = 10;

const faults = [
  "cut-before",
  "cut-after",
  "cut-body",
  "empty",
  "truncated",
  "wrong-shape",
  "html",
  "html-502",
  "html-502; processed",
  "500",
  "503; processed",
  "429; on=calculate; times=1; retry-after=0",
  "429; retry-after=0",
  "redirect",
  "refusal-400",
  "slow; ms=40",
  "stall-headers",
  "stall-body",
];

/**
 * A call that has ended.
 * @typedef {{ what: string, outcome: string, orderNumber?: string, isRepeat: boolean }} Ended
 */

/**
 * Orders at random from one account. Each call has a number, which its requests carry in a header.
 * @param {any} pkg @param {ReturnType<Test["sandbox"]>} api @param {() => number} random @param {boolean} booksKeysOnce
 */
async function orderAtRandom(pkg, api, random, booksKeysOnce) {
  /** @type {Ended[]} */
  const ended = [];
  /** The idempotency key of the latest error, by product. @type {Map<string, string>} */
  const idempotencyKeys = new Map();
  const one = async (/** @type {number} */ place) => {
    const product = `${pick(random, proxyTypes)} ${pick(random, ["USA", "POL"])}`;
    const fault = random() < 0.4 ? pick(random, faults) : undefined;
    const controller = new AbortController();
    let handed = 0;
    /** @type {Fields} */
    const options = {
      ...api.options,
      headers: { "x-call": String(place), ...(fault && { "x-sandbox-fault": `${fault}; id=${place}` }) },
      timeoutMs: fault?.startsWith("stall") ? 150 : 5000,
      maxRetries: 1,
      signal: controller.signal,
      fetch: (/** @type {Request} */ request) => {
        handed += isOrder(request.url) ? 1 : 0;
        return fetch(request);
      },
    };
    if (random() < 0.4) options.maxPrice = pick(random, [0, 100, 100, 100]);
    if (random() < 0.1) options.requirePromoCode = true;
    if (random() < 0.1) options.allowDuplicate = true;
    const unresolved = idempotencyKeys.get(product);
    if (random() < 0.3) options.idempotencyKey = `own-${place}`;
    else if (unresolved && booksKeysOnce && !options.allowDuplicate && random() < 0.7) {
      Object.assign(options, { idempotencyKey: unresolved, repeat: true });
    }
    const [type, country] = /** @type {["IPv4", string]} */ (product.split(" "));
    const request = { ...minimal.order[type], country, promoCode: options.requirePromoCode ? "PROMO10" : undefined };
    const what = `call ${place} of ${api.options.baseUrl}, ${show({ product, ...options })}`;
    if (random() < 0.2) void sleep(random() * 30).then(() => controller.abort());
    /** @type {any} */
    let error;
    const value = await settled(
      pkg.order(request, options).catch((/** @type {any} */ reason) => (error = reason)),
      10_000,
      what,
    );
    assert(handed <= 1, `${handed} orders were handed to fetch by ${what}`);
    const isRepeat = options.repeat === true;
    if (error === undefined) {
      idempotencyKeys.delete(product);
      ended[place] = { what, outcome: value.success ? "placed" : "failure", orderNumber: value.orderNumber, isRepeat };
    } else {
      checkError(error, "demo-key");
      oneOf(error.outcome, ["not_placed", "unknown"], `outcome of ${what}`);
      if (error.outcome === "unknown" && error.idempotencyKey) idempotencyKeys.set(product, error.idempotencyKey);
      ended[place] = { what, outcome: error.outcome, isRepeat };
    }
  };
  /** @type {Promise<void>[]} */
  const calls = [];
  for (let place = 0; place < CALLS_OF_AN_ACCOUNT; place += 1) {
    const call = one(place);
    calls.push(call);
    // Now and then, the next one begins at the same time.
    if (random() < 0.8) await call;
  }
  await Promise.all(calls);
  return ended;
}

/**
 * Compares what the calls reported with the orders of the account.
 * @param {ReturnType<Test["sandbox"]>} api
 * @param {Ended[]} ended
 * @param {Record<string, number>} counts
 */
async function compareWithBooks(api, ended, counts) {
  const books = await api.orders();
  const posts = (await api.posts()).filter(({ path }) => !path.endsWith("/calculate/order"));
  for (const [place, { what, outcome, orderNumber, isRepeat }] of ended.entries()) {
    const own = posts.filter(({ headers }) => headers["x-call"] === String(place));
    const booked = own.filter((post) => post.booked).length;
    // Chromium re-sends a POST whose connection was opened early and is cut.
    if (own.length > 1) counts.resent += 1;
    if (outcome === "placed") {
      equal(books.filter((order) => order.orderNumber === orderNumber).length, 1, `orders ${orderNumber} of ${what}`);
      assert(booked > 0 || isRepeat, `${what} got the number of another order`);
    } else if (outcome === "unknown") counts[booked > 0 ? "unknown_placed" : "unknown_not_placed"] += 1;
    else equal(booked, 0, `orders booked by ${what}, which said ${outcome}`);
    counts[outcome] += 1;
  }
  equal(posts.filter((post) => post.booked).length, books.length, "orders booked");
  counts.booked += books.length;
}

/** @param {Test} test */
export async function everyOutcomeAgreesWithTheBooks({ pkg, sandbox, engine, log }) {
  const accounts = engine === "chromium" ? 100 : 5;
  const seed = Date.now() % 1_000_000;
  /** @type {[ReturnType<Test["sandbox"]>, Ended[]][]} */
  const orders = [];
  const open = [...Array(accounts).keys()];
  const worker = async () => {
    for (let account = open.pop(); account !== undefined; account = open.pop()) {
      const booksKeysOnce = account % 3 > 0;
      const api = sandbox({}, booksKeysOnce ? "" : "no-keys-");
      orders.push([api, await orderAtRandom(pkg, api, randomOf(seed + account), booksKeysOnce)]);
    }
  };
  await Promise.all([...Array(ACCOUNTS_AT_ONCE)].map(worker));
  const counts = {
    placed: 0,
    failure: 0,
    not_placed: 0,
    unknown: 0,
    unknown_placed: 0,
    unknown_not_placed: 0,
    booked: 0,
    resent: 0,
  };
  for (const [api, ended] of orders) await compareWithBooks(api, ended, counts);
  const total = accounts * CALLS_OF_AN_ACCOUNT;
  await log(`${total} random orders, seed ${seed}: ${JSON.stringify(counts)}`);
  equal(counts.placed + counts.failure + counts.not_placed + counts.unknown, total, "calls that ended");
  // With few orders, not every kind of end has to occur.
  const hasEveryEnd = counts.unknown_placed > 0 && counts.placed > 0 && counts.failure > 0;
  assert(hasEveryEnd || total < 1_000, `ends of every kind: ${show(counts)}`);
}
