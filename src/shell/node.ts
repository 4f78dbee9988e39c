// The entry point of Node, Bun and Deno: the binary is read from the disk.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadFrom } from "./load.js";

// Written without `new URL`, which the bundlers of servers would take for an asset of the page.
loadFrom(() => readFile(join(dirname(fileURLToPath(import.meta.url)), "proxy_orders_bg.wasm")));

export * from "./api.js";
export { default } from "./api.js";
