// @ts-check
// The order whose outcome is not known. It is stored before it is sent, so that it survives a reload.

/**
 * @typedef {object} SentOrder an order as it was confirmed and sent
 * @property {any} request
 * @property {string} subject the order in a few words
 * @property {number} price
 * @property {number} balance the balance before the order
 * @property {string} currency
 * @property {string} baseUrl
 * @property {string} key the order's reference: the server books each once
 * @property {string} time when it was confirmed
 * @property {string} reason why there was no answer
 * @property {number} attempts how often it was sent
 */

const item = "order in doubt";

/** The order that is being placed or in doubt. */
export let sentOrder = restored();

/** @returns {SentOrder | null} */
function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(item) ?? "null");
  } catch {
    return null;
  }
}

/** @param {SentOrder | null} order `null` when its outcome is known */
export function remember(order) {
  sentOrder = order;
  try {
    if (order) sessionStorage.setItem(item, JSON.stringify(order));
    else sessionStorage.removeItem(item);
  } catch {
    // Without storage it is known until the page is reloaded.
  }
}
