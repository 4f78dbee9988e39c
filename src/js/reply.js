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
  const listed = Array.isArray(warnings);
  const values = [];
  for (const name of REPLY_NAMES) values.push(reply[name]);
  if (listed) values[WARNINGS] = USABLE;
  if (typeof error === "object" && error !== null) values[ERROR] = USABLE;
  values.push(error?.code, error?.message);
  if (!listed) return values;
  const seen = new Set();
  for (const warning of warnings) {
    const code = warning?.code;
    const message = warning?.message;
    const kind = `${typeof code} ${Number.isFinite(code)} ${typeof message}`;
    if (!seen.has(kind)) values.push(code, message);
    seen.add(kind);
  }
  return values;
}

const WARNINGS = REPLY_NAMES.indexOf("warnings");
const ERROR = REPLY_NAMES.indexOf("error");
const CALCULATE_ONLY = ["price", "discount", "warnings"];
/** The names of a documented reply, to a calculation and to an order. */
const DOCUMENTED = [
  REPLY_NAMES.filter((name) => name !== "orderNumber"),
  REPLY_NAMES.filter((name) => !CALCULATE_ONLY.includes(name)),
];
/** An object of them, to be filled in. */
const BLANK = DOCUMENTED.map((names) => Object.fromEntries(names.map((name) => [name, null])));

/**
 * The documented fields of a reply.
 * @param {boolean} order
 * @param {any} reply
 * @param {number} has 2 with a balance, and 4 with a currency, of their type
 */
export function copy(order, reply, has) {
  const { success } = reply;
  /** @type {Record<string, unknown>} */
  const fields = { ...BLANK[Number(order)] };
  if (success) {
    for (const name of DOCUMENTED[Number(order)]) fields[name] = reply[name] ?? null;
    if (fields.warnings) fields.warnings = reply.warnings.length ? reply.warnings.map(fault) : null;
  } else {
    fields.success = false;
    if (has & 2) fields.balance = reply.balance;
    if (has & 4) fields.currency = reply.currency;
    fields.error = fault(reply.error);
  }
  return fields;
}

/** @param {{ code: number, message: string }} fault */
function fault({ code, message }) {
  return { code, message };
}
