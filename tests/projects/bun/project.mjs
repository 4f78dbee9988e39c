// @ts-check
import { print } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "bun", kinds: [{ name: "Bun", place: print("npm", "run", "--silent", "start") }] };
