//! Every row of the table of fields: accepted values, edge cases and rejected values, for both endpoints and all four
//! proxy types.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::{Draft, Value};
use proxy_orders::endpoint::Endpoint;
use proxy_orders::issue::{Issue, IssueCode, unknown_name};
use proxy_orders::request::{Field, Violation};
use proxy_orders::rules::ViolationKind;
use support::{AUTH_TYPES, ENDPOINTS, PROXY_TYPES, empty, form, issues, validate, with};

/// Whether a request has a field.
fn has(endpoint: Endpoint, proxy_type: &str, auth_type: &str, field: Field) -> bool {
    let order = endpoint == Endpoint::Order;
    match field {
        Field::RotationTime | Field::MobileOperator => proxy_type == "MOBILE",
        Field::Protocol => order && proxy_type == "IPv6",
        Field::AuthType => order,
        Field::AuthIp => order && auth_type == "IP",
        _ => true,
    }
}

/// Runs a test for both endpoints, all proxy types and both authorization types.
fn everywhere(mut test: impl FnMut(Endpoint, &'static str, &'static str)) {
    for endpoint in ENDPOINTS {
        for proxy_type in PROXY_TYPES {
            for auth_type in AUTH_TYPES {
                test(endpoint, proxy_type, auth_type);
            }
        }
    }
}

fn name(field: Field) -> &'static str {
    field.name()
}

/// The field accepts the value and is sent in every request that has the field, and in no other.
fn accepts(field: Field, value: Value) {
    everywhere(|endpoint, proxy_type, auth_type| {
        let sent = validate(endpoint, &with(form(proxy_type, auth_type), field, value));
        let is_sent = sent.map(|names| names.contains(&name(field)));
        let expected = has(endpoint, proxy_type, auth_type, field);
        assert_eq!(is_sent, Ok(expected), "{field:?} {value:?} {proxy_type} {endpoint:?}");
    });
}

/// The field rejects the value in every request that has the field, with this one issue. Other requests ignore it.
fn rejects(field: Field, value: Value, code: IssueCode) {
    everywhere(|endpoint, proxy_type, auth_type| {
        let draft = with(form(proxy_type, auth_type), field, value);
        if has(endpoint, proxy_type, auth_type, field) {
            let issues = issues(endpoint, &draft);
            let expected = (name(field), code, sentence(field, value));
            let found: Vec<_> =
                issues.iter().map(|issue| (issue.path[0].name(), issue.code, issue.message.to_owned())).collect();
            assert_eq!(found, [expected], "{field:?} {value:?} {proxy_type} {endpoint:?}");
        } else {
            let sent = validate(endpoint, &draft).map(|names| names.contains(&name(field)));
            assert_eq!(sent, Ok(false), "{field:?} {value:?} {proxy_type} {endpoint:?}");
        }
    });
}

/// The name of a field for customers, and what it must be.
fn words(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::ProxyType => ("Proxy type", "IPv4, IPv6, MOBILE or ISP"),
        Field::Quantity => ("Quantity", "a whole number, 1 or more"),
        Field::RentPeriodDays => ("Rental period", "a whole number of days, 1 or more"),
        Field::Goal => ("Goal", "text that is not blank"),
        Field::Country => ("Country", "a code of three capital letters, such as USA"),
        Field::PromoCode => ("Promo code", "text"),
        Field::RotationTime => ("Rotation time", "a whole number, 0 or more"),
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
        Value::Number(number) if is_number(field) && number > 4_294_967_295.0 && number.is_finite() => {
            format!("{label} must be at most 4294967295.")
        }
        Value::TextTooLong if !is_number(field) => format!("{label} must be at most 10000 characters long."),
        Value::InvalidText if !is_number(field) => format!("{label} contains an invalid character."),
        _ => format!("{label} must be {allowed}."),
    }
}

/// Every field with text rejects values of other types, and text that is too long or invalid.
fn rejects_all_but_text(field: Field) {
    for value in [
        Value::Bool(true),
        Value::Bool(false),
        Value::Number(0.0),
        Value::Number(1.0),
        Value::Number(f64::NAN),
        Value::Number(f64::INFINITY),
        Value::List,
        Value::Object,
        Value::Other,
    ] {
        rejects(field, value, IssueCode::WrongType);
    }
    rejects(field, Value::TextTooLong, IssueCode::OutOfRange);
    rejects(field, Value::InvalidText, IssueCode::Malformed);
}

