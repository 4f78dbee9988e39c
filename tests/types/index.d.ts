/**
 * A calculation that failed.
 */
interface CalculateFailure {
    /**
     * The API reported a failure.
     */
    success: false;
    /**
     * Always `null` in a failure.
     */
    proxyType: null;
    /**
     * The balance of the account, in `currency`; `null` if the API does not say.
     */
    balance: number | null;
    /**
     * Always `null` in a failure.
     */
    price: null;
    /**
     * Always `null` in a failure.
     */
    discount: null;
    /**
     * The currency of the balance; `null` if the API does not say.
     */
    currency: string | null;
    /**
     * Always `null` in a failure.
     */
    promoCodeStatus: null;
    /**
     * Always `null` in a failure.
     */
    warnings: null;
    /**
     * Why it failed.
     */
    error: ApiError;
}

/**
 * A quote: the price and conditions of an order.
 */
interface CalculateSuccess {
    /**
     * The API calculated a price. A quote with warnings cannot be ordered.
     */
    success: true;
    /**
     * The proxy type that was priced, as the API wrote it.
     */
    proxyType: ProxyType | (string & {});
    /**
     * The balance of the account, in `currency`.
     */
    balance: number;
    /**
     * The price of the whole order, in `currency`, after the discount.
     */
    price: number;
    /**
     * The discount included in the price, in percent.
     */
    discount: number;
    /**
     * The currency of all amounts, such as `"USD"`.
     */
    currency: string;
    /**
     * Whether the promo code was valid; `null` without one.
     */
    promoCodeStatus: PromoCodeStatus | null;
    /**
     * Why the order would fail; `null` when it can be ordered.
     */
    warnings: [ApiError, ...ApiError[]] | null;
    /**
     * No error.
     */
    error: null;
}

/**
 * A request for IPv4 proxies. Orders also include the authorization.
 */
interface Ipv4Request extends CommonFields {
    /**
     * The type of the proxies. It decides which other fields the request has.
     */
    proxyType: "IPv4";
}

/**
 * A request for ISP proxies. Orders also include the authorization.
 */
interface IspRequest extends CommonFields {
    /**
     * The type of the proxies. It decides which other fields the request has.
     */
    proxyType: "ISP";
}

/**
 * A request for mobile proxies. Orders also include the authorization.
 */
interface MobileRequest extends CommonFields {
    /**
     * The type of the proxies. It decides which other fields the request has.
     */
    proxyType: "MOBILE";
    /**
     * Rotation time: a whole number from 0 to 4294967295, in the unit of the API's list of mobile operators.
     */
    rotationTime: number;
    /**
     * The tag of the mobile operator, from the API's list: text that is not blank.
     */
    mobileOperator: string;
}

/**
 * A request to calculate the price of an order.
 *
 * It may also be an order: fields that belong to orders alone, or to another proxy type, are neither checked nor sent.
 * See "Calculate an order" in YouProxy's documentation.
 *
 * @example
 * import type { CalculateRequest } from "proxy-orders";
 *
 * const wanted = {
 *   proxyType: "IPv4",
 *   quantity: 1,
 *   rentPeriodDays: 30,
 *   goal: "scraping",
 *   country: "USA",
 * } satisfies CalculateRequest;
 */
type CalculateRequest = Ipv4Request | Ipv6Request | MobileRequest | IspRequest;

/**
 * A request to place an order. It costs money.
 *
 * Fields that belong to another proxy type or another `authType` are neither checked nor sent. See "Create an order"
 * in YouProxy's documentation.
 *
 * @example
 * import type { OrderRequest } from "proxy-orders";
 *
 * const wanted = {
 *   proxyType: "IPv6",
 *   quantity: 1,
 *   rentPeriodDays: 90,
 *   goal: "scraping",
 *   country: "USA",
 *   protocol: "HTTP",
 *   authType: "IP",
 *   authIp: "203.0.113.7",
 * } satisfies OrderRequest;
 */
type OrderRequest = OrderedProxy & Auth;

/**
 * A request to price IPv6 proxies.
 */
interface Ipv6Request extends CommonFields {
    /**
     * The type of the proxies. It decides which other fields the request has.
     */
    proxyType: "IPv6";
}

