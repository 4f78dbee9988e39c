// proxy-orders and the libraries that it is measured against. Each has a module of its name in peers/.
// @ts-check

export const ours = "proxy-orders";

/** The page that the other pages on a phone are compared with. */
export const usual = "zod + axios";

/** @typedef {{ name: string, file: string, validates: boolean }} Peer `validates`: whether it validates requests and responses */

/** @type {Peer[]} */
export const peers = [
  { name: ours, file: "proxy-orders", validates: true },
  { name: "hand-written", file: "hand", validates: true },
  { name: "valibot", file: "valibot", validates: true },
  { name: "zod", file: "zod", validates: true },
  { name: "zod/mini", file: "zod-mini", validates: true },
  { name: "openapi-fetch", file: "openapi-fetch", validates: false },
  { name: "axios", file: "axios", validates: false },
];
