// Keeps the API key out of whatever is thrown.

import type { CalculateResponse } from "../../target/bindgen/core.js";

/** The longest text that is thrown. */
export const MAX_TEXT = 2_000;

/** The longest text that is searched for the key. What follows is dropped. */
const MAX_SEARCHED = 20_000;

/** A shorter key is a placeholder, such as `self`, and may stand in any text. */
const MIN_KEY = 8;

/** The longest spelling of a character, such as `%25f0%259f%2598%2580`. */
const MAX_SPELLING = 20;

/** How much of an error is searched: its characters, and one more for each value. */
const MAX_ERROR = 100_000;

/** The beginning of a text, with `[key]` where the key was, however it was spelled. */
export function withoutKey(text: string, key: unknown): string {
  const cleaned = replaceKey(text, key).slice(0, MAX_TEXT);
  return replaceKey(cleaned, key) === cleaned ? cleaned : "[key]";
}

/** A copy of a quote without the key in its texts. `NO_VALID` is the only documented word as long as a key: it stays. */
export function quoteWithoutKey(quote: object, key: unknown): CalculateResponse {
  return JSON.parse(JSON.stringify(quote), (name, value: unknown) =>
    typeof value !== "string" || (name === "promoCodeStatus" && value === "NO_VALID") ? value : withoutKey(value, key),
  ) as CalculateResponse;
}

/**
 * Whether a value is an error that does not show the key. It may hold errors, arrays, plain objects and primitives;
 * anything else could hide the key, and so could an error that is too large to be searched.
 */
export function isCleanError(error: unknown, key: unknown): boolean {
  try {
    let left = MAX_ERROR;
    const texts: string[] = [];
    // The loop visits what is added on the way, and nothing twice.
    const values = new Set<unknown>([error]);
    for (const value of values) {
      const isObject = typeof value === "object" && value !== null;
      const text = isObject ? "" : String(value);
      left -= text.length + 1;
      if (left < 0 || typeof value === "function") return false;
      if (isObject) {
        if (!isError(value) && !isPlain(value, left)) return false;
        // Not every engine makes these three properties of the error itself, and newer ones make the stack an accessor.
        for (const name of [...Reflect.ownKeys(value), "message", "cause", "stack"]) {
          if (name !== "stack" && Object.getOwnPropertyDescriptor(value, name)?.get) return false;
          values.add(name).add((value as Record<PropertyKey, unknown>)[name]);
        }
      } else texts.push(text);
    }
    const text = texts.join("\n");
    return isError(error) && replaceKey(text, key, MAX_ERROR) === text;
  } catch {
    return false;
  }
}

/** Whether a value is an error, of another realm perhaps. */
function isError(value: unknown): boolean {
  return (
    value instanceof Error ||
    (Object.prototype.toString.call(value) === "[object Error]" && !(Symbol.toStringTag in (value as object)))
  );
}

/** Whether an object is a plain one or an array, and not too long to look at each property. */
function isPlain(value: object, maxLength: number): boolean {
  if (Array.isArray(value)) return value.length <= maxLength;
  return [Object.prototype, null].includes(Object.getPrototypeOf(value) as object) && !ArrayBuffer.isView(value);
}

/**
 * The text with `[key]` in place of the key. A text can be read in more than one way when the key itself has a `%`, a `\`
 * or an `&`; none is tried twice, so the time grows with the length of the text alone.
 */
function replaceKey(text: string, key: unknown, maxSearched = MAX_SEARCHED): string {
  const searched = text.slice(0, maxSearched);
  if (typeof key !== "string" || key.length < MIN_KEY || text.length < key.length) return searched;
  const spellings = Array.from(key, spell);
  const readings = read(searched);
  const failed = new Uint8Array(searched.length * spellings.length);
  /** Where the key from its character at `place` on ends, if it begins at `start` of the text. */
  const findEnd = (start: number, place: number): number | undefined => {
    if (place === spellings.length) return start;
    const attempt = start * spellings.length + place;
    if (failed[attempt]) return undefined;
    for (const [spelling, length] of readings[start] ?? []) {
      const end = spellings[place]!.includes(spelling) && findEnd(start + length, place + 1);
      if (end) return end;
    }
    failed[attempt] = 1;
    return undefined;
  };

  // A key that the cut has halved is dropped.
  const end = searched.length - (searched === text ? 0 : key.length * MAX_SPELLING);
  let replaced = "";
  for (let at = 0; at < end;) {
    const keyEnd = findEnd(at, 0);
    replaced += keyEnd ? "[key]" : searched[at];
    at = keyEnd ?? at + 1;
  }
  return replaced;
}

/** Stands for every named entity: there are two thousand, for nearly all characters but letters and digits. */
const NAMED_ENTITY = "&;";

/** The spellings of a character, as `read` normalises them. */
function spell(char: string): string[] {
  const code = char.codePointAt(0) as number;
  return [
    char,
    char.replace(/[^]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
    code < 0x80 ? `%${hex(code, 2)}` : encodeURIComponent(char).toLowerCase(),
    `&#${code};`,
    `&#x${hex(code, 0)};`,
    /[a-z\d]/i.test(char) ? char : NAMED_ENTITY,
    // As forms encode a space.
    char === " " ? "+" : char,
  ];
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A spelling of a character, and its length in the text. */
type Reading = [spelling: string, length: number];

/** A character as `\uXXXX`, percent-encoded, or as an entity; a percent sign; a character after a backslash; as itself. */
const READINGS =
  /(?=(\\u(?:d[89ab]..\\u)?.{4}|%(?:25)?(?:[cd].%(?:25)?|e.%(?:25)?..%(?:25)?|f.%(?:25)?..%(?:25)?..%(?:25)?)?..|&#?\w+;)|)(?=(%25)|)(?=\\([^])|)(?=([^]))/giu;

/** Reads the character that begins at each index of a text, in every way that is possible, the longest first. */
function read(text: string): Reading[][] {
  const readings: Reading[][] = [];
  for (const { index, 1: spelling, 2: percent, 3: escaped, 4: char = "" } of text.matchAll(READINGS)) {
    const found: Reading[] = (readings[index] = []);
    if (spelling) found.push([normalise(spelling), spelling.length]);
    if (percent) found.push([percent, 3]);
    if (escaped) found.push([escaped, 1 + escaped.length]);
    found.push([char, char.length]);
  }
  return readings;
}

function normalise(spelling: string): string {
  return /&\w/.test(spelling) ? NAMED_ENTITY : spelling.toLowerCase().replace(/(%)25(?=.)|(&#x?)0+/g, "$1$2");
}
