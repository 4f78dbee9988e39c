// The results as Markdown: `node tests/bench/report.js` prints those of results.json.
// @ts-check
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { readBudget } from "./budget.js";
import { evaluateGoals } from "./goals.js";

/** @typedef {import("./statistics.js").Spread} Spread */

/** @param {number} value */
const short = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));

/** The median with its quartiles. @param {Spread | undefined} spread @param {number} [divisor] */
function cell(spread, divisor = 1) {
  if (!spread) return "–";
  const [median, low, high] = [spread.median, spread.low, spread.high].map((value) => short(value / divisor));
  return low === high ? median : `${median} (${low} to ${high})`;
}

/** @param {string[][]} rows the first row is the heading; the first column holds names, the others hold figures */
function table(rows) {
  return markdownTable(rows, { align: rows[0].map((_, column) => (column ? "right" : null)) });
}

/** What users notice: bytes, cold start, and a call. @param {any} results */
function userTable({ peers }) {
  return table([
    ["library", "validates", "bytes, brotli", "cold start, ms", "call, µs"],
    ...Object.entries(peers).map(([name, { validates, bytes, cold, call }]) => [
      name,
      validates ? "yes" : "no",
      short(bytes.brotli),
      cell(cold),
      cell(call),
    ]),
  ]);
}

/** What each library does for the safety of orders. @param {any} results */
function featureTable({ features, peers }) {
  const names = Object.keys(peers);
  return table([
    ["without further code", ...names],
    ...Object.keys(features[names[0]]).map((feature) => [
      feature,
      ...names.map((name) => (features[name][feature] ? "yes" : "–")),
    ]),
  ]);
}

/** The other figures. @param {any} results */
function detailTable({ peers }) {
  return table([
    ["library", "call to the own origin, µs", "call, fake reply, µs", "valid, 1,000/s", "invalid, 1,000/s"],
    ...Object.entries(peers).map(([name, { ownOrigin, fakeReply, valid, invalid }]) => [
      name,
      cell(ownOrigin),
      cell(fakeReply),
      cell(valid, 1000),
      cell(invalid, 1000),
    ]),
  ]);
}

/** @param {import("./goals.js").Goal[]} goals */
function goalTable(goals) {
  return table([
    ["goal", "", "limit", "measured", "met"],
    ...goals.flatMap(({ what, must, aim }) =>
      Object.entries({ must, aim }).flatMap(([kind, bound]) =>
        bound ? [[what, kind, bound.limit, cell(bound.found), bound.met ? "yes" : "NO"]] : [],
      ),
    ),
  ]);
}

/**
 * All tables, with what they show.
 *
 * @param {any} results
 * @returns {Promise<string>} Markdown
 */
export async function report(results) {
  const { ratios, concurrency, memory, rounds, machine, date } = results;
  const { budget } = await readBudget();
  const costs = concurrency.map((/** @type {any} */ row) => `${cell(row.cost)} at ${short(row.calls)}`).join(", ");
  return `Medians, with quartiles in brackets: of ${rounds.cold} cold starts; otherwise of ${rounds.turns} turns in each of ${rounds.pages} pages, in which all libraries take turns. A ratio is the median of the ratios in each turn. ${date}, Chromium ${machine.chromium}, ${machine.cores} cores (${machine.cpu}).

${userTable(results)}

${featureTable(results)}

${detailTable(results)}

A call to the page's own origin costs ${cell(ratios.ownOrigin["openapi-fetch"])} × as much as one with openapi-fetch.
Calls of proxy-orders at once, µs for each: ${costs}.
Linear memory of proxy-orders, bytes: ${short(memory.loaded)} after loading, ${short(memory.early)} after ${short(memory.fewCalls)} calls of each of ${memory.kinds.length} kinds, ${short(memory.late)} after ${short(memory.calls)}.

${goalTable(evaluateGoals(results, budget["proxy-orders"]))}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await report(JSON.parse(await readFile(new URL("results.json", import.meta.url), "utf8"))));
}
