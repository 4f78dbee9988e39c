// Finds the tools that build and test the project, and installs those that are missing.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

process.env.PATH = [
  join(root, "node_modules/.bin"),
  join(root, "target/tools/bin"),
  join(homedir(), ".cargo/bin"),
  process.env.PATH,
].join(delimiter);

/** A tool that could not be installed. Its message says all that a person needs to know. */
export class Missing extends Error {}

/** @type {Record<string, () => void | Promise<void>>} */
const TOOLS = {
  packages: () => packages(root),

  rust() {
    const mismatch = bindgenMismatch(lockOf("."), lockOf(".build/bindgen"));
    if (mismatch) throw new Missing(mismatch);
    if (!works("cargo", "--version")) throw new Missing("Rust is missing: install it with rustup, then try again.");
    const { stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]);
    if (existsSync(String(stdout).trim())) return;
    step("adding the WebAssembly target to the active Rust toolchain");
    const added = works("rustup", "target", "add", "wasm32-unknown-unknown");
    if (!added) throw new Missing("The target wasm32-unknown-unknown is missing, and rustup could not add it.");
  },

  /** For the tests. The build uses .build/bindgen instead. */
  "wasm-bindgen": () =>
    cargoTool("wasm-bindgen", "wasm-bindgen-cli", lockedVersion(lockOf("."), "wasm-bindgen"), "about three minutes"),
  "wasm-pack": () => cargoTool("wasm-pack", "wasm-pack", undefined, "about two minutes"),
  geckodriver: () => cargoTool("geckodriver", "geckodriver", undefined, "about two minutes"),

  chromium: () => browser("chromium"),
  firefox: () => browser("firefox"),
  webkit: () => browser("webkit"),

  /** WebKitGTK, for a program in Python that opens a page in a WebView. */
  webview: () => debian("WebKitGTK for Python", hasWebView, ["python3-gi", "gir1.2-webkit2-4.1", "xvfb", "xauth"]),
  postgres: () => debian("PostgreSQL", postgresFolder, ["postgresql"]),
  nginx: () => debian("nginx", () => find("nginx"), ["nginx-light"]),
};

/**
 * The browsers with their drivers. Each list in `programs` contains alternatives: one of them is needed.
 * @type {Record<string, { title: string, programs: string[][], packages: string[] }>}
 */
const BROWSERS = {
  chromium: {
    title: "Chromium or its driver",
    programs: [["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"], ["chromedriver"]],
    packages: ["chromium", "chromium-driver"],
  },
  firefox: { title: "Firefox", programs: [["firefox-esr", "firefox"]], packages: ["firefox-esr"] },
  webkit: {
    title: "WebKit or its driver",
    programs: [["WebKitWebDriver"], ["xvfb-run"]],
    packages: ["webkit2gtk-driver", "xvfb", "xauth"],
  },
};

/**
 * Makes sure that tools are installed.
 * @param {...string} names
 */
export async function need(...names) {
  for (const name of names) await TOOLS[name]?.();
}

/**
 * Installs the npm packages of a folder, unless those of its lock file are already installed.
 * @param {string} folder
 */
export async function packages(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex");
  const mark = join(folder, "node_modules/.installed");
  if (existsSync(mark) && readFileSync(mark, "utf8") === digest) return;
  step(`installing npm packages${folder === root ? "" : ` of ${folder.slice(root.length + 1)}`}`);
  await capture("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  writeFileSync(mark, digest);
}

/** Prints what is about to happen. @param {string} what */
export function step(what) {
  // The standard output is for the result of a command: `npm pack` prints a file name there.
  console.error(`\n▸ ${what}`);
}

/**
 * Runs a program. Rejects if it fails.
 * @param {string} program
 * @param {string[]} [args]
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<void>}
 */
export async function run(program, args = [], { cwd = root, env = {} } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "inherit", "inherit"] });
  await ended(child, program, args);
}

