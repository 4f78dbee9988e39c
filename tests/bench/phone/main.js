// The README's page, written with another client: it shows the price, and orders on a press. It does not calculate again
// before it orders, and a reload forgets an order whose response was lost.
import { calculate, order } from "client";

const api = { baseUrl: "/api", apiKey: "self" };
const form = document.querySelector("form");
const [price, button, status] = ["output", "button", "p"].map((name) => form.querySelector(name));

const wanted = () => ({
  proxyType: "IPv4",
  quantity: form.quantity.valueAsNumber,
  country: form.country.value,
  rentPeriodDays: 30,
  goal: "scraping",
  authType: "LOGIN",
});

let quote;
let isOrdering = false;
let latest = new AbortController();

async function showPrice() {
  latest.abort();
  const { signal } = (latest = new AbortController());
  quote = undefined;
  try {
    const response = await calculate(wanted(), { ...api, signal });
    const problem = response.error ?? response.warnings?.[0];
    price.value = problem ? problem.message : `${response.price} ${response.currency}`;
    if (!problem) quote = response;
  } catch (error) {
    if (!signal.aborted) price.value = error.message;
  }
  show();
}

function show() {
  button.disabled = isOrdering || !quote;
}

form.addEventListener("input", showPrice);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  isOrdering = true;
  show();
  try {
    const response = await order(wanted(), api);
    status.textContent = response.success ? `Ordered: ${response.orderNumber}` : response.error.message;
  } catch (error) {
    status.textContent = error.message;
  }
  isOrdering = false;
  show();
});
showPrice();
