//! The codec: `src/shell/wire.ts` writes what `src/wasm/wire.rs` reads. The tables of both agree, and any text is cut
//! where JavaScript has joined it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::{Draft, Value};
use proxy_orders::endpoint::Endpoint;
use proxy_orders::reply::{self, Reply, ReplyDraft, ReplyFields};
use proxy_orders::request;
use proxy_orders::wasm::wire::{KINDS, reply_draft, request_draft};

const SHELL: &str = include_str!("../src/shell/wire.ts");

/// The shell's declaration of a table holds exactly these names, in this order.
fn assert_table(declaration: &str, names: &[&str]) {
    let source: String = SHELL.split_whitespace().collect::<Vec<_>>().join(" ").replace("[ ", "[").replace(", ]", "]");
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let expected = format!("{declaration} = [{}] as const", quoted.join(", "));
    assert_eq!(source.matches(&expected).count(), 1, "src/shell/wire.ts must have: {expected}");
}

#[test]
fn the_shell_reads_the_fields_of_requests_in_the_order_of_the_core() {
    let names: Vec<_> = request::Field::ALL.iter().map(|field| field.name()).collect();
    assert_table("export const REQUEST_FIELDS", &names);
}

#[test]
fn the_shell_reads_the_fields_of_replies_in_the_order_of_the_core() {
    assert_table("export const REPLY_FIELDS", reply::Field::NAMES);
}

#[test]
fn the_shell_numbers_the_kinds_of_values_as_the_core_does() {
    let numbered: Vec<_> = KINDS.iter().enumerate().map(|(number, kind)| format!("{kind}: {number}")).collect();
    let expected = format!("const Kind = {{ {}, }} as const;", numbered.join(", "));
    let source = SHELL.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(source.contains(&expected), "src/shell/wire.ts must have: {expected}");
}

/// A list of names stands for places, so none may stand twice; and every place needs a bit.
#[test]
fn every_field_has_a_place_of_its_own() {
    for (place, field) in request::Field::ALL.iter().enumerate() {
        assert_eq!(*field as usize, place);
    }
    let requests: Vec<_> = request::Field::ALL.iter().map(|field| field.name()).collect();
    for names in [requests.as_slice(), reply::Field::NAMES, KINDS] {
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        assert!(names.len() <= 31, "JavaScript shifts signed 32-bit numbers");
    }
    assert!(reply::Field::NAMES.len() <= 15, "the fields of a reply have two bits each");
}

#[test]
fn the_fields_of_a_reply_are_one_number() {
    let fields = ReplyFields { documented: 0b111, present: 0b101 };
    assert_eq!(u32::from(fields), 0b101_0000_0000_0000_0111);
    assert_eq!(SHELL.matches("const PRESENT = 16;").count(), 1);
}

/// The number of a kind.
fn kind(name: &str) -> f64 {
    KINDS.iter().position(|kind| *kind == name).unwrap() as f64
}

#[test]
fn each_kind_is_one_value() {
    let decoded = |name: &str| request_draft(&[kind(name), 1.5], "text");
    for (name, value) in [
        ("absent", Value::Absent),
        ("false", Value::Bool(false)),
        ("true", Value::Bool(true)),
        ("number", Value::Number(1.5)),
        ("text", Value::Text("t")),
        ("longText", Value::LongText),
        ("brokenText", Value::BrokenText),
        ("list", Value::List),
        ("object", Value::Object),
        ("other", Value::Other),
    ] {
        assert_eq!(decoded(name), Draft(vec![value]), "{name}");
    }
}

/// Lengths are UTF-16 code units: those of JavaScript, not those of Rust.
#[test]
fn texts_are_cut_at_their_lengths_in_utf_16() {
    let parts = ["", "a", "\u{1f600}", "é", "", "ключ", "\u{1f600}\u{1f600}x", "\u{ffff}", "\0", "\u{10ffff}", "end"];
    for rotation in 0..parts.len() {
        let mut texts = parts;
        texts.rotate_left(rotation);
        let numbers: Vec<_> =
            texts.iter().flat_map(|text| [kind("text"), text.encode_utf16().count() as f64]).collect();
        assert_eq!(request_draft(&numbers, &texts.concat()), Draft(texts.map(Value::Text).to_vec()));
    }
}

