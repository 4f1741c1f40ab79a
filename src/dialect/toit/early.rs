//! L0, the heap report of v0.1.0 to v0.15.1: no table yet, and printed only when a program asks.
//!
//! # Grammar (src/os_esp32.cc at daf4fed3f)
//!
//! ```text
//! start    = "HEAP REPORT:"
//! row      = NAME ": " " "* BYTES " bytes " " "* COUNT " allocations"      for every tag, also of 0 bytes
//! page     = ADDRESS ": largest free " BYTES
//! page row = BYTES "bytes " " "* COUNT " allocations " NAME
//! ```
//!
//! It has no total and no end: it ends with the start of something else, or when [`PATIENCE`](super::pages::PATIENCE)
//! lines in a row belong to others. The tags `heap overhead` and `free` are always printed: a report without them is
//! incomplete. It is a report when one of its rows has a name that Toit uses.
//!
//! Rows of 0 bytes are left out, as later releases leave them out, and `free` is a figure. What is used is the sum of
//! the others; its allocations are theirs without those of `heap overhead`.
//!
//! Extras: `layout` (`L0`), `releases`, `sdk_version`.

use super::layout::layouts_of_row;
use super::table::Taken;
use super::{Past, pages, text};
use crate::dialect::{Extra, LineRange, Report};
use crate::heap::{Amount, Category, Figure, Figures, Page, PageUse};

/// There were 15 tags: more rows belong to something else.
const MAX_ROWS: usize = 50;

/// Pages were of this size from the beginning on (src/top.h).
const PAGE_BYTES: u32 = 4_096;

/// A report as far as it came.
#[derive(Debug)]
pub(super) struct Early {
    lines: LineRange,
    rows: Vec<Category>,
    pages: Vec<Page>,
    page_rows: usize,
}

impl Early {
    /// Begins with this line, when it is the first.
    pub fn begin(number: u64, line: &str) -> Option<Self> {
        let early =
            || Early { lines: LineRange::one(number), rows: Vec::new(), pages: Vec::new(), page_rows: 0 };
        (line == "HEAP REPORT:").then(early)
    }

    /// Takes the next line.
    pub fn take(&mut self, number: u64, line: &str) -> Taken {
        if let Some((name, bytes, count)) = read_row(line) {
            self.rows.push(Category {
                name: name.to_owned().into(),
                bytes,
                count,
                is_part_of_previous: false,
            });
        } else if let Some((address, largest)) = read_page(line) {
            let (size_bytes, largest_free_bytes) = (Some(PAGE_BYTES), Some(largest));
            self.pages.push(Page { address, size_bytes, largest_free_bytes, ..Page::default() });
        } else if let (Some(page), Some((name, bytes, count))) = (self.pages.last_mut(), read_page_row(line))
        {
            page.uses.push(PageUse { name: name.to_owned(), bytes: Some(bytes), count: Some(count) });
            self.page_rows += 1;
        } else {
            return if text::is_ruler(line) { Taken::Idle } else { Taken::Foreign };
        }
        self.lines.last = number;
        let has_all_pages = self.page_rows >= pages::MAX_ROWS || self.pages.len() >= pages::MAX_PAGES;
        if has_all_pages || self.rows.len() >= MAX_ROWS { Taken::End } else { Taken::Part }
    }

    /// The report, if there is enough to call it one.
    pub fn report(self, past: &Past) -> Option<(LineRange, Report)> {
        if !self.rows.iter().any(|row| layouts_of_row(&row.name).is_some()) {
            return None;
        }
        let mut problems = Vec::new();
        let has = |name: &str| self.rows.iter().any(|row| row.name == name);
        if !has("free") || !has("heap overhead") {
            problems.push("Some of its rows are missing.".into());
        }
        let mut figures = Figures::default();
        let (mut used, mut allocations) = (0_u64, 0_u64);
        for row in &self.rows {
            match &row.name[..] {
                "free" => figures.set(Figure::Free, Amount::exact(row.bytes)),
                "heap overhead" => used = used.saturating_add(row.bytes),
                _ => {
                    used = used.saturating_add(row.bytes);
                    allocations = allocations.saturating_add(row.count);
                }
            }
        }
        if problems.is_empty() {
            figures.set(Figure::Used, Amount::exact(used));
            figures.set(Figure::Allocations, Amount::exact(allocations));
        }
        let version = past.board.version.clone().map(|version| ("sdk_version", Extra::Text(version)));
        let extras =
            [("layout", Extra::Text("L0".into())), ("releases", Extra::Text("v0.1.0 to v0.15.1".into()))];
        let report = Report {
            complete: problems.is_empty(),
            problems,
            figures,
            categories: self.rows.into_iter().filter(|row| row.bytes > 0 && row.name != "free").collect(),
            pages: self.pages,
            extras: extras.into_iter().chain(version).collect(),
            ..Report::new("heap_report", "Toit heap report")
        };
        Some((self.lines, report))
    }
}

/// `%20s: %7d bytes %3d allocations`
fn read_row(line: &str) -> Option<(&str, u64, u64)> {
    let (name, rest) = crate::dialect::scan::split_once(line, ": ")?;
    let (bytes, rest) = text::digits(rest.trim_start_matches(' '))?;
    let (count, rest) = text::digits(rest.strip_prefix(" bytes ")?.trim_start_matches(' '))?;
    let is_row = !name.is_empty() && name.len() <= text::MAX_NAME_BYTES && rest == " allocations";
    is_row.then_some((name, bytes, count))
}

/// `%p: largest free %d`
fn read_page(line: &str) -> Option<(u32, u32)> {
    let (address, rest) = text::address(line)?;
    let (largest, rest) = text::digits(rest.strip_prefix(": largest free ")?)?;
    rest.is_empty().then_some((address, u32::try_from(largest).ok()?))
}

/// `%4dbytes %3d allocations %s`
fn read_page_row(line: &str) -> Option<(&str, u64, u64)> {
    let (bytes, rest) = text::digits(line)?;
    let (count, rest) = text::digits(rest.strip_prefix("bytes ")?.trim_start_matches(' '))?;
    let name = rest.strip_prefix(" allocations ")?.trim_start_matches(' ');
    (!name.is_empty() && name.len() <= text::MAX_USE_BYTES).then_some((name, bytes, count))
}
