//! How to reach the API, and what guards an order.

use std::net::Ipv4Addr;

use crate::draft::{Check, Draft, Value, is_blank, names};
use crate::issue::{Issue, IssueCode};

names! {
    /// The options of a call.
    "options" Name {
        /// Where the API is.
        BaseUrl: "baseUrl", "baseUrl", "an https address or a path on the page's own origin, without credentials, \
            query and fragment; http is for loopback and the page's own origin, unless allowInsecure is true";
        /// The key of the account.
        ApiKey: "apiKey", "apiKey", "text that can stand as one segment of a path: not empty, and neither . nor ..";
        /// Aborts the call.
        Signal: "signal", "signal", "an AbortSignal";
        /// How long the whole call may take.
        TimeoutMs: "timeoutMs", "timeoutMs", "a number of milliseconds above 0 and at most 2147483647";
        /// How often a calculation is tried again.
        MaxRetries: "maxRetries", "maxRetries", "a whole number from 0 to 10";
        /// Headers to send along.
        Headers: "headers", "headers", "what the constructor of Headers accepts";
        /// Whether cookies are sent.
        Credentials: "credentials", "credentials", "omit, same-origin or include";
        /// What to call in place of the global `fetch`.
        Fetch: "fetch", "fetch", "a function";
        /// Lets `http:` pass to any host.
        AllowInsecure: "allowInsecure", "allowInsecure", "true or false";
        /// The highest price to order at.
        MaxPrice: "maxPrice", "maxPrice", "a finite number, 0 or more";
        /// Orders only with a valid promo code.
        RequirePromoCode: "requirePromoCode", "requirePromoCode", "true or false";
        /// Lets an identical order through.
        AllowDuplicate: "allowDuplicate", "allowDuplicate", "true or false";
        /// Lets a backend book the order once.
        IdempotencyKey: "idempotencyKey", "idempotencyKey",
            "text of printable ASCII characters, with no space at either end";
    }
}

/// What the engine knows about the base URL and the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    /// The base URL as the engine parsed and wrote it out again; empty where it could not.
    pub href: &'a str,
    /// The origin of the page or worker; empty outside of one.
    pub origin: &'a str,
}

/// Which cookies are sent, as in `fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// None.
    Omit,
    /// Those of the page's own origin.
    SameOrigin,
    /// All.
    Include,
}

/// Valid options of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Everything of the address before the function's name, the encoded key included.
    pub(crate) address: String,
    /// Whether the API is reached through the page's own origin.
    pub(crate) own_origin: bool,
    /// How often a calculation is tried again.
    pub(crate) max_retries: u32,
    /// Which cookies are sent.
    pub(crate) credentials: Credentials,
    /// What an order must hold to; none for a calculation.
    pub(crate) order: OrderOptions,
}

/// The options that only an order has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OrderOptions {
    pub(crate) max_price: Option<f64>,
    pub(crate) require_promo_code: bool,
    pub(crate) allow_duplicate: bool,
    pub(crate) idempotency_key: Option<String>,
}

impl Options {
    /// Makes options of `draft`, for an order or a calculation.
    ///
    /// # Errors
    ///
    /// Every issue of the draft.
    pub fn check(draft: &Draft<Name>, order: bool, page: Page) -> Result<Self, Vec<Issue>> {
        Check::run(draft, |check| {
            let insecure = check.flag(Name::AllowInsecure);
            let base = check.required(Name::BaseUrl).and_then(|value| {
                check.parsed(Name::BaseUrl, value, IssueCode::Malformed, |raw| base_url(raw, page, insecure))
            });
            let key = check.required(Name::ApiKey).and_then(|value| {
                check.parsed(Name::ApiKey, value, IssueCode::Malformed, |key| {
                    (!matches!(key, "" | "." | "..")).then(|| encode_segment(key))
                })
            });
            usable(check, Name::Signal);
            if let Some(value) = check.optional(Name::TimeoutMs) {
                check.number(Name::TimeoutMs, value, |ms| ms > 0.0 && ms <= i32::MAX.into());
            }
            let max_retries = match check.optional(Name::MaxRetries) {
                Some(value) => check.whole(Name::MaxRetries, value, 0, 10),
                None => Some(2),
            };
            usable(check, Name::Headers);
            let credentials = match check.optional(Name::Credentials) {
                Some(value) => check.parsed(Name::Credentials, value, IssueCode::NotAllowed, |text| match text {
                    "omit" => Some(Credentials::Omit),
                    "same-origin" => Some(Credentials::SameOrigin),
                    "include" => Some(Credentials::Include),
                    _ => None,
                }),
                None => Some(Credentials::SameOrigin),
            };
            usable(check, Name::Fetch);
            let order = if order { order_options(check) } else { OrderOptions::default() };
            let base = base?;
            Some(Self {
                own_origin: on_origin(base, page.origin),
                address: [base, "/client/api/v1/", &key?, "/"].concat(),
                max_retries: max_retries?,
                credentials: credentials?,
                order,
            })
        })
    }
}

fn order_options(check: &mut Check<Name>) -> OrderOptions {
    let max_price = check.optional(Name::MaxPrice);
    let max_price = max_price.and_then(|value| {
        check.number(Name::MaxPrice, value, |price| price >= 0.0 && price.is_finite())
    });
    let require_promo_code = check.flag(Name::RequirePromoCode);
    let allow_duplicate = check.flag(Name::AllowDuplicate);
    let key = check.optional(Name::IdempotencyKey);
    let idempotency_key = key.and_then(|value| {
        check.parsed(Name::IdempotencyKey, value, IssueCode::Malformed, |key| {
            let fits = key.bytes().all(|byte| matches!(byte, b' '..=b'~')) && key.trim() == key && !is_blank(key);
            fits.then(|| key.to_owned())
        })
    });
    OrderOptions { max_price, require_promo_code, allow_duplicate, idempotency_key }
}

/// An object whose kind the caller of this crate has looked at already.
fn usable(check: &mut Check<Name>, name: Name) {
    match check.optional(name) {
        None | Some(Value::Usable) => {}
        Some(Value::BrokenText) => check.report(name, IssueCode::Malformed),
        Some(_) => check.report(name, IssueCode::WrongType),
    }
}

/// The base URL in the engine's form, without a slash at its end.
fn base_url<'a>(raw: &str, page: Page<'a>, allow_insecure: bool) -> Option<&'a str> {
    let starts = |prefix: &str| raw.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let path = starts("/") && !starts("//");
    let clean = !raw.contains(|char: char| matches!(char, '?' | '#' | '\\') || char.is_control() || char.is_whitespace());
    if !clean || !(path || starts("https://") || starts("http://")) {
        return None;
    }
    let (scheme, rest) = page.href.split_once("://")?;
    let host = rest.split('/').next()?;
    let safe = scheme == "https" || on_origin(page.href, page.origin) || is_loopback(host) || allow_insecure;
    (safe && !host.contains('@')).then(|| page.href.trim_end_matches('/'))
}

fn on_origin(href: &str, origin: &str) -> bool {
    let rest = href.strip_prefix(origin);
    !origin.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
}

/// Encodes text as `encodeURIComponent` does.
fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}
