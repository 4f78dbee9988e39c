// @ts-check
// What this tab notes about its purchase, to show it again after a reload. The package stores the purchase itself.

/**
 * @typedef {object} Note
 * @property {string} baseUrl where the order went
 * @property {number} price what the customer confirmed
 * @property {number} balance the balance before the order
 * @property {string} currency
 */

const item = "purchase note";

export let note = stored();

/** @returns {Note | null} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(item) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Note | null} next `null` if nothing is unresolved */
export function keep(next) {
  note = next;
  try {
    if (next) sessionStorage.setItem(item, JSON.stringify(next));
    else sessionStorage.removeItem(item);
  } catch {
    // Without storage, the note lasts until the page is reloaded.
  }
}
