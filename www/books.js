// @ts-check
// The orders in the sandbox's account: what was really placed and charged.
import { control } from "./api.js";
import { at } from "./dom.js";
import { count, figure } from "./words.js";

/** Reads the account's orders, and shows and returns their number and sum; `null` if they cannot be read. */
export async function readBooks() {
  try {
    const response = await control("orders", { signal: AbortSignal.timeout(2000) });
    const orders = /** @type {{ price: number }[]} */ (await response.json());
    const charged = orders.reduce((sum, { price }) => sum + price, 0);
    const sum = figure(Math.round(charged * 100) / 100);
    at("books").textContent =
      orders.length === 0 ? "no order" : `${count(orders.length, "order", "orders")}, ${sum} USD`;
    return { orders: orders.length, charged };
  } catch {
    return null;
  }
}
