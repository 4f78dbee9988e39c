// Writes the API reference into target/docs, from the published declarations. Fails if there is a warning.

import { pathToFileURL } from "node:url";
import { build } from "./build.js";
import { run } from "./tools.js";

export const docs = () => run("typedoc", ["--options", ".build/typedoc.json"]);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build();
  await docs();
}
