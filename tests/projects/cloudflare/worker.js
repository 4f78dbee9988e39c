import { calculate, isProxyOrdersError, order } from "proxy-orders";

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };

/** Places an order, and says how it ended. */
async function buy(api, quantity, headers) {
  try {
    const quote = await calculate({ ...wanted, quantity }, api);
    const receipt = await order({ ...wanted, quantity, authType: "LOGIN" }, { ...api, headers, maxPrice: quote.price });
    return { orderNumber: receipt.orderNumber };
  } catch (error) {
    if (!isProxyOrdersError(error)) throw error;
    const { code, outcome, message } = error;
    return { code, outcome, message };
  }
}

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const api = { baseUrl: env.API_URL, apiKey: "demo-key" };
    const headers = searchParams.has("fault") ? { "x-sandbox-fault": searchParams.get("fault") } : {};
    return Response.json(await buy(api, Number(searchParams.get("quantity")), headers));
  },
};
