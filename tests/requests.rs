//! Every row of the table of fields: good values, edges and bad ones, for both functions and all four proxy types.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::{Draft, Name, Value};
use proxy_orders::issue::{Issue, IssueCode, unknown};
use proxy_orders::options;
use proxy_orders::request::{CalculateRequest, Field, OrderRequest};
use serde_json::{Value as Json, json};
use support::{Fields, PROXY_TYPES, check, check_draft, form, with};

const FUNCTIONS: [bool; 2] = [false, true];
const AUTH_TYPES: [&str; 2] = ["LOGIN", "IP"];

/// Which requests have a field.
fn has(order: bool, proxy_type: &str, auth_type: &str, field: Field) -> bool {
    match field {
        Field::RotationTime | Field::MobileOperator => proxy_type == "MOBILE",
        Field::Protocol => order && proxy_type == "IPv6",
        Field::AuthType => order,
        Field::AuthIp => order && auth_type == "IP",
        _ => true,
    }
}

/// Calls back for both functions, all proxy types and both kinds of authorization.
fn everywhere(mut test: impl FnMut(bool, &'static str, &'static str)) {
    for order in FUNCTIONS {
        for proxy_type in PROXY_TYPES {
            for auth_type in AUTH_TYPES {
                test(order, proxy_type, auth_type);
            }
        }
    }
}

/// A field takes a value and sends it as it was given, wherever it exists; elsewhere it is left out.
fn takes(field: Field, value: Value, sent: &Json) {
    everywhere(|order, proxy_type, auth_type| {
        let fields = with(form(proxy_type, auth_type), field, value);
        let body = check(order, &fields).unwrap_or_else(|issues| panic!("{field:?} {value:?}: {issues:?}"));
        let found = body.get(field.name());
        if has(order, proxy_type, auth_type, field) {
            assert_eq!(found, Some(sent), "{field:?} {value:?} {proxy_type} order: {order}");
        } else {
            assert_eq!(found, None, "{field:?} {value:?} {proxy_type} order: {order}");
        }
    });
}

/// A field refuses a value wherever it exists, with nothing else to complain of; elsewhere nobody looks at it.
fn refuses(field: Field, value: Value, code: IssueCode) {
    everywhere(|order, proxy_type, auth_type| {
        let fields = with(form(proxy_type, auth_type), field, value);
        let checked = check(order, &fields);
        if has(order, proxy_type, auth_type, field) {
            let Err(issues) = checked else { panic!("{field:?} {value:?} {proxy_type} order: {order}") };
            let told: Vec<_> = issues.iter().map(|issue| (issue.path.as_slice(), issue.code)).collect();
            assert_eq!(told, [(&[field.name().to_owned()][..], code)], "{field:?} {value:?}");
            assert_eq!(issues[0].message, sentence(field, value), "{field:?} {value:?}");
        } else {
            let body = checked.unwrap_or_else(|issues| panic!("{field:?} {value:?} {proxy_type}: {issues:?}"));
            assert_eq!(body.get(field.name()), None);
        }
    });
}

/// What a customer calls a field, and what he is told to be allowed.
fn words(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::ProxyType => ("Proxy type", "IPv4, IPv6, MOBILE or ISP"),
        Field::Quantity => ("Quantity", "a whole number from 1 to 4294967295"),
        Field::RentPeriodDays => ("Rental period", "a whole number of days from 1 to 4294967295"),
        Field::Goal => ("Goal", "text that is not blank"),
        Field::Country => ("Country", "three capital letters from A to Z, as in USA"),
        Field::PromoCode => ("Promo code", "text"),
        Field::RotationTime => ("Rotation time", "a whole number from 0 to 4294967295"),
        Field::MobileOperator => ("Mobile operator", "text that is not blank"),
        Field::Protocol => ("Protocol", "HTTP or SOCKS"),
        Field::AuthType => ("Authorization type", "LOGIN or IP"),
        Field::AuthIp => ("Authorization IP", "an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7"),
    }
}

fn is_number(field: Field) -> bool {
    matches!(field, Field::Quantity | Field::RentPeriodDays | Field::RotationTime)
}

