// @ts-check
// From the packed tarball, in the smallest project of each kind that a user would write: an order is placed. Each
// folder beside this file is a project, described by its `project.mjs`.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { packedPackage } from "../../.build/pack.js";
import { closeBrowser } from "./place.js";
import { install } from "./support.js";
import { findProjects, listSettings, listTools } from "./table.js";

/** @typedef {import("./support.js").Bench} Bench */

/** @type {typeof import("../../dist/sandbox.js").createSandbox} */
let createSandbox;

const projects = await findProjects();
const kinds = projects.flatMap(({ kinds }) => kinds);
const failures = projects.flatMap(({ failures = [] }) => failures);

describe("projects", { concurrency: 2 }, () => {
  before(async () => {
    const { folder } = await packedPackage();
    ({ createSandbox } = await import(join(folder, "dist/sandbox-node.js")));
  });
  after(closeBrowser);

  for (const { folder, kinds, failures = [] } of projects) {
    // One after the other: they share the folder, the sandbox and what was built.
    describe(folder, { concurrency: 1 }, () => {
      /** @type {Bench} */
      let bench;
      /** @type {() => Promise<void>} */
      let close;
      before(async () => {
        const sandbox = createSandbox();
        const { url: api, ...server } = await sandbox.listen();
        close = server.close;
        bench = { folder: await install(folder), sandbox, api };
      });
      after(() => close());

      const orderNumbers = () => bench.sandbox.orders.map(({ orderNumber }) => orderNumber);

      for (const { name, place, settings = [], hasOwnSandbox = false } of kinds) {
        test(name, { timeout: 300_000 }, async () => {
          await assertWritten(folder, settings);
          bench.sandbox.reset();
          const shown = await place(bench);
          assert.deepEqual(orderNumbers(), hasOwnSandbox ? [] : [shown]);
        });
      }
      for (const { name, provoke, message, advice } of failures) {
        test(name, { timeout: 300_000 }, async () => {
          bench.sandbox.reset();
          const found = await provoke(bench);
          assert.match(found, message);
          assert.ok((await linkedSection(found)).includes(advice), `the link leads to ${advice}`);
          assert.deepEqual(orderNumbers(), []);
        });
      }
    });
  }

  test("the documentation says what the projects do", async () => {
    await assertGenerated("www/docs/bundlers.md", "tools", await listTools(projects));
    await assertGenerated("www/docs/bundlers.md", "settings", listSettings(projects));
  });

  test(`${kinds.length} kinds of project place an order, and ${failures.length} failures say what to do`, () => {
    assert.equal(new Set([...kinds, ...failures].map(({ name }) => name)).size, kinds.length + failures.length);
  });
});

/**
 * Asserts that a page of the documentation has the generated section. UPDATE=1 writes it, after a project has changed.
 * @param {string} page
 * @param {string} name
 * @param {string} expected
 */
async function assertGenerated(page, name, expected) {
  const file = new URL(`../../${page}`, import.meta.url);
  const text = await readFile(file, "utf8");
  const section = new RegExp(`(?<=<!-- ${name}:begin -->\\n)[^]*(?=\\n<!-- ${name}:end -->)`);
  if (process.env.UPDATE === "1")
    await writeFile(
      file,
      text.replace(section, () => expected),
    );
  else assert.equal(text.match(section)?.[0], expected);
}

/**
 * The section of the documentation that a message links to.
 * @param {string} message
 */
async function linkedSection(message) {
  const [, anchor] = message.match(/https:\S+#(\S+)/) ?? assert.fail(message);
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const sections = readme.split(/^(?=##+ )/m);
  const titleOf = (/** @type {string} */ section) =>
    section
      .match(/^#+ (.*)/)?.[1]
      ?.toLowerCase()
      .replaceAll(" ", "-");
  return sections.find((section) => titleOf(section) === anchor) ?? assert.fail(`README.md has no ${anchor}`);
}

/**
 * The settings that the documentation has are in the files of the project.
 * @param {string} folder
 * @param {import("./support.js").Setting[]} settings
 */
async function assertWritten(folder, settings) {
  const plain = (/** @type {string} */ text) => text.replace(/\s+/g, " ");
  for (const setting of settings) {
    const content = plain(await readFile(new URL(`${folder}/${setting.file}`, import.meta.url), "utf8"));
    for (const line of setting.lines) assert.ok(content.includes(plain(line)), `${setting.file} has ${line}`);
  }
}
