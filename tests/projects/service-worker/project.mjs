// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [{ name: "Service worker without a build", place: (bench) => pressServed(bench, { isInPage: false }) }],
};
