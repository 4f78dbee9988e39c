//! What is true of any draft, any response and any sequence of attempts.
//!
//! Seeds of failed runs are kept in `proptest-regressions/` and run first.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::string_slice
)]

#[path = "support/codec.rs"]
mod codec;
mod support;

use codec::encode;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use proxy_orders::draft::{Draft, Value};
use proxy_orders::endpoint::Endpoint;
use proxy_orders::error::ErrorCode;
use proxy_orders::exchange::{AttemptEnd, Exchange, Guard, Next, Objection, Purpose, retry_after_ms};
use proxy_orders::issue::{Issue, unknown_name};
use proxy_orders::request::{Field, OrderRequest, Violation};
use proxy_orders::response::{CalculateResponse, PromoCodeStatus, Response, ResponseDraft};
use proxy_orders::rules::ViolationKind;
use proxy_orders::wasm::wire;
use serde_json::Value as Json;
use support::{ENDPOINTS, kind_of, present_names, recognize, response_draft, samples, validate};

fn config() -> ProptestConfig {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/proptest-regressions/properties.txt");
    ProptestConfig {
        cases: 512,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        ..ProptestConfig::default()
    }
}

/// A value that owns its text.
#[derive(Clone, Debug)]
enum OwnedValue {
    Plain(Value<'static>),
    Text(String),
}

impl OwnedValue {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Plain(value) => *value,
            Self::Text(text) => Value::Text(text),
        }
    }
}

/// Numbers: edge cases, and any others.
fn number() -> impl Strategy<Value = f64> {
    let edges = [0.0, -0.0, 1.0, 0.5, 10.0, 30.0, -1.0, 4_294_967_295.0, 4_294_967_296.0, 9_007_199_254_740_992.0];
    prop_oneof![
        select(edges.to_vec()),
        any::<f64>(),
        any::<u32>().prop_map(f64::from),
        select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE]),
    ]
}

/// Texts: words of the API, and any others.
fn text() -> impl Strategy<Value = String> {
    let known = [
        "IPv4",
        "IPv6",
        "MOBILE",
        "ISP",
        "LOGIN",
        "IP",
        "HTTP",
        "SOCKS",
        "USA",
        "203.0.113.7",
        "::1",
        "",
        " ",
        "\u{feff}",
        "verizon",
        "VALID",
    ];
    prop_oneof![
        3 => select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[A-Z]{3}",
        1 => "\\PC{0,12}",
    ]
}

/// IP addresses, similar texts, and addresses with a part removed, inserted or replaced.
fn ip_like() -> impl Strategy<Value = String> {
    let address = prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string()),
        vec(prop_oneof![Just(0_u16), any::<u16>()], 8).prop_map(|groups| {
            let groups: [u16; 8] = groups.try_into().unwrap();
            std::net::Ipv6Addr::from(groups).to_string()
        }),
        "([0-9]{1,3}\\.){2,4}[0-9]{1,3}",
        "([0-9a-fA-F]{1,5}:{1,2}){0,8}[0-9a-f]{0,4}",
        "(::)?([0-9a-f]{1,4}:){0,7}([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9a-f]{0,2})?",
        "[0-9a-f:.%+ -]{0,20}",
    ];
    let part = select(vec!["", ":", "::", ".", "0", "00", "25", "256", "g", "+1", " ", "1.2.3.4", "é"]);
    (address, any::<prop::sample::Index>(), part, 0..4_usize).prop_map(|(address, place, part, cut)| {
        if cut == 3 || !address.is_ascii() {
            return address;
        }
        let place = place.index(address.len() + 1);
        let rest = address.get(place + cut..).unwrap_or_default();
        [&address[..place], part, rest].concat()
    })
}

fn any_value() -> impl Strategy<Value = OwnedValue> {
    prop_oneof![
        2 => number().prop_map(|number| OwnedValue::Plain(Value::Number(number))),
        4 => text().prop_map(OwnedValue::Text),
        2 => select(vec![
            Value::Absent,
            Value::Bool(true),
            Value::Bool(false),
            Value::TextTooLong,
            Value::InvalidText,
            Value::List,
            Value::Object,
            Value::Other,
        ])
        .prop_map(OwnedValue::Plain),
    ]
}

