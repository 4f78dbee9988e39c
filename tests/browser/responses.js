// @ts-check
// The replies of the API, and what a caller gets for each.
import {
  all,
  assert,
  equal,
  kinds,
  rejected,
  refusals,
  replies,
  reply,
  settled,
  show,
  stub,
  stubbed,
  wanted,
  without,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

/**
 * The result of a call that gets this reply.
 * @param {Test} test @param {"calculate" | "order"} kind @param {unknown} body @param {number} [status] @returns {Promise<any>}
 */
const answered = ({ pkg }, kind, body, status) =>
  settled(pkg[kind](wanted[kind].IPv4, stubbed(stub(reply(body, status)).fetch)));

/** @param {Test} test @param {"calculate" | "order"} kind @param {unknown} body @param {"http" | "invalid_response"} code @param {number} [status] */
const refusedAs = async ({ pkg }, kind, body, code, status = 200) => {
  const error = await rejected(pkg[kind](wanted[kind].IPv4, stubbed(stub(reply(body, status)).fetch)), code, {
    outcome: kind === "order" ? "unknown" : undefined,
  });
  equal(error.status, status, "status");
  return error;
};

/** @param {Test} test */
export async function everySampleArrivesAsDocumented({ pkg, sandbox, url }) {
  const samples = await (await fetch(`${url}/samples.json`)).json();
  const api = sandbox();
  const names = Object.keys(samples);
  equal([names.filter((name) => name.startsWith("calculate/")).length, names.length], [20, 36], "number of samples");
  await all(
    names.map((name) => [
      name,
      async () => {
        const [kind, type] = name.split("/");
        const request = wanted[/** @type {"calculate"} */ (kind)][/** @type {"IPv4"} */ (type)];
        equal(await pkg[kind](request, { ...api.options, headers: { "x-sandbox-sample": name } }), samples[name], name);
      },
    ]),
  );
}

/** @param {Test} test */
export async function theSandboxAnswersOrdinaryRequests({ pkg, sandbox }) {
  const api = sandbox();
  const quote = await pkg.calculate(wanted.calculate.IPv4, api.options);
  equal(quote, replies.calculate, "quote");
  const receipt = await pkg.order(wanted.order.IPv4, api.options);
  assert(receipt.success, "ordered");
  equal(receipt.balance, 5.87, "balance after the charge");
  equal(
    (await api.orders()).map(({ orderNumber }) => orderNumber),
    [receipt.orderNumber],
    "orders on the books",
  );
  const wrongKey = await pkg.order(wanted.order.IPv4, { ...api.options, apiKey: "wrong" });
  equal(
    wrongKey,
    { ...refusals.order, balance: null, currency: null, error: { code: 2, message: "Error api key" } },
    "wrong key",
  );
}

/** @param {Test} test */
export async function aRefusalIsAValueWhateverTheStatus(test) {
  for (const kind of kinds) {
    for (const status of [200, 201, 299, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 599]) {
      const api = stub(reply(refusals[kind], status));
      const value = await test.pkg[kind](wanted[kind].IPv4, stubbed(api.fetch, { maxRetries: 3 }));
      equal(value, refusals[kind], `${kind} with status ${status}`);
      equal(api.requests.length, 1, `requests of ${kind} with status ${status}`);
    }
  }
  const { options, withFault } = test.sandbox();
  const value = await test.pkg.order(wanted.order.IPv4, withFault("refusal-400"));
  assert(value.success === false && value.error.code === 14, `over HTTP: ${show(value)} ${show(options.baseUrl)}`);
}

/** @param {Test} test */
export async function aRefusalNeedsNoMoreThanItsError(test) {
  for (const kind of kinds) {
    const error = { code: 35, message: "Something else" };
    const bare = Object.fromEntries(Object.keys(refusals[kind]).map((name) => [name, null]));
    const expected = { ...bare, success: false, error };
    equal(await answered(test, kind, { success: false, error }), expected, `${kind}, least`);
    equal(await answered(test, kind, { success: false, error }, 500), expected, `${kind}, least, status 500`);
    for (const code of [0, -1, 1.5, 2 ** 53, 4e9]) {
      const value = await answered(test, kind, { success: false, error: { code, message: "" } });
      equal(value.error, { code, message: "" }, `${kind}, code ${code}`);
    }
    const odd = await answered(test, kind, { ...refusals[kind], balance: "7.18", currency: 5, proxyType: "IPv4" });
    assert(odd.success === false && odd.error.code === refusals[kind].error.code, `${kind}, odd fields: ${show(odd)}`);
    for (const broken of [
      { success: false },
      { success: false, error: null },
      { success: false, error: "no" },
      { success: false, error: {} },
      { success: false, error: { code: "4", message: "no" } },
      { success: false, error: { code: 4 } },
      { success: false, error: { code: 4, message: null } },
      { success: false, error: { code: null, message: "no" } },
      { success: false, error: [4, "no"] },
      { success: "false", error },
      { error },
      { success: 0, error },
      { success: null, error },
    ]) {
      await refusedAs(test, kind, broken, "invalid_response");
      await refusedAs(test, kind, broken, "http", 400);
    }
  }
}

const optional = { calculate: ["promoCodeStatus", "warnings", "error"], order: ["promoCodeStatus", "error"] };
const required = {
  calculate: ["success", "proxyType", "balance", "price", "discount", "currency"],
  order: ["success", "proxyType", "orderNumber", "balance", "currency"],
};

/** @param {Test} test */
export async function absentOptionalFieldsAreNull(test) {
  for (const kind of kinds) {
    let bare = replies[kind];
    for (const field of optional[kind]) {
      equal(await answered(test, kind, without(replies[kind], field)), replies[kind], `${kind} without ${field}`);
      bare = without(bare, field);
    }
    equal(await answered(test, kind, bare), replies[kind], `${kind} without any`);
  }
  equal(await answered(test, "calculate", { ...replies.calculate, warnings: [] }), replies.calculate, "warnings: []");
}

/** @param {Test} test */
export async function documentedFieldsAreRequiredAndTyped(test) {
  const text = ["proxyType", "currency", "orderNumber"];
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const kind of kinds) {
    for (const field of required[kind]) {
      checks.push([
        `${kind} without ${field}`,
        () => refusedAs(test, kind, without(replies[kind], field), "invalid_response"),
      ]);
      const values = text.includes(field) ? [null, 5, true, {}, []] : [null, "1", "true", {}, []];
      for (const value of values) {
        checks.push([
          `${kind} ${field}: ${show(value)}`,
          () => refusedAs(test, kind, { ...replies[kind], [field]: value }, "invalid_response"),
        ]);
      }
      if (!text.includes(field) && field !== "success") {
        const large = JSON.stringify({ ...replies[kind], [field]: 12345 }).replace("12345", "1e400");
        checks.push([`${kind} ${field}: 1e400`, () => refusedAs(test, kind, large, "invalid_response")]);
      }
    }
    for (const promoCodeStatus of [5, true, {}, []]) {
      checks.push([
        `${kind} promoCodeStatus: ${show(promoCodeStatus)}`,
        () => refusedAs(test, kind, { ...replies[kind], promoCodeStatus }, "invalid_response"),
      ]);
    }
  }
  for (const warnings of [
    5,
    "x",
    {},
    true,
    [null],
    [{}],
    ["x"],
    [{ code: "14", message: "x" }],
    [{ code: 14 }],
    [[14, "x"]],
    [{ code: 14, message: "x" }, null],
  ]) {
    checks.push([
      `warnings: ${show(warnings)}`,
      () => refusedAs(test, "calculate", { ...replies.calculate, warnings }, "invalid_response"),
    ]);
  }
  await all(checks);
}

