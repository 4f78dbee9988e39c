// Loads the WebAssembly, once.

import { imports, start as startCore } from "../../target/bindgen/core.js";
import { CallError } from "./error.js";

/**
 * From where the WebAssembly is loaded: a URL, a `Response`, the bytes, or a compiled `WebAssembly.Module` (an `object`
 * here, for projects whose libraries do not know that name).
 */
export type InitSource = string | URL | Response | ArrayBuffer | ArrayBufferView | object;

let defaultSource: () => InitSource | Promise<InitSource>;
let loading: Promise<void> | undefined;
let loaded = false;
let attempt: AbortController | undefined;

/** Says where the WebAssembly comes from by default. */
export function loadFrom(source: typeof defaultSource): void {
  defaultSource = source;
}

/**
 * Loads the WebAssembly. Optional: the first call does it. Concurrent and repeated calls load once; after a failure the
 * next one tries again.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * console.log(validateOrder({}).issues);
 *
 * @param source From where, if not from the file beside the package's own.
 * @throws A {@link ProxyOrdersError} with code `not_loaded`.
 */
export function init(source?: InitSource | Promise<InitSource>): Promise<void> {
  // A load that was given up may have ended well after all.
  return (loading ??= loaded ? Promise.resolve() : begin(source));
}

function begin(source: InitSource | Promise<InitSource> | undefined): Promise<void> {
  // A load that was given up may keep the engine from finishing another.
  attempt?.abort();
  attempt = new AbortController();
  const load = start(source, attempt.signal).catch((cause: unknown): Promise<void> => {
    // Whoever still waits for a load that was given up waits for the one in its place.
    if (loading && loading !== load) return loading;
    loading = undefined;
    throw new CallError({ code: "not_loaded", cause });
  });
  return load;
}

/** Lets the next call try again, if loading is not done by now. */
export function giveUpLoading(): void {
  if (!loaded) loading = undefined;
}

export function isLoaded(): boolean {
  return loaded;
}

/** Throws unless the WebAssembly is loaded. */
export function needLoaded(): void {
  if (!loaded) throw new CallError({ code: "not_loaded" });
}

async function start(given: InitSource | Promise<InitSource> | undefined, signal: AbortSignal): Promise<void> {
  const fetched = (source: InitSource | Promise<InitSource>) =>
    typeof source === "string" || source instanceof URL ? fetch(source, { signal }) : source;
  // An address is fetched at once; so is one that was promised.
  const source = await fetched(await fetched(given ?? defaultSource()));
  const instance = await instantiate(source);
  if (loaded) return;
  startCore(instance.exports);
  loaded = true;
}

async function instantiate(source: InitSource): Promise<WebAssembly.Instance> {
  if (source instanceof WebAssembly.Module) return WebAssembly.instantiate(source, imports);
  if (!(source instanceof Response)) return (await WebAssembly.instantiate(source as BufferSource, imports)).instance;
  if (!source.ok) throw new Error(`The server answered with HTTP status ${source.status}.`);
  const streams = source.headers.get("content-type")?.startsWith("application/wasm");
  const { instance } = await (streams
    ? WebAssembly.instantiateStreaming(source, imports)
    : WebAssembly.instantiate(await source.arrayBuffer(), imports));
  return instance;
}
