// @ts-check
// Orders while globals are replaced. This runs in a frame, because browser drivers use the globals of the page itself.
import { all, checkError, equal, guarded, guardedApi, responses, settled, show, stubbed, minimal } from "./support.js";

const lost = new TypeError("Failed to fetch");

const fails = () => {
  throw new RangeError("replaced");
};
const getterFails = { get: fails, set: fails, configurable: true };

/** What is replaced, and by what. @type {[string, any, string, PropertyDescriptor][]} */
const replacements = [
  ["Math.random", Math, "random", { value: fails }],
  ["Date", globalThis, "Date", { value: fails }],
  ["Date.now", Date, "now", { value: fails }],
  ["Date.parse", Date, "parse", { value: fails }],
  ["performance", globalThis, "performance", getterFails],
  ["performance.now", performance, "now", { value: fails }],
  ["crypto", globalThis, "crypto", getterFails],
  ["crypto.getRandomValues", crypto, "getRandomValues", { value: fails }],
  ["JSON", globalThis, "JSON", { value: undefined }],
  ["JSON.parse", JSON, "parse", { value: fails }],
  ["JSON.stringify", JSON, "stringify", { value: fails }],
  ...["name", "message", "cause", "stack", "code", "outcome", "quote", "idempotencyKey", "issues", "toString"].map(
    (name) =>
      /** @type {[string, any, string, PropertyDescriptor]} */ ([
        `Error.prototype.${name}`,
        Error.prototype,
        name,
        getterFails,
      ]),
  ),
];

/**
 * Replaces a property until the returned function is called.
 * @param {any} object
 * @param {string} name
 * @param {PropertyDescriptor} property
 */
function replace(object, name, property) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { configurable: true, ...property });
  return () => {
    if (before) Object.defineProperty(object, name, before);
    else Reflect.deleteProperty(object, name);
  };
}

/** Orders with each global replaced at each moment. @param {any} pkg */
export async function orderWhereReplaced(pkg) {
  const ends = { fulfilled: 0, not_placed: 0, unknown: 0 };
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const [name, object, property, replacement] of replacements) {
    for (const moment of ["call", "calculation", "order"]) {
      for (const isOwnOrigin of [true, false]) {
        for (const isLost of [true, false]) {
          const where = `${isOwnOrigin ? ", on the own origin" : ""}${isLost ? ", and the order's response is lost" : ""}`;
          checks.push([
            `${name} is replaced from the ${moment} on${where}`,
            async () => {
              /** @type {(() => void) | undefined} */
              let restore;
              const replaceNow = () => (restore ??= replace(object, property, replacement));
              const first = guardedApi((isOrder) => {
                if (moment === (isOrder ? "order" : "calculation")) replaceNow();
                if (isOrder && isLost) throw lost;
              });
              const options = stubbed(first.fetch, guarded);
              // On the page's own origin, the next call has another idempotency key; elsewhere it may be a repeat.
              const own = { baseUrl: `/${name}-${moment}-${isLost}`, idempotencyKey: undefined };
              if (isOwnOrigin) Object.assign(options, own);
              /** @type {any} */
              let error;
              if (moment === "call") replaceNow();
              const call = pkg
                .order(minimal.order.IPv4, options)
                .catch((/** @type {any} */ reason) => (error = reason));
              try {
                await settled(call);
              } finally {
                restore?.();
              }
              if (error === undefined) equal([await call, isLost], [responses.order, false], "receipt");
              else {
                checkError(error);
                equal(error.outcome, first.orders > 0 ? "unknown" : "not_placed", `outcome of ${show(error)}`);
              }
              ends[/** @type {keyof typeof ends} */ (error?.outcome ?? "fulfilled")] += 1;
              const isRepeat = error?.outcome === "unknown" && !isOwnOrigin;
              const next = await settled(
                pkg
                  .order(minimal.order.IPv4, { ...options, fetch: guardedApi().fetch, repeat: isRepeat })
                  .catch((/** @type {any} */ reason) => reason),
              );
              if (error?.outcome === "unknown" && isOwnOrigin) {
                equal(next.code, "unresolved_order", `the next call, ${show(next)}`);
              } else equal(next, responses.order, "the next call");
            },
          ]);
        }
      }
    }
  }
  await all(checks);
  return { calls: checks.length, ends };
}