/**
 * Runs a program, and returns its output.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
export async function capture(program, args, { cwd = root } = {}) {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part) => (text += part));
  await ended(child, program, args);
  return text;
}

/** @param {import("node:child_process").ChildProcess} child @param {string} program @param {string[]} args */
function ended(child, program, args) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`${program} ${args.slice(0, 3).join(" ")} failed (${code}).`));
    });
  });
}

/**
 * Returns the path of the first program that is installed.
 * @param {...string} programs
 */
export function find(...programs) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(existsSync);
}

/** Whether a command succeeds. @param {string} program @param {...string} args */
export function works(program, ...args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** @param {string} folder */
const lockOf = (folder) => readFileSync(join(root, folder, "Cargo.lock"), "utf8");

/** @param {string} lock a Cargo.lock @param {string} crate */
function lockedVersion(lock, crate) {
  return new RegExp(`name = "${crate}"\nversion = "([^"]+)"`).exec(lock)?.[1];
}

/**
 * Returns what to do if .build/bindgen has a different version of wasm-bindgen from the project: they must be equal.
 * @param {string} project the Cargo.lock of the project
 * @param {string} tool the Cargo.lock of .build/bindgen
 */
export function bindgenMismatch(project, tool) {
  const wanted = lockedVersion(project, "wasm-bindgen");
  const found = lockedVersion(tool, "wasm-bindgen-cli-support");
  if (wanted === found) return undefined;
  const update = `cargo add --manifest-path .build/bindgen/Cargo.toml wasm-bindgen-cli-support@=${wanted}`;
  return `Cargo.lock has wasm-bindgen ${wanted}, but .build/bindgen has ${found}: run \`${update}\`.`;
}

/**
 * Installs a program with cargo, unless it is installed.
 * @param {string} program
 * @param {string} crate
 * @param {string | undefined} version the required version, if any
 * @param {string} duration
 */
async function cargoTool(program, crate, version, duration) {
  const found = String(spawnSync(program, ["--version"]).stdout ?? "");
  if (version ? found.includes(` ${version}`) : found) return;
  step(`installing ${crate}${version ? ` ${version}` : ""} with cargo (${duration})`);
  const args = ["install", "--quiet", "--root", join(root, "target/tools"), crate];
  await run("cargo", version ? [...args, "--version", version] : args).catch(() => {
    throw new Missing(`${crate} could not be installed with cargo.`);
  });
}

/** Makes sure that a browser is installed. @param {string} name */
function browser(name) {
  const { title, programs, packages } = BROWSERS[name];
  debian(title, () => programs.every((alternatives) => find(...alternatives)), packages);
}

/**
 * Makes sure that something is installed, with Debian's packages if the current user may do that.
 * @param {string} title
 * @param {() => unknown} isInstalled
 * @param {string[]} packages
 */
function debian(title, isInstalled, packages) {
  if (isInstalled()) return;
  if (process.getuid?.() === 0 && find("apt-get")) {
    step(`installing ${packages.join(", ")}`);
    if (works("apt-get", "update")) works("apt-get", "install", "--yes", "--no-install-recommends", ...packages);
  }
  if (!isInstalled()) throw missing(title, packages);
}

/** @param {string} title @param {string[]} packages */
const missing = (title, packages) =>
  new Missing(
    `${title} is missing. On Debian, run as root: apt-get install --yes --no-install-recommends ${packages.join(" ")}`,
  );

/** Debian's own Python, which finds the modules of Debian's packages. */
export const python = "/usr/bin/python3";

const hasWebView = () => find("xvfb-run") && works(python, "-c", "import gi; gi.require_version('WebKit2', '4.1')");

/** Returns the folder of the newest PostgreSQL's programs. Debian does not add it to the PATH. */
export function postgresFolder() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** Returns the path of Chromium. */
export function chromiumPath() {
  const { title, programs, packages } = BROWSERS.chromium;
  const path = find(...programs[0]);
  if (!path) throw missing(title, packages);
  return path;
}
