// The entry point of Cloudflare Workers and edge runtimes, which compile no bytes: the binary is imported as a module.

import binary from "./proxy_orders_bg.wasm?module";
import { loadFrom } from "./load.js";

loadFrom(() => binary);

export * from "./api.js";
export { default } from "./api.js";
