//! The TypeScript declarations are true: those of requests name exactly the fields that are sent, and those of
//! responses exactly the fields that are returned.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::draft::Value;
use proxy_orders::endpoint::Endpoint;
use proxy_orders::request::{
    Auth, AuthType, CalculateRequest, CommonFields, Field, IpAuth, Ipv4Request, Ipv6Order, Ipv6Request, IspRequest,
    LoginAuth, MobileRequest, OrderRequest, OrderedProxy, Protocol, ProxyType,
};
use proxy_orders::response::{
    CalculateFailure, CalculateResponse, CalculateSuccess, OrderFailure, OrderResponse, OrderSuccess, Response,
};
use serde_json::json;
use support::{AUTH_TYPES, PROXY_TYPES, form, kind_of, present_names, recognize, samples, validate, with};
use tsify::Tsify;

/// The declarations of types that are looked up by name.
const DECLARATIONS: [&str; 19] = [
    CommonFields::DECL,
    Ipv4Request::DECL,
    Ipv6Request::DECL,
    IspRequest::DECL,
    MobileRequest::DECL,
    Ipv6Order::DECL,
    LoginAuth::DECL,
    IpAuth::DECL,
    CalculateRequest::DECL,
    OrderedProxy::DECL,
    Auth::DECL,
    OrderRequest::DECL,
    CalculateSuccess::DECL,
    CalculateFailure::DECL,
    OrderSuccess::DECL,
    OrderFailure::DECL,
    CalculateResponse::DECL,
    OrderResponse::DECL,
    Protocol::DECL,
];

/// The part of a declaration after its name, without comments.
fn declaration(name: &str) -> String {
    let code = |declaration: &str| -> String {
        declaration.split("/**").map(|part| part.split_once("*/").map_or(part, |(_, code)| code)).collect()
    };
    let starts = [format!("export interface {name} "), format!("export type {name} ")];
    let found = DECLARATIONS.map(code).into_iter().find_map(|code| {
        let code = code.trim_start();
        starts.iter().find_map(|start| code.strip_prefix(start)).map(str::to_owned)
    });
    found.unwrap_or_else(|| panic!("{name} is not declared"))
}

/// The members of a union or an intersection.
fn members(name: &str, separator: char) -> Vec<String> {
    let declaration = declaration(name);
    let (_, members) = declaration.split_once('=').unwrap();
    members.trim_end_matches(';').split(separator).map(|member| member.trim().to_owned()).collect()
}

/// A declared field: its name, whether it may be left out, and its type.
type DeclaredField = (String, bool, String);

/// The fields of an interface, including those it inherits.
fn fields(name: &str) -> Vec<DeclaredField> {
    let declaration = declaration(name);
    let (head, body) = declaration.split_once('{').unwrap();
    let mut fields = head.trim().strip_prefix("extends ").map_or_else(Vec::new, |base| fields(base.trim()));
    let (body, _) = body.rsplit_once('}').unwrap();
    for line in body.split(";\n").map(str::trim).filter(|line| !line.is_empty()) {
        let (name, ts_type) = line.split_once(':').unwrap();
        let is_optional = name.ends_with('?');
        fields.push((name.trim_end_matches('?').to_owned(), is_optional, ts_type.trim().to_owned()));
    }
    fields
}

