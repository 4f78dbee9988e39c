// An order from its claim to its settlement.

import { isAbove, MESSAGES } from "../server/purchase.js";
import { calculateAtApi, orderAtApi, type Sent } from "./api.js";
import { callBalance, callCharge, callPermit, callPrice } from "./hooks.js";
import { errorForCustomer, withBalance } from "./quote.js";
import { CONFLICT, failure, isReceipt, NOT_ARRIVED, NOT_ORDERED, redactStored, UNKNOWN } from "./responses.js";
import type { BookingKey } from "./store.js";
import type { Services } from "./services.js";
import type { Task } from "./task.js";
import { ANSWER_MS, pause, persist } from "./time.js";
import type { Claim, CustomerRequest, Sales, StoredResponse } from "./types.js";

/** An order of a customer, and the name and content of its booking. */
export interface BookedOrder extends BookingKey {
  customerRequest: Extract<CustomerRequest, { endpoint: "order" }>;
  /** The most that it may cost, from the header `Order-Max-Price`. */
  maxPrice?: number | undefined;
}

/** Serves an order, a repeat of one, or a lookup. Only an order whose claim is new is placed. */
export async function serveOrder(
  order: BookedOrder,
  isLookup: boolean,
  services: Services,
  task: Task,
): Promise<StoredResponse> {
  let claim = await services.store.claim(order, task);
  try {
    claim = await awaitSettlement(claim, order, services, task);
  } catch (error) {
    services.report(error, { name: order.name });
    return UNKNOWN;
  }
  if (claim.state === "new") {
    return isLookup ? finish(order, NOT_ARRIVED, false, services, task) : place(order, services, task);
  }
  if (claim.content !== order.content) return CONFLICT;
  return claim.state === "settled" ? claim.response : UNKNOWN;
}

/** Waits while another request may still be working on the booking, but no longer: a store's clock may show any age. */
async function awaitSettlement(found: Claim, order: BookedOrder, { store }: Services, task: Task): Promise<Claim> {
  let claim = found;
  while (claim.state === "open" && claim.content === order.content && !(claim.ageMs >= ANSWER_MS)) {
    await pause();
    if (task.ageMs() >= ANSWER_MS) break;
    claim = await store.claim(order, task);
  }
  return claim;
}

/** Places an order that is booked. */
async function place(order: BookedOrder, services: Services, task: Task): Promise<StoredResponse> {
  const payment = { mustRefund: false };
  let response;
  try {
    const prepared = await prepare(order, payment, services, task);
    response = "stopped" in prepared ? prepared.stopped : await send(order, prepared.balance, services, task);
  } catch (error) {
    // Nothing was sent, so the outcome is known.
    services.report(error);
    response = NOT_ORDERED;
  }
  if (!response) return UNKNOWN;
  return finish(order, response, payment.mustRefund && !isReceipt(response), services, task);
}

/** Why an order is not sent, or the balance to show in its receipt. */
type Prepared = { stopped: StoredResponse } | { balance: number | undefined };

/**
 * Does everything that comes before an order is sent: the shop's checks, its price, and the charge.
 *
 * @param payment Notes that a refund is due if the order is not placed.
 */
async function prepare(
  order: BookedOrder,
  payment: { mustRefund: boolean },
  services: Services,
  task: Task,
): Promise<Prepared> {
  const { settings } = services;
  const { sales } = settings;
  const balance = sales ? undefined : await callBalance(settings, order.customerRequest.user);
  const forbidden = await callPermit(settings, order.customerRequest);
  if (forbidden) return { stopped: forbidden };
  if (!sales && settings.maxPrice === undefined && order.maxPrice === undefined) return { balance };

  const offer = await priceOf(order, balance, services, task);
  if ("stopped" in offer || !sales) return "stopped" in offer ? offer : { balance };
  // Before the call: a charge that fails may have taken the money.
  payment.mustRefund = true;
  const sentence = await callCharge(sales, { ...saleOf(order), price: offer.price });
  if (sentence === undefined) return { balance: await callBalance(settings, order.customerRequest.user) };
  payment.mustRefund = false;
  return { stopped: failure("order", 200, { code: 16, message: sentence }) };
}

