// What a server needs to book each idempotency key once: the headers of an order, and its own failures.

/** The idempotency key; `undefined` if there is none, or a malformed one. */
export function idempotencyKeyOf(headers: Headers): string | undefined {
  const key = headers.get("idempotency-key") ?? "";
  return /^[ -~]{1,255}$/.test(key) ? key : undefined;
}

/** The most that a new booking may cost: `Infinity` without a limit, `NaN` for a malformed one. */
export function maxPriceOf(headers: Headers): number {
  const text = headers.get("order-max-price");
  if (text === null) return Infinity;
  const price = /^(0|[1-9]\d*)(\.\d+)?(e[+-]\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(price) ? price : NaN;
}

/** Whether a price is above a limit by more than rounding noise: `2.65 * 6` is not quite 15.9. */
export const isAbove = (price: number, limit: number): boolean => price - limit >= 1e-6;

/** The failures of an order or a lookup that are not the API's own, by their code. */
export const MESSAGES = {
  404: "This order did not arrive. Nothing was bought.",
  409: "This Idempotency-Key belongs to another order.",
  412: "The price has changed.",
};
