// @ts-check
// The package in a module worker.
import { assert, equal, replies, settled, show, wanted } from "./support.js";

/** @typedef {import("./support.js").Test} Test */

/** @param {Test} test */
export async function aModuleWorkerOrders({ url, sandbox }) {
  const api = sandbox();
  const script = `
    import { calculate, order, validateOrder, isProxyOrdersError } from "${url}/pkg/index.js";
    const { request, wrong, options } = ${JSON.stringify({ request: wanted.order.IPv4, wrong: {}, options: api.options })};
    try {
      const quote = await calculate(request, options);
      const receipt = await order(request, { ...options, maxPrice: quote.price });
      const { issues } = validateOrder(wrong);
      const error = await order(request, { ...options, headers: { "x-sandbox-fault": "500" } }).catch((error) => error);
      const { code, outcome } = error;
      postMessage({ quote, receipt, issues: issues.length, code, outcome, ours: isProxyOrdersError(error) });
    } catch (error) {
      postMessage({ failure: String(error?.stack ?? error) });
    }`;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module" });
  try {
    const answer = new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve({ failure: `the worker failed: ${event.message}` });
    });
    const { quote, receipt, issues, code, outcome, ours, failure } = await settled(answer, 15_000, "the worker");
    assert(failure === undefined, failure);
    equal(quote, replies.calculate, "quote");
    assert(receipt.success, show(receipt));
    equal(issues, 6, "issues of an empty order");
    equal([code, outcome, ours], ["http", "unknown", true], "a failure");
    equal((await api.orders()).length, 1, "orders on the books");
  } finally {
    worker.terminate();
    URL.revokeObjectURL(address);
  }
}
