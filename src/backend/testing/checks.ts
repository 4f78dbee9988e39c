// What both suites use to find and name a defect.

import type { Awaitable } from "proxy-orders/backend";

/** How many connections work at once. */
export const CONNECTIONS = 50;
/** How long a call may take. A slow disk needs some seconds for 500 claims. */
const TIME_LIMIT_MS = 30_000;

/** Throws an error that names the defect, unless the condition holds. */
export function check(condition: boolean, defect: string): asserts condition {
  if (!condition) throw new Error(defect);
}

/** The result of a method. One that throws, rejects or hangs has a defect. */
export async function call<T>(title: string, method: () => Awaitable<T>): Promise<T> {
  let timer;
  const timeout = new Promise<never>((_, reject) => {
    const late = new Error(`${title} took more than ${TIME_LIMIT_MS / 1000} seconds.`);
    timer = setTimeout(() => reject(late), TIME_LIMIT_MS);
  });
  const result = (async () => method())().catch((error: unknown) => {
    throw new Error(`${title} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Opens all connections at once, as servers that start together do. */
export const connectAll = <T>(create: () => Awaitable<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => call("create", create)));

/** Returns a function that makes booking names. No two runs make the same one, because a store may keep earlier runs. */
export function nameMaker(): (user?: string) => string {
  const run = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  let count = 0;
  return (user = "user") => JSON.stringify([user, `${run}-${(count += 1)}`]);
}

/** The text of a value in a message. */
export const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
