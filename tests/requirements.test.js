// @ts-check
// The documentation names the first browsers that have everything the built files use.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { packedPackage } from "../.build/pack.js";
import { describeBrowsers, findUses } from "./requirements/requirements.js";

test("the documented browsers are the first that have everything the built files use", async () => {
  const { folder } = await packedPackage();
  const uses = await findUses(join(folder, "dist"));
  // Proves that the files were read: they use all of these.
  const features = uses.map(({ feature }) => feature);
  for (const feature of ["WebAssembly: reference-types", "??", "AbortController", "Object.freeze"]) {
    assert.ok(features.includes(feature), feature);
  }
  const described = describeBrowsers(uses);
  assert.doesNotMatch(described, /NaN|Infinity|false|preview/);

  const file = new URL("../www/docs/bundlers.md", import.meta.url);
  const page = await readFile(file, "utf8");
  const section = /(?<=<!-- browsers:begin -->\n)[^]*(?=\n<!-- browsers:end -->)/;
  // After an intended change, UPDATE=1 writes the table.
  if (process.env.UPDATE === "1")
    await writeFile(
      file,
      page.replace(section, () => described),
    );
  else assert.equal(page.match(section)?.[0], described);
});
