//! What holds whatever comes: of drafts, of replies, of the decision table.
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

mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use proxy_orders::client::{End, Exchange, Function, Next, retry_after_ms};
use proxy_orders::draft::{Draft, Name as _, Value, unpack};
use proxy_orders::error::{ErrorCode, Outcome};
use proxy_orders::issue::{IssueCode, unknown};
use proxy_orders::options::{self, Base};
use proxy_orders::request::{Field, judge};
use proxy_orders::response::{Reply, recognise};
use serde_json::Value as Json;
use support::{check_draft, decoded, outline, recognised, same, samples};
use url::{Host, Url};

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
enum Given {
    Plain(Value<'static>),
    Text(String),
}

impl Given {
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
        "omit",
        "include",
        "/api",
        "https://youproxy.io",
        "..",
    ];
    prop_oneof![
        3 => select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[A-Z]{3}",
        1 => "\\PC{0,12}",
    ]
}

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        2 => number().prop_map(|number| Given::Plain(Value::Number(number))),
        4 => text().prop_map(Given::Text),
        2 => select(vec![
            Value::Absent,
            Value::Bool(true),
            Value::Bool(false),
            Value::LongText,
            Value::BrokenText,
            Value::Usable,
            Value::Other,
        ])
        .prop_map(Given::Plain),
    ]
}

fn values(given: &[Given]) -> Vec<Value<'_>> {
    given.iter().map(Given::value).collect()
}

