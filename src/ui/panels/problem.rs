//! The problem, if there is one, and the question before a recording is replaced.

use yew::prelude::*;

use crate::format;
use crate::recording::Source;
use crate::session::Event;
use crate::ui::components::problem_bar::ProblemBar;
use crate::ui::components::replace_dialog::ReplaceDialog;
use crate::ui::store::use_view;

/// The bar with the problem.
#[component]
pub fn ProblemPanel() -> Html {
    let view = use_view();
    let problem = view.session().problem().cloned();
    html! {
        if let Some(problem) = problem {
            <ProblemBar {problem} on_dismiss={view.sender(|()| Event::ProblemDismissed)} />
        }
    }
}

/// The question.
#[component]
pub fn ReplacePanel() -> Html {
    let view = use_view();
    let session = view.session();
    let Some(recording) = session.recording().filter(|_| session.is_replacing()) else {
        return Html::default();
    };
    let name = match recording.source() {
        Source::Port { name } | Source::Text { name } => name.as_str(),
        Source::Demo => "the demo board",
    };
    let what = format!("the recording of {name} ({} lines)", format::count(recording.log().line_count()));
    html! {
        <ReplaceDialog {what} on_save={view.sender(|()| Event::SaveLogClicked)}
            on_replace={view.sender(|()| Event::ReplaceConfirmed)}
            on_cancel={view.sender(|()| Event::ReplaceCancelled)} />
    }
}
