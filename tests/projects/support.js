// @ts-check
// Installs, builds, starts and serves the projects.

import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packedPackage } from "../../.build/pack.js";
import { filesOf, listen } from "../../.build/serve.js";

/**
 * What a test of a project works with.
 * @typedef {object} Bench
 * @property {string} folder the project, installed
 * @property {import("../../dist/sandbox.js").Sandbox} sandbox
 * @property {string} api where the sandbox listens
 */

/**
 * What a user has to set: lines in a file of the project.
 * @typedef {{ file: string, lines: string[] }} Setting
 */

/**
 * A way to use the package that works: `place` places one order, and gives the number that the user sees. The name is
 * that of the tool; what it does may follow after a comma.
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} [dependency] the tool in the lock file whose version the documentation shows, if not the project's
 * @property {Setting[]} [settings] none: it works as it is
 * @property {boolean} [hasOwnSandbox] whether the page orders in a sandbox of its own, and checks its books by itself
 * @property {(bench: Bench) => Promise<string>} place
 */

/**
 * An error where settings are missing, or where the package cannot work: `provoke` gives its message.
 * @typedef {object} Failure
 * @property {string} name
 * @property {string} [impossible] what to do instead, where no setting helps
 * @property {RegExp} message what its message must match
 * @property {string} advice what the section that the message links to must contain
 * @property {(bench: Bench) => Promise<string>} provoke
 */

/**
 * What the file `project.mjs` of each folder exports.
 * @typedef {object} Project
 * @property {string} [tool] the tool in its lock file whose version the documentation shows
 * @property {Kind[]} kinds
 * @property {Failure[]} [failures]
 */

const run = promisify(execFile);
const projects = fileURLToPath(new URL(".", import.meta.url));

// Outside the repository: whatever a project does not declare itself must not be found in a folder above.
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "proxy-orders");

/** @type {Record<string, string | undefined>} */
const environment = { ...process.env, NO_COLOR: "1", DO_NOT_TRACK: "1", NEXT_TELEMETRY_DISABLED: "1" };
delete environment.FORCE_COLOR;
delete environment.NODE_ENV;
delete environment.NODE_TEST_CONTEXT;

/**
 * Makes a fresh copy of a project with its dependencies, which stay from run to run while the lock file is the same,
 * and the packed package installed.
 * @param {string} name of a folder beside this file
 * @param {string} [from] that folder
 */
export async function install(name, from = join(projects, name)) {
  const folder = join(cache, name);
  const modules = join(folder, "node_modules");
  const stamp = join(modules, ".installed-from");
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    if (entry !== "node_modules") await rm(join(folder, entry), { recursive: true });
  }
  await cp(from, folder, { recursive: true, filter: (path) => !/node_modules$|project\.mjs$/.test(path) });

  const lock = await readFile(join(folder, "package-lock.json")).catch(() => undefined);
  const wanted = lock && createHash("sha256").update(lock).digest("hex");
  if (wanted && wanted !== (await readFile(stamp, "utf8").catch(() => ""))) {
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, env: environment });
    await writeFile(stamp, wanted);
  }
  for (const stale of [".cache", ".vite", "proxy-orders"]) {
    await rm(join(modules, stale), { recursive: true, force: true });
  }
  const { folder: packed } = await packedPackage();
  await cp(packed, join(modules, "proxy-orders"), { recursive: true });
  await declare(folder, packed);
  return folder;
}

/**
 * Writes the dependency into a project's package.json, as `npm install proxy-orders` would: some tools go by it.
 * @param {string} folder
 * @param {string} packed
 */
async function declare(folder, packed) {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
  const { version } = JSON.parse(await readFile(join(packed, "package.json"), "utf8"));
  manifest.dependencies = { ...manifest.dependencies, "proxy-orders": `^${version}` };
  await writeFile(file, JSON.stringify(manifest, undefined, 2));
}

/**
 * Runs a program in a project to its end, and gives what it printed.
 * @param {string} folder
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 */
export const exec = async (folder, program, args, variables) =>
  (await execBoth(folder, program, args, variables)).stdout;

/**
 * Runs a program in a project to its end, and gives what it printed, with errors kept separate.
 * @param {string} folder
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 */
export function execBoth(folder, program, args, variables) {
  const path = `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  return run(program, args, { cwd: folder, env: { ...environment, PATH: path, ...variables } }).catch((error) => {
    error.message += `\n${error.stdout}`;
    throw error;
  });
}

/**
 * Starts a server in a project, and waits until it has printed that it is ready.
 * @param {string} folder
 * @param {string[]} args of npm
 * @param {RegExp} ready
 * @param {Record<string, string>} [variables]
 */
export async function start(folder, args, ready, variables) {
  const child = spawn("npm", args, {
    cwd: folder,
    env: { ...environment, ...variables },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const kill = () => {
    // The whole group: npm itself, its shell, and the server.
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
  };
  // Also when the tests were given up.
  process.once("exit", kill);
  ended.then(() => process.off("exit", kill));
  let printed = "";
  await new Promise((resolve, reject) => {
    /** @param {Buffer} chunk */
    const listen = (chunk) => {
      printed += chunk;
      if (ready.test(printed)) resolve(undefined);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", reject);
    ended.then(() => reject(new Error(`npm ${args.join(" ")} ended:\n${printed}`)));
  });
  return async () => {
    kill();
    await ended;
  };
}

/** A port that is free. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Serves a folder as any web server would, with the sandbox below `/api`.
 * @param {string} folder
 * @param {{ handler: (request: object, response: object) => void }} sandbox
 */
export function serve(folder, sandbox) {
  const serveFile = filesOf(folder);
  return listen((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    return pathname.startsWith("/api/") ? sandbox.handler(request, response) : serveFile(request, response, pathname);
  });
}
