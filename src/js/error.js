// The error that every rejected call is rejected with.

/** @type {Record<string, string>} */
const MESSAGES = {
  invalid_request: "The request is not valid.",
  invalid_options: "The options are not valid.",
  not_loaded: "The WebAssembly is not loaded: await init() first, and see the cause.",
  aborted: "The call was aborted.",
  timeout: "The call took longer than timeoutMs.",
  network: "No reply came, or it could not be read.",
  http: "The server answered with HTTP status",
  invalid_response: "The server's answer is no documented reply.",
  refused: "The order was not sent:",
  duplicate_order: "An identical order is under way.",
};

/**
 * What the message says beyond its code.
 * @param {string} code
 * @param {any} details
 * @returns {string[]}
 */
function words(code, { issues, status, quote }) {
  if (code === "http") return [`${status}.`];
  if (code !== "refused") return (issues ?? []).map((/** @type {any} */ issue) => issue.message);
  const faults = quote.error ? [quote.error] : quote.warnings;
  if (!faults) return ["its price is above maxPrice, or its promo code is not valid."];
  return [`${faults.map((/** @type {any} */ fault) => fault.message).join(", ")}.`];
}

/** @param {unknown} code */
export function isCode(code) {
  return typeof code === "string" && Object.hasOwn(MESSAGES, code);
}

export class ProxyOrdersError extends Error {
  /** @param {{ code: string, [detail: string]: any }} details */
  constructor({ code, cause, ...details }) {
    super([MESSAGES[code], ...words(code, details)].join(" "), cause === undefined ? undefined : { cause });
    this.name = "ProxyOrdersError";
    this.code = code;
    for (const [name, detail] of Object.entries(details)) {
      if (detail !== undefined) /** @type {any} */ (this)[name] = detail;
    }
  }
}

/** @param {unknown} value */
export function isProxyOrdersError(value) {
  try {
    return typeof value === "object" && /** @type {any} */ (value)?.name === "ProxyOrdersError";
  } catch {
    return false;
  }
}
