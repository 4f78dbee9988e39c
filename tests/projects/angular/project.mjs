// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "@angular/build", kinds: [{ name: "Angular", place: pressBuilt("dist") }] };
