// The options of a call, read once.

import { OPTION_NAMES } from "./names.js";
import { read, REFUSED, USABLE } from "./read.js";

/** @import { Read } from "./read.js" */

const BASE_URL = OPTION_NAMES.indexOf("baseUrl");
const SIGNAL = OPTION_NAMES.indexOf("signal");
const HEADERS = OPTION_NAMES.indexOf("headers");
const FETCH = OPTION_NAMES.indexOf("fetch");

/**
 * The options, each by its name.
 * @typedef {{ values: unknown[], unknown: string[], judged: unknown[], href: string, ownOrigin: boolean, accepted: number, url: string, [option: string]: any }} Given
 */
class Options {
  /** 1 once they were found in order for a calculation, 2 for an order as well. */
  accepted = 0;

  /** @param {Read} read @param {ReturnType<typeof parseUrl>} url */
  constructor({ values, unknown }, { href, ownOrigin }) {
    this.values = values;
    this.unknown = unknown;
    this.href = href;
    this.ownOrigin = ownOrigin;
    /** The values as the core judges them. */
    this.judged = [...values, href, ownOrigin];
    /** Where requests go, once the options are found in order. */
    this.url = "";
  }
}

OPTION_NAMES.forEach((name, place) => {
  Object.defineProperty(Options.prototype, name, {
    get() {
      return this.values[place];
    },
  });
});

/** Options without objects that were in order: nearly always the next ones as well. @type {Given | undefined} */
let last;

/** @param {Given} given @param {boolean} order */
export function accept(given, order) {
  given.accepted = order ? 2 : 1;
  given.url = `${given.href}/client/api/v1/${encodeURIComponent(given.apiKey)}/`;
  if (!given.judged.includes(USABLE)) last = given;
}

/**
 * The options, and what the engine makes of them.
 * @param {unknown} options
 * @returns {Given}
 */
export function readOptions(options) {
  const asked = read(options, OPTION_NAMES, false);
  const url = parseUrl(asked.values[BASE_URL]);
  if (last?.href === url.href && last.ownOrigin === url.ownOrigin && isSame(asked, last)) return last;
  /** @type {Given} */
  const given = new Options(asked, url);
  const { values, judged, signal, headers } = given;
  if (typeof given.fetch === "function") judged[FETCH] = USABLE;
  if (signal !== undefined) {
    if (isSignal(signal)) judged[SIGNAL] = USABLE;
    else values[SIGNAL] = undefined;
  }
  if (headers !== undefined && typeof headers !== "symbol") {
    try {
      const all = new Headers(headers);
      all.set("accept", "application/json");
      all.set("content-type", "application/json");
      values[HEADERS] = all;
      judged[HEADERS] = USABLE;
    } catch {
      judged[HEADERS] = REFUSED;
    }
  }
  return given;
}

/** @param {Read} asked @param {Given} given */
function isSame({ values, unknown }, given) {
  if (unknown.length || values.length !== given.values.length) return false;
  for (let place = 0; place < values.length; place++) if (!Object.is(values[place], given.values[place])) return false;
  return true;
}

/** The last base URL, and what the engine made of it. */
let lastUrl = { raw: /** @type {unknown} */ (undefined), location: globalThis.location, href: "", ownOrigin: false };
/** A page's location is for ever the same object, but takes long to get. A server may put another in its place. */
const isFixed = Object.getOwnPropertyDescriptor(globalThis, "location")?.configurable === false;

/** @param {unknown} raw */
function parseUrl(raw) {
  if (raw === lastUrl.raw && (isFixed || globalThis.location === lastUrl.location)) return lastUrl;
  const { location } = globalThis;
  const origin = typeof location?.origin === "string" && location.origin !== "null" ? location.origin : "";
  let href = "";
  try {
    if (typeof raw === "string") href = new URL(raw, origin || undefined).href.replace(/\/+$/, "");
  } catch {
    // It stays empty, which is an issue.
  }
  return (lastUrl = { raw, location, href, ownOrigin: origin !== "" && `${href}/`.startsWith(`${origin}/`) });
}

/** @param {unknown} value */
function isSignal(value) {
  try {
    const { aborted } = /** @type {AbortSignal} */ (value);
    return typeof aborted === "boolean" && Object.prototype.toString.call(value) === "[object AbortSignal]";
  } catch {
    return false;
  }
}
