// Reads what `fetch` returns.

import { retryAfterMs } from "../../target/bindgen/core.js";
import { useCore } from "./load.js";
import type { FetchedResponse } from "./options.js";

const MAX_RETRY_AFTER_LENGTH = 100;
const MAX_STATUS = 999;

/** How an attempt ended. */
export type Attempt =
  | {
      end: "responded";
      status: number;
      retryAfterMs: number | undefined;
      /** The response header `Idempotency-Key`, if it was to be read. */
      idempotencyKey: unknown;
      text: string;
      json: unknown;
    }
  | { end: "aborted" | "timedOut" }
  | { end: "network"; cause: unknown };

/** Calls `fetch` and reads the response, which may be any object that looks like a `Response`, to its end. */
export async function fetchResponse(
  fetch: (request: Request) => PromiseLike<FetchedResponse>,
  request: Request,
  readsIdempotencyKey: boolean,
): Promise<Attempt> {
  try {
    const response = await fetch(request);
    const { status } = response;
    if (!Number.isInteger(status) || status < 1 || status > MAX_STATUS) throw undefined;
    let retryAfter;
    if (status >= 300) {
      const { headers } = response;
      if (request.redirect === "manual" && status < 400 && headers.get("location") !== null) throw undefined;
      retryAfter = readRetryAfter(headers.get("retry-after"));
    }
    const idempotencyKey: unknown = readsIdempotencyKey ? response.headers.get("idempotency-key") : undefined;
    const text: unknown = await response.text();
    if (typeof text !== "string") throw undefined;
    return { end: "responded", status, retryAfterMs: retryAfter, idempotencyKey, text, json: parseJson(text) };
  } catch (cause) {
    return { end: "network", cause };
  }
}

function readRetryAfter(header: unknown): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.slice(0, MAX_RETRY_AFTER_LENGTH);
  const [seconds, date, now] = [Number(text), Date.parse(text), Date.now()];
  return useCore(() => retryAfterMs(text, seconds, date, now));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
