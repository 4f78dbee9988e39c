// @ts-check
import { build, pressBuilt, pressInVain, print, serveFolder } from "../place.js";

const inline = { file: "main.js", lines: ['import { calculate, order } from "proxy-orders/inline";'] };

/** @type {import("../support.js").Project} */
export default {
  tool: "esbuild",
  kinds: [
    { name: "esbuild", settings: [inline], place: pressBuilt() },
    {
      name: "esbuild, binary in its own file",
      settings: [
        { file: "package.json", lines: ["--loader:.wasm=file"] },
        {
          file: "binary.js",
          lines: ['import binary from "proxy-orders/proxy_orders_bg.wasm";', "init(new URL(binary, import.meta.url));"],
        },
      ],
      place: pressBuilt(".", "/binary.html"),
    },
    {
      name: "esbuild, for Node",
      settings: [{ file: "package.json", lines: ["--platform=node --packages=external"] }],
      async place(bench) {
        await build(bench, "build:node");
        return print(process.execPath, "dist/server.mjs")(bench);
      },
    },
    {
      name: "esbuild, for Node, in one file of CommonJS",
      settings: [{ file: "one-file.js", lines: ['import { calculate, order } from "proxy-orders/inline";'] }],
      async place(bench) {
        await build(bench, "build:one-file");
        return print(process.execPath, "dist/one-file.cjs")(bench);
      },
    },
  ],
  failures: [
    {
      name: "esbuild without its setting",
      advice: "proxy-orders/inline",
      message: /\/dist\/proxy_orders_bg\.wasm came with status 404 and content type text\/plain/,
      async provoke(bench) {
        await build(bench, "build:main-entry");
        return serveFolder(bench, (url) => pressInVain(`${url}/main-entry.html`));
      },
    },
    {
      name: "esbuild without its setting, where the server answers every path with its page",
      advice: "proxy-orders/inline",
      message: /\/dist\/proxy_orders_bg\.wasm came with status 200 and content type text\/html/,
      async provoke(bench) {
        await build(bench, "build:main-entry");
        return serveFolder(bench, (url) => pressInVain(`${url}/main-entry.html`), { fallback: "index.html" });
      },
    },
  ],
};
