// Bookings in Cloudflare D1.

import type { BookingStore } from "./booking-store.js";
import { CREATE_SQLITE_TABLE, SQLITE } from "./sqlite.js";
import { tableBookings } from "./table.js";

/** What {@link d1Bookings} uses of the binding of a D1 database. */
export interface D1Binding {
  /** Compiles a statement. */
  prepare(sql: string): D1Statement;
}

/** A compiled statement of a D1 database. */
export interface D1Statement {
  /** Sets the parameters. */
  bind(...values: unknown[]): {
    /** Runs the statement. */
    all(): Promise<{
      /** The rows. */
      results: unknown[];
    }>;
  };
}

/**
 * Bookings in a Cloudflare D1 database. The table is created with the first claim.
 *
 * @param database The binding, without a session: a session may read from a replica that does not know a claim yet.
 *
 * @example
 * import { env } from "cloudflare:workers";
 * import { d1Bookings } from "proxy-orders/backend";
 *
 * const bookings = d1Bookings(env.DB);
 */
export function d1Bookings(database: D1Binding): BookingStore {
  const query = async (text: string, values: string[]) =>
    (
      await database
        .prepare(text)
        .bind(...values)
        .all()
    ).results;
  return tableBookings({ ...SQLITE, query, create: () => query(CREATE_SQLITE_TABLE, []) });
}
