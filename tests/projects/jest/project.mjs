// @ts-check
import { printError, printInTests } from "../place.js";

/** @param {string} config */
const jest = (config) => [
  process.execPath,
  "--experimental-vm-modules",
  "node_modules/jest/bin/jest.js",
  "--config",
  config,
];

/** @type {import("../support.js").Project} */
export default {
  tool: "jest",
  kinds: [
    { name: "Jest, ES modules", place: printInTests(...jest("esm.config.json")) },
    {
      name: "Jest, ES modules with jsdom",
      settings: [
        {
          file: "jsdom.config.json",
          lines: ['"testEnvironment": "jest-fixed-jsdom"'],
        },
      ],
      place: printInTests(...jest("jsdom.config.json")),
    },
    {
      name: "Jest, CommonJS",
      settings: [
        {
          file: "commonjs.config.json",
          lines: [
            '"transform": { "proxy-orders": ["babel-jest", { "plugins": ["@babel/plugin-transform-modules-commonjs"] }] }',
            '"transformIgnorePatterns": ["/node_modules/(?!proxy-orders/)"]',
          ],
        },
      ],
      place: printInTests(...jest("commonjs.config.json")),
    },
  ],
  failures: [
    {
      name: "Jest with jsdom without its settings",
      message: /TextDecoder is not defined/,
      advice: "jest-fixed-jsdom",
      provoke: printError(...jest("bare-jsdom.config.json")),
    },
  ],
};
