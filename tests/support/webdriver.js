// @ts-check
// Just enough of WebDriver to drive Firefox and WebKit.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { find } from "../../.build/tools.js";
import { findMiniBrowser } from "../browser/run.js";
import { freePort } from "../projects/support.js";

/** @typedef {"firefox" | "webkit"} Engine */

/**
 * How to start each driver, and the capabilities of its sessions; or a text that says why it cannot start.
 * @param {Engine} engine
 */
async function driverOf(engine) {
  if (engine === "firefox") {
    const driver = find("geckodriver");
    if (!driver) return "no geckodriver on PATH";
    if (!find("firefox-esr", "firefox")) return "no Firefox on PATH";
    const options = { args: ["-headless"], binary: find("firefox-esr", "firefox") };
    return { command: [driver], capabilities: { "moz:firefoxOptions": options } };
  }
  const driver = find("WebKitWebDriver");
  const binary = await findMiniBrowser();
  if (!driver || !binary) return "no WebKitWebDriver or MiniBrowser (Debian: webkit2gtk-driver)";
  const screen = process.env.DISPLAY ? [] : ["xvfb-run", "-a"];
  if (screen.length > 0 && !find("xvfb-run")) return "no display, and no xvfb-run";
  const capabilities = {
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary, args: ["--automation"] },
  };
  return { command: [...screen, driver], capabilities };
}

/** One browser. */
export class WebDriver {
  /** @param {string} address of the session @param {() => Promise<void>} stop */
  constructor(address, stop) {
    this.address = address;
    this.stop = stop;
  }

  /** Starts a browser, or says why there is none. @param {Engine} engine @returns {Promise<WebDriver | string>} */
  static async start(engine) {
    const driver = await driverOf(engine);
    if (typeof driver === "string") return driver;
    const port = await freePort();
    const [program = "", ...args] = driver.command;
    // In a group of its own, because xvfb-run leaves its children behind.
    const child = spawn(program, [...args, `--port=${port}`], { stdio: "ignore", detached: true });
    const stop = async () => {
      const ended = once(child, "exit");
      if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGTERM");
      await ended;
    };
    const address = `http://127.0.0.1:${port}/session`;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { sessionId } = await command("POST", address, { capabilities: { alwaysMatch: driver.capabilities } });
        return new WebDriver(`${address}/${sessionId}`, stop);
      } catch (error) {
        // The driver does not say when it starts to listen.
        const isStarting = error instanceof TypeError && attempt < 100;
        if (!isStarting) {
          await stop();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async close() {
    await command("DELETE", this.address).catch(() => {});
    await this.stop();
  }

  /** @param {string} url */
  open = (url) => command("POST", `${this.address}/url`, { url });
  reload = () => command("POST", `${this.address}/refresh`, {});

  /** Runs the body of an async function in the page, and returns its result. @param {string} body */
  run(body) {
    const script = `const done = arguments[0];
      (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    return command("POST", `${this.address}/execute/async`, { script, args: [] }).then(({ value, error }) => {
      if (error) throw new Error(error);
      return value;
    });
  }

  /** Opens another tab and switches to it. Returns the previous one. @returns {Promise<string>} */
  async openTab() {
    const before = await command("GET", `${this.address}/window`);
    const { handle } = await command("POST", `${this.address}/window/new`, { type: "tab" });
    await this.switchTo(handle);
    return before;
  }

  closeTab = () => command("DELETE", `${this.address}/window`);
  /** @param {string} handle */
  switchTo = (handle) => command("POST", `${this.address}/window`, { handle });
}

/** @param {string} method @param {string} url @param {object} [body] @returns {Promise<any>} */
async function command(method, url, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, ...(body && { headers, body: JSON.stringify(body) }) });
  const { value } = /** @type {any} */ (await response.json());
  if (!response.ok) throw new Error(`${method} ${url}: ${value?.error}: ${value?.message}`);
  return value;
}
