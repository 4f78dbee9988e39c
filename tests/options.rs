//! Every option: good values, edges and bad ones; and where the base URL may lead.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use proxy_orders::draft::{Draft, Name as _, Value};
use proxy_orders::issue::{Fault, Issue, IssueCode};
use proxy_orders::options::{Base, Name, judge};
use url::Url;

const PAGE: &str = "https://shop.example";

/// What an engine makes of a base URL on a page of this origin; the empty one has none.
fn parse(raw: &str, origin: &str) -> (String, bool) {
    let page = Url::parse(origin).ok();
    let href = Url::options().base_url(page.as_ref()).parse(raw).map_or_else(|_| String::new(), String::from);
    let own_origin = !origin.is_empty() && format!("{href}/").starts_with(&format!("{origin}/"));
    (href, own_origin)
}

fn faults(values: &[(Name, Value)], order: bool, raw: &str, origin: &str) -> Vec<(Name, Fault)> {
    let (href, own_origin) = parse(raw, origin);
    let draft = Draft::new(values.iter().copied());
    judge(&draft, order, Base { href: &href, own_origin })
}

/// Whether a base URL is taken by a page of this origin. It is the only thing that could be refused.
fn takes(raw: &str, origin: &str, allow_insecure: bool) -> bool {
    let mut values = vec![(Name::BaseUrl, Value::Text(raw)), (Name::ApiKey, Value::Text("key"))];
    if allow_insecure {
        values.push((Name::AllowInsecure, Value::Bool(true)));
    }
    let verdicts = [true, false].map(|order| faults(&values, order, raw, origin));
    assert_eq!(verdicts[0], verdicts[1]);
    assert!(verdicts[0].is_empty() || verdicts[0] == [(Name::BaseUrl, Fault::Malformed)], "{verdicts:?}");
    verdicts[0].is_empty()
}

#[test]
fn https_leads_anywhere() {
    for raw in [
        "https://youproxy.io",
        "https://youproxy.io/",
        "https://youproxy.io//",
        "https://youproxy.io:8443",
        "https://youproxy.io/a/b",
        "https://youproxy.io/a/b/",
        "https://youproxy.io/a%20b",
        "https://youproxy.io/user@place",
        "https://youproxy.io/a/../b",
        "HTTPS://YOUPROXY.IO",
        "Https://youproxy.io",
        "https://[::1]",
        "https://[2001:db8::7]:8443/x",
        "https://203.0.113.7",
        "https://localhost.",
        "https://пример.example",
        "https://xn--e1afmkfd.example",
    ] {
        for origin in [PAGE, "http://shop.example", ""] {
            for allow_insecure in [false, true] {
                assert!(takes(raw, origin, allow_insecure), "{raw} on {origin}");
            }
        }
    }
}

#[test]
fn a_path_leads_to_the_origin_of_the_page() {
    for raw in ["/", "/api", "/api/", "/a/b/c", "/api//", "/a%2Fb", "/a/..", "/@", "/:80", "/https://x", "/é"] {
        assert!(takes(raw, PAGE, false), "{raw}");
        assert!(takes(raw, "http://shop.example", false), "{raw}");
        assert!(takes(raw, "http://127.0.0.1:4173", false), "{raw}");
        assert!(!takes(raw, "", false), "{raw} leads nowhere without a page");
        assert!(!takes(raw, "", true), "{raw} leads nowhere without a page");
    }
}

/// Names of this machine, as one may write them.
const LOOPBACK: [&str; 15] = [
    "http://localhost",
    "http://localhost:4173",
    "http://localhost/api",
    "http://LOCALHOST:80/",
    "http://api.localhost",
    "http://a.b.localhost:8080/api",
    "http://127.0.0.1",
    "http://127.0.0.1:65535/api/",
    "http://127.1",
    "http://127.255.255.254",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://[::1]",
    "http://[::1]:8080/api",
    "HTTP://[0:0:0:0:0:0:0:1]/",
];

/// Other machines, some of them disguised.
const ELSEWHERE: [&str; 24] = [
    "http://youproxy.io",
    "http://youproxy.io:443",
    "HTTP://YOUPROXY.IO",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://localhost.example:80",
    "http://evillocalhost",
    "http://evil-localhost:80",
    "http://127.evil.example",
    "http://127a.0.0.1",
    "http://128.0.0.1",
    "http://126.255.255.255",
    "http://12.7.0.0.1.example",
    "http://1.127.0.0",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://192.168.0.1",
    "http://[::2]",
    "http://[::]",
    "http://[::1:1]",
    "http://[1::1]:80",
    "http://[2001:db8::127.0.0.1]",
    "http://evil.example/localhost",
    "http://evil.example:127/127.0.0.1",
];

