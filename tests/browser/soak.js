// @ts-check
// Many thousands of calls in one page: memory does not grow, nor does the cost of a call.
import { assert, equal, heap, HEAP_TOLERANCE, offline, responses, minimal } from "./support.js";

/** @typedef {import("./support.js").Test} Test */
/** @typedef {import("./support.js").Fields} Fields */

const text = JSON.stringify(responses.calculate);
const answer = { status: 200, headers: { get: () => null }, text: async () => text };
const base = { baseUrl: "https://api.example", apiKey: "k", maxRetries: 0 };

/** @param {number} bytes */
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** @param {Test} test */
export async function memoryStaysFlat({ pkg, engine, soak, linearMemory, log }) {
  const calls = engine !== "chromium" ? 2_000 : soak ? 100_000 : 20_000;
  const together = 100;
  let apiKeys = 0;
  /** @type {Record<string, () => Promise<any>>} */
  const ways = {
    valid: () => pkg.calculate(minimal.calculate.IPv4, { ...base, fetch: async () => answer }),
    "new-api-key": () =>
      pkg.calculate(minimal.calculate.IPv4, { ...base, apiKey: `key-${apiKeys++}`, fetch: async () => answer }),
    invalid: () => pkg.calculate({ ...minimal.calculate.IPv4, quantity: 0, goal: "", promocode: "X" }, base),
    failing: () => pkg.calculate(minimal.calculate.IPv4, { ...base, fetch: offline }),
    aborted: () => {
      const controller = new AbortController();
      const fetch = async () => {
        controller.abort();
        return answer;
      };
      return pkg.calculate(minimal.calculate.IPv4, { ...base, fetch, signal: controller.signal });
    },
  };
  /** @type {Record<string, unknown>} */
  const expected = {
    valid: true,
    "new-api-key": true,
    invalid: "invalid_request",
    failing: "network",
    aborted: "aborted",
  };
  for (const [way, call] of Object.entries(ways)) {
    const run = async (/** @type {number} */ count) => {
      for (let done = 0; done < count; done += together) {
        const ends = await Promise.all(
          [...Array(together)].map(() =>
            call().then(
              (value) => value.success,
              (/** @type {any} */ error) => error.code,
            ),
          ),
        );
        for (const end of ends) if (end !== expected[way]) equal(end, expected[way], way);
      }
    };
    await run(calls / 20);
    const linear = linearMemory();
    const early = await heap();
    const start = performance.now();
    await run(calls);
    const took = performance.now() - start;
    const late = await heap();
    await log(
      `${calls} ${way} calls: ${((took * 1000) / calls).toFixed(0)} µs each, linear memory ${mib(linear)} to ${mib(linearMemory())}` +
        (early ? `, JavaScript heap ${mib(early)} to ${mib(late)}` : ""),
    );
    equal(linearMemory() - linear, 0, `growth of linear memory by ${calls} ${way} calls`);
    assert(late - early < HEAP_TOLERANCE, `the JavaScript heap grew from ${mib(early)} to ${mib(late)}`);
  }
}

/** @param {Test} test */
export async function aThousandAtOnceAreAnswered({ pkg, linearMemory, log }) {
  /** @param {number} count */
  const atOnce = async (count) => {
    const start = performance.now();
    const values = await Promise.all(
      [...Array(count)].map(() => pkg.calculate(minimal.calculate.IPv4, { ...base, fetch: async () => answer })),
    );
    equal(values.filter(({ success }) => success).length, count, "answered");
    return (performance.now() - start) / count;
  };
  /** @param {number} count */
  const best = async (count) =>
    Math.min(await atOnce(count), await atOnce(count), await atOnce(count), await atOnce(count), await atOnce(count));
  await best(1000);
  const few = await best(100);
  const many = await best(1000);
  await log(
    `cost of a call: ${(few * 1000).toFixed(0)} µs among 100, ${(many * 1000).toFixed(0)} µs among 1000 at once, linear memory ${mib(linearMemory())}`,
  );
  assert(many < few * 3 + 0.02, `the cost grows: ${few} ms among 100, ${many} ms among 1000`);
}
