import { env } from "$env/dynamic/private";
import { calculate, order } from "proxy-orders";

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

export async function load({ fetch }) {
  return { quote: await calculate(wanted, { baseUrl: env.API_URL, apiKey: "demo-key", fetch }) };
}

export const actions = {
  async default({ fetch }) {
    const receipt = await order({ ...wanted, authType: "LOGIN" }, { baseUrl: env.API_URL, apiKey: "demo-key", fetch });
    return { orderNumber: receipt.orderNumber };
  },
};
