// Purchases that survive reloads, crashes and second tabs. A purchase is stored just before its order is handed to
// `fetch`, and only an answer or `dismiss` removes its record.

import type { OrderFailure, OrderRequest, OrderResponse, OrderSuccess } from "../../target/bindgen/core.js";
import { isPage } from "./base-url.js";
import { call } from "./call.js";
import { Deadline } from "./deadline.js";
import { CallError, type Details, type ProxyOrdersError } from "./error.js";
import { MAX_REPEAT_AGE_MS } from "./ledger.js";
import type { CallOptions } from "./options.js";
import { LONE_SURROGATE, readRequest, type RequestDraft } from "./wire.js";

/** Options of {@link createCheckout}: those of every call except `signal`, and these. */
export interface CheckoutOptions extends Omit<CallOptions, "signal"> {
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
export interface CheckoutStorage {
  /** Returns a stored text, or `null`. */
  getItem(name: string): string | null;
  /** Stores a text. */
  setItem(name: string, value: string): void;
  /** Removes a text. */
  removeItem(name: string): void;
}

/** Options of a purchase. */
export interface PurchaseOptions {
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
export type CheckoutState =
  | {
      /** Nothing is stored: the customer can buy. */
      status: "ready";
    }
  | {
      /** A purchase is being made, or its outcome is being looked up. */
      status: "buying" | "resolving";
      /** What is ordered. */
      request: OrderRequest;
    }
  | {
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
export type PurchaseResult =
  | {
      /** It was placed. */
      outcome: "placed";
      /** What was ordered. */
      request: OrderRequest;
      /** The receipt. */
      receipt: OrderSuccess;
    }
  | {
      /** It was not placed. */
      outcome: "not_placed";
      /** What was to be ordered. */
      request: OrderRequest;
      /** Why the server did not place it. */
      failure: OrderFailure;
    }
  | {
      /** Whether nothing was bought, or the order may have been placed. */
      outcome: "not_placed" | "unknown";
      /** What was to be ordered. */
      request: OrderRequest;
      /** What went wrong. */
      error: ProxyOrdersError;
    };

/** The purchases of one customer, one at a time. Made by {@link createCheckout}. */
export interface Checkout {
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

/** A stored purchase. Every later version of the package reads this form. */
interface PurchaseRecord {
  key: string;
  since: number;
  request: OrderRequest;
}

/** What a page is doing with a purchase. */
interface Work {
  status: "buying" | "resolving";
  request: OrderRequest;
}

/** The options that a checkout passes on to its calls. */
type Api = Omit<CheckoutOptions, "customer" | "storage">;

/** How long to wait before each lookup that follows an unknown outcome. */
const LOOKUP_PAUSES_MS = [1_000, 3_000];

/** The longest delay of a timer. */
const MAX_DELAY_MS = 2_147_483_647;

const MAX_CUSTOMER = 200;

/** The checkouts of this module instance, by the names of their records. */
let sharedCheckouts: Map<string, SharedCheckout> | undefined;

/** From this number on, idle ones are dropped: a server makes one for each customer whose page it renders. */
const MAX_IDLE = 100;

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
export function createCheckout(options: CheckoutOptions): Checkout {
  const { customer, storage, ...api } = options;
  if (!isCustomer(customer)) throw new TypeError("customer must be well-formed text of 1 to 200 characters.");
  if (!isStorage(storage)) throw new TypeError("storage must have the methods getItem, setItem and removeItem.");
  const name = nameOf(api.baseUrl, customer);
  // Looked up at each use, because it may have been dropped while it was idle.
  const shared = () => sharedCheckout(name, customer, storage);
  if (storage) shared().storage = storage;
  return {
    get state() {
      return shared().state;
    },
    subscribe: (listener) => shared().subscribe(listener),
    buy: (request, options) => shared().buy(api, request, options),
    resolve: (options) => shared().resolve(api, options),
    dismiss: () => shared().dismiss(),
  };
}

/** The name of a record. A `baseUrl` that is not text becomes an issue of each purchase. */
function nameOf(baseUrl: unknown, customer: string): string {
  let server = typeof baseUrl === "string" ? baseUrl : "";
  while (server.endsWith("/")) server = server.slice(0, -1);
  return `proxy-orders ${JSON.stringify([server, customer])}`;
}

function sharedCheckout(name: string, customer: string, storage: CheckoutStorage | undefined): SharedCheckout {
  sharedCheckouts ??= new Map();
  const shared = sharedCheckouts.get(name) ?? new SharedCheckout(name, customer, storage);
  sharedCheckouts.delete(name);
  for (const [other, { isIdle }] of sharedCheckouts) {
    if (sharedCheckouts.size < MAX_IDLE) break;
    if (isIdle) sharedCheckouts.delete(other);
  }
  sharedCheckouts.set(name, shared);
  return shared;
}

function isCustomer(customer: unknown): boolean {
  return (
    typeof customer === "string" &&
    customer.length >= 1 &&
    customer.length <= MAX_CUSTOMER &&
    !LONE_SURROGATE.test(customer)
  );
}

function isStorage(storage: unknown): boolean {
  if (storage === undefined) return true;
  try {
    const { getItem, setItem, removeItem } = storage as CheckoutStorage;
    return [getItem, setItem, removeItem].every((method) => typeof method === "function");
  } catch {
    return false;
  }
}

/** What all checkouts of one name share in this page: the record, the purchase being worked on, and the listeners. */
class SharedCheckout {
  /** A record that the storage has not accepted. */
  #memory: string | null = null;
  #work: Work | undefined;
  #listeners = new Set<{ listener: () => void }>();
  #snapshot: { key: unknown[]; state: CheckoutState } | undefined;

  constructor(
    readonly name: string,
    readonly customer: string,
    public storage: CheckoutStorage | undefined,
  ) {}

  /** Whether nothing is lost if it is dropped, and a new one takes its place. */
  get isIdle(): boolean {
    return !this.#work && this.#memory === null && this.#listeners.size === 0;
  }

  get state(): CheckoutState {
    const work = this.#work;
    const text = work ? null : this.#read();
    const record = parseRecord(text);
    const key = [work?.status, work?.request, record && text];
    const { key: last, state } = this.#snapshot ?? {};
    if (state && last?.every((part, index) => part === key[index])) return state;
    this.#snapshot = { key, state: work ? { ...work } : describe(record) };
    return this.#snapshot.state;
  }

  subscribe(listener: () => void): () => void {
    const entry = { listener };
    if (this.#listeners.size === 0) this.#listen("addEventListener");
    this.#listeners.add(entry);
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#listen("removeEventListener");
    };
  }

  /** Starts or stops listening to other tabs, and for the return from the back/forward cache. */
  #listen(method: "addEventListener" | "removeEventListener"): void {
    for (const type of ["storage", "pageshow"]) globalThis[method]?.(type, this.#notify);
  }

  #notify = (): void => {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        globalThis.reportError?.(error);
      }
    }
  };

