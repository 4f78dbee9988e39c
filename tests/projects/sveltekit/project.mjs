// @ts-check
import { build, press, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "@sveltejs/kit",
  kinds: [
    {
      name: "SvelteKit, page and server",
      settings: [
        {
          file: "src/routes/+page.server.js",
          lines: ['calculate(wanted, { baseUrl: env.API_URL, apiKey: "demo-key", fetch })'],
        },
      ],
      async place(bench) {
        await build(bench);
        return whileServed(bench, { script: "start", ready: /Listening on/ }, press);
      },
    },
  ],
};
