//! How to reach the API, and what guards an order.

use crate::draft::{Draft, Need, Rule, names};
use crate::issue::Fault;

names! {
    /// The options of a call.
    "options" Name {
        /// Where the API is.
        BaseUrl: "baseUrl", "baseUrl", Rule::Text(|_| true), "an https address or a path on the page's own origin, without credentials, \
            query and fragment; http is for loopback and the page's own origin, unless allowInsecure is true";
        /// The key of the account.
        ApiKey: "apiKey", "apiKey", Rule::Text(|key| !matches!(key, "" | "." | "..")), "text that can stand as one segment of a path: not empty, and neither .. nor . alone";
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

/// What the engine makes of the base URL.
#[derive(Clone, Copy, Debug, Default)]
pub struct Base<'a> {
    /// The base URL as the engine parsed and wrote it out again; empty where it could not.
    pub href: &'a str,
    /// Whether it leads to the origin of the page.
    pub own_origin: bool,
}

/// Judges the options of an order or a calculation.
#[must_use]
pub fn judge(draft: &Draft<Name>, order: bool, base: Base) -> Vec<(Name, Fault)> {
    let mut faults = draft.faults(|name| match name {
        Name::BaseUrl | Name::ApiKey => Need::Required,
        Name::MaxPrice | Name::RequirePromoCode | Name::AllowDuplicate | Name::IdempotencyKey if !order => Need::Unused,
        _ => Need::Optional,
    });
    let raw = draft.text(Name::BaseUrl);
    if raw.is_some_and(|raw| !is_base_url(raw, base, draft.flag(Name::AllowInsecure))) {
        faults.push((Name::BaseUrl, Fault::Malformed));
    }
    faults
}

/// True for text that a header takes as it is.
fn is_header_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inked = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b' ');
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) && inked(bytes.first()) && inked(bytes.last())
}

/// True for an address that requests may go to.
fn is_base_url(raw: &str, base: Base, allow_insecure: bool) -> bool {
    let bytes = raw.as_bytes();
    let clean = bytes.iter().all(|byte| *byte > b' ' && !b"?#\\\x7f".contains(byte));
    let path = bytes.first() == Some(&b'/') && bytes.get(1) != Some(&b'/');
    let starts = |scheme: &str| raw.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if !clean || !(path || starts("https://") || starts("http://")) {
        return false;
    }
    let secure = base.href.strip_prefix("https://");
    let Some(rest) = secure.or_else(|| base.href.strip_prefix("http://")) else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let safe = secure.is_some() || base.own_origin || allow_insecure || is_loopback(host);
    safe && !host.contains('@')
}

/// True for the hosts of this machine, in the form in which an engine writes them.
fn is_loopback(host: &str) -> bool {
    let port = host.rfind(':').filter(|at| host.bytes().skip(*at).skip(1).all(|byte| byte.is_ascii_digit()));
    let name = host.get(..port.unwrap_or(host.len())).unwrap_or(host);
    let address = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    name == "localhost" || name.ends_with(".localhost") || name == "[::1]" || address && name.starts_with("127.")
}
