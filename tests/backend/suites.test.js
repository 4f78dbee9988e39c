// @ts-check
// The suites of `proxy-orders/backend/testing`: they pass what is correct, and name the defect of what is not.

import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, test } from "node:test";
import { memoryBookings } from "proxy-orders/backend";
import { testBookings, testSales } from "proxy-orders/backend/testing";
import { deferred } from "./support.js";

/** @import { BookingStore, Bookings, StoredResponse } from "proxy-orders/backend" */
/** @import { Accounts } from "proxy-orders/backend/testing" */

/** @typedef {{ content: string, claimedAt: number, response?: StoredResponse }} Row */
/** @typedef {{ rows: Map<string, Row>, correct: BookingStore }} Table */

/** Bookings whose rows a defect can reach. @returns {Table} */
function newTable() {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const ageMs = (/** @type {Row} */ { claimedAt }) => Date.now() - claimedAt;
  return {
    rows,
    correct: {
      async claim(name, content) {
        const row = rows.get(name);
        if (!row) rows.set(name, { content, claimedAt: Date.now() });
        if (!row) return { state: "new" };
        const { response } = row;
        return response
          ? { state: "settled", content: row.content, response }
          : { state: "open", content: row.content, ageMs: ageMs(row) };
      },
      async settle(name, response) {
        const row = rows.get(name);
        if (!row || row.response) return false;
        row.response = response;
        return true;
      },
      async open() {
        const open = [...rows].filter(([, { response }]) => !response);
        return open.map(([name, row]) => ({ name, content: row.content, ageMs: ageMs(row) }));
      },
      deleteSettled: async () => 0,
    },
  };
}

/** A method that stores a changed name. @param {(name: string) => string} change @returns {(table: Table) => Partial<BookingStore>} */
const withNames = (change) => (table) => ({
  claim: (name, content) => table.correct.claim(change(name), content),
  settle: (name, response) => table.correct.settle(change(name), response),
});

/** A `claim` whose result is changed. @param {(claim: any, row: Row | undefined) => unknown} change @returns {(table: Table) => Partial<BookingStore>} */
const withClaims = (change) => (table) => ({
  claim: async (name, content) =>
    /** @type {any} */ (change(await table.correct.claim(name, content), table.rows.get(name))),
});

const isFailure = ({ body }) => body.includes('"success":false');

