// The error a call rejects with.

import type { CalculateResponse, ErrorCode, Issue, Outcome } from "../../target/bindgen/core.js";
import { MAX_TEXT } from "./redact.js";

/** The members of every error of this package. */
interface BaseError extends Error {
  /** The name of every error of this package. */
  name: "ProxyOrdersError";
  /**
   * Present if `order` was called. `"not_placed"`: no order request can have reached the API. `"unknown"`: one may
   * have, so find out before you order again or refund.
   */
  outcome?: Outcome;
  /** The `Idempotency-Key` that was sent with the order, if one was. */
  idempotencyKey?: string;
  /** The quote, if the order was calculated first. */
  quote?: CalculateResponse;
}

/** The request or the options have issues. Nothing was sent. */
export interface InvalidError extends BaseError {
  /** Which of the two has issues. */
  code: "invalid_request" | "invalid_options";
  /** Every issue, at least one. */
  issues: Issue[];
}

/**
 * The WebAssembly could not be started: the engine has none, the page's Content Security Policy or the platform forbids
 * compiling, memory is short, or `init` was given the binary of another build.
 */
export interface NotLoadedError extends BaseError {
  /** The WebAssembly could not be started. */
  code: "not_loaded";
  /** What prevented it from starting. */
  cause?: unknown;
}

/** The caller's signal ended the call. */
export interface AbortedError extends BaseError {
  /** The caller's signal ended the call. */
  code: "aborted";
  /** The signal's reason, of any type. */
  cause?: unknown;
}

/** The deadline passed before there was a whole response. */
export interface TimeoutError extends BaseError {
  /** The deadline passed. */
  code: "timeout";
}

/** `fetch` failed, returned no response or refused a redirect, or reading the body failed. */
export interface NetworkError extends BaseError {
  /** There was no response, or it could not be read. */
  code: "network";
  /**
   * The original error, if it holds only primitives, errors, arrays and plain objects, and the API key is not found in
   * them. Otherwise a plain `Error` with its name, message, code and cause, redacted.
   */
  cause?: unknown;
}

/** The status is not 2xx, and for `calculate` the body is not a documented response either. */
export interface HttpError extends BaseError {
  /** The status is not 2xx. */
  code: "http";
  /** The HTTP status. */
  status: number;
  /** The first 2000 characters of the body. The API key is replaced with `[key]`. */
  body: string;
  /** How long the server asked the client to wait, in milliseconds, if it did. */
  retryAfterMs?: number;
}

/** The status is 2xx, but the body is not a documented response; or a lookup's response lacks the idempotency key. */
export interface InvalidResponseError extends BaseError {
  /** The body is not a documented response. */
  code: "invalid_response";
  /** The HTTP status. */
  status: number;
  /** The first 2000 characters of the body. The API key is replaced with `[key]`. */
  body: string;
}

/** `maxPrice` or `requirePromoCode` stopped the order, or its quote failed or has warnings. Nothing was ordered. */
export interface RefusedError extends BaseError {
  /** A guard stopped the order. */
  code: "refused";
  /** The response to the calculation. */
  quote: CalculateResponse;
}

/** An identical order is pending. Nothing was sent. */
export interface DuplicateOrderError extends BaseError {
  /** An identical order is pending. */
  code: "duplicate_order";
}

/**
 * An identical order is unresolved: it was sent, and its outcome is unknown. Or this order repeats one that was first
 * sent more than 7 days ago. Nothing was sent this time.
 *
 * If the server books each `Idempotency-Key` once, repeat the order with this `idempotencyKey` and `repeat: true` to
 * find out what happened. Otherwise check the account, and order with `allowDuplicate` if nothing was bought.
 * YouProxy's own API ignores idempotency keys.
 *
 * @example
 * import { isProxyOrdersError, order, type OrderRequest } from "proxy-orders";
 *
 * // A backend that books each idempotency key once.
 * const api = { baseUrl: "/api" };
 *
 * async function findOut(request: OrderRequest) {
 *   try {
 *     return await order(request, api);
 *   } catch (error) {
 *     if (!isProxyOrdersError(error) || error.code !== "unresolved_order") throw error;
 *     return order(request, { ...api, idempotencyKey: error.idempotencyKey, repeat: true });
 *   }
 * }
 */
