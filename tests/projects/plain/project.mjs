// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default { kinds: [{ name: "Page without a build", place: pressServed }] };
