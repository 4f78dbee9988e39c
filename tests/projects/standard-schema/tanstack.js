import { FormApi } from "@tanstack/form-core";
import { init, order, orderSchema } from "proxy-orders";
import assert from "node:assert/strict";

const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
const defaultValues = {
  proxyType: "IPv4",
  quantity: 0,
  rentPeriodDays: 30,
  goal: "",
  country: "USA",
  authType: "LOGIN",
};
const onSubmit = async ({ value }) => console.log((await order(value, api)).orderNumber);

// Loaded or not, an asynchronous validator will do.
const early = new FormApi({ defaultValues, validators: { onSubmitAsync: orderSchema }, onSubmit });
early.mount();
await early.handleSubmit();
assert.deepEqual(Object.keys(early.state.errors[0]), ["quantity", "goal"]);

// One that answers at once needs the module loaded.
await init();
const form = new FormApi({ defaultValues, validators: { onChange: orderSchema }, onSubmit });
form.mount();
await form.handleSubmit();
assert.match(form.getAllErrors().fields.quantity.errors[0].message, /1 or more/);
assert.equal(form.getAllErrors().fields.goal.errors.length, 1);

form.setFieldValue("quantity", 1);
form.setFieldValue("goal", "scraping");
await form.handleSubmit();
