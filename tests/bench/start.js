// Measures the package beside its peers, and puts the figures into the README.

import { readFile, writeFile } from "node:fs/promises";

import { build } from "../../.build/build.js";
import { capture, need, packages, root, run, step } from "../../.build/tools.js";

await need("packages", "chromium");
step("building the package");
await build();
await packages(`${root}/tests/bench`);
const quick = process.argv.includes("--quick");
step(`measuring (${quick ? "about a minute" : "about twelve minutes; let the machine rest"})`);
await run("node", ["tests/bench/run.js", ...process.argv.slice(2)]).catch(() => (process.exitCode = 1));
if (!quick) {
  const tables = await capture("node", ["tests/bench/report.js"]);
  const readme = await readFile(`${root}/README.md`, "utf8");
  const picture = "![Size and speed beside other libraries](tests/bench/results.svg)";
  const filled = readme.replace(
    /(<!-- bench:begin -->)[^]*(<!-- bench:end -->)/,
    (_, begin, end) => `${begin}\n${picture}\n\n${tables.trim()}\n${end}`,
  );
  await writeFile(`${root}/README.md`, filled);
}
