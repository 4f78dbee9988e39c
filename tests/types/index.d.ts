/**
 * A price, as the API quoted it.
 */
interface CalculateSuccess {
    /**
     * The API has calculated. With warnings it would still refuse the order.
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
     * The discount that is in the price, in percent.
     */
    discount: number;
    /**
     * The currency of all amounts, such as `"USD"`.
     */
    currency: string;
    /**
     * What became of the promo code; `null` without one.
     */
    promoCodeStatus: PromoCodeStatus | null;
    /**
     * Why the order would not be executed; `null` when nothing stands against it.
     */
    warnings: [ApiError, ...ApiError[]] | null;
    /**
     * No error.
     */
    error: null;
}

/**
 * A refusal to calculate.
 */
interface CalculateFailure {
    /**
     * The API has refused.
     */
    success: false;
    /**
     * Always `null` in a refusal.
     */
    proxyType: null;
    /**
     * The balance of the account, in `currency`; `null` if the API does not say.
     */
    balance: number | null;
    /**
     * Always `null` in a refusal.
     */
    price: null;
    /**
     * Always `null` in a refusal.
     */
    discount: null;
    /**
     * The currency of the balance; `null` if the API does not say.
     */
    currency: string | null;
    /**
     * Always `null` in a refusal.
     */
    promoCodeStatus: null;
    /**
     * Always `null` in a refusal.
     */
    warnings: null;
    /**
     * Why the API has refused.
     */
    error: ApiError;
}

/**
 * A request for IPv4 addresses: to calculate their price, and but for the authorization to order them.
 */
interface Ipv4Request extends Wanted {
    /**
     * The kind of proxy: it decides which other fields there are.
     */
    proxyType: "IPv4";
}

/**
 * A request for addresses of internet service providers: to calculate their price, and but for the authorization
 * to order them.
 */
interface IspRequest extends Wanted {
    /**
     * The kind of proxy: it decides which other fields there are.
     */
    proxyType: "ISP";
}

/**
 * A request for mobile addresses: to calculate their price, and but for the authorization to order them.
 */
interface MobileRequest extends Wanted {
    /**
     * The kind of proxy: it decides which other fields there are.
     */
    proxyType: "MOBILE";
    /**
     * Rotation time: a whole number from 0 to 4294967295, in the unit that the API's list of mobile operators uses.
     */
    rotationTime: number;
    /**
     * Tag of the mobile operator, from the API's list: text that is not blank.
     */
    mobileOperator: string;
}

/**
 * A request to calculate the price of IPv6 addresses.
 */
interface Ipv6Request extends Wanted {
    /**
     * The kind of proxy: it decides which other fields there are.
     */
    proxyType: "IPv6";
}

/**
 * A request to calculate the price of an order.
 *
 * A variable that holds an order may be given as well: fields that belong to orders alone, or to another proxy type, are
 * neither checked nor sent. The page of YouProxy's documentation is "Calculate an order".
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
 * Fields that belong to another proxy type or another `authType` are neither checked nor sent. The page of YouProxy's
 * documentation is "Create an order".
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
 * An error or a warning of the API.
 */
interface ApiError {
    /**
     * The number of the error; `ApiErrorCode` names the documented ones, and others may come.
     */
    code: number;
    /**
     * What the API says about it.
     */
    message: string;
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
     * What became of the promo code; `null` without one.
     */
    promoCodeStatus: PromoCodeStatus | null;
    /**
     * No error.
     */
    error: null;
}

/**
 * An order that was refused. Nothing was charged.
 */
interface OrderFailure {
    /**
     * The API has refused.
     */
    success: false;
    /**
     * Always `null` in a refusal.
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
     * Always `null` in a refusal.
     */
    promoCodeStatus: null;
    /**
     * Why the API has refused.
     */
    error: ApiError;
}

/**
 * Authorization by login and password, which the seller makes.
 */
interface LoginAuth {
    /**
     * How the proxy recognises its user.
     */
    authType: "LOGIN";
}

