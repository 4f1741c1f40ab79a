//! Which rows are shown when not all are: those with a match and their neighbours, and repeats as one.
//!
//! Grows with the log and with the search: what was listed stays where it is, so that a reader's place does. Rows are
//! named by their place among all rows of the log.
//!
//! ```
//! use heapscope::console::Listing;
//! # use heapscope::{heap::Millis, recording::{Recorder, Source}};
//! # let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! # recorder.feed(b"wifi: no AP\nwifi: no AP\nready\n", Millis(0));
//! # let log = recorder.recording().log();
//! let mut listing = Listing::new(None, true);
//! while listing.advance(log, None) {}
//! assert_eq!(listing.len(), 2);
//! assert_eq!(listing.entry(0).unwrap().repeats, 1);
//! ```

use super::{Search, Stamp};
use crate::recording::{Log, Row};
use crate::stream::ansi;

/// Rows that are taken in before the time is asked for.
const STEP_ROWS: usize = 512;

/// A row that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place among all rows of the log.
    pub row: u64,
    /// How many of the rows behind it say the same, and are not shown.
    pub repeats: u32,
}

/// See the module.
#[derive(Debug)]
pub struct Listing {
    /// How many lines around each match are shown; `None` shows every line.
    context: Option<u64>,
    collapses: bool,
    entries: Vec<Kept>,
    /// The first row that was not considered.
    next_row: u64,
    /// The first matching line, by its index, that was not considered.
    next_match: usize,
    /// With a filter: up to this line all are wanted.
    wanted_to: u64,
    /// What the last line that was listed says.
    last: Option<Vec<u8>>,
}

/// As an [`Entry`], in half the memory: a million rows are not rare.
#[derive(Clone, Copy, Debug)]
struct Kept {
    row: u32,
    repeats: u32,
}

impl Listing {
    /// Nothing is listed yet.
    pub fn new(context: Option<u64>, collapses: bool) -> Self {
        let (entries, last) = (Vec::new(), None);
        Listing { context, collapses, entries, next_row: 0, next_match: 0, wanted_to: 0, last }
    }

    /// How many rows are shown.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The row at this place.
    pub fn entry(&self, place: u64) -> Option<Entry> {
        let kept = self.entries.get(usize::try_from(place).ok()?)?;
        Some(Entry { row: kept.row.into(), repeats: kept.repeats })
    }

    /// The place at which a row of the log is shown, or the next one before it that is.
    pub fn place_of_row(&self, row: u64) -> u64 {
        self.entries.partition_point(|kept| u64::from(kept.row) <= row).saturating_sub(1) as u64
    }

    /// Whether rows are left that can be taken in.
    pub fn is_behind(&self, log: &Log, search: Option<&Search>) -> bool {
        match (self.context, search) {
            (Some(_), Some(search)) => {
                self.next_match < search.line_count() || self.next_row < self.wanted_to.min(log.line_count())
            }
            (Some(_), None) => false,
            (None, _) => self.next_row < log.row_count(),
        }
    }

