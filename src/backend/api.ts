// The backend's requests to the API.

import { calculate, order, type CalculateResponse, type OrderResponse } from "proxy-orders";
import type { Settings } from "./options.js";
import type { CustomerRequest } from "./types.js";
import type { Task } from "./task.js";
import { GIVE_UP_MS, SEND_MS } from "./time.js";

/**
 * Keeps these orders out of the ledger of the shop's own code: customers may place identical orders at the same time, and the
 * bookings keep each from buying twice.
 */
const LEDGER_SCOPE = { [Symbol.for("proxy-orders.untracked")]: true };

/** What is left of a time limit; at least 1, because a call needs a deadline. */
const left = (limitMs: number, task: Task) => Math.max(1, limitMs - task.ageMs());

/** Calculates the price of a customer's request, whether it is a calculation or an order. */
export function calculateAtApi(
  { endpoint, request }: CustomerRequest,
  { baseUrl, apiKey }: Settings,
  task: Task,
): Promise<CalculateResponse> {
  // A page retries a calculation by itself.
  const retries = endpoint === "calculate" ? { maxRetries: 0 } : {};
  return calculate(request, { baseUrl, apiKey, timeoutMs: left(SEND_MS, task), ...retries });
}

/** How an order ended: with the API's response, or with an error. An order that was sent may have been booked. */
export type Sent = { response: OrderResponse } | { error: unknown; wasSent: boolean };

/**
 * Orders at the API, unless too much time has passed.
 *
 * @param onSent Called when the order is handed to `fetch`.
 */
export async function orderAtApi(
  { request: wanted }: Extract<CustomerRequest, { endpoint: "order" }>,
  { baseUrl, apiKey }: Settings,
  task: Task,
  onSent: () => void,
): Promise<Sent> {
  let wasSent = false;
  let tooLate: Error | undefined;
  // Checks the age immediately before it calls `fetch`: a process that was suspended for too long sends nothing.
  const send = (request: Request): Promise<Response> => {
    if (task.ageMs() > SEND_MS) {
      tooLate = new Error("An order was not sent, because more than 20 seconds had passed since its request arrived.");
      throw tooLate;
    }
    wasSent = true;
    onSent();
    return globalThis.fetch(sendableOnce(request, JSON.stringify(wanted)));
  };
  try {
    const timeoutMs = left(GIVE_UP_MS, task);
    return { response: await order(wanted, { baseUrl, apiKey, timeoutMs, fetch: send, ...LEDGER_SCOPE }) };
  } catch (error) {
    return { error: tooLate ?? error, wasSent };
  }
}

/**
 * The same request with a stream as its body. Deno resends a POST when its connection is cut, and Node does on status
 * 421, unless the body is a stream, which cannot be read twice.
 */
function sendableOnce(request: Request, content: string): Request {
  // Cloudflare Workers never resend a request, and would send a stream in chunks, which some servers reject.
  if ("WebSocketPair" in globalThis) return request;
  const bytes = new TextEncoder().encode(content);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const init: RequestInit & { duplex: "half" } = { body, duplex: "half" };
  const sendable = new Request(request, init);
  // Deno ignores this and sends chunks.
  sendable.headers.set("content-length", String(bytes.length));
  return sendable;
}
