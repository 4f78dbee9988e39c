//! The decision table: what happens when an attempt ends, for each endpoint, end, count of attempts and time left.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::arithmetic_side_effects)]

mod support;

use proxy_orders::endpoint::Endpoint;
use proxy_orders::error::{ErrorCode, Outcome};
use proxy_orders::exchange::{Earlier, End, Exchange, Guard, Next, order_digest, retry_after_ms};
use proxy_orders::reply::{
    ApiError, CalculateResponse, CalculateSuccess, OrderResponse, OrderSuccess, PromoCodeStatus, Reply, Unread,
};
use support::{API_ERROR, calculate_failure, order_failure};

/// Plenty of time.
const LEFT: f64 = 30_000.0;
const RETRIES: u32 = 2;
const MAX_PRICE: Guard = Guard { max_price: Some(2.0), require_promo_code: false };

/// A quote with the promo code counted in, if it is valid.
fn quote(price: f64, promo_code_status: Option<PromoCodeStatus>, warnings: &[ApiError]) -> Reply {
    Reply::Calculate(CalculateResponse::Success(CalculateSuccess {
        success: Unread,
        proxy_type: Unread,
        balance: Unread,
        price,
        discount: Unread,
        currency: Unread,
        promo_code_status,
        warnings: Some(warnings.to_vec()).filter(|warnings| !warnings.is_empty()),
        error: (),
    }))
}

/// A refusal to calculate.
fn refused_quote() -> Reply {
    Reply::Calculate(CalculateResponse::Failure(calculate_failure()))
}

/// The replies that a calculation may get.
fn quotes() -> [Reply; 5] {
    [
        quote(1.31, None, &[]),
        quote(1.18, Some(PromoCodeStatus::Valid), &[]),
        quote(1.31, Some(PromoCodeStatus::Other), &[]),
        quote(1.31, None, &[API_ERROR]),
        refused_quote(),
    ]
}

/// The replies that an order may get.
fn receipts() -> [Reply; 3] {
    let receipt = |promo_code_status| {
        Reply::Order(OrderResponse::Success(OrderSuccess {
            success: Unread,
            proxy_type: Unread,
            order_number: Unread,
            balance: Unread,
            currency: Unread,
            promo_code_status,
            error: (),
        }))
    };
    let refusal = Reply::Order(OrderResponse::Failure(order_failure()));
    [receipt(None), receipt(Some(PromoCodeStatus::Valid)), refusal]
}

/// Statuses without a documented reply, after which a calculation is sent again, and not.
const RETRIED: [u32; 10] = [408, 429, 500, 501, 502, 503, 504, 507, 520, 599];
const NOT_RETRIED: [u32; 21] =
    [1, 100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 409, 421, 425, 499, 600, 999];
const SUCCESSFUL: [u32; 7] = [200, 201, 202, 204, 206, 226, 299];

/// The four kinds of exchange there are, by what is asked next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// A calculation for its own sake.
    Calculation,
    /// The calculation before a guarded order.
    Guard,
    /// An order without a guard.
    Order,
    /// The order after its guard.
    GuardedOrder,
}

const STAGES: [Stage; 4] = [Stage::Calculation, Stage::Guard, Stage::Order, Stage::GuardedOrder];

/// An exchange at a stage, with so many attempts of it sent.
fn at(stage: Stage, attempts: u32) -> Exchange {
    let mut exchange = match stage {
        Stage::Calculation => Exchange::calculate(RETRIES),
        Stage::Guard | Stage::GuardedOrder => Exchange::order(RETRIES, MAX_PRICE, false),
        Stage::Order => Exchange::order(RETRIES, Guard::default(), false),
    };
    if stage == Stage::GuardedOrder {
        exchange.sent();
        let quote = quote(1.31, None, &[]);
        let expected = Next::Order(quote.fields());
        assert_eq!(exchange.next(&replied(200, Some(quote)), LEFT, 0.5), expected);
    }
    for attempt in 1..=attempts {
        exchange.sent();
        if attempt < attempts {
            exchange.next(&End::Network, LEFT, 0.5);
        }
    }
    exchange
}

fn replied(status: u32, reply: Option<Reply>) -> End {
    End::Replied { status, retry_after_ms: None, reply }
}

