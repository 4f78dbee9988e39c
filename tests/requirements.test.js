// @ts-check
// The browsers named in the documentation are those that have what the built files use.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { packedPackage } from "../.build/pack.js";
import { describeBrowsers, findUses } from "./requirements/requirements.js";

test("the browsers named are those that have what the built files use", async () => {
  const { folder } = await packedPackage();
  const uses = await findUses(join(folder, "dist"));
  // That something was looked at: a script without any of these is not ours.
  const features = uses.map(({ feature }) => feature);
  for (const feature of ["WebAssembly: reference-types", "??", "AbortController", "Object.freeze"]) {
    assert.ok(features.includes(feature), feature);
  }
  const described = describeBrowsers(uses);
  assert.doesNotMatch(described, /NaN|Infinity|false|preview/);

  const file = new URL("../www/docs/bundlers.md", import.meta.url);
  const page = await readFile(file, "utf8");
  const section = /(?<=<!-- browsers:begin -->\n)[^]*(?=\n<!-- browsers:end -->)/;
  // UPDATE=1 writes the table, after a change of what is used.
  if (process.env.UPDATE === "1")
    await writeFile(
      file,
      page.replace(section, () => described),
    );
  else assert.equal(page.match(section)?.[0], described);
});
