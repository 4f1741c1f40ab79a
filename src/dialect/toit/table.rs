//! The heap report's table, L1 to L5 and the form without boxes.
//!
//! # Grammar
//!
//! ```text
//! start  = … "Heap report @ " MARKER ":" | … "Heap report:"
//! row    = bar blank* BYTES blank* bar blank* COUNT blank* bar blank* NAME blank* bar
//!        | BYTES " bytes" " "+ COUNT " allocs" " "+ NAME            the EC618's (branch floitsch/ec618)
//! total  = "Total: " BYTES " bytes in " COUNT " allocations" [ " (" PERCENT "%)" ] [ free ] …      one of both at least
//! free   = ", largest free " KB "k, total free " KB "k"
//! ```
//!
//! White space at the ends of a line says nothing. A start may stand behind something that did not end its line.
//! Other tasks' lines may stand between: [`PATIENCE`] of them in a row, in a table without a start
//! [fewer](super::pages::PATIENCE). A line that begins with a bar and has a digit,
//! but is no row, is a damaged row. The total ends the table, as do the start of another report and of the firmware,
//! and [`MAX_ROWS`] rows.
//!
//! A table with a start and a total is a report. One that lacks either is an incomplete one, if one of its rows has a name
//! that Toit uses. A total behind which more stands is damaged.
//!
//! A row is a part of the one above it by its name (`current   2 UUID`, `process 0x…`, `GC heap metadata`), or where it
//! stands: with one blank behind its bytes and three or more before its name.
//!
//! # Arithmetic (os_esp32.cc:747-795)
//!
//! The total's bytes are the sum of the rows that are no parts. Its allocations are the sum of their counts, but for
//! `heap overhead`, `heap metadata` and `spare new-space`; the EC618 counts all. Parts are no more than their row, and
//! from L4 on, where less than ten processes are listed and another row follows, just as much. The percentage is of the heap
//! regions that Toit may use, not of the chip's memory: the total and what is free, give or take 2 KB of the allocator's own.
//! `k` figures are bytes >> 10, percentages are cut off.
//!
//! # Extras
//!
//! | name | what it says |
//! |---|---|
//! | `marker` | the marker, as printed |
//! | `layout`, `releases` | which layouts the text proves it to be (`L5`, `L4 to L5`, `EC618`), and their releases |
//! | `sdk_version` | the release that the log named at boot |
//! | `covers` | `internal` or `psram`: the memory that the table tells of. All other memory is not in it |
//! | `psram_bytes` | the size of the external RAM, from that of the collector's tables (gc_metadata.cc:45-65) |
//! | `attributes_nothing` | this firmware does not say who has the memory: all of it is untagged |

use std::borrow::Cow;

use super::Past;
use super::layout::{Layouts, layouts_of_part, layouts_of_row, name_of_row};
use super::text::{self, Row};
use crate::dialect::{Extra, LineRange, Report, Run};
use crate::heap::{Amount, Category, Figure, Figures};

/// So many lines of other tasks in a row, and no more of the report is expected.
pub(super) const PATIENCE: u32 = 50;

/// The longest report: 18 rows and 10 processes. More rows belong to something else.
pub(super) const MAX_ROWS: usize = 100;

/// A line with a row is hardly longer; if one is, it is not taken the short way.
const USUAL_LINE_BYTES: usize = 512;

/// Room for the rows of most reports.
const USUAL_ROWS: usize = 16;

/// Marker, layout, releases and what the table covers.
const USUAL_EXTRAS: usize = 4;

/// The machine lists no more processes than these (os_esp32.cc:819).
const MAX_PROCESSES: usize = 10;

/// Rows that are not counted among the allocations.
const UNCOUNTED: [&str; 3] = ["heap overhead", "heap metadata", "spare new-space"];

/// Bytes of the collector's tables with a heap in external RAM of so many MB; see [`Table::coverage`].
const METADATA_BYTES: [(u64, u64); 5] =
    [(2, 167_936), (4, 335_872), (8, 667_648), (16, 1_331_200), (32, 2_662_400)];

/// The collector's tables of a heap in internal RAM are a few pages.
const MOST_INTERNAL_METADATA_BYTES: u64 = 100_000;

