// A backend for pages that order proxies: it holds the API key, knows who asks, restricts what may be ordered, books
// each Idempotency-Key once, and forwards.
//
//   API_KEY=… TOKENS='{"a-long-random-token":"anna"}' node server.js

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { calculate, init, order, validateCalculate, validateOrder } from "proxy-orders";

const { API_KEY, TOKENS = "{}", UPSTREAM = "https://youproxy.io", PORT = "8787" } = process.env;
if (!API_KEY) throw new Error("API_KEY is not set.");
const upstream = { baseUrl: UPSTREAM, apiKey: API_KEY, timeoutMs: 20_000 }; // The page itself waits for 30 seconds.
const offer = { proxyTypes: ["IPv4", "IPv6", "ISP"], rentPeriodDays: [30, 90], maxQuantity: 5, maxPrice: 20 };
const longestBody = 10_000;

const digest = (text) => createHash("sha256").update(text).digest("hex");
/** Who may order, by the digest of the token that their page sends. A shop asks its own sessions here. */
const users = new Map(Object.entries(JSON.parse(TOKENS)).map(([token, user]) => [digest(token), user]));

/**
 * Every order by user and Idempotency-Key. A shop keeps this in a table with a unique index over both columns, and
 * writes the row before it forwards: then it outlives a restart, and holds for several servers.
 */
const bookings = new Map();

/** An answer in the form of the API's own refusals, so that the page gets it as a value: nothing was ordered. */
const refusal = (status, message) => ({
  status,
  body: { success: false, balance: null, currency: null, error: { code: status, message } },
});

async function answer(request) {
  const path = /^\/api\/client\/api\/v1\/[^/]+\/(calculate\/)?order$/.exec(request.url);
  if (!path || request.method !== "POST") return refusal(404, "There is nothing here.");
  const [, token = ""] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  const user = users.get(digest(token));
  if (!user) return refusal(401, "Please sign in.");

  const ordering = !path[1];
  const { value, issues } = (ordering ? validateOrder : validateCalculate)(await readJson(request));
  if (issues) return refusal(422, issues.map((issue) => issue.message).join(" "));
  const offered =
    offer.proxyTypes.includes(value.proxyType) &&
    offer.rentPeriodDays.includes(value.rentPeriodDays) &&
    value.quantity <= offer.maxQuantity;
  if (!offered) return refusal(403, "We do not offer this.");
  if (!ordering) return price(value);

  const key = request.headers["idempotency-key"];
  return key ? book(user, key, value) : refusal(400, "An order needs an Idempotency-Key.");
}

async function price(wanted) {
  try {
    return { status: 200, body: await calculate(wanted, { ...upstream, maxRetries: 0 }) };
  } catch (error) {
    console.error("A price failed:", error.code);
    return { status: 502, body: {} }; // The page's package tries again.
  }
}

function book(user, key, wanted) {
  const name = JSON.stringify([user, key]);
  const content = JSON.stringify(wanted);
  const known = bookings.get(name);
  if (known && known.content !== content) return refusal(409, "This Idempotency-Key belongs to another order.");
  if (known) return known.reply;

  const booking = { content };
  bookings.set(name, booking); // Before it is forwarded: whoever repeats it from now on waits for the same reply.
  booking.reply = forward(user, key, wanted).then(({ nothingOrdered, ...reply }) => {
    if (nothingOrdered) bookings.delete(name);
    return reply;
  });
  return booking.reply;
}

/** Places an order, once. A shop charges its customer before, and gives the money back when nothing was ordered. */
async function forward(user, key, wanted) {
  try {
    // Two users may well want the same at the same time.
    const body = await order(wanted, { ...upstream, maxPrice: offer.maxPrice, allowDuplicate: true });
    return { status: 200, body, nothingOrdered: !body.success };
  } catch (error) {
    console.error("An order failed:", user, key, error.code, error.outcome);
    // It may have been placed. It stays on the books, and is not forwarded again until a person has looked it up.
    if (error.outcome !== "not_placed") return { status: 502, body: { outcome: "unknown" } };
    const { quote } = error;
    const refused = quote?.error ?? quote?.warnings?.[0] ?? { code: 403, message: "This costs too much." };
    const { status, body } = refusal(503, "Please try again later.");
    return { status, body: quote ? { ...body, error: refused } : body, nothingOrdered: true };
  }
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) if (text.length <= longestBody) text += chunk;
  try {
    return text.length <= longestBody ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

await init();
const server = createServer(async (request, response) => {
  const { status, body } = await answer(request).catch(() => refusal(500, "Something went wrong."));
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