fn sentence(field: Field, value: Value) -> String {
    let (label, allowed) = words(field);
    match value {
        Value::Absent => format!("{label} is required: {allowed}."),
        Value::LongText if !is_number(field) => format!("{label} must be at most 10000 characters long."),
        Value::BrokenText if !is_number(field) => format!("{label} must not contain half of a character."),
        _ => format!("{label} must be {allowed}."),
    }
}

/// What every text field refuses.
fn refuses_what_is_no_text(field: Field) {
    for value in [
        Value::Bool(true),
        Value::Bool(false),
        Value::Number(0.0),
        Value::Number(1.0),
        Value::Number(f64::NAN),
        Value::Number(f64::INFINITY),
        Value::Usable,
        Value::Other,
    ] {
        refuses(field, value, IssueCode::WrongType);
    }
    refuses(field, Value::LongText, IssueCode::OutOfRange);
    refuses(field, Value::BrokenText, IssueCode::Malformed);
}

/// What every field of a whole number refuses.
fn refuses_what_is_no_whole_number(field: Field) {
    for value in [
        Value::Bool(true),
        Value::Bool(false),
        Value::Text(""),
        Value::Text("1"),
        Value::LongText,
        Value::BrokenText,
        Value::Usable,
        Value::Other,
    ] {
        refuses(field, value, IssueCode::WrongType);
    }
    let no_whole = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, -0.5, 0.1, 1.000_000_1, f64::MIN_POSITIVE, 5e-324];
    for number in no_whole {
        refuses(field, Value::Number(number), IssueCode::WrongType);
    }
    let out_of_range = [
        -1.0,
        -2_147_483_648.0,
        4_294_967_296.0,
        4_294_967_297.0,
        9_007_199_254_740_991.0,
        9_007_199_254_740_992.0,
        -9_007_199_254_740_992.0,
        1e300,
        f64::MAX,
        f64::MIN,
    ];
    for number in out_of_range {
        refuses(field, Value::Number(number), IssueCode::OutOfRange);
    }
}

/// Text without a visible character, however it is written.
const BLANK: [&str; 14] = [
    "",
    " ",
    "   ",
    "\t",
    "\n",
    "\r\n",
    "\u{b}\u{c}",
    "\u{a0}",
    "\u{1680}",
    "\u{2003}\u{2009}",
    "\u{2028}\u{2029}",
    "\u{202f}\u{205f}",
    "\u{3000}",
    "\u{feff}",
];

#[test]
fn proxy_type_is_one_of_four() {
    for proxy_type in PROXY_TYPES {
        for order in FUNCTIONS {
            let body = check(order, &form(proxy_type, "LOGIN")).unwrap();
            assert_eq!(body["proxyType"], proxy_type);
        }
    }
    let no_types = ["", " ", "ipv4", "IPV4", "IPv4 ", " IPv4", "IPv5", "Mobile", "mobile", "isp", "IPv4\0", "ＩＳＰ"];
    for text in no_types {
        refuses(Field::ProxyType, Value::Text(text), IssueCode::NotAllowed);
    }
    refuses(Field::ProxyType, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::ProxyType);
}

#[test]
fn quantity_is_whole_and_at_least_one() {
    for (number, sent) in
        [(1.0, 1_u32), (2.0, 2), (1000.0, 1000), (4_294_967_294.0, u32::MAX - 1), (4_294_967_295.0, u32::MAX)]
    {
        takes(Field::Quantity, Value::Number(number), &json!(sent));
    }
    refuses(Field::Quantity, Value::Number(0.0), IssueCode::OutOfRange);
    refuses(Field::Quantity, Value::Number(-0.0), IssueCode::OutOfRange);
    refuses(Field::Quantity, Value::Absent, IssueCode::Required);
    refuses_what_is_no_whole_number(Field::Quantity);
}

#[test]
fn rent_period_is_whole_and_at_least_one() {
    for (number, sent) in [(1.0, 1_u32), (30.0, 30), (31.0, 31), (360.0, 360), (4_294_967_295.0, u32::MAX)] {
        takes(Field::RentPeriodDays, Value::Number(number), &json!(sent));
    }
    refuses(Field::RentPeriodDays, Value::Number(0.0), IssueCode::OutOfRange);
    refuses(Field::RentPeriodDays, Value::Number(-0.0), IssueCode::OutOfRange);
    refuses(Field::RentPeriodDays, Value::Absent, IssueCode::Required);
    refuses_what_is_no_whole_number(Field::RentPeriodDays);
}