/** What a customer pays for an order, or why it cannot be ordered at that price. */
async function priceOf(
  { customerRequest, maxPrice }: BookedOrder,
  balance: number | undefined,
  services: Services,
  task: Task,
): Promise<{ stopped: StoredResponse } | { price: number }> {
  const { settings } = services;
  const quote = await calculateAtApi(customerRequest, settings, task);
  const stop = (error: { code: number; message: string }) => {
    const account = withBalance({ ...quote, success: false }, balance, services);
    return { stopped: failure("order", 200, error, account) };
  };
  const apiError = quote.error ?? quote.warnings?.[0];
  if (!quote.success || apiError) return stop(errorForCustomer(apiError!, services));
  if (isAbove(quote.price, settings.maxPrice ?? Infinity)) {
    return stop({ code: 403, message: "This costs too much." });
  }
  const price = settings.sales ? await callPrice(settings.sales, quote, customerRequest) : quote.price;
  return isAbove(price, maxPrice ?? Infinity) ? stop({ code: 412, message: MESSAGES[412] }) : { price };
}

/** Sends an order. Returns the response to store, or nothing if the API gave no answer: the booking stays open then. */
async function send(
  order: BookedOrder,
  balance: number | undefined,
  services: Services,
  task: Task,
): Promise<StoredResponse | undefined> {
  const { settings, report } = services;
  const { name } = order;
  let wasReported = false;
  let timer;
  const giveUpPage = () => {
    wasReported = true;
    report(new Error("The API has not answered an order within 25 seconds. Its booking is open."), { name });
    task.respond(UNKNOWN);
  };
  const sent: Sent = await orderAtApi(order.customerRequest, settings, task, () => {
    timer = setTimeout(giveUpPage, ANSWER_MS - task.ageMs());
  });
  clearTimeout(timer);
  if ("error" in sent) {
    if (!sent.wasSent) throw sent.error;
    if (!wasReported) report(sent.error, { name });
    return undefined;
  }
  const { response } = sent;
  const shown = response.success ? response : { ...response, error: errorForCustomer(response.error, services) };
  return { status: 200, body: JSON.stringify(withBalance(shown, balance, services)) };
}

/**
 * Settles a booking, after a refund if one is due. Returns the response that the booking then holds, which may be that
 * of a person who decided in the meantime, or {@link UNKNOWN} if the refund or the settlement failed.
 */
async function finish(
  order: BookedOrder,
  response: StoredResponse,
  mustRefund: boolean,
  services: Services,
  task: Task,
): Promise<StoredResponse> {
  const redacted = redactStored(response, services.settings.apiKey);
  try {
    return await refundAndSettle(order, redacted, mustRefund, services, task);
  } catch (error) {
    services.report(error, { name: order.name, response: redacted });
    return UNKNOWN;
  }
}

/** Refunds if that is due, then settles. Each is attempted for up to 10 s; throws the error of the last attempt. */
export async function refundAndSettle(
  order: BookedOrder,
  response: StoredResponse,
  mustRefund: boolean,
  { settings: { sales }, store, report }: Services,
  task: Task,
): Promise<StoredResponse> {
  if (!sales || !mustRefund) return store.settle(order, response, task);
  const receipt = await persist(async (step) => {
    // A person may have decided by now that the order was placed.
    const claim = task.ageMs() >= ANSWER_MS ? await store.reclaim(order, step) : undefined;
    if (claim?.state === "settled" && isReceipt(claim.response)) return claim.response;
    await step("sales.refund", () => sales.refund(saleOf(order)));
    return undefined;
  });
  if (!receipt) return store.settle(order, response, task, true);
  const message = "Nothing was refunded, because the booking holds a receipt.";
  report(new Error(message), { name: order.name, response, stored: receipt });
  return receipt;
}

/** An order as the hooks of {@link Sales} receive it. */
function saleOf({ name, customerRequest: { user, request } }: BookedOrder): Parameters<Sales["refund"]>[0] {
  return { name, user, request };
}
