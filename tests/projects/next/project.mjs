// @ts-check
import { build, press, whileServed } from "../place.js";

/** @typedef {import("../support.js").Bench} Bench */

const started = { script: "start", args: ["--hostname", "127.0.0.1", "--port", "{port}"], ready: /Ready in/ };

/** @param {string} path */
const pressStarted = (path) => async (/** @type {Bench} */ bench) => {
  await build(bench);
  return whileServed(bench, started, (url) => press(url + path));
};

/** @type {import("../support.js").Project} */
export default {
  tool: "next",
  kinds: [
    { name: "Next.js, client component", place: pressStarted("/") },
    { name: "Next.js, server component and action", place: pressStarted("/server") },
    { name: "Next.js, edge route", place: pressStarted("/edge") },
    {
      name: "Next.js, output standalone",
      async place(bench) {
        await build(bench, "build:standalone");
        return whileServed(bench, { script: "standalone", ready: /Ready in/ }, (url) => press(`${url}/server`));
      },
    },
  ],
};
