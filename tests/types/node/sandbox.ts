// The sandbox in a project with the types of Node and without those of browsers.

import { createServer } from "node:http";
import type { Sandbox, SandboxOrder } from "proxy-orders/sandbox";
import { createSandbox } from "proxy-orders/sandbox";

const sandbox: Sandbox = createSandbox({
  apiKey: "demo-key",
  balance: 100,
  ignoreKeys: true,
  controlOrigins: ["http://localhost:5173"],
  keepAlive: undefined,
});
createSandbox({ controlOrigins: true });
createServer(sandbox.handler);
const { url, close } = await sandbox.listen();
export const orders: readonly SandboxOrder[] = sandbox.orders;
console.log(url.length, sandbox.balance.toFixed(2), sandbox.requests[0]?.headers["idempotency-key"]);
sandbox.reset();
await close();

// @ts-expect-error: a typo in an option.
createSandbox({ apikey: "demo-key" });
// @ts-expect-error: one origin that is not in a list.
createSandbox({ controlOrigins: "http://localhost:5173" });
// @ts-expect-error: orders are booked over HTTP only.
sandbox.orders.push();
