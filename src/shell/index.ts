// The entry point of browsers, workers and bundlers: the binary lies beside this file.

import { loadFrom } from "./load.js";

loadFrom(() => new URL("./proxy_orders_bg.wasm", import.meta.url));

export * from "./api.js";
export { default } from "./api.js";
