//! Prices and orders proxies (IPv4, IPv6, MOBILE, ISP) through YouProxy's documented HTTP API.
//!
//! **Rust knows the API, the shell knows the browser.** A value that is passed in stays where it is; the typed request
//! built from it decides which values are sent. The shell is the TypeScript in `src/shell`: it reads arguments, waits,
//! calls `fetch`, remembers orders, and throws errors.
//!
//! The data of a call flows one way:
//!
//! 1. [`draft`]: values before they are validated; [`rules`]: the rules for values;
//! 2. [`request`]: the fields, each declared once, and the typed request built from a draft, or every violation;
//! 3. [`issue`]: a violation as a sentence for the customer;
//! 4. [`endpoint`]: the URL of a request;
//! 5. [`response`]: the documented responses, recognized and typed;
//! 6. [`exchange`]: what happens after each attempt;
//! 7. [`error`]: why a call rejects, and whether its order may have been placed.
//!
//! These modules know nothing about JavaScript and are tested natively. [`wasm`] is the boundary to the shell.
//!
//! Where a change begins:
//!
//! - a field of a request: its line in [`request`]; the compiler then asks for its name in `src/shell/wire.ts`;
//! - a field of a response: its line in [`response`]; the compiler then asks for its name in `src/shell/wire.ts`;
//! - an option: its entry and its documentation in `src/shell/options.ts`;
//! - an error: its code in [`error`]; the compiler then asks for its message in `src/shell/error.ts`;
//! - a rule for values: [`rules`];
//! - a sentence about a field: the field's line in [`request`], or `sentences!` for all of them;
//! - a rule for retries or guards: [`exchange`];
//! - a rule for duplicates, unresolved orders or outcomes: `src/shell/ledger.ts`.

pub mod draft;
pub mod endpoint;
pub mod error;
pub mod exchange;
pub mod issue;
pub mod request;
pub mod response;
pub mod rules;
pub mod wasm;
mod words;
