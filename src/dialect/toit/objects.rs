//! The histogram of a process's objects that `print-objects` gives, as text.
//!
//! The machine prints it encoded; `jag decode`, `jag monitor` and `toit decode` turn that into this table
//! (tools/mirror.toit:352-394). Before v2.0.0-alpha.8 the machine printed a table itself, with numbers for classes.
//!
//! # Grammar
//!
//! ```text
//! start   = "Objects" [ " for " MARKER ] ":"              decoded, since v2.0.0-alpha.11
//!         | "Object heap histogram" [ " for " MARKER ] ":" decoded, v2.0.0-alpha.8 to alpha.10
//!         | "Objects @ " MARKER ":"                       by the machine, before (1f275e2f1)
//! heading = bar "Count" bar "Bytes" bar "Class" bar       blanks as they come
//! row     = bar COUNT bar [ K "k" ] BYTES [ "b" ] bar CLASS bar
//!         | bar BYTES bar COUNT bar CLASS_NUMBER bar      by the machine
//! total   = bar bar [ K "k" ] BYTES [ "b" ] bar "Total" … bar
//!         | "Total: " BYTES " bytes in " COUNT " objects" by the machine
//! ```
//!
//! `12k  345` are 12 × 1024 + 345 bytes. The total ends it, as do the start of something else, [`MAX_ROWS`] rows, and
//! [`PATIENCE`](super::pages::PATIENCE) lines of others in a row. It is a report when it has rows and its heading or its
//! total; anybody can write "Objects:".
//!
//! It tells of one process, and counts what its objects have outside of the heap as well: its sums are no figures of
//! the board's heap. They are extras: `marker`, `object_bytes`, `objects`.

use super::table::Taken;
use super::text;
use crate::dialect::{Extra, LineRange, Report};
use crate::heap::Category;

/// More classes than these belong to something else.
const MAX_ROWS: usize = 700;

/// A histogram as far as it came.
#[derive(Debug)]
pub(super) struct Objects {
    lines: LineRange,
    marker: Option<String>,
    is_by_machine: bool,
    /// Before alpha.11 decoders printed no total.
    may_lack_total: bool,
    has_heading: bool,
    rows: Vec<Category>,
    damaged_rows: u32,
    /// Bytes, and where it was printed the number of objects.
    total: Option<(u64, Option<u64>)>,
}

impl Objects {
    /// Begins with this line, when it is the first.
    pub fn begin(number: u64, line: &str) -> Option<Self> {
        // Most lines end here.
        let rest = line.strip_prefix("Object")?.strip_suffix(':')?;
        let (rest, may_lack_total) = match rest.strip_prefix(" heap histogram") {
            Some(rest) => (rest, true),
            None => (rest.strip_prefix('s')?, false),
        };
        let by_machine = rest.strip_prefix(" @ ").filter(|_| !may_lack_total);
        let (marker, is_by_machine) = match by_machine {
            Some(marker) => (marker, true),
            None if rest.is_empty() => ("", false),
            None => (rest.strip_prefix(" for ")?, false),
        };
        Some(Objects {
            lines: LineRange::one(number),
            marker: (!marker.is_empty()).then(|| text::kept(marker)),
            is_by_machine,
            may_lack_total,
            has_heading: false,
            rows: Vec::new(),
            damaged_rows: 0,
            total: None,
        })
    }

    /// Takes the next line.
    pub fn take(&mut self, number: u64, line: &str) -> Taken {
        self.total = if self.is_by_machine { read_total(line) } else { read_total_row(line) };
        if self.total.is_some() {
            self.lines.last = number;
            return Taken::End;
        }
        if text::after_bar(line).is_none() {
            return if text::is_ruler(line) { Taken::Idle } else { Taken::Foreign };
        }
        let row = if self.is_by_machine { read_numbered_row(line) } else { read_row(line) };
        match row {
            Some(row) => self.rows.push(row),
            None if text::has_digit(line) => self.damaged_rows += 1,
            None => {
                self.has_heading |= is_heading(line);
                return Taken::Idle;
            }
        }
        self.lines.last = number;
        if self.rows.len() >= MAX_ROWS { Taken::End } else { Taken::Part }
    }

