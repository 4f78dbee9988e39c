//! The documented responses of the API.

use tsify::Tsify;

use crate::draft::{Draft, Names, Present, Value};
use crate::endpoint::Endpoint;

/// Declares the fields of an endpoint's responses.
macro_rules! fields {
    ($($(#[$doc:meta])* $fields:ident { $($field:ident = $name:literal,)* })*) => { $(
        $(#[$doc])*
        #[allow(missing_docs)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $fields { $($field,)* }

        impl $fields {
            /// The names in JSON, in order.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];
        }
    )* };
}

fields! {
    /// The fields of a response to a calculation, in the order in which values cross the boundary.
    CalculateField {
        Success = "success",
        ProxyType = "proxyType",
        Balance = "balance",
        Price = "price",
        Discount = "discount",
        Currency = "currency",
        PromoCodeStatus = "promoCodeStatus",
        Warnings = "warnings",
        Error = "error",
    }
    /// The fields of a response to an order, in the order in which values cross the boundary.
    OrderField {
        Success = "success",
        ProxyType = "proxyType",
        OrderNumber = "orderNumber",
        Balance = "balance",
        Currency = "currency",
        PromoCodeStatus = "promoCodeStatus",
        Error = "error",
    }
}

impl Endpoint {
    /// The names of the documented fields of a response, in order.
    #[must_use]
    pub fn response_fields(self) -> &'static [&'static str] {
        match self {
            Self::Calculate => CalculateField::NAMES,
            Self::Order => OrderField::NAMES,
        }
    }
}

/// The values of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseDraft<'a> {
    /// The values of its fields, in the order of [`Endpoint::response_fields`].
    pub fields: Draft<'a>,
    /// The code and message of its error.
    pub error: [Value<'a>; 2],
    /// The codes and messages of its warnings.
    pub warnings: Vec<[Value<'a>; 2]>,
}

/// A value of the documented type that the core does not need: the shell passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque;

/// Whether a promo code was accepted. Any other text of the API passes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
#[tsify(type = "\"VALID\" | \"NO_VALID\" | (string & {})")]
pub enum PromoCodeStatus {
    /// The code is accepted.
    Valid,
    /// Any other status: the code is not accepted.
    Other,
}

impl Present for Opaque {}
impl Present for PromoCodeStatus {}
impl Present for ApiError {}

impl Present for () {
    fn is_present(&self) -> bool {
        false
    }
}

fn is_text(value: Value) -> bool {
    matches!(value, Value::Text(_) | Value::TextTooLong | Value::InvalidText)
}

fn finite(value: Value) -> Option<f64> {
    if let Value::Number(number) = value { Some(number).filter(|number| number.is_finite()) } else { None }
}

impl ResponseDraft<'_> {
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "every rule has this signature")]
    fn success(&self, _: usize) -> Option<Opaque> {
        Some(Opaque)
    }

    fn text(&self, field: usize) -> Option<Opaque> {
        is_text(self.fields.value(field)).then_some(Opaque)
    }

    fn text_if_any(&self, field: usize) -> Option<Option<Opaque>> {
        Some(self.text(field))
    }

    fn number(&self, field: usize) -> Option<f64> {
        finite(self.fields.value(field))
    }

    fn any_number(&self, field: usize) -> Option<Opaque> {
        self.number(field).map(|_| Opaque)
    }

    fn number_if_any(&self, field: usize) -> Option<Option<Opaque>> {
        Some(self.any_number(field))
    }

    fn null(&self, field: usize) -> Option<()> {
        (self.fields.value(field) == Value::Absent).then_some(())
    }

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "every rule has this signature")]
    fn ignored(&self, _: usize) -> Option<()> {
        Some(())
    }

    fn promo_code_status(&self, field: usize) -> Option<Option<PromoCodeStatus>> {
        match self.fields.value(field) {
            Value::Absent => Some(None),
            Value::Text("VALID") => Some(Some(PromoCodeStatus::Valid)),
            value => is_text(value).then_some(Some(PromoCodeStatus::Other)),
        }
    }

    fn error(&self, field: usize) -> Option<ApiError> {
        if self.fields.value(field) == Value::Object { ApiError::read(self.error) } else { None }
    }

    fn warnings(&self, field: usize) -> Option<Option<Vec<ApiError>>> {
        match self.fields.value(field) {
            Value::Absent => Some(None),
            Value::List => {
                let warnings: Option<Vec<_>> = self.warnings.iter().map(|warning| ApiError::read(*warning)).collect();
                warnings.map(|warnings| Some(warnings).filter(|warnings| !warnings.is_empty()))
            }
            _ => None,
        }
    }
}

