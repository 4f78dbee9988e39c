//! The 36 sample replies of the documentation, and what is recognised of them when they are changed.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::Value;
use proxy_orders::endpoint::Endpoint;
use proxy_orders::reply::{
    CalculateFailure, CalculateResponse, CalculateSuccess, Field, OrderFailure, OrderResponse, OrderSuccess,
    PromoCodeStatus, Reply, ReplyDraft, ReplyFields, Unread,
};
use serde_json::{Map, Value as Json, json};
use support::{
    API_ERROR, ENDPOINTS, PROXY_TYPES, Sample, calculate_failure, kind_of, order_failure, recognise, reply_draft,
    reply_names, sample, samples,
};

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

/// A sample is recognised as what it is, and exactly its fields are returned.
fn fixture(sample: &Sample) {
    let json = sample.json();
    let reply = recognise(sample.endpoint(), &json).unwrap();
    let promo_code_status = match sample.kind() {
        "valid-promo-code" => Some(PromoCodeStatus::Valid),
        "invalid-promo-code" => Some(PromoCodeStatus::Other),
        _ => None,
    };
    let expected = match (sample.endpoint(), sample.kind()) {
        (Endpoint::Calculate, "error") => Reply::Calculate(CalculateResponse::Failure(CalculateFailure {
            balance: Some(Unread),
            currency: Some(Unread),
            ..calculate_failure()
        })),
        (Endpoint::Calculate, kind) => {
            let count = json["warnings"].as_array().map_or(0, Vec::len);
            let warnings = vec![API_ERROR; count];
            assert_eq!(warnings.is_empty(), kind != "warnings");
            Reply::Calculate(CalculateResponse::Success(CalculateSuccess {
                success: Unread,
                proxy_type: Unread,
                balance: Unread,
                price: json["price"].as_f64().unwrap(),
                discount: Unread,
                currency: Unread,
                promo_code_status,
                warnings: Some(warnings).filter(|warnings| !warnings.is_empty()),
                error: (),
            }))
        }
        (Endpoint::Order, "error") => Reply::Order(OrderResponse::Failure(OrderFailure {
            balance: Some(Unread),
            currency: Some(Unread),
            ..order_failure()
        })),
        (Endpoint::Order, _) => Reply::Order(OrderResponse::Success(OrderSuccess {
            success: Unread,
            proxy_type: Unread,
            order_number: Unread,
            balance: Unread,
            currency: Unread,
            promo_code_status,
            error: (),
        })),
    };
    assert_eq!(reply, expected);
    assert_eq!(reply.fields(), whole(&json), "{}", sample.place);
}