/// The printed percentage is cut off, and the allocator's own structures are in the rows but not in the capacity.
const PERCENT_TOLERANCE: u64 = 2;

/// A report as far as it came.
#[derive(Debug)]
pub(super) struct Table {
    lines: LineRange,
    start: Start,
    rows: Vec<Category>,
    /// Blanks behind the counts, where all rows that are no parts have the same.
    blanks_after_count: Option<usize>,
    has_uneven_blanks: bool,
    without_boxes: bool,
    damaged_rows: u32,
    total: Option<Total>,
    /// Where the name of the next row is looked for.
    next_name: usize,
}

/// How a table begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Its first line is missing.
    Missing,
    /// `Heap report:`
    Plain,
    /// `Heap report @ after connect:`
    Marked(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Total {
    bytes: u64,
    allocations: u64,
    percent: Option<u64>,
    /// Largest free block and all free memory, in KB.
    free: Option<(u64, u64)>,
    /// Whether the line ends where it should.
    is_whole: bool,
}

/// What a line is to a report that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// A part of it.
    Part,
    /// The end of it.
    End,
    /// A border or heading: nothing of its own, but no one else's either.
    Idle,
    /// Another task's.
    Foreign,
}

/// The line at the front of `rest` if it can be one of a table, and how many bytes it has with its end.
#[inline(always)]
fn usual_line(rest: &str) -> Option<(&str, usize)> {
    if !rest.starts_with([' ', '│']) {
        return None;
    }
    let near = &rest.as_bytes()[..rest.len().min(USUAL_LINE_BYTES)];
    let end = memchr::memchr(b'\n', near)?;
    let length = end - usize::from(near[..end].ends_with(b"\r"));
    Some((&rest[..length], end + 1))
}

/// Whether it is a border or heading as the firmware writes them. A heading has letters, but no digits.
fn is_idle(line: &str) -> bool {
    match text::between_bars(line) {
        Some(inner) => !text::has_digit(inner),
        None => line.trim_ascii_start().starts_with(['┌', '├', '└']) && text::is_ruler(line),
    }
}

/// The start of a report, if the line is one.
pub(super) fn read_start(line: &str) -> Option<Start> {
    if !line.ends_with(':') {
        return None;
    }
    let rest = memchr::memchr_iter(b'H', line.as_bytes())
        .find_map(|at| line[at..].strip_prefix("Heap report").and_then(|rest| rest.strip_suffix(':')))?;
    match rest.strip_prefix(" @ ") {
        Some(marker) => Some(Start::Marked(text::kept(marker))),
        None => rest.is_empty().then_some(Start::Plain),
    }
}

impl Table {
    pub fn begin(line: u64, start: Start) -> Self {
        Table {
            lines: LineRange::one(line),
            start,
            rows: Vec::new(),
            blanks_after_count: None,
            has_uneven_blanks: false,
            without_boxes: false,
            damaged_rows: 0,
            total: None,
            next_name: 0,
        }
    }

    /// A table whose first line is missing, when this can be a row of one.
    pub fn begin_amid(number: u64, line: &str) -> Option<Self> {
        if text::row(line).is_none() && bare_row(line).is_none() {
            return None;
        }
        let mut table = Table::begin(number, Start::Missing);
        table.take(number, line);
        Some(table)
    }

    /// Whether its first line is missing.
    pub fn lacks_start(&self) -> bool {
        self.start == Start::Missing
    }

    /// Takes the next line, if it is a row or a border as the firmware writes them: such a line is nothing else. `None`
    /// when it has to be looked at more closely. There may be blanks around it.
    pub fn take_exact(&mut self, number: u64, line: &str) -> Option<Taken> {
        if self.take_exact_row(number, line) {
            return Some(self.taken());
        }
        is_idle(line).then_some(Taken::Idle)
    }

    /// Takes lines from the front of `rest`, the first of which has this number, as long as each is a row with the
    /// firmware's own bars behind which the table goes on, or a border or heading. Also says whether there was a row.
    pub fn goes_on(&mut self, number: u64, rest: &str) -> (Run, bool) {
        let rows = self.rows.len();
        let mut run = Run::default();
        while let Some((line, bytes)) = usual_line(&rest[run.bytes..])
            && self.total.is_none()
            && self.rows.len() + 1 < MAX_ROWS
            && (self.take_exact_row(number + run.lines, line) || is_idle(line) && !line.contains('\r'))
        {
            run = Run { lines: run.lines + 1, bytes: run.bytes + bytes };
        }
        (run, self.rows.len() > rows)
    }

