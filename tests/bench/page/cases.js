// The requests and responses that all peers must treat alike before anything is measured.
// @ts-check

/** A valid order of each proxy type. @type {Record<string, any>} */
export const orders = {
  IPv4: { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
  IPv6: {
    proxyType: "IPv6",
    quantity: 10,
    rentPeriodDays: 90,
    goal: "scraping",
    country: "DEU",
    protocol: "SOCKS",
    authType: "IP",
    authIp: "2001:db8::1",
  },
  MOBILE: {
    proxyType: "MOBILE",
    quantity: 4294967295,
    rentPeriodDays: 360,
    goal: "scraping",
    country: "FRA",
    rotationTime: 0,
    mobileOperator: "verizon",
    authType: "LOGIN",
    promoCode: "SUMMER",
  },
  ISP: {
    proxyType: "ISP",
    quantity: 2,
    rentPeriodDays: 60,
    goal: "shopping",
    country: "GBR",
    authType: "IP",
    authIp: "203.0.113.7",
  },
};

/** The requests that are measured: a valid one, and one with two issues. */
export const valid = orders.IPv4;
export const invalid = { ...valid, quantity: 0, country: "usa" };

const { IPv4, IPv6, MOBILE, ISP } = orders;

/**
 * Requests with their expected issues: `order` and `calculate` list the fields with an issue, or `""` for the request as
 * a whole; both are empty for a valid request. `value` is what is sent for a valid order, when it differs from the
 * request.
 *
 * @type {{ name: string, request: unknown, order: string[], calculate: string[], value?: object }[]}
 */
export const requests = [
  ...Object.entries(orders).map(([name, request]) => ({ name, request, order: [], calculate: [] })),
  { name: "blank promo code", request: { ...IPv4, promoCode: "  " }, order: [], calculate: [], value: IPv4 },
  { name: "empty promo code", request: { ...IPv4, promoCode: "" }, order: [], calculate: [], value: IPv4 },
  { name: "null promo code", request: { ...IPv4, promoCode: null }, order: [], calculate: [], value: IPv4 },
  { name: "undefined promo code", request: { ...IPv4, promoCode: undefined }, order: [], calculate: [], value: IPv4 },
  {
    name: "fields of other proxy types",
    request: { ...IPv4, protocol: 5, rotationTime: -1 },
    order: [],
    calculate: [],
    value: IPv4,
  },
  { name: "authIp with LOGIN", request: { ...IPv4, authIp: "nonsense" }, order: [], calculate: [], value: IPv4 },
  { name: "text is not trimmed", request: { ...IPv4, goal: " x " }, order: [], calculate: [] },
  { name: "longest goal", request: { ...IPv4, goal: "x".repeat(10_000) }, order: [], calculate: [] },
  { name: "IPv4-mapped IPv6 address", request: { ...ISP, authIp: "::ffff:203.0.113.7" }, order: [], calculate: [] },
  ...["a text", 5, null, undefined, true].map((request) => ({
    name: `not an object: ${request}`,
    request,
    order: [""],
    calculate: [""],
  })),
  invalidRequest("no fields", {}, ["proxyType", "quantity", "rentPeriodDays", "goal", "country"], ["authType"]),
  invalidRequest("two issues", invalid, ["quantity", "country"]),
  ...[0, -1, 1.5, 4294967296, NaN, Infinity, "1", null, undefined, true, {}].map((quantity) =>
    invalidRequest(`quantity ${quantity}`, { ...IPv4, quantity }, ["quantity"]),
  ),
  ...[0, 30.5, "30"].map((days) =>
    invalidRequest(`rent period ${days}`, { ...IPv4, rentPeriodDays: days }, ["rentPeriodDays"]),
  ),
  ...["", "  ", "\t\n", 5, null, "x".repeat(10_001), "\ud800"].map((goal) =>
    invalidRequest(`goal ${String(goal).slice(0, 9)}`, { ...IPv4, goal }, ["goal"]),
  ),
  ...["usa", "US", "USAA", "US1", "ÄÖÜ", "", 840, null].map((country) =>
    invalidRequest(`country ${country}`, { ...IPv4, country }, ["country"]),
  ),
  ...[5, true, {}, "x".repeat(10_001), "a\udc00"].map((promoCode) =>
    invalidRequest(`promo code ${String(promoCode).slice(0, 9)}`, { ...IPv4, promoCode }, ["promoCode"]),
  ),
  ...[-1, 0.5, 4294967296, "5", undefined].map((rotationTime) =>
    invalidRequest(`rotation time ${rotationTime}`, { ...MOBILE, rotationTime }, ["rotationTime"]),
  ),
  ...["", " ", 7, undefined].map((mobileOperator) =>
    invalidRequest(`operator ${mobileOperator}`, { ...MOBILE, mobileOperator }, ["mobileOperator"]),
  ),
  ...["http", "", 1, undefined].map((protocol) =>
    invalidRequest(`protocol ${protocol}`, { ...IPv6, protocol }, [], ["protocol"]),
  ),
  ...["login", "", 1, null].map((authType) =>
    invalidRequest(`auth type ${authType}`, { ...IPv4, authType }, [], ["authType"]),
  ),
  ...["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "example.com", "12345::", ":::", "[::1]", "1.2.3.4 ", 5, undefined].map(
    (authIp) => invalidRequest(`address ${authIp}`, { ...ISP, authIp }, [], ["authIp"]),
  ),
  ...["ipv4", "", "Mobile", 4, null].map((proxyType) =>
    invalidRequest(`proxy type ${proxyType}`, { ...IPv6, proxyType, protocol: 5, quantity: 0 }, [
      "proxyType",
      "quantity",
    ]),
  ),
  invalidRequest(
    "no issue of the address beside an invalid auth type",
    { ...IPv4, authType: "X", authIp: "X", goal: "" },
    ["goal"],
    ["authType"],
  ),
  invalidRequest("typo", { ...IPv4, promocode: "SUMMER" }, ["promocode"]),
  invalidRequest("typo and an invalid field", { ...IPv4, promo_code: "SUMMER", quantity: 0 }, [
    "promo_code",
    "quantity",
  ]),
  invalidRequest("unknown field unlike any known one", { ...IPv4, color: "blue" }, ["color"]),
  invalidRequest(
    "every field is invalid",
    {
      ...Object.fromEntries(Object.keys({ ...MOBILE, promoCode: 0 }).map((field) => [field, {}])),
      proxyType: "MOBILE",
      authType: "IP",
    },
    ["quantity", "rentPeriodDays", "goal", "country", "rotationTime", "mobileOperator", "promoCode"],
    ["authIp"],
  ),
];

/**
 * @param {string} name
 * @param {unknown} request
 * @param {string[]} fields those with an issue in an order and in a calculation
 * @param {string[]} [orderFields] those with an issue in an order only
 */
function invalidRequest(name, request, fields, orderFields = []) {
  return { name, request, order: [...fields, ...orderFields], calculate: fields };
}

const success = {
  success: true,
  proxyType: "IPv4",
  orderNumber: "NUMBER-1",
  balance: 4.57,
  currency: "USD",
  error: null,
  promoCodeStatus: null,
};
const failure = { success: false, error: { code: 14, message: "Incorrect goal" } };
const emptyFields = { proxyType: null, orderNumber: null, balance: null, currency: null, promoCodeStatus: null };

/**
 * Responses to an order beyond the documented samples, each with the expected value or the code of the expected error.
 *
 * @type {{ name: string, status: number, body: string, value?: object, code?: string }[]}
 */
export const responses = [
  response("further fields", { ...success, more: 1 }, success),
  response(
    "unknown promo code status",
    { ...success, promoCodeStatus: "LATER" },
    { ...success, promoCodeStatus: "LATER" },
  ),
  response("absent optional fields", { ...success, error: undefined, promoCodeStatus: undefined }, success),
  response("failure without optional fields", failure, { ...failure, ...emptyFields }),
  response(
    "failure with an unknown code",
    { success: false, error: { code: 99, message: "New" } },
    {
      success: false,
      error: { code: 99, message: "New" },
      ...emptyFields,
    },
  ),
  response("number as a string", { ...success, balance: "4.57" }),
  response("success without an order number", { ...success, orderNumber: undefined }),
  response("no field success", { ...success, success: undefined }),
  response("failure without a code", { success: false, error: { message: "Incorrect goal" } }),
  response("an array", []),
  response("null", null),
  { name: "truncated JSON", status: 200, body: JSON.stringify(success).slice(0, -9), code: "invalid_response" },
  { name: "empty body", status: 200, body: "", code: "invalid_response" },
  { name: "HTML", status: 200, body: "<!doctype html>", code: "invalid_response" },
  { name: "status 500", status: 500, body: "<!doctype html>", code: "http" },
  { name: "status 404, JSON", status: 404, body: "{}", code: "http" },
  { name: "failure with status 400", status: 400, body: JSON.stringify(failure), code: "http" },
];

/**
 * @param {string} name
 * @param {unknown} body
 * @param {object} [value]
 * @param {number} [status]
 */
function response(name, body, value, status = 200) {
  return { name, status, body: JSON.stringify(body), ...(value ? { value } : { code: "invalid_response" }) };
}