#[test]
fn http_leads_to_loopback() {
    for raw in LOOPBACK {
        for origin in [PAGE, "http://shop.example", ""] {
            assert!(takes(raw, origin, false), "{raw} on {origin}");
        }
    }
}

#[test]
fn http_leads_elsewhere_only_when_that_is_allowed() {
    for raw in ELSEWHERE {
        for origin in [PAGE, "http://shop.example", ""] {
            assert!(!takes(raw, origin, false), "{raw} on {origin}");
        }
    }
    for raw in ELSEWHERE.into_iter().filter(|raw| !parse(raw, "").0.is_empty()) {
        assert!(takes(raw, PAGE, true), "{raw}");
    }
}

#[test]
fn http_leads_to_the_origin_of_the_page() {
    for raw in ["http://shop.example", "http://shop.example/", "http://shop.example/api", "HTTP://Shop.Example:80/api"]
    {
        assert!(takes(raw, "http://shop.example", false), "{raw}");
        assert!(!takes(raw, PAGE, false), "{raw}: another scheme is another origin");
        assert!(!takes(raw, "http://shop.example:8080", false), "{raw}: another port is another origin");
    }
    for raw in [
        "http://shop.example:8080",
        "http://shop.example.evil.example",
        "http://www.shop.example",
        "http://shop.examples",
    ] {
        assert!(!takes(raw, "http://shop.example", false), "{raw}");
    }
}

#[test]
fn allow_insecure_must_be_true() {
    for value in [Value::Absent, Value::Bool(false)] {
        let raw = "http://youproxy.io";
        let values =
            [(Name::BaseUrl, Value::Text(raw)), (Name::ApiKey, Value::Text("key")), (Name::AllowInsecure, value)];
        assert_eq!(faults(&values, true, raw, PAGE), [(Name::BaseUrl, Fault::Malformed)]);
    }
}

#[test]
fn what_is_no_such_address_is_refused() {
    for raw in [
        "",
        " ",
        ".",
        "..",
        "api",
        "./api",
        "../api",
        "?",
        "#",
        "youproxy.io",
        "youproxy.io/api",
        "localhost:4173",
        "127.0.0.1",
        // An address of another host without a scheme.
        "//youproxy.io",
        "///youproxy.io",
        "//localhost",
        "/\\youproxy.io",
        "\\\\youproxy.io",
        "\\api",
        "/api\\x",
        "https:\\\\youproxy.io",
        "https://youproxy.io\\@evil.example",
        "http:\\\\localhost",
        // Half an address.
        "https:",
        "https:/",
        "https://",
        "https:youproxy.io",
        "https:/youproxy.io",
        "http:",
        "http://",
        "http:localhost",
        "http:/localhost",
        "https://:80",
        "https://youproxy.io:port",
        "https://youproxy.io:65536",
        "https://[::1",
        "https://exa mple",
        "https://a..b%00",
        "https://%zz",
        // Credentials.
        "https://user@youproxy.io",
        "https://user:password@youproxy.io",
        "https://:password@youproxy.io",
        "http://user@localhost",
        "http://localhost@evil.example",
        "https://a%40b@youproxy.io",
        // A query or a fragment, were it an empty one.
        "https://youproxy.io?",
        "https://youproxy.io?a=b",
        "https://youproxy.io/?",
        "https://youproxy.io/a?b",
        "/api?",
        "/api?a=b",
        "https://youproxy.io#",
        "https://youproxy.io/#",
        "https://youproxy.io/#a",
        "/api#",
        "/api#a",
        "/?#",
        "http://evil.example#@localhost",
        "http://localhost?",
        "http://evil.example?.localhost",
        // What the engine would drop in silence.
        " https://youproxy.io",
        "https://youproxy.io ",
        "https://youproxy.io/a b",
        "https://you\tproxy.io",
        "https://youproxy.io\n",
        "ht\ntps://youproxy.io",
        "\u{0}https://youproxy.io",
        "/api\u{7f}",
        "/\t/youproxy.io",
        "/\n/youproxy.io",
        " /api",
        "/api ",
        "/a b",
        "\u{feff}https://youproxy.io",
        "\u{a0}/api",
        "https://youproxy.io/\u{1f}",
        // Other schemes.
        "ftp://youproxy.io",
        "ws://localhost",
        "wss://youproxy.io",
        "file:///etc",
        "file://localhost/api",
        "javascript:alert(1)",
        "javascript://youproxy.io/%0aalert(1)",
        "data:text/plain,x",
        "blob:https://shop.example/1",
        "about:blank",
        "mailto:a@b.example",
        "httpss://youproxy.io",
        "xhttps://youproxy.io",
        "https//youproxy.io",
        "http+unix://localhost",
    ] {
        for allow_insecure in [false, true] {
            assert!(!takes(raw, PAGE, allow_insecure), "{raw:?}");
            assert!(!takes(raw, "", allow_insecure), "{raw:?} without a page");
        }
    }
}

