// @ts-check
import { press, pressBuilt, viteServer, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vite",
  kinds: [
    { name: "Vite 7, development server", place: (bench) => whileServed(bench, viteServer, press) },
    { name: "Vite 7, build", place: pressBuilt("dist") },
  ],
};
