/** What became of a promo code: it counts, or it does not. Any other text of the API passes through. */
export type PromoCodeStatus = "VALID" | "NO_VALID" | (string & {});

/** A value, or every issue that keeps it from being one. */
export type ValidationResult<T> =
  | {
      /** A fresh plain object with just the fields that would be sent. */
      value: T;
      /** None. */
      issues?: undefined;
    }
  | {
      /** None. */
      value?: undefined;
      /** Every issue, at least one. */
      issues: Issue[];
    };

/** Options of every call. An unknown option is an issue, and so is `null`; `undefined` is absent. */
export interface CallOptions {
  /**
   * Where the API is: an `https:` URL, or a path on the page's own origin such as `"/api"`. It may carry a path prefix; a
   * trailing slash does not matter. `http:` is accepted to loopback and the page's own origin only, unless
   * `allowInsecure` is set. Credentials, query and fragment are not accepted.
   */
  baseUrl: string;
  /**
   * The API key of the account, which becomes one segment of the path, encoded as `encodeURIComponent` does; not empty,
   * `.` or `..`. Behind a backend of one's own any placeholder, replaced there. Nothing that this package writes or
   * throws contains it.
   */
  apiKey: string;
  /**
   * Ends the call when it is aborted: the call is rejected with `aborted`, whose `cause` is the signal's reason.
   *
   * @defaultValue none
   */
  signal?: AbortSignal | undefined;
  /**
   * Deadline of the whole call in milliseconds: loading, retries and reading the body included. Above 0, at most
   * 2 147 483 647.
   *
   * @defaultValue 30000
   */
  timeoutMs?: number | undefined;
  /**
   * How often a calculation is tried again after `network`, 408, 429 and 5xx: a whole number from 0 to 10. In `order` it
   * holds for the calculation that `maxPrice` and `requirePromoCode` make; the order itself is never sent twice.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;
  /**
   * Headers to send along, as in `fetch`. `content-type` and `accept` are the package's own.
   *
   * @defaultValue none
   */
  headers?: Headers | [string, string][] | Record<string, string> | undefined;
  /**
   * Whether cookies are sent, as in `fetch`.
   *
   * @defaultValue "same-origin"
   */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /**
   * What to call in place of the global `fetch`. It is given a `Request`; its answer may be any object with a whole
   * `status`, `headers.get` and `text()`.
   *
   * @defaultValue the global `fetch`, looked up at each call
   */
  fetch?: ((request: Request) => Promise<FetchedResponse>) | undefined;
  /**
   * Accepts an `http:` URL to any host. The API key then travels in the clear.
   *
   * @defaultValue false
   */
  allowInsecure?: boolean | undefined;
}

/** What a `fetch` must answer with: a `Response`, or an object that has as much of it. */
export interface FetchedResponse {
  /** The HTTP status, a whole number. */
  readonly status: number;
  /** The headers of the reply. */
  readonly headers: {
    /** The value of a header, `null` without it. */
    get(name: string): string | null;
  };
  /** Reads the body to its end. */
  text(): Promise<string>;
}

/** Options of `order`. Given to `calculate`, those that `order` alone has are ignored. */
export interface OrderOptions extends CallOptions {
  /**
   * The highest price to order at, in the account's currency: finite, 0 or more. The order is calculated first, and
   * `refused` when there are warnings or the price is higher. The two are no single step: the price may change between.
   *
   * @defaultValue none
   */
  maxPrice?: number | undefined;
  /**
   * Calculates first, and refuses when there are warnings or the promo code is not `VALID`.
   *
   * @defaultValue false
   */
  requirePromoCode?: boolean | undefined;
  /**
   * Lets an identical order (same URL, key and body) through while one is still under way in this module instance.
   *
   * @defaultValue false
   */
  allowDuplicate?: boolean | undefined;
  /**
   * Sent as the header `Idempotency-Key`, for a backend that books each key once. Printable ASCII.
   *
   * @defaultValue on the page's own origin a new random one per call; elsewhere none
   */
  idempotencyKey?: string | undefined;
}

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

/** The WebAssembly could not be loaded: it is missing, blocked by the page's Content Security Policy, or broken. */
export interface NotLoadedError extends Rejection {
  /** The WebAssembly could not be loaded. */
  code: "not_loaded";
  /** What kept it from loading. */
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
  /** The original error, unless the API key was found in it. */
  cause?: unknown;
}