/** @param {Test} test */
export async function unknownValuesPassThrough(test) {
  for (const kind of kinds) {
    for (const promoCodeStatus of ["VALID", "NO_VALID", "EXPIRED", "valid", "", "名"]) {
      equal(
        await answered(test, kind, { ...replies[kind], promoCodeStatus }),
        { ...replies[kind], promoCodeStatus },
        promoCodeStatus,
      );
    }
    for (const proxyType of ["IPv6", "ipv4", "DATACENTER", ""]) {
      equal(await answered(test, kind, { ...replies[kind], proxyType }), { ...replies[kind], proxyType }, proxyType);
    }
    const odd = { ...replies[kind], balance: -0.01, currency: "XBT" };
    equal(await answered(test, kind, odd), odd, `${kind} with odd money`);
  }
  const warnings = [
    { code: 999, message: "New" },
    { code: -1, message: "" },
  ];
  equal(
    await answered(test, "calculate", { ...replies.calculate, warnings }),
    { ...replies.calculate, warnings },
    "warnings",
  );
}

/** @param {Test} test */
export async function extraFieldsAreDropped(test) {
  for (const kind of kinds) {
    const extra = { extra: 1, toString: 2, constructor: { a: 1 }, nested: { deep: [1] } };
    equal(await answered(test, kind, { ...replies[kind], ...extra }), replies[kind], `${kind} success`);
    const error = { ...refusals[kind].error, detail: "x" };
    equal(await answered(test, kind, { ...refusals[kind], ...extra, error }), refusals[kind], `${kind} refusal`);
    const proto = JSON.stringify(replies[kind]).replace("{", '{"__proto__":{"polluted":true},');
    const value = await answered(test, kind, proto);
    equal(value, replies[kind], `${kind} with __proto__`);
    assert(Object.getPrototypeOf(value) === Object.prototype && !("polluted" in value), `${kind} keeps its prototype`);
  }
  const plain = [{ code: 14, message: "Incorrect goal" }];
  const value = await answered(test, "calculate", {
    ...replies.calculate,
    warnings: plain.map((one) => ({ ...one, more: 1 })),
  });
  equal(value.warnings, plain, "warnings");
  const wrong = { orderNumber: "NUMBER-1" };
  equal(
    await answered(test, "calculate", { ...replies.calculate, ...wrong }),
    replies.calculate,
    "a field of the other function",
  );
}

