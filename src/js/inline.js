// The entry point for where no second file can be had: the binary stands in this one.

import binary from "../../target/pkg/proxy_orders_bg.wasm";

import { loadFrom } from "./load.js";

loadFrom(() => binary);

export * from "./api.js";
export { default } from "./api.js";