/** @type {[defect: string, message: RegExp, change: (table: Table) => object][]} */
const BOOKING_DEFECTS = [
  [
    "a claim that reads, then writes",
    /claim is not atomic: of 50 claims of one name at once, \d+ were new/,
    ({ rows, correct }) => ({
      async claim(name, content) {
        const isNew = !rows.has(name);
        await nextTurn();
        if (!isNew) return correct.claim(name, content);
        rows.set(name, { content, claimedAt: Date.now() });
        return { state: "new" };
      },
    }),
  ],
  [
    "a second claim that replaces the content",
    /must return the content of the first one/,
    ({ rows, correct }) => ({
      async claim(name, content) {
        const claim = await correct.claim(name, content);
        Object.assign(rows.get(name) ?? {}, { content });
        return claim.state === "open" ? { ...claim, content } : claim;
      },
    }),
  ],
  [
    "a second claim that restarts the age",
    /ageMs must be the milliseconds since the first claim/,
    withClaims((claim, row) => {
      if (row) row.claimedAt = Date.now();
      return claim;
    }),
  ],
  ["an age in seconds", /ageMs must be/, withClaims((claim) => ({ ...claim, ageMs: claim.ageMs / 1000 }))],
  ["an age in microseconds", /ageMs must be/, withClaims((claim) => ({ ...claim, ageMs: claim.ageMs * 1000 + 5_000 }))],
  ["a time instead of an age", /ageMs must be/, withClaims((claim, row) => ({ ...claim, ageMs: row?.claimedAt }))],
  ["no age", /ageMs must be .* but claim returned null/, withClaims((claim) => ({ ...claim, ageMs: NaN }))],
  [
    "an age in the list that is in seconds",
    /ageMs must be .* but open returned/,
    ({ correct }) => ({
      open: async () => (await correct.open()).map((booking) => ({ ...booking, ageMs: booking.ageMs / 1000 })),
    }),
  ],
  [
    "a last settlement that wins",
    /The first response that was settled must be kept/,
    ({ rows }) => ({
      async settle(name, response) {
        const row = rows.get(name);
        if (row) row.response = response;
      },
    }),
  ],
  [
    "a settlement that reads, then writes",
    /settle is not atomic: of 50 settlements of one booking at once, \d+ returned true/,
    ({ rows, correct }) => ({
      async settle(name, response) {
        const row = rows.get(name);
        if (!row || row.response) return correct.settle(name, response);
        await nextTurn();
        row.response = response;
        return true;
      },
    }),
  ],
  [
    "a settlement that returns the opposite",
    /settle returned false, although it stored/,
    ({ correct }) => ({
      settle: async (name, response) => !(await correct.settle(name, response)),
    }),
  ],
  [
    "a late settlement that returns true",
    /settle returned true for a late settlement/,
    ({ correct }) => ({
      async settle(name, response) {
        await correct.settle(name, response);
        return true;
      },
    }),
  ],
  [
    "a late settlement that throws",
    /settle failed: UNIQUE constraint failed/,
    ({ correct }) => ({
      async settle(name, response) {
        if (!(await correct.settle(name, response))) throw new Error("UNIQUE constraint failed");
      },
    }),
  ],
  ["a settlement that returns a count", /settle returned 1, which is not a boolean/, () => ({ settle: async () => 1 })],
  [
    "a settlement that makes a booking",
    /The first claim of the name .* must be "new", but was "settled"/,
    ({ rows, correct }) => ({
      async settle(name, response) {
        if (!rows.has(name)) rows.set(name, { content: "", claimedAt: 0 });
        await correct.settle(name, response);
      },
    }),
  ],
  [
    "a failure that frees its name",
    /A claim of a settled booking must be "settled", but was "new": names are never freed/,
    ({ rows, correct }) => ({
      async settle(name, response) {
        return isFailure(response) ? rows.delete(name) : correct.settle(name, response);
      },
    }),
  ],
  [
    "a failure that is not stored",
    /The first response that was settled must be kept/,
    ({ correct }) => ({
      settle: async (name, response) => isFailure(response) || correct.settle(name, response),
    }),
  ],
  [
    "a status that is not stored",
    /The first response that was settled must be kept/,
    ({ correct }) => ({
      settle: (name, { body }) => correct.settle(name, { status: 200, body }),
    }),
  ],
  [
    "a body that is stored as JSON",
    /The first response that was settled must be kept/,
    ({ correct }) => ({
      settle: (name, { status, body }) => correct.settle(name, { status, body: JSON.stringify(JSON.parse(body)) }),
    }),
  ],
  [
    "a content that is stored as JSON",
    /A settled booking must keep its content/,
    ({ correct }) => ({
      claim: (name, content) =>
        correct.claim(name, content.startsWith("{") ? JSON.stringify(JSON.parse(content)) : content),
    }),
  ],
  [
    "a content that is cut",
    /A settled booking must keep its content/,
    ({ correct }) => ({
      claim: (name, content) => correct.claim(name, content.slice(0, 4000)),
    }),
  ],
  ["names without case", /The first claim of the name/, withNames((name) => name.toLowerCase())],
  ["names that are normalized", /The first claim of the name/, withNames((name) => name.normalize())],
  ["names without accents", /must be "new"/, withNames((name) => name.normalize("NFD").replace(/\p{M}/gu, ""))],
  ["names without outer spaces", /must be "new"/, withNames((name) => name.replace(/ "|" /g, '"'))],
  ["names that are cut", /must be "new"/, withNames((name) => name.slice(0, 255))],
  [
    "a claim of 0.2.0",
    /A claim of a settled booking has no response/,
    withClaims(({ response, ...claim }) => ({ ...claim, reply: response })),
  ],
  ["a claim without a state", /The state of a claim must be "new", "open" or "settled"/, withClaims(() => null)],
  ["a claim without content", /has no content/, withClaims(({ content, ...claim }) => claim)],
  ["a claim that throws", /claim failed: disk I\/O error/, () => ({ claim: () => assert.fail("disk I/O error") })],
  ["no claim", /The bookings have no method claim/, () => ({ claim: undefined })],
  ["no settle", /The bookings have no method settle/, () => ({ settle: undefined })],
  [
    "a list with settled bookings",
    /open lists a settled booking/,
    ({ rows }) => ({
      open: async () =>
        [...rows].map(([name, { content, claimedAt }]) => ({ name, content, ageMs: Date.now() - claimedAt })),
    }),
  ],
  [
    "a list that is cut",
    /open does not list a booking/,
    ({ correct }) => ({ open: async () => (await correct.open()).slice(0, 100) }),
  ],
  [
    "a list with other content",
    /open returned other content/,
    ({ correct }) => ({ open: async () => (await correct.open()).map((booking) => ({ ...booking, content: "" })) }),
  ],
  [
    "a list with a booking twice",
    /open lists a booking twice/,
    ({ correct }) => ({ open: async () => [...(await correct.open()), ...(await correct.open())] }),
  ],
  [
    "a cleanup that deletes every settled booking",
    /deleteSettled deleted a booking that had just been settled/,
    ({ rows }) => ({
      async deleteSettled() {
        for (const [name, { response }] of rows) if (response) rows.delete(name);
        return 1;
      },
    }),
  ],
  [
    "a cleanup that deletes open bookings",
    /deleteSettled deleted an open booking/,
    ({ rows }) => ({
      async deleteSettled() {
        rows.clear();
        return 1;
      },
    }),
  ],
  ["a cleanup that counts nothing", /deleteSettled must return how many/, () => ({ deleteSettled: async () => {} })],
];

