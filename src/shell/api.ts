// What every entry point of the package exports.

import type {
  CalculateRequest,
  CalculateResponse,
  Endpoint,
  Issue,
  OrderRequest,
  OrderResponse,
} from "../../target/bindgen/core.js";
import { call, check, validate } from "./call.js";
import { init, isLoaded } from "./load.js";
import type { CallOptions, OrderOptions } from "./options.js";
import { readRequest } from "./wire.js";

export type * from "./types.js";
export { isProxyOrdersError } from "./error.js";
export { init, init as default } from "./load.js";

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

/** A [Standard Schema](https://standardschema.dev) of version 1. */
export interface StandardSchema<T> {
  /** What consumers of Standard Schema read. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The name of this package. */
    readonly vendor: "proxy-orders";
    /** Validates a value: at once when the WebAssembly is loaded, else with a promise, after loading it. */
    readonly validate: (value: unknown) => ValidationResult<T> | Promise<ValidationResult<T>>;
    /** The types of what goes in and what comes out; not there at run time. */
    readonly types?:
      | {
          /** What can be handed in. */
          readonly input: T;
          /** What the validation lets through. */
          readonly output: T;
        }
      | undefined;
  };
}

/**
 * The documented codes of the API's errors and warnings. Others may come.
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
  /** The proxy type is not known. */
  IncorrectProxyType: 4,
  /** The mobile operator is not known. */
  IncorrectMobileOperator: 8,
  /** The protocol is not known. */
  IncorrectProtocol: 13,
  /** The goal is not accepted. A warning of a calculation, an error of an order. */
  IncorrectGoal: 14,
  /** The balance is too low. A warning of a calculation, an error of an order. */
  InsufficientFunds: 16,
  /** The IP addresses are not accepted. */
  IncorrectIpAddresses: 24,
});

/**
 * Prices an order. Buys nothing.
 *
 * A refusal by the API is a value with `success: false`. So look at `success`, and then at `warnings`: with warnings, the
 * order would be refused.
 *
 * The page of YouProxy's documentation is "Calculate an order".
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
 * @param request What to price.
 * @param options Where the API is, and how to call it.
 * @returns The API's answer.
 * @throws A {@link ProxyOrdersError} when there is none.
 */
export function calculate(request: CalculateRequest, options: CallOptions): Promise<CalculateResponse> {
  return call("calculate", request, options) as Promise<CalculateResponse>;
}

/**
 * Places an order. Charges the balance of the account.
 *
 * The order is handed to `fetch` once, whatever happens. A refusal by the API is a value with `success: false`. Every
 * rejection carries `outcome`. After one with `outcome: "unknown"`, the same order is rejected with `unresolved_order`, until
 * it is repeated with the `idempotencyKey` of the error.
 *
 * The page of YouProxy's documentation is "Create an order".
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
 *   if (error.outcome === "unknown") console.log("Not known yet. Repeat it with this key:", error.idempotencyKey);
 *   else console.log("Nothing was bought.", error.message);
 * }
 *
 * @param request What to order.
 * @param options Where the API is, how to call it, and what guards the order.
 * @returns The API's answer.
 * @throws A {@link ProxyOrdersError} when there is none.
 */
export function order(request: OrderRequest, options: OrderOptions): Promise<OrderResponse> {
  return call("order", request, options) as Promise<OrderResponse>;
}

/**
 * Validates what would be given to {@link calculate}. Sends nothing.
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
  return validate("calculate", value) as ValidationResult<CalculateRequest>;
}

/**
 * Validates what would be given to {@link order}. Sends nothing.
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
  return validate("order", value) as ValidationResult<OrderRequest>;
}

function schema<T>(endpoint: Endpoint): StandardSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "proxy-orders",
      validate(value) {
        // The value may change while the WebAssembly is loaded.
        const draft = readRequest(value);
        const result = () => check(endpoint, draft) as ValidationResult<T>;
        return isLoaded() ? result() : init().then(result);
      },
    },
  };
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
export const calculateSchema: StandardSchema<CalculateRequest> = /* @__PURE__ */ schema("calculate");

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
export const orderSchema: StandardSchema<OrderRequest> = /* @__PURE__ */ schema("order");
