// Passes errors to `onError`, without the API key.

import { isCleanError, withoutKey } from "../shell/secret.js";
import type { BackendOptions, BookingDetails } from "./types.js";

/** Tells `onError` about an error, and the booking that it belongs to. */
export type Report = (error: unknown, booking?: BookingDetails) => void;

export function createReport(onError: NonNullable<BackendOptions["onError"]>, apiKey: string | undefined): Report {
  return (error, booking) => {
    const redacted = redactError(error, apiKey);
    // Neither a throw nor a rejection of `onError` may change the response.
    const call = async () => (booking ? onError(redacted, booking) : onError(redacted));
    call().catch(() => {});
  };
}

/** How many causes of an error are kept. */
const MAX_CAUSES = 5;

/** The same error if it is known not to hold the API key; otherwise a plain one with its redacted texts. */
function redactError(error: unknown, apiKey: string | undefined, causesLeft = MAX_CAUSES): unknown {
  if (apiKey === undefined || error === undefined || isCleanError(error, apiKey)) return error;
  const isObject = typeof error === "object" && error !== null;
  if (!isObject) return withoutKey(String(error), apiKey);
  const text = (name: string) => {
    const value = read(error, name);
    return typeof value === "string" ? withoutKey(value, apiKey) : value;
  };
  const cause = causesLeft > 0 ? redactError(read(error, "cause"), apiKey, causesLeft - 1) : undefined;
  const copy = new Error(String(text("message") ?? ""), cause === undefined ? {} : { cause });
  for (const name of ["name", "code", "outcome", "stack"]) {
    const value = text(name);
    if (typeof value === "string" || typeof value === "number") Object.defineProperty(copy, name, { value });
  }
  return copy;
}

/** A property of an object that may throw when it is read. */
function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