/**
 * An error or a warning of the API.
 */
interface ApiError {
    /**
     * The number of the error. `ApiErrorCode` names the documented ones; there may be others.
     */
    code: number;
    /**
     * What the API says about it.
     */
    message: string;
}

/**
 * An order of IPv6 proxies, without the authorization.
 */
interface Ipv6Order extends Ipv6Request {
    /**
     * The protocol of the proxies.
     */
    protocol: Protocol;
}

/**
 * An order that failed. Nothing was charged.
 */
interface OrderFailure {
    /**
     * The API reported a failure.
     */
    success: false;
    /**
     * Always `null` in a failure.
     */
    proxyType: null;
    /**
     * There is no order.
     */
    orderNumber: null;
    /**
     * The balance of the account, in `currency`; `null` if the API does not say.
     */
    balance: number | null;
    /**
     * The currency of the balance; `null` if the API does not say.
     */
    currency: string | null;
    /**
     * Always `null` in a failure.
     */
    promoCodeStatus: null;
    /**
     * Why it failed.
     */
    error: ApiError;
}

/**
 * An order that was placed and charged.
 */
interface OrderSuccess {
    /**
     * The order was placed.
     */
    success: true;
    /**
     * The proxy type that was ordered, as the API wrote it.
     */
    proxyType: ProxyType | (string & {});
    /**
     * The number of the order, such as `"NUMBER-112233"`.
     */
    orderNumber: string;
    /**
     * The balance of the account after the order, in `currency`.
     */
    balance: number;
    /**
     * The currency of the balance, such as `"USD"`.
     */
    currency: string;
    /**
     * Whether the promo code was valid; `null` without one.
     */
    promoCodeStatus: PromoCodeStatus | null;
    /**
     * No error.
     */
    error: null;
}

/**
 * An order without its authorization.
 */
type OrderedProxy = Ipv4Request | Ipv6Order | MobileRequest | IspRequest;

/**
 * Authorization by login and password, which YouProxy generates.
 */
interface LoginAuth {
    /**
     * How the proxy recognizes its user.
     */
    authType: "LOGIN";
}

/**
 * Authorization by the IP address of the connection.
 */
interface IpAuth {
    /**
     * How the proxy recognizes its user.
     */
    authType: "IP";
    /**
     * The IPv4 or IPv6 address that may use the proxies.
     */
    authIp: string;
}

/**
 * How the proxies of an order recognize their user.
 */
type Auth = LoginAuth | IpAuth;

/**
 * One problem in a request or its options.
 *
 * All problems of the options are reported at once, and then all of the request. Nothing is sent while there is one.
 */
interface Issue {
    /**
     * The name of the field, as a list with one item; empty if the value is not an object.
     */
    path: string[];
    /**
     * The kind of the issue.
     */
    code: IssueCode;
    /**
     * A plain English sentence that names what is allowed. A shop can show it to its customer.
     */
    message: string;
}

/**
 * The fields of every request.
 */
interface CommonFields {
    /**
     * The number of proxies: a whole number from 1 to 4294967295.
     */
    quantity: number;
    /**
     * Rental period in days: a whole number from 1 to 4294967295. The API offers certain periods, such as 30, 60,
     * 90, 180 and 360 for IPv4; the list may change.
     */
    rentPeriodDays: number;
    /**
     * What the proxies are for, in free text that is not blank.
     */
    goal: string;
    /**
     * The country in the form of ISO 3166-1 alpha-3: three capital letters, such as `"USA"`.
     */
    country: string;
    /**
     * A promo code. Absent and blank mean none. An invalid code is not an error: the API sells at the full price
     * and responds with `promoCodeStatus: "NO_VALID"`.
     *
     * @defaultValue none
     */
    promoCode?: string | undefined;
}

/**
 * The kind of an issue.
 */
type IssueCode = "required" | "wrong_type" | "not_allowed" | "out_of_range" | "malformed" | "unknown_field";

/**
 * The protocol of an IPv6 proxy.
 */
type Protocol = "HTTP" | "SOCKS";

