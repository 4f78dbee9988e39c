// Pauses and timeouts.

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The result of `work`; throws the error of `timeout` if it takes longer. */
export async function withTimeout<T>(ms: number, work: T | PromiseLike<T>, timeout: () => Error): Promise<T> {
  let timer;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout()), ms);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
