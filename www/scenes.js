// @ts-check
// The scenes of a purchase: waiting, unresolved, placed, not placed, and resolved elsewhere.
import { account, onSandbox } from "./account.js";
import { at, element, inputAt, show } from "./dom.js";
import { setButton, setDock, showBalance } from "./dock.js";
import { form, subjectOf } from "./form.js";
import { note } from "./note.js";
import { balanceClue, money } from "./words.js";

/** @import { CheckoutState, OrderResponse } from "./dist/index.js" */
/** @typedef {"form" | "declined" | "elsewhere" | "waiting" | "placed" | "unresolved"} Scene */
/** @typedef {Extract<OrderResponse, { success: true }>} Receipt */

export const wide = matchMedia("(min-width: 1000px)");

let scene = /** @type {Scene} */ ("form");

/** Whether the form is shown, and with it an offer. */
export const isShopping = () => ["form", "declined", "elsewhere"].includes(scene);

/** @param {Scene} name */
export const isScene = (name) => scene === name;

/** @param {Scene} next */
export function setScene(next) {
  if (scene === next) return;
  scene = next;
  document.body.dataset.scene = next;
  for (const id of ["waiting", "placed", "unresolved", "declined", "elsewhere"]) show(at(id), id === next);
  show(form, isShopping());
  at("open-lab-text").textContent = isShopping() ? "Try to break it" : "See what really happened";
  // A lookup must go where the order was sent.
  const isSent = next === "unresolved" || next === "waiting";
  inputAt("baseUrl").readOnly = isSent;
  at("back").toggleAttribute("disabled", isSent);
  if (next === "form") return;
  at(`${next}-title`).focus({ preventScroll: true });
  const { top } = at(next).getBoundingClientRect();
  // On a wide screen it is usually in view, and scrolling would only disturb.
  if (!wide.matches || top < 64 || top > innerHeight / 2) at(next).scrollIntoView();
}

/** The price that the customer confirmed, which only the tab of the purchase knows. */
const confirmedPrice = () => (note ? money(note.price, note.currency) : "the price shown in another tab");

/** @param {any} request */
export function showWaiting(request) {
  at("waiting-subject").textContent = `${subjectOf(request)} · ${confirmedPrice()}`;
  setDock("One moment, please", "Your order is on its way.");
  setButton("Placing your order…", false);
  setScene("waiting");
}

/** @param {any} request @param {Receipt} receipt @param {boolean} wasUnresolved */
export function showPlaced(request, receipt, wasUnresolved) {
  at("placed-text").textContent = wasUnresolved
    ? "Now we know: your order was placed, once, and charged once."
    : "Thank you. Here is your receipt.";
  at("placed-number").textContent = receipt.orderNumber;
  at("placed-subject").textContent = subjectOf(request);
  at("placed-price").textContent = note ? money(note.price, note.currency) : "";
  show(at("placed-price-row"), note !== null);
  at("placed-balance").textContent = money(receipt.balance, receipt.currency);
  at("placed-promo").textContent = receipt.promoCodeStatus === "VALID" ? "accepted" : "not valid";
  show(at("placed-promo-row"), receipt.promoCodeStatus !== null);
  showBalance(receipt);
  setDock("Thank you!", note ? `Paid from your balance: ${confirmedPrice()}.` : "Paid from your balance.");
  setButton("Order something else", true);
  setScene("placed");
}

/** @param {string[]} texts @param {boolean} wasUnresolved */
export function showDeclined(texts, wasUnresolved) {
  const lead = wasUnresolved ? ["Now we know: your order was not placed."] : [];
  at("declined-texts").replaceChildren(...[...lead, ...texts].map((text) => element("p", {}, text)));
  setScene("declined");
}

/** Shows that the purchase was resolved in another tab, by a lookup or by somebody who has checked. */
export const showElsewhere = () => setScene("elsewhere");

const maybeSent = "Another tab may still be working on it, or the page was closed too early.";

/**
 * Shows an unresolved purchase.
 * @param {Extract<CheckoutState, { status: "unresolved" }>} state
 * @param {string} [reason] why there is no answer, if this page knows
 */
export function showUnresolved({ request, since, idempotencyKey }, reason = maybeSent) {
  const canAsk = onSandbox();
  showSent(request, new Date(since), reason);
  at("unresolved-asking").className = "open";
  at("unresolved-progress").textContent = canAsk ? "Press the button to find out." : "Only the shop can say.";
  at("unresolved-reference").textContent = idempotencyKey;
  show(at("stop-asking"), false);
  show(at("reference"), true);
  at("unresolved-promise").textContent = canAsk
    ? "Press as often as you like: it only asks the shop what happened to this order, and never buys."
    : "This shop may not be able to say what happened to an order. Look at your balance, or ask the shop.";
  setDock(
    canAsk ? "You cannot be charged twice" : "Your order is not sent again",
    "Nothing else is bought until this is resolved.",
  );
  setButton(canAsk ? "Find out what happened" : "Look at the balance again", true);
  setScene("unresolved");
}

/** Shows that this page is looking up what happened. @param {any} request */
export function showAsking(request) {
  if (!isScene("unresolved")) {
    showSent(request, new Date(), "We are asking the shop what happened.");
    at("unresolved-promise").textContent = "Asking never buys.";
    show(at("reference"), false);
  }
  at("unresolved-asking").className = "asking";
  at("unresolved-progress").textContent = "Asking the shop…";
  show(at("stop-asking"), true);
  setDock("One moment, please", "Nothing else is bought until this is resolved.");
  setButton("Finding out…", false);
  setScene("unresolved");
}

/** @param {any} request @param {Date} time @param {string} reason */
function showSent(request, time, reason) {
  at("unresolved-subject").textContent = subjectOf(request);
  at("unresolved-price").textContent = `${confirmedPrice()}.`;
  const isToday = time.toDateString() === new Date().toDateString();
  at("unresolved-time").textContent = isToday
    ? `at ${time.toLocaleTimeString("en-GB")}.`
    : `on ${time.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" })}.`;
  at("unresolved-reason").textContent = reason;
  show(at("balances"), note?.baseUrl === account.baseUrl);
  at("unresolved-now").textContent = "–";
  at("unresolved-clue").textContent = "";
  if (note) at("unresolved-before").textContent = money(note.balance, note.currency);
}

/**
 * Compares the balance with the one before the order.
 * @param {number | null} now `null` when it cannot be read
 */
export function showBalances(now) {
  if (!note) return;
  at("unresolved-now").textContent = money(now, note.currency);
  at("unresolved-clue").textContent = now === null ? "It cannot be read at the moment." : balanceClue(note, now);
}