export interface UnresolvedOrderError extends BaseError {
  /** An identical order is unresolved. */
  code: "unresolved_order";
  /** `"unknown"`: the earlier order may have been placed. From `buy`, `"not_placed"`: the new one was not sent. */
  outcome: "unknown" | "not_placed";
  /** The `Idempotency-Key` of the latest attempt, if one was sent. */
  idempotencyKey?: string;
}

/** The error a call rejects with: an `Error` whose `code` says why. */
export type ProxyOrdersError =
  | InvalidError
  | NotLoadedError
  | AbortedError
  | TimeoutError
  | NetworkError
  | HttpError
  | InvalidResponseError
  | RefusedError
  | DuplicateOrderError
  | UnresolvedOrderError;

type Loose<T> = { [name in keyof T]: T[name] | (object extends Pick<T, name> ? undefined : never) };
type DetailsOf<E> = E extends BaseError ? Loose<Omit<E, "name" | "message" | "stack">> : never;
type WithCode<E, C> = E extends { code: infer Codes } ? (C extends Codes ? E : never) : never;

/** What an error carries besides its name and message. `reason` becomes part of some messages. */
export type Details = DetailsOf<ProxyOrdersError> & { reason?: string };

/** The message of each error. */
const MESSAGES: { [code in ErrorCode]: (details: WithCode<Details, code>) => string } = {
  invalid_request: ({ issues }) => `The request is not valid. ${sentences(issues)}`,
  invalid_options: ({ issues }) => `The options are not valid. ${sentences(issues)}`,
  not_loaded: ({ reason = "it failed, possibly out of memory." }) => `The WebAssembly is not loaded: ${reason}`,
  aborted: () => "The call was aborted.",
  timeout: () => "The call took longer than timeoutMs.",
  network: () => "There was no response, or it could not be read.",
  http: ({ status }) => `The server responded with HTTP status ${status}.`,
  invalid_response: () => "The server did not send a documented response.",
  refused: ({ reason = "" }) => `The order was not sent: ${reason}`,
  duplicate_order: ({ reason = "An identical order is pending." }) => reason,
  unresolved_order: ({ reason = "An identical order was sent before, and its outcome is unknown." }) =>
    `${reason} Nothing was sent this time.`,
};

function sentences(issues: Issue[]): string {
  return issues.map(({ message }) => message).join(" ");
}

/** The class of all errors. Users see it as the type {@link ProxyOrdersError}. */
export class CallError extends Error {
  override name = "ProxyOrdersError";

  constructor(details: Details) {
    const { cause, reason: _, ...rest }: { cause?: unknown; reason?: string } = details;
    const message = MESSAGES[details.code] as (details: Details) => string;
    super(message(details).slice(0, MAX_TEXT), cause === undefined ? undefined : { cause });
    this.add(rest);
  }

  /** Adds properties, except those that are `undefined`. */
  add(details: object): void {
    for (const [name, value] of Object.entries(details)) {
      // Not by assignment: `Error.prototype` may have a setter of this name that throws.
      const property = { value: value as unknown, configurable: true, enumerable: true, writable: true };
      if (value !== undefined) Object.defineProperty(this, name, property);
    }
  }
}

/**
 * Whether a caught value is an error of this package, from any realm or copy of the package. Never throws. An error
 * that has lost its code on the way, for example through Comlink, is not recognized.
 *
 * @example
 * import { calculate, isProxyOrdersError } from "proxy-orders";
 *
 * try {
 *   const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" } as const;
 *   await calculate(wanted, { baseUrl: "/api" });
 * } catch (error) {
 *   if (isProxyOrdersError(error)) console.log(error.code, error.message);
 * }
 */
export function isProxyOrdersError(value: unknown): value is ProxyOrdersError {
  try {
    const { name, code } = value as { name?: unknown; code?: unknown };
    return typeof value === "object" && name === "ProxyOrdersError" && typeof code === "string";
  } catch {
    return false;
  }
}
