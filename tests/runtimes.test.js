// @ts-check
// The sandbox's `fetch` in Deno, Bun and Cloudflare Workers: one fault of each kind ends an order as it does in Node.
// The runtimes are installed as in tests/projects.

import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createSandbox } from "proxy-orders/sandbox";
import { expectedEnds } from "./support/faults.js";
import { whileServed } from "./projects/place.js";
import { exec, install } from "./projects/support.js";

const faults = fileURLToPath(new URL("support/faults.js", import.meta.url));

const imports = `
import { order } from "proxy-orders";
import { createSandbox } from "proxy-orders/sandbox";
import { endsOfFaults } from "./faults.js";
`;
const program = `${imports}
console.log(JSON.stringify(await endsOfFaults({ order, createSandbox })));
`;
// Workers have no "node" condition, so this is the entry that browsers get.
const worker = `${imports}
const sandbox = createSandbox();
export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/ends") return sandbox.fetch(request);
    return Response.json(await endsOfFaults({ order, createSandbox }));
  },
};
`;

/** @param {string} project @param {string} source */
async function prepare(project, source) {
  const folder = await install(project);
  await cp(faults, join(folder, "faults.js"));
  await writeFile(join(folder, "sandbox.js"), source);
  return folder;
}

const timeout = 300_000;

describe("one fault of each kind", () => {
  for (const [runtime, ...args] of [
    ["deno", "run", "--allow-env", "--allow-net", "--allow-read", "sandbox.js"],
    ["bun", "sandbox.js"],
  ]) {
    test(`in ${runtime}`, { timeout }, async () => {
      const printed = await exec(await prepare(String(runtime), program), String(runtime), args);
      assert.deepEqual(JSON.parse(printed), expectedEnds);
    });
  }

  test("in a Cloudflare Worker, which can also serve the sandbox", { timeout }, async () => {
    const folder = await prepare("cloudflare", worker);
    const args = ["sandbox.js", "--ip", "127.0.0.1", "--port", "{port}"];
    await whileServed(
      { folder, sandbox: createSandbox(), api: "" },
      { script: "dev", args, ready: /Ready on/ },
      async (url) => {
        assert.deepEqual(await (await fetch(`${url}/ends`)).json(), expectedEnds);
        const response = await fetch(`${url}/client/api/v1/demo-key/calculate/order`, { method: "POST", body: "{}" });
        assert.equal((await response.json()).error.code, 4);
      },
    );
  });
});