/** The status is not 2xx, and the body is no documented reply. */
export interface HttpError extends Rejection {
  /** The status is not 2xx. */
  code: "http";
  /** The HTTP status. */
  status: number;
  /** The first 2000 characters of the body, without the API key. */
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
  /** The first 2000 characters of the body, without the API key. */
  body: string;
}

/** `maxPrice` or `requirePromoCode` said no, or the API refused the calculation that they need. Nothing was ordered. */
export interface RefusedError extends Rejection {
  /** A guard said no. */
  code: "refused";
  /** What the API quoted. */
  quote: CalculateResponse;
}

/** An identical order is under way. Nothing was sent. */
export interface DuplicateOrderError extends Rejection {
  /** An identical order is under way. */
  code: "duplicate_order";
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
  | DuplicateOrderError;

/**
 * From where the WebAssembly is loaded: a URL, a `Response`, the bytes, or a compiled `WebAssembly.Module` (an `object`
 * here, for projects whose libraries do not know that name).
 */
export type InitSource = string | URL | Response | ArrayBuffer | ArrayBufferView | object;

/** A [Standard Schema](https://standardschema.dev) of version 1. */
export interface StandardSchema<T> {
  /** What consumers of Standard Schema read. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The name of this package. */
    readonly vendor: "proxy-orders";
    /** Checks a value: at once when the WebAssembly is loaded, else with a promise, after loading it. */
    readonly validate: (value: unknown) => ValidationResult<T> | Promise<ValidationResult<T>>;
    /** The types of what goes in and what comes out; not there at run time. */
    readonly types?:
      | {
          /** What can be handed in. */
          readonly input: T;
          /** What the checks let through. */
          readonly output: T;
        }
      | undefined;
  };
}

/**
 * Prices an order. Buys nothing.
 *
 * A refusal by the API is a value with `success: false`. So look at `success`, and then at `warnings`: with warnings, the
 * order would be refused.
 *
 * Specification: "Calculate an order".
 *
 * @param request What to price. An order's object will do.
 * @param options Where the API is, and how to call it.
 * @returns The API's answer. Rejected with a {@link ProxyOrdersError} when there is none.
 */
export function calculate(request: CalculateRequest, options: CallOptions): Promise<CalculateResponse>;

/**
 * Places an order. Charges the balance of the account.
 *
 * The order is handed to `fetch` once, whatever happens. A refusal by the API is a value with `success: false`. Every
 * rejection carries `outcome`.
 *
 * Specification: "Create an order".
 *
 * @param request What to order.
 * @param options Where the API is, how to call it, and what guards the order.
 * @returns The API's answer. Rejected with a {@link ProxyOrdersError} when there is none.
 */
export function order(request: OrderRequest, options: OrderOptions): Promise<OrderResponse>;

/**
 * Checks what would be given to {@link calculate}. Sends nothing.
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
export function validateCalculate(value: unknown): ValidationResult<CalculateRequest>;

/**
 * Checks what would be given to {@link order}. Sends nothing.
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
export function validateOrder(value: unknown): ValidationResult<OrderRequest>;

/** The checks of {@link validateCalculate}, for form libraries and routers. */
export const calculateSchema: StandardSchema<CalculateRequest>;

/** The checks of {@link validateOrder}, for form libraries and routers. */
export const orderSchema: StandardSchema<OrderRequest>;

/** Tells whether a caught value is an error of this package. Never throws. */
export function isProxyOrdersError(value: unknown): value is ProxyOrdersError;

/** The documented codes of the API's errors and warnings. Others may come. */
export const ApiErrorCode: {
  /** The API key is wrong. */
  readonly ErrorApiKey: 2;
  /** The proxy type is not known. */
  readonly IncorrectProxyType: 4;
  /** The mobile operator is not known. */
  readonly IncorrectMobileOperator: 8;
  /** The protocol is not known. */
  readonly IncorrectProtocol: 13;
  /** The goal is not accepted. A warning of a calculation, an error of an order. */
  readonly IncorrectGoal: 14;
  /** The balance is too low. A warning of a calculation, an error of an order. */
  readonly InsufficientFunds: 16;
  /** The IP addresses are not accepted. */
  readonly IncorrectIpAddresses: 24;
};

/**
 * Loads the WebAssembly. Optional: the first call does it. Concurrent and repeated calls load once; after a failure the
 * next one tries again.
 *
 * @param source From where, if not from the file beside the package's own.
 * @throws A {@link ProxyOrdersError} with code `not_loaded`.
 */
export function init(source?: InitSource | Promise<InitSource>): Promise<void>;
export default init;
