// @ts-check
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The machine's own Chromium: Playwright's downloaded one is not needed. */
function chromiumPath() {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  throw new Error(`No Chromium on the PATH: looked for ${names.join(", ")}`);
}

/** Starts headless Chromium; the caller closes it. */
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