  async buy(api: Api, request: OrderRequest, options: PurchaseOptions): Promise<PurchaseResult> {
    // Read now, because they may change while this waits for the lock.
    const given = readOptions(options);
    const draft = readRequest(request);
    const record = this.#record();
    if (record) return notPlaced(request, unresolved(record));
    if (this.#work) return notPlaced(request, busy());
    return this.#working({ status: "buying", request }, async (work, isAlone) => {
      const record = this.#record();
      if (record) return notPlaced(request, unresolved(record));
      if (!isAlone) return notPlaced(request, busy());
      return this.#order(api, work, draft, given);
    });
  }

  /** Sends the order, once. */
  async #order(
    api: Api,
    work: Work,
    draft: RequestDraft | undefined,
    given: Partial<PurchaseOptions>,
  ): Promise<PurchaseResult> {
    let record: PurchaseRecord | undefined;
    const store = (body: string, key: string) => (record = this.#storePurchase(work, body, key));
    const { maxPrice, idempotencyKey, signal } = given;
    const options = { ...api, ...given, baseUrl: api.baseUrl, maxPrice, idempotencyKey, signal };
    const purchase = { customer: this.customer, draft, store };
    const result = await end(call("order", work.request, options, purchase), work);
    if (!record) return result;
    if (result.outcome === "unknown") return this.#lookUpLater(api, work, record, result, signal);
    this.#remove(record.key);
    return result;
  }

  /** Stores a purchase, unless another tab has stored one: without Web Locks, both may come this far. */
  #storePurchase(work: Work, body: string, key: string): PurchaseRecord {
    const other = this.#record();
    if (other) throw new CallError(unresolved(other));
    const record = { key, since: Date.now(), request: JSON.parse(body) as OrderRequest };
    this.#write(JSON.stringify(record satisfies PurchaseRecord));
    work.request = record.request;
    this.#notify();
    return record;
  }

  /** Looks up a purchase whose outcome is unknown, at most twice, each time after a pause. */
  async #lookUpLater(
    api: object,
    work: Work,
    record: PurchaseRecord,
    unknown: PurchaseResult,
    signal: AbortSignal | undefined,
  ): Promise<PurchaseResult> {
    let deadline: Deadline | undefined;
    try {
      deadline = new Deadline(signal, MAX_DELAY_MS);
      deadline.check();
      work.status = "resolving";
      this.#notify();
      for (const ms of LOOKUP_PAUSES_MS) {
        await deadline.pause(ms);
        deadline.check();
        const result = await this.#lookUp(api, record, signal);
        if (result.outcome !== "unknown") return result;
      }
    } catch {
      // An abort ends the lookups. And if a clock throws, the caller still gets the result.
    } finally {
      deadline?.clear();
    }
    return unknown;
  }

  async resolve(api: object, options: unknown): Promise<PurchaseResult | undefined> {
    const { signal } = readOptions(options);
    const record = this.#record();
    if (!record) return undefined;
    if (this.#work) return unknown(record, busy());
    const { request } = record;
    return this.#working({ status: "resolving", request }, async (work, isAlone) => {
      if (!isAlone) return unknown(record, busy());
      const current = this.#record();
      if (!current) return undefined;
      work.request = current.request;
      return isFresh(current) ? this.#lookUp(api, current, signal) : unknown(current, unresolved(current));
    });
  }

  /** Asks the server what happened to a purchase. */
  async #lookUp(api: object, record: PurchaseRecord, signal: AbortSignal | undefined): Promise<PurchaseResult> {
    const { key, request } = record;
    const options = { ...api, idempotencyKey: key, signal };
    const result = await end(call("order", request, options, { customer: this.customer, isLookup: true }), { request });
    if (result.outcome !== "unknown") this.#remove(key);
    return result;
  }

  dismiss(): void {
    const record = this.#record();
    if (record && !this.#work) {
      this.#remove(record.key);
      this.#notify();
    }
  }

  /** Works on a purchase, alone in this page. With Web Locks, `run` learns whether it is alone in the browser. */
  async #working<T>(work: Work, run: (work: Work, isAlone: boolean) => Promise<T>): Promise<T> {
    this.#work = work;
    this.#notify();
    try {
      return await withLock(this.name, (isAlone) => run(work, isAlone));
    } finally {
      this.#work = undefined;
      this.#notify();
    }
  }

  #record(): PurchaseRecord | undefined {
    return parseRecord(this.#read());
  }

  #read(): string | null {
    if (this.#memory !== null) return this.#memory;
    try {
      const text: unknown = this.#store()?.getItem(this.name);
      return typeof text === "string" ? text : null;
    } catch {
      return null;
    }
  }

  #write(text: string): void {
    try {
      const storage = this.#store();
      storage?.setItem(this.name, text);
      if (storage?.getItem(this.name) === text) return;
    } catch {
      // It is full, or forbidden.
    }
    this.#memory = text;
  }

  /** Removes the record of a purchase, unless another purchase has taken its place. */
  #remove(key: string): void {
    if (parseRecord(this.#memory)?.key === key) this.#memory = null;
    try {
      if (this.#record()?.key === key) this.#store()?.removeItem(this.name);
    } catch {
      // The record stays, and the next lookup gets the same answer.
    }
  }

  #store(): CheckoutStorage | undefined {
    // A server renders for many customers, so it has no storage of its own.
    return this.storage ?? (isPage() ? globalThis.localStorage : undefined);
  }
}

