// The declaration of the entry `proxy-orders/proxy_orders_bg.wasm`, which is the binary itself.

import type { InitSource } from "./index.js";

/** The binary as the bundler hands it on, be it a URL, bytes or a module; made for `init`. */
declare const source: InitSource;
export default source;
