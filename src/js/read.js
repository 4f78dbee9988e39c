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

/**
 * One letter a value, then all texts; and one number a value: itself, or the length of the text.
 * @param {unknown[]} values
 * @param {number} [longest] the length of the longest text that is packed
 * @returns {[Float64Array, string]}
 */
export function pack(values, longest = LONGEST_TEXT) {
  const numbers = new Float64Array(values.length);
  let kinds = "";
  let texts = "";
  values.forEach((value, place) => {
    if (value === undefined || value === null) kinds += "a";
    else if (typeof value === "boolean") kinds += value ? "t" : "f";
    else if (typeof value === "number") {
      kinds += "n";
      numbers[place] = value;
    } else if (typeof value !== "string") kinds += value === USABLE ? "u" : value === REFUSED ? "b" : "o";
    else if (value.length > longest) kinds += "l";
    else if (SURROGATE.test(value) && /\p{Surrogate}/u.test(value)) kinds += "b";
    else {
      kinds += "s";
      numbers[place] = value.length;
      texts += value;
    }
  });
  return [numbers, kinds + texts];
}
