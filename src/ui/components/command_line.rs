//! A line to type commands into.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::option;
use crate::session::LineEnding;
use crate::ui::dom;
use crate::words::page::console as words;

/// Lines kept for the arrow keys.
const MOST_KEPT: usize = 200;

/// Properties of [`CommandLine`].
#[derive(Clone, PartialEq, Properties)]
pub struct CommandLineProps {
    /// Why nothing can be sent; `None` when it can.
    pub disabled_because: Option<AttrValue>,
    /// What ends each line.
    pub line_ending: LineEnding,
    /// Another line end was chosen.
    pub on_line_ending: Callback<LineEnding>,
    /// A line was typed.
    pub on_send: Callback<String>,
}

/// See the module.
#[component]
pub fn CommandLine(props: &CommandLineProps) -> Html {
    let text = use_state_eq(String::new);
    let kept = use_mut_ref(Vec::<String>::new);
    // Place in `kept` of the line on show; its length for the new one.
    let place = use_mut_ref(|| 0_usize);
    let is_disabled = props.disabled_because.is_some();

    let submit = {
        let (text, kept, place, on_send) = (text.clone(), kept.clone(), place.clone(), props.on_send.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if is_disabled {
                return;
            }
            let mut kept = kept.borrow_mut();
            if !text.is_empty() && kept.last() != Some(&*text) {
                kept.push((*text).clone());
                if kept.len() > MOST_KEPT {
                    kept.remove(0);
                }
            }
            *place.borrow_mut() = kept.len();
            // An empty line is sent too: boards answer to it.
            on_send.emit((*text).clone());
            text.set(String::new());
        })
    };
    let keys = {
        let (text, kept, place) = (text.clone(), kept, place);
        Callback::from(move |event: KeyboardEvent| {
            let kept = kept.borrow();
            let mut place = place.borrow_mut();
            *place = match event.key().as_str() {
                "ArrowUp" if *place > 0 => *place - 1,
                "ArrowDown" if *place < kept.len() => *place + 1,
                _ => return,
            };
            event.prevent_default();
            text.set(kept.get(*place).cloned().unwrap_or_default());
        })
    };
    let typed = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| text.set(dom::typed(&event)))
    };
    let ending = props.line_ending;
    let chosen_ending = props
        .on_line_ending
        .reform(move |event: Event| LineEnding::from_key(&dom::chosen(&event)).unwrap_or(ending));
    let placeholder = props.disabled_because.clone().unwrap_or(AttrValue::Static(words::TYPE_COMMAND));
    html! {
        <form class="command" onsubmit={submit}>
            <span class="command__prompt" aria-hidden="true">{ ">" }</span>
            <input class="command__input" type="text" aria-label={words::COMMAND} autocomplete="off"
                   autocapitalize="off" spellcheck="false" {placeholder} disabled={is_disabled}
                   value={(*text).clone()} oninput={typed} onkeydown={keys} data-testid="command-input" />
            <select class="field command__ending" aria-label={words::LINE_END} title={words::LINE_END_WHAT}
                    onchange={chosen_ending} data-testid="line-ending">
                { for LineEnding::ALL.iter().map(|&one| option(one.key(), one.label(), one == ending)) }
            </select>
            <button type="submit" class="button" disabled={is_disabled} data-testid="send-button"
                    title={props.disabled_because.clone()}>
                { icon(Icon::Send) }{ words::SEND }
            </button>
        </form>
    }
}
