//! Toit on the ESP32: its heap reports, its failures, and what it says of itself.
//!
//! Source: toitlang/toit at 37337db07688 and its history, toitlang/jaguar at c3c235fa. The grammar stands in the
//! files that read it:
//!
//! | file | what it reads |
//! |---|---|
//! | `table` | the heap report, which is printed when memory runs out or when a program asks |
//! | `layout` | which releases print a report like this |
//! | `pages` | the boxes of single pages below it |
//! | `early` | the heap report before it was a table |
//! | `objects` | the histogram of a process's objects |
//! | `marker`, `primitives` | what the marker of a report says about the failure |
//! | `lines` | single lines: restarts, failures, exceptions, programs that stopped |
//! | `samples` | figures in single lines |
//! | `text` | the pieces that tables are made of, also in wrong encodings |
//!
//! One report is open at a time: a line that begins another ends it. A line in which the firmware starts is nothing
//! else, and ends it too. Lines without text do not count. The largest report that is kept, 256 pages with 800 uses
//! of short names, is less than 150 KB.
//!
//! ```text
//! Heap report @ out of memory in primitive 3:4:      → an event and the beginning of a report
//! ```

mod early;
mod layout;
mod lines;
mod marker;
mod message;
mod objects;
mod pages;
mod payload;
mod primitives;
mod samples;
mod snapshot;
mod table;
mod text;
mod ubjson;

use self::early::Early;
use self::message::Messages;
use self::objects::Objects;
use self::pages::Pages;
use self::snapshot::Snapshots;
use self::table::{Start, Table, Taken};
use crate::dialect::{
    Board, Dialect, End, Event, EventKind, Extra, Front, Info, Line, LineRange, Output, Report, Run, Sequel,
    Sign, UsualRequest, What,
};

static INFO: Info = Info {
    id: "toit",
    name: "Toit",
    commands: &[],
    console: &crate::dialect::Console::PLAIN,
    // The heaps of programs grow by pages; TLS receives records of up to 16 KB (RFC 8446, 5.1).
    requests: &[
        UsualRequest { bytes: 4_096, name: "Toit page" },
        UsualRequest { bytes: 16_384, name: "TLS record" },
    ],
};

/// Reads Toit's log.
#[derive(Default)]
pub struct Toit {
    past: Past,
    open: Option<Open>,
    /// Lines of others since the last one of the open report.
    foreign_lines: u32,
    messages: Messages,
    snapshots: Snapshots,
}

/// What earlier lines said that later ones need.
#[derive(Debug, Default)]
struct Past {
    board: Board,
    /// Toit's heap lies in external RAM.
    has_heap_in_psram: bool,
    /// A line that only Toit or Jaguar prints was there: of those that say who speaks, or a report for lack of memory.
    has_spoken: bool,
    /// The line in which an allocation of so many bytes failed for the first time.
    request: Option<(u64, u64)>,
}

/// A report that is being printed.
enum Open {
    Table(Table),
    Pages(Pages),
    Early(Early),
    Objects(Objects),
}

impl Dialect for Toit {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn board(&self) -> Option<&Board> {
        // A boot line knows better than a message, which names the release that its program was compiled with.
        Some(match self.past.board.version {
            Some(_) => &self.past.board,
            None => self.messages.board(),
        })
    }

    fn is_inside_report(&self) -> bool {
        // A row without a beginning may be any table's.
        let has_begun = |open: &Open| !matches!(open, Open::Table(table) if table.lacks_start());
        self.messages.is_inside() || self.open.as_ref().is_some_and(has_begun)
    }

    fn goes_on(&mut self, number: u64, rest: &str) -> Run {
        let (run, has_rows) = match &mut self.open {
            Some(Open::Table(table)) if !self.messages.is_inside() => table.goes_on(number, rest),
            _ => return Run::default(),
        };
        if has_rows {
            self.foreign_lines = 0;
        }
        run
    }

    fn line(&mut self, line: &Line<'_>, output: &mut Output<'_>) -> bool {
        self.take(line, output);
        self.is_open()
    }

    fn may_begin_with(&self, front: Front) -> bool {
        may_begin_with(front)
    }

    fn may_end_with(&self, end: End) -> bool {
        may_end_with(end)
    }

