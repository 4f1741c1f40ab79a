//! The part of the address behind `#`.

use gloo_events::EventListener;

/// `demo` for an address that ends in `#demo`; empty where there is none.
pub fn fragment() -> String {
    let hash = gloo_utils::window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Calls back whenever it changes, until the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_change(changed: impl Fn() + 'static) -> EventListener {
    EventListener::new(&gloo_utils::window(), "hashchange", move |_| changed())
}
