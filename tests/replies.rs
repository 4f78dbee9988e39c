//! The 36 sample replies of the documentation, and what becomes of them when they are cut, bent or blown up.
//!
//! A reply is recognised in two ways, by `recognise` for the JavaScript that parsed it and by serde for Rust. Both must
//! come to the same.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::client::Function;
use proxy_orders::draft::Value;
use proxy_orders::response::{CalculateResponse, OrderResponse, Reply, recognise};
use serde_json::{Map, Value as Json, json};
use support::{PROXY_TYPES, Sample, decoded, outline, recognised, same, sample, samples};

/// One test for each sample, named for its place on the page.
macro_rules! fixtures {
    ($($name:ident: $place:literal;)*) => {
        $(#[test] fn $name() { fixture(&sample($place)); })*

        const PLACES: &[&str] = &[$($place,)*];
    };
}

fixtures! {
    calculate_ipv4_success: "calculate/IPv4/success";
    calculate_ipv4_warnings: "calculate/IPv4/warnings";
    calculate_ipv4_valid_promo_code: "calculate/IPv4/valid-promo-code";
    calculate_ipv4_invalid_promo_code: "calculate/IPv4/invalid-promo-code";
    calculate_ipv4_error: "calculate/IPv4/error";
    calculate_ipv6_success: "calculate/IPv6/success";
    calculate_ipv6_warnings: "calculate/IPv6/warnings";
    calculate_ipv6_valid_promo_code: "calculate/IPv6/valid-promo-code";
    calculate_ipv6_invalid_promo_code: "calculate/IPv6/invalid-promo-code";
    calculate_ipv6_error: "calculate/IPv6/error";
    calculate_mobile_success: "calculate/MOBILE/success";
    calculate_mobile_warnings: "calculate/MOBILE/warnings";
    calculate_mobile_valid_promo_code: "calculate/MOBILE/valid-promo-code";
    calculate_mobile_invalid_promo_code: "calculate/MOBILE/invalid-promo-code";
    calculate_mobile_error: "calculate/MOBILE/error";
    calculate_isp_success: "calculate/ISP/success";
    calculate_isp_warnings: "calculate/ISP/warnings";
    calculate_isp_valid_promo_code: "calculate/ISP/valid-promo-code";
    calculate_isp_invalid_promo_code: "calculate/ISP/invalid-promo-code";
    calculate_isp_error: "calculate/ISP/error";
    order_ipv4_success: "order/IPv4/success";
    order_ipv4_valid_promo_code: "order/IPv4/valid-promo-code";
    order_ipv4_invalid_promo_code: "order/IPv4/invalid-promo-code";
    order_ipv4_error: "order/IPv4/error";
    order_ipv6_success: "order/IPv6/success";
    order_ipv6_valid_promo_code: "order/IPv6/valid-promo-code";
    order_ipv6_invalid_promo_code: "order/IPv6/invalid-promo-code";
    order_ipv6_error: "order/IPv6/error";
    order_mobile_success: "order/MOBILE/success";
    order_mobile_valid_promo_code: "order/MOBILE/valid-promo-code";
    order_mobile_invalid_promo_code: "order/MOBILE/invalid-promo-code";
    order_mobile_error: "order/MOBILE/error";
    order_isp_success: "order/ISP/success";
    order_isp_valid_promo_code: "order/ISP/valid-promo-code";
    order_isp_invalid_promo_code: "order/ISP/invalid-promo-code";
    order_isp_error: "order/ISP/error";
}

/// A sample is recognised for what it is, and comes out as it went in.
fn fixture(sample: &Sample) {
    let json = sample.json();
    let (reply, copy) = recognised(sample.function(), sample.text.as_bytes()).unwrap();
    let kind = sample.kind();
    assert_eq!(
        reply,
        Reply {
            success: kind != "error",
            price: json["price"].as_f64(),
            warned: kind == "warnings",
            promo_code_valid: kind == "valid-promo-code",
            has_balance: true,
            has_currency: true,
        }
    );
    assert_eq!(copy, json);

    let promo_code = match kind {
        "valid-promo-code" => Some("VALID"),
        "invalid-promo-code" => Some("NO_VALID"),
        _ => None,
    };
    match sample.function() {
        Function::Calculate => match serde_json::from_str(sample.text).unwrap() {
            CalculateResponse::Success(quote) => {
                assert_ne!(kind, "error");
                assert_eq!(quote.proxy_type, sample.proxy_type());
                assert_eq!(quote.currency, "USD");
                assert_eq!(quote.price, json["price"].as_f64().unwrap());
                assert_eq!(quote.promo_code_status.as_deref(), promo_code);
                let warnings = quote.warnings.unwrap_or_default();
                let documented = json["warnings"].as_array().cloned().unwrap_or_default();
                assert_eq!(warnings.is_empty(), kind != "warnings");
                assert_eq!(warnings.len(), documented.len());
                for (warning, documented) in warnings.iter().zip(&documented) {
                    assert_eq!(Some(warning.code), documented["code"].as_f64());
                    assert_eq!(Some(warning.message.as_str()), documented["message"].as_str());
                }
            }
            CalculateResponse::Failure(failure) => {
                assert_eq!(kind, "error");
                assert_eq!(Some(failure.error.code), json["error"]["code"].as_f64());
                assert_eq!(Some(failure.error.message.as_str()), json["error"]["message"].as_str());
                assert_eq!(failure.balance, json["balance"].as_f64());
            }
        },
        Function::Order => match serde_json::from_str(sample.text).unwrap() {
            OrderResponse::Success(receipt) => {
                assert_ne!(kind, "error");
                assert_eq!(receipt.proxy_type, sample.proxy_type());
                assert_eq!(Some(receipt.order_number.as_str()), json["orderNumber"].as_str());
                assert_eq!(Some(receipt.balance), json["balance"].as_f64());
                assert_eq!(receipt.promo_code_status.as_deref(), promo_code);
            }
            OrderResponse::Failure(failure) => {
                assert_eq!(kind, "error");
                assert_eq!(Some(failure.error.code), json["error"]["code"].as_f64());
                assert_eq!(failure.currency.as_deref(), json["currency"].as_str());
            }
        },
    }
    assert!(same(&decoded(sample.function(), sample.text.as_bytes()).unwrap(), &json));
}

#[test]
fn there_are_36_samples_and_a_test_for_each() {
    let places: Vec<_> = samples().iter().map(|sample| sample.place).collect();
    assert_eq!(places, PLACES);
    assert_eq!(places.len(), 36);
    for proxy_type in PROXY_TYPES {
        assert_eq!(places.iter().filter(|place| place.contains(&format!("/{proxy_type}/"))).count(), 9);
    }
}

fn other(function: Function) -> Function {
    if function == Function::Order { Function::Calculate } else { Function::Order }
}

#[test]
fn a_success_of_one_function_is_no_reply_of_the_other() {
    for sample in samples() {
        let other = other(sample.function());
        let expected = sample.kind() == "error";
        assert_eq!(recognised(other, sample.text.as_bytes()).is_some(), expected, "{}", sample.place);
        assert_eq!(decoded(other, sample.text.as_bytes()).is_some(), expected, "{}", sample.place);
    }
}

/// What the documentation says of a reply, word for word.
fn is_documented(function: Function, reply: &Json) -> bool {
    let is_fault = |fault: &Json| fault.is_object() && fault["code"].is_number() && fault["message"].is_string();
    if !reply.is_object() {
        return false;
    }
    match reply["success"] {
        Json::Bool(true) => {
            let own = match function {
                Function::Calculate => {
                    let warnings = match &reply["warnings"] {
                        Json::Null => true,
                        Json::Array(list) => list.iter().all(is_fault),
                        _ => false,
                    };
                    reply["price"].is_number() && reply["discount"].is_number() && warnings
                }
                Function::Order => reply["orderNumber"].is_string(),
            };
            let promo_code = reply["promoCodeStatus"].is_null() || reply["promoCodeStatus"].is_string();
            let named = reply["proxyType"].is_string() && reply["balance"].is_number() && reply["currency"].is_string();
            own && named && promo_code && reply["error"].is_null()
        }
        Json::Bool(false) => is_fault(&reply["error"]),
        _ => false,
    }
}

/// Exactly the documented replies are recognised.
fn check(function: Function, reply: &Json) {
    let text = reply.to_string();
    let recognised = recognised(function, text.as_bytes());
    assert_eq!(recognised.is_some(), is_documented(function, reply), "{function:?} {text}");
}

/// The places of the warnings.
fn names_of_list(list: &Json) -> Vec<String> {
    (0..list.as_array().map_or(0, Vec::len)).map(|place| format!("/warnings/{place}")).collect()
}

/// Where a sample can be bent: its fields, those of its error and of its first warning, and each warning.
fn pointers(json: &Json) -> Vec<String> {
    let names = |path: &str, at: &Json| -> Vec<String> {
        at.as_object().into_iter().flat_map(Map::keys).map(|name| format!("{path}/{name}")).collect()
    };
    let mut pointers = names("", json);
    pointers.extend(names("/error", &json["error"]));
    pointers.extend(names("/warnings/0", &json["warnings"][0]));
    pointers.extend(names_of_list(&json["warnings"]));
    pointers
}

/// The object in which a pointer ends, and the name there.
fn parent<'a>(json: &'a mut Json, pointer: &'a str) -> (&'a mut Json, &'a str) {
    let (path, name) = pointer.rsplit_once('/').unwrap();
    (json.pointer_mut(path).unwrap(), name)
}

