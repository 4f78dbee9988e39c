// @ts-check
// The log of calls: what was sent, and what came of it.

const list = /** @type {HTMLOListElement} */ (document.querySelector("#log"));
const count = /** @type {HTMLElement} */ (document.querySelector("#log-count"));
const kept = 50;
let calls = 0;

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** @param {unknown} value */
const pretty = (value) => JSON.stringify(value, null, 2);

/**
 * An error's fields as they may be shown; causes stay out.
 * @param {unknown} error
 */
function fields(error) {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const { code, outcome, status, retryAfterMs, issues, quote, idempotencyKey, body } = /** @type {any} */ (error);
  return { name, code, message, outcome, status, retryAfterMs, issues, quote, idempotencyKey, body };
}

/**
 * Adds a call to the log. The answer's `sent` is told each request, `done` and `failed` the end.
 * @param {string} name
 */
export function logCall(name) {
  calls += 1;
  count.textContent = String(calls);
  const item = document.createElement("li");
  const fold = document.createElement("details");
  const state = element("span", "waiting", "state");
  const title = document.createElement("summary");
  title.append(element("b", name), ` ${new Date().toLocaleTimeString("en-GB")} `, state);
  fold.append(title);
  item.append(fold);
  list.prepend(item);
  if (list.children.length > kept) list.lastElementChild?.remove();

  const started = performance.now();
  let requests = 0;
  /** @param {string} text @param {string} className @param {string} label @param {unknown} value */
  const end = (text, className, label, value) => {
    state.textContent = `${text}, ${Math.round(performance.now() - started)} ms`;
    state.className = `state ${className}`;
    if (requests === 0) fold.append(element("p", "Nothing was sent."));
    fold.append(element("h3", label), element("pre", pretty(value) ?? String(value)));
  };

  return {
    /** @param {Request} request */
    async sent(request) {
      requests += 1;
      const path = request.url
        .replace(`${location.origin}/`, "/")
        .replace(/(\/client\/api\/v1\/)[^/]+(?=\/(?:calculate\/)?order$)/, "$1{key hidden}");
      const body = element("pre", "");
      fold.append(element("h3", "Request"), element("p", `${request.method} ${path}`, "path"), body);
      body.textContent = pretty(await request.clone().json());
    },
    /** @param {{ success: boolean }} reply */
    done(reply) {
      end(reply.success ? "answered" : "refused", reply.success ? "good" : "bad", "Reply", reply);
    },
    /** @param {unknown} error */
    failed(error) {
      const code = /** @type {any} */ (error)?.code;
      end(String(code ?? "failed"), code === "aborted" ? "" : "bad", "Error", fields(error));
    },
  };
}