/// Every field with a whole number rejects values of other types, and numbers that are not whole or out of range.
fn rejects_all_but_whole_numbers(field: Field) {
    for value in [
        Value::Bool(true),
        Value::Bool(false),
        Value::Text(""),
        Value::Text("1"),
        Value::TextTooLong,
        Value::InvalidText,
        Value::List,
        Value::Object,
        Value::Other,
    ] {
        rejects(field, value, IssueCode::WrongType);
    }
    let not_whole =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, -0.5, 0.1, 1.000_000_1, f64::MIN_POSITIVE, 5e-324];
    for number in not_whole {
        rejects(field, Value::Number(number), IssueCode::WrongType);
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
        rejects(field, Value::Number(number), IssueCode::OutOfRange);
    }
}

/// Text without a visible character.
const BLANK: [&str; 26] = [
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
    "\0",
    "\u{1b}\u{7f}\u{9f}",
    "\u{200b}",
    "\u{200c}\u{200d}\u{200e}\u{200f}",
    "\u{2060}\u{2064}\u{206f}",
    "\u{ad}",
    "\u{34f}\u{61c}\u{17b4}\u{180b}\u{180e}",
    "\u{115f}\u{1160}\u{3164}\u{ffa0}",
    "\u{2800}",
    "\u{202a}\u{202e}\u{fe00}\u{fe0f}\u{fff9}\u{fffb}",
    "\u{e0001}\u{e0020}\u{e007f}\u{e01ef}",
    " \u{200b}\t\u{2800}",
];

#[test]
fn proxy_type_is_one_of_four() {
    for proxy_type in PROXY_TYPES {
        accepts(Field::ProxyType, Value::Text(proxy_type));
    }
    let not_types = ["", " ", "ipv4", "IPV4", "IPv4 ", " IPv4", "IPv5", "Mobile", "mobile", "isp", "IPv4\0", "ＩＳＰ"];
    for text in not_types {
        rejects(Field::ProxyType, Value::Text(text), IssueCode::NotAllowed);
    }
    rejects(Field::ProxyType, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::ProxyType);
}

#[test]
fn quantity_is_whole_and_at_least_one() {
    for number in [1.0, 2.0, 1000.0, 4_294_967_294.0, 4_294_967_295.0] {
        accepts(Field::Quantity, Value::Number(number));
    }
    rejects(Field::Quantity, Value::Number(0.0), IssueCode::OutOfRange);
    rejects(Field::Quantity, Value::Number(-0.0), IssueCode::OutOfRange);
    rejects(Field::Quantity, Value::Absent, IssueCode::Required);
    rejects_all_but_whole_numbers(Field::Quantity);
}

#[test]
fn rent_period_is_whole_and_at_least_one() {
    for number in [1.0, 30.0, 31.0, 360.0, 4_294_967_295.0] {
        accepts(Field::RentPeriodDays, Value::Number(number));
    }
    rejects(Field::RentPeriodDays, Value::Number(0.0), IssueCode::OutOfRange);
    rejects(Field::RentPeriodDays, Value::Number(-0.0), IssueCode::OutOfRange);
    rejects(Field::RentPeriodDays, Value::Absent, IssueCode::Required);
    rejects_all_but_whole_numbers(Field::RentPeriodDays);
}

#[test]
fn rotation_time_is_whole_and_may_be_zero() {
    for number in [0.0, -0.0, 1.0, 300.0, 4_294_967_295.0] {
        accepts(Field::RotationTime, Value::Number(number));
    }
    rejects(Field::RotationTime, Value::Absent, IssueCode::Required);
    rejects_all_but_whole_numbers(Field::RotationTime);
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
        "\u{200b}x\u{2800}",
        "\u{301}",
        "\u{2801}",
        "\u{e000}",
        "\"\\\u{2028}",
        "`",
        &most,
        &wide,
    ] {
        accepts(Field::Goal, Value::Text(text));
    }
    for text in BLANK {
        rejects(Field::Goal, Value::Text(text), IssueCode::Malformed);
    }
    rejects(Field::Goal, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::Goal);
}

#[test]
fn country_is_three_capital_letters() {
    for text in ["USA", "DEU", "AAA", "ZZZ", "XKX"] {
        accepts(Field::Country, Value::Text(text));
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
        rejects(Field::Country, Value::Text(text), IssueCode::Malformed);
    }
    rejects(Field::Country, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::Country);
}

