// The error that every rejected call is rejected with.

import type { CalculateResponse, ErrorCode, Issue, Outcome } from "../../target/bindgen/core.js";
import { MAX_TEXT } from "./secret.js";

/** What every error of this package has. */
interface Rejection extends Error {
  /** The name of every error of this package. */
  name: "ProxyOrdersError";
  /**
   * Present when `order` was called. `"not_placed"`: no order request can have reached the API. `"unknown"`: one may
   * have, so look the matter up before ordering again or refunding.
   */
  outcome?: Outcome;
  /** The `Idempotency-Key` that was sent with the order, if one was. */
  idempotencyKey?: string;
  /** What the API quoted, if the order was calculated first. */
  quote?: CalculateResponse;
}

/** The request or the options have issues. Nothing was sent. */
export interface InvalidError extends Rejection {
  /** Which of the two has issues. */
  code: "invalid_request" | "invalid_options";
  /** Every issue, at least one. */
  issues: Issue[];
}

/**
 * The WebAssembly could not be started: the engine has none, the page's Content Security Policy or the platform forbids
 * compiling, memory is short, or `init` was given the binary of another build.
 */
export interface NotLoadedError extends Rejection {
  /** The WebAssembly could not be started. */
  code: "not_loaded";
  /** What kept it from starting. */
  cause?: unknown;
}

/** The caller's signal ended the call. */
export interface AbortedError extends Rejection {
  /** The caller's signal ended the call. */
  code: "aborted";
  /** The signal's reason, of whatever type. */
  cause?: unknown;
}

/** The deadline passed, waiting or reading the body. */
export interface TimeoutError extends Rejection {
  /** The deadline passed. */
  code: "timeout";
}

/** `fetch` failed, gave no response or refused a redirect, or reading the body failed. */
export interface NetworkError extends Rejection {
  /** No reply came, or it could not be read. */
  code: "network";
  /**
   * The original error, if the API key is not found in it and cannot hide in it: it holds nothing but primitives, errors,
   * arrays and plain objects.
   */
  cause?: unknown;
}

/** The status is not 2xx, and the body is no documented reply. */
export interface HttpError extends Rejection {
  /** The status is not 2xx. */
  code: "http";
  /** The HTTP status. */
  status: number;
  /** The first 2000 characters of the body. `[key]` stands where the API key was. */
  body: string;
  /** How long the server asked to wait, in milliseconds, if it did. */
  retryAfterMs?: number;
}

/** The status is 2xx, and the body is no documented reply. */
export interface InvalidResponseError extends Rejection {
  /** The body is no documented reply. */
  code: "invalid_response";
  /** The HTTP status. */
  status: number;
  /** The first 2000 characters of the body. `[key]` stands where the API key was. */
  body: string;
}

/** `maxPrice` or `requirePromoCode` said no, or the API refused the calculation that they need. Nothing was ordered. */
export interface RefusedError extends Rejection {
  /** A guard said no. */
  code: "refused";
  /** What the API quoted. */
  quote: CalculateResponse;
}

/** An identical order is pending. Nothing was sent. */
export interface DuplicateOrderError extends Rejection {
  /** An identical order is pending. */
  code: "duplicate_order";
}

/**
 * An identical order is in doubt: it was sent, its call was rejected, and nothing has been known of it since. Nothing was
 * sent now.
 *
 * Where the server books each `Idempotency-Key` once, order again with this `idempotencyKey` to learn what happened. Else
 * look the matter up, and order with `allowDuplicate` if nothing was bought. The vendor's own API ignores keys.
 *
 * @example
 * import { isProxyOrdersError, order, type OrderRequest } from "proxy-orders";
 *
 * // A backend of one's own, which books each key once.
 * const api = { baseUrl: "/api" };
 *
 * async function buy(wanted: OrderRequest) {
 *   try {
 *     return await order(wanted, api);
 *   } catch (error) {
 *     if (!isProxyOrdersError(error) || error.code !== "unresolved_order") throw error;
 *     return order(wanted, { ...api, idempotencyKey: error.idempotencyKey });
 *   }
 * }
 */
