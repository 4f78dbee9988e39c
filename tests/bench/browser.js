// Runs measurements in Chromium, each in a page of its own.
// @ts-check
import { randomUUID } from "node:crypto";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { listen } from "../../.build/serve.js";
import { launchChromium } from "../support/browser.js";

/** @typedef {{ job: object, resolve: (report: any) => void }} Pending a job whose page has not yet posted its report */

/**
 * Serves a page for each pending job, the modules of the page, and the bundles of the peers.
 *
 * @param {string} bundles
 * @param {Map<string, Pending>} pending by the path of their page
 */
function serve(bundles, pending) {
  /** @param {import("node:http").ServerResponse} response */
  const setHeaders = (response) => {
    // A page that is isolated has a clock of 5 µs instead of 100 µs.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.setHeader("cache-control", "no-store");
  };
  const [pageFiles, bundleFiles] = [fileURLToPath(new URL("./page", import.meta.url)), bundles].map((folder) =>
    sirv(folder, { setHeaders }),
  );
  return listen(async (request, response) => {
    const page = pending.get(request.url ?? "");
    if (!page) {
      pageFiles(request, response, () => bundleFiles(request, response));
    } else if (request.method === "POST") {
      const report = await json(request);
      response.end();
      page.resolve(report);
    } else {
      setHeaders(response);
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>Benchmark</title><link rel=icon href=data:>
<script type=module>import { run } from "/run.js"; run(${JSON.stringify(page.job)});</script>`);
    }
  });
}

/**
 * Starts Chromium and a server.
 *
 * @param {string} bundles the folder with the bundles of the peers
 */
export async function openBrowser(bundles) {
  /** @type {Map<string, Pending>} */
  const pending = new Map();
  const browser = await launchChromium();
  const server = await serve(bundles, pending);
  const session = await browser.newBrowserCDPSession();

  /**
   * Runs one measurement of `page/` in a page, and so a process, of its own, with nothing cached. No debugger is
   * attached to the page: with one, code that creates an `Error` is half as fast.
   *
   * @param {"cold" | "concurrency" | "features" | "memory" | "turns" | "unresolved" | "verify"} measurement
   * @param {unknown[]} args
   * @param {number} [pause] milliseconds to wait before, until the page is idle
   * @returns {Promise<any>}
   */
  async function measure(measurement, args, pause = 0) {
    const path = `/job/${randomUUID()}`;
    const { browserContextId } = await session.send("Target.createBrowserContext");
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    try {
      const report = await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`The measurement "${measurement}" timed out.`)), 600_000);
        pending.set(path, { job: { measurement, args, pause }, resolve });
        session.send("Target.createTarget", { url: server.url + path, browserContextId }).catch(reject);
      });
      if (report.error) throw new Error(`The measurement "${measurement}" failed: ${report.error}`);
      return report.result;
    } finally {
      clearTimeout(timer);
      pending.delete(path);
      await session.send("Target.disposeBrowserContext", { browserContextId });
    }
  }

  return {
    measure,
    version: browser.version(),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