#[test]
fn promo_code_is_text_and_a_blank_one_is_not_sent() {
    for text in ["SPRING", "a", " padded ", "скидка", "0", "null"] {
        accepts(Field::PromoCode, Value::Text(text));
    }
    for none in BLANK.map(Value::Text).into_iter().chain([Value::Absent]) {
        everywhere(|endpoint, proxy_type, auth_type| {
            let mut expected = validate(endpoint, &form(proxy_type, auth_type)).unwrap();
            expected.retain(|name| *name != "promoCode");
            let draft = with(form(proxy_type, auth_type), Field::PromoCode, none);
            assert_eq!(validate(endpoint, &draft), Ok(expected), "{none:?}");
        });
    }
    rejects_all_but_text(Field::PromoCode);
}

#[test]
fn mobile_operator_is_text_that_is_not_blank() {
    for text in ["verizon", "T-Mobile US", "\u{1f4f1}"] {
        accepts(Field::MobileOperator, Value::Text(text));
    }
    for text in BLANK {
        rejects(Field::MobileOperator, Value::Text(text), IssueCode::Malformed);
    }
    rejects(Field::MobileOperator, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::MobileOperator);
}

#[test]
fn protocol_is_one_of_two() {
    for text in ["HTTP", "SOCKS"] {
        accepts(Field::Protocol, Value::Text(text));
    }
    for text in ["", " ", "http", "HTTPS", "SOCKS5", "socks", "HTTP ", "Socks"] {
        rejects(Field::Protocol, Value::Text(text), IssueCode::NotAllowed);
    }
    rejects(Field::Protocol, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::Protocol);
}

#[test]
fn auth_type_is_one_of_two() {
    for auth_type in AUTH_TYPES {
        for proxy_type in PROXY_TYPES {
            let draft = form(proxy_type, auth_type);
            assert!(validate(Endpoint::Order, &draft).unwrap().contains(&"authType"));
            assert!(!validate(Endpoint::Calculate, &draft).unwrap().contains(&"authType"));
        }
    }
    for text in ["", " ", "login", "Login", "ip", "IPv4", "LOGIN ", "PASSWORD"] {
        rejects(Field::AuthType, Value::Text(text), IssueCode::NotAllowed);
    }
    rejects(Field::AuthType, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::AuthType);
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
        accepts(Field::AuthIp, Value::Text(text));
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
        rejects(Field::AuthIp, Value::Text(text), IssueCode::Malformed);
    }
    rejects(Field::AuthIp, Value::Absent, IssueCode::Required);
    rejects_all_but_text(Field::AuthIp);
}

fn briefly(issues: &[Issue]) -> Vec<(&'static str, IssueCode, &'static str)> {
    issues.iter().map(|issue| (issue.path[0].name(), issue.code, issue.message)).collect()
}

#[test]
fn an_empty_object_lacks_the_fields_that_every_request_has() {
    use IssueCode::Required;
    let expected = [
        ("proxyType", Required, "Proxy type is required: IPv4, IPv6, MOBILE or ISP."),
        ("quantity", Required, "Quantity is required: a whole number, 1 or more."),
        ("rentPeriodDays", Required, "Rental period is required: a whole number of days, 1 or more."),
        ("goal", Required, "Goal is required: text that is not blank."),
        ("country", Required, "Country is required: a code of three capital letters, such as USA."),
        ("authType", Required, "Authorization type is required: LOGIN or IP."),
    ];
    assert_eq!(briefly(&issues(Endpoint::Calculate, &empty())), expected[..5]);
    assert_eq!(briefly(&issues(Endpoint::Order, &empty())), expected);
}

