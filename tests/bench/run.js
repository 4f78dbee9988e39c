// Measures proxy-orders and its peers in Chromium, and writes results.json and www/docs/speed.svg: `npm run bench`.
// With `--quick` it measures for about a minute instead of twenty, and writes both to target/bench.
// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.js";
import { bundle, root, measureBytes } from "./bundle.js";
import { draw } from "./chart.js";
import { evaluateGoals } from "./goals.js";
import { ours, peers } from "./peers.js";
import { measurePhone } from "./phone.js";
import { details, summary } from "./report.js";
import { measureImports } from "./size.js";
import { ratios, spread, spreads } from "./statistics.js";

const quick = process.argv.includes("--quick");
const rounds = quick ? { cold: 3, pages: 1, turns: 30, phone: 1 } : { cold: 40, pages: 5, turns: 25, phone: 15 };
/** Milliseconds. The engine keeps optimizing for seconds. */
const turnOptions = { warmUp: quick ? 1_000 : 5_000, turns: rounds.turns, turn: 20 };
const concurrentCalls = [1, 10, 100, 1000];
const unresolvedOrders = 100;
const memoryCalls = { few: 1000, many: quick ? 10_000 : 100_000 };

const here = fileURLToPath(new URL("./", import.meta.url));
const pages = join(root, "www/docs");
const bundles = join(root, "target/bench");
const names = peers.map(({ name }) => name);
const urlOf = (/** @type {string} */ file) => `/${file}/index.js`;
const ourUrl = urlOf(peers[0].file);

/** @typedef {Awaited<ReturnType<typeof openBrowser>>["measure"]} Measure */
/** @typedef {import("./statistics.js").Samples} Samples */

/** Shows what is measured at the moment. @param {string} text */
function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
  else if (text) console.log(text);
}

/** The columns of all peers, starting with another one each time. @param {number} by */
const rotated = (by) => peers.map((_, column) => (column + by) % peers.length);

/** Bundles all peers. */
async function bundlePeers() {
  /** @type {Record<string, { raw: number, gzip: number, brotli: number }>} */
  const bytes = {};
  for (const { name, file } of peers) {
    const entry = join(here, "peers", `${file}.js`);
    bytes[name] = await measureBytes(await bundle(entry, join(bundles, file)));
  }
  return bytes;
}

/** @param {Measure} measure @throws {Error} when a peer does not do the same job as the others */
async function verifyPeers(measure) {
  const samples = JSON.parse(await readFile(join(root, "src/sandbox/samples.json"), "utf8"));
  let failed = false;
  for (const { name, file, validates } of peers) {
    const { count, differences } = await measure("verify", [urlOf(file), samples, validates]);
    console.log(`${name}: ${count - differences.length} of ${count} comparisons agree`);
    for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
    failed ||= differences.length > 0;
  }
  if (failed) throw new Error("The peers do not do the same job, so nothing was measured.");
}

/**
 * What each peer does for the safety of orders.
 *
 * @param {Measure} measure
 * @throws {Error} when proxy-orders lacks one of the features
 */
async function checkFeatures(measure) {
  /** @type {Record<string, Record<string, boolean>>} */
  const features = {};
  for (const { name, file } of peers) features[name] = await measure("features", [urlOf(file)]);
  for (const [feature, present] of Object.entries(features[ours])) {
    if (!present) throw new Error(`${ours} no longer has a feature: ${feature}`);
  }
  return features;
}

/** @param {Measure} measure @returns {Promise<Samples>} */
async function measureColdStarts(measure) {
  /** @type {Samples} */
  const samples = [];
  for (let round = 0; round < rounds.cold; round += 1) {
    /** @type {number[]} */
    const row = [];
    // Each round starts with another peer, so that none always follows the same one.
    for (const column of rotated(round)) {
      const { name, file } = peers[column];
      progress(`round ${round + 1} of ${rounds.cold}: cold start, ${name}`);
      row[column] = await measure("cold", [urlOf(file)], 800);
    }
    samples.push(row);
  }
  return samples;
}

