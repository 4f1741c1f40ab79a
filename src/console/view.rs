//! The console's view of one log: what is searched, filtered, selected, and which rows that leaves.
//!
//! It is told what a person wants and asked which rows are to be drawn. Work that takes long (searching, listing) is
//! done by [`LogView::advance`] in small steps; whoever owns the view calls it as long as there is time.
//!
//! Three countings meet here. A *place* counts the rows that are shown, from the top. A *row* counts the rows of the
//! log: lines and marks; with hexadecimal numbers, rows of 16 bytes. A *line* counts lines.
//!
//! ```
//! use heapscope::console::{LogView, Query, Plain};
//! # use heapscope::{heap::Millis, recording::{Recorder, Source}};
//! # let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! # recorder.feed(b"one\ntwo\nthree\n", Millis(0));
//! # let log = recorder.recording().log();
//! let mut view = LogView::default();
//! view.seek(Query { text: "t".into(), ..Query::default() }, Some(Box::new(Plain::new("t", false, false))), 0);
//! view.set_filter(Some(0));
//! while view.advance(log) {}
//! assert_eq!(view.row_count(log, false), 2);
//! assert_eq!(view.take_jump(log), Some(1));
//! ```

use std::ops::RangeInclusive;

use super::row::time;
use super::{
    HEX_ROW_BYTES, HexRow, Highlight, LineRow, Listing, Matcher, Paint, PieceMark, Plain, Preferences, Query,
    Search, Stamp, Style, line_row, style_at,
};
use crate::dialect::readable;
use crate::recording::{Log, Recording, Row};
use crate::stream::ansi;
use crate::words::console as words;

/// A match so many lines behind the first one in sight may be in sight as well.
const MOST_IN_SIGHT: u64 = 60;

/// See the module.
#[derive(Default)]
pub struct LogView {
    query: Query,
    search: Option<Search>,
    /// The number of the match at which the search stands.
    current: Option<u64>,
    /// A search that has not found its first match: it is the first from this line on.
    seeks_from: Option<u64>,
    /// Where the view is to go.
    jump: Option<u64>,
    /// The line that is to stay in sight when other rows are shown around it.
    stays_at: Option<u64>,
    filter: Option<u64>,
    collapses: bool,
    is_hex: bool,
    listing: Option<Listing>,
    /// Rows, from where it began to where it ends.
    selection: Option<(u64, u64)>,
    highlights: Vec<(Highlight, Plain)>,
}

/// A row that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A row of the log.
    Log {
        /// Its place among all rows of the log.
        row: u64,
        /// What it is.
        what: Row,
        /// How many rows behind it say the same and are not shown.
        repeats: u32,
        /// Whether rows before it are left out.
        is_apart: bool,
    },
    /// The line that has not ended yet.
    Unfinished,
    /// Bytes from this position on.
    Hex(u64),
}

impl LogView {
    /// Another recording is shown. What is sought stays.
    pub fn begin(&mut self) {
        self.search = self.search.take().map(Search::again);
        (self.current, self.seeks_from, self.jump, self.stays_at, self.selection) =
            (None, None, None, None, None);
        self.list();
    }

    /// Looks for something else. `matcher` is `None` where nothing is typed, or what is typed is no pattern. The view
    /// goes to the first match from this line on, or else to the last one before it.
    pub fn seek(&mut self, query: Query, matcher: Option<Box<dyn Matcher>>, from_line: u64) {
        let from_line = self.current_line().unwrap_or(from_line);
        self.query = query;
        self.search = matcher.map(Search::new);
        self.current = None;
        self.seeks_from = self.search.is_some().then_some(from_line);
        // What is sought changes which rows are shown only through the filter.
        if self.filter.is_some() {
            self.list();
        }
    }

    /// What is sought.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The search, if anything is sought.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// The number of the match at which the search stands, from 0.
    pub fn current(&self) -> Option<u64> {
        self.current
    }

