//! Toit on the ESP32: the heap report, which is printed when memory runs out or when a program asks.
//!
//! Source: toitlang/toit at 37337db07688, src/os_esp32.cc:733-849 (the table), src/interpreter.cc:105-128 (when).
//!
//! # Grammar
//!
//! ```text
//! report = start [ border ] [ header ] [ border ] row* [ border ] total
//! start  = "Heap report @ " MARKER ":" | "Heap report:"
//! row    = bar BYTES bar COUNT bar NAME bar           bar: "│", before v2.0.0-alpha.22 "|"
//! total  = "Total: " n " bytes in " n " allocations (" n "%)" [ ", largest free " n "k, total free " n "k" ]
//! ```
//!
//! A row whose number stands one blank before its bar is a part of the row above it (a process, or before
//! alpha.118 the tables of the garbage collector); others stand three blanks before.
//!
//! The layouts L0 to L5 are told apart by their rows, not by a version. Here are L1 (v0.16.0 – alpha.21) to L5
//! (alpha.147 –); L0 and the boxes of single pages are not read yet.
//!
//! # Arithmetic (os_esp32.cc:747-795)
//!
//! The total's bytes are the sum of the top rows. Its allocations are the sum of their counts, but for
//! `heap overhead` and, where they are top rows, `heap metadata` and `spare new-space`. The percentage is of the
//! heap regions that Toit may use, not of the chip's memory. `k` figures are bytes >> 10.

mod message;
mod payload;
mod snapshot;
mod ubjson;

use crate::dialect::scan::number_after;
use crate::dialect::{Board, Dialect, Event, EventKind, Info, Line, LineRange, Output, Report, Sign, What};
use crate::heap::{Amount, Category, Figure, Figures};

static INFO: Info = Info { id: "toit", name: "Toit", commands: &[] };

/// Other tasks may log between the lines of a report; after so many it is given up.
const MAX_FOREIGN_LINES: u32 = 50;

/// The longest report: 18 top rows and 10 processes. More rows belong to something else.
const MAX_ROWS: usize = 100;

/// Rows that are not counted among the allocations.
const UNCOUNTED: [&str; 3] = ["heap overhead", "heap metadata", "spare new-space"];

/// Reads Toit's log.
#[derive(Default)]
pub struct Toit {
    board: Board,
    table: Option<Table>,
    messages: message::Messages,
    snapshots: snapshot::Snapshots,
}

/// A report as far as it came.
struct Table {
    first_line: u64,
    last_line: u64,
    marker: Option<String>,
    rows: Vec<Category>,
    damaged_rows: u32,
    foreign_lines: u32,
    total: Option<Total>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Total {
    bytes: u64,
    allocations: u64,
    percent: u64,
    /// Largest free block and all free memory, in KB.
    free: Option<(u64, u64)>,
}

impl Dialect for Toit {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn board(&self) -> Option<&Board> {
        Some(&self.board)
    }

    fn is_inside_report(&self) -> bool {
        self.table.is_some() || self.messages.is_inside()
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        if self.messages.line(line, &mut self.board, output) {
            return;
        }
        let text = line.text.trim();
        if let Some(marker) = read_start(text) {
            self.close(output);
            // No other firmware prints these words; but a report may be pasted into another's log.
            (0..3).for_each(|_| output.sign(Sign::Hint));
            self.table = Some(Table::begin(line.number, marker));
            if let Some(event) = marker.and_then(out_of_memory) {
                output.find(LineRange::one(line.number), None, What::Event(event));
            }
        } else if let Some(table) = &mut self.table {
            if table.takes(line.number, line.text) {
                if table.total.is_some() || table.rows.len() > MAX_ROWS {
                    self.close(output);
                }
            } else {
                self.close(output);
            }
        }
        if let Some(event) = process_out_of_memory(text) {
            output.find(LineRange::one(line.number), None, What::Event(event));
        }
        if let Some(version) = read_version(text) {
            self.board.version = Some(version.to_owned());
            output.sign(Sign::Banner);
            let event = Event::new(EventKind::Restart, format!("Toit {version} started"));
            output.find(LineRange::one(line.number), None, What::Event(event));
        }
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.messages.finish(&mut self.board, output);
        self.close(output);
    }

