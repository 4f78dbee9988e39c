import { calculate, order } from "proxy-orders";

const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

const quote = await calculate(wanted, api);
const receipt = await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price });
console.log(receipt.orderNumber);