fn undocumented(status: u32, retry_after_ms: Option<f64>) -> End {
    End::Replied { status, retry_after_ms, reply: None }
}

/// What is known about the order of a stage, once its request is sent.
fn outcome(stage: Stage) -> Option<Outcome> {
    match stage {
        Stage::Calculation => None,
        Stage::Guard => Some(Outcome::NotPlaced),
        Stage::Order | Stage::GuardedOrder => Some(Outcome::Unknown),
    }
}

/// What happens after so many attempts, of which the last ended so. What is known about the order does not change.
fn next(stage: Stage, attempts: u32, end: &End, left_ms: f64) -> Next {
    let mut exchange = at(stage, attempts);
    let endpoint = exchange.endpoint();
    let next = exchange.next(end, left_ms, 0.5);
    assert_eq!(exchange.outcome(), outcome(stage), "{stage:?} {end:?}");
    assert_eq!(exchange.endpoint(), endpoint, "{stage:?} {end:?}");
    next
}

fn fails(code: ErrorCode) -> Next {
    Next::Fail(code)
}

fn retries(after_ms: f64) -> Next {
    Next::Retry(after_ms)
}

#[test]
fn the_caller_and_the_deadline_end_every_exchange() {
    for stage in STAGES {
        for attempts in 1..=4 {
            for left_ms in [LEFT, 1.0, 0.0, -1.0] {
                assert_eq!(next(stage, attempts, &End::Aborted, left_ms), fails(ErrorCode::Aborted));
                assert_eq!(next(stage, attempts, &End::TimedOut, left_ms), fails(ErrorCode::Timeout));
            }
        }
    }
}

