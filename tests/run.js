// Installs what the tests need, and runs all of them.

import { build } from "../.build/build.js";
import { Missing, need, packages, root, run, step } from "../.build/tools.js";

/** The groups that have run. @type {{ what: string, seconds: number, failed: boolean }[]} */
const groups = [];

/** The tools that are missing. @type {Set<string>} */
const missing = new Set();

/**
 * Runs a group of tests, even if earlier groups have failed.
 * @param {string} what
 * @param {() => Promise<unknown>} tests
 */
async function group(what, tests) {
  step(what);
  const start = Date.now();
  let failed = false;
  try {
    await tests();
  } catch (error) {
    failed = true;
    console.error(error instanceof Error ? error.message : error);
  }
  groups.push({ what, seconds: Math.round((Date.now() - start) / 1000), failed });
}

/** @param {...string} files */
const nodeTests = (...files) =>
  run("node", ["--test", "--test-reporter=spec", ...files.map((file) => `tests/${file}`)]);

try {
  await need("packages", "rust", "wasm-bindgen", "wasm-pack", "chromium");
  for (const engine of ["firefox", "geckodriver", "webkit"]) {
    // The tests that need an engine say that it is missing.
    await need(engine).catch((error) => {
      console.error(error.message);
      missing.add(engine);
    });
  }
  step("building the package");
  await build();
  for (const folder of ["tests/bench", "tests/requirements"]) await packages(`${root}/${folder}`);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}

await group("the build", () => nodeTests("build.test.js"));

// Packed once, for the processes of all groups.
await (await import("../.build/pack.js")).packedPackage();

await group("format, lint and types", async () => (await import("../.build/lint.js")).lint());
await group("bytes", async () => (await import("./bench/size.js")).checkBudget());
await group("the core, natively", () => run("cargo", ["test", "--quiet"]));
await group("Rust documentation", () =>
  run("cargo", ["doc", "--no-deps", "--quiet"], { env: { RUSTDOCFLAGS: "-D warnings" } }),
);
await group("the API reference", async () => (await import("../.build/docs.js")).docs());
await group("sandbox and server", () => nodeTests("sandbox.test.js", "sandbox-fetch.test.js", "server.test.js"));
await group("the command", () => nodeTests("cli.test.js"));
await group("the documentation", () => nodeTests("docs.test.js", "readme.test.js"));
await group("the documented script, killed", () => nodeTests("script.test.js"));
await group("the model of the package", () => nodeTests("model.test.js"));
await group("the API key in texts", () => nodeTests("redact.test.js"));
await group("the backend", () =>
  nodeTests(
    "backend/rules.test.js",
    "backend/bookings.test.js",
    "backend/sales.test.js",
    "backend/suites.test.js",
    "backend/suspended.test.js",
    "backend/floods.test.js",
    "backend/page.test.js",
    "backend/extension.test.js",
    "backend/webview.test.js",
  ),
);
await group("a random walk through the backend", () => nodeTests("backend/model.test.js"));
await group("the checkout", () => nodeTests("checkout.test.js", "checkout.model.test.js"));
// After readme.test.js: they share a project.
await group("the checkout in browsers", () => nodeTests("checkout.browsers.test.js"));
// One after the other: they share a project.
await group("the backend's documentation", () => nodeTests("backend/documentation.test.js"));
await group("the backend in every runtime", () => nodeTests("backend/resends.test.js"));
await group("the backend's stores", () => nodeTests("backend/stores.test.js"));
await group("the backend, killed in between", () => nodeTests("backend/kill.test.js"));
await group("the package and its types", () =>
  nodeTests("package.test.js", "requirements.test.js", "types/types.test.js", "types/documentation.test.js"),
);
await group("the demo page and the static site", () => nodeTests("demo.test.js", "site.test.js"));
await group("the boundary, in Chromium", () => run("wasm-pack", ["test", "--headless", "--chrome"]));
if (!process.env.CI && (missing.has("firefox") || missing.has("geckodriver"))) {
  console.log("\nNOT RUN in Firefox: the boundary");
} else {
  await group("the boundary, in Firefox", () => run("wasm-pack", ["test", "--headless", "--firefox"]));
}
await group("scenarios in Chromium, Firefox and WebKit", async () => {
  const { runBrowserTests } = await import("./browser/run.js");
  const { failed } = await runBrowserTests();
  if (failed) throw new Error(`${failed} failed.`);
});
await group("projects of every kind", () => nodeTests("projects/projects.test.js"));
// After the projects, whose installed runtimes it uses.
await group("the sandbox in every runtime", () => nodeTests("runtimes.test.js"));

console.log("");
for (const { what, seconds, failed } of groups) console.log(`${failed ? "failed" : "passed"}  ${seconds} s  ${what}`);
const failed = groups.filter((group) => group.failed).length;
console.log(`\n${groups.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
