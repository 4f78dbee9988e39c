// The schemas are what the standard's own types ask for.

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CalculateRequest, OrderRequest } from "proxy-orders";
import { calculateSchema, orderSchema } from "proxy-orders";
import { is } from "./support.js";

const schemas: StandardSchemaV1[] = [calculateSchema, orderSchema];
const calculated: StandardSchemaV1<CalculateRequest, CalculateRequest> = calculateSchema;
const ordered: StandardSchemaV1<OrderRequest> = orderSchema;

declare const output: StandardSchemaV1.InferOutput<typeof orderSchema>;
declare const input: StandardSchemaV1.InferInput<typeof calculateSchema>;
is<OrderRequest>()(output);
is<CalculateRequest>()(input);

// What a router or a form library does with any schema.
async function parse<S extends StandardSchemaV1>(schema: S, value: unknown): Promise<StandardSchemaV1.InferOutput<S>> {
  const result = await schema["~standard"].validate(value);
  if (result.issues) throw new Error(result.issues.map(({ message }) => message).join("\n"));
  return result.value as StandardSchemaV1.InferOutput<S>;
}
is<OrderRequest>()(await parse(orderSchema, {}));

for (const schema of [...schemas, calculated, ordered]) await parse(schema, {});
