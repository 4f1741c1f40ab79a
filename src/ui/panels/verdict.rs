//! The verdict bar: what holds now, or at the moment that the person points at.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::Moment;
use crate::ui::components::verdict_bar::{Then, VerdictBar};
use crate::ui::store::View;
use crate::ui::view_state::ViewAction;
use crate::verdict::Verdict;
use crate::words::page::verdict_bar as words;

/// See the module. `then` comes from [`verdict_then`].
pub fn verdict_panel(view: &View, then: Option<Then>) -> Html {
    let verdict = match still_reading(view) {
        Some(percent) => Rc::new(Verdict { headline: words::reading(percent), ..Verdict::default() }),
        None => Rc::clone(view.session().verdict()),
    };
    html! { <VerdictBar {verdict} {then} on_evidence={view.actor(ViewAction::Mark)} /> }
}

/// How much of a large text was read, in percent; `None` when all of it was.
pub(super) fn still_reading(view: &View) -> Option<u64> {
    let session = view.session();
    let (all, unread) = (session.expected_bytes(), session.unread_bytes());
    session.is_reading().then(|| all.saturating_sub(unread) * 100 / all.max(1))
}

/// What held at this moment; `None` where it still holds. It changes no more.
pub fn verdict_then(view: &View, moment: Moment) -> Option<Then> {
    let session = view.session();
    let when = match session.recording()?.has_times() {
        true => words::at_time(moment.at),
        false => words::at_line(moment.line),
    };
    Some(Then { when: when.into(), verdict: Rc::new(session.verdict_at(moment.line)?) })
}
