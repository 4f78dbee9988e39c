// @ts-check
import { chromium } from "playwright-core";
import { chromiumPath } from "../../.build/tools.js";

/** The options to start Chromium with. @param {string[]} more further arguments */
const options = (...more) => ({
  executablePath: chromiumPath(),
  args: [
    // Chromium's own sandbox does not work for root, the usual user in containers.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...more,
  ],
});

/**
 * Starts the installed Chromium, headless. Playwright does not download one. The caller closes it.
 * @param {import("playwright-core").LaunchOptions} [more]
 */
export const launchChromium = (more) => chromium.launch({ ...options(), ...more });

/**
 * Starts Chromium with an extension. The caller closes it.
 * @param {string} folder of the extension
 */
export const launchExtension = (folder) =>
  chromium.launchPersistentContext("", {
    ...options(`--disable-extensions-except=${folder}`, `--load-extension=${folder}`),
    ignoreDefaultArgs: ["--disable-extensions"],
  });
