// The replies to pages that are not the API's own.

import type { Reply } from "./bookings.js";

/** The two functions of the API. */
export type Endpoint = "calculate" | "order";

/** Thrown to refuse a request before it is forwarded. The page gets a failure as the API documents it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A failure as the API documents it, so that the page gets it as a value: nothing was ordered. */
export function failure(
  endpoint: Endpoint,
  status: number,
  error: { code: number; message: string },
  account: { balance: number | null; currency: string | null } = { balance: null, currency: null },
): Reply {
  const { balance, currency } = account;
  const none = { success: false, proxyType: null, promoCodeStatus: null };
  const body =
    endpoint === "order"
      ? { ...none, orderNumber: null, balance, currency, error }
      : { ...none, balance, price: null, currency, discount: null, error, warnings: null };
  return { status, body: JSON.stringify(body) };
}

/** Not a documented reply: the page must not take it for a refusal, because an order may have been placed. */
export const UNKNOWN: Reply = { status: 502, body: JSON.stringify({ message: "No answer of the API is known." }) };