    fn forget(&mut self) {
        *self = Toit { snapshots: std::mem::take(&mut self.snapshots), ..Toit::default() };
    }

    fn take_symbols(&mut self, file: &[u8]) -> Option<String> {
        self.snapshots.take(file)
    }

    fn name(&self, what: &mut What) {
        self.snapshots.name(what);
    }
}

impl Toit {
    /// Hands out the report as far as it came. A start with nothing behind it is no report.
    fn close(&mut self, output: &mut Output<'_>) {
        let Some(table) = self.table.take() else { return };
        if table.rows.is_empty() && table.total.is_none() && table.damaged_rows == 0 {
            return;
        }
        let lines = LineRange { first: table.first_line, last: table.last_line };
        output.find(lines, None, What::Report(Box::new(table.report())));
    }
}

/// The marker of a report that begins here; the inner `None` is a report without one.
fn read_start(text: &str) -> Option<Option<&str>> {
    let rest = text.strip_prefix("Heap report")?;
    if rest == ":" {
        return Some(None);
    }
    Some(Some(rest.strip_prefix(" @ ")?.strip_suffix(':')?))
}

/// `[toit] INFO: starting <v2.0.0-alpha.189>`
fn read_version(text: &str) -> Option<&str> {
    // Every line of every log comes by here: look for the rare character first.
    let at = memchr::memchr(b'<', text.as_bytes())?;
    let (before, version) = text.split_at(at);
    before.ends_with("[toit] INFO: starting ").then_some(version[1..].split_once('>')?.0)
}

/// The marker that the virtual machine sets itself (interpreter.cc:115-118). A program's own is another text.
fn out_of_memory(marker: &str) -> Option<Event> {
    let reason = marker.strip_prefix("out of memory")?;
    if !reason.is_empty() && !reason.starts_with(" in ") {
        // A program's own words.
        return None;
    }
    let text = match reason.strip_prefix(" in ") {
        Some(what) => format!("An allocation failed after two garbage collections, in {what}"),
        None => "An allocation failed after two garbage collections".to_owned(),
    };
    Some(Event::new(EventKind::OutOfMemory, text))
}

/// What hosts print, and a device before it restarts: `Out of memory in system process; restarting …`,
/// `Out of memory process 3: <uuid>.` (src/os_posix.cc:229, src/os_win.cc:394, src/os_esp32.cc:509-524).
fn process_out_of_memory(text: &str) -> Option<Event> {
    let rest = text.strip_prefix("Out of memory ")?;
    let rest = rest.strip_prefix("in ").unwrap_or(rest);
    let is_known = rest.starts_with("system process;") || rest.starts_with("process ");
    is_known.then(|| Event::new(EventKind::OutOfMemory, text))
}

impl Table {
    fn begin(line: u64, marker: Option<&str>) -> Self {
        Table {
            first_line: line,
            last_line: line,
            marker: marker.map(str::to_owned),
            rows: Vec::new(),
            damaged_rows: 0,
            foreign_lines: 0,
            total: None,
        }
    }

    /// Takes the next line. False when the report cannot go on here.
    fn takes(&mut self, number: u64, line: &str) -> bool {
        let text = line.trim();
        if let Some(total) = read_total(text) {
            self.total = Some(total);
        } else if let Some(cells) = split_row(text) {
            match read_row(cells) {
                Some(row) => self.rows.push(row),
                // The header has words for numbers; a row with digits that cannot be read was damaged.
                None if text.bytes().any(|byte| byte.is_ascii_digit()) => self.damaged_rows += 1,
                None => {}
            }
        } else if !text.is_empty() && !is_border(text) {
            self.foreign_lines += 1;
            return self.foreign_lines <= MAX_FOREIGN_LINES;
        } else {
            return true;
        }
        self.last_line = number;
        true
    }

