// Measures the package beside its peers, and puts the figures into the documentation.

import { readFile, writeFile } from "node:fs/promises";

import { build } from "../../.build/build.js";
import { capture, need, packages, root, run, step } from "../../.build/tools.js";

await need("packages", "chromium");
step("building the package");
await build();
await packages(`${root}/tests/bench`);
const quick = process.argv.includes("--quick");
step(`measuring (${quick ? "about a minute" : "about twenty minutes; let the machine rest"})`);
await run("node", ["tests/bench/run.js", ...process.argv.slice(2)]).catch(() => (process.exitCode = 1));
if (!quick) {
  const picture = "![Size and speed beside other libraries](speed.svg)\n\n";
  await fill("www/docs/speed.md", "bench", picture + (await capture("node", ["tests/bench/report.js", "--summary"])));
  await fill("www/docs/contributing.md", "goals", await capture("node", ["tests/bench/report.js", "--details"]));
}

/** Puts text between two marks of a page. @param {string} page @param {string} mark @param {string} text */
async function fill(page, mark, text) {
  const markdown = await readFile(`${root}/${page}`, "utf8");
  const place = new RegExp(`(<!-- ${mark}:begin -->)[^]*(<!-- ${mark}:end -->)`);
  if (!place.test(markdown)) throw new Error(`${page} has no marks named ${mark}.`);
  await writeFile(
    `${root}/${page}`,
    markdown.replace(place, (_, begin, end) => `${begin}\n${text.trim()}\n${end}`),
  );
}
