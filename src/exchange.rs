//! One call: which request is sent next, and what happens when an attempt ends. Time and random numbers come in as
//! numbers.

use std::hash::Hasher;

use fnv::FnvHasher;
use serde::Serialize;
use tsify::Tsify;

use crate::endpoint::Endpoint;
use crate::error::{ErrorCode, Outcome};
use crate::reply::{CalculateResponse, OrderResponse, PromoCodeStatus, Reply, ReplyFields};

/// What guards an order. It is calculated first, and placed only if the quote has no warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guard {
    /// The highest price to order at.
    pub max_price: Option<f64>,
    /// Whether the promo code must be valid.
    pub require_promo_code: bool,
}

impl Guard {
    fn is_set(self) -> bool {
        self.max_price.is_some() || self.require_promo_code
    }

    /// A repeat may have warnings: the first order may have spent the balance, and the API refuses such an order itself.
    fn accepts(self, quote: &CalculateResponse, is_repeat: bool) -> bool {
        let CalculateResponse::Success(quote) = quote else { return false };
        let price_fits = self.max_price.is_none_or(|max_price| quote.price <= max_price);
        let promo_code_fits = !self.require_promo_code || quote.promo_code_status == Some(PromoCodeStatus::Valid);
        (is_repeat || quote.warnings.is_none()) && price_fits && promo_code_fits
    }
}

/// What is known about earlier orders that are identical to a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Earlier {
    /// One is pending.
    pub is_pending: bool,
    /// One is in doubt: it was sent, its call was rejected, and no later answer has settled it.
    pub is_in_doubt: bool,
    /// The one in doubt was last sent with the idempotency key of the new order.
    pub has_same_key: bool,
}

