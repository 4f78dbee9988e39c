#!/usr/bin/env node
// `npx proxy-orders sandbox`: a sandbox on this machine, with a line for each request.

import type { IncomingMessage, ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { createSandbox } from "proxy-orders/sandbox";
import { listen } from "./listen.js";

const USAGE = `Usage: npx proxy-orders sandbox [options]

  --port <number>      the port on 127.0.0.1; 0 takes a free one (default: 4000)
  --api-key <text>     the only valid API key (default: self)
  --balance <dollars>  the balance of the account (default: 7.18)
  --ignore-keys        book repeated orders again, as YouProxy's own API does
`;

/** Reads the arguments. Throws an error whose message says what is wrong with them. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "4000" },
      "api-key": { type: "string", default: "self" },
      balance: { type: "string", default: "7.18" },
      "ignore-keys": { type: "boolean", default: false },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== "sandbox") throw new Error("The only command is: sandbox");
  const { port, balance, "api-key": apiKey, "ignore-keys": ignoreKeys } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65535) throw new Error("--port must be a whole number, 0 to 65535");
  if (!/^\d+(\.\d+)?$/.test(balance)) throw new Error("--balance must be a number, 0 or more");
  return { port: Number(port), sandbox: createSandbox({ apiKey, balance: Number(balance), ignoreKeys }) };
}

/** The line for a request, without its API key: a real one may have been sent by mistake. */
function lineOf({ method, url = "" }: IncomingMessage, { statusCode, writableFinished }: ServerResponse): string {
  const path = url.replace(/(client\/api\/v1\/)[^/]*/s, "$1[key]");
  return `${method} ${path} ${writableFinished ? statusCode : "cut"}`;
}

async function run() {
  const { port, sandbox } = readArguments();
  const { url } = await listen((req, res) => {
    res.once("close", () => console.log(lineOf(req, res)));
    sandbox.handler(req, res);
  }, port);
  console.log(url);
}

run().catch((error: NodeJS.ErrnoException) => {
  const isTaken = error.code === "EADDRINUSE";
  console.error(isTaken ? "This port is in use. Choose another one with --port." : `${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
});
