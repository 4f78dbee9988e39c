//! Issues: what is wrong with a request or its options, in sentences for a customer.

use tsify::Tsify;

use crate::request::{Field, Violation};
use crate::rules::ViolationKind;
use crate::words::words;

words! {
    /// The kind of an issue.
    IssueCode {
        /// The value is absent, but required.
        Required = "required",
        /// The value is of another type. A number that is not whole counts as another type.
        WrongType = "wrong_type",
        /// The value is not one of those allowed.
        NotAllowed = "not_allowed",
        /// The value is too small, too large or too long.
        OutOfRange = "out_of_range",
        /// The value does not have the required form.
        Malformed = "malformed",
        /// No field or option has this name.
        UnknownField = "unknown_field",
    }
}

impl IssueCode {
    fn of(violation: ViolationKind) -> Self {
        match violation {
            ViolationKind::Required => Self::Required,
            ViolationKind::WrongType => Self::WrongType,
            ViolationKind::NotAllowed => Self::NotAllowed,
            ViolationKind::TooSmall | ViolationKind::TooLarge => Self::OutOfRange,
            ViolationKind::Malformed | ViolationKind::InvalidText => Self::Malformed,
        }
    }
}

/// One problem in a request or its options.
///
/// All problems of the options are reported at once, and then all of the request. Nothing is sent while there is one.
#[derive(Clone, Debug, PartialEq, Eq, Tsify)]
pub struct Issue {
    /// The name of the field, as a list with one item; empty if the value is not an object.
    #[tsify(type = "string[]")]
    pub path: [Field; 1],
    /// The kind of the issue.
    pub code: IssueCode,
    /// A plain English sentence that names what is allowed. A shop can show it to its customer.
    pub message: &'static str,
}

impl From<Violation> for Issue {
    fn from(violation: Violation) -> Self {
        let sentences = violation.field.sentences();
        let message = match violation.kind {
            ViolationKind::Required => sentences.required,
            ViolationKind::TooLarge => sentences.too_large,
            ViolationKind::InvalidText => sentences.invalid_text,
            _ => sentences.not_allowed,
        };
        Self { path: [violation.field], code: IssueCode::of(violation.kind), message }
    }
}

/// The sentence about an unknown name. `kind` is "field" or "option"; `known` are the known names, separated by spaces.
#[must_use]
pub fn unknown_name(kind: &str, name: &str, known: &str) -> String {
    let (question, similar, end) = match most_similar(name, known) {
        Some(similar) => (" Did you mean ", similar, "?"),
        None => ("", "", ""),
    };
    ["Unknown ", kind, " \"", name, "\".", question, similar, end].concat()
}

/// The known name most similar to `name`, if `name` may be a typo of one.
fn most_similar<'a>(name: &str, known: &'a str) -> Option<&'a str> {
    let name = name.as_bytes().get(..MAX_COMPARED).unwrap_or(name.as_bytes());
    (0..=MAX_EDITS).find_map(|edits| {
        let is_typo = |known: &&str| edits <= known.len().div_ceil(4) && is_similar(name, known.as_bytes(), edits);
        known.split_ascii_whitespace().find(is_typo)
    })
}

/// How many bytes of a name are compared.
const MAX_COMPARED: usize = 40;

/// How many letters of a typo may be wrong.
const MAX_EDITS: usize = 4;

/// Whether one name becomes the other by adding, dropping or changing at most `edits` letters, ignoring case. A name of
/// more than three letters that is part of the other counts too.
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
