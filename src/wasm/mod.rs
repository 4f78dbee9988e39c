//! The boundary: what the shell asks of the core.
//!
//! Values stay where they are. The shell reads what was handed in once and writes it down for the core ([`wire`]); the
//! core answers which of the values to send or to hand on.

#![allow(missing_docs, reason = "the enums of wasm-bindgen cannot be documented")]

pub mod wire;

use std::cell::Cell;

use gloo_net::http::{Headers, Request};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::RequestInit;

use crate::draft::Names;
use crate::exchange::{self, Earlier, End, Guard, Next};
use crate::issue::{self, Issue};
use crate::reply::Reply;
use crate::request::{CalculateRequest, Fault, OrderRequest};

/// A few hundred bytes of code, where the standard allocator has seven thousand.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// The endpoints, as the shell names them.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Calculate = "calculate",
    Order = "order",
}

impl From<crate::endpoint::Endpoint> for Endpoint {
    fn from(endpoint: crate::endpoint::Endpoint) -> Self {
        match endpoint {
            crate::endpoint::Endpoint::Calculate => Self::Calculate,
            crate::endpoint::Endpoint::Order => Self::Order,
        }
    }
}

/// How an attempt without a reply ended.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply {
    Aborted = "aborted",
    TimedOut = "timedOut",
    Network = "network",
}

/// Validates the values of a request: which of them are sent, one bit for each, or an issue for each fault.
#[wasm_bindgen(unchecked_return_type = "number | Issue[]")]
#[must_use]
pub fn validate(endpoint: Endpoint, numbers: &[f64], texts: &str) -> JsValue {
    let draft = wire::request_draft(numbers, texts);
    let fields = match endpoint {
        Endpoint::Calculate => CalculateRequest::from_draft(&draft).map(|request| request.fields()),
        _ => OrderRequest::from_draft(&draft).map(|request| request.fields()),
    };
    match fields {
        Ok(Names(fields)) => fields.into(),
        Err(faults) => issues(faults),
    }
}

/// Apart, because an engine compiles a function when it is first called, and most requests have no issue.
#[cold]
#[inline(never)]
fn issues(faults: Vec<Fault>) -> JsValue {
    to_js(&faults.into_iter().map(Issue::of).collect::<Vec<_>>())
}

fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&Serializer::new()).unwrap_or_default()
}

/// The sentence about a name that is none of the `known` ones, which are separated by spaces. `subject` is what has the
/// name: the request or the options.
#[wasm_bindgen(js_name = unknownName)]
#[must_use]
pub fn unknown_name(name: &str, subject: &str, known: &str) -> String {
    issue::unknown_name(name, subject, known)
}

/// Reads the header `Retry-After`, of which the engine made the date `date_ms`.
#[wasm_bindgen(js_name = retryAfterMs)]
#[must_use]
pub fn retry_after_ms(header: &str, date_ms: f64, now_ms: f64) -> Option<f64> {
    exchange::retry_after_ms(header, date_ms, now_ms)
}

/// What the requests to one URL are made from.
struct Template {
    url: String,
    request: web_sys::Request,
}

thread_local! {
    /// The template that was used last: nearly always that of the next call as well. It saves a sixth of a call, for
    /// which it keeps the URL, with the API key in it.
    static TEMPLATE: Cell<Option<Template>> = const { Cell::new(None) };
}

impl Template {
    fn new(url: String) -> Result<Self, JsValue> {
        let init = RequestInit::new();
        init.set_method("POST");
        let request = Request::from(web_sys::Request::new_with_str_and_init(&url, &init)?);
        set_api_headers(&request.headers());
        Ok(Self { url, request: request.into() })
    }
}

fn set_api_headers(headers: &Headers) {
    headers.set("accept", "application/json");
    headers.set("content-type", "application/json");
}

#[wasm_bindgen(typescript_custom_section)]
const UNANSWERED: &str = "/** What is next, if it is no answer. */
export type Unanswered = Exclude<Next, { answer: ReplyFields }>;";

/// A call that has not ended. `api_key` is percent-encoded.
#[wasm_bindgen]
pub struct Exchange {
    exchange: exchange::Exchange,
    base_url: String,
    api_key: String,
}

