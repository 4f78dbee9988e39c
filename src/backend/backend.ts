// The handler: which requests it serves, and the order of its checks.

import { init, validateCalculate, validateOrder } from "proxy-orders";
import { corsHeaders, isListedOrigin, isOwnOrigin, VARY } from "../server/origins.js";
import { idempotencyKeyOf } from "../server/purchase.js";
import { callUser } from "./hooks.js";
import { openOrders, resolve } from "./operator.js";
import { checkOptions } from "./options.js";
import { serveOrder } from "./order.js";
import { serveCalculation } from "./quote.js";
import { createReport } from "./report.js";
import { checkCustomer, readIdempotencyKey, readJson, readMaxPrice } from "./request.js";
import { EarlyFailure, failure, UNKNOWN, type PageResponse } from "./responses.js";
import type { Services } from "./services.js";
import type { Task } from "./task.js";
import { Store } from "./store.js";
import { PAGE_MS, startStopwatch } from "./time.js";
import type { Backend, BackendOptions, CustomerRequest } from "./types.js";

const PATH = /\/client\/api\/v1\/[^/]+\/(calculate\/order|order\/lookup|order)$/;

/** What a path asks for. */
type Route = "calculate/order" | "order/lookup" | "order";

const routeOf = ({ url }: Request) => PATH.exec(new URL(url).pathname)?.[1] as Route | undefined;

/**
 * Creates a backend for pages that order proxies: it holds the API key, finds out who orders and whether they may, books
 * each idempotency key once, and orders at the API. With `sales`, customers pay the shop's own prices.
 *
 * It serves `POST …/client/api/v1/{anything}/calculate/order`, `…/order` and `…/order/lookup`, beneath any prefix: a page's
 * `baseUrl`.
 *
 * | status | when |
 * |---|---|
 * | 200 | the API's response, and everything that is decided from the booking on, such as a failure of `permit` |
 * | 400 | the body is not a valid request, `Order-Max-Price` is malformed, or an order or a lookup has no `Idempotency-Key` of 1 to 255 printable ASCII characters |
 * | 401 | `user` returned `null` |
 * | 403 | the page is from another origin |
 * | 404 | another path or method |
 * | 408 | the body did not arrive within 10 seconds |
 * | 409 | the user is not the one that `Order-Customer` names |
 * | 413, 415 | the body is longer than 10 000 bytes, or is not `application/json` |
 * | 500 | something failed before the order was booked; this request ordered nothing |
 * | 502 | the outcome is not known |
 * | 503 | the API is too busy for a calculation; `Retry-After` says when to try again |
 * | 504 | `user`, a hook of a calculation, or the booking took more than 5 seconds; this request ordered nothing |
 *
 * Except with 502 and 503, each body is in the documented form; from 400 on, it is a failure whose code is the status.
 *
 * @example
 * import { createBackend, memoryBookings } from "proxy-orders/backend";
 *
 * declare function sessionOf(request: Request): { userId: string } | undefined; // your own
 *
 * export const backend = createBackend({
 *   baseUrl: "https://youproxy.io",
 *   apiKey: process.env.API_KEY,
 *   user: (request) => sessionOf(request)?.userId ?? null,
 *   balance: "account",
 *   bookings: memoryBookings(),
 * });
 *
 * @throws TypeError when an option is missing, unknown or wrong.
 */