/**
 * Authorization by the address that a connection comes from.
 */
interface IpAuth {
    /**
     * How the proxy recognises its user.
     */
    authType: "IP";
    /**
     * The IPv4 or IPv6 address that may use the proxies.
     */
    authIp: string;
}

/**
 * How the proxies of an order recognise their user.
 */
type Auth = LoginAuth | IpAuth;

/**
 * One fault of a request or of the options.
 *
 * Every fault is reported at once, and nothing is sent while there is one.
 */
interface Issue {
    /**
     * The name of the field, alone in a list; empty when the value is not an object at all.
     */
    path: string[];
    /**
     * The kind of the fault.
     */
    code: IssueCode;
    /**
     * A plain English sentence that names what is allowed, fit to be shown to a customer.
     */
    message: string;
}

/**
 * The kinds of proxy that the API sells.
 */
type ProxyType = "IPv4" | "IPv6" | "MOBILE" | "ISP";

/**
 * The protocol that an IPv6 proxy speaks.
 */
type Protocol = "HTTP" | "SOCKS";

/**
 * What an order of IPv6 addresses says, but for the authorization.
 */
interface Ipv6Order extends Ipv6Request {
    /**
     * The protocol that the proxies speak.
     */
    protocol: Protocol;
}

/**
 * What an order says, but for the authorization.
 */
type OrderedProxy = Ipv4Request | Ipv6Order | MobileRequest | IspRequest;

/**
 * What every request says.
 */
interface Wanted {
    /**
     * Quantity of IP addresses: a whole number from 1 to 4294967295.
     */
    quantity: number;
    /**
     * Rental period in days: a whole number from 1 to 4294967295. The API offers a list that may change, such as
     * 30, 60, 90, 180 and 360 for IPv4.
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
     * A promo code. Absent and blank mean none. An invalid code is not an error: the API sells at
     * the full price and answers `promoCodeStatus: "NO_VALID"`.
     *
     * @defaultValue none
     */
    promoCode?: string | undefined;
}

/**
 * What is known about an order whose call was rejected.
 */
type Outcome = "not_placed" | "unknown";

/**
 * What kind of fault an issue is.
 */
type IssueCode = "required" | "wrong_type" | "not_allowed" | "out_of_range" | "malformed" | "unknown_field";

/**
 * What the API answers to a calculation: a price, or a refusal. Look at `success`, then at `warnings`.
 *
 * The page of YouProxy's documentation is "Calculate an order".
 */
type CalculateResponse = CalculateSuccess | CalculateFailure;

/**
 * What the API answers to an order: it was placed, or refused.
 *
 * The page of YouProxy's documentation is "Create an order".
 */
type OrderResponse = OrderSuccess | OrderFailure;

/**
 * Whether a promo code was accepted. Any other text of the API passes through.
 */
type PromoCodeStatus = "VALID" | "NO_VALID" | (string & {});

/**
 * Why a call was rejected.
 */
type ErrorCode = "invalid_request" | "invalid_options" | "not_loaded" | "aborted" | "timeout" | "network" | "http" | "invalid_response" | "refused" | "duplicate_order" | "unresolved_order";