/** @param {Test} test */
export async function valuesArePlainData(test) {
  for (const kind of kinds) {
    for (const body of [replies[kind], refusals[kind]]) {
      const value = await answered(test, kind, body);
      assert(Object.getPrototypeOf(value) === Object.prototype, "a plain object");
      equal(structuredClone(value), body, "can be cloned");
      equal(JSON.parse(JSON.stringify(value)), body, "can be written as JSON");
    }
  }
}

/** @param {Test} test */
export async function otherBodiesAreInvalidResponses(test) {
  const bodies = [
    "",
    " ",
    "null",
    "true",
    "5",
    '"text"',
    "[]",
    "{}",
    "undefined",
    "NaN",
    "<!doctype html><p>Hi</p>",
    "{",
    '{"success":true}',
    '{"success":true,}',
    "{'success':true}",
    "[".repeat(1000),
    "\u0000",
    '{"success":true}{"success":true}',
    "success=true",
  ];
  for (const kind of kinds) {
    for (const body of bodies) {
      const error = await refusedAs(test, kind, body, "invalid_response");
      equal(error.body, body, "body");
      equal((await refusedAs(test, kind, body, "http", 404)).body, body, "body with status 404");
    }
    const text = JSON.stringify(replies[kind]);
    for (let length = 1; length < text.length; length += 7) {
      await refusedAs(test, kind, text.slice(0, length), "invalid_response");
    }
    equal(await answered(test, kind, ` \r\n\t${text}\n`), replies[kind], "blanks around");
    for (const [before, after] of [
      ["", "]"],
      ["", ","],
      ["", "x"],
      ["", "\0"],
      ["", text],
      [")]}',\n", ""],
      ["[", "]"],
      ["/**/", ""],
      ["<html>", "</html>"],
    ]) {
      await refusedAs(test, kind, before + text + after, "invalid_response");
    }
    await refusedAs(test, kind, JSON.stringify(text), "invalid_response");
    for (const number of ["NaN", "Infinity", "-Infinity", "-1e400", "0x10", "07", "+7", ".5", "7.", "1e", "--1"]) {
      await refusedAs(test, kind, text.replace(/"balance":[\d.]+/, `"balance":${number}`), "invalid_response");
    }
    for (const number of ["1e2", "-0.0", "7.180000000000001", "1E-400", "123456789012345678901234567890"]) {
      const { balance } = await answered(test, kind, text.replace(/"balance":[\d.]+/, `"balance":${number}`));
      equal(balance, Number(number), `${kind} balance: ${number}`);
    }
    const twice = text.replace("{", '{"proxyType":"first",');
    equal(await answered(test, kind, twice), replies[kind], "the last of two keys counts");
  }
}

