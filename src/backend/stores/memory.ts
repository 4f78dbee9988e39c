// Bookings in the memory of one process.

import type { StoredResponse } from "../types.js";
import { RETENTION_DAYS, type BookingStore } from "./booking-store.js";

const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1000;

/**
 * Bookings in memory, for tests and the sandbox. After a restart, or in a second process, earlier orders are not known:
 * a repeat buys again, and a lookup says that the order did not arrive. In production, use a table.
 *
 * Settled bookings are deleted 30 days after their settlement, without a call to `deleteSettled`; open ones never are.
 */
export function memoryBookings(): BookingStore {
  const open = new Map<string, { content: string; claimedAt: number }>();
  /** In the order of their settlement, so the oldest come first. */
  const settled = new Map<string, { content: string; response: StoredResponse; settledAt: number }>();

  function deleteOld(): number {
    const before = settled.size;
    for (const [name, { settledAt }] of settled) {
      if (Date.now() - settledAt < RETENTION_MS) break;
      settled.delete(name);
    }
    return before - settled.size;
  }

  return {
    async claim(name, content) {
      deleteOld();
      const done = settled.get(name);
      if (done) return { state: "settled", content: done.content, response: { ...done.response } };
      const pending = open.get(name);
      if (pending) return { state: "open", content: pending.content, ageMs: Date.now() - pending.claimedAt };
      open.set(name, { content, claimedAt: Date.now() });
      return { state: "new" };
    },
    async settle(name, { status, body }) {
      const pending = open.get(name);
      if (!pending) return false;
      open.delete(name);
      settled.set(name, { content: pending.content, response: { status, body }, settledAt: Date.now() });
      return true;
    },
    async open() {
      return [...open].map(([name, { content, claimedAt }]) => ({ name, content, ageMs: Date.now() - claimedAt }));
    },
    async deleteSettled() {
      return deleteOld();
    },
  };
}
