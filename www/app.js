// @ts-check
// What the buttons of the shop do.
import { account, onSandbox, startAccount, takeSettings } from "./account.js";
import { control } from "./api.js";
import { readBooks } from "./books.js";
import { at } from "./dom.js";
import { isButtonOn, showBalance } from "./dock.js";
import { startFaults } from "./faults.js";
import { form, goToIssue, showIssues, showOrderIssues, startForm, subjectOf, types, wanted } from "./form.js";
import { keep, note } from "./note.js";
import { goodQuote, showOffer, showTypes } from "./offer.js";
import { buy, checkout, findOut, openCheckout, stopWaiting } from "./purchase.js";
import { priceFor, requestQuotes, requestQuotesSoon } from "./quotes.js";
import {
  isScene,
  isShopping,
  setScene,
  showAsking,
  showBalances,
  showDeclined,
  showElsewhere,
  showPlaced,
  showUnresolved,
  showWaiting,
  wide,
} from "./scenes.js";
import { showTraffic } from "./traffic.js";
import { changeTexts, failureText, money, reasonText } from "./words.js";

/** @import { PurchaseResult } from "./dist/index.js" */

const dialog = /** @type {HTMLDialogElement} */ (at("confirm"));
const leaveDialog = /** @type {HTMLDialogElement} */ (at("confirm-leave"));
const settings = /** @type {HTMLFormElement} */ (at("settings"));

/** The order and its quote at the moment when the dialog opened. */
let offer = /** @type {{ request: any, quote: import("./offer.js").Quote } | null} */ (null);
/** Whether this page is buying or finding out; it then shows the result itself. */
let isWorking = false;

// Prices

function showPrices() {
  showTypes();
  if (isShopping()) showOffer();
}

/** @param {string} type */
function onPrice(type) {
  showPrices();
  // The package can validate once its first call has loaded it.
  if (type === wanted().proxyType) showOrderIssues();
  const { response, error } = priceFor(type) ?? {};
  if (response) showBalance(response);
  if (error?.code === "invalid_options") {
    showIssues(settings, error.issues ?? []);
    /** @type {HTMLDetailsElement} */ (at("settings-fold")).open = true;
  }
}

/** The order has changed: the offer no longer holds, and the prices are requested again. */
function onChange() {
  closeOffer();
  if (isShopping()) setScene("form");
  showPrices();
  showOrderIssues();
  requestQuotesSoon(onPrice);
}

/** Requests all prices now. Their responses show the balance as well. */
async function refreshPrices() {
  closeOffer();
  showIssues(settings, []);
  const done = requestQuotes(onPrice);
  showPrices();
  await done;
  if (!isScene("unresolved")) return;
  const balances = types.map((type) => priceFor(type)?.response?.balance ?? null);
  showBalances(balances.find((balance) => balance !== null) ?? null);
}

// Purchases

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

async function confirmOffer() {
  if (!offer) return;
  const { request, quote } = offer;
  closeOffer();
  keep({ baseUrl: account.baseUrl, price: quote.price, balance: quote.balance, currency: quote.currency });
  await work(() => buy(request, quote.price), false);
}

/**
 * Buys or finds out, and shows the result.
 * @param {() => Promise<PurchaseResult | undefined>} run
 * @param {boolean} wasUnresolved
 */
async function work(run, wasUnresolved) {
  isWorking = true;
  const stopObserving = checkout.subscribe(() => (wasUnresolved ||= checkout.state.status === "resolving"));
  const result = await run();
  stopObserving();
  isWorking = false;
  showResult(result, wasUnresolved);
  await refreshPrices();
}

/** @param {PurchaseResult | undefined} result @param {boolean} wasUnresolved */
function showResult(result, wasUnresolved) {
  const { state } = checkout;
  if (result?.outcome === "unknown" && state.status === "unresolved") {
    showUnresolved(state, reasonText(result.error));
    return;
  }
  if (result?.outcome === "placed") showPlaced(result.request, result.receipt, wasUnresolved);
  else if (result?.outcome !== "not_placed") showElsewhere();
  else if ("failure" in result) showDeclined([failureText(result.failure.error)], wasUnresolved);
  else {
    const { error } = result;
    showDeclined([reasonText(error), ...changeTexts(error.quote, note?.price ?? 0)], wasUnresolved);
  }
  keep(null);
  onCheckout();
}

/** Shows what this page is doing, or the purchase that another tab has left unresolved. */
function onCheckout() {
  const { state } = checkout;
  if (state.status === "buying") showWaiting(state.request);
  else if (state.status === "resolving") showAsking(state.request);
  // A receipt stays until it has been read.
  else if (isWorking || isScene("placed")) return;
  else if (state.status === "unresolved") {
    closeOffer();
    showUnresolved(state);
  } else if (isScene("unresolved")) {
    keep(null);
    showElsewhere();
    refreshPrices();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isShopping()) openOffer();
  else if (!isButtonOn()) return;
  else if (isScene("placed")) {
    setScene("form");
    showOffer();
    form.scrollIntoView({ block: "nearest" });
    onCheckout();
  } else if (onSandbox()) work(findOut, true);
  else refreshPrices();
});
at("place").addEventListener("click", (event) => {
  // The second click of a double-click was meant for what the button was before.
  if (event.detail > 1) event.preventDefault();
});
at("confirm-order").addEventListener("click", ({ detail }) => {
  // The second click of a double-click was meant for the button beneath the dialog.
  if (detail <= 1) confirmOffer();
});
at("cancel").addEventListener("click", () => dialog.close());
at("stop").addEventListener("click", stopWaiting);
at("stop-asking").addEventListener("click", stopWaiting);
at("again").addEventListener("click", refreshPrices);
at("leave").addEventListener("click", () => leaveDialog.showModal());
at("go-back").addEventListener("click", () => leaveDialog.close());
at("dismiss").addEventListener("click", () => {
  leaveDialog.close();
  setScene("form");
  keep(null);
  checkout.dismiss();
  showOffer();
});

// Where orders go

settings.addEventListener("submit", (event) => event.preventDefault());
settings.addEventListener("change", () => {
  if (!takeSettings()) return;
  showBalance({ balance: null, currency: null });
  onChange();
  openCheckout(onCheckout);
});
settings.addEventListener("reset", () => {
  // The fields are reset only after this event.
  setTimeout(() => {
    takeSettings();
    openCheckout(onCheckout);
    refreshPrices();
  });
});
at("reset-sandbox").addEventListener("click", async () => {
  const response = await control("reset", { method: "POST" }).catch(() => null);
  if (!response?.ok) return;
  keep(null);
  checkout.dismiss();
  location.reload();
});

// Only on a phone does the panel cover the shop.
wide.addEventListener("change", () => at("lab").hidePopover());
at("lab").addEventListener("toggle", () => {
  if (!isShopping()) showTraffic();
});

startAccount(note?.baseUrl);
startFaults();
startForm(onChange);
openCheckout(onCheckout);
if (checkout.state.status === "ready") keep(null);
await refreshPrices();
if (onSandbox()) await readBooks();
