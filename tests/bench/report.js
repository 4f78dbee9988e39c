// The results as Markdown: `node tests/bench/report.js` prints those of results.json, with `--summary` only what users
// notice, with `--details` only the rest.
// @ts-check
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { evaluateGoals } from "./goals.js";
import { ours, usual } from "./peers.js";

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

/** What ours does that no other library does. @param {any} results */
function featureTable({ features, peers }) {
  const names = Object.keys(peers);
  const others = names.filter((name) => name !== ours);
  const ofOursAlone = Object.keys(features[ours]).filter((feature) => !others.some((name) => features[name][feature]));
  return table([
    ["feature", ...names],
    ...ofOursAlone.map((feature) => [feature, ...names.map((name) => (features[name][feature] ? "yes" : "–"))]),
  ]);
}

/** The other figures. @param {any} results */
function detailTable({ peers }) {
  return table([
    ["library", "call to the own origin, µs", "call, fake response, µs", "valid, 1,000/s", "invalid, 1,000/s"],
    ...Object.entries(peers).map(([name, { ownOrigin, fakeResponse, valid, invalid }]) => [
      name,
      cell(ownOrigin),
      cell(fakeResponse),
      cell(valid, 1000),
      cell(invalid, 1000),
    ]),
  ]);
}

/** How long a customer waits on a phone. @param {any} pages @param {any} network */
function phoneTable(pages, { name, price, receipt }) {
  return table([
    [name, "validates", "bytes, brotli", "first price, ms", `× ${usual}`, "receipt, ms", `× ${usual}`],
    ...Object.entries(pages).map(([page, { validates, bytes }]) => [
      page,
      validates ? "yes" : "no",
      short(bytes),
      cell(price.times[page]),
      cell(price.ratios[page]),
      cell(receipt.times[page]),
      cell(receipt.ratios[page]),
    ]),
  ]);
}

/** @param {any} results */
function phoneSection({ phone: { slowdown, pages, networks }, rounds }) {
  const work = networks.map(
    (/** @type {any} */ { name, cpu }) => `${cell(cpu.times[ours])} and ${cell(cpu.times[usual])} ms (${name})`,
  );
  return `On a phone: [the README's page](../../README.md#a-page-in-five-minutes), built by Vite with each library and served with brotli, in Chromium with a processor slowed down ${slowdown} times. The heading of each table is the network: the time of a round trip, and the bandwidth.

${networks.map((/** @type {any} */ network) => phoneTable(pages, network)).join("\n\n")}

The first price is timed from the navigation, the receipt from the press of the button. The server responds at once. Before it orders, only proxy-orders calculates again, so that nobody pays more than the price shown: a second round trip. Until the first price, the page's main thread works for this long with proxy-orders and with ${usual}: ${work.join(", ")}. Medians of ${rounds.phone} visits, each in a browser without a past; the ratios are those within a round of visits to all pages.`;
}

/** @param {import("./goals.js").Goal[]} goals */
function goalTable(goals) {
  return table([
    ["goal", "kind", "limit", "measured", "met"],
    ...goals.flatMap(({ what, must, aim }) =>
      Object.entries({ must, aim }).flatMap(([kind, bound]) =>
        bound ? [[what, kind, bound.limit, cell(bound.found), bound.met ? "yes" : "NO"]] : [],
      ),
    ),
  ]);
}

/**
 * What users notice, and what they get for the bytes.
 *
 * @param {any} results
 * @returns {string} Markdown
 */
export function summary(results) {
  const { rounds, machine, date } = results;
  return `${userTable(results)}

Bytes are those of the minified bundle. A cold start lasts from \`import()\` on a fresh page to the first request at \`fetch\`. A call is an order to another origin, where \`fetch\` is a stub that responds at once with a real \`Response\`. Medians, with quartiles in brackets: of ${rounds.cold} cold starts, and of ${rounds.turns} turns in each of ${rounds.pages} pages, in which all libraries take turns. ${date}, Chromium ${machine.chromium}, ${machine.cores} cores (${machine.cpu}).

${phoneSection(results)}

What proxy-orders does that the same job written with the others does not, found out by calling each:

${featureTable(results)}
`;
}

/**
 * The other figures, and the goals.
 *
 * @param {any} results
 * @returns {Promise<string>} Markdown
 */
export async function details(results) {
  const { ratios, concurrency, unresolved, memory } = results;
  const costs = concurrency.map((/** @type {any} */ row) => `${cell(row.cost)} at ${short(row.calls)}`).join(", ");
  return `${detailTable(results)}

With each order to the page's own origin, proxy-orders also sends a new \`Idempotency-Key\`; such a call costs ${cell(ratios.ownOrigin["openapi-fetch"])} × as much as one with openapi-fetch. A fake response is an object with the few members that a client reads, so that only the client's own work is measured. Validations are those of an order without an issue, and of one with two.

Calls of proxy-orders at once, µs for each: ${costs}.
A call while ${short(unresolved.orders)} orders are unresolved costs ${cell(unresolved.ratio)} × as much as one while none is.
Linear memory of proxy-orders, bytes: ${short(memory.loaded)} after loading, ${short(memory.early)} after ${short(memory.fewCalls)} calls of each of ${memory.kinds.length} kinds, ${short(memory.late)} after ${short(memory.calls)}.

${goalTable(evaluateGoals(results))}

A ratio is the median of the ratios in each turn.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = JSON.parse(await readFile(new URL("results.json", import.meta.url), "utf8"));
  if (!process.argv.includes("--details")) console.log(summary(results));
  if (!process.argv.includes("--summary")) console.log(await details(results));
}
