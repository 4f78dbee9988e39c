// Failures on request: the header `x-sandbox-fault`.

import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

type Parameters = ReadonlyMap<string, string>;

/** Sends a whole reply. */
export type Send = (status: number, body: string | Buffer, headers?: OutgoingHttpHeaders) => void;

/** The call to which a fault is applied. */
export interface FaultyCall {
  res: ServerResponse;
  parameters: Parameters;
  /** Processes the request and returns the JSON text of the reply that it would get without the fault. */
  processRequest: () => string | Promise<string>;
  /** Returns a documented failure of the called function, as JSON text, without processing the request. */
  refusal: () => string;
  send: Send;
}

type ApplyFault = (call: FaultyCall) => void | Promise<void>;

/** A fault that a request has asked for. */
export interface Fault {
  name: string;
  parameters: Parameters;
  apply: ApplyFault;
}

const PAGE = "<!doctype html>\n<title>Maintenance</title>\n<h1>We will be back soon</h1>\n";
const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };

/** Decodes `%XX` as the byte XX, whichever byte it is: a fault can also send what is not UTF-8. */
function decodeBytes(text: string): Buffer {
  const latin1 = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin1, "latin1");
}

/** The part of a reply that is sent when a fault cuts it: as many bytes as the parameter says, or half of it. */
const firstPart = (text: string, parameters: Parameters) =>
  text.slice(0, Number(parameters.get("bytes") ?? text.length / 2));

function sendStatus({ send, parameters }: FaultyCall, status: number, text: string, retryAfter?: string) {
  const seconds = parameters.get("retry-after") ?? retryAfter;
  send(status, text, seconds === undefined ? {} : { "retry-after": seconds });
}

const FAULTS: Record<string, ApplyFault> = {
  429: (call) => sendStatus(call, 429, "Too Many Requests", "1"),
  500: (call) => sendStatus(call, 500, "Internal Server Error"),
  503: (call) => sendStatus(call, 503, "Service Unavailable"),
  html: ({ send }) => send(200, PAGE, HTML),
  "html-502": ({ send }) => send(502, PAGE, HTML),
  redirect: ({ send }) => send(307, "", { location: "?redirected" }),
  "refusal-400": ({ send, refusal }) => send(400, refusal(), JSON_TYPE),
  reply: ({ send, parameters }) => {
    const retryAfter = parameters.get("retry-after");
    send(Number(parameters.get("status") ?? 200), decodeBytes(parameters.get("body") ?? ""), {
      "content-type": parameters.get("type") ?? "application/json",
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    });
  },
  "cut-before": ({ res }) => {
    res.destroy();
  },

  "cut-after": async ({ res, processRequest }) => {
    await processRequest();
    res.destroy();
  },
  empty: async ({ send, processRequest }) => {
    await processRequest();
    send(200, "", JSON_TYPE);
  },
  truncated: async ({ send, processRequest, parameters }) =>
    send(200, firstPart(await processRequest(), parameters), JSON_TYPE),
  "wrong-shape": async ({ send, processRequest }) => {
    await processRequest();
    send(200, '{"success":true,"result":{"price":"1.31","orderNumber":112233}}', JSON_TYPE);
  },
  deep: async ({ send, processRequest }) => {
    await processRequest();
    send(200, "[".repeat(100_000) + "]".repeat(100_000), JSON_TYPE);
  },
  large: async ({ send, processRequest }) =>
    send(200, `${(await processRequest()).slice(0, -1)},"extra":"${"x".repeat(10_000_000)}"}`, JSON_TYPE),
  slow: async ({ res, send, processRequest, parameters }) => {
    const text = await processRequest();
    const closed = new AbortController();
    res.once("close", () => closed.abort());
    await delay(Number(parameters.get("ms") ?? 1000), undefined, { signal: closed.signal });
    send(200, text, JSON_TYPE);
  },
  "cut-body": async ({ res, processRequest, parameters }) => {
    const text = await processRequest();
    res.writeHead(200, { ...JSON_TYPE, "content-length": text.length });
    res.write(firstPart(text, parameters), () => res.destroy());
  },
  "stall-headers": async ({ processRequest }) => {
    await processRequest();
  },
  "stall-body": async ({ res, processRequest, parameters }) => {
    const text = await processRequest();
    res.writeHead(200, { ...JSON_TYPE, "content-length": text.length });
    res.write(firstPart(text, parameters));
  },
};

/** The parameters that a fault can have, and the form of their values. */
const PARAMETERS: Record<string, RegExp> = {
  on: /^(calculate|order)$/,
  times: /^\d+$/,
  id: /^/,
  processed: /^$/,
  "retry-after": /^/,
  status: /^[2-5]\d\d$/,
  body: /^/,
  type: /^./,
  bytes: /^\d+$/,
  ms: /^\d{1,6}$/,
};

/** Parses `name; parameter=value; …`. */
export function parseFault(header: string): Fault | { problem: string } {
  const [name = "", ...rest] = header.split(";").map((part) => part.trim());
  const apply = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
  if (!apply) return { problem: `Unknown fault. The faults are: ${Object.keys(FAULTS).join(", ")}\n` };
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/.exec(part) ?? [];
    const form = Object.hasOwn(PARAMETERS, key) ? PARAMETERS[key] : undefined;
    if (!form) {
      return { problem: `Unknown parameter: ${part}. The parameters are: ${Object.keys(PARAMETERS).join(", ")}\n` };
    }
    if (!form.test(value)) return { problem: `Parameter with a value that is not allowed: ${part}\n` };
    parameters.set(key, value);
  }
  return { name, apply, parameters };
}
