// @ts-check
// Injects the faults that the demo page asks for between the page and its backend. So the backend books what it would
// book, and the page sees what it would see if the connection failed there.

import { parseFault } from "../dist/faults.js";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

const refusal = JSON.stringify({
  success: false,
  balance: null,
  currency: null,
  error: { code: 14, message: "Incorrect goal" },
});

/** The faults of the sandbox, with a count of the requests for each limited one. */
export function createFaults() {
  /** @type {Map<string, number>} */
  const counts = new Map();

  return {
    /**
     * Injects the fault that a request asks for, and returns whether there was one.
     * @param {IncomingMessage} request
     * @param {ServerResponse} response
     * @param {() => Promise<Response>} callBackend
     */
    async inject(request, response, callBackend) {
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

      const processRequest = async () => (await callBackend()).text();
      if (parameters.has("processed")) await processRequest();
      /** @type {Parameters<typeof fault.apply>[0]["send"]} */
      const send = (status, body, headers) => void response.writeHead(status, headers).end(body);
      await fault.apply({ res: response, parameters, processRequest, refusal: () => refusal, send });
      return true;
    },
  };
}
