// Which requests compile. Each that must not differs from one that does in what its name says.

import type { CalculateRequest, OrderRequest, ProxyType } from "proxy-orders";
import { calculate, order } from "proxy-orders";

const api = { baseUrl: "https://api.example", apiKey: "key" };
const any = { quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" };
const mobile = { ...any, proxyType: "MOBILE", rotationTime: 5, mobileOperator: "att" } as const;

// Every type, as it is ordered.
const login = { authType: "LOGIN" } as const;
const orders: OrderRequest[] = [
  { ...any, proxyType: "IPv4", ...login },
  { ...any, proxyType: "IPv6", protocol: "HTTP", ...login },
  { ...any, proxyType: "IPv6", protocol: "SOCKS", authType: "IP", authIp: "192.0.2.1" },
  { ...any, proxyType: "ISP", promoCode: "PROMO10", ...login },
  { ...mobile, ...login },
];

// And as it is priced.
const quotes: CalculateRequest[] = [
  { ...any, proxyType: "IPv4" },
  { ...any, proxyType: "IPv6" },
  { ...any, proxyType: "ISP" },
  mobile,
];

// An order's object will do to price it, whatever is known of its type.
for (const wanted of orders) await calculate(wanted, api);
for (const wanted of quotes) await calculate(wanted, api);
const ipv6 = { ...any, proxyType: "IPv6", protocol: "HTTP", authType: "IP", authIp: "2001:db8::1" } as const;
await calculate(ipv6, api);
await order(ipv6, api);

// What is not there may be undefined.
declare const promoCode: string | undefined;
await calculate({ ...any, proxyType: "IPv4", promoCode }, api);
await order({ ...any, proxyType: "IPv4", authType: "LOGIN", promoCode: undefined }, api);

// What is read-only will do.
await order(Object.freeze({ ...any, proxyType: "IPv4", authType: "LOGIN" } as const), api);

// The proxy type decides: in each branch of a switch its fields are known.
export function price(type: ProxyType): CalculateRequest {
  switch (type) {
    case "MOBILE":
      return { ...any, proxyType: type, rotationTime: 0, mobileOperator: "att" };
    default:
      return { ...any, proxyType: type };
  }
}
export function operator(request: OrderRequest): string {
  if (request.proxyType === "MOBILE") return request.mobileOperator;
  if (request.proxyType === "IPv6") return request.protocol;
  return request.authType === "IP" ? request.authIp : "";
}

// @ts-expect-error: MOBILE without its operator.
await calculate({ ...any, proxyType: "MOBILE", rotationTime: 5 }, api);
// @ts-expect-error: MOBILE without its rotation time.
await order({ ...any, proxyType: "MOBILE", mobileOperator: "att", authType: "LOGIN" }, api);
// @ts-expect-error: an IPv6 order without a protocol.
await order({ ...any, proxyType: "IPv6", authType: "LOGIN" }, api);
// @ts-expect-error: a protocol that there is not.
await order({ ...any, proxyType: "IPv6", protocol: "FTP", authType: "LOGIN" }, api);
// @ts-expect-error: no way of authorization.
await order({ ...any, proxyType: "IPv4" }, api);
// @ts-expect-error: authorization by address without the address.
await order({ ...any, proxyType: "IPv4", authType: "IP" }, api);
// @ts-expect-error: a way of authorization that there is not.
await order({ ...any, proxyType: "IPv4", authType: "TOKEN" }, api);
// @ts-expect-error: a proxy type that there is not.
await calculate({ ...any, proxyType: "ipv4" }, api);
// @ts-expect-error: a proxy type that may be any text.
await calculate({ ...any, proxyType: "IPv4" as string }, api);
// @ts-expect-error: no proxy type.
await calculate(any, api);
// @ts-expect-error: no country.
await calculate({ proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping" }, api);
// @ts-expect-error: a quantity in text.
await calculate({ ...any, proxyType: "IPv4", quantity: "1" }, api);
// @ts-expect-error: a typo in a field.
await calculate({ ...any, proxyType: "IPv4", promocode: "PROMO10" }, api);
// @ts-expect-error: a typo in a field.
await order({ ...any, proxyType: "IPv4", authType: "LOGIN", promoCod: "PROMO10" }, api);
// @ts-expect-error: a field of another proxy type.
await order({ ...any, proxyType: "IPv4", authType: "LOGIN", mobileOperator: "att" }, api);
// @ts-expect-error: a required field that may be undefined.
await calculate({ ...any, proxyType: "IPv4", country: undefined }, api);
// @ts-expect-error: nothing to order.
await order(undefined, api);
