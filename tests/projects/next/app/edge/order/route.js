import { calculate, order } from "proxy-orders";

export const runtime = "edge";

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

export async function POST() {
  const api = { baseUrl: process.env.API_URL, apiKey: "demo-key" };
  const quote = await calculate(wanted, api);
  return Response.json(await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: quote.price }));
}
