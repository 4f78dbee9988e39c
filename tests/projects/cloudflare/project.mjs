// @ts-check
import assert from "node:assert/strict";
import { exec } from "../support.js";
import { whileServed } from "../place.js";

/** @typedef {import("../support.js").Bench} Bench */

const LATEST = "2026-11-01";

/**
 * Starts wrangler's development server while `work` is done.
 * @template T
 * @param {Bench} bench
 * @param {string} date
 * @param {string[]} more arguments
 * @param {(url: string) => Promise<T>} work
 */
function serveWorker(bench, date, more, work) {
  const listen = ["--ip", "127.0.0.1", "--port", "{port}"];
  const args = [...listen, "--compatibility-date", date, "--var", `API_URL:${bench.api}`, ...more];
  return whileServed(bench, { script: "dev", args, ready: /Ready on/ }, work);
}

/** @param {string} url @param {Record<string, string>} query @returns {Promise<Record<string, string>>} */
const ask = async (url, query) => (await fetch(`${url}/?${new URLSearchParams(query)}`)).json();

/** @param {string} url */
async function buy(url) {
  // At once, while none has loaded the binary: requests of Workers must not wait for each other.
  const invalid = await Promise.all(Array.from({ length: 10 }, () => ask(url, { quantity: "0" })));
  for (const { code } of invalid) assert.equal(code, "invalid_request");
  const { code, outcome } = await ask(url, { quantity: "1", fault: "redirect; on=order" });
  assert.deepEqual({ code, outcome }, { code: "network", outcome: "unknown" });
  return (await ask(url, { quantity: "2" })).orderNumber;
}

/** @type {import("../support.js").Project} */
export default {
  tool: "wrangler",
  kinds: ["2024-01-15", LATEST].map((date) => ({
    name: `Cloudflare Workers with Wrangler, compatibility date ${date}`,
    place: (bench) => serveWorker(bench, date, [], buy),
  })),
  failures: [
    {
      name: "Cloudflare Workers bundled by esbuild alone",
      impossible: "Bundle with Wrangler. Workers do not compile bytes, and esbuild cannot import a binary as a module.",
      message: /the platform forbids compiling it/,
      advice: "Wrangler",
      async provoke(bench) {
        await exec(bench.folder, "npm", ["run", "build:esbuild"]);
        const { message } = await serveWorker(bench, LATEST, ["--no-bundle", "dist/worker.js"], (url) => ask(url, {}));
        return message;
      },
    },
  ],
};