/// Declares responses. A field's line has its name in Rust, its type in TypeScript, its type, its rule, and its variant
/// of the endpoint's fields.
macro_rules! responses {
    ($(
        $(#[$doc:meta])*
        struct $response:ident of $fields:ident {
            $($(#[$field_doc:meta])* $field:ident: $ts_type:literal = $type:ty, $rule:ident, $variant:ident;)*
        }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Tsify)]
        #[serde(rename_all = "camelCase")]
        pub struct $response {
            $($(#[$field_doc])* #[tsify(type = $ts_type)] pub $field: $type,)*
        }

        impl $response {
            fn read(draft: &ResponseDraft) -> Option<Self> {
                Some(Self { $($field: draft.$rule($fields::$variant as usize)?,)* })
            }

            fn present(&self) -> Names {
                let mut present = Names::default();
                $(if self.$field.is_present() { present.insert($fields::$variant as usize); })*
                present
            }
        }
    )* };
}

/// An error or a warning of the API.
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
pub struct ApiError {
    /// The number of the error. `ApiErrorCode` names the documented ones; there may be others.
    #[tsify(type = "number")]
    pub code: Opaque,
    /// What the API says about it.
    #[tsify(type = "string")]
    pub message: Opaque,
}

impl ApiError {
    fn read([code, message]: [Value; 2]) -> Option<Self> {
        finite(code)?;
        is_text(message).then_some(Self { code: Opaque, message: Opaque })
    }
}

responses! {
    /// A quote: the price and conditions of an order.
    struct CalculateSuccess of CalculateField {
        /// The API calculated a price. A quote with warnings cannot be ordered.
        success: "true" = Opaque, success, Success;
        /// The proxy type that was priced, as the API wrote it.
        proxy_type: "ProxyType | (string & {})" = Opaque, text, ProxyType;
        /// The balance of the account, in `currency`.
        balance: "number" = Opaque, any_number, Balance;
        /// The price of the whole order, in `currency`, after the discount.
        price: "number" = f64, number, Price;
        /// The discount included in the price, in percent.
        discount: "number" = Opaque, any_number, Discount;
        /// The currency of all amounts, such as `"USD"`.
        currency: "string" = Opaque, text, Currency;
        /// Whether the promo code was valid; `null` without one.
        promo_code_status: "PromoCodeStatus | null" = Option<PromoCodeStatus>, promo_code_status, PromoCodeStatus;
        /// Why the order would fail; `null` when it can be ordered.
        warnings: "[ApiError, ...ApiError[]] | null" = Option<Vec<ApiError>>, warnings, Warnings;
        /// No error.
        error: "null" = (), null, Error;
    }

    /// A calculation that failed.
    struct CalculateFailure of CalculateField {
        /// The API reported a failure.
        success: "false" = Opaque, success, Success;
        /// Always `null` in a failure.
        proxy_type: "null" = (), ignored, ProxyType;
        /// The balance of the account, in `currency`; `null` if the API does not say.
        balance: "number | null" = Option<Opaque>, number_if_any, Balance;
        /// Always `null` in a failure.
        price: "null" = (), ignored, Price;
        /// Always `null` in a failure.
        discount: "null" = (), ignored, Discount;
        /// The currency of the balance; `null` if the API does not say.
        currency: "string | null" = Option<Opaque>, text_if_any, Currency;
        /// Always `null` in a failure.
        promo_code_status: "null" = (), ignored, PromoCodeStatus;
        /// Always `null` in a failure.
        warnings: "null" = (), ignored, Warnings;
        /// Why it failed.
        error: "ApiError" = ApiError, error, Error;
    }

    /// An order that was placed and charged.
    struct OrderSuccess of OrderField {
        /// The order was placed.
        success: "true" = Opaque, success, Success;
        /// The proxy type that was ordered, as the API wrote it.
        proxy_type: "ProxyType | (string & {})" = Opaque, text, ProxyType;
        /// The number of the order, such as `"NUMBER-112233"`.
        order_number: "string" = Opaque, text, OrderNumber;
        /// The balance of the account after the order, in `currency`.
        balance: "number" = Opaque, any_number, Balance;
        /// The currency of the balance, such as `"USD"`.
        currency: "string" = Opaque, text, Currency;
        /// Whether the promo code was valid; `null` without one.
        promo_code_status: "PromoCodeStatus | null" = Option<PromoCodeStatus>, promo_code_status, PromoCodeStatus;
        /// No error.
        error: "null" = (), null, Error;
    }

    /// An order that failed. Nothing was charged.
    struct OrderFailure of OrderField {
        /// The API reported a failure.
        success: "false" = Opaque, success, Success;
        /// Always `null` in a failure.
        proxy_type: "null" = (), ignored, ProxyType;
        /// There is no order.
        order_number: "null" = (), ignored, OrderNumber;
        /// The balance of the account, in `currency`; `null` if the API does not say.
        balance: "number | null" = Option<Opaque>, number_if_any, Balance;
        /// The currency of the balance; `null` if the API does not say.
        currency: "string | null" = Option<Opaque>, text_if_any, Currency;
        /// Always `null` in a failure.
        promo_code_status: "null" = (), ignored, PromoCodeStatus;
        /// Why it failed.
        error: "ApiError" = ApiError, error, Error;
    }
}

/// The response to a calculation: a quote, or a failure. Check `success`, then `warnings`.
///
/// See "Calculate an order" in YouProxy's documentation.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum CalculateResponse {
    /// A quote.
    Success(CalculateSuccess),
    /// A failure.
    Failure(CalculateFailure),
}

/// The response to an order: a receipt, or a failure.
///
/// See "Create an order" in YouProxy's documentation.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum OrderResponse {
    /// A receipt.
    Success(OrderSuccess),
    /// A failure.
    Failure(OrderFailure),
}

/// A documented response of one of the endpoints.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// To a calculation.
    Calculate(CalculateResponse),
    /// To an order.
    Order(OrderResponse),
}

