// The documented API itself, without HTTP: one account, its balance and its orders.

import { isIP } from "node:net";
import { PROMO_CODE, isProxyType, price } from "./prices.js";

/** @typedef {import("./index.d.ts").SandboxOrder} SandboxOrder */
/** @typedef {Record<string, unknown>} Fields */

// The documented codes, and below them those that are only known by their number.
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
/** @typedef {keyof typeof MESSAGES} Code */

const FORBIDDEN_GOAL = /\b(forbidden|incorrect|invalid)\b/i;
const UNKNOWN_OPERATOR = /^(unknown|none|incorrect|invalid)$/i;

/** @param {unknown} value */
const isText = (value) => typeof value === "string" && value.trim() !== "";
/**
 * @param {unknown} value
 * @param {number} least
 * @returns {value is number}
 */
const isWhole = (value, least) => Number.isSafeInteger(value) && Number(value) >= least;

/** @param {bigint} cents */
const dollars = (cents) => Number(cents) / 100;
/** @param {Code} code */
const problem = (code) => ({ code: Number(code), message: MESSAGES[code] });

/**
 * Reads a request as far as both functions share it.
 * @param {unknown} body
 * @returns {{ code: Code } | { fields: Fields, order: import("./prices.js").Priced, goalAccepted: boolean }}
 */
function read(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return { code: 4 };
  const fields = /** @type {Fields} */ (body);
  const { proxyType, quantity, rentPeriodDays, country, goal, mobileOperator, rotationTime } = fields;
  if (!isProxyType(proxyType)) return { code: 4 };
  if (typeof country !== "string" || !/^[A-Z]{3}$/.test(country)) return { code: 6 };
  if (!isWhole(rentPeriodDays, 1)) return { code: 11 };
  if (!isWhole(quantity, 1)) return { code: 19 };
  if (proxyType === "MOBILE") {
    if (!isText(mobileOperator) || UNKNOWN_OPERATOR.test(String(mobileOperator).trim())) return { code: 8 };
    // No code is known for this field; the one of the operator, whose list holds the rotation times, is nearest.
    if (!isWhole(rotationTime, 0)) return { code: 8 };
  }
  if (proxyType === "ISP" && country === "ATA") return { code: 24 };
  const goalAccepted = isText(goal) && !FORBIDDEN_GOAL.test(String(goal));
  return { fields, order: { proxyType, quantity, rentPeriodDays, country }, goalAccepted };
}

/**
 * Reads what an order alone has.
 * @param {Fields} fields
 * @returns {Code | undefined}
 */
function orderProblem({ proxyType, protocol, country, authType, authIp }) {
  if (proxyType === "IPv6") {
    if (protocol !== "HTTP" && protocol !== "SOCKS") return 13;
    if (protocol === "SOCKS" && country === "CHN") return 13;
  }
  if (authType !== "LOGIN" && authType !== "IP") return 10;
  if (authType === "IP" && (typeof authIp !== "string" || isIP(authIp) === 0)) return 23;
}

/**
 * @param {import("./prices.js").Priced} order
 * @param {unknown} promoCode
 */
function quote(order, promoCode) {
  const none = (promoCode ?? null) === null || (typeof promoCode === "string" && promoCode.trim() === "");
  const valid = promoCode === PROMO_CODE;
  return { ...price(order, valid), promoCodeStatus: none ? null : valid ? "VALID" : "NO_VALID" };
}

/** @param {number} balance in dollars */
export function createAccount(balance) {
  const start = BigInt(Math.round(balance * 100));
  let cents = start;
  let lastNumber = 112232; // never set back, so that no order number is given twice
  /** @type {SandboxOrder[]} */
  let orders = [];
  /** @type {Map<string, object>} */
  let replies = new Map();

  /**
   * @param {"calculate" | "order"} which
   * @param {Code} code
   */
  function refuse(which, code) {
    const known = code !== 2;
    const common = { balance: known ? dollars(cents) : null, currency: known ? "USD" : null, error: problem(code) };
    return which === "calculate"
      ? {
          success: false,
          proxyType: null,
          price: null,
          discount: null,
          promoCodeStatus: null,
          warnings: null,
          ...common,
        }
      : { success: false, proxyType: null, orderNumber: null, promoCodeStatus: null, ...common };
  }

  /** @param {unknown} body */
  function calculate(body) {
    const draft = read(body);
    if ("code" in draft) return refuse("calculate", draft.code);
    const quoted = quote(draft.order, draft.fields.promoCode);
    const warnings = [];
    if (!draft.goalAccepted) warnings.push(problem(14));
    if (quoted.cents > cents) warnings.push(problem(16));
    return {
      success: true,
      proxyType: draft.order.proxyType,
      balance: dollars(cents),
      price: dollars(quoted.cents),
      currency: "USD",
      discount: quoted.discount,
      promoCodeStatus: quoted.promoCodeStatus,
      error: null,
      warnings: warnings.length > 0 ? warnings : null,
    };
  }

  /**
   * Books an order, or answers what its key was answered when it was booked, whatever the body is now.
   * @param {unknown} body
   * @param {string | undefined} idempotencyKey
   * @returns {{ reply: object, booked: boolean }}
   */
  function order(body, idempotencyKey) {
    const earlier = idempotencyKey ? replies.get(idempotencyKey) : undefined;
    if (earlier) return { reply: earlier, booked: false };
    /** @param {Code} code */
    const refusal = (code) => ({ reply: refuse("order", code), booked: false });
    const draft = read(body);
    if ("code" in draft) return refusal(draft.code);
    const code = orderProblem(draft.fields);
    if (code) return refusal(code);
    if (!draft.goalAccepted) return refusal(14);
    const quoted = quote(draft.order, draft.fields.promoCode);
    if (quoted.cents > cents) return refusal(16);

    cents -= quoted.cents;
    lastNumber += 1;
    const orderNumber = `NUMBER-${lastNumber}`;
    const reply = {
      success: true,
      proxyType: draft.order.proxyType,
      orderNumber,
      balance: dollars(cents),
      currency: "USD",
      error: null,
      promoCodeStatus: quoted.promoCodeStatus,
    };
    orders.push({ orderNumber, price: dollars(quoted.cents), idempotencyKey: idempotencyKey || null, ...draft.order });
    if (idempotencyKey) replies.set(idempotencyKey, reply);
    return { reply, booked: true };
  }

  return {
    calculate,
    order,
    refuse,
    get balance() {
      return dollars(cents);
    },
    get orders() {
      return orders;
    },
    reset() {
      cents = start;
      orders = [];
      replies = new Map();
    },
  };
}
