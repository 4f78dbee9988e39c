// Every entry point has its types.

import * as main from "proxy-orders";
import load, * as inline from "proxy-orders/inline";
import binary from "proxy-orders/proxy_orders_bg.wasm";
import { is } from "./support.js";

is<typeof main>()(inline);
await load();
await inline.init(binary);

// Everything that a type is made of can be named.
export type Named = [
  main.ApiError,
  main.CalculateRequest,
  main.CalculateResponse,
  main.CallOptions,
  main.Issue,
  main.OrderOptions,
  main.OrderRequest,
  main.OrderResponse,
  main.PromoCodeStatus,
  main.ProxyOrdersError,
  main.ProxyType,
  main.ValidationResult<main.OrderRequest>,
];
