// The linear memory of proxy-orders after calls of every kind.
// @ts-check
import { invalid, valid } from "./cases.js";
import { load, ownOrigin, quote, receipt, failure, respond, stubFetch } from "./support.js";

/** Intercepts the instantiation of WebAssembly. @returns {() => number} the bytes of all linear memory at the moment */
function watchMemory() {
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  const { instantiate } = WebAssembly;
  /** @type {any} */ (WebAssembly).instantiate = async (
    /** @type {[WebAssembly.Module, WebAssembly.Imports]} */ ...args
  ) => {
    const instance = await instantiate(...args);
    for (const item of Object.values(instance.exports)) {
      if (item instanceof WebAssembly.Memory) memories.push(item);
    }
    return instance;
  };
  return () => {
    if (!memories.length) throw new Error("No linear memory was found.");
    return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  };
}

/** @type {Record<string, (peer: any, options: any) => Promise<unknown> | unknown>} */
const kinds = {
  order: (peer, options) => peer.order(valid, options),
  calculate: (peer, options) => peer.calculate(valid, options),
  "validate, valid": (peer) => peer.validateOrder(valid),
  "validate, invalid": (peer) => peer.validateOrder(invalid),
  invalid_request: (peer, options) => peer.order(invalid, options),
  invalid_options: (peer, options) => peer.order(valid, { ...options, maxprice: 1 }),
  "failure by the API": (peer, options) => peer.order(valid, { ...options, fetch: async () => respond(failure) }),
  refused: (peer, options) => peer.order(valid, { ...options, maxPrice: 1 }),
  network: (peer, options) =>
    peer.order(valid, { ...options, fetch: () => Promise.reject(new TypeError("The network failed.")) }),
  http: (peer, options) => peer.order(valid, { ...options, fetch: async () => respond("<!doctype html>", 500) }),
  invalid_response: (peer, options) => peer.order(valid, { ...options, fetch: async () => respond("{}") }),
  "aborted before sending": (peer, options) => peer.order(valid, { ...options, signal: AbortSignal.abort() }),
  "aborted while pending": (peer, options) => {
    const controller = new AbortController();
    const fetch = (/** @type {Request} */ { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        controller.abort();
      });
    return peer.order(valid, { ...options, signal: controller.signal, fetch });
  },
  duplicate_order: (peer, options) => Promise.allSettled([peer.order(valid, options), peer.order(valid, options)]),
};

/**
 * The bytes of linear memory after loading, after few and after many calls of every kind.
 *
 * @param {string} url
 * @param {number} fewCalls
 * @param {number} calls
 */
export async function memory(url, fewCalls, calls) {
  const bytes = watchMemory();
  const peer = await load(url);
  stubFetch((request) => respond(request.url.includes("/calculate/") ? quote : receipt));
  const loaded = bytes();
  const repeat = async (/** @type {number} */ count) => {
    for (const [index, call] of Object.values(kinds).entries()) {
      // A key for each kind, so that an order of one kind is not a duplicate of an order of another.
      const options = { ...ownOrigin, apiKey: `key-${index}` };
      for (let done = 0; done < count; done += 1) {
        try {
          await call(peer, options);
        } catch (error) {
          if (!peer.isProxyOrdersError(error)) throw error;
        }
      }
    }
  };
  await repeat(fewCalls);
  const early = bytes();
  await repeat(calls - fewCalls);
  return { kinds: Object.keys(kinds), fewCalls, calls, loaded, early, late: bytes() };
}