/// Every field of a documented reply is returned, and those that are not `null` as they came.
fn whole(json: &Json) -> ReplyFields {
    let fields = json.as_object().unwrap();
    let bits = |has: &dyn Fn(&Json) -> bool| -> u32 {
        let places = Field::NAMES.iter().enumerate().filter(|(_, name)| fields.get(**name).is_some_and(has));
        places.map(|(place, _)| 1 << place).sum()
    };
    let expected = ReplyFields { documented: bits(&|_| true), present: bits(&|value| !value.is_null()) };
    assert_eq!(reply_names(expected.documented).len(), fields.len(), "{json}");
    expected
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

fn other(endpoint: Endpoint) -> Endpoint {
    if endpoint == Endpoint::Order { Endpoint::Calculate } else { Endpoint::Order }
}

#[test]
fn a_success_of_one_endpoint_is_not_a_reply_of_the_other() {
    for sample in samples() {
        let other = other(sample.endpoint());
        let kind = recognise(other, &sample.json()).map(|reply| kind_of(&reply));
        let expected = (sample.kind() == "error").then_some((other, false));
        assert_eq!(kind, expected, "{}", sample.place);
    }
}

/// What the documentation says about a reply, word for word.
fn is_documented(endpoint: Endpoint, reply: &Json) -> bool {
    let is_fault = |fault: &Json| fault.is_object() && fault["code"].is_number() && fault["message"].is_string();
    if !reply.is_object() {
        return false;
    }
    match reply["success"] {
        Json::Bool(true) => {
            let own = match endpoint {
                Endpoint::Calculate => {
                    let warnings = match &reply["warnings"] {
                        Json::Null => true,
                        Json::Array(list) => list.iter().all(is_fault),
                        _ => false,
                    };
                    reply["price"].is_number() && reply["discount"].is_number() && warnings
                }
                Endpoint::Order => reply["orderNumber"].is_string(),
            };
            let promo_code = reply["promoCodeStatus"].is_null() || reply["promoCodeStatus"].is_string();
            let named = reply["proxyType"].is_string() && reply["balance"].is_number() && reply["currency"].is_string();
            own && named && promo_code && reply["error"].is_null()
        }
        Json::Bool(false) => is_fault(&reply["error"]),
        _ => false,
    }
}

/// The fields of a documented reply that are returned, and those of them that are not `null`.
fn fields_of(endpoint: Endpoint, reply: &Json) -> (Vec<&'static str>, Vec<&'static str>) {
    let of_others: &[&str] =
        if endpoint == Endpoint::Order { &["price", "discount", "warnings"] } else { &["orderNumber"] };
    let documented: Vec<_> = Field::NAMES.iter().copied().filter(|name| !of_others.contains(name)).collect();
    let is_present = |name: &str| match (&reply["success"], name) {
        (_, "success") => true,
        (Json::Bool(true), "warnings") => reply[name] != json!([]) && !reply[name].is_null(),
        (Json::Bool(true), _) => !reply[name].is_null(),
        (_, "balance") => reply[name].is_number(),
        (_, "currency") => reply[name].is_string(),
        (_, name) => name == "error",
    };
    let present = documented.iter().copied().filter(|name| is_present(name)).collect();
    (documented, present)
}

/// Exactly the documented replies are recognised, and exactly their fields returned.
fn check(endpoint: Endpoint, reply: &Json) {
    let recognised = recognise(endpoint, reply);
    assert_eq!(recognised.is_some(), is_documented(endpoint, reply), "{endpoint:?} {reply}");
    if let Some(recognised) = recognised {
        assert_eq!(kind_of(&recognised), (endpoint, reply["success"] == true), "{reply}");
        let ReplyFields { documented, present } = recognised.fields();
        assert_eq!((reply_names(documented), reply_names(present)), fields_of(endpoint, reply), "{endpoint:?} {reply}");
    }
}

/// Where a sample can be changed: its fields, those of its error and of its first warning, and each warning.
fn pointers(json: &Json) -> Vec<String> {
    let names = |path: &str, at: &Json| -> Vec<String> {
        at.as_object().into_iter().flat_map(Map::keys).map(|name| format!("{path}/{name}")).collect()
    };
    let mut pointers = names("", json);
    pointers.extend(names("/error", &json["error"]));
    pointers.extend(names("/warnings/0", &json["warnings"][0]));
    pointers.extend((0..json["warnings"].as_array().map_or(0, Vec::len)).map(|place| format!("/warnings/{place}")));
    pointers
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

#[test]
fn each_field_removed() {
    for sample in samples() {
        for pointer in pointers(&sample.json()) {
            let mut json = sample.json();
            let (path, name) = pointer.rsplit_once('/').unwrap();
            match json.pointer_mut(path).unwrap() {
                Json::Object(object) => drop(object.remove(name).unwrap()),
                Json::Array(list) => drop(list.remove(name.parse().unwrap())),
                _ => panic!("{pointer}"),
            }
            ENDPOINTS.iter().for_each(|endpoint| check(*endpoint, &json));
        }
    }
}

#[test]
fn each_field_null_and_of_each_other_type() {
    for sample in samples() {
        for pointer in pointers(&sample.json()) {
            for value in others() {
                let mut json = sample.json();
                *json.pointer_mut(&pointer).unwrap() = value;
                ENDPOINTS.iter().for_each(|endpoint| check(*endpoint, &json));
            }
        }
    }
}

/// An error and a warning are objects, never the list of their values.
#[test]
fn a_list_is_not_an_object() {
    for sample in samples() {
        for pointer in ["/error", "/warnings/0"] {
            let mut json = sample.json();
            if let Some(fault) = json.pointer_mut(pointer).filter(|fault| fault.is_object()) {
                *fault = json!([fault["code"], fault["message"]]);
                assert_eq!(recognise(sample.endpoint(), &json), None, "{json}");
            }
        }
        // A list that has a code and a message as well, as only JavaScript can make one.
        let json = sample.json();
        let mut draft = reply_draft(&json);
        draft.fields.0[Field::Error as usize] = Value::List;
        draft.error = [Value::Number(4.0), Value::Text("")];
        assert_eq!(Reply::from_draft(sample.endpoint(), &draft), None, "{}", sample.place);
    }
}

#[test]
fn a_reply_that_is_not_an_object_is_not_recognised() {
    for value in others() {
        ENDPOINTS.iter().for_each(|endpoint| check(*endpoint, &value));
    }
}

#[test]
fn further_fields_are_dropped() {
    for sample in samples() {
        let expected = recognise(sample.endpoint(), &sample.json());
        for extra in others() {
            let mut json = sample.json();
            json["more"] = extra;
            json["Success"] = json!(false);
            json["price "] = json!(0);
            json["__proto__"] = json!({ "success": false });
            assert_eq!(recognise(sample.endpoint(), &json), expected, "{}", sample.place);
        }
    }
}

#[test]
fn keys_in_another_case_are_other_keys() {
    for sample in samples() {
        let json = sample.json();
        let fields = json.as_object().unwrap();
        let upper: Map<_, _> = fields.iter().map(|(name, value)| (name.to_uppercase(), value.clone())).collect();
        assert_eq!(recognise(sample.endpoint(), &Json::Object(upper)), None);
    }
}

/// The values of a reply: fields, error, warnings.
fn values<'d, 'a>(draft: &'d mut ReplyDraft<'a>) -> Vec<&'d mut Value<'a>> {
    let ReplyDraft { fields, error, warnings } = draft;
    fields.0.iter_mut().chain(error).chain(warnings.iter_mut().flatten()).collect()
}

/// Every sample with each of its values changed in turn, if `change` changes it.
fn changed(
    change: fn(Value<'_>) -> Option<Value<'static>>,
    mut check: impl FnMut(&Sample, &ReplyDraft, usize, Option<Reply>),
) {
    let mut changes = 0;
    for sample in samples() {
        let json = sample.json();
        for place in 0..values(&mut reply_draft(&json)).len() {
            let mut draft = reply_draft(&json);
            let before = draft.clone();
            let value = &mut *values(&mut draft).swap_remove(place);
            let Some(other) = change(*value) else { continue };
            *value = other;
            changes += 1;
            check(&sample, &before, place, Reply::from_draft(sample.endpoint(), &draft));
        }
    }
    assert!(changes > 36, "{changes}");
}

/// An engine makes infinity of `1e400`.
#[test]
fn infinite_numbers_are_not_amounts() {
    let infinities: [fn(Value<'_>) -> Option<Value<'static>>; 3] = [
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::INFINITY)),
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::NEG_INFINITY)),
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::NAN)),
    ];
    for infinity in infinities {
        changed(infinity, |sample, _, place, reply| {
            // A refusal stands without a balance, but not without the code of its error.
            if sample.kind() == "error" && place == Field::Balance as usize {
                let ReplyFields { documented, present } = reply.unwrap().fields();
                assert!(reply_names(documented).contains(&"balance"), "{}", sample.place);
                assert_eq!(reply_names(present), ["success", "currency", "error"], "{}", sample.place);
            } else {
                assert_eq!(reply, None, "{} {place}", sample.place);
            }
        });
    }
}