describe("testBookings", { concurrency: true }, () => {
  test("passes bookings in memory", async () => {
    const bookings = memoryBookings();
    await testBookings(() => bookings);
  });

  test("passes bookings of 0.2.0's interface: no list, no result of settle", async () => {
    const { correct } = newTable();
    await testBookings(async () => ({
      claim: correct.claim,
      settle: async (name, response) => void (await correct.settle(name, response)),
    }));
  });

  for (const [defect, message, change] of BOOKING_DEFECTS) {
    test(`names ${defect}`, async () => {
      const table = newTable();
      const bookings = /** @type {Bookings} */ ({ ...table.correct, ...change(table) });
      await assert.rejects(
        testBookings(() => bookings),
        (error) => namesDefect(error, message),
      );
    });
  }

  test("names connections to different stores", async () => {
    await assert.rejects(
      testBookings(() => memoryBookings()),
      (error) => namesDefect(error, /"new"/),
    );
  });

  test("names a later connection to another store", async () => {
    const bookings = memoryBookings();
    let count = 0;
    const create = () => ((count += 1) > 50 ? memoryBookings() : bookings);
    await assert.rejects(testBookings(create), (error) => namesDefect(error, /A later connection does not find/));
  });

  test("names a store that cannot be connected to", async () => {
    const create = () => Promise.reject(new Error("connection refused"));
    await assert.rejects(testBookings(create), (error) => namesDefect(error, /create failed: connection refused/));
  });
});

test("testBookings names a claim that hangs", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { promise: claimed, resolve } = deferred();
  const claim = () => {
    resolve();
    return new Promise(() => {});
  };
  const tested = testBookings(() => ({ ...memoryBookings(), claim }));
  await claimed;
  context.mock.timers.tick(30_000);
  await assert.rejects(tested, (error) => namesDefect(error, /claim took more than 30 seconds/));
});

/** @typedef {{ user: string, price: number, refunded: boolean }} Entry */

/** Accounts whose entries a defect can reach. */
function newAccounts() {
  /** @type {Map<string, number>} */
  const credits = new Map();
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  const creditOf = (/** @type {string} */ user) => credits.get(user) ?? 0;
  const add = (/** @type {string} */ user, /** @type {number} */ amount) => credits.set(user, creditOf(user) + amount);
  /** @type {Accounts} */
  const correct = {
    async charge({ name, user, price }) {
      if (entries.has(name)) return "This order was charged before.";
      if (creditOf(user) < price) return "Your credit is too low.";
      entries.set(name, { user, price, refunded: false });
      add(user, -price);
      return true;
    },
    async refund({ name, user }) {
      const entry = entries.get(name);
      if (entry && !entry.refunded) add(user, entry.price);
      entries.set(name, { user, price: 0, refunded: true });
    },
    deposit: async (user, amount) => void add(user, amount),
    credit: async (user) => creditOf(user),
  };
  return { credits, entries, creditOf, add, correct };
}

