// Does not compile: `proxyType` has the type `string`. The reference quotes the message of each compiler.

import { order } from "proxy-orders";

const request = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};
await order(request, { baseUrl: "/api", maxPrice: 2 });
