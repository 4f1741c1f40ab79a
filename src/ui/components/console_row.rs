//! One row of the console: a line of the log, a mark between lines, or the line that has not ended yet.

use yew::prelude::*;

use crate::format;
use crate::heap::Millis;
use crate::recording::{MarkKind, Trace};
use crate::words::page::console as words;

/// A longer line is cut in the view; the log has all of it.
const MOST_CHARS: usize = 2_000;

/// A row, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum ConsoleRow {
    /// A line.
    Line {
        /// Its number, from 0.
        number: u64,
        /// When it came; `None` where that says nothing.
        at: Option<Millis>,
        /// Its text.
        text: String,
        /// What was read from it.
        trace: Option<Trace>,
        /// Whether it is evidence that was clicked.
        is_marked: bool,
    },
    /// A mark.
    Mark {
        /// When.
        at: Option<Millis>,
        /// What kind.
        kind: MarkKind,
        /// One sentence.
        text: String,
    },
    /// The line that has not ended yet.
    Unfinished {
        /// Its text so far.
        text: String,
    },
}

/// The row as HTML. `place` is its place among all rows.
pub fn console_row(row: &ConsoleRow, place: u64) -> Html {
    match row {
        ConsoleRow::Line { number, at, text, trace, is_marked } => {
            let class = classes!("line", trace.map(trace_class), is_marked.then_some("line--marked"));
            html! {
                <div key={place} {class} data-testid="console-line" data-line={number.to_string()}>
                    { margin(*trace) }{ time(*at) }{ content(text) }
                </div>
            }
        }
        ConsoleRow::Mark { at, kind, text } => {
            let class = match kind {
                MarkKind::Gap => "line line--mark line--gap",
                MarkKind::Sent => "line line--mark line--sent",
                MarkKind::Connection | MarkKind::Unanswered | MarkKind::Answered => "line line--mark",
            };
            html! {
                <div key={place} {class} data-testid="console-mark">
                    { margin(None) }{ time(*at) }<span class="line__text">{ text }</span>
                </div>
            }
        }
        ConsoleRow::Unfinished { text } => html! {
            <div key={place} class="line line--unfinished" data-testid="console-unfinished">
                { margin(None) }{ content(text) }
            </div>
        },
    }
}

fn content(text: &str) -> Html {
    let (shown, hidden_chars) = cut(text);
    html! {
        <span class="line__text">
            { visible(shown) }
            if hidden_chars > 0 {
                <span class="line__more">
                    { words::more_characters(hidden_chars) }
                </span>
            }
        </span>
    }
}

fn time(at: Option<Millis>) -> Html {
    match at {
        Some(at) => html! { <span class="line__time">{ format::clock_offset(at, true) }</span> },
        None => Html::default(),
    }
}

fn margin(trace: Option<Trace>) -> Html {
    html! { <span class="line__margin" title={trace.map(trace_title)}></span> }
}

const fn trace_class(trace: Trace) -> &'static str {
    match trace {
        Trace::Figures => "line--figures",
        Trace::Report => "line--report",
        Trace::Event => "line--event",
    }
}

const fn trace_title(trace: Trace) -> &'static str {
    match trace {
        Trace::Figures => words::FIGURES_HERE,
        Trace::Report => words::REPORT_HERE,
        Trace::Event => words::EVENT_HERE,
    }
}

fn cut(text: &str) -> (&str, usize) {
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
        None => (text, 0),
    }
}

/// Control characters as their pictures: `␀`. Otherwise a line could hide what it says.
fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\t' => '\t',
            '\u{7f}' => '\u{2421}',
            control @ '\0'..'\u{20}' => char::from_u32(0x2400 + control as u32).unwrap_or(control),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_between_characters() {
        let text = "ä".repeat(MOST_CHARS + 7);
        let (shown, hidden) = cut(&text);
        assert_eq!((shown.chars().count(), hidden), (MOST_CHARS, 7));
        assert_eq!(cut("short"), ("short", 0));
    }

    #[test]
    fn control_characters_are_seen() {
        assert_eq!(visible("a\0b\tc\x1b\x7f"), "a␀b\tc␛␡");
    }
}
