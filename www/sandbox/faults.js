// Failures on demand: what the header `x-sandbox-fault` can ask for.

/**
 * What a fault is made of.
 * @typedef {object} Exchange
 * @property {import("node:http").ServerResponse} res
 * @property {Map<string, string>} parameters
 * @property {() => string} reply processes the request, and gives the JSON text that would have been sent
 * @property {() => object} refusal a documented failure of the function that was called; processes nothing
 * @property {(status: number, body: string | Buffer, headers?: Record<string, string | number>) => void} send
 */

const PAGE = "<!doctype html>\n<title>Maintenance</title>\n<h1>We will be back soon</h1>\n";
const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };

/**
 * Turns `%XX` into the byte XX, any byte, so that a fault can also answer what is no UTF-8.
 * @param {string} text
 */
function bytes(text) {
  const one = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(one, "latin1");
}

/**
 * @param {string} text
 * @param {Map<string, string>} parameters
 */
const beginning = (text, parameters) => text.slice(0, Number(parameters.get("bytes") ?? text.length / 2));

/**
 * @param {Exchange} exchange
 * @param {number} status
 * @param {string} text
 * @param {string} [retryAfter]
 */
function failure({ send, parameters }, status, text, retryAfter) {
  const wait = parameters.get("retry-after") ?? retryAfter;
  send(status, text, wait === undefined ? {} : { "retry-after": wait });
}

/** @type {Record<string, (exchange: Exchange) => void>} */
const FAULTS = {
  429: (exchange) => failure(exchange, 429, "Too Many Requests", "1"),
  500: (exchange) => failure(exchange, 500, "Internal Server Error"),
  503: (exchange) => failure(exchange, 503, "Service Unavailable"),
  html: ({ send }) => send(200, PAGE, HTML),
  "html-502": ({ send }) => send(502, PAGE, HTML),
  redirect: ({ send }) => send(307, "", { location: "?redirected" }),
  "refusal-400": ({ send, refusal }) => send(400, JSON.stringify(refusal()), JSON_TYPE),
  reply: ({ send, parameters }) => {
    const wait = parameters.get("retry-after");
    send(Number(parameters.get("status") ?? 200), bytes(parameters.get("body") ?? ""), {
      "content-type": parameters.get("type") ?? "application/json",
      ...(wait !== undefined && { "retry-after": wait }),
    });
  },
  "cut-before": ({ res }) => res.destroy(),

  "cut-after": ({ res, reply }) => {
    reply();
    res.destroy();
  },
  empty: ({ send, reply }) => {
    reply();
    send(200, "", JSON_TYPE);
  },
  truncated: ({ send, reply, parameters }) => send(200, beginning(reply(), parameters), JSON_TYPE),
  "wrong-shape": ({ send, reply }) => {
    reply();
    send(200, '{"success":true,"result":{"price":"1.31","orderNumber":112233}}', JSON_TYPE);
  },
  deep: ({ send, reply }) => {
    reply();
    send(200, "[".repeat(100_000) + "]".repeat(100_000), JSON_TYPE);
  },
  large: ({ send, reply }) => send(200, `${reply().slice(0, -1)},"extra":"${"x".repeat(10_000_000)}"}`, JSON_TYPE),
  slow: ({ res, send, reply, parameters }) => {
    const text = reply();
    const timer = setTimeout(() => send(200, text, JSON_TYPE), Number(parameters.get("ms") ?? 1000));
    res.on("close", () => clearTimeout(timer));
  },
  "cut-body": ({ res, reply, parameters }) => {
    const text = reply();
    res.writeHead(200, { ...JSON_TYPE, "content-length": text.length });
    res.write(beginning(text, parameters), () => res.destroy());
  },
  "stall-headers": ({ reply }) => {
    reply();
  },
  "stall-body": ({ res, reply, parameters }) => {
    const text = reply();
    res.writeHead(200, { ...JSON_TYPE, "content-length": text.length });
    res.write(beginning(text, parameters));
  },
};

/** Parameters of a fault, and what their values look like. */
const PARAMETERS = {
  on: /^(calculate|order)$/,
  times: /^\d+$/,
  id: /^/,
  processed: /^$/,
  "retry-after": /^/,
  status: /^[2-5]\d\d$/,
  body: /^/,
  type: /^./,
  bytes: /^\d+$/,
  ms: /^\d{1,6}$/,
};

/**
 * Reads `name; parameter=value; …`.
 * @param {string} header
 * @returns {{ problem: string } | { name: string, run: (exchange: Exchange) => void, parameters: Map<string, string> }}
 */
export function parseFault(header) {
  const [name = "", ...rest] = header.split(";").map((part) => part.trim());
  const run = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
  if (!run) return { problem: `Unknown fault. There are: ${Object.keys(FAULTS).join(", ")}\n` };
  const parameters = new Map();
  for (const part of rest) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/.exec(part) ?? [];
    const form = Object.hasOwn(PARAMETERS, key) ? PARAMETERS[/** @type {keyof typeof PARAMETERS} */ (key)] : undefined;
    if (!form?.test(value)) return { problem: `Unknown parameter of a fault, or a wrong value: ${part}\n` };
    parameters.set(key, value);
  }
  return { name, run, parameters };
}