    /// Goes to the next match or the one before; from the last one to the first.
    pub fn step(&mut self, forward: bool) {
        let Some(count) = self.search.as_ref().map(Search::match_count).filter(|&count| count > 0) else {
            return;
        };
        self.current = Some(match (self.current, forward) {
            (Some(current), true) => (current + 1) % count,
            (Some(current), false) => (current + count - 1) % count,
            (None, true) => 0,
            (None, false) => count - 1,
        });
        self.seeks_from = None;
        self.jump = self.current_line();
    }

    /// The line that the view is to go to, once.
    pub fn take_jump(&mut self, log: &Log) -> Option<u64> {
        if !self.is_behind(log) {
            self.jump = self.jump.or(self.stays_at.take());
        }
        self.jump.take()
    }

    /// This line, the first that is in sight, or the match near it stays in sight whatever is shown around it from now on.
    /// Call it before that changes.
    pub fn stay_at(&mut self, line: Option<u64>) {
        // Filtered, far lines stand near each other.
        let is_filtered = self.filter.is_some();
        let is_near = |current: &u64| {
            is_filtered || line.is_some_and(|line| (line..line + MOST_IN_SIGHT).contains(current))
        };
        self.stays_at = self.current_line().filter(is_near).or(line);
    }

    /// Shows only lines with a match and so many around each; `None` shows all.
    pub fn set_filter(&mut self, context_lines: Option<u64>) {
        if self.filter != context_lines {
            self.filter = context_lines;
            self.list();
        }
    }

    /// How many lines are shown around each match, where not all are.
    pub fn filter(&self) -> Option<u64> {
        self.filter
    }

    /// Shows lines that say the same one after another as one.
    pub fn set_collapses(&mut self, collapses: bool) {
        self.collapses = collapses;
        self.list();
    }

    /// Whether it does.
    pub fn collapses(&self) -> bool {
        self.collapses
    }

    /// Shows bytes as numbers.
    pub fn set_hex(&mut self, is_hex: bool) {
        self.is_hex = is_hex;
        self.selection = None;
        self.list();
    }

    /// Whether it does.
    pub fn is_hex(&self) -> bool {
        self.is_hex
    }

    /// Takes the texts that are always coloured, if they changed.
    pub fn set_highlights(&mut self, highlights: &[Highlight]) {
        if !self.highlights.iter().map(|(known, _)| known).eq(highlights) {
            let with_matcher =
                |highlight: &Highlight| (highlight.clone(), Plain::new(&highlight.text, false, false));
            self.highlights = highlights.iter().map(with_matcher).collect();
        }
    }

    /// Whether the log has lines that were not searched or listed yet.
    pub fn is_behind(&self, log: &Log) -> bool {
        let search = self.search.as_ref();
        search.is_some_and(|search| search.next_line() < log.line_count())
            || self.listing.as_ref().is_some_and(|listing| listing.is_behind(log, search))
    }

    /// Searches and lists some more. Gives whether anything is left.
    pub fn advance(&mut self, log: &Log) -> bool {
        if let Some(search) = &mut self.search {
            let goes_on = search.advance(log);
            if let Some(from) = self.seeks_from {
                let last = || search.match_count().checked_sub(1).filter(|_| !goes_on);
                self.current = search.first_from(from).or_else(last);
                self.seeks_from = self.seeks_from.filter(|_| self.current.is_none() && goes_on);
                self.jump = self.current_line();
            }
        }
        if let Some(listing) = &mut self.listing {
            listing.advance(log, self.search.as_ref());
        }
        self.is_behind(log)
    }

    /// How many rows are shown. `has_unfinished`: a line has begun and not ended.
    pub fn row_count(&self, log: &Log, has_unfinished: bool) -> u64 {
        let shows_unfinished = has_unfinished && self.shown_filter().is_none();
        match &self.listing {
            _ if self.is_hex => log.byte_count().div_ceil(HEX_ROW_BYTES as u64),
            Some(listing) => listing.len() + u64::from(shows_unfinished),
            None => log.row_count() + u64::from(shows_unfinished),
        }
    }

