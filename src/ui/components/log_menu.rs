//! The menu in which one chooses how the log is shown, copied and saved.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::option;
use super::menu::Menu;
use crate::console::{Highlight, Preferences, Times};
use crate::ui::dom;
use crate::words::console as words;

/// What the menu shows, and whom it calls.
pub struct LogMenu {
    /// What is kept.
    pub preferences: Preferences,
    /// Whether repeats are shown as one row.
    pub collapses: bool,
    /// Whether bytes are shown as numbers.
    pub is_hex: bool,
    /// How many rows are selected.
    pub selected_count: u64,
    /// Other preferences are wanted.
    pub on_preferences: Callback<Preferences>,
    /// Repeats are to be one row, or no longer.
    pub on_collapse: Callback<bool>,
    /// Bytes are to be numbers, or no longer.
    pub on_hex: Callback<bool>,
    /// Something is to be done.
    pub on_command: Callback<LogCommand>,
}

/// What can be done with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogCommand {
    /// Copy what is selected.
    CopySelection,
    /// Save what is selected.
    SaveSelection,
    /// Save what is shown, as text.
    SaveText,
    /// Save every byte.
    SaveBytes,
    /// Save every byte with its time.
    SaveRecording,
}

/// See the module.
pub fn log_menu(menu: &LogMenu) -> Html {
    let wanted = &menu.preferences;
    let timed = {
        let wanted = wanted.clone();
        menu.on_preferences.reform(move |event: Event| {
            let times = Times::from_key(&dom::chosen(&event)).unwrap_or(wanted.times);
            Preferences { times, ..wanted.clone() }
        })
    };
    let with_times = {
        let wanted = wanted.clone();
        menu.on_preferences
            .reform(move |event: Event| Preferences { copies_times: dom::ticked(&event), ..wanted.clone() })
    };
    let check = |label: &'static str, testid: &'static str, is_on: bool, onchange: Callback<Event>| {
        html! {
            <label class="form__check">
                <input type="checkbox" checked={is_on} {onchange} data-testid={testid} /><span>{ label }</span>
            </label>
        }
    };
    let command = |label: &'static str, testid: &'static str, command: LogCommand| {
        html! {
            <button type="button" class="menu__item" data-testid={testid}
                    onclick={menu.on_command.reform(move |_: MouseEvent| command)}>
                { label }
            </button>
        }
    };
    let face = html! { <>{ icon(Icon::Settings) }<span class="wide">{ words::VIEW }</span></> };
    html! {
        <Menu {face} label={words::VIEW_WHAT} class="button--small" has_chevron=false at_end=true testid="log-menu">
            <div class="form log-menu">
                <label class="form__row">
                    <span>{ words::TIMES }</span>
                    <select class="field" onchange={timed} data-testid="log-times">
                        { for Times::ALL.iter().map(|&times| option(times.key(), label(times), times == wanted.times)) }
                    </select>
                </label>
                { check(words::COPIES_TIMES, "copies-times", wanted.copies_times, with_times) }
                { check(words::COLLAPSE, "collapse", menu.collapses,
                        menu.on_collapse.reform(|event: Event| dom::ticked(&event))) }
                { check(words::AS_NUMBERS, "hex", menu.is_hex, menu.on_hex.reform(|event: Event| dom::ticked(&event))) }
                <p class="form__title">{ words::HIGHLIGHTS }</p>
                // In an element of their own: the field below must stay the same when one more comes.
                <div class="log-menu__highlights">
                    { for (0..wanted.highlights.len()).map(|index| highlight(menu, index)) }
                </div>
                if wanted.highlights.len() < Highlight::MOST {
                    <input class="field" type="text" autocomplete="off" placeholder={words::ADD_HIGHLIGHT}
                           aria-label={words::ADD_HIGHLIGHT} onchange={added(menu)} data-testid="highlight-input" />
                }
            </div>
            if menu.selected_count > 0 {
                <p class="form__title">{ words::selected(menu.selected_count) }</p>
                { command(words::COPY_SELECTION, "copy-selection", LogCommand::CopySelection) }
                { command(words::SAVE_SELECTION, "save-selection", LogCommand::SaveSelection) }
            } else {
                <p class="menu__note">{ words::SELECT_HOW }</p>
            }
            { command(words::SAVE_TEXT, "save-text", LogCommand::SaveText) }
            { command(words::SAVE_BYTES, "save-bytes", LogCommand::SaveBytes) }
            { command(words::SAVE_RECORDING, "save-recording", LogCommand::SaveRecording) }
        </Menu>
    }
}

const fn label(times: Times) -> &'static str {
    match times {
        Times::Arrival => words::times::ARRIVAL,
        Times::Firmware => words::times::FIRMWARE,
        Times::SinceBefore => words::times::SINCE_BEFORE,
        Times::None => words::times::NONE,
    }
}

fn highlight(menu: &LogMenu, index: usize) -> Html {
    let Some(Highlight { text, colour }) = menu.preferences.highlights.get(index) else {
        return Html::default();
    };
    // Stopped, so that the menu stays open.
    let change = |change: fn(&mut Vec<Highlight>, usize)| {
        let wanted = menu.preferences.clone();
        menu.on_preferences.reform(move |event: MouseEvent| {
            event.stop_propagation();
            let mut wanted = wanted.clone();
            change(&mut wanted.highlights, index);
            wanted
        })
    };
    let recoloured = change(|highlights, index| {
        if let Some(highlight) = highlights.get_mut(index) {
            highlight.colour = (highlight.colour + 1) % Highlight::COLOURS;
        }
    });
    let removed = change(|highlights, index| drop(highlights.remove(index)));
    html! {
        <div class="form__row" data-testid="highlight">
            <button type="button" class="log-menu__text" title={words::ANOTHER_COLOUR} onclick={recoloured}>
                <mark class={format!("highlight highlight-{colour}")}>{ text }</mark>
            </button>
            <button type="button" class="button button--quiet button--icon" title={words::REMOVE_HIGHLIGHT}
                    aria-label={words::REMOVE_HIGHLIGHT} onclick={removed}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}

/// A new one takes the next colour.
fn added(menu: &LogMenu) -> Callback<Event> {
    let wanted = menu.preferences.clone();
    menu.on_preferences.reform(move |event: Event| {
        let mut wanted = wanted.clone();
        let text = dom::changed(&event);
        dom::clear(&event);
        if !text.is_empty() && !wanted.highlights.iter().any(|known| known.text == text) {
            let colour = wanted.highlights.last().map_or(0, |last| (last.colour + 1) % Highlight::COLOURS);
            wanted.highlights.push(Highlight { text, colour });
        }
        wanted
    })
}
