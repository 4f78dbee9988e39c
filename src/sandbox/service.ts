// The sandbox as a web service: the endpoints of the API, and the control routes below `/__sandbox/`.

import { corsHeaders, isListedOrigin, isOwnOrigin, VARY, type Origins } from "../server/origins.js";
import { keyHeader, MAX_BODY_BYTES, parseJson, parsePath, respondToCall, withoutQuery } from "./api.js";
import type { ApiOptions } from "./api.js";
import type { RequestLog } from "./log.js";
import { respond } from "./respond.js";
import type { SandboxRequest } from "./types.js";

export interface ServiceOptions extends ApiOptions {
  log: RequestLog;
  apiKey: string;
  controlOrigins: Origins;
  reset: () => void;
}

/** Responds to a request. `path` is its path and query as received; in the request's URL, they are normalized. */
export type Service = (request: Request, path: string, connection: number) => Promise<Response>;

const CONTROL_PATH = /(?:^|\/)__sandbox\/(reset|requests|orders|faults)$/;

const controlRoute = (path: string) => CONTROL_PATH.exec(withoutQuery(path))?.[1];

/** Whether a path belongs to the sandbox, rather than to the server that it is mounted in. */
export const isSandboxPath = (path: string): boolean => Boolean(parsePath(path, "") ?? controlRoute(path));

export function createService(options: ServiceOptions): Service {
  const { account, log, faults, apiKey, ignoreKeys, controlOrigins, reset } = options;

  function respondToControl({ headers, method, url }: Request, route: string, body: Uint8Array): Response {
    // A browser sends `none` if the URL was typed into the address bar.
    const isOwn = isOwnOrigin(headers, url) || headers.get("sec-fetch-site") === "none";
    if (!isOwn && !isListedOrigin(headers, controlOrigins)) {
      return respond(403, "Pages of other origins may use /__sandbox only with the option controlOrigins.\n");
    }
    if (method === "OPTIONS") return respond(204, "");
    const allowed = route === "requests" || route === "orders" ? "GET" : "POST";
    if (method !== allowed) return respondNotAllowed(allowed);
    if (route === "requests") return respond(200, log.entries);
    if (route === "orders") return respond(200, account.orders);
    if (route === "faults") {
      const { fault, ...parameters } = Object(parseJson(body)) as Record<string, unknown>;
      const problem = faults.add(fault, parameters);
      return problem === undefined ? respond(200, { fault, ...parameters }) : respond(400, `${problem}\n`);
    }
    reset();
    return respond(200, { balance: account.balance, currency: "USD" });
  }

  return async (request, path, connection) => {
    const { headers, method, signal } = request;
    const call = parsePath(path, apiKey);
    const route = controlRoute(path);
    const entry: SandboxRequest = {
      method,
      path: call?.logged ?? path,
      headers: Object.fromEntries(headers),
      body: null,
      booked: false,
      connection,
    };
    if (call) log.add(entry);
    // The body is read on every path: a client may not read the response while it is still sending.
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length <= MAX_BODY_BYTES) log.setBody(entry, body);

    const respondTo = () => {
      if (route) return respondToControl(request, route, body);
      if (!call) return respond(404, "Not found\n");
      if (method === "OPTIONS") return respond(204, "");
      if (method !== "POST") return respondNotAllowed("POST");
      const onBooked = () => (entry.booked = true);
      return respondToCall({ ...call, headers, body, signal, onBooked }, options);
    };
    const response = await respondTo();
    const isPublic = !route || isListedOrigin(headers, controlOrigins);
    const more = {
      "cache-control": "no-store",
      vary: VARY,
      ...(isPublic && corsHeaders(headers, method === "OPTIONS" ? "GET, POST, OPTIONS" : undefined)),
      ...(call && !ignoreKeys && keyHeader(call, headers)),
    };
    for (const [name, value] of Object.entries(more)) response.headers.set(name, value);
    return response;
  };
}

const respondNotAllowed = (allowed: string) =>
  respond(405, `Only ${allowed} is allowed.\n`, undefined, { allow: `${allowed}, OPTIONS` });
