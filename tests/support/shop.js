// @ts-check
// What a customer does on the demo page, and what its faults lead to.

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Locator} Locator */

/** @param {Page} page */
export const orderButton = (page) => page.locator("#place");
/** @param {Page} page */
export const dialog = (page) => page.getByRole("dialog", { name: "Place this order?" });
/** @param {Page} page @param {string} scene */
export const inScene = (page, scene) => page.locator(`body[data-scene=${scene}]`).waitFor();
/** @param {Page} page @param {string} type */
export const priceOf = (page, type) => page.locator(`[data-price=${type}]:not(.stale)`);

/**
 * Waits until the place shows the text.
 * @param {Locator} place
 * @param {string | RegExp} text
 */
export async function shows(place, text) {
  await place.filter({ hasText: text, visible: true }).waitFor();
}

/**
 * Waits until this price is shown and can be ordered.
 * @param {Page} page
 * @param {string} price
 */
export async function offers(page, price) {
  await page.locator("#place[aria-disabled=false]").waitFor();
  await shows(page.locator("#price"), new RegExp(`^${price}$`));
}

/** @param {Page} page */
export async function confirmOrder(page) {
  await orderButton(page).click();
  await dialog(page).getByRole("button", { name: "Order now" }).click();
}

/**
 * Chooses an option whose radio button is hidden.
 * @param {Page} page
 * @param {string} label
 */
export async function choose(page, label) {
  await page.getByRole("radio", { name: label }).check({ force: true });
}

/**
 * Switches a fault on, in the panel.
 * @param {Page} page
 * @param {string} name
 */
export async function breakNext(page, name) {
  await page.locator("#more-faults").evaluate((fold) => fold.setAttribute("open", ""));
  await page.locator("[data-fault]").filter({ hasText: name }).first().click();
}

/**
 * Orders with the current fault, which also strikes the lookups, and stops waiting.
 * @param {Page} page
 */
export async function orderUnresolved(page) {
  const keep = page.locator("#keep");
  await keep.evaluate((box) => /** @type {HTMLInputElement} */ (box).click());
  await confirmOrder(page);
  await inScene(page, "unresolved");
  // Not clicked as a person would, because the button disappears when the lookups end.
  await page.locator("#stop-asking").evaluate((button) => /** @type {HTMLButtonElement} */ (button).click());
  await page.locator("#leave").waitFor();
  await keep.evaluate((box) => /** @type {HTMLInputElement} */ (box).click());
  const armed = page.locator("[data-fault][aria-pressed=true]");
  await armed.evaluate((button) => /** @type {HTMLButtonElement} */ (button).click());
}

/** @param {Page} page @param {string} [fault] */
export async function toUnresolved(page, fault = "Lose the response") {
  await breakNext(page, fault);
  await orderUnresolved(page);
}

/** @param {Page} page */
export const findOut = (page) => page.getByRole("button", { name: "Find out what happened" }).click();

/** Faults after which the page knows at once that the order was placed. */
export const placedAtOnce = ["Respond late", "A huge response", "Prices stumble"];
/** Faults that prevent the order from being booked. */
const neverBooked = ["Lose the order", "A web page", "Server error", "Too many requests", "Redirect"];
/** Faults after which a customer stops waiting. */
export const neverEnding = ["Never respond", "Stop in the middle"];
/** Faults after which nothing is placed. */
export const neverPlaced = ["Raise the price", "Failure with status 400", ...neverBooked];
