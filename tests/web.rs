//! What only a browser can show, tested in one: `cargo xtask test web`.
//!
//! Each test here runs as wasm in a real page of a headless Chromium. What can be tested natively is tested
//! natively, where it is a hundred times faster.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The page is laid out by a real browser: a canvas gets the size that its style asks for.
#[wasm_bindgen_test]
fn a_canvas_is_laid_out() {
    let document = gloo_utils::document();
    let canvas: web_sys::HtmlCanvasElement = document.create_element("canvas").unwrap().unchecked_into();
    canvas.set_attribute("style", "display: block; width: 321px; height: 45px").unwrap();
    gloo_utils::body().append_child(&canvas).unwrap();
    assert_eq!((canvas.client_width(), canvas.client_height()), (321, 45));
    canvas.remove();
}

/// Tests run where Web Serial exists, so nothing in them needs to pretend that it does.
#[wasm_bindgen_test]
fn this_browser_has_web_serial() {
    let navigator = gloo_utils::window().navigator();
    assert!(js_sys::Reflect::has(&navigator, &"serial".into()).unwrap());
}