/** Calls and validations. @param {Measure} measure @returns {Promise<Record<string, Samples>>} */
async function measureTurns(measure) {
  /** @type {Record<string, Samples>} */
  const samples = {};
  for (let page = 0; page < rounds.pages; page += 1) {
    progress(`page ${page + 1} of ${rounds.pages}: calls and validations`);
    const order = rotated(page);
    const given = order.map((column) => ({ url: urlOf(peers[column].file), validates: peers[column].validates }));
    const found = await measure("turns", [given, turnOptions]);
    for (const [figure, rows] of Object.entries(found)) {
      samples[figure] ??= [];
      // JSON has turned empty cells into null.
      for (const row of rows) samples[figure].push(peers.map((_, column) => row[order.indexOf(column)] ?? undefined));
    }
  }
  return samples;
}

/** The cost of a call of ours when many are pending. @param {Measure} measure */
async function measureConcurrency(measure) {
  /** @type {number[][]} */
  const rows = [];
  for (let page = 0; page < rounds.pages; page += 1) {
    progress(`page ${page + 1} of ${rounds.pages}: calls at once`);
    rows.push(await measure("concurrency", [ourUrl, concurrentCalls, quick ? 1000 : 4000]));
  }
  return concurrentCalls.map((calls, column) => ({
    calls,
    cost: spread(rows.map((row) => row[column])),
    ratio: spread(rows.map((row) => row[column] / row[0])),
  }));
}

/** The cost of a call of ours while many orders are unresolved, relative to none. @param {Measure} measure */
async function measureUnresolved(measure) {
  /** @type {number[][]} */
  const rows = [];
  for (let page = 0; page < rounds.pages; page += 1) {
    progress(`page ${page + 1} of ${rounds.pages}: calls while ${unresolvedOrders} orders are unresolved`);
    rows.push(...(await measure("unresolved", [ourUrl, unresolvedOrders, turnOptions])));
  }
  return { orders: unresolvedOrders, ratio: spread(rows.map(([none, many]) => many / none)) };
}

const bytes = await bundlePeers();
const phone = await measurePhone(rounds.phone, progress);
const { measure, version, close } = await openBrowser(bundles);
/** @type {Record<string, any>} */
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0].model, cores: cpus().length, chromium: version, node: process.versions.node },
  versions: JSON.parse(await readFile(join(here, "package.json"), "utf8")).devDependencies,
  rounds,
  carried: await measureImports(),
  phone,
};
try {
  await verifyPeers(measure);
  results.features = await checkFeatures(measure);
  /** @type {Record<string, Samples>} */
  const samples = { cold: await measureColdStarts(measure), ...(await measureTurns(measure)) };
  const figures = Object.entries(samples).map(([figure, rows]) => ({ figure, spreads: spreads(rows, names) }));
  results.peers = Object.fromEntries(
    peers.map(({ name, validates }) => [
      name,
      {
        validates,
        bytes: bytes[name],
        ...Object.fromEntries(figures.map(({ figure, spreads }) => [figure, spreads[name]])),
      },
    ]),
  );
  results.ratios = Object.fromEntries(Object.entries(samples).map(([figure, rows]) => [figure, ratios(rows, names)]));
  results.concurrency = await measureConcurrency(measure);
  results.unresolved = await measureUnresolved(measure);
  progress(`linear memory after ${memoryCalls.many} calls of every kind`);
  results.memory = await measure("memory", [ourUrl, memoryCalls.few, memoryCalls.many]);
  progress("");
} finally {
  await close();
}

console.log(summary(results));
console.log(await details(results));
// The committed results are those of a full run.
const [data, picture] = [join(quick ? bundles : here, "results.json"), join(quick ? bundles : pages, "speed.svg")];
await writeFile(data, `${JSON.stringify(results, null, 2)}\n`);
await writeFile(picture, await draw(results));
console.log(`Written: ${relative(root, data)} and ${relative(root, picture)}`);

const missed = evaluateGoals(results).flatMap(({ what, must }) => (must && !must.met ? [{ what, must }] : []));
for (const { what, must } of missed) console.log(`MISSED: ${what}, ${must.limit}: ${must.found.median}`);
process.exit(missed.length ? 1 : 0);