/// The digest by which identical orders are known: they have the same URL, API key and body. Where one program orders
/// for many people, the caller's idempotency key tells their orders apart; else it is empty.
#[must_use]
pub fn order_digest(base_url: &str, api_key: &str, body: &str, idempotency_key: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write([base_url, "\n", api_key, "\n", body, "\n", idempotency_key].concat().as_bytes());
    hasher.finish()
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The caller's signal ended it.
    Aborted,
    /// The deadline passed.
    TimedOut,
    /// `fetch` failed, or the body could not be read.
    Network,
    /// A whole reply came.
    Replied {
        /// The HTTP status.
        status: u32,
        /// How long the server asked to wait.
        retry_after_ms: Option<f64>,
        /// The reply, if it is a documented one.
        reply: Option<Reply>,
    },
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Next {
    /// The reply is the answer: its fields that the caller gets.
    Answer(ReplyFields),
    /// The calculation is sent again, after a pause of so many milliseconds.
    Retry(f64),
    /// The guard has accepted the quote, so the order is sent: the fields of the quote.
    Order(ReplyFields),
    /// The guard has not accepted the quote, so the call is rejected: the fields of the quote.
    Refuse(ReplyFields),
    /// The call is rejected: why.
    Fail(ErrorCode),
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Purpose {
    Calculate,
    Order { guard: Guard, allow_duplicate: bool, earlier: Earlier },
}

/// A call that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    purpose: Purpose,
    /// The endpoint of the next request, or of the last one.
    endpoint: Endpoint,
    order_sent: bool,
    attempts: u32,
    max_retries: u32,
}

const FIRST_PAUSE_MS: f64 = 250.0;

impl Exchange {
    /// Begins a calculation.
    #[must_use]
    pub fn calculate(max_retries: u32) -> Self {
        Self { purpose: Purpose::Calculate, endpoint: Endpoint::Calculate, order_sent: false, attempts: 0, max_retries }
    }

    /// Begins an order. A guarded one calculates first.
    #[must_use]
    pub fn order(max_retries: u32, guard: Guard, allow_duplicate: bool) -> Self {
        let endpoint = if guard.is_set() { Endpoint::Calculate } else { Endpoint::Order };
        let purpose = Purpose::Order { guard, allow_duplicate, earlier: Earlier::default() };
        Self { purpose, endpoint, order_sent: false, attempts: 0, max_retries }
    }

    /// Compares the order with earlier identical ones: why it must not be sent, if it must not.
    ///
    /// While one is in doubt, a repeat with its idempotency key is let through: a server that books each key once
    /// answers it with the first receipt.
    pub fn compare(&mut self, with: Earlier) -> Option<ErrorCode> {
        let Purpose::Order { allow_duplicate, earlier, .. } = &mut self.purpose else { return None };
        *earlier = with;
        match with {
            _ if *allow_duplicate => None,
            Earlier { is_pending: true, .. } => Some(ErrorCode::DuplicateOrder),
            Earlier { is_in_doubt: true, has_same_key: false, .. } => Some(ErrorCode::UnresolvedOrder),
            _ => None,
        }
    }

    /// Whether this order asks again what became of an order in doubt.
    fn is_repeat(&self) -> bool {
        matches!(self.purpose, Purpose::Order { earlier: Earlier { is_in_doubt: true, has_same_key: true, .. }, .. })
    }

    /// The endpoint of the next request, or of the last one.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Notes that the next request is handed to `fetch`: from now on it may reach the API.
    pub fn sent(&mut self) {
        self.order_sent |= self.endpoint == Endpoint::Order;
    }

    /// What is known about the order, if this is one.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let Purpose::Order { allow_duplicate, earlier, .. } = self.purpose else { return None };
        let in_doubt = earlier.is_in_doubt && !allow_duplicate;
        Some(if self.order_sent || in_doubt || self.is_repeat() { Outcome::Unknown } else { Outcome::NotPlaced })
    }

    /// Decides what happens after an attempt has ended, with `left_ms` until the deadline and a `random` number from 0
    /// to 1.
    pub fn next(&mut self, end: &End, left_ms: f64, random: f64) -> Next {
        self.attempts = self.attempts.saturating_add(1);
        match end {
            End::Aborted => Next::Fail(ErrorCode::Aborted),
            End::TimedOut => Next::Fail(ErrorCode::Timeout),
            End::Network => self.retry(ErrorCode::Network, None, left_ms, random),
            End::Replied { reply: Some(reply), status, .. } => match (self.purpose, reply) {
                (Purpose::Order { guard, .. }, Reply::Calculate(quote)) => {
                    self.check_quote(guard, quote, reply.fields())
                }
                // A refusal of a repeat whose status is not 2xx says nothing about the first order.
                (_, Reply::Order(OrderResponse::Failure(_))) if self.is_repeat() && !(200..=299).contains(status) => {
                    Next::Fail(ErrorCode::Http)
                }
                _ => Next::Answer(reply.fields()),
            },
            End::Replied { status: 200..=299, .. } => Next::Fail(ErrorCode::InvalidResponse),
            End::Replied { status: 408 | 429 | 500..=599, retry_after_ms, .. } => {
                self.retry(ErrorCode::Http, *retry_after_ms, left_ms, random)
            }
            End::Replied { .. } => Next::Fail(ErrorCode::Http),
        }
    }

    /// Sends a calculation again, if retries and time are left. An order is never sent again.
    ///
    /// `Retry-After` wins over the growing pause.
    fn retry(&self, code: ErrorCode, retry_after_ms: Option<f64>, left_ms: f64, random: f64) -> Next {
        let growth = f64::from(1_u32 << self.attempts.saturating_sub(1).min(16));
        let after_ms = retry_after_ms.unwrap_or(FIRST_PAUSE_MS * growth * (1.0 + random) / 2.0);
        if self.endpoint == Endpoint::Calculate && self.attempts <= self.max_retries && after_ms < left_ms {
            Next::Retry(after_ms)
        } else {
            Next::Fail(code)
        }
    }

    /// Sends the order only if the quote is what the caller asked for.
    fn check_quote(&mut self, guard: Guard, quote: &CalculateResponse, fields: ReplyFields) -> Next {
        if guard.accepts(quote, self.is_repeat()) {
            self.endpoint = Endpoint::Order;
            Next::Order(fields)
        } else {
            Next::Refuse(fields)
        }
    }
}

/// Reads `Retry-After`: seconds, or a date, which the engine has parsed as `date_ms`.
#[must_use]
pub fn retry_after_ms(header: &str, date_ms: f64, now_ms: f64) -> Option<f64> {
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit.wrapping_sub(b'0')));
        return Some(seconds * 1000.0).filter(|ms| ms.is_finite());
    }
    let is_date = header.starts_with(|char: char| char.is_ascii_alphabetic()) && date_ms.is_finite();
    is_date.then(|| (date_ms - now_ms).max(0.0))
}
