// Which pages may call, and the headers that let them read the replies.

const isListed = ({ headers }: Request, origins: readonly string[]) => origins.includes(headers.get("origin") ?? "");

/** Whether a browser asks here for a page of one of `origins` what that page may send. */
export const isPreflight = (request: Request, origins: readonly string[]): boolean =>
  request.method === "OPTIONS" && isListed(request, origins);

/**
 * Whether a request comes from a page of this origin, of one of `origins`, or from no browser at all. What a browser
 * says with `Sec-Fetch-Site` counts before `Origin`, because proxies may rewrite `Host`.
 */
export function mayCall(request: Request, origins: readonly string[]): boolean {
  if (isListed(request, origins)) return true;
  const { headers } = request;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin === null || (URL.canParse(origin) && new URL(origin).host === headers.get("host")?.toLowerCase());
}

/** The CORS headers of a reply, and those of a preflight's besides. */
export function corsHeaders(request: Request, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const { headers } = request;
  const vary = "Origin, Sec-Fetch-Site, Access-Control-Request-Headers";
  if (!isListed(request, origins)) return { vary };
  const origin = headers.get("origin") ?? "";
  const common = { vary, "access-control-allow-origin": origin, "access-control-allow-credentials": "true" };
  if (!isPreflight(request, origins)) return common;
  return {
    ...common,
    "access-control-allow-methods": "POST",
    // Named, because * does not hold for requests with cookies.
    "access-control-allow-headers": headers.get("access-control-request-headers") ?? "",
    "access-control-max-age": "7200",
  };
}

/** Whether a text is an origin as browsers send it. */
export const isOrigin = (value: unknown): boolean =>
  typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
