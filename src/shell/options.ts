// The options of a call: their meaning, defaults and rules.

import type { Endpoint, Issue, IssueCode } from "../../target/bindgen/core.js";
import { ownOrigin, parseBaseUrl, type BaseUrl } from "./base-url.js";
import { notAnObject } from "./validate.js";
import { LONE_SURROGATE, read } from "./wire.js";

/** Options of every call. An unknown option is an issue, and so is `null`; `undefined` means absent. */
export interface CallOptions {
  /**
   * Where the API is: an `https:` URL, or a path on the page's own origin such as `"/api"`. It may have a path prefix. A
   * trailing slash does not matter. `http:` is accepted only for loopback and the page's own origin, unless `allowInsecure`
   * is set. It must not have credentials, a query or a fragment.
   */
  baseUrl: string;
  /**
   * The API key of the account. It becomes one path segment, encoded as `encodeURIComponent` does: 1 to 256 characters, not
   * `.` or `..`. Required if `baseUrl` is a URL. Nothing that this package writes or throws contains it, unless it is a
   * placeholder of fewer than 8 characters.
   *
   * @defaultValue if `baseUrl` is a path on the page's own origin: `"self"`, a placeholder that the backend replaces
   */
  apiKey?: string | undefined;
  /**
   * Ends the call when it is aborted: the call rejects with `aborted`, whose `cause` is the signal's reason.
   *
   * @defaultValue none
   */
  signal?: AbortSignal | undefined;
  /**
   * The deadline of the whole call in milliseconds, including loading, retries and reading the body: above 0, at most
   * 2 147 483 647. It is measured by both the monotonic and the wall clock, because one of them may stand still while a
   * device sleeps.
   *
   * @defaultValue 30000
   */
  timeoutMs?: number | undefined;
  /**
   * How many times a calculation is retried after `network`, 408, 429 and 5xx: a whole number from 0 to 10. In `order`,
   * it applies to the calculation for `maxPrice` and `requirePromoCode`. The order itself is never sent twice.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;
  /**
   * Headers to send, as in `fetch`. The package sets `content-type` and `accept`.
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
   * A replacement for the global `fetch`. It is called with a `Request`. Its result may be any object with a whole-number
   * `status`, `headers.get` and `text()`. It must not retry: an order would be sent more than once.
   *
   * @defaultValue the global `fetch`, looked up at each call
   */
  fetch?: ((request: Request) => Promise<FetchedResponse>) | undefined;
  /**
   * Accepts an `http:` URL to any host. The API key is then sent unencrypted.
   *
   * @defaultValue false
   */
  allowInsecure?: boolean | undefined;
}

/** What `fetch` must return: a `Response`, or an object with these members. */
export interface FetchedResponse {
  /** The HTTP status, a whole number. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: {
    /** The value of a header, or `null`. */
    get(name: string): string | null;
  };
  /** Reads the body to its end. */
  text(): Promise<string>;
}

/** Options of `order`. `calculate` ignores those that only `order` has. */
export interface OrderOptions extends CallOptions {
  /**
   * The highest price to order at, in the account's currency: finite, 0 or more. The order is calculated first, and rejects
   * with `refused` if there are warnings or the price is higher. Calculation and order are separate requests: the price
   * may change in between. Leave it out to order without a guard: `undefined` is an issue.
   *
   * @defaultValue none
   */
  maxPrice?: number;
  /**
   * Calculates first, and rejects with `refused` if there are warnings or the promo code is not `VALID`. Leave it out to
   * order without a guard: `undefined` is an issue.
   *
   * @defaultValue false
   */
  requirePromoCode?: boolean;
  /**
   * Lets an identical order (same URL, API key and body; on a server, also the same `idempotencyKey` option) through
   * while one is pending or unresolved in this module instance. Set it only after you have checked the earlier order:
   * it may have been placed.
   *
   * @defaultValue false
   */
  allowDuplicate?: boolean | undefined;
  /**
   * Sent as the header `Idempotency-Key`, for a backend that books each idempotency key once: 1 to 255 printable ASCII
   * characters, with no space at either end.
   *
   * @defaultValue on the page's own origin, a new random one for each call; elsewhere, none
   */
  idempotencyKey?: string | undefined;
  /**
   * Declares that this order was sent before with this `idempotencyKey`, and that its outcome is unknown. The server must
   * book each idempotency key once: **YouProxy's own API ignores idempotency keys and would book the order again.** Do not
   * repeat an order that was first sent more than 7 days ago: the server may have deleted its idempotency key.
   *
   * @defaultValue false
   */
  repeat?: boolean | undefined;
}

/** How a value violates the rule of its option, with a sentence of its own where the option's does not help. */
class Violation {
  constructor(
    readonly code: IssueCode,
    readonly sentence?: string,
  ) {}
}