/** Options of every call. An unknown option is an issue, and so is `null`; `undefined` is absent. */
interface CallOptions {
    /**
     * Where the API is: an `https:` URL, or a path on the page's own origin such as `"/api"`. It may carry a path prefix; a
     * trailing slash does not matter. `http:` is accepted to loopback and the page's own origin only, unless
     * `allowInsecure` is set. Credentials, query and fragment are not accepted.
     */
    baseUrl: string;
    /**
     * The API key of the account, which becomes one segment of the path, encoded as `encodeURIComponent` does: at most 256
     * characters; not empty, `.` or `..`. Required when `baseUrl` is a URL. Nothing that this package writes or throws
     * contains it, unless it is a placeholder of less than 8 characters.
     *
     * @defaultValue when `baseUrl` is a path on the page's own origin: `"self"`, a placeholder that the backend replaces
     */
    apiKey?: string | undefined;
    /**
     * Ends the call when it is aborted: the call is rejected with `aborted`, whose `cause` is the signal's reason.
     *
     * @defaultValue none
     */
    signal?: AbortSignal | undefined;
    /**
     * Deadline of the whole call in milliseconds: loading, retries and reading the body included. Above 0, at most
     * 2 147 483 647.
     *
     * @defaultValue 30000
     */
    timeoutMs?: number | undefined;
    /**
     * How often a calculation is tried again after `network`, 408, 429 and 5xx: a whole number from 0 to 10. In `order` it
     * holds for the calculation that `maxPrice` and `requirePromoCode` make; the order itself is never sent twice.
     *
     * @defaultValue 2
     */
    maxRetries?: number | undefined;
    /**
     * Headers to send along, as in `fetch`. `content-type` and `accept` are the package's own.
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
     * What to call in place of the global `fetch`. It is given a `Request`; its answer may be any object with a whole
     * `status`, `headers.get` and `text()`.
     *
     * @defaultValue the global `fetch`, looked up at each call
     */
    fetch?: ((request: Request) => Promise<FetchedResponse>) | undefined;
    /**
     * Accepts an `http:` URL to any host. The API key then travels in the clear.
     *
     * @defaultValue false
     */
    allowInsecure?: boolean | undefined;
}
/** What a `fetch` must answer with: a `Response`, or an object that has as much of it. */
interface FetchedResponse {
    /** The HTTP status, a whole number. */
    readonly status: number;
    /** The headers of the reply. */
    readonly headers: {
        /** The value of a header, `null` without it. */
        get(name: string): string | null;
    };
    /** Reads the body to its end. */
    text(): Promise<string>;
}
/** Options of `order`. Given to `calculate`, those that `order` alone has are ignored. */
interface OrderOptions extends CallOptions {
    /**
     * The highest price to order at, in the account's currency: finite, 0 or more. The order is calculated first, and
     * `refused` when there are warnings or the price is higher. The two are no single step: the price may change between.
     * Leave it out for an order without a guard: `undefined` is an issue.
     *
     * @defaultValue none
     */
    maxPrice?: number;
    /**
     * Calculates first, and refuses when there are warnings or the promo code is not `VALID`. Leave it out for an order
     * without a guard: `undefined` is an issue.
     *
     * @defaultValue false
     */
    requirePromoCode?: boolean;
    /**
     * Lets an identical order (same URL, key and body) through while one is still pending, or in doubt, in this module
     * instance. Say so only when you have looked the order in doubt up: it may have been placed.
     *
     * @defaultValue false
     */
    allowDuplicate?: boolean | undefined;
    /**
     * Sent as the header `Idempotency-Key`, for a backend that books each key once. Printable ASCII. While an identical
     * order is in doubt, its key lets a repeat through, which learns what became of it. **The vendor's own API ignores
     * keys:** repeat only where you know that the server books each key once.
     *
     * @defaultValue on the page's own origin a new random one per call; elsewhere none
     */
    idempotencyKey?: string | undefined;
}

/** What every error of this package has. */
interface Rejection extends Error {
    /** The name of every error of this package. */
    name: "ProxyOrdersError";
    /**
     * Present when `order` was called. `"not_placed"`: no order request can have reached the API. `"unknown"`: one may
     * have, so look the matter up before ordering again or refunding.
     */
    outcome?: Outcome;
    /** The `Idempotency-Key` that was sent with the order, if one was. */
    idempotencyKey?: string;
    /** What the API quoted, if the order was calculated first. */
    quote?: CalculateResponse;
}
/** The request or the options have issues. Nothing was sent. */
interface InvalidError extends Rejection {
    /** Which of the two has issues. */
    code: "invalid_request" | "invalid_options";
    /** Every issue, at least one. */
    issues: Issue[];
}
/**
 * The WebAssembly could not be started: the engine has none, the page's Content Security Policy or the platform forbids
 * compiling, memory is short, or `init` was given the binary of another build.
 */
