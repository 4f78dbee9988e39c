import { calculate } from "proxy-orders";

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

export async function render(page) {
  const quote = await calculate(wanted, { baseUrl: process.env.API_URL, apiKey: "demo-key" });
  return page.replace("<!--price-->", `${quote.price} ${quote.currency}`);
}
