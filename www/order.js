// @ts-check
// Placing an order, and sending it again with the same reference to find out what became of it.
import { calculate, isProxyOrdersError, order } from "/node_modules/proxy-orders/dist/index.js";
import { account, onSandbox } from "./account.js";
import { readBooks } from "./books.js";
import { remember } from "./doubt.js";
import { afterOrder, faultHeaders } from "./faults.js";
import { logCall } from "./traffic.js";
import { changeTexts, figure, reasonText, refusalText } from "./words.js";

/** @import { CallOptions, OrderResponse } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {import("./doubt.js").SentOrder} SentOrder */
/** @typedef {ReturnType<typeof logCall>} Log */
/** @typedef {Extract<OrderResponse, { success: true }>} Receipt */
/**
 * @typedef {{ kind: "placed", receipt: Receipt, sent: SentOrder }
 *   | { kind: "declined", texts: string[], sent: SentOrder }
 *   | { kind: "doubt", sent: SentOrder }} Outcome
 */

/** Whether the customer has left an order in doubt, after a warning: then the next order may be identical. */
let mayRepeat = false;

export function leaveUnsettled() {
  remember(null);
  mayRepeat = true;
}

/**
 * Sends an order, for the first time or again. Every attempt carries the same reference.
 * @param {SentOrder} sent
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
export async function send(sent, signal) {
  const isFirst = sent.attempts === 0;
  const log = logCall(isFirst ? "Order" : "The same order again");
  const books = onSandbox() ? await readBooks() : null;
  // Stored before it is sent: the page may be closed at any moment.
  remember({ ...sent, attempts: sent.attempts + 1 });
  const outcome = await attempt(sent, isFirst, log, signal);
  remember(outcome.kind === "doubt" ? outcome.sent : null);
  afterOrder();
  log.end();
  verdicts(outcome, isFirst, log, books);
  return outcome;
}

/**
 * @param {SentOrder} sent
 * @param {boolean} isFirst
 * @param {Log} log
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
async function attempt(sent, isFirst, log, signal) {
  const headers = onSandbox() ? faultHeaders(sent.price) : {};
  let status = 0;
  /** @param {Request} request */
  const fetch = async (request) => {
    const response = await log.fetch(request);
    status = response.status;
    return response;
  };
  const options = { ...account, signal, timeoutMs: 10_000, headers, fetch };
  const key = onSandbox() ? { idempotencyKey: sent.key } : {};
  const guards = isFirst ? { maxPrice: sent.price, allowDuplicate: mayRepeat } : {};
  mayRepeat = false;
  /** @param {string} reason @returns {Outcome} */
  const doubt = (reason) => ({ kind: "doubt", sent: { ...sent, attempts: sent.attempts + 1, reason } });
  try {
    if (!isFirst && (await hasRisen(sent, options))) return doubt("The price has risen, so the shop is not asked now.");
    const receipt = await order(sent.request, { ...options, ...key, ...guards });
    log.result(receipt);
    if (receipt.success) return { kind: "placed", receipt, sent };
    // A refusal of a repeat is an answer only with a 2xx status. After a reload the package does not know of the repeat.
    if (!isFirst && status >= 300) return doubt(refusalText(receipt.error));
    return { kind: "declined", texts: [refusalText(receipt.error)], sent };
  } catch (error) {
    if (!isProxyOrdersError(error)) throw error;
    log.failure(error);
    // The outcome of a repeat says nothing about the first attempt.
    if (!isFirst || error.outcome !== "not_placed") return doubt(reasonText(error));
    return { kind: "declined", texts: [reasonText(error), ...changeTexts(error.quote, sent.price)], sent };
  }
}

/**
 * Whether an order would cost more now than was confirmed. `maxPrice` would refuse warnings too, but the balance that is
 * too low now may have been spent on this very order.
 * @param {SentOrder} sent
 * @param {CallOptions} options
 */
async function hasRisen(sent, options) {
  const quote = await calculate(sent.request, options);
  return quote.success && quote.price > sent.price;
}

/**
 * Shows what the page knows and what the account shows, side by side.
 * @param {Outcome} outcome
 * @param {boolean} isFirst
 * @param {Log} log
 * @param {Awaited<ReturnType<typeof readBooks>>} before
 */
async function verdicts({ kind }, isFirst, log, before) {
  if (kind === "placed") log.verdict("The page knows:", "placed", "good");
  else if (kind === "declined") log.verdict("The page knows:", "not placed", "good");
  else log.verdict("The page knows:", "not yet", "warn");
  const after = before && (await readBooks());
  if (!after) return log.verdict("The account was", "not looked at", "");
  const amount = figure(Math.round((after.charged - before.charged) * 100) / 100);
  const notCharged = isFirst ? "not charged" : "not charged by this try";
  log.verdict("The account was", after.orders > before.orders ? `charged ${amount} USD` : notCharged, "");
}
