// Verifies that a peer does the same job as the others, so that the measurements are comparable.
// @ts-check
import { invalid, orders, responses, requests, valid } from "./cases.js";
import { load, ownOrigin, respond, stubFetch } from "./support.js";

/** JSON with sorted keys. @param {unknown} value */
function canonical(value) {
  return JSON.stringify(value, (_key, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Collects differences between what was found and what was expected. */
function comparison() {
  /** @type {string[]} */
  const differences = [];
  const result = { count: 0, differences };
  const expectEqual = (/** @type {string} */ name, /** @type {unknown} */ found, /** @type {unknown} */ expected) => {
    result.count += 1;
    if (canonical(found) !== canonical(expected)) {
      differences.push(`${name}: ${canonical(found)} instead of ${canonical(expected)}`);
    }
  };
  return { result, expectEqual };
}

/** @typedef {ReturnType<typeof comparison>["expectEqual"]} ExpectEqual */

/** The value that a call resolves to, or the code of its error. @param {Promise<any>} call */
async function outcome(call) {
  return call.then(
    (value) => ({ value }),
    (error) => ({ code: error.code }),
  );
}

/**
 * Every documented sample arrives as it was sent, and the request for it is the documented one.
 *
 * @param {any} peer
 * @param {Record<string, any>} samples
 * @param {ExpectEqual} expectEqual
 */
async function verifySamples(peer, samples, expectEqual) {
  /** @type {any} */
  let sent;
  for (const [name, sample] of Object.entries(samples)) {
    const [verb, proxyType] = name.split("/");
    stubFetch(async (input, init) => {
      const request = new Request(input, init);
      sent = { url: new URL(request.url).pathname, method: request.method, body: await request.json() };
      return respond(JSON.stringify(sample));
    });
    const { authType, authIp, protocol, ...calculation } = orders[proxyType];
    const body = verb === "order" ? orders[proxyType] : calculation;
    expectEqual(name, await peer[verb](body, ownOrigin), sample);
    const path = verb === "order" ? "order" : "calculate/order";
    expectEqual(`${name}, sent`, sent, { url: `/api/client/api/v1/self/${path}`, method: "POST", body });
  }
}

/** @param {any} peer @param {ExpectEqual} expectEqual */
async function verifyResponses(peer, expectEqual) {
  for (const [index, { name, status, body, value, code }] of responses.entries()) {
    stubFetch(() => respond(body, status));
    // A key for each response, so that the response before leaves no order unresolved.
    const options = { ...ownOrigin, apiKey: `key-${index}` };
    expectEqual(`response: ${name}`, await outcome(peer.order(valid, options)), value ? { value } : { code });
  }
  stubFetch(() => {
    throw new TypeError("Failed to fetch");
  });
  expectEqual("no connection", await outcome(peer.order(valid, ownOrigin)), { code: "network" });
}

/** @param {any} peer @param {ExpectEqual} expectEqual */
async function verifyRequests(peer, expectEqual) {
  let sent = false;
  stubFetch(() => (sent = true));
  expectEqual("invalid request", await outcome(peer.order(invalid, ownOrigin)), { code: "invalid_request" });
  expectEqual("invalid request, sent", sent, false);
  for (const { name, request, order, calculate, value } of requests) {
    for (const [result, expected] of [
      [peer.validateOrder(request), order],
      [peer.validateCalculate(request), calculate],
    ]) {
      /** @type {{ path: string[], message: string }[]} */
      const issues = result.issues ?? [];
      const fields = new Set(issues.map(({ path }) => path.join(".")));
      expectEqual(name, [...fields].sort(), [...expected].sort());
      const areSentences = issues.every(({ message }) => /\w \w.*[.?]$/.test(message));
      expectEqual(`${name}, messages are sentences`, areSentences, true);
    }
    if (!order.length) expectEqual(`${name}, value`, peer.validateOrder(request).value, value ?? request);
  }
}

/**
 * The number of comparisons made, and every difference from what is expected.
 *
 * @param {string} url
 * @param {Record<string, any>} samples the responses of the sandbox
 * @param {boolean} validates whether the peer validates requests and responses
 */
export async function verify(url, samples, validates) {
  const peer = await load(url);
  const { result, expectEqual } = comparison();
  await verifySamples(peer, samples, expectEqual);
  if (validates) {
    await verifyResponses(peer, expectEqual);
    await verifyRequests(peer, expectEqual);
  }
  return result;
}
