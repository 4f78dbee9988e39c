// Starts the WebAssembly, once.

import { imports, isOwnModule, start } from "../../target/bindgen/core.js";
import { CallError } from "./error.js";

/**
 * The bytes of this package's `.wasm` file, or the `WebAssembly.Module` compiled from them (an `object` here, for projects
 * whose libraries do not know that name).
 */
export type InitSource = ArrayBuffer | ArrayBufferView | object;

const DOCUMENTATION = "https://www.npmjs.com/package/proxy-orders#requirements";

/** The binary that comes with the entry point. */
let ownBinary: () => InitSource;
/** The compiled binary. It is kept once it is known to be of this build. */
let compiled: WebAssembly.Module | undefined;
let loading: Promise<void> | undefined;
let loaded = false;
/** Whether the instance must be replaced, because something was thrown through it. */
let isBroken = false;

/** Sets the binary that comes with the entry point. */
export function setBinary(binary: typeof ownBinary): void {
  ownBinary = binary;
}

/**
 * Compiles and starts the WebAssembly. Optional: the first call does it. Concurrent and repeated calls load once. If loading
 * fails, the next call loads again.
 *
 * @example
 * import { init, validateOrder } from "proxy-orders";
 *
 * await init();
 * console.log(validateOrder({}).issues);
 *
 * @param module Only for a platform that does not compile bytes: this package's `.wasm` as the platform gives it. Bytes or a
 * module are remembered until others are given; those of another build are not.
 * @throws A {@link ProxyOrdersError} with code `not_loaded`.
 */
export async function init(module?: InitSource): Promise<void> {
  if (module !== undefined) {
    compiled = await compile(module).catch((cause: unknown) => {
      throw notLoaded(cause, true);
    });
    // A load that began without this module may still fail.
    await loading?.catch(() => {});
  }
  if (isLoaded()) return;
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  // Each caller gets its own error, because a call adds its outcome to it.
  await loading.catch((cause: unknown) => {
    throw notLoaded(cause, false);
  });
}

async function load(): Promise<void> {
  compiled ??= await compile(ownBinary());
  startInstance(await WebAssembly.instantiate(compiled, imports));
}

function startInstance({ exports }: WebAssembly.Instance): void {
  start(exports);
  loaded = true;
  isBroken = false;
}

async function compile(binary: InitSource): Promise<WebAssembly.Module> {
  const isModule = tagOf(binary) === "WebAssembly.Module";
  const module = isModule ? (binary as WebAssembly.Module) : await WebAssembly.compile(bytesOf(binary));
  if (!isOwnModule(module)) throw new Error(OTHER_BUILD);
  return module;
}

/**
 * Makes calls to the core. If one throws, the memory of the WebAssembly may be inconsistent, so the next use is of a fresh
 * instance. The core remembers nothing about calls, so no other call notices.
 */
export function useCore<T>(work: () => T): T {
  if (!isLoaded()) throw new CallError({ code: "not_loaded" });
  try {
    return work();
  } catch (error) {
    isBroken = true;
    throw error;
  }
}

/** Whether the core can be used. A broken instance is replaced. */
export function isLoaded(): boolean {
  if (isBroken) {
    loaded = false;
    loading = undefined;
    try {
      startInstance(new WebAssembly.Instance(compiled as WebAssembly.Module, imports));
    } catch {
      // Old versions of Chromium instantiate only small modules synchronously. The next call loads again.
    }
  }
  return loaded;
}

/** Some engines do not compile a `DataView`. */
function bytesOf(binary: unknown): BufferSource {
  if (!ArrayBuffer.isView(binary)) return binary as ArrayBuffer;
  return new Uint8Array(binary.buffer as ArrayBuffer, binary.byteOffset, binary.byteLength);
}

/** Throws unless the WebAssembly is loaded. */
export function requireLoaded(): void {
  if (!isLoaded()) throw new CallError({ code: "not_loaded", reason: "await init() first." });
}

const OTHER_BUILD = "This is the binary of another build.";

function notLoaded(cause: unknown, isGiven: boolean): CallError {
  const message = messageOf(cause);
  const reason = `${explain(cause, message, isGiven)}. See ${DOCUMENTATION} (${message})`;
  return new CallError({ code: "not_loaded", cause, reason });
}

/** What kept the WebAssembly from starting. */
function explain(cause: unknown, message: string, isGiven: boolean): string {
  if (typeof WebAssembly !== "object") return "there is no WebAssembly here";
  if (cause instanceof RangeError || /out of memory|allocate/i.test(message)) return "memory is short";
  if (/unsafe-eval|policy|csp|disallowed|blocked/i.test(message)) {
    return "the page's Content Security Policy or the platform forbids compiling it";
  }
  return isGiven || message === OTHER_BUILD
    ? "init was given something other than the binary of this build"
    : "the engine could not start it";
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
