//! The codec of the shell, for tests: what `src/shell/wire.ts` writes and `src/wasm/wire.rs` reads.

use proxy_orders::draft::Value;
use proxy_orders::wasm::wire;

/// Encodes values as the shell does.
pub fn encode(values: &[Value]) -> (Vec<f64>, String) {
    let (mut numbers, mut texts) = (Vec::new(), String::new());
    for value in values {
        let (kind, number) = match *value {
            Value::Absent => ("absent", 0.0),
            Value::Bool(false) => ("false", 0.0),
            Value::Bool(true) => ("true", 0.0),
            Value::Number(number) => ("number", number),
            Value::Text(text) => {
                texts.push_str(text);
                ("text", text.encode_utf16().count() as f64)
            }
            Value::TextTooLong => ("textTooLong", 0.0),
            Value::InvalidText => ("invalidText", 0.0),
            Value::List => ("list", 0.0),
            Value::Object => ("object", 0.0),
            Value::Other => ("other", 0.0),
        };
        numbers.extend([wire::KINDS.iter().position(|name| *name == kind).unwrap() as f64, number]);
    }
    (numbers, texts)
}
