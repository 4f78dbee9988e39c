//! The documented replies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::client::Function;
use crate::draft::Value;

/// Declares a type whose one value stands for `true` or `false`.
macro_rules! literals {
    ($($(#[$doc:meta])* $type:ident = $value:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
        #[serde(into = "bool")]
        pub struct $type;

        impl From<$type> for bool {
            fn from(_: $type) -> Self {
                $value
            }
        }
    )* };
}

literals! {
    /// The value `true`.
    True = true;
    /// The value `false`.
    False = false;
}

/// An error or a warning of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
pub struct ApiError {
    /// The number of the error; `ApiErrorCode` names the documented ones, and others may come.
    pub code: f64,
    /// What the API says about it.
    pub message: String,
}

/// A price, as the API quoted it.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CalculateSuccess {
    /// The API has calculated. With warnings it would still refuse the order.
    #[tsify(type = "true")]
    pub success: True,
    /// The proxy type that was priced, as the API wrote it.
    #[tsify(type = "ProxyType | (string & {})")]
    pub proxy_type: String,
    /// The balance of the account, in `currency`.
    pub balance: f64,
    /// The price of the whole order, in `currency`, after the discount.
    pub price: f64,
    /// The discount that is in the price, in percent.
    pub discount: f64,
    /// The currency of all amounts, such as `"USD"`.
    pub currency: String,
    /// What became of the promo code; `null` without one.
    #[tsify(type = "PromoCodeStatus | null")]
    pub promo_code_status: Option<String>,
    /// Why the order would not be executed; `null` when nothing stands against it.
    #[tsify(type = "[ApiError, ...ApiError[]] | null")]
    pub warnings: Option<Vec<ApiError>>,
    /// No error.
    #[tsify(type = "null")]
    pub error: Option<()>,
}

/// A refusal to calculate.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CalculateFailure {
    /// The API has refused.
    #[tsify(type = "false")]
    pub success: False,
    /// Not told.
    #[tsify(type = "null")]
    pub proxy_type: Option<()>,
    /// The balance of the account, in `currency`; `null` where the API does not tell.
    #[tsify(type = "number | null")]
    pub balance: Option<f64>,
    /// Not told.
    #[tsify(type = "null")]
    pub price: Option<()>,
    /// Not told.
    #[tsify(type = "null")]
    pub discount: Option<()>,
    /// The currency of the balance; `null` where the API does not tell.
    #[tsify(type = "string | null")]
    pub currency: Option<String>,
    /// Not told.
    #[tsify(type = "null")]
    pub promo_code_status: Option<()>,
    /// Not told.
    #[tsify(type = "null")]
    pub warnings: Option<()>,
    /// Why the API has refused.
    pub error: ApiError,
}

/// What the API answers to a calculation: a price, or a refusal. Look at `success`, then at `warnings`.
///
/// Specification: "Calculate an order", response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(untagged, try_from = "Json")]
pub enum CalculateResponse {
    /// A price.
    Success(CalculateSuccess),
    /// A refusal.
    Failure(CalculateFailure),
}

/// An order that was placed and charged.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct OrderSuccess {
    /// The order was placed.
    #[tsify(type = "true")]
    pub success: True,
    /// The proxy type that was ordered, as the API wrote it.
    #[tsify(type = "ProxyType | (string & {})")]
    pub proxy_type: String,
    /// The number of the order, such as `"NUMBER-112233"`.
    pub order_number: String,
    /// The balance of the account after the order, in `currency`.
    pub balance: f64,
    /// The currency of the balance, such as `"USD"`.
    pub currency: String,
    /// What became of the promo code; `null` without one.
    #[tsify(type = "PromoCodeStatus | null")]
    pub promo_code_status: Option<String>,
    /// No error.
    #[tsify(type = "null")]
    pub error: Option<()>,
}

/// An order that was refused. Nothing was charged.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct OrderFailure {
    /// The API has refused.
    #[tsify(type = "false")]
    pub success: False,
    /// Not told.
    #[tsify(type = "null")]
    pub proxy_type: Option<()>,
    /// There is no order.
    #[tsify(type = "null")]
    pub order_number: Option<()>,
    /// The balance of the account, in `currency`; `null` where the API does not tell.
    #[tsify(type = "number | null")]
    pub balance: Option<f64>,
    /// The currency of the balance; `null` where the API does not tell.
    #[tsify(type = "string | null")]
    pub currency: Option<String>,
    /// Not told.
    #[tsify(type = "null")]
    pub promo_code_status: Option<()>,
    /// Why the API has refused.
    pub error: ApiError,
}

/// What the API answers to an order: it was placed, or refused.
///
/// Specification: "Create an order", response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(untagged, try_from = "Json")]
pub enum OrderResponse {
    /// It was placed.
    Success(OrderSuccess),
    /// It was refused.
    Failure(OrderFailure),
}

/// The fields of the documented replies, in the order in which their values are handed to [`recognise`], as a comment for
/// who builds the JavaScript.
pub const FIELDS_COMMENT: &str =
    "// reply: success proxyType orderNumber balance price discount currency promoCodeStatus warnings error";

/// What matters of a documented reply for what happens next. The reply itself stays with whoever read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reply {
    /// Whether the API has calculated, or placed the order.
    pub success: bool,
    /// The quoted price.
    pub price: Option<f64>,
    /// Whether there are warnings.
    pub warned: bool,
    /// Whether the promo code counts.
    pub promo_code_valid: bool,
    /// Whether there is a balance to hand on.
    pub has_balance: bool,
    /// Whether there is a currency to hand on.
    pub has_currency: bool,
}

