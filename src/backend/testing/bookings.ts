// The suite for bookings.

import type { Awaitable, Bookings, Claim, StoredResponse } from "proxy-orders/backend";
import { call, check, connectAll, CONNECTIONS, nameMaker, show } from "./checks.js";

/** Bookings whose results have been checked for their form. */
interface CheckedBookings {
  claim(name: string, content: string): Promise<Claim>;
  settle(name: string, response: StoredResponse): Promise<boolean | undefined>;
  open: (() => Promise<{ name: string; content: string; ageMs: number }[]>) | undefined;
  deleteSettled: (() => Promise<unknown>) | undefined;
}

/** What each test works with. */
interface Context {
  /** All connected to the same store. */
  connections: CheckedBookings[];
  /** Two of them. */
  first: CheckedBookings;
  second: CheckedBookings;
  newName: (user?: string) => string;
  /** One more connection. */
  connect: () => Promise<CheckedBookings>;
}

const NAMES_AT_ONCE = 10;
const ROUNDS = 10;
/** A store may count whole seconds. */
const AGE_TOLERANCE_MS = 1_100;
/** An age in seconds must differ from one in milliseconds by more than the tolerance. */
const AGE_WAIT_MS = 2_300;

const receipt = (text: string): StoredResponse => ({ status: 200, body: JSON.stringify({ success: true, text }) });
const failure: StoredResponse = {
  status: 200,
  body: JSON.stringify({ success: false, error: { code: 16, message: "" } }),
};

/**
 * Tests bookings: claims and settlements of 50 connections at once, what is stored, ages, and the list of open bookings.
 * It needs no test framework, and runs in any runtime. Use an empty database of its own: its bookings stay there.
 *
 * @param create Connects to the store. All calls connect to the same one.
 *
 * @example
 * import { testBookings } from "proxy-orders/backend/testing";
 *
 * declare function connectToTestDatabase(): Promise<import("proxy-orders/backend").Bookings>; // your own
 *
 * await testBookings(() => connectToTestDatabase());
 *
 * @throws Error whose message says which defect was found.
 */
export async function testBookings(create: () => Awaitable<Bookings>): Promise<void> {
  const connections = (await connectAll(create)).map(checked);
  const [first, second] = connections as [CheckedBookings, CheckedBookings];
  const connect = async () => checked(await call("create", create));
  const context = { connections, first, second, newName: nameMaker(), connect };
  // Testing the age takes time, so the other tests run meanwhile.
  await Promise.all([testAge(context), testInTurn(context)]);
}

async function testInTurn(context: Context): Promise<void> {
  await testClaims(context);
  await testSettlements(context);
  await testTexts(context);
  await testLengths(context);
  await testClaimsAtOnce(context);
  await testManyNamesAtOnce(context);
  await testSettlementsAtOnce(context);
  await testOpen(context);
  await testDeleteSettled(context);
  await testLaterConnection(context);
}

function checked(bookings: Bookings): CheckedBookings {
  const isObject = typeof bookings === "object" && bookings !== null;
  check(isObject && typeof bookings.claim === "function", "The bookings have no method claim.");
  check(typeof bookings.settle === "function", "The bookings have no method settle.");
  const { deleteSettled } = bookings as { deleteSettled?: () => Promise<unknown> };
  return {
    claim: async (name, content) => asClaim(await call("claim", () => bookings.claim(name, content))),
    async settle(name, response) {
      const result: unknown = await call("settle", () => bookings.settle(name, response));
      check(
        result === undefined || typeof result === "boolean",
        `settle returned ${show(result)}, which is not a boolean.`,
      );
      return result;
    },
    open: bookings.open && (() => call("open", () => bookings.open?.() ?? [])),
    deleteSettled: deleteSettled && (() => call("deleteSettled", () => deleteSettled.call(bookings))),
  };
}

function asClaim(claim: Claim): Claim {
  const state = (claim as Claim | undefined)?.state;
  const isKnown = state === "new" || state === "open" || state === "settled";
  check(isKnown, `The state of a claim must be "new", "open" or "settled", but was ${show(state)}.`);
  if (claim.state === "new") return claim;
  check(typeof claim.content === "string", `A claim of a known name has no content: ${show(claim)}.`);
  if (claim.state !== "settled") return claim;
  const { status, body } = (claim.response as StoredResponse | undefined) ?? {};
  const hasResponse = typeof status === "number" && typeof body === "string";
  check(hasResponse, `A claim of a settled booking has no response with a status and a body: ${show(claim)}.`);
  return claim;
}

