//! The rules for values: each turns a value into a typed one, or says why that is impossible.

use crate::draft::Value;

macro_rules! max_text {
    () => {
        10000
    };
}

/// The longest text that is accepted, in UTF-16 code units. `src/shell/wire.ts` passes on slightly longer text.
pub const MAX_TEXT: u32 = max_text!();
pub(crate) use max_text;

/// Why a value breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// It is absent.
    Required,
    /// It is of another type.
    WrongType,
    /// It is not one of the allowed texts.
    NotAllowed,
    /// It is too small a number.
    TooSmall,
    /// It is too large a number, or too long a text.
    TooLarge,
    /// It does not have the required form.
    Malformed,
    /// It is text with a lone surrogate.
    InvalidText,
}

impl ViolationKind {
    /// Every kind, in order.
    pub const ALL: &'static [Self] = &[
        Self::Required,
        Self::WrongType,
        Self::NotAllowed,
        Self::TooSmall,
        Self::TooLarge,
        Self::Malformed,
        Self::InvalidText,
    ];
}

/// The result of a rule.
pub(crate) type Checked<T> = Result<T, ViolationKind>;

/// Accepts any text.
pub(crate) fn text(value: Value<'_>) -> Checked<&'_ str> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Absent => Err(ViolationKind::Required),
        Value::TextTooLong => Err(ViolationKind::TooLarge),
        Value::InvalidText => Err(ViolationKind::InvalidText),
        _ => Err(ViolationKind::WrongType),
    }
}

/// Accepts text that passes `test`.
fn text_that(value: Value<'_>, test: fn(&str) -> bool) -> Checked<&'_ str> {
    text(value).and_then(|text| if test(text) { Ok(text) } else { Err(ViolationKind::Malformed) })
}

/// Accepts text that is not blank.
pub(crate) fn visible_text(value: Value<'_>) -> Checked<&'_ str> {
    text_that(value, is_visible)
}

/// Accepts any text. Absent and blank text mean none.
pub(crate) fn optional_text(value: Value<'_>) -> Checked<Option<&'_ str>> {
    match value {
        Value::Absent => Ok(None),
        _ => text(value).map(|text| Some(text).filter(|text| is_visible(text))),
    }
}

/// Accepts the form of an ISO 3166-1 alpha-3 code.
pub(crate) fn country_code(value: Value<'_>) -> Checked<&'_ str> {
    text_that(value, |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Accepts an IPv4 or IPv6 address.
pub(crate) fn ip_address(value: Value<'_>) -> Checked<&'_ str> {
    text_that(value, |text| is_ipv4(text.as_bytes()) || is_ipv6(text.as_bytes()))
}

/// Accepts a whole number from `MIN` to the largest `u32`.
pub(crate) fn whole<const MIN: u32>(value: Value) -> Checked<u32> {
    match value {
        Value::Absent => Err(ViolationKind::Required),
        Value::Number(number) if number.trunc() == number && number.is_finite() => {
            if number < f64::from(MIN) {
                Err(ViolationKind::TooSmall)
            } else if number > f64::from(u32::MAX) {
                Err(ViolationKind::TooLarge)
            } else {
                Ok(number as u32)
            }
        }
        _ => Err(ViolationKind::WrongType),
    }
}

/// The characters without a glyph: white space, controls, format characters (Cf), those with the property
/// Default_Ignorable_Code_Point, and the blank pattern of Braille, as in Unicode 17.
#[rustfmt::skip]
const INVISIBLE: [(u32, u32); 30] = [
    (0, 0x20), (0x7f, 0xa0), (0xad, 0xad), (0x34f, 0x34f), (0x600, 0x605), (0x61c, 0x61c), (0x6dd, 0x6dd),
    (0x70f, 0x70f), (0x890, 0x891), (0x8e2, 0x8e2), (0x115f, 0x1160), (0x1680, 0x1680), (0x17b4, 0x17b5),
    (0x180b, 0x180f), (0x2000, 0x200f), (0x2028, 0x202f), (0x205f, 0x206f), (0x2800, 0x2800), (0x3000, 0x3000),
    (0x3164, 0x3164), (0xfe00, 0xfe0f), (0xfeff, 0xfeff), (0xffa0, 0xffa0), (0xfff0, 0xfffb), (0x110bd, 0x110bd),
    (0x110cd, 0x110cd), (0x13430, 0x1343f), (0x1bca0, 0x1bca3), (0x1d173, 0x1d17a), (0xe0000, 0xe0fff),
];

/// Whether a text has a visible character.
fn is_visible(text: &str) -> bool {
    text.chars().any(|char| !INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&char.into())))
}

/// Whether a text is an IPv4 address: four numbers from 0 to 255. The parsers of the standard library would add 900
/// bytes (brotli); a test compares the two.
fn is_ipv4(text: &[u8]) -> bool {
    let mut octets = text.split(|byte| *byte == b'.');
    octets.clone().count() == 4 && octets.all(is_octet)
}

fn is_octet(digits: &[u8]) -> bool {
    let number = digits
        .iter()
        .fold(0_u32, |number, digit| number.saturating_mul(10).saturating_add(u32::from(digit.wrapping_sub(b'0'))));
    let is_canonical = matches!(digits, [_] | [b'1'..=b'9', _] | [b'1'..=b'9', _, _]);
    is_canonical && number <= 255 && digits.iter().all(u8::is_ascii_digit)
}

/// Whether a text is an IPv6 address: eight groups of hexadecimal digits. `::` may stand for one group or more, and an
/// IPv4 address for the last two.
fn is_ipv6(text: &[u8]) -> bool {
    let Some(gap) = text.windows(2).position(|pair| pair == b"::") else {
        return count_groups(text, true) == Some(8);
    };
    let head = text.get(..gap).unwrap_or_default();
    let tail = text.get(gap.saturating_add(2)..).unwrap_or_default();
    let groups = count_groups(head, false).zip(count_groups(tail, true));
    groups.is_some_and(|(head, tail)| head.saturating_add(tail) < 8)
}

/// How many groups a part of an IPv6 address has.
fn count_groups(part: &[u8], may_end_in_ipv4: bool) -> Option<usize> {
    let is_group = |group: &[u8]| matches!(group.len(), 1..=4) && group.iter().all(u8::is_ascii_hexdigit);
    let groups = part.rsplit(|byte| *byte == b':').enumerate().map(|(place, group)| match group {
        _ if is_group(group) => Some(1),
        _ if may_end_in_ipv4 && place == 0 && is_ipv4(group) => Some(2),
        _ => None,
    });
    if part.is_empty() { Some(0) } else { groups.sum() }
}
