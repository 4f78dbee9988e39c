// The options of the backend: what they mean, and how they are validated.

import { isOrigin } from "../server/origins.js";
import type { BackendOptions, Bookings } from "./types.js";

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isFunction = (value: unknown) => typeof value === "function";

/** What each option must be. */
const RULES: { [name in keyof BackendOptions]-?: [isValid: (value: unknown) => boolean, allowed: string] } = {
  baseUrl: [(value) => isText(value) && URL.canParse(value as string), "a URL"],
  apiKey: [isText, "text that is not empty"],
  user: [isFunction, "a function"],
  balance: [(value) => value === "account" || isFunction(value), '"account" or a function'],
  bookings: [
    (value) => isFunction((value as Bookings | null)?.claim) && isFunction((value as Bookings).settle),
    "an object with the methods claim and settle",
  ],
  permit: [isFunction, "a function"],
  sales: [() => false, "left out"],
  maxPrice: [(value) => Number.isFinite(value) && (value as number) >= 0, "a finite number, 0 or more"],
  origins: [(value) => Array.isArray(value) && value.every(isOrigin), "a list of origins such as https://shop.example"],
  onError: [isFunction, "a function"],
};
const REQUIRED = ["baseUrl", "apiKey", "user", "balance", "bookings"] as const;
/** Options that may be left out, but not be `undefined`: that is probably a mistake, and would permit everything. */
const GUARDS = ["permit", "maxPrice"] as const;

/** The options as they are used. */
export type Settings = BackendOptions & { apiKey: string };

/** Reads the options, or throws when they could not be used. */
export function checkOptions(options: BackendOptions): Settings {
  const given = new Map<string, unknown>(Object.entries(options));
  for (const name of REQUIRED) if (!given.has(name)) throw new TypeError(`${name} is required.`);
  for (const [name, value] of given) {
    if (!Object.hasOwn(RULES, name)) throw new TypeError(`There is no option ${name}.`);
    const isAbsent = value === undefined && ![...REQUIRED, ...GUARDS].some((required) => required === name);
    const [isValid, allowed] = RULES[name as keyof BackendOptions];
    if (!isAbsent && !isValid(value)) throw new TypeError(`${name} must be ${allowed}.`);
  }
  return { ...options } as Settings;
}
