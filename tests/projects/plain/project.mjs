// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Page without a build",
      settings: [
        {
          file: "index.html",
          lines: ['{ "imports": { "proxy-orders": "/node_modules/proxy-orders/dist/index.js" } }'],
        },
      ],
      place: (bench) => pressServed(bench),
    },
  ],
};
