// Faults: malfunctions of the server or the connection, injected on request.

import { JSON_TYPE, respond } from "./respond.js";
import type { SandboxEndpoint } from "./types.js";

/** Thrown where a fault cuts the connection; a `TypeError`, like the one that `fetch` rejects with. */
export class ConnectionCut extends TypeError {
  constructor() {
    super("The connection was cut.");
  }
}

/** The call that a fault strikes. */
export interface FaultyCall {
  /** Processes the request, and returns the response that it would get without the fault. */
  process: () => Response | Promise<Response>;
  /** The documented failure for the fault `refusal-400`. */
  failure: () => object;
  /** Aborted when the client gives up. */
  signal: AbortSignal;
}

type Parameters = ReadonlyMap<string, string>;

const PAGE = "<!doctype html>\n<title>Maintenance</title>\n<h1>We will be back soon</h1>\n";
const HTML_TYPE = "text/html; charset=utf-8";

/** The faults of a server that does not process the request. */
const BEFORE: Record<string, (parameters: Parameters, failure: () => object) => Response> = {
  429: (parameters) => respond(429, "Too Many Requests", undefined, retryAfter(parameters, "1")),
  500: (parameters) => respond(500, "Internal Server Error", undefined, retryAfter(parameters)),
  503: (parameters) => respond(503, "Service Unavailable", undefined, retryAfter(parameters)),
  html: () => respond(200, PAGE, HTML_TYPE),
  "html-502": () => respond(502, PAGE, HTML_TYPE),
  redirect: () => respond(307, "", undefined, { location: "?redirected" }),
  "refusal-400": (_, failure) => respond(400, failure()),
  reply: (parameters) => {
    const body = decodeBytes(parameters.get("body") ?? "");
    const type = parameters.get("type") ?? JSON_TYPE;
    return respond(Number(parameters.get("status") ?? 200), body, type, retryAfter(parameters));
  },
  "cut-before": cut,
};

/** The faults of a server that has processed the request: what happens to its response. */
const AFTER: Record<
  string,
  (response: Response, parameters: Parameters, signal: AbortSignal) => Response | Promise<Response>
> = {
  "cut-after": cut,
  empty: () => respond(200, "", JSON_TYPE),
  truncated: async (response, parameters) => respond(response.status, await firstPart(response, parameters), JSON_TYPE),
  "wrong-shape": () => respond(200, { success: true, result: { price: "1.31", orderNumber: 112233 } }),
  deep: () => respond(200, "[".repeat(100_000) + "]".repeat(100_000), JSON_TYPE),
  large: async (response) => {
    const start = (await response.text()).slice(0, -1);
    return respond(response.status, `${start},"extra":"${"x".repeat(10_000_000)}"}`, JSON_TYPE);
  },
  "cut-body": (response, parameters) => interrupt(response, parameters, cut),
  "stall-headers": (_response, _parameters, signal) => untilAborted(signal),
  "stall-body": (response, parameters, signal) => interrupt(response, parameters, () => untilAborted(signal)),
  slow: async (response, parameters, signal) => {
    await delay(Number(parameters.get("ms") ?? 1000), signal);
    return response;
  },
};

const NAMES = [...Object.keys(BEFORE), ...Object.keys(AFTER)];

/** The parameters of faults, and the values they accept. Text is limited to what can be sent in a header or a body. */
const PARAMETERS: Record<string, RegExp> = {
  on: /^(calculate|order|lookup)$/,
  times: /^\d+$/,
  id: /^/,
  processed: /^$/,
  "retry-after": /^[ -~]*$/,
  status: /^[2-5]\d\d$/,
  body: /^\P{Surrogate}*$/u,
  type: /^[ -~]+$/,
  bytes: /^\d+$/,
  ms: /^\d{1,6}$/,
};

function cut(): never {
  throw new ConnectionCut();
}

const retryAfter = (parameters: Parameters, byDefault?: string): Record<string, string> => {
  const seconds = parameters.get("retry-after") ?? byDefault;
  return seconds === undefined ? {} : { "retry-after": seconds };
};

/** Decodes `%XX` as the byte XX, so that a fault can also send invalid UTF-8. */
function decodeBytes(text: string): Uint8Array {
  const ascii = text.replace(/[^ -~]+/g, encodeURIComponent);
  const latin1 = ascii.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}

