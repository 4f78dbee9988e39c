// Reads what a caller handed in, each value once, and packs it for the WebAssembly.

/** Stands for an object of the kind that is wanted. */
export const USABLE = Symbol();
/** Stands for an object of that kind whose content is refused. */
export const REFUSED = Symbol();
/** Stands for a value that is of no use, or that cannot be read. */
const OTHER = Symbol();

const LONGEST_TEXT = 10_000;
const MOST_UNKNOWN = 100;

/** @typedef {{ values: unknown[], unknown: string[] }} Read the values of all names, if it is an object; and other names */

/**
 * The values of all `names`, and the names that are none of them.
 * @param {any} source
 * @param {readonly string[]} names
 * @param {boolean} nullIsAbsent
 * @returns {Read}
 */
export function read(source, names, nullIsAbsent) {
  const nothing = { values: [], unknown: [] };
  if (typeof source !== "object" || source === null) return nothing;
  try {
    if (Array.isArray(source) || ArrayBuffer.isView(source) || source instanceof String) return nothing;
    const values = [];
    for (const name of names) {
      let value;
      try {
        value = source[name];
      } catch {
        value = OTHER;
      }
      values.push(value === null ? (nullIsAbsent ? undefined : OTHER) : value);
    }
    const unknown = [];
    for (const name of Object.keys(source)) {
      if (!names.includes(name) && unknown.push(name) === MOST_UNKNOWN) break;
    }
    return { values, unknown };
  } catch {
    return nothing;
  }
}

/** Where numbers are packed, by the length that is wanted. @type {Float64Array[]} */
const scratch = [];
const LONGEST_SCRATCH = 64;

/**
 * Two numbers a value, its kind and the number itself or the length of the text; and all texts behind one another.
 * @param {unknown[]} values
 * @param {number} [longest] the length of the longest text that is packed
 * @returns {{ numbers: Float64Array, texts: string }}
 */
export function pack(values, longest = LONGEST_TEXT) {
  const length = 2 * values.length;
  const numbers = scratch[length] ?? new Float64Array(length);
  if (length <= LONGEST_SCRATCH) scratch[length] = numbers;
  let texts = "";
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    let kind = 8;
    let number = 0;
    if (typeof value === "string") {
      kind = value.length > longest ? 5 : 4;
      if (kind === 4) {
        number = value.length;
        texts += value;
      }
    } else if (typeof value === "number") {
      kind = 3;
      number = value;
    } else if (value === undefined || value === null) kind = 0;
    else if (typeof value === "boolean") kind = value ? 2 : 1;
    else if (value === REFUSED) kind = 6;
    else if (value === USABLE) kind = 7;
    numbers[2 * place] = kind;
    numbers[2 * place + 1] = number;
  }
  if (!/[\ud800-\udfff]/.test(texts)) return { numbers, texts };
  // Emoji pass; half of one does not.
  const isHalf = (/** @type {unknown} */ value) =>
    typeof value === "string" && value.length <= longest && /\p{Surrogate}/u.test(value);
  if (!values.some(isHalf)) return { numbers, texts };
  return pack(
    values.map((value) => (isHalf(value) ? REFUSED : value)),
    longest,
  );
}
