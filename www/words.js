// @ts-check
// What happened, in words for the person who orders.
import { ApiErrorCode } from "/node_modules/proxy-orders/dist/index.js";

/** @import { ApiError, CalculateResponse, ProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js" */

/** @type {Record<number, string>} */
const refusals = {
  [ApiErrorCode.ErrorApiKey]: "The key was not accepted. Check it under “Where orders go”.",
  [ApiErrorCode.IncorrectProxyType]: "This kind of proxy is not on offer.",
  [ApiErrorCode.IncorrectMobileOperator]: "This mobile operator is not on offer.",
  [ApiErrorCode.IncorrectProtocol]: "This protocol is not on offer here.",
  [ApiErrorCode.IncorrectGoal]: "The seller does not accept this purpose.",
  [ApiErrorCode.InsufficientFunds]: "Your balance is too low for this order.",
  [ApiErrorCode.IncorrectIpAddresses]: "No addresses of this kind are on offer here.",
};

/** @type {Record<string, string>} */
const reasons = {
  invalid_request: "Some details of the order are missing or not right.",
  invalid_options: "The address or the key is not right.",
  not_loaded: "Your browser could not start a part of this page.",
  aborted: "You stopped waiting for the answer.",
  timeout: "The shop took too long to answer.",
  network: "The connection broke before the answer came.",
  http: "The shop had trouble answering.",
  invalid_response: "The answer that came back was garbled.",
  refused: "The offer had changed before your order arrived.",
  duplicate_order: "The same order is already being placed.",
  unresolved_order: "An earlier try of the same order has had no answer yet.",
};

/**
 * An amount of money, without its currency.
 * @param {number} amount
 */
export function figure(amount) {
  return new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 8 }).format(amount);
}

/**
 * An amount with its currency, without a line break between them.
 * @param {number | null} amount
 * @param {string | null} currency
 */
export function money(amount, currency) {
  if (amount === null) return "not known";
  return currency === null ? figure(amount) : `${figure(amount)}\u00a0${currency}`;
}

/** @param {number} amount @param {string} one @param {string} many */
export const count = (amount, one, many) =>
  `${new Intl.NumberFormat("en").format(amount)}\u00a0${amount === 1 ? one : many}`;

/**
 * A refusal or a warning of the API: our text for the documented codes, else its own.
 * @param {ApiError} error
 */
export function refusalText({ code, message }) {
  return refusals[code] ?? `The seller says: “${message}”`;
}

/**
 * Why a call had no answer.
 * @param {ProxyOrdersError} error
 */
export function reasonText(error) {
  if (error.code === "http" && error.status === 429) return "The shop is very busy just now.";
  return reasons[error.code] ?? "Something went wrong.";
}

/**
 * What changed between the price that was confirmed and the one found when ordering.
 * @param {CalculateResponse | undefined} quote
 * @param {number} confirmed
 */
export function changeTexts(quote, confirmed) {
  if (!quote) return [];
  if (!quote.success) return [refusalText(quote.error)];
  const texts = (quote.warnings ?? []).map(refusalText);
  if (quote.price > confirmed) {
    texts.push(`The price had risen to ${money(quote.price, quote.currency)}; you confirmed ${figure(confirmed)}.`);
  }
  return texts;
}

/**
 * What the balance says about an order without an answer.
 * @param {{ balance: number, price: number }} before
 * @param {number} now
 */
export function balanceClue({ balance, price }, now) {
  // Balances are decimal fractions; half a cent is less than any charge.
  const spent = balance - now;
  if (Math.abs(spent) < 0.005) return "It has not moved: the order has not been charged so far.";
  if (Math.abs(spent - price) < 0.005) {
    return "Lower by exactly the price of this order: it looks as if it was placed.";
  }
  return "It has moved by another amount, which tells nothing of this order.";
}
