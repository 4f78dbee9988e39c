//! The boundary: what `src/wasm` exports, called through the JavaScript that wasm-bindgen makes for it, as the shell calls
//! it.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "support/codec.rs"]
mod codec;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Error, Float64Array, Function, Object, Promise, Reflect, TypeError, WebAssembly};
use proxy_orders::draft::Value;
use proxy_orders::request::Field;
use proxy_orders::response;
use serde_json::{Value as Json, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    Headers, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response, ResponseInit,
};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "export const load = (url) => import(url);")]
extern "C" {
    fn load(url: &str) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// The module that wasm-bindgen has made of this crate and the tests.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static MODULE_URL: String;

    type Core;
    #[wasm_bindgen(method)]
    fn validate(this: &Core, endpoint: &str, numbers: &Float64Array, texts: &str) -> JsValue;
    #[wasm_bindgen(method, js_name = unknownName)]
    fn unknown_name(this: &Core, name: &str, subject: &str, known: &str) -> String;
    #[wasm_bindgen(method, js_name = retryAfterMs)]
    fn retry_after_ms(this: &Core, header: &str, date_ms: f64, now_ms: f64) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = Exchange)]
    fn exchange(this: &Core) -> ExchangeClass;

    type ExchangeClass;
    #[wasm_bindgen(method, js_name = calculate)]
    fn calculate_at(this: &ExchangeClass, base_url: &str, api_key: &str, max_retries: u32) -> CoreExchange;
    #[wasm_bindgen(method, js_name = order)]
    fn order_at(
        this: &ExchangeClass,
        base_url: &str,
        api_key: &str,
        max_retries: u32,
        max_price: Option<f64>,
        require_promo_code: bool,
        allow_duplicate: bool,
    ) -> CoreExchange;

    type CoreExchange;
    #[wasm_bindgen(method, getter, catch)]
    fn endpoint(this: &CoreExchange) -> Result<String, Error>;
    #[wasm_bindgen(method, catch, js_name = request)]
    fn request_with(
        this: &CoreExchange,
        headers: Option<&Headers>,
        idempotency_key: Option<&str>,
        init: &RequestInit,
    ) -> Result<Request, JsValue>;
    #[wasm_bindgen(method)]
    fn digest(this: &CoreExchange, body: &str, idempotency_key: &str) -> u64;
    #[wasm_bindgen(method)]
    fn compare(this: &CoreExchange, is_pending: bool, is_in_doubt: bool, has_same_key: bool) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn outcome(this: &CoreExchange) -> Option<String>;
    #[wasm_bindgen(method)]
    fn sent(this: &CoreExchange);
    #[wasm_bindgen(method, js_name = afterNoReply)]
    fn after_no_response(this: &CoreExchange, why: &str, left_ms: f64, random: f64) -> JsValue;
    #[wasm_bindgen(method, js_name = afterReply)]
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

/// The values of a request, of which some differ from those of a form that serves every proxy type.
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

/// The values of a response: its fields, then code and message of its error and of its warnings.
fn encode_response(response: &Json) -> (Float64Array, String) {
    let fields = response::Field::NAMES.iter().map(|name| &response[name]);
    let faults = std::iter::once(&response["error"]).chain(response["warnings"].as_array().into_iter().flatten());
    let codes_and_messages = faults.flat_map(|fault| [&fault["code"], &fault["message"]]);
    encode(&fields.chain(codes_and_messages).map(value_of).collect::<Vec<_>>())
}

/// The names whose bits are set.
fn names<'a>(names: impl IntoIterator<Item = &'a str>, bits: u64) -> String {
    let set = names.into_iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
    set.map(|(_, name)| name).collect::<Vec<_>>().join(" ")
}

fn request_fields(bits: u32) -> String {
    names(Field::ALL.iter().map(|field| field.name()), bits.into())
}

/// What of a response is handed to the caller, and which of it is not `null`.
fn fields_of(fields: &Json) -> [String; 2] {
    let bits = fields.as_u64().unwrap();
    [bits & 0xffff, bits >> 16].map(|bits| names(response::Field::NAMES.iter().copied(), bits))
}

