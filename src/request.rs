//! Requests in which only valid values can exist.

use std::net::IpAddr;
use std::num::NonZeroU32;

use serde::{Serialize, Serializer};
use tsify::Tsify;

use crate::draft::{Check, Draft, Value, is_blank, names};
use crate::issue::{Issue, IssueCode};

names! {
    /// The fields that requests have.
    "request" Field {
        /// Which kind of proxy is wanted.
        ProxyType: "proxyType", "Proxy type", "IPv4, IPv6, MOBILE or ISP";
        /// How many addresses.
        Quantity: "quantity", "Quantity", "a whole number from 1 to 4294967295";
        /// For how many days.
        RentPeriodDays: "rentPeriodDays", "Rental period", "a whole number of days from 1 to 4294967295";
        /// What the proxies are for.
        Goal: "goal", "Goal", "text that is not blank";
        /// Where the addresses are.
        Country: "country", "Country", "three capital letters from A to Z, as in USA";
        /// A code that lowers the price.
        PromoCode: "promoCode", "Promo code", "text";
        /// How often a mobile address changes.
        RotationTime: "rotationTime", "Rotation time", "a whole number from 0 to 4294967295";
        /// The network of a mobile proxy.
        MobileOperator: "mobileOperator", "Mobile operator", "text that is not blank";
        /// What an IPv6 proxy speaks.
        Protocol: "protocol", "Protocol", "HTTP or SOCKS";
        /// How the proxy knows its user.
        AuthType: "authType", "Authorization type", "LOGIN or IP";
        /// The address that may use the proxy.
        AuthIp: "authIp", "Authorization IP", "an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7";
    }
}

/// Declares a type whose one value stands for one JSON value.
macro_rules! literals {
    ($($(#[$doc:meta])* $type:ident = $value:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $type;

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $value.serialize(serializer)
            }
        }
    )* };
}

literals! {
    /// The text `IPv4`.
    Ipv4 = "IPv4";
    /// The text `IPv6`.
    Ipv6 = "IPv6";
    /// The text `MOBILE`.
    Mobile = "MOBILE";
    /// The text `ISP`.
    Isp = "ISP";
    /// The text `LOGIN`.
    Login = "LOGIN";
    /// The text `IP`.
    Ip = "IP";
}

/// The kinds of proxy that the API sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub enum ProxyType {
    /// Addresses of the Internet Protocol version 4.
    #[serde(rename = "IPv4")]
    Ipv4,
    /// Addresses of the Internet Protocol version 6.
    #[serde(rename = "IPv6")]
    Ipv6,
    /// Addresses of mobile networks.
    #[serde(rename = "MOBILE")]
    Mobile,
    /// Addresses of internet service providers.
    #[serde(rename = "ISP")]
    Isp,
}

impl ProxyType {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "IPv4" => Some(Self::Ipv4),
            "IPv6" => Some(Self::Ipv6),
            "MOBILE" => Some(Self::Mobile),
            "ISP" => Some(Self::Isp),
            _ => None,
        }
    }
}

/// The protocol that an IPv6 proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub enum Protocol {
    /// HTTP.
    #[serde(rename = "HTTP")]
    Http,
    /// SOCKS.
    #[serde(rename = "SOCKS")]
    Socks,
}

/// What every request says.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Quantity of IP addresses: a whole number from 1 to 4294967295.
    #[tsify(type = "number")]
    quantity: NonZeroU32,
    /// Rental period in days: a whole number from 1 to 4294967295. The API offers a list that may change, such as 30,
    /// 60, 90, 180 and 360 for IPv4.
    #[tsify(type = "number")]
    rent_period_days: NonZeroU32,
    /// What the proxies are for, in words of one's own: text that is not blank.
    goal: String,
    /// The country in the form of ISO 3166-1 alpha-3: three capital letters, such as `"USA"`.
    country: String,
    /// A promo code. Absent, `null` and blank mean none. A code that is not valid is no error of the API: it sells at the
    /// full price and answers `promoCodeStatus: "NO_VALID"`.
    ///
    /// @defaultValue none
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional, type = "string | undefined")]
    promo_code: Option<String>,
}

