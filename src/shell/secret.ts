// Keeps the API key out of whatever is thrown.

const MAX_DEPTH = 8;
const MAX_ROUNDS = 8;

/**
 * The text without the key, in whichever form a server or an engine may write it. A text that forms the key anew
 * however often it is taken out is dropped.
 */
export function withoutKey(text: string, key: unknown): string {
  const written = forms(key);
  for (let round = 0; round < MAX_ROUNDS && !isFree(text, written, 0); round++) {
    for (const form of written) text = text.split(form).join("");
  }
  return isFree(text, written, 0) ? text : "";
}

/** Whether a value is an error in which the key is not found: not in its own properties, nor in its causes. */
export function isCleanError(error: unknown, key: unknown): boolean {
  try {
    return (
      (error instanceof Error || /Error|Exception/.test(Object.prototype.toString.call(error))) &&
      isFree(error, forms(key), MAX_DEPTH)
    );
  } catch {
    return false;
  }
}

function forms(key: unknown): string[] {
  if (typeof key !== "string" || key === "") return [];
  const escaped = JSON.stringify(key).slice(1, -1);
  return [...new Set([key, /\p{Surrogate}/u.test(key) ? key : encodeURIComponent(key), escaped])];
}

function isFree(value: unknown, forms: string[], depth: number): boolean {
  if (typeof value === "string") return !forms.some((form) => value.includes(form));
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  const names = [...Object.getOwnPropertyNames(value), "name", "message", "stack", "cause"];
  return names.every((name) => isFree((value as Record<string, unknown>)[name], forms, depth - 1));
}
