// @ts-check
// A PostgreSQL server for one test, in a folder of its own on a free port.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { need, postgresFolder } from "../../.build/tools.js";
import { freePort } from "../projects/support.js";

/** The user that it runs as: it refuses to run as root. */
function whoRuns() {
  if (process.getuid?.() !== 0) return {};
  const id = (/** @type {string} */ flag, /** @type {string} */ user) =>
    Number(spawnSync("id", [flag, user]).stdout.toString() || NaN);
  const user = ["postgres", "nobody"].find((name) => Number.isFinite(id("-u", name))) ?? "";
  return { uid: id("-u", user), gid: id("-g", user) };
}

/** Starts a server with an empty database, and returns how to connect to it. */
export async function startPostgres() {
  await need("postgres");
  const programs = postgresFolder() ?? "";
  const folder = await mkdtemp(join(tmpdir(), "proxy-orders-postgres-"));
  const { uid, gid } = whoRuns();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  const data = join(folder, "data");
  const options = { cwd: folder, uid, gid };
  const made = spawnSync(join(programs, "initdb"), ["-D", data, "-U", "shop", "--auth=trust", "--no-sync"], options);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);

  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", "max_connections=100"].flatMap((setting) => ["-c", setting]);
  const args = ["-D", data, "-p", String(port), "-k", folder, ...settings];

  /** Starts it, and returns the process, or what it said if it ended. */
  async function start() {
    const child = spawn(join(programs, "postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    const isReady = await new Promise((resolve) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        said += `${line}\n`;
        if (line.includes("ready to accept connections")) resolve(true);
      });
      child.once("exit", () => resolve(false));
    });
    return { child: isReady ? child : undefined, said };
  }

  const first = await start();
  if (!first.child) throw new Error(`PostgreSQL did not start:\n${first.said}`);
  let server = first.child;
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  return {
    connection: { host: "127.0.0.1", port, user: "shop", database: "postgres" },
    /** Kills it, and starts it again. */
    async crash() {
      const ended = once(server, "exit");
      kill();
      await ended;
      // It does not start before the processes of the killed one have ended.
      let next = await start();
      while (!next.child) {
        if (!/pre-existing shared memory|lock file/.test(next.said)) throw new Error(next.said);
        next = await start();
      }
      server = next.child;
    },
    async close() {
      process.off("exit", kill);
      const ended = once(server, "exit");
      // Waits for the connections to end: they have been told to, and one that the server ends would be an error.
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
