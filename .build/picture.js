// Takes the picture of the demo page for the documentation: an unresolved order, and what was really booked.

import { launchChromium } from "../tests/support/browser.js";
import { build } from "./build.js";
import { packedPackage } from "./pack.js";
import { root } from "./tools.js";

await build();
// Imported now, because the demo imports the built package.
const { startDemo } = await import("../www/server.js");
const { folder } = await packedPackage();
const demo = await startDemo({ packageDir: folder });
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, deviceScaleFactor: 0.75 });
await page.goto(demo.url);
await page.locator("#place[aria-disabled=false]").waitFor();
await page.getByRole("button", { name: "Lose the response" }).click();
await page.locator("#place").click();
await page.getByRole("button", { name: "Order now" }).click();
await page.locator("#unresolved-clue:not(:empty)").waitFor();
await page.locator(".verdicts p").nth(1).waitFor();
await page.screenshot({ path: `${root}/www/docs/demo.png`, animations: "disabled" });
await browser.close();
await demo.close();
