// `npm run bench`: the package beside its peers. See README.md, "Size and speed".
// @ts-check
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { cpus } from "node:os";
import { extname, join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
if (!existsSync(join(here, "node_modules"))) {
  console.log("Installing the peers");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status) process.exit(1);
}
const { bundle, root, weigh } = await import("./bundle.js");
const { chromium } = await import("playwright-core");
const { draw } = await import("./chart.js");
const { spread } = await import("./statistics.js");
const { goals, table } = await import("./report.js");

const quick = process.argv.includes("--quick");
const rounds = quick ? { cold: 3, pages: 1, turns: 30 } : { cold: 15, pages: 5, turns: 25 };
/** Milliseconds. The engines go on optimizing for seconds. */
const how = { warmUp: quick ? 1_000 : 5_000, turns: rounds.turns, turn: 20 };
const calls = quick ? 10_000 : 100_000;

const ours = "proxy-orders";
/** The name of each peer, its module in `peers/`, and whether it checks requests and replies. */
const peers = [
  { name: ours, file: "proxy-orders", checks: true },
  { name: "hand-written", file: "hand", checks: true },
  { name: "valibot", file: "valibot", checks: true },
  { name: "zod", file: "zod", checks: true },
  { name: "zod/mini", file: "zod-mini", checks: true },
  { name: "openapi-fetch", file: "openapi-fetch", checks: false },
  { name: "axios", file: "axios", checks: false },
];

const built = join(root, "target/bench");

/** @param {string} text */
function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
  else console.log(text);
}

const served = new Map([
  [".js", "text/javascript"],
  [".wasm", "application/wasm"],
]);

/** The jobs under way: what a page shall do, and whom it tells. @type {Map<string, { job: object, tell: (report: any) => void }>} */
const jobs = new Map();

/** Serves a page for each job, the page's modules and the bundles, uncompressed; takes the reports. */
const server = createServer(async (request, response) => {
  const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
  // The isolation gives the page a clock of 5 µs.
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-embedder-policy", "require-corp");
  response.setHeader("cache-control", "no-store");
  const waiting = jobs.get(path);
  if (waiting && request.method === "POST") {
    const report = JSON.parse(await text(request));
    response.end();
    waiting.tell(report);
    return;
  }
  if (waiting) {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>bench</title><link rel=icon href=data:>
<script type=module>import { run } from "/page.js"; run(${JSON.stringify(waiting.job)});</script>`);
    return;
  }
  const file = path.startsWith("/built/") ? join(built, path.slice(7)) : join(here, path);
  try {
    const body = await readFile(file);
    response.setHeader("content-type", served.get(extname(file)) ?? "application/octet-stream");
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;

const executablePath = [process.env.CHROME_BIN, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
const browser = await chromium.launch({
  executablePath,
  args: ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"].concat(
    process.getuid?.() === 0 ? "--no-sandbox" : [],
  ),
});
const session = await browser.newBrowserCDPSession();

/**
 * One measurement in a page, and so a process, of its own, with nothing cached. No debugger is attached to the page:
 * with one, whatever makes an `Error` is half as fast.
 *
 * @param {"verify" | "cold" | "beside" | "memory" | "growth"} what
 * @param {unknown[]} given
 * @param {number} [rest] milliseconds for the page to come to rest
 * @returns {Promise<any>}
 */
async function measure(what, given, rest = 0) {
  const path = `/job/${randomUUID()}`;
  const { browserContextId } = await session.send("Target.createBrowserContext");
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const report = await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not end`)), 600_000);
      jobs.set(path, { job: { what, given, rest }, tell: resolve });
      session.send("Target.createTarget", { url: origin + path, browserContextId }).catch(reject);
    });
    if (report.fault) throw new Error(`${what}, ${given[0]}: ${report.fault}`);
    return report.found;
  } finally {
    clearTimeout(timer);
    jobs.delete(path);
    await session.send("Target.disposeBrowserContext", { browserContextId });
  }
}

