// Makes the requests that are handed to `fetch`.

import { makeRequest, type Endpoint } from "../../target/bindgen/core.js";
import type { BaseUrl } from "./base-url.js";
import { useCore } from "./load.js";
import type { Settings } from "./options.js";

/** A request that the engine did not accept. */
interface Unmade {
  cause: unknown;
}

/** The path of lookups, below that of orders. */
export const LOOKUP_PATH = "/lookup";

/** Makes a request to an endpoint of the API, or to a path below it. */
export function requestTo(
  endpoint: Endpoint,
  path: string,
  body: string,
  headers: Record<string, string | undefined>,
  settings: Settings,
  signal: AbortSignal,
): Request | Unmade {
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
  const make = () => makeRequest(endpoint, href, segment, allHeaders(settings.headers, headers), init);
  const [first, cause] = useCore(make);
  let request = first;
  for (const change of request ? [] : elsewhere(signal)) {
    Object.assign(init, change);
    [request] = useCore(make);
    if (request) break;
  }
  if (!request) return { cause };
  // The core has added the method and the headers to `init`.
  return path ? new Request(request.url + path, init) : request;
}

/** The caller's headers and those of the call; nothing if there are none. */
function allHeaders(given: Headers | undefined, own: Record<string, string | undefined>): Headers | undefined {
  const entries = Object.entries(own).filter(([, value]) => value !== undefined) as [string, string][];
  if (!given && entries.length === 0) return undefined;
  const all = new Headers(given);
  for (const [name, value] of entries) all.set(name, value);
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