/// Every sample with each of its fields removed.
fn removed() -> Vec<(Function, Json)> {
    let mut all = Vec::new();
    for sample in samples() {
        for pointer in pointers(&sample.json()) {
            let mut json = sample.json();
            match parent(&mut json, &pointer) {
                (Json::Object(object), name) => drop(object.remove(name).unwrap()),
                (Json::Array(list), place) => drop(list.remove(place.parse().unwrap())),
                _ => panic!("{pointer}"),
            }
            all.extend([(sample.function(), json.clone()), (other(sample.function()), json)]);
        }
    }
    all
}

/// A value of each type, edges among them.
fn others() -> Vec<Json> {
    vec![
        Json::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(-0.0),
        json!(-1.5),
        json!(7),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e308),
        json!(5e-324),
        json!(""),
        json!("x"),
        json!("7.18"),
        json!("true"),
        json!("null"),
        json!("VALID"),
        json!("SOMETHING_NEW"),
        json!("x".repeat(20_000)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!([{}]),
        json!(["x"]),
        json!([{ "code": 14, "message": "Incorrect goal" }]),
        json!([{ "code": 14, "message": "Incorrect goal", "more": [] }]),
        json!([{ "code": 14, "message": "Incorrect goal" }, { "code": "14", "message": "Incorrect goal" }]),
        json!([{ "code": 14, "message": "Incorrect goal" }, null]),
        json!([{ "code": 14 }]),
        json!([{ "message": "Incorrect goal" }]),
        json!({}),
        json!({ "code": 4, "message": "Incorrect proxy type" }),
        json!({ "code": 4.5, "message": "" }),
        json!({ "code": "4", "message": "Incorrect proxy type" }),
        json!({ "code": 4, "message": null }),
        json!({ "code": null, "message": "" }),
        json!({ "code": 4 }),
        json!({ "length": 2, "0": {} }),
    ]
}