    fn is_open(&self) -> bool {
        self.open.is_some() || self.messages.is_inside()
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.messages.finish(&mut self.past.board, output);
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
    /// Takes a line. In its one place, so that each line costs one call.
    #[inline(always)]
    fn take(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        if self.is_open() || may_concern(line.text.as_bytes()) {
            self.look_at(line, output);
        }
    }

    /// Reads a line that may be Toit's. Apart, so that leaving the others' costs nothing.
    #[inline(never)]
    fn look_at(&mut self, line: &Line<'_>, output: &mut Output<'_>) {
        let number = line.number;
        if let Some(Open::Table(table)) = &mut self.open
            && !self.messages.is_inside()
            && let Some(taken) = table.take_exact(number, line.text)
        {
            return self.took(taken, output);
        }
        let text = text::trimmed(line.text);
        self.messages.line(line, text, &mut self.past.board, output);
        if text.is_empty() {
            return;
        }
        if let Some(version) = lines::read_version(text) {
            self.start(number, version, output);
            return;
        }
        self.open_or_go_on(number, text, output);
        self.single(number, text, output);
    }

    /// The firmware starts.
    fn start(&mut self, number: u64, version: &str, output: &mut Output<'_>) {
        self.close(output);
        self.past.has_spoken = true;
        // Which memory its heap lies in is said anew after this.
        self.past.has_heap_in_psram = false;
        let version = text::kept(version);
        output.sign(Sign::Banner);
        let event = Event::new(EventKind::Restart, format!("Toit {version} started"));
        output.find(LineRange::one(number), None, What::Event(event));
        self.past.board.version = Some(version);
    }

    /// Begins a report with this line, or gives it to the one that is open.
    fn open_or_go_on(&mut self, number: u64, line: &str, output: &mut Output<'_>) {
        if let Some(start) = table::read_start(line) {
            self.close(output);
            if let Start::Marked(marker) = &start
                && let Some(mut event) = marker::out_of_memory(marker, &self.past)
            {
                self.past.has_spoken = true;
                sign_strongly(output);
                event.extras.extend(self.past.requested_bytes(number));
                output.find(LineRange::one(number), None, What::Event(event));
            }
            self.open = Some(Open::Table(Table::begin(number, start)));
            return;
        }
        if let Some(open) = Open::begin(number, line, self.open.as_ref()) {
            self.close(output);
            self.open = Some(open);
            return;
        }
        let Some(open) = &mut self.open else { return };
        let taken = open.take(number, line);
        self.took(taken, output);
    }

    /// What the line was to the report that is open.
    #[inline]
    fn took(&mut self, taken: Taken, output: &mut Output<'_>) {
        match taken {
            Taken::Part => self.foreign_lines = 0,
            Taken::End => self.close(output),
            Taken::Idle => {}
            Taken::Foreign => {
                self.foreign_lines += 1;
                if self.open.as_ref().is_some_and(|open| self.foreign_lines > open.patience()) {
                    self.close(output);
                }
            }
        }
    }

    /// What the line tells by itself.
    fn single(&mut self, number: u64, line: &str, output: &mut Output<'_>) {
        if lines::read_spoken(line).is_some() {
            self.past.has_spoken = true;
            self.past.has_heap_in_psram |= lines::has_heap_in_psram(line);
            let board = &mut self.past.board;
            board.chip = lines::read_chip(line).or(board.chip.take());
            board.name = lines::read_name(line).or(board.name.take());
            output.sign(Sign::Hint);
        }
        if let Some(bytes) = lines::read_length(line) {
            self.past.request = Some((number, bytes));
        }
        if let Some(mut event) = lines::read_event(line, &self.past) {
            if event.kind == EventKind::OutOfMemory {
                event.extras.extend(self.past.requested_bytes(number));
            }
            output.find(LineRange::one(number), None, What::Event(event));
        }
        if let Some(sample) = samples::read(line, self.past.has_spoken) {
            output.sign(Sign::Hint);
            output.find(LineRange::one(number), None, What::Sample(sample));
        }
    }

    /// Hands out the report as far as it came, if that is enough to call it one.
    fn close(&mut self, output: &mut Output<'_>) {
        self.foreign_lines = 0;
        if let Some((lines, report)) = self.open.take().and_then(|open| open.report(&self.past)) {
            sign_strongly(output);
            output.find(lines, None, What::Report(Box::new(report)));
        }
    }
}

/// Words of Toit's and Jaguar's, a table's bars and numbers; and what no firmware begins its lines with, which may be
/// anything: blanks, letters of other alphabets. Stamps of other firmwares and rows of umm_malloc are left.
fn may_begin_with(Front { first, sequel }: Front) -> bool {
    match first {
        b'0'..=b'9' => sequel != Sequel::Clock,
        b'|' => sequel != Sequel::Address,
        b'?' => true,
        _ if !first.is_ascii_graphic() => true,
        _ => (b'A'..=b'z').any(|second| is_word(first, second)),
    }
}

/// What ends a report's start, a boot line, process statistics, or a message, which all may stand behind something else.
fn may_end_with(End { last, is_word }: End) -> bool {
    let is_base64 = last.is_ascii_alphanumeric() || b"+/".contains(&last);
    let may_end_message = is_word && (is_base64 || message::CLOSING.contains(&last));
    matches!(last, b':' | b'>' | b']') || !last.is_ascii_graphic() || may_end_message
}

/// Whether words of Toit's and Jaguar's begin with these two letters. Those of lines that end with a colon (`Heap report:`,
/// `Objects:`) or a bracket (`[gc @`) are known by that.
fn is_word(first: u8, second: u8) -> bool {
    match first {
        b'[' => matches!(second, b't' | b'j'),
        b'b' => matches!(second, b'u' | b'y'),
        b'f' | b'j' => second == b'a',
        b't' | b'N' => second == b'o',
        b'O' => second == b'u',
        b'R' => second == b'e',
        b's' => second == b't',
        b'U' => second == b'n',
        b'W' => second == b'y',
        _ => false,
    }
}

/// Whether a line may be Toit's while nothing is open: what it begins or ends with says so. Nearly all lines of other
/// firmwares are left here.
fn may_concern(line: &[u8]) -> bool {
    let (Some(front), Some(last)) = (Front::of(line), line.last()) else { return false };
    let begins = match line {
        [first, second, ..] if first.is_ascii_alphabetic() || *first == b'[' => is_word(*first, *second),
        _ => may_begin_with(front),
    };
    // A report's start and a boot line may stand behind something else; so may a message, to the end of the line.
    begins || matches!(last, b':' | b'>' | b']') || !last.is_ascii_graphic() || message::may_end(line)
}

/// No other firmware prints these words; but a report may be pasted into another's log.
fn sign_strongly(output: &mut Output<'_>) {
    (0..3).for_each(|_| output.sign(Sign::Hint));
}

impl Past {
    /// The N of `v2.0.0-alpha.N`; `None` for any other version, for its numbers are not known.
    fn alpha(&self) -> Option<u32> {
        let number = self.board.version.as_deref()?.strip_prefix("v2.0.0-alpha.")?;
        let (alpha, rest) = text::digits(number)?;
        u32::try_from(alpha).ok().filter(|_| rest.is_empty())
    }

