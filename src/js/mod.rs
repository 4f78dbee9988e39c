//! The exports behind the npm package: what its JavaScript asks of the core.

use std::cell::RefCell;

use gloo_net::http::Headers;
use js_sys::{Date, JSON, Math};
use lol_alloc::{FreeListAllocator, LockedAllocator};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use crate::client::{End, Exchange, Function, Next, retry_after_ms};
use crate::draft::{Draft, Name, unpack};
use crate::error::ErrorCode;
use crate::issue::Issue;
use crate::options::{self, Credentials, Options, Page, push_hex};
use crate::request::{CalculateRequest, Field, OrderRequest};
use crate::response::{self, recognise};

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

thread_local! {
    /// What every order under way would send, and where to.
    static UNDER_WAY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Checks a request: `{ value }` or `{ issues }`.
#[wasm_bindgen(skip_typescript)]
pub fn validate(order: bool, numbers: &[f64], packed: &str) -> JsValue {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Verdict {
        Value(Requests),
        Issues(Vec<Issue>),
    }
    to_js(&Requests::check(order, numbers, packed).map_or_else(Verdict::Issues, Verdict::Value))
}

/// A valid request.
#[derive(Serialize)]
#[serde(untagged)]
enum Requests {
    Calculate(CalculateRequest),
    Order(OrderRequest),
}

impl Requests {
    fn check(order: bool, numbers: &[f64], packed: &str) -> Result<Self, Vec<Issue>> {
        let draft = Draft::of_values(unpack(numbers, packed));
        if order { OrderRequest::check(&draft).map(Self::Order) } else { CalculateRequest::check(&draft).map(Self::Calculate) }
    }
}

/// What JavaScript does next.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    /// Why the call is rejected.
    code: Option<ErrorCode>,
    /// How long to wait before the next request; without it and `code`, the reply is the answer.
    after_ms: Option<f64>,
    retry_after_ms: Option<f64>,
    /// Whether the reply is a documented one.
    documented: bool,
    has_balance: bool,
    has_currency: bool,
}

/// A valid call under way.
#[wasm_bindgen(skip_typescript)]
pub struct Call {
    exchange: Exchange,
    options: Options,
    headers: web_sys::Headers,
    calculate: Option<String>,
    order: Option<String>,
    idempotency_key: Option<String>,
    entered: Option<String>,
}