const WRONG_TYPE = new Violation("wrong_type");
const NOT_ALLOWED = new Violation("not_allowed");
const OUT_OF_RANGE = new Violation("out_of_range");
const MALFORMED = new Violation("malformed");
const NO_PAGE = new Violation(
  "malformed",
  "baseUrl must be an https address here: without a page, a path has no origin.",
);
const VIOLATIONS: unknown[] = [WRONG_TYPE, NOT_ALLOWED, OUT_OF_RANGE, MALFORMED, NO_PAGE];

/** Without `instanceof`, which would run the code of a proxy that was passed in. */
const isViolation = (parsed: unknown): parsed is Violation => VIOLATIONS.includes(parsed);

/** The longest text of an option, in UTF-16 code units. */
const MAX_OPTION_TEXT = 10_000;

const MAX_API_KEY = 256;

/** Parses a value. `values` are those of all options, in the order of `NAMES`. */
type Rule<T> = (value: unknown, values: readonly unknown[]) => T | Violation;

const text =
  <T = string>(parse: (text: string, values: readonly unknown[]) => T | Violation): Rule<T> =>
  (value, values) => {
    if (typeof value !== "string") return WRONG_TYPE;
    if (value.length > MAX_OPTION_TEXT) return OUT_OF_RANGE;
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
    rule: text(acceptBaseUrl),
    allowed:
      "an https address or a path on the page's own origin, without credentials, query or fragment; " +
      "http is for loopback and the page's own origin, unless allowInsecure is true",
    isRequired: true,
  },
  apiKey: {
    rule: text((apiKey) => {
      if (apiKey === "" || apiKey === "." || apiKey === "..") return MALFORMED;
      return apiKey.length > MAX_API_KEY ? OUT_OF_RANGE : apiKey;
    }),
    allowed: `text of 1 to ${MAX_API_KEY} characters that can be one segment of a path: neither .. nor . alone`,
    isRequired: true,
    // A path on the page's own origin is a backend, which puts the real API key in its place.
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
  idempotencyKey: {
    rule: text((value) => (isIdempotencyKey(value) ? value : MALFORMED)),
    allowed: "1 to 255 printable ASCII characters, with no space at either end, and not the text of a missing value",
    isOfOrder: true,
  },
  // A purchase has none of the options below: it is never a duplicate, and a checkout never repeats an order.
  allowDuplicate: { rule: flag, allowed: "true or false", isOfOrder: true },
  repeat: { rule: flag, allowed: "true or false", isOfOrder: true },
} satisfies { [name in keyof OrderOptions]-?: Option };

interface Option {
  rule: Rule<unknown>;
  allowed: string;
  isRequired?: true;
  isOfOrder?: true;
  /** `undefined` is an issue: `maxPrice: offer?.price` must not buy without a guard. */
  isGuard?: true;
  defaultValue?: (values: readonly unknown[]) => unknown;
}

type OptionName = keyof typeof OPTIONS;
const NAMES = Object.keys(OPTIONS) as OptionName[];
const PURCHASE_NAMES = NAMES.slice(0, -2);

/** The options as the call uses them. One that is absent or has an issue has its default, if any. */
export type Settings = {
  -readonly [name in OptionName]?: Exclude<ReturnType<(typeof OPTIONS)[name]["rule"]>, Violation>;
};

/** Whether a call accepts the value of an option. */
export const isAccepted = (name: "baseUrl" | "apiKey", value: unknown): boolean =>
  !isViolation(OPTIONS[name].rule(value, []));

/** The options of a call, read. */
export interface ReadOptions {
  settings: Settings;
  /** Whether the caller declares a repeat, even with an invalid value. */
  isRepeat: boolean;
  /** Whether this order and all others ignore each other. */
  isUntracked: boolean;
  /** The issues of the known options. */
  issues: Issue[];
  /** Names that no option has. */
  unknownNames: string[];
  /** The names of all options. */
  knownNames: readonly string[];
}

/** Set by `proxy-orders/backend`, whose bookings take care of duplicates. */
const UNTRACKED = Symbol.for("proxy-orders.untracked");

