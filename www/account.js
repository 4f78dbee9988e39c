// @ts-check
// Where orders go: the shop's own API, or another address with an API key.
import { isOwn, ownBaseUrl } from "./api.js";
import { at, inputAt, show } from "./dom.js";

/** The settings when a field was last left: nothing is sent to an address that is still being typed. */
export let account = read();

function read() {
  const baseUrl = inputAt("baseUrl").value;
  // The shop's own API adds the API key.
  return { baseUrl, apiKey: isOwn(baseUrl) ? undefined : inputAt("apiKey").value };
}

export const onSandbox = () => isOwn(account.baseUrl);

/** Sets where orders go when the page opens. @param {string} [baseUrl] */
export function startAccount(baseUrl = ownBaseUrl) {
  inputAt("baseUrl").defaultValue = ownBaseUrl;
  inputAt("baseUrl").value = baseUrl;
  takeSettings();
}

/** Applies the settings, shows in the header where orders go, and returns whether the settings have changed. */
export function takeSettings() {
  const before = account;
  account = read();
  const isSandbox = onSandbox();
  document.body.classList.toggle("live", !isSandbox);
  at("where-badge").textContent = isSandbox ? "Sandbox" : "Live";
  at("where-text").textContent = isSandbox ? "Nothing is bought for real" : "Orders are charged for real";
  for (const id of ["lab-sandbox", "books-line", "reset-sandbox"]) show(at(id), isSandbox);
  show(at("lab-live"), !isSandbox);
  return account.baseUrl !== before.baseUrl || account.apiKey !== before.apiKey;
}
