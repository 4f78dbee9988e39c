// @ts-check
// What the tests of the backend share: a backend over the sandbox, and requests as pages send them.

import { spawn } from "node:child_process";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setImmediate as tick, setTimeout as delay } from "node:timers/promises";
import { createBackend, memoryBookings } from "proxy-orders/backend";
import { createSandbox } from "proxy-orders/sandbox";
import { listen } from "../../.build/serve.js";

/** @import { BackendContext, BackendOptions, Bookings } from "proxy-orders/backend" */

export const apiKey = "K3y/of the shop";
export const wanted = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};
export const origin = "https://shop.example";

/** The sandbox as the API, with a fault of our choice. */
export async function startApi({ balance = 100 } = {}) {
  const sandbox = createSandbox({ apiKey, balance });
  const api = {
    sandbox,
    url: "",
    /** What the API does wrong. */
    fault: "",
    close: async () => {},
    /** The orders that arrived. */
    orders: () => sandbox.requests.filter(({ path }) => path.endsWith("/order") && !path.includes("/calculate/")),
  };
  const { url, close } = await listen((request, response) => {
    if (api.fault) request.headers["x-sandbox-fault"] = api.fault;
    sandbox.handler(request, response);
  });
  return Object.assign(api, { url, close });
}

/**
 * A backend whose user is the one that the header `x-user` names.
 * @param {{ url: string }} api
 * @param {Partial<BackendOptions>} [options]
 */
export function startBackend({ url }, options) {
  /** @type {unknown[]} what onError was told */
  const errors = [];
  const backend = createBackend({
    baseUrl: url,
    apiKey,
    user: (request) => request.headers.get("x-user"),
    balance: "account",
    bookings: memoryBookings(),
    onError: (error) => void errors.push(error),
    ...options,
  });
  return { backend, errors };
}

/**
 * A request as a page sends it.
 * @param {object} [changes] what is different; `null` leaves a header out
 * @param {string} [changes.endpoint]
 * @param {string} [changes.path]
 * @param {string} [changes.method]
 * @param {unknown} [changes.body] text, bytes, a stream, or what to send as JSON
 * @param {Record<string, string | null>} [changes.headers]
 * @param {AbortSignal} [changes.signal]
 */
export function pageRequest({ endpoint = "order", path, method = "POST", body = wanted, headers = {}, signal } = {}) {
  const all = {
    "content-type": "application/json",
    host: new URL(origin).host,
    "idempotency-key": "key-1",
    "sec-fetch-site": "same-origin",
    "x-user": "anna",
    ...headers,
  };
  const present = Object.entries(all).filter((header) => header[1] !== null);
  const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const content = /** @type {BodyInit} */ (isRaw ? body : JSON.stringify(body));
  const init = {
    method,
    headers: /** @type {[string, string][]} */ (present),
    ...(method === "POST" && { body: content }),
    ...(signal && { signal }),
    duplex: "half",
  };
  return new Request(origin + (path ?? `/api/client/api/v1/self/${endpoint}`), init);
}

/** @param {Response} response */
export async function read(response) {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}

export const QUOTE = {
  success: true,
  proxyType: "IPv4",
  balance: 100,
  price: 1.31,
  discount: 0,
  currency: "USD",
  promoCodeStatus: null,
  warnings: null,
  error: null,
};
export const RECEIPT = {
  success: true,
  proxyType: "IPv4",
  orderNumber: "NUMBER-1",
  balance: 98.69,
  currency: "USD",
  promoCodeStatus: null,
  error: null,
};
export const FAILURE = {
  success: false,
  proxyType: null,
  orderNumber: null,
  balance: 100,
  currency: "USD",
  promoCodeStatus: null,
  error: { code: 14, message: "Incorrect goal" },
};

/**
 * An API in place of `fetch`, which responds as the test decides.
 * @param {import("node:test").TestContext} context
 * @param {object} [responses] each an object, or a function that returns it or a `Response`
 * @param {unknown} [responses.quote]
 * @param {unknown} [responses.receipt]
 */
export function stubApi(context, { quote = QUOTE, receipt = RECEIPT } = {}) {
  const api = { url: "https://api.example", quote, receipt, calculated: 0, ordered: 0 };
  const own = globalThis.fetch;
  context.after(() => (globalThis.fetch = own));
  // Not a mock of the test runner, which keeps every call.
  globalThis.fetch = /** @type {any} */ (respond);
  return api;

  async function respond(/** @type {Request} */ request) {
    const isOrder = !request.url.endsWith("/calculate/order");
    if (isOrder) api.ordered += 1;
    else api.calculated += 1;
    const given = isOrder ? api.receipt : api.quote;
    const aborted = new Promise((_, reject) =>
      request.signal.addEventListener("abort", () => reject(request.signal.reason)),
    );
    const found = await Promise.race([typeof given === "function" ? given(request) : given, aborted]);
    return found instanceof Response ? found : Response.json(found);
  }
}

/** Lets everything run that does not wait for a timer. */
export async function settleMicrotasks() {
  for (let round = 0; round < 20; round += 1) await tick();
}

/** A promise, and what ends it. */
export function deferred() {
  let resolve = /** @type {(value?: any) => void} */ (() => {});
  const promise = new Promise((resolved) => (resolve = resolved));
  return { promise, resolve };
}

/**
 * Bookings with some methods replaced.
 * @param {Partial<Bookings>} methods
 * @returns {Bookings}
 */
export const bookingsWith = (methods) => ({ ...memoryBookings(), ...methods });

/**
 * Starts a server in a project, and waits until it accepts connections.
 * @param {string} folder
 * @param {string} program
 * @param {string[]} args
 * @param {number} port
 * @param {Record<string, string>} [variables]
 */
export async function startProgram(folder, program, args, port, variables) {
  const path = `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, ...variables, PATH: path, PORT: String(port) },
    // A group of its own, because tools start the server as a child.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const kill = () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGKILL");
  };
  process.once("exit", kill);
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ${args.join(" ")} ended:\n${said}`);
    await delay(50);
  }
  const close = async () => {
    process.off("exit", kill);
    kill();
    await ended;
  };
  return { close, child, ended, output: () => said };
}

/** @param {number} port */
const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
