// The requests that a sandbox has received.

import type { SandboxRequest } from "./types.js";

const MAX_ENTRIES = 10_000;
const MAX_BODY_LENGTH = 10_000;

/** A log of limited size: when it is full, the oldest requests are dropped. */
export class RequestLog {
  #entries: SandboxRequest[] = [];

  get entries(): readonly SandboxRequest[] {
    return this.#entries;
  }

  add(entry: SandboxRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  /** Stores the body of a request once it has arrived. */
  setBody(entry: SandboxRequest, body: Uint8Array): void {
    entry.body = new TextDecoder().decode(body).slice(0, MAX_BODY_LENGTH);
  }

  clear(): void {
    this.#entries = [];
  }
}
