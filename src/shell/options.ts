// The options of a call: what they mean, their defaults and their rules.

import { unknownName, type Endpoint, type Issue, type IssueCode } from "../../target/bindgen/core.js";
import { replaceKey } from "./secret.js";
import { LONE_SURROGATE, read } from "./wire.js";

/** Options of every call. An unknown option is an issue, and so is `null`; `undefined` is absent. */
export interface CallOptions {
  /**
   * Where the API is: an `https:` URL, or a path on the page's own origin such as `"/api"`. It may carry a path prefix; a
   * trailing slash does not matter. `http:` is accepted to loopback and the page's own origin only, unless
   * `allowInsecure` is set. Credentials, query and fragment are not accepted.
   */
  baseUrl: string;
  /**
   * The API key of the account, which becomes one segment of the path, encoded as `encodeURIComponent` does: at most 256
   * characters; not empty, `.` or `..`. Required when `baseUrl` is a URL. Nothing that this package writes or throws
   * contains it, unless it is a placeholder of less than 8 characters.
   *
   * @defaultValue when `baseUrl` is a path on the page's own origin: `"self"`, a placeholder that the backend replaces
   */
  apiKey?: string | undefined;
  /**
   * Ends the call when it is aborted: the call is rejected with `aborted`, whose `cause` is the signal's reason.
   *
   * @defaultValue none
   */
  signal?: AbortSignal | undefined;
  /**
   * Deadline of the whole call in milliseconds: loading, retries and reading the body included. Above 0, at most
   * 2 147 483 647.
   *
   * @defaultValue 30000
   */
  timeoutMs?: number | undefined;
  /**
   * How often a calculation is tried again after `network`, 408, 429 and 5xx: a whole number from 0 to 10. In `order` it
   * holds for the calculation that `maxPrice` and `requirePromoCode` make; the order itself is never sent twice.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;
  /**
   * Headers to send along, as in `fetch`. `content-type` and `accept` are the package's own.
   *
   * @defaultValue none
   */
  headers?: Headers | [string, string][] | Record<string, string> | undefined;
  /**
   * Whether cookies are sent, as in `fetch`.
   *
   * @defaultValue "same-origin"
   */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /**
   * What to call in place of the global `fetch`. It is given a `Request`; its answer may be any object with a whole
   * `status`, `headers.get` and `text()`.
   *
   * @defaultValue the global `fetch`, looked up at each call
   */
  fetch?: ((request: Request) => Promise<FetchedResponse>) | undefined;
  /**
   * Accepts an `http:` URL to any host. The API key then travels in the clear.
   *
   * @defaultValue false
   */
  allowInsecure?: boolean | undefined;
}

/** What a `fetch` must answer with: a `Response`, or an object that has as much of it. */
export interface FetchedResponse {
  /** The HTTP status, a whole number. */
  readonly status: number;
  /** The headers of the reply. */
  readonly headers: {
    /** The value of a header, `null` without it. */
    get(name: string): string | null;
  };
  /** Reads the body to its end. */
  text(): Promise<string>;
}

/** Options of `order`. Given to `calculate`, those that `order` alone has are ignored. */
export interface OrderOptions extends CallOptions {
  /**
   * The highest price to order at, in the account's currency: finite, 0 or more. The order is calculated first, and
   * `refused` when there are warnings or the price is higher. The two are no single step: the price may change between.
   * Leave it out for an order without a guard: `undefined` is an issue.
   *
   * @defaultValue none
   */
  maxPrice?: number;
  /**
   * Calculates first, and refuses when there are warnings or the promo code is not `VALID`. Leave it out for an order
   * without a guard: `undefined` is an issue.
   *
   * @defaultValue false
   */
  requirePromoCode?: boolean;
  /**
   * Lets an identical order (same URL, key and body) through while one is still pending, or in doubt, in this module
   * instance. Say so only when you have looked the order in doubt up: it may have been placed.
   *
   * @defaultValue false
   */
  allowDuplicate?: boolean | undefined;
  /**
   * Sent as the header `Idempotency-Key`, for a backend that books each key once. Printable ASCII. While an identical
   * order is in doubt, its key lets a repeat through, which learns what became of it. **The vendor's own API ignores
   * keys:** repeat only where you know that the server books each key once.
   *
   * @defaultValue on the page's own origin a new random one per call; elsewhere none
   */
  idempotencyKey?: string | undefined;
}

/** Why a value breaks the rule of its option, with a sentence of its own where the option's does not help. */
class Fault {
  constructor(
    readonly code: IssueCode,
    readonly sentence?: string,
  ) {}
}

const WRONG_TYPE = new Fault("wrong_type");
const NOT_ALLOWED = new Fault("not_allowed");
const OUT_OF_RANGE = new Fault("out_of_range");
const MALFORMED = new Fault("malformed");
const NO_PAGE = new Fault(
  "malformed",
  "baseUrl must be an https address here: there is no page whose path it could be.",
);
const FAULTS: unknown[] = [WRONG_TYPE, NOT_ALLOWED, OUT_OF_RANGE, MALFORMED, NO_PAGE];

