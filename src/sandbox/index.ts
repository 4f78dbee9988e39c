import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Account } from "./account.js";
import { createHandler } from "./handler.js";
import { RequestLog } from "./log.js";
import { readControlOrigins } from "./origins.js";

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** The only API key that is valid; a request with another one is answered with code 2. Default: `"demo-key"`. */
  apiKey?: string | undefined;
  /** The balance of the account at the start and after each reset, in dollars. Default: `7.18`. */
  balance?: number | undefined;
  /**
   * Whether the header `Idempotency-Key` is ignored, so that a repeated order is booked again. The vendor's API ignores
   * it. Default: `false`, each key books once.
   */
  ignoreKeys?: boolean | undefined;
  /**
   * The other origins whose pages may use the control routes (`/__sandbox/…`), such as `["http://localhost:5173"]`, or
   * `true` for every origin: any website that is open in the browser can then read the requests and reset the sandbox.
   * Default: `false`, only pages of the sandbox's own origin may use them.
   */
  controlOrigins?: boolean | readonly string[] | undefined;
  /**
   * Whether connections stay open between requests. Browsers repeat a POST by themselves when a reused connection is
   * cut. To keep a test's requests countable, every reply therefore closes its connection by default, unless the
   * request has the header `x-sandbox-keep-alive: 1`. Default: `false`.
   */
  keepAlive?: boolean | undefined;
}

/** A request to the API that the sandbox received; preflights are among them. */
export interface SandboxRequest {
  /** The HTTP method. */
  method: string;
  /** Path and query as received, but an API key that is not the sandbox's is replaced by `[key]`. */
  path: string;
  /** The header fields, by their names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** The text of the body; `null` until it has arrived completely, and when it is longer than 1 MiB. */
  body: string | null;
  /** Whether this request booked an order. A repeat of an `Idempotency-Key` does not. */
  booked: boolean;
  /** The number of the connection: requests with the same number came over the same connection. */
  connection: number;
}

/** An order that the sandbox booked. */
export interface SandboxOrder {
  /** The order number; no two orders of a sandbox have the same. */
  orderNumber: string;
  /** What was charged, in dollars. */
  price: number;
  /** The `Idempotency-Key` that booked the order; `null` without one, and with the option `ignoreKeys`. */
  idempotencyKey: string | null;
  /** The type of the proxies. */
  proxyType: "IPv4" | "IPv6" | "MOBILE" | "ISP";
  /** The number of proxies. */
  quantity: number;
  /** The rental period in days. */
  rentPeriodDays: number;
  /** The country of the proxies, as three letters. */
  country: string;
}

/** A server that {@link Sandbox.listen} started. */
export interface SandboxServer {
  /** The origin of the server, such as `http://127.0.0.1:41234`: a client's `baseUrl`. */
  url: string;
  /** Stops the server and ends all of its connections, stalled ones too. */
  close(): Promise<void>;
}

/** The API with one account in memory. */
export interface Sandbox {
  // The parameters are not declared with Node's types, so that these declarations compile without `@types/node`.
  /**
   * Answers a request: a listener for Node's `http.createServer`, or a middleware for connect, Express, Vite and
   * similar servers, to be mounted before any middleware that parses bodies. It works below any path prefix.
   * @param request Node's `IncomingMessage`.
   * @param response Node's `ServerResponse`.
   * @param next Called for a path that is not the sandbox's. Without it, such a path is answered with 404.
   */
  handler(request: object, response: object, next?: (error?: unknown) => void): void;
  /**
   * Starts a server that can be reached from this machine only (127.0.0.1).
   * @param port Default: `0`, which takes any free port.
   */
  listen(port?: number): Promise<SandboxServer>;
  /** Restores the initial balance and forgets orders, idempotency keys, counts of limited faults, and requests. */
  reset(): void;
  /**
   * The requests since the last reset, the oldest first. At most 10 000 and at most 64 MB (as JSON) are stored; beyond
   * that the oldest ones are dropped.
   */
  readonly requests: readonly SandboxRequest[];
  /** The orders since the last reset, the oldest first. */
  readonly orders: readonly SandboxOrder[];
  /** The balance in dollars. */
  readonly balance: number;
}

