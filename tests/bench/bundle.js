// Bundles entry points as their users do, and measures the bytes.
// @ts-check
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const packageFolder = join(root, "dist");
const wasm = join(packageFolder, "proxy_orders_bg.wasm");

/**
 * Bundles and minifies `entry` into `folder`, with the binary beside it if it loads one.
 *
 * @param {string} entry
 * @param {string} folder
 * @param {{ withWasm?: boolean, platform?: "browser" | "node" }} [options]
 * @returns {Promise<string[]>} the files
 */
export async function bundle(entry, folder, { withWasm = false, platform = "browser" } = {}) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, "index.js");
  await build({
    entryPoints: [entry],
    outfile,
    platform,
    bundle: true,
    format: "esm",
    minify: true,
    logLevel: "error",
  });
  if (!withWasm) return [outfile];
  const copy = join(folder, "proxy_orders_bg.wasm");
  await copyFile(wasm, copy);
  return [outfile, copy];
}

/**
 * The bytes of files: raw, with gzip 9, and with brotli 11. Each file is compressed by itself, as servers do.
 *
 * @param {string[]} files
 */
export async function measureBytes(files) {
  const sum = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    const bytes = await readFile(file);
    sum.raw += bytes.length;
    sum.gzip += gzipSync(bytes, { level: 9 }).length;
    sum.brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length;
  }
  return sum;
}
