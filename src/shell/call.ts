// One call: from the arguments to an answer or an error.

import {
  Exchange,
  orderDigest,
  type CalculateResponse,
  type Endpoint,
  type Issue,
  type Objection,
  type Unanswered,
} from "../../target/bindgen/core.js";
import { isPage, type BaseUrl } from "./base-url.js";
import { Deadline } from "./deadline.js";
import { CallError } from "./error.js";
import { LedgerOrder } from "./ledger.js";
import { init, isLoaded, useCore } from "./load.js";
import { readOptions, type ReadOptions, type Settings } from "./options.js";
import { Redactor } from "./redact.js";
import { LOOKUP_PATH, mayPlaceOrder, requestTo, type OwnHeaders } from "./request.js";
import { fetchResponse, type Attempt } from "./response.js";
import { unknownNameIssues, validateDraft } from "./validate.js";
import { encodeResponse, pickResponse, readRequest, type RequestDraft } from "./wire.js";

/** What a checkout adds to a call. */
export interface Purchase {
  /** Who buys. */
  customer: string;
  /** The request to order, read when the purchase began. */
  draft?: RequestDraft | undefined;
  /** Stores the purchase, in the synchronous step that hands its order to `fetch`. If it throws, nothing is sent. */
  store?: (body: string, idempotencyKey: string) => void;
  /** Whether the call only asks what happened to the purchase. */
  isLookup?: boolean;
}

/** The state of one call. */
interface Call {
  settings: Settings;
  redactor: Redactor;
  deadline: Deadline;
  draft: RequestDraft | undefined;
  /** The order in the ledger, if the call places one. */
  order: LedgerOrder | undefined;
  /** How many attempts were made. */
  attempts: number;
  /** The quote that the guard has accepted. */
  quote: CalculateResponse | undefined;
  purchase: Purchase | undefined;
}

/** Calculates or places an order. */
export async function call(
  endpoint: Endpoint,
  request: unknown,
  options: unknown,
  purchase?: Purchase,
): Promise<object> {
  // The engine compiles on another thread while the arguments are read.
  if (!isLoaded()) init().catch(() => {});
  const given = readOptions(endpoint, options, purchase !== undefined);
  const { settings } = given;
  const deadline = new Deadline(settings.signal, settings.timeoutMs as number);
  const order = endpoint === "order" ? orderOf(given, purchase) : undefined;
  const redactor = new Redactor(settings.apiKey);
  const draft = purchase?.draft ?? readRequest(request);
  const call: Call = { settings, redactor, deadline, draft, order, attempts: 0, quote: undefined, purchase };
  try {
    deadline.start();
    if (!isLoaded()) await load(deadline);
    const bodies = begin(endpoint, call, given);
    let target: Endpoint = order && !isGuarded(call) ? "order" : "calculate";
    for (;;) {
      const sent = send(call, target, (bodies[target] ??= bodyOf(target, call)));
      const attempt = endOf(await sent, deadline);
      const next = decide(call, target, attempt);
      if (typeof next === "number") return answer(call, target, attempt, next);
      if (next[0] === "order") {
        call.quote = quoteOf(call, attempt, next[1]);
        target = "order";
      } else if (next[0] === "retry") await deadline.pause(next[1]);
      else throw failure(next, attempt, call);
      deadline.checkClocks();
    }
  } catch (reason) {
    throw toError(reason, call);
  } finally {
    order?.end();
    deadline.clear();
  }
}

/** The order of a call, which the ledger knows. */
function orderOf({ isRepeat, isUntracked }: ReadOptions, purchase: Purchase | undefined): LedgerOrder {
  return new LedgerOrder(isRepeat || purchase?.isLookup === true, isUntracked || purchase !== undefined);
}

async function load(deadline: Deadline): Promise<void> {
  await deadline.race(init());
  if (!isLoaded()) deadline.check();
}

/** The bodies to send, each made when it is first needed. */
interface Bodies {
  calculate: string | undefined;
  order: string | undefined;
}

/** Validates the options and the request, and begins the order. */
function begin(endpoint: Endpoint, call: Call, given: ReadOptions): Bodies {
  const issues = optionIssues(given, call.redactor);
  if (issues.length > 0) throw new CallError({ code: "invalid_options", issues });
  const bodies: Bodies = { calculate: undefined, order: undefined };
  bodies[endpoint] = bodyOf(endpoint, call);
  call.deadline.check();
  if (bodies.order) beginOrder(bodies.order, call);
  return bodies;
}

