//! What a person does anywhere on the page: keys, and copying. Each ends when its listener is dropped.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlDocument, KeyboardEvent};
use yew::Callback;

/// Calls with each key, before any element of the page has it.
#[must_use = "dropping the listener ends it"]
pub fn on_key(call: Callback<KeyboardEvent>) -> EventListener {
    // Passive listeners, gloo's usual ones, may not take a key from the browser.
    let options = EventListenerOptions::run_in_capture_phase();
    let options = EventListenerOptions { passive: false, ..options };
    EventListener::new_with_options(&gloo_utils::document(), "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            call.emit(event.clone());
        }
    })
}

/// Calls when a person copies.
#[must_use = "dropping the listener ends it"]
pub fn on_copy(call: Callback<ClipboardEvent>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo_utils::document(), "copy", options, move |event| {
        if let Some(event) = event.dyn_ref::<ClipboardEvent>() {
            call.emit(event.clone());
        }
    })
}

/// Copies, as if the person had pressed the keys for it. Unlike the newer way it works on every host.
pub fn copy() {
    if let Ok(document) = gloo_utils::document().dyn_into::<HtmlDocument>() {
        // Refused only where no click came before; then nothing is copied, and the keys still do.
        let _ = document.exec_command("copy");
    }
}
