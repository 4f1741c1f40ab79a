//! A line of the log, ready to be shown: its time, its text in pieces, how grave it is.
//!
//! ```
//! use heapscope::console::{Paint, PieceMark, Preferences, line_row};
//! # use heapscope::{heap::Millis, recording::{Recorder, Source}};
//! # let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! # recorder.feed(b"W (12) heap: low\n", Millis(0));
//! let paint = Paint { marks: vec![(7..11, PieceMark::Match)], ..Paint::default() };
//! let row = line_row(recorder.recording(), 0, &Preferences::default(), &paint).unwrap();
//! let texts: Vec<_> = row.text.iter().map(|piece| &*piece.text).collect();
//! assert_eq!(texts, ["W (12) ", "heap", ": low"]);
//! ```

use std::ops::Range;

use super::preferences::Times;
use super::{Level, Preferences, Span, SpanKind, Stamp, Style, spans};
use crate::format;
use crate::heap::Millis;
use crate::recording::Recording;
use crate::stream::ansi;

/// So much of a line is shown; the log has all of it.
pub const MOST_SHOWN_BYTES: usize = 2_000;

/// A line, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// What stands in the column of times; `None` where there is no column.
    pub time: Option<Vec<Piece>>,
    /// The text.
    pub text: Vec<Piece>,
    /// How much of it is not shown.
    pub hidden_bytes: usize,
    /// How grave its firmware says it is.
    pub level: Option<Level>,
}

/// A piece of a row that looks the same throughout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// What is shown.
    pub text: String,
    /// Whether it stands for something that has no face.
    pub is_stand_in: bool,
    /// Its look.
    pub style: Style,
    /// Whether it was looked for.
    pub mark: Option<PieceMark>,
}

impl Piece {
    /// A text without any look.
    pub fn plain(text: String) -> Self {
        Piece { text, ..Piece::default() }
    }
}

/// Why a piece stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceMark {
    /// The search stands here.
    Current,
    /// The search found it.
    Match,
    /// It is always coloured, in this one of [`super::Highlight::COLOURS`].
    Highlight(u8),
}

/// How a line is drawn, besides what it says.
#[derive(Clone, Debug, Default)]
pub struct Paint {
    /// The look at its beginning.
    pub style: Style,
    /// Places in the line without escape sequences that stand out. Where several do, the first of the list holds.
    pub marks: Vec<(Range<usize>, PieceMark)>,
}

/// The line of this number.
pub fn line_row(recording: &Recording, number: u64, wanted: &Preferences, paint: &Paint) -> Option<LineRow> {
    let bytes = recording.log().line_bytes(number)?;
    let stripped = ansi::strip(&bytes);
    let spans = spans(&bytes, paint.style, MOST_SHOWN_BYTES);
    let stamp = Stamp::of_line(&stripped).filter(|_| wanted.times == Times::Firmware);
    let text_start = stamp.map_or(0, |stamp| stamp.end);
    let pieces = |from: usize, to: usize| {
        let inside = spans.shown.iter().filter(move |span| span.end > from && span.start < to);
        inside.flat_map(|span| cut(span, from, to, &paint.marks)).collect::<Vec<_>>()
    };
    let time = match wanted.times {
        Times::Firmware => Some(pieces(0, text_start)),
        _ => time(recording, number, wanted.times).map(|text| vec![Piece::plain(text)]),
    };
    let text = pieces(text_start, usize::MAX);
    Some(LineRow { time, text, hidden_bytes: spans.hidden_bytes, level: Level::of_line(&stripped) })
}

/// A line that is not in the log yet: what came of it so far.
pub fn unfinished_row(bytes: &[u8], style: Style) -> Vec<Piece> {
    let spans = spans(bytes, style, MOST_SHOWN_BYTES);
    spans.shown.iter().flat_map(|span| cut(span, 0, usize::MAX, &[])).collect()
}

/// What stands in the column of times, as text; `None` where there is none.
pub(super) fn time(recording: &Recording, number: u64, times: Times) -> Option<String> {
    let is_live = recording.source().is_live();
    let log = recording.log();
    let printed = |number: u64| {
        let bytes = log.line_bytes(number)?;
        let stripped = ansi::strip(&bytes);
        Some((Stamp::of_line(&stripped)?, String::from_utf8_lossy(&stripped).into_owned()))
    };
    match times {
        Times::None => None,
        Times::Arrival => {
            is_live.then(|| log.arrival(number)).flatten().map(|at| format::clock_offset(at, true))
        }
        Times::Firmware => {
            Some(printed(number).map_or(String::new(), |(stamp, text)| text[..stamp.end].to_owned()))
        }
        Times::SinceBefore => {
            let at = |number: u64| match is_live {
                true => log.arrival(number),
                false => Some(printed(number)?.0.at),
            };
            let since = || at(number)?.0.checked_sub(at(number.checked_sub(1)?)?.0);
            Some(since().map_or(String::new(), |millis| {
                let Millis(millis) = Millis(millis);
                format!("+{}.{:03}", millis / 1_000, millis % 1_000)
            }))
        }
    }
}

