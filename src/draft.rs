//! What was handed in, before it is validated.

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

/// A typed value that may be left out of what is sent or returned.
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
