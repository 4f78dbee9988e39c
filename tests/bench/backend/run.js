// Measures the load that a backend can take: orders per second, and the 99th percentile of their latency, beside two handlers
// that are written by hand. Prints a table, and fails if a limit is not kept: `npm run bench:backend`.
// @ts-check

import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../../.build/build.js";
import { startPostgres } from "../../backend/postgres.js";
import { exec, install } from "../../projects/support.js";
import { quantile } from "../statistics.js";

const TURNS = 9;
const TURN_MS = 700;
const LEAST_RATE = 0.8;
const MOST_LATENCY = 2;

/** @typedef {{ name: string, customers: number, turn: number, rate: number, latencies: number[] }} Sample */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

await build();
const folder = await install("stores", here("../../backend/stores"));
for (const name of ["api.js", "handlers.js", "measure.js"]) await copyFile(here(name), join(folder, name));

/** @param {object} database @param {number[]} customers */
async function measure(database, customers) {
  const plan = JSON.stringify({ database, customers, turns: TURNS, turnMs: TURN_MS });
  await exec(folder, join(folder, "node_modules/node24/bin/node"), ["measure.js", plan]);
  return JSON.parse(await readFile(join(folder, "load.json"), "utf8"));
}

/** @type {string[]} */
const failures = [];
/** @param {string} what @param {number} found @param {boolean} isKept */
function must(what, found, isKept) {
  console.log(`${isKept ? "kept  " : "MISSED"}  ${what}: ${found.toPrecision(3)}`);
  if (!isKept) failures.push(what);
}

const median = (/** @type {number[]} */ values) => quantile(values, 0.5);
const show = (/** @type {number} */ value) =>
  value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });

/** The limits hold for SQLite. @param {string} title @param {{ samples: Sample[], orders: number, booked: number, told: number, open: number }} result */
function report(title, { samples, orders, booked, told, open }) {
  console.log(`\n| ${title} | customers | orders/s | 99th percentile, ms |\n|---|--:|--:|--:|`);
  /** @param {string} name @param {number} customers */
  const of = (name, customers) => samples.filter((sample) => sample.name === name && sample.customers === customers);
  const p99 = (/** @type {Sample[]} */ turns) =>
    quantile(
      turns.flatMap(({ latencies }) => latencies),
      0.99,
    );
  const names = new Set(samples.map(({ name }) => name));
  const customers = new Set(samples.map((sample) => sample.customers));
  for (const count of customers) {
    for (const name of names) {
      const turns = of(name, count);
      console.log(`| ${name} | ${count} | ${show(median(turns.map(({ rate }) => rate)))} | ${show(p99(turns))} |`);
    }
  }
  console.log("");
  for (const count of title === "SQLite" ? customers : []) {
    const [ours, byHand] = [of("proxy-orders", count), of("two writes", count)];
    // In each turn, the machine was the same for both.
    const ratio = median(ours.map(({ rate }, turn) => rate / (byHand[turn]?.rate ?? NaN)));
    must(`${title}, ${count} customers: rate, at least ${LEAST_RATE} of two writes`, ratio, ratio >= LEAST_RATE);
    if (count !== 10) continue;
    const slower = p99(ours) / p99(byHand);
    must(
      `${title}, 10 customers: 99th percentile, at most ${MOST_LATENCY} of two writes`,
      slower,
      slower <= MOST_LATENCY,
    );
  }
  const lost = Math.abs(orders - booked) + Math.abs(orders - told) + open;
  must(`${title}: lost of ${orders} orders`, lost, lost === 0);
}

report("SQLite", await measure({ file: join(folder, `bench-${process.pid}.sqlite`) }, [1, 10, 100]));
const server = await startPostgres();
try {
  report("PostgreSQL", await measure({ connection: server.connection }, [10]));
} finally {
  await server.close();
}
process.exit(failures.length > 0 ? 1 : 0);
