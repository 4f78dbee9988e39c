// @ts-check
import assert from "node:assert/strict";
import { build, press, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vite",
  kinds: [
    {
      name: "Vite, server-side rendering",
      async place(bench) {
        await build(bench);
        return whileServed(bench, { script: "start", ready: /Listening on/ }, async (url) => {
          assert.match(await (await fetch(url)).text(), /Order for\s+1\.31 USD/);
          return press(url);
        });
      },
    },
  ],
};
