// @ts-check
// Buys, finds out what happened to a purchase, and adds both to the live traffic.
import { createCheckout } from "./dist/index.js";
import { send } from "./api.js";
import { account, onSandbox } from "./account.js";
import { readBooks } from "./books.js";
import { endFault, prepareFault, withFault } from "./faults.js";
import { logCall } from "./traffic.js";
import { figure } from "./words.js";

/** @import { Checkout, PurchaseResult } from "./dist/index.js" */
/** @typedef {ReturnType<typeof logCall>} Log */

/** To the demo's backend, everybody is this customer. */
const customer = "visitor";

/** The checkout for the account that orders go to. */
export let checkout = /** @type {Checkout} */ ({});
let unsubscribe = () => {};
let log = /** @type {Log | null} */ (null);
let controller = new AbortController();

/** Opens the checkout of the current account. @param {() => void} onChange called when its state changes */
export function openCheckout(onChange) {
  unsubscribe();
  checkout = createCheckout({ ...account, customer, timeoutMs: 10_000, fetch: sendLogged });
  unsubscribe = checkout.subscribe(onChange);
  onChange();
}

/** @param {Request} request */
function sendLogged(request) {
  const sent = onSandbox() ? withFault(request) : request;
  return log ? log.fetch(sent) : send(sent);
}

/** Stops waiting for a response. */
export const stopWaiting = () => controller.abort();

/**
 * Buys what the customer confirmed.
 * @param {any} request
 * @param {number} maxPrice the price that was confirmed
 */
export async function buy(request, maxPrice) {
  await prepareFault(maxPrice);
  return logged("Order", "not charged", (signal) => checkout.buy(request, { maxPrice, signal }));
}

/** Finds out what happened to the unresolved purchase. Returns `undefined` if another tab has already done so. */
export async function findOut() {
  await prepareFault();
  return logged("What happened to the order?", "not charged by this", (signal) => checkout.resolve({ signal }));
}

/**
 * @template {PurchaseResult | undefined} T
 * @param {string} title
 * @param {string} notCharged
 * @param {(signal: AbortSignal) => Promise<T>} run
 * @returns {Promise<T>}
 */
async function logged(title, notCharged, run) {
  controller = new AbortController();
  const { signal } = controller;
  log = logCall(title);
  const before = onSandbox() ? readBooks() : null;
  const result = await run(signal);
  log.end();
  log.result(result);
  endFault();
  compare(log, result, await before, notCharged);
  return result;
}

/**
 * Shows what the page knows, and what happened in the account.
 * @param {Log} log
 * @param {PurchaseResult | undefined} result
 * @param {Awaited<ReturnType<typeof readBooks>>} before
 * @param {string} notCharged
 */
async function compare(log, result, before, notCharged) {
  if (!result) log.finding("The page knows:", "settled in another tab", "good");
  else if (result.outcome === "placed") log.finding("The page knows:", "placed", "good");
  else if (result.outcome === "not_placed") log.finding("The page knows:", "not placed", "good");
  else log.finding("The page knows:", "not yet", "warn");
  const after = before && (await readBooks());
  if (!after) return log.finding("The account was", "not looked at", "");
  const amount = figure(Math.round((after.charged - before.charged) * 100) / 100);
  log.finding("The account was", after.orders > before.orders ? `charged ${amount} USD` : notCharged, "");
}
