// @ts-check
// The deadline counts by the monotonic and by the wall clock: one of them may stand still while a device sleeps.
import {
  assert,
  countOrders,
  equal,
  minimal,
  rejected,
  respondWith,
  responses,
  stub,
  stubbed,
  untilAborted,
  withClock,
} from "./support.js";

/** @typedef {import("./support.js").Test} Test */

const HOUR_MS = 60 * 60 * 1000;
const notPlaced = { outcome: "not_placed" };

/**
 * A stub whose calculation is interrupted.
 * @param {() => void} interrupt
 */
const interruptedApi = (interrupt) =>
  stub(() => (interrupt(), respondWith(responses.calculate)()), respondWith(responses.order));

/** @param {Test} test */
export async function aDeviceThatSleepsDuringTheGuardSendsNothing({ pkg }) {
  for (const [jumps, standsStill] of [
    [Date, performance],
    [performance, Date],
  ]) {
    let asleep = 0;
    const api = interruptedApi(() => (asleep = HOUR_MS));
    const frozen = standsStill.now();
    const error = await withClock(
      jumps,
      (now) => now + asleep,
      () =>
        withClock(
          standsStill,
          () => frozen,
          () => rejected(pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5 })), "timeout", notPlaced),
        ),
    );
    equal(error.quote, responses.calculate, "quote");
    equal([api.requests.length, countOrders(api)], [1, 0], "requests and orders sent");
  }
}

/** @param {Test} test */
export async function aLateTimerDoesNotDelayTheDeadline({ pkg }) {
  const api = interruptedApi(() => {
    const end = performance.now() + 120;
    while (performance.now() < end);
  });
  const options = stubbed(api.fetch, { maxPrice: 5, timeoutMs: 100 });
  await rejected(pkg.order(minimal.order.IPv4, options), "timeout", notPlaced);
  equal(countOrders(api), 0, "orders sent");
}

/** @param {Test} test */
export async function aWallClockThatGoesBackwardLeavesTheMonotonicOne({ pkg }) {
  let change = 0;
  const api = interruptedApi(() => (change = -HOUR_MS));
  await withClock(
    Date,
    (now) => now + change,
    async () => {
      const receipt = await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5 }));
      equal([receipt, countOrders(api)], [responses.order, 1], "an order in time");
      let slept = 0;
      const late = interruptedApi(() => (slept = HOUR_MS));
      const options = stubbed(late.fetch, { maxPrice: 5 });
      await withClock(
        performance,
        (now) => now + slept,
        () => rejected(pkg.order(minimal.order.IPv4, options), "timeout", notPlaced),
      );
      equal(countOrders(late), 0, "orders sent after the deadline");
    },
  );
}

/** @param {Test} test */
export async function aMonotonicClockThatStandsStillEndsNoCallEarlyOrLate({ pkg }) {
  const frozen = performance.now();
  await withClock(
    performance,
    () => frozen,
    async () => {
      const api = stub(respondWith(responses.calculate), respondWith(responses.order));
      const receipt = await pkg.order(minimal.order.IPv4, stubbed(api.fetch, { maxPrice: 5 }));
      equal(receipt, responses.order, "an order in time");
      const start = Date.now();
      const stalled = stubbed(untilAborted, { timeoutMs: 100 });
      await rejected(pkg.order(minimal.order.IPv4, stalled), "timeout", { outcome: "unknown" });
      const took = Date.now() - start;
      assert(took >= 99 && took < 2_000, `the deadline of 100 ms came after ${took} ms`);
    },
  );
}
