// Draws results.json as results.svg: `node tests/bench/draw.js`.
// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const charts = [
  {
    title: "Transferred bytes (brotli)",
    note: "less is better",
    of: (/** @type {any} */ peer) => exact(peer.bytes.brotli),
    write: whole,
  },
  { title: "Cold start, ms", note: "less is better", of: (/** @type {any} */ peer) => peer.cold, write: tenths },
  { title: "One call, µs", note: "less is better", of: (/** @type {any} */ peer) => peer.call, write: tenths },
  {
    title: "Validations of a valid order, thousands/s",
    note: "more is better, logarithmic",
    of: (/** @type {any} */ peer) => peer.valid,
    write: thousands,
    log: true,
  },
  {
    title: "Validations of an invalid order, thousands/s",
    note: "more is better, logarithmic",
    of: (/** @type {any} */ peer) => peer.invalid,
    write: thousands,
    log: true,
  },
];

/** @param {number} value */
function exact(value) {
  return { median: value, low: value, high: value };
}
/** @param {number} value */
function whole(value) {
  return value.toLocaleString("en");
}
/** @param {number} value */
function tenths(value) {
  return value.toFixed(1);
}
/** @param {number} value */
function thousands(value) {
  return Math.round(value / 1000).toLocaleString("en");
}

const style = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .note { fill: #59636e; font-size: 12px; font-weight: 400; }
  .value { font-variant-numeric: tabular-nums; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .bar { fill: #a9b4c0; }
  .none { fill: none; stroke: #a9b4c0; stroke-dasharray: 3 2; }
  .own { fill: #1a7f5a; }
  .spread { stroke: #1f2328; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .card { fill: #0d1117; stroke: #3d444d; }
    .bar { fill: #525c69; }
    .none { stroke: #6b7684; }
    .own { fill: #3fb68b; }
    .spread { stroke: #f0f6fc; }
  }
`;

const width = 760;
const left = 130;
const longest = width - left - 110;

/**
 * @param {any} results
 * @returns {string}
 */
export function draw({ peers, machine, date }) {
  const parts = [];
  let y = 16;
  for (const { title, note, of, write, log } of charts) {
    const rows = Object.entries(peers).flatMap(([name, peer]) => {
      const figure = of(peer);
      return figure ? [{ name, figure, checks: peer.checks }] : [];
    });
    const most = Math.max(...rows.map(({ figure }) => figure.high));
    // A logarithmic bar starts at a tenth of the least figure.
    const least = Math.min(...rows.map(({ figure }) => figure.low)) / 10;
    const place = (/** @type {number} */ value) =>
      Number(
        (log ? (longest * Math.log(value / least)) / Math.log(most / least) : (longest * value) / most).toFixed(1),
      );
    y += 24;
    parts.push(`<text class="title" x="20" y="${y}">${title} <tspan class="note" dx="6">${note}</tspan></text>`);
    y += 10;
    for (const { name, figure, checks } of rows) {
      const kind = name === "proxy-orders" ? "own" : checks ? "bar" : "none";
      const middle = y + 9;
      parts.push(
        `<text x="${left - 10}" y="${y + 13}" text-anchor="end">${name}</text>`,
        `<rect class="${kind}" x="${left}" y="${y + 2}" width="${place(figure.median)}" height="14" rx="2"/>`,
      );
      if (figure.low !== figure.high) {
        parts.push(
          `<path class="spread" d="M${left + place(figure.low)} ${middle}H${left + place(figure.high)}m0-3v6M${left + place(figure.low)} ${middle - 3}v6"/>`,
        );
      }
      const end = left + Math.max(place(figure.median), place(figure.high));
      parts.push(`<text class="value" x="${end + 8}" y="${y + 13}">${write(figure.median)}</text>`);
      y += 21;
    }
    y += 8;
  }
  y += 14;
  parts.push(
    `<text class="note" x="20" y="${y}">Medians with quartiles, Chromium ${machine.chromium}, ${machine.cores} cores, ${date}. Dashed: checks nothing.</text>`,
  );
  const height = y + 18;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="proxy-orders beside its peers: bytes, cold start, cost of a call, validations">
<style>${style}</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${parts.join("\n")}
</svg>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = (/** @type {string} */ name) => new URL(name, import.meta.url);
  await writeFile(at("results.svg"), draw(JSON.parse(await readFile(at("results.json"), "utf8"))));
}
