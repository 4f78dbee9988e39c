import { calculate, order } from "/node_modules/proxy-orders/dist/index.js";

const api = { baseUrl: "/api", apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

document.querySelector("button").addEventListener("click", async () => {
  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
  document.querySelector("output").value = receipt.orderNumber;
});
