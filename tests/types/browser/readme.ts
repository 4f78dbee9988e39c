// A first order.

import { calculate, order } from "proxy-orders";

const api = { baseUrl: "/api", apiKey: "self" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" } as const;

const quote = await calculate(wanted, api);
if (quote.success && !quote.warnings) {
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
  if (receipt.success) console.log(receipt.orderNumber, receipt.balance, receipt.currency);
  else console.log(receipt.error.code, receipt.error.message);
}
