//! What happens after each attempt of a call. Time and random numbers are passed in.

use std::hash::Hasher;

use fnv::FnvHasher;

use crate::draft::Names;
use crate::endpoint::Endpoint;
use crate::error::ErrorCode;
use crate::response::{CalculateResponse, PromoCodeStatus, Response};
use crate::words::words;

/// Conditions for an order. A guarded order is calculated first, and placed only if the quote has no warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guard {
    /// The highest price to order at.
    pub max_price: Option<f64>,
    /// Whether the promo code must be valid.
    pub require_promo_code: bool,
}

/// A smaller difference between two prices is rounding noise: `2.65 * 6` is a little less than 15.9.
const PRICE_NOISE: f64 = 1e-6;

impl Guard {
    /// What stops the order, if anything does.
    ///
    /// The warnings of a repeat are ignored: its first copy may have spent the balance, and the API itself declines an
    /// order that has warnings.
    fn objection(self, quote: &CalculateResponse, is_repeat: bool) -> Option<Objection> {
        let CalculateResponse::Success(quote) = quote else { return Some(Objection::Quote) };
        if quote.warnings.is_some() && !is_repeat {
            Some(Objection::Quote)
        } else if self.max_price.is_some_and(|max_price| quote.price > max_price + PRICE_NOISE) {
            Some(Objection::Price)
        } else if self.require_promo_code && quote.promo_code_status != Some(PromoCodeStatus::Valid) {
            Some(Objection::PromoCode)
        } else {
            None
        }
    }
}

words! {
    /// What stops a guarded order.
    Objection {
        /// The quote is a failure or has warnings.
        Quote = "quote",
        /// The price is above `maxPrice`.
        Price = "price",
        /// The promo code is not valid.
        PromoCode = "promoCode",
    }
}

/// The digest that identifies an order. Identical orders have the same `identity`: the text of everything they share.
#[must_use]
pub fn order_digest(identity: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(identity.as_bytes());
    hasher.finish()
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptEnd {
    /// The caller's signal ended it.
    Aborted,
    /// The deadline passed.
    TimedOut,
    /// `fetch` failed, or the body could not be read.
    Network,
    /// There was a whole response.
    Responded {
        /// The HTTP status.
        status: u32,
        /// How long the server asked the client to wait.
        retry_after_ms: Option<f64>,
        /// The response, if it is documented.
        response: Option<Response>,
    },
}

/// What happens next. A response is described by its documented fields that are not `null`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// The call fulfills with the response.
    Answer(Names),
    /// The calculation is sent again, after this many milliseconds.
    Retry(f64),
    /// The guard accepts the quote, so the order is sent.
    Order(Names),
    /// The guard stops the order, so the call rejects with the quote.
    Refuse(Names, Objection),
    /// The call rejects.
    Fail(ErrorCode),
}

/// The purpose of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// To price an order.
    Calculate,
    /// To place an order.
    Order {
        /// Its conditions.
        guard: Guard,
        /// Whether it repeats an unresolved order.
        is_repeat: bool,
    },
}

/// The state of a call when an attempt has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// The purpose of the call.
    pub purpose: Purpose,
    /// The endpoint of the attempt.
    pub endpoint: Endpoint,
    /// How many attempts the call has made.
    pub attempts: u32,
    /// How many times a calculation may be retried.
    pub max_retries: u32,
}

const FIRST_PAUSE_MS: f64 = 250.0;

impl Exchange {
    /// Decides what happens next, with `left_ms` until the deadline and a `random` number from 0 to 1.
    #[must_use]
    pub fn next(&self, end: &AttemptEnd, left_ms: f64, random: f64) -> Next {
        match end {
            AttemptEnd::Aborted => Next::Fail(ErrorCode::Aborted),
            AttemptEnd::TimedOut => Next::Fail(ErrorCode::Timeout),
            AttemptEnd::Network => self.retry(ErrorCode::Network, None, left_ms, random),
            AttemptEnd::Responded { response: Some(response), status, .. } if self.is_answer(*status) => {
                self.accept(response)
            }
            AttemptEnd::Responded { status: 200..=299, .. } => Next::Fail(ErrorCode::InvalidResponse),
            AttemptEnd::Responded { status: 408 | 429 | 500..=599, retry_after_ms, .. } => {
                self.retry(ErrorCode::Http, *retry_after_ms, left_ms, random)
            }
            AttemptEnd::Responded { .. } => Next::Fail(ErrorCode::Http),
        }
    }

    /// Whether a documented response with this status counts.
    ///
    /// An order is answered only by a 2xx status. A browser sends a POST again by itself when its connection is cut:
    /// the first copy may have been booked, and the second may have failed before the server looked for the first.
    fn is_answer(&self, status: u32) -> bool {
        self.endpoint == Endpoint::Calculate || (200..=299).contains(&status)
    }

    fn accept(&self, response: &Response) -> Next {
        let present = response.present();
        match (self.purpose, response) {
            (Purpose::Order { guard, is_repeat }, Response::Calculate(quote)) => {
                match guard.objection(quote, is_repeat) {
                    Some(objection) => Next::Refuse(present, objection),
                    None => Next::Order(present),
                }
            }
            _ => Next::Answer(present),
        }
    }

    /// Retries a calculation if retries and time are left. An order is never sent again.
    ///
    /// `Retry-After` takes precedence over the growing pause.
    fn retry(&self, code: ErrorCode, retry_after_ms: Option<f64>, left_ms: f64, random: f64) -> Next {
        let growth = f64::from(1_u32 << self.attempts.saturating_sub(1).min(16));
        let after_ms = retry_after_ms.unwrap_or(FIRST_PAUSE_MS * growth * (1.0 + random) / 2.0);
        if self.endpoint == Endpoint::Calculate && self.attempts <= self.max_retries && after_ms < left_ms {
            Next::Retry(after_ms)
        } else {
            Next::Fail(code)
        }
    }
}

/// Reads `Retry-After`: a number of seconds, or a date. `seconds` and `date_ms` are the engine's own readings of the
/// header. A date in the past is ignored.
#[must_use]
pub fn retry_after_ms(header: &str, seconds: f64, date_ms: f64, now_ms: f64) -> Option<f64> {
    // An engine also reads `0x10`, `1e9` and `+5` as numbers, and `5` as a date.
    let is_decimal = header.starts_with(|char: char| char.is_ascii_digit())
        && header.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_date = header.starts_with(|char: char| char.is_ascii_alphabetic());
    let ms = if is_decimal { seconds * 1000.0 } else { date_ms - now_ms };
    Some(ms).filter(|ms| (is_decimal || is_date) && ms.is_finite() && *ms >= 0.0)
}
