// What a person decides about orders without an answer.

import type { OrderRequest } from "proxy-orders";
import { calculateAtApi } from "./api.js";
import { callBalance } from "./hooks.js";
import { refundAndSettle, type BookedOrder } from "./order.js";
import { failure, isReceipt, isSameResponse, redactStored } from "./responses.js";
import type { Services } from "./services.js";
import type { Task } from "./task.js";
import { ANSWER_MS, DECIDE_MS } from "./time.js";
import type { Decision, OpenOrder, StoredResponse } from "./types.js";

/** A decision has no page, and settles long after the request arrived. */
const TASK: Task = { ageMs: () => Infinity, waitUntil: () => {}, respond: () => {} };

interface ListedOrder extends BookedOrder {
  ageMs: number;
  idempotencyKey: string;
}

/** The open bookings whose page no longer waits, oldest first. The API's answer may still come. */
async function listOpen({ store }: Services): Promise<ListedOrder[]> {
  const open = (await store.open()).filter(({ ageMs }) => ageMs > ANSWER_MS);
  open.sort((one, other) => other.ageMs - one.ageMs);
  return open.map(({ name, content, ageMs }) => {
    const [user, idempotencyKey] = JSON.parse(name) as [string, string];
    const request = JSON.parse(content) as OrderRequest;
    return { name, content, ageMs, idempotencyKey, customerRequest: { user, endpoint: "order", request } };
  });
}

/** Lists the orders that a person has to decide. */
export async function openOrders(services: Services): Promise<OpenOrder[]> {
  const open = await listOpen(services);
  return open.map(({ name, idempotencyKey, ageMs, customerRequest: { user, request } }) => {
    return { name, user, idempotencyKey, request, ageMs };
  });
}

/** Settles an open order as a person decided. Returns whether this decision settled it. */
export async function resolve(name: string, decision: Decision, services: Services): Promise<boolean> {
  checkDecision(decision);
  const booking = (await listOpen(services)).find((open) => open.name === name);
  if (!booking) return false;
  if (!decision.placed) checkAge(booking);
  const response = decision.placed
    ? await receiptOf(booking, decision, services)
    : failure("order", 200, { code: 410, message: decision.message ?? "This was not ordered." });
  const redacted = redactStored(response, services.settings.apiKey);
  const stored = await refundAndSettle(booking, redacted, !isReceipt(redacted), services, TASK);
  return isSameResponse(stored, redacted);
}

/** Rejects what would not be a documented response. */
function checkDecision(decision: Decision): void {
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  const { placed, orderNumber, balance, currency, message } = decision as unknown as Record<string, unknown>;
  if (typeof placed !== "boolean") throw new TypeError("placed must be true or false.");
  if (placed && !isText(orderNumber)) throw new TypeError("orderNumber must be a non-empty string.");
  if (balance !== undefined && !Number.isFinite(balance)) throw new TypeError("balance must be a finite number.");
  if (currency !== undefined && !isText(currency)) throw new TypeError("currency must be a non-empty string.");
  if (message !== undefined && !isText(message)) throw new TypeError("message must be a non-empty string.");
}

/** The API may still book a young order, and its answer may still come. */
function checkAge({ ageMs }: ListedOrder): void {
  if (ageMs >= DECIDE_MS) return;
  const time = new Date(Date.now() + DECIDE_MS - ageMs).toISOString();
  throw new Error(
    `It is too early to decide that this was not ordered: its answer may still come. Try again from ${time} on.`,
  );
}

async function receiptOf(
  { customerRequest }: ListedOrder,
  decision: Extract<Decision, { placed: true }>,
  services: Services,
): Promise<StoredResponse> {
  const { orderNumber } = decision;
  const ownBalance = decision.balance ?? (await callBalance(services.settings, customerRequest.user));
  const account = { balance: ownBalance, currency: decision.currency };
  if (account.balance === undefined || account.currency === undefined) {
    const { balance, currency } = await calculateAtApi(customerRequest, services.settings, { ...TASK, ageMs: () => 0 });
    account.balance ??= balance ?? undefined;
    account.currency ??= currency ?? undefined;
  }
  if (account.balance === undefined || account.currency === undefined) {
    throw new Error("The API did not say the account's balance and currency. Pass them as balance and currency.");
  }
  const { proxyType } = customerRequest.request;
  const receipt = { success: true, proxyType, orderNumber, ...account, promoCodeStatus: null, error: null };
  return { status: 200, body: JSON.stringify(receipt) };
}
