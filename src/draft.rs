//! Values from the caller or the API, before they are validated.

/// A value from the caller or the API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Missing, `undefined` or `null`.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// Any number, including NaN and the infinities.
    Number(f64),
    /// Text.
    Text(&'a str),
    /// Text that is too long to be copied or accepted.
    TextTooLong,
    /// Text with a lone surrogate.
    InvalidText,
    /// A list.
    List,
    /// An object that is not a list.
    Object,
    /// Anything else, or a value that cannot be read.
    Other,
}

/// The values of an object, in the order of a list of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a>(pub Vec<Value<'a>>);

impl<'a> Draft<'a> {
    /// The value at a position of the list of names.
    pub(crate) fn value(&self, position: usize) -> Value<'a> {
        self.0.get(position).copied().unwrap_or(Value::Absent)
    }
}

/// Some of the names of a list, one bit for each position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Names(pub u32);

impl Names {
    /// Adds the name at a position.
    pub(crate) fn insert(&mut self, position: usize) {
        self.0 |= 1_u32.wrapping_shl(position as u32);
    }
}

/// A typed value that may be absent from what is sent or returned.
pub(crate) trait Present {
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
