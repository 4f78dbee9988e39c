//! The boundary: the exports of `src/wasm`, called as the shell calls them, through wasm-bindgen's JavaScript.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "support/codec.rs"]
mod codec;

use js_sys::{Array, Float64Array, Object, Promise, Reflect, TypeError, Uint32Array, WebAssembly};
use proxy_orders::draft::Value;
use proxy_orders::endpoint::Endpoint;
use proxy_orders::request::Field;
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Headers, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "export const load = (url) => import(url);")]
extern "C" {
    fn load(url: &str) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// The module that wasm-bindgen generates from this crate and the tests.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static MODULE_URL: String;

    type Core;
    #[wasm_bindgen(method)]
    fn validate(this: &Core, endpoint: &str, numbers: &Float64Array, texts: &str) -> JsValue;
    #[wasm_bindgen(method, js_name = issueOf)]
    fn issue_of(this: &Core, violation: u32) -> Option<String>;
    #[wasm_bindgen(method, js_name = unknownName)]
    fn unknown_name(this: &Core, kind: &str, name: &str, known: &str) -> String;
    #[wasm_bindgen(method, js_name = retryAfterMs)]
    fn retry_after_ms(this: &Core, header: &str, seconds: f64, date_ms: f64, now_ms: f64) -> JsValue;
    #[wasm_bindgen(method, js_name = orderDigest)]
    fn order_digest(this: &Core, identity: &str) -> u64;
    #[wasm_bindgen(method, js_name = makeRequest)]
    fn make_request(
        this: &Core,
        endpoint: &str,
        base_url: &str,
        api_key: &str,
        headers: Option<&Headers>,
        own: &Array,
        init: &RequestInit,
    ) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = Exchange)]
    fn exchange(this: &Core) -> ExchangeClass;

    type ExchangeClass;
    #[wasm_bindgen(method)]
    fn calculate(this: &ExchangeClass, attempts: u32, max_retries: u32) -> CoreExchange;
    #[wasm_bindgen(method)]
    fn order(
        this: &ExchangeClass,
        endpoint: &str,
        attempts: u32,
        max_retries: u32,
        max_price: Option<f64>,
        require_promo_code: bool,
        is_repeat: bool,
    ) -> CoreExchange;

    type CoreExchange;
    #[wasm_bindgen(method, catch, js_name = afterNoResponse)]
    fn after_no_response(this: &CoreExchange, why: &str, left_ms: f64, random: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = afterResponse)]
    fn after_response(
        this: &CoreExchange,
        status: u32,
        retry_after_ms: Option<f64>,
        numbers: &Float64Array,
        texts: &str,
        left_ms: f64,
        random: f64,
    ) -> JsValue;
    #[wasm_bindgen(method)]
    fn free(this: &CoreExchange);
}

async fn core() -> Core {
    JsFuture::from(load(&MODULE_URL.with(String::clone))).await.unwrap().unchecked_into()
}

/// Values as `src/shell/wire.ts` encodes them.
fn encode(values: &[Value]) -> (Float64Array, String) {
    let (numbers, texts) = codec::encode(values);
    (Float64Array::from(numbers.as_slice()), texts)
}

/// The values of a form that serves every proxy type, with some changes.
fn form<'a>(changes: &[(Field, Value<'a>)]) -> (Float64Array, String) {
    let values = [
        (Field::Quantity, Value::Number(2.0)),
        (Field::RentPeriodDays, Value::Number(30.0)),
        (Field::Goal, Value::Text("scraping")),
        (Field::Country, Value::Text("USA")),
        (Field::PromoCode, Value::Text("SPRING")),
        (Field::RotationTime, Value::Number(0.0)),
        (Field::MobileOperator, Value::Text("verizon")),
        (Field::Protocol, Value::Text("SOCKS")),
        (Field::AuthIp, Value::Text("203.0.113.7")),
    ];
    let value_of = |field| changes.iter().chain(&values).find(|(name, _)| *name == field).map(|(_, value)| *value);
    let values: Vec<_> = Field::ALL.iter().map(|field| value_of(*field).unwrap_or(Value::Absent)).collect();
    encode(&values)
}