/// A request for IPv4 addresses: to calculate their price, and but for the authorization to order them.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Ipv4Request {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"IPv4\"")]
    proxy_type: Ipv4,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request to calculate the price of IPv6 addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Ipv6Request {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"IPv6\"")]
    proxy_type: Ipv6,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request for mobile addresses: to calculate their price, and but for the authorization to order them.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MobileRequest {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"MOBILE\"")]
    proxy_type: Mobile,
    /// Rotation time: a whole number from 0 to 4294967295, in the unit that the API's list of mobile operators uses.
    rotation_time: u32,
    /// Tag of the mobile operator, from the API's list: text that is not blank.
    mobile_operator: String,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request for addresses of internet service providers: to calculate their price, and but for the authorization to
/// order them.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct IspRequest {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"ISP\"")]
    proxy_type: Isp,
    #[serde(flatten)]
    wanted: Wanted,
}

/// What an order of IPv6 addresses says, but for the authorization.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
pub struct Ipv6Order {
    /// The protocol that the proxies speak.
    protocol: Protocol,
    #[serde(flatten)]
    request: Ipv6Request,
}

/// A request to calculate the price of an order.
///
/// Specification: "Calculate an order", request body. An order's object may be given as well: fields that belong to
/// orders alone, or to another proxy type, are neither checked nor sent.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(untagged)]
pub enum CalculateRequest {
    /// IPv4 addresses.
    Ipv4(Ipv4Request),
    /// IPv6 addresses.
    Ipv6(Ipv6Request),
    /// Mobile addresses.
    Mobile(MobileRequest),
    /// Addresses of internet service providers.
    Isp(IspRequest),
}

/// What an order says, but for the authorization.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(untagged)]
pub enum OrderedProxy {
    /// IPv4 addresses.
    Ipv4(Ipv4Request),
    /// IPv6 addresses.
    Ipv6(Ipv6Order),
    /// Mobile addresses.
    Mobile(MobileRequest),
    /// Addresses of internet service providers.
    Isp(IspRequest),
}

/// Authorization by login and password, which the seller makes.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct LoginAuth {
    /// How the proxy knows its user.
    #[tsify(type = "\"LOGIN\"")]
    auth_type: Login,
}

/// Authorization by the address that a connection comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct IpAuth {
    /// How the proxy knows its user.
    #[tsify(type = "\"IP\"")]
    auth_type: Ip,
    /// The IPv4 or IPv6 address that may use the proxies.
    auth_ip: String,
}

/// How the proxies of an order know their user.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(untagged)]
pub enum Auth {
    /// By login and password.
    Login(LoginAuth),
    /// By address.
    Ip(IpAuth),
}

/// A request to place an order. It costs money.
///
/// Specification: "Create an order", request body. Fields that belong to another proxy type or another `authType` are
/// neither checked nor sent.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[tsify(type = "OrderedProxy & Auth")]
pub struct OrderRequest {
    #[serde(flatten)]
    proxy: OrderedProxy,
    #[serde(flatten)]
    auth: Auth,
}

impl CalculateRequest {
    /// Makes a request of `draft`.
    ///
    /// # Errors
    ///
    /// Every issue of the draft.
    pub fn check(draft: &Draft<Field>) -> Result<Self, Vec<Issue>> {
        Check::run(draft, |check| calculate(check))
    }
}

impl OrderRequest {
    /// Makes a request of `draft`.
    ///
    /// # Errors
    ///
    /// Every issue of the draft.
    pub fn check(draft: &Draft<Field>) -> Result<Self, Vec<Issue>> {
        Check::run(draft, |check| {
            let request = calculate(check);
            let protocol = match check.optional(Field::ProxyType) {
                Some(Value::Text("IPv6")) => check.required(Field::Protocol).and_then(|value| {
                    check.parsed(Field::Protocol, value, IssueCode::NotAllowed, |text| match text {
                        "HTTP" => Some(Protocol::Http),
                        "SOCKS" => Some(Protocol::Socks),
                        _ => None,
                    })
                }),
                _ => None,
            };
            let auth = auth(check);
            let proxy = match request? {
                CalculateRequest::Ipv4(request) => OrderedProxy::Ipv4(request),
                CalculateRequest::Ipv6(request) => OrderedProxy::Ipv6(Ipv6Order { protocol: protocol?, request }),
                CalculateRequest::Mobile(request) => OrderedProxy::Mobile(request),
                CalculateRequest::Isp(request) => OrderedProxy::Isp(request),
            };
            Some(Self { proxy, auth: auth? })
        })
    }

