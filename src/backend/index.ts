export { createBackend } from "./backend.js";
export { memoryBookings } from "./stores/memory.js";
export type {
  Awaitable,
  Backend,
  BackendContext,
  BackendOptions,
  BookingDetails,
  Bookings,
  Claim,
  CustomerRequest,
  Decision,
  OpenOrder,
  Sale,
  Sales,
  StoredResponse,
} from "./types.js";
