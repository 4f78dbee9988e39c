// @ts-check
import { pressServed } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  kinds: [
    {
      name: "Service worker without a build",
      settings: [{ file: "main.js", lines: ['navigator.serviceWorker.register("worker.js", { type: "module" });'] }],
      place: (bench) => pressServed(bench),
    },
  ],
};
