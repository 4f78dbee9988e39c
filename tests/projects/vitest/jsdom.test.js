// @vitest-environment jsdom

import { calculate, order } from "proxy-orders";
import { expect, test } from "vitest";

test("an order is placed beside a page", async () => {
  const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
  const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });

  document.body.textContent = receipt.orderNumber;
  expect(document.body.textContent).toBe(receipt.orderNumber);
  console.log(receipt.orderNumber);
});
