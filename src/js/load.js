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
  // A load that was given up may yet have come to its end.
  return (loading ??= loaded ? Promise.resolve() : begin(source));
}

/** What the load under way is fetched with. */
let attempt = new AbortController();

/**
 * @param {InitSource | Promise<InitSource>} [source]
 * @returns {Promise<void>}
 */
function begin(source) {
  // A load that was given up may keep the engine from finishing another.
  attempt.abort();
  attempt = new AbortController();
  /** @type {Promise<void>} */
  const load = start(source, attempt.signal).catch((cause) => {
    // Who still waits for a load that was given up, waits for the one in its place.
    if (loading && loading !== load) return loading;
    loading = undefined;
    throw new ProxyOrdersError({ code: "not_loaded", cause });
  });
  return load;
}

/** Lets the next call try again, if loading is not done by now. */
export function giveUp() {
  if (!loaded) loading = undefined;
}

export function isLoaded() {
  return loaded;
}

/** Throws unless the WebAssembly is loaded. */
export function needLoaded() {
  if (!loaded) throw new ProxyOrdersError({ code: "not_loaded" });
}

/**
 * @param {InitSource | Promise<InitSource> | undefined} given
 * @param {AbortSignal} signal
 */
async function start(given, signal) {
  const fetched = (/** @type {any} */ source) =>
    typeof source === "string" || source instanceof URL ? fetch(source, { signal }) : source;
  // An address is asked for at once; so is one that was promised.
  const source = await fetched(await fetched(given ?? byDefault()));
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
