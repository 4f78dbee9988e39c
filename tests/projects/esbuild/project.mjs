// @ts-check
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, press, pressBuilt, printBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "esbuild",
  kinds: [
    { name: "esbuild, page", place: pressBuilt() },
    { name: "esbuild, classic script (IIFE)", place: pressBuilt(".", { path: "/classic.html" }) },
    {
      name: "esbuild, page opened from file:",
      async place(bench) {
        await build(bench);
        const page = pathToFileURL(join(bench.folder, "classic.html"));
        return press(`${page}?api=${encodeURIComponent(bench.api)}`);
      },
    },
    { name: "esbuild, server bundled into one file", place: printBuilt(process.execPath, "dist/server.cjs") },
  ],
};
