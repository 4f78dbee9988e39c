//! The boundary between the core and the shell.
//!
//! Values stay where they are. The shell reads them once and describes them to the core ([`wire`]); the core decides which
//! of them to send or to return.

#![allow(missing_docs, reason = "the enums of wasm-bindgen cannot be documented")]

pub mod wire;

use gloo_net::http::Headers;
use js_sys::{Array, Object, Uint32Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::RequestInit;

use crate::draft::Names;
use crate::exchange::{self, AttemptEnd, Guard, Next, Purpose};
use crate::issue::{self, Issue};
use crate::request::{CalculateRequest, OrderRequest};
use crate::response::Response;

/// A few hundred bytes of code; the standard allocator has seven thousand.
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

impl From<Endpoint> for crate::endpoint::Endpoint {
    fn from(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::Calculate => Self::Calculate,
            _ => Self::Order,
        }
    }
}

/// How an attempt without a response ended.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResponse {
    Aborted = "aborted",
    TimedOut = "timedOut",
    Network = "network",
}

/// Validates the values of a request: one bit for each field to send, or a number for each violation.
#[wasm_bindgen(unchecked_return_type = "number | Uint32Array")]
#[must_use]
pub fn validate(endpoint: Endpoint, numbers: &[f64], texts: &str) -> JsValue {
    let draft = wire::request_draft(numbers, texts);
    let fields = match endpoint {
        Endpoint::Calculate => CalculateRequest::from_draft(&draft).map(|request| request.fields()),
        _ => OrderRequest::from_draft(&draft).map(|request| request.fields()),
    };
    match fields {
        Ok(Names(fields)) => fields.into(),
        Err(violations) => {
            let violations: Vec<u32> = violations.into_iter().map(wire::violation_number).collect();
            Uint32Array::from(violations.as_slice()).into()
        }
    }
}

/// The issue of a violation, by its number: field, code and message, separated by tabs. An object would make
/// serde-wasm-bindgen keep a map of its field names, which is 930 bytes (brotli) more.
#[wasm_bindgen(js_name = issueOf)]
#[must_use]
pub fn issue_of(violation: u32) -> Option<String> {
    let Issue { path: [field], code, message } = wire::violation(violation)?.into();
    Some([field.name(), code.word(), message].join("\t"))
}

/// Passes a tuple to the shell, as a list.
fn to_js(tuple: &impl Serialize) -> JsValue {
    tuple.serialize(&Serializer::new()).unwrap_or_default()
}

/// The sentence about an unknown name. `kind` is "field" or "option"; `known` are the known names, separated by spaces.
#[wasm_bindgen(js_name = unknownName)]
#[must_use]
pub fn unknown_name(kind: &str, name: &str, known: &str) -> String {
    issue::unknown_name(kind, name, known)
}

/// Reads the header `Retry-After`. `seconds` and `date_ms` are the engine's own readings of it.
#[wasm_bindgen(js_name = retryAfterMs)]
#[must_use]
pub fn retry_after_ms(header: &str, seconds: f64, date_ms: f64, now_ms: f64) -> Option<f64> {
    exchange::retry_after_ms(header, seconds, date_ms, now_ms)
}

/// The digest that identifies an order.
#[wasm_bindgen(js_name = orderDigest)]
#[must_use]
pub fn order_digest(identity: &str) -> u64 {
    exchange::order_digest(identity)
}

/// What is the same in every request.
struct ApiInit {
    /// The method and the headers.
    init: RequestInit,
    /// The headers alone.
    headers: Array,
}

thread_local! {
    /// Made once: text crosses the boundary slowly. Engines read headers fastest from a list of pairs.
    static API_INIT: ApiInit = {
        let init = RequestInit::new();
        init.set_method("POST");
        let pair = |name: &str| Array::of2(&name.into(), &"application/json".into());
        let headers = Array::of2(&pair("accept"), &pair("content-type"));
        init.set_headers(&headers);
        ApiInit { init, headers }
    };
}

