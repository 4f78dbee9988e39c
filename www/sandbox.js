// @ts-check
// The sandbox in this page. Its orders survive a reload, and all tabs have the same ones: requests that may book are
// kept in the browser's storage, and each tab processes all of them in the same order.
import { createSandbox } from "./dist/sandbox.js";

/** @typedef {{ url: string, headers: [string, string][], body: string }} Sent */
/** @typedef {{ started: number, sent: Sent[] }} History `started` changes with each reset */

const item = "proxy-orders demo sandbox";

let history = /** @type {History} */ ({ started: 0, sent: [] });
let sandbox = createSandbox({ apiKey: "self" });
let turn = /** @type {Promise<unknown>} */ (Promise.resolve());

/** Responds to a request to the API or to a control route. @param {Request} request */
export async function respond(request) {
  const { response } = await inTurn(async () => {
    await catchUp();
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/__sandbox/reset")) start({ started: Date.now(), sent: [] });
    // Neither a calculation nor a control route books anything.
    if (!/\/v1\/[^/]+\/order(\/lookup)?$/.test(pathname)) return { response: sandbox.fetch(request) };
    const sent = { url: request.url, headers: [...request.headers], body: await request.text() };
    history.sent.push(sent);
    write();
    return process(sent);
  });
  return untilAborted(response, request.signal);
}

/**
 * Runs one task at a time, in all tabs together.
 * @template T @param {() => Promise<T>} run @returns {Promise<T>}
 */
function inTurn(run) {
  const mine = turn.then(() => (navigator.locks ? navigator.locks.request(item, run) : run()));
  turn = mine.catch(() => {});
  return mine;
}

/** Processes what other tabs, or this one before a reload, have sent. */
async function catchUp() {
  const latest = read();
  if (latest.started !== history.started) start({ started: latest.started, sent: [] });
  for (const sent of latest.sent.slice(history.sent.length)) {
    history.sent.push(sent);
    await process(sent);
  }
}

/** @param {History} next */
function start(next) {
  history = next;
  sandbox = createSandbox({ apiKey: "self" });
  if (next.started !== read().started) write();
}

/**
 * Sends a request to the sandbox, and waits until it has been processed: a fault may hold back the response forever.
 * @param {Sent} sent
 */
async function process({ url, headers, body }) {
  const response = sandbox.fetch(new Request(url, { method: "POST", headers, body, redirect: "error" }));
  response.catch(() => {});
  const received = sandbox.requests.at(-1);
  while (received?.body === null) await new Promise((done) => setTimeout(done));
  return { response };
}

/** @param {Promise<Response>} response @param {AbortSignal} signal @returns {Promise<Response>} */
function untilAborted(response, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    response.then(resolve, reject);
  });
}

/** @returns {History} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(item) ?? "") ?? history;
  } catch {
    // Nothing has been stored yet, or nothing can be: then this tab is on its own.
    return history;
  }
}

function write() {
  try {
    localStorage.setItem(item, JSON.stringify(history));
  } catch {
    // It is full or forbidden: this tab's orders last until it is reloaded.
  }
}