/**
 * Creates a sandbox: the API for proxy orders with an account in memory, for development and tests in Node.
 *
 * `POST {prefix}/client/api/v1/{apiKey}/calculate/order` and `POST {prefix}/client/api/v1/{apiKey}/order` behave as the
 * API documents. Prices are in dollars:
 *
 * | proxy type | price of one proxy in the USA | discount with `PROMO10`, the only valid promo code |
 * |---|---|---|
 * | IPv4 | 1.31 for each started 30 days | 10 % |
 * | IPv6 | 2.05 for each started 90 days | 10 % |
 * | MOBILE | 2.05 for each started 30 days | 0 % |
 * | ISP | 2.65 for each started 30 days | 0 % |
 *
 * Other countries cost more or less. A request can cause each of these error codes (14 and 16 are warnings of
 * `calculate` and errors of `order`):
 *
 * | code | cause |
 * |---|---|
 * | 2 | the API key is wrong |
 * | 4 | `proxyType` is unknown; also a body that is not a JSON object, or is longer than 1 MiB |
 * | 6 | `country` is not three upper-case letters |
 * | 8 | MOBILE: `mobileOperator` is missing or "unknown", "none", "incorrect" or "invalid"; or `rotationTime` is missing |
 * | 10 | `authType` is neither "LOGIN" nor "IP" (order only) |
 * | 11 | `rentPeriodDays` is not a whole number, 1 or more |
 * | 13 | IPv6: `protocol` is neither "HTTP" nor "SOCKS", or is "SOCKS" in country "CHN" (order only) |
 * | 14 | `goal` is missing or contains the word "forbidden", "incorrect" or "invalid" |
 * | 16 | the price is higher than the balance |
 * | 19 | `quantity` is not a whole number, 1 or more |
 * | 23 | `authType` is "IP" and `authIp` is not an IP address (order only) |
 * | 24 | ISP: `country` is "ATA" |
 *
 * **Idempotency keys.** Each value of the header `Idempotency-Key` books one order. A repeat gets the reply to the first
 * order again, even if its body differs or the first reply was lost. A refused order does not use its key up. With the
 * option `ignoreKeys` the header has no effect, as at the vendor's API.
 *
 * **Samples.** A request with the header `x-sandbox-sample` gets a sample reply of the API's documentation; nothing is
 * booked. The name of a sample has three parts, as in `calculate/IPv4/success`: `calculate` or `order`, the proxy type,
 * and `success`, `warnings` (calculate only), `valid-promo-code`, `invalid-promo-code` or `error`. Of several names,
 * separated by commas, the one for the called function is used.
 *
 * **Faults.** The header `x-sandbox-fault: name; parameter=value; …` asks for a failure:
 *
 * | name | what happens |
 * |---|---|
 * | `429`, `500`, `503` | a reply with that status; 429 has `Retry-After: 1` |
 * | `html`, `html-502` | an HTML page with status 200 or 502 |
 * | `redirect` | status 307; the redirect leads to the same path with a query, where the request is answered |
 * | `refusal-400` | a documented failure (code 4, for an order code 14) with status 400 |
 * | `reply` | a reply made of the parameters `status`, `type` and `body` (`%XX` is the byte XX; `;` is written `%3B`) |
 * | `cut-before` | the connection is cut and nothing is booked |
 * | `cut-after` | the order is booked and the connection is cut before the first byte of the reply |
 * | `empty`, `truncated` | the order is booked; the body is empty, or ends after half of the JSON (after `bytes` bytes) |
 * | `wrong-shape`, `deep`, `large` | the order is booked; the body is other JSON, 100 000 nested lists, or 10 MB of JSON |
 * | `cut-body` | the order is booked; the connection is cut after half of the body (after `bytes` bytes) |
 * | `stall-headers` | the order is booked; no reply is sent and the connection stays open |
 * | `stall-body` | the order is booked; the reply stops after half of the body (after `bytes` bytes) and never ends |
 * | `slow` | the order is booked; the reply is sent after `ms` milliseconds (default 1000) |
 *
 * The faults from `429` to `cut-before` book nothing, unless the parameter `processed` is given. Parameters of every
 * fault: `on=calculate` or `on=order` restricts it to that function. `times=2` restricts it to the first two requests
 * with the same value of this header; an `id=…` makes that value unique. `retry-after=…` sets the header `Retry-After`
 * of a reply that only has a status. A fault of a request that asks for a sample applies to that sample.
 *
 * **Control routes**, below any prefix too: `POST /__sandbox/reset` resets the sandbox; `GET /__sandbox/requests`
 * returns a list of {@link SandboxRequest}, `GET /__sandbox/orders` a list of {@link SandboxOrder}. Programs and pages
 * of the sandbox's own origin may use them; for pages of other origins they are refused with 403, unless the option
 * `controlOrigins` allows it. The two functions of the API allow every origin.
 *
 * An internal failure of the sandbox is answered with status 500 and `{ "message": … }`; an order that was booked before
 * stays booked.
 *
 * @example
 * import { order } from "proxy-orders";
 * import { createSandbox } from "proxy-orders/sandbox";
 *
 * const sandbox = createSandbox({ apiKey: "demo-key", balance: 10 });
 * const server = await sandbox.listen();
 * await order(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
 *   { baseUrl: server.url, apiKey: "demo-key" },
 * );
 * console.log(sandbox.orders.length, sandbox.balance);
 * await server.close();
 *
 * @throws TypeError when an option has a wrong type or an impossible value.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { apiKey = "demo-key", balance = 7.18, keepAlive = false, ignoreKeys = false } = options;
  if (typeof apiKey !== "string" || apiKey === "") throw new TypeError("apiKey must be text that is not empty");
  if (!Number.isFinite(balance) || balance < 0) throw new TypeError("balance must be a number, 0 or more");
  if (typeof keepAlive !== "boolean") throw new TypeError("keepAlive must be true or false");
  if (typeof ignoreKeys !== "boolean") throw new TypeError("ignoreKeys must be true or false");
  const controlOrigins = readControlOrigins(options.controlOrigins);

  const account = new Account(balance);
  const log = new RequestLog();
  const faultCounts = new Map<string, number>();
  const reset = () => {
    account.reset();
    log.clear();
    faultCounts.clear();
  };
  const handler = createHandler({ account, log, faultCounts, apiKey, keepAlive, ignoreKeys, controlOrigins, reset });

  return {
    handler,
    listen: (port = 0) => listen(handler, port),
    reset,
    get requests() {
      return log.entries;
    },
    get orders() {
      return account.orders;
    },
    get balance() {
      return account.balance;
    },
  };
}

async function listen(handler: ReturnType<typeof createHandler>, port: number): Promise<SandboxServer> {
  // A connection that is kept open must outlast a test: only the client or a fault is to close it.
  const server = createServer({ keepAliveTimeout: 60_000 }, handler);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  async function close() {
    const closing = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closing;
  }
  return {
    url: `http://127.0.0.1:${actualPort}`,
    close: () => (closed ??= close()),
  };
}
