// What the checks tell.

import type { CalculateRequest, Issue, OrderRequest, ValidationResult } from "proxy-orders";
import init, {
  calculateSchema,
  init as load,
  isProxyOrdersError,
  order,
  orderSchema,
  validateCalculate,
  validateOrder,
} from "proxy-orders";
import { is } from "./support.js";

await load();
await init();
await init(undefined);
await init(new Uint8Array());
await init(new ArrayBuffer(8));
await init(await WebAssembly.compile(new Uint8Array()));
// @ts-expect-error: an address.
await init("/proxy_orders_bg.wasm");

const result = validateOrder({ anything: "at all" });
is<ValidationResult<OrderRequest>>()(result);
// @ts-expect-error: there may be no value.
result.value.country;
if (result.issues) {
  is<Issue[]>()(result.issues);
  is<undefined>()(result.value);
  for (const { path, code, message } of result.issues) {
    is<string[]>()(path);
    is<string>()(message);
    // @ts-expect-error: a code that there is not.
    if (code === "nonsense") throw message;
    if (code === "unknown_field") console.log(path.join("."));
  }
} else {
  is<OrderRequest>()(result.value);
  await order(result.value, { baseUrl: "/api", apiKey: "self" });
}

// By whether there is the one or the other field.
if ("value" in result && result.value) is<OrderRequest>()(result.value);
const { value, issues } = validateCalculate(1n);
if (!issues) is<CalculateRequest>()(value);

// The schemas are of the standard, and tell the types of what they let through.
type Output<S extends { "~standard": { types?: { output: unknown } | undefined } }> = NonNullable<
  S["~standard"]["types"]
>["output"];
declare const calculated: Output<typeof calculateSchema>;
declare const ordered: Output<typeof orderSchema>;
is<CalculateRequest>()(calculated);
is<OrderRequest>()(ordered);
is<1>()(orderSchema["~standard"].version);
const outcome = await orderSchema["~standard"].validate({});
is<ValidationResult<OrderRequest>>()(outcome);

// @ts-expect-error: what it is given may be anything, so what it is is not known without it.
isProxyOrdersError();
