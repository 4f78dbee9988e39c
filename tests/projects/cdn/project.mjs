// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, listen } from "../../../.build/serve.js";
import { pressInVain, pressServed, serveFolder } from "../place.js";

/** @typedef {import("../support.js").Bench} Bench */

/**
 * Serves the package on another origin while `work` is done.
 * @template T
 * @param {Bench} bench
 * @param {{ isShared: boolean }} how whether pages of other origins may read the binary
 * @param {() => Promise<T>} work
 */
async function whileOnCdn({ folder }, { isShared }, work) {
  const serveFile = filesOf(join(folder, "node_modules"));
  const cdn = await listen((request, response) => {
    const path = request.url ?? "/";
    if (isShared || path.endsWith(".js")) response.setHeader("access-control-allow-origin", "*");
    serveFile(request, response, path);
  });
  try {
    const page = await readFile(new URL("index.html", import.meta.url), "utf8");
    await writeFile(join(folder, "index.html"), page.replaceAll("https://cdn.example", cdn.url));
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
      settings: [
        {
          file: "index.html",
          lines: ['{ "imports": { "proxy-orders": "https://cdn.example/proxy-orders/dist/index.js" } }'],
        },
      ],
      place: (bench) => whileOnCdn(bench, { isShared: true }, () => pressServed(bench)),
    },
  ],
  failures: [
    {
      name: "The package on another origin, which does not share the binary",
      advice: "Access-Control-Allow-Origin",
      message: /Nothing came from http:\S+\/proxy_orders_bg\.wasm: offline, or blocked by the page's CSP or by CORS/,
      provoke: (bench) => whileOnCdn(bench, { isShared: false }, () => serveFolder(bench, pressInVain)),
    },
  ],
};
