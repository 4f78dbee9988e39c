// @ts-check
// `npm run soak`: the random walks and kills, much longer than in `npm test`. Each prints its counts.

import { build } from "../.build/build.js";
import { need, run, step } from "../.build/tools.js";

const TESTS = [
  "model.test.js",
  "checkout.model.test.js",
  "checkout.browsers.test.js",
  "script.test.js",
  "backend/model.test.js",
  "backend/kill.test.js",
  "backend/suspended.test.js",
];

await need("packages", "rust", "chromium", "postgres");
await build();

/** @type {string[]} */
const failed = [];
/** @param {string} script @param {...string} options of Node */
async function soak(script, ...options) {
  step(script);
  await run("node", [...options, `tests/${script}`], { env: { SOAK: "1" } }).catch(() => failed.push(script));
}
for (const test of TESTS) await soak(test, "--test", "--test-reporter=spec");
await soak("bench/backend/run.js");
console.log(failed.length > 0 ? `\nFailed: ${failed.join(", ")}` : "\nAll passed.");
process.exitCode = failed.length > 0 ? 1 : 0;
