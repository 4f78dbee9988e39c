//! The package as it is published, in a real browser: each test runs the scenario of its name in `tests/browser/`.
#![cfg(target_arch = "wasm32")]

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Where `tests/browser/server.js` listens.
const SERVER: &str = env!(
    "PROXY_ORDERS_TEST_SERVER",
    "the server of the scenarios is not there: run `npm test`, or `node tests/browser/run.js`"
);

#[wasm_bindgen(inline_js = "
    const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    const scenarios = (server) =>
        import(`${server}/tests/browser/scenarios.js`).catch((cause) => {
            const advice = 'Run npm test or node tests/browser/run.js, which start it.';
            throw new Error(`The scenarios could not be loaded from the server ${server}: ${cause}. ${advice}`);
        });

    export async function run(server, group, name) {
        await (await scenarios(server)).run(server, group, camel(name));
    }

    export async function checkNames(server, names) {
        (await scenarios(server)).checkNames(names.split(' ').map(camel));
    }
")]
extern "C" {
    fn run(server: &str, group: &str, name: &str) -> Promise;
    #[wasm_bindgen(js_name = checkNames)]
    fn check_names(server: &str, names: &str) -> Promise;
}

macro_rules! scenarios {
    ($($group:ident { $($name:ident,)* })*) => {
        $(mod $group {
            use super::*;
            $(#[wasm_bindgen_test]
            async fn $name() -> Result<(), JsValue> {
                JsFuture::from(run(SERVER, stringify!($group), stringify!($name))).await.map(drop)
            })*
        })*

        #[wasm_bindgen_test]
        async fn every_scenario_is_listed() -> Result<(), JsValue> {
            let names = [$($(concat!(stringify!($group), ".", stringify!($name)),)*)*].join(" ");
            JsFuture::from(check_names(SERVER, &names)).await.map(drop)
        }
    };
}

