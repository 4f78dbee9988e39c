// @ts-check
/**
 * Runs tests/scenarios.rs in real browsers, against the built package and the sandbox over HTTP.
 *
 *   node tests/browser/run.js [chromium] [firefox] [webkit]
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { find } from "../../.build/tools.js";
import { startBrowserTestServer } from "./server.js";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {{ command: string, args: string[], env?: NodeJS.ProcessEnv }} Run */
/**
 * Says how to run the scenarios in an engine, or what is missing.
 * @typedef {(env: NodeJS.ProcessEnv, folder: string) => Promise<Run | string>} Launcher
 */

const root = fileURLToPath(new URL("../../", import.meta.url));

// The address is compiled into the tests: if the port stays the same, they need not be built again.
const PORTS = [41730, 41731, 41732, 0];

const TARGET = ["--test", "scenarios", "--features", "scenarios"];

/** The path of WebKitGTK's browser, if it is installed. */
export async function findMiniBrowser() {
  for (const base of ["/usr/lib", "/usr/lib64", "/usr/libexec"]) {
    const folders = existsSync(base) ? ["", ...(await readdir(base))] : [];
    for (const folder of folders) {
      for (const version of ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]) {
        const path = join(base, folder, version, "MiniBrowser");
        if (existsSync(path)) return path;
      }
    }
  }
  return find("MiniBrowser");
}

/**
 * @param {Run} run
 * @param {boolean} [quiet]
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function execute({ command, args, env }, quiet = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      if (!quiet) process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

/**
 * Writes the capabilities of a browser session to a file, and adds its path to the environment.
 * @param {NodeJS.ProcessEnv} env @param {string} folder @param {object} capabilities
 */
async function withCapabilities(env, folder, capabilities) {
  const path = join(folder, "webdriver.json");
  await writeFile(path, JSON.stringify(capabilities));
  return { ...env, WASM_BINDGEN_TEST_WEBDRIVER_JSON: path };
}

const CHROMIUM = {
  "goog:chromeOptions": {
    args: [
      // Otherwise Chromium reserves gigabytes of addresses for each memory, and has room for 123 of them in one page.
      "--disable-features=WebAssemblyTrapHandler",
      // Scenarios collect garbage before they compare the heap, which Chromium otherwise reports rounded.
      "--js-flags=--expose-gc",
      "--enable-precise-memory-info",
    ],
  },
};

/** @param {string} browser @param {string} driver @param {object} capabilities @returns {Launcher} */
const wasmPack = (browser, driver, capabilities) => async (env, folder) => {
  const path = find(driver);
  if (!path) return `no ${driver} on PATH`;
  if (!find("wasm-pack")) return "no wasm-pack on PATH";
  const args = ["test", "--headless", `--${browser}`, `--${driver}`, path, "--mode", "no-install", ".", ...TARGET];
  return { command: "wasm-pack", args, env: await withCapabilities(env, folder, capabilities) };
};

/** @type {Launcher} */
async function webkit(env, folder) {
  const driver = find("WebKitWebDriver");
  const browser = await findMiniBrowser();
  const runner = find("wasm-bindgen-test-runner");
  if (!driver || !browser) return "no WebKitWebDriver or MiniBrowser (Debian: webkit2gtk-driver)";
  if (!runner) return "no wasm-bindgen-test-runner on PATH";
  const screen = process.env.DISPLAY ? [] : ["xvfb-run", "-a"];
  if (screen.length > 0 && !find("xvfb-run")) return "no display, and no xvfb-run";

  const target = ["--target", "wasm32-unknown-unknown", ...TARGET];
  const build = ["test", "--no-run", ...target, "--message-format", "json-render-diagnostics"];
  const built = await execute({ command: "cargo", args: build, env }, true);
  if (built.status !== 0) throw new Error("the scenarios do not compile");
  const artifacts = built.output
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const wasm = artifacts.find(({ executable, target: { name } = {} }) => executable && name === "scenarios").executable;

  const capabilities = {
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
  };
  const [command, ...args] = [...screen, runner, wasm];
  return { command, args, env: { ...(await withCapabilities(env, folder, capabilities)), SAFARIDRIVER: driver } };
}

/** @type {Record<Engine, Launcher>} */
const launchers = {
  chromium: wasmPack("chrome", "chromedriver", CHROMIUM),
  firefox: wasmPack("firefox", "geckodriver", {}),
  webkit,
};

/** Writes a Rust test for each scenario, and returns the path. */
async function writeTests() {
  const folder = join(root, "tests/browser");
  const groups = (await readFile(join(folder, "scenarios.js"), "utf8")).matchAll(/^import \* as (\w+) from/gm);
  let tests = "";
  for (const [, group] of groups) {
    const scenarios = (await readFile(join(folder, `${group}.js`), "utf8")).matchAll(
      /^export (?:async function|const) (\w+)/gm,
    );
    const lines = [...scenarios].map(([, name]) => {
      const test = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return `    scenario!(${test}, "${group}.${name}");\n`;
    });
    tests += `mod ${group} {\n    use super::*;\n${lines.join("")}}\n`;
  }
  const path = join(root, "target/scenarios.rs");
  await writeFile(path, tests);
  return path;
}

/**
 * Returns how many tests failed. An engine that is not available is listed, and counts as a failure when `CI` is set.
 * @param {{ engines?: Engine[] }} [options]
 */
export async function runBrowserTests({ engines = ["chromium", "firefox", "webkit"] } = {}) {
  const server = await startBrowserTestServer(PORTS);
  const folder = await mkdtemp(join(tmpdir(), "browser-tests-"));
  const env = {
    PROXY_ORDERS_TEST_SERVER: server.url,
    PROXY_ORDERS_SCENARIOS: await writeTests(),
    WASM_BINDGEN_TEST_TIMEOUT: "900",
    WASM_BINDGEN_TEST_DRIVER_TIMEOUT: "30",
  };
  let failed = 0;
  /** @type {Engine[]} */
  const missing = [];
  try {
    for (const engine of engines) {
      console.log(`\nScenarios in ${engine}`);
      const run = await launchers[engine](env, folder);
      if (typeof run === "string") {
        console.log(`NOT RUN in ${engine}: ${run}`);
        missing.push(engine);
        continue;
      }
      const { status, output } = await execute(run);
      const result = /test result: .*?(\d+) failed/.exec(output);
      failed += status === 0 ? 0 : Math.max(1, Number(result?.[1] ?? 1));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await server.close();
  }
  return { failed: failed + (process.env.CI ? missing.length : 0), missing };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const engines = /** @type {Engine[]} */ (process.argv.slice(2));
  const { failed } = await runBrowserTests(engines.length > 0 ? { engines } : {});
  process.exitCode = failed > 0 ? 1 : 0;
}