fn form_of(proxy_type: &str, auth_type: &str) -> (Float64Array, String) {
    form(&[(Field::ProxyType, Value::Text(proxy_type)), (Field::AuthType, Value::Text(auth_type))])
}

fn value_of(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Absent,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap()),
        Json::String(text) => Value::Text(text),
        Json::Array(_) => Value::List,
        Json::Object(_) => Value::Object,
    }
}

/// The values of a response: its fields, then the code and message of its error and of its warnings.
fn encode_response(endpoint: Endpoint, response: &Json) -> (Float64Array, String) {
    let fields = endpoint.response_fields().iter().map(|name| &response[name]);
    let errors = std::iter::once(&response["error"]).chain(response["warnings"].as_array().into_iter().flatten());
    let codes_and_messages = errors.flat_map(|error| [&error["code"], &error["message"]]);
    encode(&fields.chain(codes_and_messages).map(value_of).collect::<Vec<_>>())
}

/// The names whose bits are set.
fn names<'a>(names: impl IntoIterator<Item = &'a str>, bits: u64) -> String {
    let set = names.into_iter().enumerate().filter(|(position, _)| bits >> position & 1 == 1);
    set.map(|(_, name)| name).collect::<Vec<_>>().join(" ")
}

fn request_fields(bits: u32) -> String {
    names(Field::ALL.iter().map(|field| field.name()), bits.into())
}

/// The fields of a response that are not `null`.
fn present(endpoint: Endpoint, bits: &Json) -> String {
    names(endpoint.response_fields().iter().copied(), bits.as_u64().unwrap())
}

/// The JSON of plain data. Fails for a class, a `Map` and `undefined`.
fn plain(value: &JsValue) -> Json {
    if let Some(number) = value.as_f64() {
        return if number.fract() == 0.0 { json!(number as i64) } else { json!(number) };
    }
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.iter().map(|item| plain(&item)).collect();
    }
    if value.is_null() {
        return Json::Null;
    }
    if let Some(text) = value.as_string() {
        return text.into();
    }
    if let Some(flag) = value.as_bool() {
        return flag.into();
    }
    let object = value.dyn_ref::<Object>().unwrap_or_else(|| panic!("{value:?} is not plain data"));
    assert_eq!(Object::get_prototype_of(object), Object::get_prototype_of(&Object::new()), "{value:?} is of a class");
    let entry = |entry: JsValue| {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap(), plain(&entry.get(1)))
    };
    Object::entries(object).iter().map(entry).collect()
}

const BASE_URL: &str = "https://api.example/v2";
const API_KEY: &str = "c0ffee-key";
/// Plenty of time.
const LEFT_MS: f64 = 30_000.0;

fn init(body: &str) -> RequestInit {
    let init = RequestInit::new();
    init.set_body(&body.into());
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init
}

fn quote() -> Json {
    json!({
        "success": true, "proxyType": "IPv4", "balance": 10.5, "price": 2.5, "discount": 0, "currency": "USD",
        "promoCodeStatus": null, "warnings": null, "error": null,
    })
}

fn receipt() -> Json {
    json!({
        "success": true, "proxyType": "IPv4", "orderNumber": "NUMBER-1", "balance": 8, "currency": "USD",
        "promoCodeStatus": "NO_VALID",
    })
}

fn failure() -> Json {
    json!({ "success": false, "balance": 0, "error": { "code": 16, "message": "Insufficient funds" } })
}

impl Core {
    /// The names of the fields to send, if there is no issue.
    fn fields_to_send(&self, endpoint: &str, numbers: &Float64Array, texts: &str) -> Option<String> {
        self.validate(endpoint, numbers, texts).as_f64().map(|bits| request_fields(bits as u32))
    }
}

impl ExchangeClass {
    /// The calculation before an order with a guard.
    fn guarded(&self, attempts: u32, max_price: Option<f64>, require_promo_code: bool) -> CoreExchange {
        self.order("calculate", attempts, 2, max_price, require_promo_code, false)
    }

