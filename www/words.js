// @ts-check
// What happened, in words for the person who orders.
import { ApiErrorCode } from "/node_modules/proxy-orders/dist/index.js";

/** @import { ApiError, CalculateResponse, ProxyOrdersError } from "/node_modules/proxy-orders/dist/index.js" */

/** @type {Record<number, string>} */
const apiWords = {
  [ApiErrorCode.ErrorApiKey]: "The API key was not accepted. Check the key in the settings.",
  [ApiErrorCode.IncorrectProxyType]: "This type of proxy is not on offer.",
  [ApiErrorCode.IncorrectMobileOperator]: "This mobile operator is not on offer.",
  [ApiErrorCode.IncorrectProtocol]: "This protocol is not on offer.",
  [ApiErrorCode.IncorrectGoal]: "This goal is not accepted.",
  [ApiErrorCode.InsufficientFunds]: "Your balance is too low for this order.",
  [ApiErrorCode.IncorrectIpAddresses]: "These IP addresses are not accepted.",
};

/** @type {Record<string, string>} */
const callWords = {
  invalid_request: "Some details of the order are missing or not right.",
  invalid_options: "The settings are not right.",
  not_loaded: "A part of this page could not be loaded.",
  aborted: "You stopped waiting for the answer.",
  timeout: "The server took too long to answer.",
  network: "The connection to the server failed.",
  http: "The server could not answer.",
  invalid_response: "The server sent an answer that makes no sense.",
  refused: "The offer has changed since you saw it.",
  duplicate_order: "The same order is already being placed.",
};

const outcomeWords = {
  not_placed: "Your order was not placed: nothing was charged.",
  unknown:
    "We do not know whether your order was placed. It may have been placed and charged: " +
    "check before you try again.",
};

/** The faults that the sandbox can be asked for: what to ask, and what it is called here. */
export const faults = [
  ["cut-before", "Connection cut before the request is processed"],
  ["cut-after", "Connection cut after the order was booked"],
  ["cut-body", "Connection cut in the middle of the answer"],
  ["stall-headers", "No answer, ever"],
  ["stall-body", "An answer that never ends"],
  ["slow", "A slow answer"],
  ["429", "Too many requests (429)"],
  ["500", "Server error (500)"],
  ["503", "Service unavailable (503)"],
  ["html", "A web page instead of an answer"],
  ["html-502", "A web page with status 502"],
  ["redirect", "A redirect"],
  ["refusal-400", "A refusal with status 400"],
  ["empty", "An empty answer"],
  ["truncated", "An answer cut short"],
  ["wrong-shape", "An answer of the wrong shape"],
  ["reply; body=nonsense", "Nonsense instead of an answer"],
  ["deep", "An answer nested without end"],
  ["large", "A very large answer"],
];

/**
 * An amount of money. The currency is whatever the API says, so it is only set beside the figure.
 * @param {number} amount
 */
export function figure(amount) {
  return new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 8 }).format(amount);
}

/**
 * @param {number | null} amount
 * @param {string | null} currency
 */
export function money(amount, currency) {
  if (amount === null) return "not known";
  return currency === null ? figure(amount) : `${figure(amount)} ${currency}`;
}

/**
 * An error or a warning of the API: our words for it where we have some, and its own.
 * @param {ApiError} error
 */
export function apiText({ code, message }) {
  const known = Object.hasOwn(apiWords, code) ? `${apiWords[code]} ` : "";
  return `${known}(${message}, code ${code})`;
}

/**
 * Why a call gave no answer.
 * @param {ProxyOrdersError} error
 */
export function errorText(error) {
  let text = callWords[error.code] ?? "Something went wrong.";
  if (error.code === "http") {
    if (error.status === 429) text = "The server is too busy just now.";
    if (error.retryAfterMs !== undefined) text += ` It asks to wait ${Math.ceil(error.retryAfterMs / 1000)} s.`;
    text += ` (status ${error.status})`;
  }
  return text;
}

/**
 * Whether an order that failed may have been placed.
 * @param {"not_placed" | "unknown"} outcome
 */
export function outcomeText(outcome) {
  return outcomeWords[outcome];
}

/**
 * What changed between the price that was confirmed and the one found when ordering.
 * @param {CalculateResponse | undefined} quote
 * @param {number} confirmed
 */
export function changeTexts(quote, confirmed) {
  if (!quote) return [];
  if (!quote.success) return [apiText(quote.error)];
  const texts = (quote.warnings ?? []).map(apiText);
  if (quote.price > confirmed) {
    texts.push(`The price is now ${money(quote.price, quote.currency)}; you confirmed ${figure(confirmed)}.`);
  }
  return texts;
}
