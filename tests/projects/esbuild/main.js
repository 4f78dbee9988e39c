import { calculate, order } from "proxy-orders";

const api = { baseUrl: new URLSearchParams(location.search).get("api") ?? "/api", apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

document.querySelector("button").addEventListener("click", async () => {
  const quote = await calculate(wanted, api);
  const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
  document.querySelector("output").value = receipt.orderNumber;
});
