// @ts-check
import { printInTests } from "../place.js";

/** @type {import("../support.js").Project} */
export default {
  tool: "vitest",
  kinds: ["node", "jsdom"].map((environment) => ({
    name: `Vitest, environment ${environment}`,
    place: printInTests("npm", "test", "--", environment),
  })),
};
