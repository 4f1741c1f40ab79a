//! The time since the page was opened.

use crate::heap::Millis;

/// Milliseconds since the page was opened; never runs backwards.
pub fn now() -> Millis {
    let performance = gloo_utils::window().performance();
    Millis(performance.map_or(0.0, |performance| performance.now()) as u64)
}
