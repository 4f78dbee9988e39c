//! The exports behind the npm package: what its JavaScript asks of the core.
//!
//! Values stay where they are. JavaScript reads what was handed in once, packs its kinds, numbers and texts for the core
//! to judge, and carries what the core has accepted: into `value`, into the body, into the answer.

use gloo_net::http::Request;
use js_sys::{Date, Math};
use lol_alloc::{FreeListAllocator, LockedAllocator};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::RequestInit;

use crate::client::{End, Exchange, Function, Next, retry_after_ms};
use crate::draft::{Draft, Name, Value, unpack};
use crate::error::{ErrorCode, Outcome};
use crate::issue::{Fault, IssueCode, no_object, unknown};
use crate::options::{self, Base};
use crate::request::{self, Field};
use crate::response::{self, Reply, recognise};

#[wasm_bindgen(typescript_custom_section)]
const INTERFACE: &str = include_str!("interface.d.ts");

// The names by which values are handed over: the build takes them out of the declarations, into the JavaScript.
#[wasm_bindgen(typescript_custom_section)]
const REQUEST_NAMES: &str = Field::COMMENT;
#[wasm_bindgen(typescript_custom_section)]
const OPTION_NAMES: &str = options::Name::COMMENT;
#[wasm_bindgen(typescript_custom_section)]
const REPLY_NAMES: &str = response::FIELDS_COMMENT;

/// A few hundred bytes of code, where the standard allocator has seven thousand.
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());

/// Judges the packed values of a request: the fields to send, one bit for each; or below zero every fault, three bits for
/// each field.
#[wasm_bindgen(js_name = judgeRequest, skip_typescript)]
pub fn judge_request(order: bool, numbers: &[f64], texts: &str) -> f64 {
    let draft = Draft::of_values(unpack(numbers, texts));
    request::judge(&draft, order).map_or_else(|faults| numbered(&faults), f64::from)
}

/// Judges the packed values of options, behind which stand what [`Base`] holds; the same way.
#[wasm_bindgen(js_name = judgeOptions, skip_typescript)]
pub fn judge_options(order: bool, numbers: &[f64], texts: &str) -> f64 {
    let mut values = unpack(numbers, texts);
    let own_origin = values.pop() == Some(Value::Bool(true));
    let href = if let Some(Value::Text(href)) = values.pop() { href } else { "" };
    numbered(&options::judge(&Draft::of_values(values), order, Base { href, own_origin }))
}

fn numbered<N: Name>(faults: &[(N, Fault)]) -> f64 {
    let bits = faults
        .iter()
        .fold(0, |bits, (name, fault)| bits | (*fault as u64).wrapping_shl(name.place().wrapping_mul(3) as u32));
    -(bits as f64)
}

/// The code of a fault, a space, and the sentence that says it of the value at `place`; or of what is no object.
#[wasm_bindgen(skip_typescript)]
pub fn describe(options: bool, place: usize, fault: usize) -> String {
    let (specs, whole) =
        if options { (options::Name::SPECS, options::Name::WHOLE) } else { (Field::SPECS, Field::WHOLE) };
    let (code, message) = match (specs.get(place), Fault::ALL.get(fault.wrapping_sub(1))) {
        (Some(spec), Some(fault)) => (fault.code(), fault.message(spec)),
        _ => (IssueCode::WrongType, no_object(whole)),
    };
    [code.as_str(), " ", &message].concat()
}

/// The sentence about a name that does not exist.
#[wasm_bindgen(js_name = describeUnknown, skip_typescript)]
pub fn describe_unknown(options: bool, name: &str) -> String {
    if options {
        unknown(name, options::Name::WHOLE, options::Name::LIST)
    } else {
        unknown(name, Field::WHOLE, Field::LIST)
    }
}

/// What JavaScript does next. What is not said is not there.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    /// Why the call is rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<ErrorCode>,
    /// How long to wait before the next request.
    #[serde(skip_serializing_if = "Option::is_none")]
    after_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<f64>,
    /// What [`handed_on`] says of the reply.
    reply: u32,
}

/// Makes what the requests to `url` are made from, lacking only what differs from one to the next.
#[wasm_bindgen(skip_typescript)]
pub fn template(url: &JsValue, init: &RequestInit) -> Result<web_sys::Request, JsValue> {
    // The constructor takes text as well as a request; like this, the text is not copied twice.
    let request = Request::from(web_sys::Request::new_with_request_and_init(url.unchecked_ref(), init)?);
    request.headers().set("accept", "application/json");
    request.headers().set("content-type", "application/json");
    Ok(request.into())
}

/// An exchange under way.
#[wasm_bindgen(js_name = Exchange, skip_typescript)]
pub struct Call {
    exchange: Exchange,
    /// How the last attempt ended.
    end: End,
}

#[wasm_bindgen(js_class = Exchange)]
impl Call {
    /// Begins an order or a calculation, with options that were judged.
    #[wasm_bindgen(constructor)]
    pub fn new(order: bool, max_retries: u32, max_price: Option<f64>, require_promo_code: bool) -> Call {
        let function = if order { Function::Order } else { Function::Calculate };
        Self { exchange: Exchange::new(function, max_retries, max_price, require_promo_code), end: End::Network }
    }

    /// Whether the next request, or the last one, asks to place the order.
    #[wasm_bindgen(getter)]
    pub fn ordering(&self) -> bool {
        self.exchange.function() == Function::Order
    }

    /// Takes note that the next request is handed over: whether from now on an order may have reached the API.
    pub fn sent(&mut self) -> bool {
        self.exchange.sent();
        self.exchange.outcome() == Some(Outcome::Unknown)
    }

    /// Takes note that the caller's signal or the deadline has ended the call.
    pub fn stopped(&mut self, aborted: bool) {
        self.end = if aborted { End::Aborted } else { End::TimedOut };
    }

    /// Takes note that no reply came.
    pub fn failed(&mut self) {
        self.end = End::Network;
    }

    /// Takes note of a reply: what to hand on if it is the answer, else 0.
    pub fn replied(&mut self, status: u32, retry_after: Option<String>, numbers: &[f64], texts: &str) -> u32 {
        let retry_after_ms = retry_after.and_then(|header| retry_after_ms(&header, Date::parse(&header), Date::now()));
        let reply = recognise(self.exchange.function(), &unpack(numbers, texts));
        self.end = End::Replied { status, retry_after_ms, reply };
        if self.exchange.is_answer(&self.end) { handed_on(reply) } else { 0 }
    }

    /// What to do after what was noted is not the answer, with `left_ms` until the deadline.
    pub fn step(&mut self, left_ms: f64) -> JsValue {
        let mut step = Step::default();
        match self.exchange.decide(&self.end, left_ms, Math::random()) {
            Next::Answer => {}
            Next::Send { after_ms } => step.after_ms = Some(after_ms),
            Next::Fail(code) => step.code = Some(code),
        }
        if let End::Replied { retry_after_ms, reply, .. } = self.end {
            step.retry_after_ms = retry_after_ms;
            step.reply = handed_on(reply);
        }
        step.serialize(&Serializer::new()).unwrap_or_default()
    }
}

/// What of a reply is handed on, if it is a documented one: 1, and 2 with a balance, and 4 with a currency.
fn handed_on(reply: Option<Reply>) -> u32 {
    reply.map_or(0, |reply| 1 | u32::from(reply.has_balance) << 1 | u32::from(reply.has_currency) << 2)
}
