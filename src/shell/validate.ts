// Checks requests, and makes the issues that are about names.

import {
  issueOf,
  unknownName,
  validate as validateValues,
  type Endpoint,
  type Issue,
  type IssueCode,
} from "../../target/bindgen/core.js";
import { CallError } from "./error.js";
import { requireLoaded, useCore } from "./load.js";
import type { Redactor } from "./redact.js";
import { pick, REQUEST_FIELDS, type RequestDraft } from "./wire.js";

/** The fields to send, or every issue. */
export type Validated = { value: object; issues?: undefined } | { issues: Issue[] };

/** Validates a request outside a call. */
export function validate(endpoint: Endpoint, draft: RequestDraft | undefined): Validated {
  requireLoaded();
  try {
    return useCore(() => validateDraft(endpoint, draft));
  } catch (cause) {
    throw new CallError({ code: "not_loaded", cause });
  }
}

/** Validates a request that was already read. */
export function validateDraft(endpoint: Endpoint, draft: RequestDraft | undefined, redactor?: Redactor): Validated {
  if (!draft) return { issues: [notAnObject("request")] };
  const { encoded, unknownNames, values } = draft;
  const { numbers, texts } = encoded;
  const result = validateValues(endpoint, numbers, texts);
  const isValid = typeof result === "number";
  if (isValid && unknownNames.length === 0) return { value: pick(values, result) };
  const unknown = unknownNameIssues("field", unknownNames, REQUEST_FIELDS, redactor);
  return { issues: isValid ? unknown : [...Array.from(result, issue), ...unknown] };
}

/** The field, code and message of each violation that was found before: reading them again would take as long as the rest. */
const described: [string, IssueCode, string][] = [];

/** The issue of a violation. */
function issue(violation: number): Issue {
  const [field, code, message] = (described[violation] ??= describe(violation));
  return { path: [field], code, message };
}

const describe = (violation: number) => (issueOf(violation) ?? "").split("\t") as [string, IssueCode, string];

/** The issue of a value that is not an object. */
export function notAnObject(subject: "request" | "options"): Issue {
  return { path: [], code: "wrong_type", message: `The ${subject} must be an object.` };
}

/** The longest name that a sentence shows in full. */
const MAX_NAME = 100;

/** The issues of unknown fields or options. */
export function unknownNameIssues(
  kind: "field" | "option",
  unknown: readonly string[],
  known: readonly string[],
  redactor?: Redactor,
): Issue[] {
  return unknown.map((name) => {
    const shown = redactor ? redactor.text(name) : name;
    return {
      path: [shown],
      code: "unknown_field",
      message: unknownName(kind, shown.slice(0, MAX_NAME), known.join(" ")),
    };
  });
}
