// A reply: what the core recognises it by, and what of it is handed on.

import { REPLY_NAMES } from "./names.js";
import { USABLE } from "./read.js";

/** @param {string} text */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The values by which a reply is recognised.
 * @param {any} reply
 */
export function outline(reply) {
  if (typeof reply !== "object" || reply === null) return [];
  const { error, warnings } = reply;
  const values = REPLY_NAMES.map((name) => {
    const value = reply[name];
    const wanted = name === "warnings" ? Array.isArray(value) : name === "error" && typeof value === "object";
    return wanted && value !== null ? USABLE : value;
  });
  values.push(error?.code, error?.message);
  const seen = new Set();
  for (const warning of Array.isArray(warnings) ? warnings : []) {
    const code = warning?.code;
    const message = warning?.message;
    const kind = `${typeof code} ${Number.isFinite(code)} ${typeof message}`;
    if (!seen.has(kind)) values.push(code, message);
    seen.add(kind);
  }
  return values;
}

const CALCULATE_ONLY = ["price", "discount", "warnings"];

/**
 * The documented fields of a reply.
 * @param {boolean} order
 * @param {any} reply
 * @param {number} has 2 with a balance, and 4 with a currency, of their type
 */
export function copy(order, reply, has) {
  const { success } = reply;
  /** @type {Record<string, unknown>} */
  const fields = {};
  for (const name of REPLY_NAMES) {
    if (order ? CALCULATE_ONLY.includes(name) : name === "orderNumber") continue;
    fields[name] = success ? (reply[name] ?? null) : null;
  }
  if (success) {
    if (reply.warnings) fields.warnings = reply.warnings.length ? reply.warnings.map(fault) : null;
  } else {
    fields.success = false;
    fields.balance = has & 2 ? reply.balance : null;
    fields.currency = has & 4 ? reply.currency : null;
    fields.error = fault(reply.error);
  }
  return fields;
}

/** @param {{ code: number, message: string }} fault */
function fault({ code, message }) {
  return { code, message };
}
