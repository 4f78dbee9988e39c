// @ts-check
// What a module worker does for worker.js.
import { minimal } from "./support.js";

async function work() {
  const { calculate, order, validateOrder, isProxyOrdersError } = await import(
    /* @vite-ignore */ `${location.origin}/dist/index.js`
  );
  const baseUrl = `${location.origin}/sandbox/worker-${Date.now()}-${Math.random()}`;
  const options = { baseUrl, apiKey: "demo-key" };
  const quote = await calculate(minimal.calculate.IPv4, options);
  const receipt = await order(minimal.order.IPv4, { ...options, maxPrice: quote.price });
  const relative = await calculate(minimal.calculate.IPv4, { ...options, baseUrl: new URL(baseUrl).pathname });
  const { issues } = validateOrder({});
  const error = await order(minimal.order.IPv4, { ...options, headers: { "x-sandbox-fault": "500" } }).catch(
    (/** @type {any} */ reason) => reason,
  );
  const { code, outcome } = error;
  /** @type {any[]} */
  const orders = await (await fetch(`${baseUrl}/__sandbox/orders`)).json();
  return {
    quote,
    receipt,
    relative,
    issues: issues.length,
    code,
    outcome,
    ours: isProxyOrdersError(error),
    booked: orders.length,
  };
}

postMessage(await work().catch((error) => ({ failure: String(error?.stack ?? error) })));
