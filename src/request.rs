//! The fields of requests, each declared once, and the requests built from them. Only valid requests can exist.

use tsify::Tsify;

use crate::draft::{Draft, Names, Present, Value};
use crate::rules::{
    Checked, ViolationKind, country_code, ip_address, max_text, optional_text, text, visible_text, whole,
};

/// The sentences of issues about a field, for customers.
#[derive(Clone, Copy, Debug)]
pub struct Sentences {
    /// It is absent.
    pub required: &'static str,
    /// It is too large a number, or too long a text.
    pub too_large: &'static str,
    /// It is text with a lone surrogate.
    pub invalid_text: &'static str,
    /// It is anything else that is not allowed.
    pub not_allowed: &'static str,
}

/// The end of the sentence "It must be at most …", for a number with its maximum or for text.
macro_rules! at_most {
    ($max:literal) => {
        $max
    };
    () => {
        concat!(max_text!(), " characters long")
    };
}

/// Makes the sentences of a field from its label, what its value must be, and the maximum of a number.
macro_rules! sentences {
    ($label:literal, $allowed:literal $(, $max:literal)?) => {
        Sentences {
            required: concat!($label, " is required: ", $allowed, "."),
            too_large: concat!($label, " must be at most ", at_most!($($max)?), "."),
            invalid_text: concat!($label, " contains an invalid character."),
            not_allowed: concat!($label, " must be ", $allowed, "."),
        }
    };
}

/// A field whose value violates its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field.
    pub field: Field,
    /// How its value violates the rule.
    pub kind: ViolationKind,
}

/// Reads the fields of a draft and collects their violations.
struct Reader<'d, 'a> {
    draft: &'d Draft<'a>,
    violations: Vec<Violation>,
}

impl<'a> Reader<'_, 'a> {
    fn read<T>(&mut self, field: Field, rule: fn(Value<'a>) -> Checked<T>) -> Option<T> {
        match rule(self.draft.value(field as usize)) {
            Ok(value) => Some(value),
            Err(kind) => {
                self.violations.push(Violation { field, kind });
                None
            }
        }
    }
}

/// A field with only one possible value in the type that contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Discriminant;