async function claimNew({ claim }: CheckedBookings, name: string, content: string): Promise<void> {
  const { state } = await claim(name, content);
  check(state === "new", `The first claim of the name ${show(name)} must be "new", but was ${show(state)}.`);
}

/** Claims again, and checks that the booking is open with the content of its first claim. */
async function claimOpen({ claim }: CheckedBookings, name: string, content: string): Promise<number> {
  const found = await claim(name, `other ${content}`);
  check(found.state === "open", `A later claim of an open booking must be "open", but was ${show(found.state)}.`);
  const isFirst = found.content === content;
  check(
    isFirst,
    `A later claim must return the content of the first one, ${show(content)}, not ${show(found.content)}.`,
  );
  return found.ageMs;
}

/** Claims again, and checks that the booking is settled with this response. */
async function claimSettled(
  { claim }: CheckedBookings,
  name: string,
  content: string,
  { status, body }: StoredResponse,
): Promise<void> {
  const found = await claim(name, `other ${content}`);
  const isSettled = found.state === "settled";
  check(
    isSettled,
    `A claim of a settled booking must be "settled", but was ${show(found.state)}: names are never freed.`,
  );
  const isSame = found.response.status === status && found.response.body === body;
  const response = `${show({ status, body })}, but ${show(found.response)} was returned`;
  check(isSame, `The first response that was settled must be kept: it was ${response}.`);
  check(
    found.content === content,
    `A settled booking must keep its content ${show(content)}, not ${show(found.content)}.`,
  );
}

async function testClaims({ first, second, newName }: Context): Promise<void> {
  const name = newName();
  await claimNew(first, name, "first");
  for (const bookings of [first, second, first]) await claimOpen(bookings, name, "first");
  await claimNew(second, newName(), "another");
}

async function testAge({ first, second, newName }: Context): Promise<void> {
  const name = newName();
  const earliest = Date.now();
  await claimNew(first, name, "content");
  const latest = Date.now();
  const checkAge = async (method: string, read: () => Promise<unknown>) => {
    const least = Date.now() - latest - AGE_TOLERANCE_MS;
    const age = await read();
    const most = Date.now() - earliest + AGE_TOLERANCE_MS;
    const isMilliseconds = typeof age === "number" && age >= least && age <= most;
    const defect = `ageMs must be the milliseconds since the first claim, between ${least} and ${most}`;
    check(isMilliseconds, `${defect}, but ${method} returned ${show(age)}.`);
  };
  await checkAge("claim", () => claimOpen(second, name, "content"));
  await new Promise((resolve) => setTimeout(resolve, AGE_WAIT_MS));
  await checkAge("claim", () => claimOpen(second, name, "content"));
  const { open } = second;
  if (open) await checkAge("open", async () => (await open()).find((booking) => booking.name === name)?.ageMs);
}

async function testSettlements({ first, second, newName }: Context): Promise<void> {
  for (const response of [receipt("first"), failure, { ...failure, status: 409 }]) {
    const name = newName();
    await claimNew(first, name, "content");
    const isStored = await second.settle(name, response);
    check(isStored !== false, "settle returned false, although it stored the response.");
    const isStoredAgain = await first.settle(name, receipt("late"));
    for (const bookings of [first, second]) await claimSettled(bookings, name, "content", response);
    check(isStoredAgain !== true, "settle returned true for a late settlement, which stores nothing.");
  }
  const unclaimed = newName();
  const isStored = await first.settle(unclaimed, receipt("of no booking"));
  check(isStored !== true, "settle returned true for a name that was never claimed.");
  await claimNew(first, unclaimed, "content");
}

/** Names differ if their bytes do, and texts are returned as they were stored. */
async function testTexts({ first, second, newName }: Context): Promise<void> {
  const users = [
    "é",
    "e\u0301",
    "É",
    "e",
    "E",
    "e ",
    " e",
    "ß",
    "ss",
    "%",
    "_",
    "'; --",
    '\\"',
    "\\\\",
    "💶",
    "$1",
    "?",
  ];
  const run = newName();
  const bookings = users.map((user) => ({
    name: JSON.stringify([user, run]),
    content: `{"b":1.0, "a":"${user}","a":"\\u00e9"} `,
    response: { status: 409, body: `{ "${user}":"€ 💶 '",\n "a":1e2, "a":"\\u00e9" } ` },
  }));
  for (const { name, content, response } of bookings) {
    await claimNew(first, name, content);
    await first.settle(name, response);
  }
  for (const { name, content, response } of bookings) await claimSettled(second, name, content, response);
}

