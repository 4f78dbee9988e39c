// @ts-check
// The prices: a quote of the same order for each type, requested again when the order changes.
import { calculate, isProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js";
import { account } from "./account.js";
import { types, wanted } from "./form.js";
import { logPrices } from "./traffic.js";

/** @import { CalculateResponse, ProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {{ request: any, reply?: CalculateResponse, error?: ProxyOrdersError }} Answer */

/** How long to wait for further changes of the order, in milliseconds. */
const DELAY_MS = 300;

/** What was answered for each type. @type {Record<string, Answer>} */
let answers = {};
/** The account and the requests that `answers` belong to, as text. */
let answered = "";
let controller = new AbortController();
let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

const requests = () => types.map((type) => wanted(type));
/** The fields that the price depends on. @param {any} request */
const priced = ({ protocol, authType, authIp, ...rest }) => rest;
const current = () => JSON.stringify([account, requests().map(priced)]);

/** The answer for a type, if it belongs to the current order. @param {string} type */
export const answerFor = (type) => (answered === current() ? answers[type] : undefined);

/**
 * Requests quotes after a pause in typing, if the price may have changed.
 * @param {(type: string) => void} onAnswer
 */
export function requestQuotesSoon(onAnswer) {
  clearTimeout(timer);
  if (answered === current()) return;
  controller.abort();
  timer = setTimeout(() => requestQuotes(onAnswer), DELAY_MS);
}

/**
 * Requests the quotes of all types. An earlier request that is pending is aborted.
 * @param {(type: string) => void} onAnswer called for each type
 */
export async function requestQuotes(onAnswer) {
  clearTimeout(timer);
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  answered = current();
  answers = {};
  const log = logPrices();
  const options = { ...account, signal, timeoutMs: 10_000, fetch: log.fetch };
  /** @param {any} request */
  const requestOne = async (request) => {
    /** @type {Answer} */
    const answer = { request };
    try {
      answer.reply = await calculate(request, options);
    } catch (error) {
      if (!isProxyOrdersError(error)) throw error;
      answer.error = error;
    }
    if (signal.aborted) return;
    answers[request.proxyType] = answer;
    onAnswer(request.proxyType);
  };
  await Promise.all(requests().map(requestOne));
  log.end(signal.aborted ? "not needed any more" : "");
}
