import * as v from "valibot";
import { client, messages, maxInteger, types, validator } from "./common.js";

const integer = (message, min) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(maxInteger, message));
const string = (message) =>
  v.pipe(
    v.string(message),
    v.maxLength(10000, message),
    v.check((value) => value.isWellFormed(), message),
  );
const text = (message) => v.pipe(string(message), v.regex(/\S/, message));

const fields = {
  proxyType: v.picklist(types, messages.proxyType),
  quantity: integer(messages.quantity, 1),
  rentPeriodDays: integer(messages.rentPeriodDays, 1),
  goal: text(messages.goal),
  country: v.pipe(v.string(messages.country), v.regex(/^[A-Z]{3}$/, messages.country)),
  promoCode: v.nullish(string(messages.promoCode)),
  rotationTime: integer(messages.rotationTime, 0),
  mobileOperator: text(messages.mobileOperator),
  protocol: v.picklist(["HTTP", "SOCKS"], messages.protocol),
  authType: v.picklist(["LOGIN", "IP"], messages.authType),
  authIp: v.pipe(v.string(messages.authIp), v.ip(messages.authIp)),
};

const object = (shape) => v.object(shape, messages.request);
const parse = (schema, input) => {
  const { success, output, issues } = v.safeParse(schema, input);
  return success
    ? { value: output }
    : { issues: issues.map(({ path, message }) => ({ path: path.map(({ key }) => key), message })) };
};

export const validateCalculate = validator(fields, object, parse, false);
export const validateOrder = validator(fields, object, parse, true);

const number = v.pipe(v.number(), v.finite());
const apiError = v.object({ code: number, message: v.string() });
// A field of a failed response is null when its type is wrong.
const validOrNull = (isValid) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (isValid(value) ? value : null)),
    ),
    null,
  );
const alwaysNull = validOrNull(() => false);
const success = {
  success: v.literal(true),
  proxyType: v.string(),
  balance: number,
  currency: v.string(),
  promoCodeStatus: v.nullish(v.string(), null),
  error: v.nullish(v.null(), null),
};
const failure = {
  success: v.literal(false),
  proxyType: alwaysNull,
  balance: validOrNull(Number.isFinite),
  currency: validOrNull((value) => typeof value === "string"),
  promoCodeStatus: alwaysNull,
  error: apiError,
};
const quote = v.variant("success", [
  v.object({
    ...success,
    price: number,
    discount: number,
    warnings: v.pipe(
      v.nullish(v.array(apiError), null),
      v.transform((warnings) => (warnings?.length ? warnings : null)),
    ),
  }),
  v.object({ ...failure, price: alwaysNull, discount: alwaysNull, warnings: alwaysNull }),
]);
const receipt = v.variant("success", [
  v.object({ ...success, orderNumber: v.string() }),
  v.object({ ...failure, orderNumber: alwaysNull }),
]);

export const { calculate, order } = client(
  validateCalculate,
  validateOrder,
  (body) => v.parse(quote, body),
  (body) => v.parse(receipt, body),
);