/// Every sample with each of its fields `null` and of each other type.
fn retyped() -> Vec<(Function, Json)> {
    let mut all = Vec::new();
    for sample in samples() {
        for pointer in pointers(&sample.json()) {
            for value in others() {
                let mut json = sample.json();
                *json.pointer_mut(&pointer).unwrap() = value;
                all.extend([(sample.function(), json.clone()), (other(sample.function()), json)]);
            }
        }
    }
    all
}

/// Every sample with a list in place of an object, of the values in the order of their fields.
fn listed() -> Vec<(Function, Json)> {
    let mut all = Vec::new();
    for sample in samples() {
        let mut json = sample.json();
        let fields = match sample.function() {
            Function::Calculate => "success proxyType balance price discount currency promoCodeStatus warnings error",
            Function::Order => "success proxyType orderNumber balance currency promoCodeStatus error",
        };
        all.push((sample.function(), fields.split(' ').map(|name| json[name].clone()).collect()));
        for pointer in ["/error", "/warnings/0"] {
            if let Some(fault) = json.pointer_mut(pointer).filter(|fault| fault.is_object()) {
                *fault = json!([fault["code"], fault["message"]]);
                all.push((sample.function(), json.clone()));
            }
        }
    }
    all
}

#[test]
fn each_field_removed() {
    removed().iter().for_each(|(function, reply)| check(*function, reply));
}

#[test]
fn each_field_null_and_of_each_other_type() {
    retyped().iter().for_each(|(function, reply)| check(*function, reply));
}

#[test]
fn a_list_is_no_object() {
    for (function, reply) in listed() {
        check(function, &reply);
        assert!(recognised(function, reply.to_string().as_bytes()).is_none(), "{reply}");
    }
}

