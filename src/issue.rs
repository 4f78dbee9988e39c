//! What is wrong with a draft, in sentences that a shop can show to its customer.

use serde::{Serialize, Serializer};
use tsify::Tsify;

use crate::request::{Fault, Field};
use crate::rules::FaultKind;

/// What kind of fault an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// The value is absent, and must not be.
    Required,
    /// The value is of another type. A number that is not whole counts as another type.
    WrongType,
    /// The value is none of those that are allowed.
    NotAllowed,
    /// The value is too small, too large or too long.
    OutOfRange,
    /// The value does not have the form that it must have.
    Malformed,
    /// No request, or no call, has a field of this name.
    UnknownField,
}

impl IssueCode {
    fn of(fault: FaultKind) -> Self {
        match fault {
            FaultKind::Required => Self::Required,
            FaultKind::WrongType => Self::WrongType,
            FaultKind::NotAllowed => Self::NotAllowed,
            FaultKind::TooSmall | FaultKind::TooLarge => Self::OutOfRange,
            FaultKind::Malformed | FaultKind::BrokenText => Self::Malformed,
        }
    }
}

/// One fault of a request or of the options.
///
/// Every fault is reported at once, and nothing is sent while there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Issue {
    /// The name of the field, alone in a list; empty when the value is not an object at all.
    #[tsify(type = "string[]")]
    pub path: [Field; 1],
    /// The kind of the fault.
    pub code: IssueCode,
    /// A plain English sentence that names what is allowed, fit to be shown to a customer.
    #[serde(serialize_with = "as_variant")]
    pub message: &'static str,
}

/// Serializes a text as the name of a variant, of which serde-wasm-bindgen makes a JavaScript string only once.
fn as_variant<S: Serializer>(text: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_unit_variant("", 0, text)
}

impl Issue {
    /// The issue of a fault.
    #[must_use]
    pub fn of(fault: Fault) -> Self {
        let sentences = fault.field.sentences();
        let message = match fault.kind {
            FaultKind::Required => sentences.required,
            FaultKind::TooLarge => sentences.too_large,
            FaultKind::BrokenText => sentences.broken,
            _ => sentences.not_allowed,
        };
        Self { path: [fault.field], code: IssueCode::of(fault.kind), message }
    }
}

/// The sentence about a name that is none of the `known` ones, which are separated by spaces. `subject` is what has the
/// name: the request or the options.
#[must_use]
pub fn unknown_name(name: &str, subject: &str, known: &str) -> String {
    let (question, similar, end) = match most_similar(name, known) {
        Some(similar) => (". Did you mean ", similar, "?"),
        None => ("", "", "."),
    };
    ["There is no ", name, " in the ", subject, question, similar, end].concat()
}

/// The known name that is most similar to `name`, if one is similar enough for a typo.
fn most_similar<'a>(name: &str, known: &'a str) -> Option<&'a str> {
    let name = name.as_bytes().get(..MAX_COMPARED).unwrap_or(name.as_bytes());
    (0..=MAX_EDITS).find_map(|edits| {
        let is_typo = |known: &&str| edits <= known.len().div_ceil(4) && is_similar(name, known.as_bytes(), edits);
        known.split_ascii_whitespace().find(is_typo)
    })
}

/// The most bytes of a name that are compared.
const MAX_COMPARED: usize = 40;

/// The most letters that a typo may have wrong.
const MAX_EDITS: usize = 4;

/// Whether so many letters, added, dropped or changed, turn one name into the other, in whatever case. A name that
/// contains the other needs none.
fn is_similar(name: &[u8], known: &[u8], edits: usize) -> bool {
    let (short, long) = if name.len() < known.len() { (name, known) } else { (known, name) };
    let contains = short.len() > 3 && long.windows(short.len()).any(|part| part.eq_ignore_ascii_case(short));
    contains || is_within(name, known, edits)
}

fn is_within(name: &[u8], known: &[u8], edits: usize) -> bool {
    match (name, known) {
        ([], []) => true,
        ([letter, rest @ ..], _) if !letter.is_ascii_alphanumeric() => is_within(rest, known, edits),
        ([letter, name @ ..], [expected, known @ ..]) if letter.eq_ignore_ascii_case(expected) => {
            is_within(name, known, edits)
        }
        _ => edits.checked_sub(1).is_some_and(|edits| {
            let (less_name, less_known) = (name.get(1..).unwrap_or_default(), known.get(1..).unwrap_or_default());
            is_within(less_name, known, edits)
                || is_within(name, less_known, edits)
                || is_within(less_name, less_known, edits)
        }),
    }
}
