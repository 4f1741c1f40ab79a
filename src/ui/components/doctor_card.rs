//! What keeps a board from being read, what to do about it in the order in which to try it, and what the page can do.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::session::{Advice, System};
use crate::words::doctor as words;

/// What [`doctor_card`] is drawn from.
#[derive(Clone, PartialEq)]
pub struct DoctorCard {
    /// The complaint's name, for tests.
    pub key: &'static str,
    /// What is the matter.
    pub title: String,
    /// What to do, for all systems.
    pub advice: Vec<Advice>,
    /// The person's system, whose advice needs no click.
    pub system: Option<System>,
    /// What the page can do: what the button says, its name for tests, and what it does.
    pub actions: Vec<(String, &'static str, Callback<MouseEvent>)>,
    /// The person has read it.
    pub on_close: Callback<MouseEvent>,
}

/// See the module.
pub fn doctor_card(props: &DoctorCard) -> Html {
    let of = |system: Option<System>| props.advice.iter().filter(move |advice| advice.system == system);
    let is_mine = |system: &System| props.system == Some(*system);
    let others: Vec<_> =
        System::ALL.into_iter().filter(|it| !is_mine(it) && of(Some(*it)).count() > 0).collect();
    let mine = props.advice.iter().filter(|advice| advice.system.is_none_or(|system| is_mine(&system)));
    let group = |system: System| {
        html! {
            <>
                <h3 class="doctor__system">{ words::on(system.name()) }</h3>
                <ul class="doctor__steps">{ for of(Some(system)).map(step) }</ul>
            </>
        }
    };
    html! {
        <section class="doctor" role="status" aria-label={words::NAME} data-testid="doctor" data-complaint={props.key}>
            <div class="doctor__head">
                { icon(Icon::Plug) }
                <h2 class="doctor__title">{ &props.title }</h2>
                <button type="button" class="button button--quiet button--icon" aria-label={words::CLOSE} title={words::CLOSE}
                        data-testid="doctor-close" onclick={props.on_close.clone()}>
                    { icon(Icon::Close) }
                </button>
            </div>
            if !props.actions.is_empty() {
                <div class="doctor__actions">
                    { for props.actions.iter().enumerate().map(|(place, (label, key, on_click))| html! {
                        <button type="button" class={classes!("button", (place == 0).then_some("button--primary"))}
                                data-testid={format!("doctor-{key}")} onclick={on_click.clone()}>
                            { label }
                        </button>
                    }) }
                </div>
            }
            <ul class="doctor__steps">{ for mine.map(step) }</ul>
            if !others.is_empty() {
                <details class="doctor__others" open={props.system.is_none()}>
                    <summary>{ words::OTHER_SYSTEMS }</summary>
                    { for others.into_iter().map(group) }
                </details>
            }
        </section>
    }
}

fn step(advice: &Advice) -> Html {
    html! { <li>{ advice.text }</li> }
}
