// @ts-check
// Injects the faults that the demo page requests, between the page and its backend. Both notice the same as if that
// connection failed.

import { applyFault, Faults } from "../dist/faults.js";

const failure = {
  success: false,
  balance: null,
  currency: null,
  error: { code: 14, message: "Incorrect goal" },
};

/** Creates the sandbox's faults for a backend. */
export function createFaults() {
  const faults = new Faults();

  /**
   * Calls the backend, with the fault that the request names.
   * @param {Request} request
   * @param {(request: Request) => Promise<Response>} backend
   */
  return async (request, backend) => {
    const { headers, signal, url } = request;
    const endpoint = url.endsWith("/calculate/order") ? "calculate" : url.endsWith("/lookup") ? "lookup" : "order";
    const fault = faults.take(headers.get("x-sandbox-fault"), endpoint, false);
    if (!fault) return backend(request);
    if ("problem" in fault) return new Response(fault.problem, { status: 400 });
    return applyFault(fault, { process: () => backend(request), failure: () => failure, signal });
  };
}
