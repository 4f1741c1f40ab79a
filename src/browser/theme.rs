//! Whether the person's system is light or dark, and what else it asks of a page's looks.

use gloo_events::EventListener;
use web_sys::MediaQueryList;

thread_local! {
    /// Asked once: a picture wants to know each time that it is drawn or pointed at, and to read a query takes a browser
    /// longer than to draw a text.
    static DARK: Option<MediaQueryList> = media("(prefers-color-scheme: dark)");
}

fn query() -> Option<MediaQueryList> {
    DARK.with(Clone::clone)
}

fn media(query: &str) -> Option<MediaQueryList> {
    gloo_utils::window().match_media(query).ok().flatten()
}

/// Whether nothing is to move by itself.
pub fn wants_less_motion() -> bool {
    media("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
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