#[test]
fn rotation_time_is_whole_and_may_be_zero() {
    for (number, sent) in [(0.0, 0_u32), (-0.0, 0), (1.0, 1), (300.0, 300), (4_294_967_295.0, u32::MAX)] {
        takes(Field::RotationTime, Value::Number(number), &json!(sent));
    }
    refuses(Field::RotationTime, Value::Absent, IssueCode::Required);
    refuses_what_is_no_whole_number(Field::RotationTime);
}

#[test]
fn goal_is_text_that_is_not_blank() {
    let most = "g".repeat(10_000);
    let wide = "\u{1f600}".repeat(5_000);
    for text in [
        "x",
        "web scraping",
        " padded ",
        "\u{feff}x",
        "парсинг",
        "\u{1f600}",
        "\0",
        "\u{200b}",
        "\"\\\u{2028}",
        "`",
        &most,
        &wide,
    ] {
        takes(Field::Goal, Value::Text(text), &json!(text));
    }
    for text in BLANK {
        refuses(Field::Goal, Value::Text(text), IssueCode::Malformed);
    }
    refuses(Field::Goal, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::Goal);
}

#[test]
fn country_is_three_capital_letters() {
    for text in ["USA", "DEU", "AAA", "ZZZ", "XKX"] {
        takes(Field::Country, Value::Text(text), &json!(text));
    }
    for text in [
        "",
        " ",
        "US",
        "USAA",
        "usa",
        "Usa",
        "USa",
        " USA",
        "USA ",
        "U A",
        "US1",
        "840",
        "ÄÖÜ",
        "É",
        "ÉA",
        "ＵＳＡ",
        "US\0",
        "US[",
        "US@",
        "USA\n",
    ] {
        refuses(Field::Country, Value::Text(text), IssueCode::Malformed);
    }
    refuses(Field::Country, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::Country);
}

#[test]
fn promo_code_is_text_or_none() {
    for text in ["SPRING", "a", " padded ", "скидка", "0", "null"] {
        takes(Field::PromoCode, Value::Text(text), &json!(text));
    }
    for none in BLANK.map(Value::Text).into_iter().chain([Value::Absent]) {
        everywhere(|order, proxy_type, auth_type| {
            let body = check(order, &with(form(proxy_type, auth_type), Field::PromoCode, none)).unwrap();
            assert_eq!(body.get("promoCode"), None, "{none:?}");
        });
    }
    refuses_what_is_no_text(Field::PromoCode);
}

#[test]
fn mobile_operator_is_text_that_is_not_blank() {
    for text in ["verizon", "T-Mobile US", "\u{1f4f1}"] {
        takes(Field::MobileOperator, Value::Text(text), &json!(text));
    }
    for text in BLANK {
        refuses(Field::MobileOperator, Value::Text(text), IssueCode::Malformed);
    }
    refuses(Field::MobileOperator, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::MobileOperator);
}

#[test]
fn protocol_is_one_of_two() {
    for text in ["HTTP", "SOCKS"] {
        takes(Field::Protocol, Value::Text(text), &json!(text));
    }
    for text in ["", " ", "http", "HTTPS", "SOCKS5", "socks", "HTTP ", "Socks"] {
        refuses(Field::Protocol, Value::Text(text), IssueCode::NotAllowed);
    }
    refuses(Field::Protocol, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::Protocol);
}

#[test]
fn auth_type_is_one_of_two() {
    for proxy_type in PROXY_TYPES {
        for auth_type in AUTH_TYPES {
            assert_eq!(check(true, &form(proxy_type, auth_type)).unwrap()["authType"], auth_type);
            assert_eq!(check(false, &form(proxy_type, auth_type)).unwrap().get("authType"), None);
        }
    }
    for text in ["", " ", "login", "Login", "ip", "IPv4", "LOGIN ", "PASSWORD"] {
        refuses(Field::AuthType, Value::Text(text), IssueCode::NotAllowed);
    }
    refuses(Field::AuthType, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::AuthType);
}