/** Reads the options of a call, each once. */
export function readOptions(endpoint: Endpoint, options: unknown, isPurchase = false): ReadOptions {
  const names = isPurchase ? PURCHASE_NAMES : NAMES;
  const given = read(options, names);
  const values = given?.values ?? [];
  const issues: Issue[] = [];
  const settings: Record<string, unknown> = {};
  let index = 0;
  for (const name of NAMES) {
    const option: Option = OPTIONS[name];
    const value = option.isOfOrder && endpoint !== "order" ? undefined : values[index];
    index += 1;
    let setting = value === undefined ? undefined : option.rule(value, values);
    if (isViolation(setting)) {
      const message = setting.sentence ?? `${name} must be ${option.allowed}.`;
      issues.push({ path: [name], code: setting.code, message });
      setting = undefined;
    }
    setting ??= option.defaultValue?.(values);
    if (setting !== undefined) {
      settings[name] = setting;
    } else if (
      value === undefined &&
      (option.isRequired || (isPurchase && name === "maxPrice" && has(options, name)))
    ) {
      issues.push({ path: [name], code: "required", message: `${name} is required: ${option.allowed}.` });
    } else if (value === undefined && option.isGuard && endpoint === "order" && has(options, name)) {
      const message = `${name} must be ${option.allowed}. Leave it out to order without a guard.`;
      issues.push({ path: [name], code: "wrong_type", message });
    }
  }
  if (isPurchase) issues.push(...purchaseHeaderIssues(settings));
  const header = takeIdempotencyKey(settings);
  const valueOf = (name: OptionName) => (endpoint === "order" ? values[NAMES.indexOf(name)] : undefined);
  if (endpoint === "order") issues.push(...idempotencyKeyIssues(settings, header, valueOf("idempotencyKey")));
  return {
    settings,
    isRepeat: ![undefined, false].includes(valueOf("repeat") as undefined),
    isUntracked: isTrue(options, UNTRACKED),
    issues: given ? issues : [notAnObject("options")],
    unknownNames: given?.unknownNames ?? [],
    knownNames: names,
  };
}

/** The headers that a checkout sets for each purchase. */
const PURCHASE_HEADERS = ["Idempotency-Key", "Order-Max-Price", "Order-Customer"];

function purchaseHeaderIssues({ headers }: Settings): Issue[] {
  return PURCHASE_HEADERS.filter((name) => headers?.has(name)).map((name) => ({
    path: ["headers"],
    code: "not_allowed",
    message: `headers must not contain ${name}: each purchase has its own.`,
  }));
}

/** Moves the idempotency key out of the headers, because the calculation before an order must not have it. */
function takeIdempotencyKey(settings: Settings): string | undefined {
  const header = settings.headers?.get("idempotency-key") || undefined;
  settings.headers?.delete("idempotency-key");
  if (header !== undefined) settings.idempotencyKey ??= header;
  return header;
}

/** The issues of an idempotency key that are not about the option alone. */
function idempotencyKeyIssues({ repeat }: Settings, header: string | undefined, option: unknown): Issue[] {
  const allowed = OPTIONS.idempotencyKey.allowed;
  if (header !== undefined && !isIdempotencyKey(header)) {
    return [{ path: ["headers"], code: "malformed", message: `The header Idempotency-Key must be ${allowed}.` }];
  }
  if (!repeat || option !== undefined || header !== undefined) return [];
  const message = "idempotencyKey is required for a repeat: it is the one that the order was sent with.";
  return [{ path: ["idempotencyKey"], code: "required", message }];
}

const MAX_IDEMPOTENCY_KEY = 255;

/** Whether a text can be an idempotency key. The excluded words are mistakes that every purchase would share. */
function isIdempotencyKey(text: string): boolean {
  const isPrintable = /^[!-~]([ -~]*[!-~])?$/.test(text) && text.length <= MAX_IDEMPOTENCY_KEY;
  return isPrintable && !["undefined", "null", "NaN", "[object Object]"].includes(text);
}

/** Whether a property of an object, which may be a proxy that throws, is `true`. */
function isTrue(object: unknown, name: PropertyKey): boolean {
  try {
    return (object as Record<PropertyKey, unknown>)[name] === true;
  } catch {
    return false;
  }
}

/** Whether an object has a property. A proxy that throws counts as having it. */
function has(object: unknown, name: PropertyKey): boolean {
  try {
    return name in (object as object);
  } catch {
    return true;
  }
}

function acceptBaseUrl(text: string, values: readonly unknown[]): BaseUrl | Violation {
  const baseUrl = parseBaseUrl(text);
  if (!baseUrl) return ownOrigin() === undefined && /^\/(?!\/)/.test(text) ? NO_PAGE : MALFORMED;
  return baseUrl.isSecure || values[NAMES.indexOf("allowInsecure")] === true ? baseUrl : MALFORMED;
}

function isAbortSignal(value: unknown): boolean {
  try {
    const { aborted } = value as AbortSignal;
    return typeof aborted === "boolean" && Object.prototype.toString.call(value) === "[object AbortSignal]";
  } catch {
    return false;
  }
}

function parseHeaders(value: unknown): Headers | Violation {
  if (value === null || typeof value !== "object") return WRONG_TYPE;
  try {
    return new Headers(value as HeadersInit);
  } catch {
    return MALFORMED;
  }
}
