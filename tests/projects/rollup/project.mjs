// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "rollup", kinds: [{ name: "Rollup", place: pressBuilt() }] };
