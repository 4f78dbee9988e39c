import * as v from "valibot";
import { client, messages, most, types, validator } from "./common.js";

const whole = (message, least) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
const string = (message) =>
  v.pipe(
    v.string(message),
    v.maxLength(10000, message),
    v.check((value) => value.isWellFormed(), message),
  );
const text = (message) => v.pipe(string(message), v.regex(/\S/, message));

const fields = {
  proxyType: v.picklist(types, messages.proxyType),
  quantity: whole(messages.quantity, 1),
  rentPeriodDays: whole(messages.rentPeriodDays, 1),
  goal: text(messages.goal),
  country: v.pipe(v.string(messages.country), v.regex(/^[A-Z]{3}$/, messages.country)),
  promoCode: v.nullish(string(messages.promoCode)),
  rotationTime: whole(messages.rotationTime, 0),
  mobileOperator: text(messages.mobileOperator),
  protocol: v.picklist(["HTTP", "SOCKS"], messages.protocol),
  authType: v.picklist(["LOGIN", "IP"], messages.authType),
  authIp: v.pipe(v.string(messages.authIp), v.ip(messages.authIp)),
};

const object = (shape) => v.object(shape, messages.whole);
const parse = (schema, input) => {
  const { success, output, issues } = v.safeParse(schema, input);
  return success
    ? { value: output }
    : { issues: issues.map(({ path, message }) => ({ path: path.map(({ key }) => key), message })) };
};

export const validateCalculate = validator(fields, object, parse, false);
export const validateOrder = validator(fields, object, parse, true);

const number = v.pipe(v.number(), v.finite());
const problem = v.object({ code: number, message: v.string() });
// What a refusal holds besides its error is taken if it is of its type, else it is null.
const lenient = (right) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (right(value) ? value : null)),
    ),
    null,
  );
const nothing = lenient(() => false);
const received = {
  success: v.literal(true),
  proxyType: v.string(),
  balance: number,
  currency: v.string(),
  promoCodeStatus: v.nullish(v.string(), null),
  error: v.nullish(v.null(), null),
};
const refused = {
  success: v.literal(false),
  proxyType: nothing,
  balance: lenient(Number.isFinite),
  currency: lenient((value) => typeof value === "string"),
  promoCodeStatus: nothing,
  error: problem,
};
const quote = v.variant("success", [
  v.object({
    ...received,
    price: number,
    discount: number,
    warnings: v.pipe(
      v.nullish(v.array(problem), null),
      v.transform((warnings) => (warnings?.length ? warnings : null)),
    ),
  }),
  v.object({ ...refused, price: nothing, discount: nothing, warnings: nothing }),
]);
const receipt = v.variant("success", [
  v.object({ ...received, orderNumber: v.string() }),
  v.object({ ...refused, orderNumber: nothing }),
]);

export const { calculate, order } = client(
  validateCalculate,
  validateOrder,
  (reply) => v.parse(quote, reply),
  (reply) => v.parse(receipt, reply),
);
