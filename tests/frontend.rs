//! The types in a frontend that is itself written in Rust: it brings its own HTTP, this crate checks what goes out and
//! reads what comes back.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proxy_orders::draft::{Draft, Value};
use proxy_orders::issue::Issue;
use proxy_orders::request::{CalculateRequest, Field, OrderRequest};
use proxy_orders::response::{CalculateResponse, OrderResponse};

/// What the customer has typed so far.
struct Form {
    quantity: f64,
    days: f64,
    goal: String,
    country: String,
    protocol: String,
}

impl Form {
    fn draft(&self) -> Draft<'_, Field> {
        Draft::new([
            (Field::ProxyType, Value::Text("IPv6")),
            (Field::Quantity, Value::Number(self.quantity)),
            (Field::RentPeriodDays, Value::Number(self.days)),
            (Field::Goal, Value::Text(&self.goal)),
            (Field::Country, Value::Text(&self.country)),
            (Field::Protocol, Value::Text(&self.protocol)),
            (Field::AuthType, Value::Text("LOGIN")),
        ])
    }
}

fn form() -> Form {
    Form { quantity: 10.0, days: 90.0, goal: "scraping".into(), country: "DEU".into(), protocol: "SOCKS".into() }
}

/// What to show under a field.
fn hint(issues: &[Issue], field: &str) -> String {
    issues.iter().filter(|issue| issue.path == [field]).map(|issue| issue.message.as_str()).collect()
}

#[test]
fn what_is_wrong_is_shown_under_its_field() {
    let form = Form { quantity: 0.5, country: "Germany".into(), ..form() };
    let issues = OrderRequest::check(&form.draft()).unwrap_err();
    assert_eq!(hint(&issues, "quantity"), "Quantity must be a whole number from 1 to 4294967295.");
    assert_eq!(hint(&issues, "country"), "Country must be three capital letters from A to Z, as in USA.");
    assert_eq!(hint(&issues, "goal"), "");
}

#[test]
fn a_price_is_asked_for_and_read() {
    let request = CalculateRequest::check(&form().draft()).unwrap();
    let body = serde_json::to_string(&request).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&body).unwrap(),
        serde_json::json!({
            "proxyType": "IPv6", "quantity": 10, "rentPeriodDays": 90, "goal": "scraping", "country": "DEU",
        })
    );

    let reply = r#"{"success":true,"proxyType":"IPv6","balance":7.18,"price":20.5,"currency":"USD","discount":0,
        "promoCodeStatus":null,"error":null,"warnings":[{"code":16,"message":"Insufficient funds on balance"}]}"#;
    let told = match serde_json::from_str(reply).unwrap() {
        CalculateResponse::Success(quote) => match quote.warnings {
            None => format!("{} {}", quote.price, quote.currency),
            Some(warnings) => warnings.into_iter().map(|warning| warning.message).collect(),
        },
        CalculateResponse::Failure(failure) => failure.error.message,
    };
    assert_eq!(told, "Insufficient funds on balance");
}

#[test]
fn an_order_is_placed_and_its_receipt_read() {
    let form = form();
    let order = OrderRequest::check(&form.draft()).unwrap();
    let body = serde_json::to_value(&order).unwrap();
    assert_eq!((&body["protocol"], &body["authType"]), (&"SOCKS".into(), &"LOGIN".into()));
    let calculation = serde_json::to_value(order.calculation()).unwrap();
    assert_eq!(calculation, serde_json::to_value(CalculateRequest::check(&form.draft()).unwrap()).unwrap());

    for (reply, expected) in [
        (
            r#"{"success":true,"proxyType":"IPv6","orderNumber":"NUMBER-22334455","balance":3.76,"currency":"USD",
                "error":null,"promoCodeStatus":null}"#,
            "NUMBER-22334455, 3.76 USD left",
        ),
        (
            r#"{"success":false,"proxyType":null,"orderNumber":null,"balance":7.18,"currency":"USD",
                "error":{"code":14,"message":"Incorrect goal"},"promoCodeStatus":null}"#,
            "refused with 14: Incorrect goal",
        ),
    ] {
        let told = match serde_json::from_str(reply).unwrap() {
            OrderResponse::Success(receipt) => {
                format!("{}, {} {} left", receipt.order_number, receipt.balance, receipt.currency)
            }
            OrderResponse::Failure(failure) => {
                format!("refused with {}: {}", failure.error.code, failure.error.message)
            }
        };
        assert_eq!(told, expected);
    }
}