/// The shell does not know the longest text of a field, and hands over a little more.
#[test]
fn a_text_of_more_than_ten_thousand_units_is_a_long_one() {
    let (whole, long) = ("\u{1f600}".repeat(5_000), "x".repeat(10_001));
    let numbers = [kind("text"), 10_000.0, kind("text"), 10_001.0, kind("text"), 1.0];
    let expected = vec![Value::Text(&whole), Value::LongText, Value::Text("b")];
    assert_eq!(request_draft(&numbers, &format!("{whole}{long}b")), Draft(expected));
}

#[test]
fn values_between_texts_take_nothing_from_them() {
    let numbers =
        [kind("text"), 2.0, kind("number"), 1.0, kind("longText"), 3.0, kind("brokenText"), 1.0, kind("text"), 1.0];
    let expected = [Value::Text("\u{1f600}"), Value::Number(1.0), Value::LongText, Value::BrokenText, Value::Text("b")];
    assert_eq!(request_draft(&numbers, "\u{1f600}b"), Draft(expected.to_vec()));
}

/// A length that ends inside of a character ends before it; one beyond the end takes what is there.
#[test]
fn wrong_lengths_cut_no_character_and_reach_not_beyond_the_end() {
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
fn an_endless_length_is_a_long_text() {
    for length in [1e300, f64::INFINITY] {
        assert_eq!(request_draft(&[kind("text"), length], "a"), Draft(vec![Value::LongText]), "{length}");
    }
}

#[test]
fn a_kind_that_does_not_exist_is_another_value() {
    for number in [KINDS.len() as f64, 255.0, 1e300, f64::INFINITY] {
        assert_eq!(request_draft(&[number, 1.0], "a"), Draft(vec![Value::Other]), "{number}");
    }
}

#[test]
fn half_a_value_is_none() {
    assert_eq!(request_draft(&[], "abc"), Draft(vec![]));
    assert_eq!(request_draft(&[kind("true")], ""), Draft(vec![]));
    assert_eq!(request_draft(&[kind("true"), 0.0, kind("true")], ""), Draft(vec![Value::Bool(true)]));
}

/// The numbers of so many values, each the number of its place.
fn counted(count: usize) -> Vec<f64> {
    (0..count).flat_map(|place| [kind("number"), place as f64]).collect()
}

#[test]
fn a_reply_is_its_fields_then_its_error_then_its_warnings() {
    let fields = reply::Field::NAMES.len();
    for warnings in 0..4 {
        let numbers = |place: usize| Value::Number(place as f64);
        let pair = |place: usize| [numbers(place), numbers(place + 1)];
        let expected = ReplyDraft {
            fields: Draft((0..fields).map(numbers).collect()),
            error: pair(fields),
            warnings: (0..warnings).map(|warning| pair(fields + 2 + 2 * warning)).collect(),
        };
        assert_eq!(reply_draft(&counted(fields + 2 + 2 * warnings), ""), expected);
        // Half a warning is none.
        assert_eq!(reply_draft(&counted(fields + 3 + 2 * warnings), ""), expected);
    }
}

#[test]
fn a_reply_that_ends_early_has_no_error_and_no_warnings() {
    let fields = reply::Field::NAMES.len();
    for count in 0..fields + 2 {
        let draft = reply_draft(&counted(count), "");
        assert_eq!(draft.fields.0.len(), count.min(fields));
        assert_eq!((draft.error, draft.warnings), ([Value::Absent; 2], vec![]));
    }
}

/// Nothing is what the shell writes for a body that is not an object.
#[test]
fn nothing_is_not_a_reply() {
    for endpoint in [Endpoint::Calculate, Endpoint::Order] {
        assert_eq!(Reply::from_draft(endpoint, &reply_draft(&[], "")), None);
    }
}
