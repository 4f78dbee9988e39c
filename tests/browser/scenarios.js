// @ts-check
// Every scenario by group and name, and the way to run one.
import * as requests from "./requests.js";
import * as responses from "./responses.js";
import * as options from "./options.js";
import * as errors from "./errors.js";
import * as retries from "./retries.js";
import * as money from "./money.js";
import * as doubt from "./doubt.js";
import * as loading from "./loading.js";
import * as hostile from "./hostile.js";
import * as engine from "./engine.js";
import * as books from "./books.js";
import * as sandbox from "./sandbox.js";
import * as worker from "./worker.js";
import * as soak from "./soak.js";
import { assert, equal, assertNoKey, nextOrigin, setUp, settled, show } from "./support.js";

/** @typedef {(test: import("./support.js").Test) => unknown} Scenario */
/** @type {Record<string, Record<string, Scenario>>} */
export const groups = {
  requests,
  responses,
  options,
  errors,
  retries,
  money,
  doubt,
  loading,
  hostile,
  engine,
  books,
  sandbox,
  worker,
  soak,
};

/** @type {ReturnType<typeof setUp> | undefined} */
let test;

/** @param {string} url of the test server @param {string} group @param {string} name */
export async function run(url, group, name) {
  test ??= setUp(url);
  const context = await test;
  const scenario = groups[group]?.[name];
  assert(scenario, `there is no scenario ${group}.${name}`);
  nextOrigin();
  context.written.length = 0;
  context.unhandled.length = 0;
  await settled(scenario(context), 180_000, `${group}.${name}`);
  await new Promise((resolve) => setTimeout(resolve));
  // Hostile values reject on their own.
  if (group !== "hostile") equal(context.unhandled.map(show), [], "rejections that nobody handled");
  assertNoKey(context.written, `the console during ${group}.${name}`);
}

/** Fails unless the names are those of all scenarios. @param {string[]} names as group.name */
export function checkNames(names) {
  const present = Object.entries(groups).flatMap(([group, module]) =>
    Object.keys(module).map((name) => `${group}.${name}`),
  );
  const missing = present.filter((name) => !names.includes(name));
  assert(missing.length === 0, `not listed: ${missing.join(", ")}`);
}
