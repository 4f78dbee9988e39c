// @ts-check
import { pressBuilt } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "parcel",
  kinds: [
    {
      name: "Parcel",
      settings: [{ file: "package.json", lines: ['"@parcel/resolver-default": {', '"packageExports": true', "}"] }],
      place: pressBuilt("dist"),
    },
  ],
};
