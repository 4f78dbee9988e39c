//! What the native tests share: forms of requests, the documented sample replies, and what the package's JavaScript does
//! with a reply before the core sees it.
#![allow(dead_code)]

use proxy_orders::client::Function;
use proxy_orders::draft::{Draft, MAX_TEXT, Name, Value};
use proxy_orders::issue::Issue;
use proxy_orders::request::{self, CalculateRequest, Field, OrderRequest};
use proxy_orders::response::{CalculateResponse, OrderResponse, Reply, recognise};
use serde_json::{Map, Value as Json};

/// The proxy types that the API sells.
pub const PROXY_TYPES: [&str; 4] = ["IPv4", "IPv6", "MOBILE", "ISP"];

/// Values of some fields; where a field stands twice, the last counts.
pub type Fields<'a> = Vec<(Field, Value<'a>)>;

/// A form with every field of every proxy type filled in, as one form object that serves all.
pub fn form<'a>(proxy_type: &'a str, auth_type: &'a str) -> Fields<'a> {
    vec![
        (Field::ProxyType, Value::Text(proxy_type)),
        (Field::Quantity, Value::Number(2.0)),
        (Field::RentPeriodDays, Value::Number(30.0)),
        (Field::Goal, Value::Text("scraping")),
        (Field::Country, Value::Text("USA")),
        (Field::PromoCode, Value::Text("SPRING")),
        (Field::RotationTime, Value::Number(5.0)),
        (Field::MobileOperator, Value::Text("verizon")),
        (Field::Protocol, Value::Text("SOCKS")),
        (Field::AuthType, Value::Text(auth_type)),
        (Field::AuthIp, Value::Text("203.0.113.7")),
    ]
}

/// The same form with another value of one field.
pub fn with<'a>(mut fields: Fields<'a>, field: Field, value: Value<'a>) -> Fields<'a> {
    fields.push((field, value));
    fields
}

/// Checks a request and gives its body, or its issues. Both ways to check must agree.
pub fn check(order: bool, fields: &Fields) -> Result<Json, Vec<Issue>> {
    check_draft(order, &Draft::new(fields.clone()))
}

/// The same of a draft.
pub fn check_draft(order: bool, draft: &Draft<Field>) -> Result<Json, Vec<Issue>> {
    let checked = if order {
        OrderRequest::check(draft).map(|request| serde_json::to_value(request).unwrap())
    } else {
        CalculateRequest::check(draft).map(|request| serde_json::to_value(request).unwrap())
    };
    match (request::judge(draft, order), &checked) {
        (Ok(bits), Ok(body)) => {
            let sent = Field::ALL.iter().filter(|field| bits >> field.place() & 1 == 1);
            let mut sent: Vec<_> = sent.map(|field| field.name()).collect();
            let mut keys: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
            sent.sort_unstable();
            keys.sort_unstable();
            assert_eq!(sent, keys, "{draft:?}");
        }
        (Err(_), Err(issues)) if issues.iter().any(|issue| issue.path.is_empty()) => {
            assert_eq!(issues.len(), 1, "{draft:?}: {issues:?}");
        }
        (Err(faults), Err(issues)) => {
            let told: Vec<_> = issues.iter().map(|issue| (issue.path.concat(), issue.code)).collect();
            let found: Vec<_> = faults.iter().map(|(field, fault)| (field.name().to_owned(), fault.code())).collect();
            assert_eq!(told, found, "{draft:?}");
        }
        (judged, checked) => panic!("{draft:?}: judged {judged:?}, checked {checked:?}"),
    }
    checked
}

/// A documented sample reply.
pub struct Sample {
    /// Its place on the page: function, proxy type, kind.
    pub place: &'static str,
    /// Its JSON text, as the fixture has it.
    pub text: &'static str,
}

impl Sample {
    /// The function that it answers.
    pub fn function(&self) -> Function {
        if self.place.starts_with("calculate/") { Function::Calculate } else { Function::Order }
    }

