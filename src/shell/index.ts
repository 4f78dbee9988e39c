// The entry point: its JavaScript carries the binary as text.

import { setBinary } from "./load.js";

/** The binary as text, written by the build: one character for each byte, padded to a multiple of four. */
declare const BINARY_TEXT: string;
/** The value that each four of these bytes were combined (XOR) with. */
declare const BINARY_MASK: number;
/** How many bytes the binary has. */
declare const BINARY_LENGTH: number;

setBinary(() => decode(BINARY_TEXT));

function decode(text: string): Uint8Array {
  const masked = new Uint32Array(charCodes(text).buffer);
  return new Uint8Array(masked.map((word) => word ^ BINARY_MASK).buffer, 0, BINARY_LENGTH);
}

function charCodes(text: string): Uint8Array {
  const bytes: Uint8Array & { setFromBase64?: (text: string) => object } = new Uint8Array(text.length);
  // Only new engines have this. It is faster than the loop.
  if (bytes.setFromBase64) bytes.setFromBase64(btoa(text));
  else for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

export * from "./api.js";
export { default } from "./api.js";
