// Checks format, lints and types of everything.

import { pathToFileURL } from "node:url";

import { run } from "./tools.js";

export async function lint() {
  await run("cargo", ["fmt", "--check"]);
  await run("cargo", ["fmt", "--check", "--manifest-path", ".build/bindgen/Cargo.toml"]);
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
  await run("eslint", ["--max-warnings=0", "."]);
  await run("tsc", ["--project", "src"]);
  await run("tsc", ["--project", "."]);
  await run("tsc", ["--project", "tests"]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await lint();
