// @ts-check
// Apps: Capacitor, Ionic and Tauri load an app's page into a WebView, from a scheme of their own. So does this WebKitGTK.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import { packedPackage } from "../../.build/pack.js";
import { listen } from "../../.build/serve.js";
import { need, python } from "../../.build/tools.js";
import { startApi, startBackend, wanted } from "./support.js";

const run = promisify(execFile);

/** Buys when it is opened. Its title is what happened. */
const PAGE = `<!doctype html>
<script type="module">
  import { createCheckout } from "./index.js";

  const baseUrl = new URLSearchParams(location.search).get("backend");
  const options = { baseUrl, apiKey: "self", customer: "anna", credentials: "include", headers: { "x-user": "anna" } };
  const { outcome, receipt, error } = await createCheckout(options).buy(${JSON.stringify(wanted)}, { maxPrice: 2 });
  document.title = [outcome, receipt?.orderNumber ?? error?.code].join(" ");
</script>
`;

let folder = "";
/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;

before(async () => {
  await need("webview");
  api = await startApi();
  folder = await mkdtemp(join(tmpdir(), "proxy-orders-webview-"));
  const packed = await packedPackage();
  await copyFile(join(packed.folder, "dist/index.js"), join(folder, "index.js"));
  await writeFile(join(folder, "index.html"), PAGE);
});
beforeEach(() => api.sandbox.reset());
after(async () => {
  await api?.close();
  if (folder) await rm(folder, { recursive: true });
});

/**
 * Opens the app's page, which buys from a backend. Returns the page's title, and the requests that the backend got.
 * @param {string} origin of the page
 * @param {string[]} origins that the backend lists
 */
async function openApp(origin, origins) {
  const { backend } = startBackend(api, { origins });
  /** @type {string[][]} */
  const requests = [];
  const shop = await listen(async (request, response) => {
    const endpoint = request.url?.replace("/client/api/v1/self/", "") ?? "";
    requests.push([request.method ?? "", endpoint, request.headers.origin ?? ""]);
    sendResponse(response, await backend(createRequest(request, response)));
  });
  try {
    const address = `${origin}/index.html?backend=${encodeURIComponent(shop.url)}`;
    const program = fileURLToPath(new URL("webview.py", import.meta.url));
    const { stdout } = await run("xvfb-run", ["-a", python, program, address, folder]);
    return { title: stdout.trim(), requests };
  } finally {
    await shop.close();
  }
}

for (const origin of ["capacitor://localhost", "ionic://localhost", "tauri://localhost"]) {
  test(`an app whose origin ${origin} is listed buys`, { timeout: 60_000 }, async () => {
    const { title, requests } = await openApp(origin, [origin]);
    assert.equal(api.sandbox.orders.length, 1);
    assert.equal(title, `placed ${api.sandbox.orders[0]?.orderNumber}`);
    assert.deepEqual(requests, [
      ["OPTIONS", "calculate/order", origin],
      ["POST", "calculate/order", origin],
      ["OPTIONS", "order", origin],
      ["POST", "order", origin],
    ]);
  });
}

test("an app whose origin is not listed cannot buy", { timeout: 60_000 }, async () => {
  const origin = "capacitor://localhost";
  const { title, requests } = await openApp(origin, ["tauri://localhost", "https://localhost"]);
  assert.equal(title, "not_placed network");
  assert.deepEqual(requests[0], ["OPTIONS", "calculate/order", origin]);
  assert.ok(requests.every(([method]) => method === "OPTIONS"));
  assert.deepEqual(api.sandbox.requests, []);
});
