// Finds the tools that the project is built and tested with, and installs those that are missing.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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

/** A tool that cannot be had: the message is all that a person needs. */
export class Missing extends Error {}

/** @type {Record<string, () => void | Promise<void>>} */
const TOOLS = {
  packages: () => packages(root),

  rust() {
    if (!works("cargo", "--version")) throw new Missing("Rust is needed: install it with rustup, then try again.");
    const { stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]);
    if (existsSync(String(stdout).trim())) return;
    step("adding the WebAssembly target to the active Rust toolchain");
    const added = works("rustup", "target", "add", "wasm32-unknown-unknown");
    if (!added) throw new Missing("The target wasm32-unknown-unknown is missing, and rustup could not add it.");
  },

  "wasm-bindgen": () =>
    cargoTool("wasm-bindgen", "wasm-bindgen-cli", lockedVersion("wasm-bindgen"), "about three minutes"),
  "wasm-pack": () => cargoTool("wasm-pack", "wasm-pack", undefined, "about two minutes"),
  geckodriver: () => cargoTool("geckodriver", "geckodriver", undefined, "about two minutes"),

  chromium: () => debian("Chromium", ["chromium", "chromium-driver"], CHROMIUM, ["chromedriver"]),
  firefox: () => debian("Firefox", ["firefox-esr"], ["firefox-esr", "firefox"]),
  webkit: () => debian("WebKit", ["webkit2gtk-driver", "xvfb"], ["WebKitWebDriver"], ["xvfb-run"]),
};

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Makes sure that tools are there.
 * @param {...string} names
 */
export async function need(...names) {
  for (const name of names) await TOOLS[name]?.();
}

/**
 * Installs the npm packages of a folder, unless its lock file is installed already.
 * @param {string} folder
 */
export async function packages(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex");
  const mark = join(folder, "node_modules/.installed");
  if (existsSync(mark) && readFileSync(mark, "utf8") === digest) return;
  step(`installing npm packages${folder === root ? "" : ` of ${folder.slice(root.length + 1)}`}`);
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  writeFileSync(mark, digest);
}

/** Says what takes its time. @param {string} what */
export function step(what) {
  console.log(`\n▸ ${what}`);
}

/**
 * Runs a program, and fails if it does.
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
 * Runs a program, and gives what it prints.
 * @param {string} program
 * @param {string[]} args
 */
export async function capture(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
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

/** @param {string} program @param {...string} args */
export function works(program, ...args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** @param {string} name */
function lockedVersion(name) {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  return new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
}

/**
 * @param {string} program
 * @param {string} crate
 * @param {string | undefined} version the only one that will do, if there is one
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

/**
 * @param {string} what
 * @param {string[]} names its packages
 * @param {...string[]} programs of each list, one must be there
 */
async function debian(what, names, ...programs) {
  const there = () => programs.every((list) => list.some((program) => works("which", program)));
  if (there()) return;
  step(`installing ${names.join(" and ")}`);
  const root = process.getuid?.() === 0;
  const apt = root ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  const install = [...apt.slice(1), "install", "--yes", "--no-install-recommends", ...names];
  if (works("which", "apt-get") && works(apt[0], ...apt.slice(1), "update")) works(apt[0], ...install);
  if (!there()) throw new Missing(`${what} is needed, and could not be installed: install ${names.join(" and ")}.`);
}