function optionIssues({ issues, unknownNames, knownNames }: ReadOptions, redactor: Redactor): Issue[] {
  if (unknownNames.length === 0) return issues;
  return [...issues, ...useCore(() => unknownNameIssues("option", unknownNames, knownNames, redactor))];
}

/** A guarded order is calculated first. */
function isGuarded({ settings: { maxPrice, requirePromoCode }, purchase }: Call): boolean {
  return !purchase?.isLookup && (maxPrice !== undefined || requirePromoCode === true);
}

/** The body to send. */
function bodyOf(endpoint: Endpoint, { draft, redactor }: Call): string {
  const validated = useCore(() => validateDraft(endpoint, draft, redactor));
  if (validated.issues) throw new CallError({ code: "invalid_request", issues: validated.issues });
  return JSON.stringify(validated.value);
}

/** Makes the order pending in the ledger. */
function beginOrder(body: string, { settings, order, purchase }: Call): void {
  const { apiKey, allowDuplicate = false, idempotencyKey } = settings;
  const { href, isOwnOrigin } = settings.baseUrl as BaseUrl;
  // A server orders for many customers, so their orders differ by idempotency key.
  const customerKey = idempotencyKey !== undefined && !isPage() ? idempotencyKey : "";
  const identity = `${href}\n${apiKey}\n${body}\n${customerKey}`;
  const digest = useCore(() => orderDigest(identity));
  const sentKey = idempotencyKey ?? (isOwnOrigin || purchase ? randomKey() : undefined);
  order?.begin({ digest, idempotencyKey: sentKey, allowDuplicate }, Date.now());
}

const LETTERS = "0123456789abcdefghijklmnopqrstuv";
const KEY_LENGTH = 26;

function randomKey(): string | undefined {
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(KEY_LENGTH));
  return bytes && Array.from(bytes, (byte) => LETTERS[byte & 31]).join("");
}

/** Makes a request and hands it to `fetch`. Gives nothing if the call must end first. */
function send(call: Call, target: Endpoint, body: string): Attempt | Promise<Attempt | undefined> {
  const { settings, deadline, purchase } = call;
  call.attempts += 1;
  const fetch = settings.fetch ?? globalThis.fetch;
  if (typeof fetch !== "function") return { end: "network", cause: new TypeError("There is no fetch.") };
  const path = purchase?.isLookup ? LOOKUP_PATH : "";
  const request = requestTo(target, path, body, ownHeaders(call, target), settings, deadline.attemptSignal());
  if (Array.isArray(request)) return { end: "network", cause: request[0] };
  const isOrder = mayPlaceOrder(request, settings.baseUrl as BaseUrl) || target === "order";
  if (path && !request.url.endsWith(`/order${path}`)) throw new Error("The WebAssembly made a request that could buy.");
  // From here to `fetch` everything is synchronous. Storing runs code of the caller, which may take long or abort the call.
  if (isOrder) store(call, body);
  deadline.checkClocks();
  if (isOrder) call.order?.handOver(Date.now());
  return deadline.race(fetchResponse(fetch, request, path !== ""));
}

/** How an attempt ended. An engine may report an abort as a network failure. */
function endOf(attempt: Attempt | undefined, { end }: Deadline): Attempt {
  if (end && attempt?.end !== "responded") return { end: end.code === "aborted" ? "aborted" : "timedOut" };
  return attempt ?? { end: "network", cause: undefined };
}

function store({ order, purchase }: Call, body: string): void {
  if (!order) throw new Error("The WebAssembly made an order of a calculation.");
  if (!purchase) return;
  if (!order.keyToSend) throw new Error("There are no random numbers for an idempotency key.");
  purchase.store?.(body, order.keyToSend);
}

