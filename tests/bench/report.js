// From measured figures to goals and tables. `node tests/bench/report.js` prints the committed results.
// @ts-check
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exact } from "./statistics.js";

/** @typedef {import("./statistics.js").Spread} Spread */

/**
 * What is demanded and aimed at, and whether it holds.
 *
 * @param {any} results
 */
export function goals({ peers, ratios, memory, growth }) {
  const ours = peers["proxy-orders"];
  const of = (/** @type {string} */ figure, /** @type {string} */ peer) => ratios[figure][peer];
  const flat = memory.late === memory.early;
  const megabytes = exact(memory.late / 1e6);
  const bytes = exact(ours.bytes.brotli);
  return [
    {
      what: "transferred bytes, brotli",
      must: atMost(bytes, 27_500),
      aim: atMost(bytes, 20_300),
    },
    {
      what: "cold start",
      must: atMost(of("cold", "zod"), 0.6, "× zod's"),
      aim: atMost(of("cold", "zod/mini"), 1, "× zod/mini's"),
    },
    {
      what: "a call, real `Response`",
      must: atMost(of("call", "openapi-fetch"), 1, "× openapi-fetch's"),
      aim: atMost(of("call", "valibot"), 1.5, "× valibot's"),
    },
    {
      what: "validations/s, valid order",
      must: atLeast(of("valid", "zod/mini"), 0.5, "× zod/mini's"),
      aim: atLeast(of("valid", "zod/mini"), 1, "× zod/mini's"),
    },
    {
      what: "validations/s, invalid order",
      must: atLeast(of("invalid", "zod"), 2, "× zod's"),
      aim: atLeast(of("invalid", "valibot"), 1, "× valibot's"),
    },
    {
      what: `linear memory, ${memory.calls.toLocaleString("en")} calls of each of ${memory.kinds.length} kinds`,
      must: atMost(megabytes, 1.2, `MB, ${flat ? "flat" : "GROWING"}`, flat),
      aim: atMost(megabytes, 0.3, "MB", flat),
    },
    {
      what: `cost of a call, ${growth.at(-1).atOnce} at once`,
      must: atMost(growth.at(-1).ratio, 1.5, "× that of one at a time"),
    },
  ];
}

/** @typedef {{ found: Spread, limit: string, unit: string, holds: boolean, close: boolean }} Bound */

/** @param {Spread} found @param {number} limit @param {string} [unit] @param {boolean} [also] @returns {Bound} */
function atMost(found, limit, unit = "", also = true) {
  const holds = found.median <= limit && also;
  return { found, limit: `≤ ${short(limit)}`, unit, holds, close: found.low <= limit !== found.high <= limit };
}

/** @param {Spread} found @param {number} limit @param {string} unit @returns {Bound} */
function atLeast(found, limit, unit) {
  const holds = found.median >= limit;
  return { found, limit: `≥ ${short(limit)}`, unit, holds, close: found.low >= limit !== found.high >= limit };
}

/** A Markdown table. @param {string[][]} rows the first is the heading */
function markdown(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const rule = widths.map((width, column) => (column ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  const [heading, ...others] = rows.map((row) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))),
  );
  return [heading, rule, ...others].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** @param {number} value */
const short = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

/** @param {Spread | undefined} figure @param {number} [divisor] */
function cell(figure, divisor = 1) {
  if (!figure) return "–";
  const [median, low, high] = [figure.median, figure.low, figure.high].map((value) => short(value / divisor));
  return `${median} (${low} to ${high})`;
}

/** @param {Bound | undefined} bound */
function verdict(bound) {
  if (!bound) return "";
  const { found, limit, unit, holds, close } = bound;
  const range = found.low === found.high ? "" : ` (${short(found.low)} to ${short(found.high)})`;
  return `${[limit, unit].join(" ").trim()}: ${short(found.median)}${range}, ${holds ? "yes" : "NO"}${close ? ", within the spread" : ""}`;
}

/**
 * The results as Markdown: medians, with the quartiles in brackets.
 *
 * @param {any} results
 */
export function table({ peers, ratios, growth, memory, goals, rounds, machine, date }) {
  const figures = markdown([
    [
      "peer",
      "checks",
      "brotli bytes",
      "cold, ms",
      "call, µs",
      "own origin, µs",
      "light, µs",
      "valid, k/s",
      "invalid, k/s",
    ],
    ...Object.entries(peers).map(([name, { checks, bytes, cold, call, ownOrigin, light, valid, invalid }]) => [
      name,
      checks ? "all" : "none",
      bytes.brotli.toLocaleString("en"),
      cell(cold),
      cell(call),
      cell(ownOrigin),
      cell(light),
      cell(valid, 1000),
      cell(invalid, 1000),
    ]),
  ]);
  const demanded = markdown([
    ["goal", "must", "aim"],
    ...goals.map((/** @type {any} */ { what, must, aim }) => [what, verdict(must), verdict(aim)]),
  ]);
  const atOnce = growth.map((/** @type {any} */ row) => `${cell(row.call)} at ${row.atOnce}`).join(", ");
  return `Medians, quartiles in brackets: of ${rounds.cold} cold starts; of ${rounds.turns} turns in each of ${rounds.pages} pages for the rest, in which all peers take turns. A ratio is the median of those within a turn. ${date}, Chromium ${machine.chromium}, ${machine.cores} cores (${machine.cpu}).

${figures}

A call to the page's own origin, × openapi-fetch's: ${cell(ratios.ownOrigin["openapi-fetch"])}.
µs per call of ours, so many at once: ${atOnce}.
Linear memory, bytes: ${memory.loaded} when loaded, ${memory.early} after the first 1,000 calls of each kind, ${memory.late} at the end.

${demanded}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(table(JSON.parse(await readFile(new URL("results.json", import.meta.url), "utf8"))));
}
