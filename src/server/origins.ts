// Which pages may call a server, and the headers that let them read its responses.

/** The origins whose pages may call; `true` means every origin. */
export type Origins = true | readonly string[];

/** Whether a request comes from a page of a listed origin. */
export function isListedOrigin(headers: Headers, listed: Origins): boolean {
  const origin = headers.get("origin");
  return listed === true || (origin !== null && listed.includes(origin));
}

/**
 * Whether a request comes from a page of this server's own origin, or not from a browser at all. `Sec-Fetch-Site` takes
 * precedence over `Origin`, because a proxy may have rewritten the `Host` that `Origin` is compared with.
 *
 * @param url The request's URL. Over HTTP/2 there is no `Host`, so the host is taken from here.
 */
export function isOwnOrigin(headers: Headers, url: string | URL): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null) return true;
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  // Parsed with the page's scheme, so that its default port does not count.
  const own = `${protocol}//${headers.get("host") || new URL(url).host}`;
  return URL.canParse(own) && new URL(own).host === host;
}

/** Response headers on which the decision about a page depends, for the header `Vary`. */
export const VARY = "Origin, Sec-Fetch-Site, Access-Control-Request-Headers";

/**
 * The headers that let the page which sent a request read the response, with cookies or without.
 *
 * @param methods For a preflight request: the methods to allow, such as `"POST"`.
 */
export function corsHeaders(headers: Headers, methods?: string): Record<string, string> {
  const origin = headers.get("origin");
  const common = {
    "access-control-allow-origin": origin ?? "*",
    ...(origin !== null && { "access-control-allow-credentials": "true" }),
    "access-control-expose-headers": "Retry-After, Idempotency-Key",
  };
  if (methods === undefined) return common;
  // Listed by name, because browsers do not accept * for requests with cookies.
  const requested = headers.get("access-control-request-headers");
  return {
    ...common,
    "access-control-allow-methods": methods,
    ...(requested !== null && { "access-control-allow-headers": requested }),
    "access-control-max-age": "7200",
  };
}

/**
 * Whether a value is an origin as browsers send it, such as `https://shop.example` or `capacitor://localhost`. Engines
 * differ on the origins of schemes other than `http` and `https`, so for those only the form is checked.
 */
export function isOrigin(value: unknown): value is string {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  if (/^https?:/.test(value)) return new URL(value).origin === value;
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#*@\\\s]+$/.test(value);
}
