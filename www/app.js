// @ts-check
// The shop: what its buttons do.
import { account, isOwn, onSandbox, takeSettings } from "./account.js";
import { readBooks } from "./books.js";
import { at, inputAt } from "./dom.js";
import { isButtonOn, showBalance } from "./dock.js";
import { remember, sentOrder } from "./doubt.js";
import { startFaults } from "./faults.js";
import { form, goToIssue, showIssues, showOrderIssues, startForm, subjectOf, types, wanted } from "./form.js";
import { goodQuote, showOffer, showTypes } from "./offer.js";
import { leaveUnsettled, send } from "./order.js";
import { answerFor, requestQuotes, requestQuotesSoon } from "./quotes.js";
import {
  isScene,
  isShopping,
  setScene,
  showAsking,
  showBalances,
  showDeclined,
  showDoubt,
  showPlaced,
  showWaiting,
  wide,
} from "./scenes.js";
import { showTraffic } from "./traffic.js";
import { money } from "./words.js";

/** @typedef {import("./doubt.js").SentOrder} SentOrder */

const dialog = /** @type {HTMLDialogElement} */ (at("confirm"));
const leaveDialog = /** @type {HTMLDialogElement} */ (at("confirm-leave"));
const settings = /** @type {HTMLFormElement} */ (at("settings"));

/** The order and its quote as they were when the dialog opened. */
let offer = /** @type {{ request: any, quote: import("./offer.js").Quote } | null} */ (null);
let ordering = new AbortController();

// Prices

function showPrices() {
  showTypes();
  if (isShopping()) showOffer();
}

/** @param {string} type */
function onAnswer(type) {
  showPrices();
  // The first call loads the package; it cannot validate before.
  if (type === wanted().proxyType) showOrderIssues();
  const { reply, error } = answerFor(type) ?? {};
  if (reply) showBalance(reply);
  if (error?.code === "invalid_options") {
    showIssues(settings, error.issues ?? []);
    /** @type {HTMLDetailsElement} */ (at("settings-fold")).open = true;
  }
}

/** The order has changed: the offer is void and prices are requested again. */
function onChange() {
  closeOffer();
  if (isScene("declined")) setScene("form");
  showPrices();
  showOrderIssues();
  requestQuotesSoon(onAnswer);
}

/** Requests all prices now. Their replies show the balance, too. */
async function refreshPrices() {
  closeOffer();
  showIssues(settings, []);
  const done = requestQuotes(onAnswer);
  showPrices();
  await done;
  if (!sentOrder || !isScene("doubt")) return;
  const balances = types.map((type) => answerFor(type)?.reply?.balance ?? null);
  showBalances(sentOrder, balances.find((balance) => balance !== null) ?? null);
}

// Orders

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

function closeOffer() {
  offer = null;
  dialog.close();
}

function confirmOffer() {
  if (!offer) return;
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
}

/** Places an order, or sends it again. @param {SentOrder} sent */
async function place(sent) {
  ordering = new AbortController();
  if (sent.attempts === 0) showWaiting(sent);
  else showAsking();
  const outcome = await send(sent, ordering.signal);
  if (outcome.kind === "placed") showPlaced(outcome.receipt, sent);
  else if (outcome.kind === "declined") showDeclined(outcome.texts, sent);
  else showDoubt(outcome.sent);
  await refreshPrices();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isShopping()) openOffer();
  else if (!isButtonOn()) return;
  else if (isScene("placed")) {
    setScene("form");
    showOffer();
    form.scrollIntoView({ block: "nearest" });
  } else if (sentOrder) {
    if (isOwn(sentOrder.baseUrl)) place(sentOrder);
    else refreshPrices();
  }
});
at("place").addEventListener("click", (event) => {
  // The second click of a double one was not meant for what the button has become.
  if (event.detail > 1) event.preventDefault();
});
at("confirm-order").addEventListener("click", ({ detail }) => {
  // The second click of a double one was meant for the button beneath the dialog.
  if (detail <= 1) confirmOffer();
});
at("cancel").addEventListener("click", () => dialog.close());
at("stop").addEventListener("click", () => ordering.abort());
at("again").addEventListener("click", refreshPrices);
at("leave").addEventListener("click", () => leaveDialog.showModal());
at("keep-asking").addEventListener("click", () => leaveDialog.close());
at("leave-order").addEventListener("click", () => {
  leaveDialog.close();
  leaveUnsettled();
  setScene("form");
  showOffer();
});

// Where orders go

settings.addEventListener("submit", (event) => event.preventDefault());
settings.addEventListener("change", () => {
  if (!takeSettings()) return;
  showBalance({ balance: null, currency: null });
  onChange();
});
settings.addEventListener("reset", () => {
  // The values are back only after this event.
  setTimeout(() => {
    takeSettings();
    refreshPrices();
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
at("lab").addEventListener("toggle", () => {
  if (!isShopping()) showTraffic();
});

if (sentOrder) inputAt("baseUrl").value = sentOrder.baseUrl;
takeSettings();
startFaults();
startForm(onChange);
if (sentOrder) showDoubt(sentOrder);
await refreshPrices();
if (onSandbox()) await readBooks();
