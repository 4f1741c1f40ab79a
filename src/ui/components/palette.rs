//! The palette: everything that the page can do, found by typing.

use std::rc::Rc;

use yew::prelude::*;

use super::command_line::impact;
use crate::ui::actions::{Action, matching};
use crate::ui::dom;
use crate::words::actions as words;

/// Properties of [`Palette`].
#[derive(Clone, PartialEq, Properties)]
pub struct PaletteProps {
    /// What can be done.
    pub actions: Rc<Vec<Action>>,
    /// This was chosen, by its place.
    pub on_choose: Callback<Action>,
}

/// See the module.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let (typed, active) = (use_state_eq(String::new), use_state_eq(|| 0_usize));
    let found = matching(props.actions.iter().map(|action| action.label.as_str()), &typed);
    let count = found.len();
    let at = (*active).min(count.saturating_sub(1));
    use_effect_with(at, |at| dom::show(&format!("#palette-{at}")));

    let oninput = {
        let (typed, active) = (typed.clone(), active.clone());
        Callback::from(move |event: InputEvent| {
            typed.set(dom::typed(&event));
            active.set(0);
        })
    };
    let choose = {
        let (actions, on_choose) = (Rc::clone(&props.actions), props.on_choose.clone());
        move |place: Option<&usize>| {
            if let Some(action) = place.and_then(|place| actions.get(*place)) {
                on_choose.emit(action.clone());
            }
        }
    };
    let onkeydown = {
        let (active, found, choose) = (active.clone(), found.clone(), choose.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" if at + 1 < found.len() => active.set(at + 1),
                "ArrowDown" => active.set(0),
                "ArrowUp" => active.set(at.checked_sub(1).unwrap_or(found.len().saturating_sub(1))),
                "Enter" => choose(found.get(at)),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let option = |(row, place): (usize, &usize)| {
        let Some(action) = props.actions.get(*place) else { return Html::default() };
        let is_active = row == at;
        let onclick = {
            let (choose, place) = (choose.clone(), *place);
            Callback::from(move |_: MouseEvent| choose(Some(&place)))
        };
        html! {
            <li id={format!("palette-{row}")} role="option" aria-selected={is_active.to_string()}
                class={classes!("offer", is_active.then_some("offer--active"))} {onclick} data-testid="palette-action">
                <span class="offer__label">{ &action.label }</span>
                { impact(action.impact) }
                if let Some(keys) = &action.keys {
                    <kbd>{ keys.to_string() }</kbd>
                }
            </li>
        }
    };
    html! {
        <>
            <input class="field palette__input" type="text" role="combobox" aria-label={words::TITLE} placeholder={words::PLACEHOLDER}
                   aria-autocomplete="list" aria-expanded="true" aria-controls="palette-list" autocomplete="off" spellcheck="false"
                   aria-activedescendant={(count > 0).then(|| format!("palette-{at}"))} autofocus=true
                   value={(*typed).clone()} {oninput} {onkeydown} data-testid="palette-input" />
            <ul id="palette-list" class="palette__list" role="listbox" aria-label={words::TITLE}>
                { for found.iter().enumerate().map(option) }
            </ul>
            if count == 0 {
                <p class="muted palette__nothing" role="status">{ words::NOTHING }</p>
            }
        </>
    }
}
