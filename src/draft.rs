//! What was handed in, before it is validated; and the rules that turn a value into a typed one.

use std::net::IpAddr;

macro_rules! max_text {
    () => {
        10000
    };
}

/// The longest text that is accepted, in UTF-16 code units. Longer text never enters the WebAssembly.
pub const MAX_TEXT: u32 = max_text!();
pub(crate) use max_text;

/// One value that was handed in, be it by the caller or by the API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Missing, `undefined` or `null`.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// Any number, NaN and the infinities included.
    Number(f64),
    /// Text.
    Text(&'a str),
    /// Text that is too long to be read.
    LongText,
    /// Text with a lone surrogate.
    BrokenText,
    /// A list.
    List,
    /// Any other object.
    Object,
    /// Anything else, or a value that cannot be read.
    Other,
}

/// The values of an object, in the order of a list of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a>(pub Vec<Value<'a>>);

impl<'a> Draft<'a> {
    /// The value at a place of the list of names.
    pub(crate) fn value(&self, place: usize) -> Value<'a> {
        self.0.get(place).copied().unwrap_or(Value::Absent)
    }
}

/// Some of the names of a list, one bit for each place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names(pub u32);

impl Names {
    /// Adds the name at a place.
    pub(crate) fn insert(&mut self, place: usize) {
        self.0 |= 1_u32.wrapping_shl(place as u32);
    }
}

/// A typed value that may be missing from what is sent or handed on.
pub(crate) trait Present {
    /// Whether it is there.
    fn is_present(&self) -> bool {
        true
    }
}

impl Present for u32 {}
impl Present for f64 {}
impl Present for &str {}

impl<T> Present for Option<T> {
    fn is_present(&self) -> bool {
        self.is_some()
    }
}

/// Why a value breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is absent.
    Required,
    /// It is of another type.
    WrongType,
    /// It is none of the texts that are allowed.
    NotAllowed,
    /// It is too small a number.
    TooSmall,
    /// It is too large a number, or too long a text.
    TooLarge,
    /// It does not have the form that it must have.
    Malformed,
    /// It is text with a lone surrogate.
    BrokenText,
}

/// The result of a rule.
pub(crate) type Checked<T> = Result<T, FaultKind>;

/// Accepts any text.
pub(crate) fn text(value: Value<'_>) -> Checked<&'_ str> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Absent => Err(FaultKind::Required),
        Value::LongText => Err(FaultKind::TooLarge),
        Value::BrokenText => Err(FaultKind::BrokenText),
        _ => Err(FaultKind::WrongType),
    }
}

/// Accepts text that passes `test`.
fn text_that(value: Value<'_>, test: fn(&str) -> bool) -> Checked<&'_ str> {
    text(value).and_then(|text| if test(text) { Ok(text) } else { Err(FaultKind::Malformed) })
}

/// Accepts text that is not blank.
pub(crate) fn visible_text(value: Value<'_>) -> Checked<&'_ str> {
    text_that(value, is_visible)
}

/// Accepts any text. Absent and blank text are none.
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
    text_that(value, |text| text.parse::<IpAddr>().is_ok())
}

/// Accepts a whole number from `MIN` to the largest `u32`.
pub(crate) fn whole<const MIN: u32>(value: Value) -> Checked<u32> {
    match value {
        Value::Absent => Err(FaultKind::Required),
        Value::Number(number) if number.trunc() == number && number.is_finite() => {
            if number < f64::from(MIN) {
                Err(FaultKind::TooSmall)
            } else if number > f64::from(u32::MAX) {
                Err(FaultKind::TooLarge)
            } else {
                Ok(number as u32)
            }
        }
        _ => Err(FaultKind::WrongType),
    }
}

/// True for text with a visible character.
fn is_visible(text: &str) -> bool {
    text.chars().any(|char| !char.is_whitespace() && !char.is_control() && !is_invisible(char))
}

/// Characters without a glyph that are neither white space nor controls: the general category Cf and the property
/// Default_Ignorable_Code_Point of Unicode 17, and the blank pattern of Braille.
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}
