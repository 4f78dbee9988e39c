// @ts-check
// The responses of the API, and what the caller gets.
import {
  all,
  assert,
  equal,
  endpoints,
  rejected,
  failures,
  responses,
  respondWith,
  settled,
  show,
  stub,
  stubbed,
  minimal,
  without,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

/**
 * The result of a call that gets this response.
 * @param {Test} test
 * @param {"calculate" | "order"} endpoint
 * @param {unknown} body
 * @param {number} [status]
 * @returns {Promise<any>}
 */
const answered = ({ pkg }, endpoint, body, status) =>
  settled(pkg[endpoint](minimal[endpoint].IPv4, stubbed(stub(respondWith(body, status)).fetch)));

/**
 * @param {Test} test
 * @param {"calculate" | "order"} endpoint
 * @param {unknown} body
 * @param {"http" | "invalid_response"} code
 * @param {number} [status]
 */
const rejectedAs = async ({ pkg }, endpoint, body, code, status = 200) => {
  const error = await rejected(
    pkg[endpoint](minimal[endpoint].IPv4, stubbed(stub(respondWith(body, status)).fetch)),
    code,
    {
      outcome: endpoint === "order" ? "unknown" : undefined,
    },
  );
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
        const [endpoint, type] = name.split("/");
        const request = minimal[/** @type {"calculate"} */ (endpoint)][/** @type {"IPv4"} */ (type)];
        equal(
          await pkg[endpoint](request, { ...api.options, headers: { "x-sandbox-sample": name } }),
          samples[name],
          name,
        );
      },
    ]),
  );
}

/** @param {Test} test */
export async function theSandboxAnswersOrdinaryRequests({ pkg, sandbox }) {
  const api = sandbox();
  const quote = await pkg.calculate(minimal.calculate.IPv4, api.options);
  equal(quote, responses.calculate, "quote");
  const receipt = await pkg.order(minimal.order.IPv4, api.options);
  assert(receipt.success, "ordered");
  equal(receipt.balance, 5.87, "balance after the charge");
  equal(
    (await api.orders()).map(({ orderNumber }) => orderNumber),
    [receipt.orderNumber],
    "orders booked",
  );
  const denied = await pkg.order(minimal.order.IPv4, { ...api.options, apiKey: "wrong" });
  equal(
    denied,
    { ...failures.order, balance: null, currency: null, error: { code: 2, message: "Error api key" } },
    "wrong API key",
  );
}

/** @param {Test} test */
export async function aFailureIsAValueAndOfAnOrderOnlyWithA2xxStatus(test) {
  const success = [200, 201, 299];
  const others = [400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 599];
  for (const endpoint of endpoints) {
    for (const status of endpoint === "order" ? success : [...success, ...others]) {
      const api = stub(respondWith(failures[endpoint], status));
      const value = await test.pkg[endpoint](minimal[endpoint].IPv4, stubbed(api.fetch, { maxRetries: 3 }));
      equal(value, failures[endpoint], `${endpoint} with status ${status}`);
      equal(api.requests.length, 1, `requests of ${endpoint} with status ${status}`);
    }
  }
  for (const status of others) {
    const { body } = await rejectedAs(test, "order", failures.order, "http", status);
    equal(body, JSON.stringify(failures.order), `body with status ${status}`);
  }
  const { withFault } = test.sandbox();
  const quote = await test.pkg.calculate(minimal.calculate.IPv4, withFault("refusal-400"));
  assert(quote.success === false && quote.error.code === 4, `over HTTP: ${show(quote)}`);
}

