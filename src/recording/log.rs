//! The log: every byte that came, where its lines begin, and marks between them.

use std::borrow::Cow;
use std::ops::Range;

use super::line_index::{LineIndex, Place};
use crate::dialect::readable;
use crate::heap::Millis;
use crate::stream::ansi::ESCAPE;

/// Bytes are kept in segments of this size, so that a growing log never has to be moved.
const SEGMENT_BYTES: usize = 1 << 20;

/// Every byte that came, in order. Lines are ranges of these bytes; their ends (CR, LF) belong to no line.
#[derive(Debug, Default)]
pub struct Log {
    segments: Vec<Vec<u8>>,
    /// Whether each segment has an [`ESCAPE`] in it.
    escapes: Vec<bool>,
    bytes: u64,
    lines: LineIndex,
    marks: Vec<Mark>,
}

/// Something that the log did not say itself, shown between two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// It stands before the line of this number.
    pub before_line: u64,
    /// When.
    pub at: Millis,
    /// What kind.
    pub kind: MarkKind,
    /// One sentence.
    pub text: String,
}

/// What a mark tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The person sent something, and the board does not say so itself.
    Sent,
    /// A port was opened or closed, as asked.
    Connection,
    /// Bytes were lost here, or may have been.
    Gap,
    /// The board, which had answered before, was asked several times and answers no more.
    Unanswered,
    /// It answers again.
    Answered,
}

/// A line as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// Its place in the log, from 0.
    pub number: u64,
    /// When its last byte arrived.
    pub at: Millis,
    /// Its text, without colours; what is not UTF-8 stands as U+FFFD.
    pub text: Cow<'a, str>,
}

/// A row of the console: a line, a mark, or the line that has not ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// The line of this number.
    Line(u64),
    /// The mark of this index.
    Mark(usize),
}