export function createBackend(options: BackendOptions): Backend {
  const settings = checkOptions(options);
  const report = createReport(settings.onError ?? console.error, settings.apiKey);
  const services: Services = { settings, report, store: new Store(settings.bookings, report) };
  const getReady = async () => {
    if (settings.apiKey === undefined) throw new TypeError("The option apiKey of createBackend is missing.");
    await init();
  };

  async function handle(request: Request, context: Parameters<Backend>[1]): Promise<Response> {
    const ageMs = startStopwatch();
    const route = routeOf(request);
    let timer;
    const response = await new Promise<PageResponse>((respond) => {
      timer = setTimeout(() => respond(UNKNOWN), PAGE_MS);
      const waitUntil = (promise: Promise<unknown>) => {
        try {
          context?.waitUntil?.(promise);
        } catch (error) {
          // The server may end too soon then, but the order is finished if it does not.
          report(error);
        }
      };
      const work = serve(request, route, { ageMs, waitUntil, respond }, services, getReady);
      // An order that was begun is finished even if its page is gone.
      waitUntil(work.then(respond));
    });
    clearTimeout(timer);
    return responseTo(request, route, response, settings.origins);
  }

  return Object.assign(handle, {
    openOrders: () => getReady().then(() => openOrders(services)),
    resolve: (...[name, decision]: Parameters<Backend["resolve"]>) =>
      getReady().then(() => resolve(name, decision, services)),
  });
}

async function serve(
  request: Request,
  route: Route | undefined,
  task: Task,
  services: Services,
  getReady: () => Promise<void>,
): Promise<PageResponse> {
  const { origins = [] } = services.settings;
  const isListed = isListedOrigin(request.headers, origins);
  try {
    if (route && isListed && request.method === "OPTIONS") return { status: 204, body: "" };
    await getReady();
    if (!route || request.method !== "POST") throw new EarlyFailure(404, "No such endpoint.");
    if (!isListed && !isOwnOrigin(request.headers, request.url)) {
      throw new EarlyFailure(403, "This origin is not allowed to order.");
    }
    const user = await callUser(services.settings, request);
    checkCustomer(request, user);
    const customerRequest = validate(user, route, await readJson(request));
    if (customerRequest.endpoint === "calculate") return await serveCalculation(customerRequest, services, task);
    const name = JSON.stringify([user, readIdempotencyKey(request)]);
    const maxPrice = readMaxPrice(request);
    const order = { name, content: JSON.stringify(customerRequest.request), customerRequest, maxPrice };
    return await serveOrder(order, route === "order/lookup", services, task);
  } catch (error) {
    return failureOf(error, route, services);
  }
}

function validate(user: string, route: Route, json: unknown): CustomerRequest {
  const endpoint = route === "calculate/order" ? "calculate" : "order";
  const checked = endpoint === "order" ? validateOrder(json) : validateCalculate(json);
  if (checked.issues) throw new EarlyFailure(400, checked.issues.map(({ message }) => message).join(" "));
  // Frozen, so that a hook cannot change what is booked and ordered.
  return { user, endpoint, request: Object.freeze(checked.value) } as CustomerRequest;
}

/** The response to a request that ended with an error before its order was booked. */
function failureOf(error: unknown, route: Route | undefined, { report }: Services): PageResponse {
  const isEarly = error instanceof EarlyFailure;
  if (!isEarly || error.status >= 500 || error.cause !== undefined) report(error);
  const { status, message } = isEarly ? error : new EarlyFailure(500, "Something went wrong.");
  return failure(route === "calculate/order" ? "calculate" : "order", status, { code: status, message });
}

/** Makes the `Response`, with its headers. */
function responseTo(
  request: Request,
  route: Route | undefined,
  { status, body, retryAfterMs }: PageResponse,
  origins: readonly string[] = [],
): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  if (origins.length > 0) headers.set("vary", VARY);
  if (isListedOrigin(request.headers, origins)) {
    const cors = corsHeaders(request.headers, status === 204 ? "POST" : undefined);
    for (const [name, value] of Object.entries(cors)) headers.set(name, value);
  }
  if (retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  // Shows the checkout that this server supports idempotency keys.
  const isOrder = request.method === "POST" && (route === "order" || route === "order/lookup");
  const key = isOrder ? idempotencyKeyOf(request.headers) : undefined;
  if (key !== undefined) headers.set("idempotency-key", key);
  return new Response(body || null, { status, headers });
}
