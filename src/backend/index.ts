export { createBackend } from "./backend.js";
export type { BookingStore } from "./stores/booking-store.js";
export { d1Bookings, type D1Binding, type D1Statement } from "./stores/d1.js";
export { memoryBookings } from "./stores/memory.js";
export { postgresBookings, type PostgresPool } from "./stores/postgres.js";
export { sqliteBookings, type SqliteDatabase } from "./stores/sqlite.js";
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
  OpenBooking,
  OpenOrder,
  Sale,
  Sales,
  StoredResponse,
} from "./types.js";