#[test]
fn serde_makes_the_same_of_every_change() {
    let values =
        others().into_iter().flat_map(|value| [(Function::Calculate, value.clone()), (Function::Order, value)]);
    for (function, reply) in removed().into_iter().chain(retyped()).chain(listed()).chain(values) {
        let text = reply.to_string();
        let copy = recognised(function, text.as_bytes()).map(|(_, copy)| copy);
        let decoded = decoded(function, text.as_bytes());
        let agree = match (&copy, &decoded) {
            (Some(copy), Some(decoded)) => same(copy, decoded),
            (copy, decoded) => copy.is_none() && decoded.is_none(),
        };
        assert!(agree, "{function:?} {text}\nrecognised: {copy:?}\nserde: {decoded:?}");
    }
}

#[test]
fn what_is_no_object_is_no_reply() {
    for value in others() {
        for function in [Function::Calculate, Function::Order] {
            check(function, &value);
            assert!(recognised(function, value.to_string().as_bytes()).is_none());
        }
    }
}

#[test]
fn further_fields_are_dropped() {
    for sample in samples() {
        for extra in others() {
            let mut json = sample.json();
            json["more"] = extra;
            json["Success"] = json!(false);
            json["price "] = json!(0);
            json["__proto__"] = json!({ "success": false });
            check(sample.function(), &json);
            let (_, copy) = recognised(sample.function(), json.to_string().as_bytes()).unwrap();
            assert_eq!(copy, sample.json(), "{}", sample.place);
        }
    }
}

#[test]
fn keys_in_another_case_are_other_keys() {
    for sample in samples() {
        let upper: Map<_, _> = sample
            .json()
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_uppercase(), value.clone()))
            .collect();
        check(sample.function(), &Json::Object(upper));
    }
}

/// Neither decoder has anything to say of a text that is cut.
#[test]
fn a_sample_cut_at_any_byte_is_no_reply() {
    let mut cuts = 0;
    for sample in samples() {
        let compact = sample.json().to_string();
        for text in [sample.text, &compact] {
            for end in 0..text.len() {
                let cut = &text.as_bytes()[..end];
                for function in [Function::Calculate, Function::Order] {
                    assert!(recognised(function, cut).is_none(), "{} cut at {end}", sample.place);
                    assert!(decoded(function, cut).is_none(), "{} cut at {end}", sample.place);
                }
                cuts += 1;
            }
            assert!(recognised(sample.function(), text.as_bytes()).is_some());
        }
    }
    assert!(cuts > 10_000, "{cuts}");
}

#[test]
fn a_sample_without_its_beginning_is_no_reply() {
    for sample in samples() {
        for start in 1..sample.text.len() {
            let rest = &sample.text.as_bytes()[start..];
            // An inner object may be left whole, of which nothing is a reply.
            assert!(recognised(sample.function(), rest).is_none(), "{} from {start}", sample.place);
            assert!(decoded(sample.function(), rest).is_none(), "{} from {start}", sample.place);
        }
    }
}

#[test]
fn a_sample_with_something_before_or_after_it() {
    for sample in samples() {
        for (before, after, is_reply) in [
            (" \n\t\r", "\r\n ", true),
            ("", "]", false),
            ("", ",", false),
            ("", "x", false),
            ("", "\0", false),
            (")]}',\n", "", false),
            ("[", "]", false),
            ("\"", "\"", false),
            ("/**/", "", false),
            ("<html>", "</html>", false),
        ] {
            let text = [before, sample.text, after].concat();
            assert_eq!(recognised(sample.function(), text.as_bytes()).is_some(), is_reply, "{text}");
            assert_eq!(decoded(sample.function(), text.as_bytes()).is_some(), is_reply, "{text}");
        }
        let doubled = sample.text.repeat(2);
        assert!(recognised(sample.function(), doubled.as_bytes()).is_none());
        assert!(decoded(sample.function(), doubled.as_bytes()).is_none());
    }
}

/// The text of an object with one more field before or after its own.
fn with_field(json: &Json, field: &str, last: bool) -> String {
    let text = json.to_string();
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap();
    if last { format!("{{{inner},{field}}}") } else { format!("{{{field},{inner}}}") }
}