/**
 * The response to a calculation: a quote, or a failure. Check `success`, then `warnings`.
 *
 * See "Calculate an order" in YouProxy's documentation.
 */
type CalculateResponse = CalculateSuccess | CalculateFailure;

/**
 * The response to an order: a receipt, or a failure.
 *
 * See "Create an order" in YouProxy's documentation.
 */
type OrderResponse = OrderSuccess | OrderFailure;

/**
 * The types of proxies that YouProxy sells.
 */
type ProxyType = "IPv4" | "IPv6" | "MOBILE" | "ISP";

/**
 * What is known about an order whose call rejects.
 */
type Outcome = "not_placed" | "unknown";

/**
 * Whether a promo code was accepted. Any other text of the API passes through.
 */
type PromoCodeStatus = "VALID" | "NO_VALID" | (string & {});

/**
 * Why a call rejects.
 */
type ErrorCode = "invalid_request" | "invalid_options" | "not_loaded" | "aborted" | "timeout" | "network" | "http" | "invalid_response" | "refused" | "duplicate_order" | "unresolved_order";

/** Options of every call. An unknown option is an issue, and so is `null`; `undefined` means absent. */
interface CallOptions {
    /**
     * Where the API is: an `https:` URL, or a path on the page's own origin such as `"/api"`. It may have a path prefix. A
     * trailing slash does not matter. `http:` is accepted only for loopback and the page's own origin, unless `allowInsecure`
     * is set. It must not have credentials, a query or a fragment.
     */
    baseUrl: string;
    /**
     * The API key of the account. It becomes one path segment, encoded as `encodeURIComponent` does: 1 to 256 characters, not
     * `.` or `..`. Required if `baseUrl` is a URL. Nothing that this package writes or throws contains it, unless it is a
     * placeholder of fewer than 8 characters.
     *
     * @defaultValue if `baseUrl` is a path on the page's own origin: `"self"`, a placeholder that the backend replaces
     */
    apiKey?: string | undefined;
    /**
     * Ends the call when it is aborted: the call rejects with `aborted`, whose `cause` is the signal's reason.
     *
     * @defaultValue none
     */
    signal?: AbortSignal | undefined;
    /**
     * The deadline of the whole call in milliseconds, including loading, retries and reading the body: above 0, at most
     * 2 147 483 647. It is measured by both the monotonic and the wall clock, because one of them may stand still while a
     * device sleeps.
     *
     * @defaultValue 30000
     */
    timeoutMs?: number | undefined;
    /**
     * How many times a calculation is retried after `network`, 408, 429 and 5xx: a whole number from 0 to 10. In `order`,
     * it applies to the calculation for `maxPrice` and `requirePromoCode`. The order itself is never sent twice.
     *
     * @defaultValue 2
     */
    maxRetries?: number | undefined;
    /**
     * Headers to send, as in `fetch`. The package sets `content-type` and `accept`.
     *
     * @defaultValue none
     */
    headers?: Headers | [string, string][] | Record<string, string> | undefined;
    /**
     * Whether cookies are sent, as in `fetch`.
     *
     * @defaultValue "same-origin"
     */
    credentials?: "omit" | "same-origin" | "include" | undefined;
    /**
     * A replacement for the global `fetch`. It is called with a `Request`. Its result may be any object with a whole-number
     * `status`, `headers.get` and `text()`. It must not retry: an order would be sent more than once.
     *
     * @defaultValue the global `fetch`, looked up at each call
     */
    fetch?: ((request: Request) => Promise<FetchedResponse>) | undefined;
    /**
     * Accepts an `http:` URL to any host. The API key is then sent unencrypted.
     *
     * @defaultValue false
     */
    allowInsecure?: boolean | undefined;
}
/** What `fetch` must return: a `Response`, or an object with these members. */
interface FetchedResponse {
    /** The HTTP status, a whole number. */
    readonly status: number;
    /** The headers of the response. */
    readonly headers: {
        /** The value of a header, or `null`. */
        get(name: string): string | null;
    };
    /** Reads the body to its end. */
    text(): Promise<string>;
}
/** Options of `order`. `calculate` ignores those that only `order` has. */
interface OrderOptions extends CallOptions {
    /**
     * The highest price to order at, in the account's currency: finite, 0 or more. The order is calculated first, and rejects
     * with `refused` if there are warnings or the price is higher. Calculation and order are separate requests: the price
     * may change in between. Leave it out to order without a guard: `undefined` is an issue.
     *
     * @defaultValue none
     */
    maxPrice?: number;
    /**
     * Calculates first, and rejects with `refused` if there are warnings or the promo code is not `VALID`. Leave it out to
     * order without a guard: `undefined` is an issue.
     *
     * @defaultValue false
     */
    requirePromoCode?: boolean;
    /**
     * Lets an identical order (same URL, API key and body; on a server, also the same `idempotencyKey` option) through
     * while one is pending or unresolved in this module instance. Set it only after you have checked the earlier order:
     * it may have been placed.
     *
     * @defaultValue false
     */
    allowDuplicate?: boolean | undefined;
    /**
     * Sent as the header `Idempotency-Key`, for a backend that books each idempotency key once: 1 to 255 printable ASCII
     * characters, with no space at either end.
     *
     * @defaultValue on the page's own origin, a new random one for each call; elsewhere, none
     */
    idempotencyKey?: string | undefined;
    /**
     * Declares that this order was sent before with this `idempotencyKey`, and that its outcome is unknown. The server must
     * book each idempotency key once: **YouProxy's own API ignores idempotency keys and would book the order again.** Do not
     * repeat an order that was first sent more than 7 days ago: the server may have deleted its idempotency key.
     *
     * @defaultValue false
     */
    repeat?: boolean | undefined;
}

