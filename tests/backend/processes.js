// @ts-check
// Processes that hold connections to SQLite files, and calls to them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** @import { BookingStore } from "proxy-orders/backend" */
/** @import { Accounts } from "proxy-orders/backend/testing" */

/**
 * Starts a process with stores/connections.js.
 * @param {string} folder the project
 * @param {{ program: string, driver: string }} runtime
 */
export function startProcess(folder, { program, driver }) {
  const child = spawn(program, ["connections.js", driver], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let calls = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, value, error } = JSON.parse(line);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Error(error));
    else resolve?.(value);
  });
  const ended = once(child, "exit").then(() => {
    for (const { reject } of waiting.values()) reject(new Error("The process has ended."));
  });
  // Calls to a process that was killed end with the error above.
  child.stdin.on("error", () => {});

  /** @param {object} call @returns {Promise<any>} */
  const send = (call) =>
    new Promise((resolve, reject) => {
      const id = (calls += 1);
      waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id, ...call })}\n`);
    });
  let connections = 0;
  /** @param {string} kind @param {string} file @param {string[]} methods @returns {any} */
  function connect(kind, file, methods) {
    const connection = (connections += 1);
    const remote = (/** @type {string} */ method) => [
      method,
      (/** @type {any[]} */ ...args) => send({ kind, file, connection, method, args }),
    ];
    return Object.fromEntries(methods.map(remote));
  }
  return {
    /** @param {string} file @returns {BookingStore} */
    bookings: (file) => connect("bookings", file, ["claim", "settle", "open", "deleteSettled"]),
    /** @param {string} file @returns {Accounts} */
    accounts: (file) => connect("accounts", file, ["charge", "refund", "deposit", "credit"]),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
