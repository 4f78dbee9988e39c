// The chart in the documentation: `node tests/bench/chart.js` draws www/docs/speed.svg from results.json.
// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { View, parse } from "vega";
import { compile } from "vega-lite";
import { ours } from "./peers.js";
import { exact } from "./statistics.js";

/** @typedef {import("./statistics.js").Spread} Spread */

/** @type {{ title: string, unit: string, format: string, figure: (peer: any) => Spread }[]} */
const panels = [
  { title: "Size", unit: "kB, brotli", format: ".1f", figure: ({ bytes }) => exact(bytes.brotli / 1000) },
  { title: "Cold start", unit: "ms, import to first request", format: ".1f", figure: ({ cold }) => cold },
  { title: "Call", unit: "µs, stubbed fetch", format: ".0f", figure: ({ call }) => call },
];

const sentence = [
  "Beyond the same validation, its bytes buy safe orders: a price limit, no order sent twice by mistake,",
  "only calculations retried, and errors that distinguish an order that was not placed from an unresolved one.",
];

const colors = {
  [ours]: "#1f9d6b",
  validates: "#8b98a5",
  "does not validate": "#c9d1d9",
};

/** GitHub shows the SVG on light and on dark pages. A rule of CSS wins over an attribute that Vega writes. */
const darkMode = `
  @media (prefers-color-scheme: dark) {
    svg > rect { fill: #0d1117; }
    text { fill: #e6edf3; }
    line { stroke: #e6edf3; }
    path[fill="${colors["does not validate"]}"] { fill: #4a5460; }
  }
`;

/**
 * The panels as a specification of Vega-Lite: a bar for each peer, its quartiles and its median.
 *
 * @param {any} results
 * @returns {import("vega-lite").TopLevelSpec}
 */
function specification({ peers, machine, date }) {
  const names = Object.keys(peers);
  const group = (/** @type {string} */ name) =>
    name === ours ? ours : peers[name].validates ? "validates" : "does not validate";
  const source = `Medians and quartiles in Chromium ${machine.chromium.split(".")[0]}, ${machine.cores} cores, ${date}`;
  return {
    title: {
      text: "proxy-orders beside the alternatives: less is better",
      subtitle: sentence,
      anchor: "start",
    },
    spacing: 24,
    hconcat: panels.map(({ title, unit, format, figure }, index) => ({
      title: { text: title, anchor: "start", frame: "group" },
      width: 180,
      height: { step: 24 },
      data: { values: names.map((name) => ({ name, group: group(name), ...figure(peers[name]) })) },
      encoding: {
        y: {
          field: "name",
          type: "nominal",
          sort: names,
          title: null,
          axis: { labels: index === 0, ticks: false, domain: false },
        },
      },
      layer: [
        {
          mark: { type: "bar", height: 14, cornerRadiusEnd: 2 },
          encoding: {
            x: {
              field: "median",
              type: "quantitative",
              title: unit,
              // Room for the figure at the end of the longest bar.
              scale: { domainMax: 1.25 * Math.max(...names.map((name) => figure(peers[name]).high)), zero: true },
              axis: { tickCount: 4 },
            },
            color: {
              field: "group",
              scale: { domain: Object.keys(colors), range: Object.values(colors) },
              legend: { title: source, orient: "bottom" },
            },
          },
        },
        {
          transform: [{ filter: "datum.low < datum.high" }],
          mark: "rule",
          encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
        },
        {
          mark: { type: "text", align: "left", dx: 5 },
          encoding: {
            x: { field: "high", type: "quantitative" },
            text: { field: "median", type: "quantitative", format },
          },
        },
      ],
    })),
    config: {
      // The page shows the chart as an image, whose inside no screen reader reads.
      aria: false,
      font: 'system-ui, -apple-system, "Segoe UI", sans-serif',
      background: "#ffffff",
      padding: 16,
      title: { fontSize: 15, subtitleFontSize: 12, subtitlePadding: 6, offset: 16 },
      axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", grid: false, labelFlush: false },
      axisY: { labelPadding: 8, labelLimit: 0 },
      legend: {
        labelFontSize: 12,
        labelLimit: 0,
        symbolType: "square",
        gridAlign: "none",
        columnPadding: 16,
        titleLimit: 0,
        titleFontSize: 12,
        titleFontWeight: "normal",
      },
      text: { fontSize: 12 },
      view: { stroke: null },
    },
  };
}

/**
 * @param {any} results
 * @returns {Promise<string>} an SVG document
 */
export async function draw(results) {
  const view = new View(parse(compile(specification(results)).spec), { renderer: "none" });
  const svg = await view.toSVG();
  return svg.replace(/<svg [^>]*>/, (tag) => `${tag}<style>${darkMode}</style>`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = await readFile(new URL("results.json", import.meta.url), "utf8");
  await writeFile(new URL("../../www/docs/speed.svg", import.meta.url), await draw(JSON.parse(results)));
}
