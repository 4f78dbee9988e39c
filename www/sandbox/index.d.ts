/** What {@link createSandbox} can be told. */
export interface SandboxOptions {
  /** The API key that is right; every other is answered with code 2. Default: `"demo-key"`. */
  apiKey?: string | undefined;
  /** Dollars on the account at the start and after each reset. Default: `7.18`. */
  balance?: number | undefined;
  /**
   * Keeps connections open between requests. Browsers re-send a POST when a connection that was used before dies, so
   * without this every reply closes its connection, unless the request has the header `x-sandbox-keep-alive: 1`.
   * Default: `false`.
   */
  keepAlive?: boolean | undefined;
}

/** A request to the API that the sandbox received, preflights included. */
export interface SandboxRequest {
  /** HTTP method. */
  method: string;
  /** Path and query as received, the API key in it. */
  path: string;
  /** Header fields by their lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  /** Text of the body; `null` until it has come whole, or when it is longer than 1 MiB. */
  body: string | null;
  /** Whether this very request booked an order; the repeat of an `Idempotency-Key` does not. */
  booked: boolean;
  /** Number of the connection on which it came: two requests with the same number shared one. */
  connection: number;
}

/** An order on the sandbox's books. */
export interface SandboxOrder {
  /** Its number, which no other order has. */
  orderNumber: string;
  /** Dollars that were charged. */
  price: number;
  /** `Idempotency-Key` under which it was booked, if any. */
  idempotencyKey: string | null;
  /** The kind of proxy. */
  proxyType: "IPv4" | "IPv6" | "MOBILE" | "ISP";
  /** How many were ordered. */
  quantity: number;
  /** For how many days. */
  rentPeriodDays: number;
  /** Of which country, in three letters. */
  country: string;
}

/** A server that {@link Sandbox.listen} started. */
export interface SandboxServer {
  /** Its origin, such as `http://127.0.0.1:41234`: the `baseUrl` for a client. */
  url: string;
  /** Ends the server and every connection to it, stalled ones too. */
  close(): Promise<void>;
}

/** One account at the API, with its state. */
export interface Sandbox {
  /**
   * Answers requests: a listener for Node's `http.createServer`, or a middleware for connect, Express, Vite and the
   * like (put it before anything that parses bodies). Works under any path prefix. What is not the sandbox's is handed
   * to `next`, or answered 404 when there is none.
   * @param request Node's `IncomingMessage`
   * @param response Node's `ServerResponse`
   */
  handler(request: object, response: object, next?: (error?: unknown) => void): void;
  /**
   * Starts a server of its own, reachable from this machine only.
   * @param port Default: `0`, any free one.
   */
  listen(port?: number): Promise<SandboxServer>;
  /** Sets balance, orders, idempotency keys, limited faults and the list of requests back to the start. */
  reset(): void;
  /** The requests since the last reset, oldest first; the latest 10 000 are kept. */
  readonly requests: readonly SandboxRequest[];
  /** The orders since the last reset. */
  readonly orders: readonly SandboxOrder[];
  /** Dollars left. */
  readonly balance: number;
}

/**
 * Makes a sandbox: the proxy-ordering API with an account in memory, for development and tests in Node.
 *
 * `POST {prefix}/client/api/v1/{apiKey}/calculate/order` and `…/order` behave as documented, in dollars:
 *
 * | type | one proxy in the USA | discount of `PROMO10`, the one valid promo code |
 * |---|---|---|
 * | IPv4 | 1.31 each started 30 days | 10 % |
 * | IPv6 | 2.05 each started 90 days | 10 % |
 * | MOBILE | 2.05 each started 30 days | 0 % |
 * | ISP | 2.65 each started 30 days | 0 % |
 *
 * Other countries cost more or less. These lead to each refusal (`calculate` answers 14 and 16 as warnings):
 *
 * | code | when |
 * |---|---|
 * | 2 | the API key is wrong |
 * | 4 | no such `proxyType`; also a body that is no JSON object or longer than 1 MiB |
 * | 6 | `country` is not three upper-case letters |
 * | 8 | MOBILE with `mobileOperator` "unknown", "none", "incorrect" or "invalid", or none; or no `rotationTime` |
 * | 10, 23 | `authType` is neither "LOGIN" nor "IP"; `authIp` is no address (order only) |
 * | 11, 19 | `rentPeriodDays`, `quantity` is no whole number from 1 |
 * | 13 | IPv6 with `protocol` neither "HTTP" nor "SOCKS", or "SOCKS" in country "CHN" (order only) |
 * | 14 | `goal` has the word "forbidden", "incorrect" or "invalid", or there is none |
 * | 16 | the price is above the balance |
 * | 24 | ISP in country "ATA" |
 *
 * An order with the header `Idempotency-Key` is booked once for each key; a repeat gets the first reply, even with
 * another body or when that reply was lost. A refusal is not remembered: nothing was booked.
 *
 * Header `x-sandbox-sample: calculate/IPv4/success` is answered with that sample of the documentation: `calculate` or
 * `order`, the type, and `success`, `warnings` (calculate only), `valid-promo-code`, `invalid-promo-code` or `error`.
 * Of several, separated by commas, the one for the called function is given.
 *
 * Header `x-sandbox-fault` asks for a failure, `name` or `name; parameter=value; …`:
 *
 * | name | what happens |
 * |---|---|
 * | `429`, `500`, `503` | that status, 429 with `Retry-After: 1` |
 * | `html`, `html-502` | an HTML page, with status 200 or 502 |
 * | `redirect` | 307 to the same path with a query, where the request is answered |
 * | `refusal-400` | a documented failure (code 4, or 14 for order) with status 400 |
 * | `reply` | parameters `status`, `type` and `body` (`%XX` is the byte XX; write `;` as `%3B`) |
 * | `cut-before` | the connection is cut, nothing is booked |
 * | `cut-after` | the order is booked, then the connection is cut before the first byte of a reply |
 * | `empty`, `truncated` | booked; the body is empty, or half the JSON (or its first `bytes`) |
 * | `wrong-shape`, `deep`, `large` | booked; the body is another JSON, 100 000 nested lists, 10 MB of JSON |
 * | `cut-body` | booked; the connection is cut in mid-body (after `bytes`) |
 * | `stall-headers`, `stall-body` | booked; no reply, or one that stops in mid-body (after `bytes`), and no end |
 * | `slow` | booked; the reply comes after `ms`, 1000 unless told |
 *
 * Up to `cut-before` nothing is booked, unless the parameter `processed` is there. Parameters for every fault:
 * `on=calculate` or `on=order` limits it to that function; `times=2` to the first two requests with the same header
 * value, which an `id=…` makes one's own; `retry-after=…` sets that header where a status is answered. A sample and a
 * fault together: the fault strikes that sample.
 *
 * Further paths, under any prefix too: `POST /__sandbox/reset`, `GET /__sandbox/requests` ({@link SandboxRequest}) and
 * `GET /__sandbox/orders` ({@link SandboxOrder}). All allow every origin.
 */
export function createSandbox(options?: SandboxOptions): Sandbox;