/// Only `VALID` must be read: of all other text it is enough that it is text.
#[test]
fn long_and_broken_texts_are_texts() {
    let texts: [fn(Value<'_>) -> Option<Value<'static>>; 2] = [
        |value| matches!(value, Value::Text(_)).then_some(Value::LongText),
        |value| matches!(value, Value::Text(_)).then_some(Value::BrokenText),
    ];
    for text in texts {
        changed(text, |sample, before, place, reply| {
            let mut expected = Reply::from_draft(sample.endpoint(), before);
            if place == Field::PromoCodeStatus as usize {
                let status = match &mut expected {
                    Some(Reply::Calculate(CalculateResponse::Success(quote))) => &mut quote.promo_code_status,
                    Some(Reply::Order(OrderResponse::Success(receipt))) => &mut receipt.promo_code_status,
                    _ => panic!("{}", sample.place),
                };
                *status = Some(PromoCodeStatus::Other);
            }
            assert_eq!(reply, expected, "{} {place}", sample.place);
        });
    }
}

/// Values are handed over in the order of the fields; the last ones may be missing.
#[test]
fn values_that_are_not_handed_over_are_absent() {
    for sample in samples() {
        let json = sample.json();
        for count in 0..Field::NAMES.len() {
            let mut short = reply_draft(&json);
            short.fields.0.truncate(count);
            let mut whole = short.clone();
            whole.fields.0.resize(Field::NAMES.len(), Value::Absent);
            let reply = Reply::from_draft(sample.endpoint(), &short);
            assert_eq!(reply, Reply::from_draft(sample.endpoint(), &whole), "{} {count}", sample.place);
            // Every success needs its currency; every refusal its error, which comes last.
            assert!(reply.is_none() || count > Field::Currency as usize, "{} {count}", sample.place);
            assert!(reply.is_none() || sample.kind() != "error", "{} {count}", sample.place);
        }
    }
}

#[test]
fn a_refusal_needs_no_more_than_its_error() {
    let json = json!({ "success": false, "error": { "code": 2, "message": "Error api key" } });
    let calculation = Reply::Calculate(CalculateResponse::Failure(calculate_failure()));
    let order = Reply::Order(OrderResponse::Failure(order_failure()));
    for (reply, place) in [(calculation, "calculate/ISP/error"), (order, "order/ISP/error")] {
        let sample = sample(place);
        assert_eq!(recognise(sample.endpoint(), &json), Some(reply.clone()));
        assert_eq!(reply.fields().documented, whole(&sample.json()).documented);
        assert_eq!(reply_names(reply.fields().present), ["success", "error"]);
    }
}

/// What a refusal has beside its error is passed on only if it is of its type.
#[test]
fn odd_fields_of_a_refusal_are_null() {
    let json = json!({
        "success": false, "proxyType": "IPv4", "balance": "7.18", "price": 1, "discount": 0, "currency": 5,
        "promoCodeStatus": "VALID", "warnings": 7, "error": { "code": 4, "message": "" }, "orderNumber": "NUMBER-1",
    });
    for endpoint in ENDPOINTS {
        let present = recognise(endpoint, &json).unwrap().fields().present;
        assert_eq!(reply_names(present), ["success", "error"]);
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
        assert_eq!(recognise(sample.endpoint(), &json), recognise(sample.endpoint(), &sample.json()));
    }
}

#[test]
fn an_empty_list_of_warnings_is_none() {
    let sample = sample("calculate/IPv4/success");
    let mut json = sample.json();
    json["warnings"] = json!([]);
    let reply = recognise(Endpoint::Calculate, &json).unwrap();
    assert_eq!(reply, recognise(Endpoint::Calculate, &sample.json()).unwrap());
    assert_eq!(reply.fields(), whole(&sample.json()));
}
