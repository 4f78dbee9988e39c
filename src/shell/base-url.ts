// Where the API is, and whether that is the page's own origin.

/** A base URL that was accepted. */
export interface BaseUrl {
  /** The URL, without a trailing slash. */
  href: string;
  isOwnOrigin: boolean;
  /** Whether it is reached by https, on this machine, or on the page's own origin. */
  isSecure: boolean;
}

/**
 * The latest base URL: nearly all calls have the same one. Keeping it saves a sixth of a call, because objects of the
 * class `URL` are slow to create and to collect.
 */
let latest: { text: string; origin: string | undefined; baseUrl: BaseUrl } | undefined;

/** Parses a base URL; nothing if it is malformed. */
export function parseBaseUrl(text: string): BaseUrl | undefined {
  const origin = ownOrigin();
  if (latest?.text === text && latest.origin === origin) return latest.baseUrl;
  // The URL parser drops white space and controls, and reads a backslash as a slash.
  if (/[\0-\x20\x7f?#\\]/.test(text) || !/^(\/(?!\/)|https?:\/\/(?![^/]*@))/i.test(text)) return undefined;
  let url;
  try {
    url = new URL(text, origin);
  } catch {
    return undefined;
  }
  const isOwnOrigin = url.origin === origin;
  const isSecure = isOwnOrigin || url.protocol === "https:" || isLoopback(url.hostname);
  let { href } = url;
  while (href.endsWith("/")) href = href.slice(0, -1);
  latest = { text, origin, baseUrl: { href, isOwnOrigin, isSecure } };
  return latest.baseUrl;
}

/** The origin of the page or worker, if it has one. */
export function ownOrigin(): string | undefined {
  // A server program may define a location but no origin.
  const origin = (globalThis as { origin?: unknown }).origin ?? globalThis.location?.origin;
  return typeof origin === "string" && origin !== "null" ? origin : undefined;
}

/**
 * Whether this runs in a page or its worker, and so for one customer. A page with an opaque origin (`file:`, a
 * sandboxed frame) has the origin `"null"`. So does a Cloudflare Worker, but it is a server and has no location.
 */
export function isPage(): boolean {
  const { origin, location } = globalThis as { origin?: unknown; location?: unknown };
  return ownOrigin() !== undefined || (origin === "null" && typeof location === "object");
}

/** Whether a host, as the URL parser writes it, is this machine. */
function isLoopback(host: string): boolean {
  return host === "[::1]" || /^(127\.[\d.]+|(.+\.)?localhost)$/.test(host);
}
