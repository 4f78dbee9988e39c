// @ts-check
// The live traffic: each call with its requests, its responses and its outcome.
import { send } from "./api.js";
import { at, element } from "./dom.js";

const MAX_CALLS = 40;

/** @param {number} since */
function elapsed(since) {
  const ms = Math.round(performance.now() - since);
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A body as it is shown: indented if it is JSON, and cut if it is long. @param {string} text */
function pretty(text) {
  const shown = indented(text);
  return shown.length > 2000 ? `${shown.slice(0, 2000)}… (${text.length} characters)` : shown;
}

/** @param {string} text */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** @param {string} url */
const shownPath = (url) =>
  url
    .replace(`${location.origin}/`, "/")
    .replace(/(\/client\/api\/v1\/)[^/]+(?=\/(?:calculate\/order|order|order\/lookup)$)/, "$1{API key}");

/**
 * Adds a call to the traffic.
 * @param {string} title
 */
export function logCall(title) {
  const call = newCall("Requests and responses");
  const item = element("li", { class: "call" });
  item.append(
    element("p", { class: "title" }, element("b", {}, title), call.time),
    call.lines,
    call.findings,
    call.fold,
  );
  at("traffic").prepend(item);
  if (at("traffic").children.length > MAX_CALLS) at("traffic").lastElementChild?.remove();
  // Where the panel is next to the shop, an order is shown as it happens.
  showTraffic();
  return call;
}

/** Scrolls the panel to the traffic. */
export function showTraffic() {
  at("lab").scrollTop = at("traffic-title").offsetTop - at("lab-head").offsetHeight;
}

/** Logs a request for prices. Only the latest is shown, because there are many. */
export function logPrices() {
  const call = newCall("Prices of the four types");
  call.fold.className = "call quiet";
  call.summary.append(call.time);
  call.details.prepend(call.lines);
  at("price-traffic").replaceChildren(call.fold);
  return call;
}

/** @param {string} summaryText */
function newCall(summaryText) {
  const started = performance.now();
  const time = element("span", { class: "time" }, "…");
  const lines = element("ul", { class: "lines" });
  const findings = element("div", { class: "findings" });
  const details = element("div", { class: "exchanges" });
  const summary = element("summary", {}, element("span", {}, summaryText));
  const fold = element("details", {}, summary, details);

  /** Shows a request, and returns the functions that show its response. @param {Request} request */
  function exchange(request) {
    const sent = performance.now();
    const path = shownPath(request.url);
    const state = element("b", {}, "…");
    const line = element(
      "li",
      {},
      element("span", {}, `POST …/${/(calculate\/order|order|order\/lookup)$/.exec(path)?.[0]}`),
      state,
    );
    const received = element("pre", {}, "…");
    const body = element("pre", {}, "");
    lines.append(line);
    details.append(element("h4", {}, "Request"), element("p", { class: "path" }, `${request.method} ${path}`), body);
    details.append(element("h4", {}, "Response"), received);
    request
      .clone()
      .text()
      .then((text) => (body.textContent = pretty(text)));
    /** @param {string} text @param {string} tone */
    const set = (text, tone) => {
      state.textContent = text;
      line.className = tone;
    };
    return {
      /** @param {number} status */
      began: (status) => set(`${status} …`, ""),
      /** @param {number} status @param {string} text */
      ended(status, text) {
        set(`${status} · ${elapsed(sent)}`, status < 300 ? "" : "bad");
        received.textContent = `${status}\n${pretty(text)}`;
      },
      /** @param {unknown} error */
      lost(error) {
        set(`no response · ${elapsed(sent)}`, "bad");
        received.textContent = error instanceof Error ? `None: ${error.message}` : "None";
      },
    };
  }

  return {
    time,
    lines,
    findings,
    summary,
    details,
    fold,
    /** A `fetch` that shows what it sends and receives. @param {Request} request */
    async fetch(request) {
      const shown = exchange(request);
      try {
        const response = await send(request);
        const { status, headers } = response;
        shown.began(status);
        const text = async () => {
          try {
            const body = await response.text();
            shown.ended(status, body);
            return body;
          } catch (error) {
            shown.lost(error);
            throw error;
          }
        };
        return { status, headers, text };
      } catch (error) {
        shown.lost(error);
        throw error;
      }
    },
    /** @param {string} [text] */
    end(text = "") {
      time.textContent = text === "" ? elapsed(started) : text;
    },
    /**
     * Shows what the page or the account says about the call.
     * @param {string} who
     * @param {string} text
     * @param {string} tone
     */
    finding(who, text, tone) {
      findings.append(element("p", { class: tone }, element("span", {}, who), element("b", {}, text)));
    },
    /** Shows what the package returned. @param {unknown} value */
    result(value) {
      details.append(
        element("h4", {}, "Result"),
        element("pre", {}, JSON.stringify(value, withErrors, 2) ?? "nothing"),
      );
    },
  };
}

/** Errors as plain objects, without their causes and stacks. @param {string} _ @param {any} value */
function withErrors(_, value) {
  if (!(value instanceof Error)) return value;
  const { name, message, cause, stack, ...more } = /** @type {any} */ (value);
  return { name, ...more, message };
}
