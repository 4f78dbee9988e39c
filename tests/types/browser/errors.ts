// What a rejected call carries.

import type { CalculateResponse, Issue, ProxyOrdersError } from "proxy-orders";
import { calculate, isProxyOrdersError, order } from "proxy-orders";
import { is } from "./support.js";

const api = { baseUrl: "/api", apiKey: "self" };
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" } as const;

try {
  await calculate(wanted, api);
  await order({ ...wanted, authType: "LOGIN" }, api);
} catch (error) {
  // @ts-expect-error: anything may be thrown.
  error.code;
  if (!isProxyOrdersError(error)) throw error;
  is<ProxyOrdersError>()(error);
  is<"ProxyOrdersError">()(error.name);
  is<string>()(error.message);
  is<"not_placed" | "unknown" | undefined>()(error.outcome);
  is<string | undefined>()(error.idempotencyKey);
  // @ts-expect-error: only of a request or options are there issues.
  error.issues;
  // @ts-expect-error: only a response has a status.
  error.status;
  // @ts-expect-error: a code that there is not.
  if (error.code === "nonsense") throw error;

  switch (error.code) {
    case "invalid_request":
    case "invalid_options":
      is<Issue[]>()(error.issues);
      break;
    case "http":
      is<number>()(error.status);
      is<string>()(error.body);
      is<number | undefined>()(error.retryAfterMs);
      break;
    case "invalid_response":
      is<number>()(error.status);
      is<string>()(error.body);
      // @ts-expect-error: there is nothing to wait for.
      error.retryAfterMs;
      break;
    case "refused":
      is<CalculateResponse>()(error.quote);
      break;
    case "aborted":
    case "not_loaded":
    case "network":
      is<unknown>()(error.cause);
      break;
    case "timeout":
    case "duplicate_order":
      is<CalculateResponse | undefined>()(error.quote);
      break;
    case "unresolved_order":
      is<"unknown" | "not_placed">()(error.outcome);
      is<string | undefined>()(error.idempotencyKey);
      break;
    default:
      // Every code was named.
      is<never>()(error);
  }
  // It is an Error.
  throw new Error("No order", { cause: error satisfies Error });
}
