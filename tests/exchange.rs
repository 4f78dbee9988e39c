//! The decision table: what happens when an attempt has ended, by endpoint, end, number of attempts and time left.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::endpoint::Endpoint;
use proxy_orders::error::ErrorCode;
use proxy_orders::exchange::{AttemptEnd, Exchange, Guard, Next, Objection, Purpose, order_digest, retry_after_ms};
use proxy_orders::response::{
    ApiError, CalculateResponse, CalculateSuccess, Opaque, OrderResponse, OrderSuccess, PromoCodeStatus, Response,
};
use support::{API_ERROR, calculate_failure, order_failure};

/// Plenty of time.
const LEFT_MS: f64 = 30_000.0;
const MAX_RETRIES: u32 = 2;

/// A quote with this price, promo code status and these warnings.
fn quote(price: f64, promo_code_status: Option<PromoCodeStatus>, warnings: &[ApiError]) -> Response {
    Response::Calculate(CalculateResponse::Success(CalculateSuccess {
        success: Opaque,
        proxy_type: Opaque,
        balance: Opaque,
        price,
        discount: Opaque,
        currency: Opaque,
        promo_code_status,
        warnings: Some(warnings.to_vec()).filter(|warnings| !warnings.is_empty()),
        error: (),
    }))
}

fn failed_quote() -> Response {
    Response::Calculate(CalculateResponse::Failure(calculate_failure()))
}

/// Every kind of response to a calculation.
fn quotes() -> [Response; 5] {
    [
        quote(1.31, None, &[]),
        quote(1.18, Some(PromoCodeStatus::Valid), &[]),
        quote(1.31, Some(PromoCodeStatus::Other), &[]),
        quote(1.31, None, &[API_ERROR]),
        failed_quote(),
    ]
}

/// Every kind of response to an order.
fn receipts() -> [Response; 3] {
    let receipt = |promo_code_status| {
        Response::Order(OrderResponse::Success(OrderSuccess {
            success: Opaque,
            proxy_type: Opaque,
            order_number: Opaque,
            balance: Opaque,
            currency: Opaque,
            promo_code_status,
            error: (),
        }))
    };
    let failure = Response::Order(OrderResponse::Failure(order_failure()));
    [receipt(None), receipt(Some(PromoCodeStatus::Valid)), failure]
}

const SUCCESSFUL: [u32; 7] = [200, 201, 202, 204, 206, 226, 299];
/// Other statuses, after which a calculation is retried.
const RETRIED: [u32; 10] = [408, 429, 500, 501, 502, 503, 504, 507, 520, 599];
/// Other statuses, after which nothing is retried.
const FINAL: [u32; 21] =
    [1, 100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 409, 421, 425, 499, 600, 999];

/// The steps of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// A calculation that the caller wants.
    Calculation,
    /// The calculation before a guarded order.
    GuardingCalculation,
    /// An order.
    Order,
    /// An order that repeats an unresolved one.
    Repeat,
}

const CALCULATIONS: [Step; 2] = [Step::Calculation, Step::GuardingCalculation];
const ORDERS: [Step; 2] = [Step::Order, Step::Repeat];
const STEPS: [Step; 4] = [Step::Calculation, Step::GuardingCalculation, Step::Order, Step::Repeat];

/// The state of a call whose latest attempt was this step.
fn exchange(step: Step, attempts: u32) -> Exchange {
    let guard = Guard { max_price: Some(2.0), require_promo_code: false };
    let (purpose, endpoint) = match step {
        Step::Calculation => (Purpose::Calculate, Endpoint::Calculate),
        Step::GuardingCalculation => (Purpose::Order { guard, is_repeat: false }, Endpoint::Calculate),
        Step::Order => (Purpose::Order { guard, is_repeat: false }, Endpoint::Order),
        Step::Repeat => (Purpose::Order { guard, is_repeat: true }, Endpoint::Order),
    };
    Exchange { purpose, endpoint, attempts, max_retries: MAX_RETRIES }
}

/// What happens when this step has ended.
fn next(step: Step, attempts: u32, end: &AttemptEnd, left_ms: f64) -> Next {
    exchange(step, attempts).next(end, left_ms, 0.5)
}

