// What every entry point of the package exports.

import { call, validate } from "./call.js";
import { init, isLoaded } from "./load.js";

export { isProxyOrdersError } from "./error.js";
export { init, init as default } from "./load.js";

export const ApiErrorCode = Object.freeze({
  ErrorApiKey: 2,
  IncorrectProxyType: 4,
  IncorrectMobileOperator: 8,
  IncorrectProtocol: 13,
  IncorrectGoal: 14,
  InsufficientFunds: 16,
  IncorrectIpAddresses: 24,
});

/** @type {typeof import("../../pkg/index.js").calculate} */
export const calculate = (request, options) => call(false, request, options);

/** @type {typeof import("../../pkg/index.js").order} */
export const order = (request, options) => call(true, request, options);

/** @type {typeof import("../../pkg/index.js").validateCalculate} */
export const validateCalculate = (value) => validate(false, value);

/** @type {typeof import("../../pkg/index.js").validateOrder} */
export const validateOrder = (value) => validate(true, value);

/** @param {(value: unknown) => any} validate @returns {any} */
const schema = (validate) => ({
  "~standard": {
    version: 1,
    vendor: "proxy-orders",
    validate: (/** @type {unknown} */ value) => (isLoaded() ? validate(value) : init().then(() => validate(value))),
  },
});

export const calculateSchema = schema(validateCalculate);
export const orderSchema = schema(validateOrder);
