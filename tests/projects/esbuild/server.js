import { calculate, order } from "proxy-orders";

const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

calculate(wanted, api)
  .then((quote) => order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price }))
  .then((receipt) => console.log(receipt.orderNumber));
