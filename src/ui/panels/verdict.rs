//! The verdict bar.

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::components::verdict_bar::VerdictBar;
use crate::ui::store::use_view;
use crate::ui::view_state::ViewAction;

/// See the module.
#[component]
pub fn VerdictPanel() -> Html {
    let view = use_view();
    let verdict = Rc::clone(view.session().verdict());
    html! { <VerdictBar {verdict} on_evidence={view.actor(ViewAction::Mark)} /> }
}