/** Whether a purchase is so recent that the server still has its idempotency key. */
function isFresh({ since }: PurchaseRecord): boolean {
  try {
    return Math.abs(Date.now() - since) <= MAX_REPEAT_AGE_MS;
  } catch {
    return false;
  }
}

/** Reads options once. If one cannot be read, all are dropped, and a purchase ends with an issue about `maxPrice`. */
function readOptions(options: unknown): Partial<PurchaseOptions> {
  try {
    const { ...given } = options as PurchaseOptions;
    return given;
  } catch {
    return {};
  }
}

function describe(record: PurchaseRecord | undefined): CheckoutState {
  if (!record) return { status: "ready" };
  const { request, since, key } = record;
  return { status: "unresolved", request, since, idempotencyKey: key };
}

/** Reads a record. One that cannot be read counts as absent. */
function parseRecord(text: unknown): PurchaseRecord | undefined {
  try {
    const { key, since, request } = JSON.parse(text as string) as PurchaseRecord;
    const isRecord =
      typeof key === "string" && Number.isFinite(since) && typeof request === "object" && request !== null;
    return isRecord ? { key, since, request } : undefined;
  } catch {
    return undefined;
  }
}

/** Runs `work` once: with the lock, or with `isAlone` false if another tab holds the lock. */
async function withLock<T>(name: string, work: (isAlone: boolean) => Promise<T>): Promise<T> {
  let working: Promise<T> | undefined;
  try {
    const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager };
    await locks?.request(name, { ifAvailable: true }, (lock) => (working ??= work(lock !== null)));
  } catch {
    // A page may not be allowed to use locks.
  }
  // Whatever the engine does, the work begins once: it may buy.
  return (working ??= work(true));
}

