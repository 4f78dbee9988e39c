// Loads the WebAssembly, once.

import { imports, prepare, start } from "../../target/bindgen/core.js";
import { CallError, type Details } from "./error.js";

/**
 * From where the WebAssembly is loaded: a URL, a `Response`, the bytes, or a compiled `WebAssembly.Module` (an `object`
 * here, for projects whose libraries do not know that name).
 */
export type InitSource = string | URL | Response | ArrayBuffer | ArrayBufferView | object;

/** What `init` takes: a source, or a promise of one. */
type Source = InitSource | Promise<InitSource>;

/** The part of the documentation that has the lines to add, by what keeps the binary from loading. */
const DOCUMENTATION = "https://www.npmjs.com/package/proxy-orders#when-loading-fails";

/** How long a load may take. */
const MAX_LOAD_MS = 30_000;

/** What can be loaded from more than once. */
const REUSABLE = /^(String|URL|\w+Array|ArrayBuffer|DataView|WebAssembly\.Module)$/;

let defaultSource: () => Source;
let givenSource: Source | undefined;
let loading: Promise<void> | undefined;
let loaded = false;

/** Says where the WebAssembly comes from by default. */
export function loadFrom(source: typeof defaultSource): void {
  defaultSource = source;
}

/**
 * Loads the WebAssembly. Optional: the first call does it. Concurrent and repeated calls load once; after a failure the
 * next one tries again. A load that is not done after 30 seconds has failed.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * console.log(validateOrder({}).issues);
 *
 * @param source From where, if not from the file beside the package's own. A URL, bytes and a module are remembered for
 * the next try, until another is given; a `Response` and a promise are used once.
 * @throws A {@link ProxyOrdersError} with code `not_loaded`.
 */
export function init(source?: Source): Promise<void> {
  if (source !== undefined && REUSABLE.test(tagOf(source))) givenSource = source;
  loading ??= begin(source ?? givenSource).catch((details: unknown) => {
    loading = undefined;
    throw details;
  });
  // Each caller gets an error of its own: a call adds its outcome to it.
  return loading.catch((details: Details) => {
    throw new CallError(details);
  });
}

export function isLoaded(): boolean {
  return loaded;
}

/** Throws unless the WebAssembly is loaded. */
export function needLoaded(): void {
  if (!loaded) throw new CallError({ code: "not_loaded", reason: "await init() first." });
}

async function begin(given: Source | undefined): Promise<void> {
  const controller = new AbortController();
  let timer;
  /** What is known about where the binary comes from, for the error. */
  let origin = "";

  async function load(): Promise<void> {
    let address = "A Response";
    // An address is fetched at once, while the call reads what was handed in; so is one that was promised.
    const fetched = (source: Source): Source => {
      if (!/^(String|URL)$/.test(tagOf(source))) return source;
      address = String(source);
      origin = `Nothing came from ${address}: offline, or blocked by the page's CSP or by CORS. `;
      return fetch(source as string | URL, { signal: controller.signal });
    };
    // What the binary needs of the engine is made during the download.
    const [first] = await Promise.all([fetched(given ?? defaultSource()), prepare()]);
    let source = await fetched(first);
    if (tagOf(source) === "Response") {
      const { headers, ok, status, url } = source as Response;
      origin = `${url || address} came with status ${status} and content type ${headers.get("content-type")}. `;
      if (!ok) throw new Error(`Status ${status} is a failure.`);
      // Not streamed: that refuses parameters of the content type, and Firefox compiles nothing else while one stalls.
      source = await (source as Response).arrayBuffer();
    }
    const { instance, exports }: { instance?: WebAssembly.Instance; exports?: WebAssembly.Exports } =
      await WebAssembly.instantiate(source as BufferSource, imports);
    if (loaded) return;
    start((instance?.exports ?? exports) as WebAssembly.Exports);
    loaded = true;
    givenSource = undefined;
  }

  const late = (): Promise<never> =>
    new Promise((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error("It was not loaded within 30 seconds."));
        controller.abort();
      }, MAX_LOAD_MS);
    });

  try {
    // The download begins first.
    await Promise.race([load(), late()]);
  } catch (cause) {
    const reason = `${origin}See ${DOCUMENTATION} (${messageOf(cause)})`;
    throw { code: "not_loaded", cause, reason } satisfies Details;
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(cause: unknown): string {
  try {
    return String((cause as Error).message);
  } catch {
    return "";
  }
}

/** The name of a value's class, whatever realm the value comes from. */
function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return "";
  }
}