/// The last of two fields of one name counts, as in `JSON.parse`.
#[test]
fn each_field_doubled() {
    for sample in samples() {
        let json = sample.json();
        for (name, value) in json.as_object().unwrap() {
            for other in others().into_iter().chain([value.clone()]) {
                let field = format!("{}:{other}", Json::from(name.as_str()));
                let mut changed = json.clone();
                changed[name] = other;
                for (last, counts) in [(true, &changed), (false, &json)] {
                    let text = with_field(&json, &field, last);
                    let copy = recognised(sample.function(), text.as_bytes()).map(|(_, copy)| copy);
                    assert_eq!(copy.is_some(), is_documented(sample.function(), counts), "{text}");
                    assert_eq!(
                        copy,
                        recognised(sample.function(), counts.to_string().as_bytes()).map(|(_, copy)| copy)
                    );
                }
            }
        }
    }
}

#[test]
fn invalid_utf_8_changes_no_amount() {
    for sample in samples() {
        let json = sample.json();
        for place in 0..sample.text.len() {
            for bytes in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf0\x9f", b"\x80"] {
                let mut body = sample.text.as_bytes().to_vec();
                body.splice(place..=place, bytes.iter().copied());
                assert_eq!(decoded(sample.function(), &body), None, "{} at {place}", sample.place);
                // A browser reads U+FFFD in its place. Inside of a text that is harmless.
                if let Some((reply, copy)) = recognised(sample.function(), &body) {
                    assert_eq!(reply.success, json["success"], "{} at {place}", sample.place);
                    for amount in ["balance", "price", "discount"] {
                        let same = copy.get(amount) == json.get(amount);
                        assert!(same || !reply.success && copy[amount].is_null(), "{} at {place}", sample.place);
                    }
                }
            }
        }
    }
}

#[test]
fn numbers_beyond_all_bounds_are_no_amounts() {
    for sample in samples() {
        let text = sample.json().to_string();
        for name in ["balance", "price", "discount"] {
            if !sample.json()[name].is_number() {
                continue;
            }
            let old = format!("\"{name}\":{}", sample.json()[name]);
            assert!(text.contains(&old), "{old}");
            for wild in [
                "1e400",
                "-1e400",
                "1e99999999999",
                "NaN",
                "Infinity",
                "-Infinity",
                "0x10",
                "07",
                "+7",
                ".5",
                "7.",
                "1e",
                "--1",
            ] {
                let text = text.replace(&old, &format!("\"{name}\":{wild}"));
                assert!(recognised(sample.function(), text.as_bytes()).is_none(), "{text}");
                assert!(decoded(sample.function(), text.as_bytes()).is_none(), "{text}");
            }
            for (fine, amount) in [
                ("1e2", 100.0),
                ("-0.0", -0.0),
                ("7.180000000000001", 7.180_000_000_000_001),
                ("1E-400", 0.0),
                ("123456789012345678901234567890", 1.234_567_890_123_456_8e29),
            ] {
                let text = text.replace(&old, &format!("\"{name}\":{fine}"));
                let (reply, copy) = recognised(sample.function(), text.as_bytes()).unwrap();
                let expected = if reply.success || name == "balance" { Some(amount) } else { None };
                assert_eq!(copy[name].as_f64(), expected, "{text}");
                assert!(same(&decoded(sample.function(), text.as_bytes()).unwrap(), &copy), "{text}");
            }
        }
    }
}

/// What an engine makes of `1e400`.
#[test]
fn infinite_numbers_are_no_amounts() {
    for number in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        for sample in samples() {
            let json = sample.json();
            let values = outline(&json);
            for place in 0..values.len() {
                let mut values = values.clone();
                let was = values[place];
                values[place] = Value::Number(number);
                let reply = recognise(sample.function(), &values);
                if matches!(was, Value::Number(_)) && (json["success"] == true || place > 9) {
                    assert_eq!(reply, None, "{} {place}", sample.place);
                } else if matches!(was, Value::Number(_)) {
                    assert!(!reply.unwrap().has_balance, "{} {place}", sample.place);
                }
            }
        }
    }
}

#[test]
fn long_and_broken_texts_are_texts() {
    for sample in samples() {
        let json = sample.json();
        let values = outline(&json);
        let whole = recognise(sample.function(), &values).unwrap();
        for text in [Value::LongText, Value::BrokenText] {
            for place in 0..values.len() {
                if matches!(values[place], Value::Text(_)) {
                    let mut values = values.clone();
                    values[place] = text;
                    let promo_code_valid = whole.promo_code_valid && place != 7;
                    assert_eq!(recognise(sample.function(), &values), Some(Reply { promo_code_valid, ..whole }));
                }
            }
        }
    }
}

