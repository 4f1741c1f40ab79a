//! Finds a text in a log of any length, in steps that leave the page its turn.
//!
//! What is sought is what a person sees: lines without their escape sequences, each by itself. A [`Search`] remembers
//! which lines have it and how often, not where; a line is looked through again when it is drawn. Lines that come later
//! are looked through as they come.
//!
//! Patterns are the browser's own: whoever has one hands in a [`Matcher`]. It reads no clock either: it is told when to
//! stop.
//!
//! ```
//! use heapscope::console::{Plain, Search};
//! # use heapscope::{heap::Millis, recording::{Recorder, Source}};
//! # let mut recorder = Recorder::new(Source::Text { name: "log".into() });
//! # recorder.feed(b"heap 1\nother\nheap 2, heap 3\n", Millis(0));
//! # let log = recorder.recording().log();
//! let mut search = Search::new(Box::new(Plain::new("heap", false, false)));
//! while search.advance(log) {}
//! assert_eq!((search.match_count(), search.line_count()), (3, 2));
//! ```

use std::ops::Range;

use crate::recording::Log;
use crate::stream::ansi;

/// What a person looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What they typed.
    pub text: String,
    /// Whether capital letters are others than small ones.
    pub minds_case: bool,
    /// Whether only whole words count.
    pub whole_words: bool,
    /// Whether the text is a pattern.
    pub is_pattern: bool,
}

/// Finds something in lines.
pub trait Matcher {
    /// Calls with each place in a line without escape sequences, from left to right; none overlaps another, none is
    /// empty.
    fn find(&self, line: &[u8], found: &mut dyn FnMut(Range<usize>));
}

/// A text as it is.
pub struct Plain {
    needle: Vec<u8>,
    how: How,
    whole_words: bool,
}

enum How {
    /// Byte by byte. The place of the needle's rarest byte.
    Exact(usize),
    /// The needle is ASCII, in small letters. The place of its rarest byte.
    FoldedAscii(usize),
    /// The needle is in small letters.
    Folded,
}

impl Plain {
    /// Finds this text.
    pub fn new(text: &str, minds_case: bool, whole_words: bool) -> Self {
        let has_case = text.chars().any(|letter| !letter.is_ascii() || letter.is_ascii_alphabetic());
        let rarest = || (0..text.len()).min_by_key(|&place| frequency(text.as_bytes()[place])).unwrap_or(0);
        let (needle, how) = match (minds_case || !has_case, text.is_ascii()) {
            (true, _) => (text.to_owned(), How::Exact(rarest())),
            (false, true) => (text.to_ascii_lowercase(), How::FoldedAscii(rarest())),
            (false, false) => (text.to_lowercase(), How::Folded),
        };
        Plain { needle: needle.into_bytes(), how, whole_words }
    }

    /// The first place at `from` or behind it.
    fn first(&self, line: &[u8], from: usize) -> Option<Range<usize>> {
        let length = self.needle.len();
        let whole = |start: usize| start..start + length;
        match self.how {
            How::Exact(rarest) => {
                // Looked for where the rarest byte would stand. memchr's own search for texts finds no sooner in lines
                // as short as these, and weighs more than all of the console's search.
                let rest = line.get(from + rarest..)?;
                let mut starts = memchr::memchr_iter(*self.needle.get(rarest)?, rest).map(|at| from + at);
                starts.find(|&start| line.get(whole(start)) == Some(&self.needle)).map(whole)
            }
            How::FoldedAscii(rarest) => {
                let rest = line.get(from + rarest..)?;
                let byte = *self.needle.get(rarest)?;
                let mut starts =
                    memchr::memchr2_iter(byte, byte.to_ascii_uppercase(), rest).map(|at| from + at);
                let fits = |start: &usize| {
                    line.get(whole(*start)).is_some_and(|text| text.eq_ignore_ascii_case(&self.needle))
                };
                starts.find(fits).map(whole)
            }
            How::Folded => (from..line.len()).find_map(|at| Some(at..at + self.folded_length(&line[at..])?)),
        }
    }

    /// How many bytes of the text are the needle, at its beginning, whatever their case.
    fn folded_length(&self, text: &[u8]) -> Option<usize> {
        let mut needle = str::from_utf8(&self.needle).ok()?;
        let mut length = 0;
        while !needle.is_empty() {
            // The next character, if it is one.
            let bytes = &text[length..text.len().min(length + 4)];
            let letter = bytes.utf8_chunks().next()?.valid().chars().next()?;
            for small in letter.to_lowercase() {
                needle = needle.strip_prefix(small)?;
            }
            length += letter.len_utf8();
        }
        Some(length)
    }