interface NotLoadedError extends Rejection {
    /** The WebAssembly could not be started. */
    code: "not_loaded";
    /** What kept it from starting. */
    cause?: unknown;
}
/** The caller's signal ended the call. */
interface AbortedError extends Rejection {
    /** The caller's signal ended the call. */
    code: "aborted";
    /** The signal's reason, of whatever type. */
    cause?: unknown;
}
/** The deadline passed, waiting or reading the body. */
interface TimeoutError extends Rejection {
    /** The deadline passed. */
    code: "timeout";
}
/** `fetch` failed, gave no response or refused a redirect, or reading the body failed. */
interface NetworkError extends Rejection {
    /** No reply came, or it could not be read. */
    code: "network";
    /**
     * The original error, if the API key is not found in it and cannot hide in it: it holds nothing but primitives, errors,
     * arrays and plain objects.
     */
    cause?: unknown;
}
/** The status is not 2xx, and the body is no documented reply. */
interface HttpError extends Rejection {
    /** The status is not 2xx. */
    code: "http";
    /** The HTTP status. */
    status: number;
    /** The first 2000 characters of the body. `[key]` stands where the API key was. */
    body: string;
    /** How long the server asked to wait, in milliseconds, if it did. */
    retryAfterMs?: number;
}
/** The status is 2xx, and the body is no documented reply. */
interface InvalidResponseError extends Rejection {
    /** The body is no documented reply. */
    code: "invalid_response";
    /** The HTTP status. */
    status: number;
    /** The first 2000 characters of the body. `[key]` stands where the API key was. */
    body: string;
}
/** `maxPrice` or `requirePromoCode` said no, or the API refused the calculation that they need. Nothing was ordered. */
interface RefusedError extends Rejection {
    /** A guard said no. */
    code: "refused";
    /** What the API quoted. */
    quote: CalculateResponse;
}
/** An identical order is pending. Nothing was sent. */
interface DuplicateOrderError extends Rejection {
    /** An identical order is pending. */
    code: "duplicate_order";
}
/**
 * An identical order is in doubt: it was sent, its call was rejected, and nothing has been known of it since. Nothing was
 * sent now.
 *
 * Where the server books each `Idempotency-Key` once, order again with this `idempotencyKey` to learn what happened. Else
 * look the matter up, and order with `allowDuplicate` if nothing was bought. The vendor's own API ignores keys.
 *
 * @example
 * import { isProxyOrdersError, order, type OrderRequest } from "proxy-orders";
 *
 * // A backend of one's own, which books each key once.
 * const api = { baseUrl: "/api" };
 *
 * async function buy(wanted: OrderRequest) {
 *   try {
 *     return await order(wanted, api);
 *   } catch (error) {
 *     if (!isProxyOrdersError(error) || error.code !== "unresolved_order") throw error;
 *     return order(wanted, { ...api, idempotencyKey: error.idempotencyKey });
 *   }
 * }
 */
interface UnresolvedOrderError extends Rejection {
    /** An identical order is in doubt. */
    code: "unresolved_order";
    /** Whether the customer has what was ordered is not known. */
    outcome: "unknown";
    /** The `Idempotency-Key` of the latest attempt, if one was sent. */
    idempotencyKey?: string;
}
/** What a rejected call is rejected with: an `Error` of this name, whose `code` tells the rest. */
type ProxyOrdersError = InvalidError | NotLoadedError | AbortedError | TimeoutError | NetworkError | HttpError | InvalidResponseError | RefusedError | DuplicateOrderError | UnresolvedOrderError;
/**
 * Tells whether a caught value is an error of this package. Never throws.
 *
 * @example
 * import { calculate, isProxyOrdersError } from "proxy-orders";
 *
 * try {
 *   await calculate({ proxyType: "ISP", quantity: 1, rentPeriodDays: 30, goal: "ads", country: "USA" }, { baseUrl: "/api" });
 * } catch (error) {
 *   if (isProxyOrdersError(error)) console.log(error.code, error.message);
 * }
 */
