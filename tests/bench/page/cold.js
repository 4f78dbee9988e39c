// The cold start of a peer.
// @ts-check
import { valid } from "./cases.js";
import { otherOrigin, receipt, respond, stubFetch } from "./support.js";

/**
 * Milliseconds from `import()` to the first request that reaches `fetch`.
 *
 * @param {string} url
 */
export async function cold(url) {
  const requested = new Promise((resolve) => {
    stubFetch(() => {
      resolve(performance.now());
      return respond(receipt);
    });
  });
  const start = performance.now();
  const peer = await import(url);
  const call = peer.order(valid, otherOrigin);
  const end = await requested;
  await call;
  return end - start;
}
