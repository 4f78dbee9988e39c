//! Why a call is rejected, and whether an order may have been placed.

use serde::Serialize;
use tsify::Tsify;

/// Why a call was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request has issues. Nothing was sent.
    InvalidRequest,
    /// The options have issues. Nothing was sent.
    InvalidOptions,
    /// The WebAssembly could not be loaded.
    NotLoaded,
    /// The caller's signal ended the call.
    Aborted,
    /// The deadline passed.
    Timeout,
    /// No reply came, or it could not be read.
    Network,
    /// The status is not 2xx, and the body is not a documented reply.
    Http,
    /// The status is 2xx, and the body is not a documented reply.
    InvalidResponse,
    /// A guard of the order said no, or the API refused the calculation that the guard needs.
    Refused,
    /// An identical order is pending.
    DuplicateOrder,
    /// An identical order is in doubt.
    UnresolvedOrder,
}

/// What is known about an order whose call was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No order request can have reached the API: nothing was bought.
    NotPlaced,
    /// An order request, or an identical one before it, may have reached the API: it may have been bought, or not.
    Unknown,
}