    /// Takes a row with the firmware's own bars. Says whether it was one.
    fn take_exact_row(&mut self, number: u64, line: &str) -> bool {
        let row = text::exact_row(line);
        if let Some(row) = row {
            self.push(row);
            self.lines.last = number;
        }
        row.is_some()
    }

    /// Takes the next line. The line has no white space at its ends.
    pub fn take(&mut self, number: u64, line: &str) -> Taken {
        if let Some(total) = read_total(line) {
            self.total = Some(total);
        } else if text::after_bar(line).is_some() {
            match text::row(line) {
                Some(row) => self.push(row),
                None if text::has_digit(line) => self.damaged_rows += 1,
                None => return Taken::Idle,
            }
        } else if let Some(row) = bare_row(line) {
            self.without_boxes = true;
            self.rows.push(row);
        } else if text::is_ruler(line) {
            return Taken::Idle;
        } else {
            return Taken::Foreign;
        }
        self.lines.last = number;
        self.taken()
    }

    /// Whether the part that was taken was the last.
    fn taken(&self) -> Taken {
        if self.total.is_some() || self.rows.len() >= MAX_ROWS { Taken::End } else { Taken::Part }
    }

    fn push(&mut self, row: Row<'_>) {
        let stands_as_part = row.blanks_after_first == 1 && row.blanks_before_name >= 3;
        let is_part_of_previous = stands_as_part || layouts_of_part(row.name).is_some();
        if !is_part_of_previous {
            let blanks = row.blanks_after_second;
            self.has_uneven_blanks |= self.blanks_after_count.is_some_and(|known| known != blanks);
            self.blanks_after_count = Some(blanks);
        }
        if self.rows.is_empty() {
            self.rows.reserve(USUAL_ROWS);
        }
        let known = name_of_row(row.name, self.next_name);
        self.next_name = known.map_or(self.next_name, |(_, place)| place + 1);
        self.rows.push(Category {
            name: known.map_or_else(|| row.name.to_owned().into(), |(name, _)| Cow::Borrowed(name)),
            bytes: row.first,
            count: row.second,
            is_part_of_previous,
        });
    }

    /// The report, if there is enough to call it one.
    pub fn report(self, past: &Past) -> Option<(LineRange, Report)> {
        let has_known_name = || self.rows.iter().any(|row| layouts_of_row(&row.name).is_some());
        let is_ours = match (&self.start, self.total) {
            (Start::Missing, None) => false,
            (Start::Missing, Some(_)) | (_, None) => has_known_name(),
            (_, Some(_)) => true,
        };
        if !is_ours {
            return None;
        }
        let sums_disagree = self.sums_disagree();
        let sums_agree = sums_disagree.is_none();
        let problems = self.problems(sums_disagree);
        let mut figures = Figures::default();
        if let Some(total) = self.total {
            figures.set(Figure::Used, Amount::exact(total.bytes));
            figures.set(Figure::Allocations, Amount::exact(total.allocations));
            figures.set_known(Figure::UsedPercent, total.percent.map(Amount::exact));
            if let Some((largest, free)) = total.free {
                figures.set(Figure::LargestFreeBlock, Amount::kib_truncated(largest));
                figures.set(Figure::Free, Amount::kib_truncated(free));
            }
        }
        let (covers, psram_bytes) = self.coverage(past);
        let (layout, releases) = self.layout(sums_agree).unzip();
        let text = |name, text: Option<String>| text.map(|text| (name, Extra::Text(text)));
        let attributes_nothing = self.attributes_nothing();
        let marker = match self.start {
            Start::Marked(marker) => Some(marker),
            _ => None,
        };
        let title = match &marker {
            Some(marker) => ["Toit heap report: ", marker].concat(),
            None => "Toit heap report".into(),
        };
        let mut extras = Vec::with_capacity(USUAL_EXTRAS);
        let known = [
            text("marker", marker),
            text("layout", layout),
            text("releases", releases),
            text("sdk_version", past.board.version.clone()),
            text("covers", covers.map(str::to_owned)),
            psram_bytes.map(|bytes| ("psram_bytes", Extra::Number(bytes))),
            attributes_nothing.then_some(("attributes_nothing", Extra::Flag(true))),
        ];
        extras.extend(known.into_iter().flatten());
        let report = Report {
            complete: problems.is_empty(),
            problems,
            figures,
            // Figures of external RAM are not to be drawn into one line with those of internal RAM.
            is_main_heap: covers != Some("psram"),
            categories: self.rows,
            extras,
            ..Report::new("heap_report", title)
        };
        Some((self.lines, report))
    }

