// @ts-check
// The shop's own API: a backend over HTTP or, on the static site, a sandbox in this page.

/** Whether the sandbox runs in this page, as .build/site.js marks it in the static site. */
export const isInPage = document.documentElement.dataset.sandbox === "page";

/** The path of the shop's own API: beside the page, in any folder. */
export const ownBaseUrl = new URL("api", document.baseURI).pathname;

const sandbox = isInPage ? await import("./sandbox.js") : null;

/** Whether a URL leads to the shop's own API, which books each idempotency key once. @param {string} url */
export function isOwn(url) {
  try {
    return new URL(url, location.href).origin === location.origin;
  } catch {
    return false;
  }
}

/** Sends a request, or hands it to the sandbox in this page. @param {Request} request */
export const send = (request) => (sandbox && isOwn(request.url) ? sandbox.respond(request) : fetch(request));

/** Sends a request to a control route of the sandbox. @param {string} route @param {RequestInit} [init] */
export const control = (route, init) => send(new Request(`${ownBaseUrl}/__sandbox/${route}`, init));
