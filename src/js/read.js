// Reads what a caller handed in, each value once, and packs it for the WebAssembly.

/** Stands for an object of the kind that is wanted. */
export const USABLE = Symbol();
/** Stands for an object of that kind whose content is refused. */
export const REFUSED = Symbol();
/** Stands for a value that is of no use, or that cannot be read. */
const OTHER = Symbol();

const LONGEST_TEXT = 10_000;
const LONGEST_NAME = 100;
const MOST_UNKNOWN = 100;

/**
 * The values of all `names`, then the names that are unknown; nothing of what is no object.
 * @param {any} source
 * @param {readonly string[]} names
 * @param {boolean} nullIsAbsent
 * @returns {unknown[]}
 */
export function read(source, names, nullIsAbsent) {
  if (typeof source !== "object" || source === null) return [];
  try {
    if (Array.isArray(source) || ArrayBuffer.isView(source) || source instanceof String) return [];
    const values = names.map((name) => {
      try {
        const value = source[name];
        return value === null && !nullIsAbsent ? OTHER : value;
      } catch {
        return OTHER;
      }
    });
    const most = values.length + MOST_UNKNOWN;
    for (const name of Object.keys(source)) {
      if (!names.includes(name) && values.push(name.slice(0, LONGEST_NAME)) === most) break;
    }
    return values;
  } catch {
    return [];
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
    else if (/\p{Surrogate}/u.test(value)) kinds += "b";
    else {
      kinds += "s";
      numbers[place] = value.length;
      texts += value;
    }
  });
  return [numbers, kinds + texts];
}
