// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default { tool: "parcel", kinds: [{ name: "Parcel", place: pressBuilt("dist") }] };