fn responded(status: u32, response: Option<Response>) -> AttemptEnd {
    AttemptEnd::Responded { status, retry_after_ms: None, response }
}

fn undocumented(status: u32, retry_after_ms: Option<f64>) -> AttemptEnd {
    AttemptEnd::Responded { status, retry_after_ms, response: None }
}

/// An attempt that ended so that a calculation is retried, and the error once no retry is left.
fn retried_ends() -> Vec<(AttemptEnd, ErrorCode)> {
    let ends = RETRIED.map(|status| (responded(status, None), ErrorCode::Http));
    ends.into_iter().chain([(AttemptEnd::Network, ErrorCode::Network)]).collect()
}

#[test]
fn the_caller_and_the_deadline_end_every_call() {
    for step in STEPS {
        for attempts in 1..=4 {
            for left_ms in [LEFT_MS, 1.0, 0.0, -1.0] {
                let code = |end| next(step, attempts, &end, left_ms);
                assert_eq!(code(AttemptEnd::Aborted), Next::Fail(ErrorCode::Aborted));
                assert_eq!(code(AttemptEnd::TimedOut), Next::Fail(ErrorCode::Timeout));
            }
        }
    }
}

#[test]
fn a_documented_response_answers_a_calculation_whatever_its_status() {
    for status in SUCCESSFUL.into_iter().chain(RETRIED).chain(FINAL) {
        for response in quotes() {
            for (retry_after_ms, left_ms) in [(None, LEFT_MS), (Some(0.0), LEFT_MS), (Some(1_000.0), 0.0), (None, -1.0)]
            {
                let end = AttemptEnd::Responded { status, retry_after_ms, response: Some(response.clone()) };
                let expected = Next::Answer(response.present());
                assert_eq!(next(Step::Calculation, 1, &end, left_ms), expected, "{end:?}");
            }
        }
    }
}

#[test]
fn a_documented_2xx_response_answers_an_order() {
    for step in ORDERS {
        for status in SUCCESSFUL {
            for response in receipts() {
                let expected = Next::Answer(response.present());
                assert_eq!(next(step, 1, &responded(status, Some(response)), LEFT_MS), expected, "{step:?} {status}");
            }
        }
    }
}

/// The first copy of a request that the browser sent twice may have been booked.
#[test]
fn no_other_status_answers_an_order_even_with_a_documented_response() {
    for step in ORDERS {
        for status in RETRIED.into_iter().chain(FINAL) {
            for response in receipts() {
                for retry_after_ms in [None, Some(0.0), Some(1_000.0)] {
                    let end = AttemptEnd::Responded { status, retry_after_ms, response: Some(response.clone()) };
                    assert_eq!(next(step, 1, &end, LEFT_MS), Next::Fail(ErrorCode::Http), "{step:?} {end:?}");
                }
            }
        }
    }
}

#[test]
fn an_undocumented_2xx_response_is_invalid_and_nothing_is_retried() {
    for step in STEPS {
        for status in SUCCESSFUL {
            for retry_after_ms in [None, Some(0.0), Some(1_000.0)] {
                let end = undocumented(status, retry_after_ms);
                assert_eq!(next(step, 1, &end, LEFT_MS), Next::Fail(ErrorCode::InvalidResponse), "{step:?} {end:?}");
            }
        }
    }
}

#[test]
fn most_other_statuses_are_final() {
    for step in STEPS {
        for status in FINAL {
            for retry_after_ms in [None, Some(0.0), Some(1_000.0)] {
                let end = undocumented(status, retry_after_ms);
                assert_eq!(next(step, 1, &end, LEFT_MS), Next::Fail(ErrorCode::Http), "{step:?} {end:?}");
            }
        }
    }
}

#[test]
fn a_calculation_is_retried_after_network_errors_408_429_and_5xx() {
    for step in CALCULATIONS {
        for (end, code) in retried_ends() {
            assert_eq!(next(step, 1, &end, LEFT_MS), Next::Retry(187.5), "{step:?} {end:?}");
            assert_eq!(next(step, 2, &end, LEFT_MS), Next::Retry(375.0), "{step:?} {end:?}");
            for attempts in 3..=5 {
                assert_eq!(next(step, attempts, &end, LEFT_MS), Next::Fail(code), "{step:?} {end:?} {attempts}");
            }
        }
    }
}

