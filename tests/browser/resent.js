// @ts-check
// Browsers send a POST again by themselves. The first copy may have been booked, so the response to the second copy is
// an answer only if its status is 2xx.
import { assert, equal, failures, isOrder, minimal, rejected, responses } from "./support.js";

/** @typedef {import("./support.js").Test} Test */
/** @typedef {import("./server.js").ScriptedResponse} ScriptedResponse */

const STATUSES = [401, 403, 429, 500, 503];
const ATTEMPTS = 10;

/** @param {unknown} value @param {number} [status] @returns {ScriptedResponse} */
const json = (value, status = 200) => ({ status, body: JSON.stringify(value) });

/**
 * Orders on a reused connection. The first copy of the order is booked, and its response makes the browser send a
 * second copy. Returns whether the browser did.
 * @param {Test} test
 * @param {ScriptedResponse} first the response to the first copy
 * @param {number} status of the second copy's failure
 */
async function isSentTwice({ pkg, script }, first, status) {
  const warm = { ...json(responses.calculate), keepAlive: true };
  const api = await script(warm, warm, first, json(failures.order, status), json(responses.order));
  for (let count = 0; count < 2; count += 1) await pkg.calculate(minimal.calculate.IPv4, api.options);
  const options = { ...api.options, idempotencyKey: "order-1" };
  const error = await rejected(pkg.order(minimal.order.IPv4, options), ["http", "network"], { outcome: "unknown" });
  const sent = (await api.received()).filter(({ url }) => isOrder(String(url)));
  equal(new Set(sent.map(({ headers }) => headers["idempotency-key"])).size, 1, "idempotency keys of the copies");
  if (sent.length === 1) return false;
  equal([sent.length, error.code, error.status], [2, "http", status], "copies, and the error");
  equal(error.body, JSON.stringify(failures.order), "body");
  await rejected(pkg.order(minimal.order.IPv4, { ...options, idempotencyKey: "order-2" }), "unresolved_order", {
    outcome: "unknown",
  });
  equal(await pkg.order(minimal.order.IPv4, { ...options, repeat: true }), responses.order, "the repeat");
  return true;
}

/**
 * Tries several times, because a connection may be a new one by chance.
 * @param {Test} test @param {ScriptedResponse} first @param {number} status
 */
async function isSentTwiceAtLast(test, first, status) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) if (await isSentTwice(test, first, status)) return true;
  return false;
}

/** @param {Test} test */
export async function aCopySentBecauseTheConnectionWasCutAnswersOnlyWith2xx(test) {
  for (const status of STATUSES) {
    // WebKitGTK opens a new connection for each POST.
    const isResent =
      test.engine === "webkit"
        ? await isSentTwice(test, { cut: "headers" }, status)
        : await isSentTwiceAtLast(test, { cut: "headers" }, status);
    equal(isResent, test.engine !== "webkit", `the order was sent twice, status ${status}`);
  }
}

/** @param {Test} test */
export async function aCopySentBecauseOf421AnswersOnlyWith2xx(test) {
  for (const status of STATUSES) {
    const misdirected = { ...json(failures.order, 421), keepAlive: true };
    assert(await isSentTwiceAtLast(test, misdirected, status), `the order was sent once, status ${status}`);
  }
}