#[test]
fn auth_ip_is_an_address() {
    for text in [
        "203.0.113.7",
        "0.0.0.0",
        "255.255.255.255",
        "127.0.0.1",
        "::",
        "::1",
        "2001:db8::7",
        "2001:DB8::7",
        "2001:0db8:0000:0000:0000:0000:0000:0007",
        "::ffff:203.0.113.7",
        "1:2:3:4:5:6:7:8",
        "1::8",
    ] {
        takes(Field::AuthIp, Value::Text(text), &json!(text));
    }
    for text in [
        "",
        " ",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.7.8",
        "203.0.113.07",
        "0x7f.0.0.1",
        "2130706433",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.4/24",
        "1.2.3.4:80",
        "1.2.3.-4",
        "１.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "12345::",
        "::g",
        "[::1]",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::1/64",
        "localhost",
        "example.com",
        "1.2.3.4\n",
    ] {
        refuses(Field::AuthIp, Value::Text(text), IssueCode::Malformed);
    }
    refuses(Field::AuthIp, Value::Absent, IssueCode::Required);
    refuses_what_is_no_text(Field::AuthIp);
}

fn told(issues: &[Issue]) -> Vec<(String, IssueCode, &str)> {
    issues.iter().map(|issue| (issue.path.join("/"), issue.code, issue.message.as_str())).collect()
}

fn issue(path: &str, code: IssueCode, message: &'static str) -> (String, IssueCode, &'static str) {
    (path.to_owned(), code, message)
}

#[test]
fn an_empty_object_lacks_what_every_request_has() {
    use IssueCode::Required;
    let of_all = [
        issue("proxyType", Required, "Proxy type is required: IPv4, IPv6, MOBILE or ISP."),
        issue("quantity", Required, "Quantity is required: a whole number from 1 to 4294967295."),
        issue("rentPeriodDays", Required, "Rental period is required: a whole number of days from 1 to 4294967295."),
        issue("goal", Required, "Goal is required: text that is not blank."),
        issue("country", Required, "Country is required: three capital letters from A to Z, as in USA."),
    ];
    assert_eq!(told(&check(false, &vec![]).unwrap_err()), of_all);
    let mut of_order = of_all.to_vec();
    of_order.push(issue("authType", Required, "Authorization type is required: LOGIN or IP."));
    assert_eq!(told(&check(true, &vec![]).unwrap_err()), of_order);
}

#[test]
fn every_issue_is_told_at_once_and_in_order() {
    use IssueCode::{Malformed, NotAllowed, OutOfRange, Required, WrongType};
    let broken: Fields = vec![
        (Field::ProxyType, Value::Text("MOBILE")),
        (Field::Quantity, Value::Number(0.0)),
        (Field::RentPeriodDays, Value::Text("30")),
        (Field::Goal, Value::Text("\u{3000}")),
        (Field::Country, Value::Text("usa")),
        (Field::PromoCode, Value::LongText),
        (Field::MobileOperator, Value::BrokenText),
        (Field::Protocol, Value::Other),
        (Field::AuthType, Value::Text("IP")),
        (Field::AuthIp, Value::Text("localhost")),
    ];
    let expected = [
        issue("quantity", OutOfRange, "Quantity must be a whole number from 1 to 4294967295."),
        issue("rentPeriodDays", WrongType, "Rental period must be a whole number of days from 1 to 4294967295."),
        issue("goal", Malformed, "Goal must be text that is not blank."),
        issue("country", Malformed, "Country must be three capital letters from A to Z, as in USA."),
        issue("promoCode", OutOfRange, "Promo code must be at most 10000 characters long."),
        issue("rotationTime", Required, "Rotation time is required: a whole number from 0 to 4294967295."),
        issue("mobileOperator", Malformed, "Mobile operator must not contain half of a character."),
        issue(
            "authIp",
            Malformed,
            "Authorization IP must be an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7.",
        ),
    ];
    assert_eq!(told(&check(true, &broken).unwrap_err()), expected);
    assert_eq!(told(&check(false, &broken).unwrap_err()), expected[..7]);

    let ipv6 = with(with(broken, Field::ProxyType, Value::Text("IPv6")), Field::AuthType, Value::Text("ip"));
    let mut expected = expected[..5].to_vec();
    assert_eq!(told(&check(false, &ipv6).unwrap_err()), expected);
    expected.push(issue("protocol", WrongType, "Protocol must be HTTP or SOCKS."));
    expected.push(issue("authType", NotAllowed, "Authorization type must be LOGIN or IP."));
    assert_eq!(told(&check(true, &ipv6).unwrap_err()), expected);
}

