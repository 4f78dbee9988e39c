// The body of a failure as the API documents it.

/** A function of the API. */
export type Endpoint = "calculate" | "order";

/** The balance that a failure shows, if any. */
export interface Account {
  balance: number | null;
  currency: string | null;
}

/** The documented body of a failure: every field of the endpoint's response, `null` where a failure has no value. */
export function failureBody(
  endpoint: Endpoint,
  error: { code: number; message: string },
  { balance, currency }: Account = { balance: null, currency: null },
): object {
  const none = { success: false, proxyType: null, promoCodeStatus: null };
  return endpoint === "order"
    ? { ...none, orderNumber: null, balance, currency, error }
    : { ...none, balance, price: null, currency, discount: null, error, warnings: null };
}