    /// What a failure in this line asked for, if lines just before it said so.
    fn requested_bytes(&self, line: u64) -> Option<(&'static str, Extra)> {
        let (number, bytes) = self.request?;
        (line - number <= lines::REQUEST_LINES).then_some(("requested_bytes", Extra::Number(bytes as i64)))
    }
}

impl Open {
    /// Begins a report with this line, when it can be the first of one, or one of a table whose beginning is missing.
    fn begin(number: u64, line: &str, open: Option<&Open>) -> Option<Open> {
        let pages = || (!matches!(open, Some(Open::Pages(_)))).then(|| Pages::begin(number, line)).flatten();
        let amid = || open.is_none().then(|| Table::begin_amid(number, line)).flatten();
        // Most lines end here.
        match line.as_bytes().first()? {
            b'H' => Early::begin(number, line).map(Open::Early),
            b'O' => Objects::begin(number, line).map(Open::Objects),
            b'0'..=b'9' => amid().map(Open::Table),
            b'|' | b'?' | 0x80.. => pages().map(Open::Pages).or_else(|| amid().map(Open::Table)),
            _ => None,
        }
    }

    fn take(&mut self, number: u64, line: &str) -> Taken {
        match self {
            Open::Table(table) => table.take(number, line),
            Open::Pages(pages) => pages.take(number, line),
            Open::Early(early) => early.take(number, line),
            Open::Objects(objects) => objects.take(number, line),
        }
    }

    /// So many lines of others in a row may stand inside of it.
    fn patience(&self) -> u32 {
        match self {
            Open::Table(table) if !table.lacks_start() => table::PATIENCE,
            // Nothing marks their end, so that it should not be waited for; or nothing says that it is one at all.
            _ => pages::PATIENCE,
        }
    }

