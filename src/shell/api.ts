// The exports of the main entry.

import type {
  CalculateRequest,
  CalculateResponse,
  Endpoint,
  Issue,
  OrderRequest,
  OrderResponse,
} from "../../target/bindgen/core.js";
import { call } from "./call.js";
import { init, isLoaded } from "./load.js";
import type { CallOptions, OrderOptions } from "./options.js";
import { validate } from "./validate.js";
import { readRequest } from "./wire.js";

export type * from "./types.js";
export { createCheckout } from "./checkout.js";
export { isProxyOrdersError } from "./error.js";
export { forgetOrders } from "./ledger.js";
export { init, init as default } from "./load.js";

/** A valid value, or every issue. */
export type ValidationResult<T> =
  | {
      /** A fresh plain object with the fields that would be sent. */
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

/** A [Standard Schema](https://standardschema.dev) of version 1. */
export interface StandardSchema<T> {
  /** The interface of Standard Schema. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The name of this package. */
    readonly vendor: "proxy-orders";
    /** Validates a value. Returns a promise if the WebAssembly has to be loaded first, otherwise the result. */
    readonly validate: (value: unknown) => ValidationResult<T> | Promise<ValidationResult<T>>;
    /** The types of input and output; absent at run time. */
    readonly types?:
      | {
          /** The type of the input. */
          readonly input: T;
          /** The type of a valid value. */
          readonly output: T;
        }
      | undefined;
  };
}

/**
 * The documented codes of the API's errors and warnings. There may be others.
 *
 * @example
 * import { ApiErrorCode, calculate } from "proxy-orders";
 *
 * const quote = await calculate(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" },
 *   { baseUrl: "/api" },
 * );
 * if (quote.warnings?.some(({ code }) => code === ApiErrorCode.InsufficientFunds)) console.log("Top up your balance.");
 */
export const ApiErrorCode = Object.freeze({
  /** The API key is wrong. */
  ErrorApiKey: 2,
  /** The proxy type is unknown. */
  IncorrectProxyType: 4,
  /** The mobile operator is unknown. */
  IncorrectMobileOperator: 8,
  /** The protocol is unknown. */
  IncorrectProtocol: 13,
  /** The goal is not accepted. A warning of `calculate`, an error of `order`. */
  IncorrectGoal: 14,
  /** The balance is too low. A warning of `calculate`, an error of `order`. */
  InsufficientFunds: 16,
  /** The IP addresses are not accepted. */
  IncorrectIpAddresses: 24,
});

/**
 * Prices an order. Buys nothing.
 *
 * A failure is a value with `success: false`. So check `success`, and then `warnings`: a quote with warnings cannot be
 * ordered.
 *
 * See "Calculate an order" in YouProxy's documentation.
 *
 * @example
 * import { calculate } from "proxy-orders";
 *
 * const quote = await calculate(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" },
 *   { baseUrl: "/api" },
 * );
 * if (quote.success && !quote.warnings) console.log(quote.price, quote.currency);
 *
 * @param request The order to price.
 * @param options Where the API is, and how to call it.
 * @returns The API's response.
 * @throws A {@link ProxyOrdersError} unless the server sends a documented response.
 */
export function calculate(request: CalculateRequest, options: CallOptions): Promise<CalculateResponse> {
  return call("calculate", request, options) as Promise<CalculateResponse>;
}

/**
 * Places an order. Charges the balance of the account.
 *
 * The order is handed to `fetch` once, whatever happens. A failure is a value with `success: false`. Every error
 * carries an `outcome`. After `"unknown"`, an identical order rejects with `unresolved_order` until a repeat is
 * answered: the same order with `repeat: true` and the error's `idempotencyKey`.
 *
 * See "Create an order" in YouProxy's documentation.
 *
 * @example
 * import { isProxyOrdersError, order } from "proxy-orders";
 *
 * try {
 *   const receipt = await order(
 *     { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
 *     { baseUrl: "/api", maxPrice: 2 },
 *   );
 *   console.log(receipt.success ? receipt.orderNumber : receipt.error.message);
 * } catch (error) {
 *   if (!isProxyOrdersError(error)) throw error;
 *   if (error.outcome === "unknown") console.log("Unknown. Repeat it with", error.idempotencyKey);
 *   else console.log("Nothing was bought.", error.message);
 * }
 *
 * @param request The order.
 * @param options Where the API is, how to call it, and the guards of the order.
 * @returns The API's response.
 * @throws A {@link ProxyOrdersError} unless the server sends a documented response.
 */
export function order(request: OrderRequest, options: OrderOptions): Promise<OrderResponse> {
  return call("order", request, options) as Promise<OrderResponse>;
}

/**
 * Validates a request for {@link calculate}. Sends nothing.
 *
 * @example
 * import { init, validateCalculate } from "proxy-orders";
 *
 * await init();
 * for (const { path, message } of validateCalculate({ proxyType: "IPv4" }).issues ?? []) console.log(path[0], message);
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
export function validateCalculate(value: unknown): ValidationResult<CalculateRequest> {
  return validate("calculate", readRequest(value)) as ValidationResult<CalculateRequest>;
}

/**
 * Validates a request for {@link order}. Sends nothing.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * for (const { path, message } of validateOrder({ proxyType: "IPv4" }).issues ?? []) console.log(path[0], message);
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
export function validateOrder(value: unknown): ValidationResult<OrderRequest> {
  return validate("order", readRequest(value)) as ValidationResult<OrderRequest>;
}

/** Validates for a schema. The value is read at once, because it may change while the WebAssembly is loaded. */
function validateForSchema<T>(endpoint: Endpoint, value: unknown): ValidationResult<T> | Promise<ValidationResult<T>> {
  const draft = readRequest(value);
  const result = () => validate(endpoint, draft) as ValidationResult<T>;
  return isLoaded() ? result() : init().then(result);
}

/**
 * The validation of {@link validateCalculate}, for form libraries and routers.
 *
 * @example
 * import { calculateSchema } from "proxy-orders";
 *
 * const { issues } = await calculateSchema["~standard"].validate({ proxyType: "IPv4" });
 * console.log(issues?.map(({ message }) => message));
 */
export const calculateSchema: StandardSchema<CalculateRequest> = {
  "~standard": { version: 1, vendor: "proxy-orders", validate: (value) => validateForSchema("calculate", value) },
};

/**
 * The validation of {@link validateOrder}, for form libraries and routers.
 *
 * @example
 * import { orderSchema } from "proxy-orders";
 * import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
 * import { useForm } from "react-hook-form";
 *
 * const form = useForm({ resolver: standardSchemaResolver(orderSchema) });
 */
export const orderSchema: StandardSchema<OrderRequest> = {
  "~standard": { version: 1, vendor: "proxy-orders", validate: (value) => validateForSchema("order", value) },
};
