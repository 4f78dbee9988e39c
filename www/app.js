// @ts-check
// The shop: which scene is shown, and what its buttons do.
import { account, isOwn, onSandbox, takeSettings } from "./account.js";
import { readBooks } from "./books.js";
import { remember, sentOrder } from "./doubt.js";
import { at, element, inputAt, show } from "./dom.js";
import { startFaults } from "./faults.js";
import {
  form,
  goToIssue,
  periodNote,
  showIssues,
  showOrderIssues,
  startForm,
  subjectOf,
  types,
  wanted,
} from "./form.js";
import { leaveUnsettled, send } from "./order.js";
import { answerFor, ask, askSoon } from "./quotes.js";
import { balanceClue, figure, money, reasonText, refusalText } from "./words.js";

/** @import { CalculateResponse } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {Extract<CalculateResponse, { success: true }>} Quote */
/** @typedef {import("./doubt.js").SentOrder} SentOrder */
/** @typedef {"form" | "declined" | "waiting" | "placed" | "doubt"} Scene */

const dialog = /** @type {HTMLDialogElement} */ (at("confirm"));
const leaveDialog = /** @type {HTMLDialogElement} */ (at("confirm-leave"));
const placeButton = at("place");
const settings = /** @type {HTMLFormElement} */ (at("settings"));
const wide = matchMedia("(min-width: 1000px)");

let scene = /** @type {Scene} */ ("form");
/** What the dialog asks about: the order and its price as they were when it opened. */
let offer = /** @type {{ request: any, quote: Quote } | null} */ (null);
let ordering = new AbortController();

/** The quote that an order can be placed at, if there is one for the order as it stands. */
function goodQuote() {
  const reply = answerFor(wanted().proxyType)?.reply;
  return reply?.success && reply.warnings === null ? reply : null;
}

// Prices

function showPrices() {
  for (const type of types) {
    const answer = answerFor(type);
    const price = /** @type {HTMLElement} */ (document.querySelector(`[data-price=${type}]`));
    const note = /** @type {HTMLElement} */ (document.querySelector(`[data-note=${type}]`));
    price.classList.toggle("stale", !answer);
    if (answer) price.classList.remove("empty");
    if (answer) price.textContent = answer.reply?.success ? money(answer.reply.price, answer.reply.currency) : "–";
    note.textContent = answer?.reply?.success === false ? "not on offer" : periodNote(type);
  }
  if (scene === "form" || scene === "declined") showOffer();
}

/** The price and the button of the type that is chosen. */
function showOffer() {
  const { proxyType } = wanted();
  const answer = answerFor(proxyType);
  const { reply, error } = answer ?? {};
  at("subject").textContent = subjectOf(wanted());
  at("quote").classList.toggle("stale", !answer);
  at("again").hidden = !error || error.code.startsWith("invalid_");
  setButton("Order", goodQuote() !== null);
  if (!answer) return setStatus("Asking for the price…");
  at("price-line").classList.remove("empty");
  at("price").textContent = reply?.success ? figure(reply.price) : "–";
  at("currency").textContent = reply?.success ? reply.currency : "";
  showPromo(reply?.success ? reply : null);
  if (error?.code === "invalid_request") setStatus("The price appears when the details are complete.");
  else if (error) setStatus(reasonText(error), true);
  else if (!reply?.success) setStatus(reply ? refusalText(reply.error) : "", true);
  else setStatus((reply.warnings ?? []).map(refusalText).join(" "), true);
}

/** @param {{ balance: number | null, currency: string | null }} reply */
function showBalance({ balance, currency }) {
  at("balance").className = "";
  at("balance").textContent = balance === null ? "–" : money(balance, currency);
}

/** @param {string} text @param {boolean} [isBad] */
function setStatus(text, isBad = false) {
  at("status").textContent = text || "Nothing is charged yet.";
  at("status").classList.toggle("bad", isBad && text !== "");
}

/** @param {Quote | null} quote */
function showPromo(quote) {
  const status = quote?.promoCodeStatus ?? null;
  const off = quote?.discount ? ` ${quote.discount} % off.` : "";
  const texts = { VALID: `Accepted.${off}`, NO_VALID: "Not valid: this is the full price." };
  at("promo").textContent = status === null ? "" : (texts[/** @type {"VALID"} */ (status)] ?? status);
  at("promo").className = `hint ${status === "VALID" ? "good" : "warn"}`;
}