/** The members of every error of this package. */
interface BaseError extends Error {
    /** The name of every error of this package. */
    name: "ProxyOrdersError";
    /**
     * Present if `order` was called. `"not_placed"`: no order request can have reached the API. `"unknown"`: one may
     * have, so find out before you order again or refund.
     */
    outcome?: Outcome;
    /** The `Idempotency-Key` that was sent with the order, if one was. */
    idempotencyKey?: string;
    /** The quote, if the order was calculated first. */
    quote?: CalculateResponse;
}
/** The request or the options have issues. Nothing was sent. */
interface InvalidError extends BaseError {
    /** Which of the two has issues. */
    code: "invalid_request" | "invalid_options";
    /** Every issue, at least one. */
    issues: Issue[];
}
/**
 * The WebAssembly could not be started: the engine has none, the page's Content Security Policy or the platform forbids
 * compiling, memory is short, or `init` was given the binary of another build.
 */
interface NotLoadedError extends BaseError {
    /** The WebAssembly could not be started. */
    code: "not_loaded";
    /** What prevented it from starting. */
    cause?: unknown;
}
/** The caller's signal ended the call. */
interface AbortedError extends BaseError {
    /** The caller's signal ended the call. */
    code: "aborted";
    /** The signal's reason, of any type. */
    cause?: unknown;
}
/** The deadline passed before there was a whole response. */
interface TimeoutError extends BaseError {
    /** The deadline passed. */
    code: "timeout";
}
/** `fetch` failed, returned no response or refused a redirect, or reading the body failed. */
interface NetworkError extends BaseError {
    /** There was no response, or it could not be read. */
    code: "network";
    /**
     * The original error, if it holds only primitives, errors, arrays and plain objects, and the API key is not found in
     * them. Otherwise a plain `Error` with its name, message, code and cause, redacted.
     */
    cause?: unknown;
}
/** The status is not 2xx, and for `calculate` the body is not a documented response either. */
interface HttpError extends BaseError {
    /** The status is not 2xx. */
    code: "http";
    /** The HTTP status. */
    status: number;
    /** The first 2000 characters of the body. The API key is replaced with `[key]`. */
    body: string;
    /** How long the server asked the client to wait, in milliseconds, if it did. */
    retryAfterMs?: number;
}
/** The status is 2xx, but the body is not a documented response; or a lookup's response lacks the idempotency key. */
interface InvalidResponseError extends BaseError {
    /** The body is not a documented response. */
    code: "invalid_response";
    /** The HTTP status. */
    status: number;
    /** The first 2000 characters of the body. The API key is replaced with `[key]`. */
    body: string;
}
/** `maxPrice` or `requirePromoCode` stopped the order, or its quote failed or has warnings. Nothing was ordered. */
interface RefusedError extends BaseError {
    /** A guard stopped the order. */
    code: "refused";
    /** The response to the calculation. */
    quote: CalculateResponse;
}
/** An identical order is pending. Nothing was sent. */
interface DuplicateOrderError extends BaseError {
    /** An identical order is pending. */
    code: "duplicate_order";
}
/**
 * An identical order is unresolved: it was sent, and its outcome is unknown. Or this order repeats one that was first
 * sent more than 7 days ago. Nothing was sent this time.
 *
 * If the server books each `Idempotency-Key` once, repeat the order with this `idempotencyKey` and `repeat: true` to
 * find out what happened. Otherwise check the account, and order with `allowDuplicate` if nothing was bought.
 * YouProxy's own API ignores idempotency keys.
 *
 * @example
 * import { isProxyOrdersError, order, type OrderRequest } from "proxy-orders";
 *
 * // A backend that books each idempotency key once.
 * const api = { baseUrl: "/api" };
 *
 * async function findOut(request: OrderRequest) {
 *   try {
 *     return await order(request, api);
 *   } catch (error) {
 *     if (!isProxyOrdersError(error) || error.code !== "unresolved_order") throw error;
 *     return order(request, { ...api, idempotencyKey: error.idempotencyKey, repeat: true });
 *   }
 * }
 */