/// A value that is plain data: no class, no `Map`, nothing that is `undefined`.
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
const KEY: &str = "c0ffee-key";
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
    fn calculate(&self, max_retries: u32) -> CoreExchange {
        self.calculate_at(BASE_URL, KEY, max_retries)
    }

    fn order(&self, max_retries: u32, max_price: Option<f64>, require_promo_code: bool) -> CoreExchange {
        self.order_at(BASE_URL, KEY, max_retries, max_price, require_promo_code, false)
    }
}

impl CoreExchange {
    fn request(&self, init: &RequestInit, key: Option<&str>) -> Result<Request, JsValue> {
        self.request_with(None, key, init)
    }

    fn after_json(&self, status: u32, retry_after_ms: Option<f64>, response: &Json) -> Json {
        let (numbers, texts) = encode_response(response);
        plain(&self.after_response(status, retry_after_ms, &numbers, &texts, LEFT_MS, 1.0))
    }
}

const QUOTE_FIELDS: &str = "success proxyType balance price discount currency promoCodeStatus warnings error";

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
async fn text_of_any_script_keeps_its_place() {
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
async fn a_request_with_a_fault_has_no_fields() {
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
    let must_be =
        |field: Field, code| json!({ "path": [field.name()], "code": code, "message": field.sentences().not_allowed });
    assert_eq!(
        plain(&core.validate("order", &numbers, &texts)),
        json!([
            must_be(Field::Quantity, "wrong_type"),
            must_be(Field::RentPeriodDays, "wrong_type"),
            { "path": ["goal"], "code": "out_of_range", "message": "Goal must be at most 10000 characters long." },
            must_be(Field::Country, "malformed"),
            { "path": ["promoCode"], "code": "malformed", "message": "Promo code contains an invalid character." },
            must_be(Field::Protocol, "not_allowed"),
            { "path": ["authType"], "code": "required", "message": "Authorization type is required: LOGIN or IP." },
        ])
    );
}

#[wasm_bindgen_test]
async fn a_sentence_says_that_a_name_is_unknown() {
    let core = core().await;
    assert_eq!(
        core.unknown_name("promocode", "request", "goal promoCode"),
        "There is no promocode in the request. Did you mean promoCode?"
    );
    assert_eq!(core.unknown_name("цена 🚀", "options", "maxPrice"), "There is no цена 🚀 in the options.");
}

#[wasm_bindgen_test]
async fn retry_after_is_milliseconds_or_undefined() {
    let core = core().await;
    let now = 1_700_000_000_000.0;
    assert_eq!(core.retry_after_ms("2", f64::NAN, now), 2_000);
    assert_eq!(core.retry_after_ms("Tue, 14 Nov 2023 22:13:25 GMT", now + 5_000.0, now), 5_000);
    assert_eq!(core.retry_after_ms("soon", f64::NAN, now), JsValue::UNDEFINED);
}

#[wasm_bindgen_test]
async fn a_guarded_order_is_calculated_first() {
    let class = core().await.exchange();
    let endpoint = |exchange: CoreExchange| exchange.endpoint().unwrap();
    assert_eq!(endpoint(class.calculate(0)), "calculate");
    assert_eq!(endpoint(class.order(0, None, false)), "order");
    assert_eq!(endpoint(class.order(0, Some(0.0), false)), "calculate");
    assert_eq!(endpoint(class.order(0, None, true)), "calculate");
}

#[wasm_bindgen_test]
async fn a_request_is_a_post_of_json() {
    let class = core().await.exchange();
    for (exchange, path) in [(class.calculate(0), "/calculate/order"), (class.order(0, None, false), "/order")] {
        let body = r#"{"goal":"сбор 🚀"}"#;
        let request = exchange.request(&init(body), None).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.url(), format!("{BASE_URL}/client/api/v1/{KEY}{path}"));
        assert_eq!(
            plain(&Array::from(&request.headers())),
            json!([["accept", "application/json"], ["content-type", "application/json"]])
        );
        assert_eq!(JsFuture::from(request.text().unwrap()).await.unwrap(), body);
    }
}

#[wasm_bindgen_test]
async fn a_request_takes_what_depends_on_the_browser_from_its_init() {
    let exchange = core().await.exchange().order(0, None, false);
    let request = exchange.request(&init("{}"), None).unwrap();
    assert_eq!(request.cache(), RequestCache::NoStore);
    assert_eq!(request.credentials(), RequestCredentials::Omit);
    assert_eq!(request.redirect(), RequestRedirect::Error);

    let init = init("{}");
    init.set_cache(RequestCache::Reload);
    init.set_credentials(RequestCredentials::Include);
    init.set_redirect(RequestRedirect::Manual);
    let request = exchange.request(&init, None).unwrap();
    assert_eq!(request.cache(), RequestCache::Reload);
    assert_eq!(request.credentials(), RequestCredentials::Include);
    assert_eq!(request.redirect(), RequestRedirect::Manual);
}

