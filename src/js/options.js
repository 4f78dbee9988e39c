// The options of a call, read once.

import { OPTION_NAMES } from "./names.js";
import { read, REFUSED, USABLE } from "./read.js";

/** @import { Read } from "./read.js" */

const BASE_URL = OPTION_NAMES.indexOf("baseUrl");
const SIGNAL = OPTION_NAMES.indexOf("signal");
const HEADERS = OPTION_NAMES.indexOf("headers");
const FETCH = OPTION_NAMES.indexOf("fetch");

/**
 * The options, each by its name too.
 * @typedef {object} Facts
 * @property {unknown[]} values as they were handed in, but for what the engine has made of them
 * @property {string[]} unknown
 * @property {unknown[]} judged as the core judges them
 * @property {string} href the base URL
 * @property {boolean} ownOrigin
 * @property {number} accepted 1 once they were found in order for a calculation, 2 for an order as well
 * @property {string} url where requests go, from then on
 * @typedef {Facts & { [option: string]: any }} Given
 */

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
  const { values, unknown } = asked;
  const { href, ownOrigin } = url;
  const judged = [...values, href, ownOrigin];
  const { [SIGNAL]: signal, [HEADERS]: headers, [FETCH]: fetch } = values;
  if (typeof fetch === "function") judged[FETCH] = USABLE;
  if (signal !== undefined) {
    if (isSignal(signal)) judged[SIGNAL] = USABLE;
    else values[SIGNAL] = undefined;
  }
  if (headers !== undefined && typeof headers !== "symbol") {
    try {
      values[HEADERS] = new Headers(/** @type {HeadersInit} */ (headers));
      judged[HEADERS] = USABLE;
    } catch {
      judged[HEADERS] = REFUSED;
    }
  }
  /** @type {Given} */
  const given = { values, unknown, judged, href, ownOrigin, accepted: 0, url: "" };
  OPTION_NAMES.forEach((name, place) => (given[name] = values[place]));
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