    /// The report, if there is enough to call it one.
    pub fn report(self) -> Option<(LineRange, Report)> {
        if self.rows.is_empty() || !self.has_heading && self.total.is_none() {
            return None;
        }
        let sum = |number: fn(&Category) -> u64| {
            self.rows.iter().fold(0_u64, |sum, row| sum.saturating_add(number(row)))
        };
        let (bytes, objects) = (sum(|row| row.bytes), sum(|row| row.count));
        let mut problems = Vec::new();
        if self.damaged_rows > 0 {
            problems.push(format!("{} of its rows cannot be read.", self.damaged_rows));
        }
        match self.total {
            None if self.may_lack_total => {}
            None => problems.push("It was cut off: the total is missing.".into()),
            Some((total, _)) if total != bytes => {
                problems.push(format!("Its rows have {bytes} bytes, its total says {total}."));
            }
            Some((_, Some(total))) if total != objects => {
                problems.push(format!("Its rows have {objects} objects, its total says {total}."));
            }
            Some(_) => {}
        }
        let mut extras = Vec::new();
        let title = match self.marker {
            Some(marker) => {
                let title = format!("Toit objects by class: {marker}");
                extras.push(("marker", Extra::Text(marker)));
                title
            }
            None => "Toit objects by class".into(),
        };
        if problems.is_empty() {
            extras.push(("object_bytes", Extra::Number(bytes.min(i64::MAX as u64) as i64)));
            extras.push(("objects", Extra::Number(objects.min(i64::MAX as u64) as i64)));
        }
        let report = Report {
            complete: problems.is_empty(),
            problems,
            categories: self.rows,
            is_main_heap: false,
            extras,
            ..Report::new("object_histogram", title)
        };
        Some((self.lines, report))
    }
}

/// What follows the next bar, without blanks on either side of it.
fn next_cell(text: &str) -> Option<&str> {
    text::after_bar(text::skip_blanks(text)).map(text::skip_blanks)
}

/// `12k  345`, `345`, before alpha.11 with a `b` behind; and what follows.
fn read_size(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text::digits(text)?;
    let (bytes, rest) = match rest.strip_prefix('k') {
        Some(rest) => {
            let (bytes, rest) = text::digits(text::skip_blanks(rest))?;
            (number.saturating_mul(1024).saturating_add(bytes), rest)
        }
        None => (number, rest),
    };
    Some((bytes, rest.strip_prefix('b').unwrap_or(rest)))
}

/// `│ %7d │ %6dk %4d │ %-45s│`
fn read_row(line: &str) -> Option<Category> {
    let (count, rest) = text::digits(next_cell(line)?)?;
    let (bytes, rest) = read_size(next_cell(rest)?)?;
    let name = text::name(next_cell(rest)?)?;
    Some(Category { name: name.to_owned().into(), bytes, count, is_part_of_previous: false })
}

/// `| %6d  | %6d  | %6d  |`
fn read_numbered_row(line: &str) -> Option<Category> {
    let row = text::row(line)?;
    let (class, rest) = text::digits(row.name)?;
    let name = format!("class {class}");
    rest.is_empty().then_some(Category {
        name: name.into(),
        bytes: row.first,
        count: row.second,
        is_part_of_previous: false,
    })
}

/// `│         │ %6dk %4d │ Total … │`
fn read_total_row(line: &str) -> Option<(u64, Option<u64>)> {
    let (bytes, rest) = read_size(next_cell(next_cell(line)?)?)?;
    text::name(next_cell(rest)?)?.starts_with("Total").then_some((bytes, None))
}

/// `Total: %d bytes in %d objects`
fn read_total(line: &str) -> Option<(u64, Option<u64>)> {
    let (bytes, rest) = text::digits(line.strip_prefix("Total: ")?)?;
    let (objects, rest) = text::digits(rest.strip_prefix(" bytes in ")?)?;
    (rest == " objects").then_some((bytes, Some(objects)))
}

/// `│   Count │        Bytes │ Class                                        │`
fn is_heading(line: &str) -> bool {
    let heading = || {
        let rest = next_cell(next_cell(line)?.strip_prefix("Count")?)?;
        let rest = next_cell(rest.strip_prefix("Bytes")?)?;
        Some(text::name(rest)? == "Class")
    };
    heading() == Some(true)
}
