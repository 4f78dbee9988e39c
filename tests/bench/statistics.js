// The statistics of the benchmark: every figure is a median with its quartiles.
// @ts-check

/** @typedef {{ median: number, low: number, high: number }} Spread the median, the first and the third quartile */

/**
 * The quantile of values, interpolated linearly.
 *
 * @param {number[]} values
 * @param {number} share from 0 to 1
 */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)];
  return low + (sorted[Math.ceil(position)] - low) * (position % 1);
}

/**
 * @param {number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => Number(quantile(values, share).toPrecision(4)));
  return { median, low, high };
}

/**
 * The spread of a value that is known exactly.
 *
 * @param {number} value
 * @returns {Spread}
 */
export function exact(value) {
  return { median: value, low: value, high: value };
}
