// Reads what a caller handed in, each value once, and packs it for the WebAssembly.

/** Stands for an object of the kind that is wanted. */
export const USABLE = Symbol();
/** Stands for an object of that kind whose content is refused. */
export const REFUSED = Symbol();
/** Stands for a value that is of no use, or that cannot be read. */
const OTHER = Symbol();

/** Quick where there is none, as nearly always. */
const SURROGATE = /[\ud800-\udfff]/;
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
    const values = names.map((name) => readOne(source, name, nullIsAbsent));
    const unknown = [];
    for (const name of Object.keys(source)) {
      if (!names.includes(name) && unknown.push(name) === MOST_UNKNOWN) break;
    }
    return { values, unknown };
  } catch {
    return nothing;
  }
}

/** @param {any} source @param {string} name @param {boolean} nullIsAbsent */
function readOne(source, name, nullIsAbsent) {
  try {
    const value = source[name];
    return value === null ? (nullIsAbsent ? undefined : OTHER) : value;
  } catch {
    return OTHER;
  }
}

/** Where numbers are packed, as long as they fit. */
const scratch = new Float64Array(64);

/**
 * Two numbers a value, its kind and the number itself or the length of the text; and all texts behind one another.
 * @param {unknown[]} values
 * @param {number} [longest] the length of the longest text that is packed
 */
export function pack(values, longest = LONGEST_TEXT) {
  const length = 2 * values.length;
  const numbers = length <= scratch.length ? scratch.subarray(0, length) : new Float64Array(length);
  let texts = "";
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    let kind = 8;
    let number = 0;
    if (typeof value === "string") {
      if (value.length > longest) kind = 5;
      else if (SURROGATE.test(value) && /\p{Surrogate}/u.test(value)) kind = 6;
      else {
        kind = 4;
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
  return { numbers, texts };
}
