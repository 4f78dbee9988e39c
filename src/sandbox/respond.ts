// Complete responses.

export const JSON_TYPE = "application/json";
export const TEXT_TYPE = "text/plain; charset=utf-8";

/** Statuses whose responses have no body. */
const BODILESS = [204, 205, 304];

/** Makes a response of text or bytes; anything else is sent as JSON. */
export function respond(
  status: number,
  content: unknown,
  type = typeof content === "string" ? TEXT_TYPE : JSON_TYPE,
  headers: Record<string, string> = {},
): Response {
  if (BODILESS.includes(status)) return new Response(null, { status, headers });
  const bytes = content instanceof Uint8Array ? content : encode(content);
  const all = { "content-type": type, "content-length": String(bytes.length), ...headers };
  return new Response(bytes as BodyInit, { status, headers: all });
}

const encode = (content: unknown) =>
  new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
