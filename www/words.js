// @ts-check
// What happened, in words for the customer.
import { ApiErrorCode } from "./dist/index.js";

/** @import { ApiError, CalculateResponse, ProxyOrdersError } from "./dist/index.js" */

/** The documented failures, and those that come with idempotency keys. @type {Record<number, string>} */
const failures = {
  [ApiErrorCode.ErrorApiKey]: "The API key was not accepted. Check it under “Where orders go”.",
  [ApiErrorCode.IncorrectProxyType]: "This kind of proxy is not available.",
  [ApiErrorCode.IncorrectMobileOperator]: "This mobile operator is not available.",
  [ApiErrorCode.IncorrectProtocol]: "This protocol is not available here.",
  [ApiErrorCode.IncorrectGoal]: "The shop does not accept this goal.",
  [ApiErrorCode.InsufficientFunds]: "Your balance is too low for this order.",
  [ApiErrorCode.IncorrectIpAddresses]: "No addresses of this kind are available here.",
  404: "It never arrived at the shop.",
  410: "The shop has checked it: it was not ordered.",
};

/** @type {Record<string, string>} */
const reasons = {
  invalid_request: "Some details of the order are missing or wrong.",
  invalid_options: "The address or the API key is not valid.",
  not_loaded: "Your browser could not start a part of this page.",
  aborted: "You stopped waiting for the response.",
  timeout: "The shop took too long to respond.",
  network: "The connection broke before the response came.",
  http: "The shop had trouble responding.",
  invalid_response: "The response was garbled.",
  refused: "The offer changed before your order was sent.",
  duplicate_order: "Another tab is working on an order.",
  unresolved_order: "It is more than a week old. Please ask the shop about it.",
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
 * A failure or a warning of the API: our text for a code that we know, otherwise the API's own.
 * @param {ApiError} error
 */
export function failureText({ code, message }) {
  return failures[code] ?? `The shop says: “${message}”`;
}

/**
 * Why a call ended with an error.
 * @param {ProxyOrdersError} error
 */
export function reasonText(error) {
  if (error.code === "http" && error.status === 429) return "The shop is very busy at the moment.";
  return reasons[error.code] ?? "Something went wrong.";
}

/**
 * What changed between the quote that was confirmed and the one at the time of the order.
 * @param {CalculateResponse | undefined} quote
 * @param {number} confirmed
 */
export function changeTexts(quote, confirmed) {
  if (!quote) return [];
  if (!quote.success) return [failureText(quote.error)];
  const texts = (quote.warnings ?? []).map(failureText);
  if (quote.price > confirmed) {
    texts.push(`The price has risen to ${money(quote.price, quote.currency)}; you confirmed ${figure(confirmed)}.`);
  }
  return texts;
}

/**
 * What the balance says about an unresolved order.
 * @param {{ balance: number, price: number }} before
 * @param {number} now
 */
export function balanceClue({ balance, price }, now) {
  // Balances are decimal fractions. Any charge is more than half a cent.
  const spent = balance - now;
  if (Math.abs(spent) < 0.005) return "It has not changed: the order has not been charged so far.";
  if (Math.abs(spent - price) < 0.005) {
    return "Lower by exactly the price of this order: it looks as if it was placed.";
  }
  return "It has changed by another amount, which says nothing about this order.";
}
