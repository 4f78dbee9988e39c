// What happens to a request that is to be answered by the API.

import { calculate, isProxyOrdersError, order, type CalculateResponse, type OrderResponse } from "proxy-orders";
import { replyWithoutKey } from "../shell/secret.js";
import type { Reply } from "./bookings.js";
import type { Asked, Settings } from "./options.js";
import { failure } from "./reply.js";
import { within } from "./time.js";

/** An open booking that is older than this belongs to nobody any more. */
const FORWARD_MS = 20_000;

/** Asks the shop, then the API. Throws when what became of it is not known. */
export async function forward(asked: Asked, options: Settings): Promise<Reply> {
  const { baseUrl, apiKey, balance, permit, maxPrice } = options;
  const { user, endpoint } = asked;
  const end = performance.now() + FORWARD_MS;
  const left = () => Math.max(1, end - performance.now());
  const late = () => new Error("The shop did not answer in time.");

  const ownBalance = balance === "account" ? undefined : await within(left(), balance(user), late);
  if (ownBalance !== undefined && !Number.isFinite(ownBalance)) throw new TypeError("balance gave no finite number.");
  const verdict = permit ? await within(left(), permit(asked), late) : true;
  if (verdict !== true) {
    const message = typeof verdict === "string" && verdict !== "" ? verdict : "This is not offered.";
    return failure(endpoint, 200, { code: 403, message });
  }

  const visible = <T extends { balance: number | null }>(answer: T): T =>
    ownBalance === undefined || answer.balance === null ? answer : { ...answer, balance: ownBalance };
  const answered = (answer: CalculateResponse | OrderResponse): Reply => ({
    status: 200,
    body: JSON.stringify(replyWithoutKey(visible(answer), apiKey)),
  });

  const upstream = { baseUrl, apiKey, timeoutMs: left() };
  if (endpoint === "calculate") return answered(await calculate(asked.request, { ...upstream, maxRetries: 0 }));
  try {
    // Two users may well want the same; what keeps one of them from buying twice are the bookings.
    const guards = maxPrice === undefined ? {} : { maxPrice };
    return answered(await order(asked.request, { ...upstream, ...guards, allowDuplicate: true }));
  } catch (error) {
    if (!isProxyOrdersError(error) || error.code !== "refused") throw error;
    const { quote } = error;
    const reason = quote.error ?? quote.warnings?.[0] ?? { code: 403, message: "This costs too much." };
    return failure("order", 200, reason, visible(quote));
  }
}
