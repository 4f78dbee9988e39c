// Which options compile.

import type { CallOptions, OrderOptions } from "proxy-orders";
import { calculate, order } from "proxy-orders";

const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" } as const;
const api = { baseUrl: "/api", apiKey: "self" };

const all: OrderOptions = {
  ...api,
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  maxRetries: 0,
  headers: { "x-shop": "1" },
  credentials: "include",
  fetch,
  allowInsecure: false,
  maxPrice: 1.31,
  requirePromoCode: true,
  allowDuplicate: false,
  idempotencyKey: "order-1",
};
await order({ ...wanted, authType: "LOGIN" }, all);
// Options of `order` will do for `calculate`.
await calculate(wanted, all);

// What is not there may be undefined, but for the guards.
type Guard = "maxPrice" | "requirePromoCode";
const none: { [Name in Exclude<keyof OrderOptions, Guard>]-?: OrderOptions[Name] | undefined } = {
  ...api,
  repeat: undefined,
  signal: undefined,
  timeoutMs: undefined,
  maxRetries: undefined,
  headers: undefined,
  credentials: undefined,
  fetch: undefined,
  allowInsecure: undefined,
  allowDuplicate: undefined,
  idempotencyKey: undefined,
};
await order({ ...wanted, authType: "LOGIN" }, { ...none, ...api });

// Headers in all their forms.
const headers: CallOptions[] = [
  { ...api, headers: new Headers() },
  { ...api, headers: [["x-shop", "1"]] },
];
await calculate(wanted, headers[0] ?? api);

// The option `fetch` takes a function with the parameters of `fetch` that returns an object like a Response.
await calculate(wanted, { ...api, fetch: (request: Request) => fetch(request) });
await calculate(wanted, { ...api, fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init) });
await calculate(wanted, {
  ...api,
  fetch: async ({ url }) => ({ status: 200, headers: new Headers({ url }), text: async () => "{}" }),
});
await calculate(wanted, { ...api, fetch: async () => new Response("{}") });

// A path on the page's own origin needs no key.
await calculate(wanted, { baseUrl: "/api" });
// @ts-expect-error: no address.
await calculate(wanted, { apiKey: "self" });
// @ts-expect-error: no options.
await calculate(wanted);
// @ts-expect-error: a typo in an option would order without a guard.
await order({ ...wanted, authType: "LOGIN" }, { ...api, maxprice: 2 });
// @ts-expect-error: a price that may not be there would order without a guard.
await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: undefined });
// @ts-expect-error: and so would this.
await order({ ...wanted, authType: "LOGIN" }, { ...api, requirePromoCode: undefined });
// @ts-expect-error: a guard in text.
await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: "2" });
// @ts-expect-error: no value is `undefined`, and not `null`.
await order({ ...wanted, authType: "LOGIN" }, { ...api, maxPrice: null });
// @ts-expect-error: an address that is no text.
await calculate(wanted, { ...api, baseUrl: new URL("https://api.example") });
// @ts-expect-error: credentials that there are not.
await calculate(wanted, { ...api, credentials: "all" });
// @ts-expect-error: a fetch that answers no promise.
await calculate(wanted, { ...api, fetch: () => new Response() });
