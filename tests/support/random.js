// @ts-check
// Random numbers that are the same for the same seed.

/** A generator of numbers from 0 up to, but not including, 1. @param {number} seed */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {() => number} random @param {readonly T[]} values @returns {T} */
export const pick = (random, values) => values[Math.floor(random() * values.length)];

/** Choices at random, the same for the same seed. @param {number} seed */
export function choicesOf(seed) {
  const random = randomOf(seed);
  return {
    random,
    /** @param {number} probability */
    chance: (probability) => random() < probability,
    /** @template T @param {readonly T[]} list @returns {T} */
    pick: (list) => pick(random, list),
    /** @param {number} from @param {number} to */
    between: (from, to) => from + random() * (to - from),
  };
}
