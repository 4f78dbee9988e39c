import { client } from "./common.js";
import { quote, receipt, validateCalculate, validateOrder } from "./zod-schemas.js";

export { validateCalculate, validateOrder };
export const { calculate, order } = client(
  validateCalculate,
  validateOrder,
  (body) => quote.parse(body),
  (body) => receipt.parse(body),
);
