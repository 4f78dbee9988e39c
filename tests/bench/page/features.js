// What a client does for the safety of orders, found out by calling it.
// @ts-check
import { invalid, valid } from "./cases.js";
import { load, otherOrigin, quote, receipt, respond, stubFetch } from "./support.js";

/** The error of a call, or `undefined` when the call succeeds. @param {Promise<unknown>} call @returns {Promise<any>} */
const errorOf = (call) => call.then(() => undefined).catch((error) => error);

/**
 * Replaces `fetch`, and counts the orders and the calculations that reach it.
 *
 * @param {(url: string, count: number) => Response | Promise<Response>} response `count` starts at 1 for each of the two
 */
function countRequests(response) {
  const sent = { orders: 0, calculations: 0 };
  stubFetch((request) => {
    const url = request.url ?? String(request);
    return response(url, url.includes("/calculate/") ? ++sent.calculations : ++sent.orders);
  });
  return sent;
}

const responseByPath = (/** @type {string} */ url) => respond(url.includes("/calculate/") ? quote : receipt);

/** @type {Record<string, (peer: any, options: { baseUrl: string, apiKey: string }) => Promise<boolean>>} */
const checks = {
  async "reports every issue of a request"(peer, options) {
    countRequests(responseByPath);
    return (await errorOf(peer.order(invalid, options)))?.issues?.length === 2;
  },

  async "names the field that a typo resembles"(peer, options) {
    countRequests(responseByPath);
    const error = await errorOf(peer.order({ ...valid, promocode: "SUMMER" }, options));
    return Boolean(error?.issues?.[0].message.includes("promoCode"));
  },

  async "rejects an undocumented response"(peer, options) {
    countRequests(() => respond('{"success":true}'));
    return Boolean(await errorOf(peer.order(valid, options)));
  },

  async "orders only up to a maximum price"(peer, options) {
    const sent = countRequests(responseByPath);
    const { price } = JSON.parse(quote);
    const error = await errorOf(peer.order(valid, { ...options, maxPrice: price - 0.01 }));
    return Boolean(error) && sent.orders === 0;
  },

  async "refuses a duplicate order"(peer, options) {
    const sent = countRequests(async (url) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return responseByPath(url);
    });
    await Promise.allSettled([peer.order(valid, options), peer.order(valid, options)]);
    return sent.orders === 1;
  },

  async "retries a calculation, but never an order"(peer, options) {
    const sent = countRequests((url, count) => (count === 1 ? respond("", 503) : responseByPath(url)));
    const calculation = await errorOf(peer.calculate(valid, options));
    const order = await errorOf(peer.order(valid, options));
    return !calculation && sent.calculations === 2 && Boolean(order) && sent.orders === 1;
  },

  async "tells whether a failed order may have been placed"(peer, options) {
    countRequests(() => {
      throw new TypeError("The connection was lost.");
    });
    const sent = await errorOf(peer.order(valid, options));
    const notSent = await errorOf(peer.order(invalid, options));
    return sent?.outcome === "unknown" && notSent?.outcome === "not_placed";
  },

  async "does not send an order again whose response was lost"(peer, options) {
    const sent = countRequests(() => {
      throw new TypeError("The connection was lost.");
    });
    await errorOf(peer.order(valid, options));
    await errorOf(peer.order(valid, options));
    return sent.orders === 1;
  },

  async "keeps the API key out of errors"(peer, options) {
    countRequests((url) => {
      throw new TypeError(`Failed to fetch ${url}`);
    });
    const error = await errorOf(peer.order(valid, options));
    return ![error.message, error.cause?.message, JSON.stringify(error)].join().includes(options.apiKey);
  },
};

/**
 * Whether the peer does each of these.
 *
 * @param {string} url
 */
export async function features(url) {
  const peer = await load(url);
  /** @type {Record<string, boolean>} */
  const found = {};
  for (const [index, [name, check]] of Object.entries(checks).entries()) {
    // A key for each check, so that an order of one is not a duplicate of an order of another.
    found[name] = await check(peer, { ...otherOrigin, apiKey: `secret-key-${index}` });
  }
  return found;
}
