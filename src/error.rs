//! Why a call rejects, and whether its order may have been placed.

use serde::Serialize;
use tsify::Tsify;

/// Why a call rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request has issues. Nothing was sent.
    InvalidRequest,
    /// The options have issues. Nothing was sent.
    InvalidOptions,
    /// The WebAssembly could not be started.
    NotLoaded,
    /// The caller's signal ended the call.
    Aborted,
    /// The deadline passed.
    Timeout,
    /// There was no response, or it could not be read.
    Network,
    /// The status does not let the body count as an answer.
    Http,
    /// The status is 2xx, but the body is not a documented response.
    InvalidResponse,
    /// A guard stopped the order, or the calculation that the guard needs failed.
    Refused,
    /// An identical order is pending.
    DuplicateOrder,
    /// An identical order is unresolved.
    UnresolvedOrder,
}

/// What is known about an order whose call rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No order request can have reached the API: nothing was bought.
    NotPlaced,
    /// An order request, perhaps of an earlier call, may have reached the API: it may have been placed.
    Unknown,
}
