// Calls the shop's hooks: each may take 5 seconds, and what it returns is checked.

import type { CalculateSuccess } from "proxy-orders";
import type { Settings } from "./options.js";
import { EarlyFailure, failure } from "./responses.js";
import { STEP_MS, withTimeout } from "./time.js";
import type { Awaitable, CustomerRequest, Sale, Sales, StoredResponse } from "./types.js";

export function callHook<T>(name: string, call: () => Awaitable<T>): Promise<T> {
  return withTimeout(STEP_MS, call, () => {
    return new EarlyFailure(504, "This takes too long. Please try again later.", `${name} took more than 5 seconds.`);
  });
}

/** The id of the user who sends a request. */
export async function callUser({ user }: Settings, request: Request): Promise<string> {
  const id: unknown = await callHook("user", () => user(request));
  if (id === null || id === undefined) throw new EarlyFailure(401, "Please sign in.");
  if (typeof id === "string" && id.length >= 1 && id.length <= 200 && !/\p{Surrogate}/u.test(id)) return id;
  throw new TypeError("user must return a well-formed string of 1 to 200 characters, or null.");
}

/** The balance that a user may see; `undefined` stands for the account's. */
export async function callBalance({ balance }: Settings, user: string): Promise<number | undefined> {
  if (balance === "account") return undefined;
  const amount: unknown = await callHook("balance", () => balance(user));
  if (typeof amount !== "number" || !Number.isFinite(amount))
    throw new TypeError("balance must return a finite number.");
  return amount;
}

/** The failure with which `permit` stops a request, if it does. */
export async function callPermit(
  { permit }: Settings,
  customerRequest: CustomerRequest,
): Promise<StoredResponse | undefined> {
  if (!permit) return undefined;
  const result: unknown = await callHook("permit", () => permit(customerRequest));
  if (result === true) return undefined;
  const message = typeof result === "string" && result !== "" ? result : "This is not offered.";
  return failure(customerRequest.endpoint, 200, { code: 403, message });
}

/** What the customer pays for a quote. */
export async function callPrice(
  sales: Sales,
  quote: CalculateSuccess,
  customerRequest: CustomerRequest,
): Promise<number> {
  const price: unknown = await callHook("sales.price", () => sales.price(quote, customerRequest));
  if (typeof price === "number" && Number.isFinite(price) && price > 0) return price;
  throw new TypeError("sales.price must return a finite number above 0.");
}

/** Charges the customer. Returns the sentence that says why not, if it was not possible. */
export async function callCharge(sales: Sales, sale: Sale): Promise<string | undefined> {
  const result: unknown = await callHook("sales.charge", () => sales.charge(sale));
  if (result === true) return undefined;
  if (typeof result === "string") return result || "Your credit is too low.";
  throw new TypeError("sales.charge must return true or a sentence.");
}
