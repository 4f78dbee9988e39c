// Forwards a request to the API, after asking the shop.

import { calculate, isProxyOrdersError, order, type CalculateResponse, type OrderResponse } from "proxy-orders";
import { replyWithoutKey } from "../shell/secret.js";
import type { Settings } from "./options.js";
import { failure } from "./responses.js";
import { withTimeout } from "./time.js";
import type { CustomerRequest, StoredResponse } from "./types.js";

/** How long an order may be forwarded. No request works on an open booking that is older. */
const FORWARD_TIMEOUT_MS = 20_000;

/** Asks the shop, then the API. Throws when the outcome is not known. */
export async function forward(asked: CustomerRequest, options: Settings): Promise<StoredResponse> {
  const { baseUrl, apiKey, balance, permit, maxPrice } = options;
  const { user, endpoint } = asked;
  const end = performance.now() + FORWARD_TIMEOUT_MS;
  const left = () => Math.max(1, end - performance.now());
  const timeout = () => new Error("The shop did not answer in time.");

  const ownBalance = balance === "account" ? undefined : await withTimeout(left(), balance(user), timeout);
  if (ownBalance !== undefined && !Number.isFinite(ownBalance)) throw new TypeError("balance gave no finite number.");
  const verdict = permit ? await withTimeout(left(), permit(asked), timeout) : true;
  if (verdict !== true) {
    const message = typeof verdict === "string" && verdict !== "" ? verdict : "This is not offered.";
    return failure(endpoint, 200, { code: 403, message });
  }

  const withOwnBalance = <T extends { balance: number | null }>(answer: T): T =>
    ownBalance === undefined || answer.balance === null ? answer : { ...answer, balance: ownBalance };
  const answered = (answer: CalculateResponse | OrderResponse): StoredResponse => ({
    status: 200,
    body: JSON.stringify(replyWithoutKey(withOwnBalance(answer), apiKey)),
  });

  const upstream = { baseUrl, apiKey, timeoutMs: left() };
  if (endpoint === "calculate") return answered(await calculate(asked.request, { ...upstream, maxRetries: 0 }));
  try {
    // Two users may place identical orders. The bookings keep each from buying twice.
    const guards = maxPrice === undefined ? {} : { maxPrice };
    return answered(await order(asked.request, { ...upstream, ...guards, allowDuplicate: true }));
  } catch (error) {
    if (!isProxyOrdersError(error) || error.code !== "refused") throw error;
    const { quote } = error;
    const reason = quote.error ?? quote.warnings?.[0] ?? { code: 403, message: "This costs too much." };
    return failure("order", 200, reason, withOwnBalance(quote));
  }
}
