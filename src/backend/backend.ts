// The handler: which requests it answers, and the order of its checks.

import { calculate, init, isProxyOrdersError, validateCalculate, validateOrder } from "proxy-orders";
import { forward } from "./forward.js";
import { checkOptions } from "./options.js";
import type { Endpoint } from "../server/failure.js";
import { corsHeaders, isListedOrigin, isOwnOrigin, VARY } from "../server/origins.js";
import { EarlyFailure, failure, UNKNOWN } from "./responses.js";
import { withTimeouts } from "./store.js";
import { pause } from "./time.js";
import type { Backend, BackendOptions, BookingDetails, CustomerRequest, StoredResponse } from "./types.js";

const PATH = /\/client\/api\/v1\/[^/]+\/(calculate\/)?order$/;
const MAX_BYTES = 10_000;
/** How often a repeat looks whether the first request has settled its booking. */
const POLL_MS = 500;
/** The age from which an open booking is in doubt: no request works on it any more. */
const IN_DOUBT_MS = 25_000;

/**
 * Creates a backend for pages that order proxies: it holds the API key, asks who orders and whether they may, books each
 * `Idempotency-Key` once, and forwards. It does not charge customers, and sells at the API's price.
 *
 * It answers `POST …/client/api/v1/{anything}/calculate/order` and `POST …/client/api/v1/{anything}/order`, below any
 * prefix: a page's `baseUrl`.
 *
 * | status | when |
 * |---|---|
 * | 200 | the API's answer; also a refusal by `permit` or `maxPrice` (error code 403), and what a booking has stored |
 * | 400 | the body is not a valid request, or an order has no `Idempotency-Key` of 1 to 255 printable ASCII characters |
 * | 401 | `user` gave `null` |
 * | 403 | the page is of another origin |
 * | 404 | another path or method |
 * | 409 | the `Idempotency-Key` belongs to another order |
 * | 413, 415 | the body is longer than 10 000 bytes, or is not `application/json` |
 * | 500 | something failed before the order was booked |
 * | 502 | what became of it is not known; an order's booking stays open |
 * | 503 | {@link memoryBookings} holds too many open orders |
 * | 504 | the bookings did not answer; nothing was forwarded |
 *
 * Every body but that of a 502 has the form of the API's own failures, with the status as its code, so the page gets it as
 * a value.
 *
 * @example
 * import { createBackend, memoryBookings } from "proxy-orders/backend";
 *
 * declare function sessionOf(request: Request): { userId: string } | undefined; // your own
 *
 * export const backend = createBackend({
 *   baseUrl: "https://youproxy.io",
 *   apiKey: process.env.API_KEY,
 *   user: (request) => sessionOf(request)?.userId ?? null,
 *   balance: "account",
 *   bookings: memoryBookings(),
 * });
 *
 * @throws TypeError when an option is missing, unknown or wrong.
 */
