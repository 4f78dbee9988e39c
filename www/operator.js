// @ts-check
// The operator's page: the open orders, on which a person has to decide.

import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";

/** @import { Backend, OpenOrder } from "proxy-orders/backend" */
/** @import { IncomingMessage, ServerResponse } from "node:http" */

/** Escapes a text for HTML. @param {unknown} value */
const escape = (value) => String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param {OpenOrder} order */
function row({ name, user, idempotencyKey, request, ageMs }) {
  const { proxyType, quantity, country, rentPeriodDays } = request;
  const hidden = `<input type="hidden" name="name" value="${escape(name)}" />`;
  // At the second click of a double click, the button may belong to another order.
  const once = `onclick="return event.detail < 2"`;
  return `<tr>
  <td>${escape(user)}</td>
  <td>${escape(`${quantity} × ${proxyType}, ${country}, ${rentPeriodDays} days`)}</td>
  <td><code>${escape(idempotencyKey)}</code></td>
  <td>${Math.round(ageMs / 1000)} s</td>
  <td>
    <form method="post">${hidden}
      <input name="orderNumber" required aria-label="Order number" placeholder="Order number" />
      <button name="decision" value="placed" ${once}>Placed</button></form>
    <form method="post">${hidden}<button name="decision" value="not placed" ${once}>Not placed</button></form>
  </td>
</tr>`;
}

const NO_ORDERS = "There are no open orders. An order appears here 25 seconds after it was sent.";

/** @param {OpenOrder[]} orders @param {string} message */
const page = (orders, message) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Open orders · proxy-orders</title>
    <link rel="icon" href="favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="docs.css" />
  </head>
  <body>
    <nav aria-label="Site"><a href="./">Demo</a> <a href="operator">Reload</a></nav>
    <main>
      <h1>Open orders</h1>
      <p role="status"><strong>${escape(message)}</strong></p>
      <p>These orders were sent to the API, but got no answer. Before you press a button:</p>
      <ol>
        <li>Look in the account for an order of the same kind, quantity and country, placed at that time. In this demo,
          <a href="api/__sandbox/orders">these orders</a> are in the account.</li>
        <li>If it is there, and the shop has no other order with its number, enter the number and press “Placed”.</li>
        <li>If it is still not there after 10 minutes, press “Not placed”. Before that, it may still arrive.</li>
      </ol>
      <table>
        <thead><tr><th>Customer</th><th>Order</th><th>Reference</th><th>Age</th><th>Decision</th></tr></thead>
        <tbody>
${orders.map(row).join("\n") || `<tr><td colspan="5">${NO_ORDERS}</td></tr>`}
        </tbody>
      </table>
    </main>
  </body>
</html>
`;

/**
 * Settles an order as the operator has decided, and returns a message for the operator.
 * @param {Backend} backend
 * @param {string} body the form that was sent
 */
async function decide(backend, body) {
  const form = new URLSearchParams(body);
  const orderNumber = form.get("orderNumber")?.trim() ?? "";
  const isPlaced = form.get("decision") === "placed";
  try {
    const decision = isPlaced
      ? /** @type {const} */ ({ placed: true, orderNumber })
      : { placed: /** @type {const} */ (false) };
    const isSettled = await backend.resolve(form.get("name") ?? "", decision);
    return isSettled ? "The order has been settled." : "The order had already been settled.";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Creates the operator's route. Opening it with the token sets a cookie; without the cookie, nobody may use it.
 * @param {Backend} backend
 */
export function createOperator(backend) {
  const token = randomUUID();
  const cookie = `operator=${token}`;

  /** Whether a form was sent by this page, and not by another website. @param {IncomingMessage} request */
  const isOwn = ({ headers }) => headers.origin === `http://${headers.host}`;

  /** @param {IncomingMessage} request */
  const isOperator = ({ headers }) => headers.cookie?.split("; ").includes(cookie);

  /** @param {IncomingMessage} request @param {ServerResponse} response */
  async function route(request, response) {
    const { method, url } = request;
    if (method === "GET" && url === `/operator?token=${token}`) {
      const attributes = "Path=/operator; HttpOnly; SameSite=Strict";
      return response.writeHead(303, { location: "/operator", "set-cookie": `${cookie}; ${attributes}` }).end();
    }
    if (!isOperator(request)) return response.writeHead(403).end("Open the address that npm start printed.\n");
    if (method !== "GET" && method !== "POST") return response.writeHead(405).end();
    if (method === "POST" && !isOwn(request))
      return response.writeHead(403).end("This form was sent by another website.\n");
    const message = method === "POST" ? await decide(backend, await text(request)) : "";
    const orders = await backend.openOrders();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(orders, message));
  }
  return { path: `operator?token=${token}`, route };
}