    fn report(self) -> Report {
        let problems = self.problems();
        let mut figures = Figures::default();
        if let Some(total) = self.total {
            figures.set(Figure::Used, Amount::exact(total.bytes));
            figures.set(Figure::Allocations, Amount::exact(total.allocations));
            figures.set(Figure::UsedPercent, Amount::exact(total.percent));
            if let Some((largest, free)) = total.free {
                figures.set(Figure::LargestFreeBlock, Amount::kib_truncated(largest));
                figures.set(Figure::Free, Amount::kib_truncated(free));
            }
        }
        let extras = self
            .marker
            .iter()
            .map(|marker| ("marker", crate::dialect::Extra::Text(marker.clone())))
            .collect();
        let title = match &self.marker {
            Some(marker) => format!("Toit heap report: {marker}"),
            None => "Toit heap report".into(),
        };
        Report {
            complete: problems.is_empty(),
            problems,
            figures,
            categories: self.rows,
            extras,
            ..Report::new("heap_report", title)
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.damaged_rows > 0 {
            problems.push(format!("{} of its rows cannot be read.", self.damaged_rows));
        }
        let Some(total) = self.total else {
            problems.push("It was cut off: the total is missing.".into());
            return problems;
        };
        let top = || self.rows.iter().filter(|row| !row.is_part_of_previous);
        let bytes = top().fold(0_u64, |sum, row| sum.saturating_add(row.bytes));
        let counted = top().filter(|row| !UNCOUNTED.contains(&row.name.as_str()));
        let allocations = counted.fold(0_u64, |sum, row| sum.saturating_add(row.count));
        if bytes != total.bytes {
            problems.push(format!("Its rows have {bytes} bytes, its total says {}.", total.bytes));
        } else if allocations != total.allocations {
            problems.push(format!(
                "Its rows have {allocations} allocations, its total says {}.",
                total.allocations
            ));
        }
        problems
    }
}

/// `Total: %d bytes in %d allocations (%d%%), largest free %dk, total free %dk`
fn read_total(text: &str) -> Option<Total> {
    let unsigned = |number: i64| u64::try_from(number).ok();
    let (bytes, rest) = number_after(text, "Total: ")?;
    let (allocations, rest) = number_after(rest, " bytes in ")?;
    let (percent, rest) = number_after(rest, " allocations (")?;
    let free = || {
        let (largest, rest) = number_after(rest, "%), largest free ")?;
        let (free, _) = number_after(rest, "k, total free ")?;
        Some((unsigned(largest)?, unsigned(free)?))
    };
    Some(Total {
        bytes: unsigned(bytes)?,
        allocations: unsigned(allocations)?,
        percent: unsigned(percent)?,
        free: free(),
    })
}

/// The three cells between the bars.
fn split_row(text: &str) -> Option<[&str; 3]> {
    let is_bar = |character| character == '│' || character == '|';
    let inner = text.strip_prefix(is_bar)?.strip_suffix(is_bar)?;
    let mut cells = inner.split(is_bar);
    let row = [cells.next()?, cells.next()?, cells.next()?];
    cells.next().is_none().then_some(row)
}

fn read_row([bytes, count, name]: [&str; 3]) -> Option<Category> {
    Some(Category {
        name: name.trim().to_owned(),
        bytes: bytes.trim().parse().ok()?,
        count: count.trim().parse().ok()?,
        // "│ %7d   │" is a row, "│   %7d │" a part of the one above (os_esp32.cc:757-783).
        is_part_of_previous: bytes.len() - bytes.trim_end().len() == 1,
    })
}

fn is_border(text: &str) -> bool {
    text.chars()
        .all(|character| matches!(character, '─' | '┌' | '┬' | '┐' | '├' | '┼' | '┤' | '└' | '┴' | '┘'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Finding, Reader};

    fn reports(log: &str) -> Vec<Report> {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut |_| {}, &mut findings);
        reader.flush(&mut |_| {}, &mut findings);
        let report = |finding: Finding| match finding.what {
            What::Report(report) => Some(*report),
            _ => None,
        };
        findings.into_iter().filter_map(report).collect()
    }

    /// Written by hand in the layout of alpha.118 and later (L5), with the arithmetic of its source.
    const LATEST: &str = "\
Heap report @ out of memory in primitive 3:4:
  ┌───────────┬──────────┬─────────────────────────────────────────────────────┐
  │   Bytes   │  Count   │  Type                                               │
  ├───────────┼──────────┼─────────────────────────────────────────────────────┤
  │   40960   │     12   │  toit processes                                     │
  │     16384 │        4 │    system    0 6cbb5b4b-1f0c-5d93-a2a8-0e9a8d3a9a10 │
  │     24576 │        6 │    current   2 0b52d4f8-66a7-5c6a-9d77-53c0a60a1a55 │
  │    5016   │     25   │  lwip                                               │
  │    7144   │    585   │  heap overhead                                      │
  │   16384   │      1   │  heap metadata                                      │
  │    4096   │      1   │  spare new-space                                    │
  └───────────┴──────────┴─────────────────────────────────────────────────────┘
  Total: 73600 bytes in 37 allocations (30%), largest free 3k, total free 21k
";

    #[test]
    fn the_latest_layout_with_processes() {
        let reports = reports(LATEST);
        let [report] = &reports[..] else { panic!("{reports:?}") };
        assert_eq!(report.problems, [""; 0]);
        assert!(report.complete);
        assert_eq!(report.categories.len(), 7);
        let parts: Vec<_> = report.categories.iter().filter(|row| row.is_part_of_previous).collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].name, "current   2 0b52d4f8-66a7-5c6a-9d77-53c0a60a1a55");
        assert_eq!(report.figures.get(Figure::Free), Some(Amount::kib_truncated(21)));
        assert_eq!(report.figures.get(Figure::LargestFreeBlock), Some(Amount::kib_truncated(3)));
    }

