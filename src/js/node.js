// The entry point of Node, Bun and Deno: the binary is read from the disk.

import { readFile } from "node:fs/promises";

import { loadFrom } from "./load.js";

loadFrom(() => readFile(new URL("./proxy_orders_bg.wasm", import.meta.url)));

export * from "./api.js";
export { default } from "./api.js";
