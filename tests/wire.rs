//! How values cross the boundary: `src/shell/wire.ts` writes what `src/wasm/wire.rs` reads. The tables of both agree,
//! and joined texts are separated where JavaScript joined them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::{Draft, Value};
use proxy_orders::request::{self, Violation};
use proxy_orders::response::{CalculateField, OrderField, Response, ResponseDraft};
use proxy_orders::rules::ViolationKind;
use proxy_orders::wasm::wire::{KINDS, request_draft, response_draft, violation, violation_number};
use support::ENDPOINTS;

const SHELL: &str = include_str!("../src/shell/wire.ts");

/// The shell's declaration of a table holds exactly these names, in this order.
fn assert_table(declaration: &str, names: &[&str]) {
    let source: String = SHELL.split_whitespace().collect::<Vec<_>>().join(" ").replace("[ ", "[").replace(", ]", "]");
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let expected = format!("{declaration} [{}] as const", quoted.join(", "));
    assert_eq!(source.matches(&expected).count(), 1, "src/shell/wire.ts must have: {expected}");
}

#[test]
fn the_shell_reads_the_fields_of_requests_in_the_order_of_the_core() {
    let names: Vec<_> = request::Field::ALL.iter().map(|field| field.name()).collect();
    assert_table("export const REQUEST_FIELDS =", &names);
}

#[test]
fn the_shell_reads_the_fields_of_responses_in_the_order_of_the_core() {
    assert_table("calculate:", CalculateField::NAMES);
    assert_table("order:", OrderField::NAMES);
}

#[test]
fn the_shell_numbers_the_kinds_of_values_as_the_core_does() {
    let numbered: Vec<_> = KINDS.iter().enumerate().map(|(number, kind)| format!("{kind}: {number}")).collect();
    let expected = format!("const Kind = {{ {}, }} as const;", numbered.join(", "));
    let source = SHELL.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(source.contains(&expected), "src/shell/wire.ts must have: {expected}");
}

/// A name is its position in a list, and a bit of a number.
#[test]
fn every_field_has_a_position_and_a_bit_of_its_own() {
    for (position, field) in request::Field::ALL.iter().enumerate() {
        assert_eq!(*field as usize, position);
    }
    let requests: Vec<_> = request::Field::ALL.iter().map(|field| field.name()).collect();
    for names in [requests.as_slice(), CalculateField::NAMES, OrderField::NAMES, KINDS] {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        assert!(names.len() <= 31, "JavaScript shifts signed 32-bit numbers");
    }
}

#[test]
fn a_violation_is_the_one_of_its_number() {
    let mut numbers = Vec::new();
    for &field in request::Field::ALL {
        for &kind in ViolationKind::ALL {
            let found = Violation { field, kind };
            let number = violation_number(found);
            assert_eq!(violation(number), Some(found));
            numbers.push(number);
        }
    }
    numbers.dedup();
    assert_eq!(numbers.len(), request::Field::ALL.len() * ViolationKind::ALL.len());
    assert_eq!(violation(numbers.len() as u32), None);
    assert_eq!(violation(u32::MAX), None);
}

/// The number of a kind.
fn kind(name: &str) -> f64 {
    KINDS.iter().position(|kind| *kind == name).unwrap() as f64
}

#[test]
fn each_kind_is_decoded_as_its_value() {
    let decoded = |name: &str| request_draft(&[kind(name), 1.5], "text");
    for (name, value) in [
        ("absent", Value::Absent),
        ("false", Value::Bool(false)),
        ("true", Value::Bool(true)),
        ("number", Value::Number(1.5)),
        ("text", Value::Text("t")),
        ("textTooLong", Value::TextTooLong),
        ("invalidText", Value::InvalidText),
        ("list", Value::List),
        ("object", Value::Object),
        ("other", Value::Other),
    ] {
        assert_eq!(decoded(name), Draft(vec![value]), "{name}");
    }
}

/// Lengths are UTF-16 code units: those of JavaScript, not those of Rust.
#[test]
fn texts_are_separated_by_their_lengths_in_utf_16() {
    let parts = ["", "a", "\u{1f600}", "é", "", "ключ", "\u{1f600}\u{1f600}x", "\u{ffff}", "\0", "\u{10ffff}", "end"];
    for rotation in 0..parts.len() {
        let mut texts = parts;
        texts.rotate_left(rotation);
        let numbers: Vec<_> =
            texts.iter().flat_map(|text| [kind("text"), text.encode_utf16().count() as f64]).collect();
        assert_eq!(request_draft(&numbers, &texts.concat()), Draft(texts.map(Value::Text).to_vec()));
    }
}

