// @ts-check
import { print, printBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "bun",
  kinds: [
    { name: "Bun, run", place: print("npm", "run", "--silent", "start") },
    { name: "Bun, build --compile", place: printBuilt("./dist/server") },
  ],
};
