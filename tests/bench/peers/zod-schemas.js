// What zod checks, whoever sends the request.
import * as z from "zod";
import { messages, maxInteger, types, validator } from "./common.js";

const integer = (message, min) => z.int(message).min(min, message).max(maxInteger, message);
const string = (message) =>
  z
    .string(message)
    .max(10000, message)
    .refine((value) => value.isWellFormed(), message);
const text = (message) => string(message).regex(/\S/, message);

const fields = {
  proxyType: z.enum(types, messages.proxyType),
  quantity: integer(messages.quantity, 1),
  rentPeriodDays: integer(messages.rentPeriodDays, 1),
  goal: text(messages.goal),
  country: z.string(messages.country).regex(/^[A-Z]{3}$/, messages.country),
  promoCode: string(messages.promoCode).nullish(),
  rotationTime: integer(messages.rotationTime, 0),
  mobileOperator: text(messages.mobileOperator),
  protocol: z.enum(["HTTP", "SOCKS"], messages.protocol),
  authType: z.enum(["LOGIN", "IP"], messages.authType),
  authIp: z.union([z.ipv4(), z.ipv6()], messages.authIp),
};

const object = (shape) => z.object(shape, messages.request);
const parse = (schema, input) => {
  const { success, data, error } = schema.safeParse(input);
  return success ? { value: data } : { issues: error.issues.map(({ path, message }) => ({ path, message })) };
};

export const validateCalculate = validator(fields, object, parse, false);
export const validateOrder = validator(fields, object, parse, true);

const apiError = z.object({ code: z.number(), message: z.string() });
// A field of a failed response is null when its type is wrong.
const validOrNull = (isValid) =>
  z
    .unknown()
    .optional()
    .transform((value) => (isValid(value) ? value : null));
const alwaysNull = validOrNull(() => false);
const success = {
  success: z.literal(true),
  proxyType: z.string(),
  balance: z.number(),
  currency: z.string(),
  promoCodeStatus: z
    .string()
    .nullish()
    .transform((status) => status ?? null),
  error: z
    .null()
    .optional()
    .transform(() => null),
};
const failure = {
  success: z.literal(false),
  proxyType: alwaysNull,
  balance: validOrNull(Number.isFinite),
  currency: validOrNull((value) => typeof value === "string"),
  promoCodeStatus: alwaysNull,
  error: apiError,
};
export const quote = z.discriminatedUnion("success", [
  z.object({
    ...success,
    price: z.number(),
    discount: z.number(),
    warnings: z
      .array(apiError)
      .nullish()
      .transform((warnings) => (warnings?.length ? warnings : null)),
  }),
  z.object({ ...failure, price: alwaysNull, discount: alwaysNull, warnings: alwaysNull }),
]);
export const receipt = z.discriminatedUnion("success", [
  z.object({ ...success, orderNumber: z.string() }),
  z.object({ ...failure, orderNumber: alwaysNull }),
]);
