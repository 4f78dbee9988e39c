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

const readBefore = () =>
  new Error(
    "The request's body was read before, for example by express.json(). Mount the backend before anything that parses " +
      "bodies.",
  );

/** Reads the JSON of a body: at most 10 000 bytes, within 10 seconds. */
export async function readJson(request: Request): Promise<unknown> {
  if (request.bodyUsed || request.body?.locked) throw readBefore();
  const bytes = await readBytes(request);
  // An adapter may pass on an empty body after a parser has read it.
  if (bytes.length === 0 && Number(request.headers.get("content-length")) > 0) throw readBefore();
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

const PARSER =
  "If this happens to every request, something in front of the backend has read the body, such as express.json(): mount " +
  "the backend before.";

const tooLate = () =>
  new EarlyFailure(408, "The body did not arrive in time.", `A body did not arrive within 10 seconds. ${PARSER}`);

/** A page that is gone; or an adapter that takes a request for aborted because a parser has read it. */
const aborted = (cause: unknown) => new Error(`A request was aborted before its body arrived. ${PARSER}`, { cause });

/** Reads a body, within the limits of its size and time. */
async function readBytes({ headers, body, signal }: Request): Promise<Uint8Array> {
  if (Number(headers.get("content-length")) > MAX_BYTES) throw tooLong();
  const reader = body?.getReader();
  if (!reader) return new Uint8Array();
  try {
    return await withTimeout(BODY_MS, () => readAll(reader), tooLate);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw signal.aborted && !(error instanceof EarlyFailure) ? aborted(error) : error;
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
