//! Requests in which only valid values can exist.

use std::net::IpAddr;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use tsify::Tsify;

use crate::draft::{Draft, Name, Need, Rule, is_visible, names};
use crate::issue::{Fault, Issue};

names! {
    /// The fields that requests have.
    "request" Field {
        /// Which kind of proxy is wanted.
        ProxyType: "proxyType", "Proxy type", Rule::OneOf(&["IPv4", "IPv6", "MOBILE", "ISP"]),
            "IPv4, IPv6, MOBILE or ISP";
        /// How many addresses.
        Quantity: "quantity", "Quantity", Rule::Whole(1, u32::MAX), "a whole number from 1 to 4294967295";
        /// For how many days.
        RentPeriodDays: "rentPeriodDays", "Rental period", Rule::Whole(1, u32::MAX),
            "a whole number of days from 1 to 4294967295";
        /// What the proxies are for.
        Goal: "goal", "Goal", Rule::Text(is_visible), "text that is not blank";
        /// Where the addresses are.
        Country: "country", "Country", Rule::Text(is_country), "three capital letters from A to Z, as in USA";
        /// A code that lowers the price.
        PromoCode: "promoCode", "Promo code", Rule::Text(|_| true), "text";
        /// How often a mobile address changes.
        RotationTime: "rotationTime", "Rotation time", Rule::Whole(0, u32::MAX), "a whole number from 0 to 4294967295";
        /// The network of a mobile proxy.
        MobileOperator: "mobileOperator", "Mobile operator", Rule::Text(is_visible), "text that is not blank";
        /// What an IPv6 proxy speaks.
        Protocol: "protocol", "Protocol", Rule::OneOf(&["HTTP", "SOCKS"]), "HTTP or SOCKS";
        /// How the proxy knows its user.
        AuthType: "authType", "Authorization type", Rule::OneOf(&["LOGIN", "IP"]), "LOGIN or IP";
        /// The address that may use the proxy.
        AuthIp: "authIp", "Authorization IP", Rule::Text(|text| text.parse::<IpAddr>().is_ok()),
            "an IPv4 or IPv6 address, as in 203.0.113.7 or 2001:db8::7";
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A field that has but one value: the one that its type names in TypeScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fixed;

/// The kinds of proxy that the API sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
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

/// The protocol that an IPv6 proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Tsify)]
pub enum Protocol {
    /// HTTP.
    #[serde(rename = "HTTP")]
    Http,
    /// SOCKS.
    #[serde(rename = "SOCKS")]
    Socks,
}

/// What every request says.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Quantity of IP addresses: a whole number from 1 to 4294967295.
    quantity: u32,
    /// Rental period in days: a whole number from 1 to 4294967295. The API offers a list that may change, such as 30,
    /// 60, 90, 180 and 360 for IPv4.
    rent_period_days: u32,
    /// What the proxies are for, in words of one's own: text that is not blank.
    goal: String,
    /// The country in the form of ISO 3166-1 alpha-3: three capital letters, such as `"USA"`.
    country: String,
    /// A promo code. Absent, `null` and blank mean none. A code that is not valid is no error of the API: it sells at the
    /// full price and answers `promoCodeStatus: "NO_VALID"`.
    ///
    /// @defaultValue none
    #[tsify(optional, type = "string | undefined")]
    promo_code: Option<String>,
}

/// A request for IPv4 addresses: to calculate their price, and but for the authorization to order them.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Ipv4Request {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"IPv4\"")]
    proxy_type: Fixed,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request to calculate the price of IPv6 addresses.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Ipv6Request {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"IPv6\"")]
    proxy_type: Fixed,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request for mobile addresses: to calculate their price, and but for the authorization to order them.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MobileRequest {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"MOBILE\"")]
    proxy_type: Fixed,
    /// Rotation time: a whole number from 0 to 4294967295, in the unit that the API's list of mobile operators uses.
    rotation_time: u32,
    /// Tag of the mobile operator, from the API's list: text that is not blank.
    mobile_operator: String,
    #[serde(flatten)]
    wanted: Wanted,
}

/// A request for addresses of internet service providers: to calculate their price, and but for the authorization to
/// order them.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct IspRequest {
    /// The kind of proxy: it decides which other fields there are.
    #[tsify(type = "\"ISP\"")]
    proxy_type: Fixed,
    #[serde(flatten)]
    wanted: Wanted,
}

