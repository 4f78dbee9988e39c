import { calculate, order } from "proxy-orders";
import { expect, test } from "@jest/globals";

test("an order is placed", async () => {
  const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
  const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });

  expect(receipt.success).toBe(true);
  console.log(receipt.orderNumber);
});
