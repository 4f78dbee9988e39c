// Runs in a page of its own: does one measurement and posts its result to the server.
// @ts-check
import { cold } from "./cold.js";
import { concurrency } from "./concurrency.js";
import { features } from "./features.js";
import { memory } from "./memory.js";
import { realFetch } from "./support.js";
import { turns } from "./turns.js";
import { unresolved } from "./unresolved.js";
import { verify } from "./verify.js";

/** @type {Record<string, (...args: any[]) => Promise<any>>} */
const measurements = { cold, concurrency, features, memory, turns, unresolved, verify };

/**
 * @param {object} job
 * @param {string} job.measurement
 * @param {unknown[]} job.args
 * @param {number} job.pause milliseconds to wait before, until the page is idle
 */
export async function run({ measurement, args, pause }) {
  let report;
  try {
    await new Promise((resolve) => setTimeout(resolve, pause));
    report = { result: await measurements[measurement](...args) };
  } catch (error) {
    report = { error: String(/** @type {any} */ (error)?.stack ?? error) };
  }
  await realFetch(location.href, { method: "POST", body: JSON.stringify(report) });
}