#[test]
fn a_base_url_that_the_engine_cannot_read_is_refused_whatever_it_looks_like() {
    for raw in ["https://youproxy.io", "http://localhost", "/api"] {
        for base in [Base::default(), Base { href: "", own_origin: true }, Base { href: "x", own_origin: true }] {
            let draft = Draft::new([(Name::BaseUrl, Value::Text(raw)), (Name::ApiKey, Value::Text("key"))]);
            assert_eq!(judge(&draft, true, base), [(Name::BaseUrl, Fault::Malformed)], "{raw} {base:?}");
        }
    }
}

#[test]
fn a_path_on_an_insecure_page_leads_nowhere_else() {
    let values = [(Name::BaseUrl, Value::Text("/api")), (Name::ApiKey, Value::Text("key"))];
    let base = Base { href: "http://evil.example/api", own_origin: false };
    assert_eq!(judge(&Draft::new(values), true, base), [(Name::BaseUrl, Fault::Malformed)]);
}

/// The faults of options of an order that are in order but for one value.
fn faults_with(order: bool, name: Name, value: Value) -> Vec<(Name, Fault)> {
    let values = [(Name::BaseUrl, Value::Text("/api")), (Name::ApiKey, Value::Text("key")), (name, value)];
    let base = if name == Name::BaseUrl {
        Base::default()
    } else {
        Base { href: "https://shop.example/api", own_origin: true }
    };
    judge(&Draft::new(values), order, base)
}

fn accepts(name: Name, values: &[Value]) {
    for value in values {
        for order in [true, false] {
            assert_eq!(faults_with(order, name, *value), [], "{name:?} {value:?}");
        }
    }
}

/// Refused by `order`, and by `calculate` unless the option is of orders alone.
fn refuses(name: Name, fault: Fault, values: &[Value]) {
    let of_orders =
        [Name::MaxPrice, Name::RequirePromoCode, Name::AllowDuplicate, Name::IdempotencyKey].contains(&name);
    for value in values {
        assert_eq!(faults_with(true, name, *value), [(name, fault)], "{name:?} {value:?}");
        let expected = if of_orders { vec![] } else { vec![(name, fault)] };
        assert_eq!(faults_with(false, name, *value), expected, "{name:?} {value:?}");
    }
}

const NO_TEXT: [Value; 6] =
    [Value::Bool(true), Value::Bool(false), Value::Number(1.0), Value::Number(f64::NAN), Value::Usable, Value::Other];
const NO_NUMBER: [Value; 7] = [
    Value::Bool(true),
    Value::Bool(false),
    Value::Text("1"),
    Value::LongText,
    Value::BrokenText,
    Value::Usable,
    Value::Other,
];

#[test]
fn base_url_and_key_are_required_and_nothing_else_is() {
    for order in [true, false] {
        let draft = Draft::new([]);
        let mut faults = judge(&draft, order, Base::default());
        faults.sort_by_key(|(name, _)| name.place());
        assert_eq!(faults, [(Name::BaseUrl, Fault::Required), (Name::ApiKey, Fault::Required)]);
    }
}

#[test]
fn base_url_is_text() {
    refuses(Name::BaseUrl, Fault::WrongType, &NO_TEXT);
    refuses(Name::BaseUrl, Fault::TooLong, &[Value::LongText]);
    refuses(Name::BaseUrl, Fault::BrokenText, &[Value::BrokenText]);
    refuses(Name::BaseUrl, Fault::Required, &[Value::Absent]);
}

