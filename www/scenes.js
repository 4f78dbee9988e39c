// @ts-check
// The scenes of an order: waiting, placed, not placed, in doubt.
import { isOwn } from "./account.js";
import { at, element, inputAt, show } from "./dom.js";
import { setButton, setDock, showBalance } from "./dock.js";
import { form } from "./form.js";
import { balanceClue, money } from "./words.js";

/** @typedef {import("./doubt.js").SentOrder} SentOrder */
/** @typedef {"form" | "declined" | "waiting" | "placed" | "doubt"} Scene */

export const wide = matchMedia("(min-width: 1000px)");

let scene = /** @type {Scene} */ ("form");

/** Whether the form is shown, and with it an offer. */
export const isShopping = () => scene === "form" || scene === "declined";

/** @param {Scene} name */
export const isScene = (name) => scene === name;

/** @param {Scene} next */
export function setScene(next) {
  if (scene === next) return;
  scene = next;
  document.body.dataset.scene = next;
  for (const id of ["waiting", "placed", "doubt", "declined"]) show(at(id), id === next);
  show(form, isShopping());
  at("open-lab-text").textContent = isShopping() ? "Try to break it" : "See what really happened";
  // A repeat must go where the order was sent.
  const isSent = next === "doubt" || next === "waiting";
  inputAt("baseUrl").readOnly = isSent;
  at("back").toggleAttribute("disabled", isSent);
  if (next === "form") return;
  at(`${next}-title`).focus({ preventScroll: true });
  const { top } = at(next).getBoundingClientRect();
  // On a wide screen it is usually in view, and scrolling would only disturb.
  if (!wide.matches || top < 64 || top > innerHeight / 2) at(next).scrollIntoView();
}

/** @param {SentOrder} sent */
export function showWaiting(sent) {
  at("waiting-subject").textContent = `${sent.subject} · ${money(sent.price, sent.currency)}`;
  setDock("One moment, please", "Your order is on its way.");
  setButton("Placing your order…", false);
  setScene("waiting");
}

/** @param {import("./order.js").Receipt} receipt @param {SentOrder} sent */
export function showPlaced(receipt, sent) {
  at("placed-text").textContent =
    sent.attempts > 0
      ? "Now we know: your order was placed, once, and charged once."
      : "Thank you. Here is your receipt.";
  at("placed-number").textContent = receipt.orderNumber;
  at("placed-subject").textContent = sent.subject;
  at("placed-price").textContent = money(sent.price, sent.currency);
  at("placed-balance").textContent = money(receipt.balance, receipt.currency);
  at("placed-promo").textContent = receipt.promoCodeStatus === "VALID" ? "accepted" : "not valid";
  show(at("placed-promo-row"), receipt.promoCodeStatus !== null);
  showBalance(receipt);
  setDock("Thank you!", `Paid from your balance: ${money(sent.price, sent.currency)}.`);
  setButton("Order something else", true);
  setScene("placed");
}

/** @param {string[]} texts @param {SentOrder} sent */
export function showDeclined(texts, sent) {
  const lead = sent.attempts > 0 ? ["Now we know: your order was not placed."] : [];
  at("declined-texts").replaceChildren(...[...lead, ...texts].map((text) => element("p", {}, text)));
  setScene("declined");
}

/** @param {SentOrder} sent */
export function showDoubt(sent) {
  const canAsk = isOwn(sent.baseUrl);
  at("doubt-subject").textContent = sent.subject;
  at("doubt-price").textContent = `a price of ${money(sent.price, sent.currency)}.`;
  at("doubt-time").textContent = `at ${new Date(sent.time).toLocaleTimeString("en-GB")}.`;
  at("doubt-reason").textContent = sent.reason;
  at("doubt-asking").className = "open";
  at("doubt-attempts").textContent = openQuestion(sent.attempts, canAsk);
  at("doubt-before").textContent = money(sent.balance, sent.currency);
  at("doubt-reference").textContent = canAsk ? `Your reference: ${sent.key}` : "";
  at("doubt-promise").textContent = canAsk
    ? "Press as often as you like. Each try carries the same reference, so the shop books it once: if it has your " +
      "order, you get its number; if not, it is placed now, at this price and no more."
    : "This seller may not recognise an order that is sent again, so it is not sent again. Look at your balance, or " +
      "ask the seller.";
  setDock(
    canAsk ? "You cannot be charged twice" : "Your order is not sent again",
    "Nothing else is bought until this is settled.",
  );
  setButton(canAsk ? "Find out what happened" : "Look at the balance again", true);
  setScene("doubt");
}

/** @param {number} attempts @param {boolean} canAsk */
function openQuestion(attempts, canAsk) {
  if (!canAsk) return "Only the seller can tell.";
  return attempts > 1 ? `Still no answer after ${attempts} tries.` : "That is what we find out now.";
}

export function showAsking() {
  at("doubt-asking").className = "asking";
  at("doubt-attempts").textContent = "Asking the shop…";
  setButton("Finding out…", false);
}

/**
 * Compares the balance with the one before the order.
 * @param {SentOrder} sent
 * @param {number | null} now `null` when it cannot be read
 */
export function showBalances(sent, now) {
  at("doubt-now").textContent = money(now, sent.currency);
  at("doubt-clue").textContent = now === null ? "It cannot be read just now." : balanceClue(sent, now);
}
