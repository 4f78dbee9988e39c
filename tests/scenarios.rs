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
    export async function run(server, scenario) {
        const scenarios = await import(`${server}/tests/browser/scenarios.js`).catch((cause) => {
            const advice = 'Run npm test or node tests/browser/run.js, which start it.';
            throw new Error(`The scenarios could not be loaded from the server ${server}: ${cause}. ${advice}`);
        });
        await scenarios.run(server, scenario);
    }
")]
extern "C" {
    fn run(server: &str, scenario: &str) -> Promise;
}

macro_rules! scenario {
    ($name:ident, $scenario:literal) => {
        #[wasm_bindgen_test]
        async fn $name() -> Result<(), JsValue> {
            JsFuture::from(run(SERVER, $scenario)).await.map(drop)
        }
    };
}

// A line for each scenario, which `tests/browser/run.js` writes.
include!(env!("PROXY_ORDERS_SCENARIOS"));
