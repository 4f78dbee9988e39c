// @ts-check
import { calculate, isProxyOrdersError, order, validateOrder } from "/node_modules/proxy-orders/dist/index.js";
import { logCall } from "./log.js";
import { apiText, changeTexts, errorText, faults, figure, money, outcomeText } from "./words.js";

/** @import { CalculateResponse, CallOptions, Issue } from "/node_modules/proxy-orders/dist/index.js" */
/** @typedef {Extract<CalculateResponse, { success: true }>} Quote */

const pause = 300;
const timeoutMs = 10_000;

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 */
const at = (id) => /** @type {E} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (at("order"));
const settings = /** @type {HTMLFormElement} */ (at("settings"));
const dialog = /** @type {HTMLDialogElement} */ (at("confirm"));
const placeButton = /** @type {HTMLButtonElement} */ (at("place"));

/** Where the API is, as the settings said when they were last left: half an address shall not be sent the key. */
let account = { baseUrl: setting("baseUrl"), apiKey: setting("apiKey") };
/** The quote that stands for what the form says now, if one does. */
let quote = /** @type {Quote | null} */ (null);
let asking = new AbortController();
let ordering = /** @type {AbortController | null} */ (null);
let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
/** Fields that were edited or left; only these complain of being empty. */
const touched = new Set();
/** Whether the last order may have been placed without our knowing. */
let inDoubt = false;

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function show(place, text) {
  place.textContent = text;
  place.hidden = text === "";
}

/**
 * @param {string} tag
 * @param {string} text
 */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {HTMLInputElement} input */
function entered(input) {
  if (input.type !== "number") return input.value || undefined;
  // What is typed but is no number stays one of the wrong kind, and the package says so.
  return input.value === "" && !input.validity.badInput ? undefined : input.valueAsNumber;
}

/** One object for both calls: each sends the fields that its request has. */
function wanted() {
  /** @type {Record<string, unknown>} */
  const value = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement)) continue;
    if (field.type !== "radio" || field.checked) value[field.name] = entered(field);
  }
  return /** @type {any} */ (value);
}

/** @param {"baseUrl" | "apiKey" | "fault" | "target"} name */
function setting(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (settings.elements.namedItem(name)).value;
}

function onSandbox() {
  try {
    return new URL(account.baseUrl, location.href).href.replace(/\/+$/, "") === `${location.origin}/api`;
  } catch {
    return false;
  }
}

function activeFault() {
  return onSandbox() ? setting("fault") : "";
}

/**
 * @param {ReturnType<typeof logCall>} log
 * @param {AbortSignal} signal
 * @returns {CallOptions}
 */
function options(log, signal) {
  const fault = activeFault();
  const target = setting("target");
  return {
    ...account,
    signal,
    timeoutMs,
    headers: fault === "" ? {} : { "x-sandbox-fault": target === "both" ? fault : `${fault}; on=${target}` },
    fetch: (request, ...rest) => {
      log.sent(/** @type {Request} */ (request));
      return fetch(request, ...rest);
    },
  };
}

/**
 * Makes a call and keeps it in the log.
 * @template {{ success: boolean }} R
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {(options: CallOptions) => Promise<R>} call
 */
async function logged(name, signal, call) {
  const log = logCall(name);
  try {
    const reply = await call(options(log, signal));
    log.done(reply);
    return reply;
  } catch (error) {
    log.failed(error);
    throw error;
  }
}

/** Every issue of the form as it stands; none known before the package is loaded. */
function issues() {
  try {
    return validateOrder(wanted()).issues ?? [];
  } catch {
    return [];
  }
}

/**
 * Puts issues under their fields, and says which of the fields comes first on the page.
 * @param {HTMLFormElement} of
 * @param {readonly Issue[]} found
 */
function showIssues(of, found) {
  let first;
  const places = [...of.querySelectorAll(".issue")].map((place) => /** @type {HTMLElement} */ (place));
  for (const place of places) {
    const name = place.id.replace(/-issue$/, "");
    const text = found
      .filter(({ path }) => path[0] === name)
      .map(({ message }) => message)
      .join(" ");
    if (place.textContent !== text) show(place, text);
    for (const field of of.querySelectorAll(`[name="${name}"]`)) {
      if (text === "") field.removeAttribute("aria-invalid");
      else {
        field.setAttribute("aria-invalid", "true");
        first ??= /** @type {HTMLElement} */ (field);
      }
    }
  }
  return first;
}

function showOrderIssues() {
  showIssues(
    form,
    issues().filter(({ code, path }) => code !== "required" || touched.has(path[0])),
  );
}

/** Shows every issue and goes to the first. */
function goToIssue() {
  for (const { name } of /** @type {Iterable<HTMLInputElement>} */ (form.elements)) touched.add(name);
  const first = showIssues(form, issues());
  first?.focus();
  return first !== undefined;
}

