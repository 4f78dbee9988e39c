// @ts-check
// A trap in the WebAssembly costs one call: the next runs on a fresh instance, and the ledger is untouched.
import { injector, loadedPackage, withChangedCore, wrapped } from "./core.js";
import {
  assert,
  equal,
  guarded,
  guardedApi,
  heap,
  HEAP_TOLERANCE,
  minimal,
  rejected,
  responses,
  settled,
  stubbed,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

/** Traps in a row. */
const callsOf = (/** @type {Test} */ { soak }) => (soak ? 1_000 : 100);

/**
 * Orders many times in a row while something traps. Each outcome is true, each next call works, and an order that is
 * unresolved meanwhile stays so.
 * @param {Test} test @param {string} what
 * @param {{ exports?: (exports: any) => any, imports?: (imports: any) => any,
 *   bytes?: (bytes: Uint8Array) => Uint8Array }} change
 * @param {(call: number) => void} arm makes the next call trap
 * @param {Fields} [request]
 */
async function trapInARow(test, what, change, arm, request = minimal.order.IPv4) {
  const calls = callsOf(test);
  /** @type {Record<string, number>} */
  const ends = { fulfilled: 0, not_placed: 0, unknown: 0 };
  let [early, late] = [0, 0];
  await withChangedCore(change, async () => {
    const pkg = await loadedPackage(test);
    const lost = stubbed(() => Promise.reject(new TypeError("Failed to fetch")));
    await rejected(pkg.order(minimal.order.ISP, lost), "network", { outcome: "unknown" });
    for (let call = 0; call < calls; call += 1) {
      const api = guardedApi();
      arm(call);
      /** @type {any} */
      let error;
      const value = await settled(
        pkg.order(request, stubbed(api.fetch, guarded)).catch((/** @type {any} */ reason) => (error = reason)),
      );
      if (error === undefined) equal(value, responses.order, `${what}, call ${call}`);
      else {
        equal([error.name, error.code], ["ProxyOrdersError", "not_loaded"], `${what}, call ${call}`);
        equal(error.outcome, api.orders > 0 ? "unknown" : "not_placed", `outcome of call ${call}`);
      }
      ends[error?.outcome ?? "fulfilled"] += 1;
      const next = await settled(pkg.order(minimal.order.IPv4, stubbed(guardedApi().fetch, guarded)));
      equal(next, responses.order, `the call after call ${call}`);
      equal(pkg.validateOrder(minimal.order.IPv4).issues, undefined, "a validation");
      if (call === calls / 4) early = await heap();
    }
    late = await heap();
    const again = { ...lost, fetch: guardedApi().fetch };
    await rejected(pkg.order(minimal.order.ISP, again), "unresolved_order", { outcome: "unknown" });
  });
  await test.log(`${what}: ${calls} calls, ${JSON.stringify(ends)}, JavaScript heap ${early} to ${late}`);
  assert(late - early < HEAP_TOLERANCE, `${what}: the JavaScript heap grew from ${early} to ${late}`);
  return ends;
}

/**
 * Calls something when hardly any stack is left.
 * @template T
 * @param {number} frames that are left
 * @param {() => T} run
 * @returns {T}
 */
function atTheEndOfTheStack(frames, run) {
  let depth = 0;
  /** @param {number} left @returns {T} */
  const dive = (left) => {
    depth += 1;
    // WebKit needs no stack for a call whose value is returned as it is.
    const value = left > 0 ? dive(left - 1) : run();
    return value;
  };
  const measured = run;
  run = () => /** @type {any} */ (undefined);
  try {
    dive(Infinity);
  } catch {
    // The stack has overflowed.
  }
  run = measured;
  return dive(depth - frames);
}

/** @param {Test} test */
export async function aStackOverflowCostsOneCall(test) {
  let armed = -1;
  const change = {
    exports: (/** @type {any} */ exports) =>
      wrapped(exports, (_, run) => (/** @type {any[]} */ ...args) => {
        // A later use each time, with more or less stack left.
        if (armed < 0 || armed-- > 0) return run(...args);
        return atTheEndOfTheStack(2 + (args.length % 5), () => run(...args));
      }),
  };
  // A guarded order with a retry uses the core at least 36 times. A later use would belong to the next call.
  const ends = await trapInARow(test, "a stack overflow", change, (call) => (armed = call % 36));
  assert(ends.not_placed > 0, "calls trapped before the order was sent");
  // In WebKit, hardly any stack is needed after the order was sent.
  if (test.engine !== "webkit") assert(ends.unknown > 0, "calls trapped after the order was sent");
}

/** @param {Test} test */
export async function anExceptionThroughAnyImportCostsOneCall(test) {
  const injected = injector();
  const watch = (/** @type {Record<string, any>} */ functions) =>
    wrapped(
      functions,
      (name, run) =>
        (/** @type {any[]} */ ...args) =>
          injected.use(name, () => run(...args)),
    );
  const change = {
    imports: (/** @type {any} */ imports) =>
      Object.fromEntries(Object.entries(imports).map(([name, functions]) => [name, watch(functions)])),
  };
  // A request with an issue uses the imports that make issues, a good one the others.
  const requests = [minimal.order.IPv4, { ...minimal.order.IPv4, quantity: 0, goal: "", promocode: "X" }];
  const imports = await withChangedCore(change, async () => {
    const pkg = await loadedPackage(test);
    injected.aim();
    for (const request of requests) await pkg.order(request, stubbed(guardedApi().fetch, guarded)).catch(() => {});
    return [...injected.uses.keys()];
  });
  assert(imports.length > 8, `only ${imports} are used`);
  for (const name of imports) {
    const arm = () => injected.aim({ place: name, use: 1, after: false });
    const isUsed = await withChangedCore(change, async () => {
      const pkg = await loadedPackage(test);
      arm();
      await pkg.order(minimal.order.IPv4, stubbed(guardedApi().fetch, guarded)).catch(() => {});
      return injected.hasThrown();
    });
    if (isUsed) await trapInARow(test, `an exception through import ${name}`, change, arm);
    else await trapWithIssues(test, name, change, arm, requests[1] ?? {});
  }
}

/**
 * The imports that make issues are used only by calls that send nothing.
 * @param {Test} test
 * @param {string} name
 * @param {any} change
 * @param {() => void} arm
 * @param {Fields} request
 */
async function trapWithIssues(test, name, change, arm, request) {
  await withChangedCore(change, async () => {
    const pkg = await loadedPackage(test);
    for (let call = 0; call < callsOf(test); call += 1) {
      arm();
      const options = stubbed(guardedApi().fetch, guarded);
      await rejected(pkg.order(request, options), "not_loaded", { outcome: "not_placed" });
      await rejected(pkg.order(request, options), "invalid_request", { outcome: "not_placed" });
    }
  });
  await test.log(`an exception through import ${name}: ${callsOf(test)} calls that send nothing`);
}

/** The binary with a memory that cannot grow above some pages. @param {Uint8Array} bytes @param {number} pages */
function withMaxPages(bytes, pages) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  for (;;) {
    const start = at;
    const section = number();
    const end = number() + at;
    if (section !== 5) {
      at = end;
      continue;
    }
    equal([number(), number()], [1, 0], "one memory, without a maximum");
    const min = number();
    equal([at, min < 128, pages < 128], [end, true, true], "numbers of one byte");
    return new Uint8Array([...bytes.slice(0, start), 5, 4, 1, 1, min, pages, ...bytes.slice(end)]);
  }
}