    /// The row at this place.
    pub fn shown(&self, log: &Log, place: u64) -> Option<Shown> {
        if self.is_hex {
            let position = place.checked_mul(HEX_ROW_BYTES as u64)?;
            return (position < log.byte_count()).then_some(Shown::Hex(position));
        }
        let (row, repeats, is_apart) = match &self.listing {
            Some(listing) => match listing.entry(place) {
                Some(entry) => {
                    let before = place.checked_sub(1).and_then(|before| listing.entry(before));
                    let expected = before.map_or(0, |before| before.row + u64::from(before.repeats) + 1);
                    // Without neighbours every row would be apart.
                    let has_neighbours = self.shown_filter().is_some_and(|context| context > 0);
                    (entry.row, entry.repeats, has_neighbours && entry.row > expected)
                }
                None => return Some(Shown::Unfinished),
            },
            None => (place, 0, false),
        };
        Some(match log.row(row) {
            Some(what) => Shown::Log { row, what, repeats, is_apart },
            None => Shown::Unfinished,
        })
    }

    /// The place at which a line is shown, or the next place before it.
    pub fn place_of_line(&self, log: &Log, line: u64) -> u64 {
        match &self.listing {
            _ if self.is_hex => log.line_start(line).unwrap_or(log.byte_count()) / HEX_ROW_BYTES as u64,
            _ => self.place_of_row(log.row_of_line(line)),
        }
    }

    /// The line that is shown at a place, or the next line before it.
    pub fn line_at(&self, log: &Log, place: u64) -> Option<u64> {
        match self.shown(log, place)? {
            Shown::Hex(position) => log.line_at_byte(position),
            Shown::Log { what: Row::Line(line), .. } => Some(line),
            Shown::Log { what: Row::Mark(mark), .. } => log.marks().get(mark)?.before_line.checked_sub(1),
            Shown::Unfinished => log.line_count().checked_sub(1),
        }
    }

    /// The line of this number, ready to be shown. `style` is the look at its beginning.
    pub fn line_row(
        &self,
        recording: &Recording,
        number: u64,
        wanted: &Preferences,
        style: Style,
    ) -> Option<LineRow> {
        let mut marks = Vec::new();
        if self.search.is_some() || !self.highlights.is_empty() {
            let bytes = recording.log().line_bytes(number)?;
            let stripped = ansi::strip(&bytes);
            if let Some(search) = &self.search {
                let current = self.current.and_then(|current| search.locate(current));
                let places = search.places(&stripped).into_iter().enumerate();
                marks.extend(places.map(|(index, place)| match current == Some((number, index)) {
                    true => (place, PieceMark::Current),
                    false => (place, PieceMark::Match),
                }));
            }
            for (highlight, matcher) in &self.highlights {
                matcher.find(&stripped, &mut |place| {
                    marks.push((place, PieceMark::Highlight(highlight.colour)))
                });
            }
        }
        line_row(recording, number, wanted, &Paint { style, marks })
    }

    /// The look that holds at the beginning of a line.
    pub fn style_at(&self, log: &Log, line: u64) -> Style {
        style_at(log, line)
    }

    /// Selects the row at this place; or, where it extends the selection, all from where that began.
    pub fn select(&mut self, log: &Log, place: u64, extends: bool) {
        let row = self.row_at(log, place);
        self.selection = Some(match self.selection.filter(|_| extends) {
            Some((began, _)) => (began, row),
            None => (row, row),
        });
    }

    /// Moves the end of the selection by so many places.
    pub fn extend(&mut self, log: &Log, by: i64) {
        let Some((_, end)) = self.selection else { return };
        let last = self.row_count(log, false).saturating_sub(1);
        let place = self.place_of_row(end).saturating_add_signed(by).min(last);
        self.select(log, place, true);
    }

    /// Selects everything.
    pub fn select_all(&mut self, log: &Log) {
        let last = self.row_count(log, false).checked_sub(1);
        self.selection = last.map(|last| (self.row_at(log, 0), self.row_at(log, last)));
    }