/// Declares the types of fields whose value is one of a few words.
macro_rules! choices {
    ($($(#[$doc:meta])* $choice:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
        pub enum $choice { $($(#[$item_doc])* #[serde(rename = $word)] $item,)* }

        impl $choice {
            fn read(value: Value) -> Checked<Self> {
                match text(value)? {
                    $($word => Ok(Self::$item),)*
                    _ => Err(ViolationKind::NotAllowed),
                }
            }
        }

        impl Present for $choice {}
    )* };
}

/// Declares the parts of requests with their fields. A field's line has its name in Rust, its type, its rule, its
/// variant of [`Field`], its name in JSON, its label for customers, what its value must be, and, for a number, the
/// maximum.
///
/// `choice` declares a field whose value decides which part applies. Each of these parts names that field, and the
/// value it belongs to, as its `@discriminant`. `@base` includes another part.
macro_rules! parts {
    ($(
        $(choice $choice:ident = $choice_name:literal, $choice_label:literal, $choice_allowed:literal;)?
        $(#[$doc:meta])*
        struct $part:ident$(<$a:lifetime>)? {
            $(@discriminant { $(#[$choice_doc:meta])* $choice_field:ident: $choice_variant:ident = $choice_type:literal })?
            $(@base $base:ident: $base_type:ty;)?
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $rule:expr, $variant:ident, $name:literal, $label:literal, $allowed:literal $(, $max:literal)?;)*
        }
    )*) => {
        /// The fields of requests, in the order in which values cross the boundary and issues are reported.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field { $(
            $($choice,)?
            $($variant,)*
        )* }

        impl Field {
            /// Every field, in order.
            pub const ALL: &'static [Self] = &[$($(Self::$choice,)? $(Self::$variant,)*)*];

            /// The name in JSON.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$choice => $choice_name,)? $(Self::$variant => $name,)*)* }
            }

            /// What issues say about this field.
            #[must_use]
            pub fn sentences(self) -> Sentences {
                match self { $(
                    $(Self::$choice => sentences!($choice_label, $choice_allowed),)?
                    $(Self::$variant => sentences!($label, $allowed $(, $max)?),)*
                )* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Tsify)]
            #[serde(rename_all = "camelCase")]
            pub struct $part$(<$a>)? {
                $($(#[$choice_doc])* #[tsify(type = $choice_type)] $choice_field: Discriminant,)?
                $(#[serde(flatten)] $base: $base_type,)?
                $($(#[$field_doc])* #[serde(rename = $name)] $field: $type,)*
            }

            impl$(<$a>)? $part$(<$a>)? {
                #[inline(never)]
                #[allow(unused_variables)]
                fn read<'v>(reader: &mut Reader<'_, 'v>) -> Option<Self>
                $(where 'v: $a)? {
                    $(let $base = <$base_type>::read(reader);)?
                    $(let $field = reader.read(Field::$variant, $rule);)*
                    Some(Self { $($choice_field: Discriminant,)? $($base: $base?,)? $($field: $field?,)* })
                }

                /// Adds the names of the fields to send.
                fn name_sent(&self, names: &mut Names) {
                    $(names.insert(Field::$choice_variant as usize);)?
                    $(self.$base.name_sent(names);)?
                    $(if self.$field.is_present() { names.insert(Field::$variant as usize); })*
                }
            }
        )*
    };
}

choices! {
    /// The types of proxies that YouProxy sells.
    ProxyType {
        /// Addresses of the Internet Protocol version 4.
        Ipv4 = "IPv4",
        /// Addresses of the Internet Protocol version 6.
        Ipv6 = "IPv6",
        /// Addresses of mobile networks.
        Mobile = "MOBILE",
        /// Addresses of internet service providers.
        Isp = "ISP",
    }
    /// The protocol of an IPv6 proxy.
    Protocol {
        /// HTTP.
        Http = "HTTP",
        /// SOCKS.
        Socks = "SOCKS",
    }
    /// How a proxy recognizes its user.
    AuthType {
        /// By login and password.
        Login = "LOGIN",
        /// By the IP address of the connection.
        Ip = "IP",
    }
}

parts! {
    choice ProxyType = "proxyType", "Proxy type", "IPv4, IPv6, MOBILE or ISP";

    /// The fields of every request.
    struct CommonFields<'a> {
        /// The number of proxies: a whole number from 1 to 4294967295.
        quantity: u32 = whole::<1>, Quantity, "quantity", "Quantity", "a whole number, 1 or more", 4294967295;
        /// Rental period in days: a whole number from 1 to 4294967295. The API offers certain periods, such as 30, 60,
        /// 90, 180 and 360 for IPv4; the list may change.
        rent_period_days: u32 = whole::<1>, RentPeriodDays, "rentPeriodDays", "Rental period",
            "a whole number of days, 1 or more", 4294967295;
        /// What the proxies are for, in free text that is not blank.
        goal: &'a str = visible_text, Goal, "goal", "Goal", "text that is not blank";
        /// The country in the form of ISO 3166-1 alpha-3: three capital letters, such as `"USA"`.
        country: &'a str = country_code, Country, "country", "Country", "a code of three capital letters, such as USA";
        /// A promo code. Absent and blank mean none. An invalid code is not an error: the API sells at the full price
        /// and responds with `promoCodeStatus: "NO_VALID"`.
        ///
        /// @defaultValue none
        #[tsify(optional, type = "string | undefined")]
        promo_code: Option<&'a str> = optional_text, PromoCode, "promoCode", "Promo code", "text";
    }

    /// A request for IPv4 proxies. Orders also include the authorization.
    struct Ipv4Request<'a> {
        @discriminant {
            /// The type of the proxies. It decides which other fields the request has.
            proxy_type: ProxyType = "\"IPv4\""
        }
        @base common: CommonFields<'a>;
    }

    /// A request to price IPv6 proxies.
    struct Ipv6Request<'a> {
        @discriminant {
            /// The type of the proxies. It decides which other fields the request has.
            proxy_type: ProxyType = "\"IPv6\""
        }
        @base common: CommonFields<'a>;
    }

    /// A request for ISP proxies. Orders also include the authorization.
    struct IspRequest<'a> {
        @discriminant {
            /// The type of the proxies. It decides which other fields the request has.
            proxy_type: ProxyType = "\"ISP\""
        }
        @base common: CommonFields<'a>;
    }

    /// A request for mobile proxies. Orders also include the authorization.
    struct MobileRequest<'a> {
        @discriminant {
            /// The type of the proxies. It decides which other fields the request has.
            proxy_type: ProxyType = "\"MOBILE\""
        }
        @base common: CommonFields<'a>;
        /// Rotation time: a whole number from 0 to 4294967295, in the unit of the API's list of mobile operators.
        rotation_time: u32 = whole::<0>, RotationTime, "rotationTime", "Rotation time",
            "a whole number, 0 or more", 4294967295;
        /// The tag of the mobile operator, from the API's list: text that is not blank.
        mobile_operator: &'a str = visible_text, MobileOperator, "mobileOperator", "Mobile operator",
            "text that is not blank";
    }

    /// An order of IPv6 proxies, without the authorization.
    struct Ipv6Order<'a> {
        @base request: Ipv6Request<'a>;
        /// The protocol of the proxies.
        protocol: Protocol = Protocol::read, Protocol, "protocol", "Protocol", "HTTP or SOCKS";
    }

    choice AuthType = "authType", "Authorization type", "LOGIN or IP";

    /// Authorization by login and password, which YouProxy generates.
    struct LoginAuth {
        @discriminant {
            /// How the proxy recognizes its user.
            auth_type: AuthType = "\"LOGIN\""
        }
    }

    /// Authorization by the IP address of the connection.
    struct IpAuth<'a> {
        @discriminant {
            /// How the proxy recognizes its user.
            auth_type: AuthType = "\"IP\""
        }
        /// The IPv4 or IPv6 address that may use the proxies.
        auth_ip: &'a str = ip_address, AuthIp, "authIp", "Authorization IP",
            "an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7";
    }
}

/// A request to calculate the price of an order.
///
/// It may also be an order: fields that belong to orders alone, or to another proxy type, are neither checked nor sent.
/// See "Calculate an order" in YouProxy's documentation.
///
/// @example
/// import type { CalculateRequest } from "proxy-orders";
///
/// const wanted = {
///   proxyType: "IPv4",
///   quantity: 1,
///   rentPeriodDays: 30,
///   goal: "scraping",
///   country: "USA",
/// } satisfies CalculateRequest;
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum CalculateRequest<'a> {
    /// IPv4 addresses.
    Ipv4(Ipv4Request<'a>),
    /// IPv6 addresses.
    Ipv6(Ipv6Request<'a>),
    /// Mobile addresses.
    Mobile(MobileRequest<'a>),
    /// Addresses of internet service providers.
    Isp(IspRequest<'a>),
}

/// An order without its authorization.
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum OrderedProxy<'a> {
    /// IPv4 addresses.
    Ipv4(Ipv4Request<'a>),
    /// IPv6 addresses.
    Ipv6(Ipv6Order<'a>),
    /// Mobile addresses.
    Mobile(MobileRequest<'a>),
    /// Addresses of internet service providers.
    Isp(IspRequest<'a>),
}

/// How the proxies of an order recognize their user.
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
#[serde(untagged)]
pub enum Auth<'a> {
    /// By login and password.
    Login(LoginAuth),
    /// By address.
    Ip(IpAuth<'a>),
}

/// A request to place an order. It costs money.
///
/// Fields that belong to another proxy type or another `authType` are neither checked nor sent. See "Create an order"
/// in YouProxy's documentation.
///
/// @example
/// import type { OrderRequest } from "proxy-orders";
///
/// const wanted = {
///   proxyType: "IPv6",
///   quantity: 1,
///   rentPeriodDays: 90,
///   goal: "scraping",
///   country: "USA",
///   protocol: "HTTP",
///   authType: "IP",
///   authIp: "203.0.113.7",
/// } satisfies OrderRequest;
#[derive(Clone, Copy, Debug, PartialEq, Tsify)]
#[tsify(type = "OrderedProxy & Auth")]
pub struct OrderRequest<'a> {
    proxy: OrderedProxy<'a>,
    auth: Auth<'a>,
}

impl<'a> CalculateRequest<'a> {
    /// Builds the request.
    ///
    /// # Errors
    ///
    /// Every violation in the draft. Fields that depend on an invalid `proxyType` are not checked.
    pub fn from_draft(draft: &Draft<'a>) -> Result<Self, Vec<Violation>> {
        let reader = &mut Reader { draft, violations: Vec::new() };
        let request = match reader.read(Field::ProxyType, ProxyType::read) {
            Some(ProxyType::Ipv4) => Ipv4Request::read(reader).map(Self::Ipv4),
            Some(ProxyType::Ipv6) => Ipv6Request::read(reader).map(Self::Ipv6),
            Some(ProxyType::Mobile) => MobileRequest::read(reader).map(Self::Mobile),
            Some(ProxyType::Isp) => IspRequest::read(reader).map(Self::Isp),
            None => CommonFields::read(reader).and(None),
        };
        request.ok_or_else(|| std::mem::take(&mut reader.violations))
    }

    /// The names of the fields to send.
    #[must_use]
    pub fn fields(&self) -> Names {
        let mut names = Names::default();
        match self {
            Self::Ipv4(request) => request.name_sent(&mut names),
            Self::Ipv6(request) => request.name_sent(&mut names),
            Self::Mobile(request) => request.name_sent(&mut names),
            Self::Isp(request) => request.name_sent(&mut names),
        }
        names
    }
}

impl<'a> OrderRequest<'a> {
    /// Builds the request.
    ///
    /// # Errors
    ///
    /// Every violation in the draft. Fields that depend on an invalid `proxyType` or `authType` are not checked.
    pub fn from_draft(draft: &Draft<'a>) -> Result<Self, Vec<Violation>> {
        let reader = &mut Reader { draft, violations: Vec::new() };
        let proxy = match reader.read(Field::ProxyType, ProxyType::read) {
            Some(ProxyType::Ipv4) => Ipv4Request::read(reader).map(OrderedProxy::Ipv4),
            Some(ProxyType::Ipv6) => Ipv6Order::read(reader).map(OrderedProxy::Ipv6),
            Some(ProxyType::Mobile) => MobileRequest::read(reader).map(OrderedProxy::Mobile),
            Some(ProxyType::Isp) => IspRequest::read(reader).map(OrderedProxy::Isp),
            None => CommonFields::read(reader).and(None),
        };
        let auth = match reader.read(Field::AuthType, AuthType::read) {
            Some(AuthType::Login) => LoginAuth::read(reader).map(Auth::Login),
            Some(AuthType::Ip) => IpAuth::read(reader).map(Auth::Ip),
            None => None,
        };
        let order = proxy.zip(auth).map(|(proxy, auth)| Self { proxy, auth });
        order.ok_or_else(|| std::mem::take(&mut reader.violations))
    }

    /// The names of the fields to send.
    #[must_use]
    pub fn fields(&self) -> Names {
        let mut names = Names::default();
        match &self.proxy {
            OrderedProxy::Ipv4(request) => request.name_sent(&mut names),
            OrderedProxy::Ipv6(order) => order.name_sent(&mut names),
            OrderedProxy::Mobile(request) => request.name_sent(&mut names),
            OrderedProxy::Isp(request) => request.name_sent(&mut names),
        }
        match &self.auth {
            Auth::Login(auth) => auth.name_sent(&mut names),
            Auth::Ip(auth) => auth.name_sent(&mut names),
        }
        names
    }
}
