// @ts-check
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const project = fileURLToPath(new URL("../..", import.meta.url));

/** @type {Promise<string> | undefined} */
let packed;

/**
 * The folder of the package as its users get it: what `npm pack` makes of the build, unpacked. It is made once for each
 * process and goes with it; `PROXY_ORDERS_PACKED` names one that is already there.
 */
export function packedPackage() {
  packed ??= process.env.PROXY_ORDERS_PACKED ? Promise.resolve(process.env.PROXY_ORDERS_PACKED) : pack();
  return packed;
}

async function pack() {
  const folder = await mkdtemp(join(tmpdir(), "proxy-orders-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await run("npm", ["pack", "--pack-destination", folder, "--silent", "--ignore-scripts"], { cwd: project });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await run("tar", ["-xzf", tarball], { cwd: folder });
  return join(folder, "package");
}
