//! The boxes of single pages that stand below a heap report which was asked for them (`max-pages` above 0).
//!
//! # Grammar
//!
//! ```text
//! head    = bar blank* "Page:" blank* bar blank* "Largest free = " BYTES …     from v2.0.0-alpha.22 on, then
//!           bar blank* ADDRESS …                                               (src/os_esp32.cc:604-620)
//!         | bar blank* ADDRESS blank* bar blank* "Largest free = " BYTES …     before
//! row     = bar blank* <row of a table>
//! end     = N " unreported pages, hit limit of " M [ "." ]
//!         | bar blank* N blank* bar blank* "Unreported pages, hit limit of " M …
//! ```
//!
//! They are a report of their own: the table above them ended with its total. It begins with the first page's head and
//! ends with the end line, which is printed only when there were more pages than asked for; else with the start of
//! something else, or when [`PATIENCE`] lines in a row belong to others.
//!
//! A block of several pages is booked on its first one alone, and the machine counts in 16 bits (os_esp32.cc:604-620):
//! bytes of one kind can be more than the page has, or 65 536 too few.
//!
//! Extras: `unreported_pages`, `page_limit`: how many pages were left out, and how many were asked for.

use super::table::Taken;
use super::text;
use crate::dialect::{Extra, LineRange, Report};
use crate::heap::{Page, PageUse};

/// So many lines of others in a row, and no more pages are expected: nothing but the limit marks the end.
pub(super) const PATIENCE: u32 = 10;

/// A report of more pages, or of more rows in all of them, is cut here: that are all pages of internal memory, with
/// room to spare.
pub(super) const MAX_PAGES: usize = 256;
pub(super) const MAX_ROWS: usize = 800;

/// Toit's pages on devices (src/top.h:154-165).
const PAGE_BYTES: u32 = 4_096;

/// The pages so far.
#[derive(Debug)]
pub(super) struct Pages {
    lines: LineRange,
    /// Whose address came, and the page.
    pages: Vec<(bool, Page)>,
    rows: usize,
    damaged_rows: u32,
    /// Pages that were left out, and the limit.
    unreported: Option<(u64, u64)>,
}

impl Pages {
    /// Begins with this line, when it is the head of a page.
    pub fn begin(number: u64, line: &str) -> Option<Self> {
        let first = read_head(line)?;
        Some(Pages {
            lines: LineRange::one(number),
            pages: vec![first],
            rows: 0,
            damaged_rows: 0,
            unreported: None,
        })
    }

    /// Takes the next line.
    pub fn take(&mut self, number: u64, line: &str) -> Taken {
        if let Some(unreported) = read_unreported(line) {
            self.unreported = Some(unreported);
            self.lines.last = number;
            return Taken::End;
        }
        let Some(rest) = text::after_bar(line) else {
            return if text::is_ruler(line) { Taken::Idle } else { Taken::Foreign };
        };
        let rest = text::skip_blanks(rest);
        if let Some(page) = read_head(line) {
            self.pages.push(page);
        } else if let (Some((has_address @ false, page)), Some((address, _))) =
            (self.pages.last_mut(), text::address(rest))
        {
            (*has_address, page.address) = (true, address);
        } else if let (Some((_, page)), Some(row)) = (self.pages.last_mut(), read_use(rest)) {
            page.uses.push(row);
            self.rows += 1;
        } else if text::has_digit(line) {
            self.damaged_rows += 1;
        } else {
            return Taken::Idle;
        }
        self.lines.last = number;
        if self.pages.len() >= MAX_PAGES || self.rows >= MAX_ROWS { Taken::End } else { Taken::Part }
    }

    /// The report, if it has a page.
    pub fn report(self) -> Option<(LineRange, Report)> {
        if !self.pages.iter().any(|(has_address, _)| *has_address) {
            return None;
        }
        let mut problems = Vec::new();
        if self.damaged_rows > 0 {
            problems.push(format!("{} of its rows cannot be read.", self.damaged_rows));
        }
        let without_address = self.pages.iter().filter(|(has_address, _)| !has_address).count();
        if without_address > 0 {
            problems.push(format!(
                "The addresses of {without_address} of its pages are missing: they are left out."
            ));
        }
        let empty =
            self.pages.iter().filter(|(has_address, page)| *has_address && page.uses.is_empty()).count();
        if empty > 0 {
            problems.push(format!("What {empty} of its pages hold is missing."));
        }
        if self.unreported.is_none() && (self.pages.len() >= MAX_PAGES || self.rows >= MAX_ROWS) {
            problems.push(format!("It has more than {} pages: the rest is not read.", self.pages.len()));
        }
        let mut extras = Vec::new();
        if let Some((unreported, limit)) = self.unreported {
            extras.push(("unreported_pages", Extra::Number(unreported as i64)));
            extras.push(("page_limit", Extra::Number(limit as i64)));
        }
        let pages = self.pages.into_iter().filter(|(has_address, _)| *has_address).map(|(_, page)| page);
        let report = Report {
            complete: problems.is_empty(),
            problems,
            pages: pages.collect(),
            extras,
            ..Report::new("heap_pages", "Toit heap by page")
        };
        Some((self.lines, report))
    }
}

/// A row behind the empty cell in front.
fn read_use(row: &str) -> Option<PageUse> {
    let row = text::row(row).filter(|row| row.name.len() <= text::MAX_USE_BYTES)?;
    Some(PageUse { name: row.name.to_owned(), bytes: Some(row.first), count: Some(row.second) })
}

/// The head of a page, and whether it has the address.
fn read_head(line: &str) -> Option<(bool, Page)> {
    // Rows of a table end here.
    memchr::memchr(b'L', line.as_bytes())?;
    let rest = text::skip_blanks(text::after_bar(line)?);
    let (address, rest) = match rest.strip_prefix("Page:") {
        Some(rest) => (None, rest),
        None => text::address(rest).map(|(address, rest)| (Some(address), rest))?,
    };
    let rest = text::skip_blanks(text::after_bar(text::skip_blanks(rest))?);
    let (largest, _) = text::digits(rest.strip_prefix("Largest free = ")?)?;
    let page = Page {
        address: address.unwrap_or(0),
        size_bytes: Some(PAGE_BYTES),
        largest_free_bytes: u32::try_from(largest).ok(),
        ..Page::default()
    };
    Some((address.is_some(), page))
}

/// The number of pages left out, and the limit.
fn read_unreported(line: &str) -> Option<(u64, u64)> {
    let inner = text::after_bar(line).map(text::skip_blanks);
    let (unreported, rest) = text::digits(inner.unwrap_or(line))?;
    let rest = match inner {
        Some(_) => text::skip_blanks(text::after_bar(text::skip_blanks(rest))?)
            .strip_prefix("Unreported pages, hit limit of ")?,
        None => rest.strip_prefix(" unreported pages, hit limit of ")?,
    };
    Some((unreported, text::digits(rest)?.0))
}