    #[test]
    fn only_the_machines_own_marker_is_a_failure() {
        let failed = |marker: &str| out_of_memory(marker).is_some();
        assert!(failed("out of memory"));
        assert!(failed("out of memory in primitive 3:4"));
        assert!(failed("out of memory in 'stack grow' 64:96"));
        assert!(!failed("out of memory test run"));
        assert!(!failed("after connect"));
        assert!(
            process_out_of_memory("Out of memory in system process; restarting to attempt to recover.")
                .is_some()
        );
        assert!(
            process_out_of_memory("Out of memory process 3: 6cbb5b4b-1f0c-5d93-a2a8-0e9a8d3a9a10.").is_some()
        );
        assert!(process_out_of_memory("Out of memory (lwip)").is_none());
    }

    #[test]
    fn a_missing_row_shows_in_the_sum() {
        let log: String = LATEST.lines().filter(|line| !line.contains("lwip")).collect::<Vec<_>>().join("\n");
        assert_eq!(reports(&log)[0].problems, ["Its rows have 68584 bytes, its total says 73600."]);
    }

    #[test]
    fn a_report_cut_at_its_end() {
        let log = &LATEST[..LATEST.find("  Total").unwrap()];
        let report = &reports(log)[0];
        assert!(!report.complete);
        assert_eq!(report.problems, ["It was cut off: the total is missing."]);
        assert!(report.figures.is_empty());
    }

    #[test]
    fn foreign_lines_inside_do_no_harm() {
        let log = LATEST.replace("  │    5016", "[wifi] DEBUG: connected | ok\n  │    5016");
        assert!(reports(&log)[0].complete);
    }

    #[test]
    fn two_reports_of_which_the_first_is_cut() {
        let cut = &LATEST[..LATEST.find("  │    5016").unwrap()];
        let reports = reports(&format!("{cut}{LATEST}"));
        assert_eq!(reports.iter().map(|report| report.complete).collect::<Vec<_>>(), [false, true]);
    }
}
