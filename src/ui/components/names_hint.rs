//! One quiet sentence where numbers stand for names: which file would give them.
//!
//! Toit prints classes and methods as numbers; the program's snapshot, `<program>.snapshot`, knows their names. The
//! sentence is there only while such numbers are on screen, and goes with the file.

use yew::prelude::*;

use crate::dialect::{Event, Extra, Report};
use crate::recording::Recording;

/// Events are looked at from the last one back, so many of them: this is asked whenever the page is drawn.
const EVENTS_LOOKED_AT: usize = 200;

/// See the module. `report` is the one on screen, if one is.
pub fn names_hint(recording: &Recording, report: Option<&Report>) -> Html {
    let events = recording.events().iter().rev().take(EVENTS_LOOKED_AT);
    let program = report.and_then(program_of_report);
    match program.or_else(|| events.map(|dated| &dated.event).find_map(program_of_event)) {
        Some(program) => html! {
            <p class="muted" data-testid="names-hint">
                { crate::words::page::common::drop_snapshot(program) }
            </p>
        },
        None => Html::default(),
    }
}

/// Whose names are missing in a report.
fn program_of_report(report: &Report) -> Option<&str> {
    let is_missing = report.categories.iter().any(|row| begins_with_number(&row.name, "class "))
        || report.extras.iter().any(|(_, value)| match value {
            Extra::List(texts) => {
                texts.iter().any(|text| text.contains(" bci ") || begins_with_number(text, "method "))
            }
            Extra::Text(text) => has_numbered_class(text),
            _ => false,
        });
    is_missing.then(|| program(&report.extras)).flatten()
}

/// Whose names are missing in what the page shows of an event: its text.
fn program_of_event(event: &Event) -> Option<&str> {
    has_numbered_class(&event.text).then(|| program(&event.extras)).flatten()
}

fn has_numbered_class(text: &str) -> bool {
    text.contains("instance of class ")
}

fn begins_with_number(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// A table that was decoded already, or that the machine of the first releases printed, does not say which program's.
fn program<'a>(extras: &'a [(&'static str, Extra)]) -> Option<&'a str> {
    extras.iter().find_map(|(name, value)| match value {
        Extra::Text(program) if *name == "program" => Some(program.as_str()),
        _ => None,
    })
}
