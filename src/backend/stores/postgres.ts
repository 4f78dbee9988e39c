// Bookings in PostgreSQL.

import { RETENTION_DAYS, type BookingStore } from "./booking-store.js";
import { createTable, tableBookings } from "./table.js";

/** What {@link postgresBookings} uses of a `Pool` of `pg`. */
export interface PostgresPool {
  /** Runs one statement in a transaction of its own. */
  query(
    text: string,
    values: unknown[],
  ): Promise<{
    /** The rows. */
    rows: unknown[];
  }>;
}

// Names are compared byte by byte, whatever the database's collation.
const CREATE_TABLE = createTable({ name: 'TEXT COLLATE "C"', time: "TIMESTAMPTZ" });
const UNDEFINED_TABLE = "42P01";

/**
 * Bookings in a PostgreSQL database, for any number of servers. The table is created with the first claim.
 *
 * @param pool A `Pool` of `pg`, or anything with the same `query`, connected to the primary server with
 *   `synchronous_commit` on. Not a client inside a transaction, whose `ROLLBACK` would erase claims.
 *
 * @example
 * import { Pool } from "pg";
 * import { postgresBookings } from "proxy-orders/backend";
 *
 * const bookings = postgresBookings(new Pool({ connectionString: process.env.DATABASE_URL }));
 */
export function postgresBookings(pool: PostgresPool): BookingStore {
  return tableBookings({
    query: async (text, values) => (await pool.query(text, values)).rows,
    isTableMissing: (error) => (error as { code?: unknown } | null)?.code === UNDEFINED_TABLE,
    create: () => pool.query(CREATE_TABLE, []),
    parameter: (place) => `$${place}`,
    now: "clock_timestamp()",
    // In hours, because a day may have 23 of them where the clocks change.
    retentionEnd: `clock_timestamp() - interval '${RETENTION_DAYS * 24} hours'`,
    ageMs: "extract(epoch FROM clock_timestamp() - claimed_at)::float8 * 1000",
  });
}