#[test]
fn every_issue_is_reported_at_once_and_in_order() {
    use IssueCode::{Malformed, NotAllowed, OutOfRange, Required, WrongType};
    let draft = Draft(vec![
        Value::Text("MOBILE"),
        Value::Number(0.0),
        Value::Text("30"),
        Value::Text("\u{3000}"),
        Value::Text("usa"),
        Value::TextTooLong,
        Value::Absent,
        Value::InvalidText,
        Value::Other,
        Value::Text("IP"),
        Value::Text("localhost"),
    ]);
    let expected = [
        ("quantity", OutOfRange, "Quantity must be a whole number, 1 or more."),
        ("rentPeriodDays", WrongType, "Rental period must be a whole number of days, 1 or more."),
        ("goal", Malformed, "Goal must be text that is not blank."),
        ("country", Malformed, "Country must be a code of three capital letters, such as USA."),
        ("promoCode", OutOfRange, "Promo code must be at most 10000 characters long."),
        ("rotationTime", Required, "Rotation time is required: a whole number, 0 or more."),
        ("mobileOperator", Malformed, "Mobile operator contains an invalid character."),
        ("authIp", Malformed, "Authorization IP must be an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7."),
    ];
    assert_eq!(briefly(&issues(Endpoint::Order, &draft)), expected);
    assert_eq!(briefly(&issues(Endpoint::Calculate, &draft)), expected[..7]);

    let ipv6 = with(with(draft, Field::ProxyType, Value::Text("IPv6")), Field::AuthType, Value::Text("ip"));
    let mut expected = expected[..5].to_vec();
    assert_eq!(briefly(&issues(Endpoint::Calculate, &ipv6)), expected);
    expected.push(("protocol", WrongType, "Protocol must be HTTP or SOCKS."));
    expected.push(("authType", NotAllowed, "Authorization type must be LOGIN or IP."));
    assert_eq!(briefly(&issues(Endpoint::Order, &ipv6)), expected);
}

/// Values that neither `proxyType` nor `authType` accepts, and why.
const NOT_A_TYPE: [(Value, ViolationKind); 9] = [
    (Value::Absent, ViolationKind::Required),
    (Value::Text("IPv5"), ViolationKind::NotAllowed),
    (Value::TextTooLong, ViolationKind::TooLarge),
    (Value::InvalidText, ViolationKind::InvalidText),
    (Value::Number(4.0), ViolationKind::WrongType),
    (Value::Bool(true), ViolationKind::WrongType),
    (Value::List, ViolationKind::WrongType),
    (Value::Object, ViolationKind::WrongType),
    (Value::Other, ViolationKind::WrongType),
];

#[test]
fn fields_that_depend_on_an_invalid_proxy_type_are_not_checked() {
    for endpoint in ENDPOINTS {
        for (proxy_type, kind) in NOT_A_TYPE {
            for dependent in [Value::Absent, Value::Other, Value::Text(""), Value::Number(-1.0)] {
                let mut draft = with(form("IPv4", "LOGIN"), Field::ProxyType, proxy_type);
                for field in [Field::RotationTime, Field::MobileOperator, Field::Protocol] {
                    draft = with(draft, field, dependent);
                }
                assert_eq!(validate(endpoint, &draft), Err(vec![Violation { field: Field::ProxyType, kind }]));
            }
        }
    }
}

#[test]
fn fields_that_depend_on_an_invalid_auth_type_are_not_checked() {
    for proxy_type in PROXY_TYPES {
        for (auth_type, kind) in NOT_A_TYPE {
            for auth_ip in [Value::Absent, Value::Other, Value::Text("nowhere")] {
                let draft = with(form(proxy_type, "IP"), Field::AuthType, auth_type);
                let draft = with(draft, Field::AuthIp, auth_ip);
                assert_eq!(validate(Endpoint::Order, &draft), Err(vec![Violation { field: Field::AuthType, kind }]));
                assert!(validate(Endpoint::Calculate, &draft).is_ok());
            }
        }
    }
}

#[test]
fn fields_that_depend_on_the_auth_type_are_checked_with_an_invalid_proxy_type() {
    let draft = with(form("IPv5", "IP"), Field::AuthIp, Value::Absent);
    let expected = [
        Violation { field: Field::ProxyType, kind: ViolationKind::NotAllowed },
        Violation { field: Field::AuthIp, kind: ViolationKind::Required },
    ];
    assert_eq!(validate(Endpoint::Order, &draft), Err(expected.to_vec()));
}

#[test]
fn fields_of_other_requests_are_neither_checked_nor_sent() {
    let junk = [
        Value::Absent,
        Value::Bool(true),
        Value::Number(f64::NAN),
        Value::Text(""),
        Value::Text("junk"),
        Value::TextTooLong,
        Value::InvalidText,
        Value::List,
        Value::Object,
        Value::Other,
    ];
    everywhere(|endpoint, proxy_type, auth_type| {
        let (own, others): (Vec<Field>, Vec<Field>) =
            Field::ALL.iter().partition(|field| has(endpoint, proxy_type, auth_type, **field));
        let expected = Ok(own.into_iter().map(name).collect());
        for value in junk {
            let draft = others.iter().fold(form(proxy_type, auth_type), |draft, field| with(draft, *field, value));
            assert_eq!(validate(endpoint, &draft), expected, "{value:?}");
        }
    });
}

