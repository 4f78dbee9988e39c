// @ts-check
// The package in a module worker.
import { assert, equal, responses, show } from "./support.js";

/** @typedef {import("./support.js").Test} Test */

/** @param {Test} test */
export async function aModuleWorkerOrders({ inFrame }) {
  const { failure, quote, receipt, relative, issues, code, outcome, ours, booked } = await inFrame("inWorker");
  assert(failure === undefined, failure);
  equal(quote, responses.calculate, "quote");
  assert(receipt.success, show(receipt));
  equal(relative.price, quote.price, "a path on this origin");
  equal(issues, 6, "issues of an empty order");
  equal([code, outcome, ours], ["http", "unknown", true], "a failure");
  equal(booked, 1, "orders booked");
}
