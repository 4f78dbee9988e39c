// The responses that the backend makes itself.

import { failureBody, type Account, type Endpoint } from "../server/failure.js";
import { MESSAGES } from "../server/purchase.js";
import { redactResponse } from "../shell/redact.js";
import type { StoredResponse } from "./types.js";

/** A response to a page, which may say when to try again. */
export interface PageResponse extends StoredResponse {
  retryAfterMs?: number | undefined;
}

/** Thrown to end a request before its order is booked. The page gets a failure in the documented form. */
export class EarlyFailure extends Error {
  /**
   * @param status The HTTP status, which is the failure's code too.
   * @param message A sentence for the customer.
   * @param cause A sentence for `onError`, where it needs one.
   */
  constructor(
    readonly status: number,
    message: string,
    cause?: string,
  ) {
    super(message, cause === undefined ? {} : { cause });
  }
}

/** A failure in the documented form. With status 200, the page gets it as a value: nothing was ordered. */
export function failure(
  endpoint: Endpoint,
  status: number,
  error: { code: number; message: string },
  account?: Account,
): StoredResponse {
  return { status, body: JSON.stringify(failureBody(endpoint, error, account)) };
}

/** The failure of an order that is known not to have been sent. */
export const NOT_ORDERED = failure("order", 200, {
  code: 503,
  message: "Nothing was ordered. Please try again later.",
});

/** The failure of a lookup that arrived before its order, and that stops the order. */
export const NOT_ARRIVED = failure("order", 200, {
  code: 404,
  message: MESSAGES[404],
});

/** The failure of an order whose idempotency key was used for another one. */
export const CONFLICT = failure("order", 200, {
  code: 409,
  message: MESSAGES[409],
});

/** Not a documented response: an order may have been placed, so the page must not take it for a failure. */
export const UNKNOWN: StoredResponse = {
  status: 502,
  body: JSON.stringify({ message: "The outcome is not known yet." }),
};

/** The same response, with the API key redacted in its texts. */
export function redactStored({ status, body }: StoredResponse, apiKey: string): StoredResponse {
  return { status, body: JSON.stringify(redactResponse(JSON.parse(body) as object, apiKey)) };
}

/** The order number of a receipt; `undefined` for a failure. */
function orderNumberOf({ body }: StoredResponse): unknown {
  try {
    const { success, orderNumber } = JSON.parse(body) as { success?: unknown; orderNumber?: unknown };
    return success === true ? orderNumber : undefined;
  } catch {
    return undefined;
  }
}

export const isReceipt = (response: StoredResponse): boolean => orderNumberOf(response) !== undefined;

/** Whether two responses say the same: identical ones do, and so do two receipts for one order number. */
export function isSameResponse(one: StoredResponse, other: StoredResponse): boolean {
  if (one.status === other.status && one.body === other.body) return true;
  return isReceipt(one) && orderNumberOf(one) === orderNumberOf(other);
}
