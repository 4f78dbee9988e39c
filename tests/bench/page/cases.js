// What the peers must agree on before anything is measured.
// @ts-check

/** @type {Record<string, any>} */
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

/** The two requests of the throughput measurement. */
export const valid = orders.IPv4;
export const invalid = { ...valid, quantity: 0, country: "usa" };

const { IPv4, IPv6, MOBILE, ISP } = orders;

/**
 * Requests with what must come of them: `order` and `calculate` list the fields with an issue (`""`: the whole), and
 * are empty for a valid one. `value` is what is sent for a valid order, when it differs from what was handed in.
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
    name: "fields of others",
    request: { ...IPv4, protocol: 5, rotationTime: -1 },
    order: [],
    calculate: [],
    value: IPv4,
  },
  { name: "authIp with LOGIN", request: { ...IPv4, authIp: "nonsense" }, order: [], calculate: [], value: IPv4 },
  { name: "text not trimmed", request: { ...IPv4, goal: " x " }, order: [], calculate: [] },
  { name: "longest goal", request: { ...IPv4, goal: "x".repeat(10_000) }, order: [], calculate: [] },
  { name: "mapped address", request: { ...ISP, authIp: "::ffff:203.0.113.7" }, order: [], calculate: [] },
  ...["a text", 5, null, undefined, true].map((request) => ({
    name: `no object: ${request}`,
    request,
    order: [""],
    calculate: [""],
  })),
  both("nothing", {}, ["proxyType", "quantity", "rentPeriodDays", "goal", "country"], ["authType"]),
  both("two faults", invalid, ["quantity", "country"]),
  ...[0, -1, 1.5, 4294967296, NaN, Infinity, "1", null, undefined, true, {}].map((quantity) =>
    both(`quantity ${quantity}`, { ...IPv4, quantity }, ["quantity"]),
  ),
  ...[0, 30.5, "30"].map((days) => both(`rent period ${days}`, { ...IPv4, rentPeriodDays: days }, ["rentPeriodDays"])),
  ...["", "  ", "\t\n", 5, null, "x".repeat(10_001), "\ud800"].map((goal) =>
    both(`goal ${String(goal).slice(0, 9)}`, { ...IPv4, goal }, ["goal"]),
  ),
  ...["usa", "US", "USAA", "US1", "ÄÖÜ", "", 840, null].map((country) =>
    both(`country ${country}`, { ...IPv4, country }, ["country"]),
  ),
  ...[5, true, {}, "x".repeat(10_001), "a\udc00"].map((promoCode) =>
    both(`promo code ${String(promoCode).slice(0, 9)}`, { ...IPv4, promoCode }, ["promoCode"]),
  ),
  ...[-1, 0.5, 4294967296, "5", undefined].map((rotationTime) =>
    both(`rotation time ${rotationTime}`, { ...MOBILE, rotationTime }, ["rotationTime"]),
  ),
  ...["", " ", 7, undefined].map((mobileOperator) =>
    both(`operator ${mobileOperator}`, { ...MOBILE, mobileOperator }, ["mobileOperator"]),
  ),
  ...["http", "", 1, undefined].map((protocol) =>
    both(`protocol ${protocol}`, { ...IPv6, protocol }, [], ["protocol"]),
  ),
  ...["login", "", 1, null].map((authType) => both(`auth type ${authType}`, { ...IPv4, authType }, [], ["authType"])),
  ...["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "example.com", "12345::", ":::", "[::1]", "1.2.3.4 ", 5, undefined].map(
    (authIp) => both(`address ${authIp}`, { ...ISP, authIp }, [], ["authIp"]),
  ),
  ...["ipv4", "", "Mobile", 4, null].map((proxyType) =>
    both(`proxy type ${proxyType}`, { ...IPv6, proxyType, protocol: 5, quantity: 0 }, ["proxyType", "quantity"]),
  ),
  both("bad auth type hides the address", { ...IPv4, authType: "X", authIp: "X", goal: "" }, ["goal"], ["authType"]),
  both("typo", { ...IPv4, promocode: "SUMMER" }, ["promocode"]),
  both("typo and a fault", { ...IPv4, promo_code: "SUMMER", quantity: 0 }, ["promo_code", "quantity"]),
  both("unlike any", { ...IPv4, colour: "blue" }, ["colour"]),
  both(
    "every field wrong",
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
 * @param {string[]} fields with an issue in both functions
 * @param {string[]} [own] with an issue in an order alone
 */
function both(name, request, fields, own = []) {
  return { name, request, order: [...fields, ...own], calculate: fields };
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
const nothing = { proxyType: null, orderNumber: null, balance: null, currency: null, promoCodeStatus: null };

/**
 * Replies to an order beyond the documented samples: the value or the code of the error that must come of each.
 *
 * @type {{ name: string, status: number, body: string, value?: object, code?: string }[]}
 */
export const replies = [
  reply("further fields", { ...success, more: 1 }, success),
  reply(
    "unknown promo code status",
    { ...success, promoCodeStatus: "LATER" },
    { ...success, promoCodeStatus: "LATER" },
  ),
  reply("absent optional fields", { ...success, error: undefined, promoCodeStatus: undefined }, success),
  reply("bare failure", failure, { ...failure, ...nothing }),
  reply(
    "unknown code",
    { success: false, error: { code: 99, message: "New" } },
    {
      success: false,
      error: { code: 99, message: "New" },
      ...nothing,
    },
  ),
  reply("failure with status 400", failure, { ...failure, ...nothing }, 400),
  reply("number as text", { ...success, balance: "4.57" }),
  reply("no order number", { ...success, orderNumber: undefined }),
  reply("no success", { ...success, success: undefined }),
  reply("failure without a code", { success: false, error: { message: "Incorrect goal" } }),
  reply("a list", []),
  reply("null", null),
  { name: "cut", status: 200, body: JSON.stringify(success).slice(0, -9), code: "invalid_response" },
  { name: "empty", status: 200, body: "", code: "invalid_response" },
  { name: "page", status: 200, body: "<!doctype html>", code: "invalid_response" },
  { name: "status 500", status: 500, body: "<!doctype html>", code: "http" },
  { name: "status 404, JSON", status: 404, body: "{}", code: "http" },
];

/**
 * @param {string} name
 * @param {unknown} body
 * @param {object} [value]
 * @param {number} [status]
 */
function reply(name, body, value, status = 200) {
  return { name, status, body: JSON.stringify(body), ...(value ? { value } : { code: "invalid_response" }) };
}