interface UnresolvedOrderError extends BaseError {
    /** An identical order is unresolved. */
    code: "unresolved_order";
    /** `"unknown"`: the earlier order may have been placed. From `buy`, `"not_placed"`: the new one was not sent. */
    outcome: "unknown" | "not_placed";
    /** The `Idempotency-Key` of the latest attempt, if one was sent. */
    idempotencyKey?: string;
}
/** The error a call rejects with: an `Error` whose `code` says why. */
type ProxyOrdersError = InvalidError | NotLoadedError | AbortedError | TimeoutError | NetworkError | HttpError | InvalidResponseError | RefusedError | DuplicateOrderError | UnresolvedOrderError;
/**
 * Whether a caught value is an error of this package, from any realm or copy of the package. Never throws. An error
 * that has lost its code on the way, for example through Comlink, is not recognized.
 *
 * @example
 * import { calculate, isProxyOrdersError } from "proxy-orders";
 *
 * try {
 *   const wanted = { proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" } as const;
 *   await calculate(wanted, { baseUrl: "/api" });
 * } catch (error) {
 *   if (isProxyOrdersError(error)) console.log(error.code, error.message);
 * }
 */
declare function isProxyOrdersError(value: unknown): value is ProxyOrdersError;

/** Options of {@link createCheckout}: those of every call except `signal`, and these. */
interface CheckoutOptions extends Omit<CallOptions, "signal"> {
    /**
     * Who has signed in, as the server knows them: well-formed text of 1 to 200 characters. Purchases belong to a
     * customer. The server declines a purchase if somebody else has signed in meanwhile.
     */
    customer: string;
    /**
     * Where an unresolved purchase is stored. A record that the storage does not accept stays in memory.
     *
     * @defaultValue `localStorage`
     */
    storage?: CheckoutStorage | undefined;
}
/** The members of `Storage` that a checkout needs. */
interface CheckoutStorage {
    /** Returns a stored text, or `null`. */
    getItem(name: string): string | null;
    /** Stores a text. */
    setItem(name: string, value: string): void;
    /** Removes a text. */
    removeItem(name: string): void;
}
/** Options of a purchase. */
interface PurchaseOptions {
    /** The most that the order may cost, in the account's currency: the price that the customer was shown. */
    maxPrice: number;
    /**
     * Stops the order if its promo code is not `VALID`.
     *
     * @defaultValue false
     */
    requirePromoCode?: boolean;
    /**
     * An idempotency key that the shop can derive again for the same attempt after a reload, such as `cart-4711.2`. With
     * it, not even a lost record leads to a second purchase. After `not_placed` with a `failure`, the next attempt needs
     * another one.
     *
     * @defaultValue a new random one
     */
    idempotencyKey?: string | undefined;
    /**
     * Ends the purchase when it is aborted. If the order was already sent, its outcome is then unknown.
     *
     * @defaultValue none
     */
    signal?: AbortSignal | undefined;
}
/** What a checkout is doing. */
type CheckoutState = {
    /** Nothing is stored: the customer can buy. */
    status: "ready";
} | {
    /** A purchase is being made, or its outcome is being looked up. */
    status: "buying" | "resolving";
    /** What is ordered. */
    request: OrderRequest;
} | {
    /** A purchase was sent, perhaps by another tab, and its outcome is unknown. */
    status: "unresolved";
    /** What was ordered. */
    request: OrderRequest;
    /** When it was sent, in milliseconds since 1970. */
    since: number;
    /** Its idempotency key: a reference for support. */
    idempotencyKey: string;
};
/** How a purchase ended. */
type PurchaseResult = {
    /** It was placed. */
    outcome: "placed";
    /** What was ordered. */
    request: OrderRequest;
    /** The receipt. */
    receipt: OrderSuccess;
} | {
    /** It was not placed. */
    outcome: "not_placed";
    /** What was to be ordered. */
    request: OrderRequest;
    /** Why the server did not place it. */
    failure: OrderFailure;
} | {
    /** Whether nothing was bought, or the order may have been placed. */
    outcome: "not_placed" | "unknown";
    /** What was to be ordered. */
    request: OrderRequest;
    /** What went wrong. */
    error: ProxyOrdersError;
};
/** The purchases of one customer, one at a time. Made by {@link createCheckout}. */
interface Checkout {
    /**
     * What the checkout is doing: the same object until it changes.
     *
     * @example
     * import { createCheckout } from "proxy-orders";
     *
     * const { state } = createCheckout({ baseUrl: "/api", customer: "user-17" });
     * if (state.status === "unresolved") console.log("Sent at", new Date(state.since), "as", state.idempotencyKey);
     */
    readonly state: CheckoutState;
    /**
     * Calls `listener` whenever the state may have changed, in another tab too. Returns the function that ends this.
     *
     * @example
     * import { createCheckout } from "proxy-orders";
     * import { useSyncExternalStore } from "react";
     *
     * const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
     * export const useCheckout = () => useSyncExternalStore(checkout.subscribe, () => checkout.state);
     */
    subscribe(listener: () => void): () => void;
    /**
     * Buys: calculates, stores the purchase, and sends its order once. After an unknown outcome, it looks the purchase
     * up, at most twice. Never rejects.
     *
     * @example
     * import { createCheckout } from "proxy-orders";
     *
     * const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
     * const result = await checkout.buy(
     *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
     *   { maxPrice: 2 },
     * );
     * if (result.outcome === "placed") console.log(result.receipt.orderNumber);
     */
    buy(request: OrderRequest, options: PurchaseOptions): Promise<PurchaseResult>;
    /**
     * Looks the stored purchase up once, and never buys. Returns `undefined` if nothing is stored. Never rejects.
     *
     * @example
     * import { createCheckout } from "proxy-orders";
     *
     * const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
     * const result = await checkout.resolve();
     * if (result?.outcome === "unknown") console.log("Still unknown.", result.error.message);
     */
    resolve(options?: {
        /** Ends the lookup when it is aborted. */
        signal?: AbortSignal | undefined;
    }): Promise<PurchaseResult | undefined>;
    /**
     * Removes the stored purchase, after somebody has found out by other means what happened to it. Ignored while this
     * page is working on it.
     *
     * @example
     * import { createCheckout } from "proxy-orders";
     *
     * const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
     * if (confirm("Have you checked that it was not ordered?")) checkout.dismiss();
     */
    dismiss(): void;
}
/**
 * Creates a checkout: purchases that survive reloads, crashes and second tabs, one at a time for each customer.
 *
 * **The server must book each `Idempotency-Key` once and serve lookups**, as `proxy-orders/backend` and the sandbox do.
 * With a server that does not, such as YouProxy's own API, a checkout still never sends an order twice, but an
 * unresolved purchase stays unresolved until `dismiss()`.
 *
 * @example
 * import { createCheckout } from "proxy-orders";
 *
 * const checkout = createCheckout({ baseUrl: "/api", customer: "user-17" });
 * checkout.subscribe(() => console.log(checkout.state.status));
 *
 * @param options Where the server is, and who buys. Each purchase checks all options but `customer` and `storage`.
 * @throws TypeError if `customer` or `storage` is not valid.
 */