/** Shows the fields that apply to what is chosen. */
function showFields() {
  const { proxyType, authType } = wanted();
  for (const part of form.querySelectorAll("[data-for]")) {
    const group = /** @type {HTMLElement} */ (part);
    group.hidden = group.dataset.for !== proxyType && group.dataset.for !== authType;
  }
}

/** Takes the settings over, and shows whether the sandbox is talked to and which fault it was asked for. */
function takeSettings() {
  const before = account;
  account = { baseUrl: setting("baseUrl"), apiKey: setting("apiKey") };
  // Another account has another balance.
  if (account.baseUrl !== before.baseUrl || account.apiKey !== before.apiKey) at("balance").textContent = "–";
  at("sandbox").toggleAttribute("disabled", !onSandbox());
  const name = faults.find(([fault]) => fault === activeFault())?.[1];
  show(at("fault-note"), name ? `Fault switched on: ${name}.` : "");
}

/** The order in a few words. */
function subject() {
  const { proxyType, quantity, rentPeriodDays, country } = wanted();
  const type = proxyType === "MOBILE" ? "Mobile" : proxyType;
  const some = quantity === 1 ? "1 proxy" : `${quantity ?? "–"} proxies`;
  const days = rentPeriodDays === 1 ? "1 day" : `${rentPeriodDays ?? "–"} days`;
  return `${type} · ${some} · ${country ?? "–"} · ${days}`;
}

/** @param {{ balance: number | null, currency: string | null }} reply */
function showBalance({ balance, currency }) {
  at("balance").textContent = balance === null ? "–" : money(balance, currency);
}

/**
 * Shows the quote, or why there is none.
 * @param {string} status
 * @param {boolean} [failed]
 */
function showQuote(status, failed = false) {
  show(at("status"), status);
  at("status").classList.toggle("bad", failed);
  at("again").hidden = !failed;
  at("quote").classList.remove("stale");
  at("subject").textContent = subject();
  at("price").textContent = quote ? figure(quote.price) : "–";
  at("currency").textContent = quote ? quote.currency : "";
  at("price-again").textContent = quote ? money(quote.price, quote.currency) : "–";
  show(at("discount"), quote && quote.discount !== 0 ? `${quote.discount} % off` : "");
  const promo = quote?.promoCodeStatus;
  const promoTexts = { VALID: "Promo code accepted", NO_VALID: "Promo code not valid: this is the full price" };
  show(at("promo"), promo ? (promoTexts[/** @type {"VALID"} */ (promo)] ?? `Promo code: ${promo}`) : "");
  at("promo").classList.toggle("warn", promo !== "VALID");
  const warnings = quote?.warnings ?? [];
  at("warning-list").replaceChildren(...warnings.map((warning) => element("li", apiText(warning))));
  at("warnings").hidden = warnings.length === 0;
  showButton();
}

function showButton() {
  placeButton.disabled = !quote || quote.warnings !== null || ordering !== null;
  placeButton.textContent = quote ? `Order for ${money(quote.price, quote.currency)}` : "Order";
}

/** The form changed: what was quoted stands no longer, and after a pause in typing the price is asked anew. */
function changed() {
  quote = null;
  asking.abort();
  showFields();
  showButton();
  at("quote").classList.add("stale");
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
}

/** Asks for the price of what the form says now. */
async function ask() {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  quote = null;
  showButton();
  showOrderIssues();
  showIssues(settings, []);
  at("quote").classList.add("stale");
  if (at("price").textContent === "–") show(at("status"), "Asking for the price…");
  at("again").hidden = true;
  try {
    const reply = await logged("calculate", signal, (options) => calculate(wanted(), options));
    if (signal.aborted) return;
    showBalance(reply);
    if (reply.success) quote = reply;
    showQuote(reply.success ? "" : apiText(reply.error), !reply.success);
  } catch (error) {
    if (signal.aborted) return;
    if (!isProxyOrdersError(error)) throw error;
    if (error.code === "invalid_options") {
      showIssues(settings, error.issues ?? []);
      /** @type {HTMLDetailsElement} */ (at("settings-fold")).open = true;
    }
    if (error.code === "invalid_request") showQuote("The price appears when the details are complete.");
    else showQuote(errorText(error), true);
  }
  // The first call loads the package, and only then can it check.
  showOrderIssues();
}

/**
 * Shows how an order went.
 * @param {string} kind
 * @param {string} title
 * @param {HTMLElement[]} body
 */
function showResult(kind, title, body) {
  const result = at("result");
  const away = document.activeElement !== document.body && !result.contains(document.activeElement);
  result.hidden = false;
  result.className = `card result ${kind}`;
  at("result-title").textContent = title;
  at("result-body").replaceChildren(...body);
  at("stop").hidden = kind !== "waiting";
  if (!away) at("result-title").focus({ preventScroll: true });
  result.scrollIntoView({ block: "nearest" });
}