/** The part of a body that arrives: as many bytes as the parameter says, or half of it. */
async function firstPart(response: Response, parameters: Parameters): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.subarray(0, Number(parameters.get("bytes") ?? bytes.length / 2));
}

/** Makes a response with all headers, whose body stops after its first part. */
async function interrupt(
  response: Response,
  parameters: Parameters,
  stop: () => never | Promise<never>,
): Promise<Response> {
  const first = await firstPart(response, parameters);
  let isSent = false;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (isSent) return stop();
    isSent = true;
    controller.enqueue(first);
    return undefined;
  };
  // Nothing is queued, because an error would discard what is still in the queue.
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), response);
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([elapsed, untilAborted(signal)]).finally(() => clearTimeout(timer));
}

/** A fault with its parameters, and how many more requests it strikes. */
export interface ArmedFault {
  name: string;
  parameters: Parameters;
  left: number;
}

interface Problem {
  problem: string;
}

function armFault(name: unknown, entries: [string, string][], times: number): ArmedFault | Problem {
  if (typeof name !== "string" || !NAMES.includes(name))
    return { problem: `Unknown fault. The faults are: ${NAMES.join(", ")}` };
  for (const [key, value] of entries) {
    const part = value === "" ? key : `${key}=${value}`;
    const form = Object.hasOwn(PARAMETERS, key) ? PARAMETERS[key] : undefined;
    if (!form) {
      return { problem: `Unknown parameter: ${part}. The parameters are: ${Object.keys(PARAMETERS).join(", ")}` };
    }
    if (!form.test(value)) return { problem: `Parameter with a value that is not allowed: ${part}` };
  }
  const parameters = new Map(entries);
  return { name, parameters, left: Number(parameters.get("times") ?? times) };
}

/** Parses `name; parameter=value; …`. */
function parseHeader(header: string): ArmedFault | Problem {
  const [name = "", ...rest] = header.split(";").map((part) => part.trim());
  const entries = rest.map((part): [string, string] => {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    return [key, value];
  });
  return armFault(name, entries, Infinity);
}

/** The text of a parameter's value, as the header contains it. */
const textOf = (value: unknown): string =>
  value === true ? "" : typeof value === "string" ? value : String(JSON.stringify(value));

/** The faults of a sandbox: those that requests name in a header, and those that wait in a queue. */
export class Faults {
  /** Faults with `times`, by the value of their header. */
  readonly #byHeader = new Map<string, ArmedFault>();
  #queue: ArmedFault[] = [];

  /** Adds a fault to the queue, and returns what is wrong with it, if anything. */
  add(name: unknown, options: object): string | undefined {
    const present = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
    const entries = present.map(([key, value]): [string, string] => [key, textOf(value)]);
    const fault = armFault(name, entries, 1);
    if ("problem" in fault) return fault.problem;
    this.#queue.push(fault);
    return undefined;
  }

  clear(): void {
    this.#byHeader.clear();
    this.#queue = [];
  }

  /**
   * Takes the fault that strikes a request: the one that its header names, otherwise the first in the queue that fits.
   * @param isRedirected whether the request follows the fault `redirect`, which does not strike it again
   */
  take(header: string | null, endpoint: SandboxEndpoint, isRedirected: boolean): ArmedFault | Problem | undefined {
    const named = header ? (this.#byHeader.get(header) ?? parseHeader(header)) : undefined;
    if (named && "problem" in named) return named;
    if (header && named?.parameters.has("times")) this.#byHeader.set(header, named);
    const fault = [...(named ? [named] : []), ...this.#queue].find(
      ({ name, parameters, left }) =>
        left > 0 && (parameters.get("on") ?? endpoint) === endpoint && !(isRedirected && name === "redirect"),
    );
    if (fault) fault.left -= 1;
    this.#queue = this.#queue.filter(({ left }) => left > 0);
    return fault;
  }
}

/** The response to a call that a fault strikes. It rejects if the connection is cut before the headers. */
export async function applyFault({ name, parameters }: ArmedFault, call: FaultyCall): Promise<Response> {
  const before = BEFORE[name];
  if (before && !parameters.has("processed")) return before(parameters, call.failure);
  const response = await call.process();
  return before ? before(parameters, call.failure) : AFTER[name]!(response, parameters, call.signal);
}