#[wasm_bindgen_test]
async fn headers_of_the_caller_stay_but_for_those_of_the_package() {
    let exchange = core().await.exchange().order(0, None, false);
    let init = init("{}");
    let headers = Headers::new().unwrap();
    for (name, value) in [("X-Shop", "7"), ("Accept", "text/html"), ("Content-Type", "text/plain")] {
        headers.set(name, value).unwrap();
    }
    let request = exchange.request_with(Some(&headers), Some("key 1"), &init).unwrap();
    assert_eq!(
        plain(&Array::from(&request.headers())),
        json!([
            ["accept", "application/json"],
            ["content-type", "application/json"],
            ["idempotency-key", "key 1"],
            ["x-shop", "7"],
        ])
    );
}

#[wasm_bindgen_test]
async fn a_percent_encoded_key_stays_one_segment_of_the_path() {
    let class = core().await.exchange();
    for segment in ["a%2Fb", "..%252f", "%D0%BA%D0%BB%D1%8E%D1%87", "%3F%23%5C%20%F0%9F%9A%80", "-_.!~*'()"] {
        let exchange = class.order_at(BASE_URL, segment, 0, None, false, false);
        let request = exchange.request(&init("{}"), None).unwrap();
        assert_eq!(request.url(), format!("{BASE_URL}/client/api/v1/{segment}/order"));
    }
}

#[wasm_bindgen_test]
async fn what_request_refuses_is_an_error_and_no_trap() {
    let class = core().await.exchange();
    let bad_init = init("{}");
    Reflect::set(&bad_init, &"credentials".into(), &"some".into()).unwrap();
    for (base_url, init) in
        [("https://[", &init("{}")), ("https://user:password@api.example", &init("{}")), (BASE_URL, &bad_init)]
    {
        let error = class.order_at(base_url, KEY, 0, None, false, false).request(init, None).unwrap_err();
        assert!(error.is_instance_of::<TypeError>(), "{error:?}");
    }
    let exchange = class.order(0, None, false);
    exchange.request(&init("{}"), None).unwrap();
    exchange.sent();
    assert_eq!(plain(&exchange.after_no_response("network", LEFT_MS, 0.0)), json!({ "fail": "network" }));
    assert_eq!(exchange.outcome().unwrap(), "unknown");
    exchange.free();
}

#[wasm_bindgen_test]
async fn an_order_without_a_response_fails_and_knows_its_outcome() {
    let class = core().await.exchange();
    for (why, code) in [("aborted", "aborted"), ("timedOut", "timeout"), ("network", "network")] {
        let order = class.order(2, None, false);
        for sent in ["not_placed", "unknown"] {
            assert_eq!(plain(&order.after_no_response(why, LEFT_MS, 0.0)), json!({ "fail": code }));
            assert_eq!(order.outcome().unwrap(), sent);
            order.sent();
        }
    }
}

#[wasm_bindgen_test]
async fn a_calculation_without_a_response_is_sent_again_after_a_pause() {
    let calculation = core().await.exchange().calculate(2);
    let after_network = |left_ms, random| {
        calculation.sent();
        plain(&calculation.after_no_response("network", left_ms, random))
    };
    assert_eq!(after_network(LEFT_MS, 0.5), json!({ "retry": 187.5 }));
    assert_eq!(after_network(LEFT_MS, 1.0), json!({ "retry": 500 }));
    assert_eq!(after_network(LEFT_MS, 1.0), json!({ "fail": "network" }));
    assert_eq!(calculation.outcome(), None);
}

#[wasm_bindgen_test]
async fn a_failure_by_status_says_so() {
    let class = core().await.exchange();
    let calculation = class.calculate(1);
    assert_eq!(calculation.after_json(503, Some(1_500.5), &Json::Null), json!({ "retry": 1500.5 }));
    assert_eq!(calculation.after_json(503, None, &Json::Null), json!({ "fail": "http" }));

    let order = class.order(1, None, false);
    order.sent();
    let fail = |code| json!({ "fail": code });
    assert_eq!(order.after_json(404, None, &Json::Null), fail("http"));
    assert_eq!(order.after_json(200, None, &quote()), fail("invalid_response"));
}

