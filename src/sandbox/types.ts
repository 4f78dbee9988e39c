// The public types of the sandbox.

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** The only valid API key. A request with another one fails with code 2. Default: `"demo-key"`. */
  apiKey?: string | undefined;
  /** The balance of the account at the start and after each reset, in dollars. Default: `7.18`. */
  balance?: number | undefined;
  /**
   * Whether to behave like YouProxy's own API, which knows nothing about idempotency keys: `Idempotency-Key` and
   * `Order-Max-Price` are ignored, a repeated order is booked again, and lookups are 404. Default: `false`, each
   * idempotency key books once.
   */
  ignoreKeys?: boolean | undefined;
  /**
   * The other origins whose pages may use the control routes (`/__sandbox/…`), such as `["http://localhost:5173"]`, or
   * `true` for every origin: any website that is open in the browser can then read the requests and reset the sandbox.
   * Default: `false`, only pages of the sandbox's own origin.
   */
  controlOrigins?: boolean | readonly string[] | undefined;
  /**
   * Whether connections stay open between requests to `handler` and `listen`. Browsers send a POST again by themselves
   * when a reused connection is cut. So by default every response closes its connection, and a test can count its
   * requests. A request with the header `x-sandbox-keep-alive: 1` keeps its connection open. Default: `false`.
   */
  keepAlive?: boolean | undefined;
}

/** A request to the API that the sandbox received; preflight requests are included. */
export interface SandboxRequest {
  /** The HTTP method. */
  method: string;
  /** The path and query as received. `[key]` replaces an API key that is not the sandbox's. */
  path: string;
  /** The headers, by their names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** The body as text, cut to 10 000 characters; `null` until it has arrived completely, or if it exceeds 1 MiB. */
  body: string | null;
  /** Whether this request booked an order. The repeat of an order does not. */
  booked: boolean;
  /**
   * The number of the connection: requests with the same number came over the same connection. Each request to `fetch`
   * has its own.
   */
  connection: number;
}

/** An order that the sandbox booked. */
export interface SandboxOrder {
  /** The order number, unique within a sandbox. */
  orderNumber: string;
  /** The amount charged, in dollars. */
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

/** An endpoint of the sandbox. A lookup asks what happened to an order, and never buys. */
export type SandboxEndpoint = "calculate" | "order" | "lookup";

/** The name of a fault; {@link createSandbox} describes each. */
export type SandboxFault =
  | "429"
  | "500"
  | "503"
  | "html"
  | "html-502"
  | "redirect"
  | "refusal-400"
  | "reply"
  | "cut-before"
  | "cut-after"
  | "empty"
  | "truncated"
  | "wrong-shape"
  | "deep"
  | "large"
  | "slow"
  | "cut-body"
  | "stall-headers"
  | "stall-body";

/** When a fault of {@link Sandbox.fail} strikes, and its parameters. */
export interface SandboxFaultOptions {
  /** The endpoint whose requests it strikes. Default: all. */
  on?: SandboxEndpoint | undefined;
  /** How many requests it strikes. Default: `1`. */
  times?: number | undefined;
  /** Whether to process the request although the fault would prevent it. Default: `false`. */
  processed?: boolean | undefined;
  /** `truncated`, `cut-body`, `stall-body`: how many bytes of the body are sent. Default: half of it. */
  bytes?: number | undefined;
  /** `slow`: the delay in milliseconds, at most 999 999. Default: `1000`. */
  ms?: number | undefined;
  /** `reply`: the status, 200 to 599. Default: `200`. */
  status?: number | undefined;
  /** `reply`: the body, in which `%XX` is the byte XX. Default: an empty one. */
  body?: string | undefined;
  /** `reply`: the content type. Default: `"application/json"`. */
  type?: string | undefined;
  /** `429`, `500`, `503`, `reply`: the header `Retry-After`. Default: none, but `1` for `429`. */
  "retry-after"?: string | number | undefined;
}

/** A server that {@link Sandbox.listen} started. */
export interface SandboxServer {
  /** The origin of the server, such as `http://127.0.0.1:41234`: the `baseUrl` of a client. */
  url: string;
  /** Stops the server and ends all of its connections, stalled ones too. */
  close(): Promise<void>;
}

/** The API with one account in memory. */
export interface Sandbox {
  /**
   * Responds to a request: the whole sandbox as the option `fetch` of a call, or as the handler of a service worker,
   * Deno, Bun or Cloudflare Workers. It works below any path prefix. It rejects as `fetch` does if a fault cuts the
   * connection, or once the request's `signal` is aborted.
   *
   * @example
   * await order(request, { baseUrl: "https://sandbox.example", apiKey: "demo-key", fetch: sandbox.fetch });
   */
  fetch(request: Request): Promise<Response>;
  // The parameters are not declared with Node's types, so that these declarations compile without `@types/node`.
  /**
   * Responds to a request in Node: a listener for `http.createServer`, or middleware for connect, Express, Vite and
   * similar servers. Mount it before any middleware that parses bodies. It works below any path prefix.
   * @param request Node's `IncomingMessage`.
   * @param response Node's `ServerResponse`.
   * @param next Called for a path that is not the sandbox's. Without it, the response to such a path is 404.
   * @throws Error outside Node.
   */
  handler(request: object, response: object, next?: (error?: unknown) => void): void;
  /**
   * Starts a server in Node that only this machine can reach (127.0.0.1). It refuses requests whose `Host` is not
   * loopback, so that a website whose name resolves to this machine cannot use the sandbox.
   * @param port Default: `0`, which takes any free port.
   * @throws Error outside Node.
   */
  listen(port?: number): Promise<SandboxServer>;
  /**
   * Makes the next requests fail, with one of the faults that {@link createSandbox} describes. Faults wait in a queue:
   * each request takes the first one that fits it. A fault in the header of a request comes before these.
   *
   * @example
   * sandbox.fail("cut-body", { on: "order" });
   *
   * @throws TypeError for an unknown fault or parameter, or an impossible value.
   */
  fail(fault: SandboxFault, options?: SandboxFaultOptions): void;
  /** Restores the initial balance and forgets orders, idempotency keys, faults and requests. */
  reset(): void;
  /** The latest 10 000 requests since the last reset, oldest first. */
  readonly requests: readonly SandboxRequest[];
  /** The orders since the last reset, oldest first. */
  readonly orders: readonly SandboxOrder[];
  /** The balance in dollars. */
  readonly balance: number;
}
