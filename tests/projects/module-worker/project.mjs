// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [{ name: "Module worker without a build", place: (bench) => pressServed(bench, { isInPage: false }) }],
};
