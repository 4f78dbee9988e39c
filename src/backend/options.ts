// The options of the backend: what they mean, and how they are validated.

import type { CalculateRequest, OrderRequest } from "proxy-orders";
import type { Bookings, Reply } from "./bookings.js";
import { isOrigin } from "./origins.js";

/** A value, or a promise of it. */
type Awaitable<T> = T | PromiseLike<T>;

/** What a user asks for, validated. */
export type Asked =
  | {
      /** What `user` gave. */
      user: string;
      /** A price. */
      endpoint: "calculate";
      /** What to price. */
      request: CalculateRequest;
    }
  | {
      /** What `user` gave. */
      user: string;
      /** An order. */
      endpoint: "order";
      /** What to order. */
      request: OrderRequest;
    };

/** A booking that stays open, as `onError` gets it. */
export interface OpenBooking {
  /** Its name, JSON of the user and the `Idempotency-Key`. */
  name: string;
  /** The API's reply, if it came and could not be stored. */
  reply?: Reply;
}

/** Options of {@link createBackend}. An unknown one is a `TypeError`, and so is a guard that is there and `undefined`. */
export interface BackendOptions {
  /** Where the API is: an `https:` URL, or `http:` to this machine. */
  baseUrl: string;
  /**
   * The API key of the account; `undefined`, as of an environment variable that is not set, is a `TypeError`. Nothing that
   * the backend answers, stores or logs contains it.
   */
  apiKey: string | undefined;
  /**
   * Says who asks, by a session's cookie or a token: text of 1 to 200 characters. `null` is answered with 401. It must not
   * read the body.
   */
  user: (request: Request) => Awaitable<string | null>;
  /**
   * The balance that replies show: the account's own, or what that user may see, a finite number in the account's
   * currency. It is asked before the API, so an order's reply shows it as it was before.
   */
  balance: "account" | ((user: string) => Awaitable<number>);
  /** The book that makes each `Idempotency-Key` buy once: {@link memoryBookings}, or a table. */
  bookings: Bookings;
  /**
   * Whether a user may have what is asked for: `true`, or the sentence that refuses it. Asked for prices and for new
   * orders, never for a repeat.
   *
   * @defaultValue everything is permitted
   */
  permit?: (asked: Asked) => Awaitable<true | string>;
  /**
   * The highest price of an order, in the account's currency: finite, 0 or more. The order is calculated first, and
   * refused when there are warnings or the price is higher.
   *
   * @defaultValue none
   */
  maxPrice?: number;
  /**
   * Further origins whose pages may call, such as `"https://shop.example"`, with cookies and without.
   *
   * @defaultValue the backend's own origin alone
   */
  origins?: readonly string[];
  /**
   * Called with every failure that is answered with a status from 500, and with the booking that stays open because
   * of it.
   *
   * @defaultValue console.error
   */
  onError?: (error: unknown, booking?: OpenBooking) => void;
}

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isFunction = (value: unknown) => typeof value === "function";

/** What each option must be. */
const RULES: { [name in keyof BackendOptions]-?: [isValid: (value: unknown) => boolean, allowed: string] } = {
  baseUrl: [(value) => isText(value) && URL.canParse(value as string), "a URL"],
  apiKey: [isText, "text that is not empty"],
  user: [isFunction, "a function"],
  balance: [(value) => value === "account" || isFunction(value), '"account" or a function'],
  bookings: [
    (value) => isFunction((value as Bookings | null)?.claim) && isFunction((value as Bookings).settle),
    "an object with the methods claim and settle",
  ],
  permit: [isFunction, "a function"],
  maxPrice: [(value) => Number.isFinite(value) && (value as number) >= 0, "a finite number, 0 or more"],
  origins: [(value) => Array.isArray(value) && value.every(isOrigin), "a list of origins such as https://shop.example"],
  onError: [isFunction, "a function"],
};
const REQUIRED = ["baseUrl", "apiKey", "user", "balance", "bookings"] as const;
/** Options that may be left out, but not be `undefined`: that is probably a mistake, and would permit everything. */
const GUARDS = ["permit", "maxPrice"] as const;

/** The options as they are used. */
export type Settings = BackendOptions & { apiKey: string };

/** Reads the options, or throws when they could not be used. */
export function checkOptions(options: BackendOptions): Settings {
  const given = new Map<string, unknown>(Object.entries(options));
  for (const name of REQUIRED) if (!given.has(name)) throw new TypeError(`${name} is required.`);
  for (const [name, value] of given) {
    if (!Object.hasOwn(RULES, name)) throw new TypeError(`There is no option ${name}.`);
    const isAbsent = value === undefined && ![...REQUIRED, ...GUARDS].some((required) => required === name);
    const [isValid, allowed] = RULES[name as keyof BackendOptions];
    if (!isAbsent && !isValid(value)) throw new TypeError(`${name} must be ${allowed}.`);
  }
  return { ...options } as Settings;
}
