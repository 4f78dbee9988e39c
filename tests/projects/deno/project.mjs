// @ts-check
import { observer, print, printBuilt } from "../place.js";

const deno = ["deno", "run", "--allow-env", "--allow-net", "--preload", observer];

/** @type {import("../support.js").Project} */
export default {
  tool: "deno",
  kinds: [
    { name: "Deno, run", place: print(...deno, "main.js") },
    { name: "Deno, run of a server bundled into one file", place: printBuilt(...deno, "dist/server.js") },
  ],
};
