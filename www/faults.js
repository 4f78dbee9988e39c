// @ts-check
// The panel "Try to break it": the faults of the sandbox, and the one that is injected into the next order.
import { at, element, inputAt } from "./dom.js";

/**
 * @typedef {object} Fault
 * @property {string} header what the sandbox is asked for
 * @property {string} name
 * @property {string} does
 * @property {string} expect
 */

/** @type {Fault[]} */
const common = [
  {
    header: "cut-after; on=order",
    name: "Lose the answer",
    does: "The order is booked, then the line goes dead.",
    expect: "In doubt, then placed. Charged once.",
  },
  {
    header: "cut-before; on=order",
    name: "Lose the order",
    does: "The line goes dead before the order arrives.",
    expect: "In doubt, then placed. Charged once.",
  },
  {
    header: "stall-headers; on=order",
    name: "Never answer",
    does: "The order is booked, and silence follows.",
    expect: "Wait or stop, then find out.",
  },
  {
    header: "html-502; processed; on=order",
    name: "Show an error page",
    does: "The order is booked, but an error page comes back.",
    expect: "Not “failed”: in doubt, then placed.",
  },
  {
    header: "raise",
    name: "Raise the price",
    does: "The price goes up just as you confirm.",
    expect: "Not ordered, and you are told why.",
  },
  {
    header: "slow; ms=3000; on=order",
    name: "Answer late",
    does: "The answer takes three seconds.",
    expect: "Press all you like: one order.",
  },
];

/** @type {Fault[]} */
const rare = [
  ["cut-body", "Cut in mid-answer", "The line goes dead in the middle of the answer."],
  ["stall-body", "Stop in mid-answer", "Half of the answer comes, then silence."],
  ["truncated", "Half an answer", "The answer ends in the middle, as if it were whole."],
  ["empty", "An empty answer", "The order is booked, and nothing is said."],
  ["wrong-shape", "Another answer", "The answer is one to some other question."],
  ["reply; processed; body=nonsense", "Nonsense", "The order is booked, the answer is gibberish."],
  ["deep", "Endless nesting", "The answer is a list in a list, 100 000 deep."],
  ["html", "A web page", "The order is lost, and a web page comes back."],
  ["500", "Server error", "The server fails before it books."],
  ["503; processed", "Overload", "The server books, then says that it is overloaded."],
  ["429", "Too many requests", "The server turns the order away for a second."],
  ["redirect", "Redirect", "The server sends the order elsewhere."],
]
  .map(([header, name, does]) => ({
    header: `${header}; on=order`,
    name,
    does,
    expect: "In doubt, then placed. Charged once.",
  }))
  .concat(
    {
      header: "refusal-400; on=order",
      name: "A refusal",
      does: "The seller says no, in a proper answer.",
      expect: "Not ordered, and you are told why.",
    },
    {
      header: "large; on=order",
      name: "A huge answer",
      does: "The answer is ten megabytes long.",
      expect: "Placed, as if nothing had been.",
    },
    {
      header: "503; on=calculate; times=2",
      name: "Prices stumble",
      does: "Twice, the price has no answer.",
      expect: "Asked again by itself, then placed.",
    },
  );

/** @type {Fault | null} */
let armed = null;

/** @param {Fault | null} fault */
function arm(fault) {
  armed = fault;
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-fault") === fault?.header));
  }
  at("armed-note").textContent = fault ? `On: ${fault.name}` : "";
  at("lab-hint").textContent = fault
    ? `“${fault.name}” strikes the next order. Place it now, and press on like a customer in a hurry.`
    : "Choose what goes wrong with the next order. Then order, and press on like a customer in a hurry.";
}

/** Switches the fault off after an order, unless it is kept on. */
export function afterOrder() {
  if (!inputAt("keep").checked) arm(null);
}

/**
 * The headers that ask the sandbox for the fault.
 * @param {number} price what the customer confirmed
 * @returns {Record<string, string>}
 */
export function faultHeaders(price) {
  if (!armed) return {};
  if (armed.header === "raise") return { "x-sandbox-fault": raisedPrice(price) };
  // A unique id makes the sandbox count the requests of each order separately.
  const id = armed.header.includes("times=") ? `; id=${Math.random()}` : "";
  return { "x-sandbox-fault": armed.header + id };
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
  return `reply; on=calculate; body=${encodeURIComponent(JSON.stringify(quote))}`;
}

/** @param {Fault} fault */
function faultButton(fault) {
  const button = element(
    "button",
    { type: "button", "aria-pressed": "false", "data-fault": fault.header },
    element("b", {}, fault.name),
    element("span", {}, fault.does),
    element("small", {}, fault.expect),
  );
  button.addEventListener("click", () => {
    arm(armed === fault ? null : fault);
    // On a phone the panel covers the shop.
    if (armed && at("lab").matches(":popover-open")) at("lab").hidePopover();
  });
  return button;
}

export function startFaults() {
  at("faults").append(...common.map(faultButton));
  at("rare-faults").append(...rare.map(faultButton));
  // Shown once it is complete, so that nothing in it moves.
  at("lab").hidden = false;
}
