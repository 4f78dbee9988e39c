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
        boundary_values_are_accepted,
        every_bad_value_is_reported,
        messages_name_what_is_allowed,
        every_problem_is_reported_at_once,
        null_and_undefined_are_absent,
        a_blank_promo_code_is_none,
        fields_that_do_not_apply_are_ignored,
        an_order_can_be_given_to_calculate,
        dependent_fields_are_validated_once_their_type_is_known,
        an_unknown_field_suggests_the_most_similar_name,
        only_own_enumerable_text_keys_are_unknown,
        text_is_measured_in_utf16_units,
        a_request_that_is_not_an_object_is_one_issue,
        the_value_of_a_validation_is_a_fresh_plain_object,
        values_are_read_once_and_never_changed,
        a_getter_that_throws_is_an_issue_of_its_field,
        class_instances_are_accepted,
        the_schemas_are_standard_schemas,
        a_list_is_not_a_request,
        a_promo_code_getter_that_throws_is_an_issue,
    }
    responses {
        every_sample_arrives_as_documented,
        the_sandbox_answers_ordinary_requests,
        a_refusal_is_a_value_whatever_the_status,
        a_refusal_needs_no_more_than_its_error,
        absent_optional_fields_are_null,
        documented_fields_are_required_and_typed,
        unknown_values_pass_through,
        extra_fields_are_dropped,
        values_are_plain_data,
        other_bodies_are_invalid_responses,
        strange_replies_over_http_are_answered_in_time,
        every_warning_has_a_finite_code,
    }
    options {
        base_url_is_a_url_or_a_path,
        http_is_for_loopback_and_the_own_origin,
        api_key_is_one_path_segment,
        signal_is_an_abort_signal,
        timeout_ms_is_a_number_of_milliseconds,
        max_retries_is_whole_from0_to10,
        headers_take_what_the_headers_constructor_takes,
        headers_arrive_on_the_wire,
        credentials_are_those_of_fetch,
        fetch_is_called_with_a_request,
        the_global_fetch_is_looked_up_at_each_call,
        fetch_may_return_any_response_like_object,
        a_result_that_is_no_response_is_a_network_error,
        a_fetch_that_never_settles_times_out,
        an_unknown_option_suggests_the_most_similar_name,
        options_of_one_call_do_not_leak_into_the_next,
        undefined_is_absent_and_null_is_not,
        every_option_issue_is_reported_at_once,
        calculate_ignores_order_options,
        order_options_are_type_checked,
        options_are_read_once_and_never_changed,
        the_global_request_is_looked_up_at_each_call,
        the_default_timeout_is_thirty_seconds,
        an_undefined_guard_is_an_issue,
        api_key_defaults_to_a_placeholder_on_the_own_origin,
        an_empty_idempotency_key_header_is_ignored,
        a_long_base_url_is_parsed_quickly,
        a_blank_frame_has_its_parents_origin,
        a_changed_origin_is_noticed,
    }
    errors {
        a_signal_already_aborted_sends_nothing,
        an_abort_ends_the_call_at_any_moment,
        an_abort_during_the_call_of_fetch_ends_the_call,
        an_abort_while_options_are_read_sends_nothing,
        a_timeout_signal_of_the_caller_is_an_abort,
        the_abort_wins_over_the_timeout,
        an_abort_after_the_end_changes_nothing,
        the_deadline_covers_waiting_and_reading,
        the_deadline_covers_retries,
        a_fetch_that_fails_is_a_network_error,
        redirects_are_refused,
        the_cause_of_a_network_error_never_shows_the_key,
        http_errors_carry_status_body_and_retry_after,
        bodies_never_show_the_key,
        retry_after_is_given_in_milliseconds,
        checks_are_made_in_the_documented_order,
        every_fault_has_its_outcome,
        order_errors_carry_key_and_quote,
        no_listener_or_timer_leaks,
        an_engine_that_throws_ends_one_call_alone,
        is_proxy_orders_error_accepts_our_errors_only,
        documented_api_error_codes_have_names,
        every_export_is_there,
        no_error_shows_the_key,
        a_placeholder_key_is_not_replaced,
        texts_in_errors_are_truncated,
        a_quote_never_shows_the_key,
        a_failure_after_sending_is_unknown,
        api_error_code_is_frozen,
        a_reply_and_an_abort_at_the_same_moment_give_one_error,
        a_huge_cause_is_searched_in_time,
    }
    retries {
        a_calculation_is_retried,
        the_default_is_two_retries,
        up_to_ten_retries_are_made,
        other_failures_are_not_retried,
        a_retry_that_succeeds_is_the_answer,
        the_last_failure_is_the_one_reported,
        pauses_grow_and_jitter,
        retry_after_is_honoured,
        no_pause_goes_past_the_deadline,
        an_abort_ends_the_pause,
        nothing_is_sent_after_an_abort,
        nothing_is_sent_after_the_timeout,
        an_order_is_posted_once,
        the_guard_is_retried,
        retries_work_over_http,
        pauses_are_jittered_after_every_failure,
    }
    money {
        a_guard_calculates_first,
        a_guard_refuses,
        a_guard_that_fails_places_nothing,
        guard_and_order_share_one_deadline,
        guards_work_over_http,
        an_identical_pending_order_is_refused,
        a_blank_promo_code_is_the_same_order,
        an_order_is_pending_until_its_call_ends,
        a_refused_duplicate_does_not_free_the_first,
        an_allowed_duplicate_is_pending_too,
        an_order_is_pending_during_its_guard,
        a_double_click_orders_once,
        an_order_placed_by_a_getter_ends,
        the_idempotency_key_is_a_header_of_the_order,
        an_order_to_the_own_origin_gets_a_random_key,
        a_key_books_once,
        orders_to_the_own_origin_work_over_http,
        a_post_sent_again_by_the_browser_books_once,
        the_quoted_request_is_the_one_ordered,
        allow_duplicate_false_allows_none,
        the_key_option_wins_over_the_header,
    }
    doubt {
        an_identical_order_is_not_sent_and_a_repeat_is_booked_once,
        every_rejection_after_fetch_leaves_a_doubt,
        an_unsent_order_leaves_no_doubt,
        an_answer_leaves_no_doubt,
        another_key_does_not_pass_and_no_key_is_no_repeat,
        other_orders_are_not_stopped,
        a_repeat_is_not_stopped_by_warnings,
        a_key_in_doubt_says_nothing_of_another_order,
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
        validators_throw_until_it_is_loaded,
        schemas_load_by_themselves,
        arguments_are_read_when_a_call_begins,
        init_takes_bytes_and_modules,
        any_other_argument_is_rejected_and_not_remembered,
        a_given_module_is_remembered,
        each_cause_has_its_message_and_the_next_call_loads_again,
        a_csp_that_forbids_webassembly_is_reported,
        a_deadline_or_an_abort_ends_one_call_and_not_the_load,
        a_call_that_fails_while_a_load_fails_leaves_no_rejection,
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
    sandbox {
        a_fault_of_each_kind_ends_an_order_as_over_http,
        a_page_orders_without_a_server,
    }
    worker {
        a_module_worker_orders,
    }
    soak {
        memory_stays_flat,
        a_thousand_at_once_are_answered,
    }
}