/** The result of a call. */
async function end(call: Promise<object>, work: { request: OrderRequest }): Promise<PurchaseResult> {
  try {
    const response = (await call) as OrderResponse;
    const { request } = work;
    return response.success
      ? { outcome: "placed", request, receipt: response }
      : { outcome: "not_placed", request, failure: response };
  } catch (reason) {
    const error = reason as ProxyOrdersError;
    // An error of the engine itself, such as a stack overflow, has no outcome.
    return { outcome: error.outcome === "not_placed" ? "not_placed" : "unknown", request: work.request, error };
  }
}

const busy = (): Details => ({
  code: "duplicate_order",
  reason: "This page or another tab is working on a purchase of this customer.",
});

const unresolved = ({ key }: PurchaseRecord): Details => ({
  code: "unresolved_order",
  outcome: "unknown",
  idempotencyKey: key,
  reason: "A purchase of this customer is unresolved.",
});

function notPlaced(request: OrderRequest, details: Details): PurchaseResult {
  return { outcome: "not_placed", request, error: errorOf(details, "not_placed") };
}

function unknown({ request, key }: PurchaseRecord, details: Details): PurchaseResult {
  return { outcome: "unknown", request, error: errorOf({ ...details, idempotencyKey: key }, "unknown") };
}

function errorOf(details: Details, outcome: "not_placed" | "unknown"): ProxyOrdersError {
  const error = new CallError(details);
  error.add({ outcome });
  return error as unknown as ProxyOrdersError;
}