/** @param {Test} test */
export async function strangeRepliesOverHttpAreAnsweredInTime({ pkg, script, sandbox }) {
  const text = JSON.stringify(replies.order);
  /** @type {[string, import("./server.js").Reply, string][]} */
  const table = [
    ["empty body", { body: "" }, "invalid_response"],
    ["HTML", { body: "<h1>Hi</h1>", headers: { "content-type": "text/html" } }, "invalid_response"],
    ["cut JSON", { body: text.slice(0, -5) }, "invalid_response"],
    ["no UTF-8", { base64: btoa("\xff\xfe\x80") }, "invalid_response"],
    ["UTF-16", { base64: btoa([...text].map((unit) => `${unit}\0`).join("")) }, "invalid_response"],
    ["10 MB of JSON text", { repeat: ['"x"', 3_000_000] }, "invalid_response"],
    ["100 000 nested lists", { repeat: ["[", 100_000] }, "invalid_response"],
    ["no content", { status: 204 }, "invalid_response"],
    ["status 404", { status: 404, body: "Not found" }, "http"],
    ["status 304", { status: 304 }, "http"],
  ];
  await all(
    table.map(([what, answer, code]) => [
      what,
      async () => {
        const api = await script(answer);
        await rejected(pkg.order(wanted.order.IPv4, api.options), /** @type {any} */ (code), { outcome: "unknown" });
      },
    ]),
  );
  const invalid = await script({ base64: btoa(text.replace("USD", "\xff")) });
  equal(
    (await pkg.order(wanted.order.IPv4, invalid.options)).currency,
    "\ufffd",
    "invalid UTF-8 within a text is replaced",
  );
  const plain = await script({ body: text, headers: { "content-type": "text/plain" } });
  equal(await pkg.order(wanted.order.IPv4, plain.options), replies.order, "the content-type does not matter");

  for (const [fault, codes] of /** @type {[string, any][]} */ ([
    ["html", "invalid_response"],
    ["html-502", "http"],
    ["empty", "invalid_response"],
    ["truncated", "invalid_response"],
    ["wrong-shape", "invalid_response"],
    ["deep", "invalid_response"],
    ["500", "http"],
    ["503", "http"],
    ["429", "http"],
    ["cut-body", ["network", "invalid_response"]],
    ["cut-before", "network"],
    ["cut-after", "network"],
    ["redirect", "network"],
  ])) {
    const lost = pkg.order(wanted.order.IPv4, sandbox().withFault(fault));
    await rejected(lost, codes, { outcome: "unknown", key: "demo-key" });
  }
  const large = await pkg.calculate(wanted.calculate.IPv4, sandbox().withFault("large"));
  assert(large.success, "10 MB with a good reply in it");
}

/** @param {Test} test */
export async function everyWarningHasAFiniteCode({ pkg }) {
  const text = JSON.stringify({
    ...replies.calculate,
    warnings: [
      { code: 14, message: "a" },
      { code: 0.5, message: "b" },
    ],
  }).replace("0.5", "1e999");
  await rejected(pkg.calculate(wanted.calculate.IPv4, stubbed(stub(reply(text)).fetch)), "invalid_response");
}
