// @ts-check
import { press, pressBuilt, viteServer, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vite",
  kinds: [
    { name: "Vite, development server", place: (bench) => whileServed(bench, viteServer, press) },
    { name: "Vite, build", place: pressBuilt("dist") },
  ],
};
