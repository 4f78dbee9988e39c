// How values cross the boundary: src/wasm/wire.rs reads what this file writes.

import type { CalculateResponse, OrderRequest, OrderResponse, ReplyFields } from "../../target/bindgen/core.js";

/** The names of an object, for each member of a union. */
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

type ReplyField = NamesOf<CalculateResponse> | NamesOf<OrderResponse>;

/** The fields of replies, in the order of `Field` in src/reply.rs. */
export const REPLY_FIELDS = [
  "success",
  "proxyType",
  "orderNumber",
  "balance",
  "price",
  "discount",
  "currency",
  "promoCodeStatus",
  "warnings",
  "error",
] as const satisfies readonly ReplyField[];
export type ReplyFieldsAreComplete = Complete<Exclude<ReplyField, (typeof REPLY_FIELDS)[number]>>;

/** The kinds of values, with the numbers that they have in src/wasm/wire.rs. */
const Kind = {
  absent: 0,
  false: 1,
  true: 2,
  number: 3,
  text: 4,
  longText: 5,
  brokenText: 6,
  list: 7,
  object: 8,
  other: 9,
} as const;
type Kind = (typeof Kind)[keyof typeof Kind];

/** Stands for a value that cannot be read. */
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

/** A request that was handed in, as it is checked. */
export interface Draft extends Read {
  encoded: Encoded;
}

/** Longer text is not handed over: it is too long for every field. */
const MAX_REQUEST_TEXT = 2 ** 14;

/** Reads a request, each value once; nothing if `source` is not an object. */
export function readRequest(source: unknown): Draft | undefined {
  const request = read(source, REQUEST_FIELDS);
  return request && { ...request, encoded: encode(request.values, MAX_REQUEST_TEXT) };
}

const ANY_SURROGATE = /[\ud800-\udfff]/;
/** Half a character. (`\p{Surrogate}` says the same, and costs the first call a millisecond.) */
export const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Encodes values; of text longer than `maxText` only its kind. */
function encode(values: readonly unknown[], maxText: number, mayBeBroken = false): Encoded {
  const numbers = new Array<number>(2 * values.length);
  let place = 0;
  let texts = "";
  for (const value of values) {
    const kind = kindOf(value, maxText, mayBeBroken);
    let number = 0;
    if (kind === Kind.number) number = value as number;
    else if (kind === Kind.text) {
      number = (value as string).length;
      texts += value as string;
    }
    numbers[place] = kind;
    numbers[place + 1] = number;
    place += 2;
  }
  // Lone surrogates are rare, so the texts are searched for them together.
  return !mayBeBroken && ANY_SURROGATE.test(texts) ? encode(values, maxText, true) : { numbers, texts };
}

function kindOf(value: unknown, maxText: number, mayBeBroken: boolean): Kind {
  switch (typeof value) {
    case "string":
      if (value.length > maxText) return Kind.longText;
      return mayBeBroken && LONE_SURROGATE.test(value) ? Kind.brokenText : Kind.text;
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
  let place = 0;
  for (const name of REQUEST_FIELDS) {
    if ((accepted >> place) & 1) picked[name] = values[place];
    place += 1;
  }
  return picked;
}

/** Longer text of a reply decides nothing. */
const MAX_REPLY_TEXT = 64;

/** Encodes what the core recognises a reply by: its fields, then code and message of its error and of its warnings. */
export function encodeReply(reply: unknown): Encoded {
  if (typeof reply !== "object" || reply === null) return encode([], 0);
  const fields = reply as Record<string, unknown>;
  const values: unknown[] = [];
  for (const name of REPLY_FIELDS) values.push(fields[name]);
  const { error, warnings } = fields;
  const { code, message } = faultOf(error);
  values.push(code, message);
  if (Array.isArray(warnings)) {
    // Of warnings that are alike to the core, one is enough: a reply may have a million.
    const seen = new Set<string>();
    for (const warning of warnings as unknown[]) {
      const { code, message } = faultOf(warning);
      const types = `${typeof code} ${Number.isFinite(code)} ${typeof message}`;
      if (!seen.has(types)) values.push(code, message);
      seen.add(types);
    }
  }
  return encode(values, MAX_REPLY_TEXT);
}

/** Code and message of an error or a warning. */
function faultOf(value: unknown): { code?: unknown; message?: unknown } {
  return value ?? {};
}

/** The bits of the fields that are not `null` follow those of the documented ones. */
const PRESENT = 16;

/** The documented reply, made of the fields that the core has recognised. */
export function pickReply(reply: unknown, recognised: ReplyFields): Record<string, unknown> {
  const fields = reply as Record<string, unknown>;
  const picked: Record<string, unknown> = {};
  let place = 0;
  for (const name of REPLY_FIELDS) {
    if ((recognised >> place) & 1) picked[name] = (recognised >> (place + PRESENT)) & 1 ? copy(fields[name]) : null;
    place += 1;
  }
  return picked;
}

/** Copies an error or a list of warnings without their undocumented fields. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  const { code, message } = faultOf(value);
  return { code, message };
}
