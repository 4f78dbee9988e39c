// The handlers that are compared: the package's, and two written by hand as briefly as possible. Those check neither requests
// nor responses, and know no repeats.

import { createBackend } from "proxy-orders/backend";

const user = (request) => request.headers.get("x-user");

/** @param {string} apiUrl @param {import("proxy-orders/backend").Bookings} bookings */
export const packaged = (apiUrl, bookings) =>
  createBackend({ baseUrl: apiUrl, apiKey: "self", user, balance: "account", bookings });

/** Writes each order before and after it is sent. @param {string} apiUrl @param {{ insert: Function, update: Function }} table */
export const withTwoWrites = (apiUrl, { insert, update }) =>
  async function handle(request) {
    const name = JSON.stringify([user(request), request.headers.get("idempotency-key")]);
    const body = JSON.stringify(await request.json());
    await insert(name, body);
    const receipt = JSON.stringify(await send(apiUrl, body));
    await update(receipt, name);
    return new Response(receipt, { headers: { "content-type": "application/json" } });
  };

/** Writes nothing. @param {string} apiUrl */
export const withoutBooking = (apiUrl) =>
  async function handle(request) {
    const body = JSON.stringify(await request.json());
    return Response.json(await send(apiUrl, body));
  };

async function send(apiUrl, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${apiUrl}/client/api/v1/self/order`, { method: "POST", headers, body });
  return response.json();
}
