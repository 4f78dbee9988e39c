// The speed of calls and validations. All peers are in one page and take turns, each too short for the machine to change
// its speed meanwhile, so that ratios between peers are steady where times are not.
// @ts-check
import { invalid, valid } from "./cases.js";
import { load, orderNumber, otherOrigin, ownOrigin, receipt, respond, stubFetch } from "./support.js";

/** @typedef {(ms: number) => number | Promise<number>} Measure measures for so many milliseconds */

/** @typedef {{ needsValidation: boolean, fetch: () => any, measure: (peer: any) => Measure }} Figure */

/** Microseconds for a call. @param {any} peer @param {object} options @returns {Measure} */
export function callCost(peer, options) {
  return async (ms) => {
    const start = performance.now();
    let count = 0;
    let elapsed;
    do {
      for (let index = 0; index < 50; index += 1) {
        const response = await peer.order(valid, options);
        if (response.orderNumber !== orderNumber) throw new Error("The call returned the wrong response.");
      }
      count += 50;
      elapsed = performance.now() - start;
    } while (elapsed < ms);
    return (1000 * elapsed) / count;
  };
}

/** Validations in a second. @param {any} peer @param {object} request @param {number} issues @returns {Measure} */
function validationRate(peer, request, issues) {
  return (ms) => {
    const start = performance.now();
    let count = 0;
    let found = 0;
    let elapsed;
    do {
      for (let index = 0; index < 100; index += 1) found += peer.validateOrder(request).issues?.length ?? 0;
      count += 100;
      elapsed = performance.now() - start;
    } while (elapsed < ms);
    if (found !== count * issues) throw new Error("The validation reported the wrong issues.");
    return (1000 * count) / elapsed;
  };
}

const realResponse = () => respond(receipt);
/** Costs next to nothing to make and to read, so that the work of the client itself remains. */
const fakeResponse = { status: 200, ok: true, headers: { get: () => null }, text: async () => receipt };

/** @type {Record<string, Figure>} */
const figures = {
  call: { needsValidation: false, fetch: realResponse, measure: (peer) => callCost(peer, otherOrigin) },
  ownOrigin: { needsValidation: false, fetch: realResponse, measure: (peer) => callCost(peer, ownOrigin) },
  // The peers that do not validate read more of a response than the fake one has.
  fakeResponse: { needsValidation: true, fetch: () => fakeResponse, measure: (peer) => callCost(peer, otherOrigin) },
  valid: { needsValidation: true, fetch: realResponse, measure: (peer) => validationRate(peer, valid, 0) },
  invalid: { needsValidation: true, fetch: realResponse, measure: (peer) => validationRate(peer, invalid, 2) },
};

/**
 * @param {{ url: string, validates: boolean }[]} given the peers
 * @param {{ warmUp: number, turns: number, turn: number }} how milliseconds, and how many turns each peer has
 * @returns {Promise<Record<string, (number | undefined)[][]>>} for each figure one row a turn, with a column for each peer
 */
export async function turns(given, { warmUp, turns, turn }) {
  const peers = await Promise.all(given.map(async ({ url, validates }) => ({ ...(await load(url)), validates })));
  /** @type {Record<string, (number | undefined)[][]>} */
  const found = {};
  for (const [name, { needsValidation, fetch, measure }] of Object.entries(figures)) {
    stubFetch(fetch);
    const measures = peers.map((peer) => (peer.validates || !needsValidation ? measure(peer) : undefined));
    // The first figure has warmed up most of the code for the others.
    for (const run of measures) await run?.(name === "call" ? warmUp : warmUp / 4);
    found[name] = [];
    for (let count = 0; count < turns; count += 1) {
      /** @type {(number | undefined)[]} */
      const row = [];
      for (let step = 0; step < peers.length; step += 1) {
        // Each turn starts with another peer, so that none always follows the same one.
        const column = (step + count) % peers.length;
        row[column] = await measures[column]?.(turn);
      }
      found[name].push(row);
    }
  }
  return found;
}