/** Nothing is cut: names have up to 1 800 bytes, contents up to 10 000. */
async function testLengths({ first, second, newName }: Context): Promise<void> {
  const start = newName().slice(0, -2);
  // The idempotency keys in them differ only in their last character.
  const names = ["x", "y"].map((end) => `${start}${"€".repeat(580)}${end}"]`);
  const contentOf = (name: string) => "x".repeat(9_999) + name.at(-3);
  const response = receipt("€".repeat(10_000));
  for (const name of names) {
    await claimNew(first, name, contentOf(name));
    await first.settle(name, response);
  }
  for (const name of names) await claimSettled(second, name, contentOf(name), response);
}

async function testClaimsAtOnce({ connections, newName }: Context): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = newName();
    const claims = await Promise.all(connections.map(({ claim }, place) => claim(name, `content ${place}`)));
    const winners = claims.flatMap(({ state }, place) => (state === "new" ? [place] : []));
    const count = `of ${CONNECTIONS} claims of one name at once, ${winners.length} were new`;
    check(winners.length === 1, `claim is not atomic: ${count}.`);
    for (const claim of claims) {
      const isWinners = claim.state === "new" || claim.content === `content ${winners[0]}`;
      check(
        isWinners,
        "Of several claims of one name at once, a later one did not return the content of the first one.",
      );
    }
  }
}

async function testManyNamesAtOnce({ connections, newName }: Context): Promise<void> {
  const names = Array.from({ length: CONNECTIONS * NAMES_AT_ONCE }, () => newName());
  await Promise.all(names.map((name, place) => claimNew(connections[place % CONNECTIONS]!, name, name)));
  await Promise.all(names.map((name, place) => claimOpen(connections[(place + 1) % CONNECTIONS]!, name, name)));
}

async function testSettlementsAtOnce({ connections, first, newName }: Context): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = newName();
    await claimNew(first, name, "content");
    const results = await Promise.all(connections.map(({ settle }, place) => settle(name, receipt(`${place}`))));
    const winners = results.flatMap((isStored, place) => (isStored ? [place] : []));
    const isCounted = winners.length === 1 || results.every((isStored) => isStored === undefined);
    const count = `of ${CONNECTIONS} settlements of one booking at once, ${winners.length} returned true`;
    check(isCounted, `settle is not atomic: ${count}.`);
    const found = await first.claim(name, "content");
    check(found.state === "settled", "A booking that was settled many times at once is not settled.");
    const { response } = found;
    if (winners.length === 1) await claimSettled(first, name, "content", receipt(`${winners[0]}`));
    for (const bookings of connections) await claimSettled(bookings, name, "content", response);
  }
}

async function testOpen({ first, connections, newName }: Context): Promise<void> {
  const names = Array.from({ length: CONNECTIONS }, () => newName("é"));
  await Promise.all(names.map((name, place) => claimNew(connections[place]!, name, `content of ${name}`)));
  const [settled, ...open] = names as [string, ...string[]];
  await first.settle(settled, failure);
  if (!first.open) return;
  const list = await first.open();
  const found = new Map(list.map((booking) => [booking.name, booking]));
  check(found.size === list.length, "open lists a booking twice.");
  check(!found.has(settled), "open lists a settled booking.");
  for (const name of open) {
    const booking = found.get(name);
    check(booking !== undefined, "open does not list a booking that is claimed and not settled.");
    check(booking.content === `content of ${name}`, `open returned other content: ${show(booking.content)}.`);
  }
}

async function testDeleteSettled({ first, second, newName }: Context): Promise<void> {
  if (!first.deleteSettled) return;
  const [open, settled] = [newName(), newName()];
  for (const name of [open, settled]) await claimNew(first, name, "content");
  await first.settle(settled, failure);
  const count = await second.deleteSettled?.();
  check(
    Number.isInteger(count),
    `deleteSettled must return how many bookings it deleted, but returned ${show(count)}.`,
  );
  const claim = await first.claim(open, "content");
  check(claim.state === "open", "deleteSettled deleted an open booking.");
  const kept = await first.claim(settled, "content");
  check(kept.state === "settled", "deleteSettled deleted a booking that had just been settled.");
}

async function testLaterConnection({ first, newName, connect }: Context): Promise<void> {
  const [open, settled] = [newName(), newName()];
  for (const name of [open, settled]) await claimNew(first, name, "content");
  await first.settle(settled, receipt("settled"));
  const later = await connect();
  const claim = await later.claim(open, "content");
  check(claim.state !== "new", "A later connection does not find the bookings: create must connect to the same store.");
  await claimOpen(later, open, "content");
  await claimSettled(later, settled, "content", receipt("settled"));
}