    /// An order without a guard, after its only attempt.
    fn plain_order(&self) -> CoreExchange {
        self.order("order", 1, 2, None, false, false)
    }
}

impl CoreExchange {
    fn without_response(&self, why: &str, left_ms: f64, random: f64) -> Json {
        plain(&self.after_no_response(why, left_ms, random).unwrap())
    }

    fn after_calculation(&self, status: u32, retry_after_ms: Option<f64>, response: &Json) -> Json {
        let (numbers, texts) = encode_response(Endpoint::Calculate, response);
        plain(&self.after_response(status, retry_after_ms, &numbers, &texts, LEFT_MS, 1.0))
    }

    fn after_order(&self, status: u32, response: &Json) -> Json {
        let (numbers, texts) = encode_response(Endpoint::Order, response);
        plain(&self.after_response(status, None, &numbers, &texts, LEFT_MS, 1.0))
    }
}

const QUOTE_FIELDS: &str = "success proxyType balance price discount currency";

#[wasm_bindgen_test]
async fn validation_gives_the_fields_to_send() {
    let core = core().await;
    let common = "proxyType quantity rentPeriodDays goal country promoCode";
    let mobile = " rotationTime mobileOperator";
    for (proxy_type, calculated, ordered) in
        [("IPv4", "", ""), ("IPv6", "", " protocol"), ("MOBILE", mobile, mobile), ("ISP", "", "")]
    {
        for (auth_type, auth) in [("LOGIN", " authType"), ("IP", " authType authIp")] {
            let (numbers, texts) = form_of(proxy_type, auth_type);
            let sent = |endpoint| core.fields_to_send(endpoint, &numbers, &texts);
            assert_eq!(sent("calculate"), Some(format!("{common}{calculated}")), "{proxy_type} {auth_type}");
            assert_eq!(sent("order"), Some(format!("{common}{ordered}{auth}")), "{proxy_type} {auth_type}");
        }
    }
}

#[wasm_bindgen_test]
async fn text_in_any_script_is_separated_correctly() {
    let core = core().await;
    let (numbers, texts) = form(&[
        (Field::ProxyType, Value::Text("MOBILE")),
        (Field::Goal, Value::Text("сбор данных 🚀 für 価格")),
        (Field::PromoCode, Value::Text("\u{1f680}\0é")),
        (Field::MobileOperator, Value::Text("мтс")),
        (Field::AuthType, Value::Text("IP")),
    ]);
    assert_eq!(
        core.fields_to_send("order", &numbers, &texts).as_deref(),
        Some("proxyType quantity rentPeriodDays goal country promoCode rotationTime mobileOperator authType authIp"),
    );
}

#[wasm_bindgen_test]
async fn an_invalid_request_has_no_fields_to_send() {
    let core = core().await;
    let (numbers, texts) = form(&[(Field::ProxyType, Value::Text("IPv4"))]);
    assert!(core.fields_to_send("calculate", &numbers, &texts).is_some());
    assert_eq!(core.fields_to_send("order", &numbers, &texts), None, "without an authType");
    let (numbers, texts) = encode(&[]);
    assert_eq!(core.fields_to_send("calculate", &numbers, &texts), None);
}

#[wasm_bindgen_test]
async fn issues_are_plain_data() {
    let core = core().await;
    let (numbers, texts) = form(&[
        (Field::ProxyType, Value::Text("IPv6")),
        (Field::Quantity, Value::Number(f64::NAN)),
        (Field::RentPeriodDays, Value::Number(f64::INFINITY)),
        (Field::Goal, Value::TextTooLong),
        (Field::Country, Value::Text("Usa")),
        (Field::PromoCode, Value::InvalidText),
        (Field::Protocol, Value::Text("FTP")),
        (Field::AuthType, Value::Absent),
    ]);
    let must_be = |field: Field, code| format!("{}\t{code}\t{}", field.name(), field.sentences().not_allowed);
    let violations: Uint32Array = core.validate("order", &numbers, &texts).dyn_into().unwrap();
    assert_eq!(
        violations.to_vec().into_iter().map(|violation| core.issue_of(violation).unwrap()).collect::<Vec<_>>(),
        [
            &must_be(Field::Quantity, "wrong_type"),
            &must_be(Field::RentPeriodDays, "wrong_type"),
            "goal\tout_of_range\tGoal must be at most 10000 characters long.",
            &must_be(Field::Country, "malformed"),
            "promoCode\tmalformed\tPromo code contains an invalid character.",
            &must_be(Field::Protocol, "not_allowed"),
            "authType\trequired\tAuthorization type is required: LOGIN or IP.",
        ]
    );
}