declare function createCheckout(options: CheckoutOptions): Checkout;

/**
 * The bytes of this package's `.wasm` file, or the `WebAssembly.Module` compiled from them (an `object` here, for projects
 * whose libraries do not know that name).
 */
type InitSource = ArrayBuffer | ArrayBufferView | object;
/**
 * Compiles and starts the WebAssembly. Optional: the first call does it. Concurrent and repeated calls load once. If loading
 * fails, the next call loads again.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * console.log(validateOrder({}).issues);
 *
 * @param module Only for a platform that does not compile bytes: this package's `.wasm` as the platform gives it. Bytes or a
 * module are remembered until others are given; those of another build are not.
 * @throws A {@link ProxyOrdersError} with code `not_loaded`.
 */
declare function init(module?: InitSource): Promise<void>;

/**
 * Forgets the pending and unresolved orders of this module instance. For tests: a test must not fail because of an order
 * that an earlier one left unresolved. In a shop, it permits buying an unresolved order a second time.
 *
 * @example
 * import { forgetOrders } from "proxy-orders";
 * import { afterEach } from "vitest";
 *
 * afterEach(() => forgetOrders());
 */
declare function forgetOrders(): void;

/** A valid value, or every issue. */
type ValidationResult<T> = {
    /** A fresh plain object with the fields that would be sent. */
    value: T;
    /** None. */
    issues?: undefined;
} | {
    /** None. */
    value?: undefined;
    /** Every issue, at least one. */
    issues: Issue[];
};
/** A [Standard Schema](https://standardschema.dev) of version 1. */
interface StandardSchema<T> {
    /** The interface of Standard Schema. */
    readonly "~standard": {
        /** The version of the standard. */
        readonly version: 1;
        /** The name of this package. */
        readonly vendor: "proxy-orders";
        /** Validates a value. Returns a promise if the WebAssembly has to be loaded first, otherwise the result. */
        readonly validate: (value: unknown) => ValidationResult<T> | Promise<ValidationResult<T>>;
        /** The types of input and output; absent at run time. */
        readonly types?: {
            /** The type of the input. */
            readonly input: T;
            /** The type of a valid value. */
            readonly output: T;
        } | undefined;
    };
}
/**
 * The documented codes of the API's errors and warnings. There may be others.
 *
 * @example
 * import { ApiErrorCode, calculate } from "proxy-orders";
 *
 * const quote = await calculate(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" },
 *   { baseUrl: "/api" },
 * );
 * if (quote.warnings?.some(({ code }) => code === ApiErrorCode.InsufficientFunds)) console.log("Top up your balance.");
 */
