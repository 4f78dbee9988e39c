// The cost of a call while many orders are unresolved.
// @ts-check
import { valid } from "./cases.js";
import { load, ownOrigin, receipt, respond, stubFetch } from "./support.js";
import { callCost } from "./turns.js";

/**
 * Leaves different orders unresolved, and no others.
 *
 * @param {any} peer
 * @param {number} count
 */
async function leaveUnresolved(peer, count) {
  peer.forgetOrders();
  stubFetch(() => {
    throw new TypeError("The connection was lost.");
  });
  const requests = Array.from({ length: count }, (_, index) => ({ ...valid, quantity: valid.quantity + 1 + index }));
  await Promise.allSettled(requests.map((request) => peer.order(request, ownOrigin)));
  for (const request of requests) {
    const error = await peer.order(request, ownOrigin).catch((/** @type {unknown} */ reason) => reason);
    if (error.code !== "unresolved_order") throw new Error("An order is not unresolved.");
  }
}

/**
 * Microseconds for a call: in each turn while no order is unresolved, and while so many are.
 *
 * @param {string} url
 * @param {number} count
 * @param {{ warmUp: number, turns: number, turn: number }} how milliseconds, and the number of turns
 */
export async function unresolved(url, count, { warmUp, turns, turn }) {
  const peer = await load(url);
  const measure = callCost(peer, ownOrigin);
  const cost = async (/** @type {number} */ orders, /** @type {number} */ ms) => {
    await leaveUnresolved(peer, orders);
    stubFetch(() => respond(receipt));
    return measure(ms);
  };
  for (const orders of [0, count]) await cost(orders, warmUp / 4);
  /** @type {number[][]} */
  const rows = [];
  for (let row = 0; row < turns; row += 1) {
    // Each turn starts with the other one.
    const isReversed = row % 2 === 1;
    const first = await cost(isReversed ? count : 0, turn);
    const second = await cost(isReversed ? 0 : count, turn);
    rows.push(isReversed ? [second, first] : [first, second]);
  }
  return rows;
}
