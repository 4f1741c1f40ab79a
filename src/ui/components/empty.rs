//! What stands in place of a picture as long as there is none: why, and what would bring it.

use yew::prelude::*;

use super::icons::{Icon, icon};

/// What would be seen here as a sign, why it is not, and what would bring it, where that is not said already.
pub fn empty(sign: Icon, why: &str, what_brings_it: Option<&str>) -> Html {
    html! {
        <div class="empty">
            { icon(sign) }
            <p class="empty__why">{ why }</p>
            if let Some(what) = what_brings_it {
                <p class="empty__what">{ what }</p>
            }
        </div>
    }
}

/// The same while a log is still being read, by so many percent.
pub fn loading(why: &str, what_comes: &str, percent: u64) -> Html {
    html! {
        <div class="empty" data-testid="loading">
            { icon(Icon::Clock) }
            <p class="empty__why">{ why }</p>
            <progress class="empty__progress" max="100" value={percent.to_string()} aria-label={why.to_owned()}></progress>
            <p class="empty__what">{ what_comes }</p>
        </div>
    }
}
