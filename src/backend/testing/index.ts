// Tests for a shop's own bookings and sales.

export { testBookings } from "./bookings.js";
export { testSales, type Accounts } from "./sales.js";
