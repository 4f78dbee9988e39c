// @ts-check
// Where orders go: the sandbox on the page's own origin, or another address with a key.
import { at, inputAt, show } from "./dom.js";

/** What was set when the settings were last left: half an address shall not be sent the key. */
export let account = read();

function read() {
  const baseUrl = inputAt("baseUrl").value;
  // The page's own server puts the key in.
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

/** Takes the settings over, and says in the header where one is. Tells whether they have changed. */
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
