// The types that users import.

import type { CalculateRequest, CalculateSuccess, OrderRequest } from "proxy-orders";

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** A response as it is stored and sent to pages. */
export interface StoredResponse {
  /** The HTTP status. */
  status: number;
  /** The body, JSON text. */
  body: string;
}

/** What {@link Bookings.claim} found. */
export type Claim =
  | {
      /** The name was unknown. It is booked now, for the request that made this claim. */
      state: "new";
    }
  | {
      /** The order has its response. */
      state: "settled";
      /** The content of the first claim. */
      content: string;
      /** The first response that was settled. */
      response: StoredResponse;
    }
  | {
      /** The order has no response yet. */
      state: "open";
      /** The content of the first claim. */
      content: string;
      /** The age of the booking in milliseconds, by the store's clock: a server's clock may be wrong. */
      ageMs: number;
    };

/**
 * A table with one row for each order: `name` (unique), `content`, the time of the claim, and the response, empty at first.
 *
 * - **Atomic**: of any number of claims of one name, in any number of processes, exactly one is `"new"`. An insert with a
 *   unique index is enough.
 * - **Durable**: once `claim` returns `"new"`, the row survives a crash of the store. An order that was sent and then
 *   forgotten would be bought again.
 * - **Never freed**: a row stays, even if its order failed. Settled rows may be deleted 30 days after their settlement,
 *   open ones never.
 *
 * A method that throws or takes more than 5 seconds counts as a failure of the store.
 */
export interface Bookings {
  /**
   * Books a name, or reads the booking that has it. Only the first claim of a name writes.
   *
   * @param name Whose order it is: JSON of the user and the idempotency key, at most 1 800 bytes of UTF-8.
   * @param content The order: JSON, at most 10 000 bytes of UTF-8.
   */
  claim(name: string, content: string): Promise<Claim>;
  /**
   * Stores the response of a booking. The first settlement wins; a later one changes nothing and does not throw.
   *
   * @param name As it was claimed.
   * @param response What repeats and lookups get.
   * @returns `true` if it stored this response, `false` if it stored nothing. Nothing at all, if the store cannot tell.
   */
  settle(name: string, response: StoredResponse): Promise<void | boolean>;
  /** Lists the bookings that are claimed and not settled. Required for `openOrders` and `resolve`. */
  open?(): Promise<OpenBooking[]>;
}

/** A booking that is claimed and not settled. */
export interface OpenBooking {
  /** The name of the booking. */
  name: string;
  /** The content of its first claim. */
  content: string;
  /** Its age in milliseconds, by the store's clock. */
  ageMs: number;
}

/** A validated request of a customer. */
export type CustomerRequest =
  | {
      /** The user's id, from the option `user`. */
      user: string;
      /** A calculation. */
      endpoint: "calculate";
      /** What to price. */
      request: CalculateRequest;
    }
  | {
      /** The user's id, from the option `user`. */
      user: string;
      /** An order. */
      endpoint: "order";
      /** What to order. */
      request: OrderRequest;
    };

/** An order that a customer pays for. */
export interface Sale {
  /** The name of its booking, different for each order. */
  name: string;
  /** The user's id. */
  user: string;
  /** What is ordered. */
  request: OrderRequest;
  /** What the customer pays, in the account's currency. */
  price: number;
}

/**
 * A shop's own prices, paid from its customers' credit. A hook that throws, or takes more than 5 seconds, has failed.
 * Nothing is ordered then.
 */
export interface Sales {
  /**
   * Returns what the customer pays for a quote, in the account's currency: a finite number above 0, which the shop rounds.
   */
  price(quote: CalculateSuccess, customerRequest: CustomerRequest): Awaitable<number>;
  /**
   * Takes `sale.price` from the user's credit and returns `true`, or returns a sentence that tells the customer why not.
   * Called once for a name.
   */
  charge(sale: Sale): Awaitable<true | string>;
  /**
   * Gives back what was taken for a name, for good: a later charge of that name takes nothing and returns a sentence. It
   * may be called several times, without a charge, or while the charge or an earlier refund is still running.
   */
  refund(sale: Omit<Sale, "price">): Awaitable<void>;
}

/** The booking that an error belongs to, as `onError` receives it. */
export interface BookingDetails {
  /** Its name: JSON of the user and the idempotency key. */
  name: string;
  /** The response that could not be stored, if there was one. */
  response?: StoredResponse;
  /** The response that the booking holds instead, if there is one. */
  stored?: StoredResponse;
}

