// A sandbox on web standards alone, which every runtime has.

import { isOrigin, type Origins } from "../server/origins.js";
import { Account } from "./account.js";
import { Faults } from "./faults.js";
import { RequestLog } from "./log.js";
import { createService, type Service } from "./service.js";
import type { Sandbox, SandboxOptions } from "./types.js";

/** A sandbox without its server, and what a server needs from it. */
export interface Core {
  sandbox: Omit<Sandbox, "handler" | "listen">;
  service: Service;
  /** Gives a connection its number. */
  nextConnection: () => number;
}

/** @throws TypeError when an option has a wrong type or an impossible value */
export function createCore(options: SandboxOptions = {}): Core {
  const { apiKey = "demo-key", balance = 7.18, ignoreKeys = false, keepAlive = false } = options;
  if (typeof apiKey !== "string" || apiKey === "") throw new TypeError("apiKey must be a non-empty string");
  if (!Number.isFinite(balance) || balance < 0) throw new TypeError("balance must be a number, 0 or more");
  if (typeof keepAlive !== "boolean") throw new TypeError("keepAlive must be true or false");
  if (typeof ignoreKeys !== "boolean") throw new TypeError("ignoreKeys must be true or false");
  const controlOrigins = readControlOrigins(options.controlOrigins);

  const account = new Account(balance);
  const log = new RequestLog();
  const faults = new Faults();
  const reset = () => {
    account.reset();
    log.clear();
    faults.clear();
  };
  const service = createService({ account, log, faults, apiKey, ignoreKeys, controlOrigins, reset });
  let connections = 0;
  const nextConnection = () => (connections += 1);

  const sandbox = {
    async fetch(request: Request) {
      request.signal.throwIfAborted();
      const { pathname, search } = new URL(request.url);
      const response = await service(request, pathname + search, nextConnection());
      const isRedirect = response.status < 400 && response.headers.has("location");
      if (isRedirect && request.redirect === "error") throw new TypeError("The request does not allow a redirect.");
      return response;
    },
    fail(fault, parameters = {}) {
      const problem = faults.add(fault, parameters);
      if (problem !== undefined) throw new TypeError(problem);
    },
    reset,
    get requests() {
      return log.entries;
    },
    get orders() {
      return account.orders;
    },
    get balance() {
      return account.balance;
    },
  } satisfies Core["sandbox"];
  return { sandbox, service, nextConnection };
}

/** Reads the option `controlOrigins`. A value that could never match what browsers send is a `TypeError`. */
function readControlOrigins(option: unknown): Origins {
  if (option === true) return true;
  if (option === undefined || option === false) return [];
  if (Array.isArray(option) && option.every(isOrigin)) return [...option];
  throw new TypeError("controlOrigins must be true or a list of origins such as http://localhost:5173");
}