declare function isProxyOrdersError(value: unknown): value is ProxyOrdersError;

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

/** A value, or every issue that keeps it from being one. */
type ValidationResult<T> = {
    /** A fresh plain object with just the fields that would be sent. */
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
    /** What consumers of Standard Schema read. */
    readonly "~standard": {
        /** The version of the standard. */
        readonly version: 1;
        /** The name of this package. */
        readonly vendor: "proxy-orders";
        /** Validates a value: at once when the WebAssembly is loaded, else with a promise, after loading it. */
        readonly validate: (value: unknown) => ValidationResult<T> | Promise<ValidationResult<T>>;
        /** The types of what goes in and what comes out; not there at run time. */
        readonly types?: {
            /** What can be handed in. */
            readonly input: T;
            /** What the validation lets through. */
            readonly output: T;
        } | undefined;
    };
}
/**
 * The documented codes of the API's errors and warnings. Others may come.
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
    /** The proxy type is not known. */
    IncorrectProxyType: 4;
    /** The mobile operator is not known. */
    IncorrectMobileOperator: 8;
    /** The protocol is not known. */
    IncorrectProtocol: 13;
    /** The goal is not accepted. A warning of a calculation, an error of an order. */
    IncorrectGoal: 14;
    /** The balance is too low. A warning of a calculation, an error of an order. */
    InsufficientFunds: 16;
    /** The IP addresses are not accepted. */
    IncorrectIpAddresses: 24;
}>;
/**
 * Prices an order. Buys nothing.
 *
 * A refusal by the API is a value with `success: false`. So look at `success`, and then at `warnings`: with warnings, the
 * order would be refused.
 *
 * The page of YouProxy's documentation is "Calculate an order".
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
 * @param request What to price.
 * @param options Where the API is, and how to call it.
 * @returns The API's answer.
 * @throws A {@link ProxyOrdersError} when there is none.
 */
declare function calculate(request: CalculateRequest, options: CallOptions): Promise<CalculateResponse>;
/**
 * Places an order. Charges the balance of the account.
 *
 * The order is handed to `fetch` once, whatever happens. A refusal by the API is a value with `success: false`. Every
 * rejection carries `outcome`. After one with `outcome: "unknown"`, the same order is rejected with `unresolved_order`, until
 * it is repeated with the `idempotencyKey` of the error.
 *
 * The page of YouProxy's documentation is "Create an order".
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
 *   if (error.outcome === "unknown") console.log("Not known yet. Repeat it with this key:", error.idempotencyKey);
 *   else console.log("Nothing was bought.", error.message);
 * }
 *
 * @param request What to order.
 * @param options Where the API is, how to call it, and what guards the order.
 * @returns The API's answer.
 * @throws A {@link ProxyOrdersError} when there is none.
 */
declare function order(request: OrderRequest, options: OrderOptions): Promise<OrderResponse>;
/**
 * Validates what would be given to {@link calculate}. Sends nothing.
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
 * Validates what would be given to {@link order}. Sends nothing.
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

export { ApiErrorCode, calculate, calculateSchema, init as default, init, isProxyOrdersError, order, orderSchema, validateCalculate, validateOrder };
export type { AbortedError, ApiError, Auth, CalculateFailure, CalculateRequest, CalculateResponse, CalculateSuccess, CallOptions, DuplicateOrderError, ErrorCode, FetchedResponse, HttpError, InitSource, InvalidError, InvalidResponseError, IpAuth, Ipv4Request, Ipv6Order, Ipv6Request, IspRequest, Issue, IssueCode, LoginAuth, MobileRequest, NetworkError, NotLoadedError, OrderFailure, OrderOptions, OrderRequest, OrderResponse, OrderSuccess, OrderedProxy, Outcome, PromoCodeStatus, Protocol, ProxyOrdersError, ProxyType, RefusedError, StandardSchema, TimeoutError, UnresolvedOrderError, ValidationResult, Wanted };
