// Loads the WebAssembly, once.

import { imports, start as startCore } from "../../target/bindgen/core.js";

import { ProxyOrdersError } from "./error.js";

/** @import { InitSource } from "../../pkg/index.js" */

/** @type {Promise<void> | undefined} */
let loading;
let loaded = false;
/** @type {() => InitSource | Promise<InitSource>} */
let byDefault;

/**
 * Names where the WebAssembly comes from by default.
 * @param {typeof byDefault} source
 */
export function loadFrom(source) {
  byDefault = source;
}

/**
 * Loads the WebAssembly, unless that is done or under way.
 * @param {InitSource | Promise<InitSource>} [source]
 * @returns {Promise<void>}
 */
export function init(source) {
  return (loading ??= start(source).catch((cause) => {
    loading = undefined;
    throw new ProxyOrdersError({ code: "not_loaded", cause });
  }));
}

/** Lets the next call try again, if loading is not done by now. */
export function giveUp() {
  if (loaded) return;
  loading = undefined;
  anew = { cache: "no-store" };
}

/**
 * How to fetch: after giving up past the cache, where a browser lets a second request wait for the first.
 * @type {RequestInit | undefined}
 */
let anew;

export function isLoaded() {
  return loaded;
}

/** Throws unless the WebAssembly is loaded. */
export function needLoaded() {
  if (!loaded) throw new ProxyOrdersError({ code: "not_loaded" });
}

/** @param {InitSource | Promise<InitSource>} [given] */
async function start(given) {
  let source = await (given ?? byDefault());
  if (typeof source === "string" || source instanceof URL) source = await fetch(source, anew);
  let instance;
  if (source instanceof WebAssembly.Module) {
    instance = await WebAssembly.instantiate(source, imports);
  } else if (source instanceof Response) {
    if (!source.ok) throw new Error(`The server answered with HTTP status ${source.status}.`);
    const streams = source.headers.get("content-type")?.startsWith("application/wasm");
    ({ instance } = await (streams
      ? WebAssembly.instantiateStreaming(source, imports)
      : WebAssembly.instantiate(await source.arrayBuffer(), imports)));
  } else {
    ({ instance } = await WebAssembly.instantiate(/** @type {BufferSource} */ (source), imports));
  }
  if (loaded) return;
  startCore(instance.exports);
  loaded = true;
}