fn names(fields: &[DeclaredField]) -> Vec<&str> {
    let mut names: Vec<_> = fields.iter().map(|(name, ..)| name.as_str()).collect();
    names.sort_unstable();
    names
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

/// The literal type of a field.
fn word(fields: &[DeclaredField], name: &str) -> String {
    let (.., ts_type) = fields.iter().find(|(field, ..)| field == name).unwrap();
    ts_type.trim_matches('"').to_owned()
}

/// A request sends exactly the declared fields, and exactly the optional ones may be absent.
fn assert_sent(endpoint: Endpoint, proxy_type: &str, auth_type: &str, declared: &[DeclaredField]) {
    let form = form(proxy_type, auth_type);
    assert_eq!(sorted(validate(endpoint, &form).unwrap()), names(declared), "{endpoint:?} {proxy_type} {auth_type}");
    for field in Field::ALL {
        let name = field.name();
        if let Some((_, is_optional, _)) = declared.iter().find(|(declared, ..)| declared == name) {
            let without = validate(endpoint, &with(form.clone(), *field, Value::Absent));
            assert_eq!(without.is_ok(), *is_optional, "{endpoint:?} {proxy_type} {auth_type} without {name}");
        }
    }
}

#[test]
fn a_calculation_sends_the_declared_fields() {
    let mut proxy_types = Vec::new();
    for member in members("CalculateRequest", '|') {
        let declared = fields(&member);
        let proxy_type = word(&declared, "proxyType");
        assert_sent(Endpoint::Calculate, &proxy_type, "LOGIN", &declared);
        proxy_types.push(proxy_type);
    }
    assert_eq!(proxy_types, PROXY_TYPES);
}

#[test]
fn an_order_sends_the_declared_fields() {
    assert_eq!(members("OrderRequest", '&'), ["OrderedProxy", "Auth"]);
    let (mut proxy_types, mut auth_types) = (Vec::new(), Vec::new());
    for proxy in members("OrderedProxy", '|') {
        auth_types.clear();
        let proxy = fields(&proxy);
        let proxy_type = word(&proxy, "proxyType");
        for auth in members("Auth", '|') {
            let auth = fields(&auth);
            let auth_type = word(&auth, "authType");
            let declared = [proxy.as_slice(), &auth].concat();
            assert_sent(Endpoint::Order, &proxy_type, &auth_type, &declared);
            auth_types.push(auth_type);
        }
        proxy_types.push(proxy_type);
    }
    assert_eq!(proxy_types, PROXY_TYPES);
    assert_eq!(auth_types, AUTH_TYPES);
}

#[test]
fn exactly_the_declared_words_are_accepted() {
    let words = |declaration: &str| -> Vec<String> {
        let (_, words) = declaration.rsplit_once('=').unwrap();
        words.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(words(ProxyType::DECL), PROXY_TYPES);
    assert_eq!(words(AuthType::DECL), AUTH_TYPES);
    assert_eq!(words(Protocol::DECL), ["HTTP", "SOCKS"]);
    for protocol in words(Protocol::DECL) {
        let draft = with(form("IPv6", "LOGIN"), Field::Protocol, Value::Text(&protocol));
        assert!(validate(Endpoint::Order, &draft).is_ok(), "{protocol}");
    }
}

/// Responses of every kind, some with all documented fields, and some with only those that are required.
fn responses() -> Vec<Response> {
    let mut responses: Vec<_> =
        samples().iter().map(|sample| recognize(sample.endpoint(), &sample.json()).unwrap()).collect();
    let failure = json!({ "success": false, "error": { "code": 2, "message": "Error api key" } });
    responses.extend([Endpoint::Calculate, Endpoint::Order].map(|endpoint| recognize(endpoint, &failure).unwrap()));
    responses
}

#[test]
fn a_response_has_the_declared_fields() {
    assert_eq!(members("CalculateResponse", '|'), ["CalculateSuccess", "CalculateFailure"]);
    assert_eq!(members("OrderResponse", '|'), ["OrderSuccess", "OrderFailure"]);
    let mut checked = 0;
    for (name, kind) in [
        ("CalculateSuccess", (Endpoint::Calculate, true)),
        ("CalculateFailure", (Endpoint::Calculate, false)),
        ("OrderSuccess", (Endpoint::Order, true)),
        ("OrderFailure", (Endpoint::Order, false)),
    ] {
        let declared = fields(name);
        assert_eq!(sorted(kind.0.response_fields().to_vec()), names(&declared), "{name}");
        let responses = responses();
        let of_kind: Vec<_> = responses.iter().filter(|response| kind_of(response) == kind).collect();
        checked += of_kind.len();
        for (field, is_optional, ts_type) in &declared {
            assert!(!is_optional, "{name}.{field} is always there");
            let is_present = |response: &&&Response| present_names(response).contains(&field.as_str());
            let present = of_kind.iter().filter(is_present).count();
            assert_eq!(present == 0, ts_type == "null", "{name}.{field}: {ts_type}");
            assert_eq!(present < of_kind.len(), ts_type.ends_with("null"), "{name}.{field}: {ts_type}");
        }
        assert_eq!(word(&declared, "success"), kind.1.to_string());
    }
    assert_eq!(checked, responses().len());
}