    /// Takes in some more rows. Gives whether any are left that can be.
    pub fn advance(&mut self, log: &Log, search: Option<&Search>) -> bool {
        for _ in 0..STEP_ROWS {
            let goes_on = match (self.context, search) {
                (Some(context), Some(search)) => self.take_match(log, search, context),
                (Some(_), None) => false,
                (None, _) => self.take_row(log),
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    fn take_row(&mut self, log: &Log) -> bool {
        let row = self.next_row;
        let Some(what) = log.row(row) else { return false };
        self.list(log, row, what);
        self.next_row += 1;
        true
    }

    /// The next line that a match wants, or the next match.
    fn take_match(&mut self, log: &Log, search: &Search, context: u64) -> bool {
        // In a filtered log `next_row` counts lines.
        if self.next_row < self.wanted_to.min(log.line_count()) {
            let line = self.next_row;
            self.list(log, log.row_of_line(line), Row::Line(line));
            self.next_row += 1;
            return true;
        }
        let Some(line) = search.line(self.next_match) else { return false };
        self.next_match += 1;
        self.next_row = self.next_row.max(line.saturating_sub(context));
        self.wanted_to = line + context + 1;
        true
    }

    fn list(&mut self, log: &Log, row: u64, what: Row) {
        let text = match what {
            Row::Line(number) if self.collapses => log.line_bytes(number),
            _ => None,
        };
        let text = text.map(|bytes| without_stamp(&ansi::strip(&bytes)).to_vec());
        let says_the_same = text.is_some() && text == self.last;
        self.last = text;
        match self.entries.last_mut().filter(|_| says_the_same) {
            Some(last) => last.repeats = last.repeats.saturating_add(1),
            None => self.entries.push(Kept { row: u32::try_from(row).unwrap_or(u32::MAX), repeats: 0 }),
        }
    }
}

/// A line that says the same at another time says the same.
fn without_stamp(line: &[u8]) -> &[u8] {
    Stamp::of_line(line).map_or(line, |stamp| &line[stamp.end..])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::console::Plain;
    use crate::heap::Millis;
    use crate::recording::{MarkKind, Recorder, Source};

    fn rows(listing: &Listing) -> Vec<(u64, u32)> {
        let entries = (0..listing.len()).filter_map(|place| listing.entry(place));
        entries.map(|entry| (entry.row, entry.repeats)).collect()
    }

    fn feed(recorder: &mut Recorder, text: &str) {
        recorder.feed(text.as_bytes(), Millis(0));
    }

    #[test]
    fn repeats_are_one_row_whatever_their_time_and_a_mark_parts_them() {
        let mut recorder = Recorder::new(Source::Demo);
        let mut listing = Listing::new(None, true);
        feed(&mut recorder, "18:00:01.000 no AP\n18:00:02.000 no AP\n\x1b[31m18:00:03.000 no AP\n");
        listing.advance(recorder.recording().log(), None);
        assert_eq!(rows(&listing), [(0, 2)]);
        feed(&mut recorder, "18:00:04.000 no AP\n");
        recorder.mark(Millis(0), MarkKind::Gap, "gap");
        feed(&mut recorder, "18:00:05.000 no AP\nelse\n");
        listing.advance(recorder.recording().log(), None);
        assert_eq!(rows(&listing), [(0, 3), (4, 0), (5, 0), (6, 0)]);
        assert_eq!([0, 2, 4, 6, 9].map(|row| listing.place_of_row(row)), [0, 0, 1, 3, 3]);
    }

    #[test]
    fn context_that_comes_later_is_shown_later() {
        let mut recorder = Recorder::new(Source::Demo);
        let mut search = Search::new(Box::new(Plain::new("hit", false, false)));
        let mut listing = Listing::new(Some(2), false);
        let mut advance = |recorder: &Recorder| {
            search.advance(recorder.recording().log());
            listing.advance(recorder.recording().log(), Some(&search));
            rows(&listing).into_iter().map(|(row, _)| row).collect::<Vec<_>>()
        };
        feed(&mut recorder, "a\nb\nc\nhit\n");
        assert_eq!(advance(&recorder), [1, 2, 3]);
        feed(&mut recorder, "d\n");
        assert_eq!(advance(&recorder), [1, 2, 3, 4]);
        feed(&mut recorder, "e\nf\ng\nh\n");
        assert_eq!(advance(&recorder), [1, 2, 3, 4, 5]);
    }

    proptest! {
        #[test]
        fn a_filter_shows_what_stands_around_its_matches(hits in proptest::collection::vec(any::<bool>(), 0..40), context in 0..6_u64) {
            let mut recorder = Recorder::new(Source::Demo);
            let mut search = Search::new(Box::new(Plain::new("hit", false, false)));
            let mut listing = Listing::new(Some(context), false);
            for hit in &hits {
                feed(&mut recorder, if *hit { "hit\n" } else { "miss\n" });
                search.advance(recorder.recording().log());
                while listing.advance(recorder.recording().log(), Some(&search)) {}
            }
            let expected: BTreeSet<u64> = (0..hits.len() as u64)
                .filter(|&line| hits.iter().enumerate().any(|(at, hit)| *hit && line.abs_diff(at as u64) <= context))
                .collect();
            let listed: Vec<_> = rows(&listing).into_iter().map(|(row, _)| row).collect();
            prop_assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