#[test]
fn a_documented_reply_is_the_answer_whatever_its_status() {
    for status in RETRIED.into_iter().chain(NOT_RETRIED).chain(SUCCESSFUL) {
        for (stage, replies) in [
            (Stage::Calculation, quotes().to_vec()),
            (Stage::Order, receipts().to_vec()),
            (Stage::GuardedOrder, receipts().to_vec()),
        ] {
            for reply in replies {
                let expected = Next::Answer(reply.fields());
                for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                    let end = End::Replied { status, retry_after_ms, reply: Some(reply.clone()) };
                    for left_ms in [LEFT, 0.0, -1.0] {
                        assert_eq!(next(stage, 1, &end, left_ms), expected, "{stage:?} {end:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_success_without_a_documented_reply_is_an_invalid_response_and_never_sent_again() {
    for stage in STAGES {
        for status in SUCCESSFUL {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = undocumented(status, retry_after_ms);
                assert_eq!(next(stage, 1, &end, LEFT), fails(ErrorCode::InvalidResponse), "{stage:?} {end:?}");
            }
        }
    }
}

#[test]
fn other_statuses_are_final() {
    for stage in STAGES {
        for status in NOT_RETRIED {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = undocumented(status, retry_after_ms);
                assert_eq!(next(stage, 1, &end, LEFT), fails(ErrorCode::Http), "{stage:?} {end:?}");
            }
        }
    }
}

#[test]
fn a_calculation_is_sent_again_after_network_408_429_and_5xx() {
    for stage in [Stage::Calculation, Stage::Guard] {
        for end in RETRIED.map(|status| replied(status, None)).into_iter().chain([End::Network]) {
            let code = if end == End::Network { ErrorCode::Network } else { ErrorCode::Http };
            assert_eq!(next(stage, 1, &end, LEFT), retries(187.5), "{stage:?} {end:?}");
            assert_eq!(next(stage, 2, &end, LEFT), retries(375.0), "{stage:?} {end:?}");
            for attempts in 3..=5 {
                assert_eq!(next(stage, attempts, &end, LEFT), fails(code), "{stage:?} {end:?} {attempts}");
            }
        }
    }
}

#[test]
fn an_order_is_never_sent_again() {
    for stage in [Stage::Order, Stage::GuardedOrder] {
        for status in RETRIED {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = undocumented(status, retry_after_ms);
                assert_eq!(next(stage, 1, &end, LEFT), fails(ErrorCode::Http), "{stage:?} {end:?}");
            }
        }
        assert_eq!(next(stage, 1, &End::Network, LEFT), fails(ErrorCode::Network), "{stage:?}");
    }
}

#[test]
fn an_order_whose_request_could_not_be_made_was_not_placed() {
    for stage in [Stage::Order, Stage::GuardedOrder] {
        for (end, code) in [
            (End::Aborted, ErrorCode::Aborted),
            (End::TimedOut, ErrorCode::Timeout),
            (End::Network, ErrorCode::Network),
        ] {
            let mut exchange = at(stage, 0);
            assert_eq!(exchange.next(&end, LEFT, 0.5), fails(code), "{stage:?} {end:?}");
            assert_eq!(exchange.outcome(), Some(Outcome::NotPlaced), "{stage:?} {end:?}");
        }
    }
}

#[test]
fn only_an_order_that_was_sent_has_an_unknown_outcome() {
    for (stage, attempts, expected) in [
        (Stage::Calculation, 0, None),
        (Stage::Calculation, 3, None),
        (Stage::Guard, 0, Some(Outcome::NotPlaced)),
        (Stage::Guard, 3, Some(Outcome::NotPlaced)),
        (Stage::Order, 0, Some(Outcome::NotPlaced)),
        (Stage::Order, 1, Some(Outcome::Unknown)),
        (Stage::GuardedOrder, 0, Some(Outcome::NotPlaced)),
        (Stage::GuardedOrder, 1, Some(Outcome::Unknown)),
    ] {
        assert_eq!(at(stage, attempts).outcome(), expected, "{stage:?} {attempts}");
    }
}

#[test]
fn a_guard_calculates_first() {
    assert_eq!(Exchange::calculate(RETRIES).endpoint(), Endpoint::Calculate);
    for (max_price, require_promo_code, first) in [
        (None, false, Endpoint::Order),
        (Some(1.0), false, Endpoint::Calculate),
        (Some(0.0), false, Endpoint::Calculate),
        (None, true, Endpoint::Calculate),
        (Some(1.0), true, Endpoint::Calculate),
    ] {
        let guard = Guard { max_price, require_promo_code };
        assert_eq!(Exchange::order(RETRIES, guard, false).endpoint(), first, "{guard:?}");
    }
}

#[test]
fn a_guard_lets_the_order_out_only_at_what_the_caller_asked_for() {
    let plain = || quote(1.31, None, &[]);
    let reduced = || quote(1.18, Some(PromoCodeStatus::Valid), &[]);
    let ignored_code = || quote(1.31, Some(PromoCodeStatus::Other), &[]);
    let warned = || quote(1.31, None, &[API_ERROR]);
    for (max_price, require_promo_code, reply, passes) in [
        (Some(1.31), false, plain(), true),
        (Some(1.32), false, plain(), true),
        (Some(1.309_999), false, plain(), false),
        (Some(0.0), false, plain(), false),
        (Some(0.0), false, quote(0.0, None, &[]), true),
        (Some(0.0), false, quote(-1.0, None, &[]), true),
        (Some(f64::MAX), false, plain(), true),
        (Some(2.0), false, warned(), false),
        (Some(2.0), false, refused_quote(), false),
        (Some(2.0), false, quote(f64::NAN, None, &[]), false),
        (Some(2.0), false, reduced(), true),
        (Some(2.0), false, ignored_code(), true),
        (None, true, plain(), false),
        (None, true, ignored_code(), false),
        (None, true, reduced(), true),
        (None, true, quote(1.18, Some(PromoCodeStatus::Valid), &[API_ERROR]), false),
        (None, true, quote(1.18, Some(PromoCodeStatus::Valid), &[API_ERROR, API_ERROR]), false),
        (None, true, refused_quote(), false),
        (Some(2.0), true, reduced(), true),
        (Some(2.0), true, plain(), false),
        (Some(1.0), true, reduced(), false),
        (Some(1.18), true, reduced(), true),
    ] {
        for status in [200, 400, 500] {
            let mut exchange = Exchange::order(RETRIES, Guard { max_price, require_promo_code }, false);
            exchange.sent();
            let next = exchange.next(&replied(status, Some(reply.clone())), LEFT, 0.5);
            let case = format!("{max_price:?} {require_promo_code} {reply:?}");
            let quote = reply.fields();
            assert_eq!(exchange.outcome(), Some(Outcome::NotPlaced), "{case}");
            if passes {
                assert_eq!(next, Next::Order(quote), "{case}");
                assert_eq!(exchange.endpoint(), Endpoint::Order, "{case}");
            } else {
                assert_eq!(next, Next::Refuse(quote), "{case}");
                assert_eq!(exchange.endpoint(), Endpoint::Calculate, "{case}");
            }
        }
    }
}

#[test]
fn the_guard_of_an_order_may_need_several_attempts() {
    let mut exchange = Exchange::order(RETRIES, MAX_PRICE, false);
    for (end, after_ms) in [(End::Network, 187.5), (replied(503, None), 375.0)] {
        exchange.sent();
        assert_eq!(exchange.next(&end, LEFT, 0.5), retries(after_ms));
        assert_eq!(exchange.endpoint(), Endpoint::Calculate);
    }
    exchange.sent();
    let quote = quote(1.31, None, &[]);
    let fields = quote.fields();
    assert_eq!(exchange.next(&replied(200, Some(quote)), LEFT, 0.5), Next::Order(fields));
    assert_eq!((exchange.endpoint(), exchange.outcome()), (Endpoint::Order, Some(Outcome::NotPlaced)));
    exchange.sent();
    assert_eq!(exchange.next(&replied(503, None), LEFT, 0.5), fails(ErrorCode::Http));
    assert_eq!(exchange.outcome(), Some(Outcome::Unknown));
}

#[test]
fn a_calculation_is_sent_once_more_than_it_is_retried() {
    for max_retries in 0..=10 {
        let mut exchange = Exchange::calculate(max_retries);
        let mut sent = 0;
        loop {
            exchange.sent();
            sent += 1;
            match exchange.next(&End::Network, 1e9, 1.0) {
                Next::Retry(_) => {}
                end => break assert_eq!(end, fails(ErrorCode::Network)),
            }
        }
        assert_eq!(sent, max_retries + 1);
    }
}

/// The pause after so many attempts.
fn pause(attempts: u32, random: f64) -> f64 {
    let mut exchange = Exchange::calculate(10);
    for _ in 1..attempts {
        exchange.next(&End::Network, f64::INFINITY, 0.5);
    }
    match exchange.next(&End::Network, f64::INFINITY, random) {
        Next::Retry(after_ms) => after_ms,
        next => panic!("{next:?}"),
    }
}

#[test]
fn pauses_grow_and_are_jittered_within_bounds() {
    let mut most = 250.0;
    for attempts in 1..=10 {
        assert_eq!(pause(attempts, 0.0), most / 2.0);
        assert_eq!(pause(attempts, 1.0), most);
        for random in [0.001, 0.25, 0.5, 0.999_999] {
            let after_ms = pause(attempts, random);
            assert!(after_ms > most / 2.0 && after_ms < most, "{attempts} {random}: {after_ms}");
        }
        most *= 2.0;
    }
}

#[test]
fn no_pause_reaches_the_deadline() {
    for end in [End::Network, replied(503, None), replied(429, None), replied(408, None)] {
        let code = if end == End::Network { ErrorCode::Network } else { ErrorCode::Http };
        for stage in [Stage::Calculation, Stage::Guard] {
            assert_eq!(next(stage, 1, &end, 187.6), retries(187.5));
            for left_ms in [187.5, 187.4, 1.0, 0.0, -1.0, f64::NEG_INFINITY, f64::NAN] {
                assert_eq!(next(stage, 1, &end, left_ms), fails(code), "{left_ms}");
            }
        }
    }
}

#[test]
fn retry_after_wins_over_the_growing_pause_inside_the_deadline() {
    for stage in [Stage::Calculation, Stage::Guard] {
        for status in RETRIED {
            for (asked, left_ms, expected) in [
                (0.0, LEFT, retries(0.0)),
                (1.0, LEFT, retries(1.0)),
                (2_000.0, LEFT, retries(2_000.0)),
                (29_999.0, LEFT, retries(29_999.0)),
                (30_000.0, LEFT, fails(ErrorCode::Http)),
                (86_400_000.0, LEFT, fails(ErrorCode::Http)),
                (1e300, LEFT, fails(ErrorCode::Http)),
                (0.0, 0.0, fails(ErrorCode::Http)),
                (0.0, -1.0, fails(ErrorCode::Http)),
            ] {
                let end = undocumented(status, Some(asked));
                assert_eq!(next(stage, 1, &end, left_ms), expected, "{stage:?} {status} {asked} {left_ms}");
                assert_eq!(next(stage, 3, &end, left_ms), fails(ErrorCode::Http), "no attempt is left");
            }
        }
    }
}

#[test]
fn retry_after_in_seconds() {
    for (header, ms) in [
        ("0", 0.0),
        ("1", 1_000.0),
        ("2", 2_000.0),
        ("007", 7_000.0),
        ("120", 120_000.0),
        ("86400", 86_400_000.0),
        ("4294967296", 4_294_967_296_000.0),
        ("9007199254740993", 9_007_199_254_740_992_000.0),
    ] {
        for date_ms in [f64::NAN, 0.0, 1e12] {
            assert_eq!(retry_after_ms(header, date_ms, 1e12), Some(ms), "{header}");
        }
    }
}

#[test]
fn retry_after_as_a_date() {
    let now_ms = 1_795_286_400_000.0;
    for header in ["Sat, 21 Nov 2026 20:00:10 GMT", "Saturday, 21-Nov-26 20:00:10 GMT", "Sat Nov 21 20:00:10 2026"] {
        assert_eq!(retry_after_ms(header, now_ms + 10_000.0, now_ms), Some(10_000.0), "{header}");
        assert_eq!(retry_after_ms(header, now_ms, now_ms), Some(0.0));
        assert_eq!(retry_after_ms(header, now_ms - 1.0, now_ms), Some(0.0), "a date in the past is now");
        assert_eq!(retry_after_ms(header, f64::NAN, now_ms), None, "no date to the engine");
        assert_eq!(retry_after_ms(header, f64::INFINITY, now_ms), None);
    }
}

#[test]
fn any_other_retry_after_is_ignored() {
    // An engine reads some of these as a date.
    for header in
        ["", " ", "-1", "+1", "1.5", "1e3", "0x10", " 1", "1 ", "1s", "1,2", "2026-11-21", "١", "\u{1f600}", "(1)"]
    {
        for date_ms in [f64::NAN, 0.0, 2e12] {
            assert_eq!(retry_after_ms(header, date_ms, 1e12), None, "{header}");
        }
    }
    for header in ["soon", "never", "NaN", "Infinity"] {
        assert_eq!(retry_after_ms(header, f64::NAN, 1e12), None, "{header}");
    }
}

#[test]
fn a_huge_retry_after_is_a_finite_wait_or_none() {
    for (digits, is_finite) in
        [(20, true), (100, true), (305, true), (306, false), (309, false), (400, false), (10_000, false)]
    {
        let ms = retry_after_ms(&"9".repeat(digits), f64::NAN, 0.0);
        assert_eq!(ms.map(f64::is_finite), is_finite.then_some(true), "{digits}: {ms:?}");
        // A wait beyond the deadline ends the call; without one the pause grows as usual.
        let expected = if is_finite { fails(ErrorCode::Http) } else { retries(187.5) };
        assert_eq!(next(Stage::Calculation, 1, &undocumented(429, ms), LEFT), expected, "{digits}");
    }
}

/// Every combination of what may be known about earlier identical orders.
fn every_earlier() -> impl Iterator<Item = Earlier> {
    (0..8).map(|bits| Earlier { is_pending: bits & 1 > 0, is_in_doubt: bits & 2 > 0, has_same_key: bits & 4 > 0 })
}

const REPEAT: Earlier = Earlier { is_pending: false, is_in_doubt: true, has_same_key: true };

/// An order that repeats one in doubt, and has been handed to `fetch`.
fn repeat(guard: Guard) -> Exchange {
    let mut exchange = Exchange::order(RETRIES, guard, false);
    assert_eq!(exchange.compare(REPEAT), None);
    exchange.sent();
    exchange
}

#[test]
fn an_order_like_one_that_is_pending_is_a_duplicate_and_like_one_in_doubt_is_unresolved() {
    for earlier in every_earlier() {
        let expected = match earlier {
            Earlier { is_pending: true, .. } => Some(ErrorCode::DuplicateOrder),
            Earlier { is_in_doubt: true, has_same_key: false, .. } => Some(ErrorCode::UnresolvedOrder),
            _ => None,
        };
        let mut order = Exchange::order(RETRIES, Guard::default(), false);
        assert_eq!(order.compare(earlier), expected, "{earlier:?}");
        let outcome = if earlier.is_in_doubt { Outcome::Unknown } else { Outcome::NotPlaced };
        assert_eq!(order.outcome(), Some(outcome), "{earlier:?}");
    }
}

#[test]
fn allow_duplicate_lets_every_order_through() {
    for earlier in every_earlier() {
        let mut order = Exchange::order(RETRIES, Guard::default(), true);
        assert_eq!(order.compare(earlier), None, "{earlier:?}");
        let is_repeat = earlier.is_in_doubt && earlier.has_same_key;
        let outcome = if is_repeat { Outcome::Unknown } else { Outcome::NotPlaced };
        assert_eq!(order.outcome(), Some(outcome), "{earlier:?}");
    }
}

#[test]
fn a_calculation_is_free_of_doubts() {
    for earlier in every_earlier() {
        let mut calculation = Exchange::calculate(RETRIES);
        assert_eq!((calculation.compare(earlier), calculation.outcome()), (None, None), "{earlier:?}");
    }
}

#[test]
fn a_repeat_has_an_unknown_outcome_even_before_it_is_sent() {
    let mut order = Exchange::order(RETRIES, MAX_PRICE, false);
    order.compare(REPEAT);
    order.next(&End::Aborted, LEFT, 0.5);
    assert_eq!(order.outcome(), Some(Outcome::Unknown));
}

#[test]
fn a_repeat_is_answered_by_a_receipt_of_any_status_and_by_a_refusal_with_a_2xx_status() {
    let [receipt, _, refusal] = receipts();
    for status in RETRIED.into_iter().chain(NOT_RETRIED).chain(SUCCESSFUL) {
        let answer = |reply: &Reply| repeat(Guard::default()).next(&replied(status, Some(reply.clone())), LEFT, 0.5);
        assert_eq!(answer(&receipt), Next::Answer(receipt.fields()), "{status}");
        let expected =
            if SUCCESSFUL.contains(&status) { Next::Answer(refusal.fields()) } else { fails(ErrorCode::Http) };
        assert_eq!(answer(&refusal), expected, "{status}");
    }
}

#[test]
fn warnings_do_not_stop_a_repeat_but_price_and_promo_code_do() {
    let warned = quote(1.31, Some(PromoCodeStatus::Valid), &[API_ERROR]);
    for (max_price, require_promo_code, reply, passes) in [
        (Some(2.0), false, warned.clone(), true),
        (None, true, warned.clone(), true),
        (Some(1.3), false, warned, false),
        (None, true, quote(1.31, Some(PromoCodeStatus::Other), &[API_ERROR]), false),
        (Some(2.0), false, refused_quote(), false),
    ] {
        let mut order = repeat(Guard { max_price, require_promo_code });
        let next = order.next(&replied(200, Some(reply.clone())), LEFT, 0.5);
        let quote = reply.fields();
        assert_eq!(next, if passes { Next::Order(quote) } else { Next::Refuse(quote) }, "{max_price:?} {reply:?}");
    }
}

#[test]
fn identical_orders_have_the_same_url_api_key_body_and_own_key() {
    let digest = order_digest("https://api.example", "key", "{}", "");
    assert_eq!(order_digest("https://api.example", "key", "{}", ""), digest);
    let others = [
        order_digest("https://api.example/v1", "key", "{}", ""),
        order_digest("https://api.example", "key2", "{}", ""),
        order_digest("https://api.example", "key", r#"{"quantity":1}"#, ""),
        order_digest("https://api.example", "key", "{}", "order-1"),
        order_digest("https://api.example", "key", "{}", "order-2"),
        order_digest("https://api.examplek", "ey", "{}", ""),
    ];
    for (place, other) in others.iter().enumerate() {
        assert_ne!(*other, digest, "{place}");
        assert_eq!(others.iter().filter(|digest| *digest == other).count(), 1, "{place}");
    }
}