/// Packs values as JavaScript does.
fn pack(values: &[Value]) -> (Vec<f64>, String) {
    let (mut numbers, mut texts) = (Vec::new(), String::new());
    for value in values {
        let (kind, number) = match *value {
            Value::Absent => (0.0, 0.0),
            Value::Bool(false) => (1.0, 0.0),
            Value::Bool(true) => (2.0, 0.0),
            Value::Number(number) => (3.0, number),
            Value::Text(text) => {
                texts.push_str(text);
                (4.0, text.encode_utf16().count() as f64)
            }
            Value::LongText => (5.0, 0.0),
            Value::BrokenText => (6.0, 0.0),
            Value::Usable => (7.0, 0.0),
            Value::Other => (8.0, 0.0),
        };
        numbers.extend([kind, number]);
    }
    (numbers, texts)
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

/// A value that each field takes, and one that it does not with the code of its issue. `bad` chooses.
fn field_value(field: Field, bad: bool, choice: usize) -> (Value<'static>, Option<IssueCode>) {
    use IssueCode::{Malformed, NotAllowed, OutOfRange, Required, WrongType};
    let good: &[Value] = match field {
        Field::Quantity | Field::RentPeriodDays => &[Value::Number(1.0), Value::Number(4_294_967_295.0)],
        Field::RotationTime => &[Value::Number(0.0), Value::Number(-0.0), Value::Number(4_294_967_295.0)],
        Field::Country => &[Value::Text("USA"), Value::Text("ZZZ")],
        Field::PromoCode => &[Value::Absent, Value::Text(" "), Value::Text("SPRING")],
        Field::Protocol => &[Value::Text("HTTP"), Value::Text("SOCKS")],
        Field::AuthIp => &[Value::Text("203.0.113.7"), Value::Text("2001:db8::7")],
        Field::Goal | Field::MobileOperator => &[Value::Text("x"), Value::Text("\u{1f600}")],
        Field::ProxyType | Field::AuthType => return (Value::Absent, Some(Required)),
    };
    let wrong: &[(Value, IssueCode)] = match field {
        Field::Quantity | Field::RentPeriodDays | Field::RotationTime => &[
            (Value::Absent, Required),
            (Value::Text("1"), WrongType),
            (Value::Number(0.5), WrongType),
            (Value::Number(-1.0), OutOfRange),
        ],
        Field::PromoCode => &[(Value::Number(1.0), WrongType), (Value::LongText, OutOfRange)],
        Field::Protocol => &[(Value::Absent, Required), (Value::Text("http"), NotAllowed)],
        _ => &[(Value::Absent, Required), (Value::Text(""), Malformed), (Value::Other, WrongType)],
    };
    if bad {
        let (value, code) = wrong[choice % wrong.len()];
        (value, Some(code))
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
fn bent_reply() -> impl Strategy<Value = Json> {
    let replies: Vec<Json> = samples().iter().map(support::Sample::json).collect();
    (select(replies), vec((any::<prop::sample::Index>(), json()), 0..3)).prop_map(|(mut reply, changes)| {
        let names: Vec<String> = reply.as_object().unwrap().keys().cloned().collect();
        for (place, value) in changes {
            reply[place.get(&names).as_str()] = value;
        }
        reply
    })
}

fn function() -> impl Strategy<Value = Function> {
    select(vec![Function::Calculate, Function::Order])
}

fn reply() -> impl Strategy<Value = Reply> {
    (any::<bool>(), option::of(number()), any::<bool>(), any::<bool>()).prop_map(
        |(success, price, warned, promo_code_valid)| Reply {
            success,
            price,
            warned,
            promo_code_valid,
            has_balance: true,
            has_currency: true,
        },
    )
}

fn end() -> impl Strategy<Value = End> {
    let status = prop_oneof![select(vec![200_u32, 204, 302, 400, 408, 429, 500, 503]), any::<u32>()];
    prop_oneof![
        1 => Just(End::Aborted),
        1 => Just(End::TimedOut),
        6 => Just(End::Network),
        12 => (status, option::of(prop_oneof![Just(0.0), 0.0..60_000.0]), option::weighted(0.3, reply()))
            .prop_map(|(status, retry_after_ms, reply)| End::Replied { status, retry_after_ms, reply }),
    ]
}

/// An address of any make, honest or not.
fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "(https?|HTTP|ftp|blob|)(:|)[/\\\\]{0,3}(user@|a:b@|@|)(localhost|127\\.0\\.0\\.1|\\[::1\\]|evil\\.example|[a-z0-9.:\\[\\]]{0,12})(:[0-9]{0,5}|)[/a-z.?#@ \\\\]{0,8}",
        "[/\\\\.?#@: a-z\\t\\n]{0,10}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn unpacking_any_numbers_and_texts_never_panics(numbers in vec(prop_oneof![number(), 0.0..9.0], 0..80), texts in any::<String>()) {
        let values = unpack(&numbers, &texts);
        prop_assert_eq!(values.len(), numbers.len() / 2);
        let length: usize = values.iter().map(|value| if let Value::Text(text) = value { text.len() } else { 0 }).sum();
        prop_assert!(length <= texts.len());
        let draft = Draft::<Field>::of_values(values.clone());
        let order = check_draft(true, &draft).is_ok();
        prop_assert!(!order || check_draft(false, &draft).is_ok(), "what can be ordered can be calculated");
        drop(options::judge(&Draft::of_values(values.clone()), true, Base::default()));
        for function in [Function::Calculate, Function::Order] {
            let _ = recognise(function, &values);
        }
    }

    #[test]
    fn what_is_packed_comes_out_again(given in vec(given(), 0..40)) {
        let values = values(&given);
        let (numbers, texts) = pack(&values);
        let unpacked = unpack(&numbers, &texts);
        prop_assert_eq!(unpacked.len(), values.len());
        for (one, other) in unpacked.iter().zip(&values) {
            prop_assert!(alike(one, other), "{:?} {:?}", one, other);
        }
    }

    /// `check_draft` holds that the check and the judgement agree: valid or not, each fault one issue, each bit one field.
    #[test]
    fn every_draft_is_a_request_or_its_issues(given in vec(given(), Field::ALL.len()), order in any::<bool>()) {
        let draft = Draft::of_values(values(&given));
        match check_draft(order, &draft) {
            Ok(body) => prop_assert!(body.as_object().unwrap().len() >= 5),
            Err(issues) => {
                prop_assert!(!issues.is_empty());
                let places: Vec<_> = issues
                    .iter()
                    .map(|issue| Field::ALL.iter().position(|field| issue.path == [field.name()]).unwrap())
                    .collect();
                prop_assert!(places.is_sorted_by(|one, other| one < other), "{:?}", issues);
                prop_assert!(issues.iter().all(|issue| issue.message.ends_with('.')), "{:?}", issues);
            }
        }
    }

    #[test]
    fn exactly_the_bad_values_of_used_fields_are_issues(
        order in any::<bool>(),
        proxy_type in select(support::PROXY_TYPES.to_vec()),
        by_ip in any::<bool>(),
        choices in vec((prop::bool::weighted(0.3), any::<usize>()), Field::ALL.len()),
    ) {
        let mut fields = Vec::new();
        let mut expected = Vec::new();
        for (field, (bad, choice)) in Field::ALL.iter().zip(choices) {
            let used = match field {
                Field::RotationTime | Field::MobileOperator => proxy_type == "MOBILE",
                Field::Protocol => order && proxy_type == "IPv6",
                Field::AuthIp => order && by_ip,
                _ => true,
            };
            let (value, code) = match field {
                Field::ProxyType => (Value::Text(proxy_type), None),
                Field::AuthType => (Value::Text(if by_ip { "IP" } else { "LOGIN" }), None),
                field => field_value(*field, bad, choice),
            };
            fields.push((*field, value));
            expected.extend(code.filter(|_| used).map(|code| (field.name().to_owned(), code)));
        }
        let found = check_draft(order, &Draft::new(fields));
        let found = found.err().into_iter().flatten().map(|issue| (issue.path.concat(), issue.code));
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_options_are_judged(given in vec(given(), options::Name::ALL.len()), order in any::<bool>(), href in text(), own_origin in any::<bool>()) {
        let draft = Draft::of_values(values(&given));
        let faults = options::judge(&draft, order, Base { href: &href, own_origin });
        let mut places: Vec<_> = faults.iter().map(|(name, _)| name.place()).collect();
        places.sort_unstable();
        prop_assert!(places.is_sorted_by(|one, other| one < other), "each option has one fault at most: {:?}", faults);
    }

    #[test]
    fn no_base_url_leads_where_it_must_not(raw in address(), allow_insecure in any::<bool>(), on_page in any::<bool>()) {
        let page = on_page.then(|| Url::parse("http://shop.example").unwrap());
        let parsed = Url::options().base_url(page.as_ref()).parse(&raw).ok();
        let href = parsed.as_ref().map_or("", Url::as_str);
        let own_origin = on_page && href.starts_with("http://shop.example/");
        let draft = Draft::new([
            (options::Name::BaseUrl, Value::Text(&raw)),
            (options::Name::ApiKey, Value::Text("key")),
            (options::Name::AllowInsecure, Value::Bool(allow_insecure)),
        ]);
        if options::judge(&draft, true, Base { href, own_origin }).is_empty() {
            let url = parsed.unwrap();
            prop_assert!(url.username().is_empty() && url.password().is_none(), "{}", url);
            prop_assert!(url.query().is_none() && url.fragment().is_none(), "{}", url);
            let loopback = match url.host().unwrap() {
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
                Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            };
            let insecure = url.scheme() == "http" && !loopback && !own_origin;
            prop_assert!(url.scheme() == "https" || url.scheme() == "http", "{}", url);
            prop_assert!(allow_insecure || !insecure, "{}", url);
            prop_assert!(!raw.starts_with('/') || own_origin, "{:?} leads to {}", raw, url);
        }
    }

    #[test]
    fn any_unknown_name_is_told(name in any::<String>()) {
        for (whole, list) in [(Field::WHOLE, Field::LIST), (options::Name::WHOLE, options::Name::LIST)] {
            let message = unknown(&name, whole, list);
            let plain = format!("There is no {name} in the {whole}.");
            let likeness = list.split_ascii_whitespace().any(|known| message == format!("{plain} Did you mean {known}?"));
            prop_assert!(message == plain || likeness, "{}", message);
        }
    }

    /// One slip in a name of five letters or more still finds it.
    #[test]
    fn one_slip_is_forgiven(place in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), letter in "[a-z]", kind in 0..3) {
        let names: Vec<_> = options::Name::ALL.iter().map(|name| name.name()).collect();
        let name = *place.get(&names);
        let at = at.index(name.len());
        let slip = match kind {
            0 => [&name[..at], &name[at + 1..]].concat(),
            1 => [&name[..at], &letter, &name[at..]].concat(),
            _ => [&name[..at], &letter, &name[at + 1..]].concat(),
        };
        let message = unknown(&slip, options::Name::WHOLE, options::Name::LIST);
        prop_assert!(message.ends_with(&format!("Did you mean {name}?")), "{}", message);
    }

    #[test]
    fn any_values_are_a_reply_or_none(function in function(), given in vec(given(), 0..20)) {
        let values = values(&given);
        if let Some(reply) = recognise(function, &values) {
            prop_assert_eq!(Value::Bool(reply.success), values[0]);
            prop_assert!(values.len() >= 12);
            prop_assert!(!reply.success || reply.has_balance && reply.has_currency);
            let priced = reply.success && function == Function::Calculate;
            prop_assert!(!priced || reply.price.is_some_and(f64::is_finite));
        }
    }

    #[test]
    fn any_json_is_a_reply_or_none(function in function(), json in prop_oneof![json(), bent_reply()]) {
        let recognised = recognise(function, &outline(&json));
        let success = json.get("success").and_then(Json::as_bool);
        prop_assert!(recognised.is_none() || recognised.map(|reply| reply.success) == success);
    }

    #[test]
    fn any_bytes_are_a_reply_or_none(function in function(), bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(recognised(function, &bytes).is_none());
        prop_assert!(decoded(function, &bytes).is_none());
    }

    #[test]
    fn both_decoders_make_the_same_of_any_json(function in function(), json in prop_oneof![json(), bent_reply()]) {
        let text = json.to_string();
        let copy = recognised(function, text.as_bytes()).map(|(_, copy)| copy);
        let decoded = decoded(function, text.as_bytes());
        let agree = match (&copy, &decoded) {
            (Some(copy), Some(decoded)) => same(copy, decoded),
            (copy, decoded) => copy.is_none() && decoded.is_none(),
        };
        prop_assert!(agree, "{}\n{:?}\n{:?}", text, copy, decoded);
    }

    #[test]
    fn any_sequence_of_ends_keeps_the_rules(
        asked in function(),
        max_retries in 0_u32..=10,
        max_price in option::of(0.0..10.0),
        require_promo_code in any::<bool>(),
        ends in vec((end(), any::<bool>(), 0.0..=1.0, -100.0..60_000.0), 1..40),
    ) {
        let mut exchange = Exchange::new(asked, max_retries, max_price, require_promo_code);
        let guarded = asked == Function::Order && (max_price.is_some() || require_promo_code);
        let (mut calculations, mut orders, mut handed_over) = (0, 0, false);
        for (end, made, random, left_ms) in ends {
            let ordering = exchange.function() == Function::Order;
            if ordering { orders += 1 } else { calculations += 1 }
            // A request that cannot be made is never handed over; that ends as the network does.
            let end = if made { end } else { End::Network };
            if made {
                exchange.sent();
                handed_over |= ordering;
            }
            let next = exchange.decide(&end, left_ms, random);

            prop_assert!(orders <= 1);
            prop_assert!(calculations <= max_retries + 1);
            prop_assert!(guarded || orders == 0 || calculations == 0);
            let outcome = if handed_over { Outcome::Unknown } else { Outcome::NotPlaced };
            prop_assert_eq!(exchange.outcome(), (asked == Function::Order).then_some(outcome));
            match next {
                Next::Send { after_ms } => {
                    prop_assert!(!ordering, "an order is sent once");
                    let on_to_order = exchange.function() == Function::Order;
                    prop_assert!(on_to_order && after_ms == 0.0 || after_ms >= 0.0 && after_ms < left_ms);
                    if on_to_order {
                        let End::Replied { reply: Some(quote), .. } = end else { panic!("ordered without a quote") };
                        prop_assert!(guarded && quote.success && !quote.warned);
                        prop_assert!(max_price.is_none_or(|most| quote.price.unwrap() <= most));
                        prop_assert!(!require_promo_code || quote.promo_code_valid);
                    }
                    continue;
                }
                Next::Answer => {
                    let documented = matches!(end, End::Replied { reply: Some(_), .. });
                    prop_assert!(documented && (!guarded || ordering));
                }
                Next::Fail(code) => {
                    let fits = match code {
                        ErrorCode::Aborted => end == End::Aborted,
                        ErrorCode::Timeout => end == End::TimedOut,
                        ErrorCode::Network => end == End::Network,
                        ErrorCode::Http => matches!(end, End::Replied { status, reply: None, .. } if !(200..300).contains(&status)),
                        ErrorCode::InvalidResponse => matches!(end, End::Replied { status: 200..=299, reply: None, .. }),
                        ErrorCode::Refused => guarded && !ordering && matches!(end, End::Replied { reply: Some(_), .. }),
                        _ => false,
                    };
                    prop_assert!(fits, "{:?} after {:?}", code, end);
                }
            }
            break;
        }
    }

    #[test]
    fn any_retry_after_is_a_wait_or_none(header in prop_oneof!["[0-9]{0,400}", any::<String>(), "[A-Z][a-z]{2}, .{0,20}"], date_ms in number(), now_ms in 0.0..4e12) {
        if let Some(ms) = retry_after_ms(&header, date_ms, now_ms) {
            prop_assert!(ms >= 0.0 && ms.is_finite(), "{}", ms);
        }
    }
}

/// The judgement of what is no object names no field.
#[test]
fn what_is_no_object_has_no_fields() {
    let nothing = Draft::<Field>::of_values(unpack(&[], ""));
    for order in [true, false] {
        assert!(judge(&nothing, order).is_err());
        assert_eq!(check_draft(order, &nothing).unwrap_err().len(), 1);
    }
}