/** Without `instanceof`, which would run code of a proxy that was handed in. */
const isFault = (parsed: unknown): parsed is Fault => FAULTS.includes(parsed);

/** The longest text of an option. */
const MAX_LENGTH = 10_000;

/** The longest API key. */
const MAX_KEY = 256;

/** Parses a value; `values` are those of all options, in the order of their names. */
type Rule<T> = (value: unknown, values: readonly unknown[]) => T | Fault;

const text =
  <T = string>(parse: (text: string, values: readonly unknown[]) => T | Fault): Rule<T> =>
  (value, values) => {
    if (typeof value !== "string") return WRONG_TYPE;
    if (value.length > MAX_LENGTH) return OUT_OF_RANGE;
    return LONE_SURROGATE.test(value) ? MALFORMED : parse(value, values);
  };

const number =
  (inRange: (number: number) => boolean): Rule<number> =>
  (value) => {
    if (typeof value !== "number") return WRONG_TYPE;
    return inRange(value) ? value : OUT_OF_RANGE;
  };

const flag: Rule<boolean> = (value) => (typeof value === "boolean" ? value : WRONG_TYPE);

/** The rule of each option, and the end of the sentence "It must be …". */
const OPTIONS = {
  baseUrl: {
    rule: text(parseBaseUrl),
    allowed:
      "an https address or a path on the page's own origin, without credentials, query and fragment; " +
      "http is for loopback and the page's own origin, unless allowInsecure is true",
    isRequired: true,
  },
  apiKey: {
    rule: text((key) => {
      if (key === "" || key === "." || key === "..") return MALFORMED;
      return key.length > MAX_KEY ? OUT_OF_RANGE : key;
    }),
    allowed: `text of 1 to ${MAX_KEY} characters that can stand as one segment of a path: neither .. nor . alone`,
    isRequired: true,
    // Behind a path on the page's own origin stands a backend, which puts the real key in its place.
    defaultValue: ([baseUrl]) => (typeof baseUrl === "string" && baseUrl.startsWith("/") ? "self" : undefined),
  },
  signal: {
    rule: ((value) => (isAbortSignal(value) ? value : WRONG_TYPE)) as Rule<AbortSignal>,
    allowed: "an AbortSignal",
  },
  timeoutMs: {
    rule: number((ms) => ms > 0 && ms <= 2_147_483_647),
    allowed: "a number of milliseconds above 0 and at most 2147483647",
    defaultValue: () => 30_000,
  },
  maxRetries: {
    rule: ((value) => {
      if (!Number.isInteger(value)) return WRONG_TYPE;
      return (value as number) >= 0 && (value as number) <= 10 ? value : OUT_OF_RANGE;
    }) as Rule<number>,
    allowed: "a whole number from 0 to 10",
    defaultValue: () => 2,
  },
  headers: { rule: parseHeaders as Rule<Headers>, allowed: "what the constructor of Headers accepts" },
  credentials: {
    rule: text<RequestCredentials>((value) =>
      value === "omit" || value === "same-origin" || value === "include" ? value : NOT_ALLOWED,
    ),
    allowed: "omit, same-origin or include",
    defaultValue: () => "same-origin",
  },
  fetch: {
    rule: ((value) => (typeof value === "function" ? value : WRONG_TYPE)) as Rule<
      (request: Request) => PromiseLike<FetchedResponse>
    >,
    allowed: "a function",
  },
  allowInsecure: { rule: flag, allowed: "true or false" },
  maxPrice: {
    rule: number((price) => price >= 0 && Number.isFinite(price)),
    allowed: "a finite number, 0 or more",
    isOfOrder: true,
    isGuard: true,
  },
  requirePromoCode: { rule: flag, allowed: "true or false", isOfOrder: true, isGuard: true },
  allowDuplicate: { rule: flag, allowed: "true or false", isOfOrder: true },
  idempotencyKey: {
    rule: text((key) => (/^[!-~]([ -~]*[!-~])?$/.test(key) ? key : MALFORMED)),
    allowed: "text of printable ASCII characters, with no space at either end",
    isOfOrder: true,
  },
} satisfies { [name in keyof OrderOptions]-?: Option };

interface Option {
  rule: Rule<unknown>;
  allowed: string;
  isRequired?: true;
  isOfOrder?: true;
  /** Given as `undefined` it is an issue: `maxPrice: offer?.price` must not buy without a guard. */
  isGuard?: true;
  defaultValue?: (values: readonly unknown[]) => unknown;
}

type OptionName = keyof typeof OPTIONS;
const NAMES = Object.keys(OPTIONS) as OptionName[];

/** The options as the call uses them: absent without a default, and wherever there is an issue. */
export type Settings = {
  -readonly [name in OptionName]?: Exclude<ReturnType<(typeof OPTIONS)[name]["rule"]>, Fault>;
};

/** The options that were handed in. */
export interface ReadOptions {
  settings: Settings;
  /** Lists every issue, which needs the WebAssembly. */
  issues: () => Issue[];
}