/** @param {Test} test */
export async function exhaustedMemoryCostsOneCall(test) {
  const large = { ...minimal.order.MOBILE, goal: "é".repeat(10_000), mobileOperator: "é".repeat(10_000) };
  const change = { bytes: (/** @type {Uint8Array} */ bytes) => withMaxPages(bytes, 3) };
  const ends = await trapInARow(test, "exhausted memory", change, () => {}, large);
  equal(ends.not_placed, callsOf(test), "calls that ran out of memory");
}

/** The call itself is made when hardly any stack is left. @param {Test} test */
export async function aCallAtTheEndOfTheStackCostsOneCall(test) {
  await withChangedCore({}, async () => {
    const pkg = await loadedPackage(test);
    const ends = { thrown: 0, rejected: 0, fulfilled: 0 };
    for (let frames = 0; frames < 20_000; frames += 1 + Math.floor(frames / (test.soak ? 400 : 40))) {
      const api = guardedApi();
      const options = stubbed(api.fetch, guarded);
      /** @type {any} */
      let error;
      try {
        await atTheEndOfTheStack(frames, () => pkg.order(minimal.order.IPv4, options));
        ends.fulfilled += 1;
      } catch (reason) {
        error = reason;
        ends[pkg.isProxyOrdersError(reason) ? "rejected" : "thrown"] += 1;
      }
      if (error) assert(api.orders === 0 || error.outcome === "unknown", `outcome with ${frames} frames left`);
      const next = guardedApi();
      const again = pkg.order(minimal.order.IPv4, { ...options, fetch: next.fetch });
      if (error?.outcome === "unknown") await rejected(again, "unresolved_order", { outcome: "unknown" });
      else equal(await settled(again), responses.order, `the next call, after one with ${frames} frames left`);
    }
    assert(
      ends.rejected + ends.thrown > 0 && ends.fulfilled > 0,
      `calls that ended in each way: ${JSON.stringify(ends)}`,
    );
    // The stack may overflow where a promise has just been made, and nobody can wait for it then.
    const isOverflow = (/** @type {any} */ reason) => /call stack|recursion/.test(reason?.message);
    assert(test.unhandled.every(isOverflow), "errors that nobody handled");
    test.unhandled.length = 0;
    await test.log(`calls at the end of the stack: ${JSON.stringify(ends)}`);
  });
}
