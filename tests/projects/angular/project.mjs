// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "@angular/build",
  kinds: [
    {
      name: "Angular",
      settings: [{ file: "src/main.ts", lines: ['import { calculate, order } from "proxy-orders/inline";'] }],
      place: pressBuilt("dist"),
    },
  ],
};
