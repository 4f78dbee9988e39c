// @ts-check
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, listen } from "../../../.build/serve.js";
import { press, pressServed } from "../place.js";
import { serve } from "../support.js";

/** @typedef {import("../support.js").Bench} Bench */

/**
 * Serves the package on another origin while `work` is done with a page that names it.
 * @template T
 * @param {Bench} bench
 * @param {string} name of the page
 * @param {() => Promise<T>} work
 */
async function whileOnCdn({ folder }, name, work) {
  const serveFile = filesOf(join(folder, "node_modules"));
  const cdn = await listen((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    serveFile(request, response, request.url ?? "/");
  });
  try {
    const page = await readFile(new URL(name, import.meta.url), "utf8");
    await writeFile(join(folder, name), page.replaceAll("https://cdn.example", cdn.url));
    return await work();
  } finally {
    await cdn.close();
  }
}

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Page with the package from another origin (CDN)",
      place: (bench) => whileOnCdn(bench, "index.html", () => pressServed(bench)),
    },
    {
      name: "Page with package and sandbox from another origin (CDN)",
      hasOwnSandbox: true,
      async place(bench) {
        const shown = await whileOnCdn(bench, "sandbox.html", async () => {
          const { url, close } = await serve(bench.folder, bench.sandbox);
          return press(`${url}/sandbox.html`).finally(close);
        });
        const [, orderNumber, booked] = /^(NUMBER-\d+), booked: (.*)$/.exec(shown) ?? assert.fail(shown);
        assert.equal(booked, orderNumber);
        return shown;
      },
    },
  ],
};
