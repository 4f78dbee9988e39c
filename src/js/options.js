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
  const { values } = given;
  /** @type {Given} */
  const all = { read: given, href: "", ownOrigin: false };
  for (let place = 0; place < values.length; place++) {
    const name = OPTION_NAMES[place];
    const value = values[place];
    if (value === undefined) continue;
    all[name] = value;
    if (name === "fetch" && typeof value === "function") values[place] = USABLE;
    else if (name === "signal") {
      if (isSignal(value)) values[place] = USABLE;
      else all[name] = undefined;
    } else if (name === "headers" && typeof value !== "symbol") {
      try {
        all[name] = new Headers(/** @type {HeadersInit} */ (value));
        all[name].set("accept", "application/json");
        all[name].set("content-type", "application/json");
        values[place] = USABLE;
      } catch {
        values[place] = REFUSED;
      }
    }
  }
  const { href, ownOrigin } = parseUrl(all.baseUrl);
  all.href = href;
  all.ownOrigin = ownOrigin;
  return all;
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