    /// The proxy type that it speaks of.
    pub fn proxy_type(&self) -> &'static str {
        self.place.split('/').nth(1).unwrap()
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

/// All sample replies of the two pages.
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

const REPLY_FIELDS: [&str; 10] = [
    "success",
    "proxyType",
    "orderNumber",
    "balance",
    "price",
    "discount",
    "currency",
    "promoCodeStatus",
    "warnings",
    "error",
];

/// The values by which a reply is recognised, as the package's JavaScript outlines it.
pub fn outline(reply: &Json) -> Vec<Value<'_>> {
    let Json::Object(object) = reply else {
        return if reply.is_array() { vec![Value::Absent; REPLY_FIELDS.len() + 2] } else { Vec::new() };
    };
    let outlined = |name: &str| match object.get(name) {
        Some(Json::Array(_)) if name == "warnings" => Value::Usable,
        Some(Json::Array(_) | Json::Object(_)) if name == "error" => Value::Usable,
        value => plain(value),
    };
    let mut values: Vec<_> = REPLY_FIELDS.map(outlined).to_vec();
    values.extend(["code", "message"].map(|name| part(object.get("error"), name)));
    for warning in object.get("warnings").and_then(Json::as_array).into_iter().flatten() {
        values.extend(["code", "message"].map(|name| part(Some(warning), name)));
    }
    values
}

fn part<'a>(whole: Option<&'a Json>, name: &str) -> Value<'a> {
    plain(whole.and_then(|whole| whole.get(name)))
}

fn plain(value: Option<&Json>) -> Value<'_> {
    match value {
        None | Some(Json::Null) => Value::Absent,
        Some(Json::Bool(flag)) => Value::Bool(*flag),
        Some(Json::Number(number)) => number.as_f64().map_or(Value::Other, Value::Number),
        Some(Json::String(text)) if text.encode_utf16().count() > MAX_TEXT as usize => Value::LongText,
        Some(Json::String(text)) => Value::Text(text),
        Some(Json::Array(_) | Json::Object(_)) => Value::Other,
    }
}

/// What the core says of a body: read as UTF-8 the way `Response.text()` does, parsed, outlined, recognised.
pub fn recognised(function: Function, body: &[u8]) -> Option<(Reply, Json)> {
    let json: Json = serde_json::from_str(&String::from_utf8_lossy(body)).ok()?;
    let reply = recognise(function, &outline(&json))?;
    Some((reply, documented(function, &json, reply)))
}

/// The documented object of a reply that was recognised: exactly its fields, `null` where nothing is told.
pub fn documented(function: Function, json: &Json, reply: Reply) -> Json {
    let left_out: &[&str] =
        if function == Function::Order { &["price", "discount", "warnings"] } else { &["orderNumber"] };
    let mut fields = Map::new();
    for name in REPLY_FIELDS {
        if !left_out.contains(&name) {
            fields.insert(name.into(), if reply.success { json[name].clone() } else { Json::Null });
        }
    }
    let fault = |fault: &Json| serde_json::json!({ "code": fault["code"], "message": fault["message"] });
    if reply.success {
        if let Some(Json::Array(warnings)) = fields.get("warnings") {
            let list = warnings.iter().map(fault).collect::<Vec<_>>();
            fields.insert("warnings".into(), if list.is_empty() { Json::Null } else { list.into() });
        }
    } else {
        fields.insert("success".into(), false.into());
        fields.insert("balance".into(), if reply.has_balance { json["balance"].clone() } else { Json::Null });
        fields.insert("currency".into(), if reply.has_currency { json["currency"].clone() } else { Json::Null });
        fields.insert("error".into(), fault(&json["error"]));
    }
    Json::Object(fields)
}

/// What serde makes of a body, written out again.
pub fn decoded(function: Function, body: &[u8]) -> Option<Json> {
    match function {
        Function::Calculate => serde_json::from_slice::<CalculateResponse>(body).ok().map(serde_json::to_value),
        Function::Order => serde_json::from_slice::<OrderResponse>(body).ok().map(serde_json::to_value),
    }
    .map(Result::unwrap)
}

/// True when two JSON values say the same; `7` and `7.0` are one number.
pub fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.as_f64() == other.as_f64(),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
