// @ts-check
// What is on offer: the price of each type, and in the dock the price of the one that is chosen.
import { at } from "./dom.js";
import { setButton, setDock } from "./dock.js";
import { periodNote, subjectOf, types, wanted } from "./form.js";
import { answerFor } from "./quotes.js";
import { figure, money, reasonText, refusalText } from "./words.js";

/** @import { CalculateResponse } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {Extract<CalculateResponse, { success: true }>} Quote */

/** The quote that an order can be placed at, if there is one for the order as it stands. */
export function goodQuote() {
  const reply = answerFor(wanted().proxyType)?.reply;
  return reply?.success && reply.warnings === null ? reply : null;
}

export function showTypes() {
  for (const type of types) {
    const answer = answerFor(type);
    const price = /** @type {HTMLElement} */ (document.querySelector(`[data-price=${type}]`));
    const note = /** @type {HTMLElement} */ (document.querySelector(`[data-note=${type}]`));
    price.classList.toggle("stale", !answer);
    if (answer) {
      price.classList.remove("empty");
      price.textContent = answer.reply?.success ? money(answer.reply.price, answer.reply.currency) : "–";
    }
    note.textContent = answer?.reply?.success === false ? "not on offer" : periodNote(type);
  }
}

export function showOffer() {
  const order = wanted();
  const { reply, error } = answerFor(order.proxyType) ?? {};
  const isAnswered = reply !== undefined || error !== undefined;
  const quote = reply?.success ? reply : null;
  at("quote").classList.toggle("stale", !isAnswered);
  setButton("Order", goodQuote() !== null);
  if (!isAnswered) return setDock(subjectOf(order), "Asking for the price…");
  at("price-line").classList.remove("empty");
  at("price").textContent = quote ? figure(quote.price) : "–";
  at("currency").textContent = quote ? quote.currency : "";
  showPromo(quote);
  const problem = problemText(reply, error);
  setDock(subjectOf(order), problem || "Nothing is charged yet.", problem !== "");
  at("again").hidden = !error || error.code.startsWith("invalid_");
}

/**
 * Why there is nothing to order.
 * @param {CalculateResponse | undefined} reply
 * @param {import("./quotes.js").Answer["error"]} error
 */
function problemText(reply, error) {
  if (error?.code === "invalid_request") return "The price appears when the details are complete.";
  if (error) return reasonText(error);
  if (reply?.success === false) return refusalText(reply.error);
  return (reply?.warnings ?? []).map(refusalText).join(" ");
}

/** @param {Quote | null} quote */
function showPromo(quote) {
  const status = quote?.promoCodeStatus ?? null;
  const off = quote?.discount ? ` ${quote.discount} % off.` : "";
  const texts = { VALID: `Accepted.${off}`, NO_VALID: "Not valid: this is the full price." };
  at("promo").textContent = status === null ? "" : (texts[/** @type {"VALID"} */ (status)] ?? status);
  at("promo").className = `hint ${status === "VALID" ? "good" : "warn"}`;
}
