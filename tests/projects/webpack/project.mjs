// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "webpack", kinds: [{ name: "webpack", place: pressBuilt() }] };
