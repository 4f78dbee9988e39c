// The sandbox in a page, without the types of Node.

import { order } from "proxy-orders";
import { createSandbox } from "proxy-orders/sandbox";

const sandbox = createSandbox({ apiKey: "self", balance: 100 });
const wanted = { proxyType: "IPv4", quantity: 1, rentPeriodDays: 30, goal: "scraping", country: "USA" } as const;
await order({ ...wanted, authType: "LOGIN" }, { baseUrl: "/api", fetch: sandbox.fetch });
sandbox.fail("cut-body", { on: "order", times: 1 });