export interface UnresolvedOrderError extends Rejection {
  /** An identical order is in doubt. */
  code: "unresolved_order";
  /** Whether the customer has what was ordered is not known. */
  outcome: "unknown";
  /** The `Idempotency-Key` of the latest attempt, if one was sent. */
  idempotencyKey?: string;
}

/** What a rejected call is rejected with: an `Error` of this name, whose `code` tells the rest. */
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
type DetailsOf<E> = E extends Rejection ? Loose<Omit<E, "name" | "message" | "stack">> : never;
type WithCode<E, C> = E extends { code: infer Codes } ? (C extends Codes ? E : never) : never;

/** What an error says beside its name and message, and of `not_loaded` the end of its message. */
export type Details = DetailsOf<ProxyOrdersError> & { reason?: string };

/** What a rejection says about the call, once it is known. */
export interface Known {
  outcome: Outcome | undefined;
  idempotencyKey?: string | undefined;
  quote?: CalculateResponse;
}

/** The message of each error, by what it says. */
const MESSAGES: { [code in ErrorCode]: (details: WithCode<Details, code>) => string } = {
  invalid_request: ({ issues }) => `The request is not valid. ${sentences(issues)}`,
  invalid_options: ({ issues }) => `The options are not valid. ${sentences(issues)}`,
  not_loaded: ({ reason = "it failed, possibly out of memory." }) => `The WebAssembly is not loaded: ${reason}`,
  aborted: () => "The call was aborted.",
  timeout: () => "The call took longer than timeoutMs.",
  network: () => "No reply came, or it could not be read.",
  http: ({ status }) => `The server answered with HTTP status ${status}.`,
  invalid_response: () => "The server's answer is not a documented reply.",
  refused: ({ quote }) => `The order was not sent: ${reason(quote)}.`,
  duplicate_order: () => "An identical order is pending.",
  unresolved_order: () =>
    "An identical order was sent before, and it is not known whether it was placed. Nothing was sent now.",
};

function sentences(issues: Issue[]): string {
  return issues.map(({ message }) => message).join(" ");
}

function reason({ error, warnings }: CalculateResponse): string {
  const faults = error ? [error] : warnings;
  return faults
    ? faults.map(({ message }) => message).join(", ")
    : "its price is above maxPrice, or its promo code is not valid";
}

/** The class of the errors. Its type for users is {@link ProxyOrdersError}, which tells more. */
export class CallError extends Error {
  override name = "ProxyOrdersError";

  constructor(details: Details) {
    const { cause, reason: _, ...rest }: { cause?: unknown; reason?: string } = details;
    const message = MESSAGES[details.code] as (details: Details) => string;
    super(message(details).slice(0, MAX_TEXT), cause === undefined ? undefined : { cause });
    this.add(rest);
  }

  /** Adds what is known about the call; what is `undefined` is left out. */
  add(details: object): void {
    for (const [name, value] of Object.entries(details)) {
      // Not assigned: `Error.prototype` may have a setter of this name, which throws.
      const property = { value: value as unknown, configurable: true, enumerable: true, writable: true };
      if (value !== undefined) Object.defineProperty(this, name, property);
    }
  }
}

/**
 * Tells whether a caught value is an error of this package. Never throws.
 *
 * @example
 * import { calculate, isProxyOrdersError } from "proxy-orders";
 *
 * try {
 *   await calculate({ proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" }, { baseUrl: "/api" });
 * } catch (error) {
 *   if (isProxyOrdersError(error)) console.log(error.code, error.message);
 * }
 */
export function isProxyOrdersError(value: unknown): value is ProxyOrdersError {
  try {
    return typeof value === "object" && (value as { name?: unknown } | null)?.name === "ProxyOrdersError";
  } catch {
    return false;
  }
}
