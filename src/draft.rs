//! What a caller handed in, read once and leniently, before it is believed.

use std::borrow::Cow;
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

/// The names that a draft may have, and what to say about each.
pub trait Name: Copy + PartialEq + 'static {
    /// Every name, in the order in which values are handed over and issues reported.
    const ALL: &'static [Self];
    /// What the whole is called in a sentence.
    const WHOLE: &'static str;
    /// The name itself.
    fn name(self) -> &'static str;
    /// What a customer calls it.
    fn label(self) -> &'static str;
    /// The end of the sentence "It must be …".
    fn allowed(self) -> &'static str;
}

/// Declares the names of a draft: variant, name, label, what is allowed.
macro_rules! names {
    ($(#[$doc:meta])* $whole:literal $type:ident { $($(#[$item_doc:meta])* $variant:ident: $name:literal, $label:literal, $allowed:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$item_doc])* $variant,)* }

        impl $crate::draft::Name for $type {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            const WHOLE: &'static str = $whole;
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
            fn allowed(self) -> &'static str {
                match self { $(Self::$variant => $allowed,)* }
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
            let place = N::ALL.iter().position(|other| *other == name);
            if let Some(slot) = place.and_then(|place| all.get_mut(place)) {
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

    fn get(&self, name: N) -> Value<'a> {
        let place = N::ALL.iter().position(|other| *other == name);
        place.and_then(|place| self.values.as_ref()?.get(place)).copied().unwrap_or(Value::Absent)
    }
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

/// True for text without a single visible character.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|char| char.is_whitespace() || char == '\u{feff}')
}

/// Takes values out of a draft, and collects every issue on the way.
pub(crate) struct Check<'d, 'a, N> {
    draft: &'d Draft<'a, N>,
    issues: Vec<Issue>,
}

impl<'a, N: Name> Check<'_, 'a, N> {
    /// Runs `checks` over `draft`: what they make of it, or every issue.
    pub(crate) fn run<'d, T>(
        draft: &'d Draft<'a, N>,
        checks: impl FnOnce(&mut Check<'d, 'a, N>) -> Option<T>,
    ) -> Result<T, Vec<Issue>> {
        let mut check = Check { draft, issues: Vec::new() };
        if draft.values.is_none() {
            let message = ["The ", N::WHOLE, " must be an object."].concat().into();
            return Err(vec![Issue { path: Vec::new(), code: IssueCode::WrongType, message }]);
        }
        let made = checks(&mut check);
        for name in &draft.unknown {
            check.issues.push(unknown::<N>(name));
        }
        match made {
            Some(made) if check.issues.is_empty() => Ok(made),
            _ => Err(check.issues),
        }
    }

    /// Reports that `name` breaks its rule.
    pub(crate) fn report(&mut self, name: N, code: IssueCode) {
        let between = if code == IssueCode::Required { " is required: " } else { " must be " };
        self.say(name, code, [name.label(), between, name.allowed(), "."].concat());
    }

    /// Reports an issue of `name` in words of its own.
    pub(crate) fn say(&mut self, name: N, code: IssueCode, message: impl Into<Cow<'static, str>>) {
        self.issues.push(Issue { path: vec![name.name().into()], code, message: message.into() });
    }

    /// The value of `name`, unless it is absent.
    pub(crate) fn optional(&self, name: N) -> Option<Value<'a>> {
        match self.draft.get(name) {
            Value::Absent => None,
            value => Some(value),
        }
    }

    /// The value of `name`, or the issue that it is absent.
    pub(crate) fn required(&mut self, name: N) -> Option<Value<'a>> {
        let value = self.optional(name);
        if value.is_none() {
            self.report(name, IssueCode::Required);
        }
        value
    }

    /// Text of any content.
    pub(crate) fn text(&mut self, name: N, value: Value<'a>) -> Option<&'a str> {
        match value {
            Value::Text(text) => return Some(text),
            Value::LongText => {
                self.say(name, IssueCode::OutOfRange, [name.label(), " must be at most 10000 characters long."].concat());
            }
            Value::BrokenText => {
                self.say(name, IssueCode::Malformed, [name.label(), " must not contain half of a character."].concat());
            }
            _ => self.report(name, IssueCode::WrongType),
        }
        None
    }

    /// Text that `parse` accepts; anything else is an issue of this `code`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: N,
        value: Value<'a>,
        code: IssueCode,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<T> {
        let parsed = parse(self.text(name, value)?);
        if parsed.is_none() {
            self.report(name, code);
        }
        parsed
    }

    /// A number that `fits`.
    pub(crate) fn number(&mut self, name: N, value: Value<'a>, fits: impl FnOnce(f64) -> bool) -> Option<f64> {
        match value {
            Value::Number(number) if fits(number) => return Some(number),
            Value::Number(_) => self.report(name, IssueCode::OutOfRange),
            _ => self.report(name, IssueCode::WrongType),
        }
        None
    }

    /// A whole number from `min` to `max`.
    pub(crate) fn whole(&mut self, name: N, value: Value<'a>, min: u32, max: u32) -> Option<u32> {
        let value = match value {
            Value::Number(number) if number.trunc() != number || number.is_infinite() => Value::Other,
            value => value,
        };
        self.number(name, value, |number| number >= min.into() && number <= max.into())
            .map(|number| number as u32)
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(&mut self, name: N) -> bool {
        match self.optional(name) {
            Some(Value::Bool(flag)) => return flag,
            Some(_) => self.report(name, IssueCode::WrongType),
            None => {}
        }
        false
    }
}

/// The issue of a name that does not exist.
fn unknown<N: Name>(name: &str) -> Issue {
    let mut likeness = "";
    let mut least = usize::MAX;
    for known in N::ALL {
        let slips = slips(name, known.name());
        if slips <= known.name().len().div_ceil(4) && slips < least {
            (likeness, least) = (known.name(), slips);
        }
    }
    let (question, end) = if likeness.is_empty() { ("", ".") } else { (". Did you mean ", "?") };
    let message = ["There is no ", name, " in the ", N::WHOLE, question, likeness, end].concat().into();
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
