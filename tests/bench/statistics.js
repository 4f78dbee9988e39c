// The statistics of the benchmark: every figure is a median with its quartiles.
// @ts-check

/** @typedef {{ median: number, low: number, high: number }} Spread the median, the first and the third quartile */

/**
 * The quantile of values, interpolated linearly.
 *
 * @param {number[]} values
 * @param {number} share from 0 to 1
 */
export function quantile(values, share) {
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

/** @typedef {(number | undefined)[][]} Samples one row a turn, one column a peer; a cell is empty where a peer cannot be measured */

/**
 * The spread of each column.
 *
 * @param {Samples} samples
 * @param {string[]} names of the columns
 * @returns {Record<string, Spread>}
 */
export function spreads(samples, names) {
  /** @type {Record<string, Spread>} */
  const found = {};
  for (const [column, name] of names.entries()) {
    const values = samples.map((row) => row[column]).filter((value) => value !== undefined);
    if (values.length) found[name] = spread(values);
  }
  return found;
}

/**
 * The first column as a multiple of each other one. The ratio is taken in each row, where the machine was the same for
 * all.
 *
 * @param {Samples} samples
 * @param {string[]} names of the columns
 * @returns {Record<string, Spread>}
 */
export function ratios(samples, names) {
  const ratiosOf = (/** @type {(number | undefined)[]} */ [first, ...others]) =>
    others.map((value) => (value === undefined ? undefined : Number(first) / value));
  return spreads(samples.map(ratiosOf), names.slice(1));
}

/**
 * Each column as a multiple of one of them. The ratio is taken in each row, where the machine was the same for all.
 *
 * @param {number[][]} samples
 * @param {string[]} names of the columns
 * @param {string} base the name of the column to compare with
 * @returns {Record<string, Spread>}
 */
export function ratiosTo(samples, names, base) {
  const column = names.indexOf(base);
  return spreads(
    samples.map((row) => row.map((value) => value / row[column])),
    names,
  );
}
