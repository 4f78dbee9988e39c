// @ts-check
/**
 * Runs the scenarios in Chromium without building the tests, for work on the package.
 *
 *   node tests/browser/quick.js [group | group.name]…
 */
import { launchChromium } from "../support/browser.js";
import { startBrowserTestServer } from "./server.js";

const chosen = process.argv.slice(2);
const server = await startBrowserTestServer();
const browser = await launchChromium();
let passed = 0;
let failed = 0;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.log(`  uncaught: ${error}`));
  await page.goto(`${server.url.replace("127.0.0.1", "localhost")}/frame.html`);
  const address = `${server.url}/tests/browser/scenarios.js`;
  const names = await page.evaluate(async (address) => {
    return /** @type {string[]} */ ((await import(address)).names);
  }, address);
  for (const full of names) {
    if (chosen.length > 0 && !chosen.some((choice) => full === choice || full.startsWith(`${choice}.`))) continue;
    const start = Date.now();
    const failure = await page.evaluate(
      async ([address, url, full]) => {
        const { run } = await import(address);
        const late = new Promise((resolve) => setTimeout(resolve, 300_000, "still running after five minutes"));
        return Promise.race([
          late,
          run(url, full).then(
            () => undefined,
            (/** @type {any} */ error) => String(error?.stack ?? error),
          ),
        ]);
      },
      [address, server.url, full],
    );
    if (failure === undefined) passed += 1;
    else failed += 1;
    const took = ((Date.now() - start) / 1000).toFixed(1);
    console.log(failure === undefined ? `ok     ${full} (${took} s)` : `FAILED ${full} (${took} s)\n  ${failure}`);
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
