// What the peers that validate share: messages, unknown fields, and the exchange with the API.

export const types = ["IPv4", "IPv6", "MOBILE", "ISP"];
export const maxInteger = 4294967295;

export const messages = {
  request: "The request must be an object.",
  proxyType: "The proxy type must be IPv4, IPv6, MOBILE or ISP.",
  quantity: `The quantity must be a whole number from 1 to ${maxInteger}.`,
  rentPeriodDays: `The rent period must be a whole number of days from 1 to ${maxInteger}.`,
  goal: "The goal must be text that is not blank, of at most 10000 characters.",
  country: "The country must be three capital letters, such as USA.",
  promoCode: "The promo code must be text of at most 10000 characters.",
  rotationTime: `The rotation time must be a whole number from 0 to ${maxInteger}.`,
  mobileOperator: "The mobile operator must be text that is not blank, of at most 10000 characters.",
  protocol: "The protocol must be HTTP or SOCKS.",
  authType: "The authorization type must be LOGIN or IP.",
  authIp: "The authorization address must be an IPv4 or IPv6 address.",
};

const known = new Set(Object.keys(messages).slice(1));

/**
 * An issue for every unknown field, which names the known field that it resembles.
 *
 * @param {object} value
 */
export function unknownFields(value) {
  /** @type {{ path: string[], message: string }[]} */
  const issues = [];
  for (const field of Object.keys(value)) {
    if (!known.has(field)) {
      const letters = field.toLowerCase().replace(/[^a-z]/g, "");
      const similar = [...known].find((name) => name.toLowerCase() === letters);
      issues.push({
        path: [field],
        message: `There is no field ${field}.` + (similar ? ` Did you mean ${similar}?` : ""),
      });
    }
  }
  return issues;
}

const auths = ["LOGIN", "IP"];

/**
 * A validator made of a library's schemas, one for each field. A discriminated union would report only a bad
 * discriminator; one object schema for each proxy type and authorization type, cached when first needed, reports every issue.
 *
 * @template S
 * @param {Record<string, S>} fields
 * @param {(shape: Record<string, S>) => any} object
 * @param {(schema: any, value: object) => { value?: any, issues?: { path: any[], message: string }[] }} parse
 * @param {boolean} isOrder
 */
export function validator(fields, object, parse, isOrder) {
  /** @type {any[]} */
  const schemas = [];
  const make = (/** @type {string} */ proxyType, /** @type {string} */ authType) => {
    const { rotationTime, mobileOperator, protocol, authType: auth, authIp, ...shape } = fields;
    if (proxyType === "MOBILE") Object.assign(shape, { rotationTime, mobileOperator });
    if (isOrder && proxyType === "IPv6") Object.assign(shape, { protocol });
    if (isOrder) Object.assign(shape, { authType: auth });
    if (isOrder && authType === "IP") Object.assign(shape, { authIp });
    return object(shape);
  };
  return (/** @type {any} */ input) => {
    if (typeof input !== "object" || input === null) return { issues: [{ path: [], message: messages.request }] };
    const { proxyType, authType } = input;
    const index = types.indexOf(proxyType) * 3 + auths.indexOf(authType) + 4;
    const { value, issues } = parse((schemas[index] ??= make(proxyType, authType)), input);
    const unknown = unknownFields(input);
    if (issues || unknown.length) return { issues: issues ? unknown.concat(issues) : unknown };
    if ("promoCode" in value && !value.promoCode?.trim()) delete value.promoCode;
    return { value };
  };
}

class CallError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {object} [details]
   */
  constructor(code, message, details) {
    super(message);
    this.name = "CallError";
    this.code = code;
    Object.assign(this, details);
  }
}

/**
 * Makes `calculate` and `order` from two validators and two decoders. A decoder returns `undefined` or throws if a body is not
 * a documented response.
 *
 * @param {(value: unknown) => any} validateCalculate
 * @param {(value: unknown) => any} validateOrder
 * @param {(body: unknown) => any} decodeQuote
 * @param {(body: unknown) => any} decodeReceipt
 */
export function client(validateCalculate, validateOrder, decodeQuote, decodeReceipt) {
  return {
    /** @type {(request: unknown, options: any) => Promise<any>} */
    calculate: (request, options) => call(validateCalculate(request), "calculate/order", options, decodeQuote),
    /** @type {(request: unknown, options: any) => Promise<any>} */
    order: (request, options) => call(validateOrder(request), "order", options, decodeReceipt),
  };
}

async function call(
  /** @type {any} */ { value, issues },
  /** @type {string} */ path,
  /** @type {any} */ { baseUrl, apiKey, signal },
  /** @type {(body: unknown) => any} */ decode,
) {
  if (issues) throw new CallError("invalid_request", "The request is not valid.", { issues });
  if (!apiKey || apiKey === "." || apiKey === "..") throw new CallError("invalid_options", "The API key is not valid.");
  let status;
  let body;
  try {
    const response = await fetch(`${baseUrl}/client/api/v1/${encodeURIComponent(apiKey)}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      redirect: "error",
      body: JSON.stringify(value),
      signal,
    });
    status = response.status;
    body = await response.text();
  } catch (cause) {
    throw signal?.aborted
      ? new CallError("aborted", "The call was aborted.", { cause: signal.reason })
      : new CallError("network", "The server could not be reached.", { cause });
  }
  const isSuccess = status > 199 && status < 300;
  let decoded;
  try {
    decoded = decode(JSON.parse(body));
  } catch {
    // Neither JSON nor a documented response: reported below.
  }
  // Only a 2xx response answers an order.
  if (decoded && (isSuccess || path !== "order")) return decoded;
  throw isSuccess
    ? new CallError("invalid_response", "The response is not a documented one.", { status, body })
    : new CallError("http", `The server responded with status ${status}.`, { status, body });
}
