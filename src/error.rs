//! Why a call rejects, and whether its order may have been placed.

use crate::words::words;

words! {
    /// Why a call rejects.
    ErrorCode {
        /// The request has issues. Nothing was sent.
        InvalidRequest = "invalid_request",
        /// The options have issues. Nothing was sent.
        InvalidOptions = "invalid_options",
        /// The WebAssembly could not be started.
        NotLoaded = "not_loaded",
        /// The caller's signal ended the call.
        Aborted = "aborted",
        /// The deadline passed.
        Timeout = "timeout",
        /// There was no response, or it could not be read.
        Network = "network",
        /// The status is not 2xx, and the body of a calculation is not a documented response either.
        Http = "http",
        /// The status is 2xx, but the body is not a documented response.
        InvalidResponse = "invalid_response",
        /// A guard stopped the order, or the calculation that the guard needs failed.
        Refused = "refused",
        /// An identical order is pending.
        DuplicateOrder = "duplicate_order",
        /// An identical order is unresolved.
        UnresolvedOrder = "unresolved_order",
    }
}

words! {
    /// What is known about an order whose call rejects.
    Outcome {
        /// No order request can have reached the API: nothing was bought.
        NotPlaced = "not_placed",
        /// An order request, perhaps of an earlier call, may have reached the API: it may have been placed.
        Unknown = "unknown",
    }
}
