//! The verdict bar.

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::components::verdict_bar::VerdictBar;
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;

/// See the module.
pub fn verdict_panel(view: &View) -> Html {
    let verdict = Rc::clone(view.session().verdict());
    html! { <VerdictBar {verdict} on_evidence={view.actor(ViewAction::Mark)} /> }
}
