// @ts-check
// The files of the demo page and its Content-Security-Policy, for its server and for the static site.

const modules = [
  "account",
  "api",
  "app",
  "books",
  "countries",
  "dock",
  "dom",
  "faults",
  "form",
  "note",
  "offer",
  "purchase",
  "quotes",
  "sandbox",
  "scenes",
  "traffic",
  "words",
];

/** The page's own files. The code of its server is not among them. */
export const pageFiles = ["index.html", "style.css", "favicon.svg", ...modules.map((name) => `${name}.js`)];

/** The files of the package that the page imports. */
export const packageFiles = ["dist/index.js", "dist/sandbox.js"];

/** What the page may do. This works in a `<meta>` too; which pages may frame the page must be a header. */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' https:",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");
