// @ts-check
// A worker with a D1 database, in workerd.

import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

const SCRIPT = `
  import { testBookings, testSales } from "proxy-orders/backend/testing";
  import { d1Accounts } from "./d1-accounts.js";
  import { bookings } from "./d1-bookings.js";

  const suites = {
    bookings: () => testBookings(() => bookings),
    accounts: ({ DB }) => testSales(() => d1Accounts(DB)),
  };
  export default {
    async fetch(request, env) {
      const suite = new URL(request.url).pathname.slice(1);
      return new Response(await suites[suite](env).then(() => "passed", (error) => error.stack));
    },
  };`;

/**
 * Starts a worker that runs the suites, and returns its database.
 * @param {string} folder a project with miniflare
 * @param {string} [state] where the database is stored
 */
export async function startWorker(folder, state) {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: folder },
    bundle: true,
    conditions: ["workerd"],
    external: ["*.wasm?module", "cloudflare:*"],
    format: "esm",
    write: false,
  });
  const { Miniflare } = createRequire(join(folder, "package.json"))("miniflare");
  const worker = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? "",
    compatibilityDate: "2025-11-01",
    d1Databases: ["DB"],
    ...(state && { d1Persist: state }),
  });
  const database = await worker.getD1Database("DB");
  return {
    database,
    /** Runs a suite in the worker: "passed", or its error. @param {string} suite @returns {Promise<string>} */
    run: async (suite) => (await worker.dispatchFetch(`http://worker/${suite}`)).text(),
    close: () => worker.dispose(),
  };
}