/// Makes a request, or gives the engine's error in a list. `init` has the body and what only a browser knows. The headers
/// are those of the caller, if there are any, or else the call's `own`, as a list of pairs. `api_key` is percent-encoded.
#[wasm_bindgen(js_name = makeRequest, unchecked_return_type = "Request | [unknown]")]
#[must_use]
pub fn make_request(
    endpoint: Endpoint,
    base_url: &str,
    api_key: &str,
    headers: Option<web_sys::Headers>,
    own: &Array,
    init: &RequestInit,
) -> JsValue {
    let url = crate::endpoint::Endpoint::from(endpoint).url(base_url, api_key);
    API_INIT.with(|api| {
        Object::assign(init, &api.init);
        if let Some(headers) = headers.map(Headers::from_raw) {
            headers.set("accept", "application/json");
            headers.set("content-type", "application/json");
            init.set_headers(&headers.into_raw());
        } else if own.length() > 0 {
            init.set_headers(&own.concat(&api.headers));
        }
    });
    match web_sys::Request::new_with_str_and_init(&url, init) {
        Ok(request) => request.into(),
        Err(error) => Array::of1(&error).into(),
    }
}

#[wasm_bindgen(typescript_custom_section)]
const UNANSWERED: &str = r#"/**
 * What happens next if there is no answer: a retry after this many milliseconds; the order, because its guard accepts the
 * quote; or an error, because the guard stops the order or the attempt failed. The number of a quote has a bit for each of
 * its documented fields that is not `null`.
 */
export type Unanswered =
  | ["retry", number]
  | ["order", number]
  | ["refuse", number, Objection]
  | ["fail", ErrorCode];"#;

/// Describes to the shell what happens next.
///
/// Nearly every call ends with an answer. A number in place of a list saves such a call a twentieth.
fn describe(next: Next) -> JsValue {
    match next {
        Next::Answer(Names(present)) => present.into(),
        Next::Retry(after_ms) => to_js(&("retry", after_ms)),
        Next::Order(Names(present)) => to_js(&("order", present)),
        Next::Refuse(Names(present), objection) => to_js(&("refuse", present, objection.word())),
        Next::Fail(code) => to_js(&("fail", code.word())),
    }
}

/// The state of a call when an attempt has ended. It is used once.
#[wasm_bindgen]
pub struct Exchange(exchange::Exchange);

#[wasm_bindgen]
impl Exchange {
    /// A calculation.
    #[must_use]
    pub fn calculate(attempts: u32, max_retries: u32) -> Exchange {
        let endpoint = crate::endpoint::Endpoint::Calculate;
        Self(exchange::Exchange { purpose: Purpose::Calculate, endpoint, attempts, max_retries })
    }

    /// An order; `endpoint` is that of the attempt, because a guarded order is calculated first.
    #[must_use]
    pub fn order(
        endpoint: Endpoint,
        attempts: u32,
        max_retries: u32,
        max_price: Option<f64>,
        require_promo_code: bool,
        is_repeat: bool,
    ) -> Exchange {
        let purpose = Purpose::Order { guard: Guard { max_price, require_promo_code }, is_repeat };
        Self(exchange::Exchange { purpose, endpoint: endpoint.into(), attempts, max_retries })
    }

    /// Decides what happens after an attempt without a response.
    #[wasm_bindgen(js_name = afterNoResponse, unchecked_return_type = "Unanswered")]
    #[must_use]
    pub fn after_no_response(self, why: NoResponse, left_ms: f64, random: f64) -> JsValue {
        let end = match why {
            NoResponse::Aborted => AttemptEnd::Aborted,
            NoResponse::TimedOut => AttemptEnd::TimedOut,
            _ => AttemptEnd::Network,
        };
        describe(self.0.next(&end, left_ms, random))
    }

    /// Decides what happens after a response: one bit for each field of the answer that is not `null`, or what else happens
    /// next.
    #[wasm_bindgen(js_name = afterResponse, unchecked_return_type = "number | Unanswered")]
    #[must_use]
    pub fn after_response(
        self,
        status: u32,
        retry_after_ms: Option<f64>,
        numbers: &[f64],
        texts: &str,
        left_ms: f64,
        random: f64,
    ) -> JsValue {
        let endpoint = self.0.endpoint;
        let response = Response::from_draft(endpoint, &wire::response_draft(endpoint, numbers, texts));
        describe(self.0.next(&AttemptEnd::Responded { status, retry_after_ms, response }, left_ms, random))
    }
}