#[test]
fn an_order_is_never_retried() {
    for step in ORDERS {
        for (end, code) in retried_ends() {
            assert_eq!(next(step, 1, &end, LEFT_MS), Next::Fail(code), "{step:?} {end:?}");
        }
        for retry_after_ms in [0.0, 1_000.0] {
            let end = undocumented(503, Some(retry_after_ms));
            assert_eq!(next(step, 1, &end, LEFT_MS), Next::Fail(ErrorCode::Http), "{step:?} {end:?}");
        }
    }
}

#[test]
fn a_calculation_is_sent_once_more_than_it_is_retried() {
    for max_retries in 0..=10 {
        let is_retried = |attempts| {
            let exchange = Exchange { attempts, max_retries, ..exchange(Step::Calculation, attempts) };
            matches!(exchange.next(&AttemptEnd::Network, 1e9, 1.0), Next::Retry(_))
        };
        let sent = (1..).find(|attempts| !is_retried(*attempts)).unwrap();
        assert_eq!(sent, max_retries + 1);
    }
}

/// What happens after the calculation of a guarded order.
fn after_quote(max_price: Option<f64>, require_promo_code: bool, is_repeat: bool, response: &Response) -> Next {
    let guard = Guard { max_price, require_promo_code };
    let purpose = Purpose::Order { guard, is_repeat };
    let exchange = Exchange { purpose, endpoint: Endpoint::Calculate, attempts: 1, max_retries: MAX_RETRIES };
    let [one, other] = [200, 500].map(|status| exchange.next(&responded(status, Some(response.clone())), LEFT_MS, 0.5));
    assert_eq!(one, other, "a calculation is answered whatever its status");
    one
}

/// What stops a guarded order with this quote, if anything does.
fn objection(max_price: Option<f64>, require_promo_code: bool, is_repeat: bool, quote: &Response) -> Option<Objection> {
    match after_quote(max_price, require_promo_code, is_repeat, quote) {
        Next::Order(present) => {
            assert_eq!(present, quote.present());
            None
        }
        Next::Refuse(present, objection) => {
            assert_eq!(present, quote.present());
            Some(objection)
        }
        next => panic!("{next:?}"),
    }
}

#[test]
fn max_price_stops_an_order_with_a_higher_price() {
    for (max_price, price, expected) in [
        (1.31, 1.31, None),
        (1.32, 1.31, None),
        (1.3, 1.31, Some(Objection::Price)),
        (0.0, 1.31, Some(Objection::Price)),
        (0.0, 0.0, None),
        (0.0, -1.0, None),
        (f64::MAX, 1.31, None),
    ] {
        assert_eq!(objection(Some(max_price), false, false, &quote(price, None, &[])), expected, "{price} {max_price}");
    }
}

#[test]
fn a_price_difference_below_a_millionth_is_rounding_noise() {
    let stops = |max_price, price| objection(Some(max_price), false, false, &quote(price, None, &[])).is_some();
    assert!(!stops(2.65 * 6.0, 15.9), "2.65 * 6 is a little less than 15.9");
    assert!(!stops(0.1 * 3.0, 0.3));
    assert!(!stops(1.0, 1.000_000_9));
    assert!(stops(1.0, 1.000_001_1));
    assert!(stops(15.89, 15.9));
}

#[test]
fn require_promo_code_stops_an_order_unless_its_code_is_valid() {
    for (status, expected) in [
        (Some(PromoCodeStatus::Valid), None),
        (Some(PromoCodeStatus::Other), Some(Objection::PromoCode)),
        (None, Some(Objection::PromoCode)),
    ] {
        assert_eq!(objection(None, true, false, &quote(1.31, status, &[])), expected, "{status:?}");
        assert_eq!(objection(Some(2.0), false, false, &quote(1.31, status, &[])), None, "{status:?}");
    }
}

