//! What holds for any draft, any reply, any sequence of attempts.
//!
//! Seeds of failures are kept in `proptest-regressions/` and run first the next time.
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
use proxy_orders::error::{ErrorCode, Outcome};
use proxy_orders::exchange::{End, Exchange, Guard, Next, retry_after_ms};
use proxy_orders::issue::{Issue, unknown_name};
use proxy_orders::reply::{self, CalculateResponse, PromoCodeStatus, Reply, ReplyDraft, ReplyFields};
use proxy_orders::request::{Fault, Field, OrderRequest};
use proxy_orders::rules::FaultKind;
use proxy_orders::wasm::wire;
use serde_json::Value as Json;
use support::{ENDPOINTS, kind_of, recognise, reply_draft, reply_names, samples, validate};

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

/// Numbers that mean something here, and any other.
fn number() -> impl Strategy<Value = f64> {
    let edges = [0.0, -0.0, 1.0, 0.5, 10.0, 30.0, -1.0, 4_294_967_295.0, 4_294_967_296.0, 9_007_199_254_740_992.0];
    prop_oneof![
        select(edges.to_vec()),
        any::<f64>(),
        any::<u32>().prop_map(f64::from),
        select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE]),
    ]
}

/// Texts that mean something here, and any other.
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

/// IP addresses, texts that resemble one, and addresses with a part that is left out, doubled or replaced.
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
            Value::LongText,
            Value::BrokenText,
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

/// Equality for which NaN is NaN.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
        }
        _ => one == other,
    }
}

/// A value that a field accepts, or one that it does not, with its fault. `bad` chooses.
fn field_value(field: Field, bad: bool, choice: usize) -> (Value<'static>, Option<FaultKind>) {
    use FaultKind::{BrokenText, Malformed, NotAllowed, Required, TooLarge, TooSmall, WrongType};
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
    let wrong: &[(Value, FaultKind)] = match field {
        Field::Quantity | Field::RentPeriodDays | Field::RotationTime => &[
            (Value::Absent, Required),
            (Value::Text("1"), WrongType),
            (Value::Number(0.5), WrongType),
            (Value::Number(-1.0), TooSmall),
            (Value::Number(4_294_967_296.0), TooLarge),
        ],
        Field::PromoCode => {
            &[(Value::Number(1.0), WrongType), (Value::LongText, TooLarge), (Value::BrokenText, BrokenText)]
        }
        Field::Protocol => &[(Value::Absent, Required), (Value::Text("http"), NotAllowed), (Value::List, WrongType)],
        _ => &[
            (Value::Absent, Required),
            (Value::Text(""), Malformed),
            (Value::LongText, TooLarge),
            (Value::BrokenText, BrokenText),
            (Value::Other, WrongType),
        ],
    };
    if bad {
        let (value, kind) = wrong[choice % wrong.len()];
        (value, Some(kind))
    } else {
        (good[choice % good.len()], None)
    }
}

/// JSON of any shape, with the documented names and values among it.
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

/// A sample reply with some of its fields replaced.
fn changed_reply() -> impl Strategy<Value = Json> {
    let replies: Vec<Json> = samples().iter().map(support::Sample::json).collect();
    (select(replies), vec((any::<prop::sample::Index>(), json()), 0..3)).prop_map(|(mut reply, changes)| {
        let names: Vec<String> = reply.as_object().unwrap().keys().cloned().collect();
        for (place, value) in changes {
            reply[place.get(&names).as_str()] = value;
        }
        reply
    })
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    select(ENDPOINTS.to_vec())
}

