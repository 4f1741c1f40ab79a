//! What went wrong, and what to do next; and, quieter, what went well and does not show by itself.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::Problem;
use crate::words::page::common;

/// See the module. `on_dismiss`: the person has read it.
pub fn problem_bar(problem: &Problem, on_dismiss: Callback<MouseEvent>) -> Html {
    html! {
        <div class="problem" role="alert" data-testid="problem">
            { icon(Icon::Warning) }
            <p class="problem__text">
                <strong>{ &problem.what }</strong>{ " " }{ &problem.next }
            </p>
            { close_button(on_dismiss) }
        </div>
    }
}

/// One sentence. `on_dismiss`: the person has read it.
pub fn notice_bar(notice: &str, on_dismiss: Callback<MouseEvent>) -> Html {
    html! {
        <div class="problem problem--quiet" role="status" data-testid="notice">
            { icon(Icon::Check) }
            <p class="problem__text">{ notice }</p>
            { close_button(on_dismiss) }
        </div>
    }
}

fn close_button(on_dismiss: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="button button--quiet button--icon" aria-label={common::CLOSE_MESSAGE}
                title={common::CLOSE_MESSAGE} onclick={on_dismiss}>
            { icon(Icon::Close) }
        </button>
    }
}