    /// What the table tells of, and the bytes of external RAM. The collector's tables cover all memory in which Toit's
    /// heap may lie, so that their size gives that memory's away.
    fn coverage(&self, past: &Past) -> (Option<&'static str>, Option<i64>) {
        let metadata =
            self.rows.iter().find(|row| matches!(&row.name[..], "heap metadata" | "GC heap metadata"));
        match metadata.map(|row| row.bytes) {
            Some(bytes) if bytes > MOST_INTERNAL_METADATA_BYTES => {
                let known = METADATA_BYTES.iter().find(|(_, known)| *known == bytes);
                (Some("psram"), known.map(|(megabytes, _)| (megabytes << 20) as i64))
            }
            Some(_) => (Some("internal"), None),
            None => (past.has_heap_in_psram.then_some("psram"), None),
        }
    }

    fn attributes_nothing(&self) -> bool {
        let is_untagged = |row: &Category| matches!(&row.name[..], "untagged" | "null tag");
        self.rows.iter().any(is_untagged)
            && self.rows.iter().all(|row| is_untagged(row) || row.name == "heap overhead")
    }

    /// The layout and its releases, as far as the text proves them.
    fn layout(&self, sums_agree: bool) -> Option<(String, String)> {
        if self.without_boxes {
            return Some(("EC618".into(), "an unmerged branch for the EC618".into()));
        }
        let mut layouts = Layouts::ANY;
        for row in &self.rows {
            let of_name = match row.is_part_of_previous {
                true => layouts_of_part(&row.name),
                false => layouts_of_row(&row.name),
            };
            layouts = layouts.and(of_name.unwrap_or(Layouts::ANY));
        }
        if let Some(total) = self.total.filter(|total| total.is_whole) {
            layouts = match (total.percent, total.free) {
                (Some(_), None) => layouts.and(Layouts::L1),
                (Some(_), Some(_)) => layouts.without(Layouts::L1),
                (None, _) => return None,
            };
        }
        if let Start::Marked(marker) = &self.start {
            layouts = match super::marker::read(marker) {
                Some(super::marker::Cause::NotSaid) => layouts.without(Layouts::L5),
                Some(_) => layouts.and(Layouts::L5),
                None => layouts,
            };
        }
        layouts = match self.blanks_after_count.filter(|_| !self.has_uneven_blanks) {
            Some(2) => layouts.and(Layouts::L1.or(Layouts::L2)),
            Some(3) => layouts.without(Layouts::L1.or(Layouts::L2)),
            _ => layouts,
        };
        let has_parts = self.rows.iter().any(|row| row.is_part_of_previous);
        if sums_agree && !has_parts && self.rows.iter().any(|row| row.name == "toit") {
            layouts = layouts.without(Layouts::WITH_PARTS);
        }
        layouts.words()
    }

    fn top_rows(&self) -> impl Iterator<Item = &Category> {
        self.rows.iter().filter(|row| !row.is_part_of_previous)
    }

    /// What does not add up; also when there is no total to add up to.
    fn sums_disagree(&self) -> Option<String> {
        let Some(total) = self.total else { return Some("It was cut off: the total is missing.".into()) };
        let sum = |sum: u64, number: u64| sum.saturating_add(number);
        let bytes = self.top_rows().map(|row| row.bytes).fold(0, sum);
        let is_counted = |row: &&Category| self.without_boxes || !UNCOUNTED.contains(&&row.name[..]);
        let allocations = self.top_rows().filter(is_counted).map(|row| row.count).fold(0, sum);
        if bytes != total.bytes {
            Some(format!("Its rows have {bytes} bytes, its total says {}.", total.bytes))
        } else if allocations != total.allocations {
            Some(format!("Its rows have {allocations} allocations, its total says {}.", total.allocations))
        } else {
            None
        }
    }