#[wasm_bindgen_test]
async fn an_answer_names_the_fields_to_hand_on() {
    let class = core().await.exchange();
    let fields = |next: Json| fields_of(&next);
    assert_eq!(
        fields(class.calculate(0).after_json(200, None, &quote())),
        [QUOTE_FIELDS, "success proxyType balance price discount currency"]
    );
    let mut warned = quote();
    warned["warnings"] = json!([{ "code": 14, "message": "Goal" }, { "code": 16, "message": "Funds" }]);
    assert_eq!(
        fields(class.calculate(0).after_json(200, None, &warned)),
        [QUOTE_FIELDS, "success proxyType balance price discount currency warnings"]
    );
    assert_eq!(
        fields(class.order(0, None, false).after_json(200, None, &receipt())),
        [
            "success proxyType orderNumber balance currency promoCodeStatus error",
            "success proxyType orderNumber balance currency promoCodeStatus"
        ]
    );
    assert_eq!(
        fields(class.order(0, None, false).after_json(402, None, &failure())),
        ["success proxyType orderNumber balance currency promoCodeStatus error", "success balance error"]
    );
}

#[wasm_bindgen_test]
async fn a_guard_that_refuses_keeps_the_quote() {
    let class = core().await.exchange();
    let quote_fields = |mut next: Json| {
        let quote = fields_of(&next["refuse"].take());
        assert_eq!(next, json!({ "refuse": null }));
        quote
    };
    for guarded in [class.order(0, Some(2.49), false), class.order(0, Some(9.0), true)] {
        guarded.sent();
        assert_eq!(
            quote_fields(guarded.after_json(200, None, &quote())),
            [QUOTE_FIELDS, "success proxyType balance price discount currency"]
        );
        assert_eq!(guarded.endpoint().unwrap(), "calculate");
        assert_eq!(guarded.outcome().unwrap(), "not_placed");
    }
    let guarded = class.order(0, Some(2.5), false);
    assert_eq!(quote_fields(guarded.after_json(401, None, &failure())), [QUOTE_FIELDS, "success balance error"]);
}

#[wasm_bindgen_test]
async fn identical_orders_are_known_by_their_digest_and_compared() {
    let class = core().await.exchange();
    let order = class.order(0, None, false);
    assert_eq!(order.digest("{}", "key-1"), class.order(2, Some(1.0), true).digest("{}", "key-1"));
    assert_ne!(order.digest("{}", "key-1"), order.digest("{}", ""));
    assert!(order.digest("{}", "") > u64::from(u32::MAX), "a digest of 64 bits");
    for (is_pending, is_in_doubt, has_same_key, code, outcome) in [
        (false, false, false, None, "not_placed"),
        (true, false, false, Some("duplicate_order"), "not_placed"),
        (false, true, false, Some("unresolved_order"), "unknown"),
        (false, true, true, None, "unknown"),
    ] {
        let order = class.order(0, None, false);
        assert_eq!(order.compare(is_pending, is_in_doubt, has_same_key).as_deref(), code);
        assert_eq!(order.outcome().unwrap(), outcome);
    }
    let allowed = class.order_at(BASE_URL, KEY, 0, None, false, true);
    assert_eq!(allowed.compare(true, true, false), None);
}

/// A stubbed `fetch`. It gives the responses one after the other, fails where there is none, and remembers the requests.
struct Fetch {
    function: Closure<dyn FnMut(Request) -> Promise>,
    requests: Rc<RefCell<Vec<Request>>>,
}

impl Fetch {
    fn new(responses: impl IntoIterator<Item = Option<Response>> + 'static) -> Self {
        let requests = Rc::new(RefCell::new(Vec::new()));
        let mut responses: Vec<_> = responses.into_iter().collect();
        responses.reverse();
        let seen = Rc::clone(&requests);
        let function = Closure::new(move |request: Request| {
            seen.borrow_mut().push(request);
            match responses.pop().expect("a request too many") {
                Some(response) => Promise::resolve(&JsValue::from(response)),
                None => Promise::reject(&TypeError::new("Failed to fetch")),
            }
        });
        Self { function, requests }
    }

