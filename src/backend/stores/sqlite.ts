// Bookings in SQLite.

import { pause } from "../time.js";
import { RETENTION_DAYS, type BookingStore } from "./booking-store.js";
import { createTable, tableBookings } from "./table.js";

/** What {@link sqliteBookings} uses of a connection: that of `node:sqlite`, of `better-sqlite3` or of `bun:sqlite`. */
export interface SqliteDatabase {
  /** Runs SQL without parameters. */
  exec(sql: string): unknown;
  /** Compiles a statement. */
  prepare(sql: string): {
    /** Runs the statement, and returns its rows. */
    all(...values: string[]): unknown[];
  };
  /** Whether the connection is inside a transaction, in `better-sqlite3` and `bun:sqlite`. */
  readonly inTransaction?: boolean;
  /** The same in `node:sqlite`. */
  readonly isTransaction?: boolean;
}

type SqliteStatement = ReturnType<SqliteDatabase["prepare"]>;

/** How long statements wait for the locks of other connections while none of the statements gets through. */
const LOCK_TIMEOUT_MS = 20_000;
const LONGEST_PAUSE_MS = 25;

// Seconds since 1970. unixepoch('subsec') would be shorter, but needs SQLite 3.42; on macOS 13, Bun has 3.39.
const now = "((julianday('now') - 2440587.5) * 86400.0)";

// Without row ids, the primary key is the table itself, so a claim writes one page less.
export const CREATE_SQLITE_TABLE = createTable({ name: "TEXT", time: "REAL", options: " WITHOUT ROWID" });

/** What SQLite and Cloudflare D1, which is SQLite too, have in common. */
export const SQLITE = {
  isTableMissing: (error: unknown): boolean => /no such table/.test(String(error)),
  parameter: (): string => "?",
  now,
  retentionEnd: `${now} - ${RETENTION_DAYS} * 86400.0`,
  ageMs: `(${now} - claimed_at) * 1000.0`,
};

/**
 * Bookings in a SQLite database, for one machine with any number of processes. The table is created with the first claim.
 *
 * @param database A connection of its own: a `DatabaseSync` of `node:sqlite` (from Node 22.16), or a `Database` of
 *   `better-sqlite3` or `bun:sqlite`. The store sets its `busy_timeout` and `synchronous`. On a connection that the shop
 *   uses too, a `ROLLBACK` would erase claims; inside a transaction, every method rejects.
 *
 * @example
 * import { DatabaseSync } from "node:sqlite";
 * import { sqliteBookings } from "proxy-orders/backend";
 *
 * const bookings = sqliteBookings(new DatabaseSync("bookings.sqlite"));
 *
 * @throws TypeError when `database` is something else.
 */
export function sqliteBookings(database: SqliteDatabase): BookingStore {
  const isInside = () => database.inTransaction ?? database.isTransaction;
  if (typeof database?.prepare !== "function" || typeof isInside() !== "boolean") {
    throw new TypeError(
      "sqliteBookings needs a DatabaseSync of node:sqlite (Node 22.16 or later), or a Database of better-sqlite3 or bun:sqlite.",
    );
  }
  let isConfigured = false;
  let unlockedAt = 0;
  let turn: Promise<unknown> = Promise.resolve();
  /** By their text. Compiling them each time would cost a tenth of an order's CPU time. */
  const statements = new Map<string, SqliteStatement>();

  function prepare(text: string): SqliteStatement {
    const statement = statements.get(text) ?? database.prepare(text);
    statements.set(text, statement);
    return statement;
  }

  function configure(): void {
    if (isInside()) {
      throw new Error(
        "sqliteBookings needs a connection of its own: a ROLLBACK of this transaction would erase bookings.",
      );
    }
    if (isConfigured) return;
    // Waiting for a lock must not block the event loop: `whenUnlocked` waits.
    database.exec("PRAGMA busy_timeout = 0");
    // Each claim is on the disk when its statement returns, and survives a power failure.
    database.exec("PRAGMA synchronous = EXTRA");
    isConfigured = true;
  }

  async function whenUnlocked<T>(statement: () => T, calledAt: number): Promise<T> {
    for (let longest = 2; ; longest = Math.min(2 * longest, LONGEST_PAUSE_MS)) {
      try {
        configure();
        const result = statement();
        unlockedAt = performance.now();
        return result;
      } catch (error) {
        const waited = performance.now() - Math.max(calledAt, unlockedAt);
        if (!/database is locked/.test(String(error)) || waited > LOCK_TIMEOUT_MS) throw error;
      }
      // At random, so that processes do not meet again and again.
      await pause(longest * Math.random());
    }
  }

  /** Runs a statement after those before it: only the first of them waits for the lock. */
  function inTurn<T>(statement: () => T): Promise<T> {
    const calledAt = performance.now();
    const result = turn.then(() => whenUnlocked(statement, calledAt));
    turn = result.catch(() => {});
    return result;
  }

  return tableBookings({
    ...SQLITE,
    create: () => inTurn(() => database.exec(CREATE_SQLITE_TABLE)),
    query: (text, values) => inTurn(() => prepare(text).all(...values)),
  });
}
