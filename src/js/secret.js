// Keeps the API key out of whatever is thrown.

const DEEPEST = 8;
const MOST_ROUNDS = 8;

/**
 * `text` without the key, in whichever form a server or an engine may write it. What is made to form the key anew
 * however often it is taken out is dropped whole.
 * @param {string} text
 * @param {unknown} key
 */
export function withoutKey(text, key) {
  const written = forms(key);
  for (let round = 0; round < MOST_ROUNDS && !isFree(text, written, 0); round++) {
    for (const form of written) text = text.split(form).join("");
  }
  return isFree(text, written, 0) ? text : "";
}

/**
 * Whether `error` is an error in which the key is not found: not in its own properties, nor in its causes.
 * @param {any} error
 * @param {unknown} key
 */
export function isClean(error, key) {
  try {
    return (
      (error instanceof Error || /Error|Exception/.test(toString.call(error))) && isFree(error, forms(key), DEEPEST)
    );
  } catch {
    return false;
  }
}

const { toString } = Object.prototype;

/** @param {unknown} key */
function forms(key) {
  if (typeof key !== "string" || key === "") return [];
  const escaped = JSON.stringify(key).slice(1, -1);
  return [...new Set([key, /\p{Surrogate}/u.test(key) ? key : encodeURIComponent(key), escaped])];
}

/**
 * @param {any} value
 * @param {string[]} forms
 * @param {number} depth
 * @returns {boolean}
 */
function isFree(value, forms, depth) {
  if (typeof value === "string") return !forms.some((form) => value.includes(form));
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  const names = [...Object.getOwnPropertyNames(value), "name", "message", "stack", "cause"];
  return names.every((name) => isFree(value[name], forms, depth - 1));
}
