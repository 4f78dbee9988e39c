// @ts-check
import { print } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "deno", kinds: [{ name: "Deno", place: print("npm", "run", "--silent", "start") }] };