/// How an attempt ends; a reply is of the endpoint that was asked.
fn end() -> impl Strategy<Value = (End, Option<Json>)> {
    let status = prop_oneof![select(vec![200_u32, 204, 302, 400, 408, 429, 500, 503]), any::<u32>()];
    let plain = |end: End| (end, None);
    prop_oneof![
        1 => Just(plain(End::Aborted)),
        1 => Just(plain(End::TimedOut)),
        6 => Just(plain(End::Network)),
        12 => (status, option::of(prop_oneof![Just(0.0), 0.0..60_000.0]), option::weighted(0.4, changed_reply()))
            .prop_map(|(status, retry_after_ms, reply)| (End::Replied { status, retry_after_ms, reply: None }, reply)),
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
        prop_assert!(texts.starts_with(&cut), "the texts are cut off one after the other");
        let is_order = validate(Endpoint::Order, &draft).is_ok();
        prop_assert!(!is_order || validate(Endpoint::Calculate, &draft).is_ok(), "what can be ordered can be calculated");

        let reply = wire::reply_draft(&numbers, &texts);
        let count = reply.fields.0.len() + 2 * reply.warnings.len();
        prop_assert!(count <= draft.0.len());
        for endpoint in ENDPOINTS {
            let recognised = Reply::from_draft(endpoint, &reply);
            prop_assert!(recognised.is_none_or(|recognised| kind_of(&recognised).0 == endpoint));
        }
    }

    #[test]
    fn what_is_encoded_is_decoded_again(given in vec(any_value(), 0..40)) {
        let values = values(&given);
        let (numbers, texts) = encode(&values);
        let decoded = wire::request_draft(&numbers, &texts).0;
        prop_assert_eq!(decoded.len(), values.len());
        for (one, other) in decoded.iter().zip(&values) {
            prop_assert!(alike(one, other), "{:?} {:?}", one, other);
        }

        let ReplyDraft { fields, error, warnings } = wire::reply_draft(&numbers, &texts);
        let decoded: Vec<_> = fields.0.iter().chain(&error).chain(warnings.iter().flatten()).collect();
        for (one, other) in decoded.into_iter().zip(&values) {
            // Half an error is none.
            prop_assert!(alike(one, other) || values.len() == reply::Field::NAMES.len() + 1, "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn every_draft_is_a_request_or_its_faults(
        proxy_type in select(support::PROXY_TYPES.to_vec()),
        auth_type in select(support::AUTH_TYPES.to_vec()),
        changes in prop_oneof![vec((0..Field::ALL.len(), any_value()), 0..3), vec((0..Field::ALL.len(), any_value()), 11)],
        endpoint in endpoint(),
    ) {
        let mut draft = support::form(proxy_type, auth_type);
        for (place, given) in &changes {
            draft.0[*place] = given.value();
        }
        match validate(endpoint, &draft) {
            Ok(names) => {
                let least: &[&str] = match endpoint {
                    Endpoint::Calculate => &["proxyType", "quantity", "rentPeriodDays", "goal", "country"],
                    Endpoint::Order => &["proxyType", "quantity", "rentPeriodDays", "goal", "country", "authType"],
                };
                prop_assert!(least.iter().all(|name| names.contains(name)), "{:?}", names);
                for (field, value) in Field::ALL.iter().zip(&draft.0) {
                    let is_sent = names.contains(&field.name());
                    let is_usable = matches!(value, Value::Text(_) | Value::Number(_));
                    prop_assert!(!is_sent || is_usable, "{:?} is sent as {:?}", value, field);
                }
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                let places: Vec<_> = faults.iter().map(|fault| fault.field as usize).collect();
                prop_assert!(places.is_sorted_by(|one, other| one < other), "each field has one fault, in order: {:?}", faults);
                for fault in faults {
                    let Issue { path, message, .. } = Issue::of(fault);
                    prop_assert_eq!(path, [fault.field]);
                    prop_assert!(message.ends_with('.'), "{}", message);
                }
            }
        }
    }

    #[test]
    fn exactly_the_bad_values_of_used_fields_are_faults(
        endpoint in endpoint(),
        proxy_type in select(support::PROXY_TYPES.to_vec()),
        auth_type in select(support::AUTH_TYPES.to_vec()),
        choices in vec((prop::bool::weighted(0.2), any::<usize>()), Field::ALL.len()),
    ) {
        let order = endpoint == Endpoint::Order;
        let mut draft = Draft(Vec::new());
        let (mut faults, mut sent) = (Vec::new(), Vec::new());
        for (field, (bad, choice)) in Field::ALL.iter().copied().zip(choices) {
            let is_used = match field {
                Field::RotationTime | Field::MobileOperator => proxy_type == "MOBILE",
                Field::Protocol => order && proxy_type == "IPv6",
                Field::AuthType => order,
                Field::AuthIp => order && auth_type == "IP",
                _ => true,
            };
            let (value, fault) = match field {
                Field::ProxyType => (Value::Text(proxy_type), None),
                Field::AuthType => (Value::Text(auth_type), None),
                field => field_value(field, bad, choice),
            };
            draft.0.push(value);
            faults.extend(fault.filter(|_| is_used).map(|kind| Fault { field, kind }));
            let is_none = field == Field::PromoCode && matches!(value, Value::Absent | Value::Text(" "));
            sent.extend((is_used && !is_none).then_some(field.name()));
        }
        let expected = if faults.is_empty() { Ok(sent) } else { Err(faults) };
        prop_assert_eq!(validate(endpoint, &draft), expected);
    }

    #[test]
    fn any_unknown_name_has_a_sentence(name in any::<String>()) {
        let known: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let message = unknown_name(&name, "request", &known.join(" "));
        let plain = format!("There is no {name} in the request.");
        let has_similar = known.iter().any(|known| message == format!("{plain} Did you mean {known}?"));
        prop_assert!(message == plain || has_similar, "{}", message);
    }

    /// A name with one typo is still suggested.
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
        let message = unknown_name(&typo, "request", &names.join(" "));
        prop_assert!(message.ends_with(&format!(" Did you mean {name}?")), "{}", message);
    }

    #[test]
    fn any_values_are_a_reply_or_none(
        endpoint in endpoint(),
        json in changed_reply(),
        changes in vec((any::<prop::sample::Index>(), any_value()), 0..3),
    ) {
        let mut draft = reply_draft(&json);
        for (place, given) in &changes {
            let ReplyDraft { fields, error, warnings } = &mut draft;
            let mut values: Vec<_> = fields.0.iter_mut().chain(error).chain(warnings.iter_mut().flatten()).collect();
            let place = place.index(values.len());
            *values[place] = given.value();
        }
        let success = draft.fields.0[reply::Field::Success as usize];
        if let Some(reply) = Reply::from_draft(endpoint, &draft) {
            let (of, is_success) = kind_of(&reply);
            prop_assert_eq!((of, Value::Bool(is_success)), (endpoint, success));
            let ReplyFields { documented, present } = reply.fields();
            prop_assert_eq!(present & !documented, 0, "what is present is documented");
        }
    }

    #[test]
    fn any_json_is_a_reply_or_none(endpoint in endpoint(), json in prop_oneof![json(), changed_reply()]) {
        let Some(reply) = recognise(endpoint, &json) else { return Ok(()) };
        let (of, success) = kind_of(&reply);
        prop_assert_eq!((of, Some(success)), (endpoint, json["success"].as_bool()));
        let present = reply_names(reply.fields().present);
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
    fn any_sequence_of_ends_keeps_the_rules(
        asked in endpoint(),
        max_retries in 0_u32..=10,
        max_price in option::of(0.0..10.0),
        require_promo_code in any::<bool>(),
        ends in vec((end(), any::<bool>(), 0.0..=1.0, -100.0..60_000.0), 1..40),
    ) {
        let guard = Guard { max_price, require_promo_code };
        let mut exchange = match asked {
            Endpoint::Calculate => Exchange::calculate(max_retries),
            Endpoint::Order => Exchange::order(max_retries, guard, false),
        };
        let guarded = asked == Endpoint::Order && guard != Guard::default();
        let (mut calculations, mut orders, mut handed_over) = (0, 0, false);
        for ((mut end, json), made, random, left_ms) in ends {
            let ordering = exchange.endpoint() == Endpoint::Order;
            if ordering { orders += 1 } else { calculations += 1 }
            if let (End::Replied { reply, .. }, Some(json)) = (&mut end, &json) {
                *reply = recognise(exchange.endpoint(), json);
            }
            // A request that cannot be made is never handed over; that ends as the network does.
            let end = if made { end } else { End::Network };
            if made {
                exchange.sent();
                handed_over |= ordering;
            }
            let next = exchange.next(&end, left_ms, random);

            prop_assert!(orders <= 1);
            prop_assert!(calculations <= max_retries + 1);
            prop_assert!(guarded || orders == 0 || calculations == 0);
            let outcome = (asked == Endpoint::Order)
                .then_some(if handed_over { Outcome::Unknown } else { Outcome::NotPlaced });
            prop_assert_eq!(exchange.outcome(), outcome);
            let reply = if let End::Replied { reply, .. } = &end { reply.as_ref() } else { None };
            match next {
                Next::Retry(after_ms) => {
                    prop_assert!(!ordering && exchange.endpoint() == Endpoint::Calculate, "an order is sent once");
                    prop_assert!(after_ms >= 0.0 && after_ms < left_ms && reply.is_none());
                    continue;
                }
                Next::Order(quote) => {
                    prop_assert!(guarded && !ordering && exchange.endpoint() == Endpoint::Order);
                    prop_assert_eq!(Some(quote), reply.map(Reply::fields));
                    let Some(Reply::Calculate(CalculateResponse::Success(reply))) = reply else {
                        panic!("ordered after {end:?}");
                    };
                    prop_assert!(reply.warnings.is_none());
                    prop_assert!(max_price.is_none_or(|most| reply.price <= most));
                    prop_assert!(!require_promo_code || reply.promo_code_status == Some(PromoCodeStatus::Valid));
                    continue;
                }
                Next::Refuse(quote) => {
                    prop_assert!(guarded && !ordering && exchange.endpoint() == Endpoint::Calculate);
                    prop_assert_eq!(Some(quote), reply.map(Reply::fields));
                }
                Next::Answer(fields) => {
                    prop_assert!(!guarded || ordering);
                    prop_assert_eq!(Some(fields), reply.map(Reply::fields));
                }
                Next::Fail(code) => {
                    prop_assert!(reply.is_none());
                    let expected = match &end {
                        End::Aborted => ErrorCode::Aborted,
                        End::TimedOut => ErrorCode::Timeout,
                        End::Network => ErrorCode::Network,
                        End::Replied { status: 200..=299, .. } => ErrorCode::InvalidResponse,
                        End::Replied { .. } => ErrorCode::Http,
                    };
                    prop_assert_eq!(code, expected, "after {:?}", end);
                }
            }
            break;
        }
    }

    #[test]
    fn an_ip_address_is_what_the_standard_library_parses(text in ip_like()) {
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
    fn any_retry_after_is_a_wait_or_none(
        header in prop_oneof!["[0-9]{0,400}", any::<String>(), "[A-Z][a-z]{2}, .{0,20}"],
        date_ms in number(),
        now_ms in 0.0..4e12,
    ) {
        if let Some(ms) = retry_after_ms(&header, date_ms, now_ms) {
            prop_assert!(ms >= 0.0 && ms.is_finite(), "{}", ms);
        }
    }
}
