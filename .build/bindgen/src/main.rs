//! Generates the JavaScript for a compiled crate: `bindgen crate.wasm folder`.
//!
//! Replaces wasm-bindgen's command line, whose dependencies take three times as long to compile.

use std::env;
use std::process::ExitCode;

use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [wasm, folder] = arguments.as_slice() else {
        eprintln!("usage: bindgen crate.wasm folder");
        return ExitCode::FAILURE;
    };
    let mut bindgen = Bindgen::new();
    // The binary needs reference types, and every engine with those has `encodeInto`.
    bindgen.encode_into(EncodeInto::Always);
    let written = bindgen.input_path(wasm).bundler(true).and_then(|bindgen| bindgen.typescript(true).generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
