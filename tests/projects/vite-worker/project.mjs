// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vite",
  kinds: [{ name: "Vite, module worker", place: pressBuilt("dist", { isInPage: false }) }],
};
