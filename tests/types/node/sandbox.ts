// The sandbox in a project with the types of Node and without those of browsers.

import { createServer } from "node:http";
import type { Sandbox, SandboxEndpoint, SandboxFault, SandboxFaultOptions, SandboxOrder } from "proxy-orders/sandbox";
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
const on: SandboxEndpoint = "lookup";
const parameters: SandboxFaultOptions = { on, times: 2, processed: true, "retry-after": 1 };
const faults: SandboxFault[] = ["429", "cut-body"];
for (const fault of faults) sandbox.fail(fault, parameters);
sandbox.fail("slow");
export const response: Promise<Response> = sandbox.fetch(new Request(url));
sandbox.reset();
await close();

// @ts-expect-error: an unknown fault.
sandbox.fail("nonsense");
// @ts-expect-error: an unknown endpoint.
sandbox.fail("500", { on: "pay" });
// @ts-expect-error: a number as text.
sandbox.fail("slow", { ms: "20" });

// @ts-expect-error: a typo in an option.
createSandbox({ apikey: "demo-key" });
// @ts-expect-error: one origin that is not in a list.
createSandbox({ controlOrigins: "http://localhost:5173" });
// @ts-expect-error: orders are booked over HTTP only.
sandbox.orders.push();
