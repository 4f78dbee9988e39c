// The pending and unresolved orders of this module instance. The one owner of duplicates, unresolved orders and outcome: it
// outlives the WebAssembly, which is replaced after a trap.

import { CallError, type Details } from "./error.js";
import type { Outcome } from "../../target/bindgen/core.js";

const MAX_UNRESOLVED = 100;

/** After this long, a server may have deleted the idempotency key, and a repeat would buy again. */
export const MAX_REPEAT_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** An order that was handed to `fetch`, and whose call then rejected. */
interface UnresolvedOrder {
  digest: bigint;
  /** The `Idempotency-Key` of the latest attempt, if one was sent. */
  idempotencyKey: string | undefined;
  /** When it was first sent, in milliseconds since 1970. */
  since: number;
}

interface Ledger {
  /** How many calls are pending for each order: `allowDuplicate` lets several through. */
  pending: Map<bigint, number>;
  /** In the order in which their latest attempts ended. */
  unresolved: UnresolvedOrder[];
}

const emptyLedger = (): Ledger => ({ pending: new Map(), unresolved: [] });

let shared: Ledger | undefined;

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
export function forgetOrders(): void {
  shared = undefined;
}

/** What the caller says about an order. */
export interface OrderTerms {
  /** What identical orders have in common. */
  digest: bigint;
  idempotencyKey: string | undefined;
  allowDuplicate: boolean;
}

/** The order of one call. */
export class LedgerOrder {
  /** What is known about the order if the call rejects now. */
  outcome: Outcome;
  /** The `Idempotency-Key` that the error carries. */
  idempotencyKey: string | undefined;
  #ledger: Ledger;
  #terms: OrderTerms | undefined;
  /** The identical orders that were unresolved when the call began. */
  #identical: UnresolvedOrder[] = [];
  #isPending = false;
  #sentAt: number | undefined;

  /** @param isPrivate whether this order and all others ignore each other */
  constructor(
    readonly isRepeat: boolean,
    isPrivate: boolean,
  ) {
    this.outcome = isRepeat ? "unknown" : "not_placed";
    this.#ledger = isPrivate ? emptyLedger() : (shared ??= emptyLedger());
  }

  /**
   * Makes the order pending.
   *
   * @throws A {@link CallError} with code `duplicate_order` or `unresolved_order`.
   */
  begin(terms: OrderTerms, now: number): void {
    const { digest, idempotencyKey, allowDuplicate } = terms;
    const { pending, unresolved } = this.#ledger;
    this.#terms = terms;
    this.#identical = unresolved.filter((order) => order.digest === digest);
    const repeated = this.isRepeat ? this.#identical.filter((order) => order.idempotencyKey === idempotencyKey) : [];
    if (this.isRepeat) this.idempotencyKey = idempotencyKey;
    if (!allowDuplicate && pending.has(digest)) throw new CallError({ code: "duplicate_order" });
    const isTooOld = repeated.some(({ since }) => !(Math.abs(now - since) <= MAX_REPEAT_AGE_MS));
    const isBlocked = !allowDuplicate && this.#identical.length > 0 && repeated.length === 0;
    if (isTooOld || isBlocked) {
      this.outcome = "unknown";
      this.idempotencyKey = this.#identical.at(-1)?.idempotencyKey;
      throw new CallError({ code: "unresolved_order" } as Details);
    }
    pending.set(digest, (pending.get(digest) ?? 0) + 1);
    this.#isPending = true;
  }

  /** The `Idempotency-Key` to send. */
  get keyToSend(): string | undefined {
    return this.#terms?.idempotencyKey;
  }

  /** Notes that the order is handed to `fetch`, which happens once. */
  handOver(now: number): void {
    if (!this.#isPending || this.#sentAt !== undefined)
      throw new Error("The WebAssembly made an order that is not due.");
    if (this.#terms?.allowDuplicate && !this.isRepeat) this.#resolve((order) => this.#identical.includes(order));
    this.#sentAt = now;
    this.outcome = "unknown";
    this.idempotencyKey = this.#terms?.idempotencyKey;
  }

  /** Notes that the API has answered. */
  answer(): void {
    if (this.isRepeat) this.#resolve((order) => this.#isSame(order));
    this.#sentAt = undefined;
  }

  /** Ends the order. Without an answer, an order that was handed to `fetch` is unresolved. */
  end(): void {
    if (!this.#isPending || !this.#terms) return;
    const { digest, idempotencyKey } = this.#terms;
    const { pending, unresolved } = this.#ledger;
    const others = (pending.get(digest) ?? 1) - 1;
    if (others > 0) pending.set(digest, others);
    else pending.delete(digest);
    if (this.#sentAt === undefined) return;
    const earlier = this.isRepeat ? unresolved.filter((order) => this.#isSame(order)) : [];
    const since = Math.min(this.#sentAt, ...earlier.map((order) => order.since));
    this.#resolve((order) => earlier.includes(order));
    this.#ledger.unresolved = [...this.#ledger.unresolved, { digest, idempotencyKey, since }].slice(-MAX_UNRESOLVED);
  }

  /** Whether an unresolved order is this one, sent earlier. */
  #isSame({ digest, idempotencyKey }: UnresolvedOrder): boolean {
    return digest === this.#terms?.digest && idempotencyKey === this.#terms.idempotencyKey;
  }

  #resolve(isResolved: (order: UnresolvedOrder) => boolean): void {
    this.#ledger.unresolved = this.#ledger.unresolved.filter((order) => !isResolved(order));
  }
}