/** @param {Test} test */
export async function aFailureNeedsNoMoreThanItsError(test) {
  for (const endpoint of endpoints) {
    const error = { code: 35, message: "Something else" };
    const bare = Object.fromEntries(Object.keys(failures[endpoint]).map((name) => [name, null]));
    const expected = { ...bare, success: false, error };
    equal(await answered(test, endpoint, { success: false, error }), expected, `${endpoint}, least`);
    for (const code of [0, -1, 1.5, 2 ** 53, 4e9]) {
      const value = await answered(test, endpoint, { success: false, error: { code, message: "" } });
      equal(value.error, { code, message: "" }, `${endpoint}, code ${code}`);
    }
    const odd = await answered(test, endpoint, {
      ...failures[endpoint],
      balance: "7.18",
      currency: 5,
      proxyType: "IPv4",
    });
    assert(
      odd.success === false && odd.error.code === failures[endpoint].error.code,
      `${endpoint}, odd fields: ${show(odd)}`,
    );
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
      await rejectedAs(test, endpoint, broken, "invalid_response");
      await rejectedAs(test, endpoint, broken, "http", 400);
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
  for (const endpoint of endpoints) {
    let bare = responses[endpoint];
    for (const field of optional[endpoint]) {
      equal(
        await answered(test, endpoint, without(responses[endpoint], field)),
        responses[endpoint],
        `${endpoint} without ${field}`,
      );
      bare = without(bare, field);
    }
    equal(await answered(test, endpoint, bare), responses[endpoint], `${endpoint} without any`);
  }
  equal(
    await answered(test, "calculate", { ...responses.calculate, warnings: [] }),
    responses.calculate,
    "warnings: []",
  );
}

/** @param {Test} test */
export async function documentedFieldsAreRequiredAndTyped(test) {
  const text = ["proxyType", "currency", "orderNumber"];
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const endpoint of endpoints) {
    for (const field of required[endpoint]) {
      checks.push([
        `${endpoint} without ${field}`,
        () => rejectedAs(test, endpoint, without(responses[endpoint], field), "invalid_response"),
      ]);
      const values = text.includes(field) ? [null, 5, true, {}, []] : [null, "1", "true", {}, []];
      for (const value of values) {
        checks.push([
          `${endpoint} ${field}: ${show(value)}`,
          () => rejectedAs(test, endpoint, { ...responses[endpoint], [field]: value }, "invalid_response"),
        ]);
      }
      if (!text.includes(field) && field !== "success") {
        const large = JSON.stringify({ ...responses[endpoint], [field]: 12345 }).replace("12345", "1e400");
        checks.push([`${endpoint} ${field}: 1e400`, () => rejectedAs(test, endpoint, large, "invalid_response")]);
      }
    }
    for (const promoCodeStatus of [5, true, {}, []]) {
      checks.push([
        `${endpoint} promoCodeStatus: ${show(promoCodeStatus)}`,
        () => rejectedAs(test, endpoint, { ...responses[endpoint], promoCodeStatus }, "invalid_response"),
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
      () => rejectedAs(test, "calculate", { ...responses.calculate, warnings }, "invalid_response"),
    ]);
  }
  await all(checks);
}

/** @param {Test} test */
export async function unknownValuesPassThrough(test) {
  for (const endpoint of endpoints) {
    for (const promoCodeStatus of ["VALID", "NO_VALID", "EXPIRED", "valid", "", "名"]) {
      equal(
        await answered(test, endpoint, { ...responses[endpoint], promoCodeStatus }),
        { ...responses[endpoint], promoCodeStatus },
        promoCodeStatus,
      );
    }
    for (const proxyType of ["IPv6", "ipv4", "DATACENTER", ""]) {
      equal(
        await answered(test, endpoint, { ...responses[endpoint], proxyType }),
        { ...responses[endpoint], proxyType },
        proxyType,
      );
    }
    const odd = { ...responses[endpoint], balance: -0.01, currency: "XBT" };
    equal(await answered(test, endpoint, odd), odd, `${endpoint} with odd money`);
  }
  const warnings = [
    { code: 999, message: "New" },
    { code: -1, message: "" },
  ];
  equal(
    await answered(test, "calculate", { ...responses.calculate, warnings }),
    { ...responses.calculate, warnings },
    "warnings",
  );
}

/** @param {Test} test */
export async function extraFieldsAreDropped(test) {
  for (const endpoint of endpoints) {
    const extra = { extra: 1, toString: 2, constructor: { a: 1 }, nested: { deep: [1] } };
    equal(
      await answered(test, endpoint, { ...responses[endpoint], ...extra }),
      responses[endpoint],
      `${endpoint} success`,
    );
    const error = { ...failures[endpoint].error, detail: "x" };
    equal(
      await answered(test, endpoint, { ...failures[endpoint], ...extra, error }),
      failures[endpoint],
      `${endpoint} failure`,
    );
    const proto = JSON.stringify(responses[endpoint]).replace("{", '{"__proto__":{"polluted":true},');
    const value = await answered(test, endpoint, proto);
    equal(value, responses[endpoint], `${endpoint} with __proto__`);
    assert(
      Object.getPrototypeOf(value) === Object.prototype && !("polluted" in value),
      `${endpoint} keeps its prototype`,
    );
  }
  const plain = [{ code: 14, message: "Incorrect goal" }];
  const value = await answered(test, "calculate", {
    ...responses.calculate,
    warnings: plain.map((one) => ({ ...one, more: 1 })),
  });
  equal(value.warnings, plain, "warnings");
  const wrong = { orderNumber: "NUMBER-1" };
  equal(
    await answered(test, "calculate", { ...responses.calculate, ...wrong }),
    responses.calculate,
    "a field of the other function",
  );
}

/** @param {Test} test */
export async function valuesArePlainData(test) {
  for (const endpoint of endpoints) {
    for (const body of [responses[endpoint], failures[endpoint]]) {
      const value = await answered(test, endpoint, body);
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
  for (const endpoint of endpoints) {
    for (const body of bodies) {
      const error = await rejectedAs(test, endpoint, body, "invalid_response");
      equal(error.body, body, "body");
      equal((await rejectedAs(test, endpoint, body, "http", 404)).body, body, "body with status 404");
    }
    const text = JSON.stringify(responses[endpoint]);
    for (let length = 1; length < text.length; length += 7) {
      await rejectedAs(test, endpoint, text.slice(0, length), "invalid_response");
    }
    equal(await answered(test, endpoint, ` \r\n\t${text}\n`), responses[endpoint], "blanks around");
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
      await rejectedAs(test, endpoint, before + text + after, "invalid_response");
    }
    await rejectedAs(test, endpoint, JSON.stringify(text), "invalid_response");
    for (const number of ["NaN", "Infinity", "-Infinity", "-1e400", "0x10", "07", "+7", ".5", "7.", "1e", "--1"]) {
      await rejectedAs(test, endpoint, text.replace(/"balance":[\d.]+/, `"balance":${number}`), "invalid_response");
    }
    for (const number of ["1e2", "-0.0", "7.180000000000001", "1E-400", "123456789012345678901234567890"]) {
      const { balance } = await answered(test, endpoint, text.replace(/"balance":[\d.]+/, `"balance":${number}`));
      equal(balance, Number(number), `${endpoint} balance: ${number}`);
    }
    const twice = text.replace("{", '{"proxyType":"first",');
    equal(await answered(test, endpoint, twice), responses[endpoint], "the last of two equal names counts");
  }
}

/** @param {Test} test */
export async function strangeResponsesOverHttpAreAnsweredInTime({ pkg, script, sandbox }) {
  const text = JSON.stringify(responses.order);
  /** @type {[string, import("./server.js").ScriptedResponse, string][]} */
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
        await rejected(pkg.order(minimal.order.IPv4, api.options), /** @type {any} */ (code), { outcome: "unknown" });
      },
    ]),
  );
  const invalid = await script({ base64: btoa(text.replace("USD", "\xff")) });
  equal(
    (await pkg.order(minimal.order.IPv4, invalid.options)).currency,
    "\ufffd",
    "invalid UTF-8 within a text is replaced",
  );
  const plain = await script({ body: text, headers: { "content-type": "text/plain" } });
  equal(await pkg.order(minimal.order.IPv4, plain.options), responses.order, "the content-type does not matter");

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
    const lost = pkg.order(minimal.order.IPv4, sandbox().withFault(fault));
    await rejected(lost, codes, { outcome: "unknown", apiKey: "demo-key" });
  }
  const large = await pkg.calculate(minimal.calculate.IPv4, sandbox().withFault("large"));
  assert(large.success, "10 MB with a good response in it");
}

/** @param {Test} test */
export async function everyWarningHasAFiniteCode({ pkg }) {
  const text = JSON.stringify({
    ...responses.calculate,
    warnings: [
      { code: 14, message: "a" },
      { code: 0.5, message: "b" },
    ],
  }).replace("0.5", "1e999");
  await rejected(pkg.calculate(minimal.calculate.IPv4, stubbed(stub(respondWith(text)).fetch)), "invalid_response");
}