/** @param {string} text @param {boolean} isOn */
function setButton(text, isOn) {
  placeButton.textContent = text;
  placeButton.setAttribute("aria-disabled", String(!isOn));
}

/** @param {string} type */
function answered(type) {
  showPrices();
  // The first call loads the package, and only then can it check.
  if (type === wanted().proxyType) showOrderIssues();
  const { reply, error } = answerFor(type) ?? {};
  if (reply) showBalance(reply);
  if (error?.code === "invalid_options") {
    showIssues(settings, error.issues ?? []);
    /** @type {HTMLDetailsElement} */ (at("settings-fold")).open = true;
  }
}

/** The order has changed: what was quoted or is being asked about stands no longer. */
function changed() {
  closeOffer();
  if (scene === "declined") setScene("form");
  showPrices();
  showOrderIssues();
  askSoon(answered);
}

/** Asks for all prices now. */
async function askNow() {
  closeOffer();
  showIssues(settings, []);
  const done = ask(answered);
  showPrices();
  await done;
}

function closeOffer() {
  offer = null;
  dialog.close();
}

// Scenes

/** @param {Scene} next */
function setScene(next) {
  if (scene === next) return;
  scene = next;
  document.body.dataset.scene = next;
  for (const id of ["waiting", "placed", "doubt", "declined"]) show(at(id), id === next);
  show(form, next === "form" || next === "declined");
  // An order is asked about where it was sent.
  const isSent = next === "doubt" || next === "waiting";
  inputAt("baseUrl").readOnly = isSent;
  at("back").toggleAttribute("disabled", isSent);
  if (next === "form") return showOffer();
  at(`${next}-title`).focus({ preventScroll: true });
  const { top } = at(next).getBoundingClientRect();
  // On a wide screen it is in view as a rule, and moving the page would only disturb.
  if (!wide.matches || top < 64 || top > innerHeight / 2) at(next).scrollIntoView();
}

/** What the dock at the bottom says while the form is not shown. @param {SentOrder} sent @param {string} status */
function showSent(sent, status) {
  at("price-line").classList.remove("empty");
  at("price").textContent = figure(sent.price);
  at("currency").textContent = sent.currency;
  at("subject").textContent = sent.subject;
  at("quote").classList.remove("stale");
  at("again").hidden = true;
  setStatus(status);
}

/** @param {SentOrder} sent */
async function place(sent) {
  ordering = new AbortController();
  if (sent.attempts === 0) {
    setScene("waiting");
    at("waiting-subject").textContent = `${sent.subject} · ${money(sent.price, sent.currency)}`;
    setButton("Placing your order…", false);
    showSent(sent, "One moment.");
  } else {
    at("doubt-asking").className = "asking";
    at("doubt-attempts").textContent = "Asking the shop…";
    setButton("Finding out…", false);
  }
  const outcome = await send(sent, ordering.signal);
  if (outcome.kind === "placed") showPlaced(outcome.receipt, sent);
  else if (outcome.kind === "declined") showDeclined(outcome.texts, sent);
  else showDoubt(outcome.sent);
  await askNow();
  if (scene === "doubt" && sentOrder) showBalances(sentOrder);
}

/** @param {import("./order.js").Receipt} receipt @param {SentOrder} sent */
function showPlaced(receipt, sent) {
  setScene("placed");
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
  showSent(sent, "Paid from your balance.");
  setButton("Order something else", true);
}

/** @param {string[]} texts @param {SentOrder} sent */
function showDeclined(texts, sent) {
  const lead = sent.attempts > 0 ? ["Now we know: your order was not placed."] : [];
  at("declined-texts").replaceChildren(...[...lead, ...texts].map((text) => element("p", {}, text)));
  setScene("declined");
}

