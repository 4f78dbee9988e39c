//! The 36 sample responses of the documentation, and which variations of them are recognized.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::Value;
use proxy_orders::endpoint::Endpoint;
use proxy_orders::response::{
    CalculateFailure, CalculateField, CalculateResponse, CalculateSuccess, Opaque, OrderFailure, OrderField,
    OrderResponse, OrderSuccess, PromoCodeStatus, Response, ResponseDraft,
};
use serde_json::{Map, Value as Json, json};
use support::{
    API_ERROR, ENDPOINTS, PROXY_TYPES, Sample, calculate_failure, kind_of, order_failure, present_names, recognize,
    response_draft, sample, samples,
};

/// One test for each sample, named after its path.
macro_rules! fixtures {
    ($($name:ident: $path:literal;)*) => {
        $(#[test] fn $name() { fixture(&sample($path)); })*

        const PATHS: &[&str] = &[$($path,)*];
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

/// A sample is recognized as what it is, and its fields that are not `null` are returned.
fn fixture(sample: &Sample) {
    let json = sample.json();
    let response = recognize(sample.endpoint(), &json).unwrap();
    let promo_code_status = match sample.kind() {
        "valid-promo-code" => Some(PromoCodeStatus::Valid),
        "invalid-promo-code" => Some(PromoCodeStatus::Other),
        _ => None,
    };
    let expected = match (sample.endpoint(), sample.kind()) {
        (Endpoint::Calculate, "error") => Response::Calculate(CalculateResponse::Failure(CalculateFailure {
            balance: Some(Opaque),
            currency: Some(Opaque),
            ..calculate_failure()
        })),
        (Endpoint::Calculate, kind) => {
            let count = json["warnings"].as_array().map_or(0, Vec::len);
            let warnings = vec![API_ERROR; count];
            assert_eq!(warnings.is_empty(), kind != "warnings");
            Response::Calculate(CalculateResponse::Success(CalculateSuccess {
                success: Opaque,
                proxy_type: Opaque,
                balance: Opaque,
                price: json["price"].as_f64().unwrap(),
                discount: Opaque,
                currency: Opaque,
                promo_code_status,
                warnings: Some(warnings).filter(|warnings| !warnings.is_empty()),
                error: (),
            }))
        }
        (Endpoint::Order, "error") => Response::Order(OrderResponse::Failure(OrderFailure {
            balance: Some(Opaque),
            currency: Some(Opaque),
            ..order_failure()
        })),
        (Endpoint::Order, _) => Response::Order(OrderResponse::Success(OrderSuccess {
            success: Opaque,
            proxy_type: Opaque,
            order_number: Opaque,
            balance: Opaque,
            currency: Opaque,
            promo_code_status,
            error: (),
        })),
    };
    assert_eq!(response, expected);
    assert_eq!(present_names(&response), fields_with_values(sample), "{}", sample.path);
}

/// The fields of a sample that are not `null`. It has all documented fields of its endpoint, and no others.
fn fields_with_values(sample: &Sample) -> Vec<&'static str> {
    let json = sample.json();
    let documented = sample.endpoint().response_fields();
    assert_eq!(json.as_object().unwrap().len(), documented.len(), "{json}");
    documented.iter().copied().filter(|name| !json.get(name).unwrap().is_null()).collect()
}

/// The lists that the core reads by position agree with the names that the shell sends.
#[test]
fn the_positions_of_fields_are_those_of_their_names() {
    assert_eq!(CalculateField::NAMES[CalculateField::Success as usize], "success");
    assert_eq!(OrderField::NAMES[OrderField::Success as usize], "success");
    for (position, name) in [
        (CalculateField::Price as usize, "price"),
        (CalculateField::PromoCodeStatus as usize, "promoCodeStatus"),
        (CalculateField::Warnings as usize, "warnings"),
        (CalculateField::Error as usize, "error"),
    ] {
        assert_eq!(Endpoint::Calculate.response_fields()[position], name);
    }
    for (position, name) in [
        (OrderField::OrderNumber as usize, "orderNumber"),
        (OrderField::PromoCodeStatus as usize, "promoCodeStatus"),
        (OrderField::Error as usize, "error"),
    ] {
        assert_eq!(Endpoint::Order.response_fields()[position], name);
    }
}

#[test]
fn there_are_36_samples_and_a_test_for_each() {
    let paths: Vec<_> = samples().iter().map(|sample| sample.path).collect();
    assert_eq!(paths, PATHS);
    assert_eq!(paths.len(), 36);
    for proxy_type in PROXY_TYPES {
        assert_eq!(paths.iter().filter(|path| path.contains(&format!("/{proxy_type}/"))).count(), 9);
    }
}

fn other(endpoint: Endpoint) -> Endpoint {
    if endpoint == Endpoint::Order { Endpoint::Calculate } else { Endpoint::Order }
}

#[test]
fn a_success_of_one_endpoint_is_not_a_response_of_the_other() {
    for sample in samples() {
        let other = other(sample.endpoint());
        let kind = recognize(other, &sample.json()).map(|response| kind_of(&response));
        let expected = (sample.kind() == "error").then_some((other, false));
        assert_eq!(kind, expected, "{}", sample.path);
    }
}

/// Whether a response is as the documentation says.
fn is_documented(endpoint: Endpoint, response: &Json) -> bool {
    let is_error = |error: &Json| error.is_object() && error["code"].is_number() && error["message"].is_string();
    if !response.is_object() {
        return false;
    }
    match response["success"] {
        Json::Bool(true) => {
            let own = match endpoint {
                Endpoint::Calculate => {
                    let warnings = match &response["warnings"] {
                        Json::Null => true,
                        Json::Array(list) => list.iter().all(is_error),
                        _ => false,
                    };
                    response["price"].is_number() && response["discount"].is_number() && warnings
                }
                Endpoint::Order => response["orderNumber"].is_string(),
            };
            let promo_code = response["promoCodeStatus"].is_null() || response["promoCodeStatus"].is_string();
            let named = response["proxyType"].is_string()
                && response["balance"].is_number()
                && response["currency"].is_string();
            own && named && promo_code && response["error"].is_null()
        }
        Json::Bool(false) => is_error(&response["error"]),
        _ => false,
    }
}

/// The fields of a documented response that are returned, and not as `null`.
fn documented_fields(endpoint: Endpoint, response: &Json) -> Vec<&'static str> {
    let is_present = |name: &str| match (&response["success"], name) {
        (_, "success") => true,
        (Json::Bool(true), "warnings") => response[name] != json!([]) && !response[name].is_null(),
        (Json::Bool(true), _) => !response[name].is_null(),
        (_, "balance") => response[name].is_number(),
        (_, "currency") => response[name].is_string(),
        (_, name) => name == "error",
    };
    endpoint.response_fields().iter().copied().filter(|name| is_present(name)).collect()
}

/// A response is recognized if it is documented, and exactly its documented fields are returned.
fn check(endpoint: Endpoint, response: &Json) {
    let recognized = recognize(endpoint, response);
    assert_eq!(recognized.is_some(), is_documented(endpoint, response), "{endpoint:?} {response}");
    if let Some(recognized) = recognized {
        assert_eq!(kind_of(&recognized), (endpoint, response["success"] == true), "{response}");
        let expected = documented_fields(endpoint, response);
        assert_eq!(present_names(&recognized), expected, "{endpoint:?} {response}");
    }
}

/// The parts of a sample that can be changed: its fields, those of its error and its first warning, and each warning.
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

/// Values of each type, including edge cases.
fn other_values() -> Vec<Json> {
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
fn only_documented_responses_are_recognized_when_a_field_is_missing() {
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
fn only_documented_responses_are_recognized_when_a_field_has_another_value() {
    for sample in samples() {
        for pointer in pointers(&sample.json()) {
            for value in other_values() {
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
            if let Some(error) = json.pointer_mut(pointer).filter(|error| error.is_object()) {
                *error = json!([error["code"], error["message"]]);
                assert_eq!(recognize(sample.endpoint(), &json), None, "{json}");
            }
        }
        // In JavaScript, a list can also have a code and a message.
        let json = sample.json();
        let mut draft = response_draft(sample.endpoint(), &json);
        *draft.fields.0.last_mut().unwrap() = Value::List;
        draft.error = [Value::Number(4.0), Value::Text("")];
        assert_eq!(Response::from_draft(sample.endpoint(), &draft), None, "{}", sample.path);
    }
}

#[test]
fn a_response_that_is_not_an_object_is_not_recognized() {
    for value in other_values() {
        ENDPOINTS.iter().for_each(|endpoint| check(*endpoint, &value));
    }
}

#[test]
fn undocumented_fields_are_dropped() {
    for sample in samples() {
        let expected = recognize(sample.endpoint(), &sample.json());
        for extra in other_values() {
            let mut json = sample.json();
            json["more"] = extra;
            json["Success"] = json!(false);
            json["price "] = json!(0);
            json["__proto__"] = json!({ "success": false });
            assert_eq!(recognize(sample.endpoint(), &json), expected, "{}", sample.path);
        }
    }
}

#[test]
fn names_in_another_case_are_other_names() {
    for sample in samples() {
        let json = sample.json();
        let fields = json.as_object().unwrap();
        let upper: Map<_, _> = fields.iter().map(|(name, value)| (name.to_uppercase(), value.clone())).collect();
        assert_eq!(recognize(sample.endpoint(), &Json::Object(upper)), None);
    }
}

/// The values of a response: fields, error, warnings.
fn values<'d, 'a>(draft: &'d mut ResponseDraft<'a>) -> Vec<&'d mut Value<'a>> {
    let ResponseDraft { fields, error, warnings } = draft;
    fields.0.iter_mut().chain(error).chain(warnings.iter_mut().flatten()).collect()
}

/// The name of the field at a position of a sample's values; none for those of its error and warnings.
fn field_name(sample: &Sample, position: usize) -> Option<&'static str> {
    sample.endpoint().response_fields().get(position).copied()
}

/// Calls `check` for every sample with each of its values changed in turn, if `change` changes that value.
fn each_changed(
    change: fn(Value<'_>) -> Option<Value<'static>>,
    mut check: impl FnMut(&Sample, &ResponseDraft, usize, Option<Response>),
) {
    let mut changes = 0;
    for sample in samples() {
        let json = sample.json();
        for place in 0..values(&mut response_draft(sample.endpoint(), &json)).len() {
            let mut draft = response_draft(sample.endpoint(), &json);
            let before = draft.clone();
            let value = &mut *values(&mut draft).swap_remove(place);
            let Some(other) = change(*value) else { continue };
            *value = other;
            changes += 1;
            check(&sample, &before, place, Response::from_draft(sample.endpoint(), &draft));
        }
    }
    assert!(changes > 36, "{changes}");
}

/// An engine reads `1e400` as infinity.
#[test]
fn infinite_numbers_are_not_amounts() {
    let infinities: [fn(Value<'_>) -> Option<Value<'static>>; 3] = [
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::INFINITY)),
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::NEG_INFINITY)),
        |value| matches!(value, Value::Number(_)).then_some(Value::Number(f64::NAN)),
    ];
    for infinity in infinities {
        each_changed(infinity, |sample, _, place, response| {
            // A failure needs the code of its error, but not a balance.
            if sample.kind() == "error" && field_name(sample, place) == Some("balance") {
                let present = present_names(&response.unwrap());
                assert_eq!(present, ["success", "currency", "error"], "{}", sample.path);
            } else {
                assert_eq!(response, None, "{} {place}", sample.path);
            }
        });
    }
}

/// The only text that decides anything is `VALID`.
#[test]
fn text_that_is_too_long_or_invalid_is_text() {
    let texts: [fn(Value<'_>) -> Option<Value<'static>>; 2] = [
        |value| matches!(value, Value::Text(_)).then_some(Value::TextTooLong),
        |value| matches!(value, Value::Text(_)).then_some(Value::InvalidText),
    ];
    for text in texts {
        each_changed(text, |sample, before, place, response| {
            let mut expected = Response::from_draft(sample.endpoint(), before);
            if field_name(sample, place) == Some("promoCodeStatus") {
                let status = match &mut expected {
                    Some(Response::Calculate(CalculateResponse::Success(quote))) => &mut quote.promo_code_status,
                    Some(Response::Order(OrderResponse::Success(receipt))) => &mut receipt.promo_code_status,
                    _ => panic!("{}", sample.path),
                };
                *status = Some(PromoCodeStatus::Other);
            }
            assert_eq!(response, expected, "{} {place}", sample.path);
        });
    }
}

#[test]
fn missing_values_at_the_end_are_absent() {
    for sample in samples() {
        let json = sample.json();
        let names = sample.endpoint().response_fields();
        for count in 0..names.len() {
            let mut short = response_draft(sample.endpoint(), &json);
            short.fields.0.truncate(count);
            let mut whole = short.clone();
            whole.fields.0.resize(names.len(), Value::Absent);
            let response = Response::from_draft(sample.endpoint(), &short);
            assert_eq!(response, Response::from_draft(sample.endpoint(), &whole), "{} {count}", sample.path);
            // A success needs a currency, and a failure needs an error, which comes last.
            assert!(response.is_none() || names[..count].contains(&"currency"), "{} {count}", sample.path);
            assert!(response.is_none() || sample.kind() != "error", "{} {count}", sample.path);
        }
    }
}

#[test]
fn a_failure_needs_only_its_error() {
    let json = json!({ "success": false, "error": { "code": 2, "message": "Error api key" } });
    let calculation = Response::Calculate(CalculateResponse::Failure(calculate_failure()));
    let order = Response::Order(OrderResponse::Failure(order_failure()));
    for (endpoint, response) in [(Endpoint::Calculate, calculation), (Endpoint::Order, order)] {
        assert_eq!(present_names(&response), ["success", "error"]);
        assert_eq!(recognize(endpoint, &json), Some(response));
    }
}

#[test]
fn fields_of_a_failure_with_another_type_are_null() {
    let json = json!({
        "success": false, "proxyType": "IPv4", "balance": "7.18", "price": 1, "discount": 0, "currency": 5,
        "promoCodeStatus": "VALID", "warnings": 7, "error": { "code": 4, "message": "" }, "orderNumber": "NUMBER-1",
    });
    for endpoint in ENDPOINTS {
        assert_eq!(present_names(&recognize(endpoint, &json).unwrap()), ["success", "error"]);
    }
}

#[test]
fn a_success_may_leave_out_what_is_null() {
    for (path, optional) in [
        ("calculate/IPv4/success", &["promoCodeStatus", "warnings", "error"][..]),
        ("order/IPv4/success", &["promoCodeStatus", "error"]),
    ] {
        let sample = sample(path);
        let mut json = sample.json();
        for name in optional {
            json.as_object_mut().unwrap().remove(*name);
        }
        assert_eq!(recognize(sample.endpoint(), &json), recognize(sample.endpoint(), &sample.json()));
    }
}

#[test]
fn an_empty_list_of_warnings_is_null() {
    let sample = sample("calculate/IPv4/success");
    let mut json = sample.json();
    json["warnings"] = json!([]);
    let response = recognize(Endpoint::Calculate, &json).unwrap();
    assert_eq!(response, recognize(Endpoint::Calculate, &sample.json()).unwrap());
    assert_eq!(present_names(&response), fields_with_values(&sample));
}
