// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "@rspack/core", kinds: [{ name: "Rspack", place: pressBuilt() }] };