declare const ApiErrorCode: Readonly<{
    /** The API key is wrong. */
    ErrorApiKey: 2;
    /** The proxy type is unknown. */
    IncorrectProxyType: 4;
    /** The mobile operator is unknown. */
    IncorrectMobileOperator: 8;
    /** The protocol is unknown. */
    IncorrectProtocol: 13;
    /** The goal is not accepted. A warning of `calculate`, an error of `order`. */
    IncorrectGoal: 14;
    /** The balance is too low. A warning of `calculate`, an error of `order`. */
    InsufficientFunds: 16;
    /** The IP addresses are not accepted. */
    IncorrectIpAddresses: 24;
}>;
/**
 * Prices an order. Buys nothing.
 *
 * A failure is a value with `success: false`. So check `success`, and then `warnings`: a quote with warnings cannot be
 * ordered.
 *
 * See "Calculate an order" in YouProxy's documentation.
 *
 * @example
 * import { calculate } from "proxy-orders";
 *
 * const quote = await calculate(
 *   { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" },
 *   { baseUrl: "/api" },
 * );
 * if (quote.success && !quote.warnings) console.log(quote.price, quote.currency);
 *
 * @param request The order to price.
 * @param options Where the API is, and how to call it.
 * @returns The API's response.
 * @throws A {@link ProxyOrdersError} unless the server sends a documented response.
 */
