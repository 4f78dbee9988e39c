// @ts-check
import { chromium } from "playwright-core";
import { chromiumPath } from "../../.build/tools.js";

/** Starts the machine's own Chromium, headless; the caller closes it. Playwright's downloaded one is not needed. */
export function launchChromium() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      // Chromium's own sandbox does not run as root, which is what containers are.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
