// The entry point for where no second file can be served: it contains the binary.

import binary from "../../target/pkg/proxy_orders_bg.wasm";
import { loadFrom } from "./load.js";

loadFrom(() => binary);

export * from "./api.js";
export { default } from "./api.js";
