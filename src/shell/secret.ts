// Keeps the API key out of whatever is thrown.

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

/** A copy of a reply without the key in its texts. `NO_VALID` is the only documented word as long as a key: it stays. */
export function replyWithoutKey(reply: object, key: unknown): object {
  return JSON.parse(JSON.stringify(reply), (name, value: unknown) =>
    typeof value !== "string" || (name === "promoCodeStatus" && value === "NO_VALID") ? value : withoutKey(value, key),
  ) as object;
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
        if (!isSearchable(value, left)) return false;
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

/** Whether all that an object holds are its properties, and these are not too many. */
function isSearchable(value: object, maxLength: number): boolean {
  if (Array.isArray(value)) return value.length <= maxLength;
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(value) as object);
  return (isPlain || isError(value)) && !ArrayBuffer.isView(value);
}

/** The characters of keys whose spellings may begin alike, as `%`, `%25` and `%2525` do. */
const PIECES = /[\\%&u]|[^\\%&u]+/g;

/**
 * The text with `[key]` in place of the key. One expression for the whole key would try each combination of spellings that
 * begin alike, so these characters have expressions of their own, and none is tried twice at the same place.
 */
export function replaceKey(text: string, key: unknown, maxSearched = MAX_SEARCHED): string {
  const searched = text.slice(0, maxSearched);
  if (typeof key !== "string" || key.length < MIN_KEY || text.length < key.length) return searched;
  const pieces = key.match(PIECES)!.map(expressions);
  const failed = new Uint8Array(searched.length * pieces.length);
  /** Where the key ends whose pieces from `place` on begin at `start` of the text. */
  const findEnd = (start: number, place: number): number | undefined => {
    if (place === pieces.length) return start;
    const attempt = start * pieces.length + place;
    if (failed[attempt]) return undefined;
    for (const expression of pieces[place]!) {
      expression.lastIndex = start;
      const end = expression.test(searched) && findEnd(expression.lastIndex, place + 1);
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

/** The expressions that find a piece of the key, those for longer spellings first. */
function expressions(piece: string): RegExp[] {
  const sources = [Array.from(piece, spellings).join("")];
  if (/^[\\%&u]/.test(piece)) {
    const code = hex(piece.charCodeAt(0), 2);
    sources.push(`%${code}`, `\\\\\\x${code}`, `\\x${code}`);
  }
  return sources.map((source) => new RegExp(source, "y"));
}

/** The source of an expression for every spelling of a character. */
function spellings(char: string): string {
  const code = char.codePointAt(0)!;
  const units = char.replace(/[^]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`);
  const encoded = [
    units.replaceAll("\\", "\\\\"),
    (code < 0x80 ? `%${hex(code, 2)}` : encodeURIComponent(char)).replaceAll("%", "%(?:25)?"),
    `&#(?:0*${code}|x0*${hex(code, 0)});`,
  ];
  // There are two thousand named entities, for nearly all characters but these.
  if (!/[a-z\d]/i.test(char)) encoded.push("&\\w+;");
  // As forms write it.
  if (char === " ") encoded.push("\\+");
  const inEitherCase = encoded
    .join("|")
    .replace(/[a-fx]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  return `(?:${inEitherCase}|\\\\?${units})`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