/// Values that no field takes.
const NOT_A_TYPE: [Value; 7] = [
    Value::Absent,
    Value::Text("IPv5"),
    Value::LongText,
    Value::BrokenText,
    Value::Number(4.0),
    Value::Bool(true),
    Value::Other,
];

#[test]
fn what_depends_on_an_invalid_proxy_type_is_not_reported() {
    for order in FUNCTIONS {
        for proxy_type in NOT_A_TYPE {
            for dependent in [Value::Absent, Value::Other, Value::Text(""), Value::Number(-1.0)] {
                let mut fields = with(form("IPv4", "LOGIN"), Field::ProxyType, proxy_type);
                for field in [Field::RotationTime, Field::MobileOperator, Field::Protocol] {
                    fields = with(fields, field, dependent);
                }
                let issues = check(order, &fields).unwrap_err();
                assert_eq!(issues.len(), 1, "{issues:?}");
                assert_eq!(issues[0].path, ["proxyType"]);
            }
        }
    }
}

#[test]
fn what_depends_on_an_invalid_auth_type_is_not_reported() {
    for proxy_type in PROXY_TYPES {
        for auth_type in NOT_A_TYPE {
            for auth_ip in [Value::Absent, Value::Other, Value::Text("nowhere")] {
                let fields = with(form(proxy_type, "IP"), Field::AuthType, auth_type);
                let fields = with(fields, Field::AuthIp, auth_ip);
                let issues = check(true, &fields).unwrap_err();
                assert_eq!(issues.len(), 1, "{issues:?}");
                assert_eq!(issues[0].path, ["authType"]);
                assert!(check(false, &fields).is_ok());
            }
        }
    }
}

#[test]
fn what_depends_on_the_auth_type_is_reported_beside_an_invalid_proxy_type() {
    let fields = with(form("IPv5", "IP"), Field::AuthIp, Value::Absent);
    let issues = check(true, &fields).unwrap_err();
    assert_eq!(told(&issues).iter().map(|issue| issue.0.as_str()).collect::<Vec<_>>(), ["proxyType", "authIp"]);
}

#[test]
fn irrelevant_fields_are_neither_checked_nor_sent() {
    let junk = [
        Value::Absent,
        Value::Bool(true),
        Value::Number(f64::NAN),
        Value::Text(""),
        Value::Text("junk"),
        Value::LongText,
        Value::BrokenText,
        Value::Usable,
        Value::Other,
    ];
    everywhere(|order, proxy_type, auth_type| {
        let clean = check(order, &form(proxy_type, auth_type)).unwrap();
        for value in junk {
            let mut fields = form(proxy_type, auth_type);
            let others = Field::ALL.iter().filter(|field| !has(order, proxy_type, auth_type, **field));
            fields.extend(others.map(|field| (*field, value)));
            assert_eq!(check(order, &fields).unwrap(), clean, "{value:?}");
        }
    });
}

#[test]
fn what_is_no_object_is_one_issue() {
    let nothing = Draft::of_values(Vec::new());
    for order in FUNCTIONS {
        let issues = check_draft(order, &nothing).unwrap_err();
        assert_eq!(told(&issues), [issue("", IssueCode::WrongType, "The request must be an object.")]);
        assert!(issues[0].path.is_empty());
    }
}

/// Values are handed over in the order of the fields; the last ones may be missing.
#[test]
fn values_that_are_not_handed_over_are_absent() {
    for order in FUNCTIONS {
        let short = Draft::of_values(vec![Value::Text("IPv4"), Value::Number(1.0)]);
        let fields = vec![(Field::ProxyType, Value::Text("IPv4")), (Field::Quantity, Value::Number(1.0))];
        assert_eq!(check_draft(order, &short), check(order, &fields));
    }
}

fn wanted(proxy_type: &str) -> Json {
    json!({
        "proxyType": proxy_type,
        "quantity": 2,
        "rentPeriodDays": 30,
        "goal": "scraping",
        "country": "USA",
        "promoCode": "SPRING",
    })
}

fn and(mut body: Json, more: Json) -> Json {
    let Json::Object(more) = more else { panic!("no object") };
    body.as_object_mut().unwrap().extend(more);
    body
}