    fn is_word(&self, line: &[u8], place: &Range<usize>) -> bool {
        let is_joined = |left: Option<&u8>, right: Option<&u8>| {
            left.is_some_and(|&byte| is_word_byte(byte)) && right.is_some_and(|&byte| is_word_byte(byte))
        };
        let before = place.start.checked_sub(1).and_then(|at| line.get(at));
        !is_joined(before, line.get(place.start)) && !is_joined(line.get(place.end - 1), line.get(place.end))
    }
}

/// How often a byte stands in logs, roughly.
fn frequency(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b' ' | b'e' | b't' | b'a' => 3,
        b'i' | b'n' | b'o' | b's' | b'r' | b'0' | b'1' | b':' => 2,
        b'a'..=b'z' | b'0'..=b'9' | b'.' => 1,
        _ => 0,
    }
}

/// Bytes above 7F are parts of letters, nearly always.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Matcher for Plain {
    fn find(&self, line: &[u8], found: &mut dyn FnMut(Range<usize>)) {
        if self.needle.is_empty() {
            return;
        }
        let mut from = 0;
        while let Some(place) = self.first(line, from) {
            let counts = !self.whole_words || self.is_word(line, &place);
            from = if counts { place.end } else { place.start + 1 };
            if counts {
                found(place);
            }
        }
    }
}

/// Lines that are looked through before the time is asked for: about a tenth of a millisecond.
const STEP_LINES: u64 = 512;

/// A text of so many bytes ends a step earlier.
const STEP_BYTES: usize = 64 * 1024;

/// A search that is going on, or is done until more lines come.
pub struct Search {
    matcher: Box<dyn Matcher>,
    next_line: u64,
    lines: Vec<MatchingLine>,
    match_count: u64,
}

/// A line that has what is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MatchingLine {
    number: u32,
    /// How many matches stand in the lines before it. Beyond some four billion nobody counts.
    before: u32,
}

impl Search {
    /// A search from the beginning of a log.
    pub fn new(matcher: Box<dyn Matcher>) -> Self {
        Search { matcher, next_line: 0, lines: Vec::new(), match_count: 0 }
    }

    /// The same search from the beginning of another log.
    pub fn again(self) -> Self {
        Search::new(self.matcher)
    }

    /// Looks through some more lines. Gives whether any are left: call it until the time is up.
    pub fn advance(&mut self, log: &Log) -> bool {
        let end = log.line_count().min(self.next_line + STEP_LINES);
        let mut looked_at = 0;
        while self.next_line < end && looked_at < STEP_BYTES {
            let Some(bytes) = log.line_bytes(self.next_line) else { break };
            looked_at += bytes.len();
            let before = self.match_count;
            let count = &mut self.match_count;
            self.matcher.find(&ansi::strip(&bytes), &mut |_| *count += 1);
            if *count > before {
                let (number, before) = (saturated(self.next_line), saturated(before));
                self.lines.push(MatchingLine { number, before });
            }
            self.next_line += 1;
        }
        self.next_line < log.line_count()
    }