#[test]
fn a_failed_quote_and_warnings_stop_every_guarded_order() {
    for (max_price, require_promo_code) in [(Some(2.0), false), (None, true), (Some(2.0), true)] {
        for warnings in [&[API_ERROR][..], &[API_ERROR, API_ERROR]] {
            let quote = quote(1.18, Some(PromoCodeStatus::Valid), warnings);
            assert_eq!(objection(max_price, require_promo_code, false, &quote), Some(Objection::Quote));
        }
        assert_eq!(objection(max_price, require_promo_code, false, &failed_quote()), Some(Objection::Quote));
    }
}

#[test]
fn of_two_guards_the_one_that_stops_the_order_is_named() {
    let valid = quote(1.18, Some(PromoCodeStatus::Valid), &[]);
    let not_valid = quote(1.31, Some(PromoCodeStatus::Other), &[]);
    assert_eq!(objection(Some(2.0), true, false, &valid), None);
    assert_eq!(objection(Some(1.0), true, false, &valid), Some(Objection::Price));
    assert_eq!(objection(Some(2.0), true, false, &not_valid), Some(Objection::PromoCode));
    assert_eq!(objection(Some(1.0), true, false, &not_valid), Some(Objection::Price), "the price comes first");
}

#[test]
fn warnings_do_not_stop_a_repeat_but_price_promo_code_and_a_failed_quote_do() {
    let valid = quote(1.31, Some(PromoCodeStatus::Valid), &[API_ERROR]);
    let not_valid = quote(1.31, Some(PromoCodeStatus::Other), &[API_ERROR]);
    assert_eq!(objection(Some(2.0), false, true, &valid), None);
    assert_eq!(objection(None, true, true, &valid), None);
    assert_eq!(objection(Some(1.3), false, true, &valid), Some(Objection::Price));
    assert_eq!(objection(None, true, true, &not_valid), Some(Objection::PromoCode));
    assert_eq!(objection(Some(2.0), false, true, &failed_quote()), Some(Objection::Quote));
}

/// The pause after this many attempts.
fn pause(attempts: u32, random: f64) -> f64 {
    let exchange = Exchange { max_retries: u32::MAX, ..exchange(Step::Calculation, attempts) };
    match exchange.next(&AttemptEnd::Network, f64::INFINITY, random) {
        Next::Retry(after_ms) => after_ms,
        next => panic!("{next:?}"),
    }
}

#[test]
fn pauses_double_and_are_randomized_between_half_and_whole() {
    let mut longest = 250.0;
    for attempts in 1..=10 {
        assert_eq!(pause(attempts, 0.0), longest / 2.0);
        assert_eq!(pause(attempts, 1.0), longest);
        for random in [0.001, 0.25, 0.5, 0.999_999] {
            let after_ms = pause(attempts, random);
            assert!(after_ms > longest / 2.0 && after_ms < longest, "{attempts} {random}: {after_ms}");
        }
        longest *= 2.0;
    }
}

#[test]
fn any_number_of_attempts_has_a_finite_pause() {
    for attempts in [0, 17, 18, 33, 64, u32::MAX] {
        assert!((125.0..=250.0 * 65_536.0).contains(&pause(attempts, 0.5)), "{attempts}");
    }
}

#[test]
fn no_pause_reaches_the_deadline() {
    for step in CALCULATIONS {
        for (end, code) in retried_ends() {
            assert_eq!(next(step, 1, &end, 187.6), Next::Retry(187.5));
            for left_ms in [187.5, 187.4, 1.0, 0.0, -1.0, f64::NEG_INFINITY, f64::NAN] {
                assert_eq!(next(step, 1, &end, left_ms), Next::Fail(code), "{left_ms}");
            }
        }
    }
}

#[test]
fn retry_after_replaces_the_pause_if_it_ends_before_the_deadline() {
    for step in CALCULATIONS {
        for status in RETRIED {
            for (retry_after_ms, left_ms, expected) in [
                (0.0, LEFT_MS, Next::Retry(0.0)),
                (1.0, LEFT_MS, Next::Retry(1.0)),
                (2_000.0, LEFT_MS, Next::Retry(2_000.0)),
                (29_999.0, LEFT_MS, Next::Retry(29_999.0)),
                (30_000.0, LEFT_MS, Next::Fail(ErrorCode::Http)),
                (86_400_000.0, LEFT_MS, Next::Fail(ErrorCode::Http)),
                (1e300, LEFT_MS, Next::Fail(ErrorCode::Http)),
                (0.0, 0.0, Next::Fail(ErrorCode::Http)),
                (0.0, -1.0, Next::Fail(ErrorCode::Http)),
            ] {
                let end = undocumented(status, Some(retry_after_ms));
                assert_eq!(next(step, 1, &end, left_ms), expected, "{step:?} {end:?} {left_ms}");
                assert_eq!(next(step, 3, &end, left_ms), Next::Fail(ErrorCode::Http), "no retry is left");
            }
        }
    }
}

