// @ts-check
// Where orders go: the sandbox on the page's own origin, or another address with a key.
import { at, inputAt, show } from "./dom.js";

/** The settings when their field was last left: while an address is being typed, nothing is sent to it. */
export let account = read();

function read() {
  const baseUrl = inputAt("baseUrl").value;
  // The page's own server adds the key.
  return { baseUrl, apiKey: isOwn(baseUrl) ? undefined : inputAt("apiKey").value };
}

/** Whether an address is the page's own server, which books each order reference once. @param {string} baseUrl */
export function isOwn(baseUrl) {
  try {
    return new URL(baseUrl, location.href).origin === location.origin;
  } catch {
    return false;
  }
}

export const onSandbox = () => isOwn(account.baseUrl);

/** Applies the settings and shows in the header where orders go. Returns whether they have changed. */
export function takeSettings() {
  const before = account;
  account = read();
  const isSandbox = onSandbox();
  document.body.classList.toggle("live", !isSandbox);
  at("where-badge").textContent = isSandbox ? "Sandbox" : "Live";
  at("where-text").textContent = isSandbox ? "Nothing is bought for real" : "Orders are charged for real";
  for (const id of ["lab-sandbox", "books-line", "start-over"]) show(at(id), isSandbox);
  show(at("lab-live"), !isSandbox);
  return account.baseUrl !== before.baseUrl || account.apiKey !== before.apiKey;
}
