// @ts-check
import { build, press, whileServed } from "../place.js";

/** @typedef {import("../support.js").Bench} Bench */

const started = { script: "start", args: ["--hostname", "127.0.0.1", "--port", "{port}"], ready: /Ready in/ };

/** @param {string} path @param {{ isInPage?: boolean }} [where] */
const pressStarted = (path, where) => async (/** @type {Bench} */ bench) => {
  await build(bench);
  return whileServed(bench, started, (url) => press(url + path, where));
};

/** @type {import("../support.js").Project} */
export default {
  tool: "next",
  kinds: [
    { name: "Next.js, client component", place: pressStarted("/") },
    { name: "Next.js, server component and action", place: pressStarted("/server", { isInPage: false }) },
    { name: "Next.js, edge route", place: pressStarted("/edge", { isInPage: false }) },
    {
      name: "Next.js, output standalone",
      async place(bench) {
        await build(bench, "build:standalone");
        const server = { script: "standalone", ready: /Ready in/ };
        return whileServed(bench, server, (url) => press(`${url}/server`, { isInPage: false }));
      },
    },
  ],
};
