// How values cross the boundary. src/wasm/wire.rs reads what this file writes.

import type { CalculateResponse, Endpoint, OrderRequest, OrderResponse } from "../../target/bindgen/core.js";

/** The names of the properties of each member of a union. */
type NamesOf<T> = T extends unknown ? keyof T : never;
type Complete<Missing extends never> = Missing;

/** The fields of requests, in the order of `Field` in src/request.rs. */
export const REQUEST_FIELDS = [
  "proxyType",
  "quantity",
  "rentPeriodDays",
  "goal",
  "country",
  "promoCode",
  "rotationTime",
  "mobileOperator",
  "protocol",
  "authType",
  "authIp",
] as const satisfies readonly NamesOf<OrderRequest>[];
export type RequestFieldsAreComplete = Complete<Exclude<NamesOf<OrderRequest>, (typeof REQUEST_FIELDS)[number]>>;

/** The documented fields of the responses of each endpoint, in the order of src/response.rs. */
export const RESPONSE_FIELDS = {
  calculate: [
    "success",
    "proxyType",
    "balance",
    "price",
    "discount",
    "currency",
    "promoCodeStatus",
    "warnings",
    "error",
  ] as const satisfies readonly NamesOf<CalculateResponse>[],
  order: [
    "success",
    "proxyType",
    "orderNumber",
    "balance",
    "currency",
    "promoCodeStatus",
    "error",
  ] as const satisfies readonly NamesOf<OrderResponse>[],
};
export type ResponseFieldsAreComplete = Complete<
  | Exclude<NamesOf<CalculateResponse>, (typeof RESPONSE_FIELDS.calculate)[number]>
  | Exclude<NamesOf<OrderResponse>, (typeof RESPONSE_FIELDS.order)[number]>
>;

/** The kinds of values, with the numbers that they have in src/wasm/wire.rs. */
const Kind = {
  absent: 0,
  false: 1,
  true: 2,
  number: 3,
  text: 4,
  textTooLong: 5,
  invalidText: 6,
  list: 7,
  object: 8,
  other: 9,
} as const;
type Kind = (typeof Kind)[keyof typeof Kind];

/** A value that cannot be read. */
export const UNREADABLE = Symbol();

/** The values of some names of an object, and its other names. */
export interface Read {
  values: unknown[];
  unknownNames: string[];
}

const MAX_UNKNOWN_NAMES = 100;

/** Reads the values of `names`, each once; nothing if `source` is not an object. */
export function read(source: unknown, names: readonly string[]): Read | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  try {
    if (Array.isArray(source) || ArrayBuffer.isView(source) || source instanceof String) return undefined;
    const values = [];
    for (const name of names) {
      try {
        values.push((source as Record<string, unknown>)[name]);
      } catch {
        values.push(UNREADABLE);
      }
    }
    const unknownNames: string[] = [];
    for (const name of Object.keys(source)) {
      if (!names.includes(name) && unknownNames.push(name) === MAX_UNKNOWN_NAMES) break;
    }
    return { values, unknownNames };
  } catch {
    return undefined;
  }
}

/** Values as the core reads them. */
export interface Encoded {
  numbers: number[];
  texts: string;
}

/** A request, as the core validates it. */
export interface RequestDraft extends Read {
  encoded: Encoded;
}

/** Longer text does not cross the boundary: it is too long for every field. */
const MAX_REQUEST_TEXT = 2 ** 14;

/** Reads a request, each value once; nothing if `source` is not an object. */
export function readRequest(source: unknown): RequestDraft | undefined {
  const request = read(source, REQUEST_FIELDS);
  return request && { ...request, encoded: encode(request.values, MAX_REQUEST_TEXT) };
}

const ANY_SURROGATE = /[\ud800-\udfff]/;
/** A lone surrogate: half of a character. (`\p{Surrogate}` means the same, but costs the first call a millisecond.) */
export const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Encodes values. Of text longer than `maxText`, only the kind is encoded. */
function encode(values: readonly unknown[], maxText: number, mayBeInvalid = false): Encoded {
  const numbers = new Array<number>(2 * values.length);
  let index = 0;
  let texts = "";
  for (const value of values) {
    const kind = kindOf(value, maxText, mayBeInvalid);
    let number = 0;
    if (kind === Kind.number) number = value as number;
    else if (kind === Kind.text) {
      number = (value as string).length;
      texts += value as string;
    }
    numbers[index] = kind;
    numbers[index + 1] = number;
    index += 2;
  }
  // Lone surrogates are rare, so the texts are searched for them together.
  return !mayBeInvalid && ANY_SURROGATE.test(texts) ? encode(values, maxText, true) : { numbers, texts };
}

function kindOf(value: unknown, maxText: number, mayBeInvalid: boolean): Kind {
  switch (typeof value) {
    case "string":
      if (value.length > maxText) return Kind.textTooLong;
      return mayBeInvalid && LONE_SURROGATE.test(value) ? Kind.invalidText : Kind.text;
    case "number":
      return Kind.number;
    case "boolean":
      return value ? Kind.true : Kind.false;
    case "undefined":
      return Kind.absent;
    case "object":
      if (value === null) return Kind.absent;
      return isList(value) ? Kind.list : Kind.object;
    default:
      return Kind.other;
  }
}

function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** A fresh object of the values that the core has accepted, each as it was given. */
export function pick(values: readonly unknown[], accepted: number): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  let index = 0;
  for (const name of REQUEST_FIELDS) {
    if ((accepted >> index) & 1) picked[name] = values[index];
    index += 1;
  }
  return picked;
}

/** Longer text in a response does not affect what happens next. */
const MAX_RESPONSE_TEXT = 64;

/** How many warnings of a response are read. The rest is dropped. */
const MAX_WARNINGS = 100;

/** Encodes what the core recognizes a response by: its fields, then the code and message of its error and its warnings. */
export function encodeResponse(endpoint: Endpoint, response: unknown): Encoded {
  if (typeof response !== "object" || response === null) return encode([], 0);
  const fields = response as Record<string, unknown>;
  const values: unknown[] = [];
  for (const name of RESPONSE_FIELDS[endpoint]) values.push(fields[name]);
  const { error, warnings } = fields;
  for (const value of [error, ...(Array.isArray(warnings) ? (warnings as unknown[]).slice(0, MAX_WARNINGS) : [])]) {
    const { code, message } = apiErrorOf(value);
    values.push(code, message);
  }
  return encode(values, MAX_RESPONSE_TEXT);
}

/** The code and message of an error or a warning. */
function apiErrorOf(value: unknown): { code?: unknown; message?: unknown } {
  return value ?? {};
}

/** The documented response, with the fields that the core has found present; the others are `null`. */
export function pickResponse(endpoint: Endpoint, response: unknown, present: number): Record<string, unknown> {
  const fields = response as Record<string, unknown>;
  const picked: Record<string, unknown> = {};
  let index = 0;
  for (const name of RESPONSE_FIELDS[endpoint]) {
    picked[name] = (present >> index) & 1 ? copy(fields[name]) : null;
    index += 1;
  }
  return picked;
}

/** Copies an error or a list of warnings without their undocumented fields. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_WARNINGS).map(copy);
  if (typeof value !== "object" || value === null) return value;
  const { code, message } = apiErrorOf(value);
  return { code, message };
}