    fn report(self, past: &Past) -> Option<(LineRange, Report)> {
        match self {
            Open::Table(table) => table.report(past),
            Open::Pages(pages) => pages.report(),
            Open::Early(early) => early.report(past),
            Open::Objects(objects) => objects.report(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Finding, Reader, Sureness};
    use crate::heap::{Amount, Figure};

    fn reports(log: &str) -> Vec<Report> {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut findings);
        reader.flush(&mut findings);
        let report = |finding: Finding| match finding.what {
            What::Report(report) => Some(*report),
            _ => None,
        };
        findings.into_iter().filter_map(report).collect()
    }

    /// Written by hand in the layout of alpha.147 and later (L5), with the arithmetic of its source.
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
  Total: 73600 bytes in 37 allocations (77%), largest free 3k, total free 21k
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

    fn read(log: &str) -> (Reader, Vec<Finding>) {
        let (mut reader, mut findings) = (Reader::default(), Vec::new());
        reader.feed(log.as_bytes(), &mut findings);
        (reader, findings)
    }

    #[test]
    fn a_board_is_recognised_by_its_first_lines() {
        let check = |log: &str, expected: Option<(&str, Sureness)>| {
            let (reader, _) = read(log);
            let detected = reader.detected().map(|detected| (detected.info.id, detected.sureness));
            assert_eq!(detected, expected, "{log}");
        };
        check("[toit] INFO: starting <v2.0.0-alpha.189>\n", Some(("toit", Sureness::Certain)));
        check("[jaguar] INFO: backing off for 5s\n", Some(("toit", Sureness::Possible)));
        check("Heap report @ out of memory:\n", Some(("toit", Sureness::Likely)));
        check(LATEST, Some(("toit", Sureness::Likely)));
        check("Heap report:\n| 1024 | 3 | apples |\n", None);
        check("[toit] is a language\n| 1024 | 3 | apples |\n", None);
    }

    #[test]
    fn what_the_log_says_of_the_board() {
        let (reader, _) = read(
            "[toit] INFO: starting <v2.0.0-alpha.189>\n[toit] INFO: running on ESP32S3 - revision 0.2\n\
             [jaguar.http] INFO: running Jaguar device 'tubby-fact' (id: 'x') on 'http://192.168.0.123:9000'\n",
        );
        let board = reader.detected().unwrap().board.clone();
        let text = |text: &str| Some(text.to_owned());
        let (version, chip, name) = (text("v2.0.0-alpha.189"), text("ESP32-S3"), text("tubby-fact"));
        assert_eq!(board, Board { version, chip, name, ..Board::default() });
    }

    #[test]
    fn a_board_is_left_alone_only_while_it_prints_a_report_that_began() {
        let cut = LATEST.lines().count() - 1;
        let lines = |from: usize| -> String {
            LATEST.lines().take(cut).skip(from).flat_map(|line| [line, "\n"]).collect()
        };
        assert!(read(&lines(0)).0.is_inside_report());
        assert!(!read(&lines(1)).0.is_inside_report());
        assert!(read(&(lines(0) + &"tick\n".repeat(50))).0.is_inside_report());
        assert!(!read(&(lines(0) + &"tick\n".repeat(51))).0.is_inside_report());
    }

    #[test]
    fn reports_without_an_end_are_cut() {
        let head = |number: u32| format!("| 0x{number:x} | Largest free = 5 |\n");
        let heads: String = (0..2_000).map(head).collect();
        let rows = |start: &str, row: &str| start.to_owned() + &row.repeat(3_000);
        for log in [
            rows("Heap report @ x:\n", "| 5 | 6 | lwip |\n"),
            rows("Heap report @ x:\n", "5 bytes 6 allocs lwip\n"),
            rows("HEAP REPORT:\n", "lwip: 5 bytes 6 allocations\n"),
            rows("HEAP REPORT:\nlwip: 5 bytes 6 allocations\n", "0x5: largest free 5\n"),
            rows(
                "HEAP REPORT:\nlwip: 5 bytes 6 allocations\n0x5: largest free 5\n",
                "5bytes 6 allocations lwip\n",
            ),
            rows("Objects for x:\n| Count | Bytes | Class |\n", "| 5 | 6 | X |\n"),
            rows(&head(1), "| | 5 | 6 | lwip |\n"),
            heads,
        ] {
            let (mut reader, mut findings) = read(&log);
            reader.flush(&mut findings);
            let sizes = findings.iter().filter_map(|finding| match &finding.what {
                What::Report(report) => {
                    let uses: usize = report.pages.iter().map(|page| page.uses.len()).sum();
                    Some(report.categories.len().max(report.pages.len()).max(uses))
                }
                _ => None,
            });
            let largest = sizes.max();
            assert!(
                largest.is_some_and(|largest| (50..=800).contains(&largest)),
                "{largest:?}: {}",
                &log[..60]
            );
        }
    }

    #[test]
    fn lines_that_others_print_too_count_only_where_toit_spoke() {
        let kinds = |log: &str| -> Vec<_> {
            let kind = |finding: Finding| match finding.what {
                What::Event(event) => Some(event.kind),
                _ => None,
            };
            read(log).1.into_iter().filter_map(kind).collect()
        };
        let lines = "Uncaught exception: X\nfatal: OS thread spawn failed\n";
        assert_eq!(kinds(lines), []);
        assert_eq!(kinds(&format!("Heap report @ after connect:\n{lines}")), []);
        for sign in ["[toit] INFO: running on ESP32 - revision 3.1\n", "[jaguar] INFO: backing off for 5s\n"]
        {
            assert_eq!(kinds(&format!("{sign}{lines}")), [EventKind::Exception, EventKind::Crash]);
        }
        assert_eq!(
            kinds(&format!("Heap report @ out of memory:\n{lines}"))[1..],
            [EventKind::Exception, EventKind::Crash]
        );
    }
}
