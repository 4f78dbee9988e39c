// One order in one runtime, for resends.test.js: with a plain `fetch`, or through the backend. A calculation before it opens
// the connection that the order may reuse.

import { createBackend, memoryBookings } from "proxy-orders/backend";

const wanted = {
  proxyType: "IPv4",
  quantity: 1,
  rentPeriodDays: 30,
  goal: "scraping",
  country: "USA",
  authType: "LOGIN",
};

export async function run(baseUrl, mode) {
  const options = { baseUrl, apiKey: "self", user: () => "anna", balance: "account", bookings: memoryBookings() };
  const backend = createBackend({ ...options, onError() {} });
  const send = mode === "backend" ? backend : fetch;
  const origin = mode === "backend" ? "http://shop.example" : baseUrl;
  for (const endpoint of ["calculate/order", "order"]) {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "key-1" },
      body: JSON.stringify(wanted),
    };
    // How it ends does not matter: the server counts.
    await send(new Request(`${origin}/client/api/v1/self/${endpoint}`, init))
      .then((response) => response.text())
      .catch(() => {});
  }
}
