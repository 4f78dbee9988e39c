// Removes the API key from everything that is thrown.

import type { ApiError, CalculateResponse } from "../../target/bindgen/core.js";

/** The longest text that is thrown. */
export const MAX_TEXT = 2_000;

/** The longest text that is searched for the API key. The rest is dropped. */
const MAX_SEARCHED = 20_000;

/** How many characters are searched in one call altogether. The rest is dropped. */
const MAX_SEARCHED_PER_CALL = 50_000;

/** A shorter API key is a placeholder, such as `self`, and may appear in any text. */
const MIN_API_KEY = 8;

/** The longest spelling of a character, such as `%25f0%259f%2598%2580`. */
const MAX_SPELLING = 20;

/** How deep the causes of a redacted error go. */
const MAX_CAUSES = 10;

/** Removes the API key from the texts of one call. */
export class Redactor {
  #left = MAX_SEARCHED_PER_CALL;
  readonly #apiKey: unknown;

  constructor(apiKey: unknown) {
    this.#apiKey = apiKey;
  }

  /** The beginning of a text, in which `[key]` replaces the API key, whatever its encoding. */
  text(text: string): string {
    const searched = text.slice(0, Math.min(MAX_SEARCHED, this.#left));
    this.#left -= searched.length;
    const redacted = replaceApiKey(text, this.#apiKey, searched.length).slice(0, MAX_TEXT);
    return replaceApiKey(redacted, this.#apiKey) === redacted ? redacted : "[key]";
  }

  /** A copy of a quote without the API key. `NO_VALID` is the only documented word that is as long as an API key. */
  quote(quote: CalculateResponse): CalculateResponse {
    const { promoCodeStatus, proxyType, currency, error, warnings } = quote;
    const ifText = (text: string | null) => text && this.text(text);
    const apiError = ({ code, message }: ApiError) => ({ code, message: this.text(message) });
    return {
      ...quote,
      promoCodeStatus: promoCodeStatus === "NO_VALID" ? promoCodeStatus : ifText(promoCodeStatus),
      proxyType: ifText(proxyType),
      currency: ifText(currency),
      error: error && apiError(error),
      warnings: warnings && warnings.map(apiError),
    } as CalculateResponse;
  }

  /** The error itself if the API key is neither found nor can be hidden in it, otherwise a plain copy. */
  error(error: unknown): unknown {
    return this.#isClean(error) ? error : this.#copy(error, MAX_CAUSES);
  }

  /** Whether everything that an error holds can be searched, and does not contain the API key. */
  #isClean(error: unknown): boolean {
    try {
      const texts = textsOf(error, this.#left);
      if (!texts || !isError(error)) return false;
      const text = texts.join("\n");
      this.#left -= text.length;
      return replaceApiKey(text, this.#apiKey, text.length) === text;
    } catch {
      return false;
    }
  }

  /** A plain error with the name, message, code and causes of another; nothing if it is not an error. */
  #copy(error: unknown, maxCauses: number): Error | undefined {
    try {
      if (maxCauses === 0 || !isError(error)) return undefined;
      const { name, message, code, cause } = error as Error & { code?: unknown };
      const copy = new Error(this.text(String(message)));
      const details = {
        name: this.text(String(name)),
        code: typeof code === "string" ? this.text(code) : typeof code === "number" ? code : undefined,
        cause: this.#copy(cause, maxCauses - 1),
        stack: `${copy.name}: ${copy.message}`,
      };
      for (const [name, value] of Object.entries(details)) {
        if (value !== undefined) Object.defineProperty(copy, name, { value, configurable: true, writable: true });
      }
      return copy;
    } catch {
      return undefined;
    }
  }
}

/** A copy of a response without the API key in its texts. */
export function redactResponse<T extends object>(response: T, apiKey: unknown): T {
  const redactor = new Redactor(apiKey);
  return JSON.parse(JSON.stringify(response), (name, value: unknown) =>
    typeof value !== "string" || (name === "promoCodeStatus" && value === "NO_VALID") ? value : redactor.text(value),
  ) as T;
}

/**
 * Every text that an error holds. Nothing if it may hold anything but errors, arrays, plain objects and primitives,
 * where the API key could be hidden, or more than `maxLength` characters and values.
 */
function textsOf(error: unknown, maxLength: number): string[] | undefined {
  let left = maxLength;
  const texts: string[] = [];
  // The loop also visits what it adds, and nothing twice.
  const values = new Set<unknown>([error]);
  for (const value of values) {
    const isObject = typeof value === "object" && value !== null;
    const text = isObject ? "" : String(value);
    left -= text.length + 1;
    if (left < 0 || typeof value === "function") return undefined;
    if (isObject) {
      if (!isSearchable(value, left)) return undefined;
      // In some engines, these three are not own properties of the error; in newer ones, the stack is an accessor.
      for (const name of [...Reflect.ownKeys(value), "message", "cause", "stack"]) {
        if (name !== "stack" && Object.getOwnPropertyDescriptor(value, name)?.get) return undefined;
        values.add(name).add((value as Record<PropertyKey, unknown>)[name]);
      }
    } else texts.push(text);
  }
  return texts;
}

/** Whether a value is an error, perhaps of another realm. */
function isError(value: unknown): boolean {
  return (
    value instanceof Error ||
    (Object.prototype.toString.call(value) === "[object Error]" && !(Symbol.toStringTag in (value as object)))
  );
}

/** Whether the properties of an object show everything that it holds, and are not too many. */
function isSearchable(value: object, maxLength: number): boolean {
  if (Array.isArray(value)) return value.length <= maxLength;
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(value) as object);
  return (isPlain || isError(value)) && !ArrayBuffer.isView(value);
}

/** The pieces of an API key: each character that a spelling may begin with, such as `%`, and the text between them. */
const PIECES = /[\\%&u]|[^\\%&u]+/g;

/**
 * The first `maxSearched` characters of a text, with `[key]` in place of the API key.
 *
 * A text may have several readings: `%25` is either one `%` of the API key, or its three characters `%25`. A single
 * regular expression would try every combination of readings, which can take hours. So the API key is cut into pieces
 * at the characters that cause this, and `failed` notes where in the text a piece and the rest after it were not found.
 * Nothing is tried twice.
 */
function replaceApiKey(text: string, apiKey: unknown, maxSearched = MAX_SEARCHED): string {
  const searched = text.slice(0, maxSearched);
  if (typeof apiKey !== "string" || apiKey.length < MIN_API_KEY || text.length < apiKey.length) return searched;
  const pieces = apiKey.match(PIECES)!.map(expressions);
  const failed = new Uint8Array(searched.length * pieces.length);
  /** Where the API key ends, if its pieces from the number `first` on are in the text at `start`. */
  const findEnd = (start: number, first: number): number | undefined => {
    if (first === pieces.length) return start;
    const attempt = start * pieces.length + first;
    if (failed[attempt]) return undefined;
    for (const expression of pieces[first]!) {
      expression.lastIndex = start;
      const end = expression.test(searched) && findEnd(expression.lastIndex, first + 1);
      if (end) return end;
    }
    failed[attempt] = 1;
    return undefined;
  };

  // The end is dropped if the text was cut, because the cut may have left a part of the API key there.
  const end = searched.length - (searched === text ? 0 : apiKey.length * MAX_SPELLING);
  let replaced = "";
  for (let at = 0; at < end;) {
    const keyEnd = findEnd(at, 0);
    replaced += keyEnd ? "[key]" : searched[at];
    at = keyEnd ?? at + 1;
  }
  return replaced;
}

/** The regular expressions that find a piece of the API key, the longest spellings first. */
function expressions(piece: string): RegExp[] {
  const sources = [Array.from(piece, spellings).join("")];
  if (/^[\\%&u]/.test(piece)) {
    const code = hex(piece.charCodeAt(0), 2);
    sources.push(`%${code}`, `\\\\\\x${code}`, `\\x${code}`);
  }
  return sources.map((source) => new RegExp(source, "y"));
}

/** The source of a regular expression that finds every spelling of a character. */
function spellings(char: string): string {
  const code = char.codePointAt(0)!;
  const units = char.replace(/[^]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`);
  const encoded = [
    units.replaceAll("\\", "\\\\"),
    (code < 0x80 ? `%${hex(code, 2)}` : encodeURIComponent(char)).replaceAll("%", "%(?:25)?"),
    `&#(?:0*${code}|x0*${hex(code, 0)});`,
  ];
  // Other characters may be named entities. There are two thousand of them, so any name counts.
  if (!/[a-z\d]/i.test(char)) encoded.push("&\\w+;");
  // In the body of a form, `+` is a space.
  if (char === " ") encoded.push("\\+");
  const inEitherCase = encoded
    .join("|")
    .replace(/[a-fx]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
  return `(?:${inEitherCase}|\\\\?${units})`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
