// @ts-check
import { press, pressBuilt, pressInVain, viteServer, whileServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vite",
  kinds: [
    {
      name: "Vite 7, development server",
      settings: [{ file: "vite.config.js", lines: ['optimizeDeps: { exclude: ["proxy-orders"] }'] }],
      place: (bench) => whileServed(bench, viteServer, press),
    },
    { name: "Vite 7, build", place: pressBuilt("dist") },
  ],
  failures: [
    {
      name: "Vite 7's development server without its setting",
      advice: 'optimizeDeps: { exclude: ["proxy-orders"] }',
      message:
        /node_modules\/\.vite\/deps\/proxy_orders_bg\.wasm came with status (200|404) and content type text\/html/,
      provoke: (bench) =>
        whileServed(
          bench,
          { ...viteServer, args: [...viteServer.args, "--config", "vite.bare.config.js"] },
          pressInVain,
        ),
    },
  ],
};