scenarios! {
    requests {
        the_body_is_exactly_the_documented_one,
        every_call_is_one_post_of_json,
        edges_are_good,
        every_bad_value_is_reported,
        messages_name_what_is_allowed,
        every_problem_is_reported_at_once,
        null_and_undefined_are_absent,
        a_blank_promo_code_is_none,
        fields_of_others_are_neither_checked_nor_sent,
        an_order_can_be_given_to_calculate,
        dependent_fields_wait_for_what_they_depend_on,
        an_unknown_field_names_its_likeness,
        only_own_enumerable_text_keys_are_unknown,
        text_is_measured_in_utf16_units,
        what_is_no_object_is_refused_whole,
        the_value_of_a_validation_is_a_fresh_plain_object,
        values_are_read_once_and_never_changed,
        a_getter_that_throws_is_an_issue_of_its_field,
        a_class_instance_is_as_good_as_a_literal,
        the_schemas_are_standard_schemas,
        a_list_is_refused_whole,
        a_promo_code_that_throws_is_not_lost,
    }
    responses {
        every_sample_arrives_as_documented,
        the_sandbox_answers_ordinary_requests,
        a_refusal_is_a_value_whatever_the_status,
        a_refusal_needs_no_more_than_its_error,
        absent_optional_fields_are_null,
        named_fields_are_required_and_of_their_type,
        what_is_unknown_passes_through,
        extra_fields_are_dropped,
        values_are_plain_data,
        other_bodies_are_invalid_responses,
        strange_replies_over_http_are_answered_in_time,
        every_warning_is_finite,
    }
    options {
        base_url_is_an_address_or_a_path,
        plain_http_stays_at_home,
        api_key_is_one_path_segment,
        signal_is_an_abort_signal,
        timeout_ms_is_a_number_of_milliseconds,
        max_retries_is_whole_from0_to10,
        headers_are_what_headers_takes,
        headers_arrive_on_the_wire,
        credentials_are_those_of_fetch,
        fetch_is_called_with_a_request,
        the_global_fetch_is_looked_up_at_each_call,
        fetch_may_answer_any_response,
        what_is_no_response_is_a_network_error,
        what_never_settles_times_out,
        an_unknown_option_names_its_likeness,
        nothing_of_the_options_before_is_kept,
        undefined_is_absent_and_null_is_not,
        every_problem_of_the_options_is_reported,
        calculate_ignores_options_of_order,
        options_of_order_are_of_their_type,
        options_are_read_once_and_never_changed,
        the_global_request_is_looked_up_at_each_call,
        thirty_seconds_are_the_default,
        a_guard_that_is_undefined_buys_nothing,
        api_key_is_a_placeholder_with_a_path,
        an_empty_key_in_the_headers_is_none,
        a_long_base_url_is_read_at_once,
        a_frame_without_an_address_has_its_parents_origin,
        an_origin_that_changes_is_not_missed,
    }
    errors {
        a_signal_already_aborted_sends_nothing,
        an_abort_ends_the_call_at_any_moment,
        an_abort_while_fetch_is_called_counts,
        an_abort_while_options_are_read_sends_nothing,
        a_signal_of_its_own_kind_is_the_callers_too,
        the_abort_wins_over_the_timeout,
        a_call_aborted_after_its_end_is_left_alone,
        the_deadline_covers_waiting_and_reading,
        the_deadline_covers_retries,
        a_fetch_that_fails_is_a_network_error,
        redirects_are_refused,
        the_cause_of_a_network_error_never_shows_the_key,
        http_errors_carry_status_body_and_pause,
        bodies_never_show_the_key,
        retry_after_is_given_in_milliseconds,
        checks_come_in_order,
        every_break_point_has_its_outcome,
        an_order_that_failed_tells_its_key_and_quote,
        no_listener_and_no_timer_is_left_behind,
        an_engine_that_throws_ends_one_call_alone,
        the_guard_knows_our_errors_and_nothing_else,
        the_documented_codes_have_names,
        every_export_is_there,
        no_error_shows_the_key,
        a_placeholder_changes_nothing,
        texts_are_short,
        a_quote_never_shows_the_key,
        a_failure_after_sending_is_unknown,
        the_codes_are_frozen,
        a_reply_and_an_abort_at_the_same_moment_give_one_error,
        a_cause_of_many_megabytes_is_looked_through_in_time,
    }
    retries {
        calculate_is_tried_again,
        two_retries_are_the_default,
        ten_retries_are_made,
        other_ends_are_final,
        a_retry_that_succeeds_is_the_answer,
        the_last_failure_is_the_one_reported,
        pauses_grow_and_jitter,
        retry_after_is_honoured,
        no_pause_goes_past_the_deadline,
        an_abort_ends_the_pause,
        nothing_is_sent_after_an_abort,
        nothing_is_sent_after_the_timeout,
        an_order_is_posted_once,
        the_guard_is_tried_again,
        retries_are_made_over_http,
        pauses_differ_by_chance_whatever_failed,
    }
    money {
        a_guard_calculates_first,
        a_guard_refuses,
        a_guard_that_fails_places_nothing,
        guard_and_order_share_one_deadline,
        guards_work_over_http,
        an_identical_order_under_way_is_refused,
        a_blank_promo_code_makes_no_other_order,
        the_next_is_free_however_the_first_ends,
        a_refused_duplicate_does_not_free_the_first,
        one_that_was_let_through_counts_too,
        the_guard_is_part_of_the_order_under_way,
        a_double_click_orders_once,
        an_order_from_within_an_order_ends,
        the_idempotency_key_is_a_header_of_the_order,
        on_the_pages_own_origin_the_key_is_made,
        a_key_books_once,
        the_own_origin_is_served_over_http,
        a_post_sent_again_by_the_browser_books_once,
        what_was_quoted_is_what_is_ordered,
        allow_duplicate_false_allows_none,
        the_option_wins_over_the_header,
    }
    doubt {
        an_identical_order_is_not_sent_and_a_repeat_is_booked_once,
        every_rejection_after_fetch_leaves_a_doubt,
        an_unsent_order_leaves_no_doubt,
        an_answer_leaves_no_doubt,
        another_key_does_not_pass_and_no_key_is_no_repeat,
        other_orders_are_free,
        a_repeat_is_not_stopped_by_warnings,
        a_repeat_is_answered_though_the_first_order_has_spent_the_balance,
        a_repeat_that_fails_is_still_in_doubt,
        a_documented_refusal_of_a_repeat_ends_the_doubt,
        a_repeat_is_refused_while_one_is_pending,
        allow_duplicate_ends_a_doubt_and_leaves_its_own,
        orders_in_doubt_at_the_same_time_are_settled_one_by_one,
        an_answer_to_a_repeat_ends_no_doubt_of_another,
        an_allowed_duplicate_that_is_not_sent_ends_no_doubt,
        the_latest_hundred_doubts_are_remembered,
        a_page_that_orders_again_after_a_lost_reply_books_once,
    }
    loading {
        the_first_call_loads,
        validators_wait_for_it,
        schemas_load_by_themselves,
        what_is_handed_in_is_read_at_the_call,
        init_takes_any_source,
        a_bad_source_is_not_loaded,
        what_init_is_given_is_remembered,
        a_module_that_cannot_be_loaded_is_reported,
        the_next_call_tries_again,
        a_deadline_ends_one_call_and_not_the_download,
        a_load_that_hangs_is_given_up,
        an_abort_ends_the_loading,
        one_callers_abort_is_not_anothers,
        a_pages_csp_may_forbid_it,
        any_content_type_loads,
        a_promised_address_is_fetched,
        a_status_is_not_loaded_whatever_the_bytes,
    }
    hostile {
        as_the_request,
        as_the_options,
        as_a_field_of_the_request,
        as_an_option,
        as_what_fetch_answers,
        validators_never_throw,
    }
    engine {
        a_core_that_answers_at_random_orders_once_at_most,
        a_core_with_permuted_exports_orders_once_at_most,
        a_throw_at_any_call_over_the_boundary_ends_one_call_alone,
        a_throw_at_any_await_ends_one_call_alone,
        a_replaced_global_ends_one_call_alone,
        a_frozen_realm_orders_as_any_other,
    }
    books {
        every_outcome_agrees_with_the_books,
    }
    worker {
        a_module_worker_orders,
    }
    soak {
        memory_stays_flat,
        a_thousand_at_once_are_answered,
    }
}
