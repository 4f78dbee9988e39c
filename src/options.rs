//! How to reach the API, and what guards an order.

use crate::draft::{Draft, Name as _, Need, Rule, issue, names};
use crate::issue::{Issue, IssueCode};

names! {
    /// The options of a call.
    "options" Name {
        /// Where the API is.
        BaseUrl: "baseUrl", "baseUrl", Rule::Text(|_| true), "an https address or a path on the page's own origin, without credentials, \
            query and fragment; http is for loopback and the page's own origin, unless allowInsecure is true";
        /// The key of the account.
        ApiKey: "apiKey", "apiKey", Rule::Text(|key| !matches!(key, "" | "." | "..")), "text that can stand as one segment of a path: not empty, and neither . nor ..";
        /// Aborts the call.
        Signal: "signal", "signal", Rule::Object, "an AbortSignal";
        /// How long the whole call may take.
        TimeoutMs: "timeoutMs", "timeoutMs", Rule::Number(|ms| ms > 0.0 && ms <= 2_147_483_647.0), "a number of milliseconds above 0 and at most 2147483647";
        /// How often a calculation is tried again.
        MaxRetries: "maxRetries", "maxRetries", Rule::Whole(0, 10), "a whole number from 0 to 10";
        /// Headers to send along.
        Headers: "headers", "headers", Rule::Object, "what the constructor of Headers accepts";
        /// Whether cookies are sent.
        Credentials: "credentials", "credentials", Rule::OneOf(&["omit", "same-origin", "include"]), "omit, same-origin or include";
        /// What to call in place of the global `fetch`.
        Fetch: "fetch", "fetch", Rule::Object, "a function";
        /// Lets `http:` pass to any host.
        AllowInsecure: "allowInsecure", "allowInsecure", Rule::Flag, "true or false";
        /// The highest price to order at.
        MaxPrice: "maxPrice", "maxPrice", Rule::Number(|price| price >= 0.0 && price.is_finite()), "a finite number, 0 or more";
        /// Orders only with a valid promo code.
        RequirePromoCode: "requirePromoCode", "requirePromoCode", Rule::Flag, "true or false";
        /// Lets an identical order through.
        AllowDuplicate: "allowDuplicate", "allowDuplicate", Rule::Flag, "true or false";
        /// Lets a backend book the order once.
        IdempotencyKey: "idempotencyKey", "idempotencyKey", Rule::Text(is_header_value),
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
        let mut issues = draft.issues(|name| match name {
            Name::BaseUrl | Name::ApiKey => Need::Required,
            Name::MaxPrice | Name::RequirePromoCode | Name::AllowDuplicate | Name::IdempotencyKey if !order => Need::Unused,
            _ => Need::Optional,
        });
        let raw = draft.text(Name::BaseUrl);
        let base = raw.and_then(|raw| base_url(raw, page, draft.flag(Name::AllowInsecure)));
        if raw.is_some() && base.is_none() {
            issues.insert(0, issue(Name::BaseUrl.spec(), IssueCode::Malformed));
        }
        let (Some(base), Some(key), true) = (base, draft.text(Name::ApiKey), issues.is_empty()) else {
            return Err(issues);
        };
        Ok(Self {
            address: [base, "/client/api/v1/", &encode_segment(key), "/"].concat(),
            own_origin: on_origin(base, page.origin),
            max_retries: draft.number(Name::MaxRetries).unwrap_or(DEFAULT_RETRIES) as u32,
            credentials: match draft.text(Name::Credentials) {
                Some("omit") => Credentials::Omit,
                Some("include") => Credentials::Include,
                _ => Credentials::SameOrigin,
            },
            order: order.then(|| OrderOptions {
                max_price: draft.number(Name::MaxPrice),
                require_promo_code: draft.flag(Name::RequirePromoCode),
                allow_duplicate: draft.flag(Name::AllowDuplicate),
                idempotency_key: draft.text(Name::IdempotencyKey).map(str::to_owned),
            }).unwrap_or_default(),
        })
    }
}

const DEFAULT_RETRIES: f64 = 2.0;

/// True for text that a header takes as it is.
fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.trim() == text && !text.is_empty()
}

/// The base URL in the engine's form, without a slash at its end.
fn base_url<'a>(raw: &str, page: Page<'a>, allow_insecure: bool) -> Option<&'a str> {
    let bytes = raw.as_bytes();
    let clean = bytes.iter().all(|byte| *byte > b' ' && !b"?#\\\x7f".contains(byte));
    let path = bytes.first() == Some(&b'/') && bytes.get(1) != Some(&b'/');
    let starts = |scheme: &str| raw.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if !clean || !(path || starts("https://") || starts("http://")) {
        return None;
    }
    let (rest, secure) = match page.href.strip_prefix("https://") {
        Some(rest) => (rest, true),
        None => (page.href.strip_prefix("http://")?, false),
    };
    let host = rest.split('/').next()?;
    let safe = secure || on_origin(page.href, page.origin) || is_loopback(host) || allow_insecure;
    (safe && !host.contains('@')).then(|| page.href.trim_end_matches('/'))
}

fn on_origin(href: &str, origin: &str) -> bool {
    let rest = href.strip_prefix(origin);
    !origin.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// True for the hosts of this machine, in the form in which an engine writes them.
fn is_loopback(host: &str) -> bool {
    let port = host.rfind(':').filter(|at| host.bytes().skip(*at).skip(1).all(|byte| byte.is_ascii_digit()));
    let name = host.get(..port.unwrap_or(host.len())).unwrap_or(host);
    let address = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    name == "localhost" || name.ends_with(".localhost") || name == "[::1]" || address && name.starts_with("127.")
}

/// Encodes text as `encodeURIComponent` does.
fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            push_hex(&mut encoded, byte, b"0123456789ABCDEF");
        }
    }
    encoded
}

/// Writes a byte in two hexadecimal digits.
pub(crate) fn push_hex(text: &mut String, byte: u8, digits: &[u8; 16]) {
    for digit in [byte >> 4, byte & 15] {
        text.extend(digits.get(usize::from(digit)).copied().map(char::from));
    }
}
