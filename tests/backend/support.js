// @ts-check
// What the tests of the backend share: a backend over the sandbox, and requests as pages send them.

import { createBackend, memoryBookings } from "proxy-orders/backend";
import { createSandbox } from "proxy-orders/sandbox";
import { listen } from "../../.build/serve.js";

/** @import { BackendContext, BackendOptions, Bookings } from "proxy-orders/backend" */

export const apiKey = "K3y/of the shop";
export const wanted = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};
export const origin = "https://shop.example";

/** The sandbox as the API, with a fault of our choice. */
export async function startApi({ balance = 100 } = {}) {
  const sandbox = createSandbox({ apiKey, balance });
  const api = {
    sandbox,
    url: "",
    /** What the API does wrong. */
    fault: "",
    close: async () => {},
    /** The orders that arrived. */
    orders: () => sandbox.requests.filter(({ path }) => path.endsWith("/order") && !path.includes("/calculate/")),
  };
  const { url, close } = await listen((request, response) => {
    if (api.fault) request.headers["x-sandbox-fault"] = api.fault;
    sandbox.handler(request, response);
  });
  return Object.assign(api, { url, close });
}

/**
 * A backend whose user is whom the header `x-user` names.
 * @param {{ url: string }} api
 * @param {Partial<BackendOptions>} [options]
 */
export function startBackend({ url }, options) {
  /** @type {unknown[]} what onError was told */
  const errors = [];
  const backend = createBackend({
    baseUrl: url,
    apiKey,
    user: (request) => request.headers.get("x-user"),
    balance: "account",
    bookings: memoryBookings(),
    onError: (error) => void errors.push(error),
    ...options,
  });
  return { backend, errors };
}

/**
 * A request as a page sends it.
 * @param {object} [changes] what is different; `null` leaves a header out
 * @param {string} [changes.endpoint]
 * @param {string} [changes.path]
 * @param {string} [changes.method]
 * @param {unknown} [changes.body] text, bytes, a stream, or what to send as JSON
 * @param {Record<string, string | null>} [changes.headers]
 * @param {AbortSignal} [changes.signal]
 */
export function pageRequest({ endpoint = "order", path, method = "POST", body = wanted, headers = {}, signal } = {}) {
  const all = {
    "content-type": "application/json",
    host: new URL(origin).host,
    "idempotency-key": "key-1",
    "sec-fetch-site": "same-origin",
    "x-user": "anna",
    ...headers,
  };
  const present = Object.entries(all).filter((header) => header[1] !== null);
  const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const content = /** @type {BodyInit} */ (isRaw ? body : JSON.stringify(body));
  const init = {
    method,
    headers: /** @type {[string, string][]} */ (present),
    ...(method === "POST" && { body: content }),
    ...(signal && { signal }),
    duplex: "half",
  };
  return new Request(origin + (path ?? `/api/client/api/v1/self/${endpoint}`), init);
}

/** A promise, and what ends it. */
export function deferred() {
  let resolve = /** @type {(value?: any) => void} */ (() => {});
  const promise = new Promise((resolved) => (resolve = resolved));
  return { promise, resolve };
}

/**
 * Bookings of which some methods are replaced.
 * @param {Partial<Bookings>} methods
 * @returns {Bookings}
 */
export const bookingsWith = (methods) => ({ ...memoryBookings(), ...methods });