    /// The same request without what belongs to orders alone.
    #[must_use]
    pub fn to_calculate(&self) -> CalculateRequest {
        match self.proxy.clone() {
            OrderedProxy::Ipv4(request) => CalculateRequest::Ipv4(request),
            OrderedProxy::Ipv6(order) => CalculateRequest::Ipv6(order.request),
            OrderedProxy::Mobile(request) => CalculateRequest::Mobile(request),
            OrderedProxy::Isp(request) => CalculateRequest::Isp(request),
        }
    }
}

type Checks<'d, 'a> = Check<'d, 'a, Field>;

fn calculate(check: &mut Checks) -> Option<CalculateRequest> {
    let proxy_type = check.required(Field::ProxyType).and_then(|value| {
        check.parsed(Field::ProxyType, value, IssueCode::NotAllowed, ProxyType::parse)
    });
    let wanted = wanted(check);
    let mobile = match proxy_type? {
        ProxyType::Mobile => {
            let time = check.required(Field::RotationTime);
            let time = time.and_then(|value| check.whole(Field::RotationTime, value, 0, u32::MAX));
            let operator = visible(check, Field::MobileOperator);
            Some((time, operator))
        }
        _ => None,
    };
    let wanted = wanted?;
    Some(match proxy_type? {
        ProxyType::Ipv4 => CalculateRequest::Ipv4(Ipv4Request { proxy_type: Ipv4, wanted }),
        ProxyType::Ipv6 => CalculateRequest::Ipv6(Ipv6Request { proxy_type: Ipv6, wanted }),
        ProxyType::Isp => CalculateRequest::Isp(IspRequest { proxy_type: Isp, wanted }),
        ProxyType::Mobile => {
            let (rotation_time, mobile_operator) = mobile?;
            CalculateRequest::Mobile(MobileRequest {
                proxy_type: Mobile,
                rotation_time: rotation_time?,
                mobile_operator: mobile_operator?,
                wanted,
            })
        }
    })
}

fn wanted(check: &mut Checks) -> Option<Wanted> {
    let quantity = positive(check, Field::Quantity);
    let rent_period_days = positive(check, Field::RentPeriodDays);
    let goal = visible(check, Field::Goal);
    let country = check.required(Field::Country).and_then(|value| {
        check.parsed(Field::Country, value, IssueCode::Malformed, |text| {
            (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| text.to_owned())
        })
    });
    let promo_code = check.optional(Field::PromoCode).and_then(|value| check.text(Field::PromoCode, value));
    Some(Wanted {
        quantity: quantity?,
        rent_period_days: rent_period_days?,
        goal: goal?,
        country: country?,
        promo_code: promo_code.filter(|text| !is_blank(text)).map(str::to_owned),
    })
}

fn auth(check: &mut Checks) -> Option<Auth> {
    let value = check.required(Field::AuthType)?;
    let by_ip = check.parsed(Field::AuthType, value, IssueCode::NotAllowed, |text| match text {
        "LOGIN" => Some(false),
        "IP" => Some(true),
        _ => None,
    })?;
    if !by_ip {
        return Some(Auth::Login(LoginAuth { auth_type: Login }));
    }
    let value = check.required(Field::AuthIp)?;
    let auth_ip = check.parsed(Field::AuthIp, value, IssueCode::Malformed, |text| {
        text.parse::<IpAddr>().is_ok().then(|| text.to_owned())
    })?;
    Some(Auth::Ip(IpAuth { auth_type: Ip, auth_ip }))
}

/// A required whole number above 0.
fn positive(check: &mut Checks, field: Field) -> Option<NonZeroU32> {
    let value = check.required(field)?;
    check.whole(field, value, 1, u32::MAX).and_then(NonZeroU32::new)
}

/// Required text that is not blank.
fn visible(check: &mut Checks, field: Field) -> Option<String> {
    let value = check.required(field)?;
    check.parsed(field, value, IssueCode::Malformed, |text| (!is_blank(text)).then(|| text.to_owned()))
}
