// @ts-check
// `npm run soak`: the random walks and kills, for much longer than `npm test` runs them. Each prints its counts.

import { existsSync } from "node:fs";
import { build } from "../.build/build.js";
import { need, root, run, step } from "../.build/tools.js";

const TESTS = [
  "model.test.js",
  "checkout.model.test.js",
  "checkout.browsers.test.js",
  "backend/model.test.js",
  "backend/kill.test.js",
];

await need("packages", "rust", "chromium");
await build();

/** @type {string[]} */
const failed = [];
for (const test of TESTS.filter((name) => existsSync(`${root}/tests/${name}`))) {
  step(test);
  const args = ["--test", "--test-reporter=spec", `tests/${test}`];
  await run("node", args, { env: { SOAK: "1" } }).catch(() => failed.push(test));
}
console.log(failed.length > 0 ? `\nFailed: ${failed.join(", ")}` : "\nAll passed.");
process.exitCode = failed.length > 0 ? 1 : 0;
