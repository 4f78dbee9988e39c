//! The decision table: what happens when an attempt ends, for each function, end, count of attempts and time left.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic)]

use proxy_orders::client::{End, Exchange, Function, Next, retry_after_ms};
use proxy_orders::error::{ErrorCode, Outcome};
use proxy_orders::response::Reply;

/// Plenty of time.
const LEFT: f64 = 30_000.0;
const RETRIES: u32 = 2;

/// A quote without warnings.
const QUOTE: Reply = Reply {
    success: true,
    price: Some(1.31),
    warned: false,
    promo_code_valid: false,
    has_balance: true,
    has_currency: true,
};
/// A refusal by the API.
const REFUSAL: Reply = Reply { success: false, price: None, ..QUOTE };
/// A quote that would not be executed.
const WARNED: Reply = Reply { warned: true, ..QUOTE };
/// A quote with the promo code counted in.
const REDUCED: Reply = Reply { price: Some(1.18), promo_code_valid: true, ..QUOTE };

/// Statuses that come with no documented reply, and whether a calculation is tried again.
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

/// An exchange at a stage, with so many attempts of it made and sent.
fn at(stage: Stage, attempts: u32) -> Exchange {
    let mut exchange = match stage {
        Stage::Calculation => Exchange::new(Function::Calculate, RETRIES, None, false),
        Stage::Guard | Stage::GuardedOrder => Exchange::new(Function::Order, RETRIES, Some(2.0), false),
        Stage::Order => Exchange::new(Function::Order, RETRIES, None, false),
    };
    if stage == Stage::GuardedOrder {
        send(&mut exchange);
        assert_eq!(exchange.decide(&replied(200, Some(QUOTE)), LEFT, 0.5), Next::Send { after_ms: 0.0 });
    }
    for attempt in 1..=attempts {
        send(&mut exchange);
        if attempt < attempts {
            exchange.decide(&End::Network, LEFT, 0.5);
        }
    }
    exchange
}

fn send(exchange: &mut Exchange) {
    exchange.sent();
}

fn replied(status: u32, reply: Option<Reply>) -> End {
    End::Replied { status, retry_after_ms: None, reply }
}

/// The one outcome of a stage, once its request is sent.
fn outcome(stage: Stage) -> Option<Outcome> {
    match stage {
        Stage::Calculation => None,
        Stage::Guard => Some(Outcome::NotPlaced),
        Stage::Order | Stage::GuardedOrder => Some(Outcome::Unknown),
    }
}

/// What happens next, and what is then known of the order.
fn next(stage: Stage, attempts: u32, end: End, left_ms: f64) -> Next {
    let mut exchange = at(stage, attempts);
    let function = exchange.function();
    let next = exchange.decide(&end, left_ms, 0.5);
    assert_eq!(exchange.outcome(), outcome(stage), "{stage:?} {end:?}");
    if matches!(next, Next::Fail(_)) {
        assert_eq!(exchange.function(), function, "{stage:?} {end:?}: a call that has failed asks for nothing else");
    }
    next
}

fn fails(code: ErrorCode) -> Next {
    Next::Fail(code)
}

#[test]
fn the_caller_and_the_deadline_end_every_exchange() {
    for stage in STAGES {
        for attempts in 1..=4 {
            for left_ms in [LEFT, 1.0, 0.0, -1.0] {
                assert_eq!(next(stage, attempts, End::Aborted, left_ms), fails(ErrorCode::Aborted));
                assert_eq!(next(stage, attempts, End::TimedOut, left_ms), fails(ErrorCode::Timeout));
            }
        }
    }
}

