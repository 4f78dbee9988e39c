// The sandbox outside Node: in browsers and workers.

import { createCore } from "./core.js";
import type { Sandbox, SandboxOptions } from "./types.js";

export type * from "./types.js";

/**
 * Creates a sandbox: the API for proxy orders with an account in memory, for development, tests and demonstrations.
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
 * | 4 | `proxyType` is unknown; also a body that is not a JSON object, or exceeds 1 MiB |
 * | 6 | `country` is not three upper-case letters |
 * | 8 | MOBILE: no `mobileOperator`, or it is "unknown", "none", "incorrect" or "invalid"; or no `rotationTime` |
 * | 10 | `authType` is neither "LOGIN" nor "IP" (order only) |
 * | 11 | `rentPeriodDays` is not a whole number, 1 or more |
 * | 13 | IPv6: `protocol` is neither "HTTP" nor "SOCKS", or is "SOCKS" in country "CHN" (order only) |
 * | 14 | `goal` is missing or contains the word "forbidden", "incorrect" or "invalid" |
 * | 16 | the price is higher than the balance |
 * | 19 | `quantity` is not a whole number, 1 or more |
 * | 23 | `authType` is "IP" and `authIp` is not an IP address (order only) |
 * | 24 | ISP: `country` is "ATA" |
 *
 * **Idempotency keys.** The sandbox books each value of the header `Idempotency-Key` once, as `proxy-orders/backend`
 * does. A repeat gets the response to the first order again, even if that response was lost. `POST …/order/lookup`
 * responds as to a repeat and never buys; a new idempotency key is settled as a failure. `Order-Max-Price` limits the
 * price of a new booking. The response carries the request's `Idempotency-Key`, unless the API key is wrong. A failed
 * order does not use its idempotency key up. With the option `ignoreKeys`, these headers have no effect and lookups are
 * 404, as with YouProxy's own API. These failures come with idempotency keys:
 *
 * | code | cause |
 * |---|---|
 * | 400 | `Idempotency-Key` or `Order-Max-Price` is malformed, or a lookup has no `Idempotency-Key` (status 400) |
 * | 404 | a lookup of an order that did not arrive |
 * | 409 | the `Idempotency-Key` belongs to another order |
 * | 412 | the price is above `Order-Max-Price` |
 *
 * **Samples.** A request with the header `x-sandbox-sample` gets a sample response of the API's documentation, and
 * nothing is booked. The name of a sample has three parts, as in `calculate/IPv4/success`: `calculate` or `order`, the
 * proxy type, and `success`, `warnings` (calculate only), `valid-promo-code`, `invalid-promo-code` or `error`. The
 * header may have several names, separated by commas; each endpoint uses its own.
 *
 * **Faults.** {@link Sandbox.fail} or the header `x-sandbox-fault: name; parameter=value; …` injects a fault:
 *
 * | name | what happens |
 * |---|---|
 * | `429`, `500`, `503` | a response with that status; 429 has `Retry-After: 1` |
 * | `html`, `html-502` | an HTML page with status 200 or 502 |
 * | `redirect` | status 307, to the same path with a query, where the request is served |
 * | `refusal-400` | a documented failure (code 4, for an order code 14) with status 400 |
 * | `reply` | the response described by `status`, `type` and `body`, in which `%XX` is the byte XX and `%3B` is `;` |
 * | `cut-before` | the connection is cut, and nothing is booked |
 * | `cut-after` | booked; the connection is cut before the first byte of the response |
 * | `empty`, `truncated` | booked; the body is empty, or ends after half of its JSON or after `bytes` bytes |
 * | `wrong-shape`, `deep`, `large` | booked; the body is other JSON, 100 000 nested lists, or 10 MB of JSON |
 * | `cut-body` | booked; the connection is cut after half of the body or after `bytes` bytes |
 * | `stall-headers` | booked; no response is sent, and the connection stays open |
 * | `stall-body` | booked; the response stops after half of the body or after `bytes` bytes, and never ends |
 * | `slow` | booked; the response is sent after `ms` milliseconds, by default 1000 |
 *
 * The faults from `429` to `cut-before` book nothing, unless the parameter `processed` is given. Every fault has these
 * parameters: `on=calculate`, `on=order` or `on=lookup` restricts it to that endpoint. `times=2` restricts it to two
 * requests: the next two, or in the header the first two with the same header; an `id=…` makes a header unique.
 * `retry-after=…` sets the header `Retry-After` in `429`, `500`, `503` and `reply`. If a request also names a sample,
 * the fault applies to that sample.
 *
 * **Control routes**, below any prefix too: `POST /__sandbox/reset` resets the sandbox. `POST /__sandbox/faults` with
 * the JSON `{ fault, on?, times?, … }` does what {@link Sandbox.fail} does. `GET /__sandbox/requests` returns a list of
 * {@link SandboxRequest}, `GET /__sandbox/orders` a list of {@link SandboxOrder}. Programs, and pages of the sandbox's
 * own origin, may use them. Pages of other origins get 403, unless the option `controlOrigins` allows them. The
 * endpoints of the API allow every origin.
 *
 * If the sandbox itself fails, `fetch` rejects; over HTTP, the response has status 500 and `{ "message": … }`. An order
 * that was booked before stays booked.
 *
 * @example
 * import { order } from "proxy-orders";
 * import { createSandbox } from "proxy-orders/sandbox";
 *
 * const sandbox = createSandbox({ apiKey: "demo-key", balance: 10 });
 * await order(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
 *   { baseUrl: "https://sandbox.example", apiKey: "demo-key", fetch: sandbox.fetch },
 * );
 * console.log(sandbox.orders.length, sandbox.balance);
 *
 * @throws TypeError when an option has a wrong type or an impossible value.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return Object.assign(createCore(options).sandbox, { handler: needsNode, listen: needsNode });
}

function needsNode(): never {
  throw new Error("The sandbox has a server only in Node. Elsewhere, use its fetch.");
}
