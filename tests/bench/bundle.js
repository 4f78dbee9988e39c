// Bundles entry points as their users do, and measures the bytes.
// @ts-check
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const packageFolder = join(root, "dist");

/**
 * Bundles and minifies a module into `folder`, and gives the file.
 *
 * @param {string} entry
 * @param {string} folder
 */
export const bundle = (entry, folder) => run({ entryPoints: [entry] }, folder);

/**
 * Bundles and minifies the source text of a module into `folder`, and gives the file.
 *
 * @param {string} source
 * @param {string} folder
 */
export const bundleSource = (source, folder) => run({ stdin: { contents: source, resolveDir: root } }, folder);

/** @param {import("esbuild").BuildOptions} input @param {string} folder */
async function run(input, folder) {
  await rm(folder, { recursive: true, force: true });
  const outfile = join(folder, "index.js");
  await build({ ...input, outfile, bundle: true, format: "esm", minify: true, logLevel: "error" });
  return outfile;
}

/**
 * The bytes of a file: raw, with gzip 9, and with brotli 11.
 *
 * @param {string} file
 */
export async function measureBytes(file) {
  const bytes = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}