    fn problems(&self, sums_disagree: Option<String>) -> Vec<String> {
        let mut problems = Vec::new();
        if self.start == Start::Missing {
            problems.push("Its beginning is missing.".into());
        }
        if self.damaged_rows > 0 {
            problems.push(format!("{} of its rows cannot be read.", self.damaged_rows));
        }
        problems.extend(sums_disagree);
        problems.extend(self.parts_disagree());
        if let Some(total) = self.total {
            if !total.is_whole {
                problems.push("Its last line is damaged.".into());
            }
            problems.extend(total.disagrees());
        }
        problems
    }

    /// Parts that are more than their row, or too few.
    fn parts_disagree(&self) -> Option<String> {
        let first_part = self.rows.iter().position(|row| row.is_part_of_previous)?;
        let Some(whole) = self.rows[..first_part].last() else {
            return Some("The row that its first rows are parts of is missing.".into());
        };
        let parts = || self.rows[first_part..].iter().take_while(|row| row.is_part_of_previous);
        let bytes = parts().fold(0_u64, |sum, row| sum.saturating_add(row.bytes));
        // Parts at the end of a table that was cut off may not be all.
        let count = parts().count();
        let is_all =
            whole.name == "toit processes" && count < MAX_PROCESSES && first_part + count < self.rows.len();
        let disagree = bytes > whole.bytes || is_all && bytes < whole.bytes;
        disagree
            .then(|| format!("The parts of {} have {bytes} bytes, its row says {}.", whole.name, whole.bytes))
    }
}

impl Total {
    /// What it says of itself that cannot be.
    fn disagrees(&self) -> Option<String> {
        let (largest, free) = self.free?;
        if largest > free {
            return Some(format!(
                "Its largest free block has {largest} KB, more than the {free} KB that are free."
            ));
        }
        let percent = self.percent?;
        let of_capacity = |free_kib: u64| {
            let capacity = self.bytes.saturating_add(free_kib.saturating_mul(1024));
            self.bytes.saturating_mul(100).checked_div(capacity).unwrap_or(0)
        };
        let (least, most) = (of_capacity(free.saturating_add(1)), of_capacity(free));
        let is_possible =
            (least.saturating_sub(PERCENT_TOLERANCE)..=most + PERCENT_TOLERANCE).contains(&percent);
        (!is_possible).then(|| format!("It says that {percent} % are used, but its bytes are {most} %."))
    }
}

/// `Total: %d bytes in %d allocations (%d%%), largest free %dk, total free %dk`
fn read_total(line: &str) -> Option<Total> {
    let (bytes, rest) = text::digits(line.strip_prefix("Total: ")?)?;
    let (allocations, rest) = text::digits(rest.strip_prefix(" bytes in ")?)?;
    let mut rest = rest.strip_prefix(" allocations")?;
    let percent = || {
        let (percent, rest) = text::digits(rest.strip_prefix(" (")?)?;
        Some((percent, rest.strip_prefix("%)")?))
    };
    let percent = percent().map(|(percent, behind)| {
        rest = behind;
        percent
    });
    let free = || {
        let (largest, rest) = text::digits(rest.strip_prefix(", largest free ")?)?;
        let (free, rest) = text::digits(rest.strip_prefix("k, total free ")?)?;
        Some(((largest, free), rest.strip_prefix('k')?))
    };
    let free = free().map(|(free, behind)| {
        rest = behind;
        free
    });
    let is_total = percent.is_some() || free.is_some();
    is_total.then_some(Total { bytes, allocations, percent, free, is_whole: rest.is_empty() })
}

/// `  %7d bytes  %5d allocs  %s`
fn bare_row(line: &str) -> Option<Category> {
    // Most lines end here.
    if !line.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let (bytes, rest) = text::digits(line)?;
    let (count, rest) = text::digits(rest.strip_prefix(" bytes ")?.trim_start_matches(' '))?;
    let name = rest.strip_prefix(" allocs ")?.trim_start_matches(' ');
    let is_name = !name.is_empty() && name.len() <= text::MAX_NAME_BYTES;
    is_name.then(|| Category { name: name.to_owned().into(), bytes, count, is_part_of_previous: false })
}
