//! What the native tests share: drafts of requests, and the documented sample replies.
#![allow(dead_code)]

use proxy_orders::draft::{Draft, Names, Value};
use proxy_orders::endpoint::Endpoint;
use proxy_orders::issue::Issue;
use proxy_orders::reply::{
    self, ApiError, CalculateFailure, CalculateResponse, OrderFailure, OrderResponse, Reply, ReplyDraft, Unread,
};
use proxy_orders::request::{CalculateRequest, Fault, Field, OrderRequest};
use proxy_orders::rules::MAX_TEXT;
use serde_json::Value as Json;

/// Both endpoints.
pub const ENDPOINTS: [Endpoint; 2] = [Endpoint::Calculate, Endpoint::Order];
/// The proxy types that the API sells.
pub const PROXY_TYPES: [&str; 4] = ["IPv4", "IPv6", "MOBILE", "ISP"];
/// The ways in which a proxy recognises its user.
pub const AUTH_TYPES: [&str; 2] = ["LOGIN", "IP"];

/// A draft with every field of every proxy type filled in, as one form that serves all.
pub fn form<'a>(proxy_type: &'a str, auth_type: &'a str) -> Draft<'a> {
    Draft(vec![
        Value::Text(proxy_type),
        Value::Number(2.0),
        Value::Number(30.0),
        Value::Text("scraping"),
        Value::Text("USA"),
        Value::Text("SPRING"),
        Value::Number(5.0),
        Value::Text("verizon"),
        Value::Text("SOCKS"),
        Value::Text(auth_type),
        Value::Text("203.0.113.7"),
    ])
}

/// The same draft with another value of one field.
pub fn with<'a>(mut draft: Draft<'a>, field: Field, value: Value<'a>) -> Draft<'a> {
    draft.0[field as usize] = value;
    draft
}

/// A draft without any value.
pub fn nothing() -> Draft<'static> {
    Draft(vec![Value::Absent; Field::ALL.len()])
}

/// Makes the request of an endpoint: the names of what is sent, or every fault.
pub fn validate(endpoint: Endpoint, draft: &Draft) -> Result<Vec<&'static str>, Vec<Fault>> {
    let sent = match endpoint {
        Endpoint::Calculate => CalculateRequest::from_draft(draft)?.fields(),
        Endpoint::Order => OrderRequest::from_draft(draft)?.fields(),
    };
    Ok(request_names(sent))
}

/// The issues of a draft, none if it is valid.
pub fn issues(endpoint: Endpoint, draft: &Draft) -> Vec<Issue> {
    validate(endpoint, draft).err().unwrap_or_default().into_iter().map(Issue::of).collect()
}

/// The names of some fields of requests. A bit that stands for no field fails.
pub fn request_names(names: Names) -> Vec<&'static str> {
    let all: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    chosen(&all, names.0)
}

/// The names of some fields of replies. A bit that stands for no field fails.
pub fn reply_names(bits: u32) -> Vec<&'static str> {
    chosen(reply::Field::NAMES, bits)
}

fn chosen<T: Copy>(all: &[T], bits: u32) -> Vec<T> {
    assert_eq!(bits.checked_shr(all.len() as u32), Some(0), "a bit beyond the last name");
    all.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, name)| *name).collect()
}

/// An error or a warning of the API.
pub const API_ERROR: ApiError = ApiError { code: Unread, message: Unread };

/// A refusal to calculate that has nothing but its error.
pub fn calculate_failure() -> CalculateFailure {
    CalculateFailure {
        success: Unread,
        proxy_type: (),
        balance: None,
        price: (),
        discount: (),
        currency: None,
        promo_code_status: (),
        warnings: (),
        error: API_ERROR,
    }
}

/// A refusal to order that has nothing but its error.
pub fn order_failure() -> OrderFailure {
    OrderFailure {
        success: Unread,
        proxy_type: (),
        order_number: (),
        balance: None,
        currency: None,
        promo_code_status: (),
        error: API_ERROR,
    }
}

/// A documented sample reply.
pub struct Sample {
    /// Its place on the page: endpoint, proxy type, kind.
    pub place: &'static str,
    /// Its JSON text, as the file has it.
    pub text: &'static str,
}

impl Sample {
    /// The endpoint that answers so.
    pub fn endpoint(&self) -> Endpoint {
        if self.place.starts_with("calculate/") { Endpoint::Calculate } else { Endpoint::Order }
    }

    /// What kind of reply it is.
    pub fn kind(&self) -> &'static str {
        self.place.split('/').nth(2).unwrap()
    }

    /// The reply itself.
    pub fn json(&self) -> Json {
        serde_json::from_str(self.text).unwrap()
    }
}

/// All sample replies of the two pages, in their order.
pub fn samples() -> Vec<Sample> {
    let source = include_str!("../../src/sandbox/samples.json");
    let samples = source.trim_end().trim_end_matches('}').split_inclusive("\n  }").filter(|part| part.contains(": {"));
    samples
        .map(|part| {
            let (place, text) = part.split_once("\": ").unwrap();
            Sample { place: place.rsplit_once('"').unwrap().1, text }
        })
        .collect()
}

/// The sample at a place.
pub fn sample(place: &str) -> Sample {
    samples().into_iter().find(|sample| sample.place == place).unwrap()
}

/// The draft of a reply that came as JSON.
pub fn reply_draft(reply: &Json) -> ReplyDraft<'_> {
    let warnings = reply.get("warnings").and_then(Json::as_array).into_iter().flatten();
    ReplyDraft {
        fields: Draft(reply::Field::NAMES.iter().map(|name| value(reply.get(name))).collect()),
        error: code_and_message(reply.get("error")),
        warnings: warnings.map(|warning| code_and_message(Some(warning))).collect(),
    }
}

fn code_and_message(fault: Option<&Json>) -> [Value<'_>; 2] {
    ["code", "message"].map(|name| value(fault.and_then(|fault| fault.get(name))))
}

fn value(json: Option<&Json>) -> Value<'_> {
    match json {
        None | Some(Json::Null) => Value::Absent,
        Some(Json::Bool(flag)) => Value::Bool(*flag),
        Some(Json::Number(number)) => Value::Number(number.as_f64().unwrap()),
        Some(Json::String(text)) if text.encode_utf16().count() > MAX_TEXT as usize => Value::LongText,
        Some(Json::String(text)) => Value::Text(text),
        Some(Json::Array(_)) => Value::List,
        Some(Json::Object(_)) => Value::Object,
    }
}

/// Recognises a reply that came as JSON.
pub fn recognise(endpoint: Endpoint, reply: &Json) -> Option<Reply> {
    Reply::from_draft(endpoint, &reply_draft(reply))
}

/// The endpoint that a recognised reply is of, and whether it is a success.
pub fn kind_of(reply: &Reply) -> (Endpoint, bool) {
    match reply {
        Reply::Calculate(CalculateResponse::Success(_)) => (Endpoint::Calculate, true),
        Reply::Calculate(CalculateResponse::Failure(_)) => (Endpoint::Calculate, false),
        Reply::Order(OrderResponse::Success(_)) => (Endpoint::Order, true),
        Reply::Order(OrderResponse::Failure(_)) => (Endpoint::Order, false),
    }
}
