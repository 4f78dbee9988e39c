// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { press, pressInVain, withExtension } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Extension of Manifest V3 in Chromium",
      settings: [
        {
          file: "manifest.json",
          lines: ['"content_security_policy": { "extension_pages": "script-src \'self\' \'wasm-unsafe-eval\'" }'],
        },
      ],
      place: (bench) => withExtension(bench, press),
    },
  ],
  failures: [
    {
      name: "An extension of Manifest V3 without its setting",
      advice: "'wasm-unsafe-eval'",
      message: /the page's Content Security Policy or the platform forbids compiling it/,
      async provoke(bench) {
        const file = join(bench.folder, "manifest.json");
        const { content_security_policy: _, ...manifest } = JSON.parse(await readFile(file, "utf8"));
        await writeFile(file, JSON.stringify(manifest));
        return withExtension(bench, pressInVain);
      },
    },
  ],
};
