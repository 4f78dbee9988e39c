//! Prices and places orders for proxies (IPv4, IPv6, MOBILE, ISP) against the documented HTTP API of a proxy seller.
//!
//! **Rust knows the API, the shell knows the browser. A value that was handed in stays where it is; the typed request
//! made from it decides which values are sent.** The shell is the TypeScript in `src/shell`: it reads what was handed
//! in, waits, calls `fetch`, and throws errors.
//!
//! The data of a call flows one way:
//!
//! 1. [`draft`]: what was handed in, before it is validated; [`rules`]: the rules for values;
//! 2. [`request`]: the fields, each declared once, and the typed request made from a draft, or every fault;
//! 3. [`issue`]: a fault as a sentence for the customer;
//! 4. [`exchange`]: which request is sent next ([`endpoint`]), and what happens after each attempt;
//! 5. [`reply`]: the documented replies, recognised and typed;
//! 6. [`error`]: why a call is rejected, and whether an order may have been placed.
//!
//! These modules know no JavaScript and are tested natively. [`wasm`] is the boundary to the shell.
//!
//! Where a change begins:
//!
//! - a field: its line in [`request`]; the compiler then asks for its name in `src/shell/wire.ts`;
//! - an option: its entry and its documentation in `src/shell/options.ts`;
//! - an error: its code in [`error`]; the compiler then asks for its message in `src/shell/error.ts`;
//! - a rule for values: [`rules`];
//! - a sentence about a field: the field's line in [`request`], or `sentences!` for all of them;
//! - a rule for retries, guards or outcomes: [`exchange`].

pub mod draft;
pub mod endpoint;
pub mod error;
pub mod exchange;
pub mod issue;
pub mod reply;
pub mod request;
pub mod rules;
pub mod wasm;
