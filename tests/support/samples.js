// @ts-check
// Requests and documented responses of both endpoints.

/** @typedef {Record<string, any>} Fields */

const common = { quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };
const mobile = { proxyType: "MOBILE", ...common, rotationTime: 5, mobileOperator: "verizon" };

/**
 * The smallest request of each type.
 * @type {Record<"calculate" | "order", Record<"IPv4" | "IPv6" | "MOBILE" | "ISP", Fields>>}
 */
export const minimal = {
  calculate: {
    IPv4: { proxyType: "IPv4", ...common },
    IPv6: { proxyType: "IPv6", ...common, rentPeriodDays: 90 },
    MOBILE: mobile,
    ISP: { proxyType: "ISP", ...common },
  },
  order: {
    IPv4: { proxyType: "IPv4", ...common, authType: "LOGIN" },
    IPv6: { proxyType: "IPv6", ...common, rentPeriodDays: 90, authType: "LOGIN", protocol: "SOCKS" },
    MOBILE: { ...mobile, authType: "LOGIN" },
    ISP: { proxyType: "ISP", ...common, authType: "LOGIN" },
  },
};

export const endpoints = /** @type {const} */ (["calculate", "order"]);
export const proxyTypes = /** @type {const} */ (["IPv4", "IPv6", "MOBILE", "ISP"]);

/** A documented success of each endpoint. @type {Record<"calculate" | "order", Fields>} */
export const responses = {
  calculate: {
    success: true,
    proxyType: "IPv4",
    balance: 7.18,
    price: 1.31,
    currency: "USD",
    discount: 0,
    promoCodeStatus: null,
    error: null,
    warnings: null,
  },
  order: {
    success: true,
    proxyType: "IPv4",
    orderNumber: "NUMBER-112233",
    balance: 4.57,
    currency: "USD",
    promoCodeStatus: null,
    error: null,
  },
};

/** A documented failure of each endpoint. @type {Record<"calculate" | "order", Fields>} */
export const failures = {
  calculate: {
    success: false,
    proxyType: null,
    balance: 7.18,
    price: null,
    currency: "USD",
    discount: null,
    promoCodeStatus: null,
    error: { code: 4, message: "Incorrect proxy type" },
    warnings: null,
  },
  order: {
    success: false,
    proxyType: null,
    orderNumber: null,
    balance: 7.18,
    currency: "USD",
    promoCodeStatus: null,
    error: { code: 14, message: "Incorrect goal" },
  },
};