/// What an order of IPv6 addresses says, but for the authorization.
#[derive(Clone, Debug, PartialEq, Tsify)]
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
#[derive(Clone, Debug, PartialEq, Tsify)]
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
#[derive(Clone, Debug, PartialEq, Tsify)]
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
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct LoginAuth {
    /// How the proxy knows its user.
    #[tsify(type = "\"LOGIN\"")]
    auth_type: Fixed,
}

/// Authorization by the address that a connection comes from.
#[derive(Clone, Debug, PartialEq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct IpAuth {
    /// How the proxy knows its user.
    #[tsify(type = "\"IP\"")]
    auth_type: Fixed,
    /// The IPv4 or IPv6 address that may use the proxies.
    auth_ip: String,
}

/// How the proxies of an order know their user.
#[derive(Clone, Debug, PartialEq, Tsify)]
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
#[derive(Clone, Debug, PartialEq, Tsify)]
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
        judge(draft, false).map_err(|faults| draft.issues(faults))?;
        let wanted = wanted(draft);
        Ok(match draft.text(Field::ProxyType) {
            Some("IPv4") => Self::Ipv4(Ipv4Request { proxy_type: Fixed, wanted }),
            Some("IPv6") => Self::Ipv6(Ipv6Request { proxy_type: Fixed, wanted }),
            Some("MOBILE") => Self::Mobile(mobile(draft, wanted)),
            _ => Self::Isp(IspRequest { proxy_type: Fixed, wanted }),
        })
    }
}

impl OrderRequest {
    /// Makes a request of `draft`.
    ///
    /// # Errors
    ///
    /// Every issue of the draft.
    pub fn check(draft: &Draft<Field>) -> Result<Self, Vec<Issue>> {
        judge(draft, true).map_err(|faults| draft.issues(faults))?;
        let wanted = wanted(draft);
        let proxy = match draft.text(Field::ProxyType) {
            Some("IPv4") => OrderedProxy::Ipv4(Ipv4Request { proxy_type: Fixed, wanted }),
            Some("IPv6") => {
                let socks = draft.text(Field::Protocol) == Some("SOCKS");
                let request = Ipv6Request { proxy_type: Fixed, wanted };
                OrderedProxy::Ipv6(Ipv6Order {
                    protocol: if socks { Protocol::Socks } else { Protocol::Http },
                    request,
                })
            }
            Some("MOBILE") => OrderedProxy::Mobile(mobile(draft, wanted)),
            _ => OrderedProxy::Isp(IspRequest { proxy_type: Fixed, wanted }),
        };
        let auth = match draft.text(Field::AuthType) {
            Some("IP") => Auth::Ip(IpAuth { auth_type: Fixed, auth_ip: text(draft, Field::AuthIp) }),
            _ => Auth::Login(LoginAuth { auth_type: Fixed }),
        };
        Ok(Self { proxy, auth })
    }

    /// What is calculated before the order: the same without what belongs to orders alone.
    #[must_use]
    pub fn calculation(&self) -> impl Serialize {
        let mut body = Body::of_order(self);
        body.order = None;
        body
    }
}

/// The fields of a request that are sent, side by side as the API documents them.
struct Body<'a> {
    proxy_type: &'static str,
    wanted: &'a Wanted,
    mobile: Option<&'a MobileRequest>,
    order: Option<(Option<Protocol>, &'a Auth)>,
}

impl<'a> Body<'a> {
    fn of_calculation(request: &'a CalculateRequest) -> Self {
        let (proxy_type, wanted, mobile) = match request {
            CalculateRequest::Ipv4(request) => ("IPv4", &request.wanted, None),
            CalculateRequest::Ipv6(request) => ("IPv6", &request.wanted, None),
            CalculateRequest::Mobile(request) => ("MOBILE", &request.wanted, Some(request)),
            CalculateRequest::Isp(request) => ("ISP", &request.wanted, None),
        };
        Self { proxy_type, wanted, mobile, order: None }
    }

