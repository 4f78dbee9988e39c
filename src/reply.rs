//! The documented replies of the API, and recognising one.

use serde::Serialize;
use tsify::Tsify;

use crate::draft::{Draft, Names, Present, Value};
use crate::endpoint::Endpoint;

/// Declares the fields of replies.
macro_rules! fields {
    ($($field:ident = $name:literal,)*) => {
        /// The fields of replies, in the order in which values are handed over.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field { $($field,)* }

        impl Field {
            /// The names of all fields, in order.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];
        }
    };
}

fields! {
    Success = "success",
    ProxyType = "proxyType",
    OrderNumber = "orderNumber",
    Balance = "balance",
    Price = "price",
    Discount = "discount",
    Currency = "currency",
    PromoCodeStatus = "promoCodeStatus",
    Warnings = "warnings",
    Error = "error",
}

/// The values of a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplyDraft<'a> {
    /// The values of its fields.
    pub fields: Draft<'a>,
    /// Code and message of its error.
    pub error: [Value<'a>; 2],
    /// Code and message of its warnings. Of those whose values are of the same types, one is enough.
    pub warnings: Vec<[Value<'a>; 2]>,
}

/// A value of a reply that has its type and decides nothing: only the shell reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread;

/// Whether a promo code was accepted. Any other text of the API passes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
#[tsify(type = "\"VALID\" | \"NO_VALID\" | (string & {})")]
pub enum PromoCodeStatus {
    /// The code is accepted.
    Valid,
    /// Any other status: the code is not accepted.
    Other,
}

impl Present for Unread {}
impl Present for PromoCodeStatus {}
impl Present for ApiError {}

impl Present for () {
    fn is_present(&self) -> bool {
        false
    }
}

fn is_text(value: Value) -> bool {
    matches!(value, Value::Text(_) | Value::LongText | Value::BrokenText)
}

fn finite(value: Value) -> Option<f64> {
    if let Value::Number(number) = value { Some(number).filter(|number| number.is_finite()) } else { None }
}

impl ReplyDraft<'_> {
    fn value(&self, field: Field) -> Value<'_> {
        self.fields.value(field as usize)
    }

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "every rule has this signature")]
    fn success(&self, _: Field) -> Option<Unread> {
        Some(Unread)
    }

    fn text(&self, field: Field) -> Option<Unread> {
        is_text(self.value(field)).then_some(Unread)
    }

    fn text_if_any(&self, field: Field) -> Option<Option<Unread>> {
        Some(self.text(field))
    }

    fn number(&self, field: Field) -> Option<f64> {
        finite(self.value(field))
    }

    fn any_number(&self, field: Field) -> Option<Unread> {
        self.number(field).map(|_| Unread)
    }

    fn number_if_any(&self, field: Field) -> Option<Option<Unread>> {
        Some(self.any_number(field))
    }

    fn null(&self, field: Field) -> Option<()> {
        (self.value(field) == Value::Absent).then_some(())
    }

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "every rule has this signature")]
    fn ignored(&self, _: Field) -> Option<()> {
        Some(())
    }

    fn promo_code_status(&self, field: Field) -> Option<Option<PromoCodeStatus>> {
        match self.value(field) {
            Value::Absent => Some(None),
            Value::Text("VALID") => Some(Some(PromoCodeStatus::Valid)),
            value => is_text(value).then_some(Some(PromoCodeStatus::Other)),
        }
    }

    fn error(&self, field: Field) -> Option<ApiError> {
        if self.value(field) == Value::Object { ApiError::read(self.error) } else { None }
    }

    fn warnings(&self, field: Field) -> Option<Option<Vec<ApiError>>> {
        match self.value(field) {
            Value::Absent => Some(None),
            Value::List => {
                let warnings: Option<Vec<_>> = self.warnings.iter().map(|warning| ApiError::read(*warning)).collect();
                warnings.map(|warnings| Some(warnings).filter(|warnings| !warnings.is_empty()))
            }
            _ => None,
        }
    }
}

