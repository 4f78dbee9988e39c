// @ts-check
// Placing an order, and sending it again with the same reference to find out what became of it.
import { isProxyOrdersError, order } from "/node_modules/proxy-orders/dist/index.js";
import { account, onSandbox } from "./account.js";
import { readBooks } from "./books.js";
import { remember } from "./doubt.js";
import { faultHeaders, faultStruck } from "./faults.js";
import { errorFields, logCall } from "./traffic.js";
import { changeTexts, figure, reasonText, refusalText } from "./words.js";

/** @import { OrderResponse } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {import("./doubt.js").SentOrder} SentOrder */
/** @typedef {ReturnType<typeof logCall>} Log */
/** @typedef {Extract<OrderResponse, { success: true }>} Receipt */
/**
 * @typedef {{ kind: "placed", receipt: Receipt, sent: SentOrder }
 *   | { kind: "declined", texts: string[], sent: SentOrder }
 *   | { kind: "doubt", sent: SentOrder }} Outcome
 */

/** An order left unsettled by a customer who was warned: the next may be the same. */
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
  faultStruck();
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
  const options = {
    ...account,
    signal,
    timeoutMs: 10_000,
    headers: onSandbox() ? faultHeaders(sent.price) : {},
    fetch: log.fetch,
    maxPrice: sent.price,
    allowDuplicate: isFirst && mayRepeat,
    ...(onSandbox() && { idempotencyKey: sent.key }),
  };
  mayRepeat = false;
  try {
    const receipt = await order(sent.request, options);
    log.result("Outcome", receipt);
    if (receipt.success) return { kind: "placed", receipt, sent };
    return { kind: "declined", texts: [refusalText(receipt.error)], sent };
  } catch (error) {
    if (!isProxyOrdersError(error)) throw error;
    log.result("Outcome", errorFields(error));
    // What becomes of a repeat tells nothing of the first attempt.
    if (isFirst && error.outcome === "not_placed") {
      return { kind: "declined", texts: [reasonText(error), ...changeTexts(error.quote, sent.price)], sent };
    }
    return { kind: "doubt", sent: { ...sent, attempts: sent.attempts + 1, reason: reasonText(error) } };
  }
}

/**
 * Puts what the page knows beside what the account shows.
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
