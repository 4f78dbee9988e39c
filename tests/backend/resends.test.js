// @ts-check
// How often each runtime sends an order whose connection is cut, or whose response has a status that some take for an
// invitation to try again. The table in www/docs/backend.md is what this test finds.

import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { listen } from "../../.build/serve.js";
import { exec, freePort } from "../projects/support.js";
import { documentedProject, text } from "./documentation.js";
import { QUOTE, RECEIPT, startProgram } from "./support.js";

const ENDINGS = ["cut, fresh", "cut, reused", "408, reused", "421, reused"];

let folder = "";
let orders = 0;
/** What happens to the first copy of an order. */
let ending = "";
/** @type {Awaited<ReturnType<typeof listen>>} */
let api;

before(async () => {
  folder = await documentedProject();
  await copyFile(fileURLToPath(new URL("resends.js", import.meta.url)), join(folder, "resends.js"));
  const main = 'import { run } from "./resends.js";\nawait run(process.argv[2], process.argv[3]);\nprocess.exit(0);\n';
  await writeFile(join(folder, "resends-main.js"), main);
  api = await listen((request, response) => {
    const [how, connection] = ending.split(", ");
    request.resume().on("end", () => {
      if (connection === "fresh") response.setHeader("connection", "close");
      response.setHeader("content-type", "application/json");
      if (request.url?.endsWith("/calculate/order")) return response.end(JSON.stringify(QUOTE));
      orders += 1;
      if (orders > 1) return response.end(JSON.stringify(RECEIPT));
      if (how === "cut") return request.socket.destroy();
      response.writeHead(Number(how)).end("{}");
    });
  });
});
after(() => api.close());

/** The number of orders for each ending. @param {(mode: string) => Promise<unknown>} order @param {string} mode */
async function countsOf(order, mode) {
  const counts = [];
  for (ending of ENDINGS) {
    orders = 0;
    await order(mode);
    counts.push(orders);
  }
  return counts;
}

/** @param {string} program @param {...string} args */
const program =
  (program, ...args) =>
  (/** @type {string} */ mode) =>
    exec(folder, program, [...args, "resends-main.js", api.url, mode]);

/** Starts a Worker that orders when it is called. */
async function startWorker() {
  const worker = `import { run } from "./resends.js";
    export default {
      async fetch(request) {
        const { searchParams } = new URL(request.url);
        await run(searchParams.get("url"), searchParams.get("mode"));
        return new Response("done");
      },
    };`;
  await writeFile(join(folder, "resends-worker.js"), worker);
  const config = { name: "resends", main: "resends-worker.js", compatibility_date: "2025-11-01" };
  await writeFile(join(folder, "resends.json"), JSON.stringify({ ...config, compatibility_flags: ["nodejs_compat"] }));
  const port = await freePort();
  const args = ["dev", "--config", "resends.json", "--ip", "127.0.0.1", "--port", String(port)];
  const variables = { WRANGLER_SEND_METRICS: "false", CI: "1" };
  const { close } = await startProgram(folder, "wrangler", args, port, variables);
  const order = (/** @type {string} */ mode) =>
    fetch(`http://127.0.0.1:${port}/?mode=${mode}&url=${encodeURIComponent(api.url)}`).then((response) =>
      response.text(),
    );
  return { order, close };
}

test("the backend sends an order once in every runtime", { timeout: 300_000 }, async () => {
  const worker = await startWorker();
  /** @type {[runtime: string, order: (mode: string) => Promise<unknown>][]} */
  const runtimes = [
    ["Node 20", program(process.execPath)],
    ["Node 24", program("node")],
    ["Deno", program("deno", "run", "--allow-env", "--allow-net", "--allow-read")],
    ["Bun", program("bun")],
    ["workerd", worker.order],
  ];
  const rows = [];
  try {
    for (const [runtime, order] of runtimes) {
      const plain = await countsOf(order, "fetch");
      const backend = await countsOf(order, "backend");
      rows.push(`| ${runtime} | ${plain.join(" | ")} | ${backend.join(" | ")} |`);
      console.log(rows.at(-1));
    }
  } finally {
    await worker.close();
  }
  for (const row of rows) assert.match(row, /(\| 1 ){4}\|$/);
  for (const row of rows) assert.ok(text.includes(`${row}\n`), `the documentation lacks ${row}`);
});
