// @ts-check
// The balance in the header, and the dock at the bottom with its button.
import { at } from "./dom.js";
import { money } from "./words.js";

/** @param {{ balance: number | null, currency: string | null }} response */
export function showBalance({ balance, currency }) {
  at("balance").className = "";
  at("balance").textContent = balance === null ? "–" : money(balance, currency);
}

/**
 * @param {string} title
 * @param {string} status
 * @param {boolean} [isBad]
 */
export function setDock(title, status, isBad = false) {
  at("subject").textContent = title;
  at("status").textContent = status;
  at("status").classList.toggle("bad", isBad);
  at("again").hidden = true;
}

/**
 * Enables or disables the button with `aria-disabled` alone, so that it keeps the focus.
 * @param {string} text
 * @param {boolean} isOn
 */
export function setButton(text, isOn) {
  at("place").textContent = text;
  at("place").setAttribute("aria-disabled", String(!isOn));
}

export const isButtonOn = () => at("place").getAttribute("aria-disabled") === "false";
