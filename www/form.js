// @ts-check
// The form: its values, the fields that apply, and the issues under them.
import { validateOrder } from "./dist/index.js";
import { countryField, countryName } from "./countries.js";
import { at, inputAt, show, write } from "./dom.js";
import { count } from "./words.js";

/** @import { Issue } from "./dist/index.js" */

export const types = ["IPv4", "IPv6", "MOBILE", "ISP"];

/** The rental periods that the API documents, in days; it leaves those of ISP open. @type {Record<string, number[]>} */
const periods = {
  IPv4: [30, 60, 90, 180, 360],
  IPv6: [90, 180, 360],
  MOBILE: [30, 360],
  ISP: [30, 60, 90, 180, 360],
};

export const form = /** @type {HTMLFormElement} */ (at("order"));

/** The period that was chosen last. A type that is not sold for it gets the nearest one. */
let chosenPeriod = "30";
/** The fields that were edited or left: only these show that they are required. */
const touched = new Set();

/** @param {HTMLInputElement} input */
function entered(input) {
  if (input.type !== "number") return input.value || undefined;
  // Text that is not a number becomes NaN, which the package reports.
  return input.value === "" && !input.validity.badInput ? undefined : input.valueAsNumber;
}

/** The values of the form, without the period. */
function fields() {
  /** @type {Record<string, any>} */
  const values = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement) || field.name === "" || field.name === "period") continue;
    if (field.type !== "radio" || field.checked) values[field.name] = entered(field);
  }
  return values;
}

/** @param {string} type */
function periodOf(type) {
  if (chosenPeriod === "other") return entered(inputAt("rentPeriodDays"));
  const days = Number(chosenPeriod);
  return periods[type].reduce((best, next) => (Math.abs(next - days) < Math.abs(best - days) ? next : best));
}

/** The current order, or the same order for another type. One object serves both calls. @param {string} [type] */
export function wanted(type) {
  const values = fields();
  const proxyType = type ?? values.proxyType;
  return /** @type {any} */ ({ ...values, proxyType, rentPeriodDays: periodOf(proxyType) });
}

/** An order in a few words. @param {any} order */
export function subjectOf({ proxyType, quantity, rentPeriodDays, country }) {
  const type = proxyType === "MOBILE" ? "mobile" : proxyType;
  const some = quantity > 0 ? count(quantity, `${type} proxy`, `${type} proxies`) : `${type} proxies`;
  const days = rentPeriodDays > 0 ? count(rentPeriodDays, "day", "days") : "";
  return [some, countryName(country ?? ""), days].filter((part) => part !== "").join(" · ");
}

/** The period of a type, if it is not the chosen one. @param {string} type */
export function periodNote(type) {
  const days = periodOf(type);
  return chosenPeriod === "other" || String(days) === chosenPeriod ? "" : `for ${count(Number(days), "day", "days")}`;
}

/** Shows the fields and periods that apply to what is chosen. */
function showFields() {
  const { proxyType, authType, rentPeriodDays } = wanted();
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-for]"))) {
    show(part, [proxyType, authType].includes(part.dataset.for));
  }
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=period]"))) {
    const isOther = radio.value === "other";
    show(/** @type {HTMLElement} */ (radio.parentElement), isOther || periods[proxyType].includes(Number(radio.value)));
    radio.checked = chosenPeriod === "other" ? isOther : radio.value === String(rentPeriodDays);
  }
  show(at("other-days"), chosenPeriod === "other");
}

/** Every issue of the form; none before the package is loaded. */
function issues() {
  try {
    return validateOrder(wanted()).issues ?? [];
  } catch {
    return [];
  }
}

/** @param {Issue} issue */
function issueText({ code, path, message }) {
  return path[0] === "country" && code === "malformed"
    ? "Choose a country from the list, or type its code of three letters."
    : message;
}

/**
 * Puts issues under their fields, and returns the first of these fields.
 * @param {HTMLFormElement} of
 * @param {readonly Issue[]} found
 */
export function showIssues(of, found) {
  let first;
  for (const { id } of of.querySelectorAll(".issue")) {
    const name = id.replace(/-issue$/, "");
    const text = found
      .filter(({ path }) => path[0] === name)
      .map(issueText)
      .join(" ");
    write(id, text);
    const field = document.getElementById(name);
    if (text === "") field?.removeAttribute("aria-invalid");
    else field?.setAttribute("aria-invalid", "true");
    if (text !== "") first ??= field;
  }
  return first;
}

export function showOrderIssues() {
  showIssues(
    form,
    issues().filter(({ code, path }) => code !== "required" || touched.has(path[0])),
  );
}

/** Shows every issue and goes to the first. Returns whether there is one. */
export function goToIssue() {
  const first = showIssues(form, issues());
  for (const { path } of issues()) touched.add(path[0]);
  first?.focus();
  return first != null;
}

/**
 * Makes the fields work.
 * @param {() => void} changed called when the order has changed
 */
export function startForm(changed) {
  countryField(/** @type {HTMLInputElement} */ (form.querySelector("[name=country]")));
  form.addEventListener("input", ({ target }) => {
    const { name, id, value } = /** @type {HTMLInputElement} */ (target);
    // Text that is typed to find a country is not a country yet.
    if (id === "country") return;
    if (name === "period") chosenPeriod = value;
    touched.add(name || id);
    showFields();
    changed();
  });
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    // Not while a button is being pressed: an issue that appears would move the button away from the pointer.
    if (!(target instanceof HTMLInputElement) || !(relatedTarget instanceof HTMLInputElement)) return;
    touched.add(target.id);
    showOrderIssues();
  });
  for (const [id, step] of /** @type {const} */ ([
    ["fewer", -1],
    ["more", 1],
  ])) {
    at(id).addEventListener("click", () => {
      const quantity = inputAt("quantity");
      quantity.value = String(Math.max(1, Math.floor(quantity.valueAsNumber || 0) + step));
      quantity.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  showFields();
}
