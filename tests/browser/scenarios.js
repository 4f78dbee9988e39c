// @ts-check
// Every scenario by group and name, and the way to run one.
import * as requests from "./requests.js";
import * as responses from "./responses.js";
import * as options from "./options.js";
import * as errors from "./errors.js";
import * as retries from "./retries.js";
import * as money from "./money.js";
import * as unresolved from "./unresolved.js";
import * as resent from "./resent.js";
import * as clocks from "./clocks.js";
import * as loading from "./loading.js";
import * as hostile from "./hostile.js";
import * as engine from "./engine.js";
import * as traps from "./traps.js";
import * as books from "./books.js";
import * as sandbox from "./sandbox.js";
import * as worker from "./worker.js";
import * as soak from "./soak.js";
import { assert, equal, assertNoApiKey, setUp, settled, show } from "./support.js";

/** @typedef {(test: import("./support.js").Test) => unknown} Scenario */
/** @type {Record<string, Record<string, Scenario>>} */
const groups = {
  requests,
  responses,
  options,
  errors,
  retries,
  money,
  unresolved,
  resent,
  clocks,
  loading,
  hostile,
  engine,
  traps,
  books,
  sandbox,
  worker,
  soak,
};

/** @type {ReturnType<typeof setUp> | undefined} */
let test;

/** The names of all scenarios. */
export const names = Object.entries(groups).flatMap(([group, scenarios]) =>
  Object.keys(scenarios).map((name) => `${group}.${name}`),
);

/** @param {string} url of the test server @param {string} scenario its group and name */
export async function run(url, scenario) {
  test ??= setUp(url);
  const context = await test;
  const [group = "", name = ""] = scenario.split(".");
  const body = groups[group]?.[name];
  assert(body, `there is no scenario ${scenario}`);
  context.pkg.forgetOrders();
  context.written.length = 0;
  context.unhandled.length = 0;
  await settled(body(context), 180_000, scenario);
  await new Promise((resolve) => setTimeout(resolve));
  // Hostile values reject on their own.
  if (group !== "hostile") equal(context.unhandled.map(show), [], "errors that nobody handled");
  assertNoApiKey(context.written, `the console during ${scenario}`);
}
