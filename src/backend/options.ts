// The options of the backend: what they mean, and how they are validated.

import { isOrigin } from "../server/origins.js";
import { isAccepted } from "../shell/options.js";
import type { BackendOptions, Bookings, Sales } from "./types.js";

const isFunction = (value: unknown) => typeof value === "function";

const SALES = ["price", "charge", "refund"] as const;

/** What each option must be. */
const RULES: { [name in keyof BackendOptions]-?: [isValid: (value: unknown) => boolean, allowed: string] } = {
  baseUrl: [
    // A page's calls accept a path too.
    (value) => isAccepted("baseUrl", value) && URL.canParse(value as string),
    "an https URL, or an http URL to this machine, without credentials, query or fragment",
  ],
  apiKey: [
    (value) => value === undefined || isAccepted("apiKey", value),
    'a string of 1 to 256 characters, neither "." nor ".."',
  ],
  user: [isFunction, "a function"],
  balance: [(value) => value === "account" || isFunction(value), '"account" or a function'],
  bookings: [
    (value) => isFunction((value as Bookings | null)?.claim) && isFunction((value as Bookings).settle),
    "an object with the methods claim and settle",
  ],
  permit: [isFunction, "a function"],
  sales: [
    (value) => SALES.every((name) => isFunction((value as Sales | null)?.[name])),
    "an object with the methods price, charge and refund",
  ],
  maxPrice: [(value) => Number.isFinite(value) && (value as number) >= 0, "a finite number, 0 or more"],
  origins: [(value) => Array.isArray(value) && value.every(isOrigin), "a list of origins such as https://shop.example"],
  onError: [isFunction, "a function"],
};
const REQUIRED = ["baseUrl", "apiKey", "user", "balance", "bookings"] as const;
/** Options that may be left out, but not be `undefined`: that is probably a mistake, and would sell more than intended. */
const GUARDS = ["permit", "maxPrice", "sales"] as const;

/** The options as they are used. No request is served without the API key. */
export type Settings = BackendOptions & { apiKey: string };

/** Validates the options and returns a copy of them. */
export function checkOptions(options: BackendOptions): Settings {
  const given = new Map<string, unknown>(Object.entries(options));
  for (const name of REQUIRED) if (!given.has(name)) throw new TypeError(`${name} is required.`);
  for (const [name, value] of given) {
    if (!Object.hasOwn(RULES, name)) throw new TypeError(`Unknown option "${name}".`);
    const isAbsent = value === undefined && ![...REQUIRED, ...GUARDS].some((required) => required === name);
    const [isValid, allowed] = RULES[name as keyof BackendOptions];
    if (!isAbsent && !isValid(value)) throw new TypeError(`${name} must be ${allowed}.`);
  }
  if (options.sales && options.balance === "account") throw new TypeError("With sales, balance must be a function.");
  return { ...options } as Settings;
}
