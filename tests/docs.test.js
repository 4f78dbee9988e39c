// @ts-check
// The pages of the documentation: their links, in the package and on the demo server, and how they are rendered.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import { packedPackage } from "../.build/pack.js";
import { startDemo } from "../www/server.js";
import { launchChromium } from "./support/browser.js";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The pages of the package, by their paths. @type {Map<string, string>} */
const pages = new Map();
/** The unpacked package. @type {string} */
let folder;

before(async () => {
  ({ folder } = await packedPackage());
  for (const path of await readdir(folder, { recursive: true })) {
    if (/\.md$|llms\.txt$/.test(path)) pages.set(path, await readFile(join(folder, path), "utf8"));
  }
});

/** The links and pictures of a page. @param {string} markdown */
function linksOf(markdown) {
  /** @type {string[]} */
  const links = [];
  const marked = new Marked();
  marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type === "link" || token.type === "image") links.push(token.href);
  });
  return links;
}

/** The anchors of a page. @param {string} markdown */
function anchorsOf(markdown) {
  new Marked(gfmHeadingId()).parse(markdown);
  return getHeadingList().map(({ id }) => id);
}

/**
 * Checks that the links of a page lead to files of a folder, and to their anchors.
 * @param {string} page
 * @param {string} markdown
 * @param {string} place
 */
async function checkLinks(page, markdown, place) {
  for (const link of linksOf(markdown)) {
    if (/^https:\/\//.test(link)) continue;
    const [path = "", anchor] = link.split("#");
    const target = join(place, path ? normalize(join(dirname(page), path)) : page);
    assert.ok(existsSync(target), `${page} links to ${link}`);
    if (anchor) assert.ok(anchorsOf(await readFile(target, "utf8")).includes(anchor), `${page} links to ${link}`);
  }
}

/** The page for contributors, which is in the repository only. */
const CONTRIBUTING = "www/docs/contributing.md";

test("every page is in the package, except the one for contributors", async () => {
  const written = (await readdir(join(root, "www/docs"))).map((name) => `www/docs/${name}`);
  assert.ok(written.length > 8);
  assert.deepEqual(
    written.filter((path) => !existsSync(join(folder, path))),
    [CONTRIBUTING],
  );
});

test("the links of each page lead somewhere in the unpacked package", async () => {
  for (const [page, markdown] of pages) await checkLinks(page, markdown, folder);
});

test("the links of the page for contributors lead somewhere in the repository", async () => {
  const markdown = await readFile(join(root, CONTRIBUTING), "utf8");
  assert.ok(linksOf(markdown).length > 2);
  await checkLinks(CONTRIBUTING, markdown, root);
});

test("each page is linked from the list of pages and from the README", () => {
  const names = [...pages.keys()].filter((path) => /^www\/docs\/(?!README)/.test(path)).sort();
  const listed = linksOf(pages.get("www/docs/README.md") ?? "").map((link) => `www/docs/${link}`);
  assert.deepEqual(listed.filter((path) => !path.includes("..")).sort(), names);
  const readme = linksOf(pages.get("README.md") ?? "");
  for (const name of names) assert.ok(readme.includes(name), name);
});

test("no two headings of a page are the same", () => {
  for (const [page, markdown] of pages) {
    const anchors = anchorsOf(markdown);
    // In a changelog, each version has the same headings.
    if (page !== "CHANGELOG.md") assert.equal(new Set(anchors).size, anchors.length, page);
  }
});

describe("on the demo server", () => {
  /** @type {Awaited<ReturnType<typeof startDemo>>} */
  let demo;
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    demo = await startDemo({ packageDir: folder });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await demo?.close();
  });

  test("every link leads to a page and its anchor, and every picture is shown", async () => {
    const tab = await browser.newPage();
    const found = new Set([new URL("docs/", demo.url).href, new URL("README.md", demo.url).href]);
    /** The anchors that links lead to, by page. @type {Map<string, Set<string>>} */
    const linked = new Map();
    /** The anchors of each page. @type {Map<string, Set<string>>} */
    const anchors = new Map();
    for (const url of found) {
      const response = await tab.goto(url);
      assert.equal(response?.status(), 200, url);
      const at = new URL(tab.url()).pathname;
      if (!/html/.test(response?.headers()["content-type"] ?? "") || at === "/") continue;
      const { ids, links, broken } = await tab.evaluate(() => ({
        ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
        links: [...document.links].map(({ href }) => href),
        broken: [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src),
      }));
      assert.deepEqual(broken, [], url);
      anchors.set(at, new Set(ids));
      for (const link of links.filter((link) => link.startsWith(demo.url))) {
        const { pathname, hash } = new URL(link);
        found.add(new URL(pathname, demo.url).href);
        if (hash) linked.set(pathname, (linked.get(pathname) ?? new Set()).add(hash.slice(1)));
      }
    }
    const markdown = [...pages.keys()].filter((path) => path.endsWith(".md"));
    assert.ok(anchors.size >= markdown.length, `${anchors.size} pages`);
    for (const [pathname, ids] of linked) {
      const existing = anchors.get(pathname.replace(/^\/www/, "")) ?? new Set();
      for (const id of ids) assert.ok(existing.has(id), `${pathname}#${id}`);
    }
  });

  test("other paths are not served", async () => {
    for (const path of ["docs/none.md", "docs/..%2f..%2fpackage.json", "docs/../server.js", "Cargo.toml"]) {
      assert.equal((await fetch(new URL(path, demo.url))).status, 404, path);
    }
    assert.equal(new URL((await fetch(new URL("docs", demo.url))).url).pathname, "/docs/");
  });

  test("a page fits a phone, in light and dark", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const tab = await browser.newPage({ viewport: { width: 360, height: 700 }, colorScheme });
      for (const page of ["README.md", "docs/reference.md", "docs/speed.md"]) {
        await tab.goto(new URL(page, demo.url).href);
        assert.equal(await tab.evaluate("document.documentElement.scrollWidth"), 360, page);
      }
      await tab.close();
    }
  });
});
