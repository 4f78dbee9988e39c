// @ts-check
// What is on offer: the price of each type and, in the dock, the price of the chosen one.
import { at } from "./dom.js";
import { setButton, setDock } from "./dock.js";
import { periodNote, subjectOf, types, wanted } from "./form.js";
import { priceFor } from "./quotes.js";
import { figure, money, reasonText, failureText } from "./words.js";

/** @import { CalculateResponse } from "./dist/index.js" */
/** @typedef {Extract<CalculateResponse, { success: true }>} Quote */

/** The quote of the current order, if it can be ordered. */
export function goodQuote() {
  const response = priceFor(wanted().proxyType)?.response;
  return response?.success && response.warnings === null ? response : null;
}

export function showTypes() {
  for (const type of types) {
    const priced = priceFor(type);
    const price = /** @type {HTMLElement} */ (document.querySelector(`[data-price=${type}]`));
    const note = /** @type {HTMLElement} */ (document.querySelector(`[data-note=${type}]`));
    price.classList.toggle("stale", !priced);
    if (priced) {
      price.classList.remove("empty");
      price.textContent = priced.response?.success ? money(priced.response.price, priced.response.currency) : "–";
    }
    note.textContent = priced?.response?.success === false ? "not on offer" : periodNote(type);
  }
}

export function showOffer() {
  const order = wanted();
  const { response, error } = priceFor(order.proxyType) ?? {};
  const isPriced = response !== undefined || error !== undefined;
  const quote = response?.success ? response : null;
  at("quote").classList.toggle("stale", !isPriced);
  setButton("Order", goodQuote() !== null);
  if (!isPriced) return setDock(subjectOf(order), "Calculating the price…");
  at("price-line").classList.remove("empty");
  at("price").textContent = quote ? figure(quote.price) : "–";
  at("currency").textContent = quote ? quote.currency : "";
  showPromo(quote);
  const problem = problemText(response, error);
  setDock(subjectOf(order), problem || "Nothing is charged yet.", problem !== "");
  at("again").hidden = !error || error.code.startsWith("invalid_");
}

/**
 * Why there is nothing to order.
 * @param {CalculateResponse | undefined} response
 * @param {import("./quotes.js").Priced["error"]} error
 */
function problemText(response, error) {
  if (error?.code === "invalid_request") return "The price appears when the details are complete.";
  if (error) return reasonText(error);
  if (response?.success === false) return failureText(response.error);
  return (response?.warnings ?? []).map(failureText).join(" ");
}

/** @param {Quote | null} quote */
function showPromo(quote) {
  const status = quote?.promoCodeStatus ?? null;
  const off = quote?.discount ? ` ${quote.discount} % off.` : "";
  const texts = { VALID: `Accepted.${off}`, NO_VALID: "Not valid: this is the full price." };
  at("promo").textContent = status === null ? "" : (texts[/** @type {"VALID"} */ (status)] ?? status);
  at("promo").className = `hint ${status === "VALID" ? "good" : "warn"}`;
}
