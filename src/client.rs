//! One exchange with the API: what is sent, and what happens when an attempt ends.

use crate::error::{ErrorCode, Outcome};
use crate::response::Reply;

/// The two functions of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Prices an order.
    Calculate,
    /// Places an order.
    Order,
}

/// How one attempt ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// The caller's signal fired.
    Aborted,
    /// The deadline passed.
    TimedOut,
    /// `fetch` failed, or the body could not be read.
    Network,
    /// A reply came, whole.
    Replied {
        /// The HTTP status.
        status: u32,
        /// How long the server asked to wait.
        retry_after_ms: Option<f64>,
        /// What the body says, when it is a documented reply.
        reply: Option<Reply>,
    },
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// The reply is the answer.
    Answer,
    /// The next request is sent after a pause.
    Send {
        /// How long the pause is.
        after_ms: f64,
    },
    /// The call is rejected.
    Fail(ErrorCode),
}

/// An exchange under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The function that the next request asks for.
    function: Function,
    /// Whether this is an order, be it still to be calculated first.
    order: bool,
    order_sent: bool,
    attempts: u32,
    max_retries: u32,
    max_price: Option<f64>,
    require_promo_code: bool,
}

const FIRST_PAUSE_MS: f64 = 250.0;

impl Exchange {
    /// Begins a calculation or an order. An order that is guarded calculates first.
    #[must_use]
    pub fn new(asked: Function, max_retries: u32, max_price: Option<f64>, require_promo_code: bool) -> Self {
        let guarded = max_price.is_some() || require_promo_code;
        Self {
            function: if guarded { Function::Calculate } else { asked },
            order: asked == Function::Order,
            order_sent: false,
            attempts: 0,
            max_retries,
            max_price,
            require_promo_code,
        }
    }

    /// The function that the next request asks for, or the last one asked for.
    #[must_use]
    pub fn function(&self) -> Function {
        self.function
    }

    /// Takes note that the request is handed over: it may reach the API.
    pub fn sent(&mut self) {
        self.order_sent |= self.function == Function::Order;
    }

    /// What is known about the order, if this is one.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.order.then_some(if self.order_sent { Outcome::Unknown } else { Outcome::NotPlaced })
    }

    /// True for the documented reply that was asked for, be it a refusal, and not for the calculation before an order.
    #[must_use]
    pub fn is_answer(&self, end: &End) -> bool {
        let guard = self.order && self.function == Function::Calculate;
        matches!(end, End::Replied { reply: Some(_), .. }) && !guard
    }

    /// Decides what happens after an attempt has ended, with `left_ms` until the deadline and a `random` number from 0
    /// to 1.
    pub fn decide(&mut self, end: &End, left_ms: f64, random: f64) -> Next {
        self.attempts = self.attempts.saturating_add(1);
        match *end {
            End::Aborted => Next::Fail(ErrorCode::Aborted),
            End::TimedOut => Next::Fail(ErrorCode::Timeout),
            End::Network => self.again(ErrorCode::Network, None, left_ms, random),
            End::Replied { reply: Some(_), .. } if self.is_answer(end) => Next::Answer,
            End::Replied { reply: Some(reply), .. } => self.guard(reply),
            End::Replied { status: 200..=299, .. } => Next::Fail(ErrorCode::InvalidResponse),
            End::Replied { status: 408 | 429 | 500..=599, retry_after_ms, .. } => {
                self.again(ErrorCode::Http, retry_after_ms, left_ms, random)
            }
            End::Replied { .. } => Next::Fail(ErrorCode::Http),
        }
    }

    /// Tries a calculation again, where that is still possible before the deadline.
    fn again(&self, code: ErrorCode, retry_after_ms: Option<f64>, left_ms: f64, random: f64) -> Next {
        let growth = f64::from(1_u32 << self.attempts.saturating_sub(1).min(16));
        let after_ms = retry_after_ms.unwrap_or(FIRST_PAUSE_MS * growth * (1.0 + random) / 2.0);
        let again = self.function == Function::Calculate && self.attempts <= self.max_retries && after_ms < left_ms;
        if again { Next::Send { after_ms } } else { Next::Fail(code) }
    }

    /// Lets the order go out only if the quote is what the caller asked for.
    fn guard(&mut self, quote: Reply) -> Next {
        let cheap = self.max_price.is_none_or(|most| quote.price.is_some_and(|price| price <= most));
        let reduced = quote.promo_code_valid || !self.require_promo_code;
        if !quote.success || quote.warned || !cheap || !reduced {
            return Next::Fail(ErrorCode::Refused);
        }
        self.function = Function::Order;
        Next::Send { after_ms: 0.0 }
    }
}

/// Reads `Retry-After`: seconds, or a date, of which the engine made `date_ms`.
#[must_use]
pub fn retry_after_ms(header: &str, date_ms: f64, now_ms: f64) -> Option<f64> {
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit.wrapping_sub(b'0')));
        return Some(seconds * 1000.0).filter(|ms| ms.is_finite());
    }
    let date = header.starts_with(|char: char| char.is_ascii_alphabetic()) && date_ms.is_finite();
    date.then(|| (date_ms - now_ms).max(0.0))
}
