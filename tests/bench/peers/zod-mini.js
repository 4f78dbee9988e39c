import * as z from "zod/mini";
import { client, messages, most, types, validator } from "./common.js";

const whole = (message, least) => z.int(message).check(z.minimum(least, message), z.maximum(most, message));
const string = (message) =>
  z.string(message).check(
    z.maxLength(10000, message),
    z.refine((value) => value.isWellFormed(), message),
  );
const text = (message) => string(message).check(z.regex(/\S/, message));

const fields = {
  proxyType: z.enum(types, messages.proxyType),
  quantity: whole(messages.quantity, 1),
  rentPeriodDays: whole(messages.rentPeriodDays, 1),
  goal: text(messages.goal),
  country: z.string(messages.country).check(z.regex(/^[A-Z]{3}$/, messages.country)),
  promoCode: z.nullish(string(messages.promoCode)),
  rotationTime: whole(messages.rotationTime, 0),
  mobileOperator: text(messages.mobileOperator),
  protocol: z.enum(["HTTP", "SOCKS"], messages.protocol),
  authType: z.enum(["LOGIN", "IP"], messages.authType),
  authIp: z.union([z.ipv4(), z.ipv6()], messages.authIp),
};

const object = (shape) => z.object(shape, messages.whole);
const parse = (schema, input) => {
  const { success, data, error } = schema.safeParse(input);
  return success ? { value: data } : { issues: error.issues.map(({ path, message }) => ({ path, message })) };
};

export const validateCalculate = validator(fields, object, parse, false);
export const validateOrder = validator(fields, object, parse, true);

const problem = z.object({ code: z.number(), message: z.string() });
// What a refusal holds besides its error is taken if it is of its type, else it is null.
const lenient = (right) =>
  z.pipe(
    z.optional(z.unknown()),
    z.transform((value) => (right(value) ? value : null)),
  );
const nothing = lenient(() => false);
const received = {
  success: z.literal(true),
  proxyType: z.string(),
  balance: z.number(),
  currency: z.string(),
  promoCodeStatus: z.pipe(
    z.nullish(z.string()),
    z.transform((status) => status ?? null),
  ),
  error: z.pipe(
    z.optional(z.null()),
    z.transform(() => null),
  ),
};
const refused = {
  success: z.literal(false),
  proxyType: nothing,
  balance: lenient(Number.isFinite),
  currency: lenient((value) => typeof value === "string"),
  promoCodeStatus: nothing,
  error: problem,
};
const quote = z.discriminatedUnion("success", [
  z.object({
    ...received,
    price: z.number(),
    discount: z.number(),
    warnings: z.pipe(
      z.nullish(z.array(problem)),
      z.transform((warnings) => (warnings?.length ? warnings : null)),
    ),
  }),
  z.object({ ...refused, price: nothing, discount: nothing, warnings: nothing }),
]);
const receipt = z.discriminatedUnion("success", [
  z.object({ ...received, orderNumber: z.string() }),
  z.object({ ...refused, orderNumber: nothing }),
]);

export const { calculate, order } = client(
  validateCalculate,
  validateOrder,
  (reply) => quote.parse(reply),
  (reply) => receipt.parse(reply),
);