declare function calculate(request: CalculateRequest, options: CallOptions): Promise<CalculateResponse>;
/**
 * Places an order. Charges the balance of the account.
 *
 * The order is handed to `fetch` once, whatever happens. A failure is a value with `success: false`. Every error
 * carries an `outcome`. After `"unknown"`, an identical order rejects with `unresolved_order` until a repeat is
 * answered: the same order with `repeat: true` and the error's `idempotencyKey`.
 *
 * See "Create an order" in YouProxy's documentation.
 *
 * @example
 * import { isProxyOrdersError, order } from "proxy-orders";
 *
 * try {
 *   const receipt = await order(
 *     { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA", authType: "LOGIN" },
 *     { baseUrl: "/api", maxPrice: 2 },
 *   );
 *   console.log(receipt.success ? receipt.orderNumber : receipt.error.message);
 * } catch (error) {
 *   if (!isProxyOrdersError(error)) throw error;
 *   if (error.outcome === "unknown") console.log("Unknown. Repeat it with", error.idempotencyKey);
 *   else console.log("Nothing was bought.", error.message);
 * }
 *
 * @param request The order.
 * @param options Where the API is, how to call it, and the guards of the order.
 * @returns The API's response.
 * @throws A {@link ProxyOrdersError} unless the server sends a documented response.
 */
declare function order(request: OrderRequest, options: OrderOptions): Promise<OrderResponse>;
/**
 * Validates a request for {@link calculate}. Sends nothing.
 *
 * @example
 * import { init, validateCalculate } from "proxy-orders";
 *
 * await init();
 * for (const { path, message } of validateCalculate({ proxyType: "IPv4" }).issues ?? []) console.log(path[0], message);
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
declare function validateCalculate(value: unknown): ValidationResult<CalculateRequest>;
/**
 * Validates a request for {@link order}. Sends nothing.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * for (const { path, message } of validateOrder({ proxyType: "IPv4" }).issues ?? []) console.log(path[0], message);
 *
 * @throws A {@link ProxyOrdersError} with code `not_loaded` before the WebAssembly is loaded: await {@link init} first.
 */
declare function validateOrder(value: unknown): ValidationResult<OrderRequest>;
/**
 * The validation of {@link validateCalculate}, for form libraries and routers.
 *
 * @example
 * import { calculateSchema } from "proxy-orders";
 *
 * const { issues } = await calculateSchema["~standard"].validate({ proxyType: "IPv4" });
 * console.log(issues?.map(({ message }) => message));
 */
declare const calculateSchema: StandardSchema<CalculateRequest>;
/**
 * The validation of {@link validateOrder}, for form libraries and routers.
 *
 * @example
 * import { orderSchema } from "proxy-orders";
 * import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
 * import { useForm } from "react-hook-form";
 *
 * const form = useForm({ resolver: standardSchemaResolver(orderSchema) });
 */
declare const orderSchema: StandardSchema<OrderRequest>;

export { ApiErrorCode, calculate, calculateSchema, createCheckout, init as default, forgetOrders, init, isProxyOrdersError, order, orderSchema, validateCalculate, validateOrder };
export type { AbortedError, ApiError, Auth, CalculateFailure, CalculateRequest, CalculateResponse, CalculateSuccess, CallOptions, Checkout, CheckoutOptions, CheckoutState, CheckoutStorage, CommonFields, DuplicateOrderError, ErrorCode, FetchedResponse, HttpError, InitSource, InvalidError, InvalidResponseError, IpAuth, Ipv4Request, Ipv6Order, Ipv6Request, IspRequest, Issue, IssueCode, LoginAuth, MobileRequest, NetworkError, NotLoadedError, OrderFailure, OrderOptions, OrderRequest, OrderResponse, OrderSuccess, OrderedProxy, Outcome, PromoCodeStatus, Protocol, ProxyOrdersError, ProxyType, PurchaseOptions, PurchaseResult, RefusedError, StandardSchema, TimeoutError, UnresolvedOrderError, ValidationResult };
