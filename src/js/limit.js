// When a call is over: its signal is aborted, or its time is up.

const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const ABORTED_WAIT_MS = 1_000;

/** The caller's signal and the deadline of one call. */
export class Limit {
  /** Why the call is over, once it is. @type {{ code: string, cause?: unknown } | undefined} */
  over;
  #signal;
  #deadline;
  #timer;
  /** @type {AbortController | undefined} */
  #attempt;
  /** @type {((reason: unknown) => void) | undefined} */
  #stop;

  /** @param {AbortSignal | undefined} signal @param {unknown} timeoutMs */
  constructor(signal, timeoutMs) {
    const valid = typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS;
    const allowed = valid ? timeoutMs : DEFAULT_TIMEOUT_MS;
    // Options and request are checked even so, but an aborted call does not wait for the WebAssembly for long.
    this.#signal = signal;
    const ms = this.#tell("aborted") ? Math.min(allowed, ABORTED_WAIT_MS) : allowed;
    this.#deadline = performance.now() + ms;
    this.#timer = setTimeout(this.#fire, ms);
    try {
      signal?.addEventListener("abort", this.#fire);
    } catch {
      this.#signal = undefined;
    }
  }

  /** Milliseconds until the deadline. */
  get left() {
    return this.#deadline - performance.now();
  }

  /** Throws if the call is over; after waiting, when its timer may be late, by the clock as well. */
  check(byClock = false) {
    if (this.#tell("aborted") || (byClock && this.left <= 0)) this.#fire();
    if (this.over) throw this.over;
  }

  /**
   * The result of `work`, unless the call is over before.
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  race(work) {
    return new Promise((resolve, reject) => {
      this.#stop = reject;
      if (this.over) reject(this.over);
      work.then(resolve, reject);
    });
  }

  /** @param {number} ms */
  async pause(ms) {
    let timer;
    try {
      await this.race(new Promise((resolve) => (timer = setTimeout(resolve, ms))));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Makes the request of a new attempt, which ends with the call. Where the page's AbortSignal is foreign to its
   * Request, as under jsdom, the request does without.
   * @param {Request} template
   * @param {string} body
   */
  newRequest(template, body) {
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    try {
      return new Request(template, { body, signal, referrerPolicy: "no-referrer" });
    } catch {
      return new Request(template, { body, referrerPolicy: "no-referrer" });
    }
  }

  /** Leaves no timer and no listener behind. */
  end() {
    clearTimeout(this.#timer);
    try {
      this.#signal?.removeEventListener("abort", this.#fire);
    } catch {
      // What only looks like a signal must not cost the caller the answer.
    }
  }

  /** @param {"aborted" | "reason"} what */
  #tell(what) {
    try {
      return this.#signal?.[what];
    } catch {
      return undefined;
    }
  }

  #fire = () => {
    this.over ??= this.#tell("aborted") ? { code: "aborted", cause: this.#tell("reason") } : { code: "timeout" };
    this.#stop?.(this.over);
    this.#attempt?.abort();
  };
}
