// The orders of this module instance: those that are pending, and those in doubt. Each is known by its digest.

import type { Exchange } from "../../target/bindgen/core.js";
import { CallError, type Details, type Known } from "./error.js";

const MAX_DOUBTS = 100;

/** The orders that are pending, each with how often: `allowDuplicate` lets several through. */
const pending = new Map<bigint, number>();

/** An order that was handed to `fetch` and then rejected. */
interface Doubt {
  digest: bigint;
  /** The `Idempotency-Key` that was sent, if one was. */
  idempotencyKey: string | undefined;
}

/** The orders in doubt, the oldest first. Identical ones that were sent at the same time each leave a doubt. */
let doubts: Doubt[] = [];

/** Whether an order with this key is in doubt. */
export function isKeyInDoubt(idempotencyKey: string | undefined): boolean {
  return idempotencyKey !== undefined && doubts.some((doubt) => doubt.idempotencyKey === idempotencyKey);
}

/** An order whose call has not ended. */
export class Order {
  #isPending = false;
  #isRepeat = false;
  #wasSent = false;

  constructor(
    readonly digest: bigint,
    readonly idempotencyKey: string | undefined,
    readonly allowDuplicate: boolean,
  ) {}

  /**
   * Begins the order, unless an identical one is pending or in doubt.
   *
   * @throws A {@link CallError} with code `duplicate_order` or `unresolved_order`.
   */
  begin(exchange: Exchange, known: Known): void {
    const identical = doubts.filter(({ digest }) => digest === this.digest);
    const repeated = identical.find(({ idempotencyKey }) => idempotencyKey && idempotencyKey === this.idempotencyKey);
    this.#isRepeat = repeated !== undefined;
    const doubt = repeated ?? identical.at(-1);
    // Said before the core is asked, which may fail. Until now only a key was known, perhaps that of another order.
    known.outcome = doubt && (this.#isRepeat || !this.allowDuplicate) ? "unknown" : "not_placed";
    if (!this.allowDuplicate) known.idempotencyKey = doubt?.idempotencyKey;
    const isPending = pending.has(this.digest);
    const code = (isPending || doubt) && exchange.compare(isPending, doubt !== undefined, this.#isRepeat);
    if (code) throw new CallError({ code } as Details);
    pending.set(this.digest, (pending.get(this.digest) ?? 0) + 1);
    this.#isPending = true;
  }

  /** Notes that it is about to be handed to `fetch`, which happens once. */
  send(): void {
    if (this.#wasSent) throw new Error("The WebAssembly made an order twice.");
    if (this.allowDuplicate) doubts = doubts.filter(({ digest }) => digest !== this.digest);
    this.#wasSent = true;
  }

  /** Ends it with the API's answer. */
  answer(): void {
    if (this.#isRepeat) this.#endDoubt();
    this.#wasSent = false;
  }

  /** Ends it, with an answer or without. */
  end(): void {
    if (this.#isPending) {
      const others = (pending.get(this.digest) ?? 1) - 1;
      if (others > 0) pending.set(this.digest, others);
      else pending.delete(this.digest);
    }
    if (!this.#wasSent) return;
    this.#endDoubt();
    doubts.push({ digest: this.digest, idempotencyKey: this.idempotencyKey });
    doubts = doubts.slice(-MAX_DOUBTS);
  }

  #endDoubt(): void {
    doubts = doubts.filter((doubt) => doubt.digest !== this.digest || doubt.idempotencyKey !== this.idempotencyKey);
  }
}
