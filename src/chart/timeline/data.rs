//! Every value of a timeline, row by row, for a file: what the picture and its table leave out is there.
//!
//! One row for each log line that has a value or that something happened at; all metrics, also those that have no line in
//! the picture; the whole recording, whatever part of it is shown. It is handed out in pieces: ten million values are
//! never one text. Numbers are for machines: whole bytes, seconds with three decimals, lines from 1. A value that the
//! firmware cut off is the one that it printed, in bytes, and its row says so.

use std::fmt::Write;

use super::{Axis, Flag, TimelineChart};
use crate::chart::table::csv_cell;
use crate::heap::Unit;
use crate::recording::{Metric, Series};
use crate::words::chart::timeline as words;

/// A piece has about so many characters.
const PIECE_BYTES: usize = 256 * 1_024;

/// The values of a metric that were not written yet.
struct Column<'a> {
    metric: Metric,
    series: &'a Series,
    next: usize,
}

impl Column<'_> {
    fn next_line(&self) -> Option<u64> {
        (self.next < self.series.len()).then(|| self.series.line(self.next))
    }
}

/// Hands out the file, piece by piece.
pub(super) fn write(chart: &TimelineChart<'_>, put: &mut dyn FnMut(&str)) {
    let column = |metric| Column { metric, series: chart.timeline.series(metric), next: 0 };
    let mut columns: Vec<Column<'_>> = Metric::ALL.into_iter().map(column).collect();
    columns.retain(|column| !column.series.is_empty());
    let has_times = chart.options.axis == Axis::Time;
    let mut flags: Vec<&Flag<'_>> = chart.flags.iter().collect();
    crate::heap::order::sort_by_key(&mut flags, |flag| flag.moment.line);
    let mut flags = flags.into_iter().peekable();

    let mut piece = String::new();
    head(&columns, has_times, &mut piece);
    loop {
        let next_value = columns.iter().filter_map(Column::next_line).min();
        let next_flag = flags.peek().map(|flag| flag.moment.line);
        let Some(line) = next_value.into_iter().chain(next_flag).min() else { break };
        let flag = flags.next_if(|flag| flag.moment.line == line);
        row(&mut columns, line, flag, has_times, &mut piece);
        if piece.len() >= PIECE_BYTES {
            put(&piece);
            piece.clear();
        }
    }
    put(&piece);
}

fn head(columns: &[Column<'_>], has_times: bool, piece: &mut String) {
    if has_times {
        piece.push_str(words::TIME_SECONDS);
        piece.push(',');
    }
    piece.push_str(words::LOG_LINE);
    for column in columns {
        let figure = column.metric.figure();
        let label = match figure.unit() {
            Unit::Bytes => words::in_bytes(figure.label()),
            Unit::Percent => words::in_percent(figure.label()),
            Unit::Count => figure.label().to_owned(),
        };
        piece.push(',');
        csv_cell(&label, piece);
    }
    piece.push(',');
    piece.push_str(words::CUT_OFF);
    piece.push(',');
    piece.push_str(words::WHAT_HAPPENED);
    piece.push_str("\r\n");
}

/// A text takes whatever is written into it: what `write!` gives back is always good.
fn row(columns: &mut [Column<'_>], line: u64, flag: Option<&Flag<'_>>, has_times: bool, piece: &mut String) {
    if has_times {
        let mut values = columns.iter().filter(|column| column.next_line() == Some(line));
        let at = values.next().map(|column| column.series.at(column.next));
        let at = at.or(flag.map(|flag| flag.moment.at)).unwrap_or_default();
        let _ = write!(piece, "{}.{:03},", at.0 / 1_000, at.0 % 1_000);
    }
    let _ = write!(piece, "{}", line.saturating_add(1));
    let mut is_cut = false;
    for column in columns {
        piece.push(',');
        // A second value of the same line has a row of its own.
        if column.next_line() == Some(line) {
            let amount = column.series.amount(column.next);
            is_cut |= amount.is_truncated();
            column.next += 1;
            let _ = write!(piece, "{}", amount.at_least());
        }
    }
    piece.push(',');
    if is_cut {
        piece.push_str(words::YES);
    }
    piece.push(',');
    if let Some(flag) = flag {
        csv_cell(&words::happened(flag.kind.label(), flag.text), piece);
    }
    piece.push_str("\r\n");
}
