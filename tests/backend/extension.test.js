// @ts-check
// A page of another scheme: an extension of Manifest V3 in Chromium orders through the backend that lists its origin.

import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import { packedPackage } from "../../.build/pack.js";
import { listen } from "../../.build/serve.js";
import { withExtension } from "../projects/place.js";
import { startApi, startBackend, wanted } from "./support.js";

/** Without host permissions, so Chromium applies CORS to its requests as to those of any page. */
const MANIFEST = {
  manifest_version: 3,
  name: "Shop",
  version: "1.0",
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
};

let folder = "";
/** @type {Awaited<ReturnType<typeof startApi>>} */
let api;

before(async () => {
  api = await startApi();
  folder = await mkdtemp(join(tmpdir(), "proxy-orders-extension-"));
  const packed = await packedPackage();
  await copyFile(join(packed.folder, "dist/index.js"), join(folder, "index.js"));
  await writeFile(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
});
after(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

/** Orders in the extension. @param {(origin: string) => string[]} originsOf which origins the backend lists */
const orderWith = (originsOf) =>
  withExtension(/** @type {any} */ ({ folder, api: "" }), async (url, { context }) => {
    const { backend } = startBackend(api, {
      user: () => "anna",
      origins: originsOf(String(/^[^:]+:\/\/[^/]+/.exec(url))),
    });
    const shop = await listen(async (request, response) =>
      sendResponse(response, await backend(createRequest(request, response))),
    );
    try {
      const page = await context.newPage();
      await page.goto(url);
      return await page.evaluate(
        async ({ wanted, baseUrl }) => {
          const { order } = await import(/** @type {string} */ ("./index.js"));
          const options = { baseUrl, apiKey: "self", idempotencyKey: "key-1" };
          return order(wanted, options).then(
            (/** @type {any} */ { orderNumber }) => orderNumber,
            (/** @type {any} */ error) => error.code,
          );
        },
        { wanted, baseUrl: shop.url },
      );
    } finally {
      await shop.close();
    }
  });

test("an extension whose origin is listed orders", { timeout: 60_000 }, async () => {
  const orderNumber = await orderWith((origin) => [origin]);
  assert.equal(orderNumber, api.sandbox.orders[0]?.orderNumber);
  assert.equal(api.sandbox.orders.length, 1);
});

test("an extension whose origin is not listed cannot order", { timeout: 60_000 }, async () => {
  api.sandbox.reset();
  assert.equal(await orderWith(() => ["capacitor://localhost"]), "network");
  assert.equal(api.orders().length, 0);
});
