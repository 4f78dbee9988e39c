// The table of the stores that use SQL, and its statements.

import { pause } from "../time.js";
import type { BookingStore } from "./booking-store.js";

/** How a database differs from the others. */
export interface SqlDatabase {
  /** Runs one statement in a transaction of its own, and returns its rows once they are stored. */
  query(text: string, values: string[]): Promise<unknown[]>;
  /** Whether a statement failed because the table does not exist. */
  isTableMissing(error: unknown): boolean;
  /** Creates the table with {@link createTable}. */
  create(): Promise<unknown>;
  /** SQL: the n-th parameter of a statement, from 1. */
  parameter(place: number): string;
  /** SQL: the time of a claim or a settlement. */
  now: string;
  /** SQL: bookings settled at this time or earlier may be deleted. */
  retentionEnd: string;
  /** SQL: milliseconds since `claimed_at`. */
  ageMs: string;
}

/** The columns of a row that statements read. */
interface Row {
  name: string;
  content: string;
  response: string | null;
  age_ms: unknown;
}

const TABLE = "proxy_orders_bookings";
/** How many bookings one statement deletes: a longer one would hold up claims. */
const BATCH = 1000;

/** The statement that creates the table unless it exists, with a database's names for its types and options. */
export function createTable({ name, time, options = "" }: { name: string; time: string; options?: string }): string {
  // Without a second index: it would cost each order more than it saves an operator.
  return `CREATE TABLE IF NOT EXISTS ${TABLE} (
  name ${name} NOT NULL PRIMARY KEY,
  content TEXT NOT NULL,
  response TEXT,
  claimed_at ${time} NOT NULL,
  settled_at ${time},
  CHECK ((response IS NULL) = (settled_at IS NULL))
)${options}`;
}

/** Bookings in a table of `database`. */
export function tableBookings(database: SqlDatabase): BookingStore {
  const { parameter, now, retentionEnd, ageMs } = database;
  const [first, second] = [parameter(1), parameter(2)];
  const INSERT = `INSERT INTO ${TABLE} (name, content, claimed_at) VALUES (${first}, ${second}, ${now})
    ON CONFLICT (name) DO NOTHING RETURNING 1`;
  const SELECT = `SELECT content, response, ${ageMs} AS age_ms FROM ${TABLE} WHERE name = ${first}`;
  const UPDATE = `UPDATE ${TABLE} SET response = ${first}, settled_at = ${now}
    WHERE name = ${second} AND settled_at IS NULL RETURNING 1`;
  const SELECT_OPEN = `SELECT name, content, ${ageMs} AS age_ms FROM ${TABLE}
    WHERE settled_at IS NULL ORDER BY claimed_at`;
  const DELETE = `DELETE FROM ${TABLE} WHERE name IN
    (SELECT name FROM ${TABLE} WHERE settled_at <= ${retentionEnd} LIMIT ${BATCH}) RETURNING 1`;

  const isMissing = () => database.query(SELECT, [""]).then(() => false, database.isTableMissing);

  /** Runs a statement, and creates the table if it is missing. */
  async function run(text: string, values: string[] = []): Promise<Row[]> {
    try {
      return (await database.query(text, values)) as Row[];
    } catch (error) {
      if (!database.isTableMissing(error)) throw error;
    }
    try {
      await database.create();
    } catch (error) {
      // Another process may have created it at the same moment.
      if (await isMissing()) {
        throw new Error(`The table ${TABLE} is missing and cannot be created: ${String(error)}`, { cause: error });
      }
    }
    return (await database.query(text, values)) as Row[];
  }

  return {
    async claim(name, content) {
      const inserted = await run(INSERT, [name, content]);
      if (inserted.length === 1) return { state: "new" };
      const [found] = await run(SELECT, [name]);
      if (!found) throw new Error("The booking was deleted while it was claimed.");
      if (found.response === null) return { state: "open", content: found.content, ageMs: Number(found.age_ms) };
      return { state: "settled", content: found.content, response: JSON.parse(found.response) };
    },
    async settle(name, { status, body }) {
      const updated = await run(UPDATE, [JSON.stringify({ status, body }), name]);
      return updated.length === 1;
    },
    async open() {
      const rows = await run(SELECT_OPEN);
      return rows.map(({ name, content, age_ms }) => ({ name, content, ageMs: Number(age_ms) }));
    },
    async deleteSettled() {
      for (let total = 0; ; await pause(0)) {
        const { length } = await run(DELETE);
        total += length;
        if (length < BATCH) return total;
      }
    },
  };
}
