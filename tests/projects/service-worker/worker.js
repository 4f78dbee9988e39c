import { calculate, order } from "/node_modules/proxy-orders/dist/index.js";

const api = { baseUrl: "/api", apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

async function buy(page) {
  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
  page.postMessage(receipt.orderNumber);
}

addEventListener("message", (event) => event.waitUntil(buy(event.source)));
