// Makes the requests that are handed to `fetch`.

import { makeRequest, type Endpoint } from "../../target/bindgen/core.js";
import type { BaseUrl } from "./base-url.js";
import { useCore } from "./load.js";
import type { Settings } from "./options.js";

/** The path of lookups, below that of orders. */
export const LOOKUP_PATH = "/lookup";

/** Headers of one call, as pairs of name and value. */
export type OwnHeaders = [string, string][];

/** Makes a request to an endpoint of the API, or to a path below it. Gives a list with the engine's error if it makes none. */
export function requestTo(
  endpoint: Endpoint,
  path: string,
  body: string,
  own: OwnHeaders,
  settings: Settings,
  signal: AbortSignal,
): Request | [unknown] {
  const { baseUrl, apiKey } = settings;
  const init: RequestInit = {
    body,
    cache: "no-store",
    credentials: settings.credentials as RequestCredentials,
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
  };
  const { href } = baseUrl as BaseUrl;
  const segment = encodeURIComponent(apiKey as string);
  const given = settings.headers && combined(settings.headers, own);
  const make = () => makeRequest(endpoint, href, segment, given, own, init);
  const first = useCore(make);
  let request = first;
  for (const change of Array.isArray(first) ? elsewhere(signal) : []) {
    Object.assign(init, change);
    request = useCore(make);
    if (!Array.isArray(request)) break;
  }
  if (Array.isArray(request)) return first;
  // The core has added the method and the headers to `init`.
  return path ? new Request(request.url + path, init) : request;
}

/** The caller's headers, and those of the call. */
function combined(given: Headers, own: OwnHeaders): Headers {
  const all = new Headers(given);
  for (const [name, value] of own) all.set(name, value);
  return all;
}

/** What to change, one after the other, for an engine that does not accept what browsers accept. */
function elsewhere(signal: AbortSignal): RequestInit[] {
  // Under jsdom, the AbortSignal of the page is foreign to its Request.
  const foreignSignal = { signal: null };
  // Cloudflare Workers cannot refuse a redirect, and did not know `cache` before November 2024.
  const worker: RequestInit = { signal, redirect: "manual", cache: undefined as never };
  return [foreignSignal, worker, foreignSignal];
}

/**
 * Whether a finished request may place an order. Whatever the WebAssembly made, only a POST to the API is sent.
 *
 * @throws if the request is anything else
 */
export function mayPlaceOrder({ method, url }: Request, baseUrl: BaseUrl): boolean {
  if (method !== "POST" || !url.startsWith(`${baseUrl.href}/`)) {
    throw new Error("The WebAssembly made a request that is not for the API.");
  }
  return !url.endsWith("/calculate/order");
}
