// @ts-check
// The prices: a quote of the same order for each type, requested again when the order changes.
import { calculate, isProxyOrdersError } from "./dist/index.js";
import { account } from "./account.js";
import { types, wanted } from "./form.js";
import { logPrices } from "./traffic.js";

/** @import { CalculateResponse, ProxyOrdersError } from "./dist/index.js" */
/** @typedef {{ request: any, response?: CalculateResponse, error?: ProxyOrdersError }} Priced */

/** How many milliseconds to wait for further changes to the order. */
const DELAY_MS = 300;

/** The response or the error for each type. @type {Record<string, Priced>} */
let prices = {};
/** The account and the requests that `prices` belong to, as text. */
let requested = "";
let controller = new AbortController();
let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

const requests = () => types.map((type) => wanted(type));
/** The fields that the price depends on. @param {any} request */
const pricedFields = ({ protocol, authType, authIp, ...rest }) => rest;
const current = () => JSON.stringify([account, requests().map(pricedFields)]);

/** The price of a type, if it belongs to the current order. @param {string} type */
export const priceFor = (type) => (requested === current() ? prices[type] : undefined);

/**
 * Requests quotes after a pause in typing, if the price may have changed.
 * @param {(type: string) => void} onPrice
 */
export function requestQuotesSoon(onPrice) {
  clearTimeout(timer);
  if (requested === current()) return;
  controller.abort();
  timer = setTimeout(() => requestQuotes(onPrice), DELAY_MS);
}

/**
 * Requests the quotes of all types, and aborts earlier requests that are still pending.
 * @param {(type: string) => void} onPrice called for each type
 */
export async function requestQuotes(onPrice) {
  clearTimeout(timer);
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  requested = current();
  prices = {};
  const log = logPrices();
  const options = { ...account, signal, timeoutMs: 10_000, fetch: log.fetch };
  /** @param {any} request */
  const requestOne = async (request) => {
    /** @type {Priced} */
    const priced = { request };
    try {
      priced.response = await calculate(request, options);
    } catch (error) {
      if (!isProxyOrdersError(error)) throw error;
      priced.error = error;
    }
    if (signal.aborted) return;
    prices[request.proxyType] = priced;
    onPrice(request.proxyType);
  };
  await Promise.all(requests().map(requestOne));
  log.end(signal.aborted ? "no longer needed" : "");
}