    /// Selects nothing.
    pub fn select_none(&mut self) {
        self.selection = None;
    }

    /// The rows that are selected.
    pub fn selection(&self) -> Option<RangeInclusive<u64>> {
        let (began, end) = self.selection?;
        Some(began.min(end)..=began.max(end))
    }

    /// The place at which the selection ends that is being made.
    pub fn selection_end(&self) -> Option<u64> {
        Some(self.place_of_row(self.selection?.1))
    }

    /// Whether the row at this place is selected.
    pub fn is_selected(&self, log: &Log, place: u64) -> bool {
        self.selection().is_some_and(|rows| rows.contains(&self.row_at(log, place)))
    }

    /// How many of the shown rows are selected.
    pub fn selected_count(&self, log: &Log) -> u64 {
        self.selected_places(log).map_or(0, |places| places.end() - places.start() + 1)
    }

    /// What is selected, or everything that is shown, as text: without colours, each row on a line of its own. The
    /// column of times is left out unless copies are to have it.
    pub fn text(&self, recording: &Recording, wanted: &Preferences, only_selected: bool) -> String {
        let log = recording.log();
        let all = || Some(0..=self.row_count(log, false).checked_sub(1)?);
        let mut text = String::new();
        for place in if only_selected { self.selected_places(log) } else { all() }.into_iter().flatten() {
            match self.shown(log, place) {
                Some(Shown::Hex(position)) => {
                    text += &HexRow::new(position, &log.bytes(position, HEX_ROW_BYTES)).line();
                }
                Some(Shown::Log { what: Row::Line(number), repeats, .. }) => {
                    add_line(&mut text, recording, number, wanted);
                    if repeats > 0 {
                        text += &words::times_over(u64::from(repeats) + 1);
                    }
                }
                Some(Shown::Log { what: Row::Mark(index), .. }) => {
                    text += "--- ";
                    text += log.marks().get(index).map_or("", |mark| &mark.text);
                }
                Some(Shown::Unfinished) | None => continue,
            }
            text.push('\n');
        }
        text
    }

    fn selected_places(&self, log: &Log) -> Option<RangeInclusive<u64>> {
        let rows = self.selection()?;
        let last = self.row_count(log, false).checked_sub(1)?;
        let mut first = self.place_of_row(*rows.start());
        // A row that a filter hides now.
        first += u64::from(self.row_at(log, first) < *rows.start());
        let end = self.place_of_row(*rows.end()).min(last);
        (first <= end).then_some(first..=end)
    }

    fn row_at(&self, log: &Log, place: u64) -> u64 {
        match self.shown(log, place) {
            Some(Shown::Log { row, .. }) => row,
            Some(Shown::Unfinished) => log.row_count(),
            Some(Shown::Hex(_)) | None => place,
        }
    }

    fn place_of_row(&self, row: u64) -> u64 {
        match &self.listing {
            Some(listing) if !self.is_hex => listing.place_of_row(row),
            _ => row,
        }
    }

    fn current_line(&self) -> Option<u64> {
        Some(self.search.as_ref()?.locate(self.current?)?.0)
    }

    /// A filter is one only while something is sought.
    fn shown_filter(&self) -> Option<u64> {
        self.filter.filter(|_| self.search.is_some())
    }

    fn list(&mut self) {
        let filter = self.shown_filter();
        let is_needed = !self.is_hex && (filter.is_some() || self.collapses);
        self.listing = is_needed.then(|| Listing::new(filter, self.collapses));
    }
}

