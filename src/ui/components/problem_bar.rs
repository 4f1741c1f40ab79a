//! What went wrong, and what to do next.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::Problem;

/// See the module. `on_dismiss`: the person has read it.
pub fn problem_bar(problem: &Problem, on_dismiss: Callback<MouseEvent>) -> Html {
    html! {
        <div class="problem" role="alert" data-testid="problem">
            { icon(Icon::Warning) }
            <p class="problem__text">
                <strong>{ &problem.what }</strong>{ " " }{ &problem.next }
            </p>
            <button type="button" class="button button--quiet button--icon" aria-label="Close this message"
                    title="Close this message" onclick={on_dismiss}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