    /// The places in this line, given without escape sequences.
    pub fn places(&self, line: &[u8]) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        self.matcher.find(line, &mut |place| places.push(place));
        places
    }

    /// How many places were found so far.
    pub fn match_count(&self) -> u64 {
        self.match_count
    }

    /// How many lines have one.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// How many lines were looked through.
    pub fn next_line(&self) -> u64 {
        self.next_line
    }

    /// The line of this index among those that have one.
    pub fn line(&self, index: usize) -> Option<u64> {
        Some(u64::from(self.lines.get(index)?.number))
    }

    /// How many of the lines that have one stand before this line.
    pub fn lines_before(&self, line: u64) -> usize {
        self.lines.partition_point(|known| u64::from(known.number) < line)
    }

    /// The line of the match of this number, counted from 0, and which one it is there.
    pub fn locate(&self, number: u64) -> Option<(u64, usize)> {
        if number >= self.match_count {
            return None;
        }
        let behind = self.lines.partition_point(|line| u64::from(line.before) <= number);
        let line = self.lines.get(behind.checked_sub(1)?)?;
        Some((u64::from(line.number), (number - u64::from(line.before)) as usize))
    }

    /// The number of the first match in this line or behind it.
    pub fn first_from(&self, line: u64) -> Option<u64> {
        Some(u64::from(self.lines.get(self.lines_before(line))?.before))
    }

    /// Which of `parts` equal parts of the log have a match: what is marked beside the scroll bar.
    pub fn parts(&self, log_lines: u64, parts: u64) -> Vec<bool> {
        let part_start = |part: u64| part * log_lines / parts;
        let has_match = |part: u64| {
            self.line(self.lines_before(part_start(part))).is_some_and(|line| line < part_start(part + 1))
        };
        (0..parts).map(has_match).collect()
    }
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::heap::Millis;
    use crate::recording::{Recorder, Source};

    fn found(matcher: &dyn Matcher, line: &str) -> Vec<String> {
        let mut texts = Vec::new();
        matcher.find(line.as_bytes(), &mut |place| texts.push(line[place].to_owned()));
        texts
    }

    #[test]
    fn case_and_words_are_minded_as_wanted() {
        let line = "Heap heap HEAP heaps reheap _heap";
        assert_eq!(found(&Plain::new("heap", false, false), line).len(), 6);
        assert_eq!(found(&Plain::new("heap", true, false), line), ["heap"; 4]);
        assert_eq!(found(&Plain::new("heap", false, true), line), ["Heap", "heap", "HEAP"]);
        // Where the text itself ends with no letter of a word, anything may follow.
        assert_eq!(found(&Plain::new("p(", false, true), "p(x) xp("), ["p("]);
        assert_eq!(found(&Plain::new("aa", false, false), "aaaaa"), ["aa", "aa"]);
        assert_eq!(found(&Plain::new("", false, false), line), [""; 0]);
    }

    #[test]
    fn letters_of_all_languages_have_a_case() {
        assert_eq!(found(&Plain::new("ÄRGER", false, false), "Ärger ärger arger"), ["Ärger", "ärger"]);
        assert_eq!(found(&Plain::new("ß", false, true), "ß aß"), ["ß"]);
        assert_eq!(found(&Plain::new("жур", false, false), "ЖУРНАЛ"), ["ЖУР"]);
    }

    fn recorder(text: &[u8]) -> Recorder {
        let mut recorder = Recorder::new(Source::Text { name: "log".into() });
        recorder.feed(text, Millis(0));
        recorder.finish(Millis(0));
        recorder
    }

    #[test]
    fn matches_are_counted_and_stepped_through() {
        let mut recorder = recorder(b"ab\nxx\n\x1b[31ma\x1b[0mb ab\n");
        let mut search = Search::new(Box::new(Plain::new("ab", false, false)));
        assert!(!search.advance(recorder.recording().log()));
        assert_eq!((search.match_count(), search.line_count()), (3, 2));
        let located: Vec<_> = (0..4).map(|number| search.locate(number)).collect();
        assert_eq!(located, [Some((0, 0)), Some((2, 0)), Some((2, 1)), None]);
        assert_eq!([0, 1, 2, 3].map(|line| search.first_from(line)), [Some(0), Some(1), Some(1), None]);
        assert_eq!(search.parts(3, 3), [true, false, true]);
        // What comes later is looked through later.
        recorder.feed(b"ab\n", Millis(9));
        assert_eq!(search.match_count(), 3);
        search.advance(recorder.recording().log());
        assert_eq!((search.match_count(), search.locate(3)), (4, Some((3, 0))));
    }

    /// What anyone would write first.
    fn slow(line: &str, text: &str, minds_case: bool, whole_words: bool) -> Vec<Range<usize>> {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || !letter.is_ascii();
        let (mut places, mut at) = (Vec::new(), 0);
        while !text.is_empty() && at < line.len() {
            let fits =
                line[at..].char_indices().map(|(end, letter)| at + end + letter.len_utf8()).find(|&end| {
                    match minds_case {
                        true => &line[at..end] == text,
                        false => line[at..end].to_lowercase() == text.to_lowercase(),
                    }
                });
            let joined = |place: usize| {
                let (before, behind) = line.split_at(place);
                before.ends_with(is_word) && behind.starts_with(is_word)
            };
            match fits.filter(|&end| !whole_words || !joined(at) && !joined(end)) {
                Some(end) => {
                    places.push(at..end);
                    at = end;
                }
                None => at += line[at..].chars().next().unwrap().len_utf8(),
            }
        }
        places
    }

    proptest! {
        #[test]
        fn the_fast_search_finds_what_the_slow_one_finds(
            line in "[abAB_ äÄß.]{0,24}", text in "[abAB_ äÄ.]{1,3}", minds_case: bool, whole_words: bool
        ) {
            let mut places = Vec::new();
            Plain::new(&text, minds_case, whole_words).find(line.as_bytes(), &mut |place| places.push(place));
            prop_assert_eq!(places, slow(&line, &text, minds_case, whole_words));
        }

        #[test]
        fn bytes_of_any_kind_are_searched(line in proptest::collection::vec(any::<u8>(), 0..40), text in ".{1,3}", minds_case: bool) {
            Plain::new(&text, minds_case, true).find(&line, &mut |place| assert!(place.end <= line.len()));
        }
    }
}