fn values(given: &[OwnedValue]) -> Vec<Value<'_>> {
    given.iter().map(OwnedValue::value).collect()
}

/// Equality in which NaN equals NaN.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
        }
        _ => one == other,
    }
}

/// A value that a field accepts, or one that violates its rule, with the violation.
fn field_value(field: Field, is_wrong: bool, choice: usize) -> (Value<'static>, Option<ViolationKind>) {
    use ViolationKind::{InvalidText, Malformed, NotAllowed, Required, TooLarge, TooSmall, WrongType};
    let good: &[Value] = match field {
        Field::ProxyType | Field::AuthType => panic!("chosen by the test"),
        Field::Quantity | Field::RentPeriodDays => &[Value::Number(1.0), Value::Number(4_294_967_295.0)],
        Field::RotationTime => &[Value::Number(0.0), Value::Number(-0.0), Value::Number(4_294_967_295.0)],
        Field::Country => &[Value::Text("USA"), Value::Text("ZZZ")],
        Field::PromoCode => &[Value::Absent, Value::Text(" "), Value::Text("SPRING")],
        Field::Protocol => &[Value::Text("HTTP"), Value::Text("SOCKS")],
        Field::AuthIp => &[Value::Text("203.0.113.7"), Value::Text("2001:db8::7")],
        Field::Goal | Field::MobileOperator => &[Value::Text("x"), Value::Text("\u{1f600}")],
    };
    let wrong: &[(Value, ViolationKind)] = match field {
        Field::Quantity | Field::RentPeriodDays | Field::RotationTime => &[
            (Value::Absent, Required),
            (Value::Text("1"), WrongType),
            (Value::Number(0.5), WrongType),
            (Value::Number(-1.0), TooSmall),
            (Value::Number(4_294_967_296.0), TooLarge),
        ],
        Field::PromoCode => {
            &[(Value::Number(1.0), WrongType), (Value::TextTooLong, TooLarge), (Value::InvalidText, InvalidText)]
        }
        Field::Protocol => &[(Value::Absent, Required), (Value::Text("http"), NotAllowed), (Value::List, WrongType)],
        _ => &[
            (Value::Absent, Required),
            (Value::Text(""), Malformed),
            (Value::TextTooLong, TooLarge),
            (Value::InvalidText, InvalidText),
            (Value::Other, WrongType),
        ],
    };
    if is_wrong {
        let (value, kind) = wrong[choice % wrong.len()];
        (value, Some(kind))
    } else {
        (good[choice % good.len()], None)
    }
}

