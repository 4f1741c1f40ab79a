//! What stands in place of all pictures while a log is being read and nothing was found in it yet.

use yew::prelude::*;

use super::verdict::still_reading;
use crate::ui::components::empty::loading;
use crate::ui::store::View;
use crate::words::page::{timeline, verdict_bar as words};

/// See the module.
pub fn loading_panel(view: &View) -> Html {
    let percent = still_reading(view).unwrap_or(100);
    html! {
        <section class="panel" aria-label={timeline::TITLE}>
            { loading(&words::reading(percent), timeline::COMES_WHILE_READ, percent) }
        </section>
    }
}