    fn of_order(request: &'a OrderRequest) -> Self {
        let (proxy_type, wanted, mobile, protocol) = match &request.proxy {
            OrderedProxy::Ipv4(request) => ("IPv4", &request.wanted, None, None),
            OrderedProxy::Ipv6(order) => ("IPv6", &order.request.wanted, None, Some(order.protocol)),
            OrderedProxy::Mobile(request) => ("MOBILE", &request.wanted, Some(request), None),
            OrderedProxy::Isp(request) => ("ISP", &request.wanted, None, None),
        };
        Self { proxy_type, wanted, mobile, order: Some((protocol, &request.auth)) }
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Request", Field::ALL.len())?;
        let mut texts = vec![
            (Field::ProxyType, self.proxy_type),
            (Field::Goal, &self.wanted.goal),
            (Field::Country, &self.wanted.country),
        ];
        let mut numbers =
            vec![(Field::Quantity, self.wanted.quantity), (Field::RentPeriodDays, self.wanted.rent_period_days)];
        if let Some(code) = &self.wanted.promo_code {
            texts.push((Field::PromoCode, code));
        }
        if let Some(mobile) = self.mobile {
            numbers.push((Field::RotationTime, mobile.rotation_time));
            texts.push((Field::MobileOperator, &mobile.mobile_operator));
        }
        if let Some((protocol, auth)) = self.order {
            match protocol {
                Some(Protocol::Http) => texts.push((Field::Protocol, "HTTP")),
                Some(Protocol::Socks) => texts.push((Field::Protocol, "SOCKS")),
                None => {}
            }
            match auth {
                Auth::Login(_) => texts.push((Field::AuthType, "LOGIN")),
                Auth::Ip(auth) => texts.extend([(Field::AuthType, "IP"), (Field::AuthIp, &*auth.auth_ip)]),
            }
        }
        for (field, text) in texts {
            fields.serialize_field(field.name(), text)?;
        }
        for (field, number) in numbers {
            fields.serialize_field(field.name(), &number)?;
        }
        fields.end()
    }
}

impl Serialize for CalculateRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Body::of_calculation(self).serialize(serializer)
    }
}

impl Serialize for OrderRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Body::of_order(self).serialize(serializer)
    }
}

/// Judges a request for one of the functions: the fields to send, one bit for each, or every fault.
///
/// Which fields there are depends on the function, the proxy type and the authorization.
///
/// # Errors
///
/// The fields with a fault. There is none to name when the whole is no object.
pub fn judge(draft: &Draft<Field>, order: bool) -> Result<u32, Vec<(Field, Fault)>> {
    let proxy_type = draft.text(Field::ProxyType);
    let by_ip = draft.text(Field::AuthType) == Some("IP");
    let need = |field| {
        let used = match field {
            Field::PromoCode => return Need::Optional,
            Field::RotationTime | Field::MobileOperator => proxy_type == Some("MOBILE"),
            Field::Protocol => order && proxy_type == Some("IPv6"),
            Field::AuthType => order,
            Field::AuthIp => order && by_ip,
            _ => true,
        };
        if used { Need::Required } else { Need::Unused }
    };
    let faults = draft.faults(need);
    if proxy_type.is_none() || !faults.is_empty() {
        return Err(faults);
    }
    let sent = |field: &&Field| match need(**field) {
        Need::Required => true,
        Need::Optional => draft.text(**field).is_some_and(is_visible),
        Need::Unused => false,
    };
    Ok(Field::ALL.iter().filter(sent).fold(0, |fields, field| fields | 1 << field.place()))
}

fn wanted(draft: &Draft<Field>) -> Wanted {
    Wanted {
        quantity: whole(draft, Field::Quantity),
        rent_period_days: whole(draft, Field::RentPeriodDays),
        goal: text(draft, Field::Goal),
        country: text(draft, Field::Country),
        promo_code: draft.text(Field::PromoCode).filter(|code| is_visible(code)).map(str::to_owned),
    }
}

fn mobile(draft: &Draft<Field>, wanted: Wanted) -> MobileRequest {
    MobileRequest {
        proxy_type: Fixed,
        rotation_time: whole(draft, Field::RotationTime),
        mobile_operator: text(draft, Field::MobileOperator),
        wanted,
    }
}

/// The text of a field that has been checked.
fn text(draft: &Draft<Field>, field: Field) -> String {
    draft.text(field).unwrap_or_default().to_owned()
}

/// The whole number of a field that has been checked.
fn whole(draft: &Draft<Field>, field: Field) -> u32 {
    draft.number(field).unwrap_or_default() as u32
}
