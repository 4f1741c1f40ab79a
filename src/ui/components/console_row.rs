//! One row of the console: a line of the log, a mark between lines, the line that has not ended yet, or bytes.

use yew::prelude::*;

use crate::console::{Colour, HexRow, Level, LineRow, Piece, PieceMark, Style};
use crate::dialect::EventKind;
use crate::recording::MarkKind;
use crate::words::console as words;

/// A row, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum ConsoleRow {
    /// A line.
    Line {
        /// Its number, from 0.
        number: u64,
        /// What it says and when.
        row: LineRow,
        /// What was read from it.
        margin: Option<Margin>,
        /// Whether it is evidence that was clicked.
        is_marked: bool,
        /// How many lines behind it say the same and are not shown.
        repeats: u32,
        /// Whether lines before it are left out.
        is_apart: bool,
    },
    /// A mark.
    Mark {
        /// When; `None` where there is no column of times.
        time: Option<String>,
        /// What kind.
        kind: MarkKind,
        /// One sentence.
        text: String,
    },
    /// The line that has not ended yet.
    Unfinished {
        /// Whether there is a column of times.
        has_times: bool,
        /// Its text so far.
        text: Vec<Piece>,
    },
    /// Bytes.
    Hex(HexRow),
}

/// What was read from a line: the sign in its margin, and the sentence behind that.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// The sign.
    pub sign: Sign,
    /// What it means here.
    pub title: String,
}

/// A sign in the margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Figures of the chart.
    Figures,
    /// Part of a report.
    Report,
    /// Something happened.
    Event(EventKind),
}

/// The row as HTML.
pub fn console_row(row: &ConsoleRow, is_selected: bool) -> Html {
    let selected = is_selected.then_some("line--selected");
    match row {
        ConsoleRow::Line { number, row, margin, is_marked, repeats, is_apart } => {
            let class = classes!(
                "line",
                margin.as_ref().map(|margin| sign_class(margin.sign)),
                row.level.and_then(level_class),
                is_marked.then_some("line--marked"),
                is_apart.then_some("line--apart"),
                selected
            );
            html! {
                <div {class} data-testid="console-line" data-line={number.to_string()}>
                    { margin_of(margin.as_ref()) }
                    if let Some(time) = &row.time {
                        <span class="line__time">{ pieces(time) }</span>
                    }
                    <span class="line__text">
                        { pieces(&row.text) }
                        if row.hidden_bytes > 0 {
                            <span class="line__more">{ words::more_bytes(row.hidden_bytes) }</span>
                        }
                    </span>
                    if *repeats > 0 {
                        <span class="line__repeats" data-testid="repeats">
                            { words::times_in_a_row(u64::from(*repeats) + 1) }
                        </span>
                    }
                </div>
            }
        }
        ConsoleRow::Mark { time, kind, text } => {
            let kind = match kind {
                MarkKind::Gap => Some("line--gap"),
                MarkKind::Sent => Some("line--sent"),
                MarkKind::Connection | MarkKind::Unanswered | MarkKind::Answered => None,
            };
            html! {
                <div class={classes!("line", "line--mark", kind, selected)} data-testid="console-mark">
                    { margin_of(None) }
                    if let Some(time) = time {
                        <span class="line__time">{ time }</span>
                    }
                    <span class="line__text">{ text }</span>
                </div>
            }
        }
        ConsoleRow::Unfinished { has_times, text } => html! {
            <div class={classes!("line", "line--unfinished", selected)} data-testid="console-unfinished">
                { margin_of(None) }
                if *has_times {
                    <span class="line__time"></span>
                }
                <span class="line__text">{ pieces(text) }</span>
            </div>
        },
        ConsoleRow::Hex(row) => html! {
            <div class={classes!("line", "line--hex", selected)} data-testid="console-hex">
                { margin_of(None) }
                <span class="line__address">{ &row.address }</span>
                <span class="line__numbers">{ &row.numbers }</span>
                <span class="line__text">{ &row.text }</span>
            </div>
        },
    }
}

fn pieces(pieces: &[Piece]) -> Html {
    html! { <>{ for pieces.iter().map(piece) }</> }
}

/// Most pieces have no look: they cost no element.
fn piece(piece: &Piece) -> Html {
    let Piece { text, is_stand_in, style, mark } = piece;
    if !is_stand_in && *style == Style::default() && mark.is_none() {
        return html! { { text } };
    }
    let (fore, back) = (style.foreground, style.background);
    let class = classes!(
        (*style != Style::default()).then_some("look"),
        is_stand_in.then_some("look-stand-in"),
        fore.map(|colour| colour_class("look", colour)),
        back.map(|_| "look--ground"),
        back.map(|colour| colour_class("look-ground", colour)),
        style.is_bold.then_some("look-bold"),
        style.is_underlined.then_some("look-underlined"),
        style.is_inverse.then_some("look-inverse"),
        mark.map(mark_class)
    );
    let (fore, back) = (fore.and_then(given_colour), back.and_then(given_colour));
    match mark {
        Some(_) => html! { <mark {class} data-fore={fore} data-ground={back}>{ text }</mark> },
        None => html! { <span {class} data-fore={fore} data-ground={back}>{ text }</span> },
    }
}

fn colour_class(front: &str, colour: Colour) -> String {
    match colour {
        Colour::Named(place) => format!("{front}-{place}"),
        Colour::Rgb(..) => format!("{front}-given"),
    }
}

/// The colours that no class has, for whoever puts them into the element's style.
fn given_colour(colour: Colour) -> Option<String> {
    match colour {
        Colour::Named(_) => None,
        Colour::Rgb(red, green, blue) => Some(format!("{red} {green} {blue}")),
    }
}

fn mark_class(mark: PieceMark) -> String {
    match mark {
        PieceMark::Current => "found found--current".into(),
        PieceMark::Match => "found".into(),
        PieceMark::Highlight(colour) => format!("highlight highlight-{colour}"),
    }
}

fn margin_of(margin: Option<&Margin>) -> Html {
    html! { <span class="line__margin" title={margin.map(|margin| words::leads_there(&margin.title))}></span> }
}

const fn sign_class(sign: Sign) -> &'static str {
    match sign {
        Sign::Figures => "line--figures",
        Sign::Report => "line--report",
        Sign::Event(EventKind::Restart) => "line--event line--restart",
        Sign::Event(_) => "line--event",
    }
}

const fn level_class(level: Level) -> Option<&'static str> {
    match level {
        Level::Error => Some("line--error"),
        Level::Warning => Some("line--warning"),
        Level::Info => None,
        Level::Debug | Level::Verbose => Some("line--debug"),
    }
}
