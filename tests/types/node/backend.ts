// The backend in a project with the types of Node and without those of browsers.

import { createBackend, memoryBookings } from "proxy-orders/backend";
import type {
  Backend,
  BackendContext,
  BackendOptions,
  Bookings,
  Claim,
  CustomerRequest,
  OpenOrder,
  Sale,
  StoredResponse,
} from "proxy-orders/backend";

declare function sessionOf(request: Request): { id: string } | undefined;
declare function creditOf(user: string): Promise<number>;
const log: unknown[] = [];

export const backend: Backend = createBackend({
  baseUrl: "https://youproxy.io",
  apiKey: process.env["API_KEY"],
  user: (request) => sessionOf(request)?.id ?? null,
  balance: "account",
  bookings: memoryBookings(),
  permit: ({ user, endpoint, request }) => {
    if (endpoint === "order" && request.authType === "IP") return `Not for ${user}.`;
    return request.quantity <= 5 || "We sell at most five at a time.";
  },
  maxPrice: 20,
  origins: [],
  onError: (error) => log.push(error),
});

const waiting: Promise<unknown>[] = [];
const context: BackendContext = { waitUntil: (promise) => waiting.push(promise) };
const request = new Request("https://shop.example/api");
export const responses: Promise<Response>[] = [backend(request), backend(request, context), backend(request, {})];

const response: StoredResponse = { status: 200, body: "{}" };
export const bookings: Bookings = {
  claim: async (name, content): Promise<Claim> =>
    name === content ? { state: "new" } : { state: "settled", content, response },
  settle: async () => {},
};

const options: BackendOptions = {
  baseUrl: "https://youproxy.io",
  apiKey: "key",
  user: async () => null,
  balance: creditOf,
  bookings,
  permit: async (asked: CustomerRequest) => asked.user !== "eve" || "Not for you.",
  onError: (error, booking) => log.push(error, booking?.name, booking?.response?.status),
};
createBackend(options);

// @ts-expect-error: a guard that is undefined would permit everything.
createBackend({ ...options, maxPrice: undefined });
// @ts-expect-error: a typo in an option.
createBackend({ ...options, maxprice: 20 });
// @ts-expect-error: a booking that is open says how old it is.
export const open: Claim = { state: "open", content: "{}" };
// @ts-expect-error: the bookings are required.
createBackend({ baseUrl: "https://youproxy.io", apiKey: "key", user: () => null, balance: "account" });

const charged: Sale[] = [];
const selling = createBackend({
  ...options,
  sales: {
    price: async (quote, asked) => Math.ceil(quote.price * (asked.request.quantity > 5 ? 120 : 130)) / 100,
    charge: (sale) => charged.push(sale) > 0 || "Please top up.",
    refund: async ({ name, user, request }) => void log.push(name, user, request.proxyType),
  },
});
export const openOrders: Promise<OpenOrder[]> = selling.openOrders();
export const resolved: Promise<boolean>[] = [
  selling.resolve("name", { placed: true, orderNumber: "N-1" }),
  selling.resolve("name", { placed: true, orderNumber: "N-1", balance: 1, currency: "USD" }),
  selling.resolve("name", { placed: false }),
  selling.resolve("name", { placed: false, message: "It was not ordered." }),
];

// @ts-expect-error: a receipt has an order number.
selling.resolve("name", { placed: true });
// @ts-expect-error: sales that are undefined would sell at the API's price.
createBackend({ ...options, sales: undefined });
// @ts-expect-error: a charge is true or a sentence.
createBackend({ ...options, sales: { price: () => 1, charge: () => false, refund: () => {} } });
