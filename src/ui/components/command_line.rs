//! The line to type commands into, with what is offered meanwhile, what is asked before something leaves, and how far
//! it is with several lines or a file.
//!
//! What the keys mean is [`LineEditor`](crate::ui::line_editor::LineEditor)'s to say.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::dialect::Impact;
use crate::session::{HeldSending, LineCheck, Progress, Unit};
use crate::ui::dom;
use crate::ui::line_editor::Choice;
use crate::words::page::console as words;
use crate::words::sending::{self, line};

/// The line itself, for whoever puts the focus there.
pub const INPUT: &str = "#command-input";

/// See the module.
pub struct CommandLine {
    /// Why nothing can be sent; `None` when it can.
    pub disabled_because: Option<AttrValue>,
    /// What stands in the line.
    pub text: AttrValue,
    /// What is to be said of it.
    pub check: LineCheck,
    /// What is offered.
    pub choices: Vec<Choice>,
    /// The active one.
    pub active: Option<usize>,
    /// Whether the history is being searched.
    pub is_searching: bool,
    /// Whether escape sequences are on.
    pub has_escapes: bool,
    /// The line was changed.
    pub on_type: Callback<String>,
    /// A key went down: true if that was all it means.
    pub on_key: Callback<KeyboardEvent, bool>,
    /// Several lines were pasted.
    pub on_paste_lines: Callback<String>,
    /// An offer was clicked.
    pub on_choose: Callback<usize>,
    /// The focus left it.
    pub on_leave: Callback<()>,
    /// Send it.
    pub on_send: Callback<()>,
    /// What stands between the line and its button.
    pub menus: Html,
}

