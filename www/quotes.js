// @ts-check
// The prices: one quote for each type of the same order, asked for anew when the order changes.
import { calculate, isProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js";
import { account } from "./account.js";
import { types, wanted } from "./form.js";
import { logPrices } from "./traffic.js";

/** @import { CalculateResponse, ProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {{ request: any, reply?: CalculateResponse, error?: ProxyOrdersError }} Answer */

const pause = 300;

/** What was answered for each type. @type {Record<string, Answer>} */
let answers = {};
/** The requests that are asked or answered, as text. */
let asked = "";
let asking = new AbortController();
let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

const requests = () => types.map((type) => wanted(type));
/** @param {any} request */
// Of an order's fields, those that have no price change nothing here.
const priced = ({ protocol, authType, authIp, ...rest }) => rest;
const question = () => JSON.stringify([account, requests().map(priced)]);

/** The answer for a type, if it is one for the order as it stands. @param {string} type */
export const answerFor = (type) => (asked === question() ? answers[type] : undefined);

/**
 * Asks after a pause in typing, if the order now has another price.
 * @param {(type: string) => void} answered
 */
export function askSoon(answered) {
  clearTimeout(timer);
  if (asked === question()) return;
  asking.abort();
  timer = setTimeout(() => ask(answered), pause);
}

/**
 * Asks for all prices at once. A question that is still open is given up.
 * @param {(type: string) => void} answered called for each type
 */
export async function ask(answered) {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  asked = question();
  answers = {};
  const log = logPrices();
  const options = { ...account, signal, timeoutMs: 10_000, fetch: log.fetch };
  /** @param {any} request */
  const askOne = async (request) => {
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
    answered(request.proxyType);
  };
  await Promise.all(requests().map(askOne));
  log.end(signal.aborted ? "not needed any more" : "");
}