#[test]
fn missing_values_at_the_end_are_absent() {
    for endpoint in ENDPOINTS {
        for count in 0..Field::ALL.len() {
            let short = Draft(form("MOBILE", "IP").0[..count].to_vec());
            let mut whole = short.clone();
            whole.0.resize(Field::ALL.len(), Value::Absent);
            assert_eq!(validate(endpoint, &short), validate(endpoint, &whole), "{count} values");
        }
    }
}

#[test]
fn exactly_the_documented_fields_are_sent() {
    let wanted = ["proxyType", "quantity", "rentPeriodDays", "goal", "country", "promoCode"];
    for (proxy_type, of_calculation, of_order) in [
        ("IPv4", &[][..], &[][..]),
        ("IPv6", &[], &["protocol"]),
        ("MOBILE", &["rotationTime", "mobileOperator"], &["rotationTime", "mobileOperator"]),
        ("ISP", &[], &[]),
    ] {
        for (auth_type, of_auth) in [("LOGIN", &["authType"][..]), ("IP", &["authType", "authIp"])] {
            let draft = form(proxy_type, auth_type);
            assert_eq!(validate(Endpoint::Calculate, &draft), Ok([&wanted, of_calculation].concat()));
            assert_eq!(validate(Endpoint::Order, &draft), Ok([&wanted, of_order, of_auth].concat()));
        }
    }
}

/// An order with a guard is calculated first, from the same draft.
#[test]
fn the_calculation_of_an_order_has_its_fields_except_those_of_orders_alone() {
    let order_fields = ["protocol", "authType", "authIp"];
    for proxy_type in PROXY_TYPES {
        for auth_type in AUTH_TYPES {
            for promo_code in [Value::Text("SPRING"), Value::Text(" "), Value::Absent] {
                let draft = with(form(proxy_type, auth_type), Field::PromoCode, promo_code);
                let mut order = validate(Endpoint::Order, &draft).unwrap();
                order.retain(|name| !order_fields.contains(name));
                assert_eq!(validate(Endpoint::Calculate, &draft), Ok(order));
            }
        }
    }
}

/// The sentence about an unknown field.
fn unknown_field(name: &str) -> String {
    let known: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    unknown_name("field", name, &known.join(" "))
}

#[test]
fn an_unknown_field_is_reported_with_the_most_similar_one() {
    for (name, similar) in [
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
        let expected = format!("Unknown field \"{name}\". Did you mean {similar}?");
        assert_eq!(unknown_field(name), expected);
    }
}

#[test]
fn an_unknown_field_that_is_similar_to_none_is_reported_alone() {
    for name in ["x", "foo", "city", "comment", "customer", "поле", "\u{1f600}", "0", "length", "toJSON", ""] {
        assert_eq!(unknown_field(name), format!("Unknown field \"{name}\"."));
    }
}

#[test]
fn every_field_is_the_most_similar_one_to_its_name_in_capitals() {
    for name in Field::ALL.iter().map(|field| name(*field)) {
        let message = unknown_field(&name.to_uppercase());
        assert_eq!(message, format!("Unknown field \"{}\". Did you mean {name}?", name.to_uppercase()));
    }
}

#[test]
fn a_long_name_is_compared_quickly() {
    for letter in ["x", "p", "\u{1f600}"] {
        let long = letter.repeat(1_000_000);
        assert_eq!(unknown_field(&long), format!("Unknown field \"{long}\"."));
    }
}

#[test]
fn every_message_is_a_plain_sentence() {
    let mut messages = vec![unknown_field("foo"), unknown_field("promocode")];
    let wrong =
        [Value::Absent, Value::Text(""), Value::Number(-1.0), Value::TextTooLong, Value::InvalidText, Value::Other];
    everywhere(|endpoint, proxy_type, auth_type| {
        for field in Field::ALL {
            for value in wrong {
                let issues = issues(endpoint, &with(form(proxy_type, auth_type), *field, value));
                messages.extend(issues.into_iter().map(|issue| issue.message.to_owned()));
            }
        }
    });
    assert!(messages.len() > 400, "{}", messages.len());
    for message in messages {
        assert!(message.ends_with('.') || message.ends_with('?'), "{message}");
        assert!(message.starts_with(|first: char| first.is_ascii_uppercase()), "{message}");
        for technical in ["`", "::Field", "Some(", "None", "Err", "\n", "  ", "u32", "f64", ".."] {
            assert!(!message.contains(technical), "{message}");
        }
    }
}
