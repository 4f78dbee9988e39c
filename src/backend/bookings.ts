// The book of orders that makes each Idempotency-Key buy once.

import { Refusal } from "./reply.js";
import { withTimeout } from "./time.js";

/** What a page is sent. */
export interface Reply {
  /** The HTTP status. */
  status: number;
  /** The body, JSON text. */
  body: string;
}

/** What {@link Bookings.claim} found. */
export type Claim =
  | {
      /** The name was not known. It is booked now, for the request that made this claim. */
      state: "new";
    }
  | {
      /** The order has its reply. */
      state: "settled";
      /** What was claimed under this name. */
      content: string;
      /** The first reply that was settled. */
      reply: Reply;
    }
  | {
      /** The order has no reply yet. */
      state: "open";
      /** What was claimed under this name. */
      content: string;
      /** The age of the booking in milliseconds, by the clock of the store: that of a server may be wrong. */
      ageMs: number;
    };

/**
 * A table with one row for each order: `name` (unique), `content`, the time of the claim, and the reply, empty at first.
 *
 * - **Atomic**: of any number of claims of one name, whichever processes make them, exactly one is `"new"`. An insert that
 *   a unique index guards is enough.
 * - **Durable**: when `claim` answers `"new"`, the row is stored and survives a crash of the store. An order that was
 *   forwarded and forgotten would be bought again.
 * - **Never freed**: a row stays when its order was refused, too. Settled rows may be deleted 24 hours after their claim;
 *   open ones never.
 * - **In doubt**: an open row older than 25 seconds was left by a crash, or by an API that gave no answer: the order may
 *   have been placed. A person lists such rows (those without a reply), looks each order up in the account at the seller,
 *   and calls `settle` with what became of it. Until then the page is answered with 502.
 *
 * A method that throws or hangs is taken for a failure of the store.
 */
export interface Bookings {
  /**
   * Books a name, or reads the booking that has it. Only the first claim of a name writes.
   * @param name Says whose order it is: JSON of the user and the `Idempotency-Key`, at most 1 800 bytes of UTF-8.
   * @param content The order: JSON, at most 10 000 bytes of UTF-8.
   */
  claim(name: string, content: string): Promise<Claim>;
  /**
   * Stores the reply of a booking. The first settlement wins; a later one changes nothing and does not throw.
   * @param name As it was claimed.
   * @param reply What every repeat is answered with.
   */
  settle(name: string, reply: Reply): Promise<void>;
}

/** How long the bookings may take to answer. */
const TIMEOUT_MS = 5_000;

/** The same bookings, whose methods fail with status 504 when they hang. */
export function withTimeouts(bookings: Bookings): Bookings {
  const timeout = () => new Refusal(504, "The order could not be booked. Please try again later.");
  return {
    claim: (name, content) => withTimeout(TIMEOUT_MS, bookings.claim(name, content), timeout),
    settle: (name, reply) => withTimeout(TIMEOUT_MS, bookings.settle(name, reply), timeout),
  };
}

const MAX_SETTLED = 10_000;
const MAX_OPEN = 10_000;

/**
 * Bookings in the memory of one process, for development and for servers that may forget them at a restart. A forgotten
 * order can be bought a second time by a repeat, so in production use a table.
 *
 * It stores the latest 10 000 settled bookings and every open one. With 10 000 open ones, new orders are refused with
 * status 503.
 */
export function memoryBookings(): Bookings {
  const open = new Map<string, { content: string; claimedAt: number }>();
  const settled = new Map<string, { content: string; reply: Reply }>();
  return {
    async claim(name, content) {
      const done = settled.get(name);
      if (done) return { state: "settled", ...done };
      const pending = open.get(name);
      if (pending) return { state: "open", content: pending.content, ageMs: Date.now() - pending.claimedAt };
      if (open.size >= MAX_OPEN) throw new Refusal(503, "Too many orders are open. Please try again later.");
      open.set(name, { content, claimedAt: Date.now() });
      return { state: "new" };
    },
    async settle(name, { status, body }) {
      const pending = open.get(name);
      if (!pending) return;
      open.delete(name);
      settled.set(name, { content: pending.content, reply: { status, body } });
      for (const oldest of settled.keys()) {
        if (settled.size <= MAX_SETTLED) break;
        settled.delete(oldest);
      }
    },
  };
}
