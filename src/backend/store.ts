// Calls the shop's bookings, within time limits.

import { EarlyFailure } from "./responses.js";
import { withTimeout } from "./time.js";
import type { Bookings } from "./types.js";

/** How long the bookings may take to respond. */
const TIMEOUT_MS = 5_000;

/** The same bookings, whose methods fail with status 504 when they hang. */
export function withTimeouts(bookings: Bookings): Bookings {
  const timeout = () => new EarlyFailure(504, "The order could not be booked. Please try again later.");
  return {
    claim: (name, content) => withTimeout(TIMEOUT_MS, bookings.claim(name, content), timeout),
    settle: (name, response) => withTimeout(TIMEOUT_MS, bookings.settle(name, response), timeout),
  };
}