#[wasm_bindgen]
impl Call {
    /// Checks options and request, and prepares what will be sent. Throws the code and the issues.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        order: bool,
        request_numbers: &[f64],
        request_packed: &str,
        options_numbers: &[f64],
        options_packed: &str,
        href: &str,
        origin: &str,
        headers: web_sys::Headers,
    ) -> Result<Call, JsValue> {
        let draft = Draft::of_values(unpack(options_numbers, options_packed));
        let options = Options::check(&draft, order, Page { href, origin })
            .map_err(|issues| rejection(ErrorCode::InvalidOptions, issues))?;
        let request = Requests::check(order, request_numbers, request_packed)
            .map_err(|issues| rejection(ErrorCode::InvalidRequest, issues))?;
        let headers = Headers::from_raw(headers);
        headers.set("content-type", "application/json");
        headers.set("accept", "application/json");
        let (calculate, order) = match &request {
            Requests::Calculate(request) => (Some(body(request)?), None),
            Requests::Order(request) => (Some(body(&request.calculation())?), Some(body(request)?)),
        };
        let function = if order.is_some() { Function::Order } else { Function::Calculate };
        let mut idempotency_key = None;
        if function == Function::Order {
            let given = options.order.idempotency_key.clone().or_else(|| headers.get(IDEMPOTENCY_KEY));
            idempotency_key = given.or_else(|| options.own_origin.then(random_key).flatten());
            headers.delete(IDEMPOTENCY_KEY);
        }
        let exchange = Exchange::new(function, &options);
        Ok(Self { exchange, options, headers: headers.into_raw(), calculate, order, idempotency_key, entered: None })
    }

    /// Lets an order in, unless an identical one is under way.
    pub fn enter(&mut self) -> bool {
        let Some(body) = &self.order else { return true };
        let identity = [&self.options.address, body.as_str()].concat();
        UNDER_WAY.with_borrow_mut(|under_way| {
            if under_way.contains(&identity) && !self.options.order.allow_duplicate {
                return false;
            }
            under_way.push(identity.clone());
            self.entered = Some(identity);
            true
        })
    }

    /// The next request. From now on it counts as sent.
    pub fn request(&mut self, signal: Option<AbortSignal>) -> Result<Request, JsValue> {
        let function = self.exchange.attempt();
        let body = match function {
            Function::Calculate => &self.calculate,
            Function::Order => &self.order,
        };
        if function == Function::Order && let Some(key) = &self.idempotency_key {
            Headers::from_raw(self.headers.clone()).set(IDEMPOTENCY_KEY, key);
        }
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body_opt_str(body.as_deref());
        init.set_headers(&self.headers);
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(match self.options.credentials {
            Credentials::Omit => RequestCredentials::Omit,
            Credentials::SameOrigin => RequestCredentials::SameOrigin,
            Credentials::Include => RequestCredentials::Include,
        });
        init.set_redirect(RequestRedirect::Error);
        init.set_referrer("");
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        if let Some(signal) = signal {
            init.set_signal(Some(&signal));
        }
        let request = Request::new_with_str_and_init(&[&self.options.address, function.path()].concat(), &init)?;
        self.exchange.sent();
        Ok(request)
    }

    /// Whether the last request asked to place the order.
    #[wasm_bindgen(getter)]
    pub fn ordering(&self) -> bool {
        self.exchange.function() == Function::Order
    }

    /// What is known about the order, if this is one.
    #[wasm_bindgen(getter)]
    pub fn outcome(&self) -> JsValue {
        to_js(&self.exchange.outcome())
    }

    /// The `Idempotency-Key` of the order, if it has one.
    #[wasm_bindgen(getter, js_name = idempotencyKey)]
    pub fn idempotency_key(&self) -> Option<String> {
        self.idempotency_key.clone()
    }

    /// The next step after the caller's signal or the deadline has ended the call.
    pub fn stopped(&mut self, aborted: bool) -> JsValue {
        self.decide(if aborted { End::Aborted } else { End::TimedOut }, 0.0)
    }

    /// The next step after no reply came, with `left_ms` until the deadline.
    pub fn failed(&mut self, left_ms: f64) -> JsValue {
        self.decide(End::Network, left_ms)
    }

    /// The next step after a reply, with `left_ms` until the deadline.
    pub fn replied(
        &mut self,
        status: u32,
        retry_after: Option<String>,
        numbers: &[f64],
        packed: &str,
        left_ms: f64,
    ) -> JsValue {
        let retry_after_ms =
            retry_after.and_then(|header| retry_after_ms(&header, Date::parse(&header), Date::now()));
        let reply = recognise(self.exchange.function(), &unpack(numbers, packed));
        self.decide(End::Replied { status, retry_after_ms, reply }, left_ms)
    }
}

impl Call {
    fn decide(&mut self, end: End, left_ms: f64) -> JsValue {
        let mut step = match self.exchange.decide(&end, left_ms, Math::random()) {
            Next::Answer => Step::default(),
            Next::Send { after_ms } => Step { after_ms: Some(after_ms), ..Step::default() },
            Next::Fail(code) => Step { code: Some(code), ..Step::default() },
        };
        if let End::Replied { retry_after_ms, reply, .. } = end {
            step.retry_after_ms = retry_after_ms;
            step.has_balance = reply.is_some_and(|reply| reply.has_balance);
            step.has_currency = reply.is_some_and(|reply| reply.has_currency);
            step.documented = reply.is_some();
        }
        to_js(&step)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some(identity) = &self.entered else { return };
        UNDER_WAY.with_borrow_mut(|under_way| {
            if let Some(place) = under_way.iter().position(|other| other == identity) {
                under_way.swap_remove(place);
            }
        });
    }
}

const IDEMPOTENCY_KEY: &str = "idempotency-key";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_randomly(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// 32 random hexadecimal digits. (`crypto.randomUUID` does not exist on `http:` pages.)
fn random_key() -> Option<String> {
    let mut bytes = [0; 16];
    fill_randomly(&mut bytes).ok()?;
    let mut key = String::new();
    for byte in bytes {
        push_hex(&mut key, byte, b"0123456789abcdef");
    }
    Some(key)
}

/// The body of a request, as JSON.
fn body(request: &impl Serialize) -> Result<String, JsValue> {
    JSON::stringify(&to_js(request)).map(String::from)
}

fn rejection(code: ErrorCode, issues: Vec<Issue>) -> JsValue {
    #[derive(Serialize)]
    struct Rejection {
        code: ErrorCode,
        issues: Vec<Issue>,
    }
    to_js(&Rejection { code, issues })
}

/// Plain objects and lists; what is missing is `undefined`.
fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&Serializer::new().serialize_maps_as_objects(true)).unwrap_or_default()
}
