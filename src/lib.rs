//! Prices and places orders for proxies (IPv4, IPv6, MOBILE, ISP) against the documented HTTP API of a proxy seller.
//!
//! Data flows one way, and each room is one step of it:
//!
//! 1. [`draft`]: what the caller handed in, before it is believed;
//! 2. [`request`]: a draft turned into a valid request, or into [every issue](issue) it has;
//! 3. [`options`]: how to reach the API, checked the same way;
//! 4. [`client`]: one exchange: where it goes, what is sent next, and how it ends;
//! 5. [`response`]: a reply recognised as a documented one;
//! 6. [`error`]: why a call failed, and whether an order may have been placed.
//!
//! None of these rooms knows JavaScript. The exports behind the npm package stand in `js`, which exists only in
//! WebAssembly and with the feature of that name.
//!
//! ```
//! use proxy_orders::draft::{Draft, Value};
//! use proxy_orders::request::{Field, OrderRequest};
//!
//! let draft = Draft::new([
//!     (Field::ProxyType, Value::Text("IPv4")),
//!     (Field::Quantity, Value::Number(1.0)),
//!     (Field::RentPeriodDays, Value::Number(30.0)),
//!     (Field::Goal, Value::Text("scraping")),
//!     (Field::Country, Value::Text("usa")),
//!     (Field::AuthType, Value::Text("LOGIN")),
//! ]);
//! let issues = OrderRequest::check(&draft).unwrap_err();
//! assert_eq!(issues[0].message, "Country must be three capital letters from A to Z, as in USA.");
//! ```

pub mod client;
pub mod draft;
pub mod error;
pub mod issue;
#[cfg(all(feature = "js", target_arch = "wasm32"))]
mod js;
pub mod options;
pub mod request;
pub mod response;
