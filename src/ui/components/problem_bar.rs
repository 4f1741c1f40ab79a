//! What went wrong, and what to do next.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::Problem;

/// Properties of [`ProblemBar`].
#[derive(Clone, PartialEq, Properties)]
pub struct ProblemBarProps {
    /// The problem.
    pub problem: Problem,
    /// The person has read it.
    pub on_dismiss: Callback<()>,
}

/// See the module.
#[component]
pub fn ProblemBar(props: &ProblemBarProps) -> Html {
    let dismiss = props.on_dismiss.reform(|_: MouseEvent| ());
    html! {
        <div class="problem" role="alert" data-testid="problem">
            { icon(Icon::Warning) }
            <p class="problem__text">
                <strong>{ &props.problem.what }</strong>{ " " }{ &props.problem.next }
            </p>
            <button type="button" class="button button--quiet button--icon" aria-label="Close this message"
                    title="Close this message" onclick={dismiss}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
