// @ts-check
// What the tests of checkouts share: storages, tabs, Web Locks, and fake time.

import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

/** @typedef {typeof import("proxy-orders")} Module */

/** A storage like `localStorage`, whose methods can be made to throw. */
export class TestStorage {
  /** @type {Map<string, string>} */
  entries = new Map();
  /** The methods that throw. @type {Set<"getItem" | "setItem" | "removeItem">} */
  broken = new Set();

  /** @param {string} name */
  getItem(name) {
    this.#use("getItem");
    return this.entries.get(name) ?? null;
  }
  /** @param {string} name @param {string} value */
  setItem(name, value) {
    this.#use("setItem");
    this.entries.set(name, value);
  }
  /** @param {string} name */
  removeItem(name) {
    this.#use("removeItem");
    this.entries.delete(name);
  }
  /** @param {"getItem" | "setItem" | "removeItem"} method */
  #use(method) {
    if (this.broken.has(method)) throw new Error(`${method} is broken.`);
  }
}

let tabs = 0;

/** Loads a new module instance, as a tab does. @returns {Promise<Module>} */
export async function openTab() {
  tabs += 1;
  const tab = /** @type {Module} */ (await import(new URL(`../../dist/index.js?tab=${tabs}`, import.meta.url).href));
  await tab.init();
  return tab;
}

/** Web Locks that all tabs share, in place of the engine's. */
export class TestLocks {
  /** @type {Set<string>} */
  held = new Set();

  /**
   * @param {string} name
   * @param {{ ifAvailable: boolean }} options
   * @param {(lock: object | null) => Promise<unknown>} work
   */
  async request(name, { ifAvailable }, work) {
    if (!ifAvailable) throw new Error("A checkout never waits for a lock.");
    await undefined;
    if (this.held.has(name)) return work(null);
    this.held.add(name);
    try {
      return await work({ name });
    } finally {
      this.held.delete(name);
    }
  }
}

/** Sets or removes `navigator.locks`. @param {object | undefined} locks */
export function setLocks(locks) {
  const navigator = locks && { locks };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
}

/** Lets fake time pass. @param {number} ms */
export async function pass(ms) {
  for (let turns = 0; turns < 3; turns += 1) await turn();
  mock.timers.tick(ms);
  for (let turns = 0; turns < 3; turns += 1) await turn();
}

/** Lets fake time pass until a promise is settled. @template T @param {Promise<T>} promise @returns {Promise<T>} */
export async function passUntil(promise) {
  let isSettled = false;
  const end = () => (isSettled = true);
  promise.then(end, end);
  for (let steps = 0; !isSettled; steps += 1) {
    if (steps > 2_000) throw new Error("The promise stays pending.");
    await pass(100);
  }
  return promise;
}
