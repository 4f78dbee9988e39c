// The documented API without HTTP: one account with its balance and its orders.

import { isIP } from "node:net";
import type { SandboxOrder } from "./index.js";
import { isProxyType, price, PROMO_CODE, type PricedFields } from "./prices.js";

/** The two functions of the API. */
export type Endpoint = "calculate" | "order";

/** The codes that the API documents, and below them codes that are known by their number only. */
const MESSAGES = {
  2: "Error api key",
  4: "Incorrect proxy type",
  8: "Incorrect mobile operator",
  13: "Incorrect protocol",
  14: "Incorrect goal",
  16: "Insufficient funds on balance",
  24: "Incorrect ip addresses",
  6: "Incorrect country",
  10: "Incorrect auth type",
  11: "Incorrect rent period",
  19: "Incorrect quantity",
  23: "Incorrect auth ip",
};
export type ErrorCode = keyof typeof MESSAGES;

type Fields = Record<string, unknown>;

/** A request that both functions accept; a goal that is not accepted is a warning of one and an error of the other. */
interface AcceptedRequest {
  fields: Fields;
  priced: PricedFields;
  isGoalAccepted: boolean;
}

const REFUSED_GOAL = /\b(forbidden|incorrect|invalid)\b/i;
const UNKNOWN_OPERATOR = /^(unknown|none|incorrect|invalid)$/i;

const isFilledText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const isWholeNumber = (value: unknown, minimum: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= minimum;

const toDollars = (cents: bigint) => Number(cents) / 100;
const apiError = (code: ErrorCode) => ({ code, message: MESSAGES[code] });

/** Validates what both functions require of a request. */
function readRequest(body: unknown): AcceptedRequest | { code: ErrorCode } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return { code: 4 };
  const fields = body as Fields;
  const { proxyType, quantity, rentPeriodDays, country, goal, mobileOperator, rotationTime } = fields;
  if (!isProxyType(proxyType)) return { code: 4 };
  if (typeof country !== "string" || !/^[A-Z]{3}$/.test(country)) return { code: 6 };
  if (!isWholeNumber(rentPeriodDays, 1)) return { code: 11 };
  if (!isWholeNumber(quantity, 1)) return { code: 19 };
  if (proxyType === "MOBILE") {
    if (!isFilledText(mobileOperator) || UNKNOWN_OPERATOR.test(mobileOperator.trim())) return { code: 8 };
    // No code is documented for the rotation time. It belongs to the mobile operator, so it shares that code.
    if (!isWholeNumber(rotationTime, 0)) return { code: 8 };
  }
  if (proxyType === "ISP" && country === "ATA") return { code: 24 };
  const isGoalAccepted = isFilledText(goal) && !REFUSED_GOAL.test(goal);
  return { fields, priced: { proxyType, quantity, rentPeriodDays, country }, isGoalAccepted };
}

/** Validates what only an order requires. */
function orderErrorCode({ proxyType, protocol, country, authType, authIp }: Fields): ErrorCode | undefined {
  if (proxyType === "IPv6") {
    if (protocol !== "HTTP" && protocol !== "SOCKS") return 13;
    if (protocol === "SOCKS" && country === "CHN") return 13;
  }
  if (authType !== "LOGIN" && authType !== "IP") return 10;
  if (authType === "IP" && (typeof authIp !== "string" || isIP(authIp) === 0)) return 23;
  return undefined;
}

function quote(priced: PricedFields, promoCode: unknown) {
  const isAbsent = promoCode == null || (typeof promoCode === "string" && promoCode.trim() === "");
  const isValid = promoCode === PROMO_CODE;
  return { ...price(priced, isValid), promoCodeStatus: isAbsent ? null : isValid ? "VALID" : "NO_VALID" };
}

/** One account at the API. */
export class Account {
  readonly #initialCents: bigint;
  #cents: bigint;
  /** Order numbers stay unique after a reset, so a reset leaves this as it is. */
  #lastOrderNumber = 112232;
  #orders: SandboxOrder[] = [];
  /** The replies to booked orders, by idempotency key. */
  #repliesByKey = new Map<string, object>();

  /** @param balance in dollars */
  constructor(balance: number) {
    this.#initialCents = BigInt(Math.round(balance * 100));
    this.#cents = this.#initialCents;
  }

  get balance(): number {
    return toDollars(this.#cents);
  }

  get orders(): readonly SandboxOrder[] {
    return this.#orders;
  }

  reset(): void {
    this.#cents = this.#initialCents;
    this.#orders = [];
    this.#repliesByKey.clear();
  }

  /** The documented failure of a function. Without a valid API key (code 2) it names no balance. */
  refusal(endpoint: Endpoint, code: ErrorCode): object {
    const isKeyValid = code !== 2;
    const balance = isKeyValid ? this.balance : null;
    const currency = isKeyValid ? "USD" : null;
    const error = apiError(code);
    const none = { proxyType: null, promoCodeStatus: null };
    return endpoint === "calculate"
      ? { success: false, ...none, balance, price: null, currency, discount: null, error, warnings: null }
      : { success: false, ...none, orderNumber: null, balance, currency, error };
  }

  calculate(body: unknown): object {
    const request = readRequest(body);
    if ("code" in request) return this.refusal("calculate", request.code);
    const { fields, priced, isGoalAccepted } = request;
    const { cents, discount, promoCodeStatus } = quote(priced, fields.promoCode);
    const warnings = [];
    if (!isGoalAccepted) warnings.push(apiError(14));
    if (cents > this.#cents) warnings.push(apiError(16));
    return {
      success: true,
      proxyType: priced.proxyType,
      balance: this.balance,
      price: toDollars(cents),
      currency: "USD",
      discount,
      promoCodeStatus,
      error: null,
      warnings: warnings.length > 0 ? warnings : null,
    };
  }

  /**
   * Books an order. An idempotency key that has booked one before gets the reply of that booking again, whatever the
   * body is now.
   */
  order(body: unknown, idempotencyKey: string | undefined): { reply: object; booked: boolean } {
    const earlierReply = idempotencyKey ? this.#repliesByKey.get(idempotencyKey) : undefined;
    if (earlierReply) return { reply: earlierReply, booked: false };
    const refused = (code: ErrorCode) => ({ reply: this.refusal("order", code), booked: false });
    const request = readRequest(body);
    if ("code" in request) return refused(request.code);
    const { fields, priced, isGoalAccepted } = request;
    const code = orderErrorCode(fields);
    if (code) return refused(code);
    if (!isGoalAccepted) return refused(14);
    const { cents, promoCodeStatus } = quote(priced, fields.promoCode);
    if (cents > this.#cents) return refused(16);

    this.#cents -= cents;
    this.#lastOrderNumber += 1;
    const orderNumber = `NUMBER-${this.#lastOrderNumber}`;
    const reply = {
      success: true,
      proxyType: priced.proxyType,
      orderNumber,
      balance: this.balance,
      currency: "USD",
      error: null,
      promoCodeStatus,
    };
    this.#orders.push({ orderNumber, price: toDollars(cents), idempotencyKey: idempotencyKey || null, ...priced });
    if (idempotencyKey) this.#repliesByKey.set(idempotencyKey, reply);
    return { reply, booked: true };
  }
}
