// The options of a call, read once.

import { OPTION_NAMES } from "./names.js";
import { read, REFUSED, USABLE } from "./read.js";

/** @import { Read } from "./read.js" */
/** @typedef {{ read: Read, href: string, ownOrigin: boolean, [option: string]: any }} Given the options by name */

/**
 * The options, and what the engine makes of them.
 * @param {unknown} options
 * @returns {Given}
 */
export function readOptions(options) {
  const given = read(options, OPTION_NAMES, false);
  /** @type {Given} */
  const all = { read: given, href: "", ownOrigin: false };
  given.values.forEach((value, place) => (all[OPTION_NAMES[place]] = value));
  /** @param {string} name @param {unknown} kind */
  const mark = (name, kind) => (given.values[OPTION_NAMES.indexOf(name)] = kind);
  if (all.headers !== undefined && typeof all.headers !== "symbol") {
    try {
      all.headers = new Headers(all.headers);
      all.headers.set("accept", "application/json");
      all.headers.set("content-type", "application/json");
      mark("headers", USABLE);
    } catch {
      mark("headers", REFUSED);
    }
  }
  if (all.signal !== undefined) {
    if (isSignal(all.signal)) mark("signal", USABLE);
    else all.signal = undefined;
  }
  if (typeof all.fetch === "function") mark("fetch", USABLE);
  const { href, ownOrigin } = parseUrl(all.baseUrl);
  return Object.assign(all, { href, ownOrigin });
}

/** The last base URL, and what the engine made of it: nearly always the next one as well. */
let lastUrl = { raw: /** @type {unknown} */ (undefined), location: globalThis.location, href: "", ownOrigin: false };

/** @param {unknown} raw */
function parseUrl(raw) {
  const { location } = globalThis;
  if (raw === lastUrl.raw && location === lastUrl.location) return lastUrl;
  const origin = typeof location?.origin === "string" && location.origin !== "null" ? location.origin : "";
  let href = "";
  try {
    if (typeof raw === "string") href = new URL(raw, origin || undefined).href;
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