/// See the module.
pub fn command_line(line: CommandLine) -> Html {
    let CommandLine { disabled_because, text, check, choices, active, is_searching, has_escapes, .. } = line;
    let is_disabled = disabled_because.is_some();
    let is_open = !choices.is_empty();
    let onsubmit = {
        let on_send = line.on_send;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_send.emit(());
        })
    };
    let onkeydown = {
        let on_key = line.on_key;
        Callback::from(move |event: KeyboardEvent| {
            if on_key.emit(event.clone()) {
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let onpaste = {
        let on_paste = line.on_paste_lines;
        Callback::from(move |event: Event| {
            // One line goes into the field as ever.
            if let Some(text) = dom::pasted(&event).filter(|text| text.trim_end().contains('\n')) {
                event.prevent_default();
                on_paste.emit(text);
            }
        })
    };
    let placeholder = match (&disabled_because, is_searching) {
        (Some(because), _) => because.clone(),
        (None, true) => AttrValue::Static(line::SEARCHING),
        (None, false) => AttrValue::Static(words::TYPE_COMMAND),
    };
    let said = match (is_searching, check.said) {
        (true, _) if !is_open => Some(line::NOTHING_FOUND.to_owned()),
        (true, _) => None,
        (false, said) => said,
    };
    let said_class = if check.is_refused { "command__said command__said--refused" } else { "command__said" };
    html! {
        <form class="command" {onsubmit}>
            if is_open {
                { offers(&choices, active, is_searching, &line.on_choose) }
            }
            <p id="command-said" class={said_class} role="status" hidden={said.is_none()} data-testid="command-said">{ said }</p>
            <div class="command__row">
                <span class="command__prompt" aria-hidden="true">{ if is_searching { "?" } else { ">" } }</span>
                <input id="command-input" class="command__input" type="text" aria-label={words::COMMAND} autocomplete="off"
                       autocapitalize="off" spellcheck="false" {placeholder} disabled={is_disabled}
                       role="combobox" aria-autocomplete="list" aria-expanded={is_open.to_string()}
                       aria-controls={is_open.then_some("command-offers")}
                       aria-activedescendant={active.filter(|_| is_open).map(|place| format!("command-offer-{place}"))}
                       aria-invalid={check.is_refused.then_some("true")} aria-describedby="command-said"
                       value={text} oninput={line.on_type.reform(|event: InputEvent| dom::typed(&event))}
                       {onkeydown} {onpaste} onblur={line.on_leave.reform(|_: FocusEvent| ())} data-testid="command-input" />
                if has_escapes {
                    <span class="command__badge" title={line::ESCAPES_ARE_ON}>{ line::ESCAPES_ON }</span>
                }
                { line.menus }
                <button type="submit" class="button" disabled={is_disabled || check.is_refused} data-testid="send-button"
                        title={disabled_because}>
                    { icon(Icon::Send) }<span class="command__label">{ words::SEND }</span>
                </button>
            </div>
        </form>
    }
}

fn offers(
    choices: &[Choice],
    active: Option<usize>,
    is_searching: bool,
    on_choose: &Callback<usize>,
) -> Html {
    let option = |(place, choice): (usize, &Choice)| {
        let is_active = active == Some(place);
        let onclick = on_choose.reform(move |_: MouseEvent| place);
        html! {
            <li id={format!("command-offer-{place}")} role="option" aria-selected={is_active.to_string()}
                class={classes!("offer", is_active.then_some("offer--active"))} {onclick} data-testid="command-offer">
                <span class="offer__text">{ &choice.text }<span class="offer__arguments">{ choice.arguments }</span></span>
                { impact(choice.impact) }
                if !choice.about.is_empty() {
                    <span class="offer__about">{ choice.about }</span>
                }
            </li>
        }
    };
    let label = if is_searching { line::FOUND } else { line::OFFERS };
    // The focus must stay in the line while an option is clicked.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <ul id="command-offers" class="offers" role="listbox" aria-label={label} {onmousedown}>
            { for choices.iter().enumerate().map(option) }
        </ul>
    }
}

/// What a command does to the board, if it is more than asking.
pub fn impact(impact: Impact) -> Html {
    let said = match impact {
        Impact::Asks => return Html::default(),
        Impact::Writes => line::WRITES,
        Impact::Interrupts => line::INTERRUPTS,
    };
    html! { <span class="impact">{ icon(Icon::Warning) }{ said }</span> }
}

/// The question before something leaves. `on_answer`: whether it shall.
pub fn held_bar(held: &HeldSending, on_answer: &Callback<bool>) -> Html {
    let onkeydown = {
        let on_answer = on_answer.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                on_answer.emit(false);
            }
        })
    };
    html! {
        <div class="sending sending--held" role="alertdialog" aria-labelledby="sending-question" {onkeydown} data-testid="held">
            <p id="sending-question" class="sending__said">
                if held.has_impact {
                    { icon(Icon::Warning) }
                }
                { &held.question }
            </p>
            if !held.lines.is_empty() {
                <ol class="sending__lines">
                    { for held.lines.iter().map(|line| html! {
                        <li value={line.number.to_string()}>{ &line.text }{ " " }{ impact(line.impact) }</li>
                    }) }
                    if held.more_lines > 0 {
                        <li class="muted">{ line::more_lines(held.more_lines) }</li>
                    }
                </ol>
            }
            <div class="sending__buttons">
                <button id="send-held" type="button" class="button button--primary" data-testid="send-held"
                        onclick={on_answer.reform(|_| true)}>{ line::SEND }</button>
                <button type="button" class="button" data-testid="withdraw-held"
                        onclick={on_answer.reform(|_| false)}>{ line::DO_NOT_SEND }</button>
            </div>
        </div>
    }
}

/// How far it is.
pub fn progress_bar(progress: &Progress, on_stop: Callback<MouseEvent>) -> Html {
    let Progress { name, sent, total, unit } = progress;
    let kind = match unit {
        Unit::Lines => sending::Kind::Lines,
        Unit::Bytes => sending::Kind::Bytes,
    };
    html! {
        <div class="sending" data-testid="sending-progress">
            <p class="sending__said">{ line::progress(name.as_deref(), *sent, *total, kind) }</p>
            <progress class="sending__bar" value={sent.to_string()} max={total.to_string()} aria-label={line::SENDING}></progress>
            <button type="button" class="button" data-testid="stop-sending" onclick={on_stop}>
                { icon(Icon::Stop) }{ line::STOP }
            </button>
        </div>
    }
}
