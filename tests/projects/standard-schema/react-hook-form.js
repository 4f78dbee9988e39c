import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { order, orderSchema } from "proxy-orders";
import { createFormControl } from "react-hook-form";
import assert from "node:assert/strict";

const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
const { handleSubmit, setValue } = createFormControl({
  defaultValues: { proxyType: "IPv4", quantity: 0, rentPeriodDays: 30, goal: "", country: "USA", authType: "LOGIN" },
  resolver: standardSchemaResolver(orderSchema),
});

let faults;
const submit = handleSubmit(
  async (value) => console.log((await order(value, api)).orderNumber),
  (errors) => (faults = errors),
);

await submit();
assert.deepEqual(Object.keys(faults), ["quantity", "goal"]);
assert.match(faults.quantity.message, /1 or more/);

setValue("quantity", 1);
setValue("goal", "scraping");
await submit();
