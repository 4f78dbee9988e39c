// The orders of this module instance: those that are pending, and those in doubt. Each is known by its digest.

import type { Exchange } from "../../target/bindgen/core.js";
import { CallError, type Details, type Known } from "./error.js";

const MAX_DOUBTS = 100;

const pending: bigint[] = [];

/** An order that was handed to `fetch` and then rejected. */
interface Doubt {
  /** The `Idempotency-Key` of the latest attempt, if one was sent. */
  idempotencyKey: string | undefined;
}

/** The orders in doubt, the oldest first. */
const doubts = new Map<bigint, Doubt>();

/** Whether an order with this key is in doubt. */
export function isKeyInDoubt(idempotencyKey: string | undefined): boolean {
  if (idempotencyKey !== undefined) {
    for (const doubt of doubts.values()) if (doubt.idempotencyKey === idempotencyKey) return true;
  }
  return false;
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
    const doubt = doubts.get(this.digest);
    this.#isRepeat = doubt?.idempotencyKey !== undefined && doubt.idempotencyKey === this.idempotencyKey;
    const code = exchange.compare(pending.includes(this.digest), doubt !== undefined, this.#isRepeat);
    if (doubt && !this.allowDuplicate) {
      if (exchange.outcome !== "not_placed") known.outcome = "unknown";
      known.idempotencyKey = doubt.idempotencyKey;
    }
    if (code) throw new CallError({ code } as Details);
    pending.push(this.digest);
    this.#isPending = true;
  }

  /** Notes that it is about to be handed to `fetch`, which happens once. */
  send(): void {
    if (this.#wasSent) throw new Error("The WebAssembly made an order twice.");
    if (this.allowDuplicate) doubts.delete(this.digest);
    this.#wasSent = true;
  }

  /** Ends it with the API's answer. */
  answer(): void {
    if (this.#isRepeat) doubts.delete(this.digest);
    this.#wasSent = false;
  }

  /** Ends it, with an answer or without. */
  end(): void {
    if (this.#isPending) pending.splice(pending.indexOf(this.digest), 1);
    if (!this.#wasSent) return;
    doubts.delete(this.digest);
    doubts.set(this.digest, { idempotencyKey: this.idempotencyKey });
    for (const oldest of doubts.keys()) {
      if (doubts.size > MAX_DOUBTS) doubts.delete(oldest);
    }
  }
}