/** @param {SentOrder} sent */
function showDoubt(sent) {
  at("doubt-subject").textContent = sent.subject;
  at("doubt-price").textContent = `a price of ${money(sent.price, sent.currency)}.`;
  at("doubt-time").textContent = `at ${new Date(sent.time).toLocaleTimeString("en-GB")}.`;
  at("doubt-reason").textContent = sent.reason;
  at("doubt-asking").className = "open";
  at("doubt-attempts").textContent =
    sent.attempts > 1 ? `Still no answer after ${sent.attempts} tries.` : "That is what we find out now.";
  at("doubt-before").textContent = money(sent.balance, sent.currency);
  at("doubt-reference").textContent = sent.key;
  at("doubt-promise").textContent = isOwn(sent.baseUrl)
    ? "Press as often as you like. Each try carries the same reference, so the shop books it once: if it has your " +
      "order, you get its number; if not, it is placed now, at this price and no more."
    : "This seller may not recognise an order that is sent again, so it is not sent again. Look at your balance, or " +
      "ask the seller.";
  showSent(sent, "Nothing can be bought twice.");
  setButton(isOwn(sent.baseUrl) ? "Find out what happened" : "Look at the balance again", true);
  setScene("doubt");
}

/** Compares the balance with the one before the order. @param {SentOrder} sent */
function showBalances(sent) {
  const reply = types.map((type) => answerFor(type)?.reply).find((found) => found && found.balance !== null);
  if (reply?.balance == null) {
    at("doubt-now").textContent = "not known";
    at("doubt-clue").textContent = "Your balance cannot be read just now.";
    return;
  }
  at("doubt-now").textContent = money(reply.balance, reply.currency);
  at("doubt-clue").textContent = balanceClue(sent, reply.balance);
}

// What the button does

function openOffer() {
  const quote = goodQuote();
  if (goToIssue() || !quote) return;
  offer = { request: wanted(), quote };
  at("confirm-subject").textContent = subjectOf(offer.request);
  at("confirm-price").textContent = money(quote.price, quote.currency);
  at("confirm-hint").textContent = onSandbox()
    ? "This is a sandbox: nothing is bought for real."
    : "Your account is charged.";
  dialog.showModal();
}

async function findOut() {
  if (!sentOrder) return;
  if (isOwn(sentOrder.baseUrl)) return place(sentOrder);
  await askNow();
  showBalances(sentOrder);
}

placeButton.addEventListener("click", (event) => {
  // The second click of a double one was not meant for what the button has become.
  if (event.detail > 1) event.preventDefault();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (scene === "form" || scene === "declined") openOffer();
  else if (placeButton.getAttribute("aria-disabled") === "true") return;
  else if (scene === "doubt") findOut();
  else if (scene === "placed") {
    setScene("form");
    at("order").scrollIntoView({ block: "nearest" });
  }
});
at("confirm-order").addEventListener("click", ({ detail }) => {
  // The second click of a double one was meant for the button beneath the dialog.
  if (detail > 1 || !offer) return;
  const { request, quote } = offer;
  closeOffer();
  place({
    request,
    subject: subjectOf(request),
    price: quote.price,
    balance: quote.balance,
    currency: quote.currency,
    baseUrl: account.baseUrl,
    key: crypto.randomUUID(),
    time: new Date().toISOString(),
    reason: "The page was closed before the answer came.",
    attempts: 0,
  });
});
at("cancel").addEventListener("click", () => dialog.close());
at("stop").addEventListener("click", () => ordering.abort());
at("again").addEventListener("click", askNow);
at("leave").addEventListener("click", () => leaveDialog.showModal());
at("keep-asking").addEventListener("click", () => leaveDialog.close());
at("leave-order").addEventListener("click", () => {
  leaveDialog.close();
  leaveUnsettled();
  setScene("form");
});

// Where orders go

settings.addEventListener("submit", (event) => event.preventDefault());
settings.addEventListener("change", () => {
  if (takeSettings()) {
    showBalance({ balance: null, currency: null });
    changed();
  }
});
settings.addEventListener("reset", () => {
  // The values are back only after this event.
  setTimeout(() => {
    takeSettings();
    askNow();
  });
});
at("start-over").addEventListener("click", async () => {
  const reply = await fetch("/api/__sandbox/reset", { method: "POST" }).catch(() => null);
  if (!reply?.ok) return;
  remember(null);
  location.reload();
});

// The panel covers the shop on a phone only.
wide.addEventListener("change", () => at("lab").hidePopover());

if (sentOrder) inputAt("baseUrl").value = sentOrder.baseUrl;
takeSettings();
startFaults();
startForm(changed);
if (sentOrder) showDoubt(sentOrder);
await askNow();
if (scene === "doubt" && sentOrder) showBalances(sentOrder);
if (onSandbox()) await readBooks();