/// Which fields of a reply the caller gets. The shell gets them as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(into = "u32")]
#[tsify(type = "number")]
pub struct ReplyFields {
    /// The fields of the documented reply, one bit for each.
    pub documented: u32,
    /// Those of them that are not `null`.
    pub present: u32,
}

impl From<ReplyFields> for u32 {
    fn from(fields: ReplyFields) -> Self {
        fields.documented | fields.present << 16
    }
}

/// Declares replies. A field's line has its name in Rust, its type in TypeScript, its type, its rule, and its name in
/// [`Field`].
macro_rules! replies {
    ($(
        $(#[$doc:meta])*
        struct $reply:ident {
            $($(#[$field_doc:meta])* $field:ident: $ts_type:literal = $type:ty, $rule:ident, $variant:ident;)*
        }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Tsify)]
        #[serde(rename_all = "camelCase")]
        pub struct $reply {
            $($(#[$field_doc])* #[tsify(type = $ts_type)] pub $field: $type,)*
        }

        impl $reply {
            fn read(reply: &ReplyDraft) -> Option<Self> {
                Some(Self { $($field: reply.$rule(Field::$variant)?,)* })
            }

            fn fields(&self) -> ReplyFields {
                let mut present = Names::default();
                $(if self.$field.is_present() { present.insert(Field::$variant as usize); })*
                ReplyFields { documented: 0 $(| 1 << Field::$variant as u32)*, present: present.0 }
            }
        }
    )* };
}

/// An error or a warning of the API.
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
pub struct ApiError {
    /// The number of the error; `ApiErrorCode` names the documented ones, and others may come.
    #[tsify(type = "number")]
    pub code: Unread,
    /// What the API says about it.
    #[tsify(type = "string")]
    pub message: Unread,
}

impl ApiError {
    fn read([code, message]: [Value; 2]) -> Option<Self> {
        finite(code)?;
        is_text(message).then_some(Self { code: Unread, message: Unread })
    }
}

replies! {
    /// A price, as the API quoted it.
    struct CalculateSuccess {
        /// The API has calculated. With warnings it would still refuse the order.
        success: "true" = Unread, success, Success;
        /// The proxy type that was priced, as the API wrote it.
        proxy_type: "ProxyType | (string & {})" = Unread, text, ProxyType;
        /// The balance of the account, in `currency`.
        balance: "number" = Unread, any_number, Balance;
        /// The price of the whole order, in `currency`, after the discount.
        price: "number" = f64, number, Price;
        /// The discount that is in the price, in percent.
        discount: "number" = Unread, any_number, Discount;
        /// The currency of all amounts, such as `"USD"`.
        currency: "string" = Unread, text, Currency;
        /// What became of the promo code; `null` without one.
        promo_code_status: "PromoCodeStatus | null" = Option<PromoCodeStatus>, promo_code_status, PromoCodeStatus;
        /// Why the order would not be executed; `null` when nothing stands against it.
        warnings: "[ApiError, ...ApiError[]] | null" = Option<Vec<ApiError>>, warnings, Warnings;
        /// No error.
        error: "null" = (), null, Error;
    }

    /// A refusal to calculate.
    struct CalculateFailure {
        /// The API has refused.
        success: "false" = Unread, success, Success;
        /// Always `null` in a refusal.
        proxy_type: "null" = (), ignored, ProxyType;
        /// The balance of the account, in `currency`; `null` if the API does not say.
        balance: "number | null" = Option<Unread>, number_if_any, Balance;
        /// Always `null` in a refusal.
        price: "null" = (), ignored, Price;
        /// Always `null` in a refusal.
        discount: "null" = (), ignored, Discount;
        /// The currency of the balance; `null` if the API does not say.
        currency: "string | null" = Option<Unread>, text_if_any, Currency;
        /// Always `null` in a refusal.
        promo_code_status: "null" = (), ignored, PromoCodeStatus;
        /// Always `null` in a refusal.
        warnings: "null" = (), ignored, Warnings;
        /// Why the API has refused.
        error: "ApiError" = ApiError, error, Error;
    }

    /// An order that was placed and charged.
    struct OrderSuccess {
        /// The order was placed.
        success: "true" = Unread, success, Success;
        /// The proxy type that was ordered, as the API wrote it.
        proxy_type: "ProxyType | (string & {})" = Unread, text, ProxyType;
        /// The number of the order, such as `"NUMBER-112233"`.
        order_number: "string" = Unread, text, OrderNumber;
        /// The balance of the account after the order, in `currency`.
        balance: "number" = Unread, any_number, Balance;
        /// The currency of the balance, such as `"USD"`.
        currency: "string" = Unread, text, Currency;
        /// What became of the promo code; `null` without one.
        promo_code_status: "PromoCodeStatus | null" = Option<PromoCodeStatus>, promo_code_status, PromoCodeStatus;
        /// No error.
        error: "null" = (), null, Error;
    }

    /// An order that was refused. Nothing was charged.
    struct OrderFailure {
        /// The API has refused.
        success: "false" = Unread, success, Success;
        /// Always `null` in a refusal.
        proxy_type: "null" = (), ignored, ProxyType;
        /// There is no order.
        order_number: "null" = (), ignored, OrderNumber;
        /// The balance of the account, in `currency`; `null` if the API does not say.
        balance: "number | null" = Option<Unread>, number_if_any, Balance;
        /// The currency of the balance; `null` if the API does not say.
        currency: "string | null" = Option<Unread>, text_if_any, Currency;
        /// Always `null` in a refusal.
        promo_code_status: "null" = (), ignored, PromoCodeStatus;
        /// Why the API has refused.
        error: "ApiError" = ApiError, error, Error;
    }
}

/// What the API answers to a calculation: a price, or a refusal. Look at `success`, then at `warnings`.
///
/// The page of YouProxy's documentation is "Calculate an order".
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum CalculateResponse {
    /// A price.
    Success(CalculateSuccess),
    /// A refusal.
    Failure(CalculateFailure),
}

/// What the API answers to an order: it was placed, or refused.
///
/// The page of YouProxy's documentation is "Create an order".
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum OrderResponse {
    /// It was placed.
    Success(OrderSuccess),
    /// It was refused.
    Failure(OrderFailure),
}

/// A documented reply of one of the endpoints.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// To a calculation.
    Calculate(CalculateResponse),
    /// To an order.
    Order(OrderResponse),
}

impl Reply {
    /// Recognises a documented reply of an endpoint.
    #[must_use]
    pub fn from_draft(endpoint: Endpoint, draft: &ReplyDraft) -> Option<Self> {
        let Value::Bool(success) = draft.value(Field::Success) else { return None };
        match (endpoint, success) {
            (Endpoint::Calculate, true) => {
                CalculateSuccess::read(draft).map(|quote| Self::Calculate(CalculateResponse::Success(quote)))
            }
            (Endpoint::Calculate, false) => {
                CalculateFailure::read(draft).map(|refusal| Self::Calculate(CalculateResponse::Failure(refusal)))
            }
            (Endpoint::Order, true) => {
                OrderSuccess::read(draft).map(|receipt| Self::Order(OrderResponse::Success(receipt)))
            }
            (Endpoint::Order, false) => {
                OrderFailure::read(draft).map(|refusal| Self::Order(OrderResponse::Failure(refusal)))
            }
        }
    }

    /// Which of its fields the caller gets.
    #[must_use]
    pub fn fields(&self) -> ReplyFields {
        match self {
            Self::Calculate(CalculateResponse::Success(quote)) => quote.fields(),
            Self::Calculate(CalculateResponse::Failure(refusal)) => refusal.fields(),
            Self::Order(OrderResponse::Success(receipt)) => receipt.fields(),
            Self::Order(OrderResponse::Failure(refusal)) => refusal.fields(),
        }
    }
}