/** @type {[defect: string, message: RegExp, change: (accounts: ReturnType<typeof newAccounts>) => object][]} */
const SALE_DEFECTS = [
  [
    "a charge that reads, then writes",
    /Of 50 charges at once, 50 returned true, but the credit is enough for 20/,
    ({ credits, entries, creditOf }) => ({
      async charge({ name, user, price }) {
        const before = creditOf(user);
        if (entries.has(name)) return "This order was charged before.";
        if (before < price) return "Your credit is too low.";
        entries.set(name, { user, price, refunded: false });
        await nextTurn();
        credits.set(user, before - price);
        return true;
      },
    }),
  ],
  [
    "a charge that checks the credit, then takes the price",
    /Of 50 charges at once, 50 returned true, but the credit is enough for 20/,
    ({ entries, creditOf, add }) => ({
      async charge({ name, user, price }) {
        if (entries.has(name)) return "This order was charged before.";
        if (creditOf(user) < price) return "Your credit is too low.";
        entries.set(name, { user, price, refunded: false });
        await nextTurn();
        add(user, -price);
        return true;
      },
    }),
  ],
  [
    "charges of one name at once that both take",
    /50 charges of one name at once must take its price once/,
    ({ correct, entries, add }) => ({
      async charge(sale) {
        const isKnown = entries.has(sale.name);
        await nextTurn();
        if (isKnown || !entries.has(sale.name)) return correct.charge(sale);
        add(sale.user, -sale.price);
        return true;
      },
    }),
  ],
  [
    "a second charge that takes again",
    /A second charge of a name must take nothing. The user's credit should be 7.5, but is 5/,
    ({ correct, entries }) => ({
      charge(sale) {
        if (entries.get(sale.name)?.refunded === false) entries.delete(sale.name);
        return correct.charge(sale);
      },
    }),
  ],
  [
    "a charge into debt",
    /charge returned true although the price is above the credit/,
    ({ entries, add }) => ({
      async charge({ name, user, price }) {
        if (entries.has(name)) return "This order was charged before.";
        entries.set(name, { user, price, refunded: false });
        add(user, -price);
        return true;
      },
    }),
  ],
  ["a charge that takes nothing", /charge must take the price/, () => ({ charge: async () => true })],
  [
    "a charge that is declined, and takes",
    /A charge that returns a sentence must take nothing/,
    ({ correct, creditOf, credits }) => ({
      async charge(sale) {
        const before = creditOf(sale.user);
        const result = await correct.charge(sale);
        if (before > 0 && before < sale.price) credits.set(sale.user, 0);
        return result;
      },
    }),
  ],
  [
    "a charge that needs more than the price",
    /charge returned a sentence although the price is exactly the credit/,
    ({ correct, creditOf }) => ({
      charge: async (sale) => (creditOf(sale.user) <= sale.price ? "Your credit is too low." : correct.charge(sale)),
    }),
  ],
  [
    "whole euros",
    /charge must take the price/,
    ({ correct }) => ({ charge: (sale) => correct.charge({ ...sale, price: Math.round(sale.price) }) }),
  ],
  [
    "a charge that returns false",
    /charge must return true, or a sentence .* but returned false/,
    () => ({ charge: () => false }),
  ],
  ["a charge that returns nothing", /charge must return true, or a sentence/, () => ({ charge: () => undefined })],
  ["a blank sentence", /charge must return true, or a sentence/, () => ({ charge: () => " " })],
  [
    "a charge that throws",
    /charge failed: deadlock detected/,
    () => ({ charge: () => assert.fail("deadlock detected") }),
  ],
  [
    "a refund that throws without a charge",
    /refund failed: no such sale/,
    ({ correct, entries }) => ({
      refund: (sale) => (entries.has(sale.name) ? correct.refund(sale) : assert.fail("no such sale")),
    }),
  ],
  [
    "a refund that gives back each time",
    /A repeated refund must give back nothing/,
    ({ entries, add }) => ({
      async refund({ name, user }) {
        add(user, entries.get(name)?.price ?? 0);
        if (!entries.has(name)) entries.set(name, { user, price: 0, refunded: true });
      },
    }),
  ],
  [
    "a refund that gives back nothing",
    /refund must give back exactly what was taken/,
    ({ entries }) => ({
      async refund({ name, user }) {
        entries.set(name, { user, price: 0, refunded: true });
      },
    }),
  ],
  [
    "a refund of all that the user paid",
    /refund must give back exactly what was taken for its name/,
    ({ entries, add, correct }) => ({
      async refund(sale) {
        for (const entry of entries.values()) {
          if (entry.user === sale.user && !entry.refunded) (add(sale.user, entry.price), (entry.refunded = true));
        }
        await correct.refund(sale);
      },
    }),
  ],
  [
    "a refund that is not final",
    /A charge after the refund of its name must take nothing/,
    ({ entries, add }) => ({
      async refund({ name, user }) {
        add(user, entries.get(name)?.price ?? 0);
        entries.delete(name);
      },
    }),
  ],
  [
    "a refund without a charge that is not final",
    /A refund is final: a later charge of its name must take nothing/,
    ({ correct, entries }) => ({
      refund: async (sale) => (entries.has(sale.name) ? correct.refund(sale) : undefined),
    }),
  ],
  [
    "a charge after a refund that takes nothing and returns true",
    /returned true, so the order would be sent unpaid/,
    ({ correct, entries }) => ({
      charge: async (sale) => entries.get(sale.name)?.refunded || correct.charge(sale),
    }),
  ],
  [
    "a refund without a charge that gives the last price",
    /A refund of a charge that took nothing must give back nothing/,
    ({ correct, entries, add }) => {
      const asked = new Map();
      return {
        charge(sale) {
          asked.set(sale.name, sale.price);
          return correct.charge(sale);
        },
        async refund(sale) {
          if (!entries.has(sale.name)) add(sale.user, asked.get(sale.name) ?? 0);
          await correct.refund(sale);
        },
      };
    },
  ],
  [
    "a refund that a running charge overtakes",
    /A refund while the charge is running must leave the credit as it was/,
    ({ correct, entries, creditOf, add }) => ({
      async charge({ name, user, price }) {
        if (entries.has(name)) return "This order was charged before.";
        if (creditOf(user) < price) return "Your credit is too low.";
        entries.set(name, { user, price: 0, refunded: false });
        add(user, -price);
        await nextTurn();
        // The refund came meanwhile, and its entry is lost.
        entries.set(name, { user, price, refunded: false });
        return true;
      },
      async refund(sale) {
        if (entries.has(sale.name)) await correct.refund(sale);
        else entries.set(sale.name, { user: sale.user, price: 0, refunded: true });
      },
    }),
  ],
  [
    "refunds at once that both give back",
    /50 refunds of one name at once must give back its price once/,
    ({ entries, add }) => ({
      async refund({ name, user }) {
        const entry = entries.get(name);
        await nextTurn();
        if (entry && !entry.refunded) add(user, entry.price);
        entries.set(name, { user, price: 0, refunded: true });
      },
    }),
  ],
  [
    "refunds that lose updates",
    /Of 50 charges, refunds and deposits at once, some are lost/,
    ({ entries, credits, creditOf }) => ({
      async refund({ name, user }) {
        const price = entries.get(name)?.price ?? 0;
        entries.set(name, { user, price: 0, refunded: true });
        if (price !== 1) return void credits.set(user, creditOf(user) + price);
        const before = creditOf(user);
        await nextTurn();
        credits.set(user, before + price);
      },
    }),
  ],
  [
    "deposits that lose updates",
    /Of 50 deposits at once, some are lost/,
    ({ credits, creditOf }) => ({
      async deposit(user, amount) {
        const before = creditOf(user);
        await nextTurn();
        credits.set(user, before + amount);
      },
    }),
  ],
  [
    "names without case",
    /charge takes a name for another one/,
    ({ correct }) => ({ charge: (sale) => correct.charge({ ...sale, name: sale.name.toLowerCase() }) }),
  ],
  [
    "credit as text",
    /credit must return a number, but returned "0"/,
    ({ creditOf }) => ({ credit: (user) => String(creditOf(user)) }),
  ],
  ["credit for everybody", /A new user has no credit/, ({ creditOf }) => ({ credit: (user) => creditOf(user) + 5 })],
  [
    "one credit for all users",
    /A new user|another user|credit should be/,
    ({ correct }) => ({
      charge: (sale) => correct.charge({ ...sale, user: "all" }),
      deposit: (user, amount) => correct.deposit("all", amount),
      credit: () => correct.credit("all"),
    }),
  ],
  ["no charge", /The accounts have no method charge/, () => ({ charge: undefined })],
  ["no refund", /The accounts have no method refund/, () => ({ refund: undefined })],
];

describe("testSales", { concurrency: true }, () => {
  test("passes correct accounts", async () => {
    const { correct } = newAccounts();
    await testSales(() => correct);
  });

  for (const [defect, message, change] of SALE_DEFECTS) {
    test(`names ${defect}`, async () => {
      const accounts = newAccounts();
      const changed = /** @type {Accounts} */ ({ ...accounts.correct, ...change(accounts) });
      await assert.rejects(
        testSales(() => changed),
        (error) => namesDefect(error, message),
      );
    });
  }

  test("names connections to different accounts", async () => {
    await assert.rejects(
      testSales(() => newAccounts().correct),
      (error) => namesDefect(error, /credit should be/),
    );
  });
});

/** Asserts that an error says the defect in a plain sentence. @param {unknown} error @param {RegExp} message */
function namesDefect(error, message) {
  assert.ok(error instanceof Error);
  assert.match(error.message, message);
  return true;
}