/** The headers of a request that depend on the call. */
function ownHeaders({ settings, order, purchase }: Call, target: Endpoint): OwnHeaders {
  const { baseUrl, maxPrice } = settings;
  const headers: OwnHeaders = [];
  if (purchase) headers.push(["order-customer", encodeURIComponent(purchase.customer)]);
  if (target !== "order") return headers;
  if (order?.keyToSend !== undefined) headers.push(["idempotency-key", order.keyToSend]);
  const isPriceSent = maxPrice !== undefined && !purchase?.isLookup && (purchase || baseUrl?.isOwnOrigin);
  if (isPriceSent) headers.push(["order-max-price", String(maxPrice)]);
  return headers;
}

/** The response to return, which resolves the order. */
function answer(call: Call, target: Endpoint, attempt: Attempt, present: number): object {
  if (!isAnswer(call, attempt)) throw failure(["fail", "invalid_response"], attempt, call);
  const response = pickResponse(target, jsonOf(attempt), present);
  call.order?.answer();
  return response;
}

/** A server that does not know lookups may send any response. One that serves them returns the idempotency key. */
function isAnswer({ order, purchase }: Call, attempt: Attempt): boolean {
  return !purchase?.isLookup || (attempt.end === "responded" && attempt.idempotencyKey === order?.keyToSend);
}

/** Lets the core decide what happens next. */
function decide(
  { settings, deadline, attempts, order }: Call,
  target: Endpoint,
  attempt: Attempt,
): number | Unanswered {
  const { maxPrice, requirePromoCode = false } = settings;
  const maxRetries = settings.maxRetries as number;
  const random = Math.random();
  // Only a retry depends on the time that is left.
  const left = attempt.end === "responded" && attempt.status < 300 ? 0 : deadline.left;
  return useCore(() => {
    const exchange = order
      ? Exchange.order(target, attempts, maxRetries, maxPrice, requirePromoCode, order.isRepeat)
      : Exchange.calculate(attempts, maxRetries);
    if (attempt.end !== "responded") return exchange.afterNoResponse(attempt.end, left, random);
    const { status, retryAfterMs, json } = attempt;
    const { numbers, texts } = encodeResponse(target, json);
    return exchange.afterResponse(status, retryAfterMs, numbers, texts, left, random);
  });
}

/** The error of a call that the core ends. */
function failure(
  next: Extract<Unanswered, ["refuse" | "fail", ...unknown[]]>,
  attempt: Attempt,
  call: Call,
): CallError {
  const { deadline, redactor, settings } = call;
  if (next[0] === "refuse") {
    const [, present, objection] = next;
    const quote = quoteOf(call, attempt, present);
    return new CallError({ code: "refused", quote, reason: explain(objection, quote, settings) });
  }
  if (attempt.end === "responded") {
    const { status, retryAfterMs } = attempt;
    const body = redactor.text(attempt.text);
    return new CallError(
      next[1] === "http" ? { code: "http", status, body, retryAfterMs } : { code: "invalid_response", status, body },
    );
  }
  if (deadline.end) return new CallError(deadline.end);
  return new CallError({
    code: "network",
    cause: attempt.end === "network" ? redactor.error(attempt.cause) : undefined,
  });
}

/** Why a guard stopped an order. */
function explain(objection: Objection, { price, error, warnings }: CalculateResponse, { maxPrice }: Settings): string {
  if (objection === "price") return `its price of ${price} is above maxPrice, which is ${maxPrice}.`;
  if (objection === "promoCode") return "its promo code is not valid.";
  return (error ? [error] : (warnings ?? [])).map(({ message }) => message).join(", ");
}

/** The error of a call that ends without an answer. */
function toError(reason: unknown, { order, quote, redactor }: Pick<Call, "order" | "quote" | "redactor">): CallError {
  // Any other error is a failure of the WebAssembly or the engine.
  const error =
    reason instanceof CallError ? reason : new CallError({ code: "not_loaded", cause: redactor.error(reason) });
  error.add({ outcome: order?.outcome, idempotencyKey: order?.idempotencyKey, quote });
  return error;
}

/** The quote of a guarded order, as errors carry it. */
function quoteOf({ redactor }: Call, attempt: Attempt, present: number): CalculateResponse {
  return redactor.quote(pickResponse("calculate", jsonOf(attempt), present) as unknown as CalculateResponse);
}

/** The parsed body, if there was a whole response. */
function jsonOf(attempt: Attempt): unknown {
  return attempt.end === "responded" ? attempt.json : undefined;
}
