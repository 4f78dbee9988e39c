// Reads the parts of a page's request, or ends the request with the failure that the page gets.

import { idempotencyKeyOf, maxPriceOf } from "../server/purchase.js";
import { EarlyFailure } from "./responses.js";
import { BODY_MS, withTimeout } from "./time.js";

const MAX_BYTES = 10_000;

/** Ends a request whose page was loaded before somebody else signed in. */
export function checkCustomer({ headers }: Request, user: string): void {
  const customer = headers.get("order-customer");
  if (customer === null || customer === encodeURIComponent(user)) return;
  throw new EarlyFailure(409, "Another customer has signed in. Please reload the page.");
}

/** The idempotency key, which an order and a lookup need. */
export function readIdempotencyKey({ headers }: Request): string {
  const key = idempotencyKeyOf(headers);
  if (key === undefined) throw new EarlyFailure(400, "An order needs an Idempotency-Key.");
  return key;
}

/** The most that a new booking may cost, if the page has set a limit. */
export function readMaxPrice({ headers }: Request): number | undefined {
  const price = maxPriceOf(headers);
  if (Number.isNaN(price)) throw new EarlyFailure(400, "Order-Max-Price must be a number, 0 or more.");
  return price === Infinity ? undefined : price;
}

/** Reads the JSON of a body: at most 10 000 bytes, within 10 seconds. */
export async function readJson(request: Request): Promise<unknown> {
  if (request.bodyUsed || request.body?.locked) {
    throw new Error("The request's body was read before. Mount the backend before anything that parses bodies.");
  }
  const bytes = await readBytes(request);
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";", 1);
  if (type.trim().toLowerCase() !== "application/json") {
    throw new EarlyFailure(415, "The body must be application/json.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new EarlyFailure(400, "The body is not JSON.");
  }
}

const tooLong = () => new EarlyFailure(413, "The body is too long.");

const tooLate = () => {
  const cause =
    "A body did not arrive within 10 seconds. If this happens to every request, something in front of the backend has " +
    "read it, such as express.json(): mount the backend before.";
  return new EarlyFailure(408, "The body did not arrive in time.", cause);
};

/** Reads a body, within the limits of its size and time. */
async function readBytes({ headers, body }: Request): Promise<Uint8Array> {
  if (Number(headers.get("content-length")) > MAX_BYTES) throw tooLong();
  const reader = body?.getReader();
  if (!reader) return new Uint8Array();
  try {
    return await withTimeout(BODY_MS, () => readAll(reader), tooLate);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const bytes = new Uint8Array(MAX_BYTES);
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.length > MAX_BYTES) throw tooLong();
    bytes.set(value, length);
    length += value.length;
  }
}