/// Reads `Retry-After` as seconds. An engine reads a number as such, and may read it as a date too.
fn retry_after_seconds(header: &str, seconds: f64) -> Option<f64> {
    let [one, other] = [f64::NAN, 2e12].map(|date_ms| retry_after_ms(header, seconds, date_ms, 1e12));
    assert_eq!(one, other, "{header} is not a date");
    one
}

#[test]
fn retry_after_is_a_whole_or_decimal_number_of_seconds() {
    for (header, seconds, ms) in [
        ("0", 0.0, 0.0),
        ("1", 1.0, 1_000.0),
        ("007", 7.0, 7_000.0),
        ("120", 120.0, 120_000.0),
        ("299.997", 299.997, 299_997.0),
        ("0.5", 0.5, 500.0),
        ("1.", 1.0, 1_000.0),
        ("86400", 86_400.0, 86_400_000.0),
        ("4294967296", 4_294_967_296.0, 4_294_967_296_000.0),
    ] {
        assert_eq!(retry_after_seconds(header, seconds), Some(ms), "{header}");
    }
    assert_eq!(retry_after_seconds("1.2.3", f64::NAN), None, "not a number to the engine");
}

#[test]
fn retry_after_is_a_date() {
    let now_ms = 1_795_286_400_000.0;
    for header in ["Sat, 21 Nov 2026 20:00:10 GMT", "Saturday, 21-Nov-26 20:00:10 GMT", "Sat Nov 21 20:00:10 2026"] {
        let read = |date_ms| retry_after_ms(header, f64::NAN, date_ms, now_ms);
        assert_eq!(read(now_ms + 10_000.0), Some(10_000.0), "{header}");
        assert_eq!(read(now_ms), Some(0.0));
        assert_eq!(read(now_ms - 1.0), None, "a date in the past is ignored");
        assert_eq!(read(f64::NAN), None, "not a date to the engine");
        assert_eq!(read(f64::INFINITY), None);
    }
}

#[test]
fn any_other_retry_after_is_ignored() {
    // An engine reads some of these as a number, and some as a date.
    for header in [
        "",
        " ",
        "-1",
        "+1",
        ".5",
        "1e3",
        "0x10",
        "0b1",
        " 1",
        "1 ",
        "1s",
        "1,2",
        "2026-11-21",
        "١",
        "\u{1f600}",
        "(1)",
    ] {
        for (seconds, date_ms) in [(1.0, f64::NAN), (f64::NAN, 2e12), (1.0, 2e12), (0.0, 0.0)] {
            assert_eq!(retry_after_ms(header, seconds, date_ms, 1e12), None, "{header}");
        }
    }
    for header in ["soon", "never", "NaN", "Infinity"] {
        assert_eq!(retry_after_ms(header, f64::INFINITY, f64::NAN, 1e12), None, "{header}");
    }
}

#[test]
fn a_retry_after_beyond_all_numbers_is_ignored() {
    let digits = "9".repeat(400);
    assert_eq!(retry_after_seconds(&digits, f64::INFINITY), None);
    assert_eq!(retry_after_seconds(&digits, f64::MAX), None, "seconds that overflow as milliseconds");
}

#[test]
fn identical_orders_have_the_same_digest_and_others_differ() {
    let identities = ["", "a", "b", "ab", "a\nb", "ba", "https://api.example\nkey\n{}\n", "ключ", "\u{1f600}"];
    for (place, identity) in identities.iter().enumerate() {
        let same: Vec<_> = identities.iter().filter(|other| order_digest(other) == order_digest(identity)).collect();
        assert_eq!(same, [&identities[place]]);
    }
    assert!(order_digest("{}") > u64::from(u32::MAX), "a digest has 64 bits");
}
