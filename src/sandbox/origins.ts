// Which pages may use the sandbox.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** The origins whose pages may use the control routes, besides the sandbox's own; `true` means every origin. */
export type ControlOrigins = true | readonly string[];

/** Lets the page that sent a request read the reply, from whatever origin it comes. */
export function setCorsHeaders(req: IncomingMessage, res: ServerResponse): void {
  const { origin } = req.headers;
  res.setHeader("access-control-allow-origin", origin ?? "*");
  if (origin !== undefined) res.setHeader("access-control-allow-credentials", "true");
  res.setHeader("access-control-expose-headers", "Retry-After");
  if (req.method !== "OPTIONS") return;
  const requestHeaders = req.headers["access-control-request-headers"];
  res.setHeader("access-control-allow-methods", "GET, POST, OPTIONS");
  if (requestHeaders) res.setHeader("access-control-allow-headers", requestHeaders);
  res.setHeader("access-control-max-age", "7200");
}

export const isListedOrigin = ({ origin }: IncomingHttpHeaders, listed: ControlOrigins): boolean =>
  listed === true || (origin !== undefined && listed.includes(origin));

/** Whether a request comes from a page of the sandbox's own origin, from an address bar, or from no browser at all. */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  // Unlike `Host`, which a development server's proxy may rewrite, this says what the browser itself knows.
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin } = headers;
  const host = headers.host ?? headers[":authority"];
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}

/** Returns the option `controlOrigins`, or throws when it could never match what browsers send. */
export function readControlOrigins(option: unknown): ControlOrigins {
  if (option === true) return true;
  if (option === undefined || option === false) return [];
  if (Array.isArray(option) && option.every(isOrigin)) return [...option];
  throw new TypeError("controlOrigins must be true or a list of origins such as http://localhost:5173");
}

const isOrigin = (value: unknown): value is string =>
  typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
