// What is known about a request while it is served.

import type { PageResponse } from "./responses.js";

/** A request that is being served, or an operator's decision. */
export interface Task {
  /** Milliseconds since the request arrived. */
  ageMs: () => number;
  /** Keeps the server running until a promise is settled. */
  waitUntil: (promise: Promise<unknown>) => void;
  /** Responds to the page before the work is done. Only the first response counts. */
  respond: (response: PageResponse) => void;
}
