//! Whether the person's system is light or dark.

use gloo_events::EventListener;
use web_sys::MediaQueryList;

fn query() -> Option<MediaQueryList> {
    gloo_utils::window().match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// Whether dark colours are wanted.
pub fn is_dark() -> bool {
    query().is_some_and(|query| query.matches())
}

/// Calls back whenever that changes, until the listener is dropped.
#[must_use = "dropping the listener ends it"]
pub fn on_change(changed: impl Fn() + 'static) -> Option<EventListener> {
    Some(EventListener::new(&query()?.into(), "change", move |_| changed()))
}
