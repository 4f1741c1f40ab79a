//! Rows of the console as its components want them.

use crate::console::{Change, HEX_ROW_BYTES, HexRow, LogView, Shown, Style, Times, unfinished_row};
use crate::dialect::LineRange;
use crate::format;
use crate::recording::{DatedEvent, Recording, Row, Trace};
use crate::session::Session;
use crate::ui::components::console_row::{ConsoleRow, Margin, Sign};
use crate::ui::virtual_rows::Window;
use crate::words::page::console as words;

/// An event of more lines than this does not mark each line of a report.
const MOST_ALARM_LINES: u64 = 5;

/// The rows of this window: each with its place, and whether it is selected.
pub(super) fn rows(
    session: &Session,
    recording: &Recording,
    view: &LogView,
    marked: Option<LineRange>,
    window: &Window,
) -> Vec<(ConsoleRow, bool)> {
    let log = recording.log();
    let mut looks = Looks::default();
    (window.first..window.end)
        .filter_map(|place| {
            let row = row(session, recording, view, marked, view.shown(log, place)?, &mut looks)?;
            Some((row, view.is_selected(log, place)))
        })
        .collect()
}

/// Looks at the beginnings of lines, of which most follow each other.
#[derive(Default)]
struct Looks {
    /// The line whose look is known.
    next: Option<(u64, Style)>,
}

impl Looks {
    fn at(&mut self, recording: &Recording, view: &LogView, line: u64) -> Style {
        let log = recording.log();
        let style = match self.next {
            Some((next, style)) if next == line => style,
            _ => view.style_at(log, line),
        };
        let behind = log.line_bytes(line).map_or(style, |bytes| Change::of_line(&bytes).after(style));
        self.next = Some((line + 1, behind));
        style
    }
}

fn row(
    session: &Session,
    recording: &Recording,
    view: &LogView,
    marked: Option<LineRange>,
    shown: Shown,
    looks: &mut Looks,
) -> Option<ConsoleRow> {
    let log = recording.log();
    let has_arrivals = recording.source().has_arrivals();
    let wanted = &session.settings().log;
    let has_times = match wanted.times {
        Times::Arrival => has_arrivals,
        Times::Firmware | Times::SinceBefore => true,
        Times::None => false,
    };
    Some(match shown {
        Shown::Log { what: Row::Line(number), repeats, is_apart, .. } => {
            let style = looks.at(recording, view, number);
            let row = view.line_row(recording, number, wanted, style)?;
            let margin = margin(recording, number);
            let is_marked = marked.is_some_and(|lines| lines.contains(number));
            ConsoleRow::Line { number, row, margin, is_marked, repeats, is_apart }
        }
        Shown::Log { what: Row::Mark(index), .. } => {
            let mark = log.marks().get(index)?;
            let time = has_times.then(|| match wanted.times {
                Times::Arrival => format::clock_offset(mark.at, true),
                _ => String::new(),
            });
            ConsoleRow::Mark { time, kind: mark.kind, text: mark.text.clone() }
        }
        Shown::Unfinished => {
            let style = looks.at(recording, view, log.line_count());
            ConsoleRow::Unfinished { has_times, text: unfinished_row(session.partial_line(), style) }
        }
        Shown::Hex(position) => ConsoleRow::Hex(HexRow::new(position, &log.bytes(position, HEX_ROW_BYTES))),
    })
}

/// What was read from the line.
fn margin(recording: &Recording, line: u64) -> Option<Margin> {
    let (sign, title) = match recording.trace_of_line(line)? {
        Trace::Figures => (Sign::Figures, words::FIGURES_HERE.to_owned()),
        Trace::Report => (Sign::Report, words::REPORT_HERE.to_owned()),
        Trace::Event => match event_at(recording, line) {
            Some(event) if !is_shown_by_report(recording, event, line) => {
                (Sign::Event(event.event.kind), event.event.text.clone())
            }
            _ => (Sign::Report, words::REPORT_HERE.to_owned()),
        },
    };
    Some(Margin { sign, title })
}

fn event_at(recording: &Recording, line: u64) -> Option<&DatedEvent> {
    let events = recording.events();
    events.get(events.partition_point(|dated| dated.lines.last < line))
}

/// A long event that is shown by a report (a corrupted heap by its whole dump) would make an alarm of each of its
/// lines: there the report is what one sees.
fn is_shown_by_report(recording: &Recording, event: &DatedEvent, line: u64) -> bool {
    event.lines.last - event.lines.first >= MOST_ALARM_LINES && report_at(recording, line).is_some()
}

/// The report that this line is part of.
pub(super) fn report_at(recording: &Recording, line: u64) -> Option<usize> {
    let reports = recording.reports();
    let index = reports.partition_point(|dated| dated.lines.last < line);
    reports.get(index).filter(|dated| dated.lines.contains(line)).map(|_| index)
}

/// The next line from here on, or the one before, with which something happened or a report begins.
pub(super) fn finding_beside(recording: &Recording, line: u64, forward: bool) -> Option<u64> {
    let events = recording.events().iter().map(|dated| dated.lines.first);
    let reports = recording.reports().iter().map(|dated| dated.lines.first);
    let all = events.chain(reports);
    match forward {
        true => all.filter(|&first| first > line).min(),
        false => all.filter(|&first| first < line).max(),
    }
}
