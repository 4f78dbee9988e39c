// The requests that a sandbox received.

import type { SandboxRequest } from "./index.js";

const MAX_ENTRIES = 10_000;
const MAX_BYTES = 64_000_000;

/** A log of bounded size: when it is full, the oldest requests are dropped. */
export class RequestLog {
  #entries: SandboxRequest[] = [];
  /** The size of each entry in bytes, as the JSON that `GET /__sandbox/requests` answers with. */
  readonly #sizes = new Map<SandboxRequest, number>();
  #totalBytes = 0;

  get entries(): readonly SandboxRequest[] {
    return this.#entries;
  }

  add(entry: SandboxRequest): void {
    this.#entries.push(entry);
    this.#setSize(entry);
  }

  /** Stores the body of a request that is in the log; by the time it has arrived, the request may have been dropped. */
  setBody(entry: SandboxRequest, body: string | null): void {
    entry.body = body;
    if (this.#sizes.has(entry)) this.#setSize(entry);
  }

  clear(): void {
    this.#entries = [];
    this.#sizes.clear();
    this.#totalBytes = 0;
  }

  #setSize(entry: SandboxRequest) {
    const bytes = Buffer.byteLength(JSON.stringify(entry));
    this.#totalBytes += bytes - (this.#sizes.get(entry) ?? 0);
    this.#sizes.set(entry, bytes);
    while (this.#entries.length > MAX_ENTRIES || this.#totalBytes > MAX_BYTES) this.#dropOldest();
  }

  #dropOldest() {
    const oldest = this.#entries.shift();
    if (!oldest) return;
    this.#totalBytes -= this.#sizes.get(oldest) ?? 0;
    this.#sizes.delete(oldest);
  }
}
