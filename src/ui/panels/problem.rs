//! The problem and the notice, if there are any, and the question before a recording is replaced.

use yew::prelude::*;

use crate::recording::Source;
use crate::session::Event;
use crate::ui::components::problem_bar::{notice_bar, problem_bar};
use crate::ui::components::replace_dialog::ReplaceDialog;
use crate::ui::store::View;
use crate::words::page::replace as words;

/// The bars with the problem and the notice.
pub fn problem_panel(view: &View) -> Html {
    let (problem, notice) = (view.session().problem().cloned(), view.session().notice().map(str::to_owned));
    html! {
        <>
        if let Some(problem) = problem {
            { problem_bar(&problem, view.sends(Event::ProblemDismissed)) }
        }
        if let Some(notice) = notice {
            { notice_bar(&notice, view.sends(Event::NoticeDismissed)) }
        }
        </>
    }
}

/// The question.
pub fn replace_panel(view: &View) -> Html {
    let session = view.session();
    let Some(recording) = session.recording().filter(|_| session.is_replacing()) else {
        return Html::default();
    };
    let name = match recording.source() {
        Source::Port { name } | Source::Text { name } | Source::Saved { name } => name.as_str(),
        Source::Demo => words::DEMO_BOARD,
    };
    let what = words::recording(name, recording.log().line_count());
    html! {
        <ReplaceDialog {what} on_save={view.sends(Event::SaveLogClicked)}
            on_replace={view.sends(Event::ReplaceConfirmed)}
            on_cancel={view.sends(Event::ReplaceCancelled)} />
    }
}
