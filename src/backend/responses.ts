// The responses that the backend makes itself.

import { failureBody, type Account, type Endpoint } from "../server/failure.js";
import type { StoredResponse } from "./types.js";

/** Thrown to end a request before its order is booked. The page gets a failure in the documented form. */
export class EarlyFailure extends Error {
  /** @param status The HTTP status, which is the failure's code too. */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A failure in the documented form, so that the page gets it as a value: nothing was ordered. */
export function failure(
  endpoint: Endpoint,
  status: number,
  error: { code: number; message: string },
  account?: Account,
): StoredResponse {
  return { status, body: JSON.stringify(failureBody(endpoint, error, account)) };
}

/** Not a documented response: an order may have been placed, so the page must not take it for a failure. */
export const UNKNOWN: StoredResponse = {
  status: 502,
  body: JSON.stringify({ message: "The outcome is not known yet." }),
};
