// The documented API without HTTP: one account with its balance and its orders.

import { failureBody } from "../server/failure.js";
import { isAbove, MESSAGES as PURCHASE_MESSAGES } from "../server/purchase.js";
import { isProxyType, price, PROMO_CODE, type PricedFields } from "./prices.js";
import type { SandboxEndpoint, SandboxOrder } from "./types.js";

/** The documented codes, undocumented ones whose number is known, and those that come with idempotency keys. */
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

  400: "Idempotency-Key or Order-Max-Price is missing or malformed.",
  ...PURCHASE_MESSAGES,
};
export type ErrorCode = keyof typeof MESSAGES;

type Fields = Record<string, unknown>;

/** A request that both endpoints accept. A goal that is not accepted is a warning of one and an error of the other. */
interface AcceptedRequest {
  fields: Fields;
  priced: PricedFields;
  isGoalAccepted: boolean;
}

/** What comes with an order besides its body. */
export interface Purchase {
  idempotencyKey: string | undefined;
  /** The most that a new booking may cost, in dollars. */
  maxPrice: number;
  /** Whether the order is only looked up. */
  isLookup: boolean;
}

/** A settled idempotency key. */
interface Booking {
  content: string;
  response: object;
}

/** The fields that make two orders the same. */
const ORDER_FIELDS = [
  ...["proxyType", "quantity", "rentPeriodDays", "goal", "country", "promoCode", "rotationTime", "mobileOperator"],
  ...["protocol", "authType", "authIp"],
];

const UNACCEPTED_GOAL = /\b(forbidden|incorrect|invalid)\b/i;
const UNKNOWN_OPERATOR = /^(unknown|none|incorrect|invalid)$/i;

const isFilledText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const isWholeNumber = (value: unknown, minimum: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= minimum;

/** The URL parser knows every form of an IPv6 address. It also accepts IPv4 addresses that are not dotted decimal. */
const isIpAddress = (value: unknown): boolean =>
  typeof value === "string" &&
  (/^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(value) ||
    (/^[\da-f:.]+$/i.test(value) && URL.canParse(`http://[${value}]`)));

const isBlank = (promoCode: unknown) => promoCode == null || (typeof promoCode === "string" && promoCode.trim() === "");

const toDollars = (cents: bigint) => Number(cents) / 100;
const apiError = (code: ErrorCode) => ({ code, message: MESSAGES[code] });

/** Validates what both endpoints require of a request. */
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
  const isGoalAccepted = isFilledText(goal) && !UNACCEPTED_GOAL.test(goal);
  return { fields, priced: { proxyType, quantity, rentPeriodDays, country }, isGoalAccepted };
}

/** Validates what only an order requires. */
function orderErrorCode({ proxyType, protocol, country, authType, authIp }: Fields): ErrorCode | undefined {
  if (proxyType === "IPv6") {
    if (protocol !== "HTTP" && protocol !== "SOCKS") return 13;
    if (protocol === "SOCKS" && country === "CHN") return 13;
  }
  if (authType !== "LOGIN" && authType !== "IP") return 10;
  if (authType === "IP" && !isIpAddress(authIp)) return 23;
  return undefined;
}

/** What is ordered, as text: two requests with the same content are the same order. */
function contentOf(body: unknown): string {
  const fields = Object(body) as Fields;
  const values = ORDER_FIELDS.map((name) => {
    const value = fields[name];
    // Every documented field is a string, number, boolean or null, and an object may be too deep for JSON.stringify.
    return typeof value === "object" || (name === "promoCode" && isBlank(value)) ? null : value;
  });
  return JSON.stringify(values);
}

function quote(priced: PricedFields, promoCode: unknown) {
  const isValid = promoCode === PROMO_CODE;
  return { ...price(priced, isValid), promoCodeStatus: isBlank(promoCode) ? null : isValid ? "VALID" : "NO_VALID" };
}

/** One account at the API. */
export class Account {
  readonly #initialCents: bigint;
  #cents: bigint;
  /** Not changed by a reset, so that order numbers stay unique. */
  #lastOrderNumber = 112232;
  #orders: SandboxOrder[] = [];
  #bookings = new Map<string, Booking>();

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
    this.#bookings.clear();
  }

  /** The documented failure of an endpoint. Without a valid API key (code 2) it shows no balance. */
  failure(endpoint: SandboxEndpoint, code: ErrorCode): object {
    const account = code === 2 ? undefined : { balance: this.balance, currency: "USD" };
    return failureBody(endpoint === "calculate" ? "calculate" : "order", apiError(code), account);
  }

  calculate(body: unknown): object {
    const request = readRequest(body);
    if ("code" in request) return this.failure("calculate", request.code);
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
   * Books an order, or looks one up. An idempotency key that was settled before gets its response again. A lookup
   * settles a new one as a failure, so that an order that is still on its way buys nothing.
   */
  order(body: unknown, { idempotencyKey, maxPrice, isLookup }: Purchase): { response: object; booked: boolean } {
    const content = contentOf(body);
    const settle = (response: object) => {
      if (idempotencyKey) this.#bookings.set(idempotencyKey, { content, response });
      return response;
    };
    const failed = (code: ErrorCode) => ({ response: this.failure("order", code), booked: false });
    const settled = this.#bookings.get(idempotencyKey ?? "");
    if (settled) return settled.content === content ? { response: settled.response, booked: false } : failed(409);
    if (isLookup) return { response: settle(this.failure("order", 404)), booked: false };
    const request = readRequest(body);
    if ("code" in request) return failed(request.code);
    const { fields, priced, isGoalAccepted } = request;
    const code = orderErrorCode(fields);
    if (code) return failed(code);
    if (!isGoalAccepted) return failed(14);
    const { cents, promoCodeStatus } = quote(priced, fields.promoCode);
    if (cents > this.#cents) return failed(16);
    if (isAbove(toDollars(cents), maxPrice)) return failed(412);
    const orderNumber = this.#book(priced, cents, idempotencyKey);
    const { proxyType } = priced;
    const rest = { balance: this.balance, currency: "USD", error: null, promoCodeStatus };
    return { response: settle({ success: true, proxyType, orderNumber, ...rest }), booked: true };
  }

  #book(priced: PricedFields, cents: bigint, idempotencyKey: string | null = null): string {
    this.#cents -= cents;
    this.#lastOrderNumber += 1;
    const orderNumber = `NUMBER-${this.#lastOrderNumber}`;
    this.#orders.push({ orderNumber, price: toDollars(cents), idempotencyKey, ...priced });
    return orderNumber;
  }
}
