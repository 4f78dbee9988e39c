// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Page with a Content Security Policy and Trusted Types",
      settings: [{ file: "index.html", lines: ["script-src 'self' 'wasm-unsafe-eval'"] }],
      place: (bench) => pressServed(bench),
    },
  ],
};
