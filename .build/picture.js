// Takes the documentation's picture of the demo page: an unresolved purchase, and what was really booked.

import { launchChromium } from "../tests/support/browser.js";
import { confirmOrder, offers } from "../tests/support/shop.js";
import { build } from "./build.js";
import { root } from "./tools.js";

await build();
// Imported now, because the demo imports the built package.
const { startDemo } = await import("../www/server.js");
const demo = await startDemo({ packageDir: root });
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, deviceScaleFactor: 0.75 });
await page.goto(demo.url);
await offers(page, "1.31");
await page.locator("#keep").check();
await page.locator("[data-fault=cut-after]").click();
await confirmOrder(page);
await page.locator("#leave").waitFor();
await page.locator("#unresolved-clue:not(:empty)").waitFor();
await page.locator(".findings p").nth(1).waitFor();
await page.screenshot({ path: `${root}/www/docs/demo.png`, animations: "disabled" });
await browser.close();
await demo.close();