/// The shell may send text that is a little longer than the core accepts.
#[test]
fn text_of_more_than_ten_thousand_units_is_too_long() {
    let (whole, long) = ("\u{1f600}".repeat(5_000), "x".repeat(10_001));
    let numbers = [kind("text"), 10_000.0, kind("text"), 10_001.0, kind("text"), 1.0];
    let expected = vec![Value::Text(&whole), Value::TextTooLong, Value::Text("b")];
    assert_eq!(request_draft(&numbers, &format!("{whole}{long}b")), Draft(expected));
}

#[test]
fn values_between_texts_have_no_text() {
    let numbers =
        [kind("text"), 2.0, kind("number"), 1.0, kind("textTooLong"), 3.0, kind("invalidText"), 1.0, kind("text"), 1.0];
    let expected =
        [Value::Text("\u{1f600}"), Value::Number(1.0), Value::TextTooLong, Value::InvalidText, Value::Text("b")];
    assert_eq!(request_draft(&numbers, "\u{1f600}b"), Draft(expected.to_vec()));
}

/// A text whose length ends inside a character ends before it.
#[test]
fn wrong_lengths_split_no_character_and_end_with_the_texts() {
    let cut = |length: f64, texts: &'static str| match request_draft(&[kind("text"), length], texts).0[..] {
        [Value::Text(text)] => text,
        ref values => panic!("{values:?}"),
    };
    for (length, texts, expected) in [
        (1.0, "\u{1f600}b", ""),
        (3.0, "\u{1f600}b", "\u{1f600}b"),
        (2.0, "a\u{1f600}", "a"),
        (1.0, "é", "é"),
        (99.0, "é", "é"),
        (99.0, "ascii", "ascii"),
        (1.9, "ascii", "a"),
        (-1.0, "ascii", ""),
        (f64::NAN, "ascii", ""),
        (f64::NEG_INFINITY, "ascii", ""),
        (10_000.0, "\u{1f600}", "\u{1f600}"),
        (10_000.0, "", ""),
    ] {
        assert_eq!(cut(length, texts), expected, "{length} of {texts:?}");
    }
}

#[test]
fn text_of_infinite_length_is_too_long() {
    for length in [1e300, f64::INFINITY] {
        assert_eq!(request_draft(&[kind("text"), length], "a"), Draft(vec![Value::TextTooLong]), "{length}");
    }
}

#[test]
fn an_unknown_kind_is_another_value() {
    for number in [KINDS.len() as f64, 255.0, 1e300, f64::INFINITY] {
        assert_eq!(request_draft(&[number, 1.0], "a"), Draft(vec![Value::Other]), "{number}");
    }
}

#[test]
fn half_a_value_is_ignored() {
    assert_eq!(request_draft(&[], "abc"), Draft(vec![]));
    assert_eq!(request_draft(&[kind("true")], ""), Draft(vec![]));
    assert_eq!(request_draft(&[kind("true"), 0.0, kind("true")], ""), Draft(vec![Value::Bool(true)]));
}

/// Encoded values: the numbers from 0.
fn counted(count: usize) -> Vec<f64> {
    (0..count).flat_map(|number| [kind("number"), number as f64]).collect()
}

#[test]
fn a_response_is_its_fields_then_its_error_then_its_warnings() {
    for endpoint in ENDPOINTS {
        let fields = endpoint.response_fields().len();
        for warnings in 0..4 {
            let number = |position: usize| Value::Number(position as f64);
            let pair = |position: usize| [number(position), number(position + 1)];
            let expected = ResponseDraft {
                fields: Draft((0..fields).map(number).collect()),
                error: pair(fields),
                warnings: (0..warnings).map(|warning| pair(fields + 2 + 2 * warning)).collect(),
            };
            let count = fields + 2 + 2 * warnings;
            assert_eq!(response_draft(endpoint, &counted(count), ""), expected);
            assert_eq!(response_draft(endpoint, &counted(count + 1), ""), expected, "half a warning is ignored");
        }
    }
}

#[test]
fn a_response_that_ends_early_has_no_error_and_no_warnings() {
    for endpoint in ENDPOINTS {
        let fields = endpoint.response_fields().len();
        for count in 0..fields + 2 {
            let draft = response_draft(endpoint, &counted(count), "");
            assert_eq!(draft.fields.0.len(), count.min(fields));
            assert_eq!((draft.error, draft.warnings), ([Value::Absent; 2], vec![]));
        }
    }
}

/// For a body that is not an object, the shell sends no values.
#[test]
fn no_values_are_not_a_response() {
    for endpoint in ENDPOINTS {
        assert_eq!(Response::from_draft(endpoint, &response_draft(endpoint, &[], "")), None);
    }
}