#[test]
fn a_documented_reply_answers_whatever_its_status() {
    for status in RETRIED.into_iter().chain(NOT_RETRIED).chain(SUCCESSFUL) {
        for reply in [QUOTE, REFUSAL, WARNED, REDUCED] {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = End::Replied { status, retry_after_ms, reply: Some(reply) };
                for stage in [Stage::Calculation, Stage::Order, Stage::GuardedOrder] {
                    for left_ms in [LEFT, 0.0, -1.0] {
                        assert_eq!(next(stage, 1, end, left_ms), Next::Answer, "{stage:?} {end:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_success_without_a_documented_reply_is_an_invalid_response_and_never_tried_again() {
    for stage in STAGES {
        for status in SUCCESSFUL {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = End::Replied { status, retry_after_ms, reply: None };
                assert_eq!(next(stage, 1, end, LEFT), fails(ErrorCode::InvalidResponse), "{stage:?} {end:?}");
            }
        }
    }
}

#[test]
fn other_statuses_are_final() {
    for stage in STAGES {
        for status in NOT_RETRIED {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = End::Replied { status, retry_after_ms, reply: None };
                assert_eq!(next(stage, 1, end, LEFT), fails(ErrorCode::Http), "{stage:?} {end:?}");
            }
        }
    }
}

#[test]
fn a_calculation_is_tried_again_on_network_408_429_and_5xx() {
    for stage in [Stage::Calculation, Stage::Guard] {
        let ends = RETRIED.map(|status| replied(status, None)).into_iter().chain([End::Network]);
        for end in ends {
            let code = if end == End::Network { ErrorCode::Network } else { ErrorCode::Http };
            assert_eq!(next(stage, 1, end, LEFT), Next::Send { after_ms: 187.5 }, "{stage:?} {end:?}");
            assert_eq!(next(stage, 2, end, LEFT), Next::Send { after_ms: 375.0 }, "{stage:?} {end:?}");
            for attempts in 3..=5 {
                assert_eq!(next(stage, attempts, end, LEFT), fails(code), "{stage:?} {end:?} {attempts}");
            }
        }
    }
}

#[test]
fn an_order_is_never_sent_again() {
    for stage in [Stage::Order, Stage::GuardedOrder] {
        for status in RETRIED {
            for retry_after_ms in [None, Some(0.0), Some(1000.0)] {
                let end = End::Replied { status, retry_after_ms, reply: None };
                assert_eq!(next(stage, 1, end, LEFT), fails(ErrorCode::Http), "{stage:?} {end:?}");
            }
        }
        assert_eq!(next(stage, 1, End::Network, LEFT), fails(ErrorCode::Network), "{stage:?}");
    }
}

#[test]
fn an_order_whose_request_could_not_be_made_was_not_placed() {
    for (stage, attempts) in [(Stage::Order, 0), (Stage::GuardedOrder, 0)] {
        for (end, code) in [
            (End::Aborted, ErrorCode::Aborted),
            (End::TimedOut, ErrorCode::Timeout),
            (End::Network, ErrorCode::Network),
        ] {
            let mut exchange = at(stage, attempts);
            assert_eq!(exchange.decide(&end, LEFT, 0.5), fails(code));
            assert_eq!(exchange.outcome(), Some(Outcome::NotPlaced), "{stage:?} {end:?}");
        }
    }
}

#[test]
fn a_calculation_leaves_no_order_open() {
    assert_eq!(at(Stage::Calculation, 0).outcome(), None);
    assert_eq!(at(Stage::Calculation, 3).outcome(), None);
    assert_eq!(at(Stage::Guard, 0).outcome(), Some(Outcome::NotPlaced));
    assert_eq!(at(Stage::Guard, 3).outcome(), Some(Outcome::NotPlaced));
    assert_eq!(at(Stage::Order, 0).outcome(), Some(Outcome::NotPlaced));
    assert_eq!(at(Stage::Order, 1).outcome(), Some(Outcome::Unknown));
    assert_eq!(at(Stage::GuardedOrder, 0).outcome(), Some(Outcome::NotPlaced));
    assert_eq!(at(Stage::GuardedOrder, 1).outcome(), Some(Outcome::Unknown));
}

#[test]
fn a_guard_calculates_first() {
    for (asked, max_price, require_promo_code, first) in [
        (Function::Calculate, None, false, Function::Calculate),
        (Function::Calculate, Some(1.0), true, Function::Calculate),
        (Function::Order, None, false, Function::Order),
        (Function::Order, Some(1.0), false, Function::Calculate),
        (Function::Order, Some(0.0), false, Function::Calculate),
        (Function::Order, None, true, Function::Calculate),
        (Function::Order, Some(1.0), true, Function::Calculate),
    ] {
        assert_eq!(Exchange::new(asked, RETRIES, max_price, require_promo_code).function(), first);
    }
}

#[test]
fn guards_do_not_apply_to_a_calculation() {
    for reply in [QUOTE, REFUSAL, WARNED, REDUCED] {
        let mut exchange = Exchange::new(Function::Calculate, RETRIES, Some(0.0), true);
        send(&mut exchange);
        assert_eq!(exchange.decide(&replied(200, Some(reply)), LEFT, 0.5), Next::Answer);
        assert_eq!(exchange.outcome(), None);
    }
}

#[test]
fn a_guard_lets_the_order_out_only_at_what_the_caller_asked_for() {
    let free = Reply { price: Some(0.0), ..QUOTE };
    let unpriced = Reply { price: None, ..QUOTE };
    let nan = Reply { price: Some(f64::NAN), ..QUOTE };
    for (max_price, require_promo_code, reply, passes) in [
        (Some(1.31), false, QUOTE, true),
        (Some(1.32), false, QUOTE, true),
        (Some(1.309_999), false, QUOTE, false),
        (Some(0.0), false, QUOTE, false),
        (Some(0.0), false, free, true),
        (Some(f64::MAX), false, QUOTE, true),
        (Some(2.0), false, WARNED, false),
        (Some(2.0), false, REFUSAL, false),
        (Some(2.0), false, unpriced, false),
        (Some(2.0), false, nan, false),
        (Some(2.0), false, REDUCED, true),
        (None, true, QUOTE, false),
        (None, true, REDUCED, true),
        (None, true, Reply { warned: true, ..REDUCED }, false),
        (None, true, Reply { success: false, ..REDUCED }, false),
        (None, true, REFUSAL, false),
        (Some(2.0), true, REDUCED, true),
        (Some(2.0), true, QUOTE, false),
        (Some(1.0), true, REDUCED, false),
        (Some(1.18), true, REDUCED, true),
    ] {
        for status in [200, 400, 500] {
            let mut exchange = Exchange::new(Function::Order, RETRIES, max_price, require_promo_code);
            send(&mut exchange);
            let next = exchange.decide(&replied(status, Some(reply)), LEFT, 0.5);
            let case = format!("{max_price:?} {require_promo_code} {reply:?}");
            assert_eq!(exchange.outcome(), Some(Outcome::NotPlaced), "{case}");
            if passes {
                assert_eq!(next, Next::Send { after_ms: 0.0 }, "{case}");
                assert_eq!(exchange.function(), Function::Order, "{case}");
            } else {
                assert_eq!(next, fails(ErrorCode::Refused), "{case}");
                assert_eq!(exchange.function(), Function::Calculate, "{case}");
            }
        }
    }
}

#[test]
fn the_guard_of_an_order_may_need_several_attempts() {
    let mut exchange = Exchange::new(Function::Order, RETRIES, Some(2.0), false);
    for end in [End::Network, replied(503, None)] {
        send(&mut exchange);
        assert!(matches!(exchange.decide(&end, LEFT, 0.5), Next::Send { .. }));
        assert_eq!(exchange.function(), Function::Calculate);
    }
    send(&mut exchange);
    assert_eq!(exchange.decide(&replied(200, Some(QUOTE)), LEFT, 0.5), Next::Send { after_ms: 0.0 });
    assert_eq!((exchange.function(), exchange.outcome()), (Function::Order, Some(Outcome::NotPlaced)));
    send(&mut exchange);
    assert_eq!(exchange.decide(&replied(503, None), LEFT, 0.5), fails(ErrorCode::Http));
    assert_eq!(exchange.outcome(), Some(Outcome::Unknown));
}

#[test]
fn a_calculation_is_made_once_more_than_it_is_tried_again() {
    for max_retries in 0..=10 {
        let mut exchange = Exchange::new(Function::Calculate, max_retries, None, false);
        let mut sent = 0;
        loop {
            send(&mut exchange);
            sent += 1;
            match exchange.decide(&End::Network, 1e9, 1.0) {
                Next::Send { .. } => {}
                end => break assert_eq!(end, fails(ErrorCode::Network)),
            }
        }
        assert_eq!(sent, max_retries + 1);
    }
}

/// The pause after so many attempts.
fn pause(attempts: u32, random: f64) -> f64 {
    let mut exchange = Exchange::new(Function::Calculate, 10, None, false);
    for _ in 1..attempts {
        exchange.decide(&End::Network, f64::INFINITY, 0.5);
    }
    match exchange.decide(&End::Network, f64::INFINITY, random) {
        Next::Send { after_ms } => after_ms,
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
            assert_eq!(next(stage, 1, end, 187.6), Next::Send { after_ms: 187.5 });
            for left_ms in [187.5, 187.4, 1.0, 0.0, -1.0, f64::NEG_INFINITY, f64::NAN] {
                assert_eq!(next(stage, 1, end, left_ms), fails(code), "{left_ms}");
            }
        }
    }
}

#[test]
fn what_the_server_asks_to_wait_is_waited_inside_the_deadline() {
    for stage in [Stage::Calculation, Stage::Guard] {
        for status in RETRIED {
            for (asked, left_ms, expected) in [
                (0.0, LEFT, Next::Send { after_ms: 0.0 }),
                (1.0, LEFT, Next::Send { after_ms: 1.0 }),
                (2_000.0, LEFT, Next::Send { after_ms: 2_000.0 }),
                (29_999.0, LEFT, Next::Send { after_ms: 29_999.0 }),
                (30_000.0, LEFT, fails(ErrorCode::Http)),
                (86_400_000.0, LEFT, fails(ErrorCode::Http)),
                (1e300, LEFT, fails(ErrorCode::Http)),
                (0.0, 0.0, fails(ErrorCode::Http)),
                (0.0, -1.0, fails(ErrorCode::Http)),
            ] {
                let end = End::Replied { status, retry_after_ms: Some(asked), reply: None };
                assert_eq!(next(stage, 1, end, left_ms), expected, "{stage:?} {status} {asked} {left_ms}");
                assert_eq!(next(stage, 3, end, left_ms), fails(ErrorCode::Http), "no attempt is left");
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
fn rubbish_in_retry_after_asks_for_nothing() {
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
    for digits in [20, 100, 305, 306, 307, 308, 309, 400, 10_000] {
        let header = "9".repeat(digits);
        let ms = retry_after_ms(&header, f64::NAN, 0.0);
        assert!(ms.is_none_or(f64::is_finite), "{digits}: {ms:?}");
        let end = End::Replied { status: 429, retry_after_ms: ms, reply: None };
        let next = next(Stage::Calculation, 1, end, LEFT);
        if ms.is_some() {
            assert_eq!(next, fails(ErrorCode::Http), "{digits}");
        }
    }
}