/// Any JSON, often with documented names and values.
fn json() -> impl Strategy<Value = Json> {
    let names = [
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
        "code",
        "message",
        "more",
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        number().prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 48, 12, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((select(names.to_vec()), inner), 0..12)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// A sample response with some of its fields replaced.
fn changed_response() -> impl Strategy<Value = Json> {
    let responses: Vec<Json> = samples().iter().map(support::Sample::json).collect();
    (select(responses), vec((any::<prop::sample::Index>(), json()), 0..3)).prop_map(|(mut response, changes)| {
        let names: Vec<String> = response.as_object().unwrap().keys().cloned().collect();
        for (place, value) in changes {
            response[place.get(&names).as_str()] = value;
        }
        response
    })
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    select(ENDPOINTS.to_vec())
}

/// How an attempt ends, and the body of its response.
fn end() -> impl Strategy<Value = (AttemptEnd, Option<Json>)> {
    let status = prop_oneof![select(vec![200_u32, 204, 302, 400, 408, 429, 500, 503]), any::<u32>()];
    let plain = |end: AttemptEnd| (end, None);
    prop_oneof![
        1 => Just(plain(AttemptEnd::Aborted)),
        1 => Just(plain(AttemptEnd::TimedOut)),
        6 => Just(plain(AttemptEnd::Network)),
        12 => (status, option::of(prop_oneof![Just(0.0), 0.0..60_000.0]), option::weighted(0.4, changed_response()))
            .prop_map(|(status, retry_after_ms, response)| (AttemptEnd::Responded { status, retry_after_ms, response: None }, response)),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn decoding_any_numbers_and_texts_never_panics(
        numbers in vec(prop_oneof![number(), 0.0..11.0], 0..80),
        texts in any::<String>(),
    ) {
        let draft = wire::request_draft(&numbers, &texts);
        prop_assert_eq!(draft.0.len(), numbers.len() / 2);
        let cut: String = draft.0.iter().filter_map(|value| if let Value::Text(text) = value { Some(*text) } else { None }).collect();
        prop_assert!(texts.starts_with(&cut), "the texts are separated in order");
        let is_order = validate(Endpoint::Order, &draft).is_ok();
        prop_assert!(!is_order || validate(Endpoint::Calculate, &draft).is_ok(), "what can be ordered can be calculated");

        for endpoint in ENDPOINTS {
            let response = wire::response_draft(endpoint, &numbers, &texts);
            let count = response.fields.0.len() + 2 * response.warnings.len();
            prop_assert!(count <= draft.0.len());
            let recognized = Response::from_draft(endpoint, &response);
            prop_assert!(recognized.is_none_or(|recognized| kind_of(&recognized).0 == endpoint));
        }
    }

    #[test]
    fn encoded_values_are_decoded_again(endpoint in endpoint(), given in vec(any_value(), 0..40)) {
        let values = values(&given);
        let (numbers, texts) = encode(&values);
        let decoded = wire::request_draft(&numbers, &texts).0;
        prop_assert_eq!(decoded.len(), values.len());
        for (one, other) in decoded.iter().zip(&values) {
            prop_assert!(is_same(one, other), "{:?} {:?}", one, other);
        }

        let ResponseDraft { fields, error, warnings } = wire::response_draft(endpoint, &numbers, &texts);
        let decoded: Vec<_> = fields.0.iter().chain(&error).chain(warnings.iter().flatten()).collect();
        for (one, other) in decoded.into_iter().zip(&values) {
            // A code without a message is ignored.
            prop_assert!(is_same(one, other) || values.len() == endpoint.response_fields().len() + 1, "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn every_draft_is_a_request_or_its_violations(
        proxy_type in select(support::PROXY_TYPES.to_vec()),
        auth_type in select(support::AUTH_TYPES.to_vec()),
        changes in prop_oneof![vec((0..Field::ALL.len(), any_value()), 0..3), vec((0..Field::ALL.len(), any_value()), 11)],
        endpoint in endpoint(),
    ) {
        let mut draft = support::form(proxy_type, auth_type);
        for (position, given) in &changes {
            draft.0[*position] = given.value();
        }
        match validate(endpoint, &draft) {
            Ok(names) => {
                let required: &[&str] = match endpoint {
                    Endpoint::Calculate => &["proxyType", "quantity", "rentPeriodDays", "goal", "country"],
                    Endpoint::Order => &["proxyType", "quantity", "rentPeriodDays", "goal", "country", "authType"],
                };
                prop_assert!(required.iter().all(|name| names.contains(name)), "{:?}", names);
                for (field, value) in Field::ALL.iter().zip(&draft.0) {
                    let is_sent = names.contains(&field.name());
                    let is_usable = matches!(value, Value::Text(_) | Value::Number(_));
                    prop_assert!(!is_sent || is_usable, "{:?} is sent as {:?}", value, field);
                }
            }
            Err(violations) => {
                prop_assert!(!violations.is_empty());
                let fields: Vec<_> = violations.iter().map(|violation| violation.field as usize).collect();
                prop_assert!(fields.is_sorted_by(|one, other| one < other), "one violation a field, in order: {:?}", violations);
                for violation in violations {
                    let Issue { path, message, .. } = Issue::from(violation);
                    prop_assert_eq!(path, [violation.field]);
                    prop_assert!(message.ends_with('.'), "{}", message);
                }
            }
        }
    }

    #[test]
    fn exactly_the_wrong_values_of_used_fields_are_violations(
        endpoint in endpoint(),
        proxy_type in select(support::PROXY_TYPES.to_vec()),
        auth_type in select(support::AUTH_TYPES.to_vec()),
        choices in vec((prop::bool::weighted(0.2), any::<usize>()), Field::ALL.len()),
    ) {
        let order = endpoint == Endpoint::Order;
        let mut draft = Draft(Vec::new());
        let (mut violations, mut sent) = (Vec::new(), Vec::new());
        for (field, (is_wrong, choice)) in Field::ALL.iter().copied().zip(choices) {
            let is_used = match field {
                Field::RotationTime | Field::MobileOperator => proxy_type == "MOBILE",
                Field::Protocol => order && proxy_type == "IPv6",
                Field::AuthType => order,
                Field::AuthIp => order && auth_type == "IP",
                _ => true,
            };
            let (value, violation) = match field {
                Field::ProxyType => (Value::Text(proxy_type), None),
                Field::AuthType => (Value::Text(auth_type), None),
                field => field_value(field, is_wrong, choice),
            };
            draft.0.push(value);
            violations.extend(violation.filter(|_| is_used).map(|kind| Violation { field, kind }));
            let is_none = field == Field::PromoCode && matches!(value, Value::Absent | Value::Text(" "));
            sent.extend((is_used && !is_none).then_some(field.name()));
        }
        let expected = if violations.is_empty() { Ok(sent) } else { Err(violations) };
        prop_assert_eq!(validate(endpoint, &draft), expected);
    }

    #[test]
    fn any_unknown_name_has_a_sentence(name in any::<String>()) {
        let known: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let message = unknown_name("field", &name, &known.join(" "));
        let plain = format!("Unknown field \"{name}\".");
        let has_similar = known.iter().any(|known| message == format!("{plain} Did you mean {known}?"));
        prop_assert!(message == plain || has_similar, "{}", message);
    }

    #[test]
    fn a_name_with_one_typo_is_suggested(
        place in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        letter in "[a-z]",
        kind in 0..3,
    ) {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let name = *place.get(&names);
        let at = at.index(name.len());
        let typo = match kind {
            0 => [&name[..at], &name[at + 1..]].concat(),
            1 => [&name[..at], &letter, &name[at..]].concat(),
            _ => [&name[..at], &letter, &name[at + 1..]].concat(),
        };
        let message = unknown_name("field", &typo, &names.join(" "));
        prop_assert!(message.ends_with(&format!(" Did you mean {name}?")), "{}", message);
    }

    #[test]
    fn any_values_are_a_response_or_not(
        endpoint in endpoint(),
        json in changed_response(),
        changes in vec((any::<prop::sample::Index>(), any_value()), 0..3),
    ) {
        let mut draft = response_draft(endpoint, &json);
        for (place, given) in &changes {
            let ResponseDraft { fields, error, warnings } = &mut draft;
            let mut values: Vec<_> = fields.0.iter_mut().chain(error).chain(warnings.iter_mut().flatten()).collect();
            let place = place.index(values.len());
            *values[place] = given.value();
        }
        let success = draft.fields.0[0];
        if let Some(response) = Response::from_draft(endpoint, &draft) {
            let (of, is_success) = kind_of(&response);
            prop_assert_eq!((of, Value::Bool(is_success)), (endpoint, success));
            prop_assert!(present_names(&response).contains(&"success"));
        }
    }

    #[test]
    fn any_json_is_a_response_or_not(endpoint in endpoint(), json in prop_oneof![json(), changed_response()]) {
        let Some(response) = recognize(endpoint, &json) else { return Ok(()) };
        let (of, success) = kind_of(&response);
        prop_assert_eq!((of, Some(success)), (endpoint, json["success"].as_bool()));
        let present = present_names(&response);
        for name in &present {
            prop_assert!(!json[*name].is_null(), "{} is null", name);
        }
        for amount in ["balance", "price", "discount"] {
            prop_assert!(!present.contains(&amount) || json[amount].is_number(), "{}: {}", amount, json[amount]);
        }
        for text in ["proxyType", "orderNumber", "currency", "promoCodeStatus"] {
            prop_assert!(!present.contains(&text) || json[text].is_string(), "{}: {}", text, json[text]);
        }
        prop_assert_eq!(present.contains(&"error"), !success);
    }

    #[test]
    fn any_sequence_of_attempts_keeps_the_rules(
        wanted in endpoint(),
        max_retries in 0_u32..=10,
        max_price in option::of(0.0..10.0),
        require_promo_code in any::<bool>(),
        is_repeat in any::<bool>(),
        ends in vec((end(), 0.0..=1.0, -100.0..60_000.0), 1..40),
    ) {
        let guard = Guard { max_price, require_promo_code };
        let is_guarded = wanted == Endpoint::Order && guard != Guard::default();
        let purpose = match wanted {
            Endpoint::Calculate => Purpose::Calculate,
            Endpoint::Order => Purpose::Order { guard, is_repeat },
        };
        let mut endpoint = if is_guarded { Endpoint::Calculate } else { wanted };
        for (attempt, ((mut end, json), random, left_ms)) in ends.into_iter().enumerate() {
            let attempts = attempt as u32 + 1;
            if let (AttemptEnd::Responded { response, .. }, Some(json)) = (&mut end, &json) {
                *response = recognize(endpoint, json);
            }
            let is_order = endpoint == Endpoint::Order;
            let (status, response) = match &end {
                AttemptEnd::Responded { status, response, .. } => (Some(*status), response.as_ref()),
                _ => (None, None),
            };
            match (Exchange { purpose, endpoint, attempts, max_retries }).next(&end, left_ms, random) {
                Next::Retry(after_ms) => {
                    prop_assert!(!is_order, "an order is sent once");
                    prop_assert!(attempts <= max_retries);
                    prop_assert!(after_ms >= 0.0 && after_ms < left_ms && response.is_none());
                    continue;
                }
                Next::Order(present) => {
                    prop_assert!(is_guarded && !is_order);
                    prop_assert_eq!(Some(present), response.map(Response::present));
                    let Some(Response::Calculate(CalculateResponse::Success(quote))) = response else {
                        panic!("ordered after {end:?}");
                    };
                    prop_assert!(quote.warnings.is_none() || is_repeat);
                    prop_assert!(max_price.is_none_or(|max_price| quote.price <= max_price + 1e-6));
                    prop_assert!(!require_promo_code || quote.promo_code_status == Some(PromoCodeStatus::Valid));
                    endpoint = Endpoint::Order;
                    continue;
                }
                Next::Refuse(present, objection) => {
                    prop_assert!(is_guarded && !is_order);
                    prop_assert_eq!(Some(present), response.map(Response::present));
                    prop_assert!(objection != Objection::Price || max_price.is_some());
                    prop_assert!(objection != Objection::PromoCode || require_promo_code);
                }
                Next::Answer(present) => {
                    prop_assert!(!is_guarded || is_order);
                    prop_assert!(!is_order || matches!(status, Some(200..=299)), "only a 2xx response answers an order");
                    prop_assert_eq!(Some(present), response.map(Response::present));
                }
                Next::Fail(code) => {
                    prop_assert!(response.is_none() || is_order);
                    let expected = match &end {
                        AttemptEnd::Aborted => ErrorCode::Aborted,
                        AttemptEnd::TimedOut => ErrorCode::Timeout,
                        AttemptEnd::Network => ErrorCode::Network,
                        AttemptEnd::Responded { status: 200..=299, .. } => ErrorCode::InvalidResponse,
                        AttemptEnd::Responded { .. } => ErrorCode::Http,
                    };
                    prop_assert_eq!(code, expected, "after {:?}", end);
                }
            }
            break;
        }
    }

    #[test]
    fn exactly_the_ip_addresses_of_the_standard_library_are_accepted(text in ip_like()) {
        let mut form = vec![Value::Absent; Field::ALL.len()];
        for (field, value) in [
            (Field::ProxyType, Value::Text("IPv4")),
            (Field::Quantity, Value::Number(1.0)),
            (Field::RentPeriodDays, Value::Number(30.0)),
            (Field::Goal, Value::Text("scraping")),
            (Field::Country, Value::Text("USA")),
            (Field::AuthType, Value::Text("IP")),
            (Field::AuthIp, Value::Text(&text)),
        ] {
            form[field as usize] = value;
        }
        let is_accepted = OrderRequest::from_draft(&Draft(form)).is_ok();
        prop_assert_eq!(is_accepted, text.parse::<std::net::IpAddr>().is_ok(), "{}", text);
    }

    #[test]
    fn any_retry_after_is_a_finite_pause_or_ignored(
        header in prop_oneof!["[0-9]{0,400}", "[0-9.]{1,9}", any::<String>(), "[A-Z][a-z]{2}, .{0,20}"],
        seconds in number(),
        date_ms in number(),
        now_ms in 0.0..4e12,
    ) {
        if let Some(ms) = retry_after_ms(&header, seconds, date_ms, now_ms) {
            prop_assert!(ms >= 0.0 && ms.is_finite(), "{}", ms);
        }
    }
}
