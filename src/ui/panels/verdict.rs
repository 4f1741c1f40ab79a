//! The verdict bar: what holds now, or at the moment that the person points at.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::Moment;
use crate::format;
use crate::ui::components::verdict_bar::{Then, VerdictBar};
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;

/// See the module. `then` comes from [`verdict_then`].
pub fn verdict_panel(view: &View, then: Option<Then>) -> Html {
    let verdict = Rc::clone(view.session().verdict());
    html! { <VerdictBar {verdict} {then} on_evidence={view.actor(ViewAction::Mark)} /> }
}

/// What held at this moment; `None` where it still holds. It changes no more.
pub fn verdict_then(view: &View, moment: Moment) -> Option<Then> {
    let session = view.session();
    let when = match session.recording()?.has_times() {
        true => format!("At {}", format::clock_offset(moment.at, false)),
        false => format!("At line {}", format::count(moment.line + 1)),
    };
    Some(Then { when: when.into(), verdict: Rc::new(session.verdict_at(moment.line)?) })
}
