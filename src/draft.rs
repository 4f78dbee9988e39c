//! What a caller handed in, read once and leniently, before it is believed.

use std::marker::PhantomData;

use crate::issue::{Issue, IssueCode};

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
    /// Its place in [`Self::ALL`].
    fn place(self) -> usize;
    /// What is said about it.
    fn spec(self) -> &'static Spec;
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
            fn place(self) -> usize {
                self as usize
            }
            fn spec(self) -> &'static $crate::draft::Spec {
                match self {
                    $(Self::$variant => &const {
                        $crate::draft::Spec { name: $name, label: $label, rule: $rule, allowed: $allowed }
                    },)*
                }
            }
        }
    };
}
pub(crate) use names;

/// The values of a request or of the options, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a, N> {
    /// None when the whole is no object.
    values: Option<Vec<Value<'a>>>,
    unknown: Vec<&'a str>,
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
        Self { values: Some(all), unknown: Vec::new(), names: PhantomData }
    }

    /// A draft of something that is no object.
    #[must_use]
    pub fn no_object() -> Self {
        Self { values: None, unknown: Vec::new(), names: PhantomData }
    }

    /// Adds a name that no request has.
    #[must_use]
    pub fn with_unknown(mut self, name: &'a str) -> Self {
        self.unknown.push(name);
        self
    }

    /// A draft of the values of every name in order, and of unknown names behind them; without any, of no object.
    #[must_use]
    pub fn of_values(mut values: Vec<Value<'a>>) -> Self {
        if values.is_empty() {
            return Self::no_object();
        }
        let unknown = values
            .drain(N::ALL.len().min(values.len())..)
            .map(|name| if let Value::Text(name) = name { name } else { "" })
            .collect();
        Self { values: Some(values), unknown, names: PhantomData }
    }

    /// Every issue: of the values that are needed, and of names that do not exist.
    pub(crate) fn issues(&self, need: impl Fn(N) -> Need) -> Vec<Issue> {
        let Some(values) = &self.values else {
            let message = ["The ", N::WHOLE, " must be an object."].concat().into();
            return vec![Issue { path: Vec::new(), code: IssueCode::WrongType, message }];
        };
        let mut issues = Vec::new();
        for (name, value) in N::ALL.iter().zip(values) {
            match (need(*name), value) {
                (Need::Unused, _) | (Need::Optional, Value::Absent) => {}
                (Need::Required, Value::Absent) => issues.push(issue(name.spec(), IssueCode::Required)),
                _ => issues.extend(name.spec().fault(*value)),
            }
        }
        issues.extend(self.unknown.iter().map(|name| unknown(name, N::WHOLE, N::LIST)));
        issues
    }

    /// The text of `name`, if it is one and keeps to its rule.
    pub(crate) fn text(&self, name: N) -> Option<&'a str> {
        match self.value(name) {
            value @ Value::Text(text) if name.spec().fault(value).is_none() => Some(text),
            _ => None,
        }
    }

    /// The number of `name`, if it is one.
    pub(crate) fn number(&self, name: N) -> Option<f64> {
        if let Value::Number(number) = self.value(name) { Some(number) } else { None }
    }

    /// Whether `name` is `true`.
    pub(crate) fn flag(&self, name: N) -> bool {
        self.value(name) == Value::Bool(true)
    }

    fn value(&self, name: N) -> Value<'a> {
        self.values.as_ref().and_then(|values| values.get(name.place())).copied().unwrap_or(Value::Absent)
    }
}

impl Spec {
    /// What is wrong with a value that is there.
    fn fault(&'static self, value: Value) -> Option<Issue> {
        let code = match (self.rule, value) {
            (Rule::OneOf(texts), Value::Text(text)) => (!texts.contains(&text)).then_some(IssueCode::NotAllowed),
            (Rule::Text(fits), Value::Text(text)) => (!fits(text)).then_some(IssueCode::Malformed),
            (Rule::OneOf(_) | Rule::Text(_), Value::LongText) => {
                return Some(say(self, IssueCode::OutOfRange, " must be at most 10000 characters long", ""));
            }
            (Rule::OneOf(_) | Rule::Text(_), Value::BrokenText) => {
                return Some(say(self, IssueCode::Malformed, " must not contain half of a character", ""));
            }
            (Rule::Whole(min, max), Value::Number(number)) if number.trunc() == number && number.is_finite() => {
                (number < min.into() || number > max.into()).then_some(IssueCode::OutOfRange)
            }
            (Rule::Number(fits), Value::Number(number)) => (!fits(number)).then_some(IssueCode::OutOfRange),
            (Rule::Flag, Value::Bool(_)) | (Rule::Object, Value::Usable) => None,
            (Rule::Object, Value::BrokenText) => Some(IssueCode::Malformed),
            _ => Some(IssueCode::WrongType),
        };
        code.map(|code| issue(self, code))
    }
}

/// The issue that a value breaks its rule.
pub(crate) fn issue(spec: &'static Spec, code: IssueCode) -> Issue {
    let between = if code == IssueCode::Required { " is required: " } else { " must be " };
    say(spec, code, between, spec.allowed)
}

fn say(spec: &'static Spec, code: IssueCode, between: &str, end: &str) -> Issue {
    let message = [spec.label, between, end, "."].concat().into();
    Issue { path: vec![spec.name.into()], code, message }
}

/// Reads packed values: one letter a value, then all texts; and one number a value, which is the number itself or the
/// length of the text in UTF-16 units.
#[must_use]
pub fn unpack<'a>(numbers: &[f64], packed: &'a str) -> Vec<Value<'a>> {
    let (kinds, mut texts) = packed.split_at_checked(numbers.len()).unwrap_or_default();
    let values = kinds.bytes().zip(numbers).map(|(kind, number)| match kind {
        b'a' => Value::Absent,
        b'f' => Value::Bool(false),
        b't' => Value::Bool(true),
        b'n' => Value::Number(*number),
        b's' => Value::Text(take_units(&mut texts, *number)),
        b'l' => Value::LongText,
        b'b' => Value::BrokenText,
        b'u' => Value::Usable,
        _ => Value::Other,
    });
    values.collect()
}

/// Cuts the first `units` UTF-16 units off `texts`.
fn take_units<'a>(texts: &mut &'a str, units: f64) -> &'a str {
    let mut seen = 0.0;
    let end = texts.char_indices().find(|(_, char)| {
        let full = seen >= units;
        seen += if *char > '\u{ffff}' { 2.0 } else { 1.0 };
        full
    });
    let (text, rest) = texts.split_at_checked(end.map_or(texts.len(), |(at, _)| at)).unwrap_or_default();
    *texts = rest;
    text
}

/// True for text with a visible character.
pub(crate) fn is_visible(text: &str) -> bool {
    !text.chars().all(|char| char.is_whitespace() || char == '\u{feff}')
}

/// The issue of a name that is none of `names`.
fn unknown(name: &str, whole: &str, names: &'static str) -> Issue {
    let mut likeness = "";
    let mut least = usize::MAX;
    for known in names.split_ascii_whitespace() {
        let slips = slips(name, known);
        if slips <= known.len().div_ceil(4) && slips < least {
            (likeness, least) = (known, slips);
        }
    }
    let (question, end) = if likeness.is_empty() { ("", ".") } else { (". Did you mean ", "?") };
    let message = ["There is no ", name, " in the ", whole, question, likeness, end].concat().into();
    Issue { path: vec![name.to_owned().into()], code: IssueCode::UnknownField, message }
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