/** The places of all peers, from another one on each time. @param {number} by */
const turned = (by) => peers.map((_, place) => (place + by) % peers.length);

const urlOf = (/** @type {string} */ file) => `/built/${file}/index.js`;

/** @type {Record<string, any>} */
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu: cpus()[0].model, cores: cpus().length, chromium: browser.version(), node: process.versions.node },
  versions: JSON.parse(await readFile(join(here, "package.json"), "utf8")).devDependencies,
  rounds,
  peers: {},
};

try {
  const samples = JSON.parse(await readFile(join(root, "www/sandbox/samples.json"), "utf8"));
  let failed = false;
  for (const { name, file, checks } of peers) {
    const files = await bundle(join(here, "peers", `${file}.js`), join(built, file), { withWasm: name === ours });
    results.peers[name] = { checks, bytes: await weigh(files) };
    const { count, faults } = await measure("verify", [urlOf(file), samples, checks]);
    console.log(`${name}: ${faults.length ? `${faults.length} of ${count} checks FAILED` : `${count} checks agree`}`);
    for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
    failed ||= faults.length > 0;
  }
  if (failed) throw new Error("The peers do not do the same job; nothing was measured.");

  /** What each peer needed, one row a turn. @type {Record<string, (number | undefined)[][]>} */
  const found = { cold: [] };
  /** @type {number[][]} */
  const growth = [];
  const atOnce = [1, 10, 100, 1000];
  for (let round = 0; round < rounds.cold; round += 1) {
    // Each round starts with another peer, so that none always follows the same one.
    /** @type {number[]} */
    const row = [];
    for (const place of turned(round)) {
      const { name, file } = peers[place];
      progress(`round ${round + 1} of ${rounds.cold}: cold start, ${name}`);
      row[place] = await measure("cold", [urlOf(file)], 800);
    }
    found.cold.push(row);
  }
  for (let page = 0; page < rounds.pages; page += 1) {
    progress(`page ${page + 1} of ${rounds.pages}: calls and validations, side by side`);
    const order = turned(page);
    const given = order.map((place) => ({ url: urlOf(peers[place].file), checks: peers[place].checks }));
    for (const [figure, rows] of Object.entries(await measure("beside", [given, how]))) {
      found[figure] ??= [];
      for (const row of rows) found[figure].push(peers.map((_, place) => row[order.indexOf(place)]));
    }
    growth.push(await measure("growth", [urlOf(ours), atOnce, quick ? 1000 : 4000]));
  }
  results.ratios = {};
  for (const [figure, rows] of Object.entries(found)) {
    results.ratios[figure] = {};
    peers.forEach(({ name }, place) => {
      const measured = rows.filter((row) => typeof row[place] === "number");
      if (!measured.length) return;
      results.peers[name][figure] = spread(measured.map((row) => Number(row[place])));
      if (name !== ours)
        results.ratios[figure][name] = spread(measured.map((row) => Number(row[0]) / Number(row[place])));
    });
  }
  results.growth = atOnce.map((count, index) => ({
    atOnce: count,
    call: spread(growth.map((row) => row[index])),
    ratio: spread(growth.map((row) => row[index] / row[0])),
  }));
  progress(`linear memory over ${calls} calls of every kind`);
  results.memory = await measure("memory", [urlOf(ours), 1000, calls]);
  progress("");
} finally {
  await browser.close();
  server.close();
}

results.goals = goals(results);
console.log(table(results));
// The committed figures are those of a full run.
const folder = quick ? built : here;
await writeFile(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(folder, "results.svg"), draw(results));
console.log(`Written: results.json and results.svg in ${relative(root, folder)}`);
const missed = results.goals.filter((/** @type {any} */ goal) => !goal.must.holds);
for (const { what } of missed) console.log(`MISSED: ${what}`);
process.exitCode = missed.length ? 1 : 0;
