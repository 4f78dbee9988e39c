//! What the native tests share: drafts of requests, and the documented sample responses.
#![allow(dead_code)]

use proxy_orders::draft::{Draft, Names, Value};
use proxy_orders::endpoint::Endpoint;
use proxy_orders::issue::Issue;
use proxy_orders::request::{CalculateRequest, Field, OrderRequest, Violation};
use proxy_orders::response::{
    ApiError, CalculateFailure, CalculateResponse, Opaque, OrderFailure, OrderResponse, Response, ResponseDraft,
};
use proxy_orders::rules::MAX_TEXT;
use serde_json::Value as Json;

/// Both endpoints.
pub const ENDPOINTS: [Endpoint; 2] = [Endpoint::Calculate, Endpoint::Order];
/// The proxy types that the API sells.
pub const PROXY_TYPES: [&str; 4] = ["IPv4", "IPv6", "MOBILE", "ISP"];
/// The ways in which a proxy recognizes its user.
pub const AUTH_TYPES: [&str; 2] = ["LOGIN", "IP"];

/// A draft with every field of every proxy type, as from one form that serves them all.
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

/// The draft with a different value in one field.
pub fn with<'a>(mut draft: Draft<'a>, field: Field, value: Value<'a>) -> Draft<'a> {
    draft.0[field as usize] = value;
    draft
}

/// A draft without any values.
pub fn empty() -> Draft<'static> {
    Draft(vec![Value::Absent; Field::ALL.len()])
}

/// Validates a draft: the names of the fields to send, or every violation.
pub fn validate(endpoint: Endpoint, draft: &Draft) -> Result<Vec<&'static str>, Vec<Violation>> {
    let sent = match endpoint {
        Endpoint::Calculate => CalculateRequest::from_draft(draft)?.fields(),
        Endpoint::Order => OrderRequest::from_draft(draft)?.fields(),
    };
    Ok(request_names(sent))
}

/// The issues of a draft, none if it is valid.
pub fn issues(endpoint: Endpoint, draft: &Draft) -> Vec<Issue> {
    validate(endpoint, draft).err().unwrap_or_default().into_iter().map(Issue::from).collect()
}

/// The names of the chosen fields of requests. Fails if a bit belongs to no field.
pub fn request_names(names: Names) -> Vec<&'static str> {
    let all: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    chosen(&all, names)
}

/// The names of the fields of a response that are not `null`. Fails if a bit belongs to no field.
pub fn present_names(response: &Response) -> Vec<&'static str> {
    chosen(kind_of(response).0.response_fields(), response.present())
}

fn chosen(all: &[&'static str], Names(bits): Names) -> Vec<&'static str> {
    assert_eq!(bits.checked_shr(all.len() as u32), Some(0), "a bit beyond the last name");
    all.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1).map(|(_, name)| *name).collect()
}

/// An error or a warning of the API.
pub const API_ERROR: ApiError = ApiError { code: Opaque, message: Opaque };

/// A failed calculation with nothing but its error.
pub fn calculate_failure() -> CalculateFailure {
    CalculateFailure {
        success: Opaque,
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

/// A failed order with nothing but its error.
pub fn order_failure() -> OrderFailure {
    OrderFailure {
        success: Opaque,
        proxy_type: (),
        order_number: (),
        balance: None,
        currency: None,
        promo_code_status: (),
        error: API_ERROR,
    }
}

/// A documented sample response.
pub struct Sample {
    /// Its path in the documentation: endpoint, proxy type and kind.
    pub path: &'static str,
    /// Its JSON.
    pub text: &'static str,
}

impl Sample {
    /// The endpoint that sends it.
    pub fn endpoint(&self) -> Endpoint {
        if self.path.starts_with("calculate/") { Endpoint::Calculate } else { Endpoint::Order }
    }

    /// What kind of response it is.
    pub fn kind(&self) -> &'static str {
        self.path.split('/').nth(2).unwrap()
    }

    /// The response itself.
    pub fn json(&self) -> Json {
        serde_json::from_str(self.text).unwrap()
    }
}

/// All sample responses of the API's two pages of documentation, in their order.
pub fn samples() -> Vec<Sample> {
    let source = include_str!("../../src/sandbox/samples.json");
    let samples = source.trim_end().trim_end_matches('}').split_inclusive("\n  }").filter(|part| part.contains(": {"));
    samples
        .map(|part| {
            let (path, text) = part.split_once("\": ").unwrap();
            Sample { path: path.rsplit_once('"').unwrap().1, text }
        })
        .collect()
}

/// The sample with this path.
pub fn sample(path: &str) -> Sample {
    samples().into_iter().find(|sample| sample.path == path).unwrap()
}

/// The draft of a response in JSON.
pub fn response_draft(endpoint: Endpoint, response: &Json) -> ResponseDraft<'_> {
    let warnings = response.get("warnings").and_then(Json::as_array).into_iter().flatten();
    ResponseDraft {
        fields: Draft(endpoint.response_fields().iter().map(|name| value(response.get(name))).collect()),
        error: code_and_message(response.get("error")),
        warnings: warnings.map(|warning| code_and_message(Some(warning))).collect(),
    }
}

fn code_and_message(error: Option<&Json>) -> [Value<'_>; 2] {
    ["code", "message"].map(|name| value(error.and_then(|error| error.get(name))))
}

fn value(json: Option<&Json>) -> Value<'_> {
    match json {
        None | Some(Json::Null) => Value::Absent,
        Some(Json::Bool(flag)) => Value::Bool(*flag),
        Some(Json::Number(number)) => Value::Number(number.as_f64().unwrap()),
        Some(Json::String(text)) if text.encode_utf16().count() > MAX_TEXT as usize => Value::TextTooLong,
        Some(Json::String(text)) => Value::Text(text),
        Some(Json::Array(_)) => Value::List,
        Some(Json::Object(_)) => Value::Object,
    }
}

/// Recognizes a response that came as JSON.
pub fn recognize(endpoint: Endpoint, response: &Json) -> Option<Response> {
    Response::from_draft(endpoint, &response_draft(endpoint, response))
}

/// The endpoint of a response, and whether it is a success.
pub fn kind_of(response: &Response) -> (Endpoint, bool) {
    match response {
        Response::Calculate(CalculateResponse::Success(_)) => (Endpoint::Calculate, true),
        Response::Calculate(CalculateResponse::Failure(_)) => (Endpoint::Calculate, false),
        Response::Order(OrderResponse::Success(_)) => (Endpoint::Order, true),
        Response::Order(OrderResponse::Failure(_)) => (Endpoint::Order, false),
    }
}
