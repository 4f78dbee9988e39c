//! What a caller handed in, read once and leniently, before it is believed.

use std::marker::PhantomData;

use crate::issue::{Fault, Issue, IssueCode, no_object};

/// Longest text that is read, in UTF-16 code units.
pub const MAX_TEXT: u32 = 10_000;

/// One value as it was handed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not there. In requests and replies `null` is the same.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// Any number, also NaN and the infinities.
    Number(f64),
    /// Text of at most [`MAX_TEXT`] units.
    Text(&'a str),
    /// Longer text, of which nothing was read.
    LongText,
    /// Text with half of a surrogate pair.
    BrokenText,
    /// An object of the kind that stands there: an abort signal, headers, a function.
    Usable,
    /// Anything else, or something that cannot be read.
    Other,
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Text that passes this test.
    Text(fn(&str) -> bool),
    /// A whole number from the first to the second.
    Whole(u32, u32),
    /// A number that passes this test.
    Number(fn(f64) -> bool),
    /// `true` or `false`.
    Flag,
    /// An object of a certain kind.
    Object,
}

/// What is said about a name.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The name itself.
    pub name: &'static str,
    /// What a customer calls it.
    pub label: &'static str,
    /// What its value must be.
    pub rule: Rule,
    /// The same as the end of the sentence "It must be …".
    pub allowed: &'static str,
}

/// Whether a value must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// It is not even looked at.
    Unused,
}

/// The names that a draft may have.
pub trait Name: Copy + 'static {
    /// Every name, in the order in which values are handed over and issues reported.
    const ALL: &'static [Self];
    /// The names themselves, each with a space behind it.
    const LIST: &'static str;
    /// The same as a comment, for who builds the JavaScript.
    const COMMENT: &'static str;
    /// What the whole is called in a sentence.
    const WHOLE: &'static str;
    /// What is said about each.
    const SPECS: &'static [Spec];
    /// Its place in [`Self::ALL`].
    fn place(self) -> usize;
    /// The name itself.
    fn name(self) -> &'static str {
        Self::SPECS.get(self.place()).map_or("", |spec| spec.name)
    }
}

/// Declares the names of a draft: variant, name, label, rule, what is allowed.
macro_rules! names {
    ($(#[$doc:meta])* $whole:literal $type:ident {
        $($(#[$item_doc:meta])* $variant:ident: $name:literal, $label:literal, $rule:expr, $allowed:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$item_doc])* $variant,)* }

        impl $crate::draft::Name for $type {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            const LIST: &'static str = concat!($($name, " ",)*);
            const COMMENT: &'static str = concat!("// ", $whole, ": ", $($name, " ",)*);
            const WHOLE: &'static str = $whole;
            const SPECS: &'static [$crate::draft::Spec] =
                &[$($crate::draft::Spec { name: $name, label: $label, rule: $rule, allowed: $allowed },)*];
            fn place(self) -> usize {
                self as usize
            }
        }
    };
}
pub(crate) use names;

/// The values of a request or of the options, by name. Of something that is no object there are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a, N> {
    values: Vec<Value<'a>>,
    names: PhantomData<N>,
}

impl<'a, N: Name> Draft<'a, N> {
    /// A draft with the values given; every other one is absent.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (N, Value<'a>)>) -> Self {
        let mut all = vec![Value::Absent; N::ALL.len()];
        for (name, value) in values {
            if let Some(slot) = all.get_mut(name.place()) {
                *slot = value;
            }
        }
        Self::of_values(all)
    }

    /// A draft of the values of every name, in order.
    #[must_use]
    pub fn of_values(values: Vec<Value<'a>>) -> Self {
        Self { values, names: PhantomData }
    }

    /// Every fault of the values that are needed.
    pub(crate) fn faults(&self, need: impl Fn(N) -> Need) -> Vec<(N, Fault)> {
        let need = |place| N::ALL.get(place).map_or(Need::Unused, |name| need(*name));
        let faults = faults(N::SPECS, &self.values, &need).into_iter();
        faults.filter_map(|(place, fault)| N::ALL.get(place).map(|name| (*name, fault))).collect()
    }

    /// The issues that these faults are.
    pub(crate) fn issues(&self, faults: Vec<(N, Fault)>) -> Vec<Issue> {
        if self.values.is_empty() {
            return vec![Issue { path: Vec::new(), code: IssueCode::WrongType, message: no_object(N::WHOLE) }];
        }
        let issue = |(name, fault): (N, Fault)| N::SPECS.get(name.place()).map(|spec| Issue::of(spec, fault));
        faults.into_iter().filter_map(issue).collect()
    }

    /// The text of `name`, if it is one and keeps to its rule.
    pub(crate) fn text(&self, name: N) -> Option<&'a str> {
        let spec = N::SPECS.get(name.place())?;
        match self.values.get(name.place())? {
            value @ Value::Text(text) if fault(spec.rule, *value).is_none() => Some(text),
            _ => None,
        }
    }

    /// The number of `name`, if it is one.
    pub(crate) fn number(&self, name: N) -> Option<f64> {
        if let Some(Value::Number(number)) = self.values.get(name.place()) { Some(*number) } else { None }
    }

    /// Whether `name` is `true`.
    pub(crate) fn flag(&self, name: N) -> bool {
        self.values.get(name.place()) == Some(&Value::Bool(true))
    }
}