#[test]
fn too_few_values_are_no_reply() {
    for sample in samples() {
        let json = sample.json();
        let values = outline(&json);
        for count in 0..12 {
            assert_eq!(recognise(sample.function(), &values[..count]), None);
        }
        if values.len() > 12 {
            assert_eq!(recognise(sample.function(), &values[..13]), None, "half a warning");
        }
    }
}

#[test]
fn an_api_refusal_needs_no_more_than_its_error() {
    for function in [Function::Calculate, Function::Order] {
        let body = br#"{"success":false,"error":{"code":2,"message":"Error api key"}}"#;
        let (reply, copy) = recognised(function, body).unwrap();
        assert!(!reply.success && !reply.has_balance && !reply.has_currency);
        let mut expected =
            sample(if function == Function::Order { "order/ISP/error" } else { "calculate/ISP/error" }).json();
        expected["balance"] = Json::Null;
        expected["currency"] = Json::Null;
        expected["error"] = json!({ "code": 2, "message": "Error api key" });
        assert_eq!(copy, expected);
        assert!(same(&decoded(function, body).unwrap(), &expected));
    }
}

#[test]
fn a_success_may_leave_out_what_is_null() {
    for (place, optional) in [
        ("calculate/IPv4/success", &["promoCodeStatus", "warnings", "error"][..]),
        ("order/IPv4/success", &["promoCodeStatus", "error"]),
    ] {
        let sample = sample(place);
        let mut json = sample.json();
        for name in optional {
            json.as_object_mut().unwrap().remove(*name);
        }
        let text = json.to_string();
        assert_eq!(recognised(sample.function(), text.as_bytes()).unwrap().1, sample.json());
        assert!(same(&decoded(sample.function(), text.as_bytes()).unwrap(), &sample.json()));
    }
}

#[test]
fn ten_megabytes_of_json() {
    const SIZE: usize = 10_000_000;
    for place in ["calculate/IPv4/success", "order/IPv4/success"] {
        let sample = sample(place);
        let list = format!("\"{}\",", "x".repeat(997)).repeat(SIZE / 1000);
        for field in [format!("\"more\":\"{}\"", "x".repeat(SIZE)), format!("\"more\":[{list}0]")] {
            let text = with_field(&sample.json(), &field, false);
            assert!(text.len() > SIZE);
            assert_eq!(recognised(sample.function(), text.as_bytes()).unwrap().1, sample.json());
            assert!(same(&decoded(sample.function(), text.as_bytes()).unwrap(), &sample.json()));
            assert!(recognised(sample.function(), &text.as_bytes()[..text.len() - 1]).is_none());
        }
    }
    let mut json = sample("calculate/IPv4/warnings").json();
    json["warnings"] = vec![json!({ "code": 14, "message": "x".repeat(970) }); SIZE / 1000].into();
    let text = json.to_string();
    let (reply, copy) = recognised(Function::Calculate, text.as_bytes()).unwrap();
    assert!(reply.warned);
    assert_eq!(copy, json);
    assert!(same(&decoded(Function::Calculate, text.as_bytes()).unwrap(), &json));
    for text in [" ".repeat(SIZE), "[".repeat(SIZE), "{\"a\":".repeat(SIZE / 5), "9".repeat(SIZE)] {
        assert!(recognised(Function::Order, text.as_bytes()).is_none());
        assert!(decoded(Function::Order, text.as_bytes()).is_none());
    }
}

#[test]
fn a_hundred_thousand_levels_of_nesting() {
    const LEVELS: usize = 100_000;
    let lists = "[".repeat(LEVELS) + &"]".repeat(LEVELS);
    let objects = "{\"error\":".repeat(LEVELS) + "null" + &"}".repeat(LEVELS);
    for deep in [lists, objects] {
        for function in [Function::Calculate, Function::Order] {
            assert!(recognised(function, deep.as_bytes()).is_none());
            assert!(decoded(function, deep.as_bytes()).is_none());
        }
        for sample in samples() {
            for name in ["error", "warnings", "balance", "more"] {
                let text = with_field(&sample.json(), &format!("\"{name}\":{deep}"), true);
                assert!(recognised(sample.function(), text.as_bytes()).is_none());
                assert!(decoded(sample.function(), text.as_bytes()).is_none());
            }
        }
    }
}
