//! Copying, anywhere on the page.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlDocument};
use yew::Callback;

/// Calls when a person copies. Ends when the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_copy(call: Callback<ClipboardEvent>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo_utils::document(), "copy", options, move |event| {
        if let Some(event) = event.dyn_ref::<ClipboardEvent>() {
            call.emit(event.clone());
        }
    })
}

/// Copies this text, whatever is selected.
pub fn copy_text(text: String) {
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(&gloo_utils::document(), "copy", options, move |event| {
        if let Some(data) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data) {
            // Fails only for a kind of data that is none.
            let _ = data.set_data("text/plain", &text);
            event.prevent_default();
        }
    });
    copy();
    drop(listener);
}

/// Copies, as if the person had pressed the keys for it. Unlike the newer way it works on every host.
pub fn copy() {
    if let Ok(document) = gloo_utils::document().dyn_into::<HtmlDocument>() {
        // Refused only where no click came before; then nothing is copied, and the keys still do.
        let _ = document.exec_command("copy");
    }
}
