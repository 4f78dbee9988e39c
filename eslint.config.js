import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";
import typescript from "typescript-eslint";

/** @type {["error", object]} */
const unused = ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }];

export default defineConfig([
  {
    ignores: [
      "dist/",
      "pkg/",
      "target/",
      "**/node_modules/",
      "tests/projects/*/*",
      "!tests/projects/*/project.mjs",
      "tests/types/*/",
      "**/*.d.ts",
    ],
  },
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      eqeqeq: ["error", "smart"],
      "no-unused-vars": unused,
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    extends: [typescript.configs.recommended],
    rules: { "no-unused-vars": "off", "@typescript-eslint/no-unused-vars": unused },
  },
]);
