// @ts-check
import { print, printError } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [20, 22, 24, 26].flatMap((release) => {
    const node = `node_modules/node${release}/bin/node`;
    return [
      { name: `Node ${release}, import`, place: print(node, "main.js") },
      { name: `Node ${release}, require()`, place: print(node, "main.cjs") },
    ];
  }),
  failures: [
    {
      name: "React Native, Lockdown Mode, or any other engine without WebAssembly",
      impossible: "Order in a backend of your own.",
      message: /there is no WebAssembly here/,
      advice: "React Native",
      provoke: printError(process.execPath, "--no-expose-wasm", "main.js"),
    },
  ],
};