/// Every fault of the values that are needed, by place.
#[inline(never)]
fn faults(specs: &[Spec], values: &[Value], need: &dyn Fn(usize) -> Need) -> Vec<(usize, Fault)> {
    let mut faults = Vec::new();
    for (place, spec) in specs.iter().enumerate() {
        let value = values.get(place).unwrap_or(&Value::Absent);
        let fault = match (need(place), value) {
            (Need::Unused, _) | (Need::Optional, Value::Absent) => None,
            (Need::Required, Value::Absent) => Some(Fault::Required),
            _ => fault(spec.rule, *value),
        };
        faults.extend(fault.map(|fault| (place, fault)));
    }
    faults
}

/// What is wrong with a value that is there.
fn fault(rule: Rule, value: Value) -> Option<Fault> {
    match (rule, value) {
        (Rule::OneOf(texts), Value::Text(text)) => (!texts.contains(&text)).then_some(Fault::NotAllowed),
        (Rule::Text(fits), Value::Text(text)) => (!fits(text)).then_some(Fault::Malformed),
        (Rule::OneOf(_) | Rule::Text(_), Value::LongText) => Some(Fault::TooLong),
        (Rule::OneOf(_) | Rule::Text(_), Value::BrokenText) => Some(Fault::BrokenText),
        (Rule::Whole(min, max), Value::Number(number)) if number.trunc() == number && number.is_finite() => {
            (number < min.into() || number > max.into()).then_some(Fault::OutOfRange)
        }
        (Rule::Number(fits), Value::Number(number)) => (!fits(number)).then_some(Fault::OutOfRange),
        (Rule::Flag, Value::Bool(_)) | (Rule::Object, Value::Usable) => None,
        (Rule::Object, Value::BrokenText) => Some(Fault::Malformed),
        _ => Some(Fault::WrongType),
    }
}

/// Reads packed values: two numbers a value, its kind and the number itself or the length of the text in UTF-16 units;
/// and all texts behind one another.
#[must_use]
pub fn unpack<'a>(numbers: &[f64], mut texts: &'a str) -> Vec<Value<'a>> {
    let mut values = Vec::with_capacity(numbers.len());
    for pair in numbers.chunks_exact(2) {
        let &[kind, number] = pair else { continue };
        values.push(match kind as u8 {
            0 => Value::Absent,
            1 => Value::Bool(false),
            2 => Value::Bool(true),
            3 => Value::Number(number),
            4 => Value::Text(take_units(&mut texts, number as usize)),
            5 => Value::LongText,
            6 => Value::BrokenText,
            7 => Value::Usable,
            _ => Value::Other,
        });
    }
    values
}

/// Cuts the first `units` UTF-16 units off `texts`.
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

/// True for text with a visible character.
pub(crate) fn is_visible(text: &str) -> bool {
    !text.chars().all(|char| char.is_whitespace() || char == '\u{feff}')
}
