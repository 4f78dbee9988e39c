// @ts-check
// The panel "Try to break it": the faults to choose from, and the one that strikes the next order.
import { control, isInPage } from "./api.js";
import { at, element, inputAt } from "./dom.js";

/**
 * @typedef {object} Fault
 * @property {string} id
 * @property {string} [header] the request header that injects it; absent if it is injected in another way
 * @property {"order" | "calculate"} [on] the requests that it strikes; by default `order`
 * @property {string} name
 * @property {string} does what goes wrong
 * @property {string} expect what the customer sees then
 */

const thenPlaced = "Unknown at first, then placed. Charged once.";
const thenNotPlaced = "Unknown at first, then not placed.";

/** @param {string} header @param {string} name @param {string} does @param {string} expect @returns {Fault} */
const fault = (header, name, does, expect) => ({ id: header, header, name, does, expect });

/** @type {Fault[]} */
const common = [
  fault("cut-after", "Lose the response", "The order is booked, then the connection is cut.", thenPlaced),
  fault("cut-before", "Lose the order", "The connection is cut before the order arrives.", thenNotPlaced),
  fault("stall-headers", "Never respond", "The order is booked, then nothing comes.", "Wait or stop, then find out."),
  fault(
    "html-502; processed",
    "Show an error page",
    "The order is booked, but an error page comes back.",
    "Not called a failure: unknown, then placed.",
  ),
  {
    id: "raise",
    name: "Raise the price",
    does: "The price rises just as you confirm.",
    expect: "Not ordered, and the page says why.",
  },
  fault("slow; ms=3000", "Respond late", "The response takes three seconds.", "Press as often as you like: one order."),
];

/** @type {Fault[]} */
const rare = [
  fault("cut-body", "Cut it in the middle", "The connection is cut in the middle of the response.", thenPlaced),
  fault(
    "stall-body",
    "Stop in the middle",
    "Half of the response comes, then nothing.",
    "Wait or stop, then find out.",
  ),
  fault("truncated", "Half a response", "The response ends halfway, as if it were complete.", thenPlaced),
  fault("empty", "An empty response", "The order is booked, and the response is empty.", thenPlaced),
  fault("wrong-shape", "Another response", "The order is booked, and the response is a different one.", thenPlaced),
  fault(
    "reply; processed; body=nonsense",
    "Nonsense",
    "The order is booked, and the response is gibberish.",
    thenPlaced,
  ),
  fault("deep", "Endless nesting", "The response is a list within a list, 100 000 deep.", thenPlaced),
  fault("503; processed", "Overload", "The server books the order, then says that it is overloaded.", thenPlaced),
  fault("html", "A web page", "The order is lost, and a web page comes back.", thenNotPlaced),
  fault("500", "Server error", "The server fails before it books the order.", thenNotPlaced),
  fault("429", "Too many requests", "The server says to try again in a second.", thenNotPlaced),
  fault("redirect", "Redirect", "The server redirects the order elsewhere.", thenNotPlaced),
  fault(
    "refusal-400",
    "Failure with status 400",
    "The shop declines, but with a status that does not count as an answer.",
    thenNotPlaced,
  ),
  fault("large", "A huge response", "The response is ten megabytes long.", "Placed, as if nothing had happened."),
  {
    ...fault("503; times=2", "Prices stumble", "The price fails to load twice.", "Retried automatically, then placed."),
    on: "calculate",
  },
];

/** Strikes between the shop's backend and the API. The static site has no backend. @type {Fault} */
const behindBackend = {
  id: "behind",
  name: "Leave the shop in the dark",
  does: "YouProxy books the order, but its response never reaches the shop’s server.",
  expect: "Not even the shop knows: an operator decides, at /operator.",
};

/** @type {Fault | null} */
let armed = null;
/** The header of the fault during a purchase or a lookup. */
let header = "";
let hasStruck = false;

/** @param {Fault | null} fault */
function arm(fault) {
  armed = fault;
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-fault") === fault?.id));
  }
  at("armed-note").textContent = fault ? `On: ${fault.name}` : "";
  at("lab-hint").textContent = fault
    ? `“${fault.name}” strikes the next order. Place it now, and keep pressing like a customer in a hurry.`
    : "Choose what goes wrong with the next order. Then order, and keep pressing like a customer in a hurry.";
}

/**
 * Prepares the fault for a purchase or a lookup.
 * @param {number} [price] the price that the customer has confirmed; absent for a lookup
 */
export async function prepareFault(price) {
  hasStruck = false;
  header = armed?.header ?? "";
  if (armed?.id === "raise") header = raisedPrice(price ?? 0);
  // With a unique id, the sandbox counts the requests of each order separately.
  if (header.includes("times=")) header += `; id=${Math.random()}`;
  if (armed !== behindBackend || price === undefined) return;
  await control("faults", { method: "POST", body: JSON.stringify({ fault: "cut-after", on: "order" }) });
}

/** Switches the fault off, unless it is kept on. */
export function endFault() {
  header = "";
  if (!inputAt("keep").checked) arm(null);
}

/** Adds the header of the fault, if it strikes this request. @param {Request} request */
export function withFault(request) {
  const isCalculation = request.url.endsWith("/calculate/order");
  const strikesCalculations = armed?.on === "calculate" || armed?.id === "raise";
  const isSpared = hasStruck && !isCalculation && !inputAt("keep").checked;
  if (header === "" || isCalculation !== strikesCalculations || isSpared) return request;
  hasStruck = true;
  const headers = new Headers(request.headers);
  headers.set("x-sandbox-fault", header);
  return new Request(request, { headers });
}

/** @param {number} price */
function raisedPrice(price) {
  const quote = {
    success: true,
    proxyType: "IPv4",
    balance: 7.18,
    price: Math.round(price * 150) / 100,
    currency: "USD",
    discount: 0,
    promoCodeStatus: null,
    error: null,
    warnings: null,
  };
  return `reply; body=${encodeURIComponent(JSON.stringify(quote))}`;
}

/** @param {Fault} fault */
function faultButton(fault) {
  const button = element(
    "button",
    { type: "button", "aria-pressed": "false", "data-fault": fault.id },
    element("b", {}, fault.name),
    element("span", {}, fault.does),
    element("small", {}, fault.expect),
  );
  button.addEventListener("click", () => {
    arm(armed === fault ? null : fault);
    // On a phone, the panel covers the shop.
    if (armed && at("lab").matches(":popover-open")) at("lab").hidePopover();
  });
  return button;
}

export function startFaults() {
  at("faults").append(...common.map(faultButton));
  at("rare-faults").append(...[...rare, ...(isInPage ? [] : [behindBackend])].map(faultButton));
  // Shown when it is complete, so that nothing in it moves.
  at("lab").hidden = false;
}
