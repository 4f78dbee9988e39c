// Hand-written validation and plain `fetch`.
import { client, messages, maxInteger, types, unknownFields } from "./common.js";

const string = (value) => typeof value === "string" && value.length <= 10000 && value.isWellFormed();
const text = (value) => string(value) && value.trim() !== "";
const integer = (value, min) => Number.isInteger(value) && value >= min && value <= maxInteger;
const ip = (value) =>
  string(value) && (/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(value) || ipv6(value));
const ipv6 = (value) => /^[0-9a-f:.]+$/i.test(value) && URL.canParse(`http://[${value}]`);

function validate(input, isOrder) {
  if (typeof input !== "object" || input === null) return { issues: [{ path: [], message: messages.request }] };
  const issues = unknownFields(input);
  const check = (field, good) => {
    if (!good) issues.push({ path: [field], message: messages[field] });
  };
  const { proxyType, quantity, rentPeriodDays, goal, country, promoCode } = input;
  const value = { proxyType, quantity, rentPeriodDays, goal, country };
  check("proxyType", types.includes(proxyType));
  check("quantity", integer(quantity, 1));
  check("rentPeriodDays", integer(rentPeriodDays, 1));
  check("goal", text(goal));
  check("country", typeof country === "string" && /^[A-Z]{3}$/.test(country));
  if (promoCode != null && (typeof promoCode !== "string" || promoCode.trim())) {
    check("promoCode", string(promoCode));
    value.promoCode = promoCode;
  }
  if (proxyType === "MOBILE") {
    check("rotationTime", integer((value.rotationTime = input.rotationTime), 0));
    check("mobileOperator", text((value.mobileOperator = input.mobileOperator)));
  }
  if (isOrder) {
    const { protocol, authType, authIp } = input;
    value.authType = authType;
    check("authType", authType === "LOGIN" || authType === "IP");
    if (proxyType === "IPv6") check("protocol", (value.protocol = protocol) === "HTTP" || protocol === "SOCKS");
    if (authType === "IP") check("authIp", ip((value.authIp = authIp)));
  }
  return issues.length ? { issues } : { value };
}

const isNumber = Number.isFinite;
const isText = (value) => typeof value === "string";
const isApiError = (value) => isNumber(value?.code) && isText(value.message);
const apiError = ({ code, message }) => ({ code, message });

function decode(body, fields) {
  const { success, proxyType, balance, currency, promoCodeStatus, error } = body;
  if (success === false && isApiError(error)) {
    return {
      success,
      proxyType: null,
      ...fields.empty,
      balance: isNumber(balance) ? balance : null,
      currency: isText(currency) ? currency : null,
      promoCodeStatus: null,
      error: apiError(error),
    };
  }
  const ownFields = fields.decode(body);
  if (
    success === true &&
    ownFields &&
    isText(proxyType) &&
    isNumber(balance) &&
    isText(currency) &&
    (promoCodeStatus == null || isText(promoCodeStatus)) &&
    error == null
  ) {
    return {
      success,
      proxyType,
      balance,
      ...ownFields,
      currency,
      promoCodeStatus: promoCodeStatus ?? null,
      error: null,
    };
  }
}

const quote = {
  empty: { price: null, discount: null, warnings: null },
  decode({ price, discount, warnings }) {
    if (
      isNumber(price) &&
      isNumber(discount) &&
      (warnings == null || (Array.isArray(warnings) && warnings.every(isApiError)))
    ) {
      return { price, discount, warnings: warnings?.length ? warnings.map(apiError) : null };
    }
  },
};

const receipt = {
  empty: { orderNumber: null },
  decode({ orderNumber }) {
    if (isText(orderNumber)) return { orderNumber };
  },
};

export const validateCalculate = (value) => validate(value, false);
export const validateOrder = (value) => validate(value, true);
export const { calculate, order } = client(
  validateCalculate,
  validateOrder,
  (body) => decode(body, quote),
  (body) => decode(body, receipt),
);
