// Checks the format, types, words and imports of all files, and runs the linters.

import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";

import { root, run } from "./tools.js";

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
  await run("cspell", ["lint", "--no-progress", "--no-summary", "--dot", "."]);
  findPhrases();
  await run("dpdm", ["--no-tree", "--no-warning", "--no-progress", "--exit-code", "circular:1", ...MODULES]);
}

/** The modules that must not import each other in a circle. */
const MODULES = ["src/**/*.ts", ".build/*.js", "www/*.js"];

/** Phrases that the glossary replaces. The flagged words in .cspell.json are single words. */
// cspell:disable-next-line
const PHRASES = ["ask again", "be it", "for want of", "in doubt", "no documented", "of which", "under way"];

/** Fails if a file contains one of the phrases. */
function findPhrases() {
  // `--no-index`, because git may refuse a repository that belongs to another user, as in a container.
  const options = [
    "--no-index",
    "--exclude-standard",
    "--line-number",
    "--ignore-case",
    "--word-regexp",
    "--extended-regexp",
  ];
  const args = ["grep", ...options, PHRASES.join("|"), "--", ".", ":!.build/lint.js", ":!*lock*", ":!*.svg"];
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const isClean = status === 1;
  if (!isClean) throw new Error(`The glossary has other words for these phrases (${PHRASES.join(", ")}):\n${stdout}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await lint();