fn add_line(text: &mut String, recording: &Recording, number: u64, wanted: &Preferences) {
    let Some(bytes) = recording.log().line_bytes(number) else { return };
    let stripped = ansi::strip(&bytes);
    let time = time(recording, number, wanted.times);
    // The firmware's own time stands in the text, whose beginning it is.
    let stamp = Stamp::of_line(&stripped).filter(|_| wanted.times == super::Times::Firmware);
    match (wanted.copies_times, stamp, time) {
        (false, Some(stamp), _) => *text += readable(&stripped[stamp.end..]).trim_start(),
        (true, None, Some(time)) if wanted.times != super::Times::Firmware => {
            *text += &format!("{time}  {}", readable(&stripped));
        }
        _ => *text += &readable(&stripped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Times;
    use crate::heap::Millis;
    use crate::recording::{MarkKind, Recorder, Source};

    fn recorder(lines: &[&str]) -> Recorder {
        let mut recorder = Recorder::new(Source::Demo);
        for (at, line) in lines.iter().enumerate() {
            recorder.feed(format!("{line}\n").as_bytes(), Millis(at as u64 * 10));
        }
        recorder
    }

    fn query(text: &str) -> (Query, Option<Box<dyn Matcher>>) {
        let matcher = Plain::new(text, false, false);
        (Query { text: text.into(), ..Query::default() }, Some(Box::new(matcher)))
    }

    fn texts(view: &LogView, recorder: &Recorder, only_selected: bool) -> Vec<String> {
        let text = view.text(recorder.recording(), &Preferences::default(), only_selected);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn typing_goes_to_the_nearest_match_and_enter_to_the_next() {
        let recorder = recorder(&["ab", "x", "ab abc", "x"]);
        let log = recorder.recording().log();
        let mut view = LogView::default();
        let seek = |view: &mut LogView, text: &str, from| {
            let (query, matcher) = query(text);
            view.seek(query, matcher, from);
            while view.advance(log) {}
            view.take_jump(log)
        };
        assert_eq!(seek(&mut view, "a", 1), Some(2));
        assert_eq!(view.current(), Some(1));
        // What is typed further is looked for from there.
        assert_eq!(seek(&mut view, "abc", 0), Some(2));
        assert_eq!((view.current(), view.search().unwrap().match_count()), (Some(0), 1));
        view.seek(Query::default(), None, 0);
        // Behind the last match there is none: the last one it is.
        assert_eq!(seek(&mut view, "ab", 3), Some(2));
        assert_eq!(view.current(), Some(2));
        let mut steps = Vec::new();
        for forward in [true, true, false, false] {
            view.step(forward);
            steps.push((view.current(), view.take_jump(log)));
        }
        assert_eq!(steps, [(Some(0), Some(0)), (Some(1), Some(2)), (Some(0), Some(0)), (Some(2), Some(2))]);
        assert_eq!(view.take_jump(log), None);
        assert_eq!(seek(&mut view, "none", 0), None);
        view.step(true);
        assert_eq!(view.take_jump(log), None);
    }

    #[test]
    fn a_filter_without_a_search_shows_everything() {
        let recorder = recorder(&["a", "b"]);
        let mut view = LogView::default();
        view.set_filter(Some(2));
        assert_eq!(view.row_count(recorder.recording().log(), true), 3);
        assert_eq!(view.shown(recorder.recording().log(), 2), Some(Shown::Unfinished));
    }

    #[test]
    fn what_is_read_stays_in_sight_when_rows_around_it_go() {
        let recorder = recorder(&["a", "a", "b", "a"]);
        let log = recorder.recording().log();
        let mut view = LogView::default();
        view.stay_at(Some(2));
        view.set_collapses(true);
        assert_eq!(view.take_jump(log), None, "its place is not known yet");
        while view.advance(log) {}
        assert_eq!(view.take_jump(log), Some(2));
        assert_eq!((view.place_of_line(log, 2), view.take_jump(log)), (1, None));
    }

    #[test]
    fn rows_that_are_left_out_part_their_neighbours() {
        let recorder = recorder(&["a", "hit", "b", "c", "c", "d", "hit"]);
        let log = recorder.recording().log();
        let mut view = LogView::default();
        let (query, matcher) = query("hit");
        view.seek(query, matcher, 0);
        let mut apart = |context| {
            view.set_filter(Some(context));
            while view.advance(log) {}
            let is_apart = |place| matches!(view.shown(log, place), Some(Shown::Log { is_apart: true, .. }));
            (0..view.row_count(log, true)).map(is_apart).collect::<Vec<_>>()
        };
        assert_eq!(apart(1), [false, false, false, true, false]);
        assert_eq!(apart(2), [false; 7]);
        assert_eq!(apart(0), [false; 2], "where every row is apart, none needs to be parted");
        assert_eq!((view.place_of_line(log, 3), view.line_at(log, 1)), (0, Some(6)));
    }

    #[test]
    fn a_selection_holds_rows_that_nobody_sees() {
        let lines: Vec<String> = (0..5_000).map(|line| format!("\x1b[32mline {line}\x1b[0m")).collect();
        let recorder = recorder(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let log = recorder.recording().log();
        let mut view = LogView::default();
        view.select(log, 4_000, false);
        view.select(log, 10, true);
        assert_eq!(view.selected_count(log), 3_991);
        let copied = texts(&view, &recorder, true);
        assert_eq!((copied.len(), &*copied[0], &*copied[3_990]), (3_991, "line 10", "line 4000"));
        view.extend(log, -20);
        assert_eq!((view.selection(), view.selection_end()), (Some(0..=4_000), Some(0)));
        view.select_all(log);
        assert_eq!(view.selected_count(log), 5_000);
        // A filter leaves of it what it shows.
        let (query, matcher) = query("99");
        view.seek(query, matcher, 0);
        view.set_filter(Some(0));
        while view.advance(log) {}
        view.select(log, 1, false);
        view.select(log, 3, true);
        assert_eq!(texts(&view, &recorder, true), ["line 199", "line 299", "line 399"]);
        view.select_none();
        assert_eq!(texts(&view, &recorder, true), [""; 0]);
    }

    #[test]
    fn copies_have_times_when_they_are_wanted() {
        let mut recorder = recorder(&["18:00:00 a", "18:00:00 a"]);
        recorder.mark(Millis(30), MarkKind::Gap, "Bytes were lost.");
        let view = LogView::default();
        let text = |times, copies_times| {
            let wanted = Preferences { times, copies_times, ..Preferences::default() };
            view.text(recorder.recording(), &wanted, false).lines().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(text(Times::Arrival, false), ["18:00:00 a", "18:00:00 a", "--- Bytes were lost."]);
        assert_eq!(text(Times::Arrival, true)[1], "0:00:00.010  18:00:00 a");
        assert_eq!(text(Times::Firmware, false)[1], "a");
        assert_eq!(text(Times::Firmware, true)[1], "18:00:00 a");
        assert_eq!(text(Times::SinceBefore, true)[1], "+0.010  18:00:00 a");
        assert_eq!(text(Times::None, true)[1], "18:00:00 a");
        let mut view = LogView::default();
        view.set_collapses(true);
        while view.advance(recorder.recording().log()) {}
        assert_eq!(texts(&view, &recorder, false)[0], "18:00:00 a (× 2)");
    }

    #[test]
    fn numbers_show_every_byte_and_lines_are_found_in_them() {
        let recorder = recorder(&["0123456789", "abc\x1b[0m"]);
        let log = recorder.recording().log();
        let mut view = LogView::default();
        view.set_hex(true);
        assert_eq!(view.row_count(log, true), 2);
        assert_eq!((view.place_of_line(log, 1), view.line_at(log, 1)), (0, Some(1)));
        view.select_all(log);
        assert_eq!(
            texts(&view, &recorder, true)[1],
            "00000010  30 6d 0a                                          |0m·|"
        );
    }

    #[test]
    fn another_recording_is_searched_from_its_beginning() {
        let mut view = LogView::default();
        let (query, matcher) = query("a");
        view.seek(query, matcher, 0);
        while view.advance(recorder(&["a", "a"]).recording().log()) {}
        assert_eq!(view.search().unwrap().match_count(), 2);
        view.begin();
        while view.advance(recorder(&["a"]).recording().log()) {}
        assert_eq!((view.search().unwrap().match_count(), view.query().text.as_str()), (1, "a"));
    }
}
