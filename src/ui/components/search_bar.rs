//! The bar in which one looks for something in the log, and chooses which lines are shown.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::line_settings::option;
use crate::console::Query;
use crate::ui::dom;
use crate::words::console as words;

/// What the bar shows, and whom it calls.
pub struct SearchBar {
    /// What is sought.
    pub query: Query,
    /// How the search stands, in words.
    pub state: String,
    /// How many lines around each match are shown; `None` shows all lines.
    pub filter: Option<u64>,
    /// The field, to be focused.
    pub field: NodeRef,
    /// Something else is sought.
    pub on_query: Callback<Query>,
    /// The next match is wanted, or (false) the one before.
    pub on_step: Callback<bool>,
    /// Other lines are wanted.
    pub on_filter: Callback<Option<u64>>,
    /// Enough sought.
    pub on_close: Callback<()>,
}

/// What can be chosen: key, label, lines around a match.
const FILTERS: [(&str, &str, Option<u64>); 4] = [
    ("all", words::filter::ALL, None),
    ("0", words::filter::MATCHES, Some(0)),
    ("2", words::filter::WITH_2, Some(2)),
    ("5", words::filter::WITH_5, Some(5)),
];

/// See the module.
pub fn search_bar(bar: &SearchBar) -> Html {
    let query = &bar.query;
    let typed = {
        let query = query.clone();
        bar.on_query.reform(move |event: InputEvent| Query { text: dom::typed(&event), ..query.clone() })
    };
    let keys = {
        let (on_step, on_close) = (bar.on_step.clone(), bar.on_close.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                on_step.emit(!event.shift_key());
            }
            "Escape" => {
                event.prevent_default();
                on_close.emit(());
            }
            _ => {}
        })
    };
    let toggle = |face: &'static str,
                  title: &'static str,
                  testid: &'static str,
                  is_on: bool,
                  toggled: Query| {
        html! {
            <button type="button" class="toggle" {title} aria-label={title} aria-pressed={is_on.to_string()}
                    data-testid={testid} onclick={bar.on_query.reform(move |_: MouseEvent| toggled.clone())}>
                { face }
            </button>
        }
    };
    let step = |face: Icon, title: &'static str, testid: &'static str, forward: bool| {
        html! {
            <button type="button" class="button button--quiet button--icon" {title} aria-label={title} data-testid={testid}
                    onclick={bar.on_step.reform(move |_: MouseEvent| forward)}>
                { icon(face) }
            </button>
        }
    };
    let chosen = bar.on_filter.reform(|event: Event| {
        let key = dom::chosen(&event);
        FILTERS.iter().find(|(known, ..)| *known == key).and_then(|(_, _, filter)| *filter)
    });
    html! {
        <div class="search" role="search" onkeydown={keys} data-testid="search">
            <div class="search__field">
                <input ref={bar.field.clone()} class="field" type="text" autocomplete="off" autocapitalize="off"
                       spellcheck="false" placeholder={words::FIND_IN_LOG} aria-label={words::FIND_IN_LOG}
                       value={query.text.clone()} oninput={typed} data-testid="search-input" />
                { toggle("Aa", words::MIND_CASE, "search-case", query.minds_case,
                         Query { minds_case: !query.minds_case, ..query.clone() }) }
                { toggle("ab", words::WHOLE_WORDS, "search-words", query.whole_words,
                         Query { whole_words: !query.whole_words, ..query.clone() }) }
                { toggle(".*", words::AS_PATTERN, "search-pattern", query.is_pattern,
                         Query { is_pattern: !query.is_pattern, ..query.clone() }) }
            </div>
            <span class="search__state" role="status" data-testid="search-state">{ &bar.state }</span>
            { step(Icon::Up, words::MATCH_BEFORE, "search-before", false) }
            { step(Icon::Down, words::NEXT_MATCH, "search-next", true) }
            <select class="field search__filter" aria-label={words::ONLY_MATCHES_WHAT} title={words::ONLY_MATCHES_WHAT}
                    onchange={chosen} data-testid="filter">
                { for FILTERS.iter().map(|&(key, label, filter)| option(key, label, filter == bar.filter)) }
            </select>
            <button type="button" class="button button--quiet button--icon" title={words::CLOSE_SEARCH}
                    aria-label={words::CLOSE_SEARCH} data-testid="search-close"
                    onclick={bar.on_close.reform(|_: MouseEvent| ())}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
