// The endpoints of the API: reads a request, and responds to it.

import { idempotencyKeyOf, maxPriceOf } from "../server/purchase.js";
import type { Account, Purchase } from "./account.js";
import { applyFault, type Faults } from "./faults.js";
import { respond } from "./respond.js";
import samples from "./samples.json" with { type: "json" };
import type { SandboxEndpoint } from "./types.js";

/** What the path of a call contains. */
export interface CallPath {
  endpoint: SandboxEndpoint;
  isApiKeyValid: boolean;
  /** Path and query for the log. */
  logged: string;
  /** Whether the call follows the fault `redirect`. */
  isRedirected: boolean;
}

/** A call that has arrived. */
export interface ApiCall extends CallPath {
  headers: Headers;
  body: Uint8Array;
  /** Aborted when the client gives up. */
  signal: AbortSignal;
  /** Called when the call has booked an order. */
  onBooked: () => void;
}

export interface ApiOptions {
  account: Account;
  faults: Faults;
  ignoreKeys: boolean;
}

const PATH = /^(.*\/)?client\/api\/v1\/([^/]*)\/(calculate\/order|order|order\/lookup)$/s;
const ENDPOINTS: Record<string, SandboxEndpoint> = {
  "calculate/order": "calculate",
  order: "order",
  "order/lookup": "lookup",
};
const SAMPLES = new Map<string, object>(Object.entries(samples));
/** Longer bodies fail like those that are not JSON. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Recognizes a call of the API by its path and query. */
export function parsePath(path: string, apiKey: string): CallPath | undefined {
  const pathname = withoutQuery(path);
  const query = path.slice(pathname.length);
  const [, prefix = "", key = "", suffix = ""] = PATH.exec(pathname) ?? [];
  const endpoint = ENDPOINTS[suffix];
  if (!endpoint) return undefined;
  const isApiKeyValid = decode(key) === apiKey;
  // A wrong API key may be a real one, sent here by mistake: it must not be readable in the log.
  const logged = `${prefix}client/api/v1/${isApiKeyValid ? key : "[key]"}/${suffix}${query}`;
  return { endpoint, isApiKeyValid, logged, isRedirected: query === "?redirected" };
}

/** Responds to a call, with its sample or its fault if it has one. */
export function respondToCall(call: ApiCall, options: ApiOptions): Response | Promise<Response> {
  const { endpoint, isRedirected, headers, signal } = call;
  const { account, faults } = options;
  const names = headers.get("x-sandbox-sample");
  const sample = names ? findSample(names, endpoint) : undefined;
  if (names && !sample) return respond(400, `Unknown sample. The samples are: ${[...SAMPLES.keys()].join(", ")}\n`);
  const fault = faults.take(headers.get("x-sandbox-fault"), endpoint, isRedirected);
  if (fault && "problem" in fault) return respond(400, `${fault.problem}\n`);
  const process = () => (sample ? respond(200, sample) : processCall(call, options));
  const failure = () => account.failure(endpoint, endpoint === "calculate" ? 4 : 14);
  return fault ? applyFault(fault, { process, failure, signal }) : process();
}

/** Processes a call like a backend that books each idempotency key once; with `ignoreKeys`, like YouProxy. */
function processCall(call: ApiCall, { account, ignoreKeys }: ApiOptions): Response {
  const { endpoint, isApiKeyValid, headers, body, onBooked } = call;
  if (endpoint === "lookup" && ignoreKeys) return respond(404, "Not found\n");
  if (!isApiKeyValid) return respond(200, account.failure(endpoint, 2));
  const content = body.length > MAX_BODY_BYTES ? undefined : parseJson(body);
  if (endpoint === "calculate") return respond(200, account.calculate(content));
  const purchase = ignoreKeys ? NO_PURCHASE : readPurchase(endpoint, headers);
  if (!purchase) return respond(400, account.failure(endpoint, 400));
  const { response, booked } = account.order(content, purchase);
  if (booked) onBooked();
  return respond(200, response);
}

const NO_PURCHASE: Purchase = { idempotencyKey: undefined, maxPrice: Infinity, isLookup: false };

/** Reads the headers of an order or lookup; `undefined` if one is malformed or a lookup has no idempotency key. */
function readPurchase(endpoint: SandboxEndpoint, headers: Headers): Purchase | undefined {
  const isLookup = endpoint === "lookup";
  const idempotencyKey = idempotencyKeyOf(headers);
  const isKeyMissing = idempotencyKey === undefined && (isLookup || Boolean(headers.get("idempotency-key")));
  const maxPrice = maxPriceOf(headers);
  return isKeyMissing || Number.isNaN(maxPrice) ? undefined : { idempotencyKey, maxPrice, isLookup };
}

/**
 * The response header by which a page knows that the server books each idempotency key once. With a wrong API key it is
 * missing: the sandbox cannot know what happened to the orders of another account.
 */
export function keyHeader({ endpoint, isApiKeyValid }: CallPath, headers: Headers): Record<string, string> {
  const key = isApiKeyValid && endpoint !== "calculate" ? idempotencyKeyOf(headers) : undefined;
  return key === undefined ? {} : { "idempotency-key": key };
}

/** Finds the sample that a header names. If it has several names, the one for this endpoint counts. */
function findSample(header: string, endpoint: SandboxEndpoint): object | undefined {
  const names = header.split(",").map((name) => name.trim());
  const form = endpoint === "calculate" ? "calculate/" : "order/";
  return SAMPLES.get(names.find((name) => name.startsWith(form)) ?? names[0] ?? "");
}

export const withoutQuery = (path: string): string => path.replace(/\?.*$/s, "");

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Parses JSON; `undefined` for anything else. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
