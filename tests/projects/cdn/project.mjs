// @ts-check
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, listen } from "../../../.build/serve.js";
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Page with the package from another origin (CDN)",
      async place(bench) {
        const serveFile = filesOf(join(bench.folder, "node_modules"));
        const cdn = await listen((request, response) => {
          response.setHeader("access-control-allow-origin", "*");
          serveFile(request, response, request.url ?? "/");
        });
        try {
          const file = join(bench.folder, "index.html");
          const page = await readFile(file, "utf8");
          await writeFile(file, page.replaceAll("https://cdn.example", cdn.url));
          return await pressServed(bench);
        } finally {
          await cdn.close();
        }
      },
    },
  ],
};