/** Reads the options of a call, each once. */
export function readOptions(endpoint: Endpoint, options: unknown): ReadOptions {
  const given = read(options, NAMES);
  const values = given?.values ?? [];
  const issues: Issue[] = [];
  const settings: Record<string, unknown> = {};
  let place = 0;
  for (const name of NAMES) {
    const option: Option = OPTIONS[name];
    const value = option.isOfOrder && endpoint !== "order" ? undefined : values[place];
    place += 1;
    if (value !== undefined) {
      const setting = option.rule(value, values);
      if (!isFault(setting)) {
        settings[name] = setting;
        continue;
      }
      const message = setting.sentence ?? `${name} must be ${option.allowed}.`;
      issues.push({ path: [name], code: setting.code, message });
    }
    const setting = option.defaultValue?.(values);
    if (setting !== undefined) settings[name] = setting;
    else if (option.isRequired && value === undefined) {
      issues.push({ path: [name], code: "required", message: `${name} is required: ${option.allowed}.` });
    } else if (option.isGuard && value === undefined && endpoint === "order" && has(options, name)) {
      const message = `${name} must be ${option.allowed}. Leave it out for an order without a guard.`;
      issues.push({ path: [name], code: "wrong_type", message });
    }
  }
  return {
    settings,
    issues() {
      if (!given) return [notAnObject("options")];
      const names = given.unknownNames.map((name) => replaceKey(name, settings.apiKey));
      issues.push(...unknownFields("options", names, NAMES));
      return issues;
    },
  };
}

/** Whether an object, which may be a proxy that throws, has a name. */
function has(object: unknown, name: string): boolean {
  try {
    return name in (object as object);
  } catch {
    return true;
  }
}

/** What was validated. */
type Subject = "request" | "options";

/** The issue of a value that is not an object at all. */
export function notAnObject(subject: Subject): Issue {
  return { path: [], code: "wrong_type", message: `The ${subject} must be an object.` };
}

/** The longest name that a sentence shows whole. */
const MAX_NAME = 100;

/** The issues of names that the request or the options do not have. */
export function unknownFields(subject: Subject, unknown: readonly string[], known: readonly string[]): Issue[] {
  return unknown.map((name) => ({
    path: [name],
    code: "unknown_field",
    message: unknownName(name.slice(0, MAX_NAME), subject, known.join(" ")),
  }));
}

/** Where the API is. */
export interface BaseUrl {
  /** The URL, without a trailing slash. */
  href: string;
  isOwnOrigin: boolean;
  /** Whether there is no page or worker with an origin, as on a server. */
  isOnServer: boolean;
}

/**
 * The base URL that was parsed last: nearly always the next one as well. It saves a sixth of a call, because an engine's
 * `URL` is slow to make and to collect.
 */
let last: { text: string; origin: string | undefined; baseUrl: BaseUrl; isSafe: boolean } | undefined;

function parseBaseUrl(text: string, values: readonly unknown[]): BaseUrl | Fault {
  const origin = ownOrigin();
  if (last?.text !== text || last.origin !== origin) {
    if (origin === undefined && /^\/(?!\/)/.test(text)) return NO_PAGE;
    // The URL parser drops white space and controls, and reads a backslash as a slash.
    if (/[\0-\x20\x7f?#\\]/.test(text) || !/^(\/(?!\/)|https?:\/\/(?![^/]*@))/i.test(text)) return MALFORMED;
    let url;
    try {
      url = new URL(text, origin);
    } catch {
      return MALFORMED;
    }
    const isOwnOrigin = url.origin === origin;
    const isSafe = isOwnOrigin || url.protocol === "https:" || isLoopback(url.hostname);
    let { href } = url;
    while (href.endsWith("/")) href = href.slice(0, -1);
    last = { text, origin, baseUrl: { href, isOwnOrigin, isOnServer: origin === undefined }, isSafe };
  }
  return last.isSafe || values[NAMES.indexOf("allowInsecure")] === true ? last.baseUrl : MALFORMED;
}

/** The origin of the page or worker, if there is one. */
function ownOrigin(): string | undefined {
  // A program for servers may define a location and no origin.
  const { origin = globalThis.location?.origin } = globalThis as { origin?: unknown };
  return typeof origin === "string" && origin !== "null" ? origin : undefined;
}

/** Whether a host, as the URL parser writes it, is this machine. */
function isLoopback(host: string): boolean {
  return host === "[::1]" || /^(127\.[\d.]+|(.+\.)?localhost)$/.test(host);
}

function isAbortSignal(value: unknown): boolean {
  try {
    const { aborted } = value as AbortSignal;
    return typeof aborted === "boolean" && Object.prototype.toString.call(value) === "[object AbortSignal]";
  } catch {
    return false;
  }
}

function parseHeaders(value: unknown): Headers | Fault {
  if (value === null || typeof value !== "object") return WRONG_TYPE;
  try {
    return new Headers(value as HeadersInit);
  } catch {
    return MALFORMED;
  }
}