impl Log {
    /// Appends bytes as they came.
    pub(super) fn append(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = match self.segments.last() {
                Some(segment) if segment.len() < SEGMENT_BYTES => SEGMENT_BYTES - segment.len(),
                _ => {
                    // The first grows: most logs are short.
                    let room = if self.segments.is_empty() { 0 } else { SEGMENT_BYTES };
                    self.segments.push(Vec::with_capacity(room));
                    self.escapes.push(false);
                    SEGMENT_BYTES
                }
            };
            let (now, later) = bytes.split_at(bytes.len().min(room));
            if let Some(segment) = self.segments.last_mut() {
                segment.extend_from_slice(now);
            }
            if let Some(escapes) = self.escapes.last_mut().filter(|escapes| !**escapes) {
                *escapes = memchr::memchr(ESCAPE, now).is_some();
            }
            bytes = later;
        }
    }

    /// Notes that a line stands in `length` bytes from `start`.
    pub(super) fn add_line(&mut self, start: u64, length: usize, at: Millis) {
        self.lines.push(Place { start, length }, at);
    }

    /// Puts a mark behind the last line.
    pub(super) fn add_mark(&mut self, at: Millis, kind: MarkKind, text: String) {
        self.marks.push(Mark { before_line: self.line_count(), at, kind, text });
    }

    /// Number of lines that have ended.
    pub fn line_count(&self) -> u64 {
        self.lines.len()
    }

    /// Number of bytes.
    pub fn byte_count(&self) -> u64 {
        self.bytes
    }

    /// The marks in order.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The line of this number.
    pub fn line(&self, number: u64) -> Option<LogLine<'_>> {
        let Place { start, length } = self.lines.place(number)?;
        let text = match self.slice(start, length) {
            Cow::Borrowed(bytes) => readable(bytes),
            Cow::Owned(bytes) => Cow::Owned(readable(&bytes).into_owned()),
        };
        Some(LogLine { number, at: self.lines.arrival(number)?, text })
    }

    /// The bytes of the line of this number, as they came; its end (CR, LF) belongs to no line.
    pub fn line_bytes(&self, number: u64) -> Option<Cow<'_, [u8]>> {
        let Place { start, length } = self.lines.place(number)?;
        Some(self.slice(start, length))
    }

    /// The position of the line's first byte among all bytes.
    pub fn line_start(&self, number: u64) -> Option<u64> {
        Some(self.lines.place(number)?.start)
    }

    /// The last line that begins at this byte or before it.
    pub fn line_at_byte(&self, position: u64) -> Option<u64> {
        let behind = self.lines.begun_by(position);
        behind.checked_sub(1)
    }

    /// Up to `length` bytes from this position, whatever they are; fewer at the end.
    pub fn bytes(&self, position: u64, length: usize) -> Cow<'_, [u8]> {
        let left = self.bytes.saturating_sub(position);
        self.slice(position, usize::try_from(left).unwrap_or(usize::MAX).min(length))
    }

    /// Whether there may be an escape sequence among these bytes; false where there is none for certain.
    pub fn may_have_escapes(&self, place: Range<u64>) -> bool {
        let segment = |position: u64| (position / SEGMENT_BYTES as u64) as usize;
        let (first, last) =
            (segment(place.start), segment(place.end).min(self.escapes.len().saturating_sub(1)));
        self.escapes.get(first..=last).is_some_and(|escapes| escapes.contains(&true))
    }

    /// When the line of this number arrived.
    pub fn arrival(&self, number: u64) -> Option<Millis> {
        self.lines.arrival(number)
    }

    /// Number of rows: lines and marks.
    pub fn row_count(&self) -> u64 {
        self.line_count() + self.marks.len() as u64
    }

    /// The row at this place.
    pub fn row(&self, index: u64) -> Option<Row> {
        if index >= self.row_count() {
            return None;
        }
        // Mark i stands in row `before_line + i`. Count the marks that stand before this row or on it.
        let behind = self.marks_up_to(index);
        if let Some(last) = behind.checked_sub(1)
            && self.marks[last].before_line + last as u64 == index
        {
            return Some(Row::Mark(last));
        }
        Some(Row::Line(index - behind as u64))
    }

    /// The row in which a line stands.
    pub fn row_of_line(&self, line: u64) -> u64 {
        line + self.marks.partition_point(|mark| mark.before_line <= line) as u64
    }

    /// All bytes, segment by segment.
    pub fn segments(&self) -> impl Iterator<Item = &[u8]> {
        self.segments.iter().map(Vec::as_slice)
    }

    /// The bytes from this position on, as far as they lie together and at most so many; empty at the end.
    pub fn bytes_from(&self, position: u64, most: usize) -> &[u8] {
        let (segment, offset) =
            ((position / SEGMENT_BYTES as u64) as usize, (position % SEGMENT_BYTES as u64) as usize);
        let rest = self.segments.get(segment).and_then(|segment| segment.get(offset..)).unwrap_or_default();
        &rest[..rest.len().min(most)]
    }

    /// A copy of all bytes: what is saved as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.segments.concat()
    }

    fn marks_up_to(&self, row: u64) -> usize {
        // `before_line + i` grows with i, so this is sorted.
        let mut low = 0;
        let mut high = self.marks.len();
        while low < high {
            let middle = (low + high) / 2;
            if self.marks[middle].before_line + middle as u64 <= row {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn slice(&self, start: u64, length: usize) -> Cow<'_, [u8]> {
        let (mut segment, offset) =
            ((start / SEGMENT_BYTES as u64) as usize, (start % SEGMENT_BYTES as u64) as usize);
        let Some(first) = self.segments.get(segment).and_then(|bytes| bytes.get(offset..)) else {
            return Cow::Borrowed(&[]);
        };
        if let Some(whole) = first.get(..length) {
            return Cow::Borrowed(whole);
        }
        let mut joined = first.to_vec();
        while joined.len() < length {
            segment += 1;
            let Some(next) = self.segments.get(segment) else { break };
            joined.extend_from_slice(&next[..next.len().min(length - joined.len())]);
        }
        Cow::Owned(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_across_segments_is_whole() {
        let mut log = Log::default();
        log.append(&vec![b'a'; SEGMENT_BYTES - 3]);
        log.append(b"hello\n");
        log.add_line(SEGMENT_BYTES as u64 - 3, 5, Millis(7));
        assert_eq!(log.line(0).unwrap().text, "hello");
        assert_eq!(&*log.line_bytes(0).unwrap(), b"hello");
        assert_eq!(&*log.bytes(SEGMENT_BYTES as u64 - 4, 100), b"ahello\n");
        assert_eq!(&*log.bytes(SEGMENT_BYTES as u64 + 7, 100), b"");
        assert_eq!((log.line_at_byte(0), log.line_at_byte(SEGMENT_BYTES as u64)), (None, Some(0)));
        assert_eq!(log.byte_count(), SEGMENT_BYTES as u64 + 3);
        assert_eq!(log.to_bytes().len() as u64, log.byte_count());
        assert_eq!(log.line(1), None);
    }

    #[test]
    fn where_escapes_may_be() {
        let mut log = Log::default();
        assert!(!log.may_have_escapes(0..9));
        log.append(&vec![b'a'; SEGMENT_BYTES + 3]);
        assert!(!log.may_have_escapes(0..u64::MAX));
        log.append(b"b\x1b[0m");
        log.append(&vec![b'a'; SEGMENT_BYTES]);
        let segment = SEGMENT_BYTES as u64;
        let places = [0..segment - 1, 7..segment + 4, segment..segment + 1, 2 * segment..2 * segment + 9];
        assert_eq!(places.map(|place| log.may_have_escapes(place)), [false, true, true, false]);
        assert!(!log.may_have_escapes(9 * segment..10 * segment));
    }

    #[test]
    fn rows_are_lines_and_marks_in_order() {
        let mut log = Log::default();
        let mark = |log: &mut Log| log.add_mark(Millis(0), MarkKind::Gap, String::new());
        let line = |log: &mut Log| log.add_line(0, 0, Millis(0));
        mark(&mut log);
        line(&mut log);
        line(&mut log);
        mark(&mut log);
        mark(&mut log);
        line(&mut log);
        mark(&mut log);
        let rows: Vec<_> = (0..log.row_count()).map(|index| log.row(index).unwrap()).collect();
        use Row::{Line, Mark};
        assert_eq!(rows, [Mark(0), Line(0), Line(1), Mark(1), Mark(2), Line(2), Mark(3)]);
        assert_eq!(log.row(7), None);
        for (index, row) in rows.iter().enumerate() {
            if let Line(number) = row {
                assert_eq!(log.row_of_line(*number), index as u64);
            }
        }
    }
}
