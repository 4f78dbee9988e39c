export { createBackend, type Backend, type BackendContext } from "./backend.js";
export { memoryBookings, type Bookings, type Claim, type Reply } from "./bookings.js";
export type { Asked, BackendOptions, OpenBooking } from "./options.js";