#[test]
fn the_body_of_a_calculation_is_the_documented_one() {
    for (proxy_type, more) in [
        ("IPv4", json!({})),
        ("IPv6", json!({})),
        ("MOBILE", json!({ "rotationTime": 5, "mobileOperator": "verizon" })),
        ("ISP", json!({})),
    ] {
        for auth_type in AUTH_TYPES {
            let body = check(false, &form(proxy_type, auth_type)).unwrap();
            assert_eq!(body, and(wanted(proxy_type), more.clone()));
        }
    }
}

#[test]
fn the_body_of_an_order_is_the_documented_one() {
    for (proxy_type, more) in [
        ("IPv4", json!({})),
        ("IPv6", json!({ "protocol": "SOCKS" })),
        ("MOBILE", json!({ "rotationTime": 5, "mobileOperator": "verizon" })),
        ("ISP", json!({})),
    ] {
        let body = check(true, &form(proxy_type, "LOGIN")).unwrap();
        assert_eq!(body, and(and(wanted(proxy_type), more.clone()), json!({ "authType": "LOGIN" })));
        let body = check(true, &form(proxy_type, "IP")).unwrap();
        assert_eq!(body, and(and(wanted(proxy_type), more), json!({ "authType": "IP", "authIp": "203.0.113.7" })));
    }
}

#[test]
fn a_body_without_a_promo_code_has_no_promo_code() {
    let fields = with(form("IPv4", "LOGIN"), Field::PromoCode, Value::Text(" "));
    let mut expected = and(wanted("IPv4"), json!({ "authType": "LOGIN" }));
    expected.as_object_mut().unwrap().remove("promoCode");
    assert_eq!(check(true, &fields).unwrap(), expected);
}