/** @param {[string, string][]} rows */
function table(rows) {
  const list = document.createElement("dl");
  for (const [name, text] of rows) list.append(element("dt", name), element("dd", text));
  return list;
}

/**
 * Places an order that was confirmed at a price.
 * @param {any} wish
 * @param {Quote} confirmed
 */
async function place(wish, confirmed) {
  const what = subject();
  /** @type {HTMLElement | null} */
  let doubtful = null;
  ordering = new AbortController();
  inDoubt = false;
  showButton();
  showResult("waiting", "Placing your order…", [element("p", what)]);
  try {
    const maxPrice = confirmed.price;
    const receipt = await logged("order", ordering.signal, (options) => order(wish, { ...options, maxPrice }));
    showBalance(receipt);
    if (receipt.success) {
      const rows = /** @type {[string, string][]} */ ([
        ["Order number", receipt.orderNumber],
        ["Order", what],
        ["New balance", money(receipt.balance, receipt.currency)],
      ]);
      if (receipt.promoCodeStatus) {
        rows.push(["Promo code", receipt.promoCodeStatus === "VALID" ? "accepted" : "not valid"]);
      }
      showResult("good", "Order placed", [table(rows)]);
    } else {
      const texts = [apiText(receipt.error), outcomeText("not_placed")];
      showResult(
        "bad",
        "Order refused",
        texts.map((text) => element("p", text)),
      );
    }
  } catch (error) {
    if (!isProxyOrdersError(error)) throw error;
    inDoubt = error.outcome === "unknown";
    const texts = [errorText(error)];
    if (error.code === "refused") texts.push(...changeTexts(error.quote, confirmed.price));
    const body = texts.map((text) => element("p", text));
    const outcome = element("p", outcomeText(error.outcome ?? "unknown"));
    outcome.className = "outcome";
    body.push(outcome);
    const rows = /** @type {[string, string][]} */ ([["Code", error.code]]);
    if (inDoubt) {
      if (error.idempotencyKey) rows.push(["Reference", error.idempotencyKey]);
      rows.push(["Balance before", money(confirmed.balance, confirmed.currency)]);
    }
    const list = table(rows);
    body.push(list);
    showResult(inDoubt ? "doubt" : "bad", inDoubt ? "Order in doubt" : "Order not placed", body);
    doubtful = inDoubt ? list : null;
  } finally {
    ordering = null;
    // The balance may be another one now, and with it what can be ordered.
    await ask();
  }
  if (doubtful && quote) {
    doubtful.append(element("dt", "Balance now"), element("dd", money(quote.balance, quote.currency)));
  }
}

form.addEventListener("input", ({ target }) => {
  touched.add(/** @type {HTMLInputElement} */ (target).name);
  changed();
});
form.addEventListener("focusout", ({ target, relatedTarget }) => {
  // Not while a button is being pressed: it would move away from under the pointer.
  if (!(target instanceof HTMLInputElement) || !(relatedTarget instanceof HTMLInputElement)) return;
  touched.add(target.name);
  showOrderIssues();
});
form.addEventListener("keydown", (event) => {
  // With its button off a form is not submitted; whoever presses Enter learns why.
  if (event.key === "Enter" && event.target instanceof HTMLInputElement && placeButton.disabled) goToIssue();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!quote || placeButton.disabled || dialog.open || goToIssue()) return;
  at("confirm-subject").textContent = subject();
  at("confirm-price").textContent = money(quote.price, quote.currency);
  at("confirm-doubt").hidden = !inDoubt;
  dialog.showModal();
});
at("confirm-order").addEventListener("click", ({ detail }) => {
  // The second click of a double one was meant for the button beneath the dialog.
  if (detail > 1 || !quote || ordering) return;
  const confirmed = quote;
  dialog.close();
  place(wanted(), confirmed);
});
at("cancel").addEventListener("click", () => dialog.close());
at("stop").addEventListener("click", () => ordering?.abort());
at("again").addEventListener("click", ask);

settings.addEventListener("submit", (event) => event.preventDefault());
settings.addEventListener("change", () => {
  takeSettings();
  changed();
});
settings.addEventListener("reset", () => {
  // The values are back only after this event.
  setTimeout(() => {
    takeSettings();
    ask();
  });
});
at("reset").addEventListener("click", async () => {
  const answer = await fetch("/api/__sandbox/reset", { method: "POST" }).catch(() => null);
  at("reset-done").textContent = answer?.ok ? "The sandbox is as it was at the start." : "The sandbox did not answer.";
  inDoubt = false;
  at("result").hidden = true;
  ask();
});

for (const [fault, name] of faults) at("fault").append(new Option(name, fault));
showFields();
ask();
