// What the stores of this package have in common.

import type { Bookings } from "../types.js";

/** Bookings as every store of this package keeps them. */
export interface BookingStore extends Required<Bookings> {
  /** Stores the response of a booking, and returns whether it did: the first settlement wins. */
  settle(...settlement: Parameters<Bookings["settle"]>): Promise<boolean>;
  /**
   * Deletes the bookings that were settled 30 days ago or earlier, never open ones.
   *
   * @returns how many it deleted
   */
  deleteSettled(): Promise<number>;
}

/** How long settled bookings are kept, from their settlement. */
export const RETENTION_DAYS = 30;