    async fn call(&self, request: &Request) -> Result<Response, JsValue> {
        let fetch: &Function = self.function.as_ref().unchecked_ref();
        let response = fetch.call1(&JsValue::UNDEFINED, request)?;
        JsFuture::from(response.unchecked_into::<Promise>()).await.map(JsCast::unchecked_into)
    }
}

fn response(status: u16, retry_after: Option<&str>, body: &str) -> Option<Response> {
    let init = ResponseInit::new();
    init.set_status(status);
    let response = Response::new_with_opt_str_and_init(Some(body), &init).unwrap();
    if let Some(retry_after) = retry_after {
        response.headers().set("retry-after", retry_after).unwrap();
    }
    Some(response)
}

/// Makes one attempt, and gives what happens next.
async fn attempt(core: &Core, exchange: &CoreExchange, fetch: &Fetch, body: &str) -> Json {
    let is_order = exchange.endpoint().unwrap() == "order";
    let request = exchange.request(&init(body), is_order.then_some("key-1")).unwrap();
    exchange.sent();
    let Ok(response) = fetch.call(&request).await else {
        return plain(&exchange.after_no_response("network", LEFT_MS, 1.0));
    };
    let retry_after = response.headers().get("retry-after").unwrap();
    let retry_after_ms = retry_after.and_then(|header| core.retry_after_ms(&header, f64::NAN, 0.0).as_f64());
    let text = JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap();
    exchange.after_json(response.status().into(), retry_after_ms, &serde_json::from_str(&text).unwrap_or_default())
}

#[wasm_bindgen_test]
async fn a_guarded_order_goes_from_its_calculation_to_its_receipt() {
    let core = core().await;
    let fetch = Fetch::new([
        None,
        response(503, Some("2"), "<h1>Later</h1>"),
        response(200, None, &quote().to_string()),
        response(200, None, &receipt().to_string()),
    ]);
    let exchange = core.exchange().order(2, Some(2.5), false);
    let body = r#"{"proxyType":"IPv4"}"#;

    assert_eq!(attempt(&core, &exchange, &fetch, body).await, json!({ "retry": 250 }));
    assert_eq!(attempt(&core, &exchange, &fetch, body).await, json!({ "retry": 2000 }));
    let quoted = attempt(&core, &exchange, &fetch, body).await;
    assert_eq!(fields_of(&quoted["order"])[0], QUOTE_FIELDS);
    let answered = attempt(&core, &exchange, &fetch, body).await;
    assert_eq!(fields_of(&answered)[1], "success proxyType orderNumber balance currency promoCodeStatus");
    exchange.free();

    let mut seen = Vec::new();
    for request in fetch.requests.borrow().iter() {
        let path = request.url().split_off(BASE_URL.len());
        seen.push((path, request.headers().get("idempotency-key").unwrap()));
    }
    let calculation = (format!("/client/api/v1/{KEY}/calculate/order"), None);
    let order = (format!("/client/api/v1/{KEY}/order"), Some("key-1".to_owned()));
    assert_eq!(seen, [calculation.clone(), calculation.clone(), calculation, order]);
}

#[wasm_bindgen_test]
async fn an_order_whose_response_is_lost_is_in_doubt() {
    let core = core().await;
    let fetch = Fetch::new([response(200, None, &quote().to_string()), None]);
    let exchange = core.exchange().order(2, Some(2.5), false);
    attempt(&core, &exchange, &fetch, "{}").await;
    assert_eq!(attempt(&core, &exchange, &fetch, "{}").await, json!({ "fail": "network" }));
    assert_eq!(exchange.outcome().unwrap(), "unknown");
    exchange.free();
}

#[wasm_bindgen_test]
async fn a_freed_exchange_gives_its_memory_back_and_throws() {
    let core = core().await;
    let pages = || wasm_bindgen::memory().unchecked_into::<WebAssembly::Memory>().grow(0);
    let class = core.exchange();
    let before = pages();
    for _ in 0..20_000 {
        class.order(2, Some(2.5), false).free();
    }
    assert_eq!(pages(), before);

    let exchange = class.calculate(0);
    exchange.free();
    assert!(exchange.endpoint().is_err());
    assert_eq!(class.calculate(0).endpoint().unwrap(), "calculate");
}
