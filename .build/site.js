// Writes the static site into target/site: the demo page with the sandbox in it, the documentation and the API
// reference. It works from any file server, below any path.

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { render } from "../www/docs.js";
import { packageFiles, pageFiles, policy } from "../www/files.js";
import { build } from "./build.js";
import { docs } from "./docs.js";
import { root } from "./tools.js";

export const site = `${root}/target/site`;

/** The files of the project that become pages or texts of the site. */
const documents = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

const docsPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/** The path of a file of the project in the site. @param {string} file */
function placeOf(file) {
  if (file === "www/docs/README.md") return "docs/index.html";
  if (file.startsWith("LICENSE-")) return `${file}.txt`;
  return file
    .replace(/^www\//, "")
    .replace(/^[A-Z]+\.md$/, (name) => name.toLowerCase())
    .replace(/\.md$/, ".html");
}

/** The relative path from one place of the site to another. @param {string} from @param {string} to */
const way = (from, to) => posix.relative(posix.dirname(from), to);

/** Returns a function that turns the links of a file of the project into links of the site. @param {string} file */
function linksOf(file) {
  /** @param {string} href */
  return (href) => {
    if (/^[a-z]+:|^#/.test(href)) return href;
    const [path = "", anchor] = href.split("#");
    const target = way(placeOf(file), placeOf(posix.join(posix.dirname(file), path)));
    return anchor === undefined ? target : `${target}#${anchor}`;
  };
}

/** Replaces the links in Markdown that stays text. @param {string} text @param {string} file */
const withLinks = (text, file) => text.replace(/(?<=\]\()[^)]+(?=\))/g, linksOf(file));

/** Writes a file of the project into the site, a Markdown file as a page. @param {string} file */
async function document(file) {
  const place = placeOf(file);
  const target = join(site, place);
  await mkdir(dirname(target), { recursive: true });
  if (file.endsWith("llms.txt")) return writeFile(target, withLinks(await readFile(join(root, file), "utf8"), file));
  if (!file.endsWith(".md")) return cp(join(root, file), target);
  const nav = {
    Demo: way(place, "index.html"),
    README: way(place, "readme.html"),
    Documentation: way(place, "docs/index.html"),
    "API reference": way(place, "api/index.html"),
  };
  const style = way(place, "docs.css");
  const icon = way(place, "favicon.svg");
  const page = render(await readFile(join(root, file), "utf8"), {
    style,
    icon,
    nav,
    linkTo: linksOf(file),
    policy: docsPolicy,
  });
  await writeFile(target, page);
}

/** The demo page, marked as one that contains the sandbox. */
async function demoPage() {
  const page = await readFile(`${root}/www/index.html`, "utf8");
  const meta = `<meta http-equiv="content-security-policy" content="${policy}" />`;
  return page
    .replace('<html lang="en">', '<html lang="en" data-sandbox="page">')
    .replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${meta}`);
}

/** Writes the site. */
export async function writeSite() {
  await rm(site, { recursive: true, force: true });
  await mkdir(`${site}/dist`, { recursive: true });
  for (const name of [...pageFiles, "docs.css"]) await cp(`${root}/www/${name}`, `${site}/${name}`);
  for (const name of packageFiles) await cp(join(root, name), join(site, name));
  await writeFile(`${site}/index.html`, await demoPage());
  const names = await readdir(`${root}/www/docs`);
  // The page for contributors is not published: its links lead into the repository.
  const pages = names.filter((name) => name !== "contributing.md").map((name) => `www/docs/${name}`);
  for (const file of [...documents, ...pages]) await document(file);
  await cp(`${root}/target/docs`, `${site}/api`, { recursive: true });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build();
  await docs();
  await writeSite();
}
