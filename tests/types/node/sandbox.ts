// The sandbox: where there is Node, and no document.

import { createServer } from "node:http";
import type { Sandbox, SandboxOrder } from "proxy-orders/sandbox";
import { createSandbox } from "proxy-orders/sandbox";

const sandbox: Sandbox = createSandbox({ apiKey: "demo-key", balance: 100, keepAlive: undefined });
createServer(sandbox.handler);
const { url, close } = await sandbox.listen();
export const orders: readonly SandboxOrder[] = sandbox.orders;
console.log(url.length, sandbox.balance.toFixed(2), sandbox.requests[0]?.headers["idempotency-key"]);
sandbox.reset();
await close();

// @ts-expect-error: a typo in an option.
createSandbox({ apikey: "demo-key" });
// @ts-expect-error: the books are to be read.
sandbox.orders.push();
