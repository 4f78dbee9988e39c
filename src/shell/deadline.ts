// When a call must end: its signal is aborted, or its deadline passes.

import { CallError, type Details } from "./error.js";

/** How long a call that is aborted from the start waits for the WebAssembly to validate its request and options. */
const ABORTED_WAIT_MS = 1_000;

/** Why a call must end. */
export type CallEnd = Extract<Details, { code: "aborted" | "timeout" }>;

/**
 * The caller's signal and the deadline of one call. The deadline is measured by both the monotonic and the wall
 * clock: one of them may stand still while a device sleeps.
 */
export class Deadline {
  /** Why the call must end, once it must. */
  end: CallEnd | undefined;
  #signal;
  #timeoutMs;
  #monotonicEnd = NaN;
  #wallEnd = NaN;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt: AbortController | undefined;
  #giveUp: ((nothing: undefined) => void) | undefined;

  constructor(signal: AbortSignal | undefined, timeoutMs: number) {
    this.#signal = signal;
    this.#timeoutMs = isAborted(signal) ? Math.min(timeoutMs, ABORTED_WAIT_MS) : timeoutMs;
  }

  /** Starts the timer. */
  start(): void {
    this.#monotonicEnd = performance.now() + this.#timeoutMs;
    this.#wallEnd = Date.now() + this.#timeoutMs;
    this.#timer = setTimeout(this.#fire, this.#timeoutMs);
    try {
      this.#signal?.addEventListener("abort", this.#fire);
    } catch {
      this.#signal = undefined;
    }
  }

  /** Milliseconds until the deadline, by the clock that shows fewer. */
  get left(): number {
    return Math.min(this.#monotonicEnd - performance.now(), this.#wallEnd - Date.now());
  }

  /** Throws if the call must end. */
  check(): void {
    if (isAborted(this.#signal)) this.#fire();
    if (this.end) throw new CallError(this.end);
  }

  /** Throws if the call must end, by the clocks too: the timer may be late. */
  checkClocks(): void {
    // Written so that a clock that shows NaN ends the call.
    if (!(this.left > 0)) this.#fire();
    this.check();
  }

  /** The result of `work`, or nothing if the call must end first. */
  race<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#giveUp = resolve;
      if (this.end) resolve(undefined);
      work.then(resolve, reject);
    });
  }

  /** Waits, unless the call must end first. */
  async pause(ms: number): Promise<void> {
    let timer;
    await this.race(new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))));
    clearTimeout(timer);
  }

  /** A signal for a new attempt, aborted when the call must end. */
  attemptSignal(): AbortSignal {
    this.#attempt = new AbortController();
    return this.#attempt.signal;
  }

  /** Leaves no timer and no listener behind. */
  clear(): void {
    try {
      clearTimeout(this.#timer);
      this.#signal?.removeEventListener("abort", this.#fire);
    } catch {
      // Neither a replaced clock nor an object that only looks like a signal may cost the caller the answer.
    }
  }

  #fire = (): void => {
    this.end ??= isAborted(this.#signal) ? { code: "aborted", cause: reasonOf(this.#signal) } : { code: "timeout" };
    this.#giveUp?.(undefined);
    this.#attempt?.abort();
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

function reasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch {
    return undefined;
  }
}
