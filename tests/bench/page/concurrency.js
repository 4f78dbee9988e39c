// The cost of a call when many are pending at once.
// @ts-check
import { valid } from "./cases.js";
import { load, ownOrigin, receipt, respond, stubFetch } from "./support.js";

/**
 * Microseconds for each of so many different orders at once.
 *
 * @param {string} url
 * @param {number[]} counts how many orders are pending at once
 * @param {number} least how many orders to place for each count
 */
export async function concurrency(url, counts, least) {
  const peer = await load(url);
  stubFetch(() => respond(receipt));
  const cost = async (/** @type {number} */ count) => {
    const requests = Array.from({ length: count }, (_, index) => ({ ...valid, quantity: index + 1 }));
    const rounds = Math.ceil(least / count);
    const start = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(requests.map((request) => peer.order(request, ownOrigin)));
    }
    return (1000 * (performance.now() - start)) / (rounds * count);
  };
  await cost(counts[0]); // warms up
  /** @type {number[]} */
  const found = [];
  for (const count of counts) found.push(await cost(count));
  return found;
}
