// Has the core judge what was read, and makes issues of its verdict.

import { describe, describeUnknown, judgeOptions, judgeRequest } from "../../target/bindgen/core.js";

import { OPTION_NAMES, REQUEST_NAMES } from "./names.js";
import { accept } from "./options.js";
import { pack } from "./read.js";

/** @import { Given } from "./options.js" */
/** @import { Read } from "./read.js" */

const LONGEST_NAME = 100;

/**
 * The fields of a request that are sent, one bit for each, and every issue.
 * @param {boolean} order
 * @param {Read} asked
 * @returns {[number, any[]]}
 */
export function checkRequest(order, asked) {
  const { numbers, texts } = pack(asked.values);
  const verdict = judgeRequest(order, numbers, texts);
  return [verdict, issuesOf(false, verdict, asked, REQUEST_NAMES)];
}

/**
 * Every issue of the options.
 * @param {boolean} order
 * @param {Given} given
 */
export function checkOptions(order, given) {
  if (given.accepted > Number(order)) return NONE;
  const { numbers, texts } = pack(given.judged);
  const verdict = judgeOptions(order, numbers, texts);
  const issues = issuesOf(true, verdict, given, OPTION_NAMES);
  if (!issues.length) accept(given, order);
  return issues;
}

/** @type {any[]} */
const NONE = [];
/** What the core says about each fault, once asked. @type {Map<number, string>} */
const described = new Map();

/**
 * The issues that a verdict means: below zero it has three bits for the fault of each value.
 * @param {boolean} options
 * @param {number} verdict
 * @param {Read} read
 * @param {string[]} names
 */
function issuesOf(options, verdict, { values, unknown }, names) {
  if (verdict >= 0 && values.length && !unknown.length) return NONE;
  const issues = [];
  if (!values.length) verdict = -1;
  for (let place = 0, rest = -verdict; rest > 0; place++, rest = Math.floor(rest / 8)) {
    const fault = rest % 8;
    if (fault === 0) continue;
    const subject = values.length ? place : names.length;
    const number = (subject * 8 + fault) * 2 + Number(options);
    let words = described.get(number);
    if (!words) described.set(number, (words = describe(options, subject, fault)));
    const end = words.indexOf(" ");
    issues.push({
      path: values.length ? [names[place]] : [],
      code: words.slice(0, end),
      message: words.slice(end + 1),
    });
  }
  for (const name of unknown) {
    const message = describeUnknown(options, name.slice(0, LONGEST_NAME));
    issues.push({ path: [name], code: "unknown_field", message });
  }
  return issues;
}

/**
 * A fresh object of the values whose bits are set.
 * @param {Read} asked
 * @param {number} fields
 */
export function pick({ values }, fields) {
  /** @type {Record<string, unknown>} */
  const picked = {};
  for (let place = 0; place < REQUEST_NAMES.length; place++) {
    if ((fields >> place) & 1) picked[REQUEST_NAMES[place]] = values[place];
  }
  return picked;
}
