// Passes errors to `onError`, without the API key.

import { Redactor } from "../shell/redact.js";
import type { BackendOptions, BookingDetails } from "./types.js";

/** Reports an error to `onError`, with the booking that it belongs to. */
export type Report = (error: unknown, booking?: BookingDetails) => void;

export function createReport(onError: NonNullable<BackendOptions["onError"]>, apiKey: string | undefined): Report {
  return (error, booking) => {
    const redacted = redactError(error, apiKey);
    // Whatever `onError` throws must not change the response.
    const call = async () => (booking ? onError(redacted, booking) : onError(redacted));
    call().catch(() => {});
  };
}

/** The same error if it is known not to hold the API key; otherwise a plain copy, or a redacted text. */
function redactError(error: unknown, apiKey: string | undefined): unknown {
  const redactor = new Redactor(apiKey);
  try {
    return redactor.error(error) ?? redactor.text(String(error));
  } catch {
    return new Error("Something was thrown that cannot be converted to a string.");
  }
}
