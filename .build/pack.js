// Packs the built package, as `npm publish` does.

import { rmSync } from "node:fs";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { notices } from "./notices.js";
import { capture, run } from "./tools.js";

/** @type {Promise<string> | undefined} */
let packing;

/**
 * Packs the package once, and returns its tarball and the folder of its files, as users get them. Both are removed when
 * the process exits. Its child processes use the same ones: `PROXY_ORDERS_PACKED` names their folder.
 */
export async function packedPackage() {
  packing ??= process.env.PROXY_ORDERS_PACKED ? Promise.resolve(process.env.PROXY_ORDERS_PACKED) : pack();
  const place = await packing;
  const tarball = (await readdir(place)).find((name) => name.endsWith(".tgz")) ?? "";
  return { tarball: join(place, tarball), folder: join(place, "package") };
}

async function pack() {
  // The script `prepack` is skipped, because it would build again.
  await notices();
  const place = await mkdtemp(join(tmpdir(), "proxy-orders-"));
  process.once("exit", () => rmSync(place, { recursive: true, force: true }));
  const tarball = await capture("npm", ["pack", "--pack-destination", place, "--silent", "--ignore-scripts"]);
  await run("tar", ["-xzf", join(place, tarball.trim()), "-C", place]);
  process.env.PROXY_ORDERS_PACKED = place;
  return place;
}
