// Checks format, lints and types of everything.

import { pathToFileURL } from "node:url";

import { run } from "./tools.js";

export async function lint() {
  await run("cargo", ["fmt", "--check"]);
  await run("cargo", ["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"]);
  await run("cargo", [
    "clippy",
    "--quiet",
    "--all-targets",
    "--target",
    "wasm32-unknown-unknown",
    "--",
    "-D",
    "warnings",
  ]);
  await run("prettier", ["--check", "--log-level=warn", "."]);
  await run("eslint", ["--config", ".ci/eslint.config.js", "--max-warnings=0", "."]);
  await run("tsc", ["--project", "src/tsconfig.json"]);
  await run("tsc", ["--project", ".ci/tsconfig.json"]);
  await run("tsc", ["--project", ".ci/tsconfig.tests.json"]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await lint();
