//! What is wrong with a draft, said so that a shop can show it to its customer.

use std::borrow::Cow;

use serde::Serialize;
use tsify::Tsify;

/// What kind of fault an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// It is absent, and must not be.
    Required,
    /// It is of another type, a number that is not whole among them.
    WrongType,
    /// It is none of the values that are allowed.
    NotAllowed,
    /// It is too small, too large or too long.
    OutOfRange,
    /// It does not have the form that it must have.
    Malformed,
    /// No request, or no call, has a field of this name.
    UnknownField,
}

/// One fault of a request or of the options.
///
/// Every fault is reported at once, and nothing is sent while there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Issue {
    /// The name of the field, alone in a list; empty when the whole is no object.
    #[tsify(type = "string[]")]
    pub path: Vec<Cow<'static, str>>,
    /// The kind of the fault.
    pub code: IssueCode,
    /// A plain English sentence that names what is allowed, fit to be shown to a customer.
    #[tsify(type = "string")]
    pub message: Cow<'static, str>,
}
