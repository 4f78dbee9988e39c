// @ts-check
// The line between the demo page and its backend: the faults that the page asks for strike here, so that the backend
// has booked what it would have booked, and the page hears of it what it would have heard.

import { parseFault } from "../dist/faults.js";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

const refusal = JSON.stringify({
  success: false,
  balance: null,
  currency: null,
  error: { code: 14, message: "Incorrect goal" },
});

/** The faults of the sandbox, with a count of those that strike a limited number of times. */
export function createFaults() {
  /** @type {Map<string, number>} */
  const counts = new Map();

  return {
    /**
     * Lets the fault strike that a request asks for; tells whether there was one.
     * @param {IncomingMessage} request
     * @param {ServerResponse} response
     * @param {() => Promise<Response>} ask lets the backend answer
     */
    async strike(request, response, ask) {
      const header = String(request.headers["x-sandbox-fault"] ?? "");
      if (!header) return false;
      const fault = parseFault(header);
      if ("problem" in fault) return response.writeHead(400).end(fault.problem);
      const { parameters } = fault;
      const called = request.url?.endsWith("/calculate/order") ? "calculate" : "order";
      if ((parameters.get("on") ?? called) !== called) return false;
      const count = (counts.get(header) ?? 0) + 1;
      if (count > Number(parameters.get("times") ?? Infinity)) return false;
      counts.set(header, count);

      const processRequest = async () => (await ask()).text();
      if (parameters.has("processed")) await processRequest();
      /** @type {Parameters<typeof fault.apply>[0]["send"]} */
      const send = (status, body, headers) => void response.writeHead(status, headers).end(body);
      await fault.apply({ res: response, parameters, processRequest, refusal: () => refusal, send });
      return true;
    },
  };
}