/**
 * Options of {@link createBackend}. An unknown one is a `TypeError`; so is `permit`, `maxPrice` or `sales` when it is
 * present and `undefined`.
 */
export interface BackendOptions {
  /** Where the API is: an `https:` URL, or `http:` to this machine, without credentials, query or fragment. */
  baseUrl: string;
  /**
   * The account's API key: 1 to 256 characters, not `.` or `..`. With `undefined`, as from an environment variable that
   * is not set while an image is built, every request gets a 500. Nothing that the backend returns, stores or logs
   * contains it.
   */
  apiKey: string | undefined;
  /**
   * Identifies the user who sends a request, by a session's cookie or a token: a string of 1 to 200 characters. With
   * `null`, the response is a 401. It must not read the body.
   */
  user: (request: Request) => Awaitable<string | null>;
  /**
   * The balance that responses show: the account's own, or what that user may see, a finite number in the account's
   * currency. With `sales`, it must be a function.
   */
  balance: "account" | ((user: string) => Awaitable<number>);
  /** The table that makes each `Idempotency-Key` buy once. */
  bookings: Bookings;
  /**
   * Decides whether a user may have what a request asks for: `true`, or a sentence that says why not. Called for
   * calculations and new orders, never for a repeat or a lookup.
   *
   * @defaultValue everything is permitted
   */
  permit?: (customerRequest: CustomerRequest) => Awaitable<true | string>;
  /**
   * The most that an order may cost at the API, in the account's currency: finite, 0 or more. The order is calculated
   * first, and fails on warnings or a higher price.
   *
   * @defaultValue none
   */
  maxPrice?: number;
  /**
   * The shop's own prices. Show them together with `createCheckout`.
   *
   * @defaultValue customers see the API's price, and are not charged
   */
  sales?: Sales;
  /**
   * Further origins whose pages may call, as browsers send them, such as `"https://shop.example"` or
   * `"capacitor://localhost"`.
   *
   * @defaultValue the backend's own origin alone
   */
  origins?: readonly string[];
  /**
   * Called with every error that leads to a status of 500 or more, or that a person has to know about, and with the
   * booking that it belongs to. The API key is redacted.
   *
   * @defaultValue console.error
   */
  onError?: (error: unknown, booking?: BookingDetails) => void;
}

/** What a server can do for a handler. */
export interface BackendContext {
  /** Keeps the server running until a promise is settled: an order is finished even if its page is gone. */
  waitUntil?(promise: Promise<unknown>): void;
}

/** An order that a person has to decide. */
export interface OpenOrder {
  /** The name of its booking, for {@link Backend.resolve}. */
  name: string;
  /** The user who ordered. */
  user: string;
  /** The idempotency key, which the customer sees as a reference. */
  idempotencyKey: string;
  /** What was ordered. */
  request: OrderRequest;
  /** The age of the booking in milliseconds. */
  ageMs: number;
}

/** What a person decides about an order. */
export type Decision =
  | {
      /** The order is in the account. */
      placed: true;
      /** Its number there. */
      orderNumber: string;
      /**
       * The balance that its receipt shows.
       *
       * @defaultValue that of the option `balance`
       */
      balance?: number | undefined;
      /**
       * The currency of the balance.
       *
       * @defaultValue the account's
       */
      currency?: string | undefined;
    }
  | {
      /** The order is not in the account. */
      placed: false;
      /**
       * A sentence for the customer.
       *
       * @defaultValue "This was not ordered."
       */
      message?: string | undefined;
    };

/** Serves the requests of pages, and the operator of the shop. */
export interface Backend {
  /**
   * Serves a request.
   *
   * @returns The response; it never rejects.
   */
  (request: Request, context?: BackendContext): Promise<Response>;
  /**
   * Lists the orders that a person has to decide, oldest first: those older than 25 seconds without an answer.
   *
   * @throws When the bookings cannot list them.
   */
  openOrders(): Promise<OpenOrder[]>;
  /**
   * Settles an open order after a person has looked it up in the account: with a receipt, or with a refund and a failure.
   *
   * @returns `true` if this decision settled it, or the same one made at the same moment. `false` if the order is not
   * open, or if something else settled it first.
   * @throws When the decision is not valid, when it is too early to decide that nothing was ordered (10 minutes after the
   * order), or when the refund or the settlement fails.
   */
  resolve(name: string, decision: Decision): Promise<boolean>;
}