#[wasm_bindgen]
impl Exchange {
    /// Begins a calculation.
    #[must_use]
    pub fn calculate(base_url: String, api_key: String, max_retries: u32) -> Exchange {
        Self { exchange: exchange::Exchange::calculate(max_retries), base_url, api_key }
    }

    /// Begins an order, which is calculated first if it has a guard.
    #[must_use]
    pub fn order(
        base_url: String,
        api_key: String,
        max_retries: u32,
        max_price: Option<f64>,
        require_promo_code: bool,
        allow_duplicate: bool,
    ) -> Exchange {
        let guard = Guard { max_price, require_promo_code };
        Self { exchange: exchange::Exchange::order(max_retries, guard, allow_duplicate), base_url, api_key }
    }

    /// The digest of the order, by which identical ones are known.
    #[must_use]
    pub fn digest(&self, body: &str, idempotency_key: &str) -> u64 {
        exchange::order_digest(&self.base_url, &self.api_key, body, idempotency_key)
    }

    /// Compares the order with earlier identical ones: why it must not be sent, if it must not.
    #[wasm_bindgen(unchecked_return_type = "ErrorCode | undefined")]
    pub fn compare(&mut self, is_pending: bool, is_in_doubt: bool, has_same_key: bool) -> JsValue {
        to_js(&self.exchange.compare(Earlier { is_pending, is_in_doubt, has_same_key }))
    }

    /// The endpoint of the next request.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.exchange.endpoint().into()
    }

    /// Makes the next request. `headers` are the caller's; `init` has the body and what only a browser knows.
    pub fn request(
        &self,
        headers: Option<web_sys::Headers>,
        idempotency_key: Option<String>,
        init: &RequestInit,
    ) -> Result<web_sys::Request, JsValue> {
        if let Some(headers) = headers.map(Headers::from_raw) {
            set_api_headers(&headers);
            init.set_headers(&headers.into_raw());
        }
        let url = self.exchange.endpoint().url(&self.base_url, &self.api_key);
        let template = match TEMPLATE.take().filter(|template| template.url == url) {
            Some(template) => template,
            None => Template::new(url)?,
        };
        let request = web_sys::Request::new_with_request_and_init(&template.request, init)?;
        TEMPLATE.set(Some(template));
        if let Some(key) = idempotency_key {
            Headers::from_raw(request.headers()).set("idempotency-key", &key);
        }
        Ok(request)
    }

    /// What is known about the order, if this is one.
    #[wasm_bindgen(getter, unchecked_return_type = "Outcome | undefined")]
    #[must_use]
    pub fn outcome(&self) -> JsValue {
        to_js(&self.exchange.outcome())
    }

    /// Notes that the request is handed to `fetch`: from now on it may reach the API.
    pub fn sent(&mut self) {
        self.exchange.sent();
    }

    /// Decides what happens after an attempt without a reply.
    #[wasm_bindgen(js_name = afterNoReply, unchecked_return_type = "Unanswered")]
    pub fn after_no_reply(&mut self, why: NoReply, left_ms: f64, random: f64) -> JsValue {
        let end = match why {
            NoReply::Aborted => End::Aborted,
            NoReply::TimedOut => End::TimedOut,
            _ => End::Network,
        };
        to_js(&self.exchange.next(&end, left_ms, random))
    }

    /// Decides what happens after a reply: the fields of the answer, or what else is next.
    ///
    /// Nearly every call ends with an answer, and what serde makes of a value costs such a call a twentieth.
    #[wasm_bindgen(js_name = afterReply, unchecked_return_type = "ReplyFields | Unanswered")]
    pub fn after_reply(
        &mut self,
        status: u32,
        retry_after_ms: Option<f64>,
        numbers: &[f64],
        texts: &str,
        left_ms: f64,
        random: f64,
    ) -> JsValue {
        let reply = Reply::from_draft(self.exchange.endpoint(), &wire::reply_draft(numbers, texts));
        match self.exchange.next(&End::Replied { status, retry_after_ms, reply }, left_ms, random) {
            Next::Answer(fields) => u32::from(fields).into(),
            next => to_js(&next),
        }
    }
}
