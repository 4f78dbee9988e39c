// @ts-check
// The requests that `calculate` and `order` accept, and the issues of those they reject.
import {
  all,
  assert,
  summaryOf,
  checkIssues,
  equal,
  endpoints,
  proxyTypes,
  rejected,
  responses,
  respondWith,
  show,
  stub,
  stubbed,
  minimal,
  without,
} from "./support.js";

/** @typedef {import("./support.js").Fields} Fields */
/** @typedef {import("./support.js").Test} Test */

const names = { calculate: "validateCalculate", order: "validateOrder" };
const schemas = { calculate: "calculateSchema", order: "orderSchema" };

/**
 * The issues of a request. Asserts that validator, schema and call agree, and that nothing is sent.
 * @param {Test} test @param {"calculate" | "order"} endpoint @param {unknown} value @returns {Promise<any[]>}
 */
async function issuesOf({ pkg }, endpoint, value) {
  const result = pkg[names[endpoint]](value);
  assert(result.issues !== undefined, `${names[endpoint]} accepts ${show(value)}: ${show(result)}`);
  assert(!("value" in result), `a result with issues has no value: ${show(result)}`);
  checkIssues(result.issues);
  for (const { message } of result.issues)
    assert(/^[A-Z“"]/.test(message), `a sentence starts with a capital: ${show(message)}`);
  const api = stub(respondWith(responses[endpoint]));
  const error = await rejected(pkg[endpoint](value, stubbed(api.fetch)), "invalid_request", {
    outcome: endpoint === "order" ? "not_placed" : undefined,
  });
  equal(api.requests.length, 0, "requests sent");
  equal(error.issues, result.issues, `${endpoint} and ${names[endpoint]} report the same`);
  const { issues } = pkg[schemas[endpoint]]["~standard"].validate(value);
  equal(summaryOf(issues), summaryOf(result.issues), `${schemas[endpoint]} and ${names[endpoint]} report the same`);
  return result.issues;
}

/**
 * The body that is sent for a valid request. Asserts that it is the value of its validation, too.
 * @param {Test} test @param {"calculate" | "order"} endpoint @param {any} value @returns {Promise<Fields>}
 */
async function sent({ pkg }, endpoint, value) {
  const result = pkg[names[endpoint]](value);
  assert(result.issues === undefined, `${names[endpoint]} rejects ${show(value)}: ${show(result.issues)}`);
  const api = stub(respondWith(responses[endpoint]));
  await pkg[endpoint](value, stubbed(api.fetch));
  equal(api.requests.length, 1, "requests sent");
  equal(result.value, api.requests[0].json, "value of the validation and what was sent");
  return api.requests[0].json;
}

/** @param {Test} test */
export async function theBodyIsExactlyTheDocumentedOne(test) {
  for (const endpoint of endpoints) {
    for (const type of proxyTypes) {
      const request = minimal[endpoint][type];
      equal(await sent(test, endpoint, request), request, `${endpoint} ${type}`);
      const promo = { ...request, promoCode: " Spring 10 " };
      equal(await sent(test, endpoint, promo), promo, `${endpoint} ${type} with a promo code`);
      if (endpoint === "calculate") continue;
      const byIp = { ...request, authType: "IP", authIp: "203.0.113.7" };
      equal(await sent(test, endpoint, byIp), byIp, `${endpoint} ${type} with an address`);
    }
  }
}

/** @param {Test} test */
export async function everyCallIsOnePostOfJson({ pkg }) {
  for (const endpoint of endpoints) {
    const api = stub(respondWith(responses[endpoint]));
    const options = stubbed(api.fetch, { apiKey: "k" });
    await pkg[endpoint](minimal[endpoint].IPv4, options);
    const [{ request, url }] = api.requests;
    equal(request.method, "POST", "method");
    equal(url, `${options.baseUrl}/client/api/v1/k/${endpoint === "order" ? "order" : "calculate/order"}`, "URL");
    assert(request.headers.get("content-type")?.startsWith("application/json"), "content-type is JSON");
    assert(request.headers.get("accept")?.includes("application/json"), "JSON is asked for");
    equal(request.redirect, "error", "redirect");
    equal(request.cache, "no-store", "cache");
    equal(request.referrerPolicy === "no-referrer" || request.referrer === "", true, "no referrer");
    equal(request.credentials, "same-origin", "credentials");
  }
}

/** @param {Test} test */
export async function boundaryValuesAreAccepted(test) {
  const most = 4_294_967_295;
  /** @type {[string, unknown[], ("IPv4" | "IPv6" | "MOBILE" | "ISP")[]][]} */
  const edges = [
    ["quantity", [1, 2, most, 1.0], [...proxyTypes]],
    ["rentPeriodDays", [1, 7, most], [...proxyTypes]],
    ["goal", ["x", " padded ", "日本語 😀", "a\nb", "0", "x".repeat(10_000), "😀".repeat(5000)], [...proxyTypes]],
    ["country", ["USA", "DEU", "ZZZ"], [...proxyTypes]],
    ["promoCode", ["x", " padded ", "x".repeat(10_000)], [...proxyTypes]],
    ["rotationTime", [0, 1, 300, most], ["MOBILE"]],
    ["mobileOperator", ["x", " verizon ", "x".repeat(10_000)], ["MOBILE"]],
  ];
  for (const endpoint of endpoints) {
    for (const [field, values, types] of edges) {
      for (const value of values) {
        for (const type of types) {
          const body = await sent(test, endpoint, { ...minimal[endpoint][type], [field]: value });
          equal(body[field], value, `${endpoint} ${type} ${field} as it was given`);
        }
      }
    }
  }
  for (const protocol of ["HTTP", "SOCKS"]) {
    equal((await sent(test, "order", { ...minimal.order.IPv6, protocol })).protocol, protocol, "protocol");
  }
  const addresses = [
    "0.0.0.0",
    "255.255.255.255",
    "203.0.113.7",
    "::",
    "::1",
    "2001:db8::1",
    "2001:DB8:0:0:0:0:0:1",
    "::ffff:192.0.2.1",
    "fe80::1",
    "1:2:3:4:5:6:7:8",
  ];
  for (const authIp of addresses) {
    equal((await sent(test, "order", { ...minimal.order.ISP, authType: "IP", authIp })).authIp, authIp, "authIp");
  }
  equal((await sent(test, "calculate", { ...minimal.calculate.MOBILE, rotationTime: -0 })).rotationTime, 0, "-0");
}

/** @param {Test} test */
export async function everyBadValueIsReported(test) {
  const noText = [5, 0, NaN, true, false, {}, [], ["USA"], Symbol("x"), 1n, () => "x", new Date(0), new String("USA")];
  const noNumber = ["1", "", "x", true, false, {}, [], [1], Symbol("x"), 1n, () => 1, new Date(1), new Number(1)];
  const notWhole = [1.5, 0.5, NaN, Infinity, -Infinity, Number.MIN_VALUE];
  const blank = ["", " ", "\t\n", "\u00a0", "\u3000", "\u200b", "\u2800\0"];
  const wrong = ["wrong_type"];
  /** @type {[string, "IPv4" | "IPv6" | "MOBILE" | "ISP", string[], unknown[], string[]][]} */
  const table = [
    ...proxyTypes.flatMap(
      (type) =>
        /** @type {typeof table} */ ([
          [
            "quantity",
            type,
            ["calculate", "order"],
            [0, -1, 4_294_967_296, 2 ** 53, -(2 ** 53), 1e300],
            ["out_of_range"],
          ],
          ["quantity", type, ["calculate", "order"], notWhole, wrong],
          ["quantity", type, ["calculate", "order"], noNumber, wrong],
          ["rentPeriodDays", type, ["calculate", "order"], [0, -30, 4_294_967_296], ["out_of_range"]],
          ["rentPeriodDays", type, ["calculate", "order"], notWhole, wrong],
          ["rentPeriodDays", type, ["calculate", "order"], noNumber, wrong],
          ["goal", type, ["calculate", "order"], noText, wrong],
          ["goal", type, ["calculate", "order"], blank, ["malformed"]],
          ["country", type, ["calculate", "order"], noText, wrong],
          [
            "country",
            type,
            ["calculate", "order"],
            ["usa", "Usa", "US", "USAA", "U1A", "ÜSA", "USA ", " USA", "ＵＳＡ", "U\u0000A"],
            ["malformed"],
          ],
          ["country", type, ["calculate", "order"], blank, ["malformed"]],
          ["promoCode", type, ["calculate", "order"], noText, wrong],
          ["authType", type, ["order"], noText, wrong],
          ["authType", type, ["order"], ["login", "Ip", "LOGIN ", "PASSWORD", "", "constructor"], ["not_allowed"]],
        ]),
    ),
    ["proxyType", "IPv4", ["calculate", "order"], noText, wrong],
    [
      "proxyType",
      "IPv4",
      ["calculate", "order"],
      ["ipv4", "IPV4", "IPv4 ", "MOBILE\n", "mobile", "IPv5", "", "__proto__"],
      ["not_allowed"],
    ],
    ["rotationTime", "MOBILE", ["calculate", "order"], [-1, 4_294_967_296], ["out_of_range"]],
    ["rotationTime", "MOBILE", ["calculate", "order"], notWhole, wrong],
    ["rotationTime", "MOBILE", ["calculate", "order"], noNumber, wrong],
    ["mobileOperator", "MOBILE", ["calculate", "order"], noText, wrong],
    ["mobileOperator", "MOBILE", ["calculate", "order"], blank, ["malformed"]],
    ["protocol", "IPv6", ["order"], noText, wrong],
    ["protocol", "IPv6", ["order"], ["http", "SOCKS5", "HTTPS", "HTTP ", ""], ["not_allowed"]],
  ];
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const [field, type, functions, values, expected] of table) {
    for (const endpoint of /** @type {("calculate" | "order")[]} */ (functions)) {
      for (const value of values) {
        checks.push([
          `${endpoint} ${type} ${field} ${show(value)}`,
          async () => {
            const issues = await issuesOf(test, endpoint, { ...minimal[endpoint][type], [field]: value });
            equal(
              issues.map(({ path }) => path),
              [[field]],
              "path of the one issue",
            );
            equal([issues[0].code], expected, "code");
          },
        ]);
      }
    }
  }
  const badAddresses = [
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.2.3.-4",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.4/24",
    "1.2.3.4:80",
    "[::1]",
    ":::",
    "1::2::3",
    "12345::",
    "g::1",
    "localhost",
    "example.com",
    "٣.1.1.1",
    "1.2.3.4\n",
  ];
  /** @type {[unknown[], string[]][]} */
  const addresses = [
    [badAddresses, ["malformed"]],
    [blank, ["malformed"]],
    [noText, wrong],
    [[undefined, null], ["required"]],
  ];
  for (const [values, expected] of addresses) {
    for (const authIp of values) {
      for (const type of proxyTypes) {
        checks.push([
          `order ${type} authIp ${show(authIp)}`,
          async () => {
            const issues = await issuesOf(test, "order", { ...minimal.order[type], authType: "IP", authIp });
            equal(
              issues.map(({ path }) => path),
              [["authIp"]],
              "path of the one issue",
            );
            equal([issues[0].code], expected, "code");
          },
        ]);
      }
    }
  }
  await all(checks);
}

/** @param {Test} test */
export async function messagesNameWhatIsAllowed(test) {
  /** @type {[string, Fields, RegExp][]} */
  const table = [
    ["proxyType", { proxyType: "IPv5" }, /IPv4.*IPv6.*MOBILE.*ISP/],
    ["protocol", { protocol: "FTP" }, /HTTP.*SOCKS/],
    ["authType", { authType: "KEY" }, /LOGIN.*IP/],
    ["country", { country: "us" }, /^Country must be a code of three capital letters, such as USA\.$/],
    ["quantity", { quantity: 0 }, /^Quantity must be a whole number, 1 or more\.$/],
    ["too large a quantity", { quantity: 2 ** 32 }, /^Quantity must be at most 4294967295\.$/],
    ["rentPeriodDays", { rentPeriodDays: 0 }, /^Rental period must be a whole number of days, 1 or more\.$/],
    ["too long a rental period", { rentPeriodDays: 2 ** 32 }, /^Rental period must be at most 4294967295\.$/],
    ["goal", { goal: "x".repeat(10_001) }, /10[ ,.\u00a0\u202f’']?000/],
    ["authIp", { authType: "IP", authIp: "x" }, /IPv4.*IPv6/],
  ];
  await all(
    table.map(([field, change, pattern]) => [
      field,
      async () => {
        const [issue] = await issuesOf(test, "order", { ...minimal.order.IPv6, ...change });
        assert(pattern.test(issue.message), `does not say what is allowed: ${show(issue)}`);
      },
    ]),
  );
}

/** @param {Test} test */
export async function everyProblemIsReportedAtOnce(test) {
  equal(
    summaryOf(await issuesOf(test, "calculate", {})),
    ["country:required", "goal:required", "proxyType:required", "quantity:required", "rentPeriodDays:required"],
    "an empty calculation",
  );
  equal(
    summaryOf(await issuesOf(test, "order", {})),
    [
      "authType:required",
      "country:required",
      "goal:required",
      "proxyType:required",
      "quantity:required",
      "rentPeriodDays:required",
    ],
    "an empty order",
  );
  equal(
    summaryOf(
      await issuesOf(test, "order", {
        proxyType: "MOBILE",
        quantity: 0,
        rentPeriodDays: "30",
        goal: 5,
        country: "us",
        promoCode: 7,
        rotationTime: -1,
        mobileOperator: [],
        authType: "IP",
        authIp: "x",
        promocode: "X",
      }),
    ),
    [
      "authIp:malformed",
      "country:malformed",
      "goal:wrong_type",
      "mobileOperator:wrong_type",
      "promoCode:wrong_type",
      "promocode:unknown_field",
      "quantity:out_of_range",
      "rentPeriodDays:wrong_type",
      "rotationTime:out_of_range",
    ],
    "all fields wrong",
  );
  for (const endpoint of endpoints) {
    for (const type of proxyTypes) {
      for (const field of Object.keys(minimal[endpoint][type])) {
        const issues = await issuesOf(test, endpoint, without(minimal[endpoint][type], field));
        equal(summaryOf(issues), [`${field}:required`], `${endpoint} ${type} without ${field}`);
      }
    }
  }
}

/** @param {Test} test */
export async function nullAndUndefinedAreAbsent(test) {
  for (const absent of [null, undefined]) {
    for (const endpoint of endpoints) {
      for (const type of proxyTypes) {
        const request = minimal[endpoint][type];
        for (const field of Object.keys(request)) {
          const issues = await issuesOf(test, endpoint, { ...request, [field]: absent });
          equal(summaryOf(issues), [`${field}:required`], `${endpoint} ${type} ${field}: ${absent}`);
        }
        const full = {
          rotationTime: absent,
          mobileOperator: absent,
          protocol: absent,
          authIp: absent,
          promoCode: absent,
          ...request,
        };
        equal(await sent(test, endpoint, full), request, `${endpoint} ${type} with absent fields`);
      }
    }
  }
}

/** @param {Test} test */
export async function aBlankPromoCodeIsNone(test) {
  for (const endpoint of endpoints) {
    for (const promoCode of [undefined, null, "", " ", "\t\r\n ", "\u00a0", "\u3000", "\u200b", "\u2060\u00ad\u3164"]) {
      const body = await sent(test, endpoint, { ...minimal[endpoint].IPv4, promoCode });
      assert(!("promoCode" in body), `${endpoint} with promoCode ${show(promoCode)} sends ${show(body)}`);
    }
  }
}

/** @param {Test} test */
export async function fieldsThatDoNotApplyAreIgnored(test) {
  const bad = [undefined, null, -1, NaN, "", "x", {}, Symbol("x"), 1n, "\ud800", "x".repeat(20_000)];
  /** @type {Record<string, string[]>} */
  const foreign = {
    IPv4: ["rotationTime", "mobileOperator", "protocol", "authIp"],
    IPv6: ["rotationTime", "mobileOperator", "authIp"],
    MOBILE: ["protocol", "authIp"],
    ISP: ["rotationTime", "mobileOperator", "protocol", "authIp"],
  };
  for (const value of bad) {
    for (const endpoint of endpoints) {
      for (const type of proxyTypes) {
        const fields = endpoint === "order" ? foreign[type] : [...foreign[type], "protocol", "authType", "authIp"];
        const request = { ...minimal[endpoint][type], ...Object.fromEntries(fields.map((field) => [field, value])) };
        equal(
          await sent(test, endpoint, request),
          minimal[endpoint][type],
          `${endpoint} ${type} with others' ${show(value)}`,
        );
      }
    }
  }
}

/** @param {Test} test */
export async function anOrderCanBeGivenToCalculate(test) {
  for (const type of proxyTypes) {
    const order = { ...minimal.order[type], authType: "IP", authIp: "203.0.113.7", protocol: "HTTP", promoCode: "X" };
    equal(await sent(test, "calculate", order), { ...minimal.calculate[type], promoCode: "X" }, type);
  }
}

/** @param {Test} test */
export async function dependentFieldsAreValidatedOnceTheirTypeIsKnown(test) {
  const bad = { rotationTime: "x", mobileOperator: 5, protocol: "x", authIp: "x" };
  for (const proxyType of [undefined, null, 5, "ipv4", "mobile"]) {
    const request = { ...minimal.order.MOBILE, ...bad, proxyType };
    const paths = (await issuesOf(test, "order", request)).map(({ path }) => path[0]);
    equal(paths, ["proxyType"], `order with proxyType ${show(proxyType)}`);
    const both = (await issuesOf(test, "order", { ...request, authType: "IP" })).map(({ path }) => path[0]).sort();
    equal(both, ["authIp", "proxyType"], `order by address with proxyType ${show(proxyType)}`);
    const quote = (await issuesOf(test, "calculate", { ...minimal.calculate.MOBILE, ...bad, proxyType })).map(
      ({ path }) => path[0],
    );
    equal(quote, ["proxyType"], `calculate with proxyType ${show(proxyType)}`);
  }
  for (const authType of [undefined, null, 5, "login", "ip"]) {
    for (const type of proxyTypes) {
      const paths = (await issuesOf(test, "order", { ...minimal.order[type], authIp: "x", authType })).map(
        ({ path }) => path[0],
      );
      equal(paths, ["authType"], `${type} with authType ${show(authType)}`);
    }
  }
  const paths = (await issuesOf(test, "order", { proxyType: "x", authType: "y", ...bad, zzz: 1 }))
    .map(({ path }) => path[0])
    .sort();
  equal(paths, ["authType", "country", "goal", "proxyType", "quantity", "rentPeriodDays", "zzz"], "both invalid");
}

/** @param {Test} test */
export async function anUnknownFieldSuggestsTheMostSimilarName(test) {
  const typos = {
    promocode: "promoCode",
    promo_code: "promoCode",
    promoCod: "promoCode",
    PromoCode: "promoCode",
    promocde: "promoCode",
    Quantity: "quantity",
    qantity: "quantity",
    rentPeriodDay: "rentPeriodDays",
    rent_period_days: "rentPeriodDays",
    Goal: "goal",
    county: "country",
    Country: "country",
    proxytype: "proxyType",
    rotationtime: "rotationTime",
    mobileoperator: "mobileOperator",
    protocl: "protocol",
    authtype: "authType",
    authIP: "authIp",
  };
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const endpoint of endpoints) {
    for (const [typo, field] of Object.entries(typos)) {
      checks.push([
        `${endpoint} ${typo}`,
        async () => {
          const issues = await issuesOf(test, endpoint, { ...minimal[endpoint].MOBILE, [typo]: "X" });
          equal(summaryOf(issues), [`${typo}:unknown_field`], "issues");
          assert(issues[0].message.includes(field), `does not name ${field}: ${show(issues[0].message)}`);
        },
      ]);
    }
    for (const unlike of ["zzzzzzzz", "", "0", "constructor", "toString", "名", "x".repeat(2000)]) {
      checks.push([
        `${endpoint} ${show(unlike)}`,
        async () => {
          const issues = await issuesOf(test, endpoint, { ...minimal[endpoint].IPv4, [unlike]: 1 });
          equal(summaryOf(issues), [`${unlike}:unknown_field`], "issues");
        },
      ]);
    }
    checks.push([
      `${endpoint} own __proto__`,
      async () => {
        const request = { ...minimal[endpoint].IPv4 };
        Object.defineProperty(request, "__proto__", { value: 1, enumerable: true });
        equal(summaryOf(await issuesOf(test, endpoint, request)), ["__proto__:unknown_field"], "issues");
      },
    ]);
    checks.push([
      `${endpoint} several`,
      async () => {
        const issues = await issuesOf(test, endpoint, { ...minimal[endpoint].IPv4, promocode: 1, foo: 2, bar: 3 });
        equal(summaryOf(issues), ["bar:unknown_field", "foo:unknown_field", "promocode:unknown_field"], "issues");
      },
    ]);
  }
  await all(checks);
}

/** @param {Test} test */
export async function onlyOwnEnumerableTextKeysAreUnknown(test) {
  for (const endpoint of endpoints) {
    const request = Object.assign(Object.create({ inherited: 1 }), minimal[endpoint].IPv4, { [Symbol("mine")]: 1 });
    Object.defineProperty(request, "hidden", { value: 1, enumerable: false });
    equal(await sent(test, endpoint, request), minimal[endpoint].IPv4, endpoint);
  }
}

/** @param {Test} test */
export async function textIsMeasuredInUtf16Units(test) {
  /** @type {[string, Fields][]} */
  const texts = [
    ["goal", {}],
    ["promoCode", {}],
    ["mobileOperator", {}],
    ["country", {}],
    ["authIp", { authType: "IP", authIp: "::1" }],
  ];
  const broken = ["\ud800", "a\ud800b", "\udc00", "\udc00\ud800", "x\ud83d", "\ud83d\ud83d\ude00"];
  /** @type {[string, () => unknown][]} */
  const checks = [];
  for (const [field, more] of texts) {
    const request = { ...minimal.order.MOBILE, ...more };
    for (const long of ["x".repeat(10_001), "😀".repeat(5001), "é".repeat(10_001), "x".repeat(10_000_000)]) {
      checks.push([
        `${field} of ${long.length}`,
        async () => {
          equal(
            summaryOf(await issuesOf(test, "order", { ...request, [field]: long })),
            [`${field}:out_of_range`],
            "issues",
          );
        },
      ]);
    }
    for (const text of broken) {
      checks.push([
        `${field} ${escape(text)}`,
        async () => {
          equal(
            summaryOf(await issuesOf(test, "order", { ...request, [field]: text })),
            [`${field}:malformed`],
            "issues",
          );
        },
      ]);
    }
  }
  await all(checks);
}

/** @param {Test} test */
export async function aRequestThatIsNotAnObjectIsOneIssue(test) {
  const values = [undefined, null, 5, NaN, "", "IPv4", '{"proxyType":"IPv4"}', true, false, 1n, Symbol("x")];
  for (const endpoint of endpoints) {
    for (const value of values) {
      const issues = await issuesOf(test, endpoint, value);
      equal(
        issues.map(({ path }) => path),
        [[]],
        `${endpoint} ${show(value)}`,
      );
      equal(issues[0].code, "wrong_type", show(value));
    }
    await issuesOf(test, endpoint, []);
    await issuesOf(test, endpoint, [minimal[endpoint].IPv4]);
    await issuesOf(test, endpoint, () => minimal[endpoint].IPv4);
  }
}

/** @param {Test} test */
export async function theValueOfAValidationIsAFreshPlainObject({ pkg }) {
  for (const endpoint of endpoints) {
    const request = { ...minimal[endpoint].MOBILE, promoCode: null, protocol: "x" };
    const first = pkg[names[endpoint]](request);
    const second = pkg[names[endpoint]](request);
    equal(first.value, minimal[endpoint].MOBILE, endpoint);
    assert(first.value !== request && first.value !== second.value, "fresh");
    equal(Object.getPrototypeOf(first.value) === Object.prototype, true, "plain");
    for (const field of Object.values(Object.getOwnPropertyDescriptors(first.value))) {
      assert(field.writable && field.enumerable && field.configurable, "fields of a plain object");
    }
  }
}

/** @param {Test} test */
export async function valuesAreReadOnceAndNeverChanged(test) {
  for (const endpoint of endpoints) {
    for (const type of proxyTypes) {
      const request = Object.freeze({ ...minimal[endpoint][type], promoCode: "X" });
      /** @type {Map<PropertyKey, number>} */
      const reads = new Map();
      const changes = /** @type {string[]} */ ([]);
      const watched = new Proxy(
        { ...request },
        {
          get(target, key, receiver) {
            reads.set(key, (reads.get(key) ?? 0) + 1);
            return Reflect.get(target, key, receiver);
          },
          set: (_, key) => Boolean(changes.push(`set ${String(key)}`)),
          defineProperty: (_, key) => Boolean(changes.push(`define ${String(key)}`)),
          deleteProperty: (_, key) => Boolean(changes.push(`delete ${String(key)}`)),
          setPrototypeOf: () => Boolean(changes.push("prototype")),
          preventExtensions: () => Boolean(changes.push("prevent")),
        },
      );
      const api = stub(respondWith(responses[endpoint]));
      await test.pkg[endpoint](watched, stubbed(api.fetch));
      for (const key of Object.keys(request)) equal(reads.get(key), 1, `${endpoint} ${type} reads of ${key}`);
      for (const [key, count] of reads) assert(count === 1, `${endpoint} ${type} reads ${String(key)} ${count} times`);
      equal(changes, [], `${endpoint} ${type} changes`);
      equal(await sent(test, endpoint, request), request, `${endpoint} ${type} frozen`);
    }
    let price = 0;
    const changing = {
      ...minimal[endpoint].IPv4,
      get quantity() {
        return (price += 1);
      },
    };
    const api = stub(respondWith(responses[endpoint]));
    await test.pkg[endpoint](changing, stubbed(api.fetch));
    equal(api.requests[0].json.quantity, 1, "the first value is the one sent");
  }
}

/** @param {Test} test */
export async function aGetterThatThrowsIsAnIssueOfItsField(test) {
  for (const endpoint of endpoints) {
    for (const field of Object.keys(minimal[endpoint].MOBILE)) {
      const request = { ...minimal[endpoint].MOBILE };
      Object.defineProperty(request, field, {
        enumerable: true,
        get() {
          throw new Error("no");
        },
      });
      const issues = await issuesOf(test, endpoint, request);
      equal(
        issues.map(({ path }) => path),
        [[field]],
        `${endpoint} ${field}`,
      );
    }
  }
}

/** @param {Test} test */
export async function classInstancesAreAccepted(test) {
  class Form {
    quantity = 1;
    rentPeriodDays = 30;
    goal = "scraping";
    get proxyType() {
      return "IPv4";
    }
    get country() {
      return "USA";
    }
  }
  equal(await sent(test, "calculate", new Form()), minimal.calculate.IPv4, "an instance with accessors");
  equal(
    await sent(test, "calculate", Object.assign(Object.create(null), minimal.calculate.IPv4)),
    minimal.calculate.IPv4,
    "no prototype",
  );
}

/** @param {Test} test */
export async function theSchemasAreStandardSchemas({ pkg }) {
  for (const endpoint of endpoints) {
    const standard = pkg[schemas[endpoint]]["~standard"];
    equal(JSON.parse(JSON.stringify(standard)), { version: 1, vendor: "proxy-orders" }, "the schema's own data");
    const { validate } = standard;
    const good = validate(minimal[endpoint].IPv4);
    equal(good.issues, undefined, "issues of a good value");
    equal(good.value, minimal[endpoint].IPv4, "value");
    const bad = validate({ ...minimal[endpoint].IPv4, quantity: 0 });
    assert(!(bad instanceof Promise), "answers synchronously once loaded");
    equal(bad.issues.length, 1, "issues");
    equal(bad.issues[0].path, ["quantity"], "path");
    assert(typeof bad.issues[0].message === "string", "message");
  }
}

const validatorOf = /** @type {const} */ ({ calculate: "validateCalculate", order: "validateOrder" });

/** @param {Test} test */
export async function aListIsNotARequest({ pkg }) {
  for (const endpoint of endpoints) {
    for (const list of [
      [],
      [minimal[endpoint].IPv4],
      Object.assign([], minimal[endpoint].IPv4),
      Object.assign(new Uint8Array(0), minimal[endpoint].IPv4),
    ]) {
      const { issues } = pkg[validatorOf[endpoint]](list);
      equal(issues && summaryOf(issues), [":wrong_type"], `${endpoint} of a list`);
    }
  }
}

/** @param {Test} test */
export async function aPromoCodeGetterThatThrowsIsAnIssue({ pkg }) {
  for (const endpoint of endpoints) {
    const request = Object.defineProperty({ ...minimal[endpoint].MOBILE }, "promoCode", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    const { issues } = pkg[validatorOf[endpoint]](request);
    equal(issues && summaryOf(issues), ["promoCode:wrong_type"], `${endpoint} with a promo code that throws`);
  }
}
