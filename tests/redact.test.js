// @ts-check
// The API key is removed from everything that is thrown.

import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { pick, randomOf } from "./support/random.js";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../src/shell/redact.ts", import.meta.url))],
  bundle: true,
  format: "esm",
  target: "es2022",
  write: false,
});
const { Redactor, redactResponse } = /** @type {typeof import("../src/shell/redact.js")} */ (
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`)
);

/** @param {string} text @param {unknown} apiKey */
const redact = (text, apiKey) => new Redactor(apiKey).text(text);

/** Whether an error stays as it is, and is not copied. @param {unknown} error @param {unknown} apiKey */
const isKept = (error, apiKey) => error !== undefined && new Redactor(apiKey).error(error) === error;

const API_KEY = `K3y/é&<">'\\_\u{1f511}`;

/** @param {string} char @param {(unit: number) => string} write */
const units = (char, write) => Array.from({ length: char.length }, (_, at) => write(char.charCodeAt(at))).join("");

/** @param {string} char @param {string} percent */
const bytes = (char, percent) =>
  Array.from(Buffer.from(char), (byte) => percent + byte.toString(16).padStart(2, "0")).join("");

/** @param {string} char @param {number} digits */
const hex = (char, digits) => /** @type {number} */ (char.codePointAt(0)).toString(16).padStart(digits, "0");

const upper = (/** @type {string} */ text) => text.replace(/[a-f\d]{2,}/g, (digits) => digits.toUpperCase());

/** Every spelling of a character that must be found. @type {((char: string) => string)[]} */
const SPELLINGS = [
  (char) => char,
  (char) => `\\${char}`,
  (char) => bytes(char, "%"),
  (char) => upper(bytes(char, "%")),
  (char) => bytes(char, "%25"),
  (char) => upper(bytes(char, "%25")),
  (char) => units(char, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`),
  (char) => units(char, (unit) => `\\u${unit.toString(16).padStart(4, "0").toUpperCase()}`),
  (char) => `&#${char.codePointAt(0)};`,
  (char) => `&#0${char.codePointAt(0)};`,
  (char) => `&#x${hex(char, 1)};`,
  (char) => `&#X${hex(char, 4).toUpperCase()};`,
];

/** Named entities, of HTML 4 and of HTML 5. @type {Record<string, string>} */
const ENTITIES = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos", "/": "sol", "%": "percnt", é: "eacute" };

describe("an API key is found as it is written by", () => {
  const key = `k3y/é&<">'+= 9\u{1f511}`;
  const spellings = {
    "the API key itself": key,
    encodeURIComponent: encodeURIComponent(key),
    "encodeURIComponent, twice": encodeURIComponent(encodeURIComponent(key)),
    "encodeURI, as in the messages of engines": encodeURI(key),
    "the URL parser, in a path": new URL(`http://x/${key}`).pathname.slice(1),
    "the URL parser, in a query": new URL(`http://x/?${key}`).search.slice(1),
    "JSON.stringify": `k3y/é&<\\">'+= 9\u{1f511}`,
    "json_encode of PHP": `k3y\\/\\u00e9&<\\">'+= 9\\ud83d\\udd11`,
    "json_encode of PHP, with JSON_HEX_*": `k3y\\/\\u00e9\\u0026\\u003C\\u0022\\u003E\\u0027+= 9\\ud83d\\udd11`,
    "urlencode of PHP": "k3y%2F%C3%A9%26%3C%22%3E%27%2B%3D+9%F0%9F%94%91",
    "rawurlencode of PHP": "k3y%2F%C3%A9%26%3C%22%3E%27%2B%3D%209%F0%9F%94%91",
    "htmlspecialchars of PHP": `k3y/é&amp;&lt;&quot;&gt;&#039;+= 9\u{1f511}`,
    "htmlentities of PHP": `k3y/&eacute;&amp;&lt;&quot;&gt;&#039;+= 9\u{1f511}`,
    "htmlentities of PHP, with ENT_HTML5": `k3y&sol;&eacute;&amp;&lt;&quot;&gt;&apos;&plus;&equals; 9\u{1f511}`,
    "addslashes of PHP": `k3y/é&<\\">\\'+= 9\u{1f511}`,
    "System.Text.Json of .NET": "k3y/\\u00E9\\u0026\\u003C\\u0022\\u003E\\u0027\\u002B= 9\\uD83D\\uDD11",
    "HttpUtility.UrlEncode of .NET": "k3y%2f%c3%a9%26%3c%22%3e%27%2b%3d+9%f0%9f%94%91",
    "HtmlEncoder of .NET": "k3y/&#xE9;&amp;&lt;&quot;&gt;&#x27;&#x2B;= 9&#x1F511;",
    "WebUtility.HtmlEncode of .NET": "k3y/&#233;&amp;&lt;&quot;&gt;&#39;+= 9&#128273;",
    "URLEncoder of Java": "k3y%2F%C3%A9%26%3C%22%3E%27%2B%3D+9%F0%9F%94%91",
    "Gson of Java": `k3y/é\\u0026\\u003c\\"\\u003e\\u0027+\\u003d 9\u{1f511}`,
    "encoding/json of Go": `k3y/é\\u0026\\u003c\\"\\u003e'+= 9\u{1f511}`,
    "url.PathEscape of Go": "k3y%2F%C3%A9&%3C%22%3E%27+=%209%F0%9F%94%91",
    "html.EscapeString of Go": `k3y/é&amp;&lt;&#34;&gt;&#39;+= 9\u{1f511}`,
    "json.dumps of Python": `k3y/\\u00e9&<\\">'+= 9\\ud83d\\udd11`,
    "html.escape of Python": `k3y/é&amp;&lt;&quot;&gt;&#x27;+= 9\u{1f511}`,
  };
  for (const [writer, spelling] of Object.entries(spellings)) {
    test(writer, () => assert.equal(redact(`<p>No "${spelling}"!</p>`, key), `<p>No "[key]"!</p>`));
  }
});

test("each character is found in each spelling", () => {
  const chars = [..."aZ9-._~!#$%&'()*+,/:;<=>?@[\\]^`{|} \"é\u0001\u0436\u20ac\u{1f511}\u{10ffff}"];
  for (const char of chars) {
    const spellings = SPELLINGS.map((spell) => spell(char));
    if (ENTITIES[char]) spellings.push(`&${ENTITIES[char]};`);
    for (const spelling of spellings) {
      for (const [before, after] of [
        ["", "abcdefg"],
        ["abcdefg", ""],
        ["abcd", "efg"],
      ]) {
        const text = `(${before}${spelling}${after})`;
        assert.equal(redact(text, before + char + after), "([key])", text);
      }
    }
  }
});

/** Characters of API keys: the usual ones, and those that occur in spellings. */
const ALPHABETS = ["abcXYZ0189-_", "ab%25\\u0041&#;é", "\\", "%25", "&amp;#38", "a", "aab", "\u{1f511}é\u20aca/"].map(
  (text) => [...text],
);

test("random API keys in random spellings are replaced, and nothing else changes", () => {
  const seed = Date.now() % 2 ** 32;
  const next = randomOf(seed);
  const text = (/** @type {string[]} */ chars, /** @type {number} */ length) =>
    Array.from({ length: Math.floor(length) }, () => pick(next, chars)).join("");
  for (let run = 0; run < 5_000; run++) {
    const key = text(pick(next, ALPHABETS), 8 + Math.floor(next() * 30));
    const spellings = [...key].map((char) => pick(next, SPELLINGS)(char));
    // A backslash before \u0075 is always escaped: otherwise the text could be read in two ways.
    const spelled = spellings
      .map((spelling, place) => (spelling === "\\" && spellings[place + 1]?.startsWith("\\u") ? "\\\\" : spelling))
      .join("");
    // Characters that occur neither in an API key nor in a spelling.
    const [before, between, after] = [0, 20, 0].map((least) => text([..."ghijk =\n\u4e00"], least + next() * 20));
    const what = JSON.stringify({ seed, key, spelled });
    assert.equal(redact(before + spelled + after, key), `${before}[key]${after}`, what);
    assert.equal(redact(spelled + between + spelled, key), `[key]${between}[key]`, what);
    assert.equal(redact(before + between + after, key), before + between + after, what);
    const cut = [...key].slice(0, -1).join("");
    assert.equal(redact(before + cut, key), before + cut, what);
  }
});

test("an API key is found wherever it begins", () => {
  for (const key of [
    "aaaaaaaab",
    "abababac",
    "\\\\\\\\\\\\\\\\b",
    "%25%25%25",
    "%41%42%43",
    "&amp;&amp;",
    "\\u0041\\u0041",
  ]) {
    for (const before of ["a", "aaaa", "ab", "abab", "\u{1f511}", "%2", "&am", "&#", "\\u00"]) {
      const cleaned = redact(`${before}${key}.`, key);
      assert.match(cleaned, /\[key\]\.$/, `${before}${key}`);
      assert.ok(before.startsWith(cleaned.slice(0, -"[key].".length)), `${before}${key} becomes ${cleaned}`);
    }
  }
});

test("a spelling that can be read in two ways is replaced", () => {
  const read = (/** @type {string} */ key, /** @type {string} */ spelled) => redact(`(${spelled})`, key);
  // A backslash and \u0075, or an escaped backslash, u and 0075.
  assert.equal(read("aaaa\\ubbbb", "aaaa\\\\u0075bbbb"), "([key])");
  assert.equal(read("aaaaaaaa\\u", "aaaaaaaa\\\\u0075"), "([key]0075)");
});

test("other texts stay as they are", () => {
  const texts = [
    "k3y/é&<",
    "K3Y/é&<",
    "k3y%2Fe",
    "k3y/é&lt",
    "100 %25 \\ &amp; %zz \\u00 &#; &#x; %",
    "\ud83d",
    "\udd11 \ud83d",
  ];
  for (const text of texts) assert.equal(redact(text, "k3y/é&<>"), text);
});

test("a placeholder is not searched for", () => {
  for (const key of ["self", "_", "", "1234567", "demo-ke", undefined, 5]) {
    const text = `NO_VALID itself 1234567 demo-ke ${key}`;
    assert.equal(redact(text, key), text);
  }
  assert.equal(redact("a 12345678 b", "12345678"), "a [key] b");
});

test("a text becomes [key] alone if it still contains the API key after the replacement", () => {
  const key = "12[key]34";
  assert.equal(redact(`a ${key} b`, key), "a [key] b");
  assert.equal(redact(`a 12${key}34 b`, key), "[key]");
  assert.equal(redact(`a 12${key}%334 b`, key), "[key]");
});

describe("a text is cut", () => {
  test("to 2000 characters after the replacement, so that no beginning of an API key is left", () => {
    assert.equal(redact("x".repeat(5_000), API_KEY), "x".repeat(2_000));
    assert.equal(redact("x".repeat(5_000), undefined), "x".repeat(2_000));
    assert.equal(redact(`${"x".repeat(1_990)}${API_KEY}yyyyyyyyy`, API_KEY), `${"x".repeat(1_990)}[key]yyyyy`);
    assert.equal(redact(`${"x".repeat(1_998)}${API_KEY}`, API_KEY), `${"x".repeat(1_998)}[k`);
  });

  test("before the search, without the beginning of an API key that the cut has split", () => {
    const key = "0123456789abcdef".repeat(16);
    for (const spelling of [key, ...SPELLINGS.map((spell) => [...key].map(spell).join(""))]) {
      const cleaned = redact(spelling.repeat(100), key);
      assert.equal(cleaned.replaceAll("[key]", ""), "", `${spelling.slice(0, 40)}…`);
    }
  });
});

describe("the time to search a text", () => {
  const key = "s3cr3t/kéy-of-an-account-4711";
  const long = (/** @type {string} */ text) => text.repeat(Math.ceil(5_000_000 / text.length)).slice(0, 5_000_000);
  /** @type {[string, string, string][]} */
  const table = [
    ["a text without the API key", long("x"), key],
    ["beginnings of the API key", long("s3cr3t/kéy-of-"), key],
    ["the API key", long(key), key],
    ["an API key that overlaps itself", long("a"), "aaaaaaaab"],
    ["the longest API key that overlaps itself", long("a"), `${"a".repeat(255)}b`],
    ["backslashes, each with two readings", long("\\"), `${"\\".repeat(40)}b`],
    ["backslashes before letters", long("\\\\a"), `${"\\a".repeat(40)}b`],
    ["percent signs", long("%25"), `${"%25".repeat(40)}b`],
    ["an API key of spelled backslashes", long("\\u005c"), `${"u005c".repeat(40)}b`],
    ["ampersands", long("&amp;"), `${"&amp;".repeat(40)}b`],
    ["an entity without an end", `&${long("a")}`, key],
  ];
  for (const [what, text, key] of table) {
    test(`does not depend on the length of the text: ${what}`, () => {
      const start = process.cpuUsage();
      redact(text, key);
      const { user, system } = process.cpuUsage(start);
      // It takes milliseconds. Trying every combination of readings takes hours, searching the whole text a second.
      assert.ok(user + system < 500_000, `took ${(user + system) / 1000} ms`);
    });
  }
});

test("in a quote, documented words stay", () => {
  const quote = {
    promoCodeStatus: "NO_VALID",
    currency: "USD",
    warnings: [{ code: 1, message: "a NO_VALID b" }],
    price: 1,
  };
  assert.deepEqual(redactResponse(quote, "NO_VALID"), { ...quote, warnings: [{ code: 1, message: "a [key] b" }] });
  assert.deepEqual(redactResponse({ ...quote, promoCodeStatus: "is NO_VALID" }, "NO_VALID"), {
    ...quote,
    promoCodeStatus: "is [key]",
    warnings: [{ code: 1, message: "a [key] b" }],
  });
  const { warnings } = /** @type {any} */ (
    redactResponse({ ...quote, warnings: [{ code: 1, message: "NO_VALID" }] }, "NO_VALID")
  );
  assert.deepEqual(warnings, [{ code: 1, message: "[key]" }]);
  assert.deepEqual(redactResponse(quote, "_"), quote);
});

describe("the cause of an error", () => {
  /** @param {object} properties */
  const holding = (properties) => Object.assign(new TypeError("fetch failed"), properties);
  const cyclic = holding({ list: /** @type {unknown[]} */ ([]) });
  cyclic.list.push(cyclic, { cyclic });

  /** @type {Record<string, unknown>} */
  const clean = {
    "an error": new TypeError("fetch failed"),
    "a chain of errors": new Error("a", { cause: new Error("b", { cause: new Error("c") }) }),
    "an AggregateError": new AggregateError([new Error("a"), new Error("b")], "both"),
    "a DOMException": new DOMException("The operation was aborted.", "AbortError"),
    "an error with data": holding({
      code: "ECONNREFUSED",
      port: 9,
      big: 1n,
      no: null,
      yes: true,
      socket: { a: [1, {}] },
    }),
    "an error with an object without a prototype": holding({ data: Object.assign(Object.create(null), { a: 1 }) }),
    "an error whose stack is an accessor": Object.defineProperty(new Error("no"), "stack", { get: () => "at x" }),
    "a cycle": cyclic,
    "a symbol that does not show the API key": holding({ [Symbol("a")]: Symbol.for("b") }),
    "a short part of the API key": new Error(API_KEY.slice(0, 8)),
  };
  for (const [what, error] of Object.entries(clean)) {
    test(`${what} stays`, () => assert.equal(isKept(error, API_KEY), true));
  }

  /** @type {Record<string, unknown>} */
  const hiding = {
    "in the message": new Error(`no ${API_KEY}`),
    "in the message, percent-encoded": new Error(`no ${encodeURIComponent(API_KEY)}`),
    "in the stack": Object.assign(new Error("no"), { stack: `at ${API_KEY}` }),
    "in an inherited message": Object.create(new Error(API_KEY)),
    "in a cause far down": [...Array(50)].reduce((cause) => new Error("layer", { cause }), new Error(API_KEY)),
    "in a cause that is text": new Error("no", { cause: API_KEY }),
    "in a property": holding({ url: `http://x/${API_KEY}` }),
    "in a name": holding({ [API_KEY]: 1 }),
    "in a name that is a symbol": holding({ [Symbol(API_KEY)]: 1 }),
    "in a symbol": holding({ tag: Symbol(API_KEY) }),
    "in a property that is not enumerable": Object.defineProperty(new Error("no"), "url", { value: API_KEY }),
    "in a list": holding({ list: ["a", [API_KEY]] }),
    "in a plain object": holding({ data: { a: { [`a${API_KEY}`]: 1 } } }),
    "in an object without a prototype": holding({ data: Object.assign(Object.create(null), { a: API_KEY }) }),
    "in the message of a DOMException": new DOMException(API_KEY, "AbortError"),
    "in an error of an AggregateError": new AggregateError([new Error("a"), new Error(API_KEY)]),
  };
  for (const [what, error] of Object.entries(hiding)) {
    test(`the API key is seen ${what}`, () => assert.equal(isKept(error, API_KEY), false));
  }
  test("the API key is seen in a number", () => {
    assert.equal(isKept(holding({ key: 1234567890 }), "1234567890"), false);
    assert.equal(isKept(holding({ key: 1234567890n }), "1234567890"), false);
  });

  const url = `http://x/${encodeURIComponent(API_KEY)}`;
  /** @type {Record<string, unknown>} */
  const opaque = {
    "a Request": new Request(url),
    "a Response": new Response(API_KEY),
    "a URL": new URL(url),
    Headers: new Headers({ key: "x" }),
    "a Map": new Map([[API_KEY, 1]]),
    "a Set": new Set([API_KEY]),
    "a Date": new Date(),
    "a RegExp": /x/,
    "a function": () => API_KEY,
    "an ArrayBuffer": new ArrayBuffer(8),
    "a typed array": Buffer.from(API_KEY),
    "an instance of a class": new (class Data {})(),
    "an object with another prototype": Object.create({ key: API_KEY }),
  };
  for (const [what, value] of Object.entries(opaque)) {
    test(`${what} may hide the API key`, () => {
      assert.equal(isKept(holding({ value }), API_KEY), false);
      assert.equal(isKept(new Error("no", { cause: [{ value }] }), API_KEY), false);
      assert.equal(new Redactor(API_KEY).error(value), undefined, "not an error");
    });
  }

  test("an accessor may hide the API key, and is not called", () => {
    const get = mock.fn(() => "no key");
    assert.equal(isKept(Object.defineProperty(new Error("no"), "url", { get }), API_KEY), false);
    assert.equal(get.mock.callCount(), 0);
  });

  test("a value that is not an error is not a cause", () => {
    for (const value of [
      undefined,
      null,
      "text",
      5,
      {},
      [],
      { name: "Error", message: "no" },
      { [Symbol.toStringTag]: "Error" },
    ]) {
      assert.equal(new Redactor("self").error(value), undefined);
    }
  });

  test("hostile objects are not a cause", () => {
    const fail = () => {
      throw new Error(API_KEY);
    };
    const revoked = Proxy.revocable(new Error("no"), {});
    revoked.revoke();
    const traps = new Proxy({}, { get: () => fail });
    const hostile = [
      revoked.proxy,
      new Proxy(new Error("no"), /** @type {ProxyHandler<Error>} */ (traps)),
      Object.defineProperty(new Error("no"), "message", { get: fail }),
      Object.defineProperty(new Error("no"), "stack", { get: fail }),
      holding({ value: new Proxy({}, /** @type {ProxyHandler<object>} */ (traps)) }),
      holding({ value: revoked.proxy }),
    ];
    for (const error of hostile) assert.equal(isKept(error, API_KEY), false);
  });

  /** @type {Record<string, () => unknown>} */
  const large = {
    "a long message": () => new Error("x".repeat(5_000_000)),
    "a long list": () => holding({ list: Array(5_000_000).fill("x") }),
    "an empty list of any length": () => holding({ list: Array(2 ** 32 - 1) }),
    "a typed array": () => holding({ bytes: new Uint8Array(50_000_000) }),
    "a typed array that looks plain": () => holding({ bytes: Object.setPrototypeOf(new Uint8Array(5_000_000), null) }),
    "a typed array that looks like an error": () => Object.setPrototypeOf(new Uint8Array(5_000_000), Error.prototype),
    "a long chain": () => holding({ chain: [...Array(200_000)].reduce((next) => ({ next }), 0) }),
    "many texts": () => holding({ list: Array.from({ length: 5_000 }, (_, at) => `${at}`.repeat(1_000)) }),
  };
  for (const [what, make] of Object.entries(large)) {
    test(`an error with ${what} ends soon`, () => {
      const error = make();
      const start = process.cpuUsage();
      assert.equal(isKept(error, API_KEY), false);
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 500_000, `took ${(user + system) / 1000} ms`);
    });
  }
});

describe("the copy of an error that is not kept", () => {
  /** @param {unknown} error @param {string} [apiKey] */
  const copyOf = (error, apiKey = API_KEY) => /** @type {any} */ (new Redactor(apiKey).error(error));

  test("has its name, message, code and causes, redacted, and nothing else", () => {
    const cause = Object.assign(new RangeError(`far ${encodeURIComponent(API_KEY)}`), { code: `E ${API_KEY}` });
    const error = Object.assign(new TypeError(`no ${API_KEY}`, { cause }), { code: "ECONNRESET", url: API_KEY });
    const copy = copyOf(error);
    assert.equal(Object.getPrototypeOf(copy), Error.prototype);
    assert.deepEqual(
      [copy.name, copy.message, copy.code, copy.url],
      ["TypeError", "no [key]", "ECONNRESET", undefined],
    );
    assert.deepEqual([copy.cause.name, copy.cause.message, copy.cause.code], ["RangeError", "far [key]", "E [key]"]);
    assert.equal(copy.cause.cause, undefined);
    for (const { stack } of [copy, copy.cause]) assert.ok(!stack.includes(API_KEY) && !stack.includes("redact.test"));
  });

  test("says what Node says about the certificate of another host", () => {
    const cert = new (class X509Certificate {})();
    const cause = Object.assign(new Error("other host"), { code: "ERR_TLS_CERT_ALTNAME_INVALID", host: "x", cert });
    const copy = copyOf(new TypeError("fetch failed", { cause }));
    assert.deepEqual(
      [copy.message, copy.cause.message, copy.cause.code, copy.cause.cert],
      ["fetch failed", "other host", "ERR_TLS_CERT_ALTNAME_INVALID", undefined],
    );
  });

  test("ends after ten causes, also in a cycle", () => {
    const cyclic = new Error(API_KEY);
    cyclic.cause = cyclic;
    let depth = 0;
    for (let copy = copyOf(cyclic); copy; copy = copy.cause) depth += 1;
    assert.equal(depth, 10);
  });
});

describe("one call", () => {
  test("keeps at most 50 000 characters", () => {
    const redactor = new Redactor(API_KEY);
    const texts = Array.from({ length: 100 }, () => redactor.text("x".repeat(1_000)));
    assert.deepEqual(
      texts.map(({ length }) => length),
      [...Array(50).fill(1_000), ...Array(50).fill(0)],
    );
  });

  test("searches at most 50 000 characters, even of an API key that is built to be slow", () => {
    const chars = [..."\\%&u"];
    const random = randomOf(4711);
    const slow = Array.from({ length: 64 }, () => pick(random, chars)).join("");
    const spelled = Array.from(slow.slice(0, -1), (char) => pick(random, SPELLINGS)(char)).join("");
    const warnings = Array.from({ length: 100 }, () => ({ code: 1, message: spelled.repeat(2_000).slice(0, 120_000) }));
    const quote = /** @type {any} */ ({
      error: null,
      warnings,
      promoCodeStatus: spelled,
      proxyType: "x",
      currency: "USD",
    });
    const redactor = new Redactor(slow);
    const start = process.cpuUsage();
    redactor.quote(quote);
    redactor.error(new Error(spelled, { cause: warnings }));
    redactor.text(spelled.repeat(1_000));
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 1_000_000, `took ${(user + system) / 1000} ms`);
  });
});
