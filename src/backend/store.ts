// Calls the shop's bookings: within time limits, and again where that is safe.

import { EarlyFailure, isReceipt, isSameResponse, NOT_ORDERED } from "./responses.js";
import type { Report } from "./report.js";
import type { Task } from "./task.js";
import { ANSWER_MS, persist, STEP_MS, withTimeout, type Step } from "./time.js";
import type { Bookings, Claim, StoredResponse } from "./types.js";

/** The name and the content of a booking. */
export interface BookingKey {
  name: string;
  content: string;
}

export class Store {
  readonly #bookings;
  readonly #report;

  constructor(bookings: Bookings, report: Report) {
    this.#bookings = bookings;
    this.#report = report;
  }

  /**
   * Claims a booking. If that takes too long, it fails with status 504, and a claim that later turns out to be new is
   * settled, because no request is working on it.
   */
  async claim(booking: BookingKey, task: Task): Promise<Claim> {
    const claim = Promise.resolve(this.#bookings.claim(booking.name, booking.content));
    return withTimeout(
      STEP_MS,
      () => claim,
      () => {
        task.waitUntil(this.#settleLate(claim, booking, task));
        const cause = "The bookings did not respond to a claim within 5 seconds.";
        return new EarlyFailure(504, "The order could not be booked. Please try again later.", cause);
      },
    );
  }

  async #settleLate(claim: Promise<Claim>, booking: BookingKey, task: Task): Promise<void> {
    try {
      if ((await claim).state === "new") await this.settle(booking, NOT_ORDERED, task);
    } catch (error) {
      this.#report(error, { name: booking.name });
    }
  }

  /** Reads a booking that was claimed before. */
  reclaim({ name, content }: BookingKey, step: Step): Promise<Claim> {
    return step("A claim", () => this.#bookings.claim(name, content));
  }

  /**
   * Settles a booking, with further attempts for up to 10 s.
   *
   * @param wasRefunded Whether a refund came before. Then the customer must not have a receipt too.
   * @returns The response that the booking holds: that of an earlier settlement, if there was one.
   * @throws The error of the last attempt.
   */
  async settle(
    booking: BookingKey,
    response: StoredResponse,
    task: Task,
    wasRefunded = false,
  ): Promise<StoredResponse> {
    const stored = await persist((step) => this.#attemptSettle(booking, response, task, step));
    if (isSameResponse(stored, response)) return stored;
    const message =
      wasRefunded && isReceipt(stored)
        ? "The customer has the order and the money: a receipt was stored during the refund."
        : "The booking already holds another response.";
    this.#report(new Error(message), { name: booking.name, response, stored });
    return stored;
  }

  async #attemptSettle(booking: BookingKey, response: StoredResponse, task: Task, step: Step): Promise<StoredResponse> {
    const wasStored = await step("A settlement", () => this.#bookings.settle(booking.name, response));
    // Before a person may decide, no other settlement is possible, so a store that cannot say is believed.
    if (wasStored === true || (wasStored !== false && task.ageMs() < ANSWER_MS)) return response;
    const claim = await this.reclaim(booking, step);
    if (claim.state !== "settled") throw new Error("The bookings did not store a settlement.");
    return claim.response;
  }

  /** The bookings that are claimed and not settled, if the shop's bookings can list them. */
  async open(): Promise<{ name: string; content: string; ageMs: number }[]> {
    const bookings = this.#bookings;
    if (!bookings.open) throw new TypeError("These bookings have no method open, so their open orders are not known.");
    const open = bookings.open();
    return withTimeout(
      STEP_MS,
      () => open,
      () => new Error("The bookings did not list their open orders within 5 seconds."),
    );
  }
}