/// Recognises a documented reply by the values of its [fields](FIELDS_COMMENT), then of code and message of its error, then of code
/// and message of its warnings. Objects and lists stand as [`Value::Usable`]; of warnings that are alike, one is enough.
#[must_use]
pub fn recognise(function: Function, values: &[Value]) -> Option<Reply> {
    let (&[success, proxy_type, number, balance, price, discount, currency, promo, warnings, error], details) =
        values.split_first_chunk()?;
    let (&[code, message], listed) = details.split_first_chunk()?;
    let Value::Bool(success) = success else { return None };
    let has_balance = is_finite(balance);
    let has_currency = is_text(currency);
    let amount = if let Value::Number(price) = price { Some(price) } else { None };
    let warned = success && warnings == Value::Usable && !listed.is_empty();
    let documented = if success {
        let own = match function {
            Function::Calculate => {
                let list = warnings == Value::Absent || warnings == Value::Usable && listed.chunks(2).all(is_fault);
                is_finite(price) && is_finite(discount) && list
            }
            Function::Order => is_text(number),
        };
        let named = is_text(proxy_type) && has_balance && has_currency;
        own && named && (promo == Value::Absent || is_text(promo)) && error == Value::Absent
    } else {
        error == Value::Usable && is_fault(&[code, message])
    };
    let promo_code_valid = promo == Value::Text("VALID");
    documented.then_some(Reply { success, price: amount, warned, promo_code_valid, has_balance, has_currency })
}

fn is_finite(value: Value) -> bool {
    matches!(value, Value::Number(number) if number.is_finite())
}

fn is_text(value: Value) -> bool {
    matches!(value, Value::Text(_) | Value::LongText | Value::BrokenText)
}

/// True for the code and message of an error or a warning.
fn is_fault(fault: &[Value]) -> bool {
    matches!(fault, &[code, message] if is_finite(code) && is_text(message))
}

/// Any JSON, as serde read it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
    Null(()),
}

impl Json {
    fn get(&self, name: &str) -> Option<&Self> {
        if let Self::Object(fields) = self { fields.get(name) } else { None }
    }

    fn value(&self, name: &str) -> Value<'_> {
        match self.get(name) {
            Some(Self::Flag(flag)) => Value::Bool(*flag),
            Some(Self::Number(number)) => Value::Number(*number),
            Some(Self::Text(text)) => Value::Text(text),
            Some(Self::List(_)) if name == "warnings" => Value::Usable,
            Some(Self::Object(_)) if name == "error" => Value::Usable,
            Some(Self::List(_) | Self::Object(_)) => Value::Other,
            Some(Self::Null(())) | None => Value::Absent,
        }
    }

    /// Whether this is a documented reply that tells of success.
    fn recognise(&self, function: Function) -> Result<bool, &'static str> {
        let names = FIELDS_COMMENT.split_ascii_whitespace().skip(2);
        let mut values: Vec<_> = names.map(|name| self.value(name)).collect();
        let error = self.get("error").unwrap_or(&Self::Null(()));
        for fault in [error].into_iter().chain(self.warnings()) {
            values.extend([fault.value("code"), fault.value("message")]);
        }
        recognise(function, &values).map(|reply| reply.success).ok_or("no documented reply")
    }

    fn warnings(&self) -> &[Self] {
        if let Some(Self::List(warnings)) = self.get("warnings") { warnings } else { &[] }
    }

    fn number(&self, name: &str) -> Option<f64> {
        if let Some(Self::Number(number)) = self.get(name) {
            Some(*number).filter(|number| number.is_finite())
        } else {
            None
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        if let Some(Self::Text(text)) = self.get(name) { Some(text.clone()) } else { None }
    }

    fn fault(&self) -> ApiError {
        ApiError { code: self.number("code").unwrap_or_default(), message: self.text("message").unwrap_or_default() }
    }

    fn error(&self) -> ApiError {
        self.get("error").unwrap_or(self).fault()
    }
}

impl TryFrom<Json> for CalculateResponse {
    type Error = &'static str;

    fn try_from(json: Json) -> Result<Self, Self::Error> {
        if !json.recognise(Function::Calculate)? {
            return Ok(Self::Failure(CalculateFailure {
                success: False,
                proxy_type: None,
                balance: json.number("balance"),
                price: None,
                discount: None,
                currency: json.text("currency"),
                promo_code_status: None,
                warnings: None,
                error: json.error(),
            }));
        }
        let warnings: Vec<_> = json.warnings().iter().map(Json::fault).collect();
        Ok(Self::Success(CalculateSuccess {
            success: True,
            proxy_type: json.text("proxyType").unwrap_or_default(),
            balance: json.number("balance").unwrap_or_default(),
            price: json.number("price").unwrap_or_default(),
            discount: json.number("discount").unwrap_or_default(),
            currency: json.text("currency").unwrap_or_default(),
            promo_code_status: json.text("promoCodeStatus"),
            warnings: Some(warnings).filter(|warnings| !warnings.is_empty()),
            error: None,
        }))
    }
}

impl TryFrom<Json> for OrderResponse {
    type Error = &'static str;

    fn try_from(json: Json) -> Result<Self, Self::Error> {
        if !json.recognise(Function::Order)? {
            return Ok(Self::Failure(OrderFailure {
                success: False,
                proxy_type: None,
                order_number: None,
                balance: json.number("balance"),
                currency: json.text("currency"),
                promo_code_status: None,
                error: json.error(),
            }));
        }
        Ok(Self::Success(OrderSuccess {
            success: True,
            proxy_type: json.text("proxyType").unwrap_or_default(),
            order_number: json.text("orderNumber").unwrap_or_default(),
            balance: json.number("balance").unwrap_or_default(),
            currency: json.text("currency").unwrap_or_default(),
            promo_code_status: json.text("promoCodeStatus"),
            error: None,
        }))
    }
}
