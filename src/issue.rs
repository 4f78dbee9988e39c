//! What is wrong with a draft, said so that a shop can show it to its customer.

use serde::Serialize;
use tsify::Tsify;

use crate::draft::Spec;

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

impl IssueCode {
    /// The code as it is written in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::WrongType => "wrong_type",
            Self::NotAllowed => "not_allowed",
            Self::OutOfRange => "out_of_range",
            Self::Malformed => "malformed",
            Self::UnknownField => "unknown_field",
        }
    }
}

/// One fault of a request or of the options.
///
/// Every fault is reported at once, and nothing is sent while there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Issue {
    /// The name of the field, alone in a list; empty when the whole is no object.
    pub path: Vec<String>,
    /// The kind of the fault.
    pub code: IssueCode,
    /// A plain English sentence that names what is allowed, fit to be shown to a customer.
    pub message: String,
}

/// What is wrong with one value. Their numbers fit in three bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is absent.
    Required = 1,
    /// It is of another type.
    WrongType,
    /// It is none of the texts that are allowed.
    NotAllowed,
    /// It is too small or too large a number.
    OutOfRange,
    /// It does not have the form that it must have.
    Malformed,
    /// It is too long a text.
    TooLong,
    /// It is text with half of a surrogate pair.
    BrokenText,
}

impl Fault {
    /// Every fault, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::Required,
        Self::WrongType,
        Self::NotAllowed,
        Self::OutOfRange,
        Self::Malformed,
        Self::TooLong,
        Self::BrokenText,
    ];

    /// The kind of issue that this fault is.
    #[must_use]
    pub fn code(self) -> IssueCode {
        match self {
            Self::Required => IssueCode::Required,
            Self::WrongType => IssueCode::WrongType,
            Self::NotAllowed => IssueCode::NotAllowed,
            Self::OutOfRange | Self::TooLong => IssueCode::OutOfRange,
            Self::Malformed | Self::BrokenText => IssueCode::Malformed,
        }
    }

    /// The sentence that says so of a value.
    #[must_use]
    pub fn message(self, spec: &Spec) -> String {
        let (between, end) = match self {
            Self::Required => (" is required: ", spec.allowed),
            Self::TooLong => (" must be at most ", "10000 characters long"),
            Self::BrokenText => (" must not contain ", "half of a character"),
            _ => (" must be ", spec.allowed),
        };
        [spec.label, between, end, "."].concat()
    }
}

impl Issue {
    /// The issue of a value with a fault.
    #[must_use]
    pub fn of(spec: &Spec, fault: Fault) -> Self {
        Self { path: vec![spec.name.to_owned()], code: fault.code(), message: fault.message(spec) }
    }
}

/// The sentence about something that is no object.
#[must_use]
pub fn no_object(whole: &str) -> String {
    ["The ", whole, " must be an object."].concat()
}

/// The sentence about a name that is none of `names`; it names the one that it resembles.
#[must_use]
pub fn unknown(name: &str, whole: &str, names: &'static str) -> String {
    let mut likeness = "";
    let mut least = usize::MAX;
    for known in names.split_ascii_whitespace() {
        let slips = slips(name, known);
        if slips <= known.len().div_ceil(4) && slips < least {
            (likeness, least) = (known, slips);
        }
    }
    let (question, end) = if likeness.is_empty() { ("", ".") } else { (". Did you mean ", "?") };
    ["There is no ", name, " in the ", whole, question, likeness, end].concat()
}

/// How many slips make `name` of `known`: letters added, dropped or changed; none when one is a part of the other.
fn slips(name: &str, known: &str) -> usize {
    let letters = |text: &str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).take(40).collect()
    };
    let (name, known) = (letters(name), letters(known));
    let (short, long) = if name.len() < known.len() { (&name, &known) } else { (&known, &name) };
    if short.len() > 3 && long.windows(short.len()).any(|window| window == short.as_slice()) {
        return 0;
    }
    distance(&name, &known)
}

/// The Levenshtein distance of two words.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.iter().enumerate() {
        let mut left = place.saturating_add(1);
        let mut diagonal = place;
        for (cell, candidate) in row.iter_mut().skip(1).zip(other) {
            let changed = diagonal.saturating_add(usize::from(letter != candidate));
            diagonal = *cell;
            left = changed.min(left.saturating_add(1)).min(diagonal.saturating_add(1));
            *cell = left;
        }
    }
    row.pop().unwrap_or_default()
}
