//! Keys that go down anywhere on the page.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use crate::session::Shortcut;

/// Calls back with the keys and whether they go down in a field, unless something on the page took them; true keeps the
/// browser from taking them. Ends when the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_press(pressed: impl Fn(&Shortcut, bool) -> bool + 'static) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&gloo_utils::document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let modifiers = [event.ctrl_key() || event.meta_key(), event.alt_key(), event.shift_key()];
        let Some(shortcut) = Shortcut::pressed(modifiers, &event.key(), &event.code()) else { return };
        let is_in_field = goes_into_field(event);
        if !event.default_prevented() && pressed(&shortcut, is_in_field) {
            event.prevent_default();
        }
    })
}

/// Whether what is typed or pasted goes into a field.
pub fn goes_into_field(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