#[wasm_bindgen_test]
async fn an_unknown_name_has_a_sentence() {
    let core = core().await;
    assert_eq!(
        core.unknown_name("field", "promocode", "goal promoCode"),
        r#"Unknown field "promocode". Did you mean promoCode?"#
    );
    assert_eq!(core.unknown_name("option", "цена 🚀", "maxPrice"), r#"Unknown option "цена 🚀"."#);
}

#[wasm_bindgen_test]
async fn retry_after_is_milliseconds_or_undefined() {
    let core = core().await;
    let now = 1_700_000_000_000.0;
    assert_eq!(core.retry_after_ms("2.5", 2.5, f64::NAN, now), 2_500);
    assert_eq!(core.retry_after_ms("Tue, 14 Nov 2023 22:13:25 GMT", f64::NAN, now + 5_000.0, now), 5_000);
    assert_eq!(core.retry_after_ms("soon", f64::NAN, f64::NAN, now), JsValue::UNDEFINED);
}

#[wasm_bindgen_test]
async fn identical_orders_have_the_same_digest_of_64_bits() {
    let core = core().await;
    let digest = core.order_digest("https://api.example\nключ\n{}\n");
    assert_eq!(core.order_digest("https://api.example\nключ\n{}\n"), digest);
    assert_ne!(core.order_digest("https://api.example\nключ\n{}\norder-1"), digest);
    assert!(digest > u64::from(u32::MAX));
}

/// Makes a request without headers of the caller.
fn request(core: &Core, endpoint: &str, init: &RequestInit) -> Request {
    core.make_request(endpoint, BASE_URL, API_KEY, None, &Array::new(), init).dyn_into().unwrap()
}

#[wasm_bindgen_test]
async fn a_request_is_a_post_of_json() {
    let core = core().await;
    for (endpoint, path) in [("calculate", "/calculate/order"), ("order", "/order")] {
        let body = r#"{"goal":"сбор 🚀"}"#;
        let request = request(&core, endpoint, &init(body));
        assert_eq!(request.method(), "POST");
        assert_eq!(request.url(), format!("{BASE_URL}/client/api/v1/{API_KEY}{path}"));
        assert_eq!(
            plain(&Array::from(&request.headers())),
            json!([["accept", "application/json"], ["content-type", "application/json"]])
        );
        assert_eq!(JsFuture::from(request.text().unwrap()).await.unwrap(), body);
    }
}

#[wasm_bindgen_test]
async fn a_request_takes_what_depends_on_the_browser_from_its_init() {
    let core = core().await;
    let defaults = request(&core, "order", &init("{}"));
    assert_eq!(defaults.cache(), RequestCache::NoStore);
    assert_eq!(defaults.credentials(), RequestCredentials::Omit);
    assert_eq!(defaults.redirect(), RequestRedirect::Error);

    let init = init("{}");
    init.set_cache(RequestCache::Reload);
    init.set_credentials(RequestCredentials::Include);
    init.set_redirect(RequestRedirect::Manual);
    let changed = request(&core, "order", &init);
    assert_eq!(changed.cache(), RequestCache::Reload);
    assert_eq!(changed.credentials(), RequestCredentials::Include);
    assert_eq!(changed.redirect(), RequestRedirect::Manual);
}

#[wasm_bindgen_test]
async fn a_request_has_the_headers_of_the_caller_except_those_that_the_package_sets() {
    let core = core().await;
    let headers = Headers::new().unwrap();
    for (name, value) in [("X-Shop", "7"), ("Accept", "text/html"), ("Content-Type", "text/plain")] {
        headers.set(name, value).unwrap();
    }
    let made = core.make_request("order", BASE_URL, API_KEY, Some(&headers), &Array::new(), &init("{}"));
    let request: Request = made.dyn_into().unwrap();
    assert_eq!(
        plain(&Array::from(&request.headers())),
        json!([["accept", "application/json"], ["content-type", "application/json"], ["x-shop", "7"]])
    );
}

#[wasm_bindgen_test]
async fn a_request_without_headers_of_the_caller_has_those_of_the_call() {
    let core = core().await;
    let own = Array::of1(&Array::of2(&"idempotency-key".into(), &"once".into()));
    let made = core.make_request("order", BASE_URL, API_KEY, None, &own, &init("{}"));
    let headers = plain(&Array::from(&made.dyn_into::<Request>().unwrap().headers()));
    let json = "application/json";
    assert_eq!(headers, json!([["accept", json], ["content-type", json], ["idempotency-key", "once"]]));
    let next: Request = request(&core, "order", &init("{}"));
    assert_eq!(next.headers().get("idempotency-key").unwrap(), None, "the next request does not have it");
}

#[wasm_bindgen_test]
async fn a_percent_encoded_api_key_stays_one_segment_of_the_path() {
    let core = core().await;
    for segment in ["a%2Fb", "..%252f", "%D0%BA%D0%BB%D1%8E%D1%87", "%3F%23%5C%20%F0%9F%9A%80", "-_.!~*'()"] {
        let made = core.make_request("order", BASE_URL, segment, None, &Array::new(), &init("{}"));
        let request: Request = made.dyn_into().unwrap();
        assert_eq!(request.url(), format!("{BASE_URL}/client/api/v1/{segment}/order"));
    }
}

#[wasm_bindgen_test]
async fn what_the_engine_does_not_accept_is_its_error_and_not_a_trap() {
    let core = core().await;
    let bad_init = init("{}");
    Reflect::set(&bad_init, &"credentials".into(), &"some".into()).unwrap();
    for (base_url, init) in
        [("https://[", &init("{}")), ("https://user:password@api.example", &init("{}")), (BASE_URL, &bad_init)]
    {
        let made = core.make_request("order", base_url, API_KEY, None, &Array::new(), init);
        assert!(made.dyn_into::<Array>().unwrap().get(0).is_instance_of::<TypeError>());
    }
    assert_eq!(request(&core, "order", &init("{}")).method(), "POST", "the core still works");
}

#[wasm_bindgen_test]
async fn an_order_without_a_response_fails() {
    let class = core().await.exchange();
    for (why, code) in [("aborted", "aborted"), ("timedOut", "timeout"), ("network", "network")] {
        assert_eq!(class.plain_order().without_response(why, LEFT_MS, 0.0), json!(["fail", code]));
    }
}

#[wasm_bindgen_test]
async fn a_calculation_without_a_response_is_retried_after_a_pause() {
    let class = core().await.exchange();
    let after_network = |attempts, random| class.calculate(attempts, 2).without_response("network", LEFT_MS, random);
    assert_eq!(after_network(1, 0.5), json!(["retry", 187.5]));
    assert_eq!(after_network(2, 1.0), json!(["retry", 500]));
    assert_eq!(after_network(3, 1.0), json!(["fail", "network"]));
    let late = class.calculate(1, 2).without_response("network", 187.5, 0.5);
    assert_eq!(late, json!(["fail", "network"]), "the deadline comes first");
}

#[wasm_bindgen_test]
async fn a_status_decides_without_a_documented_response() {
    let class = core().await.exchange();
    let fail = |code| json!(["fail", code]);
    let later = class.calculate(1, 1).after_calculation(503, Some(1_500.5), &Json::Null);
    assert_eq!(later, json!(["retry", 1500.5]));
    assert_eq!(class.calculate(2, 1).after_calculation(503, None, &Json::Null), fail("http"));
    assert_eq!(class.plain_order().after_order(404, &Json::Null), fail("http"));
    assert_eq!(class.plain_order().after_order(200, &quote()), fail("invalid_response"));
    assert_eq!(class.plain_order().after_order(402, &failure()), fail("http"), "only 2xx answers an order");
}

#[wasm_bindgen_test]
async fn an_answer_is_the_number_of_its_fields_that_are_not_null() {
    let class = core().await.exchange();
    let calculated = |status, response: &Json| {
        present(Endpoint::Calculate, &class.calculate(1, 0).after_calculation(status, None, response))
    };
    assert_eq!(calculated(200, &quote()), QUOTE_FIELDS);
    let mut warned = quote();
    warned["warnings"] = json!([{ "code": 14, "message": "Goal" }, { "code": 16, "message": "Funds" }]);
    assert_eq!(calculated(200, &warned), format!("{QUOTE_FIELDS} warnings"));
    assert_eq!(calculated(402, &failure()), "success balance error");

    let ordered = |response: &Json| present(Endpoint::Order, &class.plain_order().after_order(200, response));
    assert_eq!(ordered(&receipt()), "success proxyType orderNumber balance currency promoCodeStatus");
    assert_eq!(ordered(&failure()), "success balance error");
}

#[wasm_bindgen_test]
async fn a_guard_that_stops_an_order_is_named_with_the_quote() {
    let class = core().await.exchange();
    let refused = |exchange: CoreExchange, response: &Json| {
        let next = exchange.after_calculation(200, None, response);
        assert_eq!(next[0], "refuse");
        (present(Endpoint::Calculate, &next[1]), next[2].as_str().unwrap().to_owned())
    };
    let by = |fields: &str, objection: &str| (fields.to_owned(), objection.to_owned());
    assert_eq!(refused(class.guarded(1, Some(2.49), false), &quote()), by(QUOTE_FIELDS, "price"));
    assert_eq!(refused(class.guarded(1, Some(9.0), true), &quote()), by(QUOTE_FIELDS, "promoCode"));
    assert_eq!(refused(class.guarded(1, Some(9.0), false), &failure()), by("success balance error", "quote"));

    let mut warned = quote();
    warned["warnings"] = json!([{ "code": 16, "message": "Funds" }]);
    let fields = format!("{QUOTE_FIELDS} warnings");
    assert_eq!(refused(class.guarded(1, Some(9.0), false), &warned), by(&fields, "quote"));
    let repeat = class.order("calculate", 1, 2, Some(9.0), false, true);
    let next = repeat.after_calculation(200, None, &warned);
    assert_eq!(present(Endpoint::Calculate, &next[1]), fields, "warnings do not stop a repeat");
}

#[wasm_bindgen_test]
async fn a_guarded_order_goes_from_its_calculation_to_its_receipt() {
    let class = core().await.exchange();
    let calculated = |attempts| class.guarded(attempts, Some(2.5), false);
    assert_eq!(calculated(1).without_response("network", LEFT_MS, 1.0), json!(["retry", 250]));
    assert_eq!(calculated(2).after_calculation(503, Some(2_000.0), &Json::Null), json!(["retry", 2000]));
    let quoted = calculated(3).after_calculation(200, None, &quote());
    assert_eq!(present(Endpoint::Calculate, &quoted[1]), QUOTE_FIELDS);
    let order = class.order("order", 4, 2, Some(2.5), false, false);
    let answered = order.after_order(200, &receipt());
    assert_eq!(present(Endpoint::Order, &answered), "success proxyType orderNumber balance currency promoCodeStatus");
}

#[wasm_bindgen_test]
async fn an_exchange_is_used_once_and_gives_its_memory_back() {
    let core = core().await;
    let pages = || wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>().grow(0);
    let class = core.exchange();
    let before = pages();
    for _ in 0..20_000 {
        class.plain_order().without_response("network", LEFT_MS, 0.0);
        class.plain_order().free();
    }
    assert_eq!(pages(), before);

    let used = class.plain_order();
    used.without_response("network", LEFT_MS, 0.0);
    assert!(used.after_no_response("network", LEFT_MS, 0.0).is_err());
    assert_eq!(class.plain_order().without_response("network", LEFT_MS, 0.0), json!(["fail", "network"]));
}