#[test]
fn numbers_are_written_as_whole_ones_and_texts_as_they_are() {
    let fields = with(form("IPv4", "LOGIN"), Field::Quantity, Value::Number(4_294_967_295.0));
    let fields = with(fields, Field::Goal, Value::Text("\"\\/\u{1f600}\n\u{2028}"));
    let text = serde_json::to_string(&CalculateRequest::check(&Draft::new(fields)).unwrap()).unwrap();
    assert!(text.contains(r#""quantity":4294967295"#), "{text}");
    assert!(text.contains(r#""rentPeriodDays":30"#), "{text}");
    assert!(text.contains("\"goal\":\"\\\"\\\\/\u{1f600}\\n\u{2028}\""), "{text}");
}

#[test]
fn the_calculation_of_an_order_is_the_same_without_what_orders_alone_say() {
    for proxy_type in PROXY_TYPES {
        for auth_type in AUTH_TYPES {
            for promo_code in ["SPRING", " "] {
                let fields = with(form(proxy_type, auth_type), Field::PromoCode, Value::Text(promo_code));
                let draft = Draft::new(fields);
                let order = OrderRequest::check(&draft).unwrap();
                let calculation = CalculateRequest::check(&draft).unwrap();
                assert_eq!(
                    serde_json::to_string(&order.calculation()).unwrap(),
                    serde_json::to_string(&calculation).unwrap()
                );
            }
        }
    }
}

fn unknown_field(name: &str) -> String {
    unknown(name, Field::WHOLE, Field::LIST)
}

fn unknown_option(name: &str) -> String {
    unknown(name, options::Name::WHOLE, options::Name::LIST)
}

#[test]
fn a_field_that_does_not_exist_names_its_likeness() {
    for (name, likeness) in [
        ("promocode", "promoCode"),
        ("promo_code", "promoCode"),
        ("promo-code", "promoCode"),
        ("PROMOCODE", "promoCode"),
        ("PromoCode", "promoCode"),
        ("promoCode ", "promoCode"),
        ("promoCod", "promoCode"),
        ("promCode", "promoCode"),
        ("promoKode", "promoCode"),
        ("prmooCode", "promoCode"),
        ("promo", "promoCode"),
        ("quantiy", "quantity"),
        ("quantitiy", "quantity"),
        ("Quantity", "quantity"),
        ("qauntity", "quantity"),
        ("proxytype", "proxyType"),
        ("proxy_type", "proxyType"),
        ("proxyTyp", "proxyType"),
        ("proxy", "proxyType"),
        ("rentPeriod", "rentPeriodDays"),
        ("rent_period_days", "rentPeriodDays"),
        ("rentPeriodDay", "rentPeriodDays"),
        ("days", "rentPeriodDays"),
        ("goals", "goal"),
        ("Goal", "goal"),
        ("contry", "country"),
        ("countryCode", "country"),
        ("coutnry", "country"),
        ("rotationtime", "rotationTime"),
        ("rotation", "rotationTime"),
        ("operator", "mobileOperator"),
        ("mobile_operator", "mobileOperator"),
        ("protocl", "protocol"),
        ("authtype", "authType"),
        ("auth_type", "authType"),
        ("auth_ip", "authIp"),
        ("authIP", "authIp"),
        ("AUTHIP", "authIp"),
    ] {
        let expected = format!("There is no {name} in the request. Did you mean {likeness}?");
        assert_eq!(unknown_field(name), expected);
    }
}

#[test]
fn an_option_that_does_not_exist_names_its_likeness() {
    for (name, likeness) in [
        ("maxprice", "maxPrice"),
        ("max_price", "maxPrice"),
        ("MaxPrice", "maxPrice"),
        ("price", "maxPrice"),
        ("maxPrize", "maxPrice"),
        ("timeout", "timeoutMs"),
        ("timeoutms", "timeoutMs"),
        ("timeOut", "timeoutMs"),
        ("retries", "maxRetries"),
        ("maxRetry", "maxRetries"),
        ("apikey", "apiKey"),
        ("api_key", "apiKey"),
        ("APIKEY", "apiKey"),
        ("apiKeys", "apiKey"),
        ("baseURL", "baseUrl"),
        ("baseurl", "baseUrl"),
        ("base", "baseUrl"),
        ("header", "headers"),
        ("singal", "signal"),
        ("credential", "credentials"),
        ("fetcher", "fetch"),
        ("insecure", "allowInsecure"),
        ("requirePromo", "requirePromoCode"),
        ("promoCode", "requirePromoCode"),
        ("allowDuplicates", "allowDuplicate"),
        ("duplicate", "allowDuplicate"),
        ("idempotency-key", "idempotencyKey"),
        ("idempotencykey", "idempotencyKey"),
        ("Idempotency", "idempotencyKey"),
    ] {
        let expected = format!("There is no {name} in the options. Did you mean {likeness}?");
        assert_eq!(unknown_option(name), expected);
    }
}

#[test]
fn a_name_that_resembles_nothing_names_no_likeness() {
    for name in ["x", "foo", "city", "comment", "customer", "поле", "\u{1f600}", "0", "length", "toJSON"] {
        assert_eq!(unknown_field(name), format!("There is no {name} in the request."));
        assert_eq!(unknown_option(name), format!("There is no {name} in the options."));
    }
}

#[test]
fn every_field_and_option_resembles_itself() {
    for field in Field::ALL {
        assert!(unknown_field(&field.name().to_uppercase()).ends_with(&format!("Did you mean {}?", field.name())));
    }
    for option in options::Name::ALL {
        assert!(unknown_option(&option.name().to_uppercase()).ends_with(&format!("Did you mean {}?", option.name())));
    }
}

#[test]
fn names_of_any_length_are_compared_quickly() {
    let long = "p".repeat(1_000_000);
    assert!(unknown_field(&long).starts_with("There is no pppp"));
}

#[test]
fn every_message_is_a_plain_sentence() {
    let mut messages = vec![unknown_field("foo"), unknown_field("promocode"), unknown_option("maxprice")];
    let bad = [Value::Absent, Value::Text(""), Value::Number(-1.0), Value::LongText, Value::BrokenText, Value::Other];
    everywhere(|order, proxy_type, auth_type| {
        for field in Field::ALL {
            for value in bad {
                let checked = check(order, &with(form(proxy_type, auth_type), *field, value));
                messages.extend(checked.err().into_iter().flatten().map(|issue| issue.message));
            }
        }
    });
    for message in messages {
        assert!(message.ends_with('.') || message.ends_with('?'), "{message}");
        assert!(message.starts_with(|first: char| first.is_ascii_uppercase()), "{message}");
        for odd in ["`", "::Field", "Some(", "None", "Err", "\"", "\n", "  ", "u32", "f64", ".."] {
            assert!(!message.contains(odd), "{message}");
        }
    }
}