/// The part of a span between two places of the line, parted where marks begin and end.
fn cut(span: &Span<'_>, from: usize, to: usize, marks: &[(Range<usize>, PieceMark)]) -> Vec<Piece> {
    let mark_at =
        |place: usize| marks.iter().find(|(range, _)| range.contains(&place)).map(|(_, mark)| *mark);
    let piece = |text: &str, place: usize| Piece {
        text: text.to_owned(),
        is_stand_in: span.kind == SpanKind::Stand,
        style: span.style,
        mark: mark_at(place),
    };
    if span.kind == SpanKind::Stand {
        return vec![piece(&span.text, span.start)];
    }
    let (from, to) = (from.max(span.start), to.min(span.end));
    let edges = marks.iter().flat_map(|(range, _)| [range.start, range.end]);
    let inside =
        edges.filter(|&edge| from < edge && edge < to && span.text.is_char_boundary(edge - span.start));
    // There are few, and sorting by hand weighs less than a sort of the library.
    let mut cuts = vec![from, to];
    for edge in inside {
        let place = cuts.partition_point(|&known| known < edge);
        if cuts.get(place) != Some(&edge) {
            cuts.insert(place, edge);
        }
    }
    let ends = cuts.iter().skip(1);
    let parts = cuts.iter().zip(ends);
    parts
        .filter_map(|(&start, &end)| Some(piece(span.text.get(start - span.start..end - span.start)?, start)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Colour;
    use crate::recording::{Recorder, Source};

    fn recorder(source: Source, lines: &[(&str, u64)]) -> Recorder {
        let mut recorder = Recorder::new(source);
        for (line, at) in lines {
            recorder.feed(format!("{line}\n").as_bytes(), Millis(*at));
        }
        recorder
    }

    fn text(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| &*piece.text).collect()
    }

    #[track_caller]
    fn check_times(source: Source, lines: &[(&str, u64)], times: Times, expected: &[Option<&str>]) {
        let recorder = recorder(source, lines);
        let wanted = Preferences { times, ..Preferences::default() };
        let rows = (0..lines.len() as u64).map(|number| {
            let row = line_row(recorder.recording(), number, &wanted, &Paint::default()).unwrap();
            row.time.map(|time| text(&time))
        });
        assert_eq!(
            rows.collect::<Vec<_>>(),
            expected.iter().map(|time| time.map(str::to_owned)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn times_are_those_that_are_wanted() {
        let lines = [("18:40:08.501 a", 0), ("b", 1_250), ("18:40:09.000 c", 1_300)];
        let text = || Source::Text { name: "log".into() };
        check_times(
            Source::Demo,
            &lines,
            Times::Arrival,
            &["0:00:00.000", "0:00:01.250", "0:00:01.300"].map(Some),
        );
        check_times(Source::Demo, &lines, Times::SinceBefore, &["", "+1.250", "+0.050"].map(Some));
        check_times(Source::Demo, &lines, Times::Firmware, &["18:40:08.501", "", "18:40:09.000"].map(Some));
        check_times(Source::Demo, &lines, Times::None, &[None; 3]);
        check_times(text(), &lines, Times::Arrival, &[None; 3]);
        // Between two lines of which one has no time, nothing is known; nor where the clock was set back.
        check_times(text(), &lines, Times::SinceBefore, &[Some(""); 3]);
        let lines = [("18:40:08.501 a", 0), ("18:40:09.000 b", 0), ("00:00:01 c", 0)];
        check_times(text(), &lines, Times::SinceBefore, &["", "+0.499", ""].map(Some));
    }

    #[test]
    fn a_time_that_has_a_column_is_not_in_the_text_too() {
        let recorder = recorder(Source::Demo, &[("18:40:08.501-023 CMD", 0)]);
        let wanted = Preferences { times: Times::Firmware, ..Preferences::default() };
        let marks = vec![(9..16, PieceMark::Match)];
        let row = line_row(recorder.recording(), 0, &wanted, &Paint { marks, ..Paint::default() }).unwrap();
        let said = |pieces: &[Piece]| {
            pieces.iter().map(|piece| (piece.text.clone(), piece.mark.is_some())).collect::<Vec<_>>()
        };
        // What was found is marked on both sides.
        assert_eq!(said(&row.time.unwrap()), [("18:40:08.".into(), false), ("501".into(), true)]);
        assert_eq!(said(&row.text), [("-023".into(), true), (" CMD".into(), false)]);
    }

    #[test]
    fn looks_and_marks_cross_each_other() {
        let recorder = recorder(Source::Demo, &[("ab\x1b[31mcd\x1b[0mef", 0)]);
        let marks = vec![(1..3, PieceMark::Current), (0..6, PieceMark::Highlight(2))];
        let row =
            line_row(recorder.recording(), 0, &Preferences::default(), &Paint { marks, ..Paint::default() })
                .unwrap();
        let said: Vec<_> = row
            .text
            .iter()
            .map(|piece| (&*piece.text, piece.style.foreground, piece.mark == Some(PieceMark::Current)))
            .collect();
        let red = Some(Colour::Named(1));
        assert_eq!(
            said,
            [("a", None, false), ("b", None, true), ("c", red, true), ("d", red, false), ("ef", None, false)]
        );
    }

    #[test]
    fn a_mark_that_cuts_a_character_is_no_reason_to_stop() {
        let recorder = recorder(Source::Demo, &[("ä", 0)]);
        let marks = vec![(1..9, PieceMark::Match)];
        let row =
            line_row(recorder.recording(), 0, &Preferences::default(), &Paint { marks, ..Paint::default() })
                .unwrap();
        assert_eq!(text(&row.text), "ä");
    }
}
