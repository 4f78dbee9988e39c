// @ts-check
// What bookings must do, whatever stores them: one suite for all stores.

import assert from "node:assert/strict";
import { test } from "node:test";

/** @import { Bookings } from "proxy-orders/backend" */

const CONNECTIONS = 50;
const reply = (/** @type {string} */ text) => ({ status: 200, body: JSON.stringify({ text }) });

let number = 0;
const newName = () => JSON.stringify([`user ${process.pid}`, `key ${(number += 1)}`]);

/**
 * Tests bookings.
 * @param {string} store its name
 * @param {() => Promise<{ connect: () => Promise<Bookings>, close: () => unknown }>} open makes an empty store, to which
 *   each call of `connect` makes a connection of its own
 */
export function testBookings(store, open) {
  test(`${store}: claims and settlements over ${CONNECTIONS} connections`, { timeout: 120_000 }, async (context) => {
    const { connect, close } = await open();
    try {
      const connections = await Promise.all(Array.from({ length: CONNECTIONS }, connect));
      await context.test("a name is new once, and then open with the content of its first claim", async () => {
        const [first, second] = /** @type {[Bookings, Bookings]} */ (connections);
        const name = newName();
        assert.deepEqual(await first.claim(name, "first"), { state: "new" });
        for (const bookings of [first, second]) await isOpen(bookings, name, "first");
      });

      await context.test("an open one grows older by the store's clock", async () => {
        const [first, second] = /** @type {[Bookings, Bookings]} */ (connections);
        const name = newName();
        await first.claim(name, "content");
        const young = await isOpen(second, name, "content");
        const start = performance.now();
        while (performance.now() - start < 300) await new Promise((resolve) => setTimeout(resolve, 50));
        const old = await isOpen(second, name, "content");
        assert.ok(young >= 0 && young < 5_000, `${young}`);
        assert.ok(old - young >= 250 && old - young < 5_000, `${young}, ${old}`);
      });

      await context.test("the first settlement wins, and a late one is no error", async () => {
        const [first, second] = /** @type {[Bookings, Bookings]} */ (connections);
        const name = newName();
        await first.claim(name, "content");
        await second.settle(name, reply("first"));
        await first.settle(name, reply("late"));
        for (const bookings of [first, second]) await isSettled(bookings, name, "content", reply("first"));
        await first.settle(newName(), reply("of no booking"));
      });

      await context.test("names, contents and replies are kept as they are", async () => {
        const [first, second] = /** @type {[Bookings, Bookings]} */ (connections);
        const names = [
          "é",
          "e\u0301",
          "É",
          "e",
          "E",
          "e ",
          " e",
          "%",
          "_",
          "'; --",
          '\\"',
          "💶",
          "$1",
          "x".repeat(800),
        ];
        for (const user of names) {
          const name = JSON.stringify([user, "key"]);
          assert.deepEqual(await first.claim(name, `content of ${user}`), { state: "new" }, user);
          await first.settle(name, { status: 409, body: `{"${user}\n":"€ 💶 '"}` });
        }
        for (const user of names) {
          const body = `{"${user}\n":"€ 💶 '"}`;
          await isSettled(second, JSON.stringify([user, "key"]), `content of ${user}`, { status: 409, body });
        }
        const longest = `["${"€".repeat(590)}"]`;
        const content = "x".repeat(10_000);
        await first.claim(longest, content);
        await first.settle(longest, { status: 200, body: content });
        await isSettled(second, longest, content, { status: 200, body: content });
      });

      let claimed = 0;
      await context.test("of simultaneous claims of one name, exactly one is new", async () => {
        const names = Array.from({ length: 20 }, newName);
        for (const name of names) {
          const claims = await Promise.all(
            connections.map((bookings, place) => bookings.claim(name, `content ${place}`)),
          );
          claimed += claims.length;
          const winners = claims.flatMap(({ state }, place) => (state === "new" ? [place] : []));
          assert.equal(winners.length, 1);
          for (const claim of claims) {
            if (claim.state !== "new")
              assert.deepEqual([claim.state, claim.content], ["open", `content ${winners[0]}`]);
          }
        }
      });

      await context.test("claims of many names at once do not hold each other up", async () => {
        const all = connections.flatMap((bookings) =>
          Array.from({ length: 10 }, () => bookings.claim(newName(), "content")),
        );
        claimed += all.length;
        for (const claim of await Promise.all(all)) assert.equal(claim.state, "new");
      });

      await context.test("of simultaneous settlements of one name, exactly one counts", async () => {
        const name = newName();
        await connections[0]?.claim(name, "content");
        await Promise.all(connections.map((bookings, place) => bookings.settle(name, reply(`${place}`))));
        const claims = await Promise.all(connections.map((bookings) => bookings.claim(name, "")));
        assert.equal(claims[0]?.state, "settled");
        for (const claim of claims) assert.deepEqual(claim, claims[0]);
      });

      await context.test("a later connection finds them", async () => {
        const name = newName();
        const settled = newName();
        await connections[0]?.claim(name, "content");
        await connections[0]?.claim(settled, "content");
        await connections[0]?.settle(settled, reply("settled"));
        const later = await connect();
        await isOpen(later, name, "content");
        await isSettled(later, settled, "content", reply("settled"));
      });
      console.log(`${store}: ${CONNECTIONS} connections, ${claimed} simultaneous claims, each name new once`);
    } finally {
      await close();
    }
  });
}

/** Asserts that a booking is open, and gives its age. @param {Bookings} bookings @param {string} name @param {string} content */
async function isOpen(bookings, name, content) {
  const claim = await bookings.claim(name, "other content");
  assert.equal(claim.state, "open");
  assert.equal(claim.state === "open" && claim.content, content);
  return claim.state === "open" ? claim.ageMs : NaN;
}

/**
 * @param {Bookings} bookings
 * @param {string} name
 * @param {string} content
 * @param {import("proxy-orders/backend").Reply} reply
 */
async function isSettled(bookings, name, content, reply) {
  assert.deepEqual(await bookings.claim(name, "other content"), { state: "settled", content, reply });
}
