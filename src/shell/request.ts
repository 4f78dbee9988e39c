// The requests that are handed to `fetch`.

import type { Exchange } from "../../target/bindgen/core.js";
import type { BaseUrl, Settings } from "./options.js";

/** Makes the next request to the API. */
export function makeRequest(
  exchange: Exchange,
  body: string,
  idempotencyKey: string | undefined,
  { headers, credentials }: Settings,
  signal: AbortSignal,
): Request {
  const init: RequestInit = {
    body,
    cache: "no-store",
    credentials: credentials as RequestCredentials,
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
  };
  const make = () => exchange.request(headers, idempotencyKey, init);
  try {
    return make();
  } catch {
    return makeElsewhere(make, init, signal);
  }
}

/** Makes a request where the engine refuses what browsers take. */
function makeElsewhere(make: () => Request, init: RequestInit, signal: AbortSignal): Request {
  // Under jsdom the AbortSignal of the page is foreign to its Request.
  const foreignSignal = { signal: null };
  // Cloudflare Workers cannot refuse a redirect, and did not know `cache` before November 2024.
  const worker: RequestInit = { signal, redirect: "manual", cache: undefined as never };
  for (const change of [foreignSignal, worker]) {
    try {
      Object.assign(init, change);
      return make();
    } catch {
      // The next change may help.
    }
  }
  Object.assign(init, foreignSignal);
  return make();
}

/**
 * Whether a finished request may place an order. Whatever the WebAssembly made, nothing is sent but a POST to the API.
 *
 * @throws when it is not such a request
 */
export function mayPlaceOrder({ method, url }: Request, baseUrl: BaseUrl): boolean {
  if (method !== "POST" || !url.startsWith(`${baseUrl.href}/`)) {
    throw new Error("The WebAssembly made a request that is not for the API.");
  }
  return !url.endsWith("/calculate/order");
}
