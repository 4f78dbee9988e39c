// Quotes and failures of the API, as customers see them.

import { isProxyOrdersError, type CalculateResponse } from "proxy-orders";
import { calculateAtApi } from "./api.js";
import { callBalance, callPermit, callPrice } from "./hooks.js";
import { redactStored, UNKNOWN, type PageResponse } from "./responses.js";
import type { Services } from "./services.js";
import type { Task } from "./task.js";
import type { CustomerRequest } from "./types.js";

interface ApiError {
  code: number;
  message: string;
}

/** The codes of the API that concern the account: a wrong API key, and insufficient funds. */
const ACCOUNT_CODES = [2, 16];

/**
 * An error of the API as customers see it. With `sales`, the account is the shop's business, so those codes are
 * reported to `onError` instead.
 */
export function errorForCustomer(error: ApiError, { settings, report }: Services): ApiError {
  if (!settings.sales || !ACCOUNT_CODES.includes(error.code)) return error;
  report(new Error(`The API responded with code ${error.code}: ${error.message}`, { cause: error }));
  return { code: 503, message: "This cannot be ordered at the moment." };
}

/** A response of the API with the balance that the customer may see: in a failure with `sales`, none. */
export function withBalance<T extends { success: boolean; balance: number | null }>(
  response: T,
  balance: number | undefined,
  { settings }: Services,
): T {
  if (settings.sales && !response.success) return { ...response, balance: null };
  return balance === undefined || response.balance === null ? response : { ...response, balance };
}

/** Serves a calculation. */
export async function serveCalculation(
  customerRequest: Extract<CustomerRequest, { endpoint: "calculate" }>,
  services: Services,
  task: Task,
): Promise<PageResponse> {
  const { settings, report } = services;
  const balance = await callBalance(settings, customerRequest.user);
  const stopped = await callPermit(settings, customerRequest);
  if (stopped) return redactStored(stopped, settings.apiKey);
  let quote;
  try {
    quote = await calculateAtApi(customerRequest, settings, task);
  } catch (error) {
    if (!isProxyOrdersError(error)) throw error;
    report(error);
    // Without a documented body: a page would take that for the result, and not wait.
    const isBusy = error.code === "http" && (error.status === 429 || error.status === 503);
    return isBusy ? { ...UNKNOWN, status: 503, retryAfterMs: error.retryAfterMs } : UNKNOWN;
  }
  const shown = withBalance(await quoteForCustomer(quote, customerRequest, services), balance, services);
  return redactStored({ status: 200, body: JSON.stringify(shown) }, settings.apiKey);
}

async function quoteForCustomer(
  quote: CalculateResponse,
  customerRequest: CustomerRequest,
  services: Services,
): Promise<CalculateResponse> {
  const { sales } = services.settings;
  if (!quote.success) return { ...quote, error: errorForCustomer(quote.error, services) };
  if (!sales) return quote;
  const price = await callPrice(sales, quote, customerRequest);
  const warnings = quote.warnings && quote.warnings.map((warning) => errorForCustomer(warning, services));
  return { ...quote, price, warnings } as CalculateResponse;
}
