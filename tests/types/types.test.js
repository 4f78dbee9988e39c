// @ts-check
// The package's types, with the oldest and the newest TypeScript and some in between: what must compile does, what must
// not does not, and one message is the one that the documentation quotes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { exec, install } from "../projects/support.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const { devDependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
const compilers = Object.keys(devDependencies).filter((name) => name.startsWith("typescript-"));

const reference = await readFile(join(here, "../../www/docs/reference.md"), "utf8");

const resolutions = { bundler: "esnext", node16: "node16", nodenext: "nodenext" };

/** @type {Promise<string> | undefined} */
let folder;

describe("types", { concurrency: 2 }, () => {
  for (const compiler of compilers) {
    for (const [resolution, module] of Object.entries(resolutions)) {
      for (const place of resolution === "nodenext" ? ["browser", "node"] : ["browser"]) {
        test(`${compiler}, ${resolution}, ${place}`, { timeout: 120_000 }, async () => {
          folder ??= install("types", here);
          const tsc = join(await folder, "node_modules", compiler, "bin/tsc");
          const args = ["--project", place, "--module", module, "--moduleResolution", resolution, "--pretty", "false"];
          assert.equal(await exec(await folder, process.execPath, [tsc, ...args]), "");
        });
      }
    }

    for (const skipLibCheck of ["true", "false"]) {
      const title = `${compiler}, skipLibCheck ${skipLibCheck}: the message for a proxyType that is a string is quoted`;
      test(title, { timeout: 120_000 }, async () => {
        folder ??= install("types", here);
        const tsc = join(await folder, "node_modules", compiler, "bin/tsc");
        const modules = ["--module", "esnext", "--moduleResolution", "bundler"];
        const args = ["--project", "message", ...modules, "--skipLibCheck", skipLibCheck, "--pretty", "false"];
        const { stdout } = await exec(await folder, process.execPath, [tsc, ...args]).then(
          assert.fail,
          (error) => error,
        );
        const [, message] = /^message\/order\.ts\(\d+,\d+\): error TS2345: ([^]*)$/.exec(stdout) ?? assert.fail(stdout);
        assert.ok(reference.includes(`\n\`\`\`text\n${message}\`\`\`\n`), message);
      });
    }
  }
});