impl Response {
    /// Recognizes a documented response of an endpoint.
    #[must_use]
    pub fn from_draft(endpoint: Endpoint, draft: &ResponseDraft) -> Option<Self> {
        // `success` comes first in every response.
        let Value::Bool(success) = draft.fields.value(0) else { return None };
        match (endpoint, success) {
            (Endpoint::Calculate, true) => {
                CalculateSuccess::read(draft).map(|quote| Self::Calculate(CalculateResponse::Success(quote)))
            }
            (Endpoint::Calculate, false) => {
                CalculateFailure::read(draft).map(|failure| Self::Calculate(CalculateResponse::Failure(failure)))
            }
            (Endpoint::Order, true) => {
                OrderSuccess::read(draft).map(|receipt| Self::Order(OrderResponse::Success(receipt)))
            }
            (Endpoint::Order, false) => {
                OrderFailure::read(draft).map(|failure| Self::Order(OrderResponse::Failure(failure)))
            }
        }
    }

    /// Which of its documented fields are not `null`.
    #[must_use]
    pub fn present(&self) -> Names {
        match self {
            Self::Calculate(CalculateResponse::Success(quote)) => quote.present(),
            Self::Calculate(CalculateResponse::Failure(failure)) => failure.present(),
            Self::Order(OrderResponse::Success(receipt)) => receipt.present(),
            Self::Order(OrderResponse::Failure(failure)) => failure.present(),
        }
    }
}
