// Waiting, with an end.

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The result of `work`, unless it takes longer. */
export async function within<T>(ms: number, work: T | PromiseLike<T>, late: () => Error): Promise<T> {
  let timer;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
