//! How values cross the boundary: `src/shell/wire.ts` writes what this file reads.
//!
//! Each value is two numbers: its kind, and the number itself or the length of the text in UTF-16 code units. All texts are
//! joined into one.

use crate::draft::{Draft, Value};
use crate::endpoint::Endpoint;
use crate::request::{Field, Violation};
use crate::response::ResponseDraft;
use crate::rules::{MAX_TEXT, ViolationKind};

/// Declares the kinds of values. The number of a kind is its position.
macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        #[derive(Clone, Copy)]
        enum Kind { $($kind,)* }

        impl Kind {
            const ALL: &'static [Self] = &[$(Self::$kind,)*];
        }

        /// The names of the kinds in the shell, in order.
        pub const KINDS: &[&str] = &[$($name,)*];
    };
}

kinds! {
    Absent = "absent",
    False = "false",
    True = "true",
    Number = "number",
    Text = "text",
    TextTooLong = "textTooLong",
    InvalidText = "invalidText",
    List = "list",
    Object = "object",
    Other = "other",
}

/// Reads the values of a request, in the order of [`crate::request::Field`].
#[must_use]
pub fn request_draft<'a>(numbers: &[f64], texts: &'a str) -> Draft<'a> {
    Draft(values(numbers, texts))
}

/// The number of a violation.
#[must_use]
pub fn violation_number(violation: Violation) -> u32 {
    (violation.field as u32).wrapping_mul(KINDS_OF_VIOLATION).wrapping_add(violation.kind as u32)
}

/// The violation with a number.
#[must_use]
pub fn violation(number: u32) -> Option<Violation> {
    let field = Field::ALL.get((number / KINDS_OF_VIOLATION) as usize)?;
    let kind = ViolationKind::ALL.get((number % KINDS_OF_VIOLATION) as usize)?;
    Some(Violation { field: *field, kind: *kind })
}

const KINDS_OF_VIOLATION: u32 = ViolationKind::ALL.len() as u32;

/// Reads the values of a response, in the order of [`Endpoint::response_fields`], followed by the code and message of its
/// error and of its warnings.
#[must_use]
pub fn response_draft<'a>(endpoint: Endpoint, numbers: &[f64], texts: &'a str) -> ResponseDraft<'a> {
    let mut fields = values(numbers, texts);
    let details = fields.split_off(endpoint.response_fields().len().min(fields.len()));
    let (pairs, _) = details.as_chunks();
    let (error, warnings) = pairs.split_first().unwrap_or((&[Value::Absent; 2], &[]));
    ResponseDraft { fields: Draft(fields), error: *error, warnings: warnings.to_vec() }
}

#[inline(never)]
fn values<'a>(numbers: &[f64], mut texts: &'a str) -> Vec<Value<'a>> {
    let mut values = Vec::with_capacity(numbers.len());
    for &[kind, number] in numbers.as_chunks().0 {
        values.push(match Kind::ALL.get(kind as usize) {
            Some(Kind::Absent) => Value::Absent,
            Some(Kind::False) => Value::Bool(false),
            Some(Kind::True) => Value::Bool(true),
            Some(Kind::Number) => Value::Number(number),
            Some(Kind::Text) => match take_units(&mut texts, number as usize) {
                _ if number > f64::from(MAX_TEXT) => Value::TextTooLong,
                text => Value::Text(text),
            },
            Some(Kind::TextTooLong) => Value::TextTooLong,
            Some(Kind::InvalidText) => Value::InvalidText,
            Some(Kind::List) => Value::List,
            Some(Kind::Object) => Value::Object,
            Some(Kind::Other) | None => Value::Other,
        });
    }
    values
}

/// Removes the first `units` UTF-16 code units from `texts`, and returns them.
fn take_units<'a>(texts: &mut &'a str, units: usize) -> &'a str {
    let end = match texts.get(..units) {
        Some(text) if text.is_ascii() => units,
        _ => {
            let mut left = units;
            let mut bytes = 0_usize;
            for char in texts.chars() {
                let Some(rest) = left.checked_sub(char.len_utf16()) else { break };
                left = rest;
                bytes = bytes.saturating_add(char.len_utf8());
            }
            bytes
        }
    };
    let (text, rest) = texts.split_at_checked(end).unwrap_or_default();
    *texts = rest;
    text
}
