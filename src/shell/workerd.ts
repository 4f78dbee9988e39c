// The entry point for Cloudflare Workers and edge runtimes: they do not compile bytes, so the binary is imported as a module.

import binary from "./proxy_orders_bg.wasm?module";
import { setBinary } from "./load.js";

setBinary(() => binary);

export * from "./api.js";
export { default } from "./api.js";
