// A clock that moves only when a test says so.
// @ts-check

/** Takes the place of the engine's clocks and timers until `restore` is called. */
export function fakeClock() {
  const engine = { setTimeout, clearTimeout, dateNow: Date.now, performanceNow: performance.now };
  /** @type {Map<number, { due: number, work: () => void }>} */
  const timers = new Map();
  let last = 0;
  const clock = {
    /** What `performance.now()` shows, and the timers go by. */
    monotonic: 1_000,
    /** What `Date.now()` shows. */
    wall: 1_800_000_000_000,
    timers,
    /** Advances both clocks, and fires the timers that are due. */
    pass(/** @type {number} */ ms) {
      clock.monotonic += ms;
      clock.wall += ms;
      for (const [id, { due, work }] of [...timers]) {
        if (due <= clock.monotonic && timers.delete(id)) work();
      }
    },
    /** Moves only the wall clock. */
    jump(/** @type {number} */ ms) {
      clock.wall += ms;
    },
    /** Moves only the monotonic clock, whose timers are then late. */
    passSilently(/** @type {number} */ ms) {
      clock.monotonic += ms;
    },
    restore() {
      globalThis.setTimeout = engine.setTimeout;
      globalThis.clearTimeout = engine.clearTimeout;
      Date.now = engine.dateNow;
      performance.now = engine.performanceNow;
    },
  };
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ work, /** @type {number} */ ms) => {
      timers.set((last += 1), { due: clock.monotonic + ms, work });
      return last;
    }
  );
  globalThis.clearTimeout = /** @type {any} */ ((/** @type {number} */ id) => void timers.delete(id));
  Date.now = () => clock.wall;
  performance.now = () => clock.monotonic;
  return clock;
}
