// The backend's time limits, and the clocks that they are measured by.

/** How long `user`, a hook, or one access to the store may take. */
export const STEP_MS = 5_000;
/** How long a body may take to arrive. */
export const BODY_MS = 10_000;
/** The age of a request from which its order is no longer sent. */
export const SEND_MS = 20_000;
/** The age of a request from which its booking, if still open, is left to a person. */
export const ANSWER_MS = 25_000;
/** How long a page waits for any response. */
export const PAGE_MS = 30_000;
/** The age of a request from which the API's answer to its order is no longer awaited. */
export const GIVE_UP_MS = 120_000;
/** The age of a booking from which a person may decide that it was not ordered. */
export const DECIDE_MS = 600_000;

/** How long a settlement or a refund is attempted, and the pause before each further attempt. */
const PERSIST_MS = 10_000;
const PAUSE_MS = 500;

export const pause = (ms: number = PAUSE_MS): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Returns a function that gives the milliseconds since now. Of the monotonic and the wall clock, it takes the one that
 * shows more: either may stand still while the process is suspended, and the wall clock may be set back.
 */
export function startStopwatch(): () => number {
  const monotonic = performance.now();
  const wall = Date.now();
  return () => Math.max(performance.now() - monotonic, Date.now() - wall);
}

/** The result of `work`; throws the error of `timeout` if it takes longer. */
export async function withTimeout<T>(ms: number, work: () => T | PromiseLike<T>, timeout: () => Error): Promise<T> {
  let timer;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout()), ms);
  });
  try {
    return await Promise.race([work(), end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs one step of an attempt, which fails if it takes longer than 5 s. */
export type Step = <T>(name: string, work: () => T | PromiseLike<T>) => Promise<T>;

/**
 * Attempts something until it succeeds, for up to 10 s.
 *
 * @throws The error of the last attempt.
 */
export async function persist<T>(attempt: (step: Step) => Promise<T>): Promise<T> {
  const elapsed = startStopwatch();
  const step: Step = (name, work) => {
    const ms = Math.max(1, Math.min(STEP_MS, PERSIST_MS - elapsed()));
    return withTimeout(ms, work, () => new Error(`${name} did not finish in time.`));
  };
  for (;;) {
    try {
      return await attempt(step);
    } catch (error) {
      if (elapsed() + PAUSE_MS >= PERSIST_MS) throw error;
      await pause();
    }
  }
}
