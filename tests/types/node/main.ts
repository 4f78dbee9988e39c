// The package itself, where there is Node, and no document.

import { calculate, isProxyOrdersError } from "proxy-orders";

try {
  const quote = await calculate(
    { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" },
    { baseUrl: "https://api.example", apiKey: "key", headers: { "x-shop": "1" }, fetch },
  );
  if (quote.success) console.log(quote.price.toFixed(2));
} catch (error) {
  if (isProxyOrdersError(error)) console.log(error.code);
}
