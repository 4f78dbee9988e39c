// @ts-check
import { build, press, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "@sveltejs/kit",
  kinds: [
    {
      name: "SvelteKit, page and server",
      async place(bench) {
        await build(bench);
        return whileServed(bench, { script: "start", ready: /Listening on/ }, press);
      },
    },
  ],
};