#[test]
fn the_key_can_stand_as_one_segment_of_a_path() {
    let keys = [
        "demo-key",
        "self",
        "a",
        "...",
        "....",
        ". ",
        " .",
        "%2e",
        "%2E%2E",
        "..%2f",
        "../x",
        "a/b",
        "/",
        "\\",
        "a?b",
        "a#b",
        "\0",
        "\n",
        " ",
        "ключ",
        "\u{1f600}",
        "{apiKey}",
        "\u{feff}",
    ];
    accepts(Name::ApiKey, &keys.map(Value::Text));
    refuses(Name::ApiKey, Fault::Malformed, &[Value::Text(""), Value::Text("."), Value::Text("..")]);
    refuses(Name::ApiKey, Fault::WrongType, &NO_TEXT);
    refuses(Name::ApiKey, Fault::TooLong, &[Value::LongText]);
    refuses(Name::ApiKey, Fault::BrokenText, &[Value::BrokenText]);
    refuses(Name::ApiKey, Fault::Required, &[Value::Absent]);
}

#[test]
fn the_timeout_is_above_zero_and_fits_a_timer() {
    let numbers = [f64::MIN_POSITIVE, 0.5, 1.0, 30_000.0, 2_147_483_646.5, 2_147_483_647.0];
    accepts(Name::TimeoutMs, &numbers.map(Value::Number));
    accepts(Name::TimeoutMs, &[Value::Absent]);
    let numbers = [0.0, -0.0, -1.0, 2_147_483_647.5, 2_147_483_648.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    refuses(Name::TimeoutMs, Fault::OutOfRange, &numbers.map(Value::Number));
    refuses(Name::TimeoutMs, Fault::WrongType, &NO_NUMBER);
}

#[test]
fn retries_are_a_whole_number_up_to_ten() {
    accepts(Name::MaxRetries, &[0.0, -0.0, 1.0, 2.0, 9.0, 10.0].map(Value::Number));
    accepts(Name::MaxRetries, &[Value::Absent]);
    refuses(Name::MaxRetries, Fault::OutOfRange, &[-1.0, 11.0, 4_294_967_296.0, 1e300].map(Value::Number));
    refuses(Name::MaxRetries, Fault::WrongType, &[0.5, 9.9, f64::NAN, f64::INFINITY].map(Value::Number));
    refuses(Name::MaxRetries, Fault::WrongType, &NO_NUMBER);
}

#[test]
fn the_highest_price_is_finite_and_not_below_zero() {
    accepts(Name::MaxPrice, &[0.0, -0.0, 0.01, 1.31, 1e9, f64::MAX].map(Value::Number));
    accepts(Name::MaxPrice, &[Value::Absent]);
    refuses(
        Name::MaxPrice,
        Fault::OutOfRange,
        &[-0.01, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Value::Number),
    );
    refuses(Name::MaxPrice, Fault::WrongType, &NO_NUMBER);
}

#[test]
fn flags_are_true_or_false() {
    for name in [Name::AllowInsecure, Name::RequirePromoCode, Name::AllowDuplicate] {
        accepts(name, &[Value::Bool(true), Value::Bool(false), Value::Absent]);
        let no_flags = [
            Value::Number(0.0),
            Value::Number(1.0),
            Value::Text("true"),
            Value::Text(""),
            Value::LongText,
            Value::BrokenText,
            Value::Usable,
            Value::Other,
        ];
        refuses(name, Fault::WrongType, &no_flags);
    }
}

#[test]
fn credentials_are_those_of_fetch() {
    accepts(Name::Credentials, &["omit", "same-origin", "include"].map(Value::Text));
    accepts(Name::Credentials, &[Value::Absent]);
    refuses(
        Name::Credentials,
        Fault::NotAllowed,
        &["", "Omit", "same origin", "sameOrigin", "INCLUDE"].map(Value::Text),
    );
    refuses(Name::Credentials, Fault::WrongType, &NO_TEXT);
    refuses(Name::Credentials, Fault::TooLong, &[Value::LongText]);
    refuses(Name::Credentials, Fault::BrokenText, &[Value::BrokenText]);
}

#[test]
fn signal_headers_and_fetch_are_objects_of_their_kind() {
    for name in [Name::Signal, Name::Headers, Name::Fetch] {
        accepts(name, &[Value::Usable, Value::Absent]);
        let others =
            [Value::Bool(true), Value::Number(1.0), Value::Text("x"), Value::Text(""), Value::LongText, Value::Other];
        refuses(name, Fault::WrongType, &others);
    }
    // Headers that the engine refuses for their content.
    refuses(Name::Headers, Fault::Malformed, &[Value::BrokenText]);
}

#[test]
fn an_idempotency_key_can_stand_in_a_header() {
    let most = "k".repeat(10_000);
    let keys = ["a", "0", "!", "~", "order 7", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "a, b", "\"quoted\"", &most];
    accepts(Name::IdempotencyKey, &keys.map(Value::Text));
    accepts(Name::IdempotencyKey, &[Value::Absent]);
    let keys = ["", " ", " a", "a ", "a\n", "a\r\nx: y", "\ta", "a\tb", "a\0", "\u{7f}", "é", "ключ", "\u{1f600}"];
    refuses(Name::IdempotencyKey, Fault::Malformed, &keys.map(Value::Text));
    refuses(Name::IdempotencyKey, Fault::WrongType, &NO_TEXT);
    refuses(Name::IdempotencyKey, Fault::TooLong, &[Value::LongText]);
    refuses(Name::IdempotencyKey, Fault::BrokenText, &[Value::BrokenText]);
}

#[test]
fn every_fault_is_told_at_once() {
    let draft = Draft::new(Name::ALL.iter().map(|name| (*name, Value::Other)));
    for order in [true, false] {
        let faults = judge(&draft, order, Base::default());
        let places: Vec<_> = faults.iter().map(|(name, fault)| (name.name(), *fault)).collect();
        let expected: Vec<_> = if order { Name::ALL } else { &Name::ALL[..9] }
            .iter()
            .map(|name| (name.name(), Fault::WrongType))
            .collect();
        assert_eq!(places, expected);
    }
}

/// A wrong base URL is told beside what else is wrong.
#[test]
fn a_malformed_base_url_hides_nothing() {
    let values = [
        (Name::BaseUrl, Value::Text("ftp://youproxy.io")),
        (Name::ApiKey, Value::Text("..")),
        (Name::TimeoutMs, Value::Number(0.0)),
    ];
    let mut faults = faults(&values, false, "ftp://youproxy.io", PAGE);
    faults.sort_by_key(|(name, _)| name.place());
    let expected =
        [(Name::BaseUrl, Fault::Malformed), (Name::ApiKey, Fault::Malformed), (Name::TimeoutMs, Fault::OutOfRange)];
    assert_eq!(faults, expected);
}

#[test]
fn every_option_is_described_in_plain_words() {
    for (name, value, code, message) in [
        (
            Name::BaseUrl,
            Value::Absent,
            IssueCode::Required,
            "baseUrl is required: an https address or a path on the page's own origin, without credentials, query and \
             fragment; http is for loopback and the page's own origin, unless allowInsecure is true.",
        ),
        (
            Name::ApiKey,
            Value::Text(".."),
            IssueCode::Malformed,
            "apiKey must be text that can stand as one segment of a path: not empty, and neither .. nor . alone.",
        ),
        (Name::Signal, Value::Other, IssueCode::WrongType, "signal must be an AbortSignal."),
        (
            Name::TimeoutMs,
            Value::Number(0.0),
            IssueCode::OutOfRange,
            "timeoutMs must be a number of milliseconds above 0 and at most 2147483647.",
        ),
        (
            Name::MaxRetries,
            Value::Number(11.0),
            IssueCode::OutOfRange,
            "maxRetries must be a whole number from 0 to 10.",
        ),
        (
            Name::Headers,
            Value::BrokenText,
            IssueCode::Malformed,
            "headers must be what the constructor of Headers accepts.",
        ),
        (
            Name::Credentials,
            Value::Text("all"),
            IssueCode::NotAllowed,
            "credentials must be omit, same-origin or include.",
        ),
        (Name::Fetch, Value::Text("x"), IssueCode::WrongType, "fetch must be a function."),
        (Name::AllowInsecure, Value::Other, IssueCode::WrongType, "allowInsecure must be true or false."),
        (Name::MaxPrice, Value::Number(-1.0), IssueCode::OutOfRange, "maxPrice must be a finite number, 0 or more."),
        (Name::RequirePromoCode, Value::Text("yes"), IssueCode::WrongType, "requirePromoCode must be true or false."),
        (Name::AllowDuplicate, Value::Number(1.0), IssueCode::WrongType, "allowDuplicate must be true or false."),
        (
            Name::IdempotencyKey,
            Value::Text(" "),
            IssueCode::Malformed,
            "idempotencyKey must be text of printable ASCII characters, with no space at either end.",
        ),
    ] {
        let (_, fault) = faults_with(true, name, value)[0];
        let issue = Issue::of(&Name::SPECS[name.place()], fault);
        assert_eq!(issue, Issue { path: vec![name.name().to_owned()], code, message: message.to_owned() });
        assert!(message.ends_with('.') && !message.contains('`'));
    }
}