export function createBackend(options: BackendOptions): Backend {
  const settings = checkOptions(options);
  const { baseUrl, apiKey, user, origins = [], onError = console.error } = settings;
  const bookings = withTimeouts(settings.bookings);
  let isReady = false;

  function report(error: unknown, booking?: BookingDetails): void {
    // Neither a throw nor a rejection of `onError` may change the answer.
    const call = async () => (booking ? onError(error, booking) : onError(error));
    call().catch(() => {});
  }

  /** Loads the WebAssembly, and validates `baseUrl` and `apiKey` by a call that sends nothing. */
  async function getReady(): Promise<void> {
    await init();
    if (isReady) return;
    await calculate({} as never, { baseUrl, apiKey }).catch((error: unknown) => {
      if (!isProxyOrdersError(error) || error.code !== "invalid_request") throw error;
    });
    isReady = true;
  }

  async function userOf(request: Request): Promise<string> {
    const found: unknown = await user(request);
    if (found === null || found === undefined) throw new EarlyFailure(401, "Please sign in.");
    if (typeof found === "string" && found.length >= 1 && found.length <= 200) return found;
    throw new TypeError("user must give text of 1 to 200 characters, or null.");
  }

  async function readAsked(user: string, endpoint: Endpoint, request: Request): Promise<CustomerRequest> {
    const json = await readJson(request);
    await getReady();
    const checked = endpoint === "order" ? validateOrder(json) : validateCalculate(json);
    if (checked.issues) throw new EarlyFailure(400, checked.issues.map(({ message }) => message).join(" "));
    // Frozen, so that `permit` cannot change what is booked and ordered.
    return { user, endpoint, request: Object.freeze(checked.value) } as CustomerRequest;
  }

  async function answer(request: Request): Promise<StoredResponse> {
    const path = PATH.exec(new URL(request.url).pathname);
    const endpoint: Endpoint = path?.[1] ? "calculate" : "order";
    try {
      if (path && request.method === "OPTIONS" && isListedOrigin(request.headers, origins))
        return { status: 204, body: "" };
      if (!path || request.method !== "POST") throw new EarlyFailure(404, "There is nothing here.");
      if (!isListedOrigin(request.headers, origins) && !isOwnOrigin(request.headers, request.url))
        throw new EarlyFailure(403, "Pages of this origin may not order here.");
      const asked = await readAsked(await userOf(request), endpoint, request);
      if (asked.endpoint === "calculate") return await price(asked);
      const key = request.headers.get("idempotency-key") ?? "";
      if (!/^[ -~]{1,255}$/.test(key)) throw new EarlyFailure(400, "An order needs an Idempotency-Key.");
      return await placeOnce(JSON.stringify([asked.user, key]), asked);
    } catch (error) {
      if (!(error instanceof EarlyFailure) || error.status >= 500) report(error);
      const { status, message } =
        error instanceof EarlyFailure ? error : new EarlyFailure(500, "Something went wrong.");
      return failure(endpoint, status, { code: status, message });
    }
  }

  async function price(asked: CustomerRequest): Promise<StoredResponse> {
    return forward(asked, settings).catch((error: unknown) => {
      if (!isProxyOrdersError(error)) throw error;
      report(error);
      return UNKNOWN;
    });
  }

  /** Places an order, unless its name is booked already. */
  async function placeOnce(name: string, asked: CustomerRequest): Promise<StoredResponse> {
    const content = JSON.stringify(asked.request);
    const claim = () => bookings.claim(name, content);
    let booking = await claim();
    const open: BookingDetails = { name };
    try {
      while (booking.state === "open" && booking.content === content && booking.ageMs < IN_DOUBT_MS) {
        await pause(POLL_MS);
        booking = await claim();
      }
      if (booking.state === "new") {
        open.response = await forward(asked, settings);
        await bookings.settle(name, open.response);
        return open.response;
      }
      if (booking.content !== content) {
        return failure("order", 409, { code: 409, message: "This Idempotency-Key belongs to another order." });
      }
      if (booking.state === "settled") return booking.response;
      throw new Error("An order is in doubt: look it up in the account, then settle its booking.");
    } catch (error) {
      report(error, open);
      return UNKNOWN;
    }
  }

  return async (request, context) => {
    // An order that has begun is finished even if its page has gone.
    const answered = answer(request);
    context?.waitUntil?.(answered);
    const { status, body } = await answered;
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    const cors =
      isListedOrigin(request.headers, origins) && corsHeaders(request.headers, status === 204 ? "POST" : undefined);
    return new Response(body || null, {
      status,
      headers: { ...headers, ...(origins.length > 0 && { vary: VARY }), ...cors },
    });
  };
}

const tooLong = () => new EarlyFailure(413, "The body is too long.");

async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";", 1);
  if (type.trim().toLowerCase() !== "application/json")
    throw new EarlyFailure(415, "The body must be application/json.");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new EarlyFailure(400, "The body is not JSON.");
  }
}

/** Reads a body, no further than it may be long. */
async function readBytes({ headers, body }: Request): Promise<Uint8Array> {
  if (Number(headers.get("content-length")) > MAX_BYTES) throw tooLong();
  const bytes = new Uint8Array(MAX_BYTES);
  let length = 0;
  const reader = body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return bytes.subarray(0, length);
    if (length + value.length > MAX_BYTES) {
      reader?.cancel().catch(() => {});
      throw tooLong();
    }
    bytes.set(value, length);
    length += value.length;
  }
}
