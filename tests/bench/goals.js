// The goals of the benchmark, and whether results reach them.
// @ts-check
import { ours, usual } from "./peers.js";
import { exact } from "./statistics.js";

/** @typedef {import("./statistics.js").Spread} Spread */

/** @typedef {{ limit: string, found: Spread, met: boolean }} Bound */

/** @typedef {{ what: string, must?: Bound, aim?: Bound }} Goal `npm run bench` fails when a `must` is missed. */

/**
 * @param {any} results
 * @returns {Goal[]}
 */
export function evaluateGoals({ peers, carried, ratios, memory, concurrency, phone }) {
  const bytes = (/** @type {string} */ imports) => exact(carried[imports].brotli / peers.axios.bytes.brotli);
  const ratio = (/** @type {string} */ figure, /** @type {string} */ peer) => ratios[figure][peer];
  const mostConcurrent = concurrency.at(-1);
  return [
    {
      what: "bytes, { calculate, order }",
      must: atMost(1.03, bytes("{ calculate, order }"), "× axios"),
      aim: atMost(1, bytes("{ calculate, order }"), "× axios"),
    },
    { what: "bytes, everything", must: atMost(1.1, bytes("everything"), "× axios") },
    {
      what: "cold start",
      must: atMost(0.6, ratio("cold", "zod"), "× zod"),
      aim: atMost(1, ratio("cold", "zod/mini"), "× zod/mini"),
    },
    {
      what: "call to another origin",
      must: atMost(0.6, ratio("call", "axios"), "× axios"),
      aim: atMost(1.25, ratio("call", "openapi-fetch"), "× openapi-fetch"),
    },
    {
      what: "validations in a second, valid order",
      must: atLeast(0.95, ratio("valid", "zod/mini"), "× zod/mini"),
      aim: atLeast(1, ratio("valid", "valibot"), "× valibot"),
    },
    {
      what: "validations in a second, invalid order",
      must: atLeast(1.8, ratio("invalid", "zod"), "× zod"),
      aim: atLeast(1, ratio("invalid", "valibot"), "× valibot"),
    },
    { what: "linear memory", must: atMost(0.3, exact(memory.late / 1e6), "MB") },
    { what: "growth of linear memory", must: atMost(0, exact(memory.late - memory.early), "bytes") },
    {
      what: `call, ${mostConcurrent.calls.toLocaleString("en")} at once`,
      must: atMost(1.5, mostConcurrent.ratio, "× one at a time"),
    },
    ...phone.networks.map((/** @type {any} */ { name, price }) => ({
      what: `navigation to the first price on a phone, ${name}`,
      aim: atMost(0.85, price.ratios[ours], `× ${usual}`),
    })),
  ];
}

/** @param {number} limit @param {Spread} found @param {string} [unit] @returns {Bound} */
function atMost(limit, found, unit = "") {
  return { limit: `≤ ${limit.toLocaleString("en")} ${unit}`.trim(), found, met: found.median <= limit };
}

/** @param {number} limit @param {Spread} found @param {string} unit @returns {Bound} */
function atLeast(limit, found, unit) {
  return { limit: `≥ ${limit.toLocaleString("en")} ${unit}`, found, met: found.median >= limit };
}
