// @ts-check
// Places orders in a sandbox through its `fetch`, with one fault of each kind. Without imports, so that every runtime
// can run it.

const wanted = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};

/**
 * Each fault with its parameters, how the order ends, and the number of orders booked.
 * @type {[string, object, string, number][]}
 */
const kinds = [
  ["500", {}, "http, unknown", 0],
  ["cut-before", {}, "network, unknown", 0],
  ["cut-after", {}, "network, unknown", 1],
  ["cut-body", {}, "network, unknown", 1],
  ["stall-headers", {}, "timeout, unknown", 1],
  ["stall-body", {}, "timeout, unknown", 1],
  ["slow", { ms: 50 }, "placed", 1],
  ["503", { processed: true }, "http, unknown", 1],
  ["truncated", {}, "invalid_response, unknown", 1],
];

/** @param {string} fault @param {string} end @param {number} booked */
const line = (fault, end, booked) => `${fault}: ${end}; ${booked} booked`;

/** What endsOfFaults must return. */
export const expectedEnds = kinds.map(([fault, , end, booked]) => line(fault, end, booked));

/**
 * Orders once with each fault, and returns how each order ended.
 * @param {{ order: Function, createSandbox: Function }} modules of the package
 */
export async function endsOfFaults({ order, createSandbox }) {
  const ends = [];
  for (const [fault, parameters, expected] of kinds) {
    // Each order has its own API key, because an unresolved order prevents an identical one.
    const apiKey = `demo-key-${fault}`;
    const sandbox = createSandbox({ apiKey });
    const api = { baseUrl: "https://sandbox.example", apiKey, fetch: sandbox.fetch };
    sandbox.fail(fault, { ...parameters, on: "order" });
    const end = await order(wanted, { ...api, ...(expected.startsWith("timeout") && { timeoutMs: 300 }) }).then(
      (/** @type {{ success: boolean }} */ { success }) => (success ? "placed" : "failure"),
      (/** @type {{ code: string, outcome: string }} */ { code, outcome }) => `${code}, ${outcome}`,
    );
    ends.push(line(fault, end, sandbox.orders.length));
  }
  return ends;
}
