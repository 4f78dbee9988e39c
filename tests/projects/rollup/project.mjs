// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "rollup",
  kinds: [
    {
      name: "Rollup",
      settings: [
        {
          file: "rollup.config.js",
          lines: [
            'import nodeResolve from "@rollup/plugin-node-resolve";',
            'import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";',
            "plugins: [nodeResolve({ browser: true }), importMetaAssets()]",
          ],
        },
      ],
      place: pressBuilt(),
    },
  ],
};
